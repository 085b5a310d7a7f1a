"""What the controllers of Kubernetes do to the pods: rollouts, who goes first, drains, lost zones, nodes that come."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pulumi_kubernetes_mcp.simulation.fleet import TOLERATED_SECONDS, UNNOTICED_SECONDS, Fleet, Nodes
from pulumi_kubernetes_mcp.simulation.load import level
from pulumi_kubernetes_mcp.simulation.policies import fixed
from pulumi_kubernetes_mcp.simulation.policy import Drain
from pulumi_kubernetes_mcp.simulation.run import Events, Options, simulate
from tests.simulation import worlds

OPTIONS = Options(session_seconds=600, seed=None)


def counts(fleet: Fleet, now: float) -> tuple[int, int]:
    """Pods that answer, and pods that are there."""
    return fleet.reach(now).pods, sum(cohort.count for cohort in fleet.cohorts)


def run(fleet: Fleet, since: int, until: int) -> list[tuple[int, int, int]]:
    """Time, pods that answer and pods that are there, whenever one of these changes."""
    seen: list[tuple[int, int, int]] = []
    for now in range(since, until, 5):
        fleet.advance(now)
        fleet.reap(now)
        found = counts(fleet, now)
        if not seen or seen[-1][1:] != found:
            seen.append((now, *found))
    return seen


def test_a_new_pod_answers_when_it_has_started() -> None:
    fleet = Fleet(worlds.pods(start_seconds=40), 2, 0)
    fleet.wanted = 5
    assert run(fleet, 0, 100) == [(0, 2, 5), (40, 5, 5)]


def test_pods_that_have_not_started_go_first_and_at_once() -> None:
    fleet = Fleet(worlds.pods(start_seconds=40), 2, 0)
    fleet.wanted = 5
    fleet.advance(0)
    fleet.wanted = 2
    fleet.advance(5)
    assert counts(fleet, 5) == (2, 2)


def test_the_youngest_go_first() -> None:
    fleet = Fleet(worlds.pods(), 3, 0)
    fleet.wanted = 5
    run(fleet, 0, 300)
    fleet.wanted = 3
    fleet.advance(300)
    assert [(one.count, one.created) for one in fleet.cohorts if one.deleted_at is not None] == [(2, 0)]


def test_pods_whose_ages_are_of_one_power_of_two_go_evenly() -> None:
    """LogarithmicScaleDown: 4100 s and 8100 s are one age."""
    fleet = Fleet(worlds.pods(), 0, 0)
    for now, number in ((0, 4), (4000, 8)):
        fleet.wanted = number
        fleet.advance(now)
    fleet.wanted = 4
    fleet.advance(8120)
    assert sorted((one.count, one.created) for one in fleet.cohorts if one.deleted_at is not None) == [
        (2, 0),
        (2, 4000),
    ]


def test_a_pod_that_ends_keeps_its_calls_and_loses_its_sessions() -> None:
    """Sessions end when proxies have noticed, after 5 s; calls when they are done, here within the pre-stop sleep."""
    fleet = Fleet(worlds.pods(sticky=1.0, pre_stop_seconds=30), 2, 0)
    (cohort,) = fleet.cohorts
    cohort.sessions, cohort.running = 10.0, 0.01
    fleet.wanted = 1
    fleet.advance(0)
    assert fleet.reap(0) == (0, 0)
    assert fleet.reach(0).pods == 2
    assert fleet.reap(5) == (10, 0)
    assert fleet.reach(5).pods == 1
    assert [counts(fleet, now)[1] for now in (25,) if fleet.reap(now) is not None] == [2]
    assert fleet.reap(30)[0] == 0
    assert counts(fleet, 30)[1] == 1


@pytest.mark.parametrize(("cut", "failed"), [(1.0, 4.0), (0.5, 2.0), (0.0, 0.0)])
def test_sigterm_cuts_calls_of_legacy_eras(cut: float, failed: float) -> None:
    fleet = Fleet(worlds.pods(cut_share=cut, pre_stop_seconds=10), 2, 0)
    fleet.cohorts[0].running, fleet.cohorts[0].waiting = 3.0, 1.0
    fleet.wanted = 1
    fleet.advance(0)
    assert fleet.reap(5) == (0, 0)
    assert fleet.reap(10)[1] == failed
    assert fleet.reap(15)[1] == 0


def test_the_end_of_the_grace_period_cuts_the_rest() -> None:
    fleet = Fleet(worlds.pods(pre_stop_seconds=10, graceful_seconds=20), 1, 0)
    fleet.cohorts[0].running = 3.0
    fleet.wanted = 0
    fleet.advance(0)
    assert [fleet.reap(now)[1] for now in (5, 10, 25, 30)] == [0, 0, 0, 3]
    assert counts(fleet, 30) == (0, 0)


def test_without_a_pre_stop_hook_requests_still_come_to_a_pod_that_is_gone() -> None:
    fleet = Fleet(worlds.pods(pre_stop_seconds=0), 3, 0)
    fleet.wanted = 2
    fleet.advance(0)
    reach = fleet.reach(0)
    assert (reach.pods, reach.deaf) == (2, 1)
    assert fleet.reach(5).deaf == 0


def test_a_rollout_adds_a_quarter_and_takes_none_away_before_the_new_ones_answer() -> None:
    fleet = Fleet(worlds.pods(start_seconds=20, pre_stop_seconds=10), 8, 0)
    fleet.begin_rollout()
    fleet.advance(0)
    assert fleet.alive() == 8 + 2
    seen = run(fleet, 5, 400)
    assert min(ready for _, ready, _ in seen) == 8
    assert max(there for _, _, there in seen) <= 8 + 2 + 2
    assert seen[-1][1:] == (8, 8)
    assert not fleet.rolling
    assert {cohort.generation for cohort in fleet.cohorts} == {1}


def test_a_lost_zone_is_noticed_after_50_seconds_and_replaced_after_another_300() -> None:
    fleet = Fleet(worlds.pods(start_seconds=20), 6, 0)
    fleet.cohorts[0].sessions = 10.0
    assert fleet.lose(100, 1 / 3) == 0
    assert fleet.lost == (2, 6)
    reach = fleet.reach(100)
    assert (reach.pods, reach.deaf) == (4, 2)
    noticed = 100 + UNNOTICED_SECONDS
    assert fleet.reach(noticed - 5).deaf == 2
    assert fleet.reap(noticed - 5) == (0, 0)
    assert fleet.reach(noticed).deaf == 0
    assert fleet.reap(noticed) == (20, 0)
    assert fleet.reap(noticed + 5) == (0, 0)
    fleet.advance(noticed + TOLERATED_SECONDS - 5)
    assert fleet.alive() == 6
    fleet.advance(noticed + TOLERATED_SECONDS)
    assert fleet.reach(noticed + TOLERATED_SECONDS).pods == 4
    assert fleet.reach(noticed + TOLERATED_SECONDS + 20).pods == 6


def test_what_runs_and_what_waits_in_a_lost_pod_is_lost_with_it() -> None:
    fleet = Fleet(worlds.pods(start_seconds=20), 4, 0)
    fleet.cohorts[0].running, fleet.cohorts[0].waiting = 3.0, 2.0
    assert fleet.lose(100, 1 / 4) == 3 + 2


def test_a_loss_takes_its_part_however_the_pods_are_grouped() -> None:
    fleet = Fleet(worlds.pods(start_seconds=20), 4, 0)
    fleet.wanted = 8
    fleet.advance(0)
    fleet.lose(100, 1 / 3)
    assert fleet.lost == (3, 8)
    assert fleet.reach(100).pods == 5


def test_the_sessions_of_a_lost_pod_that_is_deleted_are_not_forgotten() -> None:
    fleet = Fleet(worlds.pods(start_seconds=20), 2, 0)
    fleet.cohorts[0].sessions = 10.0
    fleet.lose(100, 0.5)
    fleet.wanted = 1
    fleet.advance(105)
    assert fleet.reap(105) == (10, 0)


def test_pods_that_fit_nowhere_wait_for_nodes() -> None:
    fleet = Fleet(worlds.pods(start_seconds=20), 4, 0, nodes=Nodes(seconds=100, spare=2))
    fleet.wanted = 9
    assert run(fleet, 0, 200) == [(0, 4, 9), (20, 6, 9), (120, 9, 9)]
    assert fleet.placed(50) == 6
    assert fleet.placed(100) == 9


def test_nodes_that_nothing_needs_go_after_ten_minutes() -> None:
    fleet = Fleet(worlds.pods(start_seconds=20), 4, 0, nodes=Nodes(seconds=100))
    for wanted, since, until in ((9, 0, 300), (4, 300, 600), (9, 600, 800)):
        fleet.wanted = wanted
        seen = run(fleet, since, until)
    assert seen[1][0] == 620, "the nodes are still there"
    for wanted, since, until in ((4, 800, 1600), (9, 1600, 1800)):
        fleet.wanted = wanted
        seen = run(fleet, since, until)
    assert seen[1][0] == 1720, "they must come again"


def test_a_drain_that_is_too_short_fails_calls_in_a_rollout() -> None:
    """Calls of 20 s, and nothing but 30 s after SIGTERM, against a sleep and a minute."""
    load, events = level(200, 1800), Events(rollout=600)
    model = worlds.pods(call_seconds=20.0, calls_per_session=0.02)
    bare = Drain(pre_stop_seconds=0, graceful_seconds=30)
    short = simulate(fixed("bare", 4, drain=bare), load, model, OPTIONS, events)
    enough = simulate(fixed("ours", 4), load, model, OPTIONS, events)
    assert short.failed_calls > 10
    assert enough.failed_calls < 1.5


def test_a_drain_of_a_policy_takes_the_place_of_the_pods_own() -> None:
    """Each number in its own place: swapped, another share of the calls fails."""
    load, events = level(200, 1200), Events(rollout=600)
    model = worlds.pods(call_seconds=20.0, calls_per_session=0.02)
    own = replace(model, pre_stop_seconds=0, graceful_seconds=40)
    swapped = replace(model, pre_stop_seconds=40, graceful_seconds=0)
    drained = simulate(
        fixed("one", 4, drain=Drain(pre_stop_seconds=0, graceful_seconds=40)), load, model, OPTIONS, events
    )
    assert drained == simulate(fixed("one", 4), load, own, OPTIONS, events)
    assert drained != simulate(fixed("one", 4), load, swapped, OPTIONS, events)


@pytest.mark.grid
def test_the_loss_of_a_zone_costs_a_third_of_the_calls_for_50_seconds() -> None:
    """120 sessions begin 30 calls a second; one pod of three does not answer."""
    result = simulate(fixed("three", 3), level(120, 3600), worlds.pods(), OPTIONS, Events(lost=(1200, 1 / 3)))
    assert result.failed_calls == pytest.approx(30 / 3 * 50, rel=0.05)
    assert result.recovered(1200) == 50


@pytest.mark.grid
def test_sessions_in_a_lost_zone_fail_their_calls_until_it_is_noticed_and_move_then() -> None:
    """40 of 120 sessions are in the pod that is lost: 10 calls a second, and none elsewhere before 50 s are over."""
    model = worlds.pods(sticky=1.0)
    result = simulate(fixed("three", 3), level(120, 3600), model, OPTIONS, Events(lost=(1200, 1 / 3)))
    assert result.failed_calls == pytest.approx(10 * 50, rel=0.1)
    assert result.dropped_sessions == pytest.approx(40, rel=0.1)
    assert result.lost_pods == (1, 3)
    open_at = {sample.at: sample.sessions for sample in result.samples}
    assert open_at[1245] == pytest.approx(80, rel=0.1)
    assert open_at[1320] == pytest.approx(120, rel=0.1)


def test_the_loss_of_the_only_zone_takes_all_pods() -> None:
    result = simulate(fixed("three", 3), level(120, 3600), worlds.pods(), OPTIONS, Events(lost=(1200, 1.0)))
    assert result.lost_pods == (3, 3)
    assert {sample.ready for sample in result.samples if 1215 < sample.at < 1500} == {0}
