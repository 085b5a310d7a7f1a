"""Memory, descriptors and CPU of one pod, worked by hand beside the sizing guide's example."""

from __future__ import annotations

from dataclasses import replace
from math import exp, fsum

import pytest

from pulumi_kubernetes_mcp.planning import Bounds, Database, RuntimeProfile, StateStore, Tool, Workload

from .cases import GUIDE, MIB, NODE, SLOW, number, planned

MEASURED = RuntimeProfile(
    name="measured",
    baseline_mib=90.5,
    registry_mib=0,
    session_kib={"legacy-stateful": 307.2},
    call_cpu_milliseconds={"legacy-stateful": 4},
    base_cpu_millicores=25,
    baseline_descriptors=12.5,
    session_descriptors={"legacy-stateful": 2},
    heap_flag=True,
    one_loop=True,
    measured=True,
    source="measured",
)
STATEFUL = replace(GUIDE, eras=("legacy-stateful",), session_mib=0)


def test_a_measured_server_replaces_every_constant() -> None:
    result = planned(STATEFUL, sdk=MEASURED)
    # 90.5 + 0 + 50 × 307.2 / 1024 + 0.25 + 15
    assert result.memory.memory_per_pod_mib.working == "90.5 + 0 + 50 × 0.3 + 0.25 + 15 = 120.75"
    assert result.memory.memory_per_session_kib.value == 307.2
    # Two descriptors a session and 12.5 → 13 of the process itself.
    assert result.descriptors.working == "50 × 2 + 20 + 15 + 13 = 148, of 1024"
    assert result.capacity.sessions_per_pod_candidates["descriptors"] == 415  # (1024 - 13 - 15) / (2 + 0.4)
    assert result.cpu.cpu_needed_millicores.working == "10 × 200 + 25 = 2025"
    assert result.calls.call_cpu_milliseconds.working == "100 + 4 = 104"


def test_sessions_that_a_memory_limit_holds() -> None:
    # 200 / 1.25 = 160, less 105.5 fixed, of 0.3 and 40 % of 12.8 KiB each: 54.5 / 0.305 = 178.7
    result = planned(STATEFUL, bounds=Bounds(memory_limit_bytes=200 * MIB), sdk=MEASURED)
    assert result.capacity.sessions_per_pod_candidates["memory"] == 178
    # With 8 slots no more than 8 of the answers, 0.1 MiB: 54.4 / 0.3 = 181.3
    slots = planned(replace(STATEFUL, call_slots=8), bounds=Bounds(memory_limit_bytes=200 * MIB), sdk=MEASURED)
    assert slots.capacity.sessions_per_pod_candidates["memory"] == 181
    nothing = planned(replace(GUIDE, session_mib=0, response_kib=0))
    assert "memory" not in nothing.capacity.sessions_per_pod_candidates
    full = planned(replace(GUIDE, session_mib=0), bounds=Bounds(memory_limit_bytes=64 * MIB))
    assert full.capacity.sessions_per_pod_candidates["memory"] == 0


@pytest.mark.grid
def test_each_process_of_one_loop_holds_the_whole_program() -> None:
    four = replace(GUIDE, workers=4, era_percent={"modern": 100})
    result = planned(four, sdk="typescript-v1")
    # Its modern sessions take nothing: 4 × 106 + 50 + 0.25 + 20 for a pool of five in each
    assert result.memory.memory_per_pod_mib.working == "4 × (76 + 30) + 50 × 1 + 0.25 + 20 = 494.25"
    # 494.25 × 1.25 = 617.8 → 640; a quarter of 512 for each heap
    assert result.memory.memory_limit_mib.value == 640
    assert result.memory.node_heap_mib is not None
    assert result.memory.node_heap_mib.working == "640 × 0.8 / 4 = 128 → 120"
    assert planned(four, sdk="node").memory.memory_per_pod_mib.value == 175.25 + 3 * 110 + 5
    # Threads of another runtime share the program, and what was measured was all processes together.
    assert planned(four, sdk="other").memory.memory_per_pod_mib.value == 175.25
    measured = planned(replace(STATEFUL, workers=4), sdk=MEASURED)
    assert measured.memory.memory_per_pod_mib.value == 125.75
    # 125.75 × 1.25 = 157.2 → 192; 192 × 0.8 / 4 = 38.4 → 30
    assert number(measured.memory.node_heap_mib) == 30


def test_the_least_heap() -> None:
    assert number(planned(bounds=Bounds(memory_limit_bytes=MIB)).memory.node_heap_mib) == 10


def test_a_request_below_a_mebibyte() -> None:
    assert planned(bounds=Bounds(memory_limit_bytes=MIB)).memory.memory_request_mib.value == 0.75


def test_connections_to_the_state_store_are_descriptors_too() -> None:
    result = planned(store=StateStore(connections_per_pod=700))
    # 50 sessions, 20 calls, 15 + 700 connections
    assert result.descriptors.working == "50 + 20 + 715 + 64 = 849, of 1024"
    assert result.capacity.sessions_per_pod_candidates["descriptors"] == 175  # (1024 - 64 - 715) / 1.4
    full = planned(store=StateStore(connections_per_pod=1000))
    assert full.capacity.sessions_per_pod_candidates["descriptors"] == 0


def test_sessions_without_descriptors_are_not_bound_by_them() -> None:
    none = RuntimeProfile(name="none", baseline_mib=1, session_descriptors={"modern": 0}, source="made up")
    result = planned(replace(GUIDE, era_percent={"modern": 100}, concurrent_calls=20), sdk=none)
    assert "descriptors" not in result.capacity.sessions_per_pod_candidates


LIGHT = Tool(name="light", share_percent=100, duration_milliseconds=200, cpu_milliseconds=100, queries=0)


def test_cpu_by_utilisation_where_many_calls_are_in_flight() -> None:
    # 500 sessions × 0.2 / (0.8 + 0.2) = 100 in flight, 500 a second; 500 × 100 + 300 = 50300, / 0.6 = 83833.3
    load = Workload(daily_users=500, sessions_per_pod=500, tools=(LIGHT,), think_seconds=0.8)
    result = planned(load, None)
    assert result.cpu.cpu_mean_millicores.working == "500 × 100 + 300 = 50300"
    assert result.cpu.cpu_at_utilisation_millicores.working == "50300 / 0.6 ≈ 83833.333 → 83834"
    # Of calls of 0.2 s those of a second count: the 99th percentile of Poisson(500) is 553, and 553 × 100 + 300 is less
    # than 83834 less what 60 % leave.
    assert fsum(_poisson(500, 552)) < 0.99 < fsum(_poisson(500, 553))
    assert result.cpu.cpu_needed_millicores.value == 55_600
    assert result.cpu.cpu_limit_millicores.value == 84_000
    # A pod at its target is not above the load at which pods are added: (50400 - 300) × 500 / 50000 = 501
    assert result.capacity.sessions_per_pod_candidates["cpu target"] == 501


def _poisson(mean: float, most: int) -> list[float]:
    terms = [exp(-mean)]
    for count in range(1, most + 1):
        terms.append(terms[-1] * mean / count)
    return terms


def test_cpu_by_the_heaviest_where_few_calls_are_in_flight() -> None:
    result = planned()
    # 11.825 × 100 + 300 = 1482.5, / 0.6 = 2470.8, and 10 × 200 + 300 = 2300: both round up to 2500
    assert result.cpu.cpu_at_utilisation_millicores.value == 2471
    assert result.cpu.cpu_limit_millicores.working == "max(2300, 2471) → 2500"
    # 1.785 × 400 + 300 = 1014, / 0.6 = 1690, and 5 × 400 + 300 = 2300: the heaviest calls ask for more.
    few = planned(replace(GUIDE, concurrent_calls=5, heavy_calls=5, heavy_call_cpu_milliseconds=400))
    assert number(few.cpu.cpu_at_utilisation_millicores) == 1691
    assert few.cpu.cpu_needed_millicores.value == 2300
    assert few.cpu.cpu_limit_millicores.value == 2500


ONE_LOOP = RuntimeProfile(name="loop", baseline_mib=50, base_cpu_millicores=50, one_loop=True, source="made up")


def test_one_event_loop_uses_one_core() -> None:
    result = planned(sdk=ONE_LOOP)
    assert result.cpu.cpu_limit_millicores.working == "max(2050, 2055) → 2500, but it can use 1000 only"
    assert [number(result.cpu.cpu_limit_millicores), number(result.cpu.cpu_request_millicores)] == [1000, 400]
    assert result.cpu.cpu_target_millicores.value == 600
    assert result.cpu.usable_cores.value == 1
    # (1000 - 50) × 50 / 2000 = 23.75 by the heaviest; (600 - 50) × 50 / 1182.5 = 23.3 on the mean
    assert result.capacity.sessions_per_pod_candidates["cpu"] == 23
    assert result.capacity.sessions_per_pod_candidates["cpu target"] == 23
    # 82 / 23 = 3.6
    assert result.replicas.steady_replicas.value == 4
    assert result.replicas.steady_replicas_binding == "cpu"


def test_workers_use_as_many_cores() -> None:
    two = planned(replace(GUIDE, workers=2), sdk=ONE_LOOP)
    assert (two.cpu.cpu_limit_millicores.value, two.cpu.cpu_target_millicores.value) == (2000, 1200)
    assert two.cpu.usable_cores.working == "2 workers, limit 2"
    three = planned(replace(GUIDE, workers=3), sdk=ONE_LOOP)
    assert (three.cpu.cpu_limit_millicores.value, three.cpu.usable_cores.value) == (2500, 2.5)
    # Those of a runtime that is not known to have one loop bound it too.
    assert planned(replace(GUIDE, workers=1)).cpu.cpu_limit_millicores.value == 1000


def test_the_target_is_a_part_of_what_can_be_used() -> None:
    given = planned(bounds=Bounds(cpu_limit_millicores=4000), sdk=ONE_LOOP)
    # 60 % of the one core; the request of 40 % of 4000 makes 37.5 % of it.
    assert given.cpu.cpu_target_millicores.working == "1000 × 0.6 = 600"
    assert given.cpu.cpu_target_percent_of_request.working == "600 / 1600 × 100 = 37.5 → 37"
    requested = planned(bounds=Bounds(cpu_request_millicores=3000), sdk=ONE_LOOP)
    assert requested.cpu.cpu_limit_millicores.working.endswith("can use 1000 only, but the given request is 3000")
    assert requested.cpu.cpu_target_millicores.value == 600
    small = planned(bounds=Bounds(cpu_limit_millicores=500), sdk=ONE_LOOP)
    assert (small.cpu.usable_cores.value, small.cpu.cpu_target_millicores.value) == (0.5, 300)


def test_a_process_that_is_above_the_target_by_itself_holds_no_session() -> None:
    # 400 × 0.6 = 240 m, and the process takes 300 beside its calls.
    result = planned(bounds=Bounds(cpu_limit_millicores=400))
    assert result.capacity.sessions_per_pod_candidates["cpu target"] == 0
    assert (result.capacity.sessions_per_pod_limit.value, result.capacity.sessions_per_pod.value) == (0, 1)
    full = planned(bounds=Bounds(cpu_limit_millicores=200))
    assert full.capacity.sessions_per_pod_candidates["cpu"] == 0


def test_calls_without_cpu_are_not_bound_by_it() -> None:
    idle = replace(GUIDE, heavy_call_cpu_milliseconds=0)
    candidates = planned(idle).capacity.sessions_per_pod_candidates
    assert "cpu" not in candidates
    assert "cpu target" not in candidates
    # A percentage of nothing is at least one.
    assert planned(idle, bounds=Bounds(cpu_limit_millicores=0)).cpu.cpu_target_percent_of_request.value == 1


def test_what_is_hardly_used_allows_a_countable_number() -> None:
    result = planned(replace(GUIDE, heavy_call_cpu_milliseconds=5e-324))
    assert result.capacity.sessions_per_pod_candidates["cpu"] == 10**9


def test_a_pod_that_nothing_bounds_holds_its_target() -> None:
    none = RuntimeProfile(name="none", baseline_mib=1, session_descriptors={"modern": 0}, source="made up")
    load = replace(GUIDE, era_percent={"modern": 100}, session_mib=0, heavy_call_cpu_milliseconds=0)
    load = replace(load, concurrent_calls=20)
    result = planned(load, None, sdk=none)
    assert dict(result.capacity.sessions_per_pod_candidates) == {"target": 50}
    assert result.capacity.sessions_per_pod_binding == "target"


def test_the_pool_by_queueing() -> None:
    # 11.825 × 0.5 = 5.91 in use. Erlang's C by its own recursion: 10 → 0.098, 11 → 0.045
    load = float(planned().calls.mean) / 2
    assert _erlang_c(10, load) > 0.05 > _erlang_c(11, load)
    assert number(planned().pool.pool_by_queueing) == 11
    # Calls that hold a connection all the time: 19 by queueing, 27 by the guide.
    whole = Database(query_milliseconds=1000)
    assert _erlang_c(18, 2 * load) > 0.05 > _erlang_c(19, 2 * load)
    assert [number(figure) for figure in list(vars(planned(database=whole).pool).values())[:3]] == [27, 19, 27]
    steady = Tool(name="steady", share_percent=100, duration_milliseconds=1000, queries=1, query_milliseconds=30)
    calm = planned(replace(GUIDE, tools=(steady,), think_seconds=0), SLOW)
    # 50 sessions call all the time: 50 × 0.03 = 1.5 in use; ⌈1.5⌉ × 1.25 + 2 = 4.5; C(4) = 0.0746, C(5) = 0.02
    assert [number(figure) for figure in list(vars(calm.pool).values())[:3]] == [5, 5, 5]


def _erlang_c(servers: int, load: float) -> float:
    blocked = 1.0
    for count in range(1, servers + 1):
        blocked = load * blocked / (count + load * blocked)
    return servers * blocked / (servers - load * (1 - blocked))


@pytest.mark.parametrize(
    ("load", "servers", "waits"), [(8, 9, 0.6533), (8, 10, 0.4092), (8, 12, 0.1398), (8, 16, 0.0090)]
)
def test_the_oracle_of_this_page(load: float, servers: int, waits: float) -> None:
    assert _erlang_c(servers, load) == pytest.approx(waits, abs=1e-4)


def test_queueing_wins_where_many_calls_hold_few_connections() -> None:
    # 1000 sessions call all the time: 1000 × 0.01 = 10 in use; 10 × 1.25 + 2 = 14.5
    flat = Tool(name="flat", share_percent=100, duration_milliseconds=1000, queries=1, query_milliseconds=10)
    load = replace(GUIDE, tools=(flat,), think_seconds=0, sessions_per_pod=1000)
    assert _erlang_c(16, 10) > 0.05 > _erlang_c(17, 10)
    result = planned(load, SLOW)
    assert [number(figure) for figure in list(vars(result.pool).values())[:3]] == [15, 17, 17]
    assert result.pool.pool_by_queueing is not None
    assert result.pool.pool_by_queueing.working == f"a = 1000 × 0.01 = 10; C(17, a) = {_erlang_c(17, 10):.3f}"


def test_two_processes_of_node() -> None:
    assert planned(replace(GUIDE, workers=2), sdk=NODE).memory.memory_per_pod_mib.working.startswith("2 × (80 + 30)")
