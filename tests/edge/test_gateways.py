"""A Gateway or a listener of a stack's own: what is made, what follows it, and where it cannot be."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_kubernetes_mcp.doctor.judge import GATEWAY_CLASSES, judge, named, questions
from pulumi_kubernetes_mcp.doctor.model import Answer, Question, Snapshot, State
from pulumi_kubernetes_mcp.doctor.needs import needs
from pulumi_kubernetes_mcp.doctor.patches import gateway_of
from pulumi_kubernetes_mcp.edge.abilities import LISTENER_SET, NO_LISTENER_SET
from pulumi_kubernetes_mcp.edge.implementations import IMPLEMENTATIONS
from tests.edge.test_cases import found, made, planned, spec, way_in

OWN = {"name": "mcp", "namespace": "edge", "className": "envoy"}
GATEWAY: dict[str, Any] = {"host": "mcp.example.com", "implementation": "envoy-gateway", "gateway": OWN}
SET: dict[str, Any] = {**GATEWAY, "gateway": {"listenerSet": True}}
NAMESPACE = "mcp-prod-us-east"
SECRET = {"group": "", "kind": "Secret", "name": "mcp-server-tls"}


def test_every_implementation_of_the_kind_takes_listener_sets_or_has_a_reason() -> None:
    assert {*LISTENER_SET, *NO_LISTENER_SET} == {
        name for name, one in IMPLEMENTATIONS.items() if "gateway" in one.kinds
    }
    assert set(LISTENER_SET).isdisjoint(NO_LISTENER_SET)


def test_a_gateway_of_ones_own_takes_the_routes_of_the_server_alone() -> None:
    run = way_in({**GATEWAY, "hosts": ["mcp.example.org"]})
    gateway = run.manifest("Gateway", "mcp")
    assert gateway["metadata"]["namespace"] == "edge"
    assert "annotations" not in gateway["metadata"]
    selector = {"matchLabels": {"kubernetes.io/metadata.name": NAMESPACE}}
    assert gateway["spec"] == {
        "gatewayClassName": "envoy",
        "listeners": [
            {
                "name": "https",
                "protocol": "HTTPS",
                "port": 443,
                "tls": {"mode": "Terminate", "certificateRefs": [SECRET]},
                "allowedRoutes": {"namespaces": {"from": "Selector", "selector": selector}},
            }
        ],
    }
    (parent,) = spec(run, "HTTPRoute")["parentRefs"]
    assert (parent["kind"], parent["name"], parent["namespace"], parent["sectionName"]) == (
        "Gateway", "mcp", "edge", "https",
    )  # fmt: skip


def test_cert_manager_finds_issuer_and_host() -> None:
    run = way_in({**GATEWAY, "clusterIssuer": "letsencrypt", "tlsSecret": "orders"})
    gateway = run.manifest("Gateway", "mcp")
    assert gateway["metadata"]["annotations"] == {"cert-manager.io/cluster-issuer": "letsencrypt"}
    (listener,) = gateway["spec"]["listeners"]
    assert (listener["hostname"], listener["tls"]["certificateRefs"][0]["name"]) == ("mcp.example.com", "orders")


def test_what_is_said_of_the_listener_follows_the_gateway() -> None:
    edge = {**GATEWAY, "clientAddress": {"trustedHops": 1}, "maxHeaders": "16Ki"}
    run = way_in(edge)
    for kind, end in (("ClientTrafficPolicy", "client"), ("EnvoyPatchPolicy", "headers")):
        policy = run.manifest(kind, f"{NAMESPACE}-mcp-server-{end}")
        assert policy["metadata"]["namespace"] == "edge"
        target = policy["spec"].get("targetRef") or policy["spec"]["targetRefs"][0]
        assert (target["kind"], target["name"]) == ("Gateway", "mcp")
    # It is nobody else's.
    assert not found(planned(edge), "MCP359")


def test_a_listener_is_added_beside_the_route() -> None:
    run = made({**SET, "clientAddress": {"trustedHops": 1}})
    listeners = run.manifest("ListenerSet", "mcp-server")
    assert listeners["apiVersion"] == "gateway.networking.k8s.io/v1"
    assert listeners["metadata"]["namespace"] == NAMESPACE
    assert listeners["spec"]["parentRef"] == {
        "group": "gateway.networking.k8s.io", "kind": "Gateway", "name": "public", "namespace": "gateway-system",
    }  # fmt: skip
    (listener,) = listeners["spec"]["listeners"]
    assert (listener["hostname"], listener["allowedRoutes"]) == ("mcp.example.com", {"namespaces": {"from": "Same"}})
    (parent,) = spec(run, "HTTPRoute")["parentRefs"]
    assert (parent["kind"], parent["name"], parent["namespace"]) == ("ListenerSet", "mcp-server", NAMESPACE)
    policy = run.manifest("ClientTrafficPolicy", f"{NAMESPACE}-mcp-server-client")
    assert (policy["metadata"]["namespace"], policy["spec"]["targetRefs"][0]["kind"]) == (NAMESPACE, "ListenerSet")
    assert not [one for one in run.manifests() if one["kind"] == "Gateway"]


@pytest.mark.parametrize(
    ("edge", "expected"),
    [
        (GATEWAY, []),
        (SET, []),
        ({**SET, "implementation": "gke"}, ["mcp:edge.gateway.listenerSet"]),
        ({**GATEWAY, "gateway": {**OWN, "className": "cilium"}}, ["mcp:edge.gateway.className"]),
        ({**SET, "implementation": "traefik", "clientNamespace": "traefik"}, ["mcp:edge.gateway.listenerSet"]),
        ({**SET, "hosts": ["mcp.example.org"]}, ["mcp:edge.gateway.listenerSet"]),
        ({**SET, "maxHeaders": "16Ki"}, ["mcp:edge.gateway.listenerSet"]),
        ({**SET, "clientAddress": {"proxyProtocol": True}}, ["mcp:edge.gateway.listenerSet"]),
        ({**GATEWAY, "gateway": {**OWN, "listenerSet": True}}, ["mcp:edge.gateway.listenerSet"]),
        ({**GATEWAY, "implementation": "traefik", "clientNamespace": "traefik"}, ["mcp:edge.gateway.className"]),
        ({**GATEWAY, "implementation": "istio", "gateway": {**OWN, "namespace": NAMESPACE}},
         ["mcp:edge.gateway.className"]),
        ({**GATEWAY, "implementation": "istio"}, []),
        ({**GATEWAY, "hosts": ["mcp.example.org"], "clusterIssuer": "letsencrypt"}, ["mcp:edge.gateway.className"]),
    ],
)  # fmt: skip
def test_what_would_not_be_served_is_refused(edge: dict[str, Any], expected: list[str]) -> None:
    plan = planned(edge, idleConnectionSeconds=75)
    assert [one.path for one in found(plan, "MCP360")] == expected


def test_a_certificate_is_read_where_the_listener_is_made() -> None:
    for edge, unread in ((GATEWAY, []), (SET, []), ({**GATEWAY, "gateway": {}}, ["mcp:edge.tlsSecret"])):
        plan = planned({**edge, "tlsSecret": "orders"})
        assert [one.path for one in found(plan, "MCP320")] == unread


def asked(edge: dict[str, Any], **answers: Any) -> list[tuple[str, State]]:
    """What doctor says of the Gateway of a stack, and of its class."""
    wanted = needs(made(edge).manifests())
    given: dict[Question, Answer] = {
        gateway_of("gateway-system", "public"): Answer({"spec": answers}),
        named(GATEWAY_CLASSES, "envoy"): Answer({"spec": {}}),
    }
    assert set(given) & set(questions(wanted))
    lines = judge(wanted, Snapshot("here", given))
    return [(line.what, line.state) for line in lines if line.what.startswith("Gateway") and ":" not in line.what[:12]]


@pytest.mark.grid
def test_doctor_asks_whether_the_gateway_takes_listeners() -> None:
    what = "Gateway gateway-system/public: listeners of others"
    assert asked(SET) == [(what, State.MISSING)]
    assert asked(SET, allowedListeners={"namespaces": {"from": "Same"}}) == [(what, State.MISSING)]
    assert asked(SET, allowedListeners={"namespaces": {"from": "All"}}) == [(what, State.OK)]
    assert asked(SET, allowedListeners={"namespaces": {"from": "Selector"}}) == [(what, State.UNSURE)]


def test_doctor_asks_for_the_class_of_a_gateway_that_is_made() -> None:
    assert asked(GATEWAY) == [("GatewayClass envoy", State.OK)]
