"""What people met at their edge, each as a small stack with the right outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from pulumi_kubernetes_mcp.edge.args import edge_spec
from pulumi_kubernetes_mcp.edge.checks import patched_objects
from pulumi_kubernetes_mcp.edge.implementations import IMPLEMENTATIONS
from pulumi_kubernetes_mcp.kubernetes.made import Made
from pulumi_kubernetes_mcp.region import McpRegion
from pulumi_kubernetes_mcp.region_plan import RegionPlan, plan_region
from pulumi_kubernetes_mcp.rules.model import Finding, errors
from pulumi_kubernetes_mcp.settings.servers import load_stack
from pulumi_kubernetes_mcp.testing import Recording, record
from pulumi_kubernetes_mcp.wiring import ingress_args
from tests.rules.test_checks import inspected

SERVER = {"image": "registry.example.com/acme/crm-mcp:1.0.4", "healthPath": "/healthz", "livenessPath": "/livez"}


def planned(edge: object, **server: Any) -> RegionPlan:
    """The plan of a stack with this edge."""
    values = {
        "mcp:region": {"name": "us-east"},
        "mcp:server": {**SERVER, **server},
        "mcp:workload": {"dailyUsers": 300},
        "mcp:edge": edge,
    }
    return plan_region(load_stack(values, where="case"), rehearse=False)


def made(edge: object, **server: Any) -> Recording:
    """What the region of that plan registers."""
    plan = planned(edge, **server)
    assert errors(plan.findings) == []
    return record(lambda: McpRegion.planned("mcp", plan))


@dataclass(frozen=True)
class WayIn:
    """What stands at the edge of a server, before anything is registered."""

    objects: Sequence[Made]

    def manifest(self, kind: str, name: str | None = None) -> dict[str, Any]:
        """The only object of a kind, or the one of that name."""
        (one,) = [one for one in self.objects if one.kind == kind and name in (None, one.name)]
        return {"apiVersion": one.api_version, "kind": kind, **one.body}

    @property
    def manifests(self) -> list[dict[str, Any]]:
        """All of them."""
        return [{"apiVersion": one.api_version, "kind": one.kind, **one.body} for one in self.objects]


def way_in(edge: object, **server: Any) -> WayIn:
    """The edge of that plan's server."""
    plan = planned(edge, **server)
    assert errors(plan.findings) == []
    first = plan.first
    keys = ingress_args(first, first.namespace, first.settings.server.name)
    return WayIn([*patched_objects(edge_spec("mcp-server", keys), keys)[0].values()])


def found(plan: RegionPlan, beginning: str = "MCP3") -> list[Finding]:
    return [finding for finding in plan.findings if finding.code.startswith(beginning)]


def spec(run: Recording | WayIn, kind: str, name: str = "mcp-server") -> Mapping[str, Any]:
    body: Mapping[str, Any] = run.manifest(kind, name)["spec"]
    return body


def pre_stop(run: Recording) -> int:
    container = spec(run, "Deployment")["template"]["spec"]["containers"][0]
    seconds: int = container["lifecycle"]["preStop"]["sleep"]["seconds"]
    return seconds


def paths(run: Recording) -> list[tuple[str, str]]:
    matches = spec(run, "HTTPRoute")["rules"][0]["matches"]
    return [(match["path"]["type"], match["path"]["value"]) for match in matches]


TARGET_GROUP = "alb.ingress.kubernetes.io/target-group-attributes"
ALB = {
    "host": "mcp.example.com",
    "kind": "ingress",
    "implementation": "other",
    "ingressClass": "alb",
    "clientCidrs": ["10.0.0.0/16"],
    "annotations": {TARGET_GROUP: "deregistration_delay.timeout_seconds=60"},
}


def test_edge_alb() -> None:
    """A load balancer goes on sending after the endpoint is gone; the pods outlive its deregistration."""
    run = made(ALB, runtime="typescript-v1")
    assert pre_stop(run) == 60
    opening = spec(run, "NetworkPolicy", "mcp-server-from-other")
    assert [rule["from"] for rule in opening["ingress"]] == [[{"ipBlock": {"cidr": "10.0.0.0/16"}}]]
    (finding,) = [one for one in found(planned(ALB)) if one.code == "MCP309"]
    assert "'alb'" in finding.remedy


@pytest.mark.parametrize(
    ("slowest", "attributes", "expected"),
    [
        (10, None, 30),
        (45, None, 45),
        (45, "deregistration_delay.timeout_seconds=45", 45),
        (600, None, 60),
        (10, "deregistration_delay.timeout_seconds=10", 30),
        (10, "stickiness.enabled=true,deregistration_delay.timeout_seconds=120", 120),
        # An annotation replaces ours, and what it does not say is 300 s.
        (10, "load_balancing.algorithm.type=least_outstanding_requests", 60),
    ],
)
def test_the_pre_stop_of_an_alb_is_its_deregistration_and_at_least_half_a_minute(
    slowest: int, attributes: str | None, expected: int
) -> None:
    edge = {key: value for key, value in ALB.items() if key != "annotations"} | {"implementation": "alb"}
    if attributes is not None:
        edge["annotations"] = {TARGET_GROUP: attributes}
    run = made(edge, maxToolSeconds=slowest, idleConnectionSeconds=75)
    assert pre_stop(run) == expected
    notes = run.manifest("Ingress", "mcp-server")["metadata"]["annotations"]
    assert notes["alb.ingress.kubernetes.io/target-type"] == "ip"
    assert notes["alb.ingress.kubernetes.io/healthcheck-path"] == "/healthz"
    assert notes[TARGET_GROUP] == (attributes or f"deregistration_delay.timeout_seconds={max(30, slowest)}")


def test_a_pre_stop_that_is_shorter_than_the_edge_needs_is_told() -> None:
    (finding,) = found(planned({**ALB, "implementation": "alb"}, preStopSeconds=10), "MCP115")
    assert "up to 60 s" in finding.problem


@pytest.mark.grid
def test_edge_gke() -> None:
    """GKE refuses a route with timeouts, and checks '/' unless it is told where."""
    ranges = ["35.191.0.0/16", "130.211.0.0/22"]
    edge = {
        "host": "mcp.example.com",
        "gateway": {"name": "external-http", "namespace": "infra"},
        "clientCidrs": ranges,
    }
    run = made(edge, runtime="fastmcp", maxToolSeconds=180)
    assert "timeouts" not in spec(run, "HTTPRoute")["rules"][0]
    check = spec(run, "HealthCheckPolicy")["default"]["config"]
    assert check["httpHealthCheck"]["requestPath"] == "/healthz"
    backend = spec(run, "GCPBackendPolicy")
    assert backend["targetRef"] == {"group": "", "kind": "Service", "name": "mcp-server"}
    assert backend["default"]["timeoutSec"] == 86_400
    assert pre_stop(run) == 30
    environment = spec(run, "Deployment")["template"]["spec"]["containers"][0]["env"]
    # Google's front ends keep idle connections for 600 s.
    assert {"name": "UVICORN_TIMEOUT_KEEP_ALIVE", "value": "615"} in environment
    named = made({"host": "mcp.example.com", "implementation": "gke"}, runtime="fastmcp")
    opening = spec(named, "NetworkPolicy", "mcp-server-from-gke")
    assert [peer["ipBlock"]["cidr"] for peer in opening["ingress"][0]["from"]] == ranges


@pytest.mark.grid
def test_edge_unknown_namespace() -> None:
    """The namespace of the proxies is told or known, never guessed."""
    edge = {"host": "l.example.com", "kind": "ingress", "ingressClass": "traefik", "implementation": "other"}
    (finding,) = errors(planned(edge, eras=["legacy-stateless"]).findings)
    assert (finding.code, finding.path) == ("MCP315", "mcp:edge.clientNamespace")
    assert "'traefik'" in finding.remedy
    run = made({**edge, "clientNamespace": "kube-system"})
    opening = spec(run, "NetworkPolicy", "mcp-server-from-kube-system")
    labels = opening["ingress"][0]["from"][0]["namespaceSelector"]["matchLabels"]
    assert labels == {"kubernetes.io/metadata.name": "kube-system"}


@pytest.mark.parametrize(
    ("edge", "namespace"),
    [
        ({"implementation": "envoy-gateway"}, "envoy-gateway-system"),
        ({"implementation": "istio", "gateway": {"namespace": "infra"}}, "infra"),
        ({"implementation": "kgateway", "gateway": {"namespace": "infra"}}, "infra"),
        ({"implementation": "nginx-gateway-fabric", "gateway": {"namespace": "infra"}}, "infra"),
        ({"kind": "ingress"}, "ingress-nginx"),
        ({"kind": "ingress", "ingressClass": "haproxy"}, "haproxy-controller"),
        ({"kind": "ingress", "ingressClass": "openshift-default"}, "openshift-ingress"),
        ({"kind": "route"}, "openshift-ingress"),
        ({"kind": "ingress", "ingressClass": "internal"}, None),
        ({"kind": "ingress", "implementation": "haproxy", "ingressClass": "internal"}, None),
        ({"kind": "ingress", "ingressClass": "alb"}, None),
        ({"implementation": "traefik"}, None),
    ],
    ids=str,
)
def test_known_implementations_bring_their_namespace(edge: dict[str, Any], namespace: str | None) -> None:
    plan = planned({"host": "mcp.example.com", **edge})
    assert plan.first.client_namespace == namespace
    assert ("MCP315" in {finding.code for finding in plan.findings}) == (namespace is None)


def test_oauth_at_the_root() -> None:
    """An OAuth proxy in the server answers at paths of the root, and so may anything else."""
    edge = {
        "host": "mcp.example.com",
        "implementation": "envoy-gateway",
        "oauthProxy": True,
        "paths": [{"path": "/files", "match": "prefix"}, {"path": "/status/"}],
    }
    run = way_in(edge, authorization=True, egress=[{"port": 443, "cidrs": ["10.1.0.0/16"]}])
    assert paths(run) == [
        ("Exact", "/mcp"),
        ("Exact", "/mcp/"),
        ("PathPrefix", "/.well-known/oauth-protected-resource"),
        ("PathPrefix", "/.well-known/oauth-protected-resource/mcp"),
        ("PathPrefix", "/.well-known/oauth-authorization-server"),
        ("PathPrefix", "/.well-known/oauth-authorization-server/mcp"),
        ("Exact", "/authorize"),
        ("Exact", "/token"),
        ("Exact", "/register"),
        ("Exact", "/revoke"),
        ("Exact", "/consent"),
        ("Exact", "/auth/callback"),
        ("PathPrefix", "/files"),
        ("Exact", "/status/"),
    ]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/mcp/", [("Exact", "/mcp"), ("Exact", "/mcp/")]),
        ("/mcp", [("Exact", "/mcp"), ("Exact", "/mcp/")]),
        ("/a/b/", [("Exact", "/a/b"), ("Exact", "/a/b/")]),
        ("/", [("Exact", "/")]),
    ],
)
def test_path_with_slash(path: str, expected: list[tuple[str, str]]) -> None:
    """A server may redirect the one to the other: both reach it, whichever is given."""
    edge = {"host": "mcp.example.com", "implementation": "envoy-gateway"}
    run = way_in(edge, path=path, runtime="python-v1", eras=["legacy-stateless"])
    assert paths(run) == expected
    ingress = spec(way_in({"host": "mcp.example.com", "kind": "ingress"}, path=path), "Ingress")
    assert [(one["pathType"], one["path"]) for one in ingress["rules"][0]["http"]["paths"]] == expected


def test_further_hosts_are_served_alike() -> None:
    edge = {"host": "mcp.example.com", "hosts": ["mcp.example.org"]}
    assert spec(way_in({**edge, "implementation": "envoy-gateway"}), "HTTPRoute")["hostnames"] == [
        "mcp.example.com",
        "mcp.example.org",
    ]
    ingress = spec(way_in({**edge, "kind": "ingress"}), "Ingress")
    assert [rule["host"] for rule in ingress["rules"]] == ingress["tls"][0]["hosts"] == [edge["host"], *edge["hosts"]]


@pytest.mark.grid
def test_an_openshift_route_has_one_host_and_one_path_as_a_prefix() -> None:
    run = made({"host": "mcp.example.com", "kind": "route", "oauthProxy": True})
    first = run.manifest("Route", "mcp-server")
    assert first["spec"]["path"] == "/mcp"
    assert first["spec"]["tls"] == {"termination": "edge", "insecureEdgeTerminationPolicy": "Redirect"}
    notes = first["metadata"]["annotations"]
    assert notes["haproxy.router.openshift.io/disable_cookies"] == "true"
    assert notes["haproxy.router.openshift.io/timeout"] == "3600s"
    assert spec(run, "Route", "mcp-server-auth-callback")["path"] == "/auth/callback"
    made_of = {body["spec"]["path"] for body in (one.inputs for one in run.resources if one.kind == "Route")}
    assert "/mcp/" not in made_of


def test_openshift_ingress_uses_the_router_s_certificate_unless_one_is_named() -> None:
    edge = {"host": "mcp.example.com", "kind": "ingress", "ingressClass": "openshift-default"}
    run = way_in(edge)
    assert "tls" not in spec(run, "Ingress")
    notes = run.manifest("Ingress", "mcp-server")["metadata"]["annotations"]
    assert notes["route.openshift.io/termination"] == "edge"
    assert spec(way_in({**edge, "tlsSecret": "own"}), "Ingress")["tls"][0]["secretName"] == "own"
    issued = spec(way_in({**edge, "clusterIssuer": "letsencrypt"}), "Ingress")["tls"][0]["secretName"]
    assert issued == "mcp-server-tls"


@pytest.mark.parametrize("edge", ["internal", {"kind": "none"}], ids=["internal", "kind none"])
def test_a_server_for_other_workloads_names_them(edge: object) -> None:
    (finding,) = errors(planned(edge).findings)
    assert (finding.code, finding.path) == ("MCP315", "mcp:edge.clientNamespace")


def test_a_server_for_other_workloads_has_no_way_in() -> None:
    run = made({"kind": "none", "clientNamespace": "agents"}, eras=["modern"])
    assert not [one for one in run.resources if one.kind in ("HTTPRoute", "Ingress", "Route")]
    assert "sessionAffinity" not in spec(run, "Service")
    opening = spec(run, "NetworkPolicy", "mcp-server-from-agents")
    assert opening["ingress"][0]["ports"] == [{"protocol": "TCP", "port": "http"}]


@pytest.mark.grid
def test_without_an_edge_the_service_keeps_sessions_on_their_pods() -> None:
    edge = {"kind": "none", "clientNamespace": "agents"}
    values = {
        "mcp:region": {"name": "us-east"},
        "mcp:server": {**SERVER, "eras": ["legacy-stateful"]},
        "mcp:workload": {"dailyUsers": 300},
        "mcp:edge": edge,
        "mcp:scaling": {"prometheusAddress": "http://prometheus.monitoring:9090"},
    }
    plan = plan_region(load_stack(values, where="case"), rehearse=False)
    assert errors(plan.findings) == []
    run = record(lambda: McpRegion.planned("mcp", plan))
    assert spec(run, "Service")["sessionAffinity"] == "ClientIP"
    unkept = {**values, "mcp:edge": {**edge, "affinity": "none"}}
    codes = {one.code for one in errors(plan_region(load_stack(unkept, where="case"), rehearse=False).findings)}
    assert codes == {"MCP303"}
    cookie = {
        **values,
        "mcp:edge": {**edge, "affinity": "cookie"},
        "mcp:scaling": {"autoscaler": "none", "replicas": 2},
    }
    found = plan_region(load_stack(cookie, where="case"), rehearse=False).findings
    assert {"MCP304", "MCP312"} <= {one.code for one in found}, "two pods are more than one"


@pytest.mark.grid
def test_the_proxy_closes_an_idle_connection_before_the_server() -> None:
    edge = {"host": "mcp.example.com", "implementation": "envoy-gateway"}
    http = spec(made(edge, idleConnectionSeconds=30), "BackendTrafficPolicy")["timeout"]["http"]
    assert http["connectionIdleTimeout"] == "29s"
    told = made({"host": "mcp.example.com", "kind": "ingress"}, runtime="python-v2")
    environment = spec(told, "Deployment")["template"]["spec"]["containers"][0]["env"]
    # ingress-nginx keeps idle connections for 60 s.
    assert {"name": "UVICORN_TIMEOUT_KEEP_ALIVE", "value": "75"} in environment
    assert [one.code for one in found(planned({"host": "mcp.example.com", "kind": "ingress"}, runtime="node"))] == [
        "MCP317"
    ]


@pytest.mark.grid
def test_pods_that_speak_tls_are_spoken_to_with_it() -> None:
    edge = {
        "host": "mcp.example.com",
        "implementation": "envoy-gateway",
        "backendTls": {"hostname": "crm.internal.example.com", "caConfigMap": "internal-ca"},
    }
    run = made(edge, servesTls=True)
    assert spec(run, "BackendTLSPolicy") == {
        "targetRefs": [{"group": "", "kind": "Service", "name": "mcp-server"}],
        "validation": {
            "hostname": "crm.internal.example.com",
            "caCertificateRefs": [{"group": "", "kind": "ConfigMap", "name": "internal-ca"}],
        },
    }
    container = spec(run, "Deployment")["template"]["spec"]["containers"][0]
    assert container["readinessProbe"]["httpGet"]["scheme"] == "HTTPS"
    assert spec(run, "Service")["ports"][0]["appProtocol"] == "https"
    nginx = {
        "host": "mcp.example.com",
        "kind": "ingress",
        "backendTls": {"hostname": "crm.internal.example.com", "caSecret": "internal-ca"},
    }
    notes = made(nginx, servesTls=True).manifest("Ingress", "mcp-server")["metadata"]["annotations"]
    family = "nginx.ingress.kubernetes.io"
    assert notes[f"{family}/backend-protocol"] == "HTTPS"
    assert notes[f"{family}/proxy-ssl-secret"] == "mcp-prod-us-east/internal-ca"
    assert notes[f"{family}/proxy-ssl-verify"] == "on"


def together(**servers: Any) -> list[tuple[str, str]]:
    """Code and path of what a region of several servers is told of their addresses."""
    values = {
        "mcp:region": {"name": "us-east"},
        "mcp:server": SERVER,
        "mcp:workload": {"dailyUsers": 300},
        "mcp:edge": {"host": "mcp.example.com", "implementation": "envoy-gateway"},
        "mcp:servers": servers,
    }
    plan = plan_region(load_stack(values, where="case"), rehearse=False)
    return [(finding.code, finding.path) for finding in plan.findings if finding.code == "MCP804"]


@pytest.mark.grid
def test_servers_of_a_region_share_no_path() -> None:
    def own(path: str, **edge: Any) -> dict[str, Any]:
        return {"server": {"path": path}, "edge": edge}

    assert together(a=own("/a"), b=own("/b")) == []
    assert together(a=own("/x"), b=own("/x/")) == [("MCP804", "mcp:servers.b.server.path")]
    both = {"oauthProxy": True}
    assert together(a=own("/a", **both), b=own("/b", **both)) == [("MCP804", "mcp:servers.b.edge.oauthProxy")]
    taken = {"paths": [{"path": "/a"}]}
    assert together(a=own("/a"), b=own("/b", **taken)) == [("MCP804", "mcp:servers.b.edge.paths")]
    # What both answer for the host as a whole is no matter of one of them.
    assert together(a=own("/a") | {"server": {"path": "/a", "authorization": True}}, b=own("/b", **both)) == []
    elsewhere = {"hosts": ["mcp.example.org"]}
    assert together(a=own("/a", **elsewhere), b=own("/b", host="mcp.example.org")) == []
    assert together(a=own("/a", **elsewhere), b=own("/a", host="mcp.example.org")) == [
        ("MCP804", "mcp:servers.b.server.path")
    ]


@pytest.mark.grid
def test_a_release_is_looked_at_by_a_host_that_no_other_server_has() -> None:
    def argo(preview: str, host: str) -> dict[str, Any]:
        return {"server": {"rollout": {"argoRollouts": {"previewHost": preview}}}, "edge": {"host": host}}

    def colours(preview: str, host: str) -> dict[str, Any]:
        said = {"greenImage": "registry.example.com/acme/orders:2.0.0", "previewHost": preview}
        return {"server": {"rollout": {"strategy": "BlueGreen", "blueGreen": said}}, "edge": {"host": host}}

    plain = {"edge": {"host": "b.example.com"}}
    for made, group in ((argo, "argoRollouts"), (colours, "blueGreen")):
        key = f"server.rollout.{group}.previewHost"
        taken, own = made("b.example.com", "a.example.com"), made("next.example.com", "a.example.com")
        assert together(a=own, b=plain) == []
        assert together(a=taken, b=plain) == together(b=plain, a=taken) == [("MCP804", f"mcp:servers.a.{key}")]
        shared = made("next.example.com", "b.example.com")
        assert together(a=own, b=shared) == [("MCP804", f"mcp:servers.b.{key}")]
        shared["server"]["path"] = "/b"
        assert together(a=own, b=shared) == []
    # Without a release beside the first, nobody routes it.
    unread = {"server": {"rollout": {"blueGreen": {"previewHost": "b.example.com"}}}, "edge": {"host": "a.example.com"}}
    assert together(a=unread, b=plain) == []


@pytest.mark.parametrize(
    ("implementation", "kind", "certificate", "instead"),
    [
        (
            "haproxy",
            "ingress",
            {"caSecret": "internal-ca"},
            "'haproxy' checks that the authority in caSecret signed the certificate, whatever name is in it",
        ),
        ("haproxy", "ingress", {}, "'haproxy' believes any certificate"),
        ("alb", "ingress", {}, "'alb' believes any certificate"),
        (
            "openshift",
            "route",
            {},
            "'openshift' checks that the cluster's own authority signed it for '<service>.<namespace>.svc'",
        ),
        (
            "openshift",
            "ingress",
            {"caSecret": "internal-ca"},
            "'openshift' checks that the authority in caSecret signed the certificate, whatever name is in it",
        ),
    ],
)
def test_a_name_that_nobody_checks_is_said(
    implementation: str, kind: str, certificate: dict[str, str], instead: str
) -> None:
    edge = {"host": "mcp.example.com", "implementation": implementation, "kind": kind, "clientCidrs": ["10.0.0.0/16"]}
    named = {**edge, "backendTls": {**certificate, "hostname": "crm.internal.example.com"}}
    (finding,) = found(planned(named, servesTls=True), "MCP324")
    assert finding.path == "mcp:edge.backendTls.hostname"
    assert finding.problem == f"backendTls.hostname is 'crm.internal.example.com', and nothing reads it: {instead}."
    assert ("Let the authority sign nothing but the certificates of these pods." in finding.remedy) == bool(certificate)
    assert ("'nginx'" in finding.remedy) == (kind == "ingress")
    unnamed = {**edge, "backendTls": certificate} if certificate else edge
    assert errors(planned(unnamed, servesTls=True).findings) == found(planned(unnamed, servesTls=True), "MCP324") == []


@pytest.mark.parametrize(
    ("implementation", "kind"), [(row.name, kind) for row in IMPLEMENTATIONS.values() for kind in row.kinds]
)
def test_a_name_reaches_what_is_emitted_or_a_finding(implementation: str, kind: str) -> None:
    """Whatever stands behind the edge: the name is in an object, or it is said what is done instead."""
    edge = {
        "host": "mcp.example.com",
        "implementation": implementation,
        "kind": kind,
        "clientNamespace": "proxies",
        "clientCidrs": ["10.0.0.0/16"],
        "backendTls": {"hostname": "crm.internal.example.com"},
    }
    plan = planned(edge, servesTls=True)
    told = [one for one in found(plan) if one.path.startswith("mcp:edge.backendTls") and one.code != "MCP322"]
    if errors(plan.findings):
        assert [one.code for one in told] == ["MCP321"]
        return
    bodies = str([one.inputs for one in record(lambda: McpRegion.planned("mcp", plan)).resources])
    assert ("crm.internal.example.com" in bodies) != ([one.code for one in told] == ["MCP324"])


SESSIONS: dict[str, Any] = {"eras": ["legacy-stateful"], "idleConnectionSeconds": 120}
TRAEFIK = {"host": "mcp.example.com", "implementation": "traefik", "clientNamespace": "traefik"}
NAMED = {"hostname": "crm.internal.example.com"}
SCALING = {"prometheusAddress": "http://prometheus-operated.monitoring:9090"}


def region(edge: object, **server: Any) -> RegionPlan:
    """The plan of a stack with this edge whose pods hold sessions."""
    values = {
        "mcp:region": {"name": "us-east"},
        "mcp:server": {**SERVER, **SESSIONS, **server},
        "mcp:workload": {"dailyUsers": 300},
        "mcp:edge": edge,
        "mcp:scaling": SCALING,
    }
    return plan_region(load_stack(values, where="case"), rehearse=False)


def kept(edge: object, **server: Any) -> Recording:
    """What the region of that plan registers."""
    plan = region(edge, **server)
    assert errors(plan.findings) == []
    return record(lambda: McpRegion.planned("mcp", plan))


def test_traefik_keeps_clients_by_address_behind_a_gateway() -> None:
    run = kept(TRAEFIK)
    (backend,) = spec(run, "HTTPRoute")["rules"][0]["backendRefs"]
    assert backend == {"group": "traefik.io", "kind": "TraefikService", "name": "mcp-server", "weight": 1}
    (service,) = spec(run, "TraefikService")["weighted"]["services"]
    assert service == {"kind": "Service", "name": "mcp-server", "port": 80, "strategy": "hrw"}


def test_traefik_keeps_clients_by_a_cookie_behind_a_gateway() -> None:
    run = kept({**TRAEFIK, "affinity": "cookie"})
    (service,) = spec(run, "TraefikService")["weighted"]["services"]
    assert "strategy" not in service
    assert service["sticky"]["cookie"] == {"name": "mcp-session", "maxAge": 3600, "sameSite": "none", "secure": True}


def test_traefik_speaks_tls_behind_a_gateway() -> None:
    certificate = {"backendTls": {**NAMED, "caConfigMap": "internal-ca"}}
    run = way_in({**TRAEFIK, **certificate}, servesTls=True, idleConnectionSeconds=120)
    assert spec(run, "HTTPRoute")["rules"][0]["backendRefs"][0]["kind"] == "Service"
    assert spec(run, "BackendTLSPolicy")["validation"]["hostname"] == NAMED["hostname"]
    # No policy is for a TraefikService: it names how to speak itself.
    run = kept({**TRAEFIK, **certificate}, servesTls=True)
    assert [one["kind"] for one in run.manifests() if one["kind"] == "BackendTLSPolicy"] == []
    (service,) = spec(run, "TraefikService")["weighted"]["services"]
    assert (service["scheme"], service["serversTransport"]) == ("https", "mcp-server")
    expected = {"serverName": NAMED["hostname"], "rootCAs": [{"configMap": "internal-ca"}]}
    assert spec(run, "ServersTransport") == expected


@pytest.mark.grid
def test_an_ingress_of_traefik_leads_to_a_service_that_says_both() -> None:
    edge = {**TRAEFIK, "kind": "ingress", "affinity": "cookie", "backendTls": {**NAMED, "caSecret": "internal-ca"}}
    run = kept(edge, servesTls=True)
    paths = spec(run, "Ingress")["rules"][0]["http"]["paths"]
    assert {path["backend"]["service"]["name"] for path in paths} == {"mcp-server-edge"}
    of_server, of_route = (run.manifest("Service", name) for name in ("mcp-server", "mcp-server-edge"))
    assert of_route["spec"] == of_server["spec"]
    assert "traefik" not in str(of_server)
    family = "traefik.ingress.kubernetes.io/service"
    told = {name.removeprefix(f"{family}."): text for name, text in of_route["metadata"]["annotations"].items()}
    assert told == {
        "pulumi.com/skipAwait": "true",
        "serversscheme": "https",
        "serverstransport": "mcp-prod-us-east-mcp-server@kubernetescrd",
        "sticky.cookie": "true",
        "sticky.cookie.maxage": "3600",
        "sticky.cookie.name": "mcp-session",
        "sticky.cookie.samesite": "none",
        "sticky.cookie.secure": "true",
    }
    assert spec(run, "ServersTransport")["rootCAs"] == [{"secret": "internal-ca"}]
    assert [one.code for one in found(region(edge, servesTls=True), "MCP35")] == ["MCP352"]


def test_an_ingress_of_traefik_that_says_neither_leads_to_the_servers_own_service() -> None:
    run = way_in({**TRAEFIK, "kind": "ingress"}, idleConnectionSeconds=120)
    paths = spec(run, "Ingress")["rules"][0]["http"]["paths"]
    assert {path["backend"]["service"]["name"] for path in paths} == {"mcp-server"}


def test_an_ingress_of_traefik_keeps_nobody_by_address() -> None:
    (finding,) = errors(region({**TRAEFIK, "kind": "ingress"}).findings)
    assert finding.code == "MCP312"
    assert finding.remedy.startswith(
        "Set kind to 'gateway', where 'traefik' keeps it; or name the controller ('nginx',"
    )


def test_haproxy_reads_its_cookie_at_the_service_alone() -> None:
    run = kept({"host": "mcp.example.com", "kind": "ingress", "implementation": "haproxy", "affinity": "cookie"})
    told = run.manifest("Service", "mcp-server-edge")["metadata"]["annotations"]
    assert told["haproxy.org/cookie-persistence"] == "mcp-session"
    ingress = run.manifest("Ingress", "mcp-server")
    assert "haproxy.org/cookie-persistence" not in ingress["metadata"]["annotations"]
    backend = ingress["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]["name"]
    assert backend == "mcp-server-edge"


def test_haproxy_leads_to_the_port_of_clients_and_holds_no_event_back() -> None:
    run = kept({"host": "mcp.example.com", "kind": "ingress", "implementation": "haproxy"})
    told = run.manifest("Ingress", "mcp-server")["metadata"]["annotations"]
    assert (told["haproxy.org/ssl-redirect"], told["haproxy.org/ssl-redirect-port"]) == ("true", "443")
    assert told["haproxy.org/backend-config-snippet"].splitlines() == ["option http-no-delay", "option redispatch 1"]


def test_the_service_of_a_route_needs_a_label_as_its_name() -> None:
    def codes(name: str) -> list[str]:
        edge = {**TRAEFIK, "kind": "ingress", "affinity": "cookie"}
        return [one.code for one in region(edge, name=name).findings if one.code == "MCP108"]

    assert (codes("s" * 58), codes("s" * 59)) == ([], ["MCP108"])


LONG_IDLE = {"host": "mcp.example.com", "kind": "ingress", "implementation": "alb", "clientCidrs": ["10.0.0.0/16"]}


def told_of(edge: dict[str, Any], **server: Any) -> list[tuple[str, str]]:
    plan = inspected(rehearse=False, edge={"implementation": None, **edge}, server=server)
    return [(one.code, one.remedy) for one in plan.findings if one.code.startswith("MCP3")]


def test_an_issuer_is_no_reason_to_ask_for_proxies_that_serve_no_solver() -> None:
    codes = [code for code, _ in told_of({**LONG_IDLE, "clusterIssuer": "letsencrypt"})]
    assert "MCP315" not in codes
    assert "MCP320" in codes
    outside = {"kind": "ingress", "implementation": "traefik", "clientCidrs": ["10.0.0.0/16"], "clusterIssuer": "le"}
    (remedy,) = [remedy for code, remedy in told_of({"host": "mcp.example.com", **outside}) if code == "MCP315"]
    assert "clientNamespace" in remedy
    assert "clientCidrs" not in remedy


@pytest.mark.parametrize("affinity", ["auto", "source-ip", "cookie"])
def test_an_affinity_that_nothing_keeps_is_refused_without_its_price(affinity: str) -> None:
    edge = {"host": "mcp.example.com", "implementation": "cilium", "affinity": affinity}
    codes = [code for code, _ in told_of(edge, eras=["legacy-stateful"])]
    assert "MCP312" in codes
    assert not {"MCP304", "MCP306"} & {*codes}


def test_the_most_that_a_load_balancer_bears_is_not_raised() -> None:
    ((_, remedy),) = [one for one in told_of(LONG_IDLE, maxToolSeconds=4500, runtime="node") if one[0] == "MCP316"]
    assert "raise" not in remedy


@pytest.mark.parametrize(
    ("edge", "named"),
    [
        ({"ingressClass": "traefik"}, "'kube-system'"),
        ({"ingressClass": "webapprouting.kubernetes.azure.com"}, "'app-routing-system'"),
    ],
)
def test_a_namespace_that_a_platform_is_known_for_is_named(edge: dict[str, Any], named: str) -> None:
    (remedy,) = [
        remedy for code, remedy in told_of({"host": "mcp.example.com", "kind": "ingress", **edge}) if code == "MCP315"
    ]
    assert named in remedy
