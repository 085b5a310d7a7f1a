"""The predicted wait against a simulation that knows no formula.

Intervals have a confidence of 99.9 %. The 96 comparisons of the M/M/c grid (24 queues, four numbers each) reject
a right formula with a probability of at most 10 % together, for a seed that nobody chose: the seeds follow from
the grid, and a fixed seed decides once. How sharp the grid is gets tested as well: the queues of ``SHARP`` reject
the same figures when they are 10 % higher, and when they are 10 % lower.

`python -m benchmarks.waiting` has longer runs of more queues.
"""

from __future__ import annotations

from math import log
from random import Random
from statistics import fmean, pvariance

import pytest

from pulumi_kubernetes_mcp.planning.queueing import Wait, wait

from .discrete_event import (
    Interval,
    Observed,
    Sampler,
    deterministic,
    exponential,
    hyperexponential,
    lognormal,
    observe,
    simulate,
    student_t,
)

CONFIDENCE = 0.999
SERVERS = (1, 2, 5, 10, 20)
CUSTOMERS = {0.3: 200_000, 0.5: 300_000, 0.7: 500_000, 0.85: 900_000, 0.9: 1_200_000}
"""By utilisation: the busier, the longer a queue remembers."""
RARE = (20, 0.3)
"""Five of a million wait: too few for batch means."""
GRID = [(servers, utilisation) for servers in SERVERS for utilisation in CUSTOMERS if (servers, utilisation) != RARE]

SHARP = {
    "probability": {
        *((servers, utilisation) for servers in (1, 2) for utilisation in CUSTOMERS),
        *((5, utilisation) for utilisation in (0.5, 0.7, 0.85, 0.9)),
        *((10, utilisation) for utilisation in (0.7, 0.85, 0.9)),
        *((20, utilisation) for utilisation in (0.85, 0.9)),
    },
    "wait": {
        *((servers, utilisation) for servers in (1, 2) for utilisation in CUSTOMERS),
        *((5, utilisation) for utilisation in (0.5, 0.7, 0.85, 0.9)),
        (10, 0.9),
    },
}
"""The queues that reject a probability of waiting, and a wait of those who wait, that is 10 % off."""

HEAVY = {
    (1, 0.7, 2): (-0.001, -0.093, -0.198),
    (1, 0.7, 4): (0.001, -0.129, -0.305),
    (1, 0.7, 8): (0.006, -0.145, -0.400),
    (2, 0.7, 2): (0.048, -0.026, -0.132),
    (2, 0.7, 4): (0.092, -0.018, -0.200),
    (2, 0.7, 8): (0.141, 0.015, -0.264),
    (5, 0.7, 2): (0.136, 0.123, 0.002),
    (5, 0.7, 4): (0.262, 0.236, 0.021),
    (5, 0.7, 8): (0.424, 0.386, 0.051),
    (20, 0.7, 2): (0.314, 0.407, 0.309),
    (20, 0.7, 4): (0.652, 0.942, 0.622),
    (20, 0.7, 8): (1.179, 1.826, 1.081),
}
"""Servers, utilisation, cv² of lognormal service: predicted / simulated − 1 of the mean, P95 and P99.

By `python -m benchmarks.waiting --customers 8000000`.
"""


def run(servers: int, utilisation: float, service: Sampler, customers: int) -> Observed:
    """Poisson arrivals and a mean service time of 1."""
    waits = simulate(
        servers,
        exponential(1 / (servers * utilisation)),
        service,
        customers=customers,
        warm_up=customers // 10,
        seed=100 * servers + round(100 * utilisation),
    )
    return observe(waits, CONFIDENCE)


def outside(predicted: Wait, seen: Observed, *, probability: float = 1, conditional: float = 1) -> list[str]:
    """The figures that the simulation rejects, after the formula is changed by these factors."""
    assert predicted.mean is not None
    assert predicted.p95 is not None
    assert predicted.p99 is not None
    # A probability that is wrong by a factor moves what it is multiplied with, and the percentiles by its logarithm.
    shift = conditional * log(probability) * predicted.mean / predicted.probability
    figures: dict[str, tuple[float, Interval]] = {
        "probability": (predicted.probability * probability, seen.probability),
        "mean": (predicted.mean * probability * conditional, seen.mean),
        "p95": (max(0, predicted.p95 * conditional + shift) if predicted.p95 else 0, seen.p95),
        "p99": (max(0, predicted.p99 * conditional + shift) if predicted.p99 else 0, seen.p99),
    }
    return [name for name, (value, interval) in figures.items() if value not in interval]


@pytest.mark.parametrize(
    ("servers", "utilisation"),
    [pytest.param(*queue, marks=[pytest.mark.grid] * (queue not in {(1, 0.5), (5, 0.5)})) for queue in GRID],
)
def test_m_m_c(servers: int, utilisation: float) -> None:
    seen = run(servers, utilisation, exponential(1), CUSTOMERS[utilisation])
    predicted = wait(servers, servers * utilisation, 1)
    assert outside(predicted, seen) == []
    for factor in (0.9, 1.1):
        if (servers, utilisation) in SHARP["probability"]:
            assert "probability" in outside(predicted, seen, probability=factor)
        if (servers, utilisation) in SHARP["wait"]:
            assert outside(predicted, seen, conditional=factor)


def test_most_of_the_grid_is_sharp() -> None:
    for queues in SHARP.values():
        assert queues <= set(GRID)
        assert len(queues) > len(GRID) / 2


@pytest.mark.grid
def test_waiting_is_as_rare_as_predicted() -> None:
    servers, utilisation = RARE
    customers = 2_000_000
    gaps = exponential(1 / (servers * utilisation))
    late = sum(one > 0 for one in simulate(servers, gaps, exponential(1), customers=customers, seed=1))
    # Those who wait come in groups, thus a factor of three instead of an interval around 11.
    assert 1 / 3 < late / (customers * wait(servers, servers * utilisation, 1).probability) < 3


@pytest.mark.grid
@pytest.mark.parametrize(
    ("servers", "utilisation", "cv2"),
    [pytest.param(*queue, marks=[pytest.mark.grid] * (queue != (2, 0.7, 4))) for queue in HEAVY],
)
def test_heavy_tailed_service(servers: int, utilisation: float, cv2: float) -> None:
    seen = run(servers, utilisation, lognormal(1, cv2), 400_000)
    predicted = wait(servers, servers * utilisation, 1, service_cv2=cv2)
    assert -0.1 < predicted.probability / seen.probability.estimate - 1 < 0.05
    pairs = ((predicted.mean, seen.mean), (predicted.p95, seen.p95), (predicted.p99, seen.p99))
    # A quarter instead of the interval: batches of so heavy a tail are skewed, and their intervals too narrow.
    for (value, interval), error in zip(pairs, HEAVY[servers, utilisation, cv2], strict=True):
        assert value is not None
        assert value / interval.estimate == pytest.approx(1 + error, rel=0.25)
    assert predicted.mean is not None
    assert predicted.p99 is not None
    if servers == 1:
        # Pollaczek–Khinchine
        assert predicted.mean in seen.mean
    if servers <= 2:
        assert predicted.p99 < seen.p99.low
    else:
        assert predicted.mean > seen.mean.high


@pytest.mark.grid
def test_bursts_of_arrivals_make_more_wait_than_predicted() -> None:
    waits = simulate(10, hyperexponential(1 / 7, 4), exponential(1), customers=300_000, warm_up=30_000, seed=1070)
    seen, predicted = observe(waits, CONFIDENCE), wait(10, 7, 1, arrival_cv2=4)
    assert predicted.mean is not None
    assert predicted.probability / seen.probability.estimate == pytest.approx(0.49, abs=0.05)
    assert predicted.mean / seen.mean.estimate == pytest.approx(0.63, abs=0.1)


# The oracle itself


def test_waits_by_hand() -> None:
    # One arrives each minute and takes three of one of two servers: 1 → 4, 2 → 5, 3 waits for 4, 4 for 5, …
    every_minute = simulate(2, deterministic(1), deterministic(3), customers=6)
    assert every_minute == [0, 0, 1, 1, 2, 2]
    assert simulate(2, deterministic(1), deterministic(3), customers=4, warm_up=2) == every_minute[2:]
    assert simulate(3, deterministic(1), deterministic(3), customers=9) == [0] * 9


@pytest.mark.parametrize(
    ("service", "mean"),
    # λE[S²] / (2 (1 − ρ)) at ρ = 0.6, with E[S²] = 1, 2, 4
    [
        (exponential(1), 1.5),
        pytest.param(deterministic(1), 0.75, marks=pytest.mark.grid),
        pytest.param(hyperexponential(1, 3), 3, marks=pytest.mark.grid),
    ],
)
def test_one_server_has_the_mean_of_pollaczek_and_khinchine(service: Sampler, mean: float) -> None:
    seen = run(1, 0.6, service, 200_000)
    assert mean in seen.mean
    assert 0.6 in seen.probability
    assert seen.mean.high - seen.mean.low < mean / 3


@pytest.mark.grid
@pytest.mark.parametrize(
    ("sampler", "cv2"), [(exponential(3), 1), (lognormal(3, 2), 2), (hyperexponential(3, 4), 4), (deterministic(3), 0)]
)
def test_samplers_have_their_moments(sampler: Sampler, cv2: float) -> None:
    draw = sampler(Random(1))
    times = [draw() for _ in range(100_000)]
    assert fmean(times) == pytest.approx(3, rel=0.02)
    assert pvariance(times) == pytest.approx(9 * cv2, rel=0.1)


def test_percentiles_and_intervals_of_known_numbers() -> None:
    numbers = [float(one) for one in range(1, 4001)]
    Random(1).shuffle(numbers)
    seen = observe(numbers, 0.95)
    assert (seen.p95.estimate, seen.p99.estimate, seen.mean.estimate) == (3800, 3960, 2000.5)
    assert (seen.probability.low, seen.probability.high) == (1, 1)
    # Independent numbers: half an interval is 2 deviations, 4000 √(0.95 × 0.05 / 4000) = 13.8 each
    assert seen.p95.low < 3800 < seen.p95.high
    assert 30 < seen.p95.high - seen.p95.low < 90
    assert 2000.5 in seen.mean


@pytest.mark.parametrize(
    ("confidence", "degrees", "limit"), [(0.95, 4, 2.7764), (0.95, 39, 2.0227), (0.999, 19, 3.8834), (0.5, 1, 1)]
)
def test_student_t_of_the_tables(confidence: float, degrees: int, limit: float) -> None:
    assert student_t(confidence, degrees) == pytest.approx(limit, abs=1e-3)


@pytest.mark.grid
def test_intervals_hold_the_mean_as_often_as_they_say() -> None:
    # 95 % of 100 independent runs; three deviations of the binomial number are 7.
    seen = (simulate(1, exponential(2), exponential(1), customers=8_000, warm_up=500, seed=seed) for seed in range(100))
    assert 88 <= sum(1.0 in observe(waits, 0.95).mean for waits in seen) <= 99
