"""Who a client is, behind a load balancer or a CDN: by implementation, and whom the edge believes."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_kubernetes_mcp.edge.abilities import CLIENT_ADDRESS, NO_CLIENT_ADDRESS
from pulumi_kubernetes_mcp.edge.clients import too_wide
from pulumi_kubernetes_mcp.edge.implementations import IMPLEMENTATIONS
from pulumi_kubernetes_mcp.platforms import PLATFORMS
from pulumi_kubernetes_mcp.region import McpRegion
from pulumi_kubernetes_mcp.region_plan import RegionPlan, plan_region
from pulumi_kubernetes_mcp.settings.servers import load_stack
from pulumi_kubernetes_mcp.testing import record
from tests.edge.test_cases import SERVER, found, planned, spec, way_in

ENVOY: dict[str, Any] = {"host": "mcp.example.com", "implementation": "envoy-gateway"}
KGATEWAY: dict[str, Any] = {**ENVOY, "implementation": "kgateway"}
INGRESS: dict[str, Any] = {"host": "mcp.example.com", "kind": "ingress", "implementation": "nginx"}
LISTENER = {"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": "public", "sectionName": "https"}
NAME = "mcp-prod-us-east-mcp-server-client"


def test_every_implementation_can_or_has_a_way() -> None:
    assert {*CLIENT_ADDRESS, *NO_CLIENT_ADDRESS} == set(IMPLEMENTATIONS)
    assert set(CLIENT_ADDRESS).isdisjoint(NO_CLIENT_ADDRESS)
    assert {name for one in PLATFORMS.values() for name in one.hidden_from} <= set(IMPLEMENTATIONS)


def test_envoy_gateway_is_told_by_one_policy_of_the_listener() -> None:
    told = {"trustedHops": 2, "proxyProtocol": True}
    policy = way_in({**ENVOY, "clientAddress": told}).manifest("ClientTrafficPolicy", NAME)
    assert policy["metadata"]["namespace"] == "gateway-system"
    assert policy["spec"] == {
        "targetRefs": [LISTENER],
        "clientIPDetection": {"xForwardedFor": {"numTrustedHops": 2}},
        "proxyProtocol": {"optional": False},
    }
    cidrs = ["10.0.0.0/16", "2001:db8::/32"]
    whole = way_in({**ENVOY, "clientAddress": {"trustedCidrs": cidrs}, "gateway": {"section": None}})
    assert spec(whole, "ClientTrafficPolicy", NAME) == {
        "targetRefs": [{key: value for key, value in LISTENER.items() if key != "sectionName"}],
        "clientIPDetection": {"xForwardedFor": {"trustedCIDRs": cidrs}},
    }


def test_kgateway_is_told_with_its_largest_headers_in_one_policy() -> None:
    told = {"trustedHops": 1, "proxyProtocol": True}
    run = way_in({**KGATEWAY, "clientAddress": told, "maxHeaders": "16Ki"})
    http = {"xffNumTrustedHops": 1, "maxRequestHeadersKb": 16}
    name = "mcp-prod-us-east-mcp-server-listener"
    assert spec(run, "ListenerPolicy", name)["default"] == {"proxyProtocol": {}, "httpSettings": http}
    alone = way_in({**KGATEWAY, "clientAddress": {"proxyProtocol": True}})
    assert spec(alone, "ListenerPolicy", name)["default"] == {"proxyProtocol": {}}


@pytest.mark.parametrize(
    ("edge", "expected"),
    [
        ({**ENVOY, "clientAddress": {"trustedHops": 1}}, []),
        ({**ENVOY, "clientAddress": {}}, ["MCP357 mcp:edge.clientAddress"]),
        ({**ENVOY, "clientAddress": {"trustedHops": 1, "trustedCidrs": ["10.0.0.0/8"]}},
         ["MCP357 mcp:edge.clientAddress.trustedCidrs"]),
        ({**KGATEWAY, "clientAddress": {"trustedCidrs": ["10.0.0.0/8"]}},
         ["MCP357 mcp:edge.clientAddress.trustedCidrs"]),
        ({**INGRESS, "clientAddress": {"trustedHops": 1}}, ["MCP357 mcp:edge.clientAddress"]),
        ({**ENVOY, "clientAddress": {"trustedCidrs": ["0.0.0.0/0"]}}, ["MCP358 mcp:edge.clientAddress.trustedCidrs"]),
    ],
)  # fmt: skip
def test_what_an_edge_is_not_told_is_refused(edge: dict[str, Any], expected: list[str]) -> None:
    plan = planned(edge, idleConnectionSeconds=75)
    assert [f"{one.code} {one.path}" for one in found(plan, "MCP35") if one.severity == "error"] == expected


def test_the_way_that_can_is_named() -> None:
    (finding,) = found(planned({**INGRESS, "clientAddress": {"trustedHops": 1}}, idleConnectionSeconds=75), "MCP357")
    assert "proxy-real-ip-cidr" in finding.remedy
    (finding,) = found(planned({**INGRESS, "implementation": "haproxy", "clientAddress": {"trustedHops": 1}}), "MCP357")
    assert "believes that header of everybody" in finding.remedy


@pytest.mark.parametrize(
    ("cidrs", "wide"),
    [
        (["10.0.0.0/8", "fc00::/7"], []),
        (["0.0.0.0/0"], ["0.0.0.0/0"]),
        (["::/0"], ["::/0"]),
        # Side by side they are one that is too large: everybody, in two halves.
        (["0.0.0.0/1", "128.0.0.0/1"], ["0.0.0.0/0"]),
        (["10.0.0.0/8", "11.0.0.0/8"], ["10.0.0.0/7"]),
        (["10.0.0.0/8", "12.0.0.0/8"], []),
        (["2000::/3"], ["2000::/3"]),
        (["10.0.0.0/9", "10.128.0.0/9"], []),
    ],
)
def test_ranges_of_everybody(cidrs: list[str], wide: list[str]) -> None:
    assert too_wide(cidrs) == wide


def on(platform: str, edge: dict[str, Any], **groups: Any) -> RegionPlan:
    values = {
        "mcp:region": {"name": "us-east", "platform": platform},
        "mcp:server": {**SERVER, **groups.pop("server", {})},
        "mcp:workload": {"dailyUsers": 300},
        "mcp:edge": edge,
        **groups,
    }
    return plan_region(load_stack(values, where="case"), rehearse=False)


LIMIT = {"requests": 120}


@pytest.mark.parametrize(
    ("platform", "edge", "server", "told_of"),
    [
        ("eks", {**ENVOY, "rateLimits": [LIMIT]}, {}, ["Rate limits by address"]),
        ("eks", {**ENVOY, "rateLimits": [{**LIMIT, "by": "route"}]}, {}, []),
        ("eks", ENVOY, {}, []),
        ("eks", ENVOY, {"eras": ["legacy-stateful"]}, ["The affinity by address"]),
        ("eks", {**ENVOY, "rateLimits": [LIMIT]}, {"eras": ["legacy-stateful"]},
         ["The affinity by address and rate limits by address"]),
        ("eks", {**ENVOY, "affinity": "gateway"}, {"eras": ["legacy-stateful"]}, []),
        ("gke", {**ENVOY, "rateLimits": [LIMIT]}, {}, []),
        ("eks", {**ENVOY, "rateLimits": [LIMIT], "clientAddress": {"proxyProtocol": True}}, {}, []),
        ("k3s", {**ENVOY, "implementation": "traefik"}, {"eras": ["legacy-stateful"]}, ["The affinity by address"]),
        ("k3s", {**ENVOY, "rateLimits": [LIMIT]}, {}, []),
    ],
)  # fmt: skip
def test_a_load_balancer_that_hides_clients(
    platform: str, edge: dict[str, Any], server: dict[str, Any], told_of: list[str]
) -> None:
    hidden = found(on(platform, edge, server=server), "MCP356")
    assert [one.problem.partition(" would count")[0] for one in hidden] == told_of
    assert {one.path for one in hidden} <= {"mcp:edge.clientAddress"}


def test_a_shared_listener_is_everybodys() -> None:
    (finding,) = found(planned({**ENVOY, "clientAddress": {"trustedHops": 1}}), "MCP359")
    assert finding.path == "mcp:edge.clientAddress"
    assert "'gateway-system'" in finding.problem


@pytest.mark.grid
def test_what_two_servers_say_alike_of_a_listener_is_one_policy() -> None:
    servers = {name: {"server": {"path": f"/{name}/mcp"}} for name in ("orders", "billing")}
    edge = {**ENVOY, "clientAddress": {"trustedHops": 1}}
    plan = on("generic", edge, **{"mcp:servers": servers})
    run = record(lambda: McpRegion.planned("mcp", plan))
    names = [one["metadata"]["name"] for one in run.manifests() if one["kind"] == "ClientTrafficPolicy"]
    assert names == ["mcp-prod-us-east-billing-client"]
    assert not found(plan, "MCP357")


def test_what_two_servers_say_otherwise_is_refused() -> None:
    servers: dict[str, Any] = {name: {"server": {"path": f"/{name}/mcp"}} for name in ("orders", "billing")}
    servers["billing"]["edge"] = {"clientAddress": {"trustedHops": 2}}
    edge = {**ENVOY, "clientAddress": {"trustedHops": 1}}
    (finding,) = found(on("generic", edge, **{"mcp:servers": servers}), "MCP357")
    assert finding.path == "mcp:servers.orders.edge.clientAddress"
    assert "'billing' says something else" in finding.problem
    servers["billing"]["edge"]["gateway"] = {"section": "other"}
    assert not found(on("generic", edge, **{"mcp:servers": servers}), "MCP357")
