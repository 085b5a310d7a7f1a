"""What a round looks at besides the exchange: affinity and equal tools, Origin, Host, authorization."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import messages
from .answer import Answer, FailedError, check, quoted
from .drift import drift
from .exchange import Exchange, Session
from .protected_resource import fault, places
from .reasons import Reason
from .watched import Check

FOREIGN_HOST = "mcp-probe.invalid"
"""A name that nobody can have: the top-level domain is reserved for that."""
FOREIGN_ORIGIN = f"https://{FOREIGN_HOST}"
_NO_ROUTE = 503
"""What HAProxy and OpenShift's router say of a host that no route has."""


async def look(exchange: Exchange, session: Session, tools: Mapping[str, Mapping[str, Any]] | None) -> None:
    """Every look that was asked for; :class:`FailedError` at the first that finds something wrong."""
    if session.stream is None:
        await affinity(exchange, session, tools)
        if Check.ORIGIN in exchange.watched.checks:
            await origin(exchange, session)
        if Check.HOST in exchange.watched.checks:
            await host(exchange, session)


async def affinity(exchange: Exchange, session: Session, tools: Mapping[str, Mapping[str, Any]] | None) -> None:
    """Further requests over new connections: the session is found each time, and the tools are the same."""
    count = exchange.watched.affinity
    for _ in range(count):
        await exchange.wire.reconnect()
        if session.id is not None or tools is None:
            answer = await exchange.request(session, "ping" if session.id is not None else "server/discover", {})
            if answer.data is None:
                raise FailedError(Reason.INVALID_ANSWER, f"{quoted(answer)} to ping")
        else:
            differ(tools, await exchange.list_tools(session))
    if count and session.id is not None and tools is not None:
        await _second_session(exchange, tools)
    if count:
        exchange.seen.checks["affinity"] = f"{count} of {count} requests over new connections were served"


async def _second_session(exchange: Exchange, tools: Mapping[str, Mapping[str, Any]]) -> None:
    """One session sees one pod only: a second one may see another."""
    await exchange.wire.reconnect()
    second = await exchange.initialize()
    if isinstance(second, Answer):
        raise FailedError(Reason.HANDSHAKE_FAILED, f"{quoted(second)} to a second initialize")
    try:
        differ(tools, await exchange.list_tools(second))
    finally:
        await exchange.end(second)


def differ(first: Mapping[str, Mapping[str, Any]], second: Mapping[str, Mapping[str, Any]]) -> None:
    """:class:`FailedError` if two answers of one round list different tools."""
    difference = drift(first, second)
    if difference:
        raise FailedError(Reason.SCHEMAS_DIFFER, f"two answers differ in {difference.words}")


async def origin(exchange: Exchange, session: Session) -> None:
    """A browser on a foreign page must not reach the server: the protocol demands a 403."""
    answer = await _asked(exchange, session, {"Origin": FOREIGN_ORIGIN})
    if answer is not None and answer.data is not None and answer.status == 200:
        raise FailedError(Reason.ORIGIN_ACCEPTED, f"HTTP 200 to a request with Origin {FOREIGN_ORIGIN}")
    _check_refusal(exchange, answer)
    exchange.seen.checks["origin"] = f"a foreign Origin is {_how(answer)}"


async def host(exchange: Exchange, session: Session) -> None:
    """A name that leads to the address by a trick must not reach the server (DNS rebinding)."""
    answer = await _asked(exchange, session, {"Host": FOREIGN_HOST})
    if answer is not None and answer.data is not None and answer.status == 200:
        raise FailedError(Reason.HOST_ACCEPTED, f"HTTP 200 to a request for the host {FOREIGN_HOST}")
    _check_refusal(exchange, answer, also=_NO_ROUTE)
    exchange.seen.checks["host"] = f"a foreign Host is {_how(answer)}"


async def _asked(exchange: Exchange, session: Session, extra: Mapping[str, str]) -> Answer | None:
    """A harmless request of the session with a header more; ``None`` if the connection is closed for an answer."""
    call = exchange.built(session, "tools/list", {})
    try:
        return await exchange.wire.post(call, extra=extra)
    except FailedError as failed:
        # How nginx (444) and several firewalls refuse.
        if failed.reason != Reason.CLOSED or failed.status:
            raise
    await exchange.wire.reconnect()
    return None


def _check_refusal(exchange: Exchange, answer: Answer | None, *, also: int | None = None) -> None:
    """:class:`FailedError` for an answer that refuses for something else than the header.

    :param also: a status of what is broken elsewhere, and a refusal here.
    """
    if answer is not None and answer.status != also and (answer.status in (408, 429) or answer.status >= 500):
        check(answer, exchange.watched.shown)


def _how(answer: Answer | None) -> str:
    if answer is None:
        return "refused: the connection is closed"
    return f"refused with HTTP {answer.status}" if answer.status != 200 else "answered by a page, and not by the server"


async def without_token(exchange: Exchange) -> None:
    """Without a token the server must refuse, and name where to get one."""
    call = messages.modern_call(exchange.number(), "server/discover", {})
    answer = await exchange.wire.post(call, bare=True)
    if answer.status != 401:
        if answer.status not in (400, 404, 405) and answer.data is None:
            check(answer, exchange.watched.shown)
        raise FailedError(Reason.AUTHORIZATION_MISSING, f"{quoted(answer)} to a request without a token")
    await metadata(exchange, answer)


async def metadata(exchange: Exchange, refusal: Answer) -> None:
    """The metadata of the protected resource, where clients look for them."""
    found = []
    for place in places(refusal, exchange.watched.url):
        answer = await exchange.wire.send("GET", url=place, headers={"Accept": messages.JSON}, bare=True)
        wrong = fault(answer, exchange.watched.url)
        if wrong is None:
            exchange.seen.checks["authorization"] = f"refused without a token; metadata at {place.partition('?')[0]}"
            return
        found.append(f"{place.partition('?')[0]}: {wrong}")
    raise FailedError(Reason.AUTHORIZATION_METADATA, f"refused with HTTP 401; {'; '.join(found)}")
