"""What chance adds keeps the mean, and nothing is chance without a seed."""

from __future__ import annotations

from statistics import fmean, variance

import pytest

from pulumi_kubernetes_mcp.simulation.chance import Chance


@pytest.mark.parametrize("mean", [0.3, 1.0, 4.0, 200.0])
def test_arrivals_are_poisson(mean: float) -> None:
    """Mean and variance are the same, which no other of the usual distributions has."""
    chance = Chance(7)
    found = [chance.arrivals(mean) for _ in range(4000)]
    assert fmean(found) == pytest.approx(mean, rel=0.1)
    assert variance(found) == pytest.approx(mean, rel=0.15)


def test_few_arrivals_are_whole() -> None:
    chance = Chance(7)
    assert all(chance.arrivals(0.6).is_integer() for _ in range(50))


@pytest.mark.parametrize("mean", [-1.0, 0.0, 0.6, 12.5])
def test_without_a_seed_the_mean_arrives(mean: float) -> None:
    assert Chance(None).arrivals(mean) == max(0.0, mean)
    assert Chance(None).near(mean, 3.0) == mean
