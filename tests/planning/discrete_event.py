"""A G/G/c queue, first come, first served, customer by customer: an oracle that knows no formula of queueing theory.

The heap is the calendar of the servers: the times at which each becomes free. The next customer takes the
earliest one. Nothing here comes from ``planning``.

Waits of neighbours depend on each other, so intervals come from batch means: the run is cut into batches that
are long against the memory of the queue, and Student's t with (batches − 1) degrees of freedom covers their
mean. A percentile gets the interval of Woodruff (Journal of the American Statistical Association 47, 1952): the
share of waits above it has an interval from the batches, and the percentiles at both its ends are the limits.
A percentile per batch is biased where the batch holds few independent waits; this one is not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import heapreplace
from math import ceil, exp, fsum, lgamma, log, pi, pow, sqrt
from random import Random
from statistics import stdev

Sampler = Callable[[Random], Callable[[], float]]
"""Times between arrivals, or of service, from a source of random numbers."""

BATCHES = 40


def exponential(mean: float) -> Sampler:
    def sampler(source: Random) -> Callable[[], float]:
        random = source.random
        return lambda: -mean * log(1.0 - random())

    return sampler


def lognormal(mean: float, cv2: float) -> Sampler:
    variance = log(1 + cv2)
    location, sigma = log(mean) - variance / 2, sqrt(variance)

    def sampler(source: Random) -> Callable[[], float]:
        gauss = source.gauss
        return lambda: exp(gauss(location, sigma))

    return sampler


def hyperexponential(mean: float, cv2: float) -> Sampler:
    """Two exponential phases that bring half of the mean each; ``cv2`` at least 1."""
    often = (1 + sqrt((cv2 - 1) / (cv2 + 1))) / 2
    short, long = mean / (2 * often), mean / (2 * (1 - often))

    def sampler(source: Random) -> Callable[[], float]:
        random = source.random
        return lambda: -(short if random() < often else long) * log(1.0 - random())

    return sampler


def deterministic(time: float) -> Sampler:
    return lambda _: lambda: time


def simulate(
    servers: int, gaps: Sampler, service: Sampler, *, customers: int, warm_up: int = 0, seed: int = 0
) -> list[float]:
    """The waits of ``customers`` in order of arrival, after ``warm_up`` others that start with idle servers."""
    source = Random(seed)
    gap, serve, free, now = gaps(source), service(source), [0.0] * servers, 0.0
    waits: list[float] = []
    note = waits.append
    for _ in range(warm_up + customers):
        now += gap()
        start = free[0]
        if start > now:
            note(start - now)
        else:
            note(0.0)
            start = now
        heapreplace(free, start + serve())
    return waits[warm_up:]


@dataclass(frozen=True)
class Interval:
    """An estimate and its two-sided confidence interval."""

    low: float
    estimate: float
    high: float

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high

    def __str__(self) -> str:
        return f"{self.estimate:.4g} [{self.low:.4g}, {self.high:.4g}]"


@dataclass(frozen=True, kw_only=True)
class Observed:
    """What a run says about the wait, each with an interval of the same ``confidence``; it keeps no wait."""

    mean: Interval
    probability: Interval
    p95: Interval
    p99: Interval


def observe(waits: Sequence[float], confidence: float) -> Observed:
    size = len(waits) // BATCHES
    batches = [waits[size * batch : size * (batch + 1)] for batch in range(BATCHES)]
    customers = size * BATCHES
    late = sorted(wait for batch in batches for wait in batch if wait > 0)

    def over_batches(values: Sequence[float]) -> Interval:
        mean = fsum(values) / len(values)
        half = student_t(confidence, BATCHES - 1) * stdev(values) / sqrt(len(values))
        return Interval(mean - half, mean, mean + half)

    def above(wait: float) -> Interval:
        return over_batches([sum(one > wait for one in batch) / size for batch in batches])

    def order(share: float) -> float:
        """The least wait that at least this share of the customers does not exceed."""
        rank = ceil(share * customers) - 1 - (customers - len(late))
        return 0.0 if rank < 0 else late[min(rank, len(late) - 1)]

    def percentile(share: float) -> Interval:
        estimate = order(share)
        beyond = above(estimate)
        half = (beyond.high - beyond.low) / 2
        return Interval(order(share - half), estimate, order(share + half))

    return Observed(
        mean=over_batches([fsum(batch) / size for batch in batches]),
        probability=above(0.0),
        p95=percentile(0.95),
        p99=percentile(0.99),
    )


@lru_cache
def student_t(confidence: float, degrees: int) -> float:
    """The two-sided quantile of Student's t: Simpson's rule over the density, and bisection."""
    scale = exp(lgamma((degrees + 1) / 2) - lgamma(degrees / 2)) / sqrt(degrees * pi)

    def within(limit: float) -> float:
        step = limit / 400
        heights = [pow(1 + (step * index) ** 2 / degrees, -(degrees + 1) / 2) for index in range(401)]
        return 2 * scale * step / 3 * (heights[0] + 4 * sum(heights[1::2]) + 2 * sum(heights[2:-1:2]) + heights[-1])

    low, high = 0.0, 100.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if within(middle) < confidence else (low, middle)
    return low
