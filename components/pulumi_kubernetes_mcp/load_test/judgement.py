"""What a load test says of the plan: whether the objective held, where the knee is, whether memory grows. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import dropwhile, pairwise
from math import floor, sqrt
from statistics import median

from .results import Outcome, StageResult
from .scenarios import PEAK, SOAK, STEPS_TO_KNEE

FOLLOWS = 0.9
"""Throughput follows the load while a session is answered at least this part of the calls that one of the first step
is: below it calls queue, and the closed loop hides how many more would come."""
CHANCE = 3.0
"""Standard deviations: how many calls come in a step is Poisson, and so is what the first step says of them."""
FEW_CALLS = 5
"""Of five that are planned none is chance in one of a hundred and fifty."""
LEAST_CALLS = 20
"""Of fewer calls there is no 95th percentile."""
SLOWER = 2.0
"""Without an objective the knee is where the 95th percentile is twice that of the first step."""
WARM_SHARE = 1 / 3
"""Memory of the first third is warm-up: caches, pools and heaps that grow to their size once."""
BLOCKS = 12
"""Parts of a soak whose medians are compared: a collection of garbage is shorter than one."""
LEAST_SAMPLES = 2 * BLOCKS
LEAST_TAU = 0.75
"""Kendall's τ of twelve medians: without a trend it is as high once in 1,700 soaks."""
LEAST_MIB = 4.0
LEAST_GROWTH = 0.03
"""A trend below this part of the memory, or below 4 MiB, is the grain of an allocator."""
MIB = 2**20
MOST_SAMPLE_GAP = 0.2
"""A gap longer than this part of the test is said."""


@dataclass(frozen=True, kw_only=True)
class Knee:
    """Where more sessions stop being served as the first ones were."""

    last: StageResult | None
    """The last step in front of it; ``None`` where the first one is behind it already."""
    first: StageResult | None
    """The first step behind it; ``None`` where no step is."""
    why: str
    """What the first step behind it does."""
    pods: int

    @property
    def sessions_per_pod(self) -> int | None:
        """Sessions of a pod at the last step in front of it."""
        return None if self.last is None else max(1, floor(self.last.sessions / self.pods))


@dataclass(frozen=True, kw_only=True)
class Trend:
    """The server's memory over the test, after its warm-up."""

    start_mib: float
    end_mib: float
    mib_per_hour: float
    """By the median of all slopes between the parts (Theil and Sen)."""
    tau: float
    """Kendall's τ of the parts: 1 where each is above the one before."""
    hours: float
    """Of the part that is judged."""
    longest_gap: float
    """Seconds without a sample."""

    @property
    def growing(self) -> bool:
        """Whether it grows for a reason other than chance and grain."""
        grown = self.mib_per_hour * self.hours
        return self.tau >= LEAST_TAU and grown >= max(LEAST_MIB, LEAST_GROWTH * self.start_mib)

    def hours_to(self, limit_mib: float) -> float | None:
        """Hours until the memory limit at this pace; ``None`` where it does not grow."""
        return max(0.0, limit_mib - self.end_mib) / self.mib_per_hour if self.growing else None


def passes(stage: StageResult, outcome: Outcome) -> bool:
    """Whether a stage keeps the objective: failures, and the 95th percentile of all calls."""
    limit = outcome.plan.get("limitMilliseconds")
    slow = limit is not None and stage.times is not None and stage.times.p95 > limit
    return not slow and stage.failed_percent <= float(outcome.plan["failedPercent"])


def loaded(outcome: Outcome) -> StageResult | None:
    """The stage whose 95th percentile is that under load: the hold of a peak or a soak, or the step nearest to what a
    pod is planned for, in front of the knee. ``None`` for other scenarios, and where nothing was answered."""
    stages = [stage for stage in outcome.stages if stage.times is not None]
    if outcome.plan["scenario"] in (PEAK, SOAK):
        return next((stage for stage in stages if stage.name == "hold"), None)
    if outcome.plan["scenario"] == STEPS_TO_KNEE:
        found = knee(outcome)
        within = [one for one in stages if found.first is None or one.sessions < found.first.sessions]
        planned = outcome.plan["sessionsPerPod"] * outcome.plan["pods"]
        return min(
            (one for one in within if one.sessions > 0), key=lambda one: abs(one.sessions - planned), default=None
        )
    return None


def knee(outcome: Outcome) -> Knee:
    """The knee in the steps of a test, by the first of three signs: time, failures, throughput."""
    every = [stage for stage in outcome.stages if stage.name.startswith("step-")]
    steps = list(dropwhile(_too_short, every))
    first = steps[0] if steps else None
    last, pods = None, int(outcome.plan["pods"])
    for step in steps:
        why = _behind(step, steps[0], outcome)
        if why is not None:
            return Knee(last=last, first=step, why=why, pods=pods)
        last = step
    return Knee(last=last or first, first=None, why="", pods=pods)


def _too_short(step: StageResult) -> bool:
    """Whether a step has no call by chance: so few were planned in its time. Calls that fail are no chance."""
    planned = step.planned_calls_per_second
    return step.times is None and not step.failed_percent and planned is not None and planned * step.seconds < FEW_CALLS


def _behind(step: StageResult, first: StageResult, outcome: Outcome) -> str | None:
    """What shows that a step is behind the knee; ``None`` where nothing does."""
    allowed, limit = float(outcome.plan["failedPercent"]), outcome.plan.get("limitMilliseconds")
    if step.failed_percent > allowed:
        return f"{step.failed_percent:.3g} % of the requests fail, {allowed:g} % may"
    if step.times is None or first.times is None:
        return "no call is answered"
    if limit is None:
        limit = SLOWER * first.times.p95
    if step.times.count >= LEAST_CALLS and step.times.p95 > limit:
        return f"P95 is {step.times.p95:,.0f} ms, {limit:,.0f} ms are allowed"
    sessions = step.mean_sessions * step.seconds
    expected = first.times.count / (first.mean_sessions * first.seconds) * sessions
    spread = sqrt(expected * (1 + expected / first.times.count))
    if step.times.count < FOLLOWS * expected and step.times.count < expected - CHANCE * spread:
        return f"a session is answered {step.times.count / expected:.0%} of the calls that one of the first step is"
    return None


def trend(outcome: Outcome) -> Trend | None:
    """The trend of the server's memory while the load stands still; ``None`` with too few samples."""
    start, end = _held(outcome)
    begin = start + (end - start) * WARM_SHARE
    samples = sorted((at, size / MIB) for at, size in outcome.memory if begin <= at <= end)
    if len(samples) < LEAST_SAMPLES:
        return None
    parts = [_part(samples, begin, end, number) for number in range(BLOCKS)]
    points = [(at, value) for at, value in parts if value is not None]
    if len(points) < BLOCKS * (1 - MOST_SAMPLE_GAP):
        return None
    slope = median(_slopes(points)) * 3600
    times = [begin, *(at for at, _ in samples), end]
    return Trend(
        start_mib=points[0][1],
        end_mib=points[-1][1],
        mib_per_hour=slope,
        tau=kendall([value for _, value in points]),
        hours=(end - begin) / 3600,
        longest_gap=max(after - before for before, after in pairwise(times)),
    )


def _held(outcome: Outcome) -> tuple[float, float]:
    """When the load stands still: the stage 'hold', else all of the test."""
    for stage in outcome.plan["stages"]:
        if stage["name"] == "hold":
            return float(stage["settled"]), float(min(stage["to"], outcome.seconds))
    return 0.0, outcome.seconds


def _part(samples: Sequence[tuple[float, float]], begin: float, end: float, number: int) -> tuple[float, float | None]:
    width = (end - begin) / BLOCKS
    low = begin + number * width
    values = [size for at, size in samples if low <= at < low + width or (number == BLOCKS - 1 and at == end)]
    return low + width / 2, median(values) if values else None


def _slopes(points: Sequence[tuple[float, float]]) -> list[float]:
    return [
        (high - low) / (after - before)
        for place, (before, low) in enumerate(points)
        for after, high in points[place + 1 :]
    ]


def kendall(values: Sequence[float]) -> float:
    """Kendall's τ of values in the order of time: the pairs that rise less those that fall, over all."""
    pairs = [(low, high) for place, low in enumerate(values) for high in values[place + 1 :]]
    rising = sum(high > low for low, high in pairs) - sum(high < low for low, high in pairs)
    return rising / len(pairs)
