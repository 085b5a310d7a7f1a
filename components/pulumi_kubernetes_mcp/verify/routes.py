"""Routes, hosts and tokens: what is asked with one request each, and leaves nothing behind."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ..measuring.target import Target
from ..probe import protected_resource
from ..probe.answer import Answer
from ..probe.page import is_page
from ..settings.verified import VerifiedAuthorization, VerifiedHosts
from ..urls import joined
from .checks import Check
from .observed import Observed, Slash
from .request import PUBLIC_HOST, Request
from .wire import Wire

FOREIGN_HOST = "mcp-stack-verify.invalid"
"""A name that is nobody's: RFC 2606 keeps .invalid free."""
NOBODYS_PATH = "/mcp-stack-verify/nobody-has-this"
POD_ADDRESS = "10.20.30.40"
"""An address as a pod has it, for a probe that names no host."""


async def look_at_routes(wire: Wire, request: Request, seen: Observed) -> None:
    """Health, liveness and metrics."""
    nobodys = await wire.get(NOBODYS_PATH, probe_host(wire))
    seen.health_path = await _first(wire, request.health_paths, seen, nobodys)
    seen.liveness_path = await _first(wire, request.liveness_paths, seen, nobodys)
    seen.metrics_path = await _first(wire, request.metrics_paths, seen, nobodys)


async def _first(wire: Wire, paths: Sequence[str], seen: Observed, nobodys: Answer) -> str | None:
    """The first route that answers 200; all that were asked are noted. They are asked as a stack's probes ask.

    :param nobodys: the answer at a path that nobody has, which is that of a route of a program that answers everything.
    """
    for path in paths:
        answer = await wire.get(path, probe_host(wire))
        if answer.status == nobodys.status == 200 and _alike(answer, nobodys):
            seen.catch_all.append(path)
            continue
        seen.routes[path] = answer.status
        if answer.status == 200:
            return path
    return None


def _alike(one: Answer, other: Answer) -> bool:
    """Whether two answers are one: a page for people may hold the path that was asked."""
    pages = is_page(one.content_type, one.body) and is_page(other.content_type, other.body)
    return pages or (one.content_type, one.body) == (other.content_type, other.body)


def probe_host(wire: Wire) -> dict[str, str]:
    """The host that the probes of a stack name."""
    return {"Host": f"localhost:{wire.target.port}"} if wire.target.loopback else {}


async def look_at_hosts(wire: Wire, request: Request, seen: Observed) -> None:
    """What the checks of Host and Origin let through."""
    found: dict[str, Any] = {"name": request.host or PUBLIC_HOST}
    if wire.target.loopback:
        found["public"] = (await _harmless(wire, seen, {"Host": found["name"]})).status
        found["foreign"] = (await _harmless(wire, seen, {"Host": FOREIGN_HOST})).status
        if seen.health_path is not None:
            found["probe"] = seen.routes[seen.health_path]
            pod = {"Host": f"{POD_ADDRESS}:{wire.target.port}"}
            found["pod"] = (await wire.get(seen.health_path, pod)).status
    else:
        why = "the address is not the server's own, and the name belongs to what stands before it; use --start"
        seen.unseen[Check.HOST] = seen.unseen[Check.PROBE_HOST] = why
    found["origin"] = (await _harmless(wire, seen, {"Origin": f"https://{FOREIGN_HOST}"})).status
    seen.hosts = VerifiedHosts(**found)


async def _harmless(wire: Wire, seen: Observed, headers: dict[str, str], url: str | None = None) -> Answer:
    """A request to the endpoint that succeeds if nothing refuses it; a session that it opens is ended."""
    if seen.streams_alone:
        return await wire.knock(headers, url)
    if "modern" in seen.eras:
        return await wire.discover(headers, url)
    answer = await wire.initialize(headers, url)
    if (session := session_of(answer)) is not None:
        await wire.delete(session)
    return answer


def session_of(answer: Answer) -> str | None:
    """The session that a handshake opened; an answer that is an error may name one that is gone already."""
    return answer.headers.get("mcp-session-id") if answer.status == 200 else None


async def look_at_slash(wire: Wire, seen: Observed) -> None:
    """The endpoint with a slash more, or less, as a proxy in front of TLS forwards it."""
    url, query, rest = wire.target.url.partition("?")
    other = url.rstrip("/") if url.endswith("/") else f"{url}/"
    if other.count("/") < 3:
        seen.unseen[Check.SLASH] = "the endpoint is the root"
        return
    answer = await _harmless(wire, seen, {"X-Forwarded-Proto": "https"}, f"{other}{query}{rest}")
    seen.slash = Slash(
        answer.status, (joined(other, answer.headers.get("location", "")) or "") if _moved(answer) else ""
    )


def _moved(answer: Answer) -> bool:
    return 300 <= answer.status < 400 and "location" in answer.headers


async def look_at_authorization(wire: Wire, bare: Wire, seen: Observed) -> None:
    """Whether a token is asked for, and whether the server says where to get one.

    :param bare: a client without the headers that were given.
    """
    refused = await _harmless(bare, seen, {})
    metadata = False
    for place in protected_resource.places(refused, wire.target.url):
        path = place.removeprefix(wire.base)
        metadata = metadata or _is_metadata(await bare.get(path, probe_host(wire)), wire.target)
    seen.authorization = VerifiedAuthorization(
        required=refused.status == 401,
        metadata=metadata,
        named=protected_resource.named(refused) is not None,
    )


def _is_metadata(answer: Answer, target: Target) -> bool:
    """Whether it is the metadata of a protected resource (RFC 9728). At loopback it may be that of a public address."""
    if not target.loopback:
        return protected_resource.fault(answer, target.url) is None
    try:
        found = json.loads(answer.body)
    except ValueError:
        return False
    resource = found.get("resource") if isinstance(found, dict) else None
    return isinstance(resource, str) and protected_resource.fault(answer, resource) is None
