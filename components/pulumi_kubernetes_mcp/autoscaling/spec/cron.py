"""The windows that a pair of cron expressions opens in KEDA's cron trigger.

KEDA asks robfig/cron for the next start and the next end, and is in the window while the next end does not come after
the next start. So a window is decided by what comes next, not by what came last: between two ends it is open, between
two starts it is shut. A local time that the clock skips never comes; one that it repeats comes twice.
"""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from ...kubernetes.cron import LEAP_YEAR, Cron, CronError, parse

__all__ = ["LEAP_YEAR", "Cron", "CronError", "Moments", "Span", "instants", "parse", "takes_turns", "windows"]

LOOK_AHEAD_DAYS = (8, 370, 5 * 366)
"""How far to look for what comes next: most expressions come within a week, all but that of 29 February in a year, and
KEDA's library gives up after five."""

Moments = list[datetime]
Span = tuple[datetime, datetime]


def instants(cron: Cron, zone: tzinfo, first: date, count: int) -> Moments:
    """When the expression comes, in UTC and in order: never at a skipped local time, twice at a repeated one."""
    found = set()
    for wall in cron.local_times(first, count):
        offset = _steady_offset(zone, wall.date())
        if offset is not None:
            found.add(wall.replace(tzinfo=UTC) - offset)
            continue
        for fold in (0, 1):
            moment = wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
            if moment.astimezone(zone).replace(tzinfo=None) == wall:
                found.add(moment)
    return sorted(found)


@lru_cache(maxsize=8192)
def _steady_offset(zone: tzinfo, day: date) -> timedelta | None:
    """What the clock is ahead of UTC all day; ``None`` where it is put forward or back, at its midnights too."""
    ends = (datetime.combine(day, time(), zone), datetime.combine(day + timedelta(days=1), time(), zone))
    found = {end.replace(fold=fold).utcoffset() for end in ends for fold in (0, 1)}
    return found.pop() if len(found) == 1 else None


def windows(start: Cron, end: Cron, zone: tzinfo, first: date, count: int) -> list[Span]:
    """The windows of KEDA's cron trigger on ``count`` days from ``first`` on, in UTC."""
    opening = datetime(first.year, first.month, first.day, tzinfo=zone).astimezone(UTC)
    closing = opening + timedelta(days=count)
    starts, ends = (set(instants(cron, zone, first, count)) for cron in (start, end))
    for days in LOOK_AHEAD_DAYS:
        after = first + timedelta(days=count)
        later = [set(instants(cron, zone, after, days)) for cron in (start, end)]
        if any(later):
            break
    else:
        later[1].add(closing)  # Neither ever comes, and to KEDA the two nevers are in the order of an open window.
    starts, ends = starts | later[0], ends | later[1]
    return _open_spans([opening, *sorted(starts | ends)], ends, opening, closing)


def takes_turns(start: Cron, end: Cron) -> bool:
    """Whether a start and an end follow each other, seen over two years of a clock that never changes."""
    first, count = LEAP_YEAR, 2 * 366
    starts, ends = (set(cron.local_times(first, count)) for cron in (start, end))
    order = [moment in ends for moment in sorted(starts | ends)]
    return not starts & ends and all(one != other for one, other in itertools.pairwise(order))


def _open_spans(moments: Moments, ends: set[datetime], opening: datetime, closing: datetime) -> list[Span]:
    """What lies before an end is open; what lies before a start alone is shut."""
    found: list[Span] = []
    for left, right in itertools.pairwise(moments):
        since, until = max(left, opening), min(right, closing)
        if right not in ends or since >= until:
            continue
        if found and found[-1][1] == since:
            found[-1] = (found[-1][0], until)
        else:
            found.append((since, until))
    return found
