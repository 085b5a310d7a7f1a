"""What holds for every load, policy and seed: nothing is made or lost, and nothing moves faster than it may."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_kubernetes_mcp.simulation.calls import Calls
from pulumi_kubernetes_mcp.simulation.fleet import Fleet, Nodes
from pulumi_kubernetes_mcp.simulation.load import Load
from pulumi_kubernetes_mcp.simulation.pods import Cohort
from pulumi_kubernetes_mcp.simulation.policies import fixed
from pulumi_kubernetes_mcp.simulation.policy import Drain, Fallback, Policy
from pulumi_kubernetes_mcp.simulation.run import Events, Options, simulate
from pulumi_kubernetes_mcp.simulation.waits import STEP
from tests.simulation import worlds
from tests.sizes import examples

FEW = examples(25)
STICKY = st.sampled_from([0.0, 0.4, 1.0])


@st.composite
def loads(draw: st.DrawFn, most: float = 2000) -> Load:
    """Up to an hour, straight between up to six points."""
    gaps = draw(st.lists(st.integers(30, 900), min_size=1, max_size=5))
    times = [0.0]
    for gap in gaps:
        times.append(times[-1] + gap)
    values = draw(st.lists(st.floats(0, most), min_size=len(times), max_size=len(times)))
    return Load(tuple(times), tuple(values))


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """An autoscaler of either kind, slow or fast, or none."""
    least = draw(st.integers(1, 6))
    most = least + draw(st.integers(0, 40))
    pace = worlds.pace(
        draw(st.integers(1, 20)),
        draw(st.integers(1, 20)),
        up_window=draw(st.sampled_from([0, 60])),
        down_window=draw(st.sampled_from([0, 300])),
        period=draw(st.sampled_from([15, 60, 300])),
    )
    kind = draw(st.sampled_from(["cpu", "sessions", "fixed"]))
    if kind == "cpu":
        return worlds.by_cpu(draw(st.integers(20, 150)), least, most, behavior=pace)
    if kind == "sessions":
        fallback = Fallback(failures=3, replicas=least, behavior="currentReplicasIfHigher")
        return worlds.by_sessions(draw(st.integers(5, 100)), least, most, behavior=pace, fallback=fallback)
    drain = draw(st.sampled_from([None, Drain(pre_stop_seconds=0, graceful_seconds=30)]))
    return fixed("fixed", least, drain=drain)


EVENTS = st.sampled_from(
    [
        Events(),
        Events(outage=(300, 900)),
        Events(outage=(300, 900), empty=True),
        Events(lost=(300, 0.34)),
        Events(rollout=300),
        Events(start_seconds=180),
        Events(resource_outage=(0, 600)),
    ]
)
OPTIONS = st.builds(
    Options,
    session_seconds=st.floats(60, 3600),
    timeout_seconds=st.sampled_from([10.0, 60.0, 600.0]),
    seed=st.one_of(st.none(), st.integers(0, 99)),
    nodes=st.sampled_from([None, Nodes(seconds=120), Nodes(seconds=60, spare=3)]),
)


@pytest.mark.grid
@FEW
@given(policies(), loads(), STICKY, OPTIONS, EVENTS)
def test_sessions_and_calls_are_neither_made_nor_lost(
    policy: Policy, load: Load, sticky: float, options: Options, events: Events
) -> None:
    result = simulate(policy, load, worlds.pods(sticky=sticky, session_cap=100), options, events)
    slack = 1e-6 * max(1.0, result.calls)
    assert abs(result.sessions_begun - result.sessions_ended - result.clients) < 1e-6 * max(1.0, result.sessions_begun)
    assert abs(result.calls - result.finished_calls - result.failed_calls - result.open_calls) < slack
    assert min(result.finished_calls, result.failed_calls, result.open_calls, result.clients) >= 0
    assert result.slow_calls <= result.calls + slack
    assert result.refused_sessions <= result.sessions_begun + result.dropped_sessions + 1e-6
    assert result.refused_seconds <= result.duration


@pytest.mark.grid
@FEW
@given(policies(), loads(), STICKY, OPTIONS, EVENTS)
def test_pods_stay_within_their_bounds(
    policy: Policy, load: Load, sticky: float, options: Options, events: Events
) -> None:
    result = simulate(policy, load, worlds.pods(sticky=sticky), options, events)
    surge = -(-policy.maximum // 4)
    for sample in result.samples:
        assert policy.minimum <= sample.wanted <= policy.maximum
        assert 0 <= sample.ready <= policy.maximum + surge
        assert sample.there >= 0
        assert sample.waiting >= 0
        assert sample.wait >= 0
        assert sample.sessions <= sample.clients + 1e-6


@pytest.mark.grid
@FEW
@given(
    st.integers(1, 8),
    st.integers(1, 8),
    st.sampled_from([60, 120, 300]),
    st.sampled_from([60, 120, 300]),
    loads(),
    st.sampled_from([0.0, 1.0]),
)
def test_nothing_scales_faster_than_its_policy(
    up: int, down: int, up_period: int, down_period: int, load: Load, sticky: float
) -> None:
    pace = worlds.pace(up, down, up_period=up_period, period=down_period, down_window=0)
    policy = worlds.by_sessions(10, 1, 500, behavior=pace)
    result = simulate(policy, load, worlds.pods(sticky=sticky), Options(session_seconds=300))
    steps = [(later.at, later.wanted - sample.wanted) for sample, later in pairwise(result.samples)]
    for place, (at, _) in enumerate(steps):
        for period, most, sign in ((up_period, up, 1), (down_period, down, -1)):
            if at < period:
                # What went before the first second is not in the samples.
                continue
            moved = sum(max(0, sign * step) for moment, step in steps[place:] if moment < at + period)
            back = sum(max(0, -sign * step) for moment, step in steps[: place + 1] if moment >= at - period)
            back += sum(max(0, -sign * step) for moment, step in steps[place:] if moment < at + period)
            assert moved <= most + back


@pytest.mark.grid
@FEW
@given(policies(), loads(), STICKY, st.integers(0, 99))
def test_the_same_seed_gives_the_same_result(policy: Policy, load: Load, sticky: float, seed: int) -> None:
    options = Options(session_seconds=600, seed=seed)
    first, second = (simulate(policy, load, worlds.pods(sticky=sticky), options) for _ in range(2))
    assert first == second


@pytest.mark.grid
def test_another_seed_gives_another_result() -> None:
    load, policy = Load((0, 1800), (100, 300)), worlds.by_cpu(60, 2, 10)
    results = [simulate(policy, load, worlds.pods(), Options(session_seconds=600, seed=seed)) for seed in (1, 2)]
    assert results[0].calls != results[1].calls


@pytest.mark.grid
@FEW
@given(st.integers(1, 12), st.integers(1, 12), loads(1500), st.sampled_from([0.0, 1.0]))
def test_more_pods_never_let_calls_wait_longer(few: int, more: int, load: Load, sticky: float) -> None:
    options, model = Options(session_seconds=600), worlds.pods(sticky=sticky)
    less = simulate(fixed("few", few), load, model, options)
    enough = simulate(fixed("more", few + more), load, model, options)
    assert enough.longest_wait <= less.longest_wait * 1.001 + 1e-3
    if not less.failed_calls:
        # Where clients give up, a queue is as long as their patience, in each pod.
        assert enough.longest_queue <= less.longest_queue * 1.001 + 1e-3
    assert len(enough.bad_seconds) <= len(less.bad_seconds)


@pytest.mark.grid
@FEW
@given(st.integers(1, 6), st.integers(1, 4), st.integers(1, 4), loads(800))
def test_faster_pods_never_let_calls_wait_longer(number: int, servers: int, more: int, load: Load) -> None:
    options, policy = Options(session_seconds=600), fixed("pods", number)
    slow = simulate(policy, load, worlds.pods(servers=servers), options)
    fast = simulate(policy, load, worlds.pods(servers=servers + more), options)
    assert fast.longest_wait <= slow.longest_wait * 1.001 + 1e-6
    assert len(fast.bad_seconds) <= len(slow.bad_seconds)


@pytest.mark.grid
@FEW
@given(st.floats(1, 3000), st.sampled_from([0.0, 1.0]), st.integers(0, 20))
def test_a_level_load_with_enough_pods_meets_the_objective(sessions: float, sticky: float, seed: int) -> None:
    """40 sessions of a pod that is full with 80."""
    policy = worlds.by_sessions(40, 1, 1000, behavior=worlds.pace(100, 1))
    load = Load((0, 3600), (sessions, sessions))
    result = simulate(policy, load, worlds.pods(sticky=sticky), Options(session_seconds=1200, seed=seed))
    assert result.lost_minutes == 0


@pytest.mark.grid
@FEW
@given(policies(), loads(), OPTIONS, EVENTS)
def test_without_sticky_sessions_none_is_dropped_or_refused(
    policy: Policy, load: Load, options: Options, events: Events
) -> None:
    result = simulate(policy, load, worlds.pods(sticky=0.0, session_cap=1), options, events)
    assert result.dropped_sessions == result.refused_sessions == result.refused_seconds == 0


@pytest.mark.grid
@examples(200)
@given(
    clients=st.floats(0, 1000),
    waiting=st.floats(0, 300),
    sessions=st.floats(0, 300),
    timeout=st.sampled_from([5.0, 60.0]),
    steps=st.integers(1, 30),
)
def test_no_more_calls_arrive_than_clients_can_begin(
    clients: float, waiting: float, sessions: float, timeout: float, steps: int
) -> None:
    """Who waits begins no other call; who gives up thinks, and calls again; a pod never serves more than it can."""
    model = worlds.pods(sticky=1.0)
    hasty = model.waits.cycle / model.waits.pause
    fleet = Fleet(model, 2, 0.0)
    (cohort,) = fleet.cohorts
    cohort.sessions, cohort.waiting = sessions, min(waiting, sessions)
    calls = Calls(model, timeout)
    for step in range(steps):
        before = cohort.waiting
        flow = calls.step(fleet.reach(step * STEP), clients)
        assert -1e-6 <= flow.arrived <= flow.offered * hasty + 1e-6
        assert flow.started <= 2 * model.capacity * STEP + 1e-6
        assert 0 <= cohort.waiting <= max(before, model.capacity * timeout) + 1e-6
        assert flow.arrived + 2 * before >= flow.started + flow.failed + 2 * cohort.waiting - 1e-6


@pytest.mark.parametrize("load", [0.0, 0.2, 0.6, 0.9])
@pytest.mark.parametrize("waiting", [1.0, 10.0])
def test_a_queue_that_is_worked_off_begins_what_waited_and_what_comes(load: float, waiting: float) -> None:
    """Below the capacity: after a minute as many wait as by chance, and none was given up."""
    model = worlds.pods()
    fleet = Fleet(model, 1, 0.0)
    (cohort,) = fleet.cohorts
    cohort.waiting = cohort.guests = waiting
    demand = load * model.waits.capacity
    cohort.running = cohort.guests_running = demand * model.call_seconds
    calls, started = Calls(model, 60.0), 0.0
    for _ in range(12):
        flow = calls.step(fleet.reach(0.0), demand / model.calls_per_session)
        started += flow.started
        assert flow.failed == 0
    by_chance = model.waits.entry(load, 1)
    assert cohort.waiting == pytest.approx(by_chance.queue, abs=0.02, rel=0.02)
    expected = 60 * demand * by_chance.pace + waiting - by_chance.queue
    assert started == pytest.approx(expected, rel=0.04), "but for those that clients who waited did not begin"


def test_pods_that_are_split_and_joined_hold_what_they_held() -> None:
    fleet = Fleet(worlds.pods(sticky=1.0), 9, 0.0)
    (cohort,) = fleet.cohorts
    cohort.sessions, cohort.waiting = 12.0, 0.05
    parts = [fleet._part(cohort, 2), fleet._part(cohort, 3)]
    assert [part.count for part in (cohort, *parts)] == [4, 2, 3]
    parts[0].sessions = 12.1
    assert held(fleet.cohorts) == (9, 4 * 12 + 2 * 12.1 + 3 * 12)
    fleet.merge(1e6)
    assert len(fleet.cohorts) == 1
    assert held(fleet.cohorts) == (9, 4 * 12 + 2 * 12.1 + 3 * 12)


def held(cohorts: list[Cohort]) -> tuple[int, float]:
    return sum(one.count for one in cohorts), round(sum(one.count * one.sessions for one in cohorts), 9)
