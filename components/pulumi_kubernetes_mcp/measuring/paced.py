"""Calls at an even pace that is raised until the server uses half a core: what a call costs a pod that is in use.

A call that comes alone finds cold caches and wakes everything that a call needs; among others it shares that work. So a
call that is measured by itself costs two to three times what it does at half load.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx2

from .clients import Recorded, in_words
from .eras import message
from .fit import mean
from .readers import Reading, cpu_between
from .request import MAX_CALLERS
from .watch import Watch

HALF_MILLICORES = 500
"""Half of what one event loop can do: where the pods of a plan work, and half of what a core does."""
NEAR_MILLICORES = 350
"""From here on a call costs what it does at half load, within what differs from run to run."""
WINDOWS = 8
"""Parts of the load whose spread gives the error."""
_STEPS = 4
_STEP_SHARE = 0.2
"""Length of a step on the way up, of that of the load itself."""
_STEP_CALLS = 20
"""Calls of a step at least."""
_GROWTH = 4
_SLOWER = 2
_SLACK_SECONDS = 0.1
"""Answers that take more than twice as long, and this, wait for something that CPU is not."""
_LONGEST_WAIT_SECONDS = 5
"""How long a pace is waited for until as many calls end as begin. A pace of slower tools looks slower than it is, and
is not raised: so many would be in flight at half a core that their memory is what counts."""
_KEPT_UP = 0.7
"""Share of a pace below which the client, or the machine, could not ask faster."""
TOO_FAST = "server, client and machine together were not faster"
_REQUEST_SECONDS = 120
_LATE_SECONDS = 0.02
"""How far the pace may be behind; more is not made up for, since calls in a burst cost less than apart."""
_WARM_CALLS = 1000
"""Calls before the cost is taken, or those of twice its time: compilers of V8 work until then."""
_DRAIN_SECONDS = 3
_KEPT_SECONDS = 4
"""How long an idle connection is kept: below the 5 s of uvicorn and Node."""


@dataclass(frozen=True, kw_only=True)
class Paced:
    """What a call costs at a pace."""

    milliseconds: float
    """CPU of a call, without what the idle process takes."""
    error: float
    """Half-width of its 95 % confidence interval."""
    millicores: float
    """What the server used meanwhile."""
    per_second: float
    limit: str = ""
    """Why the pace could not be raised to half a core; empty if it was."""


@dataclass(frozen=True)
class _Window:
    seconds: float
    calls: int
    cpu_seconds: float


@dataclass
class _Load:
    """One pace while it lasts."""

    finished: int = 0
    taken: list[float] = field(default_factory=list)
    failure: str = ""


class Pacer:
    """Sends recorded calls again, each with an id of its own."""

    def __init__(self, watch: Watch, recorded: Sequence[Recorded], *, loopback: bool) -> None:
        self._watch = watch
        self._recorded = recorded
        self._loopback = loopback
        self.sent = 0
        """Calls so far."""

    async def cost(
        self, *, first_milliseconds: float, latency_seconds: float, idle_millicores: float, callers: int, seconds: float
    ) -> Paced | None:
        """The CPU of a call at about half a core, or as near to it as the answers allow; ``None`` if none could be had.

        :param first_milliseconds: what a call takes as far as is known; the first pace is no faster than half a core.
        :param callers: calls that are in flight at first.
        """
        limits = httpx2.Limits(
            max_connections=None, max_keepalive_connections=MAX_CALLERS, keepalive_expiry=_KEPT_SECONDS
        )
        async with httpx2.AsyncClient(timeout=_REQUEST_SECONDS, limits=limits, trust_env=not self._loopback) as http:
            run = _Run(self, http, idle_millicores, latency_seconds)
            rate = min(callers / max(latency_seconds, 1e-3), HALF_MILLICORES / max(first_milliseconds, 1e-3))
            good, limit = await run.raised(rate, seconds * _STEP_SHARE)
            return None if good is None else await run.held(good, seconds, limit)

    def next(self) -> httpx2.Request:
        """The next call, in the sessions' turn."""
        self.sent += 1
        recorded = self._recorded[self.sent % len(self._recorded)]
        body = json.dumps({**recorded.body, "id": f"paced-{self.sent}"}).encode()
        return httpx2.Request("POST", recorded.url, headers=recorded.headers, content=body)

    @property
    def seen_often(self) -> bool:
        """Whether a reading costs the server nothing."""
        return self._watch.glance() is not None

    async def read(self) -> tuple[float, Reading]:
        """A reading, and when it was taken."""
        return time.monotonic(), await self._watch.read()


class _Run:
    """The paces of one measurement."""

    def __init__(self, pacer: Pacer, http: httpx2.AsyncClient, idle_millicores: float, latency_seconds: float) -> None:
        self._pacer = pacer
        self._http = http
        self._idle = idle_millicores
        self._latency = latency_seconds

    async def raised(self, rate: float, seconds: float) -> tuple[float | None, str]:
        """The pace at which the server uses half a core, or the highest that it answers well; and what limits it."""
        good: float | None = None
        for _ in range(_STEPS):
            load, windows = await self._at(rate, max(seconds, _STEP_CALLS / rate), windows=1)
            found = self._figures(windows)
            if load.failure:
                return good, f"a call failed when more came: {load.failure}"
            if found is None:
                return good, TOO_FAST
            if mean(load.taken)[0] > _SLOWER * self._latency + _SLACK_SECONDS and good is not None:
                return good, "answers took more than twice as long when more came"
            good = rate
            if found.millicores >= NEAR_MILLICORES:
                return rate, ""
            if found.per_second < _KEPT_UP * rate:
                return rate, TOO_FAST
            most = MAX_CALLERS / max(self._latency, 1e-3)
            if rate >= most:
                return rate, f"{MAX_CALLERS} calls were in flight"
            rate = min(rate * _GROWTH, HALF_MILLICORES / found.milliseconds, most)
        return good, ""

    async def held(self, rate: float, seconds: float, limit: str) -> Paced | None:
        """The cost at a pace, from windows as long as a reading allows."""
        windows = WINDOWS if self._pacer.seen_often else 1
        warm = min(2 * seconds, (_WARM_CALLS - self._pacer.sent) / rate)
        _, found_in = await self._at(rate, seconds, windows=windows, warm_seconds=warm)
        found = self._figures(found_in)
        if found is None:
            return None
        near = found.millicores >= NEAR_MILLICORES
        limit = "" if near else limit or TOO_FAST
        return Paced(**{**vars(found), "limit": limit})

    async def _at(
        self, rate: float, seconds: float, *, windows: int, warm_seconds: float = 0
    ) -> tuple[_Load, list[_Window]]:
        load, stop = _Load(), asyncio.Event()
        calling = asyncio.create_task(self._calls(load, rate, stop))
        try:
            # Calls that began before have ended by then, so that as many end in a window as begin.
            await asyncio.sleep(max(min(self._latency, _LONGEST_WAIT_SECONDS) + _STEP_SHARE * seconds, warm_seconds))
            found: list[_Window] = []
            at, before, finished = *(await self._pacer.read()), load.finished
            for _ in range(windows):
                await asyncio.sleep(seconds / windows)
                now, after = await self._pacer.read()
                used = cpu_between(before, after)
                if used is not None and load.finished > finished:
                    found.append(_Window(now - at, load.finished - finished, used))
                    at, before, finished = now, after, load.finished
            # What was asked too fast is answered before anything else is measured.
            stop.set()
            await asyncio.wait([calling], timeout=_DRAIN_SECONDS + _SLOWER * self._latency)
        finally:
            calling.cancel()
            await asyncio.gather(calling, return_exceptions=True)
        return load, found

    def _figures(self, windows: Sequence[_Window]) -> Paced | None:
        if not windows:
            return None
        costs = [1000 * (w.cpu_seconds - self._idle / 1000 * w.seconds) / w.calls for w in windows]
        lasted, calls = sum(w.seconds for w in windows), sum(w.calls for w in windows)
        used = sum(w.cpu_seconds for w in windows)
        return Paced(
            milliseconds=max(0.0, (1000 * used - self._idle * lasted) / calls),
            error=mean(costs)[1],
            millicores=1000 * used / lasted,
            per_second=calls / lasted,
        )

    async def _calls(self, load: _Load, rate: float, stop: asyncio.Event) -> None:
        """Begin calls evenly until that is said."""
        gate = asyncio.Semaphore(MAX_CALLERS)
        due = time.monotonic()
        async with asyncio.TaskGroup() as group:
            while not (stop.is_set() or load.failure):
                await gate.acquire()
                group.create_task(self._call(load, gate))
                due = max(due + 1 / rate, time.monotonic() - _LATE_SECONDS)
                await asyncio.sleep(max(0.0, due - time.monotonic()))

    async def _call(self, load: _Load, gate: asyncio.Semaphore) -> None:
        start = time.monotonic()
        try:
            answer = await self._http.send(self._pacer.next())
            said = message(answer.headers.get("content-type", ""), answer.text)
            if not answer.is_success or "result" not in said or _refused(said["result"]):
                load.failure = load.failure or f"HTTP {answer.status_code}, {answer.text[:200]}"
                return
        except httpx2.HTTPError as problem:
            load.failure = load.failure or in_words(problem)
            return
        finally:
            gate.release()
        load.finished += 1
        load.taken.append(time.monotonic() - start)


def _refused(result: Any) -> bool:
    """Whether a tool answered with an error."""
    return isinstance(result, dict) and bool(result.get("isError"))
