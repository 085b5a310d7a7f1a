"""One round: everything that is done with an endpoint within its time, and what it comes to."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import time
from collections.abc import Sequence

from ..eras import SESSION_ERAS, Era
from .answer import Answer, FailedError, check, own_error, quoted
from .clock import Clock
from .drift import drift
from .event_session import EventSession, event_session, refused
from .exchange import Exchange, Session
from .looks import look, metadata, without_token
from .metric_names import Phase
from .reasons import Reason
from .round import Round, Seen, private_note
from .versions import fits
from .watched import Check, Watched
from .wire import Wire, load

RESERVE_SHARE = 0.2
MOST_RESERVE_SECONDS = 2.0
"""What is kept of the time for the end of the session, which must come also when the time is over."""


async def probe(watched: Watched, context: ssl.SSLContext) -> Round:
    """One round with an endpoint. It never raises for what the endpoint does, and never takes longer than it may.

    :param context: what certificates are checked with; one serves all endpoints, since making it takes milliseconds.
    """
    await load()
    clock, seen = Clock(), Seen()
    now = asyncio.get_running_loop().time()
    reserve = min(MOST_RESERVE_SECONDS, watched.timeout_seconds * RESERVE_SHARE)
    end = now + watched.timeout_seconds
    failed: FailedError | None = None
    wire: Wire | None = None
    try:
        wire = Wire(
            watched.url,
            clock=clock,
            context=context,
            headers=watched.headers,
            max_bytes=watched.max_bytes,
            keep_cookies=watched.keep_cookies,
            deadline=end - reserve,
            end=end,
        )
        await _Conversation(Exchange(wire, watched, clock, seen)).run()
        _judge(watched, seen)
    except FailedError as problem:
        failed, problem.phase = problem, problem.phase or clock.phase
    finally:
        clock.switch(None)
        if wire is not None:
            seen.expires = wire.expires
            seen.address = wire.addresses[0] if wire.addresses else None
            note = private_note(wire.url.host, seen.address) if seen.address else None
            seen.notes += [note] if note else []
            with contextlib.suppress(Exception):
                await wire.close()
    if failed is None and watched.slow_seconds is not None and clock.total > watched.slow_seconds:
        failed = FailedError(
            Reason.SLOW, f"the round took {clock.total:.2f} s, and may take {watched.slow_seconds:g} s"
        )
    return Round(
        name=watched.name,
        address=watched.shown,
        at=time.time(),
        seconds=clock.total,
        phases={phase: clock.seconds[phase] for phase in Phase if phase in clock.seconds},
        seen=seen,
        reason=failed.reason if failed else None,
        detail=failed.seen if failed else "",
        phase=failed.phase if failed else None,
    )


def _judge(watched: Watched, seen: Seen) -> None:
    """Compare the tools with the expectation."""
    expectation = watched.expectation
    if expectation is None or seen.tools is None:
        return
    seen.drift = drift(expectation.tools, seen.tools)
    if seen.drift.breaking or (expectation.strict and seen.drift):
        raise FailedError(Reason.SCHEMA_DRIFT, seen.drift.words)


class _Conversation:
    """What one endpoint is asked, era by era."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self.watched = exchange.watched
        self.clock = exchange.clock
        self.seen = exchange.seen

    async def run(self) -> None:
        await self.exchange.wire.resolve()
        self.clock.switch(Phase.HANDSHAKE)
        try:
            await self._converse()
        except FailedError as failed:
            if failed.reason != Reason.AUTHORIZATION or failed.answer is None or failed.answer.status != 401:
                raise
            await self._refused(failed)

    async def _converse(self) -> None:
        for era in self.watched.eras or (None,):
            if era is None:
                await self._find()
            elif era == Era.MODERN:
                await self._spoken(_expected(await self.exchange.discover(), self.seen.supported))
            elif era == Era.SSE:
                await self._stream(sure=True)
            else:
                await self._initialized(era)
        if Check.AUTHORIZATION in self.watched.checks and "authorization" not in self.seen.checks:
            self.clock.switch(Phase.CHECKS)
            await without_token(self.exchange)

    async def _refused(self, failed: FailedError) -> None:
        """Without a token a refusal may be what is expected; clients must then find out where to get one."""
        if Check.AUTHORIZATION not in self.watched.checks or self.watched.headers:
            raise failed
        assert failed.answer is not None
        self.clock.switch(Phase.CHECKS)
        await metadata(self.exchange, failed.answer)

    async def _find(self) -> None:
        """The first era that the server answers to, in the order in which a client of today tries them."""
        version = self.watched.version
        modern = await self.exchange.discover() if version is None or fits(version, Era.MODERN) else None
        if modern is not None:
            await self._spoken(modern)
            return
        opened = await self.exchange.initialize()
        if isinstance(opened, Session):
            await self._spoken(opened)
        elif not await self._stream(sure=False):
            raise _no_handshake(opened, self.watched.shown)

    async def _initialized(self, era: Era) -> None:
        opened = await self.exchange.initialize()
        if isinstance(opened, Answer):
            raise _no_handshake(opened, self.watched.shown)
        async with self.exchange.ending_if_failed(opened):
            if opened.era != era:
                has = "gives sessions" if opened.era in SESSION_ERAS else "gives no session"
                raise FailedError(Reason.WRONG_ERA, f"it {has}, and {era} is expected")
        await self._spoken(opened)

    async def _stream(self, *, sure: bool) -> bool:
        async with event_session(self.exchange.wire, self.watched.url) as opened:
            if isinstance(opened, EventSession):
                try:
                    await self._spoken(await self.exchange.initialize_on(opened))
                finally:
                    # The stream is closed in any case, and the session is the stream.
                    self.seen.sessions_ended = self.seen.sessions_opened
                self.clock.switch(Phase.END)
                return True
        if sure:
            raise refused(opened, self.watched.shown)
        return False

    async def _spoken(self, session: Session) -> None:
        """Everything after the handshake, and the end of the session in any case."""
        exchange = self.exchange
        try:
            self.seen.eras.append(session.era)
            self.seen.versions.append(session.version)
            tools = None
            if session.tools:
                self.clock.switch(Phase.TOOLS)
                tools = await exchange.list_tools(session)
                self.seen.tools = tools if self.seen.tools is None else self.seen.tools
            if self.watched.call is not None:
                self.clock.switch(Phase.CALL)
                await exchange.call_tool(session, tools or {})
            if self.watched.affinity or self.watched.checks:
                self.clock.switch(Phase.CHECKS)
                await look(exchange, session, tools)
        except (FailedError, asyncio.CancelledError) as ended:
            # The end of the session is owed in any case; why the round failed is said already.
            if isinstance(ended, FailedError):
                ended.phase = self.clock.phase
            with contextlib.suppress(FailedError):
                await exchange.end(session)
            raise
        await exchange.end(session)


def _expected(session: Session | None, supported: Sequence[str]) -> Session:
    if session is None:
        said = f"names {', '.join(supported)} alone" if supported else "is not answered"
        raise FailedError(Reason.WRONG_ERA, f"server/discover {said}, and {Era.MODERN} is expected")
    return session


def _no_handshake(answer: Answer, url: str) -> FailedError:
    """Why neither handshake has led to a session: the answer to the second of them says it best."""
    try:
        check(answer, url)
    except FailedError as failed:
        return failed
    if answer.status == 200 and answer.data is None:
        return FailedError(Reason.INVALID_ANSWER, f"{quoted(answer)} to initialize, which is no answer to it")
    if own_error(answer):
        return FailedError(Reason.SERVER_ERROR, f"{quoted(answer)} to initialize")
    if "version" in quoted(answer).lower():
        return FailedError(Reason.WRONG_PROTOCOL_VERSION, f"{quoted(answer)} to initialize")
    return FailedError(Reason.HANDSHAKE_FAILED, f"{quoted(answer)} to initialize")
