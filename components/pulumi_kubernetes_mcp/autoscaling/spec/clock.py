"""Schedules on real clocks: time zones, hours that a change of the clock skips, and schedules that overlap."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from .cron import LEAP_YEAR, Span, parse, windows
from .schedules import Schedule, always, crons, in_words, unreadable

SHOWN = 3
"""Pairs that are named where many schedules overlap."""
MOST_PAIRS = 10
YEARS = range(2026, 2032)
"""Years in which changes of the clock are looked for; rules change seldom, and a preview must not depend on its day."""


@cache
def zones() -> frozenset[str]:
    """The time zones that this machine knows; empty where it has no time zone database."""
    return frozenset(available_timezones())


def lost_edges(schedule: Schedule, known: Collection[str]) -> list[tuple[str, datetime]]:
    """Starts and ends that fall into an hour that the clock skips, each with the first such time.

    A lost start opens the window when the one before ends. A lost end costs the whole window of that night.
    """
    if schedule.time_zone not in known:
        return []
    found: dict[str, datetime] = {}
    for begin, end in skipped(schedule.time_zone):
        for pair in crons(schedule):
            for key, text in zip(("start", "end"), pair, strict=True):
                for wall in parse(text).local_times(begin.date(), 2):
                    if begin <= wall < end:
                        found.setdefault(key, wall)
    return sorted(found.items(), reverse=True)


@cache
def skipped(time_zone: str) -> tuple[Span, ...]:
    """From and to of each piece of time that the clocks of a zone skip, as a clock on the wall would have shown it."""
    zone = ZoneInfo(time_zone)
    return tuple(gap for year in YEARS for gap in _skipped(zone, year))


@dataclass(frozen=True)
class Overlap:
    """Two schedules that hold at the same time somewhere in a year."""

    first: Schedule
    second: Schedule
    since: datetime
    until: datetime
    minutes: int
    """In a year, altogether."""

    @property
    def text(self) -> str:
        """Which of them wins, and when they first meet."""
        higher, lower = sorted((self.first, self.second), key=lambda one: -one.replicas)
        zone = ZoneInfo(self.first.time_zone)
        since, until = (moment.astimezone(zone) for moment in (self.since, self.until))
        times = in_words((self.first, self.second), since, until, self.minutes)
        when = f"{times}, {self.first.time_zone}; about {self.minutes / 60:.0f} h a year"
        if higher.replicas == lower.replicas:
            return f"'{higher.name}' and '{lower.name}' overlap ({when}); both ask for {higher.replicas} pods."
        return (
            f"'{higher.name}' and '{lower.name}' overlap ({when}); the highest floor wins, so at least "
            f"{higher.replicas} pods run and '{lower.name}' with its {lower.replicas} does nothing then."
        )


def overlapping(schedules: Sequence[Schedule], known: Collection[str]) -> list[Overlap]:
    """Every two schedules that overlap, over a year that has every day; of more than a few the first ones. Their ramps
    may: one goes up as one ends."""
    return _overlapping(schedules, known)[0]


def overlaps(schedules: Sequence[Schedule]) -> str:
    """Which schedules overlap, and which of them wins; empty where none do. One sentence for each two of a few, for
    many how many they are and the first of them."""
    found, together = _overlapping(schedules, zones())
    if len(found) <= SHOWN:
        return " ".join(one.text for one in found)
    shown = " ".join(one.text for one in found[:SHOWN])
    return f"{together} of {len(schedules)} schedules overlap, and the highest floor wins. The first of them: {shown}"


def _overlapping(schedules: Sequence[Schedule], known: Collection[str]) -> tuple[list[Overlap], int]:
    """The first pairs, in order, and how many schedules overlap another one."""
    readable = [one for one in schedules if one.time_zone in known and not unreadable(one) and not always(one)]
    spans = [year_windows(replace(one, ramp_minutes=0)) for one in readable]
    pairs, together = meetings(spans, MOST_PAIRS)
    found = []
    for second, first in sorted(pairs):
        both = list(_intersections(spans[first], spans[second]))
        minutes = sum(int((until - since).total_seconds()) // 60 for since, until in both)
        found.append(Overlap(readable[first], readable[second], *both[0], minutes))
    return found, len(together)


def meetings(spans: Sequence[Sequence[Span]], most: int) -> tuple[set[tuple[int, int]], set[int]]:
    """Which of these meet: up to ``most`` pairs, the greater number first, and everyone who meets another one.

    Openings are walked once, in order. When ``most`` pairs are known, only the window that stays open longest is looked
    at: whoever opens before it closes meets it, and nobody else who is met is missed, since of two that are open at
    once the later one has met the longest then.

    :param spans: of each its windows, in order, none of which touches the next.
    """
    openings = sorted((since, until, who) for who, own in enumerate(spans) for since, until in own)
    pairs: set[tuple[int, int]] = set()
    together: set[int] = set()
    opened: list[tuple[datetime, int]] = []
    longest: tuple[datetime, int] | None = None
    for since, until, who in openings:
        if longest is not None and longest[0] > since:
            together |= {who, longest[1]}
        if len(pairs) < most:
            opened = [one for one in opened if one[0] > since]
            pairs |= {(max(who, other), min(who, other)) for _, other in opened}
            opened.append((until, who))
        if longest is None or until > longest[0]:
            longest = (until, who)
    return set(sorted(pairs)[:most]), together


def year_windows(schedule: Schedule) -> list[Span]:
    """The windows of a schedule in a leap year, in UTC and in order."""
    zone = ZoneInfo(schedule.time_zone)
    spans = [span for start, end in crons(schedule) for span in windows(parse(start), parse(end), zone, LEAP_YEAR, 366)]
    merged: list[Span] = []
    for since, until in sorted(spans):
        if merged and since <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(until, merged[-1][1]))
        else:
            merged.append((since, until))
    return merged


def _intersections(ours: list[Span], theirs: list[Span]) -> Iterator[Span]:
    left, right = 0, 0
    while left < len(ours) and right < len(theirs):
        since, until = max(ours[left][0], theirs[right][0]), min(ours[left][1], theirs[right][1])
        if since < until:
            yield since, until
        if ours[left][1] <= theirs[right][1]:
            left += 1
        else:
            right += 1


def _skipped(zone: ZoneInfo, year: int) -> Iterator[Span]:
    """Each day whose offset from UTC is greater at its end has such a piece."""
    midnight = datetime(year, 1, 1)
    for number in range(366):
        begin = midnight + timedelta(days=number)
        before, after = _offset(zone, begin), _offset(zone, begin + timedelta(days=1))
        if after > before:
            change = _change(zone, begin)
            yield change + before, change + after


def _change(zone: ZoneInfo, begin: datetime) -> datetime:
    """The minute, in UTC, from which on the offset is another one."""
    offset, minutes = _offset(zone, begin), [begin + timedelta(minutes=number) for number in range(1, 1441)]
    return minutes[bisect_left(minutes, True, key=lambda minute: _offset(zone, minute) != offset)]


def _offset(zone: ZoneInfo, utc: datetime) -> timedelta:
    return utc.replace(tzinfo=UTC).astimezone(zone).utcoffset() or timedelta()
