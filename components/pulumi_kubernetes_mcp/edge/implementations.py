"""What stands behind an edge, as one table: a row for each implementation, and what differs between them with its
source.

Nothing here knows Pulumi: the rows are data. What a policy of a row looks like is in :mod:`.policies`, the annotations
of an Ingress in :mod:`.annotations`; a rule reads what a row cannot do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Literal

from ..eras import ENDPOINT_PROPAGATION_SECONDS
from ..hashing import HashName

OUTSIDE_PROPAGATION_SECONDS = 30
"""Between the deletion of a pod and the last request of a load balancer that is no pod, at least: its controller has to
see the change and the load balancer has to act on it. 25 to 60 s were needed in aws-load-balancer-controller #1064."""
DRAINING_PROPAGATION_SECONDS = 60
"""The longest that a target which drains was seen to be sent requests: 25 to 60 s in aws-load-balancer-controller
#1064; with a delay of 300 s, 40 s of sleep were almost enough and 70 s were (#2106). The documentation has it get none
("stops sending requests to targets that are deregistering"), so a longer delay that nobody chose is for calls that
run, which the drain waits for. One that somebody gave counts whole."""
LEAST_DEREGISTRATION_SECONDS = 30
UNSAID_DEREGISTRATION_SECONDS = 300
"""What AWS takes where a target group is not told."""
MOST_DEREGISTRATION_SECONDS = 3600
"""The longest that AWS lets a target go on that is deregistered; Google Cloud's draining timeout ends there too."""
DEREGISTRATION = re.compile(r"(?:^|,)\s*deregistration_delay\.timeout_seconds\s*=\s*(\d{1,5})\s*(?:,|$)")
TARGET_GROUP = "alb.ingress.kubernetes.io/target-group-attributes"
GOOGLE_RANGES = ("35.191.0.0/16", "130.211.0.0/22")
"""Where Google's front ends and health checks come from, whatever the project and the region."""


@dataclass(frozen=True, kw_only=True)
class Implementation:
    """What is true of one implementation as it is installed by default. Times are whole seconds."""

    name: str
    title: str
    kinds: tuple[str, ...]
    """Kinds of edge that it serves."""
    namespace: str | None = None
    """Where its proxies run, if there is one such place; ``None`` where it has to be told."""
    in_gateway_namespace: bool = False
    """Whether its proxies run in the namespace of each Gateway."""
    pods: bool = True
    """Whether its proxies are pods, which a namespace can open the way to."""
    cidrs: tuple[str, ...] = ()
    """Addresses that its proxies come from in any case."""
    opened_by_policy: bool = False
    """Whether an object beside the route opens the pods to its proxies."""
    propagation_seconds: int = ENDPOINT_PROPAGATION_SECONDS
    """Between the deletion of a pod and the last proxy that stops sending to it."""
    deregisters: bool = False
    """Whether pods are targets of a group that lets them go after a delay."""
    ingress_class: str | None = None
    """IngressClass that it is installed with."""
    gateway_controllers: tuple[str, ...] = ()
    """Names in the field `controllerName` of the GatewayClasses that it serves."""
    route_timeouts: bool = False
    """Whether it takes ``timeouts`` of an HTTPRoute."""
    policies: tuple[str, ...] = ()
    """Kinds of objects beside the route."""
    affinities: frozenset[str] = frozenset()
    """Affinities that what is emitted for it keeps."""
    hashed: frozenset[str] = frozenset()
    """Those of them that find a client's pod by a hash: another number of pods sends clients to other pods. The others
    remember the pod: in the cookie itself, or in a table."""
    hash: HashName | None = None
    """How the hash finds a pod."""
    hash_source: str = ""
    """Where that is written."""
    sets_silence: bool = False
    """Whether what is emitted says how long a stream may be silent."""
    silence_seconds: int | None = None
    """How long it bears a silent stream otherwise, or at most; ``None`` where it does not count."""
    sets_idle: bool = False
    """Whether what is emitted says how long it keeps an idle connection to a pod."""
    idle_seconds: int | None = None
    """How long it keeps one otherwise; ``None`` where it is not known."""
    parallel_streams: int | None = None
    """Requests and open streams that each of its proxies leads to the pods of a server at once, where no object of the
    route says so; ``None`` where it is told, or nobody knows a limit."""
    idle_is_silence: bool = False
    """Whether one timeout ends silent streams and idle connections."""
    backend: Literal["Service", "TraefikService", "AgentgatewayBackend"] | None = None
    """What the route leads to in place of the server's Service, where only that can be told of affinity or TLS."""
    backend_tls: Literal["policy", "annotations", "transport", "termination"] | None = None
    """How it is told that the pods speak TLS."""
    authority: Literal["ConfigMap", "Secret"] | None = None
    """What holds the authority of the pods' certificate; ``None`` where nothing is verified, or only by its own."""
    unnamed: tuple[str, str] | None = None
    """What it does instead, with an authority and without one, where it cannot be told the name in the pods'
    certificate; ``None`` where it can."""
    knows_sessions: bool = False
    """Whether an MCP-aware gateway is built on it, which may keep sessions by itself."""
    aware_by: str = ""
    """What is built on it that reads sessions, by objects that nothing here makes, as a clause; empty where the
    implementation reads them itself, or nobody knows."""
    keeps_sessions: str = "source-ip"
    """The affinity that eras with sessions have where none is asked for."""
    exact: bool = True
    """Whether a path can be routed exactly; otherwise it is routed as a prefix."""
    own_certificates: bool = False
    """Whether the certificates are its own, so that a Secret with one is not read."""
    platforms: tuple[str, ...] = ()
    """Platforms that it is part of and that have it alone; none where it can be installed anywhere."""
    cannot: str = "–"
    """What it cannot do here, in a few words."""
    source: str
    by_kind: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, hash=False)
    """Kind of edge to the fields that are others there."""

    def of(self, kind: str) -> Implementation:
        """The row as it is for one kind of edge."""
        return replace(self, **self.by_kind[kind]) if kind in self.by_kind else self


_ANY = "believes any certificate"
_SIGNED = "checks that the authority in ⟦ca_secret⟧ signed the certificate, whatever name is in it"
_EDGES = (
    Implementation(
        name="envoy-gateway",
        title="Envoy Gateway",
        kinds=("gateway",),
        gateway_controllers=("gateway.envoyproxy.io/gatewayclass-controller",),
        namespace="envoy-gateway-system",
        route_timeouts=True,
        policies=("BackendTrafficPolicy",),
        affinities=frozenset({"source-ip", "cookie", "envelope"}),
        sets_silence=True,
        sets_idle=True,
        backend_tls="policy",
        authority="ConfigMap",
        hashed=frozenset({"source-ip", "cookie"}),
        hash="maglev",
        hash_source="envoyproxy/gateway internal/xds/translator/cluster.go: ConsistentHash is Cluster_MAGLEV, and a "
        "cookie is hashed as well; envoyproxy/envoy maglev_lb.cc: 65537 entries, xxHash64 of address and port",
        knows_sessions=True,
        aware_by="only an MCPRoute of Envoy AI Gateway reads it there, and the session id that one makes holds the "
        "backend and no pod",
        source="envoyproxy/gateway v1.9 api/v1alpha1 (BackendTrafficPolicy: timeout.http.connectionIdleTimeout is 1 h, "
        "streamIdleTimeout); proxies in the controller's namespace unless GatewayNamespaceMode is on; "
        "envoyproxy/ai-gateway internal/mcpproxy (the session id of an MCPRoute)",
    ),
    Implementation(
        name="istio",
        title="Istio",
        kinds=("gateway",),
        gateway_controllers=("istio.io/gateway-controller", "openshift.io/gateway-controller/v1"),
        in_gateway_namespace=True,
        route_timeouts=True,
        policies=("DestinationRule",),
        affinities=frozenset({"source-ip", "cookie"}),
        sets_idle=True,
        backend_tls="policy",
        authority="ConfigMap",
        hashed=frozenset({"source-ip", "cookie"}),
        hash="ring",
        hash_source="istio/api DestinationRule: consistentHash is a ring hash with 1024 points at least unless maglev "
        "is given, and httpCookie is hashed; envoyproxy/envoy ring_hash_lb.cc",
        source="istio/api networking/v1 DestinationRule (connectionPool.http.idleTimeout is 1 h); istio.io, Gateway "
        "API: "
        "the Deployment of a Gateway is made in its namespace; pilot switches the stream idle timeout off",
    ),
    Implementation(
        name="cilium",
        title="Cilium",
        kinds=("gateway",),
        gateway_controllers=("io.cilium/gateway-controller",),
        pods=False,
        opened_by_policy=True,
        route_timeouts=True,
        policies=("CiliumNetworkPolicy",),
        silence_seconds=300,
        parallel_streams=1024,
        idle_seconds=60,
        backend_tls="policy",
        authority="ConfigMap",
        cannot="affinity; silence of more than 300 s; more than 1024 streams through one node; before 1.20 TLS to pods",
        source="cilium/cilium #31352 (BackendTLSPolicy is read from 1.20 on); "
        "docs.cilium.io, Gateway API: its Envoy runs in the agent's DaemonSet and reaches pods as the entity "
        "'ingress', which no namespace or address block matches; Helm values envoy.idleTimeoutDurationSeconds 60, "
        "envoy.streamIdleTimeoutDurationSeconds 300, envoy.clusterMaxConnections and envoy.clusterMaxRequests 1024",
    ),
    Implementation(
        name="kgateway",
        title="kgateway",
        kinds=("gateway",),
        gateway_controllers=("kgateway.dev/kgateway",),
        in_gateway_namespace=True,
        route_timeouts=True,
        policies=("TrafficPolicy", "BackendConfigPolicy"),
        affinities=frozenset({"source-ip", "cookie"}),
        sets_silence=True,
        sets_idle=True,
        backend_tls="policy",
        authority="ConfigMap",
        hashed=frozenset({"source-ip", "cookie"}),
        hash="ring",
        hash_source="kgateway-dev/kgateway BackendConfigPolicy: ringHash is Envoy's RING_HASH with its own sizes, and "
        "a cookie is hashed",
        knows_sessions=True,
        aware_by="only its agentgateway, a GatewayClass and proxies of their own, reads it",
        source="kgateway-dev/kgateway api/v1alpha1 (TrafficPolicy timeouts.streamIdle and retry.retryOn, "
        "BackendConfigPolicy commonHttpProtocolOptions.idleTimeout, ringHash.hashPolicies, circuitBreakers (since "
        "#12957; 1024 and 3 retries otherwise), outlierDetection); the proxy's Deployment is made beside its Gateway",
    ),
    Implementation(
        name="agentgateway",
        title="agentgateway",
        kinds=("gateway",),
        gateway_controllers=("agentgateway.dev/agentgateway",),
        in_gateway_namespace=True,
        route_timeouts=True,
        affinities=frozenset({"agentgateway"}),
        backend="AgentgatewayBackend",
        keeps_sessions="agentgateway",
        knows_sessions=True,
        cannot="affinity but its own; sessions of HTTP+SSE; TLS to pods; limits",
        source="agentgateway/agentgateway controller/api/v1alpha1/agentgateway/agentgateway_backend_types.go "
        "(mcp.targets[].static.backendRef, sessionRouting), crates/agentgateway/src/mcp/README.md (eras are passed "
        "on as they come), #573 and #754 (the pod is in the session id); the proxy's Deployment is made beside its "
        "Gateway",
    ),
    Implementation(
        name="nginx-gateway-fabric",
        title="NGINX Gateway Fabric",
        kinds=("gateway",),
        gateway_controllers=("gateway.nginx.org/nginx-gateway-controller",),
        in_gateway_namespace=True,
        policies=("ProxySettingsPolicy", "ClientSettingsPolicy", "UpstreamSettingsPolicy"),
        affinities=frozenset({"source-ip"}),
        sets_silence=True,
        sets_idle=True,
        backend_tls="policy",
        authority="ConfigMap",
        cannot="`timeouts` of a route; cookies; before 2.4 any of it; in versions without `timeout` of a "
        "ProxySettingsPolicy silence of more than 60 s",
        hashed=frozenset({"source-ip"}),
        hash="modulo",
        hash_source="nginx ngx_http_upstream_ip_hash_module.c: the hash of the first three octets modulo the sum of "
        "the weights",
        source="nginx/nginx-gateway-fabric apis/v1alpha1 (proxysettingspolicy_types.go, since 2.4; its timeout since "
        "#5165); its compatibility page (`timeouts` is not supported); CHANGELOG (sessionPersistence, since 2.4, is in "
        "the experimental channel of the Gateway API); nginx proxy_read_timeout is 60 s; from 2.0 on the data plane "
        "runs beside its Gateway",
    ),
    Implementation(
        name="traefik",
        title="Traefik",
        kinds=("gateway", "ingress"),
        gateway_controllers=("traefik.io/gateway-controller",),
        ingress_class="traefik",
        affinities=frozenset({"source-ip", "cookie"}),
        idle_seconds=90,
        backend="TraefikService",
        backend_tls="policy",
        authority="ConfigMap",
        cannot="`timeouts` of a route; by an Ingress affinity by address",
        hashed=frozenset({"source-ip"}),
        hash="score",
        hash_source="traefik/traefik v3.7 pkg/server/service/loadbalancer/hrw: FNV-1a of the peer's address and the "
        "pod's URL; a cookie holds the hash of its pod's URL",
        source="traefik/traefik #11902 (timeouts of an HTTPRoute are ignored; a response has no time limit), v3.7 "
        "pkg/provider/kubernetes (gateway/httproute.go: BackendTLSPolicy v1, TraefikService as a backend; "
        "ingress/annotations.go: sticky.cookie, serversScheme and serversTransport of a Service, no strategy), "
        "CHANGELOG (hrw of a TraefikService and BackendTLSPolicy v1 from 3.6 on, rootCAs from 3.4 on); "
        "ServersTransport forwardingTimeouts.idleConnTimeout is 90 s; the chart runs in any namespace, k3s in "
        "kube-system",
        by_kind={
            "ingress": {
                "affinities": frozenset({"cookie"}),
                "hashed": frozenset(),
                "hash": None,
                "hash_source": "",
                "backend": "Service",
                "backend_tls": "transport",
                "authority": "Secret",
            }
        },
    ),
    Implementation(
        name="gke",
        title="GKE Gateway",
        kinds=("gateway",),
        platforms=("gke", "gke-autopilot"),
        gateway_controllers=("networking.gke.io/gateway",),
        pods=False,
        cidrs=GOOGLE_RANGES,
        propagation_seconds=OUTSIDE_PROPAGATION_SECONDS,
        policies=("HealthCheckPolicy", "GCPBackendPolicy"),
        affinities=frozenset({"source-ip", "cookie"}),
        idle_seconds=600,
        backend_tls="policy",
        authority="ConfigMap",
        own_certificates=True,
        cannot="`timeouts` of a route (it refuses the route)",
        hashed=frozenset({"source-ip", "cookie"}),
        hash="maglev",
        hash_source="Compute API, backendServices: sessionAffinity other than NONE makes localityLbPolicy MAGLEV, and "
        "a GENERATED_COOKIE is hashed",
        source="kserve/kserve #5311 (UnsupportedValue); GoogleCloudPlatform/gke-gateway-api config/crd "
        "(GCPBackendPolicy timeoutSec is 30 s, HealthCheckPolicy asks / otherwise); Cloud Load Balancing: firewall "
        "ranges "
        "of health checks and front ends, HTTP keep-alive to backends 600 s, not configurable",
    ),
    Implementation(
        name="alb",
        title="AWS Load Balancer Controller",
        kinds=("ingress",),
        platforms=("eks",),
        pods=False,
        propagation_seconds=OUTSIDE_PROPAGATION_SECONDS,
        deregisters=True,
        ingress_class="alb",
        affinities=frozenset({"cookie"}),
        sets_silence=True,
        silence_seconds=4000,
        idle_is_silence=True,
        backend_tls="annotations",
        unnamed=(_ANY, _ANY),
        own_certificates=True,
        cannot="affinity by address; silence of more than 4000 s; certificates from a Secret; verifying pods' "
        "certificates",
        source="kubernetes-sigs/aws-load-balancer-controller docs, Ingress annotations; #1719, #1064, #1124; Elastic "
        "Load "
        "Balancing: idle_timeout.timeout_seconds 1 to 4000, 60 by default, and targets must keep connections longer; "
        "deregistration_delay.timeout_seconds 0 to 3600, 300 by default",
    ),
    Implementation(
        name="nginx",
        title="ingress-nginx and its forks",
        kinds=("ingress",),
        namespace="ingress-nginx",
        ingress_class="nginx",
        affinities=frozenset({"source-ip", "cookie"}),
        sets_silence=True,
        idle_seconds=60,
        backend_tls="annotations",
        authority="Secret",
        cannot="how long it keeps idle connections",
        hashed=frozenset({"source-ip"}),
        hash="points",
        hash_source="kubernetes/ingress-nginx balancer/chash.lua with openresty/lua-resty-balancer chash.lua: 160 "
        "points of each pod; a cookie of affinity-mode persistent names its pod",
        source="kubernetes/ingress-nginx docs, annotations and ConfigMap (upstream-keepalive-timeout 60); its "
        "manifests run "
        "in ingress-nginx",
    ),
    Implementation(
        name="haproxy",
        title="HAProxy Ingress",
        kinds=("ingress",),
        namespace="haproxy-controller",
        ingress_class="haproxy",
        affinities=frozenset({"source-ip", "cookie"}),
        sets_silence=True,
        backend="Service",
        backend_tls="annotations",
        authority="Secret",
        unnamed=(_SIGNED, _ANY),
        cannot="events at once, where its platform has switched snippets off (`--disable-config-snippets`); the name "
        "in pods' certificates",
        hashed=frozenset({"source-ip"}),
        hash="modulo",
        hash_source="HAProxy configuration manual, hash-type: map-based unless consistent is given; a cookie names "
        "its server",
        source="haproxytech/kubernetes-ingress documentation/annotations.md (timeout-server 50 s on an Ingress), "
        "pkg/annotations/service/ca.go and ssl.go (`verify required` with a file and no `verifyhost`, `verify none` "
        "otherwise), pkg/service/service.go (cookie-persistence of the Service, never of the Ingress), "
        "pkg/annotations/cfgSnippet.go (backend-config-snippet, on unless switched off); its manifests run in "
        "haproxy-controller",
    ),
    Implementation(
        name="openshift",
        title="OpenShift router",
        kinds=("route", "ingress"),
        platforms=("openshift",),
        namespace="openshift-ingress",
        ingress_class="openshift-default",
        affinities=frozenset({"source-ip", "cookie"}),
        sets_silence=True,
        backend_tls="termination",
        authority="Secret",
        unnamed=(_SIGNED, "checks that the cluster's own authority signed it for '<service>.<namespace>.svc'"),
        exact=False,
        cannot="exact paths; a certificate or an authority from an object by kind `route`; the name in pods' "
        "certificates",
        hashed=frozenset({"source-ip"}),
        hash="modulo",
        hash_source="openshift/router haproxy-config.template: hash-type consistent for passthrough alone; a "
        "cookie names its server",
        source="openshift/router pkg/router/template/router.go (VerifyServiceHostname without a destination CA alone); "
        "openshift/api route/v1; openshift/route-controller-manager pkg/route/ingress; OpenShift docs, "
        "route-specific "
        "annotations (timeout 30 s, cookies by default); routers run in openshift-ingress",
        by_kind={"route": {"authority": None}},
    ),
    Implementation(
        name="other",
        title="an unknown edge",
        kinds=("gateway", "ingress", "route"),
        route_timeouts=True,
        cannot="anything beyond portable fields",
        knows_sessions=True,
        source="Gateway API v1, networking.k8s.io/v1",
    ),
)
IMPLEMENTATIONS: Mapping[str, Implementation] = MappingProxyType({row.name: row for row in _EDGES})
"""Every row by the name that ``implementation`` takes."""


def found_on(platform: str | None) -> list[Implementation]:
    """The rows to choose from on a platform, its own first; all of them where nobody says which one it is.

    :param platform: as `mcp:region.platform` has it.
    """
    rows = IMPLEMENTATIONS.values()
    if platform in (None, "generic"):
        return list(rows)
    return sorted(
        (row for row in rows if platform in (row.platforms or (platform,))), key=lambda row: not row.platforms
    )


KEPT = ("source-ip", "cookie", "envelope", "agentgateway")
"""Affinities that something emitted has to keep."""
NONE = Implementation(
    name="none",
    title="none, for other workloads of the cluster",
    kinds=("none",),
    affinities=frozenset({"source-ip"}),
    knows_sessions=True,
    cannot="clients from outside",
    source="a ClusterIP Service; kube-proxy or the network plugin forwards to it",
)
"""What stands in front of a server that only other workloads of the cluster use."""


def chosen(*, kind: str, implementation: str | None, ingress_class: object, cidrs: Sequence[str]) -> Implementation:
    """The row that is meant: the one that is named, or that the kind, the IngressClass or Google's ranges tell."""
    if kind == "none":
        return NONE
    if implementation is not None:
        return IMPLEMENTATIONS[implementation].of(kind)
    if kind == "ingress":
        return (by_class(ingress_class) or IMPLEMENTATIONS["nginx"]).of(kind)
    if kind == "route":
        return IMPLEMENTATIONS["openshift"].of(kind)
    return IMPLEMENTATIONS["gke" if not set(GOOGLE_RANGES).isdisjoint(cidrs) else "other"].of(kind)


def affinity_in_force(wanted: str, *, needed: bool, max_replicas: int, row: Implementation) -> str:
    """What is wanted; for ``auto`` what the eras need and the row keeps by itself. One pod misses nobody."""
    if wanted != "auto":
        return wanted
    return row.keeps_sessions if needed and max_replicas > 1 else "none"


def by_class(ingress_class: object) -> Implementation | None:
    """The row that is installed with an IngressClass, if one is."""
    return next((row for row in _EDGES if ingress_class is not None and row.ingress_class == ingress_class), None)


def propagation(
    row: Implementation, *, namespace: str | None, cidrs: Sequence[str], annotations: Mapping[str, Any], slowest: int
) -> int:
    """Seconds between the deletion of a pod and the last request that the edge sends to it.

    :param slowest: how long the slowest call takes, in seconds.
    """
    outside = namespace is None and bool(cidrs)
    least = OUTSIDE_PROPAGATION_SECONDS if outside and not row.opened_by_policy else 0
    delay = deregistration(annotations)
    if delay is None and row.deregisters:
        unsaid = UNSAID_DEREGISTRATION_SECONDS if TARGET_GROUP in annotations else derived_deregistration(slowest)
        delay = min(DRAINING_PROPAGATION_SECONDS, unsaid)
    return max(row.propagation_seconds, least, delay or 0)


def derived_deregistration(slowest: int) -> int:
    """The deregistration delay of a target group, in seconds, where none is given: the slowest call ends within it."""
    return min(MOST_DEREGISTRATION_SECONDS, max(LEAST_DEREGISTRATION_SECONDS, slowest))


def deregistration(annotations: Mapping[str, Any]) -> int | None:
    """The deregistration delay of a target group, in seconds, where an annotation gives it."""
    given = annotations.get(TARGET_GROUP)
    found = DEREGISTRATION.search(given) if isinstance(given, str) else None
    return None if found is None else int(found[1])


def kept_idle(row: Implementation, silence: int) -> int | None:
    """How long a proxy keeps an idle connection to a pod whatever is emitted; ``None`` where that is set or not known.

    :param silence: how long a stream may be silent, in seconds.
    """
    if row.sets_idle:
        return None
    return min(silence, row.silence_seconds or silence) if row.idle_is_silence else row.idle_seconds
