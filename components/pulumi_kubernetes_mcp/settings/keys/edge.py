"""Keys of the way to the server."""

from typing import Annotated, Literal

from pydantic import Field

from ..fields import AnnotationKey, AnyText, Cidr, Duration, Group, Host, Label, Name, ObjectName, RoutePath, Seconds

EdgeKind = Literal["gateway", "ingress", "route", "none"]
Implementation = Literal[
    "envoy-gateway",
    "istio",
    "cilium",
    "kgateway",
    "nginx-gateway-fabric",
    "traefik",
    "gke",
    "alb",
    "nginx",
    "haproxy",
    "openshift",
    "other",
]
Affinity = Literal["auto", "none", "source-ip", "cookie", "session-hash", "gateway"]


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

    hostname: ObjectName
    """Name in the certificate of the pods."""
    ca_config_map: ObjectName | None = None
    """ConfigMap with the authority as 'ca.crt' (kind 'gateway'). Left out: those of the system."""
    ca_secret: ObjectName | None = None
    """Secret with the authority, as the controller reads it (kind 'ingress')."""


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
    """Secret with the certificate (kind 'ingress'). Derived: the name of the Ingress with '-tls'; OpenShift and load
    balancers use their own certificate."""
    cluster_issuer: Name | None = None
    """cert-manager ClusterIssuer that fills the certificate's Secret (kind 'ingress')."""
    backend_tls: BackendTls | None = None
    """How the edge checks the pods, where they speak TLS."""
    affinity: Affinity = "auto"
    """How a client stays on its pod. 'auto' is none for eras without sessions and source-ip for others;
    'gateway' says that an MCP-aware gateway does it, and emits nothing."""
    request_timeout_seconds: Duration = 0
    """Request timeout of the route in seconds; 0 switches it off, which streams need."""
    idle_timeout_seconds: Seconds | None = None
    """How long a stream may be silent, in seconds. Derived: from the keep-alive period, or from the slowest tool."""
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
    least that long. Derived: 10, at least 30 where the proxies are no pods, the deregistration delay of an ALB."""


class GatewayReference(Group):
    """The Gateway that the route attaches to; the platform team owns it."""

    name: Name = "public"
    """Name of the Gateway."""
    namespace: Label = "gateway-system"
    """Namespace of the Gateway."""
    section: Label | None = "https"
    """Listener of the Gateway; null attaches to all."""
