"""SIGTERM, as a kubelet sends it, with calls and a stream open: what is finished or cut, when the process ends."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

from ..eras import TERMINATION_MARGIN_SECONDS
from ..measuring.request import ToolCall
from ..probe.answer import Answer
from ..settings.verified import Late, VerifiedDrain
from .checks import Check
from .event_stream import EventStream, Streamed
from .observed import Observed
from .request import MAX_DRAIN_SECONDS, Request
from .routes import probe_host, session_of
from .server import Running
from .wire import Held, Slow, Wire, modern

GRACEFUL_MARGIN_SECONDS = 2
"""How much longer than the call in flight the graceful timeout is."""
BEFORE_SECONDS = 0.5
"""Between the begin of the calls and SIGTERM: they must be in the server."""
SETTLED_SECONDS = 1.0
"""After SIGTERM a server may take so long until it refuses what is new."""
_EVERY_SECONDS = 0.25
_AFTER_SECONDS = 5
"""How long the answer may take after the end of a held request was sent."""
_WORST: tuple[Late, ...] = ("refused", "unavailable", "unavailable-without-retry-after", "served")


def graceful_seconds(request: Request) -> float:
    """The graceful timeout that the server is started with, as a stack derives it from its slowest tool."""
    return (MAX_DRAIN_SECONDS if request.slow else request.drain_seconds) + GRACEFUL_MARGIN_SECONDS


@dataclass
class _Calls:
    """The calls in flight: one for each way in which the server can be called."""

    modern: Slow | None = None
    legacy: Slow | Streamed | None = None

    def all(self) -> list[Slow | Streamed]:
        return [one for one in (self.modern, self.legacy) if one is not None]


async def look_at_the_drain(wire: Wire, server: Running, request: Request, seen: Observed) -> None:
    """Send SIGTERM once, in a process that ends with it."""
    streaming = asyncio.Event()
    listener = asyncio.create_task(_listen(wire, seen, streaming))
    stream = EventStream(wire)
    calls = await _begin(wire, request, seen, stream)
    try:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(streaming.wait(), BEFORE_SECONDS)
        await asyncio.sleep(BEFORE_SECONDS)
        if any(call.over for call in calls.all()):
            seen.unseen[Check.DRAIN_CALL] = "the call was over before SIGTERM; name a tool that takes longer"
            return
        handled, node = server.reader.catches(signal.SIGTERM), server.reader.program.startswith("node")
        os.kill(server.process.pid, signal.SIGTERM)
        at = time.monotonic()
        late = await _late(server, request, seen, at, calls)
        ends = await _end(request, calls)
        latest = at + graceful_seconds(request) + TERMINATION_MARGIN_SECONDS
        ended = await server.process.ends(max(0.0, latest - time.monotonic()))
        took = time.monotonic() - at if ended else None
        # Node itself catches the signal, to reset the terminal, and dies of it unless the program has a handler.
        handled = handled and not (node and server.process.killed_by(signal.SIGTERM))
        seen.drain = _drain(request, ends, at, took, late).model_copy(update={"handled": handled})
    finally:
        for call in calls.all():
            call.close()
        await stream.close()
        listener.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await listener


async def _begin(wire: Wire, request: Request, seen: Observed, stream: EventStream) -> _Calls:
    method, params = ("tools/list", {}) if request.slow is None else _params(request.slow)
    calls = _Calls()
    if seen.streams_alone:
        await stream.begin()
        calls.legacy = Streamed(stream, wire.target, method, params)
    elif seen.stateful:
        session = session_of(await wire.initialize())
        await wire.initialized(session)
        calls.legacy = Slow(wire.target, wire.legacy(method, params, session))
    elif "legacy-stateless" in seen.eras:
        calls.legacy = Slow(wire.target, wire.legacy(method, params, None))
    if "modern" in seen.eras:
        calls.modern = Slow(wire.target, modern(method, params))
    for call in calls.all():
        await call.begin(whole=request.slow is not None)
    return calls


def _params(tool: ToolCall) -> tuple[str, dict[str, object]]:
    return "tools/call", {"name": tool.name, "arguments": dict(tool.arguments)}


async def _listen(wire: Wire, seen: Observed, streaming: asyncio.Event) -> None:
    """Hold a stream open as a client does, until the server or we end it."""
    session = None
    stateful = seen.stateful and "modern" not in seen.eras
    if stateful:
        session = session_of(await wire.initialize())
        await wire.initialized(session)
    elif "modern" not in seen.eras:
        return
    with contextlib.suppress(Exception):
        async with _long(wire), wire.stream(session, stateful=stateful):
            streaming.set()
            await asyncio.sleep(MAX_DRAIN_SECONDS + _AFTER_SECONDS)


@contextlib.asynccontextmanager
async def _long(_wire: Wire) -> AsyncIterator[None]:
    async with asyncio.timeout(2 * MAX_DRAIN_SECONDS):
        yield


async def _late(server: Running, request: Request, seen: Observed, at: float, calls: _Calls) -> Late | None:
    """The worst that new requests met after SIGTERM, while the calls are held."""
    worst: Late | None = None
    until = at + (MAX_DRAIN_SECONDS if request.slow else request.drain_seconds)
    while time.monotonic() < until and server.process.running():
        await asyncio.sleep(_EVERY_SECONDS)
        if request.slow is not None and all(call.over for call in calls.all()):
            break
        if time.monotonic() - at < SETTLED_SECONDS:
            continue
        async with Wire(server.target) as fresh:
            if seen.streams_alone:
                found = _kind(await fresh.knock())
            else:
                found = _kind(await (fresh.initialize() if seen.stateful else fresh.discover()))
            await _look_at_the_routes(fresh, seen)
        worst = found if worst is None else max(worst, found, key=_WORST.index)
    return worst


async def _look_at_the_routes(wire: Wire, seen: Observed) -> None:
    """Health, which should say that clients are to stay away, and liveness, which should go on."""
    for path, bad in ((seen.health_path, {200}), (seen.liveness_path, set(range(201, 600)))):
        if path is not None and (path not in seen.draining or seen.draining[path] not in bad):
            status = (await wire.get(path, probe_host(wire))).status
            seen.draining[path] = status or seen.draining.get(path, 0)


def _kind(answer: Answer) -> Late:
    if answer.status == 0:
        return "refused"
    if answer.status == 503:
        return "unavailable" if answer.headers.get("retry-after") else "unavailable-without-retry-after"
    return "served"


async def _end(request: Request, calls: _Calls) -> dict[str, Held]:
    whole = request.slow is not None
    named = [(name, call) for name, call in (("modern", calls.modern), ("legacy", calls.legacy)) if call is not None]
    ends = await asyncio.gather(*(call.end(_AFTER_SECONDS, whole=whole) for _, call in named))
    return {name: end for (name, _), end in zip(named, ends, strict=True)}


def _granted(held: Held, at: float) -> float:
    return round(max(0.0, held.at - at), 2)


def _cut_later(request: Request, held: Held, at: float) -> bool:
    """Whether a call was cut as soon as its answer began: how long one that answers already has, is not known then."""
    return not held.finished and request.slow is None and held.at - at >= request.drain_seconds


def _drain(
    request: Request, ends: dict[str, Held], at: float, exit_seconds: float | None, late: Late | None
) -> VerifiedDrain:
    first = ends.get("modern") or ends["legacy"]
    old = ends.get("legacy")
    return VerifiedDrain(
        handled=True,
        held_seconds=round(first.at - at if request.slow and first.finished else request.drain_seconds, 2),
        graceful_timeout_seconds=graceful_seconds(request),
        finished=first.finished,
        granted_seconds=_granted(first, at),
        legacy_finished=None if old is None else old.finished,
        legacy_granted_seconds=None if old is None or _cut_later(request, old, at) else _granted(old, at),
        exit_seconds=None if exit_seconds is None else round(exit_seconds, 2),
        new_requests=late or "refused",
    )
