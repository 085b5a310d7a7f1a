"""What is kept of the rounds of one endpoint: numbers alone, so that a thousand endpoints take a few MiB."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

from ..metric_names import PHASE_BUCKETS, Kind, Phase, Result
from ..reasons import Reason
from ..round import Round


@dataclass
class Histogram:
    """Rounds by the time that a phase took."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(PHASE_BUCKETS) + 1))
    """Of each bucket by itself; the last is above all bounds."""
    sum: float = 0.0

    def observe(self, seconds: float) -> None:
        """Count one."""
        self.counts[bisect_left(PHASE_BUCKETS, seconds)] += 1
        self.sum += seconds


@dataclass
class State:
    """One endpoint: its labels, its last round, and all of them counted."""

    labels: dict[str, str]
    at: float | None = None
    """When the last round ended, in Unix time; ``None`` before the first."""
    reason: Reason | None = None
    sentence: str = ""
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    expires: float | None = None
    versions: tuple[str, ...] = ()
    tools: int | None = None
    drift: dict[Kind, int] | None = None
    breaking: bool = False
    rounds: dict[Result, int] = field(default_factory=lambda: dict.fromkeys(Result, 0))
    phases: dict[Phase, Histogram] = field(default_factory=dict)

    @property
    def success(self) -> bool:
        """There was a round, and nothing was wrong in the last one."""
        return self.at is not None and self.reason is None

    def take(self, one: Round) -> None:
        """Count a round, and keep what it says."""
        seen = one.seen
        self.at, self.reason, self.sentence, self.seconds = one.at, one.reason, one.sentence, one.seconds
        self.notes = tuple(seen.notes) if seen.address is not None else self.notes
        self.expires = seen.expires
        self.versions = tuple(dict.fromkeys(seen.versions))
        self.tools = None if seen.tools is None else len(seen.tools)
        self.drift, self.breaking = None, False
        if seen.drift is not None:
            kinds = ((Kind.ADDED, seen.drift.added), (Kind.REMOVED, seen.drift.removed))
            self.drift = {kind: len(names) for kind, names in (*kinds, (Kind.CHANGED, seen.drift.changed))}
            self.breaking = bool(seen.drift.breaking)
        self.rounds[Result.SUCCESS if one.success else Result.FAILURE] += 1
        for phase, seconds in one.phases.items():
            self.phases.setdefault(phase, Histogram()).observe(seconds)
