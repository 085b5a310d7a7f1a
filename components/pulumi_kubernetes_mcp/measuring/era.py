"""One protocol era: a warm-up, sessions in steps with calls at each of them, and what is left when all are closed."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Sequence

from mcp import Client

from .clients import Sessions, list_tools, listens, rounds
from .costs import no_session_cost, session_cost, stream_cost
from .fit import mean
from .found import Burst, Counts, EraFound, Found
from .paced import Paced, Pacer
from .readers import Reader, cpu_between
from .refused import MeasureError, sentence
from .request import Request
from .server import Say, Server
from .v8 import Heap
from .watch import Watch, watching

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


class Era:
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
        return self.counts.holding(made)


async def measure_era(era: Era, server: Server, found: Found, highest_mib: float) -> float:
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
        highest_mib = max(highest_mib, watch.highest_mib)
        result.paced = await _half_load(era, watch, result)
        return max(highest_mib, watch.highest_mib)


async def _half_load(era: Era, watch: Watch, result: EraFound) -> Paced | None:
    """What a protocol round costs a server that uses half a core."""
    era.say("calls at half load")
    taken = [seconds for burst in result.bursts for seconds in burst.taken]
    cpu = [burst.cpu_milliseconds for burst in result.bursts if burst.cpu_milliseconds is not None]
    if not cpu or not taken:
        return None
    async with era.sessions(listen=False) as sessions:
        await sessions.open_all(era.request.callers)
        recorded = await sessions.record(sessions.clients, "tools/list", list_tools)
        if not recorded:
            return None
        return await Pacer(watch, recorded, loopback=era.request.target.loopback).cost(
            first_milliseconds=max(cpu),
            latency_seconds=mean(taken)[0],
            idle_millicores=result.idle_millicores or 0.0,
            callers=era.request.callers,
            seconds=era.request.seconds,
        )


async def _closed_descriptors(watch: Watch, before: int | None) -> int | None:
    """The server's descriptors once it has noticed that all connections are closed, which may take it a while."""
    end = time.monotonic() + CLOSED_SECONDS
    while True:
        await watch.report_findings()
        now = (await watch.read()).descriptors
        if now is None or before is None or now <= before or time.monotonic() > end:
            return now


async def _further(era: Era, level: _Level, result: EraFound, *, listen: bool) -> None:
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


async def _warm_up(era: Era, watch: Watch | None, result: EraFound) -> bool:
    """A few calls; whether a modern server keeps listen streams. The process must have worked for the calls."""
    era.say("warm-up")
    before = await watch.read() if watch else None
    async with era.sessions(listen=False) as sessions:
        await sessions.open_all(era.request.callers)
        for _ in range(WARM_ROUNDS):
            await asyncio.gather(*(list_tools(client) for client in sessions.clients))
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
            f"{sentence(reader.name)} took no CPU while the server answered {calls} calls, so it is not the server. "
            "Give the process, or the metrics, of what answers at this address; behind a proxy, measure the server."
        )


async def _idle(watch: Watch, result: EraFound) -> None:
    await watch.report_findings()
    before, start = await watch.read(), time.monotonic()
    await asyncio.sleep(IDLE_SECONDS)
    after = await watch.read()
    result.idle_mib = after.memory_mib
    result.idle_descriptors = after.descriptors
    result.processes = after.processes
    if before.cpu_seconds is not None and after.cpu_seconds is not None:
        used = after.cpu_seconds - before.cpu_seconds
        result.idle_millicores = max(0.0, used * 1000 / (time.monotonic() - start))


async def _steps(era: Era, sessions: Sessions, watch: Watch | None, result: EraFound, *, keep: bool) -> None:
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


async def _reach(era: Era, sessions: Sessions, wanted: int, result: EraFound) -> bool:
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
