"""From readings to what one session costs. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from .fit import Line, line, mean
from .watch import Point

KIB_PER_MIB = 1024
_BEYOND_MIB = 1.0
"""Growth beyond the earlier high-water mark that shows that freed memory is used up."""
_LEAST_POINTS = 3


@dataclass(frozen=True)
class Cost:
    """An estimate and the half-width of its 95 % confidence interval."""

    value: float
    error: float = 0.0


@dataclass(frozen=True)
class SessionCost:
    """What the readings of one era say."""

    baseline_mib: Cost
    session_kib: Cost
    descriptors: float | None
    lower_bound: bool = False
    """Whether freed memory hid a part of the cost."""


def session_cost(
    points: Sequence[Point], *, earlier_mib: float = 0.0, live: Sequence[tuple[int, float]] = ()
) -> SessionCost | None:
    """The line through the readings: memory with no session, and what each session adds.

    :param earlier_mib: the most memory that the process had before the first point was taken. What it has freed since
        is used again without growth, so only readings beyond it tell anything.
    :param live: numbers of sessions with the memory that lived then, where a collector can tell; the slope of the
        readings themselves is then mostly garbage.
    """
    if len(points) < 2:
        return None
    if len({sessions for sessions, _ in live}) >= 2:
        return _from_live(points, line([(float(sessions), mib) for sessions, mib in live]))
    beyond = [point for point in points if point.memory_mib > earlier_mib + _BEYOND_MIB]
    hidden = len(beyond) < len(points) and earlier_mib > 0
    if hidden and len(beyond) < _LEAST_POINTS:
        return _least(points, earlier_mib)
    used = beyond if hidden else list(points)
    fitted = line([(point.sessions, point.memory_mib) for point in used])
    # A collector's garbage comes and goes. The upper ends of both intervals together are a line that no peak exceeds;
    # the errors of the slope and of the baseline are not added twice: a steeper line begins lower.
    above = max(0.0, *(point.peak_mib - fitted.at(point.sessions) for point in used))
    middle = sum(point.sessions for point in used) / len(used)
    return SessionCost(
        Cost(max(0.0, fitted.intercept), max(0.0, above - fitted.slope_error * middle)),
        Cost(max(0.0, fitted.slope) * KIB_PER_MIB, fitted.slope_error * KIB_PER_MIB),
        _descriptors(points),
    )


def _from_live(points: Sequence[Point], live: Line) -> SessionCost:
    """What lives grows with the sessions; what else is resident is garbage, and does not."""
    slope = max(0.0, live.slope)
    garbage, _ = mean([point.memory_mib - slope * point.sessions for point in points])
    above = max(point.peak_mib - slope * point.sessions - garbage for point in points)
    return SessionCost(
        Cost(garbage, max(0.0, above)), Cost(slope * KIB_PER_MIB, live.slope_error * KIB_PER_MIB), _descriptors(points)
    )


def no_session_cost(points: Sequence[Point]) -> SessionCost | None:
    """Where nothing stays open between calls: the memory under calls is the baseline."""
    if not points:
        return None
    level = max(point.memory_mib for point in points)
    above = max(point.peak_mib for point in points) - level
    return SessionCost(Cost(level, max(0.0, above)), Cost(0.0), 0.0)


def _least(points: Sequence[Point], earlier_mib: float) -> SessionCost:
    last = points[-1]
    growth = max(0.0, last.memory_mib - max(earlier_mib, points[0].memory_mib))
    return SessionCost(
        Cost(points[0].memory_mib), Cost(growth * KIB_PER_MIB / last.sessions), _descriptors(points), lower_bound=True
    )


def _descriptors(points: Sequence[Point]) -> float | None:
    known = [(float(point.sessions), float(point.descriptors)) for point in points if point.descriptors is not None]
    return max(0.0, line(known).slope) if len(known) >= 2 else None


def stream_cost(bare: Sequence[tuple[int, float]], session: SessionCost) -> Cost | None:
    """What the stream of a session takes: a session with it less one without, if the difference can be told from noise.

    :param bare: numbers of further sessions that have no stream, with the memory then.
    """
    if len(bare) < _LEAST_POINTS:
        return None
    without = line([(float(sessions), mib) for sessions, mib in bare])
    value = session.session_kib.value - without.slope * KIB_PER_MIB
    error = math.hypot(session.session_kib.error, without.slope_error * KIB_PER_MIB)
    return Cost(value, error) if value > error else None
