"""The envelope around a session id, by hand; ``tests/lab/test_envoy.py`` hands it to Envoy Gateway and Envoy."""

from __future__ import annotations

import re
from dataclasses import replace

import pulumi
import pytest

from pulumi_kubernetes_mcp import McpIngress
from pulumi_kubernetes_mcp.edge.envelope import envelope_policy, patch_spec
from pulumi_kubernetes_mcp.edge.implementations import IMPLEMENTATIONS
from pulumi_kubernetes_mcp.edge.keys import IngressKeys
from pulumi_kubernetes_mcp.edge.objects import edge_objects
from pulumi_kubernetes_mcp.edge.policies import backend_traffic_policy
from pulumi_kubernetes_mcp.testing import record
from tests.edge.test_spec import EDGE

ENVELOPE = replace(EDGE, affinity="envelope", gateway_section="https")
KEYS = IngressKeys(namespace="shop", host="mcp.example.com", service_name="orders", eras=["legacy-stateful"])
TYPES = "type.googleapis.com/envoy"


def test_the_policy_stands_beside_the_gateway_and_is_named_after_the_route() -> None:
    made = envelope_policy(ENVELOPE, await_ready=False)
    assert (made.api_version, made.kind) == ("gateway.envoyproxy.io/v1alpha1", "EnvoyPatchPolicy")
    assert (made.body["metadata"]["namespace"], made.name) == ("gateway-system", "shop-orders-envelope")
    assert made.body["spec"]["targetRef"] == {
        "group": "gateway.networking.k8s.io",
        "kind": "Gateway",
        "name": "public",
    }
    assert "annotations" not in made.body["metadata"]
    waiting = envelope_policy(ENVELOPE, await_ready=True).body["metadata"]["annotations"]
    assert 'type=="Programmed"' in waiting["pulumi.com/waitFor"]


def test_the_filter_is_off_in_the_listener_and_on_for_the_routes_of_this_server() -> None:
    filter_, route, cluster = patch_spec(ENVELOPE)["jsonPatches"]
    assert (filter_["type"], filter_["name"]) == (f"{TYPES}.config.listener.v3.Listener", "gateway-system/public/https")
    assert filter_["operation"]["value"] == {
        "name": "envoy.filters.http.stateful_session/mcp/shop/orders",
        "disabled": True,
        "typedConfig": {"@type": f"{TYPES}.extensions.filters.http.stateful_session.v3.StatefulSession"},
    }
    assert route["name"] == "gateway-system/public/https"
    assert route["operation"]["path"].endswith("/envoy.filters.http.stateful_session~1mcp~1shop~1orders")
    assert route["operation"]["value"]["statefulSession"]["sessionState"]["typedConfig"] == {
        "@type": f"{TYPES}.extensions.http.stateful_session.envelope.v3.EnvelopeSessionState",
        "header": {"name": "mcp-session-id"},
    }
    (pattern,) = re.findall(r"=~'(.+)'", route["operation"]["jsonPath"])
    assert re.search(pattern, "httproute/shop/orders/rule/0/match/0/mcp_example_com")
    assert not re.search(pattern, "httproute/shop/orders-2/rule/0/match/0/mcp_example_com")
    assert not re.search(pattern, "httproute/another/shop/orders/rule/0")
    assert cluster["name"] == "httproute/shop/orders/rule/0"
    assert cluster["operation"]["value"] == {"statuses": ["UNKNOWN", "HEALTHY", "DEGRADED", "DRAINING"]}


def test_a_pod_is_remembered_and_not_hashed() -> None:
    assert backend_traffic_policy(ENVELOPE)["loadBalancer"] == {"type": "LeastRequest"}
    assert "envelope" in IMPLEMENTATIONS["envoy-gateway"].affinities
    assert "envelope" not in IMPLEMENTATIONS["envoy-gateway"].hashed


@pytest.mark.parametrize(
    ("edge", "made"),
    [
        (ENVELOPE, True),
        (EDGE, False),
        (replace(ENVELOPE, affinity="source-ip"), False),
        (replace(ENVELOPE, gateway_section=None), False),
        (replace(ENVELOPE, row=IMPLEMENTATIONS["istio"]), False),
    ],
    ids=["envelope", "none", "source-ip", "no listener", "istio"],
)
def test_only_an_envelope_behind_envoy_gateway_is_a_patch(edge: object, made: bool) -> None:
    kinds = [one.kind for one in edge_objects(edge, KEYS).values()]  # type: ignore[arg-type]
    assert ("EnvoyPatchPolicy" in kinds) == made


def test_names_that_are_known_later_are_put_in_later() -> None:
    run = record(
        lambda: McpIngress(
            "orders",
            namespace=pulumi.Output.from_input("shop"),
            host="mcp.example.com",
            service_name="orders",
            eras=["legacy-stateful"],
            implementation="envoy-gateway",
            affinity="envelope",
            gateway_section="https",
        )
    )
    policy = run.manifest("EnvoyPatchPolicy")
    assert policy["metadata"]["name"] == "shop-orders-envelope"
    assert "'^httproute/shop/orders/'" in policy["spec"]["jsonPatches"][1]["operation"]["jsonPath"]
