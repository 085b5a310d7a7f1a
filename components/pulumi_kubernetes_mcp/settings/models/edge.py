"""How clients reach the server of a stack."""

from ..fields import Cidr, Label
from ..keys.edge import ControllerKeys, GatewayReference, HostKeys, RouteKeys


class EdgeSettings(RouteKeys, ControllerKeys, HostKeys):
    """How clients reach the server."""

    gateway: GatewayReference = GatewayReference()
    """The Gateway to attach to (kind 'gateway')."""
    client_namespace: Label | None = None
    """Namespace of the proxies that connect to the pods. Derived: 'envoy-gateway-system' for Envoy Gateway, else the
    Gateway's namespace; 'ingress-nginx' for an Ingress."""
    client_cidrs: list[Cidr] = []
    """Address ranges of proxies that are no pods, such as a cloud load balancer's."""
