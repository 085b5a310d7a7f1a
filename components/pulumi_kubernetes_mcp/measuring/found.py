"""What was found, as it was found."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .costs import Cost, SessionCost
from .watch import Point

if TYPE_CHECKING:
    from .clients import Sessions
    from .eras import Spoken
    from .paced import Paced
    from .tools import ToolFound


@dataclass
class Counts:
    """Sessions of all eras, kept up to date while they are opened and closed."""

    opened: int = 0
    closed: int = 0
    held: list[Sessions] = field(default_factory=list)

    def now(self) -> tuple[int, int]:
        """Opened and closed so far, those that are still held included."""
        return self.opened + sum(s.opened for s in self.held), self.closed + sum(s.closed for s in self.held)

    @contextlib.asynccontextmanager
    async def holding(self, sessions: Sessions) -> AsyncIterator[Sessions]:
        """Open sessions for the length of the block, and count them."""
        self.held.append(sessions)
        try:
            async with sessions:
                yield sessions
        finally:
            self.held.remove(sessions)
            self.opened += sessions.opened
            self.closed += sessions.closed


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
    paced: Paced | None = None
    """What a call costs at half load; not measured over HTTP+SSE."""
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
