"""The window of a cron trigger, minute by minute, as KEDA sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from ..specs.autoscaling.cron import CronError, parse, windows

__all__ = ["CronError", "Window", "parse"]


@dataclass(frozen=True, kw_only=True)
class Window:
    """A cron trigger: a floor of so many replicas from each start to the next end."""

    start: str
    end: str
    time_zone: str
    replicas: int

    def minutes(self, begin: datetime, count: int) -> list[bool]:
        """Whether each of the ``count`` minutes from ``begin`` on lies in a window. ``begin`` has a time zone."""
        zone = ZoneInfo(self.time_zone)
        first = begin.astimezone(zone).date() - timedelta(days=1)
        days = count // 1440 + 3
        spans = windows(parse(self.start), parse(self.end), zone, first, days)
        found = [False] * count
        for since, until in spans:
            low, high = (min(count, max(0, round((at - begin).total_seconds() / 60))) for at in (since, until))
            found[low:high] = [True] * (high - low)
        return found
