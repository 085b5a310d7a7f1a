"""Load tests of a stack: whom they may be aimed at, what bears them, and what the region makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from pulumi_kubernetes_mcp.inputs.outputs import plain
from pulumi_kubernetes_mcp.load_test.model import K6_MIB, USER_MIB
from pulumi_kubernetes_mcp.region_plan import RegionPlan, plan_region
from pulumi_kubernetes_mcp.rules.load_test import runner_findings
from pulumi_kubernetes_mcp.rules.model import Finding
from pulumi_kubernetes_mcp.settings.problems import SettingsError
from pulumi_kubernetes_mcp.settings.servers import load_stack
from pulumi_kubernetes_mcp.wiring import load_test_args, monitoring_args, origins

TOOLS = [{"name": "search", "sharePercent": 100, "durationMilliseconds": 200}]


def planned(load_test: Mapping[str, Any] | None, **groups: Mapping[str, Any]) -> RegionPlan:
    """A stack outside production with two thousand sessions, and its load test."""
    values: dict[str, Mapping[str, Any]] = {
        "mcp:region": {"name": "here", "environment": "staging", **groups.get("region", {})},
        "mcp:server": {"image": "registry.example/mcp:1.0.0", "name": "orders", **groups.get("server", {})},
        "mcp:workload": {"peakSessions": 2000, "tools": TOOLS, **groups.get("workload", {})},
        "mcp:edge": {"host": "mcp.example.com", **groups.get("edge", {})},
        "mcp:scaling": {"prometheusAddress": "http://prometheus.monitoring:9090"},
    }
    if load_test is not None:
        values["mcp:loadTest"] = load_test
    return plan_region(load_stack(values, where="here"), rehearse=False)


def found(plan: RegionPlan) -> list[Finding]:
    return [one for one in plan.findings if one.code.startswith("MCP64")]


@pytest.mark.parametrize(
    ("environment", "named", "refused"),
    [
        ("production", "here", False),
        ("production", None, True),
        ("production", "there", True),
        ("staging", None, False),
        ("staging", "there", True),
    ],
)
def test_a_region_in_production_is_named(environment: str, named: str | None, refused: bool) -> None:
    asked = {"scenario": "peak", **({} if named is None else {"production": named})}
    codes = [one.code for one in found(planned(asked, region={"environment": environment}))]
    assert codes == (["MCP640"] if refused else [])


def test_a_workload_without_tools_is_told_where_they_go() -> None:
    (one,) = found(planned({"scenario": "peak"}, workload={"tools": []}))
    assert (one.code, one.path) == ("MCP641", "mcp:workload.tools")
    unnamed = planned(
        {"scenario": "peak", "arguments": {"x": {}}}, workload={"tools": []}, region={"environment": "production"}
    )
    assert {one.code for one in found(unnamed)} == {"MCP641", "MCP640"}


def test_runners_bear_five_hundred_sessions_each() -> None:
    """A spike of 2,000 sessions opens 4,000: eight runners."""
    assert found(planned({"scenario": "peak", "parallelism": 4})) == []
    (one,) = found(planned({"scenario": "spike", "parallelism": 7}))
    assert one.problem == "4,000 sessions are 571 for each of 7, and one bears 500."
    assert one.remedy == "Give at least 8, or leave it out."
    assert runner_findings(users=500, given=1, needed=1, each=500, path="parallelism") == []


def test_a_misspelt_tool_and_keys_without_a_scenario_are_told() -> None:
    (wrong,) = found(planned({"scenario": "peak", "arguments": {"serch": {}}}))
    assert (wrong.code, wrong.path) == ("MCP644", "mcp:loadTest.arguments")
    assert wrong.problem == "There is no tool 'serch'; there are search."
    (idle,) = found(planned({"parallelism": 3}))
    assert (idle.code, idle.path) == ("MCP645", "mcp:loadTest.parallelism")
    assert found(planned({})) == []


@pytest.mark.parametrize("given", [{"search": "secret"}, {"search": ["secret"]}, {"search": 3}])
def test_arguments_of_another_form_are_refused(given: Mapping[str, Any]) -> None:
    with pytest.raises(SettingsError, match="The arguments of 'search' are no map") as refused:
        planned({"scenario": "peak", "arguments": given})
    assert "secret" not in str(refused.value)


def test_the_quota_has_room_for_the_runners_and_the_one_before_them() -> None:
    """2,000 sessions at the peak: 4 runners of 500, and one that reads the script."""
    without, tested = planned(None).shared.need, planned({"scenario": "peak"}).shared.need
    assert tested.pods - without.pods == 5
    assert tested.cpu_millicores - without.cpu_millicores == 4 * 1000 + 100
    assert tested.memory_bytes - without.memory_bytes == 5 * (K6_MIB + 500 * USER_MIB) * 2**20


def test_the_region_tests_its_public_address_and_its_own_load() -> None:
    plan = planned({"scenario": "steps"}).first
    args = load_test_args(plan, "here")
    assert plain(args.url) == "https://mcp.example.com/mcp"
    assert args.sessions == plan.replicas * args.sessions_per_pod
    assert (args.tools[0].limit_milliseconds, args.timeout_seconds) == (1600, 75)
    assert not planned({"parallelism": 3}).first.load_tested


def test_a_server_without_an_edge_lets_the_runners_in() -> None:
    inside = planned({"scenario": "peak"}, edge={"host": "mcp.example.com", "kind": "none"}).first
    assert [one.pod_labels for one in origins(inside) if one.pod_labels] == [{"app": "k6"}]
    args = load_test_args(inside, "here")
    assert (plain(args.url), args.server_port) == ("http://orders.mcp-staging-here.svc/mcp", 8000)
    assert [one.pod_labels for one in origins(planned({"scenario": "peak"}).first) if one.pod_labels] == []


RESULT = "profiles/orders-load.yaml"


def told(result: str, **groups: Mapping[str, Any]) -> RegionPlan:
    """A stack that names a result of the region us-east: 50 sessions of a pod at the knee, 41.5 ms of an exchange."""
    values = {
        "mcp:region": {"name": "us-east", "environment": "staging"},
        "mcp:server": {"image": "registry.example/mcp:1.0.0", "name": "orders"},
        "mcp:workload": {"peakSessions": 100, "concurrentCalls": 5, "heavyCalls": 1, **groups.get("workload", {})},
        "mcp:edge": {"host": "mcp.example.com"},
        "mcp:monitoring": groups.get("monitoring", {}),
        "mcp:loadTest": {"result": result},
        **{f"mcp:{name}": group for name, group in groups.items() if name in ("region", "server")},
    }
    return plan_region(load_stack(values, where="here", directory=Path(__file__).parent), rehearse=False)


def test_a_result_is_held_against_the_plan() -> None:
    assert found(told(RESULT, workload={"sessionsPerPod": 50})) == []
    (beyond,) = found(told(RESULT, workload={"sessionsPerPod": 51}))
    assert (beyond.code, beyond.problem) == ("MCP647", "51 sessions of a pod are planned, and its knee was at 50.")
    (elsewhere,) = found(told(RESULT, region={"name": "eu-west", "environment": "staging"}))
    assert (elsewhere.code, elsewhere.problem) == ("MCP646", "It is of us-east/orders, and this is eu-west/orders.")
    (leaked,) = found(told("profiles/leaking-load.yaml"))
    assert (leaked.code, leaked.problem) == ("MCP648", "Memory grew by 12.4 MiB an hour.")


def test_alerts_count_from_the_result_unless_the_stack_says_another_figure() -> None:
    """Of an exchange, 41.5 ms, and not of the tools, 640 ms."""
    assert told(RESULT).first.loaded_p95_milliseconds == 41.5
    assert monitoring_args(told(RESULT).first, "here").loaded_p95_milliseconds == 41.5
    said = told(RESULT, monitoring={"loadedP95Milliseconds": 90})
    assert monitoring_args(said.first, "here").loaded_p95_milliseconds == 90
    assert planned(None).first.loaded_p95_milliseconds is None


@pytest.mark.parametrize(
    ("line", "wrong", "words"),
    [
        ("unit: milliseconds", "unit: seconds", "exchange.unit"),
        ("version: 1", "version: 2", "Its format is not version 1"),
        ("p95: 41.5", "p95: 0", "exchange.p95"),
        ("stack: live", "stage: live", "stack"),
    ],
)
def test_a_result_in_other_units_or_of_another_form_is_refused(
    tmp_path: Path, line: str, wrong: str, words: str
) -> None:
    text = (Path(__file__).parent / RESULT).read_text()
    first, _, last = text.rpartition(line)
    (tmp_path / "result.yaml").write_text(f"{first}{wrong}{last}")
    values = {
        "mcp:region": {"name": "us-east"},
        "mcp:server": {"image": "registry.example/mcp:1.0.0"},
        "mcp:workload": {"peakSessions": 100},
        "mcp:edge": {"host": "mcp.example.com"},
        "mcp:loadTest": {"result": "result.yaml"},
    }
    with pytest.raises(SettingsError) as refused:
        load_stack(values, where="here", directory=tmp_path)
    assert words in str(refused.value)
    assert "mcp-stack loadtest report FILE --write result.yaml" in str(refused.value)
