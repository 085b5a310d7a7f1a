"""From tools to calls in flight, worked by hand."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import exp, fsum, log, sqrt

import pytest

from pulumi_kubernetes_mcp.planning import Bounds, Database, RuntimeProfile, Tool, Workload

from .cases import GUIDE, SLOW, number, planned

SEARCH = Tool(
    name="search", share_percent=75, duration_milliseconds=400, cpu_milliseconds=40, response_kib=8, queries=2
)
REPORT = Tool(
    name="report", share_percent=25, duration_milliseconds=2800, cpu_milliseconds=700, response_kib=64, queries=0
)
MIX = Workload(daily_users=500, tools=(SEARCH, REPORT), think_seconds=9)
POSTGRES = Database(query_milliseconds=50)


def poisson(mean: float, most: int) -> float:
    """P(X ≤ most) of a Poisson number, term by term."""
    terms = [exp(-mean)]
    for count in range(1, most + 1):
        terms.append(terms[-1] * mean / count)
    return fsum(terms)


def test_littles_law_over_the_mix() -> None:
    found = planned(MIX, POSTGRES).calls
    # 0.75 × 400 + 0.25 × 2800 = 1000 ms; 50 sessions × 1 / (9 + 1) = 5 in flight, 5 / 1 s a second
    assert found.mix.duration_milliseconds == 1000
    assert found.calls_in_flight.value == 5
    assert found.calls_in_flight.working == "50 × 1000 / (9000 + 1000) = 5"
    assert found.call_rate.value == found.per_second == 5
    assert planned(replace(MIX, think_seconds=19), POSTGRES).calls.calls_in_flight.value == 2.5
    assert planned(replace(MIX, think_seconds=0), POSTGRES).calls.calls_in_flight.value == 50


def test_the_busiest_is_the_99th_percentile() -> None:
    assert poisson(5, 10) == pytest.approx(0.9863, abs=1e-4)
    assert poisson(5, 11) == pytest.approx(0.9945, abs=1e-4)
    assert planned(MIX, POSTGRES).calls.busiest_calls.value == 11
    # Hardly ever a call: the pod is still sized for one.
    rare = replace(MIX, think_seconds=86_400)
    assert planned(rare, POSTGRES).calls.busiest_calls.value == 1
    assert planned(rare, POSTGRES).calls.heavy == 1


@pytest.mark.grid
def test_no_more_calls_are_in_flight_than_sessions() -> None:
    # A session that waits for its call makes no other one: of 50 with calls of 15 minutes 46.875 are in a call, and the
    # 99th percentile of a Poisson number with that mean is 63 or more.
    slow = Tool(name="report", share_percent=100, duration_milliseconds=900_000, queries=1, query_milliseconds=900_000)
    found = planned(replace(MIX, tools=(slow,), think_seconds=60), POSTGRES)
    assert poisson(46.875, 62) < 0.99
    assert found.calls.busiest_calls.value == found.calls.heavy == 50
    assert found.calls.busiest_calls.working == "mean 46.875 → 64, of 50 sessions → 50"
    for sessions in (1, 2, 5, 1000):
        held = planned(replace(MIX, tools=(slow,), think_seconds=60, sessions_per_pod=sessions), POSTGRES).calls
        assert float(held.mean) <= held.busiest <= sessions


def test_the_heaviest_tool() -> None:
    found = planned(MIX, POSTGRES)
    # 40 / 0.4 s = 100 and 700 / 2.8 s = 250 ms of CPU per second; 5 × 700 / 1000 = 3.5 reports in flight
    assert poisson(3.5, 7) < 0.99 < poisson(3.5, 8)
    assert (found.calls.heavy, found.calls.heavy_cpu_milliseconds) == (8, 250)
    assert found.cpu.cpu_needed_millicores.working == "8 × 250 + 300 = 2300"
    # The most CPU a call is not the most a second: 700 / 20 s = 35, and a call of 40 ms in 0.4 s takes 40 of a second.
    long = replace(MIX, tools=(SEARCH, replace(REPORT, duration_milliseconds=20_000)))
    assert planned(long, POSTGRES).calls.heavy_cpu_milliseconds == 40


def test_of_calls_shorter_than_a_second_those_of_a_second_count() -> None:
    # A session pauses for 995 ms and calls for 5: one call a second, of 4 ms of CPU. 200 sessions begin 200 calls.
    short = Tool(name="get", share_percent=100, duration_milliseconds=5, cpu_milliseconds=4)
    load = Workload(
        peak_sessions=3250,
        headroom_percent=0,
        sessions_per_pod=200,
        think_seconds=0.995,
        tools=(short,),
        eras=("modern",),
    )
    found = planned(load, None, sdk="python-v2")
    assert poisson(200, 233) < 0.99 < poisson(200, 234)
    assert (found.calls.heavy, found.calls.heavy_cpu_milliseconds) == (234, 4)
    # (600 - 50) / (4 + 0.65) = 118 sessions, ⌈3250 / 118⌉ pods. Four calls in flight asked for 3.2 cores and 56 pods.
    assert found.capacity.sessions_per_pod_binding == "cpu target"
    assert found.replicas.steady_replicas.value == 28
    # One slot runs 200 of them in a second, at the most 800 millicores.
    assert planned(replace(load, call_slots=1), None, sdk="python-v2").calls.heavy == 200
    # What is given counts as it is given: calls in flight.
    given = planned(replace(load, heavy_calls=2), None, sdk="python-v2").calls
    assert (given.heavy, given.heavy_cpu_milliseconds) == (2, 800)
    # The step at one second is none.
    around = [
        planned(
            replace(load, tools=(replace(short, duration_milliseconds=one, cpu_milliseconds=100),))
        ).cpu.cpu_needed_millicores.value
        for one in (999.999, 1000, 1000.001)
    ]
    assert max(around) - min(around) <= 1


def test_cpu_and_answers_of_the_mean_call() -> None:
    found = planned(MIX, POSTGRES).calls
    # 0.75 × 40 + 0.25 × 700 = 205 ms; by time in flight (300 × 8 + 700 × 64) / 1000 = 47.2 KiB
    assert found.call_cpu_milliseconds.working == "205 + 0 = 205"
    assert found.kib == Fraction("47.2")


def test_queries_of_the_mean_call() -> None:
    # 0.75 × 2 × 50 = 75 ms of 1000; a quarter of the calls asks for no connection
    mix = planned(MIX, POSTGRES).calls.mix
    assert (mix.hold_milliseconds, mix.hold_share, mix.asking) == (75, Fraction("0.075"), Fraction("0.75"))
    own = replace(MIX, tools=(replace(SEARCH, query_milliseconds=100), REPORT))
    assert planned(own, POSTGRES).calls.mix.hold_milliseconds == 150
    for without in (None, Database(kind="sqlite")):
        mix = planned(own, without).calls.mix
        assert (mix.hold_milliseconds, mix.asking) == (0, 0)
    # Half a query a call: half of the calls ask.
    half = replace(MIX, tools=(replace(SEARCH, share_percent=100, queries=0.5),))
    assert planned(half, POSTGRES).calls.mix.asking == Fraction(1, 2)


def test_shares_are_in_relation_to_their_sum() -> None:
    few = replace(MIX, tools=(replace(SEARCH, share_percent=3), replace(REPORT, share_percent=1)))
    assert planned(few, POSTGRES).calls == planned(MIX, POSTGRES).calls
    tiny = replace(MIX, tools=(replace(SEARCH, share_percent=1e-300), REPORT))
    assert planned(tiny, POSTGRES).calls.calls_in_flight.value == pytest.approx(50 * 2.8 / 11.8)


def test_calls_differ() -> None:
    # Mixture of two exponentials: 0.75 (0.4² + 0.6²) + 0.25 (2.8² + 1.8²) = 0.39 + 2.77
    assert planned(MIX, POSTGRES).calls.mix.duration_cv2 == pytest.approx(3.16)
    # CPU: means 40 and 700 of 205
    parts = [(0.75, 40 / 205), (0.25, 700 / 205)]
    cv2 = sum(share * (ratio**2 + (ratio - 1) ** 2) for share, ratio in parts)
    assert planned(MIX, POSTGRES).calls.mix.cpu_cv2 == pytest.approx(cv2)
    # A lognormal whose P95 is three times its mean: σ = z - √(z² - 2 ln 3), cv² = exp(σ²) - 1
    one = replace(MIX, tools=(replace(SEARCH, p95_milliseconds=1200),))
    sigma = 1.6448536 - sqrt(1.6448536**2 - 2 * log(3))
    assert planned(one, POSTGRES).calls.mix.duration_cv2 == pytest.approx(exp(sigma**2) - 1)
    # A P95 below the mean is taken as the mean, and above 3.87 × the mean the heaviest lognormal is.
    for p95, cv2 in ((1, 0), (400, 0), (1600, 13.96)):
        one = replace(MIX, tools=(replace(SEARCH, p95_milliseconds=p95),))
        assert planned(one, POSTGRES).calls.mix.duration_cv2 == cv2
    # Nine in ten hold a connection for 10 ms, one for 910: 0.9 (0.1² + 0.9²) + 0.1 (9.1² + 8.1²)
    short, long = (replace(SEARCH, name=f"{ms}", queries=1, query_milliseconds=ms) for ms in (10, 910))
    uneven = replace(MIX, tools=(replace(short, share_percent=90), replace(long, share_percent=10), REPORT))
    assert planned(uneven, POSTGRES).calls.mix.asking_cv2 == pytest.approx(15.58)


def test_knative_and_little() -> None:
    # 400 sessions that call every 8 s are 50 calls/s; × 0.8 s = 40 in flight; 40 / (8 × 70 %) = 7.1 → 8 pods
    lookup = Tool(name="lookup", share_percent=100, duration_milliseconds=800, cpu_milliseconds=0, queries=0)
    load = Workload(
        peak_sessions=400,
        headroom_percent=0,
        sessions_per_pod=400,
        session_mib=0,
        tools=(lookup,),
        think_seconds=7.2,
        call_slots=8,
    )
    result = planned(load, None, sdk="other")
    assert result.calls.call_rate.working == "40 × 1000 / 800 = 50"
    # 5.6 of the 40 calls of 400 sessions are those of 56 sessions.
    assert result.capacity.sessions_per_pod_candidates["slots"] == 56
    assert result.capacity.sessions_per_pod_binding == "slots"
    assert result.replicas.steady_replicas.working == "400 / 56 ≈ 7.143 → 8"


def test_the_guides_calls() -> None:
    found = planned(database=None).calls
    assert (found.busiest_calls.value, found.busiest_calls.formula) == (20, "assumed")
    assert found.busiest_calls.working == "assumed: 50 × 0.4 = 20"
    mean = float(found.mean)
    assert poisson(mean, 20) == pytest.approx(0.99, abs=1e-6)
    assert found.calls_in_flight.value == pytest.approx(11.825, abs=1e-3)
    # Half of them are of the heaviest tool, 200 ms each: 100 ms a call, 1 s long.
    assert found.call_cpu_milliseconds.value == 100
    assert found.per_second == found.mean
    # 1 of mean 100 with 0 or 200: 0.5 (2² + 1²) + 0.5 (0 + 1)
    assert found.mix.cpu_cv2 == pytest.approx(3)


def test_assumed_calls_follow_the_sessions() -> None:
    # 40 % of the sessions are in a call and 20 % in the heaviest; the mean is the guide's, 11.825 at 50.
    at_50 = planned(database=None).calls
    for sessions, busiest, heavy in ((1, 1, 1), (5, 2, 1), (7, 3, 2), (50, 20, 10), (1000, 400, 200)):
        found = planned(replace(GUIDE, sessions_per_pod=sessions), None).calls
        assert (found.busiest, found.heavy) == (busiest, heavy)
        assert found.mean == at_50.mean * sessions / 50
        assert found.mix == at_50.mix
    # Of given calls the heavy ones are still a fifth of the sessions at most.
    many = planned(replace(GUIDE, sessions_per_pod=100, concurrent_calls=100), None).calls
    assert (many.busiest, many.heavy, many.mix.cpu_milliseconds) == (100, 20, 40)


def test_given_calls_win_over_tools() -> None:
    result = planned(
        replace(MIX, concurrent_calls=40, heavy_calls=3, heavy_call_cpu_milliseconds=500, response_kib=1), POSTGRES
    )
    assert result.calls.busiest_calls.working == "given: 40"
    assert poisson(float(result.calls.mean), 40) == pytest.approx(0.99, abs=1e-6)
    assert (result.calls.heavy, result.calls.heavy_cpu_milliseconds, result.calls.kib) == (3, 500, 1)
    # The tools still say how long a call lasts and what it costs.
    assert result.calls.mix.duration_milliseconds == 1000
    assert result.calls.call_cpu_milliseconds.value == 205


def test_assumed_heavy_calls_are_not_above_given_calls() -> None:
    assert planned(replace(GUIDE, concurrent_calls=4)).calls.heavy == 4
    assert planned(replace(GUIDE, concurrent_calls=4, heavy_calls=6)).calls.heavy == 6
    # Of 4 calls all are heavy then, and no more than all: 200 ms each.
    assert planned(replace(GUIDE, concurrent_calls=4, heavy_calls=6)).calls.mix.cpu_milliseconds == 200


@pytest.mark.grid
def test_slots_limit_what_runs_and_not_what_arrives() -> None:
    free, tight = planned(), planned(replace(GUIDE, call_slots=8))
    assert (free.calls.busiest, free.calls.running, free.calls.heavy) == (20, 20, 10)
    assert (tight.calls.busiest, tight.calls.running, tight.calls.heavy) == (20, 8, 8)
    assert tight.calls.mix == free.calls.mix
    # 8 answers of 12.8 KiB are 0.1 MiB, 8 × 200 + 300 = 1900 m; all 20 are descriptors.
    assert tight.memory.memory_per_pod_mib.working == "80 + 30 + 50 × 1 + 0.1 + 15 = 175.1"
    assert tight.cpu.cpu_needed_millicores.value == 1900
    assert tight.descriptors.value == 50 + 20 + number(tight.pool.pool_size) + 64
    # 8 × 70 % = 5.6 of the 11.825 calls of 50 sessions: 23.7
    assert tight.capacity.sessions_per_pod_candidates["slots"] == 23
    roomy = planned(replace(GUIDE, call_slots=30))
    assert (roomy.calls.running, roomy.calls.heavy) == (20, 10)


@pytest.mark.grid
def test_a_pool_need_not_be_greater_than_the_slots() -> None:
    held = Database(query_milliseconds=1000)
    result = planned(replace(GUIDE, call_slots=8), held)
    # ⌈8⌉ × 1.25 + 2 = 12, and 19 by queueing; but 8 calls hold 8 connections, and two more are spare.
    assert number(result.pool.pool_by_guide) == 12
    assert result.pool.pool_size is not None
    assert result.pool.pool_size.working == "max(12, 19) = 19, but the slots use 8 at most, and 2 more are 10"
    assert result.pool.size == 10
    assert "pool" not in result.capacity.sessions_per_pod_candidates
    enough, short = (planned(replace(GUIDE, call_slots=8), replace(held, pool_size=size)) for size in (8, 7))
    assert "pool" not in enough.capacity.sessions_per_pod_candidates
    # A pool of 7 is enough for (7 - 2) / 1.25 = 4 in use, those of 4 × 50 / 20 sessions.
    assert short.capacity.sessions_per_pod_candidates["pool"] == 10
    # Two connections at once in a call of 8 slots: 16.
    both = planned(replace(GUIDE, call_slots=8), Database(query_milliseconds=2000))
    assert both.pool.size == 18
    # Never less than 5.
    one = planned(replace(GUIDE, call_slots=1), held)
    assert one.pool.pool_size is not None
    assert one.pool.pool_size.working.endswith("the slots use 1 at most, and 2 more are 3, at least 5")


ERA_COSTS = RuntimeProfile(
    name="eras",
    baseline_mib=80,
    session_kib={"modern": 56, "legacy-stateless": 0, "legacy-stateful": 98},
    call_cpu_milliseconds={"modern": 0.5, "legacy-stateless": 1.7, "legacy-stateful": 1.5},
    session_descriptors={"modern": 0.5, "legacy-stateful": 2},
    source="made up",
)


@pytest.mark.parametrize(
    ("shares", "kib", "cpu", "descriptors"),
    [
        # 0.25 × 56 + 0.75 × 98 = 87.5; 0.25 × 0.5 + 0.75 × 1.5 = 1.25; 0.25 × 0.5 + 0.75 × 2 = 1.625
        ({"modern": 25, "legacy-stateful": 75}, 87.5, 1.25, 1.625),
        ({"modern": 10, "legacy-stateful": 30}, 87.5, 1.25, 1.625),
        ({"modern": 100}, 56, 0.5, 0.5),
        ({"modern": 50, "legacy-stateless": 50, "sse": 0}, 28, 1.1, 0.75),
        # An era that nothing is known of takes nothing, and one descriptor.
        ({"sse": 100}, 0, 0, 1),
    ],
)
def test_costs_by_the_shares_of_the_eras(shares: dict[str, float], kib: float, cpu: float, descriptors: float) -> None:
    result = planned(replace(MIX, era_percent=shares), POSTGRES, sdk=ERA_COSTS)
    assert result.memory.memory_per_session_kib.value == 1024 + kib
    assert result.calls.mix.cpu_milliseconds == 205 + Fraction(str(cpu))
    assert result.descriptors.inputs["descriptors per session"] == descriptors


@pytest.mark.parametrize(
    ("eras", "kib", "cpu", "descriptors"),
    [
        # Memory of the one era, CPU of the other: a server of both may get clients of either.
        (("modern", "legacy-stateless"), 56, 1.7, 1),
        (("legacy-stateless",), 0, 1.7, 1),
        (("modern", "legacy-stateful"), 98, 1.5, 2),
        ((), 98, 1.7, 2),
    ],
)
def test_without_shares_each_cost_is_that_of_the_dearest_era(
    eras: tuple[str, ...], kib: float, cpu: float, descriptors: float
) -> None:
    result = planned(replace(MIX, eras=eras), POSTGRES, sdk=ERA_COSTS)
    assert result.memory.memory_per_session_kib.value == 1024 + kib
    assert result.calls.mix.cpu_milliseconds == 205 + Fraction(str(cpu))
    assert result.descriptors.inputs["descriptors per session"] == descriptors


def test_a_part_of_a_descriptor() -> None:
    result = planned(replace(GUIDE, sessions_per_pod=3, era_percent={"modern": 100}), SLOW, sdk=ERA_COSTS)
    assert result.descriptors.working == "⌈3 × 0.5⌉ + 2 + 5 + 64 = 73, of 1024"
    third = replace(GUIDE, sessions_per_pod=4, era_percent={"modern": 1, "legacy-stateless": 2})
    # (0.5 + 2 × 1) / 3 = 0.833 of 4 sessions: 3.33 → 4
    assert planned(third, SLOW, sdk=ERA_COSTS).descriptors.working == "⌈4 × 0.833⌉ + 2 + 5 + 64 ≈ 75, of 1024"


@pytest.mark.grid
def test_calls_too_short_to_tell() -> None:
    blink = replace(SEARCH, duration_milliseconds=5e-324, p95_milliseconds=5e-324, share_percent=100)
    result = planned(replace(MIX, tools=(blink,), think_seconds=0), POSTGRES, Bounds(max_replicas=3))
    assert result.calls.mix.duration_milliseconds == Fraction(1, 1000)
    assert result.calls.call_rate.value == 50 * 1_000_000
