"""Every number that a stack or a measured profile gives arrives in the plan's own place, and in no other."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from pulumi_kubernetes_mcp import planning
from pulumi_kubernetes_mcp.plan_inputs import MOST_KIB, MOST_MILLISECONDS, demand, without_duration
from pulumi_kubernetes_mcp.settings.load import load_settings

LEAST: Mapping[str, Any] = {
    "mcp:region": {"name": "here"},
    "mcp:server": {"image": "registry.example.com/mcp:1.0.0", "runtime": "node"},
    "mcp:workload": {"dailyUsers": 500},
    "mcp:edge": {"host": "mcp.example.com", "implementation": "envoy-gateway"},
}


def inputs(directory: Path | None = None, **groups: Mapping[str, Any]) -> planning.Inputs:
    """The least stack with some keys changed, in the terms of the plan."""
    values = {**LEAST, **{f"mcp:{name}": {**LEAST.get(f"mcp:{name}", {}), **keys} for name, keys in groups.items()}}
    return demand(load_settings(values, where="test", directory=directory))


def test_what_the_least_stack_leaves_out() -> None:
    """The defaults, each with its number."""
    made = inputs()
    assert made.workload == planning.Workload(
        daily_users=500,
        sessions_per_user=3,
        session_minutes=20,
        peak_factor=3,
        headroom_percent=30,
        eras=("modern",),
        sessions_per_pod=50,
        think_seconds=10,
        session_mib=1,
        wait_p95_milliseconds=1000,
    )
    assert made.runtime == planning.RUNTIMES["node"]
    assert (made.database, made.store, made.prices) == (None, None, None)
    assert made.bounds == planning.Bounds(
        production=True, zones=3, cpu_percent_of_limit=60, pooler_cpu_millicores=100, pooler_memory_bytes=64 * 2**20
    )


def test_every_number_of_the_load_has_its_place() -> None:
    tool = {
        "name": "search", "sharePercent": 40, "durationMilliseconds": 210, "p95Milliseconds": 430,
        "cpuMilliseconds": 11, "responseKib": 12, "queries": 2, "queryMilliseconds": 13,
    }  # fmt: skip
    made = inputs(
        server={"eras": ["modern", "legacy-stateful"]},
        workload={
            "sessionsPerUser": 4, "sessionMinutes": 21, "sessionP95Minutes": 63, "peakFactor": 5,
            "headroomPercent": 31, "eraPercent": {"modern": 70, "legacy-stateful": 30}, "sessionsPerPod": 52,
            "tools": [tool], "thinkSeconds": 14, "concurrentCalls": 15, "heavyCalls": 6, "heavyCallCpuMilliseconds": 70,
            "responseKib": 17, "sessionMib": 1.5, "workers": 2, "callSlots": 18, "waitP95Milliseconds": 900,
        },
    )  # fmt: skip
    assert made.workload == planning.Workload(
        daily_users=500,
        sessions_per_user=4,
        session_minutes=21,
        session_p95_minutes=63,
        peak_factor=5,
        headroom_percent=31,
        eras=("modern", "legacy-stateful"),
        era_percent={"modern": 70, "legacy-stateful": 30},
        sessions_per_pod=52,
        tools=(
            planning.Tool(
                name="search",
                share_percent=40,
                duration_milliseconds=210,
                p95_milliseconds=430,
                cpu_milliseconds=11,
                response_kib=12,
                queries=2,
                query_milliseconds=13,
            ),
        ),
        think_seconds=14,
        concurrent_calls=15,
        heavy_calls=6,
        heavy_call_cpu_milliseconds=70,
        response_kib=17,
        session_mib=1.5,
        workers=2,
        call_slots=18,
        wait_p95_milliseconds=900,
    )
    hours = [float(hour) for hour in range(24)]
    other = inputs(workload={"dailyUsers": None, "sessionsByHour": hours, "peakSessions": 77}).workload
    assert (other.daily_users, other.sessions_by_hour, other.peak_sessions) == (None, tuple(hours), 77)


def test_every_number_of_database_store_and_prices_has_its_place() -> None:
    made = inputs(
        database={
            "host": "db", "maxConnections": 421, "reservedConnections": 5, "sharePercent": 45, "queryMilliseconds": 51,
            "poolSize": 6, "pooler": "pgbouncer", "poolerInstances": 3, "poolerPoolSize": 22, "regionSharePercent": 40,
            "preset": "prisma",
        },
        stateStore={"maxClients": 9000, "reservedClients": 11, "connectionsPerPod": 12, "sharePercent": 46},
        prices={"corePerHour": 0.04, "gibPerHour": 0.005, "currency": "EUR"},
    )  # fmt: skip
    assert made.database == planning.Database(
        kind="postgres",
        region_share_percent=40,
        has_secret=False,
        pool_is_told=False,
        max_connections=421,
        reserved_connections=5,
        share_percent=45,
        query_milliseconds=51,
        pool_size=6,
        pooler="pgbouncer",
        pooler_instances=3,
        pooler_pool_size=22,
    )
    assert made.store == planning.StateStore(
        max_clients=9000, reserved_clients=11, connections_per_pod=12, share_percent=46
    )
    assert made.prices == planning.Prices(core_hour=0.04, gib_hour=0.005, currency="EUR")


def test_every_bound_has_its_place() -> None:
    made = inputs(
        region={"zones": 2, "environment": "staging", "quota": {"pods": 90, "cpu": "91", "memory": "92Mi"}},
        server={
            "resources": {"requests": {"cpu": "110m", "memory": "120Mi"}, "limits": {"cpu": "130m", "memory": "140Mi"}}
        },
        scaling={"minReplicas": 4, "maxReplicas": 17, "cpuPercentOfLimit": 55},
    )
    assert made.bounds == planning.Bounds(
        min_replicas=4,
        max_replicas=17,
        production=False,
        zones=2,
        cpu_percent_of_limit=55,
        quota_pods=90,
        quota_cpu_millicores=91_000,
        quota_memory_bytes=92 * 2**20,
        cpu_request_millicores=110,
        cpu_limit_millicores=130,
        memory_request_bytes=120 * 2**20,
        memory_limit_bytes=140 * 2**20,
        pooler_cpu_millicores=100,
        pooler_memory_bytes=64 * 2**20,
    )
    fixed = inputs(scaling={"autoscaler": "none", "replicas": 6}).bounds
    assert (fixed.min_replicas, fixed.max_replicas) == (6, 6)


# What was measured


def latency(mean: float, p95: float) -> dict[str, float]:
    return {"mean": mean, "p50": mean, "p95": p95, "p99": p95}


MEASURED: dict[str, Any] = {
    "version": 1,
    "server": "orders 1.4.2",
    "runtime": "node",
    "measuredAt": "2026-11-21T10:00:00Z",
    "source": "process",
    "process": {"baselineMib": {"value": 71, "error": 2}, "baselineDescriptors": 12, "idleCpuMillicores": 4},
    "eras": {
        "modern": {
            "sessionKib": {"value": 58, "error": 3},
            "sessionDescriptors": 1.5,
            "callCpuMilliseconds": {"value": 0.7, "error": 0.1},
        },
        "sse": {"callCpuMilliseconds": {"value": 5}},
    },
    "tools": [
        {
            "name": "search", "era": "modern", "calls": 400, "latencyMilliseconds": latency(120, 310),
            "cpuMilliseconds": {"value": 30, "error": 4}, "responseKib": 11.5, "inFlightKib": 40,
        },
        {
            "name": "old", "era": "legacy-stateful", "calls": 9, "latencyMilliseconds": latency(120, 310),
            "cpuMilliseconds": {"value": 30}, "responseKib": 1,
        },
        {"name": "huge", "era": "modern", "calls": 1, "latencyMilliseconds": latency(1e9, 1e9), "responseKib": 1e9,
         "cpuMilliseconds": {"value": 1e9}},
        {"name": "still", "era": "modern", "calls": 1, "latencyMilliseconds": latency(0, 0), "responseKib": 0,
         "cpuMilliseconds": {"value": 0.1}},
    ],
}  # fmt: skip


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """The directory of a project with a measured profile."""
    tmp_path.joinpath("p.yaml").write_text(yaml.safe_dump(MEASURED))
    return tmp_path


@pytest.mark.parametrize("name", planning.RUNTIMES)
def test_memory_is_planned_at_the_upper_end_of_what_was_measured_and_cpu_at_the_figure(
    profile: Path, name: str
) -> None:
    """The protocol takes 0.7 ms by a list of tools, but a whole call of 'still' takes 0.1."""
    made = inputs(profile, server={"profile": "p.yaml", "runtime": name})
    known = planning.RUNTIMES[name]
    assert made.runtime == planning.RuntimeProfile(
        name=name,
        baseline_mib=71 + 2,
        registry_mib=0,
        session_kib={**known.session_kib, "modern": 58 + 3},
        call_cpu_milliseconds={**known.call_cpu_milliseconds, "modern": 0.1, "sse": 5},
        base_cpu_millicores=4 + 10,
        baseline_descriptors=12,
        session_descriptors={"modern": 1.5},
        heap_flag=known.heap_flag,
        drains_by_env=known.drains_by_env,
        python=known.python,
        one_loop=known.one_loop,
        keepalive_seconds=known.keepalive_seconds,
        measured=True,
        source="measured on 2026-11-21: orders 1.4.2",
    )
    assert made.workload.session_mib == 0, "a session's own memory is part of what was measured"
    assert inputs(profile, server={"profile": "p.yaml"}, workload={"sessionMib": 7}).workload.session_mib == 7


def test_a_measured_tool_is_planned_without_the_cpu_of_the_protocol(profile: Path) -> None:
    """30 ± 4 ms, of which the protocol takes 0.1 ms; what a call in flight takes is more than its answer."""
    tools = [{"name": name, "sharePercent": 10} for name in ("search", "huge", "still", "old")]
    search, huge, still, old = inputs(profile, server={"profile": "p.yaml"}, workload={"tools": tools}).workload.tools
    assert search == planning.Tool(
        name="search",
        share_percent=10,
        duration_milliseconds=120,
        p95_milliseconds=310,
        cpu_milliseconds=30 - 0.1,
        response_kib=40,
    )
    assert (huge.duration_milliseconds, huge.p95_milliseconds, huge.cpu_milliseconds) == (MOST_MILLISECONDS,) * 3
    assert huge.response_kib == MOST_KIB
    assert (still.duration_milliseconds, still.p95_milliseconds) == (0.001, 0.001)
    assert (still.cpu_milliseconds, still.response_kib) == (0, 0)
    assert old.cpu_milliseconds == 30, "the protocol of its era was not measured"


def test_what_the_stack_says_of_a_tool_comes_before_what_was_measured(profile: Path) -> None:
    stated = {"name": "search", "sharePercent": 10, "durationMilliseconds": 7, "cpuMilliseconds": 1, "responseKib": 2}
    (tool,) = inputs(profile, server={"profile": "p.yaml"}, workload={"tools": [stated]}).workload.tools
    assert (tool.duration_milliseconds, tool.cpu_milliseconds, tool.response_kib) == (7, 1, 2)
    assert tool.p95_milliseconds == 310


def test_a_tool_that_nobody_knows_is_named_by_its_place(profile: Path) -> None:
    tools = [{"name": name, "sharePercent": 10} for name in ("search", "other")]
    values = {**LEAST, "mcp:workload": {"dailyUsers": 500, "tools": tools}}
    values["mcp:server"] = {**LEAST["mcp:server"], "profile": "p.yaml"}
    assert without_duration(load_settings(values, where="test", directory=profile)) == [1]
