"""What holds for every plan: units, order, and that more never means less."""

from __future__ import annotations

import json
import math
import re
from dataclasses import fields, is_dataclass, replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pulumi_kubernetes_mcp.planning import (
    Bounds,
    Database,
    Figure,
    Inputs,
    Plan,
    RuntimeProfile,
    Tool,
    Workload,
    plan,
    runtime,
)
from tests.sizes import examples

from .cases import GUIDE, NODE, inputs, planned

IN_TENTHS = ("load.average_sessions", "capacity.sessions_target")
EXAMPLES = examples(40)
MANY = examples(120)
UNITS = {
    "sessions",
    "calls",
    "calls/s",
    "connections",
    "clients",
    "descriptors",
    "pods",
    "cores",
    "millicores",
    "MiB",
    "KiB",
    "ms",
    "%",
    "EUR/month",
    "units/month",
}


def named_figures(value: Any, name: str = "") -> dict[str, Figure]:
    """Every figure of a plan by the path of its fields."""
    if isinstance(value, Figure):
        return {name: value}
    found: dict[str, Figure] = {}
    if isinstance(value, tuple):
        for place, item in enumerate(value):
            found |= named_figures(item, f"{name}.{place}")
    elif is_dataclass(value):
        for field in fields(value):
            found |= named_figures(getattr(value, field.name), f"{name}.{field.name}".lstrip("."))
    return found


@pytest.mark.grid
@MANY
@given(inputs)
def test_total_finite_and_never_negative(of: Inputs) -> None:
    result = plan(of)
    for figure in result.figures():
        assert math.isfinite(figure.value), figure
        assert figure.value >= 0, figure
        assert figure.working, figure
        assert figure.formula, figure
        assert figure.source, figure
        for value in figure.inputs.values():
            assert isinstance(value, str) or (math.isfinite(value) and value >= 0), figure
    json.dumps(result.to_dict(), allow_nan=False)
    assert result.replicas.steady_replicas.value >= result.replicas.average_replicas.value >= 1
    assert result.replicas.burst_replicas.value >= result.replicas.steady_replicas.value
    held = result.capacity
    assert held.sessions_per_pod_limit.value == min(held.sessions_per_pod_candidates.values())
    assert held.sessions_per_pod_candidates[held.sessions_per_pod_binding] == held.sessions_per_pod_limit.value
    assert 0.1 <= held.sessions_target.value <= held.sessions_per_pod.value
    assert 1 <= held.sessions_per_pod.value <= of.workload.sessions_per_pod
    assert held.calls_target.value >= 0.1


@pytest.mark.grid
@EXAMPLES
@given(inputs)
def test_the_same_inputs_have_the_same_plan(of: Inputs) -> None:
    assert plan(of) == plan(of)


def test_the_ends_of_the_ranges_have_a_plan() -> None:
    tiny = Workload(daily_users=5e-324, sessions_per_user=5e-324, session_minutes=5e-324, sessions_per_pod=100_000)
    huge = Workload(daily_users=1e9, sessions_per_user=1e9, session_minutes=1440, peak_factor=1000, sessions_per_pod=1)
    for load in (tiny, huge):
        result = planned(load, Database(query_milliseconds=5e-324), sdk="other")
        assert len([str(figure) for figure in result.figures()]) >= 25
        json.dumps(result.to_dict(), allow_nan=False)
    assert planned(tiny, None, sdk="other").load.planned_sessions.value == 1


@pytest.mark.grid
@pytest.mark.parametrize("count", [4, pytest.param(1000, marks=pytest.mark.grid)])
def test_the_ends_of_what_tools_say_have_a_plan(count: int) -> None:
    def ends(**values: float) -> list[dict[str, float]]:
        return [dict(zip(values, [end] * len(values), strict=True)) for end in values.values()]

    many = tuple(
        Tool(
            name=f"tool {place}",
            share_percent=(1e-300, 100, 0.3)[place % 3],
            duration_milliseconds=(5e-324, 1e-9, 8.64e7, 7.7)[place % 4],
            p95_milliseconds=(None, 8.64e7, 5e-324, 1000)[place % 4],
            cpu_milliseconds=(0, 8.64e7, 0.1)[place % 3],
            response_kib=(0, 1e6)[place % 2],
            queries=(0, 10_000, 5e-324, 1.5)[place % 4],
            query_milliseconds=(None, 3.6e6, 5e-324)[place % 3],
        )
        for place in range(count)
    )
    for tools in (many,) if count < 1000 else (many, *((one,) for one in many[:4])):
        for think in (0, 86_400):
            for slots, sessions in ((1, 100_000), (None, 100_000), (100_000, 1)):
                load = Workload(
                    sessions_by_hour=(1e9,) * 12 + (0,) * 12,
                    session_minutes=1440,
                    tools=tools,
                    think_seconds=think,
                    call_slots=slots,
                    sessions_per_pod=sessions,
                    wait_p95_milliseconds=5e-324,
                )
                result = planned(load, Database(max_connections=1, reserved_connections=5), sdk="python-v2")
                json.dumps(result.to_dict(), allow_nan=False)
                assert result.calls.busiest >= 1


@pytest.mark.grid
@MANY
@given(inputs)
def test_units_never_mix(of: Inputs) -> None:
    suffixes = {
        "_mib": {"MiB"},
        "_kib": {"KiB"},
        "_millicores": {"millicores"},
        "_milliseconds": {"ms"},
        "_cores": {"cores"},
        "_replicas": {"pods"},
        "_pods": {"pods"},
        "_sessions": {"sessions"},
        "_percent_of_request": {"%"},
        "utilisation": {"%"},
        "probability": {"%"},
        "p50": {"ms"},
        "p95": {"ms"},
        "p99": {"ms"},
        "objective": {"ms"},
        "_connections": {"connections"},
        "pool_size": {"connections"},
        "_calls": {"calls"},
    }
    found = named_figures(plan(of))
    for path, figure in found.items():
        assert figure.unit in UNITS, path
        for suffix, units in suffixes.items():
            if path.endswith(suffix):
                assert figure.unit in units, path
        if path.startswith("cost."):
            assert figure.unit.endswith("/month"), path
        if path.startswith("clients."):
            assert figure.unit == "clients", path
        if figure.unit in ("pods", "clients", "descriptors", "sessions") and path not in IN_TENTHS:
            assert figure.value == int(figure.value), path
        if figure.unit == "connections":
            assert figure.value == int(figure.value), path


LOADS = ("peak_sessions", "planned_sessions")
COUNTS = ("average_replicas", "steady_replicas", "burst_replicas", "min_replicas", "max_replicas", "pods_at_maximum")


def assert_no_fewer(before: Plan, after: Plan) -> None:
    for name in LOADS:
        assert getattr(after.load, name).value >= getattr(before.load, name).value, name
    for name in COUNTS:
        assert getattr(after.replicas, name).value >= getattr(before.replicas, name).value, name
    assert all(more >= less for less, more in zip(before.replicas_by_hour, after.replicas_by_hour, strict=True))
    if before.connections.connections_at_maximum is not None:
        assert after.connections.connections_at_maximum is not None
        assert after.connections.connections_at_maximum.value >= before.connections.connections_at_maximum.value
    if before.connections.busy_connections is not None:
        assert after.connections.busy_connections is not None
        assert after.connections.busy_connections.value >= before.connections.busy_connections.value
    if before.cost is not None:
        assert after.cost is not None
        for name in ("minimum", "steady", "maximum"):
            assert getattr(after.cost, name).value >= getattr(before.cost, name).value


@pytest.mark.grid
@EXAMPLES
@given(inputs, st.floats(1, 100))
def test_more_load_never_means_fewer_pods(of: Inputs, factor: float) -> None:
    load = of.workload

    def times(value: float | None) -> float | None:
        return None if value is None else min(1e9, value * factor)

    more = replace(
        load,
        daily_users=times(load.daily_users),
        peak_sessions=times(load.peak_sessions),
        # Beside a measured peak the profile is a shape, whatever its height.
        sessions_by_hour=tuple(min(1e9, hour * factor) for hour in load.sessions_by_hour)
        if load.peak_sessions is None
        else load.sessions_by_hour,
    )
    assert_no_fewer(plan(of), plan(replace(of, workload=more)))


@pytest.mark.grid
@pytest.mark.parametrize("sdk", ["python-v2", "other"])
@EXAMPLES
@given(st.integers(1, 1_000_000), st.integers(1, 2000), st.integers(1, 2000))
def test_how_sessions_are_dealt_to_pods_changes_nothing_of_their_sum(sdk: str, peak: int, one: int, other: int) -> None:
    """The assumed load is that of the sessions: whatever their number in a pod, the CPU of all calls is the same, and
    the pods hold the planned sessions with less than one pod to spare."""
    limit = Bounds(cpu_limit_millicores=1000, memory_limit_bytes=2**30)
    database = Database(pool_size=20)

    def dealt(target: int) -> Plan:
        return planned(Workload(peak_sessions=peak, sessions_per_pod=target), database, limit, sdk)

    first, second = dealt(one), dealt(other)
    for made in (first, second):
        planned_sessions, held = made.load.planned_sessions.value, made.capacity.sessions_per_pod.value
        assert planned_sessions <= made.replicas.steady_replicas.value * held < planned_sessions + held
    assert first.capacity.sessions_per_pod_candidates == second.capacity.sessions_per_pod_candidates
    assert first.calls.mix == second.calls.mix
    assert first.cpu.calls / one == second.cpu.calls / other
    if min(one, other) >= first.capacity.sessions_per_pod_limit.value:
        assert first.replicas == second.replicas
    assert first.connections.busy_connections is not None
    assert second.connections.busy_connections is not None
    assert first.connections.busy_connections.value == second.connections.busy_connections.value


@pytest.mark.grid
@EXAMPLES
@given(inputs, st.integers(0, 23), st.floats(0, 1e6))
def test_more_sessions_in_one_hour_never_mean_fewer_pods(of: Inputs, hour: int, more: float) -> None:
    hours = list(of.workload.sessions_by_hour or (1.0,) * 24)
    before = replace(of, workload=replace(of.workload, sessions_by_hour=tuple(hours), peak_sessions=None))
    hours[hour] = min(1e9, hours[hour] + more)
    after = replace(before, workload=replace(before.workload, sessions_by_hour=tuple(hours)))
    assert_no_fewer(plan(before), plan(after))


@pytest.mark.grid
@EXAMPLES
@given(inputs, st.floats(1, 50))
def test_longer_queries_never_take_fewer_connections(of: Inputs, factor: float) -> None:
    database = of.database or Database(colours=of.bounds.colours)
    longer = replace(database, query_milliseconds=min(3_600_000, database.query_milliseconds * factor))
    before, after = plan(replace(of, database=database)), plan(replace(of, database=longer))
    assert after.pool.size >= before.pool.size
    assert after.calls.mix.hold_milliseconds >= before.calls.mix.hold_milliseconds
    if before.connections.busy_connections is not None:
        assert after.connections.busy_connections is not None
        assert after.connections.busy_connections.value >= before.connections.busy_connections.value
    if database.pool_size is None:
        return
    # With a given pool each pod serves no more sessions.
    assert after.capacity.sessions_per_pod.value <= before.capacity.sessions_per_pod.value


@EXAMPLES
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "share_percent": st.integers(1, 100),
                # Of shorter ones those count for the CPU limit that begin within a second.
                "duration_milliseconds": st.integers(1000, 20_000),
                "p95_milliseconds": st.none() | st.integers(1000, 60_000),
                "cpu_milliseconds": st.integers(0, 2000),
                "queries": st.integers(0, 5),
                "query_milliseconds": st.integers(1, 500),
            }
        ),
        min_size=1,
        max_size=3,
    ),
    st.integers(0, 60),
    st.integers(1, 200),
    st.none() | st.integers(1, 100),
    st.integers(2, 100),
)
def test_times_longer_at_a_slower_rate_leave_the_utilisation(
    calls: list[dict[str, Any]], think: int, sessions: int, slots: int | None, factor: int
) -> None:
    sdk = RuntimeProfile(name="plain", baseline_mib=1, base_cpu_millicores=100, source="made up")

    def stretched(by: int) -> Plan:
        tools = tuple(
            Tool(
                name=f"{place}",
                **{
                    name: value * by if value is not None and name.endswith("_milliseconds") else value
                    for name, value in call.items()
                },
            )
            for place, call in enumerate(calls)
        )
        load = Workload(
            daily_users=500, tools=tools, think_seconds=think * by, sessions_per_pod=sessions, call_slots=slots
        )
        return planned(load, Database(), sdk=sdk)

    before, after = stretched(1), stretched(factor)
    assert after.calls.mean == before.calls.mean
    assert after.calls.per_second * factor == before.calls.per_second
    assert (after.calls.busiest, after.calls.heavy) == (before.calls.busiest, before.calls.heavy)
    assert after.pool.size == before.pool.size
    assert after.cpu.cpu_mean_millicores.value == before.cpu.cpu_mean_millicores.value
    assert after.cpu.cpu_limit_millicores.value == before.cpu.cpu_limit_millicores.value
    assert after.capacity.sessions_per_pod_candidates == before.capacity.sessions_per_pod_candidates
    for old, new in zip(before.waiting.stations, after.waiting.stations, strict=True):
        assert math.isclose(new.utilisation.value, old.utilisation.value, rel_tol=1e-6, abs_tol=0.01)
        assert (new.p95 is None) == (old.p95 is None)
        if new.p95 is not None and old.p95 is not None:
            # All waits are as many times longer.
            assert math.isclose(new.p95.value, old.p95.value * factor, rel_tol=1e-3, abs_tol=0.01 * factor)


@EXAMPLES
@given(
    st.lists(st.integers(0, 10_000), min_size=24, max_size=24).filter(any).map(tuple),
    st.integers(1, 600),
    st.none() | st.integers(1, 2000),
    st.sampled_from([2, 8, 1024]),
)
def test_a_profile_times_as_high_opens_as_many_more_sessions(
    hours: tuple[int, ...], minutes: int, p95: int | None, factor: int
) -> None:
    load = Workload(sessions_by_hour=hours, session_minutes=minutes, session_p95_minutes=p95)
    higher = replace(load, sessions_by_hour=tuple(hour * factor for hour in hours))
    before, after = planned(load, None).load, planned(higher, None).load
    assert after.average == before.average * factor
    for old, new in zip(before.by_hour, after.by_hour, strict=True):
        assert math.isclose(new, old * factor, rel_tol=1e-11)


@EXAMPLES
@given(
    st.lists(st.integers(0, 10_000), min_size=24, max_size=24).filter(any).map(tuple),
    st.integers(1, 600),
    st.integers(0, 23),
)
def test_a_day_that_begins_later_has_the_same_peak(hours: tuple[int, ...], minutes: int, later: int) -> None:
    load = Workload(sessions_by_hour=hours, session_minutes=minutes)
    turned = replace(load, sessions_by_hour=hours[later:] + hours[:later])
    before, after = planned(load, None).load, planned(turned, None).load
    assert before.planned_sessions.value == after.planned_sessions.value
    for old, new in zip(before.by_hour[later:] + before.by_hour[:later], after.by_hour, strict=True):
        assert math.isclose(old, new, rel_tol=1e-9, abs_tol=1e-9)


FED_BACK = (
    "pool.pool_size",
    "replicas.min_replicas",
    "replicas.max_replicas",
    "cpu.cpu_request_millicores",
    "cpu.cpu_limit_millicores",
    "cpu.cpu_target_percent_of_request",
    "memory.memory_request_mib",
    "memory.memory_limit_mib",
    "calls.busiest_calls",
    "capacity.sessions_per_pod",
    "load.planned_sessions",
    "replicas.steady_replicas",
    "replicas.surge_pods",
    "descriptors",
    "connections.connections_at_maximum",
    "connections.connections_with_surge",
    "cost.maximum",
)


@pytest.mark.grid
@EXAMPLES
@given(inputs)
def test_the_plan_of_a_plan_is_the_same_plan(of: Inputs) -> None:
    # A pod's sessions are not fed back where a resource leaves room for fewer than its target: the calls of fewer
    # sessions are another load, whose busiest moment does not shrink as they do.
    first = plan(of)
    sizes = {
        "memory_request_bytes": first.memory.request_mib * 2**20,
        "memory_limit_bytes": Fraction(first.memory.memory_limit_mib.value) * 2**20,
    }
    assume(all(size.denominator == 1 and size <= 2**63 for size in sizes.values()))
    cpu = {name: int(getattr(first.cpu, name).value) for name in ("cpu_request_millicores", "cpu_limit_millicores")}
    least, most = int(first.replicas.min_replicas.value), int(first.replicas.max_replicas.value)
    assume(max(least, most) <= 100_000 and first.pool.size <= 100_000 and max(cpu.values()) <= 2**63)
    given_back = replace(
        of,
        bounds=replace(
            of.bounds,
            min_replicas=least,
            max_replicas=most,
            **{name: int(size) for name, size in sizes.items()},
            **cpu,
        ),
        database=of.database and replace(of.database, pool_size=first.pool.size or None),
    )
    second = plan(given_back)
    before, after = named_figures(first), named_figures(second)
    assert set(before) - set(after) <= {"pool.pool_size"}
    for path in FED_BACK:
        if path in before:
            assert after[path].value == before[path].value, path
    assert second.closes == first.closes
    assert plan(given_back) == second


MONOTONE = {
    "session_mib": ("memory.memory_per_pod_mib", "memory.memory_limit_mib", "replicas.steady_replicas"),
    "headroom_percent": ("load.planned_sessions", "replicas.steady_replicas", "replicas.max_replicas"),
    "peak_factor": ("load.planned_sessions", "replicas.steady_replicas", "replicas.max_replicas"),
    "session_minutes": ("load.average_sessions", "load.planned_sessions", "replicas.steady_replicas"),
    "heavy_call_cpu_milliseconds": ("cpu.cpu_needed_millicores", "cpu.cpu_limit_millicores"),
    "response_kib": ("memory.memory_per_pod_mib", "memory.memory_limit_mib"),
}


@pytest.mark.grid
@EXAMPLES
@given(inputs, st.sampled_from(sorted(MONOTONE)), st.floats(1, 10))
def test_more_of_an_input_never_takes_less(of: Inputs, name: str, factor: float) -> None:
    if name in ("peak_factor", "session_minutes"):
        of = replace(of, workload=replace(of.workload, daily_users=100, peak_sessions=None, sessions_by_hour=()))
    value = getattr(of.workload, name)
    value = {"heavy_call_cpu_milliseconds": 200, "response_kib": 16}[name] if value is None else value
    least = replace(of, workload=replace(of.workload, **{name: min(value, 1000)}))
    most = replace(of, workload=replace(of.workload, **{name: min(value * factor, 1000)}))
    before, after = named_figures(plan(least)), named_figures(plan(most))
    for path in MONOTONE[name]:
        assert after[path].value >= before[path].value, path


@pytest.mark.grid
@EXAMPLES
@given(inputs, st.floats(1, 20))
def test_waits_grow_with_the_load_of_a_pod(of: Inputs, factor: float) -> None:
    tool = Tool(name="only", share_percent=1, duration_milliseconds=100, cpu_milliseconds=10)
    sdk = replace(NODE, base_cpu_millicores=0)

    def busy(think: float) -> Plan:
        load = replace(GUIDE, tools=(tool,), think_seconds=think, sessions_per_pod=50)
        return planned(load, Database(pool_size=50), Bounds(cpu_limit_millicores=2000), sdk)

    calm, crowded = busy(2 * factor), busy(2)
    for old, new in zip(calm.waiting.stations, crowded.waiting.stations, strict=True):
        assert new.utilisation.value >= old.utilisation.value
        assert new.p95 is not None
        assert old.p95 is not None
        assert new.p95.value >= old.p95.value


def test_every_runtime_is_named_in_its_plan() -> None:
    for name in ("python-v1", "fastmcp", "typescript-v2"):
        source = planned(sdk=name).memory.memory_per_pod_mib.source
        assert source == f"{name}: {runtime(name).source}"
        assert re.match("measured: ", runtime(name).source)
