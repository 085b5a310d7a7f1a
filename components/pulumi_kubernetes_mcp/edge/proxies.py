"""What serves a Gateway, and whether its proxies are taken to be where nothing says that they are. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from .implementations import IMPLEMENTATIONS, Implementation


def by_controller(name: str) -> Implementation | None:
    """The row that serves GatewayClasses of a controller, if one does."""
    return next((row for row in IMPLEMENTATIONS.values() if name in row.gateway_controllers), None)


_BY_CLASS = {
    "cilium": "cilium",
    "istio": "istio",
    "kgateway": "kgateway",
    "agentgateway": "agentgateway",
    "nginx": "nginx-gateway-fabric",
    "openshift-default": "istio",
    "traefik": "traefik",
}
"""GatewayClasses as the implementations, or the platform, install them."""
_OF_GKE = "gke-l7-"
"""How the names of the classes of GKE begin."""


def by_gateway_class(name: str | None) -> str | None:
    """The implementation that installs a GatewayClass of a name; ``None`` where the name says nothing."""
    if name is None:
        return None
    return "gke" if name.startswith(_OF_GKE) else _BY_CLASS.get(name)


def proxies_assumed(
    row: Implementation, *, kind: str, implementation: str | None, given: str | None, cidrs: Sequence[str], gateway: str
) -> bool:
    """Whether the namespace of the proxies is taken to be the Gateway's and nothing says so.

    In the namespace that an implementation installs its proxies in, a Gateway has them beside it in either case.

    :param given: the namespace of the proxies, where it is named.
    :param gateway: namespace of the Gateway.
    """
    told = implementation is not None or given is not None or bool(cidrs)
    return (
        kind == "gateway"
        and row.name == "other"
        and not told
        and all(gateway != one.namespace for one in IMPLEMENTATIONS.values())
    )
