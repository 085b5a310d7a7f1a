"""Clients that call all the time, with the exchange of the probe: each call is one, and what became of it is written
down."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Mapping, Sequence
from typing import Any

from ..eras import Era
from ..probe import messages
from ..probe.answer import FailedError
from ..probe.clock import Clock
from ..probe.event_session import EventSession, event_session, refused
from ..probe.exchange import Exchange, Session, judge_call
from ..probe.metric_names import Phase
from ..probe.reasons import Reason
from ..probe.round import Seen
from ..probe.versions import MODERN
from ..probe.watched import Watched
from ..probe.wire import Wire
from .model import Call, Held, Pace, Pod

CALL_WORD = "{call}"
"""Stands in an argument for words that no other call has, so that what is done twice is seen."""
END_SECONDS = 2.0
"""For the end of a session, when everything is over."""
_MOST_DETAIL = 300


class Clients:
    """All clients of one run, and what they saw."""

    def __init__(self, watched: Sequence[Watched], pace: Pace, context: ssl.SSLContext, run: str) -> None:
        """
        :param watched: an endpoint for each era, which is the first of its eras.
        :param run: words that no other run has.
        """
        self.calls: list[Call] = []
        self.pace = pace
        self.run = run
        self._context = context
        self._start = asyncio.get_running_loop().time()
        self._over = asyncio.Event()
        self._clients = [Client(self, one, number) for one in watched for number in range(pace.clients)]
        self._tasks: list[asyncio.Task[None]] = []

    def now(self) -> float:
        """Seconds since the first call."""
        return asyncio.get_running_loop().time() - self._start

    def begin(self) -> None:
        """Let all of them call, spread over the time between two calls."""
        gap = 1 / self.pace.rate / max(1, len(self._clients))
        self._tasks = [asyncio.create_task(client.call_on(gap * number)) for number, client in enumerate(self._clients)]

    def wire(self, watched: Watched, clock: Clock, url: str | None = None) -> Wire:
        """A connection to the endpoint of a client, or to another address with the same headers."""
        now = asyncio.get_running_loop().time()
        return Wire(
            url or watched.url,
            clock=clock,
            context=self._context,
            headers=watched.headers,
            max_bytes=watched.max_bytes,
            keep_cookies=watched.keep_cookies,
            deadline=now + self.pace.timeout,
            end=now + self.pace.timeout + END_SECONDS,
        )

    async def held(self, pods: Sequence[Pod]) -> list[Held]:
        """The sessions that are open, each with the pod that knows it, where every pod can be asked."""
        found = []
        for client in self._clients:
            session = client.session
            if session is None or (session.id is None and session.stream is None):
                continue
            pod = await client.holder(pods) if all(one.url for one in pods) else None
            found.append(Held(era=client.era, client=client.number, session=client.sessions, pod=pod))
        return found

    def quiet(self, since: float) -> bool:
        """Whether each client has called since then, and none of the calls failed."""
        late = [call for call in self.calls if call.ended >= since]
        called = {(call.era, call.client) for call in late if not call.opening}
        return len(called) == len(self._clients) and all(call.reason is None for call in late)

    async def end(self) -> None:
        """Let each come to the end of its call, and end its session."""
        self._over.set()
        for done in await asyncio.gather(*self._tasks, return_exceptions=True):
            if isinstance(done, Exception):
                raise done

    @property
    def over(self) -> asyncio.Event:
        """Set at the end."""
        return self._over


class Client:
    """One client of one era: one call after another, in one session after another where its era has them."""

    def __init__(self, clients: Clients, watched: Watched, number: int) -> None:
        self.watched = watched
        self.era = watched.eras[0]
        self.number = number
        self.session: Session | None = None
        self.sessions = 0
        self._clients = clients
        self._clock = Clock()
        self._seen = Seen()
        self._wire: Wire | None = None
        self._exchange: Exchange | None = None
        self._stream = contextlib.AsyncExitStack()
        self._tools: Mapping[str, Mapping[str, Any]] = {}
        self._sent = 0

    async def call_on(self, delay: float) -> None:
        """Call until the end of the run."""
        try:
            await self._pause(delay)
            while not self._clients.over.is_set():
                begun = self._clients.now()
                await self._once()
                await self._pause(begun + 1 / self._clients.pace.rate - self._clients.now())
        finally:
            await self._leave()

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._clients.over.wait(), max(0.0, seconds))

    async def _once(self) -> None:
        if self.session is None and not await self._noted(self._open, opening=True):
            return
        await self._noted(self._call)

    async def _noted(self, work: Any, *, opening: bool = False) -> bool:
        """Do it within the time of a call, and write down what became of it."""
        begun, failed = self._clients.now(), None
        session = self.sessions
        try:
            await work()
        except FailedError as problem:
            failed = problem
        session = self.sessions if opening else session
        gone = failed is not None and not opening and self._is_gone(failed)
        self._clients.calls.append(
            Call(
                era=self.era,
                client=self.number,
                begun=begun,
                ended=self._clients.now(),
                session=session if self.session is not None else None,
                opening=opening,
                reason=None if failed is None else failed.reason.value,
                detail="" if failed is None else failed.seen[:_MOST_DETAIL],
                session_lost=gone,
            )
        )
        if failed is None:
            return True
        if gone or opening:
            self.session = None
            await self._stream.aclose()
        if failed.reason is not Reason.TOOL_FAILED and self._wire is not None:
            await self._wire.reconnect()
        return False

    def _is_gone(self, failed: FailedError) -> bool:
        """A session of HTTP+SSE is its stream, and a broken one is not mended."""
        if self.era is Era.SSE:
            return failed.reason is not Reason.TOOL_FAILED
        return failed.reason is Reason.SESSION_LOST

    async def _ready(self) -> Exchange:
        """The connection with the time of one call, its name resolved anew after a failed connect."""
        if self._wire is None or self._exchange is None:
            self._wire = self._clients.wire(self.watched, self._clock)
            self._exchange = Exchange(self._wire, self.watched, self._clock, self._seen)
        self._wire.deadline = asyncio.get_running_loop().time() + self._clients.pace.timeout
        if not self._wire.addresses or self._clock.phase == Phase.CONNECT:
            await self._wire.resolve()
        return self._exchange

    async def _open(self) -> None:
        exchange = await self._ready()
        self._clock.switch(Phase.HANDSHAKE)
        if self.era is Era.MODERN:
            session = Session(Era.MODERN, MODERN)
        elif self.era is Era.SSE:
            opened = await self._stream.enter_async_context(event_session(exchange.wire, self.watched.url))
            if not isinstance(opened, EventSession):
                raise refused(opened, self.watched.shown)
            session = await exchange.initialize_on(opened)
        else:
            found = await exchange.initialize()
            if not isinstance(found, Session):
                raise FailedError(Reason.HANDSHAKE_FAILED, "initialize is not answered by a session")
            session = found
        self._clock.switch(Phase.TOOLS)
        self._tools = await exchange.list_tools(session)
        self.session, self.sessions = session, self.sessions + 1

    async def _call(self) -> None:
        exchange, session = await self._ready(), self.session
        assert session is not None
        self._clock.switch(Phase.CALL)
        call = self.watched.call
        if call is None:
            await exchange.list_tools(session)
            return
        self._sent += 1
        words = f"{self._clients.run}-{self.era}-{self.number}-{self._sent}"
        arguments = {name: filled(value, words) for name, value in call.arguments.items()}
        tool = self._tools.get(call.name)
        if tool is None:
            raise FailedError(Reason.TOOL_FAILED, f"it lists no tool '{call.name}'")
        extra = None
        if self.era is Era.MODERN:
            extra = messages.parameter_headers(tool.get("inputSchema"), arguments)
        params = {"name": call.name, "arguments": arguments}
        judge_call(await exchange.request(session, "tools/call", params, name=call.name, extra=extra), call.name)

    async def holder(self, pods: Sequence[Pod]) -> str | None:
        """The one pod that knows the session."""
        session = self.session
        if session is None or session.stream is not None or session.id is None:
            return None
        knowing = [pod.name for pod in pods if await self._knows(pod, session)]
        return knowing[0] if len(knowing) == 1 else None

    async def _knows(self, pod: Pod, session: Session) -> bool:
        clock = Clock()
        wire = self._clients.wire(self.watched, clock, pod.url)
        try:
            await wire.resolve()
            clock.switch(Phase.CHECKS)
            asked = Exchange(wire, self.watched, clock, Seen())
            await asked.request(session, "ping", {})
        except FailedError:
            return False
        finally:
            await wire.close()
        return True

    async def _leave(self) -> None:
        """End the session, whatever becomes of it, and close."""
        session, self.session = self.session, None
        with contextlib.suppress(FailedError, TimeoutError):
            if session is not None and self._exchange is not None:
                await asyncio.wait_for(self._exchange.end(session), END_SECONDS)
        with contextlib.suppress(Exception):
            await self._stream.aclose()
        if self._wire is not None:
            with contextlib.suppress(Exception):
                await self._wire.close()


def filled(value: object, words: str) -> object:
    """An argument with the words of one call in the place of ``{call}``."""
    if isinstance(value, str):
        return value.replace(CALL_WORD, words)
    if isinstance(value, list):
        return [filled(one, words) for one in value]
    if isinstance(value, dict):
        return {name: filled(one, words) for name, one in value.items()}
    return value
