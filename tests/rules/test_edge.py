"""Rules about eras, affinity and timeouts, each at its boundary and with its exact words."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_kubernetes_mcp import eras as protocol
from pulumi_kubernetes_mcp.edge.args import edge_spec
from pulumi_kubernetes_mcp.edge.implementations import IMPLEMENTATIONS, Implementation
from pulumi_kubernetes_mcp.edge.policies import backend_traffic_policy
from pulumi_kubernetes_mcp.edge.proxies import proxies_namespace
from pulumi_kubernetes_mcp.rules import edge
from pulumi_kubernetes_mcp.rules.doors import in_arguments
from pulumi_kubernetes_mcp.rules.model import Finding, Severity
from pulumi_kubernetes_mcp.wiring import ingress_args
from tests.rules.test_checks import inspected
from tests.table import table


@pytest.mark.parametrize(
    ("eras", "expected"),
    [
        (["modern"], []),
        (["modern", "legacy-stateless"], []),
        (["modern", "legacy-stateful"], []),
        (["legacy-stateless", "legacy-stateful"], ["MCP301"]),
        (["sse"], ["MCP302"]),
        (["sse", "legacy-stateful", "modern", "legacy-stateless"], ["MCP301", "MCP302"]),
    ],
)
def test_eras(eras: list[str], expected: list[str]) -> None:
    assert [finding.code for finding in edge.era_findings(eras, path="e")] == expected


@given(eras=st.lists(st.sampled_from(list(protocol.Era)), max_size=6))
def test_the_excluded_pair_is_that_of_the_protocol(eras: list[protocol.Era]) -> None:
    refused = "MCP301" in [finding.code for finding in edge.era_findings(eras, path="e")]
    assert refused == (protocol.excluded_pair(eras) is not None)


def affinity(kind: str, *, sessions: bool = True, replicas: int = 3, sse: bool = False) -> list[Finding]:
    return edge.affinity_findings(affinity=kind, sessions=sessions, max_replicas=replicas, sse=sse, path="a")


@table(
    "kind, sessions, replicas, expected",
    [
        ("none", True, 2, "error MCP303"),
        ("none", True, 1, None),
        ("none", False, 9, None),
        ("cookie", True, 2, "warning MCP304"),
        ("cookie", True, 1, None),
        ("cookie", False, 2, "warning MCP311"),
        ("session-hash", True, 2, "error MCP305"),
        ("session-hash", True, 1, "error MCP305"),
        ("session-hash", False, 2, "error MCP305"),
        ("source-ip", True, 2, "warning MCP306"),
        ("source-ip", True, 1, None),
        ("source-ip", False, 2, "warning MCP311"),
        ("envelope", True, 9, None),
        ("envelope", False, 2, "warning MCP311"),
        ("gateway", True, 9, None),
        ("gateway", False, 9, None),
    ],
)
def test_affinity(kind: str, sessions: bool, replicas: int, expected: str | None) -> None:
    found = [f"{f.severity} {f.code}" for f in affinity(kind, sessions=sessions, replicas=replicas)]
    assert found == ([] if expected is None else [expected])


def test_words_about_affinity() -> None:
    assert affinity("none")[0].problem == (
        "The server holds sessions, up to 3 pods serve it, and nothing keeps a client on its pod."
    )
    assert affinity("cookie")[0].problem == (
        "TypeScript clients do not send cookies back: measured, 187 of their 1600 calls succeed."
    )
    assert "33 of their 400 calls" in affinity("cookie", sse=True)[0].problem
    assert "gateway" not in affinity("cookie", sse=True)[0].remedy
    assert "the only measured way that serves all clients" in affinity("source-ip", sse=True)[0].remedy
    assert "'gateway'" in affinity("source-ip")[0].remedy


@table(
    "implementation, sessions, sse, section, expected",
    [
        ("envoy-gateway", True, False, "https", "warning MCP337 at affinity"),
        ("envoy-gateway", True, False, None, "error MCP336 at gateway_section"),
        ("envoy-gateway", True, True, "https", "error MCP335 at affinity"),
        ("envoy-gateway", False, True, None, None),
        ("istio", True, True, None, None),
    ],
)
def test_an_envelope(implementation: str, sessions: bool, sse: bool, section: str | None, expected: str | None) -> None:
    found = edge.envelope_findings(
        affinity="envelope",
        sessions=sessions,
        sse=sse,
        row=IMPLEMENTATIONS[implementation],
        section=section,
        gateway="gateways",
    )
    assert [f"{one.severity} {one.code} at {one.path}" for one in found] == ([] if expected is None else [expected])
    assert not edge.envelope_findings(
        affinity="source-ip", sessions=True, sse=True, row=IMPLEMENTATIONS["envoy-gateway"], section=None, gateway="g"
    )


@pytest.mark.parametrize("implementation", sorted(set(IMPLEMENTATIONS) - {"envoy-gateway"}))
def test_an_envelope_is_refused_where_nothing_makes_it(implementation: str) -> None:
    row = IMPLEMENTATIONS[implementation]
    (finding,) = edge.implementation_findings(
        row=row,
        kind=row.kinds[0],
        ingress_class=None,
        affinity="envelope",
        needs_affinity=True,
        keepalive_seconds=15,
        path="implementation",
    )
    assert (finding.severity, finding.code) == (Severity.ERROR, "MCP312")


def timeouts(
    request: int = 0, idle: int = 60, max_tool: int = 60, keepalive: int | None = 15, sse: bool = False
) -> list[Finding]:
    return edge.timeout_findings(
        request_timeout=request,
        idle_timeout=idle,
        max_tool_seconds=max_tool,
        keepalive_seconds=keepalive,
        request_path="r",
        idle_path="i",
        sse=sse,
    )


def test_the_route_waits_for_the_slowest_tool() -> None:
    assert timeouts(request=0) == []
    assert timeouts(request=75) == []
    (finding,) = timeouts(request=74)
    assert str(finding) == (
        "error MCP307 at r: The request timeout of 74 s is shorter than the slowest tool, 60 s, + margin "
        "15 s = 75 s. Set it to 0, which switches it off, or to at least 75 s."
    )


@pytest.mark.parametrize("seconds", [1, 74, 75, 86_400])
def test_any_request_timeout_ends_a_session_of_sse_and_is_told_once(seconds: int) -> None:
    (finding,) = timeouts(request=seconds, sse=True)
    assert str(finding) == (
        "error MCP307 at r: The era 'sse' holds a session in one open request, which the timeout ends after "
        f"{seconds} s. Set it to 0, which switches it off."
    )


def test_sse_bears_no_request_timeout_and_the_same_silence_as_others() -> None:
    assert timeouts(request=0, sse=True) == []
    assert timeouts(request=0, idle=44, sse=True) == timeouts(request=0, idle=44)
    assert [finding.code for finding in timeouts(request=75, idle=44, sse=True)] == ["MCP307", "MCP308"]


def test_silence_is_borne() -> None:
    assert timeouts(idle=45) == []
    (kept,) = timeouts(idle=44)
    assert str(kept) == (
        "error MCP308 at i: The idle timeout of 44 s is shorter than 45 s: 3 keep-alive periods of 15 s. "
        "Set it to at least 45 s, or leave it out: it is then derived."
    )
    assert timeouts(idle=75, keepalive=0) == []
    assert [finding.code for finding in timeouts(idle=44, keepalive=None)] == ["MCP308"]
    assert [finding.code for finding in timeouts(idle=45, keepalive=None)] == ["MCP369"]
    (unknown,) = timeouts(idle=74, keepalive=None)
    assert str(unknown).startswith(
        "warning MCP369 at i: The idle timeout of 74 s cuts every tool that takes longer, up to 60 s"
    )
    assert timeouts(idle=75, keepalive=None) == []
    (silent,) = timeouts(idle=74, keepalive=0)
    assert str(silent) == (
        "error MCP308 at i: The idle timeout of 74 s is shorter than 75 s: the slowest tool, 60 s, + "
        "margin 15 s, during which nothing is sent. Set it to at least 75 s, or leave it out: it is then "
        "derived."
    )
    assert [finding.code for finding in timeouts(idle=89, keepalive=30)] == ["MCP308"]
    assert [finding.code for finding in timeouts(request=1, idle=1)] == ["MCP307", "MCP308"]


@given(
    eras=st.sets(st.sampled_from(list(protocol.Era)), min_size=1),
    max_tool=st.integers(min_value=1, max_value=86_400),
    keepalive=st.integers(min_value=0, max_value=600),
)
def test_derived_timeouts_are_never_refused(eras: set[protocol.Era], max_tool: int, keepalive: int) -> None:
    derived = protocol.derive(eras, max_tool_seconds=max_tool, keepalive_seconds=keepalive)
    route, idle = derived.route_timeout_seconds, derived.stream_idle_timeout_seconds
    assert timeouts(route, idle, max_tool, keepalive, sse=protocol.Era.SSE in eras) == []


@pytest.mark.parametrize(
    ("kind", "implementation", "affinity", "needs_affinity", "keepalive", "code"),
    [
        ("gateway", "envoy-gateway", "source-ip", True, 0, None),
        ("ingress", "nginx", "cookie", True, 0, None),
        ("gateway", "other", "none", False, 15, None),
        ("gateway", "other", "none", False, 0, "MCP309"),
        ("ingress", "other", "none", False, 15, "MCP309"),
        ("gateway", "other", "cookie", True, 0, "MCP312"),
        ("gateway", "other", "gateway", True, 15, None),
        ("gateway", "other", "source-ip", False, 15, None),
        ("gateway", "cilium", "source-ip", True, 15, "MCP312"),
        ("gateway", "nginx-gateway-fabric", "source-ip", True, 15, None),
        ("gateway", "nginx-gateway-fabric", "cookie", True, 15, "MCP312"),
        ("ingress", "alb", "source-ip", True, 15, "MCP312"),
        ("ingress", "alb", "cookie", True, 15, None),
        ("gateway", "gke", "source-ip", True, 0, None),
    ],
)
def test_a_controller_without_settings_is_named_where_it_matters(
    kind: str, implementation: str, affinity: str, needs_affinity: bool, keepalive: int, code: str | None
) -> None:
    found = edge.implementation_findings(
        row=IMPLEMENTATIONS[implementation],
        kind=kind,
        ingress_class=None,
        affinity=affinity,
        needs_affinity=needs_affinity,
        keepalive_seconds=keepalive,
        path="c",
    )
    assert [f.code for f in found] == ([] if code is None else [code])
    assert [f.severity is Severity.ERROR for f in found] == ([] if code is None else [code == "MCP312"])
    if code is not None:
        assert ("'envoy-gateway'" if kind == "gateway" else "'nginx'") in found[0].remedy


def test_proxies_behind_addresses_are_not_known_by_a_plain_route() -> None:
    """A cloud's load balancer refuses portable fields (GKE the timeouts), and checks pods in its own way."""

    def found(outside: bool) -> list[str]:
        return [
            finding.code
            for finding in edge.implementation_findings(
                row=IMPLEMENTATIONS["other"],
                kind="gateway",
                ingress_class=None,
                affinity="none",
                needs_affinity=False,
                keepalive_seconds=15,
                path="c",
                outside=outside,
            )
        ]

    assert (found(True), found(False)) == (["MCP309"], [])


def test_the_class_of_a_known_controller_names_it() -> None:
    (finding,) = edge.implementation_findings(
        row=IMPLEMENTATIONS["other"],
        kind="ingress",
        ingress_class="alb",
        affinity="none",
        needs_affinity=False,
        keepalive_seconds=15,
        path="c",
    )
    assert "('alb', whose class this is)" in finding.remedy


def controller(name: str, kind: str, affinity: str, *, outside: bool = False) -> Finding:
    """What is said where several pods hold sessions."""
    (finding,) = edge.implementation_findings(
        row=IMPLEMENTATIONS[name].of(kind),
        kind=kind,
        ingress_class=None,
        affinity=affinity,
        needs_affinity=True,
        keepalive_seconds=15,
        path="i",
        outside=outside,
    )
    return finding


def test_an_edge_that_keeps_no_session_and_is_no_aware_gateway_is_refused_in_words() -> None:
    assert in_arguments([controller("cilium", "gateway", "gateway")])[0].remedy == (
        "Name what keeps them, which is 'other' with client_namespace where it has no name here."
    )
    assert in_arguments([controller("gke", "gateway", "gateway", outside=True)])[0].remedy == (
        "Use the affinity 'source-ip' or 'cookie'; or name what keeps them, which is 'other' where it has no name here."
    )


def test_a_controller_is_named_with_what_has_to_be_told_besides() -> None:
    (told,) = in_arguments([controller("other", "gateway", "source-ip")])
    assert "'nginx-gateway-fabric', 'traefik' with client_namespace or 'gke')" in told.remedy
    assert " with " not in controller("other", "gateway", "source-ip", outside=True).remedy
    (cookie,) = in_arguments([controller("other", "ingress", "cookie")])
    assert (
        "('traefik' with client_namespace, 'alb' with client_cidrs, 'nginx', 'haproxy' or 'openshift')" in cookie.remedy
    )


def test_no_controller_is_named_that_does_not_keep_the_sessions() -> None:
    (finding,) = edge.kind_findings(row=IMPLEMENTATIONS["alb"], kind="gateway", path="i", kept="source-ip")
    assert "'cilium'" not in finding.remedy
    assert "'agentgateway'" not in finding.remedy
    assert finding.remedy.startswith("Name what serves 'gateway': 'envoy-gateway', 'istio', ")
    (free,) = edge.kind_findings(row=IMPLEMENTATIONS["alb"], kind="gateway", path="i")
    assert free.remedy.startswith("Set ⟦kind⟧ to 'ingress' with ⟦client_cidrs⟧, or name what serves 'gateway': ")
    assert "'cilium'" in free.remedy
    (none,) = edge.kind_findings(row=IMPLEMENTATIONS["alb"], kind="none", path="i", kept="source-ip")
    assert none.remedy == "Leave this out."


@pytest.mark.parametrize(
    ("name", "own"),
    [("envoy-gateway", "'source-ip', "), ("cilium", ""), ("agentgateway", "'agentgateway', ")],
)
def test_only_an_affinity_that_the_edge_keeps_is_advised(name: str, own: str) -> None:
    (finding,) = edge.affinity_findings(
        affinity="none", sessions=True, max_replicas=3, sse=False, path="a", row=IMPLEMENTATIONS[name]
    )
    assert finding.remedy == (
        f"Use 'envelope' behind Envoy Gateway, {own}or 'gateway' with an MCP-aware gateway; or serve eras without "
        "sessions."
    )


def test_streams_are_led_to_an_edge_that_keeps_them() -> None:
    (finding,) = edge.affinity_findings(
        affinity="cookie", sessions=True, max_replicas=3, sse=True, path="a", row=IMPLEMENTATIONS["alb"]
    )
    assert finding.remedy.startswith("Use 'source-ip' behind an implementation that keeps it. ")


@pytest.mark.parametrize("row", IMPLEMENTATIONS.values(), ids=lambda row: row.name)
@pytest.mark.parametrize("kind", ["gateway", "ingress", "route", "none"])
def test_an_implementation_serves_its_kinds_alone(row: Implementation, kind: str) -> None:
    found = edge.kind_findings(row=row, kind=kind, path="i")
    assert [finding.code for finding in found] == ([] if kind in row.kinds else ["MCP314"])


@pytest.mark.parametrize(
    ("row", "kind", "ingress_class", "namespace", "cidrs", "at"),
    [
        ("traefik", "ingress", None, None, [], "client_namespace"),
        ("traefik", "ingress", None, "traefik", [], None),
        ("other", "ingress", "traefik", None, [], "client_namespace"),
        ("alb", "ingress", None, None, [], "client_cidrs"),
        ("alb", "ingress", None, None, ["10.0.0.0/16"], None),
        ("nginx", "ingress", "internal", None, [], "client_namespace"),
        ("cilium", "gateway", None, None, [], None),
    ],
)
def test_the_pods_are_open_to_proxies_that_are_known(
    row: str, kind: str, ingress_class: str | None, namespace: str | None, cidrs: list[str], at: str | None
) -> None:
    found = edge.reach_findings(
        row=IMPLEMENTATIONS[row], kind=kind, ingress_class=ingress_class, namespace=namespace, cidrs=cidrs
    )
    assert [(finding.code, finding.path) for finding in found] == ([] if at is None else [("MCP315", at)])


@pytest.mark.parametrize(
    ("row", "unnamed", "cidrs", "expected"),
    [
        ("other", True, [], "gateways"),
        ("other", False, [], None),
        ("other", True, ["10.0.0.0/16"], None),
        ("kgateway", False, [], "gateways"),
        ("envoy-gateway", False, [], "envoy-gateway-system"),
    ],
)
def test_where_proxies_of_an_implementation_that_is_none_of_ours_run_is_asked_for(
    row: str, unnamed: bool, cidrs: list[str], expected: str | None
) -> None:
    found = proxies_namespace(
        IMPLEMENTATIONS[row],
        kind="gateway",
        given=None,
        gateway="gateways",
        ingress_class=None,
        cidrs=cidrs,
        unnamed=unnamed,
    )
    assert found == expected
    reached = edge.reach_findings(
        row=IMPLEMENTATIONS[row], kind="gateway", ingress_class=None, namespace=found, cidrs=cidrs
    )
    assert [one.code for one in reached] == ([] if expected or cidrs else ["MCP315"])


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, [("MCP362", "mcp:edge.implementation")]),
        ({"gateway": {"namespace": "edge"}}, [("MCP362", "mcp:edge.implementation")]),
        # Something tells: what serves it, where its proxies are, or that Envoy Gateway's would be there as well.
        ({"implementation": "istio"}, []),
        ({"clientNamespace": "gateway-system"}, []),
        ({"gateway": {"namespace": "envoy-gateway-system"}}, []),
        ({"clientCidrs": ["35.191.0.0/16"]}, []),
        ({"kind": "ingress"}, []),
        ({"kind": "none", "host": None, "clientNamespace": "agents"}, []),
    ],
)
def test_proxies_that_are_taken_to_run_beside_the_gateway_are_told_of(
    given: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    edge = {"host": "mcp.example.com", **given}
    plan = inspected(rehearse=False, edge={"implementation": None, **edge})
    assert [(one.code, one.path) for one in plan.findings if one.code == "MCP362"] == expected


def test_what_the_remedy_of_assumed_proxies_names_is_taken() -> None:
    (finding,) = [
        one for one in inspected(rehearse=False, edge={"implementation": None}).findings if one.code == "MCP362"
    ]
    names = set(re.findall(r"'([a-z-]+)'", finding.remedy)) & set(IMPLEMENTATIONS)
    assert names == {name for name, row in IMPLEMENTATIONS.items() if "gateway" in row.kinds} - {"other"}
    own = {"implementation": None, "gateway": {"className": "gke-l7-rilb", "namespace": "infra"}}
    (finding_of_class,) = [one for one in inspected(rehearse=False, edge=own).findings if one.code == "MCP362"]
    assert set(re.findall(r"'([a-z-]+)'", finding_of_class.remedy)) & set(IMPLEMENTATIONS) == {"gke"}
    assert "'gateway-system'" in finding.problem
    assert "'gateway-system'" in finding.remedy


@pytest.mark.parametrize(
    ("scaling", "growth"),
    [
        ({"minReplicas": 8, "maxReplicas": 60}, ("30", "60")),
        ({"minReplicas": 40, "maxReplicas": 60}, ("40", "60")),
        ({"minReplicas": 60, "maxReplicas": 60}, None),
        ({"autoscaler": "none", "replicas": 8, "prometheusAddress": None}, None),
    ],
    ids=str,
)
def test_what_a_hash_costs_is_told_of_growth_that_there_can_be(
    scaling: dict[str, Any], growth: tuple[str, str] | None
) -> None:
    given = {"prometheusAddress": "http://prometheus.monitoring:9090", **scaling}
    plan = inspected(
        rehearse=False, server={"eras": ["legacy-stateful"]}, edge={"implementation": "istio"}, scaling=given
    )
    (finding,) = [one for one in plan.findings if one.code == "MCP306"]
    told = re.search(r"(\d+) pods become (\d+)", finding.problem)
    assert (told and told.groups()) == growth


@pytest.mark.grid
@pytest.mark.parametrize("eras", [["modern"], ["legacy-stateful"]], ids=str)
@pytest.mark.parametrize("gateway_class", [None, "traefik", "cilium"])
def test_what_is_to_be_named_beside_assumed_proxies_is_no_error(eras: list[str], gateway_class: str | None) -> None:
    def told(**edge: Any) -> list[Finding]:
        own = {} if gateway_class is None else {"gateway": {"className": gateway_class}}
        scaling = {"prometheusAddress": "http://prometheus.monitoring:9090"}
        return inspected(rehearse=False, edge={**own, **edge}, server={"eras": eras}, scaling=scaling).findings

    (finding,) = [one for one in told(implementation=None) if one.code == "MCP362"]
    offered = re.findall(r"'([a-z-]+)'( with clientNamespace| with clientCidrs)?", finding.remedy.partition("(")[2])
    ways = {name: bool(place) for name, place in offered if name in IMPLEMENTATIONS}
    assert ways
    for name, place in ways.items():
        edge: dict[str, Any] = {"implementation": name, **({"clientNamespace": "proxies"} if place else {})}
        if gateway_class is not None and name != gateway_class:
            edge["gateway"] = {"className": f"of-{name}"}
        assert not {"MCP312", "MCP315"} & {one.code for one in told(**edge)}, name


def limits(row: str, *, request: int = 0, idle: int = 60, kind: str = "gateway") -> list[str]:
    found = edge.limit_findings(
        row=IMPLEMENTATIONS[row],
        kind=kind,
        request_timeout=request,
        idle_timeout=idle,
        request_path="r",
        idle_path="i",
    )
    return [f"{finding.code} {finding.path}" for finding in found]


def test_what_an_implementation_ends_by_itself() -> None:
    assert limits("nginx-gateway-fabric", idle=86_400) == []
    assert limits("cilium", idle=300) == []
    assert limits("cilium", idle=301) == ["MCP316 i"]
    assert limits("alb", idle=4001, kind="ingress") == ["MCP316 i"]
    assert limits("kgateway", idle=86_400) == []
    assert limits("nginx-gateway-fabric", request=300) == ["MCP319 r"]
    assert limits("traefik", request=300, kind="ingress") == []
    assert limits("gke", request=300) == limits("istio", request=300) == []


@pytest.mark.parametrize(
    ("row", "parallel", "code"),
    [("cilium", 1024, None), ("cilium", 1025, "MCP373"), ("kgateway", 10**6, None), ("envoy-gateway", 10**6, None)],
)
def test_an_edge_that_is_not_told_how_much_it_leads_to_the_pods_at_once(
    row: str, parallel: int, code: str | None
) -> None:
    found = edge.streams_findings(row=IMPLEMENTATIONS[row], parallel=parallel, path="i")
    assert [one.code for one in found] == ([] if code is None else [code])


def test_the_server_closes_idle_connections_after_the_proxy() -> None:
    def found(proxy: int | None, server: int) -> list[str]:
        row = IMPLEMENTATIONS["nginx"]
        return [one.code for one in edge.connection_findings(row=row, proxy=proxy, server=server, path="i")]

    assert found(60, 60) == ["MCP317"]
    assert found(60, 61) == found(None, 5) == []


def test_a_target_is_kept_until_its_slowest_call_ends() -> None:
    def found(delay: int | None, tool: int = 60, row: str = "alb") -> list[str]:
        told = edge.deregistration_findings(
            row=IMPLEMENTATIONS[row], delay=delay, max_tool_seconds=tool, path="annotations"
        )
        return [f"{one.code} {one.path}" for one in told]

    too_short, too_slow = ["MCP318 annotations"], ["MCP318 max_tool_seconds"]
    assert (found(59), found(60), found(None)) == (too_short, [], [])
    assert (found(3600), found(3601)) == ([], too_short)
    assert (found(None, 3600), found(None, 3601), found(3600, 3601)) == ([], too_slow, too_slow)
    assert (found(None, 3601, "gke"), found(None, 3601, "envoy-gateway")) == (too_slow, [])


@pytest.mark.parametrize(
    ("row", "kind", "tls", "given", "config_map", "secret", "expected"),
    [
        ("envoy-gateway", "gateway", False, False, False, False, []),
        ("envoy-gateway", "gateway", False, True, False, False, ["MCP321 b"]),
        ("envoy-gateway", "gateway", True, False, False, False, ["MCP321 b"]),
        ("envoy-gateway", "gateway", True, True, True, False, []),
        ("istio", "gateway", False, False, False, False, []),
        ("istio", "gateway", True, True, True, False, ["MCP364 b"]),
        ("envoy-gateway", "gateway", True, True, False, False, []),
        ("envoy-gateway", "gateway", True, True, False, True, ["MCP321 b.ca_secret"]),
        ("nginx", "ingress", True, True, False, True, []),
        ("nginx", "ingress", True, True, True, False, ["MCP321 b.ca_config_map"]),
        ("nginx", "ingress", True, False, False, False, ["MCP322 b"]),
        ("alb", "ingress", True, False, False, False, ["MCP322 b"]),
        ("alb", "ingress", True, True, False, True, ["MCP321 b.ca_secret"]),
        ("openshift", "route", True, False, False, False, []),
        ("openshift", "route", True, True, False, True, ["MCP321 b.ca_secret"]),
        ("openshift", "ingress", True, True, False, True, []),
        ("traefik", "ingress", True, False, False, False, ["MCP321 b"]),
        ("traefik", "ingress", True, True, False, True, ["MCP352 b"]),
        ("traefik", "ingress", True, True, True, False, ["MCP321 b.ca_config_map"]),
        ("traefik", "gateway", True, True, True, False, []),
        ("traefik", "gateway", True, True, False, True, ["MCP321 b.ca_secret"]),
        ("other", "gateway", True, True, False, False, ["MCP321 b"]),
    ],
)
def test_tls_to_the_pods(
    row: str, kind: str, tls: bool, given: bool, config_map: bool, secret: bool, expected: list[str]
) -> None:
    found = edge.backend_tls_findings(
        row=IMPLEMENTATIONS[row].of(kind),
        kind=kind,
        tls=tls,
        given=given,
        named=given,
        ca_config_map=config_map,
        ca_secret=secret,
        path="b",
    )
    assert [f"{finding.code} {finding.path}" for finding in found] == expected


@pytest.mark.parametrize(
    ("row", "kind", "secret", "expected"),
    [
        (
            "envoy-gateway",
            "gateway",
            False,
            "Give its ⟦hostname⟧, and ⟦ca_config_map⟧ unless a public authority signed it.",
        ),
        # It would look for the name of its upstream, and answer 502.
        ("nginx", "ingress", True, "Give its ⟦hostname⟧, and ⟦ca_secret⟧ unless a public authority signed it."),
        ("nginx", "ingress", False, None),
        ("haproxy", "ingress", True, None),
        ("openshift", "ingress", True, None),
    ],
)
def test_whoever_checks_a_name_needs_it(row: str, kind: str, secret: bool, expected: str | None) -> None:
    found = edge.backend_tls_findings(
        row=IMPLEMENTATIONS[row].of(kind),
        kind=kind,
        tls=True,
        given=True,
        named=False,
        ca_config_map=False,
        ca_secret=secret,
        path="b",
    )
    assert [one.remedy for one in found if one.code == "MCP321"] == ([] if expected is None else [expected])


def test_a_certificate_is_given_where_it_is_read() -> None:
    def found(row: str, kind: str) -> list[str]:
        given = ["tls_secret", "cluster_issuer"]
        return [one.path for one in edge.certificate_findings(row=IMPLEMENTATIONS[row], kind=kind, given=given)]

    assert found("nginx", "ingress") == found("openshift", "ingress") == []
    for row, kind in (("envoy-gateway", "gateway"), ("alb", "ingress"), ("openshift", "route")):
        assert found(row, kind) == ["tls_secret", "cluster_issuer"]


def test_a_load_balancer_is_told_where_to_ask() -> None:
    def found(row: str, health: bool, annotated: bool) -> list[str]:
        one = IMPLEMENTATIONS[row]
        return [f.code for f in edge.health_check_findings(row=one, health_path=health, annotated=annotated, path="h")]

    assert found("alb", False, False) == ["MCP323"]
    assert found("alb", True, False) == found("alb", False, True) == found("gke", False, False) == []


@pytest.mark.parametrize(
    ("server", "found"),
    [
        ({"runtime": "typescript-v2", "eras": ["modern"], "keepaliveSeconds": 15}, 1),
        ({"runtime": "typescript-v2", "eras": ["modern"], "keepaliveSeconds": 0}, 0),
        ({"runtime": "typescript-v2", "eras": ["modern"]}, 0),
        ({"runtime": "typescript-v2", "eras": ["legacy-stateless"], "keepaliveSeconds": 15}, 0),
        ({"runtime": "python-v2", "keepaliveSeconds": 30}, 0),
        ({"runtime": "node", "keepaliveSeconds": 15}, 0),
    ],
)
def test_keep_alives_that_nobody_saw(server: dict[str, Any], found: int) -> None:
    findings = [one for one in inspected(rehearse=False, server=server).findings if one.code == "MCP331"]
    assert [one.path for one in findings] == ["mcp:server.keepaliveSeconds"] * found


@pytest.mark.parametrize(
    ("runtime", "idle"), [("python-v2", "60s"), ("typescript-v2", "315s"), ("node", "315s"), ("other", "315s")]
)
def test_the_edge_waits_for_a_tool_that_sends_nothing(runtime: str, idle: str) -> None:
    """The default of 60 s cut a tool of 300 s of TypeScript v2, whose modern calls carry no byte until the result."""
    said = {"runtime": runtime, "maxToolSeconds": 300}
    (server,) = inspected(rehearse=False, server=said, edge={"implementation": "envoy-gateway"}).servers
    policy = backend_traffic_policy(edge_spec("orders", ingress_args(server, server.namespace, server.name)))
    assert policy["timeout"]["http"]["streamIdleTimeout"] == idle


@pytest.mark.parametrize(
    ("platform", "kind", "affinity", "named", "not_named"),
    [
        (None, "gateway", "cookie", "'gke'", "none"),
        ("generic", "ingress", "source-ip", "'openshift'", "none"),
        ("gke", "gateway", "cookie", "Name the controller ('gke', 'envoy-gateway'", "openshift"),
        ("eks", "gateway", "cookie", "'envoy-gateway'", "gke"),
        ("eks", "ingress", "cookie", "Name the controller ('alb'", "openshift"),
        ("openshift", "ingress", "cookie", "Name the controller ('openshift'", "alb"),
        ("k3s", "ingress", "cookie", "'traefik'", "alb"),
    ],
)
def test_what_only_another_platform_has_is_not_named(
    platform: str | None, kind: str, affinity: str, named: str, not_named: str
) -> None:
    """The platform's own stands first; where nobody says which it is, all are named."""
    (finding,) = edge.implementation_findings(
        row=IMPLEMENTATIONS["other"].of(kind),
        kind=kind,
        ingress_class=None,
        affinity=affinity,
        needs_affinity=True,
        keepalive_seconds=15,
        path="implementation",
        platform=platform,
    )
    assert named in finding.remedy
    assert not_named not in finding.remedy


ALB, NGINX, OPENSHIFT = "alb.ingress.kubernetes.io", "nginx.ingress.kubernetes.io", "haproxy.router.openshift.io"


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        (f"{ALB}/scheme", ["internal", "internet-facing"], ["public", "Internal", ""]),
        (f"{ALB}/listen-ports", ['[{"HTTPS":443}]', '[{"HTTP": 80}, {"HTTPS": 443}]'], ["443", '{"HTTPS":443}']),
        (
            f"{ALB}/listen-ports",
            [],
            ['[{"HTTPS":70000}]', '[{"HTTPS":443},]', '[{"HTTPS":443.0}]', "[{}]", "[" * 99_999],
        ),
        (f"{ALB}/healthcheck-interval-seconds", ["5", "300"], ["4", "301", "30s"]),
        (
            f"{ALB}/target-group-attributes",
            ["deregistration_delay.timeout_seconds=0, stickiness.enabled=true", "x.y=1"],
            ["deregistration_delay.timeout_seconds=3601", "stickiness.enabled", "slow_start.duration_seconds=1m"],
        ),
        (
            f"{ALB}/target-group-attributes",
            ["slow_start.duration_seconds=0", "slow_start.duration_seconds=30"],
            ["slow_start.duration_seconds=29", "slow_start.duration_seconds=901"],
        ),
        (f"{ALB}/load-balancer-attributes", ["idle_timeout.timeout_seconds=4000"], ["idle_timeout.timeout_seconds=0"]),
        (f"{NGINX}/proxy-read-timeout", ["3600", ""], ["3600s", "1h", " 3600"]),
        (f"{NGINX}/proxy-body-size", ["0", "50M", " 4m ", ""], ["50Mi", "4 m"]),
        (f"{OPENSHIFT}/timeout", ["3600s", "5000ms", "30"], ["0s", "1.5h", "forever"]),
        ("example.com/own", ["anything at all"], []),
    ],
)
def test_a_value_that_its_controller_does_not_read_is_refused(name: str, good: list[str], bad: list[str]) -> None:
    def told(value: str) -> list[str]:
        return [one.code for one in edge.value_findings({name: value}, place=str)]

    assert {value: told(value) for value in (*good, *bad)} == {
        **{value: [] for value in good},
        **{value: ["MCP365"] for value in bad},
    }


def test_a_refused_value_is_shown_with_its_blanks() -> None:
    (finding,) = edge.value_findings({f"{ALB}/scheme": "internal \t\n"}, place=str)
    assert r"'internal \t\n'" in finding.problem
