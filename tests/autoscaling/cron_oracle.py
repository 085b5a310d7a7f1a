"""What KEDA's cron trigger decides, asked minute by minute and not computed: another way than the package's.

One year of a zone is two arrays: the UTC minutes, and for each of them the minute that a clock on the wall shows.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

DAY = 1440
LEAD, TAIL = 10, 370
"""Days before and after the year; what comes next may be a year away."""


def days(year: int) -> int:
    return (date(year + 1, 1, 1) - date(year, 1, 1)).days


@cache
def wall_minutes(zone: str, year: int) -> list[int]:
    """For each UTC minute from the lead on, the minutes of wall time since the year's local midnight."""
    begin = datetime(year, 1, 1, tzinfo=UTC) - timedelta(days=LEAD)
    count = (LEAD + days(year) + TAIL) * DAY
    result: list[int] = []
    for quarter in range(count // 15):
        # No zone changes its clock inside a quarter of an hour.
        moment = begin + timedelta(minutes=15 * quarter)
        local = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        minute = int((local - datetime(year, 1, 1)).total_seconds()) // 60
        result.extend(range(minute, minute + 15))
    return result


def numbers(field: str, low: int, high: int) -> set[int]:
    """The few forms that the package writes: '*', numbers, lists and ranges."""
    found = set()
    for part in field.split(","):
        first, _, last = (f"{low}-{high}" if part == "*" else part).partition("-")
        found |= set(range(int(first), int(last or first) + 1))
    return found


def wall_marks(text: str, year: int) -> set[int]:
    """The minutes of wall time at which an expression matches."""
    minute, hour, day, month, weekday = text.split()
    assert "*" in (day, weekday), "the package writes one kind of day at a time"
    sets = [numbers(*one) for one in ((minute, 0, 59), (hour, 0, 23), (day, 1, 31), (month, 1, 12), (weekday, 0, 6))]
    times = [60 * h + m for h in sets[1] for m in sets[0]]
    found = set()
    for offset in range(-LEAD - 1, days(year) + TAIL + 1):
        when = date(year, 1, 1) + timedelta(days=offset)
        if when.day in sets[2] and when.month in sets[3] and when.isoweekday() % 7 in sets[4]:
            found |= {offset * DAY + time for time in times}
    return found


def decided(pairs: list[tuple[str, str]], zone: str, year: int) -> bytearray:
    """For each UTC minute of the year, whether KEDA sees itself in a window of one of the pairs."""
    walls, total = wall_minutes(zone, year), days(year) * DAY
    result = bytearray(total)
    for start, end in pairs:
        starts, ends = wall_marks(start, year), wall_marks(end, year)
        inside, seen = 0, bytearray(len(walls))
        # Backwards: a minute is inside if the edge that comes after it, whichever that is, is an end.
        for place in range(len(walls) - 1, -1, -1):
            seen[place] = inside
            if walls[place] in ends:
                inside = 1
            elif walls[place] in starts:
                inside = 0
        result = bytearray(a | b for a, b in zip(result, seen[LEAD * DAY : LEAD * DAY + total], strict=True))
    return result
