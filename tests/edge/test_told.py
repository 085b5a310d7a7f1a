"""What a server that is handed to its route tells it."""

from __future__ import annotations

import pytest

from pulumi_kubernetes_mcp import FindingsError, McpIngress, McpService
from pulumi_kubernetes_mcp.testing import record
from tests.components.test_refusals import LEAST


def test_a_server_tells_its_route_that_it_serves_tls() -> None:
    def build() -> None:
        server = McpService("web", {**LEAST["McpService"], "serves_tls": True})
        McpIngress("web", server=server, host="mcp.example.com", implementation="envoy-gateway", serves_tls=False)

    with pytest.raises(FindingsError) as refused:
        record(build)
    assert ("MCP131", "serves_tls") in {(one.code, one.path) for one in refused.value.findings}
