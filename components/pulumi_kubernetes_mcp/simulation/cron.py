"""The window of a cron trigger, minute by minute.

What KEDA decides is in :mod:`..specs.autoscaling.cron` and nowhere else; here it is laid out on the minutes of a run,
once before its first step, so that a step only looks at its minute.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from ..autoscaling.spec.cron import CronError, parse, windows

__all__ = ["CronError", "Window", "parse"]

MINUTE = timedelta(minutes=1)
MINUTES_OF_DAY = 1440
SPARE_DAYS = 3
"""The day before the first one, the rest of the last one, and the hours between a zone and UTC."""


@dataclass(frozen=True, kw_only=True)
class Window:
    """A cron trigger: a floor of so many replicas while KEDA is in its window."""

    start: str
    end: str
    time_zone: str
    replicas: int

    def minutes(self, begin: datetime, count: int) -> list[bool]:
        """Whether KEDA is in the window at ``begin`` and at each further minute, ``count`` of them in all.

        ``begin`` has a time zone. A window holds its start and not its end.
        """
        zone = ZoneInfo(self.time_zone)
        first = begin.astimezone(zone).date() - timedelta(days=1)
        days = count // MINUTES_OF_DAY + SPARE_DAYS
        found = [False] * count
        for span in windows(parse(self.start), parse(self.end), zone, first, days):
            low, high = (min(count, max(0, ceil((at - begin) / MINUTE))) for at in span)
            found[low:high] = [True] * (high - low)
        return found


def highest(windows: Sequence[Window], begin: datetime, count: int) -> list[float]:
    """The highest floor of those windows at ``begin`` and at each further minute; 0 outside of all."""
    found = [0.0] * count
    for window in sorted(windows, key=lambda one: one.replicas):
        for minute, inside in enumerate(window.minutes(begin, count)):
            if inside:
                found[minute] = float(window.replicas)
    return found
