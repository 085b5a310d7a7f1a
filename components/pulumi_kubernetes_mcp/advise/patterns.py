"""What stands out in days of production: each pattern by figures of its own, none on a healthy week. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from math import ceil, inf
from statistics import median

from .history import DAY, STEP, History, Trend, quantile, trend

LOW = 0.5
"""Flat and low: at its busiest the load takes less than half of what the least number of pods holds."""
NIGHT = range(6)
WEEKEND = (5, 6)
LEAST_HOURS = 4
"""Of a part of the day that is judged."""
QUIET = 0.5
"""A night or a weekend is quiet if its load is below half of that of the working day."""
AS_BUSY = 0.85
"""Its pods are as many as by day if they are more than this part of them."""
GROWTH = 0.1
"""The guides' alert: a tenth in a week. Less is weather."""
TAU = 0.6
"""Kendall's τ of seven days: without a trend it is as high once in thirty weeks, and growth must come with it."""
SAME = 0.5
"""A load that grows at half the pace of the figure explains it."""
STEP_SHARE = 0.2
"""A step is a fifth, in two figures of different kind or in one that no load explains."""
STEP_HOURS = 24
"""A day on either side of a deploy, so that the same hours are compared."""
STILL = 0.05
"""A figure whose days differ by less among themselves takes smaller steps for one."""
FEWEST = 2
"""Pods that stay in any case, so that one may go."""
LEAST_GAPS = 3
LONGEST_GAP = 900
"""A gap is short: a restarted container is back within minutes."""
GAP_DAYS = 2
"""Gaps recur if they are seen on more than one day."""


class Pattern(StrEnum):
    """What was found."""

    LOW = "flat-and-low"
    SCHEDULE = "quiet-hours"
    LEAK = "leak"
    GROWTH = "growth"
    SLOWER = "slower-calls"
    DEPLOY = "step-at-a-deploy"
    GAPS = "recurring-gaps"


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the stack says of itself, for the figures to be held against."""

    min_replicas: int
    sessions_per_pod: float
    """What one pod is planned to hold."""
    follows_sessions: bool = True
    """Whether sessions say how full a pod is; else its CPU does."""
    cpu_limit: float | None = None
    """Cores."""
    memory_limit: float | None = None
    """Bytes."""
    call_seconds: float = inf
    """How long a call may take."""


@dataclass(frozen=True, kw_only=True)
class Observation:
    """One pattern with the figures that show it."""

    pattern: Pattern
    figures: dict[str, float] = field(default_factory=dict)
    at: datetime | None = None
    """When, where it has a moment."""


def observe(history: History, known: Known) -> list[Observation]:
    """Every pattern that is there. What explains another one stands in its place."""
    found = [*_deploys(history), *_gaps(history)]
    # A step is no trend: what a deploy changed is not looked at for one.
    stepped = {name for one in found if one.pattern is Pattern.DEPLOY for name in one.figures}
    found += _baselines(history, stepped)
    growing = any(one.pattern in (Pattern.GROWTH, Pattern.SLOWER) for one in found)
    schedule = list(_schedules(history, known))
    found += schedule
    if not schedule and not growing:
        found += _low(history, known)
    return found


# Flat and low, and quiet hours


def used(history: History, known: Known) -> list[float | None]:
    """Pods that the load needs, as a number with parts."""
    if known.follows_sessions and history.has("sessions"):
        return [None if one is None else one / known.sessions_per_pod for one in history.series["sessions"]]
    if known.cpu_limit and history.has("cpu"):
        return [None if one is None else one / (CPU_TARGET * known.cpu_limit) for one in history.series["cpu"]]
    return []


CPU_TARGET = 0.6
"""Of the limit, as the autoscaler takes it."""


def _low(history: History, known: Known) -> Iterator[Observation]:
    needed = [one for one in used(history, known) if one is not None]
    pods = history.known("pods")
    if not needed or not pods or known.min_replicas <= FEWEST:
        return
    busiest, least = quantile(needed, 0.99), quantile(pods, 0.05)
    # A night or a Sunday says nothing of the hours that the pods are there for.
    if len(history.pick("pods", by_day)) * STEP < LEAST_HOURS * 3600:
        return
    at_rest = quantile(pods, 0.95) <= known.min_replicas + 0.5
    if at_rest and busiest < LOW * known.min_replicas:
        figures = {"needed": busiest, "pods": least, "minReplicas": known.min_replicas}
        yield Observation(pattern=Pattern.LOW, figures={**figures, **_sizes(history, known)})


def _sizes(history: History, known: Known) -> dict[str, float]:
    """What a pod takes of its limits, at its busiest."""
    found = {}
    if known.memory_limit and history.has("memory"):
        found["memoryShare"] = quantile(history.known("memory"), 0.99) / known.memory_limit
    each = [one for one in history.ratio("cpu", "pods") if one is not None]
    if known.cpu_limit and each:
        found["cpuShare"] = quantile(each, 0.99) / known.cpu_limit
    return found


def by_day(moment: datetime) -> bool:
    """Whether people work."""
    return moment.weekday() not in WEEKEND and 9 <= moment.hour < 17


def by_night(moment: datetime) -> bool:
    """Whether they sleep."""
    return moment.hour in NIGHT


def on_weekends(moment: datetime) -> bool:
    """Whether it is a day of the weekend."""
    return moment.weekday() in WEEKEND and 9 <= moment.hour < 17


def _schedules(history: History, known: Known) -> Iterator[Observation]:
    """Quiet hours in which there are as many pods as by day, more than the load needs then."""
    needed = used(history, known)
    if not needed or not history.has("pods"):
        return
    with_need = History(start=history.start, series={**history.series, "needed": needed}, zone=history.zone)
    day, pods = _levels(with_need, by_day)
    night, pods_at_night = _levels(with_need, by_night)
    weekend, pods_on_weekends = _levels(with_need, on_weekends)
    quiet = [
        (name, need, there)
        for name, need, there in (("night", night, pods_at_night), ("weekend", weekend, pods_on_weekends))
        if need is not None and there is not None and day and pods and need < QUIET * day and there > AS_BUSY * pods
    ]
    # Pods that the day does not need either are another matter.
    if not quiet or day is None or pods is None or day < LOW * pods:
        return
    if all(there <= max(FEWEST, ceil(need)) for _, need, there in quiet):
        return
    figures = {"needed": day, "pods": pods}
    for name, need, there in quiet:
        figures |= {f"{name}Needed": need, f"{name}Pods": there}
    yield Observation(pattern=Pattern.SCHEDULE, figures=figures)


def _levels(history: History, chosen: Callable[[datetime], bool]) -> tuple[float | None, float | None]:
    need, pods = history.pick("needed", chosen), history.pick("pods", chosen)
    if len(need) * STEP < LEAST_HOURS * 3600 or not pods:
        return None, None
    return quantile(need, 0.9), median(pods)


# A baseline that grows


def _baselines(history: History, stepped: Collection[str]) -> Iterator[Observation]:
    """What grows from day to day, told apart by what grows with it.

    :param stepped: figures that a deploy changed.
    """
    load = _grows(history, history.series.get("sessions", ()), 0.95)
    calls = _grows(history, history.series.get("calls", ()), 0.95)
    grown = max((one.growth for one in (load, calls) if one is not None and _real(one)), default=0.0)
    if grown >= GROWTH:
        yield Observation(pattern=Pattern.GROWTH, figures={"weekly": grown, "peak": _level(load or calls)})
    latency = None if "latency" in stepped else _grows(history, history.series.get("latency", ()), 0.5)
    if latency is not None and _real(latency) and latency.growth >= GROWTH and grown < SAME * latency.growth:
        yield Observation(
            pattern=Pattern.SLOWER, figures={"weekly": latency.growth, "milliseconds": 1000 * latency.level}
        )
    # The least of a day is what stays when the load has gone.
    memory = None if "memory" in stepped else _grows(history, history.series.get("memory", ()), 0.1)
    if memory is not None and _real(memory) and memory.growth >= GROWTH and grown < SAME * memory.growth:
        figures = {"weekly": memory.growth, "mib": memory.level / 2**20, "mibPerDay": memory.per_day / 2**20}
        yield Observation(pattern=Pattern.LEAK, figures=figures)


def _grows(history: History, values: Sequence[float | None], share: float) -> Trend | None:
    """The trend of a quantile of the working days: a weekend is no part of it."""
    working: list[float | None] = [
        None if history.when(place).weekday() in WEEKEND else value for place, value in enumerate(values)
    ]
    return trend(history.by_day(working, lambda part: quantile(part, share)))


def _real(found: Trend) -> bool:
    return found.tau >= TAU and found.per_day > 0


def _level(found: Trend | None) -> float:
    return 0.0 if found is None else found.level


# A step at a deploy


def _deploys(history: History) -> Iterator[Observation]:
    """Deploys after which a call, a session or a pod costs a fifth more, and stays so."""
    versions = history.series.get("version", ())
    changes = [
        place
        for place in range(1, len(versions))
        if versions[place] is not None and versions[place - 1] is not None and versions[place] != versions[place - 1]
    ]
    for place in changes:
        steps = {
            name: share for name, values in _costs(history).items() if (share := _stepped(values, place)) is not None
        }
        if steps:
            yield Observation(pattern=Pattern.DEPLOY, figures=steps, at=history.when(place))


def _costs(history: History) -> dict[str, Sequence[float | None]]:
    """What a deploy may change, in a form that the load does not."""
    found: dict[str, Sequence[float | None]] = {}
    if history.has("latency"):
        found["latency"] = history.series["latency"]
    if history.has("cpu", "calls"):
        found["cpu of a call"] = history.ratio("cpu", "calls")
    if history.has("memory"):
        found["memory"] = history.series["memory"]
    return found


def _stepped(values: Sequence[float | None], place: int) -> float | None:
    """By which part a figure is higher in the day after a moment than in the day before, hour by hour.

    ``None`` where it is not, or falls back.
    """
    span = STEP_HOURS * 3600 // STEP
    rest = 3600 // STEP
    shares = []
    for offset in range(rest, span):
        before, after = place - span + offset, place + offset
        if before < 0 or after >= len(values):
            continue
        low, high = values[before], values[after]
        if low and high is not None:
            shares.append(high / low - 1)
    if len(shares) < span // 4:
        return None
    middle = median(shares)
    # A step is everywhere; a busier day is so in some hours.
    return middle if middle >= STEP_SHARE and quantile(shares, 0.1) >= STEP_SHARE / 2 else None


# Recurring gaps


def _gaps(history: History) -> Iterator[Observation]:
    """Containers that are started again, over and over, with pods missing for minutes."""
    restarts = history.series.get("restarts", ())
    moments = [
        place
        for place in range(1, len(restarts))
        if (now := restarts[place]) is not None and (before := restarts[place - 1]) is not None and now > before
    ]
    spread = {int(place * STEP // DAY) for place in moments}
    if len(moments) < LEAST_GAPS or len(spread) < GAP_DAYS:
        return
    pods = history.series.get("pods", ())
    dips = [place for place in moments if _dips(pods, place)]
    if len(dips) < LEAST_GAPS:
        return
    between = [(after - before) * STEP / 3600 for before, after in pairwise(dips)]
    yield Observation(
        pattern=Pattern.GAPS,
        figures={"restarts": float(len(moments)), "gaps": float(len(dips)), "hoursBetween": median(between)},
    )


def _dips(pods: Sequence[float | None], place: int) -> bool:
    """Whether a pod is missing about a moment, and back soon."""
    span = LONGEST_GAP // STEP
    around = [value for value in pods[max(0, place - span) : place + span + 1] if value is not None]
    later = [value for value in pods[place + span : place + 3 * span] if value is not None]
    return bool(around) and min(around) <= max(around) - 1 and bool(later) and median(later) >= max(around) - 0.5
