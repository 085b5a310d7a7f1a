"""Memory between two readings: how high it stood on the whole, and at most."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from .readers import Reader, Reading

_EVERY_SECONDS = 0.05
SETTLE_SECONDS = 0.25
"""Least time without load before a reading."""
_SETTLE_MOST_SECONDS = 2.0
_STILL_MIB = 0.1


@dataclass(frozen=True)
class Point:
    """The server with a number of open sessions."""

    sessions: int
    memory_mib: float
    """Without load, after settling."""
    peak_mib: float
    """The most since the last point."""
    descriptors: int | None


class Watch:
    """Looks at the memory many times a second, where that costs the server nothing."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.highest_mib = 0.0
        """The most that was ever seen."""
        self._peak = 0.0

    def glance(self) -> float | None:
        """Look once."""
        memory = self.reader.glance()
        self._note(memory or 0.0)
        return memory

    def _note(self, memory_mib: float) -> None:
        self._peak = max(self._peak, memory_mib)
        self.highest_mib = max(self.highest_mib, memory_mib)

    async def report_findings(self) -> None:
        """Wait until the memory stands still, as far as it can be seen, for two seconds at most."""
        before = self.glance()
        waited = 0.0
        while waited < _SETTLE_MOST_SECONDS:
            await asyncio.sleep(SETTLE_SECONDS)
            waited += SETTLE_SECONDS
            now = self.glance()
            if before is None or now is None or abs(now - before) < _STILL_MIB:
                return
            before = now

    async def read(self) -> Reading:
        """One full reading now."""
        reading = await self.reader.read()
        self._note(reading.memory_mib)
        return reading

    async def point(self, sessions: int) -> Point:
        """Settle, read, and begin anew to look for the peak."""
        await self.report_findings()
        reading = await self.read()
        peak, self._peak = self._peak, 0.0
        return Point(sessions, reading.memory_mib, peak, reading.descriptors)

    async def _look(self) -> None:
        while self.glance() is not None:
            await asyncio.sleep(_EVERY_SECONDS)


@contextlib.asynccontextmanager
async def watching(reader: Reader | None) -> AsyncIterator[Watch | None]:
    """A watch for the length of the block; ``None`` where nothing can be read."""
    if reader is None:
        yield None
        return
    watch = Watch(reader)
    looking = asyncio.create_task(watch._look())
    try:
        yield watch
    finally:
        looking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await looking
