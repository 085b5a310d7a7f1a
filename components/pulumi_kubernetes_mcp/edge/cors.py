"""Web pages that call the server: what a browser is answered, and whose Origin is refused. Pure.

A browser asks before a call that no form could make (the preflight), and reads of an answer only what is exposed to
it. Every other client sends no Origin: nothing here touches it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from ..eras import LEGACY_ERAS, EraProfile
from ..inputs.outputs import mapped
from ..kubernetes.objects import Spec
from ..settings.keys.edge_access import Cors
from .abilities import ORIGIN
from .implementations import Implementation

ANY = "*"
_BELOW = "*."
NO_ORIGIN = "!('origin' in request.headers)"
"""What every client but a browser is, in Envoy's CEL."""


@dataclass(frozen=True, kw_only=True)
class CorsSpec:
    """Everything that an edge is told of web pages, settled."""

    origins: Sequence[str]
    own: Sequence[pulumi.Input[str]]
    """The origins of the route's own hosts."""
    refuses: bool
    credentials: bool
    methods: Sequence[str]
    headers: Sequence[str]
    exposed: Sequence[str]
    max_age_seconds: int


def refuses(cors: Cors, row: Implementation) -> bool:
    """Whether the edge refuses other Origins."""
    if cors.refuse_others is not None:
        return cors.refuse_others and row.name in ORIGIN
    return row.name in ORIGIN and ANY not in cors.origins


def cors_spec(
    cors: Cors, eras: EraProfile, row: Implementation, hosts: Sequence[pulumi.Input[str]], *, authorization: bool
) -> CorsSpec:
    """What follows from the keys and the eras.

    A legacy client opens streams by GET and ends sessions by DELETE; metadata are read by GET.
    """
    legacy = not LEGACY_ERAS.isdisjoint(eras.eras)
    methods = [*(["GET"] if legacy or authorization else []), "POST", *(["DELETE"] if legacy else []), "OPTIONS"]
    exposed = ["Mcp-Session-Id"] if legacy else []
    return CorsSpec(
        origins=tuple(dict.fromkeys(cors.origins)),
        own=[mapped(host, lambda name: f"https://{name}") for host in hosts],
        refuses=refuses(cors, row),
        credentials=cors.credentials,
        methods=methods,
        headers=_once(*eras.request_headers, "Content-Type", *cors.headers),
        exposed=_once(*exposed, "WWW-Authenticate", "Retry-After", *cors.exposed),
        max_age_seconds=cors.max_age_seconds,
    )


def _once(*names: str) -> list[str]:
    """Each header once, in its first spelling."""
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(name.lower(), name)
    return list(found.values())


def answer(cors: CorsSpec) -> Spec:
    """The answer to a preflight, in the words that the Gateway API and Envoy Gateway share."""
    return {
        "allowOrigins": list(cors.origins),
        "allowMethods": list(cors.methods),
        "allowHeaders": list(cors.headers),
        "exposeHeaders": list(cors.exposed),
        **({"allowCredentials": True} if cors.credentials else {}),
    }


def http_filter(cors: CorsSpec) -> Spec:
    """The filter of an HTTPRoute, where an age is a number."""
    return {"type": "CORS", "cors": {**answer(cors), "maxAge": cors.max_age_seconds}}


def envoy_cors(cors: CorsSpec) -> Spec:
    """The same in a SecurityPolicy, where it is a duration."""
    return {**answer(cors), "maxAge": f"{cors.max_age_seconds}s"}


def envoy_authorization(cors: CorsSpec) -> Spec:
    """Whose requests pass: those without an Origin, and those of a listed one. Everything else is refused with 403.

    What cannot be evaluated matches nothing, so a fault refuses and lets nobody in.
    """
    exact = [*(one for one in cors.origins if _BELOW not in one), *(one for one in cors.own if not _is_below(one))]
    below = [*(one for one in cors.origins if _BELOW in one), *(one for one in cors.own if _is_below(one))]
    rules: list[Spec] = [{"name": "no-origin", "action": "Allow", "cel": NO_ORIGIN}]
    listed = {"headers": [{"name": "Origin", "values": exact}]}
    rules += [{"name": "listed-origins", "action": "Allow", "principal": listed}] if exact else []
    rules += [
        {"name": f"names-below-{number}", "action": "Allow", "cel": _cel(str(one))}
        for number, one in enumerate(below, start=1)
    ]
    return {"defaultAction": "Deny", "rules": rules}


def _is_below(origin: pulumi.Input[str]) -> bool:
    return isinstance(origin, str) and _BELOW in origin


def _cel(origin: str) -> str:
    """Whether an Origin is a name below another one. It has no path and no port of its own, so the end decides."""
    scheme, end = origin.split(_BELOW, 1)
    sent = "request.headers['origin']"
    return f"{sent}.startsWith('{scheme}') && {sent}.endsWith('.{end}')"


def nginx_cors(cors: CorsSpec) -> Mapping[str, str]:
    """What ingress-nginx is told, by the end of the annotation. It allows credentials unless it is told not to."""
    if not cors.origins:
        return {}
    return {
        "enable-cors": "true",
        "cors-allow-origin": ", ".join(cors.origins),
        "cors-allow-methods": ", ".join(cors.methods),
        "cors-allow-headers": ", ".join(cors.headers),
        "cors-expose-headers": ", ".join(cors.exposed),
        "cors-allow-credentials": "true" if cors.credentials else "false",
        "cors-max-age": str(cors.max_age_seconds),
    }
