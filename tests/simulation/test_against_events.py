"""The traffic as flows against the same traffic event by event: dropped sessions, pod-hours, waits, within a few %."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from statistics import fmean

import pytest

from pulumi_kubernetes_mcp.simulation import hpa
from pulumi_kubernetes_mcp.simulation.cron import Window
from pulumi_kubernetes_mcp.simulation.load import Load
from pulumi_kubernetes_mcp.simulation.policies import fixed
from pulumi_kubernetes_mcp.simulation.policy import Keda, Policy, Source
from pulumi_kubernetes_mcp.simulation.result import Result
from pulumi_kubernetes_mcp.simulation.run import Events, Options, simulate
from tests.simulation import event_by_event as events
from tests.simulation import worlds

LOAD = ((0.0, 60.0), (300.0, 60.0), (360.0, 150.0), (1200.0, 150.0), (1800.0, 60.0), (2400.0, 60.0))
PODS = ((0.0, 1), (600.0, 3), (1800.0, 1))
"""A pod that is full with 80 sessions meets 150; two more come late, and go when the load has fallen. It falls no
faster than sessions end by themselves: those drawn one by one do not know of the load."""
SESSION = 600.0
RUNS = 5
STICKY = pytest.mark.parametrize(
    "sticky", [pytest.param(True, id="sticky"), pytest.param(False, id="any pod", marks=pytest.mark.grid)]
)


def world(sticky: bool) -> events.World:
    return events.World(
        sticky=sticky,
        load=LOAD,
        pods=PODS,
        session=SESSION,
        think=1 / worlds.CALLS_PER_SESSION - worlds.CALL_SECONDS,
        service=worlds.SERVICE,
        elsewhere=worlds.CALL_SECONDS - worlds.SERVICE,
        servers=worlds.SERVERS,
        start=20.0,
        noticed=5.0,
        pre_stop=30.0,
        retry=5.0,
        objective=1.0,
    )


def scripted() -> Policy:
    """A cron trigger that makes the number of pods the script's."""
    metric = hpa.MetricSpec("External", "s0-cron", hpa.Target("AverageValue", 1000))
    window = Window(start="10 0 * * *", end="30 0 * * *", time_zone="UTC", replicas=3)
    return Policy(
        name="script",
        spec=hpa.HpaSpec(min_replicas=1, max_replicas=3, metrics=(metric,), behavior=worlds.AT_ONCE),
        sources=(Source(measure="cron", window=window),),
        keda=Keda(),
    )


@cache
def event_runs(sticky: bool) -> tuple[events.Seen, ...]:
    return tuple(events.simulate(world(sticky), seed) for seed in range(RUNS))


@cache
def flows(sticky: bool) -> Result:
    load = Load(tuple(at for at, _ in LOAD), tuple(value for _, value in LOAD))
    model = worlds.pods(sticky=float(sticky))
    return simulate(scripted(), load, model, Options(session_seconds=SESSION, seed=None))


@pytest.mark.grid
@STICKY
def test_the_script_is_followed(sticky: bool) -> None:
    wanted = {sample.at: sample.wanted for sample in flows(sticky).samples}
    assert [wanted[at] for at in (0, 585, 600, 1785, 1800, 2385)] == [1, 1, 3, 3, 1, 1]


@pytest.mark.grid
@STICKY
def test_pod_hours_agree(sticky: bool) -> None:
    seen = fmean(run.pod_seconds for run in event_runs(sticky))
    assert flows(sticky).pod_seconds == pytest.approx(seen, rel=0.01)


@pytest.mark.grid
@STICKY
def test_dropped_sessions_agree(sticky: bool) -> None:
    seen = fmean(run.dropped for run in event_runs(sticky))
    if not sticky:
        assert seen == flows(sticky).dropped_sessions == 0
        return
    assert seen > 20
    assert flows(sticky).dropped_sessions == pytest.approx(seen, rel=0.1)


@pytest.mark.grid
@STICKY
def test_sessions_and_calls_agree(sticky: bool) -> None:
    runs = event_runs(sticky)
    assert flows(sticky).sessions_begun == pytest.approx(fmean(run.begun for run in runs), rel=0.04)
    assert flows(sticky).finished_calls == pytest.approx(fmean(run.finished for run in runs), rel=0.03)


@pytest.mark.grid
@STICKY
def test_late_calls_agree(sticky: bool) -> None:
    runs, found = event_runs(sticky), flows(sticky)
    seen = fmean(sum(wait > 1.0 for wait in run.waits) / len(run.waits) for run in runs)
    assert 0.05 < seen < 0.5
    assert found.slow_calls / found.calls == pytest.approx(seen, rel=0.1)


LEVEL = ((0.0, 120.0), (2400.0, 120.0))
LOST_AT = 1200.0


@pytest.mark.grid
@STICKY
def test_the_loss_of_a_zone_agrees(sticky: bool) -> None:
    """One of three pods: its calls fail until it is noticed, and only then do sessions there begin anew elsewhere."""
    there = replace(world(sticky), load=LEVEL, pods=((0.0, 3),), lost=(LOST_AT, 1))
    runs = [events.simulate(there, seed) for seed in range(3 * RUNS)]
    load = Load(tuple(at for at, _ in LEVEL), tuple(value for _, value in LEVEL))
    found = simulate(
        fixed("three", 3),
        load,
        worlds.pods(sticky=float(sticky)),
        Options(session_seconds=SESSION, seed=None),
        Events(lost=(LOST_AT, 1 / 3)),
    )
    assert found.pod_seconds == pytest.approx(fmean(run.pod_seconds for run in runs), rel=0.01)
    assert found.failed_calls == pytest.approx(fmean(run.failed for run in runs), rel=0.1)
    assert found.finished_calls == pytest.approx(fmean(run.finished for run in runs), rel=0.03)
    assert found.dropped_sessions == pytest.approx(fmean(run.dropped for run in runs), rel=0.1)
