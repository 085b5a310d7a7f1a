"""Cron expressions as robfig/cron reads them, which the API server asks of a CronJob, and KEDA of its cron trigger."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

FIELDS = ("minute", "hour", "day of the month", "month", "day of the week")
RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
_NAMES = {
    3: {name: number for number, name in enumerate(_MONTHS, start=1)},
    4: {name: number for number, name in enumerate(_WEEKDAYS)},
}
LEAP_YEAR = date(2028, 1, 1)
"""A year that has every day."""
_WORD = re.compile(
    r"@(yearly|annually|monthly|weekly|daily|midnight|hourly)|@every (([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|ms|s|m|h))+"
)


class CronError(ValueError):
    """A text that is no cron expression; the message says what is wrong with which part."""


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

    :raises CronError: for what the API server refuses, and KEDA when it starts the trigger; the ScaledObject is then
        never ready.
    """
    parts = text.split()
    if len(parts) != len(FIELDS):
        raise CronError(f"It has {len(parts)} field{'s' * (len(parts) != 1)} and needs five: {', '.join(FIELDS)}.")
    minutes, hours, days, months, weekdays = (_field(part, place) for place, part in enumerate(parts))
    restricted = [not _has_star(part) for part in (parts[2], parts[4])]
    return Cron(tuple(sorted(minutes)), tuple(sorted(hours)), days, months, weekdays, all(restricted))


def no_schedule(text: str) -> str | None:
    """What is wrong with the schedule of a CronJob: five fields, or a word such as '@daily', without a time zone."""
    if text.startswith("@"):
        return None if _WORD.fullmatch(text) else "It is none of the words that stand for a schedule."
    try:
        parse(text)
    except CronError as problem:
        return str(problem)
    return None


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
