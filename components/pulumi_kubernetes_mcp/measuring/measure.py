"""The measurement: one era after the other, sessions in steps, calls, tools; every session is closed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field

from mcp import Client

from .clients import Sessions, listens, rounds
from .costs import Cost, SessionCost, no_session_cost, session_cost, stream_cost
from .eras import ERAS, Spoken, answers, find_eras
from .metrics import MetricsReader
from .process import ProcessReader
from .readers import Reader, cpu_between
from .refused import MeasureError
from .request import Request
from .started import START_SECONDS, Started, started
from .tools import ToolFound, check_names, measure_tool
from .v8 import Heap, heap
from .watch import Point, Watch, watching

WARM_ROUNDS = 10
"""Rounds of each caller before anything is measured: lazy imports, compiled code, pools."""
IDLE_SECONDS = 1.0
FIRST_BURST_SHARE = 0.4
"""Share of the calls that is made before most sessions are opened: what calls leave behind is part of the baseline."""
CLOSED_SECONDS = 5.0
"""How long the server may take until it has noticed that connections are closed."""
_LEAST_CPU_MILLISECONDS = 0.02
"""A server takes more CPU than this for a call; a process that took less is another."""
FURTHER_STEPS = 3
FURTHER_SHARE = 0.5
"""Sessions that are opened for a moment beside the others, relative to these."""
_POLL_SECONDS = 0.1

Say = Callable[[str], None]
"""Where progress is told, a line at a time."""


@dataclass
class Counts:
    """Sessions of all eras, kept up to date while they are opened and closed."""

    opened: int = 0
    closed: int = 0
    held: list[Sessions] = field(default_factory=list)

    def now(self) -> tuple[int, int]:
        """Opened and closed so far, those that are still held included."""
        return self.opened + sum(s.opened for s in self.held), self.closed + sum(s.closed for s in self.held)


@dataclass(frozen=True, kw_only=True)
class Burst:
    """Calls with all callers busy."""

    seconds: float
    taken: Sequence[float]
    """Seconds of each call."""
    cpu_seconds: float | None

    @property
    def cpu_milliseconds(self) -> float | None:
        """CPU of one call."""
        return None if self.cpu_seconds is None or not self.taken else self.cpu_seconds * 1000 / len(self.taken)


@dataclass(kw_only=True)
class EraFound:
    """What was found of one era."""

    era: str
    points: list[Point] = field(default_factory=list)
    live: list[tuple[int, float]] = field(default_factory=list)
    """Numbers of sessions with the memory that lived then, where a collector told."""
    bare: list[tuple[int, float]] = field(default_factory=list)
    """Numbers of further sessions that have no stream, with the memory then."""
    bursts: list[Burst] = field(default_factory=list)
    callers: int = 0
    most_sessions: int = 0
    cost: SessionCost | None = None
    stream_kib: Cost | None = None
    idle_mib: float | None = None
    idle_descriptors: int | None = None
    idle_millicores: float | None = None
    after_descriptors: int | None = None
    processes: int = 1
    notes: list[str] = field(default_factory=list)


@dataclass(kw_only=True)
class Found:
    """Everything that was found."""

    spoken: Spoken
    source: str
    eras: list[EraFound] = field(default_factory=list)
    tools: list[ToolFound] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


async def measure(request: Request, counts: Counts, say: Say) -> Found:
    """Measure a server, or :class:`MeasureError`. All sessions are closed, also if this is cancelled."""
    try:
        async with asyncio.timeout(request.time_limit):
            return await _measure(request, counts, say)
    except TimeoutError:
        raise MeasureError(
            f"The measurement took longer than {request.time_limit:g} s and was ended. Lower --sessions or --seconds, "
            "or raise --time-limit."
        ) from None


@dataclass(frozen=True)
class _Server:
    """What can be seen of the server."""

    reader: Reader | None = None
    heap: Heap | None = None


async def _measure(request: Request, counts: Counts, say: Say) -> Found:
    async with _server(request, say) as server:
        spoken = await find_eras(request.target)
        eras = _chosen(request, spoken)
        say(f"{spoken.server} speaks {', '.join(spoken.eras)}")
        found = Found(spoken=spoken, source=server.reader.source if server.reader else "none", notes=list(spoken.notes))
        highest = 0.0
        for era in eras[:1] if request.start else eras:
            highest = await _era(_Era(request, era, counts, say), server, found, highest)
        if request.tools and not request.start:
            await _tools(request, eras[0], server.reader, counts, say, found)
    if request.start:
        for era in eras[1:]:
            async with _server(request, say) as server:
                await _era(_Era(request, era, counts, say), server, found, 0.0)
        if request.tools:
            async with _server(request, say) as server:
                await _tools(request, eras[0], server.reader, counts, say, found)
    return found


def _chosen(request: Request, spoken: Spoken) -> list[str]:
    eras = [era for era in ERAS if era in spoken.eras and (not request.eras or era in request.eras)]
    if not eras:
        raise MeasureError(
            f"The server speaks {', '.join(spoken.eras)}, but --era names {', '.join(request.eras)}. Leave out --era "
            "to measure all that it speaks."
        )
    return eras


@contextlib.asynccontextmanager
async def _server(request: Request, say: Say) -> AsyncIterator[_Server]:
    """What reads the server; it is started for the length of the block if that is wanted."""
    if request.start:
        if await answers(request.target):
            raise MeasureError(
                f"Something answers at {request.target.shown} already, so --start would measure the wrong server. End "
                "it, give another port, or measure what runs with --pid."
            )
        with heap() as node:
            environment = node.environment(os.environ) if request.preload else os.environ
            async with started(request.start, environment) as process:
                say("started")
                await _until_it_answers(request, process)
                yield _Server(ProcessReader(process.pid, foreign_descriptors=node.descriptors), node)
    elif request.pid is not None:
        reader = ProcessReader(request.pid)
        if request.target.loopback and reader.listens(request.target.port) is False:
            raise MeasureError(
                f"{reader.name.capitalize()} does not listen on port {request.target.port}, nor does a child of it. "
                "Give the id of the process that does, and the address of the server itself instead of a proxy."
            )
        yield _Server(reader)
    elif request.metrics is not None:
        headers = request.target.headers_for(request.metrics)
        metrics = MetricsReader(request.metrics, headers, trust_env=not request.target.loopback)
        try:
            yield _Server(metrics)
        finally:
            await metrics.close()
    else:
        yield _Server()


async def _until_it_answers(request: Request, process: Started) -> None:
    end = time.monotonic() + START_SECONDS
    while not await answers(request.target):
        if not process.running():
            raise MeasureError("Mind the port: it must be the one of the address.")
        if time.monotonic() > end:
            raise MeasureError(
                f"Nothing answers at {request.target.shown} {START_SECONDS} s after the start. Is this the address "
                f"that the command serves? Its last lines:\n{process.last_words()}"
            )
        await asyncio.sleep(_POLL_SECONDS)


@contextlib.asynccontextmanager
async def _holding(sessions: Sessions, counts: Counts) -> AsyncIterator[Sessions]:
    counts.held.append(sessions)
    try:
        async with sessions:
            yield sessions
    finally:
        counts.held.remove(sessions)
        counts.opened += sessions.opened
        counts.closed += sessions.closed


class _Era:
    """One era of one measurement."""

    def __init__(self, request: Request, era: str, counts: Counts, say: Say) -> None:
        self.request = request
        self.era = era
        self.counts = counts
        self._say = say

    def say(self, text: str) -> None:
        self._say(f"{self.era}: {text}")

    def sessions(
        self, *, listen: bool = True, streams: bool = True
    ) -> contextlib.AbstractAsyncContextManager[Sessions]:
        request = self.request
        made = Sessions(request.target, self.era, callers=request.callers, listen=listen, streams=streams)
        return _holding(made, self.counts)


async def _era(era: _Era, server: _Server, found: Found, highest_mib: float) -> float:
    """Measure one era; the most memory that was seen, which the next era in the same process must exceed."""
    result = EraFound(era=era.era)
    found.eras.append(result)
    async with watching(server.reader) as watch:
        listen = await _warm_up(era, watch, result)
        if watch is not None:
            await _idle(watch, result)
        keep = listen if era.era == "modern" else era.era != "legacy-stateless"
        async with era.sessions(listen=listen) as sessions:
            await _steps(era, sessions, watch, result, keep=keep)
            if watch is not None and keep:
                await _further(era, _Level(watch, server.heap), result, listen=listen)
        if watch is None:
            return 0.0
        result.after_descriptors = await _closed_descriptors(watch, result.idle_descriptors)
        # A started process has no past; one that ran before may use freed memory again without growing.
        earlier_mib = 0.0 if era.request.start else max(highest_mib, result.idle_mib or 0.0)
        result.cost = (
            session_cost(result.points, earlier_mib=earlier_mib, live=result.live)
            if keep
            else no_session_cost(result.points)
        )
        if result.cost is not None and not result.cost.lower_bound:
            result.stream_kib = stream_cost(result.bare, result.cost)
        return max(highest_mib, watch.highest_mib)


async def _closed_descriptors(watch: Watch, before: int | None) -> int | None:
    """The server's descriptors once it has noticed that all connections are closed, which may take it a while."""
    end = time.monotonic() + CLOSED_SECONDS
    while True:
        await watch.settle()
        now = (await watch.read()).descriptors
        if now is None or before is None or now <= before or time.monotonic() > end:
            return now


async def _further(era: _Era, level: _Level, result: EraFound, *, listen: bool) -> None:
    """More sessions beside those that are open, twice: where the heap tells what lives, and without their streams."""
    most = result.points[-1].sessions
    step = round(most * FURTHER_SHARE / FURTHER_STEPS)
    if step < era.request.callers or era.request.sessions != most:
        return
    if await level.tells_live():
        era.say("what lives in the heap")
        async with era.sessions(listen=listen) as sessions:
            result.live = [(most + more, mib) for more, mib in await _levels(sessions, level, step)]
    if era.era == "legacy-stateful":
        era.say("sessions without a stream")
        async with era.sessions(streams=False) as sessions:
            result.bare = await _levels(sessions, level, step)


async def _levels(sessions: Sessions, level: _Level, step: int) -> list[tuple[int, float]]:
    """Memory at further numbers of sessions; fewer if the server refuses them."""
    before = await level.mib()
    # With the first of them a heap still loses what belonged to the calls before.
    found = [] if level.live else [(0, before)]
    for number in range(1, FURTHER_STEPS + 1):
        if not await sessions.open(step):
            break
        found.append((number * step, await level.mib()))
    return found


class _Level:
    """Memory that can be compared between two moments: what lives, where that can be told."""

    def __init__(self, watch: Watch, heap: Heap | None) -> None:
        self._watch = watch
        self._heap = heap

    async def tells_live(self) -> bool:
        if self._heap is not None and await self._heap.live_mib() is None:
            self._heap = None
        return self.live

    @property
    def live(self) -> bool:
        return self._heap is not None

    async def mib(self) -> float:
        live = await self._heap.live_mib() if self._heap is not None else None
        return (await self._watch.point(0)).memory_mib if live is None else live


async def _warm_up(era: _Era, watch: Watch | None, result: EraFound) -> bool:
    """A few calls; whether a modern server keeps listen streams. The process must have worked for the calls."""
    era.say("warm-up")
    before = await watch.read() if watch else None
    async with era.sessions(listen=False) as sessions:
        await _open(sessions, era.request.callers)
        for _ in range(WARM_ROUNDS):
            await asyncio.gather(*(client.list_tools() for client in sessions.clients))
        listen = era.era == "modern" and await listens(sessions)
    if watch and before:
        _check_worked(
            watch.reader, before.cpu_seconds, (await watch.read()).cpu_seconds, WARM_ROUNDS * era.request.callers
        )
    if era.era == "modern" and not listen:
        result.notes.append("modern: the server has no 'subscriptions/listen', so nothing stays open between calls.")
    if era.era == "legacy-stateless":
        result.notes.append(
            "legacy-stateless: the server keeps nothing between requests, so a session takes no memory."
        )
    return listen


def _check_worked(reader: Reader, before: float | None, after: float | None, calls: int) -> None:
    if before is None or after is None:
        return
    if (after - before) * 1000 / calls < _LEAST_CPU_MILLISECONDS:
        raise MeasureError(
            f"{reader.name.capitalize()} took no CPU while the server answered {calls} calls, so it is not the server. "
            "Give the process, or the metrics, of what answers at this address; behind a proxy, measure the server."
        )


async def _open(sessions: Sessions, count: int) -> None:
    if not await sessions.open(count):
        raise MeasureError(
            f"A session could not be opened ({sessions.era}): {sessions.failure}. See the output of the server; a "
            "limit on sessions or requests must leave room for the measurement."
        )


async def _idle(watch: Watch, result: EraFound) -> None:
    await watch.settle()
    before, start = await watch.read(), time.monotonic()
    await asyncio.sleep(IDLE_SECONDS)
    after = await watch.read()
    result.idle_mib = after.memory_mib
    result.idle_descriptors = after.descriptors
    result.processes = after.processes
    if before.cpu_seconds is not None and after.cpu_seconds is not None:
        used = after.cpu_seconds - before.cpu_seconds
        result.idle_millicores = max(0.0, used * 1000 / (time.monotonic() - start))


async def _steps(era: _Era, sessions: Sessions, watch: Watch | None, result: EraFound, *, keep: bool) -> None:
    """Open sessions in steps, with calls at each of them."""
    request = era.request
    steps = request.steps() if keep and watch else [request.callers]
    later = request.seconds * (1 - FIRST_BURST_SHARE) / max(1, len(steps) - 1)
    for number, wanted in enumerate(steps):
        complete = await _reach(era, sessions, wanted, result)
        if not sessions.clients:
            raise MeasureError(f"No session could be opened ({era.era}): {sessions.failure}.")
        seconds = later if number else request.seconds * (FIRST_BURST_SHARE if len(steps) > 1 else 1)
        callers = sessions.clients[: request.callers]
        result.callers = len(callers)
        result.bursts.append(await _burst(callers, seconds, watch))
        if watch is not None:
            result.points.append(await watch.point(len(sessions.clients)))
            era.say(f"{len(sessions.clients)} of {steps[-1]} sessions, {result.points[-1].memory_mib:.1f} MiB")
        else:
            era.say(f"{len(result.bursts[-1].taken)} calls")
        if not complete:
            break
    result.most_sessions = len(sessions.clients) if keep else 0


async def _reach(era: _Era, sessions: Sessions, wanted: int, result: EraFound) -> bool:
    if await sessions.open(wanted - len(sessions.clients)):
        return True
    result.notes.append(
        f"{era.era}: the server refused the session after {len(sessions.clients)}: {sessions.failure}. Figures rest on "
        "what was open until then."
    )
    return False


async def _burst(clients: Sequence[Client], seconds: float, watch: Watch | None) -> Burst:
    before = await watch.read() if watch else None
    start = time.monotonic()
    taken = await rounds(clients, seconds)
    lasted = time.monotonic() - start
    after = await watch.read() if watch else None
    return Burst(seconds=lasted, taken=taken, cpu_seconds=cpu_between(before, after))


async def _tools(request: Request, era: str, reader: Reader | None, counts: Counts, say: Say, found: Found) -> None:
    """The tools that were named, in the first era."""
    unit = _Era(request, era, counts, say)
    async with watching(reader) as watch, unit.sessions(listen=False) as sessions:
        await _open(sessions, request.callers)
        await check_names(sessions.clients[0], request.tools)
        for tool in request.tools:
            unit.say(f"tool {tool.name}")
            found.tools.append(await measure_tool(tool, era, sessions.clients, watch, request.seconds))
