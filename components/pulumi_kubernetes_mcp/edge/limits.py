"""How much may come through: the size of a request and their number, in the words of each implementation. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from ..kubernetes.objects import Spec
from ..settings.keys.edge_limits import RateLimit
from .abilities import NO_RATE, RATE
from .implementations import Implementation

SDK_BODY_BYTES = 4 * 2**20
"""The Python SDK refuses bodies above 4 MiB; an edge that is not stricter leaves the 413 to one hop."""
METHOD_HEADER = "Mcp-Method"
EVERYBODY = ("0.0.0.0/0", "::/0")
"""Every address, in both families: one of them alone lets the clients of the other pass uncounted."""
_SECONDS: Mapping[str, int] = MappingProxyType({"second": 1, "minute": 60, "hour": 3600})
_NGINX: Mapping[str, str] = MappingProxyType({"second": "limit-rps", "minute": "limit-rpm"})
_HAPROXY: Mapping[str, str] = MappingProxyType({"second": "1s", "minute": "1m", "hour": "1h"})


def per_minute(limit: RateLimit) -> float:
    """Requests that a limit lets pass in a minute."""
    return limit.requests * 60 / _SECONDS[limit.unit]


def body_size(max_body: int | None) -> str:
    """The largest body as nginx writes it: whole MiB or KiB, rounded up; that of the SDKs where none is given."""
    kibibytes = -(-(SDK_BODY_BYTES if max_body is None else max_body) // 1024)
    return f"{kibibytes // 1024}m" if kibibytes % 1024 == 0 else f"{kibibytes}k"


def envoy_buffer(max_body: int | None) -> Spec:
    """Envoy Gateway: a request is read whole before it goes on, and one that is larger is refused. Answers stream."""
    if max_body is None:
        return {}
    kibibytes = -(-max_body // 1024)
    limit = f"{kibibytes // 1024}Mi" if kibibytes % 1024 == 0 else f"{kibibytes}Ki"
    return {"requestBuffer": {"limit": limit}}


def envoy_rates(limits: Sequence[RateLimit]) -> Spec:
    """Envoy Gateway: the rules of each place that counts."""
    told = {
        place: {"rules": rules}
        for place, counted in (("local", "proxy"), ("global", "together"))
        if (rules := [rule for limit in limits if limit.counted == counted for rule in _envoy_rules(limit)])
    }
    return {"rateLimit": told} if told else {}


def _envoy_rules(limit: RateLimit) -> Iterator[Spec]:
    most = {"requests": limit.requests, "unit": limit.unit.capitalize()}
    called = {"headers": [_header(limit.methods)]} if limit.methods else {}
    if limit.by == "route":
        yield {**({"clientSelectors": [called]} if called else {}), "limit": most}
        return
    for family in EVERYBODY:
        yield {"clientSelectors": [{**called, "sourceCIDR": {"type": "Distinct", "value": family}}], "limit": most}


def _header(methods: Sequence[str]) -> Spec:
    names = list(dict.fromkeys(methods))
    if len(names) == 1:
        return {"name": METHOD_HEADER, "type": "Exact", "value": names[0]}
    words = "|".join(re.sub(r"[.$]", r"\\\g<0>", name) for name in names)
    return {"name": METHOD_HEADER, "type": "RegularExpression", "value": f"^({words})$"}


def nginx_rates(limits: Sequence[RateLimit]) -> Mapping[str, str]:
    """ingress-nginx: an address, by the second or the minute. Five times as many may come at once (its default)."""
    return {_NGINX[limit.unit]: str(limit.requests) for limit in limits if limit.unit in _NGINX}


def haproxy_rates(limits: Sequence[RateLimit]) -> Mapping[str, str]:
    """HAProxy: an address; its own status is 403, which no client takes for 'later'."""
    return {
        key: value
        for limit in limits[:1]
        for key, value in (
            ("rate-limit-requests", str(limit.requests)),
            ("rate-limit-period", _HAPROXY[limit.unit]),
            ("rate-limit-status-code", "429"),
        )
    }


def undone(row: Implementation, limits: Sequence[RateLimit]) -> Iterator[tuple[int, str]]:
    """The place of each limit that the implementation cannot keep, and why."""
    taken: set[object] = set()
    for place, limit in enumerate(limits):
        if row.name not in RATE:
            where = NO_RATE.get(row.name)
            yield place, f"no object of the route tells '{row.name}' of a rate{'' if where is None else f': {where}'}"
        elif row.name == "envoy-gateway":
            whole = limit.by == "route" and not limit.methods
            if whole and limit.counted in taken:
                yield place, "one limit of the whole route is there already, and Envoy Gateway takes no second"
            if whole:
                taken.add(limit.counted)
        else:
            if why := _beyond_addresses(row, limit, taken):
                yield place, why
            taken.add(limit.unit)


def _beyond_addresses(row: Implementation, limit: RateLimit, taken: set[object]) -> str:
    """Why annotations cannot say a limit: they count requests of an address, and each of them stands once."""
    name = row.name
    if limit.methods:
        return f"'{name}' counts requests, whatever their method"
    if limit.by == "route":
        return f"'{name}' counts by address alone"
    if limit.counted == "together":
        return f"each proxy of '{name}' counts by itself"
    if name == "nginx" and limit.unit not in _NGINX:
        return f"'{name}' counts by the second or by the minute"
    if limit.unit in taken or (name == "haproxy" and taken):
        return f"'{name}' takes one limit" + (f" by the {limit.unit}" if name == "nginx" else "")
    return ""
