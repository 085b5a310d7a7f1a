"""Several runs with other chance: which is shown, and from where to where their figures go."""

from __future__ import annotations

from math import inf, sqrt
from statistics import fmean, stdev

import pytest

from pulumi_kubernetes_mcp.simulation.load import Load
from pulumi_kubernetes_mcp.simulation.ranges import RUNS, Range, middle, ranges, seeds
from pulumi_kubernetes_mcp.simulation.result import Result
from pulumi_kubernetes_mcp.simulation.run import Options, simulate
from tests.simulation import worlds

LOAD = Load((0, 600, 1800, 3000, 4200), (100, 100, 500, 500, 100))


def run(seed: int | None) -> Result:
    """A CPU autoscaler at the edge: what it sees by chance decides when pods come."""
    return simulate(worlds.by_cpu(60, 2, 30), LOAD, worlds.pods(), Options(session_seconds=600, seed=seed))


def result(hours: float, minutes: int = 0) -> Result:
    return Result("x", pod_seconds=3600 * hours, bad_minutes=list(range(minutes)), duration=100.0)


def test_the_seeds_are_the_one_that_is_given_or_others_for_each_run() -> None:
    assert seeds(7) == (7,)
    assert seeds(0) == (0,)
    assert len(set(seeds(None))) == RUNS == 5


def test_the_middle_run_is_shown() -> None:
    assert middle([result(3), result(9), result(4)]).pod_hours == 4
    assert middle([result(3, 9), result(3, 1), result(3, 4)]).lost_minutes == 4
    assert middle([result(3)]).pod_hours == 3


def test_a_range_goes_from_the_least_to_the_most() -> None:
    runs = [result(3, 2), result(9, 0), result(4, 1)]
    runs[1].bad_seconds.append(95.0)
    found = ranges(runs, 0.0)
    assert found["pod_hours"] == Range(3, 4, 9)
    assert found["lost_minutes"] == Range(0, 1, 2)
    assert found["recovered_seconds"] == Range(0, 0, inf), "one that is not over"


@pytest.mark.grid
def test_the_range_holds_what_many_seeds_give_where_the_mean_course_does_not() -> None:
    """As every sample of the CPU varies, more pods come than for its mean."""
    many = [run(seed).pod_hours for seed in range(100, 120)]
    found = ranges([run(seed) for seed in seeds(None)], 0.0)["pod_hours"]
    mean, error = fmean(many), stdev(many) / sqrt(len(many))
    assert found.least - error <= mean <= found.most + error
    assert found.least < found.most
    assert run(None).pod_hours < mean - 2 * error


@pytest.mark.grid
@pytest.mark.parametrize("seed", [0, 1, 7])
def test_neighbouring_seeds_share_no_chance(seed: int) -> None:
    assert run(seed) == run(seed)
    assert run(seed).calls != run(seed + 1).calls
