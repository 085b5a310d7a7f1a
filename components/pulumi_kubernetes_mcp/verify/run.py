"""The verification: what can be asked of a running server, and what a server is started for."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from ..eras import TERMINATION_MARGIN_SECONDS
from ..measuring.eras import find_eras
from ..measuring.refused import MeasureError
from ..measuring.server import Say
from .checks import Check
from .conformance import look_at_conformance
from .drain import graceful_seconds, look_at_the_drain
from .gauges import look_at_gauges
from .observed import Observed
from .replicas import Disk, Recorded, look_at_replicas, play
from .request import Request
from .routes import look_at_authorization, look_at_hosts, look_at_routes, look_at_slash
from .server import Running, running
from .sessions import look_at_the_cap, look_at_the_end, look_for_leaks
from .wire import Wire

NEEDS_START = (
    Check.START,
    Check.BIND,
    Check.SESSION_CAP,
    Check.DRAIN_CALL,
    Check.DRAIN_NEW,
    Check.DRAIN_EXIT,
    Check.STATELESS,
)
"""Checks of a process of one's own: a server that serves others is neither ended nor filled."""


async def verify(request: Request, say: Say) -> Observed:
    """Look at everything, or :class:`MeasureError` if nothing can be looked at."""
    seen = Observed(started=bool(request.start))
    try:
        async with asyncio.timeout(request.time_limit):
            await (_started(request, seen, say) if request.start else _reached(request, seen, say))
    except TimeoutError:
        raise MeasureError(
            f"The verification took longer than {request.time_limit:g} s and was ended. Lower --sessions or "
            "--drain-seconds, or raise --time-limit."
        ) from None
    return seen


async def _reached(request: Request, seen: Observed, say: Say) -> None:
    for check in NEEDS_START:
        seen.unseen[check] = "it needs a process of its own; use --start COMMAND"
    await _speaks(request, seen, say)
    async with _wires(request, seen) as (wire, bare):
        await _look(wire, bare, None, request, seen, say)


async def _started(request: Request, seen: Observed, say: Say) -> None:
    disk = Disk(Path.cwd())
    say("starting the server")
    async with running(request, graceful_seconds=graceful_seconds(request)) as server:
        seen.start_seconds = round(server.seconds, 2)
        seen.memory_mib = round((await server.reader.read()).memory_mib, 1)
        seen.listens_on = server.reader.addresses(server.target.port)
        await _speaks(request, seen, say)
        async with _wires(request, seen) as (wire, bare):
            first = await play([wire], request, seen)
            await _look(wire, bare, server, request, seen, say)
            say(f"up to {request.sessions} sessions, to find the cap")
            await _guarded(seen, (Check.SESSION_CAP,), look_at_the_cap(wire, seen, request.sessions))
            files = disk.changed(server)
    second = await _ended(request, seen, say)
    say("three processes")
    await look_at_replicas(request, seen, first, second, files)


async def _ended(request: Request, seen: Observed, say: Say) -> list[Recorded]:
    """A second process: the same calls once more, then SIGTERM."""
    granted = graceful_seconds(request)
    async with _wires(request, seen) as (wire, _), running(request, graceful_seconds=granted) as server:
        second = await play([wire], request, seen)
        say(f"SIGTERM with calls in flight: up to {granted + TERMINATION_MARGIN_SECONDS:.0f} s")
        drains = (Check.DRAIN_CALL, Check.DRAIN_NEW, Check.DRAIN_EXIT)
        await _guarded(seen, drains, look_at_the_drain(wire, server, request, seen))
    return second


@contextlib.asynccontextmanager
async def _wires(request: Request, seen: Observed) -> AsyncIterator[tuple[Wire, Wire]]:
    """A client with the headers that were given, and one without."""
    target, version = request.target, seen.version
    async with Wire(target, version=version) as wire, Wire(target, headers=False, version=version) as bare:
        yield wire, bare


async def _speaks(request: Request, seen: Observed, say: Say) -> None:
    spoken = await find_eras(request.target)
    seen.server, seen.eras, seen.version = spoken.server, spoken.eras, spoken.version
    say(f"{spoken.server} speaks {', '.join(spoken.eras)}")


async def _look(wire: Wire, bare: Wire, server: Running | None, request: Request, seen: Observed, say: Say) -> None:
    """What any server can be asked."""
    steps: tuple[tuple[str, tuple[Check, ...], Callable[[], Awaitable[None]]], ...] = (
        ("routes", (Check.HEALTH, Check.LIVENESS), lambda: look_at_routes(wire, request, seen)),
        ("Host and Origin", (Check.HOST, Check.ORIGIN), lambda: look_at_hosts(wire, request, seen)),
        ("slash", (Check.SLASH,), lambda: look_at_slash(wire, seen)),
        ("authorization", (Check.AUTHORIZATION,), lambda: look_at_authorization(wire, bare, seen)),
        ("metrics", (Check.METRICS,), lambda: look_at_gauges(wire, request, seen)),
        ("the end of a session", (Check.SESSION_END,), lambda: look_at_the_end(wire, seen)),
        ("what probes leave", (Check.PROBE_LEAK,), lambda: look_for_leaks(wire, server, seen)),
        ("conformance", (Check.CONFORMANCE,), lambda: look_at_conformance(request, seen)),
    )
    for name, checks, step in steps:
        say(name)
        await _guarded(seen, checks, step())


async def _guarded(seen: Observed, checks: tuple[Check, ...], step: Awaitable[None]) -> None:
    """A step whose failure leaves its checks unmade, and the others as they are."""
    try:
        await step
    except MeasureError as refused:
        reason = str(refused).splitlines()[0].rstrip(".")
    except (OSError, ExceptionGroup) as problem:
        reason = f"the connection failed: {problem}"[:200]
    except Exception as problem:
        if not type(problem).__module__.startswith(("httpx2", "httpcore2", "anyio", "h11")):
            raise
        reason = f"the connection failed: {type(problem).__name__}"
    else:
        return
    for check in checks:
        seen.unseen.setdefault(check, reason)
