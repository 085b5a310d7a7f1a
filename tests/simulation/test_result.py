"""What is counted of a simulated day: which minutes missed the objective."""

from __future__ import annotations

import pytest

from pulumi_kubernetes_mcp.simulation.result import Result


@pytest.mark.parametrize(
    ("slow", "minutes"),
    [([59], [0]), ([60], [1]), ([119], [1]), ([120], [2]), ([59, 60], [0, 1]), ([60, 120, 179], [1, 2])],
)
def test_a_minute_has_sixty_seconds(slow: list[int], minutes: list[int]) -> None:
    result = Result(policy="any")
    for second in range(200):
        calls = float(second in slow)
        result.judge(second, started=calls, late=calls, failed=0, refused=False, silent=False)
    result.close()
    assert result.bad_minutes == minutes
