"""How clients reach the server of a stack."""

from typing import Self

from pydantic import model_validator

from ..fields import Host, Label, MissingValueError, same
from ..keys.edge import ClientKeys, ControllerKeys, GatewayReference, HostKeys, PropagationKeys, RouteKeys
from ..keys.patches import EdgePatchKeys


class EdgeSettings(EdgePatchKeys, PropagationKeys, ClientKeys, RouteKeys, ControllerKeys):
    """How clients reach the server."""

    host: Host | None = same(HostKeys, "host", default=None)
    gateway: GatewayReference = GatewayReference()
    """The Gateway to attach to (kind 'gateway')."""
    client_namespace: Label | None = None
    """Namespace of the proxies that connect to the pods. Derived: where the implementation runs them, such as
    'envoy-gateway-system', 'ingress-nginx' or the namespace of the Gateway. With kind 'none' that of the workloads that
    use the server."""

    @model_validator(mode="after")
    def _is_reachable(self) -> Self:
        if self.kind != "none" and self.host is None:
            raise MissingValueError("no host is given: give host, the public name, or kind 'none'")
        return self
