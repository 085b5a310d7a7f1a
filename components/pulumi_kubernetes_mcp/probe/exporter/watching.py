"""The rounds of all endpoints in one event loop, each at its time."""

from __future__ import annotations

import asyncio
import logging
import ssl
import time
from concurrent.futures import ThreadPoolExecutor

from .. import metric_names as names
from ..reasons import Reason
from ..round import Round, Seen
from ..run import probe
from ..secret_headers import UnreadableHeaderError
from .configuration import Configuration, Target
from .schedule import next_round, offsets
from .state import State

MOST_AT_ONCE = 256
"""Rounds that run together: two descriptors each stay below the usual limit of 1,024."""
RESOLVERS = 32
"""Threads that ask the name server, which the system's resolver does one by one."""
_LOG = logging.getLogger("mcp_probe")


class Watching:
    """Endpoints, their states, and the rounds that run."""

    def __init__(self, configuration: Configuration, context: ssl.SSLContext) -> None:
        self.configuration = configuration
        self.states = [_state(target, configuration.watcher) for target in configuration.targets]
        self.turned: float = time.monotonic()
        """When the event loop last did something, on the monotonic clock: an exporter that hangs is told by it."""
        self._context = context
        self._free = asyncio.Semaphore(MOST_AT_ONCE)
        self._stop = asyncio.Event()

    async def run(self) -> None:
        """Watch until :meth:`stop`; rounds that run then are let come to their end, so that they end their sessions."""
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(RESOLVERS, "resolver"))
        targets = self.configuration.targets
        interval = self.configuration.interval_seconds
        places = offsets([target.watched.name for target in targets], interval)
        tasks = [
            asyncio.create_task(self._repeat(target, state, place))
            for target, state, place in zip(targets, self.states, places, strict=True)
        ]
        pulse = asyncio.create_task(self._pulse())
        await asyncio.gather(*tasks)
        pulse.cancel()

    def stop(self) -> None:
        """Begin no further round."""
        self._stop.set()

    async def _pulse(self) -> None:
        while True:
            self.turned = time.monotonic()
            await asyncio.sleep(1)

    async def _repeat(self, target: Target, state: State, offset: float) -> None:
        interval = self.configuration.interval_seconds
        # Nothing is known of an endpoint before its first round, so that comes within the first interval; one that is
        # alone has it at once, since a pod waits for it to be ready.
        if len(self.states) == 1:
            await self.round(target, state)
        while not await self._stopped(next_round(offset, interval, time.time()) - time.time()):
            await self.round(target, state)

    async def _stopped(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(max(0.0, seconds)):
                await self._stop.wait()
        except TimeoutError:
            return False
        return True

    async def round(self, target: Target, state: State) -> None:
        """One round now."""
        async with self._free:
            one = await one_round(target, self._context)
        before, noted = state.reason, state.notes
        state.take(one)
        for note in state.notes:
            if note not in noted:
                _LOG.warning("%s: %s", one.name, note)
        if one.reason != before:
            _LOG.warning("%s: %s", one.name, one.sentence or "works again")


async def one_round(target: Target, context: ssl.SSLContext) -> Round:
    """A round with the secrets as they are now; whatever goes wrong in the probe itself is a round that failed too."""
    start = time.monotonic()
    try:
        return await probe(target.now(), context)
    except UnreadableHeaderError as problem:
        words = f"a header cannot be sent: {problem}"
    except (OSError, MemoryError, RuntimeError, ValueError) as problem:
        words = f"the probe itself failed with {type(problem).__name__}"
        _LOG.exception("%s: the probe itself failed", target.watched.name)
    watched = target.watched
    return Round(
        name=watched.name,
        address=watched.shown,
        at=time.time(),
        seconds=time.monotonic() - start,
        phases={},
        seen=Seen(),
        reason=Reason.PROBE,
        detail=words,
    )


def _state(target: Target, watcher: str) -> State:
    watched = target.watched
    labels = (watched.name, watched.server, watched.region, watcher)
    return State(dict(zip(names.LABELS, labels, strict=True)))
