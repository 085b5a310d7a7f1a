"""A run that ends at rest, and begins shortly before the trouble, says of it what the whole run says."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_kubernetes_mcp.simulation import hpa
from pulumi_kubernetes_mcp.simulation.load import Load, level, spike
from pulumi_kubernetes_mcp.simulation.policies import fixed
from pulumi_kubernetes_mcp.simulation.policy import Policy
from pulumi_kubernetes_mcp.simulation.rest import level_from, remembered_seconds
from pulumi_kubernetes_mcp.simulation.result import Result
from pulumi_kubernetes_mcp.simulation.run import Events, Options, simulate
from tests.simulation import worlds
from tests.simulation.test_properties import STICKY, policies
from tests.sizes import examples

AT, HOLD = 1800.0, 600.0
OPTIONS = Options(session_seconds=1200, seed=None)


def told(result: Result) -> dict[str, object]:
    """What the preview and its findings say of a spike."""
    return {
        "recovered": result.recovered(AT),
        "missed": result.missed_seconds(AT),
        "longest wait": pytest.approx(result.longest_wait, rel=1e-3, abs=1e-6),
        "longest queue": pytest.approx(result.longest_queue, rel=1e-3, abs=1e-6),
        "dropped": pytest.approx(result.dropped_sessions, rel=1e-3, abs=1e-3),
        "refused": pytest.approx(result.refused_sessions, rel=1e-3, abs=1e-3),
        "most": result.most,
        "last": result.samples[-1].wanted,
    }


def run(policy: Policy, sticky: float, base: float, **options: float | bool) -> Result:
    load = spike(base, 2, at=AT, hold=HOLD)
    return simulate(policy, load, worlds.pods(sticky=sticky), replace(OPTIONS, **options))


@given(policies(), STICKY, st.floats(5, 1500))
@examples(20)
def test_a_run_that_ends_at_rest_says_the_same(policy: Policy, sticky: float, base: float) -> None:
    whole, short = run(policy, sticky, base), run(policy, sticky, base, until_rest=True)
    assert told(short) == told(whole)


@pytest.mark.parametrize(
    ("policy", "base", "most"),
    [
        (fixed("fixed", 3), 100, 0.55),
        (worlds.by_cpu(70, 2, 10), 10, 0.55),
        # Two pods more for the spike, and back to the minimum after it.
        (worlds.by_cpu(50, 2, 10), 120, 0.65),
    ],
)
def test_what_is_at_rest_is_not_played(policy: Policy, base: float, most: float) -> None:
    whole = run(policy, 0.0, base)
    short = run(policy, 0.0, base, until_rest=True, skipped_seconds=AT)
    assert told(short) == told(whole)
    assert len(short.samples) < most * len(whole.samples)
    assert len(run(policy, 0.0, base, until_rest=True).samples) > len(short.samples)


def test_chance_and_events_are_played_to_their_end() -> None:
    load, model = level(100, 3600), worlds.pods()
    for options, events in (
        (replace(OPTIONS, seed=1), Events()),
        (OPTIONS, Events(lost=(3000.0, 0.5))),
        (OPTIONS, Events(rollout=3500.0)),
    ):
        played = simulate(worlds.by_cpu(70, 2, 10), load, model, replace(options, until_rest=True), events)
        assert played.samples[-1].at == 3585
    short = simulate(worlds.by_cpu(70, 2, 10), load, model, replace(OPTIONS, until_rest=True))
    assert short.samples[-1].at < 600


def test_how_long_an_autoscaler_remembers() -> None:
    config = hpa.KUBERNETES_1_36
    assert remembered_seconds(fixed("fixed", 2), config) == 60
    # Five minutes of its own window are less than a pod is young to it.
    assert remembered_seconds(worlds.by_cpu(70, 2, 10), config) == 390
    slow = worlds.pace(1, 1, up_window=0, down_window=1200, period=1800)
    assert remembered_seconds(worlds.by_cpu(70, 2, 10, behavior=slow), config) == 1860
    patient = worlds.pace(1, 1, up_window=0, down_window=3600, period=60)
    assert remembered_seconds(worlds.by_cpu(70, 2, 10, behavior=patient), config) == 3660


def test_since_when_a_load_is_level() -> None:
    assert level_from(level(5, 60)) == 0
    assert level_from(spike(5, 2, at=AT, hold=HOLD)) == AT + 30 + HOLD + 300
    assert level_from(Load((0, 10, 20), (1, 1, 2))) == 20
