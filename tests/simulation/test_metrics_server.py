"""When the metrics server samples, and what of."""

from __future__ import annotations

from pulumi_kubernetes_mcp.simulation.chance import Chance
from pulumi_kubernetes_mcp.simulation.metrics import Resources
from pulumi_kubernetes_mcp.simulation.pods import Cohort

from .worlds import pods


def test_pods_are_sampled_each_fifteen_seconds_once_they_have_run_for_as_long() -> None:
    """Passes each 15.01 s from 0: samples are due at 5, 20, 35, ... and a pod that runs from 7 has one from 35 on."""
    resources = Resources(pods(), Chance(None))
    old, new = (Cohort(count=1, created=at - 5.0, runs_at=at, ready_at=at) for at in (-60.0, 7.0))
    seen: list[tuple[float | None, float | None]] = []
    for second in range(96):
        resources.use(float(second), [old, new], 0.0, 2, 1.0)
        resources.sample(float(second), [old, new])
        taken = (old.sampled_at if old.sample else None, new.sampled_at if new.sample else None)
        if not seen or taken != seen[-1]:
            seen.append(taken)
    assert seen == [(None, None), (5, None), (20, None), (35, 35), (50, 50), (65, 65), (80, 80), (95, 95)]
