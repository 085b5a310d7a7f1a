"""Keys of the way to the server."""

from typing import Annotated, Literal

from pydantic import Field

from ..amounts import Memory
from ..fields import (
    AnnotationKey,
    AnyText,
    Cidr,
    Duration,
    Group,
    HealthCheckId,
    Host,
    Label,
    Name,
    ObjectName,
    RoutePath,
    Seconds,
)
from .edge_access import Cors, ExternalAuthorization
from .edge_clients import ClientAddress
from .edge_limits import RateLimit

EdgeKind = Literal["gateway", "ingress", "route", "none"]
Implementation = Literal[
    "envoy-gateway",
    "istio",
    "cilium",
    "kgateway",
    "agentgateway",
    "nginx-gateway-fabric",
    "traefik",
    "gke",
    "alb",
    "nginx",
    "haproxy",
    "openshift",
    "other",
]
Affinity = Literal["auto", "none", "source-ip", "cookie", "envelope", "agentgateway", "session-hash", "gateway"]


class HostKeys(Group):
    """The name that clients know."""

    host: Host
    """Public host name. The same in every region: tokens are bound to it."""


class ControllerKeys(Group):
    """What serves the route."""

    implementation: Implementation | None = None
    """What stands behind the edge. It decides what is emitted beside the route, the pre-stop sleep, and where the
    proxies are; 'envoy-gateway' emits the metrics that the dialect 'envoy' counts. Derived: 'gke' where `client_cidrs`
    has Google's ranges, else 'other' for kind 'gateway'; by the IngressClass, else 'nginx', for kind 'ingress'."""


class RoutedPath(Group):
    """A further path of the server."""

    path: RoutePath
    """The path, such as '/authorize'."""
    match: Literal["exact", "prefix"] = "exact"
    """'exact' routes the path alone, 'prefix' what is below it too."""


class BackendTls(Group):
    """What the edge needs to know of the certificate that the pods show it (`serves_tls`)."""

    hostname: ObjectName | None = None
    """Name in the certificate of the pods. Required for kind 'gateway' and for 'traefik'; 'nginx' asks for a
    certificate of this name. 'haproxy', 'alb' and 'openshift' check no name that they can be told."""
    ca_config_map: Name | None = None
    """ConfigMap with the authority as 'ca.crt' (kind 'gateway'). Left out: those of the system."""
    ca_secret: Name | None = None
    """Secret with the authority, as the controller reads it (kind 'ingress')."""


class Geolocation(Group):
    """Where the clients are that a record answers (Route 53)."""

    continent: Literal["AF", "AN", "AS", "EU", "NA", "OC", "SA"] | None = None
    """Continent, by Route 53's code."""
    country: Annotated[str, Field(pattern=r"^([A-Z]{2}|\*)$")] | None = None
    """Country, by its code of ISO 3166-1 with two letters; '*' answers everybody whom no other record does."""
    subdivision: Annotated[str, Field(pattern=r"^[A-Z0-9]{1,3}$")] | None = None
    """State of the United States or province of Canada, beside `country`."""


class Dns(Group):
    """How external-dns publishes the hosts in this region.

    The routing policies are Route 53's; the other providers of external-dns have none, and route by their own traffic
    managers.
    """

    routing: Literal["simple", "weighted", "latency", "failover", "geolocation"] = "simple"
    """How the name is answered where several regions have it. 'simple' is one region alone; the others are records side
    by side, each with its own `set_identifier`, and exactly one policy for all of them."""
    set_identifier: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,128}$")] | None = None
    """What tells the record of this region from those of the others. Derived: the name of the region."""
    weight: Annotated[int, Field(ge=0, le=255)] | None = None
    """Share of the answers that name this region, against the sum of all weights (routing 'weighted')."""
    aws_region: Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-[0-9]{1,2}$")] | None = None
    """AWS region that Route 53 measures the latency to, such as 'us-east-1' (routing 'latency')."""
    failover: Literal["primary", "secondary"] | None = None
    """Whether this region answers, or only while the primary one is unhealthy (routing 'failover')."""
    geolocation: Geolocation | None = None
    """Whose questions this region answers (routing 'geolocation')."""
    drained: bool = False
    """Whether no new client is sent here: the weight is 0 then, and with another routing the record is withdrawn, which
    external-dns does with '--policy=sync'."""
    health_check_id: HealthCheckId | None = None
    """Health check of Route 53 that takes the record out while it fails. It has to exist: external-dns makes none."""
    ttl_seconds: Annotated[int, Field(ge=1, le=86_400)] = 60
    """How long resolvers keep an answer, in seconds, and so how long clients go on coming after a change. 60 is the
    usual value of records with health checks; an alias to a load balancer has its own."""
    form: Literal["annotations", "endpoint"] = "annotations"
    """'annotations' are read from the route by the sources 'gateway-httproute' and 'ingress'; 'endpoint' is a
    DNSEndpoint, which the source 'crd' reads."""
    targets: Annotated[
        list[Annotated[str, Field(pattern=r"^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?|[0-9a-f:]*:[0-9a-f:.]*)$")]],
        Field(max_length=20),
    ] = []
    """Names or addresses of the load balancer. Required for `form` 'endpoint'; otherwise read from the Gateway's or the
    Ingress' status."""
    annotation_prefixes: Annotated[
        list[Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?/$")]],
        Field(min_length=1, max_length=4),
    ] = ["external-dns.kubernetes.io/", "external-dns.alpha.kubernetes.io/"]
    """Prefixes of the annotations. external-dns reads the first since 0.22 and the second before; with one alone, an
    upgrade deletes the records."""


class RouteKeys(Group):
    """The HTTPRoute, the Ingress or the Route."""

    kind: EdgeKind = "gateway"
    """'gateway' emits an HTTPRoute, 'ingress' an Ingress, 'route' an OpenShift Route; 'none' emits nothing: the server
    is for other workloads of the cluster."""
    hosts: Annotated[list[Host], Field(max_length=15)] = []
    """Further host names of the same server."""
    paths: Annotated[list[RoutedPath], Field(max_length=40)] = []
    """Further paths of the same server, besides the MCP path, streams and metadata."""
    oauth_proxy: bool = False
    """Whether the server is an OAuth proxy, as FastMCP's is: '/authorize', '/token', '/register', '/revoke',
    '/consent', '/auth/callback' and the metadata of both specifications are routed too."""
    ingress_class: Name | None = None
    """Name of the IngressClass (kind 'ingress'). Derived: that of the implementation, else 'nginx'."""
    tls_secret: Name | None = None
    """Secret with the certificate (kind 'ingress', or a Gateway or a listener of one's own). Derived: the name of the
    route with '-tls'; OpenShift and load balancers use their own certificate."""
    cluster_issuer: Name | None = None
    """cert-manager ClusterIssuer that fills the certificate's Secret (kind 'ingress'; by DNS-01 also a Gateway or a
    listener of one's own, which speaks HTTPS alone)."""
    backend_tls: BackendTls | None = None
    """How the edge checks the pods, where they speak TLS."""
    affinity: Affinity = "auto"
    """How a client stays on its pod. 'auto' is none for eras without sessions and source-ip for others, behind
    'agentgateway' its own; 'agentgateway' leads to a backend that speaks MCP and puts the pod into the session id;
    'envelope' wraps the address of the pod around the session id, and loses no session for any client or number of pods
    (implementation 'envoy-gateway', where the platform lets its proxies be patched); 'gateway' says that an MCP-aware
    gateway does it, and emits nothing."""
    request_timeout_seconds: Duration = 0
    """Request timeout of the route in seconds; 0 switches it off, which streams need."""
    idle_timeout_seconds: Seconds | None = None
    """How long a stream may be silent, in seconds. Derived: from the keep-alive period, or from the slowest tool."""
    dns: Dns | None = None
    """How external-dns publishes the hosts in this region; left out, nothing is said to it."""
    cors: Cors | None = None
    """Which web pages may call the server from a browser. Left out: the edge says nothing of it, and the server answers
    for itself."""
    external_authorization: ExternalAuthorization | None = None
    """A service of one's own that is asked about each request. Left out: the server alone decides."""
    client_address: ClientAddress | None = None
    """How the edge learns the address of a client behind a load balancer or a CDN. Left out: the address that connects
    to it is the client."""
    max_headers: Memory | None = None
    """Largest headers of a request, all together, such as '16Ki'; the edge refuses larger ones with 431. The whole
    listener has it. Left out: what the controller has, 60 KiB with Envoy and four buffers of 8 KiB with nginx."""
    max_body: Memory | None = None
    """Largest body of a request, such as '4Mi'; the edge refuses a larger one with 413. Derived: '4Mi' where the
    controller has a limit in any case (the nginx family, 1 MiB), as the SDKs have; otherwise the server refuses."""
    rate_limits: Annotated[list[RateLimit], Field(max_length=8)] = []
    """How many requests pass. Where several fit a request, the strictest holds."""
    annotations: dict[AnnotationKey, AnyText] = {}
    """Further annotations of the HTTPRoute, the Ingress or the Route; they replace those of the implementation."""


class ClientKeys(Group):
    """Where the proxies are."""

    client_cidrs: list[Cidr] = []
    """Address ranges of proxies that are no pods, such as a cloud load balancer's."""


class PropagationKeys(Group):
    """How fast the edge learns of a pod that goes."""

    propagation_seconds: Duration | None = None
    """Between the deletion of a pod and the last proxy that stops sending to it, in seconds; the pre-stop sleep is at
    least that long. Derived: 10, at least 30 where the proxies are no pods, the deregistration delay of an ALB, up to
    60 where it is derived."""


class GatewayReference(Group):
    """The Gateway that the route attaches to. It is there, and the platform team owns it, unless `class_name` is
    given."""

    name: Name = "public"
    """Name of the Gateway."""
    namespace: Label = "gateway-system"
    """Namespace of the Gateway."""
    section: Label | None = "https"
    """Listener of the Gateway; null attaches to all."""
    class_name: ObjectName | None = None
    """GatewayClass of a Gateway of one's own, which the stack makes under this name in this namespace, with one
    listener, `tls_secret` there and `cluster_issuer`. Left out: the Gateway is there."""
    listener_set: bool = False
    """Whether the stack adds a listener of its own to the Gateway, with its host, `tls_secret` and `cluster_issuer`: a
    ListenerSet, which Gateway API 1.5 has and the Gateway has to allow (`allowedListeners`)."""
