"""The start-up probe is patient for as long as a server may take to start, and no longer."""

from __future__ import annotations

import pytest

from pulumi_kubernetes_mcp.kubernetes.placement import startup
from pulumi_kubernetes_mcp.settings.keys.pod import ProbeTiming


@pytest.mark.parametrize(
    ("period", "seconds", "failures"),
    [(None, 1, 1), (None, 2, 1), (None, 3, 2), (None, 60, 30), (10, 5, 1), (10, 60, 6), (10, 61, 7)],
)
def test_as_many_failures_as_fit(period: int | None, seconds: int, failures: int) -> None:
    made = startup({"periodSeconds": 2, "timeoutSeconds": 2}, ProbeTiming(period_seconds=period), seconds)
    assert made == {"periodSeconds": 2, "timeoutSeconds": 2, "failureThreshold": failures}
