"""Where containers are told to listen, and who reaches them there."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_kubernetes_mcp.inputs.checked import checked
from pulumi_kubernetes_mcp.server.keys import ServiceKeys
from pulumi_kubernetes_mcp.server.listening import listening_findings

PROXY = "gcr.io/cloud-sql-connectors/cloud-sql-proxy:2.18.0"
AMOUNTS = {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"cpu": "50m", "memory": "64Mi"}}


def told(**given: Any) -> list[tuple[str, str]]:
    keys = checked(ServiceKeys, "x", {"image": "registry.example/mcp:1.2.0", "namespace": "a", **given})
    found = listening_findings(keys)
    return [(one.path, one.problem.rpartition("listen on ")[2].partition(",")[0]) for one in found]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, []),
        ({"args": ["--host", "127.0.0.1"]}, [("args", "loopback")]),
        ({"args": ["--address=localhost:8000"]}, [("args", "loopback")]),
        ({"args": ["--listen", "[::1]:8000"]}, [("args", "loopback")]),
        ({"command": ["gunicorn", "-b", "127.0.0.1:8000", "app:app"]}, [("command", "loopback")]),
        ({"command": ["sh", "-c", "exec uvicorn a:b --host 127.0.0.1"]}, [("command", "loopback")]),
        ({"env": {"FASTMCP_HOST": "localhost"}}, [("env.FASTMCP_HOST", "loopback")]),
        ({"env": {"HOST": "localhost"}, "args": ["--host", "0.0.0.0"]}, []),
        ({"env": {"REDIS_HOST": "localhost", "OLLAMA_HOST": "http://localhost:11434"}}, []),
        ({"args": ["--port", "9000"]}, [("args", "port 9000")]),
        ({"args": ["--port=9000"], "port": 9000}, []),
        ({"args": ["--address", ":9000"]}, [("args", "port 9000")]),
        ({"args": ["--port", "$(PORT)"], "env": {"PORT": "9000"}}, [("args", "port 9000")]),
        ({"env": {"PORT": "9000"}}, [("env.PORT", "port 9000")]),
        ({"env": {"PORT": "9000"}, "args": ["--port", "8000"]}, []),
        ({"env": {"PORT": "9000", "MCP_PORT": "8000"}}, []),
        ({"args": ["--port", "9000", "--host", "::1"]}, [("args", "loopback"), ("args", "port 9000")]),
        ({"args": ["--port", "8000", "--", "npx", "inner", "--port", "9000"]}, []),
        ({"args": ["--host", "db.example.com", "--port", "5432"]}, []),
        ({"args": ["--host", "$(POD_IP)"], "env_value_from": {"POD_IP": {"field": "status.podIP"}}}, []),
        (
            {
                "args": ["--host", "localhost", "--port", "5432"],
                "sidecars": [{"name": "db", "image": PROXY, **AMOUNTS}],
            },
            [],
        ),
    ],
)
def test_a_server_is_expected_to_listen_at_its_port_for_all(given: dict[str, Any], expected: Any) -> None:
    assert told(**given) == expected


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"port": 5432, "args": ["acme:eu:orders"]}, "--address"),
        ({"port": 5432, "args": ["-a", "0.0.0.0", "acme:eu:orders"]}, None),
        ({"port": 5432, "env": {"CSQL_PROXY_ADDRESS": "0.0.0.0"}}, None),
        ({"port": 5432, "args": ["acme:eu:orders?address=0.0.0.0"]}, None),
        ({"args": ["acme:eu:orders"]}, None),
        ({"port": 9090, "health_path": "/startup", "args": ["--health-check", "acme:eu:orders"]}, "--http-address"),
        ({"port": 9090, "health_path": "/startup", "args": ["--health-check", "--http-address", "0.0.0.0"]}, None),
        ({"image": "registry.example/proxy:1.0.0", "port": 4180, "args": ["--host", "localhost"]}, "--host localhost"),
        ({"image": "registry.example/proxy:1.0.0", "port": 4180, "args": ["--address", "127.0.0.1:9000"]}, None),
        ({"image": "registry.example/proxy:1.0.0", "port": 4180}, None),
    ],
)
def test_the_kubelet_reaches_the_port_of_a_sidecar(given: dict[str, Any], why: str | None) -> None:
    keys = {"image": "registry.example/mcp:1.2.0", "namespace": "a"}
    sidecar = {"name": "db", "image": PROXY, **AMOUNTS, **given}
    found = listening_findings(checked(ServiceKeys, "x", {**keys, "sidecars": [sidecar]}))
    assert [one.path for one in found] == ([] if why is None else ["sidecars[0].port"])
    assert why is None or why in found[0].problem


STATELESS = ["legacy-stateless"]


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"args": ["--transport", "stdio"]}, "args"),
        ({"args": ["stdio"]}, "args"),
        ({"command": ["/server", "-t=stdio"]}, "command"),
        ({"env": {"MCP_TRANSPORT": "stdio"}}, "env.MCP_TRANSPORT"),
        ({"env": {"MCP_TRANSPORT": "stdio"}, "args": ["--transport", "http"]}, None),
        ({"args": ["--transport", "sse"]}, "args"),
        ({"args": ["--transport", "sse"], "eras": STATELESS}, "args"),
        ({"args": ["--transport", "sse"], "eras": ["sse"]}, None),
        ({"args": ["--transport", "sse"], "eras": ["sse", "legacy-stateful"]}, None),
        ({"args": ["--transport", "streamable-http"], "eras": ["sse"]}, "args"),
        ({"args": ["--transport", "Streamable-HTTP"], "eras": STATELESS}, None),
        ({"env": {"NEO4J_TRANSPORT": "http"}, "eras": ["sse"]}, "env.NEO4J_TRANSPORT"),
        ({"args": ["--transport", "http", "--", "npx", "x", "--transport", "stdio"]}, None),
        ({"command": ["supergateway"], "args": ["--stdio", "npx x", "--outputTransport", "streamableHttp"]}, None),
        ({"command": ["gunicorn", "-t", "30", "app:app"]}, None),
        ({"args": ["serve", "stdio"]}, None),
    ],
)
def test_a_server_is_told_to_speak_what_its_eras_are(given: dict[str, Any], path: str | None) -> None:
    keys = {"image": "registry.example/mcp:1.2.0", "namespace": "a", **given}
    found = listening_findings(checked(ServiceKeys, "x", keys))
    assert [(one.code, one.path) for one in found] == ([] if path is None else [("MCP150", path)])
