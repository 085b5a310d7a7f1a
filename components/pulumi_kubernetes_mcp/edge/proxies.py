"""Where proxies run, what serves a Gateway, and whether they are taken to be where nothing says so. Pure."""

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


def proxies_namespace(
    row: Implementation,
    *,
    kind: str,
    given: str | None,
    gateway: str,
    ingress_class: object,
    cidrs: Sequence[str],
    unnamed: bool = False,
) -> str | None:
    """The namespace of the proxies: the given one, or that of the row; ``None`` if they have none or it is not known.

    An IngressClass of another name is another installation, which may run anywhere. A Gateway of an implementation that
    is not named has its proxies beside it, as GEP-1762 wants it, unless addresses say that they are no pods. Of one
    that is said to be none of those that are known, nothing is taken for granted.

    :param unnamed: whether no implementation is named.
    """
    if given is not None or not row.pods or kind == "none":
        return given
    if row.in_gateway_namespace or (unnamed and kind == "gateway" and row.name == "other" and not cidrs):
        return gateway
    if kind == "ingress" and ingress_class not in (None, row.ingress_class):
        return None
    return row.namespace


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
