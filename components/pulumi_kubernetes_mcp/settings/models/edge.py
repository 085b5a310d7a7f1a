"""How clients reach the server of a stack."""

from typing import Annotated, Literal

from pydantic import Field

from ..fields import Cidr, Group, Host, Label, Seconds


class GatewayReference(Group):
    """The Gateway that the route attaches to; the platform team owns it."""

    name: Label = "public"
    """Name of the Gateway."""
    namespace: Label = "gateway-system"
    """Namespace of the Gateway."""
    section: Label | None = "https"
    """Listener of the Gateway; null attaches to all."""


class EdgeSettings(Group):
    """How clients reach the server."""

    host: Host
    """Public host name. The same in every region: tokens are bound to it."""
    kind: Literal["gateway", "ingress"] = "gateway"
    """'gateway' emits an HTTPRoute, 'ingress' an Ingress."""
    implementation: Literal["envoy-gateway", "nginx", "other"] | None = None
    """Controller behind it. 'envoy-gateway' adds a BackendTrafficPolicy to the HTTPRoute, 'nginx' the annotations of
    that family to the Ingress. Derived: other for 'gateway', nginx for 'ingress'."""
    gateway: GatewayReference = GatewayReference()
    """The Gateway to attach to (kind 'gateway')."""
    ingress_class: str = "nginx"
    """Name of the IngressClass (kind 'ingress')."""
    client_namespace: Label | None = None
    """Namespace of the proxies that connect to the pods. Derived: 'envoy-gateway-system' for Envoy Gateway, else the
    Gateway's namespace; 'ingress-nginx' for an Ingress."""
    client_cidrs: list[Cidr] = []
    """Address ranges of proxies that are no pods, such as a cloud load balancer's."""
    tls_secret: Label | None = None
    """Secret with the certificate (kind 'ingress'). Derived: the server's name with '-tls'."""
    cluster_issuer: str | None = None
    """cert-manager ClusterIssuer that fills the certificate's Secret (kind 'ingress')."""
    affinity: Literal["auto", "none", "source-ip", "cookie", "session-hash", "gateway"] = "auto"
    """How a client stays on its pod. 'auto' is none for eras without sessions and source-ip for others;
    'gateway' says that an MCP-aware gateway does it, and emits nothing."""
    request_timeout_seconds: Annotated[int, Field(ge=0, le=86_400)] = 0
    """Request timeout of the route in seconds; 0 switches it off, which streams need."""
    idle_timeout_seconds: Seconds | None = None
    """How long a stream may be silent. Derived from the keep-alive period, or from the slowest tool."""
    annotations: dict[str, str] = {}
    """Further annotations of the HTTPRoute or the Ingress."""
