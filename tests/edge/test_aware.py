"""agentgateway, which speaks MCP itself: what its route leads to, and what it is not asked to keep."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from pulumi_kubernetes_mcp.edge.implementations import IMPLEMENTATIONS, affinity_in_force
from pulumi_kubernetes_mcp.rules import edge
from tests.region.test_blue_green import Objects, objects
from tests.rendered import custom_resources
from tests.rules.test_checks import told

NAME = "mcp-server"
STATEFUL: dict[str, Any] = {
    "edge": {"implementation": "agentgateway"},
    "server": {"eras": ["modern", "legacy-stateful"], "authorization": True},
    "scaling": {"prometheusAddress": "http://prometheus.monitoring:9090"},
}


def made(**changed: dict[str, Any]) -> Objects:
    groups = copy.deepcopy(STATEFUL)
    for group, keys in changed.items():
        groups[group] = {**groups.get(group, {}), **keys}
    return objects(**groups)


def led(found: Objects) -> dict[str, str]:
    """Path to the kind of what it leads to."""
    return {
        match["path"]["value"]: rule["backendRefs"][0]["kind"]
        for rule in found["HTTPRoute", NAME]["spec"]["rules"]
        for match in rule["matches"]
    }


@pytest.mark.grid
def test_the_endpoint_leads_to_a_backend_that_keeps_the_sessions_and_the_metadata_to_the_server() -> None:
    found = made()
    assert led(found) == {
        "/mcp": "AgentgatewayBackend",
        "/mcp/": "AgentgatewayBackend",
        "/.well-known/oauth-protected-resource": "Service",
        "/.well-known/oauth-protected-resource/mcp": "Service",
    }
    backend = found["AgentgatewayBackend", NAME]
    assert backend["spec"] == {
        "mcp": {
            "sessionRouting": "Stateful",
            # One target, so that the names of tools get no prefix.
            "targets": [
                {
                    "name": "server",
                    "static": {
                        "backendRef": {"name": NAME},
                        "port": 80,
                        "path": "/mcp",
                        "protocol": "StreamableHTTP",
                    },
                }
            ],
        }
    }
    assert custom_resources.problems(backend) == custom_resources.problems(found["HTTPRoute", NAME]) == []
    changed = copy.deepcopy(backend)
    changed["spec"]["mcp"]["targets"][0]["static"]["host"] = "a"
    assert custom_resources.problems(changed)


@pytest.mark.grid
def test_another_path_is_that_of_the_target_too() -> None:
    found = made(server={"path": "/orders/mcp"})
    assert found["AgentgatewayBackend", NAME]["spec"]["mcp"]["targets"][0]["static"]["path"] == "/orders/mcp"
    assert led(found)["/orders/mcp"] == "AgentgatewayBackend"


@pytest.mark.grid
def test_without_sessions_nothing_stands_between_the_route_and_the_server() -> None:
    found = made(server={"eras": ["modern"]}, scaling={"prometheusAddress": None})
    assert set(led(found).values()) == {"Service"}
    assert not [kind for kind, _ in found if kind == "AgentgatewayBackend"]


@pytest.mark.grid
def test_a_colour_that_is_switched_to_is_another_target() -> None:
    rollout = {
        "strategy": "BlueGreen",
        "blueGreen": {"greenImage": "registry.example.com/mcp:1.3.0", "active": "green"},
    }
    found = made(server={"rollout": rollout})
    targets = {
        name: one["spec"]["mcp"]["targets"][0]["static"]["backendRef"]["name"]
        for (kind, name), one in found.items()
        if kind == "AgentgatewayBackend"
    }
    assert targets == {NAME: f"{NAME}-green", f"{NAME}-preview": NAME}


def test_who_keeps_sessions_by_itself_is_not_asked_for_an_address() -> None:
    row = IMPLEMENTATIONS["agentgateway"]
    assert affinity_in_force("auto", needed=True, max_replicas=2, row=row) == "agentgateway"
    assert affinity_in_force("auto", needed=True, max_replicas=1, row=row) == "none"
    assert affinity_in_force("auto", needed=False, max_replicas=2, row=row) == "none"
    for other in (one for one in IMPLEMENTATIONS.values() if one is not row):
        assert affinity_in_force("auto", needed=True, max_replicas=2, row=other) == "source-ip"
        assert "agentgateway" not in other.affinities


@pytest.mark.parametrize(
    ("implementation", "sessions", "sse", "expected"),
    [
        ("agentgateway", True, False, "warning MCP339 at affinity"),
        ("agentgateway", True, True, "error MCP338 at affinity"),
        ("agentgateway", False, True, None),
        ("istio", True, True, None),
    ],
)
def test_what_it_keeps(implementation: str, sessions: bool, sse: bool, expected: str | None) -> None:
    row = IMPLEMENTATIONS[implementation]
    found = edge.aware_findings(affinity="agentgateway", sessions=sessions, sse=sse, row=row)
    assert [f"{one.severity} {one.code} at {one.path}" for one in found] == ([] if expected is None else [expected])


@pytest.mark.parametrize(
    ("implementation", "sse", "use"),
    [
        ("envoy-gateway", False, "'envelope' or 'source-ip'"),
        ("envoy-gateway", True, "'source-ip'"),
        ("kgateway", False, "'source-ip'"),
        ("agentgateway", True, None),
        ("other", False, None),
    ],
)
def test_a_gateway_that_is_said_to_keep_sessions_reads_them(implementation: str, sse: bool, use: str | None) -> None:
    row = IMPLEMENTATIONS[implementation]
    found = edge.aware_findings(affinity="gateway", sessions=True, sse=sse, row=row)
    assert [(one.code, str(one.severity), one.path) for one in found] == (
        [] if use is None else [("MCP371", "warning", "affinity")]
    )
    assert all(one.remedy.startswith(f"Use {use}; or accept") for one in found)
    assert not edge.aware_findings(affinity="gateway", sessions=False, sse=sse, row=row)
    assert not edge.aware_findings(affinity="none", sessions=True, sse=sse, row=row)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, [("MCP339", "mcp:edge.affinity")]),
        ({"edge": {"implementation": "agentgateway", "affinity": "gateway"}}, []),
        ({"edge": {"implementation": "envoy-gateway", "affinity": "gateway"}}, [("MCP371", "mcp:edge.affinity")]),
        (
            {"edge": {"implementation": "agentgateway", "affinity": "source-ip"}},
            [("MCP312", "mcp:edge.implementation")],
        ),
        (
            {"edge": {"implementation": "istio", "affinity": "agentgateway"}},
            [("MCP312", "mcp:edge.implementation")],
        ),
        ({"server": {"eras": ["sse"]}}, [("MCP338", "mcp:edge.affinity")]),
        ({"server": {"eras": ["legacy-stateful"], "servesTls": True}}, [("MCP321", ""), ("MCP339", "")]),
    ],
)
def test_what_a_stack_is_told(changed: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    groups = {**copy.deepcopy(STATEFUL), **copy.deepcopy(changed)}
    found = told(rehearse=False, **groups)
    seen = [one for one in found if one[0] in ("MCP306", "MCP312", "MCP321", "MCP338", "MCP339", "MCP371")]
    paths = [path for _, path in expected]
    assert sorted(code for code, _ in seen) == sorted(code for code, _ in expected)
    assert all(path == "" or path in [one for _, one in seen] for path in paths)
