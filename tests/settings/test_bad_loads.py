"""Loads that cannot be, as a person writes them: one screen that says what is wrong, and what to give instead."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from pulumi_kubernetes_mcp.cli import app
from pulumi_kubernetes_mcp.region_plan import plan_region
from pulumi_kubernetes_mcp.settings import SettingsError, load_settings, stack_file_schema
from tests.sizes import examples
from tests.table import first

from .samples import PROJECT, WHERE, stack

SCREEN = 40
"""Of CPU time on a busy machine; each takes some hundredths."""
NINES = "9" * 400
HOURS = ", ".join(["20"] * 23)


def text(workload: str = "{dailyUsers: 500}", *, server: str = "", region: str = "", more: tuple[str, ...] = ()) -> str:
    lines = [
        "config:",
        f"  mcp:region: {{name: here{region}}}",
        f"  mcp:server: {{image: 'r.example/m:1.0.0', healthPath: /h{server}}}",
        f"  mcp:workload: {workload}",
        "  mcp:edge: {host: mcp.example.com, implementation: envoy-gateway}",
        *(f"  mcp:{line}" for line in more),
    ]
    return "\n".join(lines) + "\n"


def tools(*entries: str, **keys: object) -> str:
    said = "".join(f"{key}: {value}, " for key, value in keys.items())
    return text(f"{{dailyUsers: 500, {said}tools: [{', '.join(entries)}]}}")


def tool(share: object = 100, name: str = "find", **keys: object) -> str:
    return f"{{name: {name}, sharePercent: {share}" + "".join(f", {key}: {value}" for key, value in keys.items()) + "}"


CASES: dict[str, tuple[str, str, str]] = {
    "no users": (
        text("{dailyUsers: 0}"),
        "mcp:workload.dailyUsers: It is 0, but must be greater than 0.",
        "Give a number above 0 to 1,000,000,000.",
    ),
    "negative users": (text("{dailyUsers: -5}"), "It is -5, but must be greater than 0.", "Give a number above 0 to"),
    "users of 309 digits": (
        text("{dailyUsers: 1e308}"),
        "It is a number of 309 digits, but must be at most 1,000,000,000.",
        "Give a number above 0",
    ),
    "users beyond every number": (
        text("{dailyUsers: 1e309}"),
        "stacks/Pulumi.dev.yaml:4 mcp:workload.dailyUsers: The number is too large.",
        "Give a ",
    ),
    "users of 400 digits": (text(f"{{dailyUsers: {NINES}}}"), "The number is too large.", "Give a smaller one."),
    "not a number": (text("{dailyUsers: .nan}"), "The number is not finite.", "Give a finite number."),
    "infinite users": (text("{dailyUsers: -.inf}"), "The number is not finite.", "Give a finite number."),
    "a billion users": (
        text("{dailyUsers: 1000000000}"),
        "need 3,250,000 pods of 50 sessions",
        "Check the units and the zeros",
    ),
    "everything at its most": (
        text(
            "{dailyUsers: 1000000000, sessionsPerUser: 1000000000, sessionMinutes: 1440, peakFactor: 1000, "
            "headroomPercent: 1000, sessionsPerPod: 1}",
            more=("database: {host: db, maxConnections: 1000000}", "stateStore: {}", "scaling: {maxReplicas: 100000}"),
        ),
        "need about 10^22 pods of 1 session",
        "Check the units and the zeros",
    ),
    "no load": (text("{}"), "mcp:workload: No load is given.", "Give dailyUsers, or sessionsByHour or peakSessions"),
    "no hours": (text("{sessionsByHour: []}"), "It has too few items: 0, but must have at least 24.", "24 numbers"),
    "23 hours": (text(f"{{sessionsByHour: [{HOURS}]}}"), "too few items: 23, but must have at least 24.", "24 numbers"),
    "25 hours": (text(f"{{sessionsByHour: [1, 2, {HOURS}]}}"), "too many items: 25, but must have at most 24.", "24 "),
    "a day without sessions": (
        text("{sessionsByHour: [" + ", ".join(["0"] * 24) + "]}"),
        "mcp:workload: No session begins in any hour of sessionsByHour.",
        "Give the numbers of a working day.",
    ),
    "a negative hour": (
        text(f"{{sessionsByHour: [-1, {HOURS}]}}"),
        "mcp:workload.sessionsByHour[0]: It is -1, but must be at least 0.",
        "Give a number from 0 to 1,000,000,000.",
    ),
    "too much headroom": (
        text("{dailyUsers: 5, headroomPercent: 1001}"),
        "mcp:workload.headroomPercent: It is 1001, but must be at most 1,000.",
        "Give a number from 0 to 1,000.",
    ),
    "no sessions in a pod": (
        text("{dailyUsers: 5, sessionsPerPod: 0}"),
        "mcp:workload.sessionsPerPod: It is 0, but must be at least 1.",
        "Give a number from 1 to 100,000.",
    ),
    "a share above 100": (
        tools(tool(101, durationMilliseconds=5)),
        "mcp:workload.tools[0].sharePercent: It is 101, but must be at most 100.",
        "Give a number above 0 to 100.",
    ),
    "shares that do not add up": (
        tools(tool(60, "a", durationMilliseconds=50), tool(30, "b", durationMilliseconds=50)),
        "The shares of 2 tools add up to 90 %.",
        "in the same relation a 66.67, b 33.33",
    ),
    "a tool without a duration": (tools(tool()), "The tool 'find' has no duration.", "or measure it with 'mcp-stack "),
    "a tool that takes no time": (
        tools(tool(durationMilliseconds=0)),
        "mcp:workload.tools[0].durationMilliseconds: It is 0, but must be at least 0.001.",
        "Give a number from 0.001 to 86,400,000.",
    ),
    "a percentile below its mean": (
        tools(tool(durationMilliseconds=50, p95Milliseconds=40)),
        "The 95th percentile of 40 ms is below the mean of 50 ms.",
        "Give at least 50 ms",
    ),
    "a session's percentile below its mean": (
        text(f"{{sessionP95Minutes: 5, sessionsByHour: [5, {HOURS}]}}"),
        "The 95th percentile of 5 minutes is below the mean of 20 minutes.",
        "Give at least 20 minutes",
    ),
    "a percentile that cannot be": (
        tools(tool(durationMilliseconds=50, p95Milliseconds=40_000)),
        "is 800 times the mean of 50 ms; 20 times is the most.",
        "Give at most 1000 ms, or a mean of at least 2000",
    ),
    "a tool twice": (
        tools(tool(50, durationMilliseconds=50), tool(50, durationMilliseconds=50)),
        "mcp:workload.tools[1].name",
        "Keep one of the two",
    ),
    "a tool that is a word": (tools("search"), "It is 'search', but takes a map of keys.", "Write its keys on lines"),
    "a thousand tools without durations": (
        tools(*(tool(0.1, f"t{number}") for number in range(1000))),
        "The tool 't2' has no duration. 997 more tools have the same.",
        "Give its mean in milliseconds",
    ),
    "two thousand tools": (
        tools(*(tool(0.05, f"t{number}", durationMilliseconds=50) for number in range(2000))),
        "mcp:workload.tools: It has too many items: 2000, but must have at most 1000.",
        "The tools that are called.",
    ),
    "ten thousand tools": (
        tools(*(tool(0.01, f"t{number}", durationMilliseconds=50) for number in range(10_000))),
        "The file is larger than 256 KiB.",
        "A stack file holds settings only.",
    ),
    "an era that there is not": (
        text("{dailyUsers: 5, eraPercent: {classic: 100}}"),
        "mcp:workload.eraPercent.classic: It is 'classic', but takes one of modern, legacy-stateless,",
        "Part of the sessions by protocol era",
    ),
    "eras of 101 %": (
        text("{dailyUsers: 5, eraPercent: {modern: 101}}"),
        "mcp:workload.eraPercent.modern: It is 101, but must be at most 100.",
        "Give a number from 0 to 100.",
    ),
    "eras of nobody": (
        text("{dailyUsers: 5, eraPercent: {modern: 0}}"),
        "The shares of 1 era add up to 0 %.",
        "Give each era its part of 100, or leave all out.",
    ),
    "a database all reserved": (
        text(more=("database: {host: db, maxConnections: 3}",)),
        "3 of max_connections 3 are reserved; none is left for the server.",
        "or raise max_connections above 3",
    ),
    "a share of the database above 100": (
        text(more=("database: {host: db, sharePercent: 101}",)),
        "mcp:database.sharePercent: It is 101, but must be at most 100.",
        "Give a number above 0 to 100.",
    ),
    "a database that there is not": (
        text(more=("database: {kind: oracle}",)),
        "It is 'oracle', but takes one of postgres, mysql, mongodb, sqlserver, redis, sqlite, duckdb, single-writer.",
        "Kind of database.",
    ),
    "a store all reserved": (
        text(more=("stateStore: {maxClients: 5}",)),
        "10 of maxclients 5 are reserved; none is left for the server.",
        "or raise maxClients above 10",
    ),
    "a store that is too small": (
        text(more=("stateStore: {maxClients: 100, connectionsPerPod: 20}",)),
        "above the budget of 50 (50 % of maxclients 100)",
        "open at most 8 per pod",
    ),
    "prices in words": (
        text(more=("prices: {corePerHour: 5 USD, gibPerHour: 1}",)),
        "mcp:prices.corePerHour: It is '5 USD', but takes a number.",
        "Price of one CPU core for an hour.",
    ),
    "half the prices": (
        text(more=("prices: {corePerHour: 5}",)),
        "mcp:prices.gibPerHour: It is missing.",
        "Add it in the stack file",
    ),
    "three colours": (
        text(more=("scaling: {colours: 3}",)),
        "mcp:scaling.colours: It is 3, but must be at most 2.",
        "Give a number from 1 to 2.",
    ),
    "more CPU than Kubernetes counts": (
        text(server=", resources: {limits: {cpu: '1E', memory: 1Gi}}"),
        "mcp:server.resources.limits.cpu: It is '1E', which is more than Kubernetes counts to.",
        "Give a smaller quantity, such as '500m'.",
    ),
    "CPU of 400 digits": (
        text(server=f", resources: {{limits: {{cpu: '{NINES}', memory: 1Gi}}}}"),
        "It is text, which is more than Kubernetes counts to.",
        "Give a smaller quantity",
    ),
    "more memory than Kubernetes counts": (
        text(region=", quota: {cpu: '1', memory: 10E, pods: 5}"),
        "mcp:region.quota.memory: It is '10E', which is more than Kubernetes counts to.",
        "Give a smaller quantity, such as '256Mi'.",
    ),
    "a session of 100 GiB": (
        text("{dailyUsers: 500, sessionMib: 100000, sessionsPerPod: 1000}"),
        "no machine has more than 32,768.",
        "Check the units: sessions in MiB",
    ),
    "a profile that is not there": (
        text(server=", profile: nope.yaml"),
        "mcp:server.profile (nope.yaml): The file does not exist.",
        "Check the spelling of its name.",
    ),
}


@pytest.mark.grid
@pytest.mark.parametrize("name", CASES)
def test_a_bad_load_is_answered_on_one_screen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    content, problem, remedy = CASES[name]
    (tmp_path / "stacks").mkdir()
    (tmp_path / "Pulumi.yaml").write_text(PROJECT)
    (tmp_path / "stacks" / "Pulumi.dev.yaml").write_text(content)
    result = CliRunner().invoke(app, ["check", "--stack", "dev", "-C", str(tmp_path)])
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert "Traceback" not in result.output
    assert problem in result.output
    assert remedy in result.output
    assert len(result.output.splitlines()) <= SCREEN
    assert NINES[:100] not in result.output


def refusal(values: dict[str, Any]) -> SettingsError:
    """What is wrong with the values; no problem where they can be planned for."""
    try:
        plan_region(load_settings(values, where=WHERE))
    except SettingsError as error:
        return error
    return SettingsError([], where=WHERE)


NUMBERS = [
    float("nan"),
    10**400,
    5e-324,
    *(
        pytest.param(number, marks=pytest.mark.grid)
        for number in (float("inf"), -float("inf"), -(10**400), 10**5000, 1e308, -0.0, 2**63)
    ),
]


@pytest.mark.grid
@pytest.mark.parametrize(
    "number", NUMBERS, ids=lambda number: str(number)[:12] if isinstance(number, float) else "whole"
)
@pytest.mark.parametrize(
    ("group", "start"),
    first(
        4,
        [
            ("workload", {"dailyUsers": 500}),
            ("database", {"host": "db"}),
            ("stateStore", {}),
            ("prices", {"corePerHour": 1, "gibPerHour": 1}),
            ("scaling", {}),
        ],
    ),
)
def test_a_program_may_hand_over_any_number(group: str, start: dict[str, Any], number: float) -> None:
    """A program's own numbers do not pass through YAML: each is planned for or refused, in words."""
    definition = stack_file_schema()["definitions"][f"{group[0].upper()}{group[1:]}Settings"]
    for key in definition["properties"]:
        refused = refusal(stack(**{group: {**start, key: number}}))
        assert all(problem.path.startswith(f"mcp:{group}") for problem in refused.problems)
        assert "nan" not in str(refused).split()
        assert len(str(refused)) < 1000


@pytest.mark.parametrize("verb", ["check", "config"])
def test_what_yaml_reads_in_two_ways_is_told_with_all_the_rest(tmp_path: Path, verb: str) -> None:
    """In the file and in the defaults, of one of several servers, in free values; a probe of the MCP path besides."""
    (tmp_path / "stacks").mkdir()
    defaults = "{server: {image: 'r.example/m:1.0.0', healthPath: /mcp}, workload: {dailyUsers: .inf}}"
    (tmp_path / "Pulumi.yaml").write_text(f"{PROJECT}config:\n  mcp:defaults:\n    value: {defaults}\n")
    (tmp_path / "stacks" / "Pulumi.dev.yaml").write_text(
        "config:\n  mcp:region: {name: here}\n  mcp:servers:\n"
        "    a: {edge: {host: a.example.com, implementation: envoy-gateway}, server: {env: {DAY: 2026-01-02}}}\n"
        "    b: {edge: {host: b.example.com, implementation: envoy-gateway}, server: {maxToolSeconds: 010}}\n"
        "  mcp:extraObjects: [{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {x: -.INF}}]\n"
    )
    result = CliRunner().invoke(app, [verb, "--stack", "dev", "-C", str(tmp_path)], env={"COLUMNS": "400"})
    assert result.exit_code == 1
    for line in (
        "Pulumi.yaml:6 mcp:workload.dailyUsers: The number is not finite.",
        "stacks/Pulumi.dev.yaml:4 mcp:servers.a.server.env.DAY: This is a date to YAML, and Pulumi rewrites it.",
        "stacks/Pulumi.dev.yaml:5 mcp:servers.b.server.maxToolSeconds: A number with a leading zero is octal to some",
        "stacks/Pulumi.dev.yaml:6 mcp:extraObjects[0].data.x: The number is not finite.",
        *(("Pulumi.yaml:6 mcp:server.healthPath: '/mcp' is the MCP endpoint",) if verb == "check" else ()),
    ):
        assert line in result.output, result.output


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_a_number_that_is_none_is_said_to_be_so(number: float) -> None:
    (problem,) = refusal(stack(workload={"dailyUsers": 500, "headroomPercent": number})).problems
    assert problem.problem == "It is not a finite number."
    assert problem.remedy == "Give a number from 0 to 1,000. Reserve above the peak, in percent."


DEFINITIONS = stack_file_schema()["definitions"]


def numbers(name: str) -> st.SearchStrategy[dict[str, Any]]:
    """Any keys of a group, each at its least, its most or between, as the schema has them."""
    found: dict[str, st.SearchStrategy[Any]] = {}
    for key, schema in DEFINITIONS[name]["properties"].items():
        plain = next((one for one in schema.get("anyOf", [schema]) if one.get("type") in ("integer", "number")), None)
        if plain is None:
            continue
        low, high = plain.get("minimum", plain.get("exclusiveMinimum")), plain["maximum"]
        if plain["type"] == "integer":
            found[key] = st.sampled_from([low, high]) | st.integers(low, min(high, low + 200))
        else:
            found[key] = st.sampled_from([low or 1e-9, high]) | st.floats(low or 1e-9, high)
    return st.fixed_dictionaries({}, optional=found)


ENTRIES = st.lists(numbers("ToolSettings"), max_size=4).map(
    lambda entries: [
        {"durationMilliseconds": 100, **entry, "name": f"t{place}", "sharePercent": 100 / len(entries)}
        for place, entry in enumerate(entries)
    ]
)


@pytest.mark.grid
@examples(60)
@given(
    workload=numbers("WorkloadSettings"),
    entries=ENTRIES,
    database=st.none() | numbers("DatabaseSettings"),
    store=st.none() | numbers("StateStoreSettings"),
    runtime=st.sampled_from(["python-v2", "node", "other"]),
)
def test_whatever_may_be_said_has_a_plan_without_nan(
    workload: dict[str, Any],
    entries: list[dict[str, Any]],
    database: dict[str, Any] | None,
    store: dict[str, Any] | None,
    runtime: str,
) -> None:
    values = stack(
        server={"image": "r.example/m:1.0.0", "runtime": runtime},
        workload={"dailyUsers": 500, **workload, "tools": entries},
        **({"database": {"host": "db", **database}} if database is not None else {}),
        **({"stateStore": store} if store is not None else {}),
    )
    inspection = plan_region(load_settings(values, where=WHERE))
    for figure in inspection.plan.figures():
        assert -1e30 < figure.value < 1e30, figure
    for finding in inspection.findings:
        assert not {"nan", "inf"} & set(str(finding).split())
        assert len(str(finding)) < 1500
