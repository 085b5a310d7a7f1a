"""Least squares and means, each with a 95 % confidence interval. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

_T95 = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
    2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip
"""Two-sided 95 % quantiles of Student's t for 1 to 30 degrees of freedom."""
_T95_MANY = 1.96
"""The quantile of the normal distribution: 4 % below Student's at 31 degrees of freedom, less beyond."""


@dataclass(frozen=True)
class Line:
    """A straight line through points, with the half-width of the 95 % confidence interval of its slope."""

    slope: float
    intercept: float
    slope_error: float
    excess: float
    """How far the highest point lies above the line, 0 if none does."""

    def at(self, x: float) -> float:
        """The line's value."""
        return self.intercept + self.slope * x


def t95(degrees: int) -> float:
    """The two-sided 95 % quantile of Student's t."""
    return _T95[degrees - 1] if degrees <= len(_T95) else _T95_MANY


def line(points: Sequence[tuple[float, float]]) -> Line:
    """The least-squares line through at least two points with different ``x``; with two there is no error."""
    count = len(points)
    mean_x = math.fsum(x for x, _ in points) / count if count else 0.0
    spread = math.fsum((x - mean_x) ** 2 for x, _ in points)
    if count < 2 or not spread:
        raise ValueError("a line needs two points with different x")
    mean_y = math.fsum(y for _, y in points) / count
    slope = math.fsum((x - mean_x) * (y - mean_y) for x, y in points) / spread
    intercept = mean_y - slope * mean_x
    residuals = [y - intercept - slope * x for x, y in points]
    excess = max(0.0, *residuals)
    if count == 2:
        return Line(slope, intercept, 0.0, excess)
    deviation = math.sqrt(math.fsum(r * r for r in residuals) / (count - 2))
    width = t95(count - 2) * deviation
    return Line(slope, intercept, width / math.sqrt(spread), excess)


def mean(values: Sequence[float]) -> tuple[float, float]:
    """The mean and the half-width of its 95 % confidence interval, which is 0 for a single value."""
    if not values:
        raise ValueError("a mean needs a value")
    count = len(values)
    middle = math.fsum(values) / count
    if count == 1:
        return middle, 0.0
    deviation = math.sqrt(math.fsum((value - middle) ** 2 for value in values) / (count - 1))
    return middle, t95(count - 1) * deviation / math.sqrt(count)


def percentile(values: Sequence[float], percent: float) -> float:
    """The nearest-rank percentile: a value that was seen."""
    if not values:
        raise ValueError("a percentile needs a value")
    ordered = sorted(values)
    return ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)]
