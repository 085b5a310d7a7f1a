"""The load over time: how many sessions people want to have open, second by second."""

from __future__ import annotations

import csv
import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from itertools import pairwise

DAY = 86_400
HOUR = 3600
_SHAPE = (2, 1, 1, 1, 1, 2, 4, 8, 14, 18, 19, 18, 15, 17, 19, 18, 16, 12, 9, 7, 6, 5, 4, 3)
"""Relative load by hour of an office day, mid-afternoon and mid-morning the busiest; assumed where none is given."""
BEND = 300
"""Seconds between the points of a curve."""
STEEPEST = 64.0
"""An office day to this power is its busiest hour alone."""
MOST_ROWS = 1_000_000
MOST_SESSIONS = 10_000_000
MOST_DAYS = 31
EARLIEST_STAMP, LATEST_STAMP = 10.0**8, 10.0**11
"""Seconds that are a timestamp, from 1973 on; fewer are counted from a midnight. More are milliseconds."""
LEAST_SECONDS = 60


class LoadError(ValueError):
    """A load that cannot be read; the message says where and what to give."""


@dataclass(frozen=True)
class Load:
    """Open sessions over time, straight between its points. Before the first and after the last it is level."""

    times: tuple[float, ...]
    """Seconds from the start, ascending."""
    sessions: tuple[float, ...]
    """Sessions that are wanted at each of them."""
    begins: datetime | float = field(default=0.0, compare=False)
    """When its first point is: a moment (of no zone, where none is given), or seconds after a midnight."""

    def __post_init__(self) -> None:
        if not self.times or len(self.times) != len(self.sessions):
            raise LoadError("a load needs at least one point, and one number of sessions for each")
        if any(not math.isfinite(value) or value < 0 for value in (*self.times, *self.sessions)):
            raise LoadError("times and sessions of a load must be finite and not negative")
        if any(later <= earlier for earlier, later in zip(self.times, self.times[1:], strict=False)):
            raise LoadError("the times of a load must ascend")

    @property
    def duration(self) -> float:
        """Seconds until its last point."""
        return self.times[-1]

    @property
    def peak(self) -> float:
        """Greatest number of sessions."""
        return max(self.sessions)

    @property
    def mean(self) -> float:
        """Mean number of sessions."""
        pairs = pairwise(zip(self.times, self.sessions, strict=True))
        return sum((b - a) * (x + y) / 2 for (a, x), (b, y) in pairs) / (self.times[-1] - self.times[0])

    def at(self, now: float) -> float:
        """Sessions that are wanted at ``now``."""
        place = bisect_right(self.times, now)
        if place == 0:
            return self.sessions[0]
        if place == len(self.times):
            return self.sessions[-1]
        before, after = self.times[place - 1], self.times[place]
        share = (now - before) / (after - before)
        return self.sessions[place - 1] + share * (self.sessions[place] - self.sessions[place - 1])

    def scaled(self, factor: float) -> Load:
        """The same shape, so many times as high."""
        return replace(self, sessions=tuple(value * factor for value in self.sessions))


def day(
    peak: float, by_hour: Sequence[float] = (), *, mean: float | None = None, session_seconds: float | None = None
) -> Load:
    """A day from midnight on, with that peak.

    :param by_hour: the greatest number of sessions in each hour, in any unit; an office day without.
    :param mean: sessions open on the mean. An office day is made so much steeper or flatter, valleys between hours so
        much deeper, as far as they can be.
    :param session_seconds: mean length of a session, which ``by_hour`` comes with: how fast one hour becomes the next.
    """
    if by_hour:
        return _profile(peak, by_hour, mean, session_seconds)
    shape = [value / max(_SHAPE) for value in _SHAPE]
    level = [peak * value ** (1.0 if mean is None else _bend(shape, mean / peak)) for value in shape]
    middles = [(hour + 0.5) * HOUR for hour in range(len(level))]
    edge = (level[0] + level[-1]) / 2
    return Load((0, *middles, len(level) * HOUR), (edge, *level, edge))


def _profile(peak: float, by_hour: Sequence[float], mean: float | None, session_seconds: float | None) -> Load:
    """From hour to hour, as the days go on.

    Sessions that begin evenly within an hour rise or fall all through it, so that its greatest number is at one end:
    between two hours there are as many as in the lesser of the two. Only between an hour that falls and one that rises
    there may be fewer: so few that the mean is right.
    """
    highest = max(by_hour)
    level = [peak * value / highest for value in by_hour]
    edges = [min(level[hour - 1], level[hour]) for hour in range(len(level))]
    low, high = 0.0, 1.0
    found = _joined(level, edges, 1.0, session_seconds)
    for _ in range(20 if mean is not None and found.mean > mean else 0):
        depth = (low + high) / 2
        found = _joined(level, edges, depth, session_seconds)
        low, high = (low, depth) if mean is not None and found.mean > mean else (depth, high)
    return found


def _joined(level: Sequence[float], edges: Sequence[float], depth: float, session_seconds: float | None) -> Load:
    """Lines through the values between the hours, those in valleys so many times as high."""
    hours = len(level)
    valley = [edges[hour - 1] == level[hour - 1] and edges[(hour + 1) % hours] == level[hour] for hour in range(hours)]
    ends = [edge * depth if here else edge for edge, here in zip(edges, valley, strict=True)]
    points: dict[float, float] = {}
    for hour, value in enumerate(level):
        begin, end = ends[hour], ends[(hour + 1) % hours]
        points[hour * HOUR] = begin
        if value > max(begin, end):
            points[(hour + 0.5) * HOUR] = value
        elif session_seconds:
            points |= {hour * HOUR + at: _between(begin, end, at, session_seconds) for at in range(BEND, HOUR, BEND)}
    points[hours * HOUR] = ends[0]
    return Load(tuple(points), tuple(points.values()))


def _between(begin: float, end: float, at: float, session_seconds: float) -> float:
    """Open sessions within an hour in which they begin evenly: they near their end value exponentially."""
    return begin + (end - begin) * math.expm1(-at / session_seconds) / math.expm1(-HOUR / session_seconds)


def _bend(shape: Sequence[float], mean: float) -> float:
    """The power of a shape from 0 to 1 that gives it this mean, or one as near as there is."""
    low, high = 0.0, STEEPEST
    for _ in range(60):
        middle = (low + high) / 2
        above = sum(value**middle for value in shape) / len(shape) > mean
        low, high = (middle, high) if above else (low, middle)
    return (low + high) / 2


def spike(base: float, factor: float, *, at: float = 1800, ramp: float = 30, hold: float = 1800) -> Load:
    """A level load that goes to ``factor`` times as much within ``ramp`` seconds, stays, and comes back."""
    high = base * factor
    end = at + ramp + hold
    return Load((0, at, at + ramp, end, end + 10 * ramp, end + 10 * ramp + 7200), (base, base, high, high, base, base))


def launch(base: float, peak: float, *, at: float = 3600, ramp: float = 900, fade: float = 4 * HOUR) -> Load:
    """An announcement: a steep rise within minutes, then a slow fall over hours to twice the base."""
    return Load((0, at, at + ramp, at + ramp + fade, at + ramp + fade + HOUR), (base, base, peak, 2 * base, 2 * base))


def level(sessions: float, duration: float) -> Load:
    """The same number of sessions all the time."""
    return Load((0, duration), (sessions, sessions))


class _SkippedError(Exception):
    """A time that the clock of a zone never shows."""


def from_csv(lines: Iterable[str], name: str, zone: tzinfo = UTC) -> Load:
    """A load from a CSV with two columns, times and sessions, with or without a header.

    A time is a timestamp (ISO 8601 with or without a zone, or seconds since 1970), and the load is played then; or
    seconds after midnight. The first line is the beginning.

    :param name: the file's name, for messages.
    :param zone: whose clock timestamps without a zone are read from. In the night that it is put back an hour comes
        twice; where a time stands that it skips, the clock of the file is one that is never changed.
    :raises LoadError: names the line and what it must hold.
    """
    rows = list(lines)
    try:
        return _from_rows(rows, name, zone)
    except _SkippedError:
        return _from_rows(rows, name, UTC)


def _from_rows(lines: Iterable[str], name: str, zone: tzinfo) -> Load:
    times: list[float] = []
    sessions: list[float] = []
    begins: datetime | None = None
    rows = csv.reader(lines)
    try:
        for row in rows:
            if not "".join(row).strip() or row[0].lstrip().startswith("#"):
                continue
            where = f"{name}, line {rows.line_num}"
            if rows.line_num > MOST_ROWS:
                raise LoadError(f"{name}: more than {MOST_ROWS} lines; give one per minute, not one per request")
            found = _read(row, zone, times[-1] if times else None)
            if found is None:
                if not times and _is_header(row):
                    continue
                raise LoadError(f"{where}: '{_cut(','.join(row))}' is not two numbers; write seconds,sessions")
            time, stamp, value = found
            begins = begins if times else stamp
            if _form(stamp) != _form(begins):
                raise LoadError(f"{where}: its time is of another form than that of the first line; write all alike")
            _check_row(time, value, times, where, None if stamp is None else _cut(row[0].strip()))
            times.append(time)
            sessions.append(value)
    except csv.Error as problem:
        raise LoadError(f"{name}, line {rows.line_num}: it is no CSV: {problem}") from None
    if len(times) < 2 or times[-1] - times[0] < LEAST_SECONDS:
        raise LoadError(
            f"{name}: a load needs two lines at least, {LEAST_SECONDS} seconds apart; write seconds,sessions"
        )
    if times[-1] - times[0] > MOST_DAYS * DAY:
        raise LoadError(f"{name}: it is longer than {MOST_DAYS} days; are its times in seconds?")
    return Load(tuple(time - times[0] for time in times), tuple(sessions), begins or _moment(times[0]))


def _moment(seconds: float) -> datetime | float:
    """What a number of seconds means."""
    return datetime.fromtimestamp(seconds, UTC) if EARLIEST_STAMP <= seconds < LATEST_STAMP else seconds


def _read(row: Sequence[str], zone: tzinfo, last: float | None) -> tuple[float, datetime | None, float] | None:
    """Seconds from any zero, the moment where the time is in words, and the sessions."""
    try:
        time, value = row[0].strip(), float(row[1])
        if len(row) != 2:
            return None
    except (ValueError, IndexError):
        return None
    try:
        seconds = float(time)
    except ValueError:
        return _stamped(time, value, zone, last)
    return seconds, None, value


def _form(moment: datetime | None) -> tuple[bool, bool]:
    """Whether a time is in words, and whether it has a zone."""
    return moment is not None, moment is not None and moment.tzinfo is not None


def _stamped(text: str, value: float, zone: tzinfo, last: float | None) -> tuple[float, datetime | None, float] | None:
    """A timestamp in words. ``last``: the seconds of the line before, which one of a repeated hour comes after."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is not None:
        return moment.timestamp(), moment, value
    seconds = moment.replace(tzinfo=zone).timestamp()
    if datetime.fromtimestamp(seconds, zone).replace(tzinfo=None, fold=0) != moment.replace(fold=0):
        raise _SkippedError
    if last is not None and seconds <= last:
        seconds = moment.replace(tzinfo=zone, fold=1).timestamp()
    return seconds, moment, value


def _is_header(row: Sequence[str]) -> bool:
    """Words, in the first line that is not empty."""
    return len(row) == 2 and all(cell.strip()[:1].isalpha() for cell in row)


def _check_row(time: float, value: float, times: Sequence[float], where: str, stamp: str | None) -> None:
    if not math.isfinite(time):
        raise LoadError(f"{where}: {time} is no time")
    if not math.isfinite(value) or not 0 <= value <= MOST_SESSIONS:
        raise LoadError(f"{where}: {value:g} is no number of sessions; it goes from 0 to {MOST_SESSIONS}")
    if times and time <= times[-1]:
        order = f"{time:g} s does not come after {times[-1]:g} s"
        if stamp is not None:
            order = f"{stamp} does not come after the time before it"
        raise LoadError(f"{where}: {order}; sort the lines by time")


def _cut(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."
