"""The way in: an HTTPRoute, an Ingress or a Route that neither cuts streams nor buffers them."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from ..kubernetes.objects import Spec
from ..server.spec import SERVICE_PORT
from .implementations import Implementation
from .paths import PREFIX, Match, as_prefixes


@dataclass(frozen=True, kw_only=True)
class BackendCertificate:
    """What the edge knows of the certificate that the pods show."""

    hostname: str
    ca_config_map: str | None
    ca_secret: str | None


@dataclass(frozen=True, kw_only=True)
class EdgeSpec:
    """Everything a route is made from, settled. Times are seconds."""

    row: Implementation
    route_name: str
    namespace: pulumi.Input[str]
    hosts: Sequence[pulumi.Input[str]]
    """The public name, and further ones."""
    path: str
    matches: Sequence[Match]
    service_name: pulumi.Input[str]
    affinity: str
    request_timeout_seconds: int
    idle_timeout_seconds: int
    idle_connection_seconds: int
    """How long the server keeps an idle connection."""
    gateway_name: pulumi.Input[str]
    gateway_namespace: str
    gateway_section: str | None
    ingress_class: pulumi.Input[str]
    tls_secret: pulumi.Input[str] | None
    """Secret with the certificate; ``None`` where the edge has its own."""
    cluster_issuer: pulumi.Input[str] | None
    parallel_requests: int
    health_path: str | None = None
    tls: bool = False
    """Whether the pods speak TLS."""
    certificate: BackendCertificate | None = None

    @property
    def proxy_idle_seconds(self) -> int:
        """How long a proxy may keep an idle connection: a second less than the server, which then never closes
        first."""
        return max(1, self.idle_connection_seconds - 1)


def http_route(edge: EdgeSpec) -> Spec:
    """The spec of an HTTPRoute. Only what the server answers is routed: the exact path, streams, metadata."""
    parent: Spec = {
        "group": "gateway.networking.k8s.io",
        "kind": "Gateway",
        "name": edge.gateway_name,
        "namespace": edge.gateway_namespace,
    }
    if edge.gateway_section is not None:
        parent["sectionName"] = edge.gateway_section
    backend = {"group": "", "kind": "Service", "name": edge.service_name, "port": SERVICE_PORT, "weight": 1}
    rule: Spec = {
        "matches": [{"path": {"type": match.kind, "value": match.path}} for match in edge.matches],
        "backendRefs": [backend],
    }
    if edge.row.route_timeouts:
        rule["timeouts"] = {"request": f"{edge.request_timeout_seconds}s"}
    return {"parentRefs": [parent], "hostnames": list(edge.hosts), "rules": [rule]}


def ingress(edge: EdgeSpec) -> Spec:
    """The spec of an Ingress with TLS."""
    backend = {"service": {"name": edge.service_name, "port": {"name": "http"}}}
    paths = [
        {"path": match.path, "pathType": _ingress_type(match, edge.row.name), "backend": backend}
        for match in (edge.matches if edge.row.exact else as_prefixes(edge.matches))
    ]
    spec: Spec = {
        "ingressClassName": edge.ingress_class,
        "rules": [{"host": host, "http": {"paths": paths}} for host in edge.hosts],
    }
    if edge.tls_secret is not None:
        spec["tls"] = [{"hosts": list(edge.hosts), "secretName": edge.tls_secret}]
    elif edge.row.own_certificates:
        # A load balancer finds its certificate by these names.
        spec["tls"] = [{"hosts": list(edge.hosts)}]
    return spec


def openshift_routes(edge: EdgeSpec) -> dict[str, Spec]:
    """The specs of OpenShift Routes by the end of their names, empty for the first: a Route has one host and one
    path."""
    paths = as_prefixes(edge.matches)
    result: dict[str, Spec] = {}
    for number, host in enumerate(edge.hosts, start=1):
        for match in paths:
            slug = "-".join(part for part in match.path.lower().replace(".", "").replace("_", "-").split("/") if part)
            place = [f"{number}"] if number > 1 else []
            name = "-".join([*place, slug or "root"]) if result else ""
            result[name] = _openshift_route(edge, host, match.path)
    return result


def backend_tls_policy(edge: EdgeSpec, certificate: BackendCertificate) -> Spec:
    """The spec of a BackendTLSPolicy: the name and the authority that the pods' certificate must have."""
    validation: Spec = {"hostname": certificate.hostname}
    if certificate.ca_config_map is None:
        validation["wellKnownCACertificates"] = "System"
    else:
        validation["caCertificateRefs"] = [{"group": "", "kind": "ConfigMap", "name": certificate.ca_config_map}]
    return {"targetRefs": [{"group": "", "kind": "Service", "name": edge.service_name}], "validation": validation}


def _openshift_route(edge: EdgeSpec, host: pulumi.Input[str], path: str) -> Spec:
    spec: Spec = {
        "host": host,
        "to": {"kind": "Service", "name": edge.service_name, "weight": 100},
        "port": {"targetPort": "http"},
        "tls": {
            "termination": "reencrypt" if edge.tls else "edge",
            "insecureEdgeTerminationPolicy": "Redirect",
        },
        "wildcardPolicy": "None",
    }
    return spec if path == "/" else {**spec, "path": path}


def _ingress_type(match: Match, implementation: str) -> str:
    """The nginx family refuses a dot under the types Exact and Prefix (since 1.12), as in '/.well-known'."""
    if implementation == "nginx" and "." in match.path:
        return "ImplementationSpecific"
    return "Prefix" if match.kind == PREFIX else match.kind
