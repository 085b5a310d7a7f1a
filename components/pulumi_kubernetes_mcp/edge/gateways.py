"""A Gateway or a listener of a route's own: where it cannot be. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from .abilities import LISTENER_SET, NO_LISTENER_SET, NO_OWN_GATEWAY
from .implementations import IMPLEMENTATIONS
from .proxies import by_gateway_class
from .spec import EdgeSpec

CLASS, SET = "gateway_class", "gateway_listener_set"


def refused(edge: EdgeSpec, *, both: bool) -> Iterator[tuple[str, str, str]]:
    """The key, why nothing serves what it makes, and what would.

    :param both: whether a Gateway and a ListenerSet are asked for.
    """
    name, several = edge.row.name, len(edge.hosts) > 1
    if both:
        yield SET, "a Gateway of one's own has its listener already", "Leave it out."
    if edge.gateway_class is not None:
        installs = by_gateway_class(edge.gateway_class)
        if installs not in (None, name) and name != "other":
            yield (
                CLASS,
                f"'{edge.gateway_class}' is the class that {IMPLEMENTATIONS[str(installs)].title} brings along, and "
                f"none of '{name}'",
                f"Name a class of '{name}', or set ⟦implementation⟧ to '{installs}'.",
            )
        if name in NO_OWN_GATEWAY:
            yield CLASS, NO_OWN_GATEWAY[name], "Name a Gateway that is there, and leave it out."
        elif edge.row.in_gateway_namespace and edge.namespace == edge.gateway_namespace:
            why = "the proxies would run among the server's pods, whose namespace is closed to them and has a quota"
            yield CLASS, why, "Let ⟦gateway_namespace⟧ be another namespace."
        elif several and edge.cluster_issuer is not None:
            why = "cert-manager reads the one host of a listener, and the route has several"
            yield (
                CLASS,
                why,
                "Give one host, or ⟦tls_secret⟧ with a certificate of all of them and no ⟦cluster_issuer⟧.",
            )
    if edge.listener_set:
        yield from _set_refused(edge, several)


def _set_refused(edge: EdgeSpec, several: bool) -> Iterator[tuple[str, str, str]]:
    name = edge.row.name
    if name not in LISTENER_SET:
        yield SET, NO_LISTENER_SET[name], "Let the platform add the listener, and leave it out."
    elif several:
        yield SET, "a listener has one host, and the route has several", "Give one host."
    elif edge.affinity == "envelope":
        why = (
            "the affinity 'envelope' patches a listener by the name that Envoy Gateway gives one of the Gateway itself"
        )
        yield SET, why, "Use another affinity, or a listener of the Gateway."
    elif edge.max_headers is not None:
        yield SET, "the limit of headers is that of the Gateway's own listener", "Leave ⟦max_headers⟧ out."
    elif edge.client_address is not None and edge.client_address.proxy_protocol:
        why = "the PROXY protocol is spoken by a whole port, which the Gateway shares with others"
        yield SET, why, "Let the platform say it of the Gateway."
