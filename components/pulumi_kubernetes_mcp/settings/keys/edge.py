"""Keys of the way to the server."""

from typing import Literal

from ..fields import AnnotationKey, AnyText, Duration, Group, Host, Label, Name, Seconds

EdgeKind = Literal["gateway", "ingress"]
Implementation = Literal["envoy-gateway", "nginx", "other"]
Affinity = Literal["auto", "none", "source-ip", "cookie", "session-hash", "gateway"]


class HostKeys(Group):
    """The name that clients know."""

    host: Host
    """Public host name. The same in every region: tokens are bound to it."""


class ControllerKeys(Group):
    """What serves the route."""

    implementation: Implementation | None = None
    """Controller of the edge. 'envoy-gateway' adds a BackendTrafficPolicy to the HTTPRoute, and emits the metrics that
    the dialect 'envoy' counts; 'nginx' adds the annotations of that family to the Ingress. Derived: other for kind
    'gateway', nginx for kind 'ingress'."""


class RouteKeys(Group):
    """The HTTPRoute or the Ingress."""

    kind: EdgeKind = "gateway"
    """'gateway' emits an HTTPRoute, 'ingress' an Ingress."""
    ingress_class: Name = "nginx"
    """Name of the IngressClass (kind 'ingress')."""
    tls_secret: Name | None = None
    """Secret with the certificate (kind 'ingress'). Derived: the name of the Ingress with '-tls'."""
    cluster_issuer: Name | None = None
    """cert-manager ClusterIssuer that fills the certificate's Secret (kind 'ingress')."""
    affinity: Affinity = "auto"
    """How a client stays on its pod. 'auto' is none for eras without sessions and source-ip for others;
    'gateway' says that an MCP-aware gateway does it, and emits nothing."""
    request_timeout_seconds: Duration = 0
    """Request timeout of the route in seconds; 0 switches it off, which streams need."""
    idle_timeout_seconds: Seconds | None = None
    """How long a stream may be silent, in seconds. Derived: from the keep-alive period, or from the slowest tool."""
    annotations: dict[AnnotationKey, AnyText] = {}
    """Further annotations of the HTTPRoute or the Ingress."""


class GatewayReference(Group):
    """The Gateway that the route attaches to; the platform team owns it."""

    name: Name = "public"
    """Name of the Gateway."""
    namespace: Label = "gateway-system"
    """Namespace of the Gateway."""
    section: Label | None = "https"
    """Listener of the Gateway; null attaches to all."""
