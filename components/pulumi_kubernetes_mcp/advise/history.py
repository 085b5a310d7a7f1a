"""Days of production as series on one grid of time, and what can be asked of them. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from statistics import median

DAY = 86_400
STEP = 300
"""Seconds between two values: twelve in an hour are enough for days, and a week of them is a few KiB."""
FIGURES = ("pods", "sessions", "calls", "cpu", "memory", "latency", "restarts", "version")
"""pods: ready ones; sessions: open ones (or calls in flight, where there are none); calls: begun per second; cpu: cores
of all pods; memory: bytes of a pod on the mean; latency: 95th percentile in seconds; restarts: of containers since some
time; version: what changes with the template of the workload."""
Values = Sequence[float | None]


@dataclass(frozen=True, kw_only=True)
class History:
    """Some days of one server."""

    start: float
    """Seconds since 1970 of the first value."""
    series: Mapping[str, Values]
    """Figure to its values, :data:`STEP` apart; ``None`` where nothing was recorded."""
    zone: tzinfo = UTC
    """Whose days and nights are meant."""
    notes: tuple[str, ...] = ()
    """What a reader must know of how it was got."""

    @property
    def length(self) -> int:
        """Number of values of each figure."""
        return max((len(values) for values in self.series.values()), default=0)

    @property
    def days(self) -> float:
        """How long it is, in days."""
        return self.length * STEP / DAY

    def has(self, *figures: str) -> bool:
        """Whether there is something of each."""
        return all(any(value is not None for value in self.series.get(figure, ())) for figure in figures)

    def known(self, figure: str) -> list[float]:
        """The values that were recorded."""
        return [value for value in self.series.get(figure, ()) if value is not None]

    def coverage(self, figure: str) -> float:
        """Part of the time of which there is a value."""
        return len(self.known(figure)) / self.length if self.length else 0.0

    def when(self, place: int) -> datetime:
        """The moment of a value."""
        return datetime.fromtimestamp(self.start + place * STEP, self.zone)

    def pick(self, figure: str, chosen: Callable[[datetime], bool]) -> list[float]:
        """The recorded values of some moments."""
        values = self.series.get(figure, ())
        return [value for place, value in enumerate(values) if value is not None and chosen(self.when(place))]

    def ratio(self, over: str, under: str) -> list[float | None]:
        """One figure over another, where both are there and the lower one is not nothing."""
        pairs = zip(self.series.get(over, ()), self.series.get(under, ()), strict=False)
        return [None if a is None or not b else a / b for a, b in pairs]

    def by_day(self, values: Values, of_day: Callable[[Sequence[float]], float]) -> list[tuple[float, float]]:
        """Day number to a figure of it, for the days that are there for the most part."""
        per_day = DAY // STEP
        found = []
        for begin in range(0, len(values), per_day):
            part = [value for value in values[begin : begin + per_day] if value is not None]
            if len(part) >= per_day * MOST_OF_A_DAY:
                found.append((begin / per_day, of_day(part)))
        return found


MOST_OF_A_DAY = 0.6


def quantile(values: Iterable[float], share: float) -> float:
    """A quantile, straight between neighbours; 0 of nothing."""
    ordered = sorted(values)
    if not ordered:
        return 0.0
    place = share * (len(ordered) - 1)
    low, high = math.floor(place), math.ceil(place)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


@dataclass(frozen=True)
class Trend:
    """A line through a figure of each day."""

    per_day: float
    """By the median of all slopes (Theil and Sen)."""
    level: float
    """Median of the days."""
    tau: float
    """Kendall's τ: 1 where each day is above the one before."""
    days: int

    @property
    def growth(self) -> float:
        """Growth over a week as a part of the level."""
        return 7 * self.per_day / self.level if self.level > 0 else 0.0


def trend(points: Sequence[tuple[float, float]]) -> Trend | None:
    """The trend of some days; ``None`` for fewer than :data:`LEAST_DAYS`."""
    if len(points) < LEAST_DAYS:
        return None
    pairs = [(one, other) for place, one in enumerate(points) for other in points[place + 1 :]]
    slopes = [(high - low) / (after - before) for (before, low), (after, high) in pairs]
    rising = sum((high > low) - (high < low) for (_, low), (_, high) in pairs)
    return Trend(
        per_day=median(slopes),
        level=median(value for _, value in points),
        tau=rising / len(pairs),
        days=len(points),
    )


LEAST_DAYS = 5
