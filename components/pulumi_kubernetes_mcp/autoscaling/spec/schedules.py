"""Schedules: floors under the number of pods at known hours, as pairs of cron expressions for KEDA.

A schedule says its windows in cron expressions or in words: days, from, to, and how much earlier the pods are wanted.
Words are laid out on a week or a year of minutes, joined where they touch, and read back as pairs whose starts and
ends take turns, since KEDA's windows are right only then.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from .cron import Cron, CronError, parse

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
GROUPS = {"daily": WEEK, "weekdays": WEEK[:5], "weekends": WEEK[5:]}
DAY_WORDS = (*GROUPS, *WEEK)
MINUTES_OF_DAY = 1440
MINUTES_OF_WEEK = 7 * MINUTES_OF_DAY
MINUTES_OF_YEAR = 365 * MINUTES_OF_DAY
COMMON_YEAR = date(2027, 1, 1)
"""A year without 29 February: cron knows no years, so a window may not depend on that day."""
MOST_TIMES_A_DAY = 96
"""Each quarter of an hour; pods take minutes to come and to go, so that nobody means more."""
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00")
_DATE = re.compile(r"(\d\d)-(\d\d)")

Pair = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """At least ``replicas`` pods in windows that come back; either as crons or as days and times."""

    name: str
    time_zone: str
    replicas: int
    start: str | None = None
    end: str | None = None
    days: tuple[str, ...] = ()
    from_time: str | None = None
    to_time: str | None = None
    ramp_minutes: int = 0
    """How much earlier than ``from_time`` the window opens."""

    @property
    def in_words(self) -> bool:
        """Whether it is said in days and times."""
        return self.start is None and self.end is None


@dataclass(frozen=True)
class Unreadable:
    """What is wrong with one key of a schedule, in a sentence."""

    key: str
    problem: str
    remedy: str


def unreadable(schedule: Schedule) -> list[Unreadable]:
    """Everything in a schedule that cannot be read; empty where :func:`crons` has an answer."""
    given_words = bool(schedule.days or schedule.from_time or schedule.to_time)
    if not schedule.in_words:
        if given_words:
            return [Unreadable("start", "The window is given twice, in cron expressions and in words.", "Keep one.")]
        return [*_unreadable_cron("start", schedule.start), *_unreadable_cron("end", schedule.end)]
    if not given_words:
        remedy = "Give ⟦days⟧, ⟦from_time⟧ and ⟦to_time⟧, or ⟦start⟧ and ⟦end⟧ as cron expressions."
        return [Unreadable("days", "The schedule says nowhere when it holds.", remedy)]
    return [*_unreadable_days(schedule), *_unreadable_times(schedule)]


def crons(schedule: Schedule) -> list[Pair]:
    """Start and end of each cron trigger that the schedule needs, in its time zone.

    One pair is enough for windows that are alike; an empty list means that the windows leave no gap at all.

    :raises CronError: for a schedule that :func:`unreadable` complains about.
    """
    if wrong := unreadable(schedule):
        raise CronError(f"{wrong[0].key}: {wrong[0].problem}")
    if not schedule.in_words:
        return [(_spaced(schedule.start), _spaced(schedule.end))]
    days = [day for word in schedule.days for day in GROUPS.get(word, (word,))]
    weekly = _laid_out(schedule, [WEEK.index(day) for day in days if day in WEEK], MINUTES_OF_WEEK)
    yearly = _laid_out(schedule, [_day_of_year(day) for day in days if day not in WEEK], MINUTES_OF_YEAR)
    if weekly is None:
        return []
    return [*_weekly_pairs(weekly), *_yearly_pairs(yearly or [])]


def length_minutes(schedule: Schedule) -> int:
    """How long a window in words is, without its ramp; 0 where from and to are the same time of day."""
    begin, end = _minute(schedule.from_time), _minute(schedule.to_time)
    return end if (begin, end) == (0, MINUTES_OF_DAY) else (end - begin) % MINUTES_OF_DAY


def always(schedule: Schedule) -> bool:
    """Whether the windows leave no gap, or start and end are the same: then nothing ever opens or closes."""
    pairs = crons(schedule)
    if schedule.in_words and not length_minutes(schedule):
        return True
    return not pairs or any(parse(start) == parse(end) for start, end in pairs)


# Words for what comes back


def in_words(both: Collection[Schedule], since: datetime, until: datetime, minutes: int) -> str:
    """When two schedules hold together, in words that are true in every year.

    :param since: when they first do, by the clock on the wall; ``minutes`` are all of a year.
    """
    pairs = [_near([parse(start) for start, _ in crons(one)], since) for one in both]
    ends_at_midnight = until.date() == since.date() + timedelta(days=1) and (until.hour, until.minute) == (0, 0)
    same_day = since.date() == until.date() or ends_at_midnight
    end = "24:00" if ends_at_midnight else f"{until:%H:%M}"
    daily = [all(_weekly(cron) and len(cron.weekdays) == 7 for cron in starts) for starts in pairs]
    if all(daily) and same_day:
        text, times = f"daily {since:%H:%M} to {end}", 366
    elif all(_weekly(cron) for starts in pairs for cron in starts):
        text, times = f"{since:%A}s {since:%H:%M} to {'' if same_day else f'{until:%A}s '}{end}", 53
    else:
        some = "" if any(daily) or all(_dated(starts) for starts in pairs) else " in years in which both have that day"
        text, times = f"{since:%m-%d} {since:%H:%M} to {'' if same_day else f'{until:%m-%d} '}{end}{some}", 1
    length = int((until - since).total_seconds()) // 60
    return f"{text} among others" if minutes > times * length else text


def _near(starts: list[Cron], since: datetime) -> list[Cron]:
    """Those that open a window on this day, or on the one before: a schedule may have days of the week, and dates."""
    for day in (since.date(), since.date() - timedelta(days=1)):
        if found := [cron for cron in starts if cron.falls_on(day)]:
            return found
    return starts


def _weekly(cron: Cron) -> bool:
    """Whether it comes back each week, whatever the date."""
    return len(cron.months) == 12 and len(cron.days) == 31


def _dated(starts: Sequence[Cron]) -> bool:
    """Whether all of them come on dates, whatever the day of the week."""
    return all(not _weekly(cron) and len(cron.weekdays) == 7 for cron in starts)


# Words to minutes, minutes to crons


def _laid_out(schedule: Schedule, days: list[int], period: int) -> list[tuple[int, int]] | None:
    """First minute and length of each window on a circle of ``period`` minutes, joined; ``None`` for all of it."""
    if not days:
        return []
    circle = bytearray(period)
    length = length_minutes(schedule) + schedule.ramp_minutes
    for day in days:
        begin = (day * MINUTES_OF_DAY + _minute(schedule.from_time) - schedule.ramp_minutes) % period
        for first, last in ((begin, min(begin + length, period)), (0, max(0, begin + length - period))):
            circle[first:last] = b"\1" * (last - first)
    gap = circle.find(0)
    if gap < 0:
        return None
    turned = circle[gap:] + circle[:gap]
    found = []
    begin = turned.find(1)
    while begin >= 0:
        end = turned.find(0, begin) if 0 in turned[begin:] else period
        found.append(((begin + gap) % period, end - begin))
        begin = turned.find(1, end)
    return sorted(found)


def _weekly_pairs(found: list[tuple[int, int]]) -> Iterator[Pair]:
    """One pair for all windows that open and close at the same times of day, so many days apart."""
    groups: dict[tuple[int, int], list[int]] = {}
    for begin, length in found:
        groups.setdefault((begin % MINUTES_OF_DAY, length), []).append(begin // MINUTES_OF_DAY)
    for (time, length), days in groups.items():
        ends = [(day + (time + length) // MINUTES_OF_DAY) % 7 for day in days]
        start, end = _clock(time), _clock(time + length)
        yield f"{start} * * {_weekdays(days)}", f"{end} * * {_weekdays(ends)}"


def _yearly_pairs(found: list[tuple[int, int]]) -> Iterator[Pair]:
    """One pair for all windows that open in one month and close in one month, at the same times of day."""
    groups: dict[tuple[str, int, str, int, int], tuple[list[int], list[int]]] = {}
    for begin, length in found:
        opens, closes = (_calendar(minute) for minute in (begin, begin + length))
        key = (_clock(begin), opens.month, _clock(begin + length), closes.month, length)
        starts, ends = groups.setdefault(key, ([], []))
        starts.append(opens.day)
        ends.append(closes.day)
    for (start, start_month, end, end_month, _), (starts, ends) in groups.items():
        yield f"{start} {_numbers(starts)} {start_month} *", f"{end} {_numbers(ends)} {end_month} *"


def _calendar(minute: int) -> date:
    return COMMON_YEAR + timedelta(days=minute // MINUTES_OF_DAY % 365)


def _clock(minute: int) -> str:
    """Minute and hour of a cron expression."""
    hour, rest = divmod(minute % MINUTES_OF_DAY, 60)
    return f"{rest} {hour}"


def _weekdays(days: Sequence[int]) -> str:
    """Days from Monday as 0 to the days of a cron expression, where Sunday is 0."""
    numbers = [(day + 1) % 7 for day in days]
    return "*" if len(set(numbers)) == 7 else _numbers(numbers)


def _numbers(numbers: Sequence[int]) -> str:
    """Numbers as a list with ranges: three or more in a row are one."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ",".join(f"{run[0]}-{run[-1]}" if len(run) > 2 else ",".join(map(str, run)) for run in runs)


def _spaced(text: str | None) -> str:
    return " ".join((text or "").split())


def _minute(text: str | None) -> int:
    hour, _, minute = (text or "00:00").partition(":")
    return int(hour) * 60 + int(minute)


def _day_of_year(text: str) -> int:
    month, day = text.split("-")
    return (date(COMMON_YEAR.year, int(month), int(day)) - COMMON_YEAR).days


# What cannot be read


def _unreadable_cron(key: str, text: str | None) -> Iterator[Unreadable]:
    remedy = "Write five fields, such as '0 8 * * 1-5': minute, hour, day, month, day of the week from 0 (Sunday) to 6."
    if text is None:
        yield Unreadable(key, "It is missing: a window needs a start and an end.", remedy)
        return
    try:
        cron = parse(text)
        if not cron.ever():
            yield Unreadable(key, f"'{text}' never comes: no year has that day.", "Name a day that exists.")
        elif cron.times_a_day > MOST_TIMES_A_DAY:
            problem = f"'{text}' comes {cron.times_a_day:,} times a day; a window has one time to open and one to shut."
            yield Unreadable(key, problem, "Give a minute and an hour, such as '0 8 * * 1-5'.")
    except CronError as error:
        yield Unreadable(key, f"'{text}' is no cron expression. {error}", remedy)


def _unreadable_days(schedule: Schedule) -> Iterator[Unreadable]:
    words = ", ".join(DAY_WORDS)
    remedy = f"Give words of {words}, or dates such as '11-27' for 27 November."
    if not schedule.days:
        yield Unreadable("days", "No day is given.", remedy)
    for day in schedule.days:
        if day not in DAY_WORDS and (problem := _wrong_date(day)):
            yield Unreadable("days", problem, remedy)


def _wrong_date(text: str) -> str | None:
    if not _DATE.fullmatch(text):
        return f"'{text}' is neither a word for days nor a date."
    if text == "02-29":
        return "29 February is not in every year, and cron knows no years: the window would stay open until the next."
    try:
        _day_of_year(text)
    except ValueError:
        return f"'{text}' is no day of a year; month comes before day."
    return None


def _unreadable_times(schedule: Schedule) -> Iterator[Unreadable]:
    for key, text in (("from_time", schedule.from_time), ("to_time", schedule.to_time)):
        remedy = "Write hours and minutes, such as '08:00'; a window may end at '24:00'."
        if text is None:
            yield Unreadable(key, "It is missing: a window needs both times.", remedy)
        elif not _TIME.fullmatch(text) or (key == "from_time" and text == "24:00"):
            yield Unreadable(key, f"'{text}' is no time of day.", remedy)
