"""One experiment from beginning to end: calls, the fault, its end, recovery; undone in every case."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ..eras import SESSION_ERAS, Era
from ..probe.run import probe
from ..probe.watched import Watched
from ..probe.wire import load
from ..rules.words import listed
from .clients import Clients
from .model import KILLS, Pace, Plan, Pod, Run
from .refused import ChaosError
from .undoing import Undoing

QUIET_SECONDS = 3.0
"""Without a failed call of any client: it has recovered."""
POLL_SECONDS = 0.2
TRIED: tuple[Era, ...] = (Era.MODERN, Era.LEGACY_STATEFUL, Era.LEGACY_STATELESS)
"""Eras that are looked for where none is named; of the legacy ones a server has one."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is to be played, settled."""

    plan: Plan
    pace: Pace
    watched: Sequence[Watched]
    """An endpoint for each era."""
    context: ssl.SSLContext = field(repr=False)
    run: str
    gone: Callable[[Sequence[Pod]], Sequence[str]]
    """Which of some pods are no longer there, or were started again."""


async def eras_of(watched: Watched, eras: Sequence[Era], sse_url: str | None, context: ssl.SSLContext) -> list[Watched]:
    """An endpoint for each era that is asked for, or for each that the server answers to."""
    await load()
    wanted = tuple(eras) or (*TRIED, *((Era.SSE,) if sse_url else ()))
    found, said = [], []
    for era in wanted:
        if era is Era.SSE and sse_url is None:
            raise ChaosError("The era 'sse' has an address of its own: give it with --sse-url.")
        url = sse_url if era is Era.SSE and sse_url is not None else watched.url
        one = dataclasses.replace(watched, url=url, eras=(era,), call=None)
        seen = await probe(one, context)
        if seen.success:
            found.append(dataclasses.replace(one, call=watched.call))
        elif eras:
            raise ChaosError(f"The server does not serve clients of '{era}' as it is: {seen.sentence}")
        else:
            said.append(seen.sentence)
    if not found:
        raise ChaosError(f"The server serves no client as it is, so nothing was done. {said[0]}")
    return found


async def play(asked: Asked, undoing: Undoing, say: Callable[[str], None]) -> Run:
    """Play it. What is done is undone also when this is cancelled, and when anything in it fails."""
    pace, plan = asked.pace, asked.plan
    clients = Clients(asked.watched, pace, asked.context, asked.run)
    try:
        say(f"Calling for {pace.before:g} s as it is")
        clients.begin()
        await asyncio.sleep(pace.before)
        await _all_have_called(clients)
        _healthy(clients)
        held = await clients.held(plan.pods)
        began = clients.now()
        try:
            await _to_its_end(lambda: undoing.do(plan.steps))
            if any(step.undo is not None for step in plan.steps):
                say(f"It lasts {pace.hold:g} s")
                await asyncio.sleep(pace.hold)
        finally:
            await _to_its_end(undoing.undo)
        undone = clients.now()
        over = began if plan.experiment in KILLS else undone
        since = clients.now()
        say(f"Waiting for recovery, {pace.recover:g} s at most")
        while clients.now() - since < pace.recover and not clients.quiet(max(since, clients.now() - QUIET_SECONDS)):
            await asyncio.sleep(POLL_SECONDS)
        # Quiet is a judgement on the last seconds, of which there must have been so many.
        await asyncio.sleep(min(QUIET_SECONDS, pace.recover))
    finally:
        await clients.end()
    stayed = [pod for pod in plan.pods if pod not in plan.affected or plan.experiment not in KILLS]
    return Run(
        calls=tuple(clients.calls),
        held=tuple(held),
        began=began,
        over=over,
        ended=clients.now(),
        lasted=undone - began if any(step.undo is not None for step in plan.steps) else None,
        gone=tuple(await asyncio.to_thread(asked.gone, stayed)),
        left=tuple(undoing.left),
    )


async def _to_its_end(work: Callable[[], None]) -> None:
    """Do what blocks beside the calls of the clients, and to its end also when this is cancelled meanwhile."""
    doing = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        await asyncio.shield(doing)
    except asyncio.CancelledError:
        while not doing.done():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait([doing])
        raise


async def _all_have_called(clients: Clients) -> None:
    """A slow server gets the time of one call more."""
    end = clients.now() + clients.pace.timeout
    while clients.now() < end and not clients.quiet(0):
        if any(call.reason is not None for call in clients.calls):
            return
        await asyncio.sleep(POLL_SECONDS)


def _healthy(clients: Clients) -> None:
    failed = [call for call in clients.calls if call.reason is not None]
    if failed:
        eras = listed(sorted({call.era.value for call in failed}))
        raise ChaosError(
            f"{len(failed)} of {len(clients.calls)} calls failed before anything was done ({eras}; {failed[0].reason}: "
            f"{failed[0].detail}), so nothing was done. Mend that first: what a fault does cannot be told from it."
        )
    if not clients.quiet(0):
        raise ChaosError("Not every client has had an answer before anything was done, so nothing was done.")


def with_sessions(watched: Sequence[Watched]) -> bool:
    """Whether any of the clients holds a session."""
    return any(one.eras[0] in SESSION_ERAS for one in watched)
