"""Numbers of Go's int32, at their ends."""

from __future__ import annotations

import math

import pytest

from pulumi_kubernetes_mcp.simulation.hpa.arithmetic import MAX_INT32, MIN_INT32, ceil32, to_int32


@pytest.mark.parametrize(
    ("value", "truncated", "rounded_up"),
    [
        (1.5, 1, 2),
        (-1.5, -1, -1),
        (float(MAX_INT32), MAX_INT32, MAX_INT32),
        (MAX_INT32 + 0.5, MAX_INT32, MIN_INT32),
        (MAX_INT32 + 1.0, MIN_INT32, MIN_INT32),
        (MIN_INT32 + 1.0, MIN_INT32 + 1, MIN_INT32 + 1),
        (float(MIN_INT32), MIN_INT32, MIN_INT32),
        (math.inf, MIN_INT32, MIN_INT32),
    ],
)
def test_what_does_not_fit_is_the_least(value: float, truncated: int, rounded_up: int) -> None:
    assert (to_int32(value), ceil32(value)) == (truncated, rounded_up)
