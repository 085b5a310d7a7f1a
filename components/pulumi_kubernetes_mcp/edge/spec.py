"""The way in: an HTTPRoute, an Ingress or a Route that neither cuts streams nor buffers them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pulumi

from ..kubernetes.objects import Spec
from ..server.spec import SERVICE_PORT
from ..settings.keys.edge_clients import ClientAddress
from ..settings.keys.edge_limits import RateLimit
from .abilities import CORS
from .authorization import ASKED, OPEN, AuthorizationSpec
from .cors import CorsSpec, http_filter
from .implementations import Implementation
from .paths import EXACT, PREFIX, Match, as_prefixes, bare

MOST_WEIGHT = 1_000_000
"""The greatest weight of the Gateway API. Beside a weight of 1 the pods of a colour that was left are in the same
cluster of the proxy, which Envoy Gateway leaves those of a weight of 0 out of; they are marked as draining there."""
CANARY_ENDING = "-canary"
"""What the name of an object for the second Service of a route has besides that of the route."""


@dataclass(frozen=True, kw_only=True)
class BackendCertificate:
    """What the edge knows of the certificate that the pods show."""

    hostname: str | None
    ca_config_map: pulumi.Input[str] | None
    ca_secret: pulumi.Input[str] | None


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
    gateway_class: str | None = None
    """GatewayClass of a Gateway that is made here; ``None`` where it is there."""
    listener_set: bool = False
    """Whether a listener of the route's own is added to the Gateway."""
    health_path: str | None = None
    tls: bool = False
    """Whether the pods speak TLS."""
    certificate: BackendCertificate | None = None
    asked: AuthorizationSpec | None = None
    """The service that is asked about each request, where the edge can ask one."""
    public: Sequence[Match] = ()
    """Those of ``matches`` that nobody is asked about."""
    cors: CorsSpec | None = None
    """Which web pages may call; ``None`` where nothing is said of it."""
    client_address: ClientAddress | None = None
    """How the address of a client is found, where the edge can be told; ``None`` where nothing is said of it."""
    max_headers: int | None = None
    """Largest headers of a request, in bytes; ``None`` where nothing is said of it."""
    max_body: int | None = None
    """Largest body of a request, in bytes; ``None`` where nothing is said of it."""
    rate_limits: Sequence[RateLimit] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    """Headers that a request must have."""
    canary_service: pulumi.Input[str] | None = None
    canary_percent: int = 0
    """Share of the requests that goes to that Service."""

    leaving_service: pulumi.Input[str] | None = None
    """Service whose pods only the sessions that they hold still reach."""

    @property
    def proxy_idle_seconds(self) -> int:
        """How long a proxy may keep an idle connection: a second less than the server, which then never closes
        first."""
        return max(1, self.idle_connection_seconds - 1)

    @property
    def own_listener(self) -> bool:
        """Whether the listener is made here, with its certificate."""
        return self.gateway_class is not None or self.listener_set

    @property
    def parted(self) -> bool:
        """Whether what everybody may read is routed apart from what a service is asked about."""
        return self.asked is not None and bool(self.public)

    @property
    def guarded(self) -> list[Match]:
        """What the service is asked about; everything where nothing is public."""
        return [match for match in self.matches if not self.parted or match not in self.public]


def route_reference(edge: EdgeSpec, rule: str | None = None) -> Spec:
    """How a policy names the route that it is for, or one rule of it."""
    named = {} if rule is None else {"sectionName": rule}
    return {"group": "gateway.networking.k8s.io", "kind": "HTTPRoute", "name": edge.route_name, **named}


def http_route(
    edge: EdgeSpec, backend: Mapping[str, Any] | None = None, aware: Mapping[str, Any] | None = None
) -> Spec:
    """The spec of an HTTPRoute. Only what the server answers is routed: the exact path, streams, metadata.

    :param backend: reference to what it leads to, without the name; a Service where it is left out.
    :param aware: the same of what speaks MCP, to which the endpoint alone is led.
    """
    parent: Spec = {
        "group": "gateway.networking.k8s.io",
        "kind": "ListenerSet" if edge.listener_set else "Gateway",
        "name": edge.route_name if edge.listener_set else edge.gateway_name,
        "namespace": edge.namespace if edge.listener_set else edge.gateway_namespace,
    }
    if edge.gateway_section is not None:
        parent["sectionName"] = edge.gateway_section
    rules = [_rule(edge, edge.guarded, backend)]
    if aware is not None:
        endpoint = [match for match in edge.matches if match.kind == EXACT and bare(match.path) == bare(edge.path)]
        others = [match for match in edge.matches if match not in endpoint]
        rules = [_rule(edge, endpoint, aware), *([_rule(edge, others, None)] if others else [])]
    if edge.parted:
        rules = [
            {"name": ASKED, **rules[0]},
            {"name": OPEN, **_rule(replace(edge, leaving_service=None), edge.public, backend)},
        ]
    return {"parentRefs": [parent], "hostnames": list(edge.hosts), "rules": rules}


def _rule(edge: EdgeSpec, matches: Sequence[Match], backend: Mapping[str, Any] | None) -> Spec:
    wanted = [{"type": "Exact", "name": name, "value": value} for name, value in sorted(edge.headers.items())]
    rule: Spec = {
        "matches": [
            {"path": {"type": match.kind, "value": match.path}, **({"headers": wanted} if wanted else {})}
            for match in matches
        ],
        "backendRefs": _backends(edge, backend),
    }
    if edge.row.route_timeouts:
        rule["timeouts"] = {"request": f"{edge.request_timeout_seconds}s"}
    way = CORS.get(edge.row.name)
    if edge.cors is not None and edge.cors.origins and way is not None and way.by == "HTTPRoute":
        rule["filters"] = [http_filter(edge.cors)]
    return rule


def _backends(edge: EdgeSpec, backend: Mapping[str, Any] | None) -> list[Spec]:
    """The Service, and the one that a share of the requests goes to."""
    weights: list[tuple[pulumi.Input[str], int]] = [(edge.service_name, 1)]
    if edge.canary_service is not None:
        weights = [(edge.service_name, 100 - edge.canary_percent), (edge.canary_service, edge.canary_percent)]
    if edge.leaving_service is not None:
        weights = [(edge.service_name, MOST_WEIGHT), (edge.leaving_service, 1)]
    if backend is not None:
        named = [f"{edge.route_name}{end}" for end in ("", CANARY_ENDING)]
        return [{**backend, "name": name, "weight": weight} for name, (_, weight) in zip(named, weights, strict=False)]
    return [
        {"group": "", "kind": "Service", "name": name, "port": SERVICE_PORT, "weight": weight}
        for name, weight in weights
    ]


def ingress(edge: EdgeSpec, service: pulumi.Input[str] | None = None, only: Sequence[Match] | None = None) -> Spec:
    """The spec of an Ingress with TLS, for all paths of a server or some of them.

    :param service: the Service that it leads to; the server's own where it is left out.
    """
    matches = edge.matches if only is None else only
    backend = {"service": {"name": edge.service_name if service is None else service, "port": {"name": "http"}}}
    paths = [
        {"path": match.path, "pathType": _ingress_type(match, edge.row.name), "backend": backend}
        for match in (matches if edge.row.exact else as_prefixes(matches))
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
    validation: Spec = {} if certificate.hostname is None else {"hostname": certificate.hostname}
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
