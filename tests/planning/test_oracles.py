"""What a plan promises, against oracles that count instead of computing."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pulumi_kubernetes_mcp.planning import (
    Bounds,
    Database,
    Inputs,
    StateStore,
    Workload,
    plan,
)
from tests.sizes import examples

from .cases import MIB, bounds, inputs, planned, positive, workloads

EXAMPLES = examples(40)


def carries(bound: Bounds) -> Bounds:
    return replace(bound, min_replicas=None, max_replicas=None)


@EXAMPLES
@given(workloads, bounds)
def test_planned_pods_carry_what_they_are_planned_for(load: Workload, limits: Bounds) -> None:
    result = planned(load, None, carries(limits), "other")
    per_pod, steady = result.capacity.sessions_per_pod.value, result.replicas.steady_replicas.value
    assert steady * per_pod >= result.load.planned_sessions.value
    assert steady == 1 or (steady - 1) * per_pod < result.load.planned_sessions.value
    assert result.replicas.max_replicas.value >= result.replicas.burst_replicas.value
    assert result.replicas.max_replicas.value >= result.replicas.min_replicas.value >= (2 if limits.production else 1)


@pytest.mark.grid
@EXAMPLES
@given(inputs)
def test_planned_pods_are_big_enough_for_their_target(of: Inputs) -> None:
    database = None if of.database is None else replace(of.database, pool_size=None)
    workload = replace(of.workload, call_slots=None, workers=None)
    free = Bounds(colours=of.bounds.colours)
    sdk = replace(of.runtime, one_loop=False)
    result = plan(replace(of, database=database, workload=workload, bounds=free, runtime=sdk))
    for resource, sessions in result.capacity.sessions_per_pod_candidates.items():
        if resource != "descriptors":
            assert sessions >= workload.sessions_per_pod, resource
    assert result.memory.memory_limit_mib.value % 64 == 0
    assert 0 <= result.memory.memory_limit_mib.value - Fraction(result.memory.memory_with_headroom_mib.value) <= 64.001
    assert result.cpu.cpu_limit_millicores.value % 500 == 0
    needed = max(result.cpu.cpu_needed_millicores.value, result.cpu.cpu_at_utilisation_millicores.value)
    assert 0 <= result.cpu.cpu_limit_millicores.value - needed < 500


@EXAMPLES
@given(inputs)
def test_code_on_one_core_is_not_given_more(of: Inputs) -> None:
    free = replace(of.bounds, cpu_limit_millicores=None, cpu_request_millicores=None)
    result = plan(replace(of, runtime=replace(of.runtime, one_loop=True), bounds=free))
    cores = of.workload.workers or 1
    assert result.cpu.cpu_limit_millicores.value <= 1000 * cores
    assert result.cpu.usable_cores.value <= cores
    assert result.cpu.cpu_target_millicores.value <= 10 * cores * of.bounds.cpu_percent_of_limit


@EXAMPLES
@given(workloads, st.integers(1, 10))
def test_the_minimum_survives_a_zone_and_a_node(load: Workload, zones: int) -> None:
    result = planned(load, None, Bounds(zones=zones), "other")
    average = int(result.replicas.average_replicas.value)
    assume(average < 50_000)

    def survives(pods: int) -> bool:
        lost = max(1, math.ceil(pods / zones)) if zones > 1 else 1
        return pods - lost >= average

    expected = 3 if zones >= 3 and result.replicas.steady_replicas.value > 1 else 2
    while not survives(expected):
        expected += 1
    assert result.replicas.min_replicas.value == expected


@EXAMPLES
@given(
    st.integers(0, 300),
    st.integers(0, 300_000),
    st.integers(0, 2**36),
    st.integers(0, 100),
    st.integers(1, 2),
    st.integers(0, 1000),
)
def test_the_quota_holds_its_maximum_with_surge_and_no_pod_more(
    pods: int, cpu: int, memory: int, surge: int, colours: int, beside: int
) -> None:
    limits = Bounds(
        quota_pods=pods,
        quota_cpu_millicores=cpu,
        quota_memory_bytes=memory,
        surge_percent=surge,
        memory_request_bytes=100_000_001,
        memory_limit_bytes=300_000_000,
        beside_cpu_millicores=beside,
        beside_memory_bytes=beside * MIB,
        starting_cpu_millicores=1500,
        colours=colours,
    )
    result = planned(Workload(daily_users=500), None, limits, "other")

    def fits(maximum: int) -> bool:
        running = maximum * colours + math.ceil(Fraction(maximum * surge, 100))
        cores, size = max(1000 + beside, 1500), 100_000_001 + beside * MIB
        return running <= pods and running * cores <= cpu and running * size <= memory

    allowed = result.replicas.max_replicas_candidates["quota"]
    assert fits(allowed)
    assert not fits(allowed + 1)


@pytest.mark.grid
@EXAMPLES
@given(inputs)
def test_connections_against_the_budget(of: Inputs) -> None:
    database = replace(of.database or Database(), kind="postgres", colours=of.bounds.colours)
    result = plan(replace(of, database=database))
    found, most, size = result.connections, int(result.replicas.max_replicas.value), result.pool.size
    assert size >= 1
    assert found.connection_budget is not None
    assert found.connection_ceiling is not None
    assert found.connections_at_maximum is not None
    assert found.connections_with_surge is not None
    budget, ceiling, regions = found.connection_budget.value, found.connection_ceiling.value, database.shared_by_regions
    free = max(0, database.max_connections - database.reserved_connections)
    assert budget <= ceiling
    assert budget * regions <= database.max_connections * Fraction(str(database.share_percent)) / 100
    assert budget * regions <= ceiling * regions <= free < (ceiling + 1) * regions
    surge = math.ceil(Fraction(most * of.bounds.surge_percent, 100))
    total, rolling = size * most * database.colours, size * (most * database.colours + surge)
    assert (found.connections_at_maximum.value, found.connections_with_surge.value) == (total, rolling)
    assert found.close == (found.budget_closes and found.rollout_fits) == result.closes
    if database.pooler == "none":
        assert found.budget_closes == (total <= budget)
        assert found.rollout_fits == (rolling <= ceiling)
        allowed = result.replicas.max_replicas_candidates["database"]

        def fits(pods: int) -> bool:
            running = pods * database.colours + math.ceil(Fraction(pods * of.bounds.surge_percent, 100))
            return size * pods * database.colours <= budget and size * running <= ceiling

        assert fits(allowed)
        assert not fits(allowed + 1)
        assert result.closes == fits(most)
        return
    assert found.pooler_server_connections is not None
    assert found.pooler_client_connections is not None
    assert found.pooler_max_client_conn is not None
    assert found.budget_closes == (found.pooler_server_connections.value <= budget)
    assert found.rollout_fits == (found.pooler_server_connections.value <= ceiling)
    if database.pooler_pool_size is None:
        assert found.budget_closes == (budget >= 2 * database.pooler_instances)
    left = max(1, database.pooler_instances - 1)
    assert left * found.pooler_max_client_conn.value >= found.pooler_client_connections.value == rolling


@EXAMPLES
@given(inputs)
def test_clients_against_the_budget(of: Inputs) -> None:
    store = replace(of.store or StateStore(), colours=of.bounds.colours)
    result = plan(replace(of, store=store))
    assert result.clients is not None
    most = int(result.replicas.max_replicas.value)
    surge = math.ceil(Fraction(most * of.bounds.surge_percent, 100))
    budget, ceiling = result.clients.client_budget.value, result.clients.client_ceiling.value
    assert budget * store.shared_by_regions <= store.max_clients * Fraction(str(store.share_percent)) / 100
    assert budget <= ceiling
    assert ceiling * store.shared_by_regions <= max(0, store.max_clients - store.reserved_clients)
    assert result.clients.budget_closes == (store.connections_per_pod * most * store.colours <= budget)
    assert result.clients.rollout_fits == (store.connections_per_pod * (most * store.colours + surge) <= ceiling)


@EXAMPLES
@given(workloads, st.integers(1, 400), positive(3_600_000, usual=(1, 2000)))
def test_a_bigger_pool_never_serves_fewer_sessions(load: Workload, pool: int, milliseconds: float) -> None:
    small, large = (
        planned(load, Database(pool_size=size, query_milliseconds=milliseconds), sdk="other").capacity
        for size in (pool, pool + 1)
    )
    endless = 10**9 + 1
    assert large.sessions_per_pod_candidates.get("pool", endless) >= small.sessions_per_pod_candidates.get(
        "pool", endless
    )


@EXAMPLES
@given(inputs)
def test_floors_are_the_hours_above_the_minimum(of: Inputs) -> None:
    result = plan(of)
    least = int(result.replicas.min_replicas.value)
    by_hour = [least] * 24
    last_end, last_pods = -1, 0
    for floor in result.floors:
        assert 0 <= floor.start_hour < floor.end_hour <= 24
        assert floor.start_hour >= last_end
        assert floor.replicas > least
        assert floor.start_hour > last_end or floor.replicas != last_pods
        by_hour[floor.start_hour : floor.end_hour] = [floor.replicas] * (floor.end_hour - floor.start_hour)
        last_end, last_pods = floor.end_hour, floor.replicas
    if of.workload.sessions_by_hour:
        assert tuple(by_hour) == result.replicas_by_hour
        assert max(by_hour) <= max(least, result.replicas.max_replicas.value)
    else:
        assert (result.floors, result.replicas_by_hour) == ((), ())
