"""Who a client is, behind other proxies: what the listener is told, in the words of each implementation. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network

from ..kubernetes.objects import Spec
from ..settings.keys.edge_clients import ClientAddress
from .abilities import CLIENT_ADDRESS, NO_CLIENT_ADDRESS
from .implementations import Implementation

LEAST_PREFIX = {4: 8, 6: 7}
"""Bits that a range of trusted proxies has at least, by the version of its addresses: no network of one's own is larger
than 10.0.0.0/8 (RFC 1918) and fc00::/7 (RFC 4193)."""


def envoy_settings(told: ClientAddress) -> Spec:
    """Envoy Gateway: what a ClientTrafficPolicy says. The number is that of the proxies in front; its translator takes
    one off for the one that Envoy sees itself (internal/xds/translator/listener.go)."""
    believed: Spec = {}
    if told.trusted_hops is not None:
        believed = {"numTrustedHops": told.trusted_hops}
    elif told.trusted_cidrs:
        believed = {"trustedCIDRs": list(told.trusted_cidrs)}
    return {
        **({"clientIPDetection": {"xForwardedFor": believed}} if believed else {}),
        **({"proxyProtocol": {"optional": False}} if told.proxy_protocol else {}),
    }


def kgateway_settings(told: ClientAddress) -> tuple[Spec, Spec]:
    """kgateway: what a ListenerPolicy says of the listener, and of HTTP there."""
    hops: Spec = {} if told.trusted_hops is None else {"xffNumTrustedHops": told.trusted_hops}
    return ({"proxyProtocol": {}} if told.proxy_protocol else {}), hops


def untold(row: Implementation, told: ClientAddress) -> Iterator[tuple[str, str, str]]:
    """The key, why the edge is not told it, and what would help; an empty key for all of it."""
    if row.name not in CLIENT_ADDRESS:
        yield "", f"no object of the route tells '{row.name}'", NO_CLIENT_ADDRESS[row.name]
        return
    if told.trusted_hops is not None and told.trusted_cidrs:
        yield "trusted_cidrs", "a number and ranges are given, and one of them decides", "Give one of them."
    elif told.trusted_hops is None and not told.trusted_cidrs and not told.proxy_protocol:
        yield "", "nothing is said", "Give ⟦trusted_hops⟧, ⟦trusted_cidrs⟧ or ⟦proxy_protocol⟧, or leave it out."
    elif told.trusted_cidrs and row.name == "kgateway":
        yield "trusted_cidrs", "'kgateway' counts proxies, and knows no ranges", "Give ⟦trusted_hops⟧."


def too_wide(cidrs: Sequence[str]) -> list[str]:
    """Ranges that hold more than any network of one's own, with those that lie side by side taken together."""
    networks = [ip_network(cidr, strict=False) for cidr in cidrs]
    four = list(collapse_addresses(one for one in networks if isinstance(one, IPv4Network)))
    six = list(collapse_addresses(one for one in networks if isinstance(one, IPv6Network)))
    together: list[IPv4Network | IPv6Network] = [*four, *six]
    return [str(one) for one in together if one.prefixlen < LEAST_PREFIX[one.version]]
