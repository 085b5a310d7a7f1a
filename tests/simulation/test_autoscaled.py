"""The autoscaler and its metrics in the world: how old they are, what fails, KEDA's part, sticky sessions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from statistics import fmean, pstdev

import pytest

from pulumi_kubernetes_mcp.simulation import hpa
from pulumi_kubernetes_mcp.simulation.cron import Window
from pulumi_kubernetes_mcp.simulation.load import DAY, Load, level, spike
from pulumi_kubernetes_mcp.simulation.policies import fixed
from pulumi_kubernetes_mcp.simulation.policy import Fallback, Keda, Policy, Source
from pulumi_kubernetes_mcp.simulation.result import Result
from pulumi_kubernetes_mcp.simulation.run import Events, Options, simulate
from tests.simulation import worlds

OPTIONS = Options(session_seconds=600, seed=None)
RISING = Load((0, 1200, 1260, 4800), (80, 80, 320, 320))


def wanted(result: Result, *moments: float) -> list[int]:
    found = {sample.at: sample.wanted for sample in result.samples}
    return [found[moment] for moment in moments]


def first(result: Result, pods: int) -> float:
    """When so many pods were wanted first."""
    return next(sample.at for sample in result.samples if sample.wanted >= pods)


@pytest.mark.grid
def test_pods_follow_sessions() -> None:
    result = simulate(worlds.by_sessions(40, 1, 20, behavior=worlds.AT_ONCE), RISING, worlds.pods(sticky=1.0), OPTIONS)
    assert wanted(result, 0, 1185, 1320) == [2, 2, 8]


@pytest.mark.grid
def test_a_gauge_is_as_old_as_the_last_scrape() -> None:
    """The load jumps right after a scrape at 1200 s: with a scrape a minute the jump is seen at 1260 s."""
    jump = Load((0, 1201, 1202, 3600), (80, 80, 320, 320))
    policy = worlds.by_sessions(40, 1, 20, behavior=worlds.AT_ONCE)
    often, seldom = (
        simulate(policy, jump, worlds.pods(), replace(OPTIONS, scrape_seconds=seconds)) for seconds in (15, 60)
    )
    assert (first(often, 8), first(seldom, 8)) == (1215, 1260)


@pytest.mark.grid
def test_cpu_is_seen_late_since_it_is_a_mean_of_a_window_that_has_ended() -> None:
    jump = Load((0, 1199, 1200, 3600), (40, 40, 320, 320))
    by_sessions = simulate(worlds.by_sessions(40, 1, 20, behavior=worlds.AT_ONCE), jump, worlds.pods(), OPTIONS)
    by_cpu = simulate(worlds.by_cpu(110, 1, 20, behavior=worlds.AT_ONCE), jump, worlds.pods(), OPTIONS)
    assert first(by_sessions, 8) == 1200
    assert 1215 <= first(by_cpu, 2) <= 1230
    assert first(by_cpu, 8) > 1260, "a pod that is full shows no more than that"


@pytest.mark.grid
def test_new_pods_do_not_relieve_those_with_sticky_sessions() -> None:
    """320 sessions on 2 pods for 80: with free calls the trouble ends with new pods, else when sessions have ended."""
    load = spike(80, 4, at=1200, hold=3000)
    policy = worlds.by_sessions(40, 2, 20, behavior=worlds.AT_ONCE)
    free = simulate(policy, load, worlds.pods(), OPTIONS).recovered(1200)
    stuck = simulate(policy, load, worlds.pods(sticky=1.0), OPTIONS).recovered(1200)
    assert free is not None
    assert stuck is not None
    assert free < 90
    assert 300 < stuck < 1500


@pytest.mark.grid
def test_slow_starts_and_missing_nodes_delay_the_relief() -> None:
    from pulumi_kubernetes_mcp.simulation.fleet import Nodes

    policy = worlds.by_sessions(40, 2, 20, behavior=worlds.AT_ONCE)
    fast = simulate(policy, RISING, worlds.pods(), OPTIONS).recovered(1200)
    slow = simulate(policy, RISING, worlds.pods(), OPTIONS, Events(start_seconds=200)).recovered(1200)
    nodes = simulate(policy, RISING, worlds.pods(), replace(OPTIONS, nodes=Nodes(seconds=180))).recovered(1200)
    assert fast is not None
    assert slow is not None
    assert nodes is not None
    assert slow >= fast + 150
    assert nodes >= fast + 150


@pytest.mark.grid
def test_scale_in_drops_the_sessions_of_the_pods_that_go() -> None:
    """From 8 pods with 320 sessions to 2 with 80: six pods go, each with what it has then."""
    load = Load((0, 900, 3900, 9000), (320, 320, 80, 80))
    policy = worlds.by_sessions(40, 1, 20, behavior=worlds.pace(4, 1, down_window=300))
    result = simulate(policy, load, worlds.pods(sticky=1.0), OPTIONS)
    assert wanted(result, 0, 8985) == [8, 2]
    assert 6 * 20 < result.dropped_sessions < 6 * 40
    assert simulate(policy, load, worlds.pods(), OPTIONS).dropped_sessions == 0


@pytest.mark.grid
def test_clients_that_were_refused_are_counted_once_and_come_in_when_there_is_room() -> None:
    """100 clients, two pods for 30 each, a third pod from 600 s on."""
    policy = Policy(
        name="third pod",
        spec=hpa.HpaSpec(
            min_replicas=2,
            max_replicas=4,
            metrics=(hpa.MetricSpec("External", "s0-cron", hpa.Target("AverageValue", 1000)),),
            behavior=worlds.AT_ONCE,
        ),
        sources=(
            Source(measure="cron", window=Window(start="10 0 * * *", end="0 5 * * *", time_zone="UTC", replicas=4)),
        ),
        keda=Keda(),
    )
    load = Load((0, 60, 61, 3600), (50, 50, 100, 100))
    model = worlds.pods(sticky=1.0, session_cap=30)
    result = simulate(policy, load, model, replace(OPTIONS, session_seconds=1e6))
    assert result.refused_sessions == pytest.approx(40, abs=1.5)
    assert 540 < result.refused_seconds < 900, "the last ones come back after a minute each, on the mean"
    assert result.samples[-1].sessions == pytest.approx(100, abs=2)


@pytest.mark.grid
def test_memory_follows_the_clients_of_servers_without_sticky_sessions_too() -> None:
    metric = hpa.MetricSpec("Resource", "memory", hpa.Target("Utilization", 120))
    spec = hpa.HpaSpec(min_replicas=1, max_replicas=20, metrics=(metric,), behavior=worlds.AT_ONCE)
    policy = Policy(name="memory", spec=spec, sources=(Source(measure="memory", external=False),))
    # 100 MiB and 1 for each client, of 200 requested: 140 clients a pod are 120 %.
    load = Load((0, 600, 660, 3000, 3060, 9000), (140, 140, 560, 560, 20, 20))
    gives_back, keeps = (
        simulate(policy, load, worlds.pods(returns_memory=returns), OPTIONS) for returns in (True, False)
    )
    assert wanted(gives_back, 0, 2985, 8985) == [1, 4, 1]
    assert wanted(keeps, 8985)[0] == keeps.most >= 4, "memory that is not given back never scales in"


@pytest.mark.grid
def test_the_cpu_of_pods_that_start_does_not_make_more_of_them() -> None:
    policy = worlds.by_cpu(110, 1, 20, behavior=worlds.AT_ONCE)
    idle, busy = (simulate(policy, RISING, worlds.pods(boot_cpu=cpu), OPTIONS) for cpu in (0.0, 2500.0))
    assert idle.most == busy.most


# The clock


def replicas_by_pass(policy: Policy, load: Load) -> list[tuple[float, int]]:
    """When a pass changed the replicas, and to what; to the five seconds."""
    result = simulate(policy, load, worlds.pods(), OPTIONS)
    return [(after.at, after.wanted) for before, after in pairwise(result.samples) if after.wanted != before.wanted]


@pytest.mark.grid
def test_the_default_behavior_doubles_with_every_pass() -> None:
    """As the real controller does: 58 pods are there 45 s after the load, and not 75."""
    load = Load((0, 600, 601, 1800), (400, 400, 2320, 2320))
    steps = replicas_by_pass(worlds.by_sessions(40, 10, 100, behavior=hpa.Behavior()), load)
    assert [pods for _, pods in steps] == [20, 40, 58]
    assert [after - before for (before, _), (after, _) in pairwise(steps)] == [15, 15]


@pytest.mark.grid
@pytest.mark.parametrize(("period", "acts"), [(15, 15), (50, 60), (60, 60), (61, 75), (300, 300)])
def test_a_period_acts_at_the_first_pass_after_it(period: int, acts: int) -> None:
    pace = worlds.pace(4, up_period=period)
    steps = replicas_by_pass(
        worlds.by_sessions(40, 10, 100, behavior=pace), Load((0, 60, 61, 2400), (400, 400, 4e3, 4e3))
    )
    assert [after - before for (before, _), (after, _) in pairwise(steps)][:6] == [acts] * 6


# KEDA


OUTAGE = Events(outage=(600, 3000))


@pytest.mark.parametrize(("polling", "fallback_at"), [(300, 645), (30, 630)])
def test_an_outage_holds_the_pods_until_the_fallback_counts(polling: float, fallback_at: float) -> None:
    """Three failures are passed on; the fourth is answered with the fallback. A poll meanwhile is one of them."""
    load = Load((0, 600, 1200, 3600), (80, 80, 320, 320))
    fallback = Fallback(failures=3, replicas=5, behavior="currentReplicasIfHigher")
    held = simulate(worlds.by_sessions(40, 1, 20, behavior=worlds.AT_ONCE), load, worlds.pods(), OPTIONS, OUTAGE)
    keda = Keda(polling_seconds=polling, fallback=fallback)
    policy = worlds.by_sessions(40, 1, 20, behavior=worlds.AT_ONCE, keda=keda)
    saved = simulate(policy, load, worlds.pods(), OPTIONS, OUTAGE)
    assert wanted(held, 2985) == [2]
    assert wanted(saved, fallback_at - 15, fallback_at) == [2, 5]
    assert held.blind_seconds == 2400
    assert saved.blind_seconds == fallback_at - 600


@pytest.mark.grid
@pytest.mark.parametrize(("null_is_zero", "pods"), [(True, 1), (False, 2)])
def test_an_empty_answer_is_a_zero_only_where_nulls_are_ignored(null_is_zero: bool, pods: int) -> None:
    """After a renamed metric KEDA's default takes the pods away under full load."""
    source = Source(measure="sessions", null_is_zero=null_is_zero)
    policy = worlds.by_sessions(40, 1, 20, behavior=worlds.AT_ONCE, source=source)
    events = Events(outage=(600, 3000), empty=True)
    assert wanted(simulate(policy, level(80, 3600), worlds.pods(), OPTIONS, events), 585, 2985) == [2, pods]


@pytest.mark.grid
@pytest.mark.parametrize(
    ("behavior", "pods"),
    [("static", 5), ("currentReplicas", 8), ("currentReplicasIfHigher", 8), ("currentReplicasIfLower", 5)],
)
def test_the_four_kinds_of_fallback(behavior: str, pods: int) -> None:
    fallback = Fallback(failures=3, replicas=5, behavior=behavior)  # type: ignore[arg-type]
    policy = worlds.by_sessions(40, 1, 20, behavior=worlds.AT_ONCE, fallback=fallback)
    result = simulate(policy, level(320, 3600), worlds.pods(), OPTIONS, OUTAGE)
    assert wanted(result, 585, 2985) == [8, pods]


@pytest.mark.grid
def test_a_fallback_of_a_total_is_shared_out_among_the_ready_pods() -> None:
    metric = hpa.MetricSpec("External", "s0-prometheus", hpa.Target("Value", 320_000))
    policy = Policy(
        name="total",
        spec=hpa.HpaSpec(min_replicas=1, max_replicas=20, metrics=(metric,), behavior=worlds.AT_ONCE),
        sources=(Source(measure="sessions"),),
        keda=Keda(fallback=Fallback(failures=0, replicas=5)),
    )
    assert wanted(simulate(policy, level(320, 3600), worlds.pods(), OPTIONS, OUTAGE), 2985) == [5]


@pytest.mark.grid
def test_a_cached_metric_is_as_old_as_the_last_poll() -> None:
    jump = Load((0, 1204, 1205, 3600), (80, 80, 320, 320))
    fresh, cached = (
        worlds.by_sessions(
            40,
            1,
            20,
            behavior=worlds.AT_ONCE,
            source=Source(measure="sessions", cached=cached),
            keda=Keda(polling_seconds=60),
        )
        for cached in (False, True)
    )
    assert first(simulate(fresh, jump, worlds.pods(), OPTIONS), 8) == 1215
    assert first(simulate(cached, jump, worlds.pods(), OPTIONS), 8) == 1260


def test_nothing_wakes_pods_whose_metric_only_they_have() -> None:
    """The gauge of sessions is in the pods: with none there is no series, and no activity is ever seen."""
    load = Load((0, 300, 301, 3000, 3001, 7200), (40, 40, 0, 0, 80, 80))
    source = Source(measure="sessions", null_is_zero=True)
    policy = worlds.by_sessions(
        40, 1, 20, behavior=worlds.AT_ONCE, source=source, keda=Keda(to_zero=True, cooldown_seconds=300)
    )
    result = simulate(policy, load, worlds.pods(sticky=1.0), OPTIONS)
    assert next(sample.at for sample in result.samples if sample.wanted == 0) == 600
    assert wanted(result, 7185) == [0]
    assert result.recovered(3000) is None


@pytest.mark.grid
def test_a_schedule_wakes_the_first_pod_and_is_a_floor_and_no_ceiling() -> None:
    window = Window(start="0 1 * * *", end="0 2 * * *", time_zone="UTC", replicas=6)
    metrics = (
        hpa.MetricSpec("External", "s0-cron", hpa.Target("AverageValue", 1000)),
        hpa.MetricSpec("External", "s1-prometheus", hpa.Target("AverageValue", 40_000)),
    )
    sources = (Source(measure="cron", window=window), Source(measure="sessions", null_is_zero=True))
    policy = Policy(
        name="schedule",
        spec=hpa.HpaSpec(min_replicas=1, max_replicas=20, metrics=metrics, behavior=worlds.AT_ONCE),
        sources=sources,
        keda=Keda(to_zero=True, cooldown_seconds=300),
    )
    load = Load((0, 4500, 4501, 10_800), (0, 0, 400, 400))
    result = simulate(policy, load, worlds.pods(), OPTIONS)
    assert wanted(result, 3585, 3615, 4395, 4530, 7215) == [0, 6, 6, 10, 10]


@pytest.mark.grid
@pytest.mark.parametrize(
    ("begin", "hours"),
    [
        (datetime(2026, 10, 24, tzinfo=UTC), [(6, 16), (31, 41)]),
        (datetime(2027, 3, 27, tzinfo=UTC), [(7, 17), (30, 40)]),
    ],
    ids=["the clock goes back", "the clock goes forward"],
)
def test_windows_follow_the_clock_of_their_zone(begin: datetime, hours: list[tuple[int, int]]) -> None:
    """From 8 to 18 o'clock in Berlin, over a Saturday and the Sunday on which the clock changes; hours of UTC."""
    window = Window(start="0 8 * * *", end="0 18 * * *", time_zone="Europe/Berlin", replicas=6)
    metric = hpa.MetricSpec("External", "s0-cron", hpa.Target("AverageValue", 1000))
    policy = Policy(
        name="schedule",
        spec=hpa.HpaSpec(min_replicas=1, max_replicas=20, metrics=(metric,), behavior=worlds.AT_ONCE),
        sources=(Source(measure="cron", window=window),),
        keda=Keda(),
    )
    result = simulate(policy, level(10, 2 * DAY), worlds.pods(), replace(OPTIONS, begin=begin))
    many = [sample.at for sample in result.samples if sample.wanted == 6]
    edges = [at for at in many if at - 15 not in set(many)] + [at + 15 for at in many if at + 15 not in set(many)]
    late = [at - 3600 * hour for at, hour in zip(sorted(edges), (hour for pair in hours for hour in pair), strict=True)]
    assert all(0 <= seconds <= 15 for seconds in late), "the next pass sees it"


@pytest.mark.grid
def test_a_query_that_divides_by_the_pods_itself_never_scales() -> None:
    mistake = Source(measure="sessions", average=True)
    policy = worlds.by_sessions(40, 2, 20, behavior=worlds.AT_ONCE, source=mistake)
    assert simulate(policy, RISING, worlds.pods(), OPTIONS).most <= 4


@pytest.mark.grid
def test_a_rate_is_over_its_window() -> None:
    """Calls per second, target 10: 320 sessions begin 80. Over ten minutes they are there after ten minutes."""
    short, long = (
        worlds.by_sessions(10, 1, 20, behavior=worlds.AT_ONCE, source=Source(measure="calls", rate_seconds=seconds))
        for seconds in (60, 600)
    )
    model = worlds.pods(servers=8)
    assert first(simulate(short, RISING, model, OPTIONS), 8) < 1320
    assert first(simulate(long, RISING, model, OPTIONS), 8) > 1600


@pytest.mark.grid
def test_a_metric_that_is_not_known_fails_always() -> None:
    policy = worlds.by_sessions(40, 3, 20, source=Source(measure="unknown"))
    result = simulate(policy, RISING, worlds.pods(), OPTIONS)
    assert (result.most, result.blind_seconds) == (3, 4800)


@pytest.mark.grid
def test_keda_takes_no_last_pod_away_while_a_metric_fails() -> None:
    unknown = Source(measure="unknown")
    for fallback, pods in (
        (None, 1),
        (Fallback(failures=1000, replicas=3), 1),
        (Fallback(failures=1000, replicas=0), 0),
    ):
        keda = Keda(to_zero=True, cooldown_seconds=300, fallback=fallback)
        result = simulate(worlds.by_sessions(40, 1, 20, source=unknown, keda=keda), RISING, worlds.pods(), OPTIONS)
        assert result.least == pods


@pytest.mark.grid
def test_a_resource_of_a_container_that_is_not_there_fails_without_a_fallback() -> None:
    metric = hpa.MetricSpec("ContainerResource", "cpu", hpa.Target("Utilization", 50), container="app")
    policy = Policy(
        name="other",
        spec=hpa.HpaSpec(min_replicas=3, max_replicas=20, metrics=(metric,)),
        sources=(Source(measure="unknown", external=False),),
        keda=Keda(fallback=Fallback(failures=3, replicas=10)),
    )
    result = simulate(policy, RISING, worlds.pods(), OPTIONS)
    assert (result.most, result.blind_seconds) == (3, 4800)


@pytest.mark.grid
def test_a_pods_metric_counts_each_pod_s_part() -> None:
    metric = hpa.MetricSpec("Pods", "mcp_active_sessions", hpa.Target("AverageValue", 40_000))
    policy = Policy(
        name="pods",
        spec=hpa.HpaSpec(min_replicas=1, max_replicas=20, metrics=(metric,), behavior=worlds.AT_ONCE),
        sources=(Source(measure="sessions", per_pod=True),),
    )
    assert wanted(simulate(policy, RISING, worlds.pods(sticky=1.0), OPTIONS), 0, 4785) == [2, 8]


@pytest.mark.grid
def test_the_report_says_what_held_the_autoscaler_back() -> None:
    result = simulate(worlds.by_sessions(40, 1, 4, behavior=worlds.AT_ONCE), RISING, worlds.pods(), OPTIONS)
    assert result.limits["TooManyReplicas"] == pytest.approx(4800 - 1240, abs=30)


@pytest.mark.grid
def test_a_spike_is_over_when_calls_no_longer_wait() -> None:
    """40 sessions a pod, one pod too few for 30 minutes."""
    load = spike(70, 2, at=600, hold=1800)
    never = simulate(fixed("one", 1), load, worlds.pods(), OPTIONS)
    assert never.lost_minutes == pytest.approx(34, abs=3)
    assert simulate(fixed("two", 2), load, worlds.pods(), OPTIONS).recovered(600) == 0
    assert simulate(fixed("one", 1), level(140, 1800), worlds.pods(), OPTIONS).recovered(0) is None


@pytest.mark.grid
@pytest.mark.parametrize("sessions", [63, *(pytest.param(number, marks=pytest.mark.grid) for number in (5, 2000))])
def test_chance_leaves_the_mean_as_it_is_and_spreads_like_independent_clients(sessions: float) -> None:
    """The number of clients that come and go by themselves is Poisson."""
    result = simulate(fixed("many", 100), level(sessions, 2 * DAY), worlds.pods(), Options(session_seconds=600, seed=3))
    found = [sample.clients for sample in result.samples]
    assert fmean(found) == pytest.approx(sessions, rel=0.1)
    assert pstdev(found) == pytest.approx(sessions**0.5, rel=0.2)
