"""What holds for every plan, against oracles that count instead of computing."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from fractions import Fraction

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pulumi_kubernetes_mcp.planning import Bounds, Database, RuntimeProfile, Workload, plan, runtime

from .cases import bounds, databases, runtimes, workloads

EXAMPLES = settings(max_examples=80, deadline=None)
maybe_databases = st.none() | databases


@EXAMPLES
@given(workloads, maybe_databases, bounds, runtimes)
def test_total_finite_and_never_negative(
    load: Workload, database: Database | None, limits: Bounds, sdk: RuntimeProfile
) -> None:
    result = plan(load, database, limits, sdk)
    for figure in result.figures():
        assert math.isfinite(figure.value), figure
        assert figure.value >= 0, figure
        assert figure.working, figure
        assert figure.source, figure
    json.dumps(result.to_dict(), allow_nan=False)
    assert result.steady_replicas.value >= result.average_replicas.value >= 1
    assert result.burst_replicas.value >= result.steady_replicas.value
    assert result.sessions_per_pod_limit.value == min(result.sessions_per_pod_candidates.values())
    binding = result.sessions_per_pod_candidates[result.sessions_per_pod_binding]
    assert binding == result.sessions_per_pod_limit.value


def test_the_ends_of_the_ranges_have_a_plan() -> None:
    tiny = Workload(daily_users=5e-324, sessions_per_user=5e-324, session_minutes=5e-324, sessions_per_pod=100_000)
    huge = Workload(daily_users=1e9, sessions_per_user=1e9, session_minutes=1440, peak_factor=1000, sessions_per_pod=1)
    for load in (tiny, huge):
        result = plan(load, Database(query_milliseconds=5e-324), Bounds(), runtime("other"))
        assert len([str(figure) for figure in result.figures()]) >= 25
        json.dumps(result.to_dict(), allow_nan=False)
    assert plan(tiny, None, Bounds(), runtime("other")).planned_sessions.value == 2


@EXAMPLES
@given(workloads, maybe_databases, bounds, runtimes, st.floats(1, 100))
def test_more_load_never_means_less(
    load: Workload, database: Database | None, limits: Bounds, sdk: RuntimeProfile, factor: float
) -> None:
    more = replace(
        load,
        daily_users=(load.daily_users or 1) * factor,
        peak_sessions=None if load.peak_sessions is None else load.peak_sessions * factor,
    )
    before, after = plan(load, database, limits, sdk), plan(more, database, limits, sdk)
    for name in ("peak_sessions", "planned_sessions", "steady_replicas", "min_replicas", "max_replicas"):
        assert getattr(after, name).value >= getattr(before, name).value, name


@EXAMPLES
@given(workloads, maybe_databases, bounds, runtimes)
def test_planned_pods_carry_what_they_are_planned_for(
    load: Workload, database: Database | None, limits: Bounds, sdk: RuntimeProfile
) -> None:
    free = replace(limits, min_replicas=None, max_replicas=None)
    result = plan(load, database, free, sdk)
    per_pod = result.sessions_per_pod.value
    assert result.steady_replicas.value * per_pod >= result.planned_sessions.value
    assert (result.steady_replicas.value - 1) * per_pod < result.planned_sessions.value
    assert result.max_replicas.value >= result.burst_replicas.value
    assert result.max_replicas.value >= result.min_replicas.value >= (2 if limits.production else 1)


@EXAMPLES
@given(workloads, databases, runtimes)
def test_planned_pods_are_big_enough_for_their_target(load: Workload, database: Database, sdk: RuntimeProfile) -> None:
    result = plan(load, replace(database, pool_size=None), Bounds(), sdk)
    for resource, sessions in result.sessions_per_pod_candidates.items():
        if resource != "descriptors":
            assert sessions >= load.sessions_per_pod, resource
    assert result.memory_limit_mib.value % 64 == 0
    assert 0 <= result.memory_limit_mib.value - result.memory_with_headroom_mib.value < 64
    assert result.cpu_limit_millicores.value % 500 == 0
    assert 0 <= result.cpu_limit_millicores.value - result.cpu_needed_millicores.value < 500


@EXAMPLES
@given(workloads, st.integers(1, 10))
def test_the_minimum_survives_a_zone(load: Workload, zones: int) -> None:
    result = plan(load, None, Bounds(zones=zones), runtime("other"))
    average = int(result.average_replicas.value)

    def survives(pods: int) -> bool:
        lost = math.ceil(pods / zones) if zones > 1 else 0
        return pods - lost >= average

    least = max(2, 3 if zones >= 3 and result.steady_replicas.value > 1 else 2)
    expected = max(least, average)
    while not survives(expected):
        expected += 1
        assume(expected < 50_000)
    assert result.min_replicas.value == expected


@EXAMPLES
@given(st.integers(0, 300), st.integers(0, 300_000), st.integers(0, 2**36), st.integers(0, 100))
def test_the_quota_holds_its_maximum_with_surge_and_no_pod_more(pods: int, cpu: int, memory: int, surge: int) -> None:
    limits = Bounds(
        quota_pods=pods,
        quota_cpu_millicores=cpu,
        quota_memory_bytes=memory,
        surge_percent=surge,
        memory_request_bytes=100_000_001,
        memory_limit_bytes=300_000_000,
    )
    result = plan(Workload(daily_users=500), None, limits, runtime("other"))

    def fits(maximum: int) -> bool:
        running = maximum + math.ceil(Fraction(maximum * surge, 100))
        return running <= pods and running * 1000 <= cpu and running * 100_000_001 <= memory

    allowed = result.max_replicas_candidates["quota"]
    assert fits(allowed)
    assert not fits(allowed + 1)


@EXAMPLES
@given(workloads, databases, bounds, runtimes)
def test_connections_against_the_budget(
    load: Workload, database: Database, limits: Bounds, sdk: RuntimeProfile
) -> None:
    assume(database.kind == "postgres")
    result = plan(load, database, limits, sdk)
    assert result.pool_size
    assert result.connection_budget
    assert result.connections_at_maximum
    budget = result.connection_budget.value
    assert budget * database.shared_by_regions <= database.max_connections * Fraction(str(database.share_percent)) / 100
    if database.pooler == "none":
        total = result.pool_size.value * result.max_replicas.value
        assert result.connections_at_maximum.value == total
        assert result.budget_closes == (total <= budget)
        return
    assert result.pooler_server_connections
    assert result.pooler_client_connections
    assert result.pooler_max_client_conn
    assert result.budget_closes == (result.pooler_server_connections.value <= budget)
    if database.pooler_pool_size is None:
        assert result.budget_closes == (budget >= 2 * database.pooler_instances)
    left = max(1, database.pooler_instances - 1)
    assert left * result.pooler_max_client_conn.value >= result.pooler_client_connections.value


@EXAMPLES
@given(workloads, st.integers(1, 400), st.floats(0.1, 60_000))
def test_a_bigger_pool_never_serves_fewer_sessions(load: Workload, pool: int, milliseconds: float) -> None:
    small, large = (
        plan(load, Database(pool_size=size, query_milliseconds=milliseconds), Bounds(), runtime("other"))
        for size in (pool, pool + 1)
    )
    assert large.sessions_per_pod_candidates["pool"] >= small.sessions_per_pod_candidates["pool"]
