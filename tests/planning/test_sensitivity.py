"""How far each input moves the answer, worked by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from math import exp, isfinite, log, sqrt
from typing import Any

import pytest
from hypothesis import given

from pulumi_kubernetes_mcp.planning import (
    Bounds,
    Database,
    Inputs,
    PlanInputError,
    RuntimeProfile,
    Sensitivity,
    StateStore,
    Tool,
    Uncertainty,
    Workload,
    sensitivity,
    uncertainty,
)
from pulumi_kubernetes_mcp.planning.calls import calls
from pulumi_kubernetes_mcp.planning.sessions import sessions
from tests.sizes import examples

from .cases import GUIDE, NODE, SLOW, inputs

ALL_GIVEN = frozenset(
    f"workload.{name}"
    for name in (
        "daily_users",
        "sessions_per_user",
        "session_minutes",
        "peak_factor",
        "concurrent_calls",
        "heavy_calls",
        "heavy_call_cpu_milliseconds",
        "response_kib",
        "session_mib",
    )
) | {"database.query_milliseconds", "runtime.baseline_mib", "runtime.base_cpu_millicores", "runtime.session_kib"}


def of(workload: Workload = GUIDE, **changes: Any) -> Inputs:
    return Inputs(**{"workload": workload, "runtime": NODE, "database": SLOW, **changes})


def rows(found: Uncertainty) -> dict[str, Sensitivity]:
    return {row.name: row for row in found.inputs}


def values(found: Uncertainty) -> dict[str, float]:
    return {row.name: row.value for row in found.ranges}


@pytest.mark.grid
def test_the_answer_before_anything_is_rounded() -> None:
    # 62.5 × 1.3 / 50 = 1.625 pods; × 219.0625 / 1024 GiB; × 1482.5 / 0.6 m; × 20 × 0.5 connections
    found = uncertainty(of())
    assert values(found) == pytest.approx(
        {"pods": 1.625, "memory": 1.625 * 219.0625 / 1024, "cpu": 1.625 * 2.470841, "connections": 16.25}, rel=1e-6
    )
    assert {row.name: row.unit for row in found.ranges} == sensitivity.OUTPUTS
    # The heaviest calls, where they are more: 5 × 200 + 300 of the 3.2 that are in flight on the mean.
    few = uncertainty(of(replace(GUIDE, concurrent_calls=5, heavy_calls=5)))
    assert values(few)["cpu"] == pytest.approx(1.625 * 1.3)
    assert values(uncertainty(of(database=None)))["connections"] == 0
    # Two event loops less than the calls ask for: 46 sessions in a pod, (1200 - 300) × 50 / 1182.5 = 38
    assert values(uncertainty(of(replace(GUIDE, workers=2))))["pods"] == pytest.approx(81.25 / 38)


def test_an_assumed_input_may_be_twice_or_half() -> None:
    row = rows(uncertainty(of()))["workload.daily_users"]
    assert (row.value, row.assumed, row.factor) == (500, True, 2)
    assert (row.low.pods, row.high.pods) == (0.8125, 3.25)
    assert (row.low.connections, row.high.connections) == (8.125, 32.5)
    assert row.swing == pytest.approx(2)


def test_a_given_input_may_be_a_tenth_off() -> None:
    row = rows(uncertainty(of(), given={"workload.daily_users"}))["workload.daily_users"]
    assert (row.assumed, row.factor) == (False, 1.1)
    assert row.high.pods == pytest.approx(1.625 * 1.1)
    assert row.low.pods == pytest.approx(1.625 / 1.1)
    assert row.swing == pytest.approx(1.1)


def test_what_moves_most_comes_first() -> None:
    found = uncertainty(of(), given={"workload.daily_users", "workload.peak_factor"})
    swings = [row.swing for row in found.inputs]
    assert swings == sorted(swings, reverse=True)
    assert [row.name for row in found.inputs][:3] == [
        "database.query_milliseconds",
        "workload.concurrent_calls",
        "workload.session_minutes",
    ]
    # Users and peak factor move it by the same tenth: by name.
    names = [row.name for row in found.inputs]
    assert names.index("workload.peak_factor") == names.index("workload.daily_users") + 1


def test_the_range_of_all_inputs_together() -> None:
    # Four inputs of the load, each 1.1: the root of the sum of squares of the logarithms is 2 ln 1.1, thus 1.21.
    found = uncertainty(of(), given=ALL_GIVEN)
    pods = next(row for row in found.ranges if row.name == "pods")
    assert (pods.low, pods.high) == pytest.approx((1.625 / 1.21, 1.625 * 1.21))
    # Query time moves the connections by a tenth as well, and so do calls in flight: 22, or 18 for 18.2.
    connections = next(row for row in found.ranges if row.name == "connections")
    assert connections.high == pytest.approx(16.25 * exp(sqrt(6) * log(1.1)))
    assert connections.low == pytest.approx(16.25 * exp(-sqrt(5 * log(1.1) ** 2 + log(20 / 18) ** 2)))


def test_inputs_that_move_nothing_are_left_out() -> None:
    found = rows(uncertainty(of(replace(GUIDE, peak_sessions=100))))
    assert "workload.daily_users" not in found
    assert "workload.peak_factor" not in found
    assert "workload.peak_sessions" in found
    assert "runtime.session_kib" not in found
    assert "database.query_milliseconds" not in rows(uncertainty(of(database=Database(kind="sqlite"))))
    assert "workload.think_seconds" not in found


TOOLS = (
    Tool(name="search", share_percent=50, duration_milliseconds=500, p95_milliseconds=1000, cpu_milliseconds=100),
    Tool(name="report", share_percent=50, duration_milliseconds=1500, cpu_milliseconds=100, response_kib=5000),
)


@pytest.mark.grid
def test_tools_are_changed_together() -> None:
    load = Workload(daily_users=500, tools=TOOLS, think_seconds=9)
    found = rows(uncertainty(of(load, database=Database(query_milliseconds=50))))
    assert {name for name in found if "tools" in name or "think" in name} == {
        "workload.think_seconds",
        "workload.tools[*].duration_milliseconds",
        "workload.tools[*].cpu_milliseconds",
        "workload.tools[*].response_kib",
        "workload.tools[*].queries",
    }
    # What follows from the tools is not assumed besides.
    assert not {"workload.concurrent_calls", "workload.heavy_calls", "workload.response_kib"} & set(found)
    # Twice the queries hold twice the connections.
    row = found["workload.tools[*].queries"]
    assert row.value is None
    assert row.high.connections == pytest.approx(4 * row.low.connections)
    # A given number of calls is one more input.
    given_calls = rows(uncertainty(of(replace(load, concurrent_calls=9), database=Database())))
    assert "workload.concurrent_calls" in given_calls


def test_the_shape_of_durations_stays() -> None:
    changed = sensitivity._replaced(
        of(Workload(daily_users=1, tools=TOOLS)), "workload.tools[*].duration_milliseconds", None, 2
    )
    assert [(tool.duration_milliseconds, tool.p95_milliseconds) for tool in changed.workload.tools] == [
        (1000, 2000),
        (3000, None),
    ]
    longer = replace(GUIDE, session_p95_minutes=60)
    changed = sensitivity._replaced(of(longer), "workload.session_minutes", 20, 2)
    assert (changed.workload.session_minutes, changed.workload.session_p95_minutes) == (40, 120)


def test_the_hours_of_a_profile_and_what_sessions_hold() -> None:
    profile = RuntimeProfile(name="mine", baseline_mib=50, session_kib={"modern": 1024}, source="made up")
    flat = replace(GUIDE, daily_users=None, sessions_by_hour=(60.0,) * 24, era_percent={"modern": 1})
    found = rows(uncertainty(of(flat, runtime=profile, database=None)))
    row = found["workload.sessions_by_hour"]
    assert (row.value, row.low.pods, row.high.pods) == (None, 0.26, 1.04)
    kib = found["runtime.session_kib"]
    # 50 + 30 + 50 × (1 + 1) + 0.25, and 50 × (1 + 2) or (1 + 0.5)
    assert kib.high.memory / kib.low.memory == pytest.approx(230.25 / 155.25)


def test_whole_numbers_stay_whole_and_within_their_range() -> None:
    one = of(replace(GUIDE, concurrent_calls=1, heavy_calls=0))
    assert sensitivity._replaced(one, "workload.concurrent_calls", 1, 0.4).workload.concurrent_calls == 1
    assert sensitivity._replaced(one, "workload.concurrent_calls", 3, 0.5).workload.concurrent_calls == 2
    assert sensitivity._replaced(one, "workload.heavy_calls", 0, 2).workload.heavy_calls == 0
    # A billion users cannot be two: what is out of range moves nothing.
    most = rows(uncertainty(of(replace(GUIDE, daily_users=1e9))))["workload.daily_users"]
    assert most.high.pods == 2 * most.low.pods


def test_a_limit_that_was_given_moves_the_pods() -> None:
    # 2500 m for twice the CPU of the heaviest calls: (1500 - 300) × 50 / 2365 = 25 sessions instead of 50
    fixed = of(bounds=Bounds(cpu_limit_millicores=2500), store=StateStore())
    row = rows(uncertainty(fixed))["workload.heavy_call_cpu_milliseconds"]
    assert row.high.pods == pytest.approx(81.25 / 25)
    assert row.low.pods == 1.625


def test_plain_data() -> None:
    data = json.loads(json.dumps(uncertainty(of()).to_dict(), allow_nan=False))
    first = next(row for row in data["inputs"] if row["name"] == "workload.daily_users")
    assert first["low"]["pods"] == 0.8125
    assert first["assumed"] is True
    assert data["ranges"][0]["name"] == "pods"


@pytest.mark.grid
@examples(25)
@given(inputs)
def test_ranges_hold_their_value(of_all: Inputs) -> None:
    base = uncertainty(of_all)
    known = uncertainty(of_all, given={row.name for row in base.inputs})
    for found in (base, known):
        for row in found.ranges:
            assert 0 <= row.low <= row.value <= row.high
            assert isfinite(row.high)
        assert all(row.swing > 1 for row in found.inputs)
        json.dumps(found.to_dict(), allow_nan=False)


@pytest.mark.grid
@examples(20)
@given(inputs)
def test_each_answer_is_that_of_the_changed_inputs(of_all: Inputs) -> None:
    for row in uncertainty(of_all).inputs:
        for by, found in ((1 / row.factor, row.low), (row.factor, row.high)):
            try:
                other = sensitivity._replaced(of_all, row.name, row.value, by)
            except PlanInputError:
                other = of_all
            load, flight = sessions(other.workload), calls(other.workload, other.database, other.runtime)
            assert found == sensitivity.effort(other, load, flight), row.name


@pytest.mark.grid
@examples(20)
@given(inputs)
def test_the_pod_is_planned_at_most_twice_for_each_input(of_all: Inputs) -> None:
    planned = 0
    pod = sensitivity.pod

    def counted(*arguments: Any) -> Any:
        nonlocal planned
        planned += 1
        return pod(*arguments)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sensitivity, "pod", counted)
        uncertainty(of_all)
    assert planned <= 1 + 2 * 20
