"""The rules applied to whole stacks: which value they look at, at which key they speak, and when they stay silent."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from pulumi_kubernetes_mcp.region_plan import RegionPlan, plan_region
from pulumi_kubernetes_mcp.rules.model import Finding
from pulumi_kubernetes_mcp.settings.load import load_settings

BASE: dict[str, dict[str, Any]] = {
    "region": {"name": "us-east"},
    "server": {"image": "registry.example.com/mcp:1.2.3", "healthPath": "/healthz"},
    "workload": {"dailyUsers": 500},
    "edge": {"host": "mcp.example.com", "implementation": "envoy-gateway"},
}
OPEN = {"egress": [{"port": 6379, "cidrs": ["10.20.0.0/16"]}]}
PROFILE = "profiles/orders.yaml"
HOURS = [float(hour) for hour in range(24)]


def inspected(*, rehearse: bool = True, **groups: dict[str, Any]) -> RegionPlan:
    """A sound stack with keys added to its groups."""
    values: dict[str, Any] = copy.deepcopy(BASE)
    for group, keys in groups.items():
        values[group] = {**values.get(group, {}), **keys}
    named = {f"mcp:{group}": keys for group, keys in values.items()}
    return plan_region(load_settings(named, where="here", directory=Path(__file__).parent), rehearse=rehearse)


def told(*, rehearse: bool = True, **groups: dict[str, Any]) -> list[tuple[str, str]]:
    return [(finding.code, finding.path) for finding in inspected(rehearse=rehearse, **groups).findings]


def the(code: str, *, rehearse: bool = True, **groups: dict[str, Any]) -> Finding:
    (finding,) = [finding for finding in inspected(rehearse=rehearse, **groups).findings if finding.code == code]
    return finding


def tool(**keys: Any) -> dict[str, Any]:
    return {"name": "find", "sharePercent": 100, "durationMilliseconds": 400, **keys}


@pytest.mark.grid
def test_a_sound_stack_is_told_nothing() -> None:
    assert told() == []
    database = {"host": "db.example.com", "maxConnections": 400}
    assert told(workload={"tools": [tool()]}, database=database, stateStore={}, server=OPEN) == []


@pytest.mark.parametrize(
    ("version", "expected"), [("1.34", []), ("1.33", [("MCP120", "mcp:region.kubernetesVersion")])]
)
def test_an_old_cluster_is_told(version: str, expected: list[tuple[str, str]]) -> None:
    assert told(region={"kubernetesVersion": version}) == expected


# The load


def ignored(*keys: str) -> list[tuple[str, str]]:
    return [("MCP521", f"mcp:workload.{key}") for key in sorted(keys)]


@pytest.mark.parametrize(
    ("workload", "keys"),
    [
        ({"peakSessions": 70}, ["dailyUsers"]),
        ({"peakSessions": 70, "sessionsPerUser": 3, "peakFactor": 2}, ["dailyUsers", "sessionsPerUser"]),
        ({"peakSessions": 70, "dailyUsers": None}, []),
        ({"sessionsByHour": HOURS}, ["dailyUsers"]),
        ({"sessionsByHour": HOURS, "dailyUsers": None, "peakFactor": 2}, ["peakFactor"]),
        ({"sessionsByHour": HOURS, "peakSessions": 70, "dailyUsers": None, "peakFactor": 2}, []),
        ({"thinkSeconds": 5}, ["thinkSeconds"]),
        ({"thinkSeconds": 5, "tools": [tool()]}, []),
        ({"thinkSeconds": 5, "tools": [tool()], "concurrentCalls": 5}, ["thinkSeconds"]),
        ({"sessionP95Minutes": 60}, ["sessionP95Minutes"]),
        ({"heavyCalls": 0, "heavyCallCpuMilliseconds": 70}, ["heavyCallCpuMilliseconds"]),
        ({"heavyCalls": 1, "heavyCallCpuMilliseconds": 70}, []),
        ({"sessionP95Minutes": 60, "sessionsByHour": HOURS, "dailyUsers": None}, []),
    ],
)
def test_what_does_not_count_is_told(workload: dict[str, Any], keys: list[str]) -> None:
    assert told(workload=workload) == ignored(*keys)


def test_how_long_no_query_takes_is_told_to_be_nothing() -> None:
    database = {"host": "db.example.com", "maxConnections": 420}
    for queries, found in ((0, ignored("tools[0].queryMilliseconds")), (1, [])):
        one = tool(queries=queries, queryMilliseconds=5)
        assert [found for found in told(workload={"tools": [one]}, database=database) if found[0] == "MCP521"] == found


@pytest.mark.parametrize(
    ("workload", "scaling", "path"),
    [
        ({"dailyUsers": 1e9}, {}, "mcp:workload.dailyUsers"),
        ({"dailyUsers": None, "peakSessions": 1e9}, {}, "mcp:workload.peakSessions"),
        ({"dailyUsers": None, "sessionsByHour": [1e9] * 24}, {}, "mcp:workload.sessionsByHour"),
        ({}, {"maxReplicas": 100_000, "colours": 2}, "mcp:scaling.maxReplicas"),
        ({}, {"autoscaler": "none", "replicas": 100_000, "colours": 2}, "mcp:scaling.replicas"),
    ],
)
def test_a_size_that_no_cluster_has_is_told_where_it_comes_from(
    workload: dict[str, Any], scaling: dict[str, Any], path: str
) -> None:
    assert ("MCP505", path) in told(workload=workload, scaling=scaling)


def test_what_counts_pods_that_no_cluster_holds_says_nothing_beside_it() -> None:
    groups: dict[str, dict[str, Any]] = {
        "region": {"quota": {"cpu": "1", "memory": "1Gi", "pods": 3}},
        "database": {"host": "db.example.com", "maxConnections": 10},
        "stateStore": {"maxClients": 30},
        "server": OPEN,
    }
    assert {code for code, _ in told(**groups)} == {"MCP401", "MCP408", "MCP503"}
    assert told(**groups, workload={"dailyUsers": 1e9}) == [("MCP505", "mcp:workload.dailyUsers")]


def test_the_findings_of_the_sessions_stand_at_their_keys() -> None:
    workload = {"sessionsByHour": HOURS, "dailyUsers": None, "eraPercent": {"modern": 50, "sse": 40}}
    assert told(workload={**workload, "sessionP95Minutes": 19.9}) == [
        ("MCP519", "mcp:workload.eraPercent"),
        ("MCP520", "mcp:workload.eraPercent.sse"),
        ("MCP513", "mcp:workload.sessionP95Minutes"),
    ]


# Tools


def test_the_findings_of_a_tool_stand_at_its_keys() -> None:
    entries = [
        {"name": "unknown", "sharePercent": 20},
        tool(sharePercent=10, p95Milliseconds=300),
        {"name": "slow", "sharePercent": 10, "durationMilliseconds": 61_000},
        {"name": "busy", "sharePercent": 10, "durationMilliseconds": 400, "cpuMilliseconds": 500},
        {"name": "asking", "sharePercent": 10, "durationMilliseconds": 400, "queries": 9},
        {"name": "busy", "sharePercent": 10, "durationMilliseconds": 1},
    ]
    database = {"host": "db.example.com", "maxConnections": 4000}
    found = told(workload={"tools": entries}, server={"runtime": "python-v2"}, database=database)
    assert [one for one in found if "tools" in one[1]] == [
        ("MCP510", "mcp:workload.tools"),
        ("MCP512", "mcp:workload.tools[0].durationMilliseconds"),
        ("MCP513", "mcp:workload.tools[1].p95Milliseconds"),
        ("MCP516", "mcp:workload.tools[4].queries"),
        ("MCP511", "mcp:workload.tools[5].name"),
        ("MCP517", "mcp:workload.tools[2].durationMilliseconds"),
    ]


def test_a_fixed_number_of_pods_is_held_against_what_is_known_of_one() -> None:
    """50 sessions a pod were given; that one bears 23 is assumed, and burst and remedy do not count with it."""
    given: dict[str, Any] = {"server": {"runtime": "python-v2"}, "workload": {"dailyUsers": 2000}, "rehearse": False}
    few = the("MCP210", scaling={"autoscaler": "none", "replicas": 2}, **given)
    assert few.remedy.startswith("Raise it to at least 13,")
    peak = the("MCP213", scaling={"autoscaler": "none", "replicas": 12}, **given)
    assert "holds the planned peak (5), but not a burst (13)" in peak.problem
    assert told(scaling={"autoscaler": "none", "replicas": 13}, **given) == []
    assert "would take 11" in the("MCP525", scaling={"autoscaler": "none", "replicas": 5}, **given).problem


@pytest.mark.grid
def test_queries_need_a_database_server() -> None:
    entries = {"dailyUsers": 100, "tools": [tool(durationMilliseconds=40)]}
    assert told(workload=entries) == []
    writer = {"autoscaler": "none", "replicas": 1}
    staging = {"environment": "staging"}
    assert told(workload=entries, database={"kind": "duckdb"}, scaling=writer, region=staging) == [
        ("MCP129", "mcp:database.kind"),
        ("MCP130", "mcp:server.rollout.strategy"),
    ]
    assert ("MCP516", "mcp:workload.tools[0].queries") in told(workload=entries, database={"host": "db.example.com"})
    own = {"tools": [tool(durationMilliseconds=40, queryMilliseconds=40)]}
    assert told(workload=own, database={"host": "db.example.com", "maxConnections": 4000}) == []


@pytest.mark.grid
def test_a_measured_tool_needs_no_duration_and_a_profile_is_named_that_lacks_it() -> None:
    server = {"runtime": "python-v2", "profile": PROFILE}
    assert told(server=server, workload={"tools": [{"name": "search_orders", "sharePercent": 100}]}) == []
    lacking = {"tools": [{"name": "find", "sharePercent": 100}]}
    assert PROFILE in the("MCP512", server=server, workload=lacking).problem


def test_a_percentile_that_was_measured_is_held_against_a_mean_that_was_not() -> None:
    server = {"runtime": "python-v2", "profile": PROFILE}
    entry = {"name": "search_orders", "sharePercent": 100, "durationMilliseconds": 311}
    assert told(server=server, workload={"tools": [entry]}) == [
        ("MCP513", "mcp:workload.tools[0].durationMilliseconds")
    ]


@pytest.mark.grid
def test_the_cpu_of_a_measured_call_is_the_least_of_its_interval() -> None:
    """0.6 ± 0.4 ms of CPU in a call of 0.5 ms: half a core may do that, and does not do 0.6 ms."""
    server = {"runtime": "python-v2", "profile": PROFILE}
    entry = {"name": "ping", "sharePercent": 100}
    assert told(server=server, workload={"tools": [entry]}) == []
    assert the("MCP518", server=server, workload={"tools": [{**entry, "cpuMilliseconds": 0.6}]})


@pytest.mark.grid
def test_cpu_that_nobody_gave_is_said_to_be_assumed() -> None:
    entries = {"tools": [tool(durationMilliseconds=10)]}
    finding = the("MCP518", server={"runtime": "python-v2"}, workload=entries)
    assert finding.path == "mcp:workload.tools[0].cpuMilliseconds"
    assert "is assumed to take 20 ms" in finding.problem


def test_of_many_tools_the_first_are_told_of() -> None:
    entries = [{"name": f"t{place}", "sharePercent": 10} for place in range(10)]
    found = inspected(workload={"tools": entries}).findings
    assert [finding.path for finding in found] == [
        f"mcp:workload.tools[{place}].durationMilliseconds" for place in range(3)
    ]
    assert found[2].problem == "The tool 't2' has no duration. 7 more tools have the same."
    four = inspected(workload={"tools": [{**entry, "sharePercent": 25} for entry in entries[:4]]}).findings
    assert four[2].problem.endswith("1 more tool has the same.")


# The profile


def test_a_profile_of_another_server_is_told() -> None:
    assert told(server={"runtime": "python-v2", "profile": PROFILE}) == []
    assert told(server={"runtime": "fastmcp", "profile": PROFILE}) == [("MCP523", "mcp:server.profile")]
    eras = {"runtime": "python-v2", "profile": PROFILE, "eras": ["modern", "legacy-stateless"]}
    assert the("MCP524", server=eras).problem == "It lacks the era 'legacy-stateless'."


# CPU


def limits(cpu: str, request: str = "500m") -> dict[str, Any]:
    return {"requests": {"cpu": request, "memory": "256Mi"}, "limits": {"cpu": cpu, "memory": "512Mi"}}


@pytest.mark.parametrize(
    ("server", "workload", "expected"),
    [
        ({"runtime": "python-v2"}, {}, []),
        ({"runtime": "python-v2", "resources": limits("1")}, {}, []),
        ({"runtime": "python-v2", "resources": limits("1001m")}, {}, [("MCP522", "limits.cpu")]),
        ({"runtime": "python-v2", "resources": limits("2")}, {"workers": 2}, []),
        ({"runtime": "python-v2", "resources": limits("999m")}, {}, [("MCP504", "limits.cpu")]),
        ({"runtime": "other", "resources": limits("4")}, {}, []),
        ({"runtime": "other", "resources": limits("2299m")}, {}, [("MCP504", "limits.cpu")]),
        ({"runtime": "other", "resources": limits("4")}, {"workers": 3}, [("MCP522", "limits.cpu")]),
        (
            {"runtime": "python-v2", "resources": {"requests": {"cpu": "1500m", "memory": "256Mi"}}},
            {},
            [("MCP522", "requests.cpu")],
        ),
    ],
)
def test_a_limit_is_neither_above_nor_below_what_the_server_uses(
    server: dict[str, Any], workload: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    found = told(server=server, workload=workload)
    assert found == [(code, f"mcp:server.resources.{key}") for code, key in expected]


# Waiting


@pytest.mark.grid
def test_what_is_assumed_makes_nobody_wait() -> None:
    """The assumed calls of the guide wait for the CPU of this server; nobody said that they are its calls."""
    inspection = inspected(server={"runtime": "python-v2"}, workload={"waitP95Milliseconds": 0.001})
    assert inspection.plan.waiting.p95 is not None
    assert inspection.plan.waiting.p95.value > 1
    assert inspection.findings == ()


@pytest.mark.parametrize(
    ("workload", "database", "path"),
    [
        ({"callSlots": 4, "tools": [tool(durationMilliseconds=5000)]}, None, "mcp:workload.callSlots"),
        ({"tools": [tool(cpuMilliseconds=300)], "waitP95Milliseconds": 50}, None, "mcp:workload.sessionsPerPod"),
        (
            {"tools": [tool(durationMilliseconds=3000, cpuMilliseconds=1)], "waitP95Milliseconds": 100},
            {"host": "db.example.com", "maxConnections": 4000, "poolSize": 2, "queryMilliseconds": 2500},
            "mcp:database.poolSize",
        ),
    ],
)
def test_the_station_that_makes_calls_wait_is_named_by_its_key(
    workload: dict[str, Any], database: dict[str, Any] | None, path: str
) -> None:
    groups = {"database": database} if database else {}
    found = told(rehearse=False, server={"runtime": "python-v2"}, workload=workload, **groups)
    assert ("MCP508", path) in found
    calm = {**workload, "waitP95Milliseconds": 3_600_000}
    left = told(rehearse=False, server={"runtime": "python-v2"}, workload=calm, **groups)
    assert left == [one for one in found if one[0] != "MCP508"]


def test_a_session_does_not_wait_for_itself() -> None:
    """One session in a pod has one call at a time, although the plan takes its calls as independent."""
    workload = {"dailyUsers": 10, "thinkSeconds": 0, "sessionsPerPod": 1, "tools": [tool()], "callSlots": 1}
    inspection = inspected(rehearse=False, workload=workload)
    assert not inspection.plan.waiting.stable
    assert [finding.code for finding in inspection.findings] == []


# Database and state store


@pytest.mark.grid
def test_a_rollout_is_told_only_where_the_maximum_fits() -> None:
    database = {"host": "db.example.com", "sharePercent": 100, "queryMilliseconds": 500}
    scaling = {"maxReplicas": 6}
    assert told(database={**database, "maxConnections": 123}, scaling=scaling) == []
    assert told(database={**database, "maxConnections": 122}, scaling=scaling) == [("MCP407", "mcp:database")]
    assert told(database={**database, "maxConnections": 93}, scaling=scaling) == [("MCP407", "mcp:database")]
    assert told(database={**database, "maxConnections": 92}, scaling=scaling) == [("MCP401", "mcp:database")]


def test_two_colours_take_twice_as_much() -> None:
    database = {"host": "db.example.com", "maxConnections": 180, "queryMilliseconds": 500}
    scaling = {"maxReplicas": 6}
    store: dict[str, dict[str, Any]] = {"stateStore": {"maxClients": 120}, "server": OPEN}
    assert told(database=database, scaling=scaling, **store) == []
    both = told(database=database, scaling={**scaling, "colours": 2}, **store)
    assert both == [("MCP401", "mcp:database"), ("MCP408", "mcp:stateStore")]
    finding = the("MCP401", database=database, scaling={**scaling, "colours": 2})
    assert "15 connections per pod × 6 pods × 2 colours = 180, above the budget of 90" in finding.problem


@pytest.mark.parametrize("kind", ["sqlite", "duckdb", "single-writer"])
def test_a_single_writer_is_told_at_the_key_that_sets_the_pods(kind: str) -> None:
    staging = {"environment": "staging"}
    file = [("MCP129", "mcp:database.kind"), ("MCP130", "mcp:server.rollout.strategy")]
    several = {"minReplicas": 2, "maxReplicas": 4}
    many = told(region=staging, database={"kind": kind}, scaling=several)
    assert many == [("MCP402", "mcp:scaling.maxReplicas"), *file]
    fixed = {"autoscaler": "none", "replicas": 1}
    for one in ({}, fixed):
        assert told(region=staging, workload={"dailyUsers": 100}, database={"kind": kind}, scaling=one) == file
    blue = told(region=staging, workload={"dailyUsers": 100}, database={"kind": kind}, scaling={**fixed, "colours": 2})
    assert ("MCP402", "mcp:scaling.replicas") in blue
    both = the("MCP402", region=staging, database={"kind": kind}, scaling={**several, "colours": 2})
    assert "up to 8 pods (4 of each of 2 colours) would use it" in both.problem


def test_the_processes_of_a_single_writer_are_told_where_they_are_said() -> None:
    base: dict[str, Any] = {"region": {"environment": "staging"}, "database": {"kind": "sqlite"}}
    few = {"dailyUsers": 100}
    stated = told(**base, workload={**few, "workers": 2}, server={"eras": ["modern"]})
    assert ("MCP417", "mcp:workload.workers") in stated
    started = told(**base, workload=few, server={"eras": ["modern"], "args": ["--workers", "2"]})
    assert ("MCP417", "mcp:server.args") in started


def test_more_pods_are_no_remedy_for_a_load_above_a_single_writer() -> None:
    base: dict[str, Any] = {"region": {"environment": "staging"}, "database": {"kind": "sqlite"}}
    assert [code for code, _ in told(**base)] == ["MCP210", "MCP129", "MCP130"]
    finding = the("MCP210", **base)
    assert (finding.path, finding.problem, finding.remedy) == (
        "mcp:scaling.replicas",
        "The maximum of 1 pod is below the 2 that the planned peak needs.",
        "Keep the data in a networked database, which takes more pods, or let one pod hold more sessions.",
    )


def test_the_remedies_of_a_store_name_the_key_that_sets_the_pods() -> None:
    fixed = {"autoscaler": "none", "replicas": 6}
    found = the("MCP408", stateStore={"maxClients": 100}, scaling=fixed)
    assert "lower mcp:scaling.replicas to 5" in found.remedy


def test_more_pods_are_no_remedy_for_one_writer() -> None:
    claim = {"volumes": [{"path": "/data", "claim": {"size": "1Gi"}}]}
    found = the("MCP206", rehearse=False, database={"kind": "sqlite"}, server=claim)
    assert found.remedy == (
        "Keep the data in a networked database, or say that this is not production (mcp:region.environment)."
    )
    assert "at least 2" in the("MCP206", rehearse=False, scaling={"minReplicas": 1}).remedy


SIDECAR = {"image": "registry.example.com/mcp-stack:1.0.0"}


@pytest.mark.parametrize(
    ("server", "edge", "path"),
    [
        ({"env": {"MCP_UNREADY_WHEN_FULL": "true"}}, {}, "mcp:server.env.MCP_UNREADY_WHEN_FULL"),
        ({"env": {"MCP_UNREADY_WHEN_FULL": "false"}}, {}, None),
        ({"env": {"MCP_UNREADY_WHEN_FULL": "true"}}, {"affinity": "envelope"}, None),
        ({"env": {"MCP_UNREADY_WHEN_FULL": "true"}, "eras": ["modern"]}, {}, None),
        ({"readinessSidecar": SIDECAR, "healthPath": None}, {}, "mcp:server.readinessSidecar"),
        ({"readinessSidecar": SIDECAR, "healthPath": None, "eras": ["modern", "legacy-stateful"]}, {}, None),
    ],
)
def test_a_full_pod_that_leaves_the_endpoints(server: dict[str, Any], edge: dict[str, Any], path: str | None) -> None:
    found = told(
        rehearse=False,
        server={"eras": ["legacy-stateful"], **server},
        edge={"implementation": "envoy-gateway", **edge},
        scaling={"prometheusAddress": "http://prometheus.monitoring:9090"},
    )
    assert [place for code, place in found if code == "MCP374"] == ([] if path is None else [path])
