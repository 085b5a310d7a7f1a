"""Least squares, means and percentiles: a worked example, the standard library, the density of Student's t."""

from __future__ import annotations

import math
import random
import statistics

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pulumi_kubernetes_mcp.measuring.fit import line, mean, percentile, t95

NUMBERS = st.integers(-1000, 1000).map(float)


def test_a_worked_example() -> None:
    # Means 3 and 4, Sxx = 10, Sxy = 9; residuals -0.2, -0.1, 1, -0.9, 0.2, their squares 1.9 in all; t(3) = 3.182.
    fitted = line([(1, 2), (2, 3), (3, 5), (4, 4), (5, 6)])
    assert fitted.slope == pytest.approx(0.9)
    assert fitted.intercept == pytest.approx(1.3)
    assert fitted.slope_error == pytest.approx(3.182 * math.sqrt(1.9 / 3) / math.sqrt(10))
    assert fitted.excess == pytest.approx(1.0)
    assert fitted.at(10) == pytest.approx(10.3)


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=2, max_size=20))
def test_the_line_is_that_of_the_standard_library(points: list[tuple[float, float]]) -> None:
    assume(len({x for x, _ in points}) > 1)
    expected = statistics.linear_regression([x for x, _ in points], [y for _, y in points])
    fitted = line(points)
    assert fitted.slope == pytest.approx(expected.slope, abs=1e-6)
    assert fitted.intercept == pytest.approx(expected.intercept, abs=1e-6)


@pytest.mark.parametrize("points", [[], [(1.0, 1.0)], [(1.0, 1.0), (1.0, 2.0)]])
def test_no_line_through_one_place(points: list[tuple[float, float]]) -> None:
    with pytest.raises(ValueError, match="two points"):
        line(points)


def test_two_points_have_no_error() -> None:
    fitted = line([(0, 1), (10, 3)])
    assert (fitted.slope, fitted.intercept) == (pytest.approx(0.2), pytest.approx(1))
    assert fitted.slope_error == 0


@pytest.mark.parametrize("degrees", [1, 2, 3, 4, 5, 9, 15, 30])
def test_the_quantile_holds_95_percent_of_students_density(degrees: int) -> None:
    scale = math.gamma((degrees + 1) / 2) / (math.sqrt(degrees * math.pi) * math.gamma(degrees / 2))
    steps, edge = 20_000, t95(degrees)
    width = edge / steps
    half = math.fsum(
        scale * (1 + ((step + 0.5) * width) ** 2 / degrees) ** (-(degrees + 1) / 2) * width for step in range(steps)
    )
    assert 2 * half == pytest.approx(0.95, abs=2e-4)


def test_beyond_the_table_it_is_that_of_the_normal_distribution() -> None:
    assert t95(31) == t95(1000) == pytest.approx(statistics.NormalDist().inv_cdf(0.975), abs=1e-4)


def test_the_intervals_hold_the_truth_in_95_of_100_experiments() -> None:
    chance = random.Random(7)
    held = [0, 0]
    for _ in range(2000):
        points = [(x, 3 + 2 * x + chance.gauss(0, 5)) for x in (8, 40, 80, 120, 160, 200)]
        fitted = line(points)
        middle, error = mean([chance.gauss(10, 4) for _ in range(6)])
        held[0] += abs(fitted.slope - 2) <= fitted.slope_error
        held[1] += abs(middle - 10) <= error
    assert all(1860 < number < 1940 for number in held), held


def test_the_mean_of_one_value_has_no_error() -> None:
    assert mean([3.0]) == (3.0, 0.0)
    with pytest.raises(ValueError, match="a value"):
        mean([])


def test_a_percentile_is_a_value_that_was_seen() -> None:
    values = [5.0, 1.0, 4.0, 2.0, 3.0]
    assert [percentile(values, percent) for percent in (0, 20, 21, 50, 95, 100)] == [1, 1, 2, 3, 5, 5]
    with pytest.raises(ValueError, match="a value"):
        percentile([], 50)
