"""Cron expressions as KEDA's cron trigger reads them, and the windows that a pair of them opens.

KEDA asks robfig/cron for the next start and the next end, and is in the window while the next end does not come after
the next start. So a window is decided by what comes next, not by what came last: between two ends it is open, between
two starts it is shut. A local time that the clock skips never comes; one that it repeats comes twice.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache

FIELDS = ("minute", "hour", "day of the month", "month", "day of the week")
RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
_NAMES = {
    3: {name: number for number, name in enumerate(_MONTHS, start=1)},
    4: {name: number for number, name in enumerate(_WEEKDAYS)},
}
LOOK_AHEAD_DAYS = (8, 370, 5 * 366)
"""How far to look for what comes next: most expressions come within a week, all but that of 29 February in a year, and
KEDA's library gives up after five."""
LEAP_YEAR = date(2028, 1, 1)
"""A year that has every day."""

Moments = list[datetime]
Span = tuple[datetime, datetime]


class CronError(ValueError):
    """A text that KEDA does not read as a cron expression; the message says what is wrong with which part."""


@dataclass(frozen=True)
class Cron:
    """A five-field cron expression."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    """0 is Sunday; there is no 7."""
    either_day: bool
    """Both days are restricted, and then one of them is enough."""

    def falls_on(self, day: date) -> bool:
        """Whether the expression has a time on this day."""
        if day.month not in self.months:
            return False
        in_month, in_week = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        return in_month or in_week if self.either_day else in_month and in_week

    def local_times(self, first: date, count: int) -> Iterator[datetime]:
        """The times on ``count`` days from ``first`` on, as a clock on the wall shows them."""
        for number in range(count):
            day = first + timedelta(days=number)
            if self.falls_on(day):
                for hour in self.hours:
                    for minute in self.minutes:
                        yield datetime(day.year, day.month, day.day, hour, minute)

    @property
    def times_a_day(self) -> int:
        """How often it comes on a day on which it comes."""
        return len(self.minutes) * len(self.hours)

    def ever(self) -> bool:
        """Whether it comes at all: 30 February never does."""
        return any(self.falls_on(LEAP_YEAR + timedelta(days=number)) for number in range(366))


@lru_cache(maxsize=256)
def parse(text: str) -> Cron:
    """The expression in ``text``.

    :raises CronError: for what KEDA refuses when it starts the trigger; the ScaledObject is then never ready.
    """
    parts = text.split()
    if len(parts) != len(FIELDS):
        raise CronError(f"It has {len(parts)} fields and needs five: {', '.join(FIELDS)}.")
    minutes, hours, days, months, weekdays = (_field(part, place) for place, part in enumerate(parts))
    restricted = [not _has_star(part) for part in (parts[2], parts[4])]
    return Cron(tuple(sorted(minutes)), tuple(sorted(hours)), days, months, weekdays, all(restricted))


def instants(cron: Cron, zone: tzinfo, first: date, count: int) -> Moments:
    """When the expression comes, in UTC and in order: never at a skipped local time, twice at a repeated one."""
    found = set()
    for wall in cron.local_times(first, count):
        for fold in (0, 1):
            moment = wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
            if moment.astimezone(zone).replace(tzinfo=None) == wall:
                found.add(moment)
    return sorted(found)


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


def _has_star(field: str) -> bool:
    """Whether a field leaves its day open: ``*`` or ``?``, also in a list, but not with a step above one."""
    return any(part in ("*", "?", "*/1", "?/1") for part in field.split(","))


def _field(text: str, place: int) -> frozenset[int]:
    return frozenset(number for part in text.split(",") for number in _part(part, place))


def _part(part: str, place: int) -> range:
    low, high = RANGES[place]
    body, slash, step_text = part.partition("/")
    step = 1
    if slash:
        if not step_text.isdecimal() or int(step_text) < 1:
            raise _refusal(part, place)
        step = int(step_text)
    if body in ("*", "?"):
        return range(low, high + 1, step)
    first_text, dash, last_text = body.partition("-")
    first = _number(first_text, part, place)
    last = _number(last_text, part, place) if dash else (high if slash else first)
    if not low <= first <= last <= high:
        raise _refusal(part, place)
    return range(first, last + 1, step)


def _number(text: str, part: str, place: int) -> int:
    named = _NAMES.get(place, {}).get(text.lower())
    if named is not None:
        return named
    if not (text.isdecimal() and text.isascii()):
        raise _refusal(part, place)
    return int(text)


def _refusal(part: str, place: int) -> CronError:
    low, high = RANGES[place]
    return CronError(
        f"'{part}' is no {FIELDS[place]}, which is from {low} to {high}, or '*', a list, a range or a step."
    )
