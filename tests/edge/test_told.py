"""What a server that is handed to its route tells it."""

from __future__ import annotations

from typing import Any

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


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, True),
        ({"host": "mcp.example.com"}, False),
        ({"cluster_issuer": None, "tls_secret": "wildcard-example-com-tls"}, False),
        ({"kind": "gateway", "implementation": "envoy-gateway"}, False),
        ({"implementation": "alb", "client_cidrs": ["10.0.0.0/16"]}, False),
    ],
    ids=["asked", "a name", "a Secret", "a listener's", "a load balancer's own"],
)
def test_a_wildcard_that_an_issuer_is_asked_for_is_told(changed: dict[str, Any], told: bool) -> None:
    arguments = {
        "namespace": "mcp",
        "service_name": "orders",
        "host": "*.example.com",
        "kind": "ingress",
        "implementation": "nginx",
        "cluster_issuer": "letsencrypt",
        **changed,
    }
    run = record(lambda: McpIngress("orders", **arguments))
    assert any("MCP372" in one.text and one.severity == "warning" for one in run.messages) == told
