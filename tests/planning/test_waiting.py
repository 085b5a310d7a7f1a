"""Waiting in a pod, by Erlang C on paper."""

from __future__ import annotations

from dataclasses import replace
from math import exp, log, sqrt

import pytest

from pulumi_kubernetes_mcp.planning import Bounds, Database, Plan, RuntimeProfile, Station, Tool, Workload

from .cases import GUIDE, number, planned

LOOP = RuntimeProfile(name="loop", baseline_mib=50, base_cpu_millicores=0, one_loop=True, source="made up")
CALL = Tool(name="call", share_percent=100, duration_milliseconds=1000, cpu_milliseconds=0, queries=0)
CALLS = Workload(peak_sessions=100, tools=(CALL,), think_seconds=9, session_mib=0)
"""Each session calls every ten seconds, for one second."""


def station(result: Plan, name: str) -> Station:
    found = [station for station in result.waiting.stations if station.name == name]
    assert len(found) == 1
    return found[0]


def waits(found: Station) -> list[float]:
    return [number(figure) for figure in (found.probability, found.p50, found.p95, found.p99)]


def test_slots_by_erlang_c() -> None:
    # 80 sessions: 8 in flight of 12 slots, where C = 0.1398; 1000 / (12 - 8) = 250 ms, × ln(C / 0.05) and ln(C / 0.01)
    result = planned(replace(CALLS, sessions_per_pod=80, call_slots=12), None, sdk=LOOP)
    found = station(result, "slots")
    assert found.utilisation.working == "8/s × 1000 ms / 12 → 66.667 %"
    assert waits(found) == pytest.approx([13.98, 0, 250 * log(2.796), 250 * log(13.98)], rel=1e-3)
    assert found.servers == 12
    assert not found.assumed


def test_heavier_tails_wait_longer() -> None:
    # P95 at three times the mean: σ = z - √(z² - 2 ln 3), cv² = exp(σ²) - 1 = 1.383; all waits × (1 + cv²) / 2
    light, heavy = (
        station(planned(replace(CALLS, tools=(tool,), sessions_per_pod=80, call_slots=12), None, sdk=LOOP), "slots")
        for tool in (CALL, replace(CALL, p95_milliseconds=3000))
    )
    cv2 = exp((1.6448536 - sqrt(1.6448536**2 - 2 * log(3))) ** 2) - 1
    assert cv2 == pytest.approx(1.383, abs=1e-3)
    assert number(heavy.p95) == pytest.approx(number(light.p95) * (1 + cv2) / 2, rel=1e-5)
    assert heavy.probability is not None
    assert number(heavy.probability) == number(light.probability)


def busy(cpu: float = 50, *, base: float = 0, **changes: object) -> Plan:
    """A pod of one loop with 100 sessions, ten calls a second."""
    load = replace(CALLS, tools=(replace(CALL, cpu_milliseconds=cpu),), sessions_per_pod=100, **changes)  # type: ignore[arg-type]
    return planned(load, None, sdk=replace(LOOP, base_cpu_millicores=base))


def test_one_loop_is_an_m_m_1_queue() -> None:
    # 10/s × 50 ms = 0.5 busy, as many wait; 50 / (1 - 0.5) = 100 ms × ln 1, ln 10, ln 50
    found = station(busy(), "cpu")
    assert number(found.utilisation) == 50
    assert waits(found) == pytest.approx([50, 0, 100 * log(10), 100 * log(50)], abs=1e-3)


def test_what_the_process_takes_beside_its_calls_slows_them() -> None:
    # 200 m of one core: each call takes 50 / 0.8 = 62.5 ms. The target of 600 m has room for 400 of 500 m: 80 sessions,
    # 8 calls a second, half of the time busy: 62.5 / 0.5 = 125 ms × ln 10
    result = busy(base=200)
    assert result.capacity.sessions_per_pod.value == 80
    found = station(result, "cpu")
    assert found.utilisation.working == "8/s × 62.5 ms / 1 → 50 %"
    assert number(found.p95) == pytest.approx(125 * log(10), abs=1e-3)


def test_the_cores_of_the_limit_are_the_servers() -> None:
    # 2.5 cores less 0.3 for the process: two servers whose calls take 100 × 2 / 2.2 = 90.909 ms
    found = station(planned(database=None), "cpu")
    assert found.servers == 2
    assert found.utilisation.inputs["service ms"] == 90.909
    assert found.assumed
    told = station(planned(replace(GUIDE, heavy_calls=10), None), "cpu")
    assert not told.assumed


def test_a_limit_without_a_core() -> None:
    result = planned(database=None, bounds=Bounds(cpu_limit_millicores=0))
    found = station(result, "cpu")
    # Nothing is free: a hundredth of a core is counted, 100 ms take 10 s.
    assert found.servers == 1
    assert found.utilisation.inputs["service ms"] == 10_000
    assert not found.stable
    assert [found.probability, found.p50, found.p95, found.p99] == [None] * 4
    assert result.waiting.p95 is None
    assert not result.waiting.stable
    assert not result.waiting.meets_objective


QUERY = replace(CALL, queries=2, query_milliseconds=100)


def test_a_call_waits_for_each_of_its_queries() -> None:
    # A pool of 2 is enough for one in use: 5 of the 11 calls of 50 sessions, 22. 2.2/s × 200 ms = 0.44 of 2:
    # C = 2ρ² / (1 + ρ) = 0.0968 / 1.22; 200 / (2 - 0.44) × ln(C / 0.05). Half as long at twice the rate would be half.
    load = replace(CALLS, tools=(QUERY,), sessions_per_pod=50)
    result = planned(load, Database(pool_size=2), sdk=LOOP)
    assert result.capacity.sessions_per_pod.value == 22
    found = station(result, "pool")
    assert found.utilisation.working == "2.2/s × 200 ms / 2 → 22 %"
    chance = 0.0968 / 1.22
    expected = [100 * chance, 0, 200 / 1.56 * log(chance / 0.05), 200 / 1.56 * log(chance / 0.01)]
    assert waits(found) == pytest.approx(expected, abs=1e-3)


def test_calls_without_queries_do_not_queue_for_connections() -> None:
    half = (replace(QUERY, share_percent=50), replace(CALL, name="other", share_percent=50))
    found = station(planned(replace(CALLS, tools=half, sessions_per_pod=50), Database(pool_size=10), sdk=LOOP), "pool")
    assert found.utilisation.inputs["arrivals per second"] == 2.5
    assert found.utilisation.inputs["service ms"] == 200
    # Half a query a call: half of the calls ask, for 100 ms each.
    rarely = (replace(QUERY, queries=0.5),)
    found = station(
        planned(replace(CALLS, tools=rarely, sessions_per_pod=50), Database(pool_size=10), sdk=LOOP), "pool"
    )
    assert found.utilisation.inputs["arrivals per second"] == 2.5
    assert found.utilisation.inputs["service ms"] == 100
    assert [found.name for found in planned(CALLS, Database(), sdk=LOOP).waiting.stations] == []
    assert [found.name for found in planned(CALLS, Database(kind="duckdb"), sdk=LOOP).waiting.stations] == []


def test_uneven_queries_wait_longer() -> None:
    tools = tuple(
        replace(CALL, name=f"{ms}", share_percent=share, queries=1, query_milliseconds=ms)
        for ms, share in ((10, 90), (910, 10))
    )
    found = station(planned(replace(CALLS, tools=tools), Database(pool_size=10), sdk=LOOP), "pool")
    # 0.9 (0.1² + 0.9²) + 0.1 (9.1² + 8.1²)
    assert found.utilisation.inputs["service cv²"] == 15.58


def test_nothing_to_queue_for() -> None:
    result = planned(CALLS, None, sdk=LOOP)
    assert result.waiting.stations == ()
    assert result.waiting.p95 is not None
    assert result.waiting.p95.working == "nothing to queue for = 0"
    assert result.waiting.meets_objective


def test_the_sum_over_the_stations() -> None:
    load = replace(CALLS, tools=(replace(QUERY, cpu_milliseconds=50),), sessions_per_pod=80, call_slots=12)
    result = planned(load, Database(pool_size=4), sdk=LOOP)
    assert [found.name for found in result.waiting.stations] == ["slots", "cpu", "pool"]
    for name in ("p50", "p95", "p99"):
        total = sum(number(getattr(found, name)) for found in result.waiting.stations)
        assert number(getattr(result.waiting, name)) == pytest.approx(total, abs=1e-9)
    assert result.waiting.p95 is not None
    assert result.waiting.p95.working.count(" + ") == 2


def test_the_utilisation_that_breaks_the_objective() -> None:
    # An M/M/1 queue of 50 ms is half busy where 95 % wait at most 100 × ln 10 ms.
    critical = station(busy(wait_p95_milliseconds=100 * log(10)), "cpu").critical_utilisation
    assert critical.value == pytest.approx(50, abs=1e-3)
    assert critical.working.endswith("230.259 ms → 50 %")
    assert station(busy(wait_p95_milliseconds=1000), "cpu").critical_utilisation.value > 80
    assert station(busy(wait_p95_milliseconds=5e-324), "cpu").critical_utilisation.value == pytest.approx(5)


@pytest.mark.parametrize(("objective", "meets"), [(230, False), (231, True)])
def test_the_objective(objective: float, meets: bool) -> None:
    result = busy(wait_p95_milliseconds=objective)
    assert number(result.waiting.p95) == pytest.approx(230.259, abs=1e-3)
    assert result.waiting.objective.value == objective
    assert result.waiting.meets_objective is meets
    assert result.waiting.stable


def test_numbers_beyond_all_reason_have_a_bound() -> None:
    # One session of a pod: a million calls a second, of a day of CPU each.
    blink = replace(CALL, duration_milliseconds=0.001, cpu_milliseconds=8.64e7)
    found = station(planned(replace(CALLS, tools=(blink,), think_seconds=0), None, sdk=LOOP), "cpu")
    assert found.utilisation.value == 10**9
    assert found.utilisation.working == "1000000/s × 86400000 ms / 1 → 1000000000 %"
    assert not found.stable


def test_a_pod_that_is_busy_all_the_time_is_not_stable() -> None:
    # One call after the other in one slot: 1 / 0.185 × 0.185 is 1, and a little less in floats.
    for milliseconds in (185, 49, 7):
        always = replace(CALLS, tools=(replace(CALL, duration_milliseconds=milliseconds),), think_seconds=0)
        found = station(planned(replace(always, sessions_per_pod=1, call_slots=1), None, sdk=LOOP), "slots")
        assert found.utilisation.value == 100
        assert not found.stable
