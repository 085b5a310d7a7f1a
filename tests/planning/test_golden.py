"""The figures of the sizing guide, computed by hand, and the rules around them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pulumi_kubernetes_mcp.planning import Bounds, Database, Plan, Tool, Workload

from .cases import GUIDE, MIB, SLOW, number, planned


def test_sessions_of_500_users() -> None:
    result = planned()
    assert number(result.load.average_sessions) == pytest.approx(20.8333333)
    assert (result.load.peak_sessions.value, result.load.planned_sessions.value) == (63, 82)
    assert result.load.peak_sessions.working == "500 × 3 × 20 / 1440 × 3 = 62.5 → 63"
    assert result.load.planned_sessions.working == "62.5 × 1.3 = 81.25 → 82"


def test_what_counts_once_is_rounded_once() -> None:
    # 2000000 × 3 × 20 / 1440 × 10 = 833333.33 at the peak, × 1.3 = 1083333.33; rounded twice it was 1083335.
    load = planned(Workload(daily_users=2_000_000, peak_factor=10), None).load
    assert (load.peak_sessions.value, load.planned_sessions.value) == (833_333, 1_083_333)
    # A billion users have 162.5 million sessions, exactly: nothing is taken off a whole one.
    billion = planned(Workload(daily_users=1_000_000_000), None).load
    assert billion.planned_sessions.value == 162_500_000
    # The mean of the day is rounded as the peak is, which is never fewer pods.
    flat = planned(
        Workload(peak_sessions=500_000.5, peak_factor=1, headroom_percent=0, sessions_per_pod=1), None
    ).replicas
    assert (flat.average_replicas.value, flat.steady_replicas.value) == (500_000, 500_000)
    # 50 users: 6.25 × 1.3 = 8.125 → 9, and not 7 × 1.3 = 9.1 → 10.
    assert planned(Workload(daily_users=50), None).load.planned_sessions.value == 9
    # A part of a session that counts is rounded up: 20.001 × 1 → 21.
    part = planned(Workload(peak_sessions=20.001, headroom_percent=0), None).load
    assert (part.peak_sessions.value, part.planned_sessions.value) == (21, 21)


def test_a_measured_peak_wins_over_users() -> None:
    result = planned(replace(GUIDE, peak_sessions=200))
    assert (result.load.peak_sessions.value, result.load.planned_sessions.value) == (200, 260)
    assert number(result.load.average_sessions) == pytest.approx(66.6666667)


@pytest.mark.parametrize("query_milliseconds", [50, 500])
def test_memory_of_50_sessions(query_milliseconds: float) -> None:
    result = planned(database=Database(query_milliseconds=query_milliseconds))
    assert result.memory.memory_per_pod_mib.value == 175.25
    assert result.memory.memory_per_pod_mib.working == "80 + 30 + 50 × 1 + 0.25 + 15 = 175.25"
    assert result.memory.memory_with_headroom_mib.value == 219.0625
    assert (result.memory.memory_limit_mib.value, result.memory.memory_request_mib.value) == (256, 192)
    assert number(result.memory.node_heap_mib) == 200


def test_the_default_response_gives_the_same_sizes() -> None:
    result = planned(Workload(daily_users=500))
    assert result.memory.memory_per_pod_mib.value == 175.3125
    assert (result.memory.memory_limit_mib.value, result.memory.memory_request_mib.value) == (256, 192)


def test_a_pool_of_more_than_15_connections_takes_a_mib_each() -> None:
    small, large = (planned(database=Database(pool_size=size)) for size in (15, 40))
    assert large.memory.memory_per_pod_mib.value - small.memory.memory_per_pod_mib.value == 25


def test_no_database_no_pool_and_no_memory_for_one() -> None:
    result = planned(database=None)
    assert result.memory.memory_per_pod_mib.value == 160.25
    assert result.pool.pool_size is None
    assert result.connections.connection_budget is None
    assert result.connections.budget_closes
    assert "pool" not in result.capacity.sessions_per_pod_candidates


def test_measured_python_memory() -> None:
    # 69 + 30 + 50 × (1 + 106/1024) + 0.25 + 15
    assert planned(sdk="python-v2").memory.memory_per_pod_mib.value == pytest.approx(169.42578125)
    assert planned(sdk="python-v2").memory.node_heap_mib is None


def test_cpu_of_ten_heavy_calls() -> None:
    result = planned()
    assert result.cpu.cpu_needed_millicores.value == 2300
    assert result.cpu.cpu_limit_millicores.value == 2500
    assert result.cpu.cpu_request_millicores.value == 1000
    assert result.cpu.cpu_target_millicores.value == 1500
    assert result.cpu.cpu_target_percent_of_request.value == 150


def test_given_resources_win_and_the_planned_rest_fits_around_them() -> None:
    result = planned(
        bounds=Bounds(cpu_request_millicores=4000, memory_request_bytes=512 * MIB, cpu_percent_of_limit=50)
    )
    assert (result.cpu.cpu_request_millicores.value, result.cpu.cpu_limit_millicores.value) == (4000, 4000)
    assert result.cpu.cpu_target_percent_of_request.value == 50
    assert (result.memory.memory_request_mib.value, result.memory.memory_limit_mib.value) == (512, 512)
    other = planned(bounds=Bounds(cpu_limit_millicores=1000, memory_limit_bytes=128 * MIB))
    assert (other.cpu.cpu_request_millicores.value, other.cpu.cpu_limit_millicores.value) == (400, 1000)
    assert (other.memory.memory_request_mib.value, other.memory.memory_limit_mib.value) == (96, 128)
    assert other.memory.memory_limit_mib.working == "given: 128"


def test_a_planned_cpu_request_is_never_zero() -> None:
    assert planned(bounds=Bounds(cpu_limit_millicores=1)).cpu.cpu_request_millicores.value == 1


def test_descriptors_of_200_idle_connections() -> None:
    result = planned(replace(GUIDE, sessions_per_pod=200, concurrent_calls=20))
    assert result.descriptors.working == "200 + 20 + 15 + 64 = 299, of 1024"


@pytest.mark.parametrize(
    ("calls", "milliseconds", "pool"),
    [(20, 50, 5), (20, 500, 15), (20, 200, 7), (100, 300, 40), (1, 1, 5), (20, 50.1, 5), (20, 150.1, 7)],
)
def test_pool(calls: int, milliseconds: float, pool: int) -> None:
    result = planned(replace(GUIDE, concurrent_calls=calls), Database(query_milliseconds=milliseconds))
    assert number(result.pool.pool_size) == pool


def test_the_least_pool_says_so() -> None:
    result = planned(database=Database())
    assert result.pool.pool_by_guide is not None
    assert result.pool.pool_by_guide.working == "⌈20 × 50 / 1000⌉ × 1.25 + 2 = 3.25 → 4"
    assert result.pool.pool_size is not None
    assert result.pool.pool_size.working == "max(4, 3) = 4, at least 5"


@pytest.mark.parametrize(
    ("max_connections", "budget", "closes"), [(100, 50, False), (420, 210, False), (1600, 800, True)]
)
def test_budget_of_15_connections_in_20_pods(max_connections: int, budget: int, closes: bool) -> None:
    result = planned(database=replace(SLOW, max_connections=max_connections), bounds=Bounds(max_replicas=20))
    assert number(result.connections.connections_at_maximum) == 300
    assert number(result.connections.connections_with_surge) == 375
    assert number(result.connections.connection_budget) == budget
    assert result.connections.budget_closes is closes


def test_the_budget_closes_up_to_and_including_its_last_connection() -> None:
    exactly = planned(database=replace(SLOW, max_connections=600), bounds=Bounds(max_replicas=20))
    short = planned(database=replace(SLOW, max_connections=599), bounds=Bounds(max_replicas=20))
    assert (exactly.connections.budget_closes, short.connections.budget_closes) == (True, False)


def test_regions_and_reservations_take_from_the_budget() -> None:
    assert (
        number(planned(database=replace(SLOW, max_connections=420, shared_by_regions=2)).connections.connection_budget)
        == 105
    )
    assert number(planned(database=replace(SLOW, share_percent=100)).connections.connection_budget) == 97
    assert number(planned(database=replace(SLOW, reserved_connections=100)).connections.connection_budget) == 0


def test_pgbouncer_is_sized_from_the_budget() -> None:
    result = planned(database=replace(SLOW, pooler="pgbouncer"), bounds=Bounds(max_replicas=20))
    # 2 instances in 2 generations are 4 pods: 50 / 4 = 12 each, 2 of them in reserve; 4 × 12 = 48
    assert (number(result.connections.pooler_pool_size), number(result.connections.pooler_reserve)) == (10, 2)
    assert number(result.connections.pooler_server_connections) == 48
    assert number(result.connections.pooler_client_connections) == 375
    assert number(result.connections.pooler_max_client_conn) == 375
    assert result.connections.budget_closes
    three = planned(database=replace(SLOW, pooler="pgbouncer", pooler_instances=3), bounds=Bounds(max_replicas=20))
    assert number(three.connections.pooler_max_client_conn) == 188


def test_a_given_pooler_pool_keeps_what_reserve_the_budget_leaves() -> None:
    def of(size: int) -> Plan:
        return planned(database=replace(SLOW, pooler="pgbouncer", pooler_pool_size=size))

    # Of 12 for each of 4 pods at most 2 are in reserve; 4 × 12 = 48 of 50 connections, and 4 × 13 = 52.
    assert [number(of(size).connections.pooler_reserve) for size in (8, 11, 12, 13)] == [2, 1, 0, 0]
    assert [of(size).connections.budget_closes for size in (12, 13)] == [True, False]


def test_sqlite_has_no_connections_but_bounds_the_maximum() -> None:
    result = planned(database=Database(kind="sqlite", pooler="pgbouncer"))
    assert result.pool.pool_size is None
    assert result.connections.pooler_pool_size is None
    assert result.replicas.max_replicas_candidates["database"] == 1
    assert result.replicas.max_replicas_binding == "database"


def test_the_binding_resource_is_named() -> None:
    result = planned(replace(GUIDE, concurrent_calls=20))
    assert dict(result.capacity.sessions_per_pod_candidates) == {
        "memory": 79,
        "cpu": 55,
        "descriptors": 925,
        "pool": 50,
        "cpu target": 50,  # 1500 - 300 = 1200 of 1182.5 that the calls take: 50.7
    }
    assert (result.capacity.sessions_per_pod_binding, result.capacity.sessions_per_pod_limit.value) == ("pool", 50)
    # Calls that are assumed grow with the sessions: (1024 - 64 - 15) / 1.4 = 675.
    assert planned().capacity.sessions_per_pod_candidates["descriptors"] == 675
    # Without a pool the CPU target is the next: 50 sessions, and the heaviest calls would allow 55.
    assert planned(database=None).capacity.sessions_per_pod_binding == "cpu target"
    quiet = replace(GUIDE, heavy_calls=1, heavy_call_cpu_milliseconds=1300)
    assert planned(quiet, None, Bounds(cpu_percent_of_limit=100)).capacity.sessions_per_pod_binding == "cpu"
    assert planned(bounds=Bounds(memory_limit_bytes=176 * MIB)).capacity.sessions_per_pod_binding == "memory"
    assert (
        planned(replace(GUIDE, sessions_per_pod=1000, concurrent_calls=20), None).capacity.sessions_per_pod_binding
        == "descriptors"
    )


def test_a_pod_that_cannot_hold_its_target_gets_company() -> None:
    # 176 / 1.25 = 140.8, less 125.25 fixed: 15 sessions of 1 MiB
    result = planned(bounds=Bounds(memory_limit_bytes=176 * MIB))
    assert result.capacity.sessions_per_pod.value == 15
    assert result.replicas.steady_replicas.value == 6
    hopeless = planned(bounds=Bounds(memory_limit_bytes=64 * MIB))
    assert (hopeless.capacity.sessions_per_pod_limit.value, hopeless.capacity.sessions_per_pod.value) == (0, 1)


@pytest.mark.parametrize(
    ("headroom", "sessions", "at"),
    [(30, 50, 38), (0, 50, 50), (100, 50, 25), (1000, 50, 4.5), (30, 2, 1.5), (1000, 1, 0.1)],
)
def test_an_autoscaler_leaves_the_headroom_free(headroom: float, sessions: int, at: int) -> None:
    """By hand: 50 / 1.3 = 38.46."""
    load = replace(GUIDE, headroom_percent=headroom, sessions_per_pod=sessions)
    held = planned(load, None).capacity
    assert (held.sessions_per_pod.value, held.sessions_target.value) == (sessions, at)


def test_calls_in_flight_that_leave_the_headroom_free() -> None:
    # 50 sessions with one call of 1 s in 10 s have 5 in flight on the mean; 38 of them 3.8.
    tool = Tool(name="search", share_percent=100, duration_milliseconds=1000, cpu_milliseconds=10)
    held = planned(replace(GUIDE, tools=(tool,), think_seconds=9), None).capacity
    assert (held.sessions_target.value, held.calls_target.value) == (38, 3.8)
    rare = replace(GUIDE, tools=(tool,), think_seconds=36_000)
    assert planned(rare, None).capacity.calls_target.value == 0.1


def test_replicas_of_500_users() -> None:
    result = planned(database=None)
    assert [
        number(f)
        for f in (result.replicas.average_replicas, result.replicas.steady_replicas, result.replicas.burst_replicas)
    ] == [1, 2, 4]
    assert (result.replicas.min_replicas.value, result.replicas.max_replicas.value) == (3, 6)
    assert (result.replicas.surge_pods.value, result.replicas.pods_at_maximum.value) == (2, 8)
    assert result.replicas.max_replicas_binding == "load"


def test_the_mean_is_not_rounded_before_it_is_planned() -> None:
    # 100/3 sessions × 1.5 = 50 exactly; the nearest float of 100/3 would give a second pod.
    result = planned(Workload(peak_sessions=100, peak_factor=3, headroom_percent=50), None)
    assert result.replicas.average_replicas.value == 1


@pytest.mark.parametrize(
    ("users", "production", "zones", "minimum"),
    [
        (50, True, 3, 2),  # the peak fits one pod
        (500, True, 1, 2),
        (500, True, 2, 2),
        (500, True, 3, 3),
        (500, False, 3, 1),
        (50_000, False, 3, 55),  # 2083.3 × 1.3 / 50 = 54.2
        (50_000, True, 1, 56),  # 55 and one that a node may take along
        (50_000, True, 2, 110),
        (50_000, True, 3, 83),  # 55 × 3 / 2
    ],
)
def test_minimum(users: float, production: bool, zones: int, minimum: int) -> None:
    result = planned(Workload(daily_users=users), None, Bounds(production=production, zones=zones))
    assert result.replicas.min_replicas.value == minimum


def test_given_replicas_win() -> None:
    both = planned(bounds=Bounds(min_replicas=7, max_replicas=4))
    assert (both.replicas.min_replicas.value, both.replicas.max_replicas.value) == (7, 4)
    assert both.replicas.max_replicas_binding == "given"
    assert planned(bounds=Bounds(min_replicas=0)).replicas.min_replicas.value == 0
    assert planned(bounds=Bounds(min_replicas=9)).replicas.max_replicas.value == 9
    lowered = planned(bounds=Bounds(max_replicas=1))
    assert lowered.replicas.min_replicas.value == 1
    assert lowered.replicas.min_replicas.working.endswith("→ 3, but the given maximum is 1")


def test_the_first_bound_of_the_maximum_is_named() -> None:
    assert planned().replicas.max_replicas_binding == "database"
    assert planned().replicas.max_replicas_candidates["database"] == 3
    assert planned(database=replace(SLOW, pooler="pgbouncer")).replicas.max_replicas_binding == "load"
    assert planned(database=None, bounds=Bounds(min_replicas=9)).replicas.max_replicas_binding == "minimum"
    # The maximum of 6 and its surge of 2 need 8 pods, 8 cores of requests and 1536 MiB.
    for short in (
        Bounds(quota_pods=7),
        Bounds(quota_cpu_millicores=7999),
        Bounds(quota_memory_bytes=1536 * MIB - 1),
    ):
        assert planned(database=None, bounds=short).replicas.max_replicas_binding == "quota"
    enough = Bounds(quota_pods=8, quota_cpu_millicores=8000, quota_memory_bytes=1536 * MIB)
    assert planned(database=None, bounds=enough).replicas.max_replicas_binding == "load"


def test_pooler_pods_count_against_the_quota() -> None:
    result = planned(database=replace(SLOW, pooler="pgbouncer"), bounds=Bounds(quota_pods=13))
    # 13 less both generations of 2 poolers are 9: 7 pods and a surge of 2, where 8 and 2 would be 10.
    assert result.replicas.max_replicas_candidates["quota"] == 7
