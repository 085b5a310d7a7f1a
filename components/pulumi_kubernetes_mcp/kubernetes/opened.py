"""Whom a network policy lets in to the pods that it selects, as an object of Kubernetes says it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

from .selectors import matches
from .untyped import items_of, map_of, maps_of

POLICY, CILIUM = "NetworkPolicy", "CiliumNetworkPolicy"
_GROUPS = {POLICY: "networking.k8s.io/", CILIUM: "cilium.io/"}
_SELECTORS = {POLICY: "podSelector", CILIUM: "endpointSelector"}
_WORLD = {
    "all": ("0.0.0.0/0", "::/0"),
    "world": ("0.0.0.0/0", "::/0"),
    "world-ipv4": ("0.0.0.0/0",),
    "world-ipv6": ("::/0",),
}
"""Entities of Cilium that hold every address outside of the cluster."""
_SOURCES = ("k8s:", "any:")
"""Where Cilium takes a label from, before its name."""


@dataclass(frozen=True)
class Opened:
    """Whom a policy lets in by their addresses."""

    everybody: bool
    """Whether a rule names nobody, which lets in everybody."""
    cidrs: tuple[str, ...]


def opened(kind: str, spec: Any) -> Opened:
    """Whom a policy of a kind lets in; nobody for any other kind."""
    spec = map_of(spec)
    rules = maps_of(spec.get("ingress"))
    if kind == CILIUM:
        # A rule that names nobody lets in nobody there.
        return Opened(False, tuple(_known(cidr for rule in rules for cidr in _of_cilium(rule))))
    types = spec.get("policyTypes")
    if kind != POLICY or (types is not None and "Ingress" not in items_of(types)):
        return Opened(False, ())
    everybody = any(rule.get("from") is None or rule["from"] == [] for rule in rules)
    peers = (peer for rule in rules for peer in maps_of(rule.get("from")))
    return Opened(everybody, tuple(_known(map_of(peer.get("ipBlock")).get("cidr") for peer in peers)))


def _of_cilium(rule: Mapping[str, Any]) -> Iterator[Any]:
    yield from (cidr for one in items_of(rule.get("fromEntities")) for cidr in _WORLD.get(str(one), ()))
    yield from items_of(rule.get("fromCIDR"))
    yield from (one.get("cidr") for one in maps_of(rule.get("fromCIDRSet")))


def _known(cidrs: Iterable[Any]) -> Iterator[str]:
    """The ranges that can be read; of others the API says what is wrong."""
    for cidr in cidrs:
        with suppress(ValueError):
            if isinstance(cidr, str):
                ip_network(cidr, strict=False)
                yield cidr


def selects(one: Mapping[str, Any], labels: Iterable[Mapping[str, Any]]) -> bool:
    """Whether an object is a network policy for pods of which some have these labels."""
    kind = str(one.get("kind"))
    if not str(one.get("apiVersion")).startswith(_GROUPS.get(kind, "-")):
        return False
    given = map_of(map_of(one.get("spec")).get(_SELECTORS[kind]))
    return any(matches(_plain(given) if kind == CILIUM else given, pod) for pod in labels)


def _plain(selector: Mapping[str, Any]) -> dict[str, Any]:
    """A selector of Cilium without the sources of its labels."""
    return {
        "matchLabels": {_name(key): value for key, value in map_of(selector.get("matchLabels")).items()},
        "matchExpressions": [
            {**one, "key": _name(str(one.get("key")))} for one in maps_of(selector.get("matchExpressions"))
        ],
    }


def _name(label: str) -> str:
    for source in _SOURCES:
        label = label.removeprefix(source)
    return label
