"""What the plan's report says, held against figures that were computed by hand and against the schema."""

from __future__ import annotations

import json
import re

import pytest
import yaml

from pulumi_kubernetes_mcp import planning
from pulumi_kubernetes_mcp.planning.sensitivity import OUTPUTS
from pulumi_kubernetes_mcp.report.assumptions import LEAST_SWING, PROFILE, SHOWN, path_of
from pulumi_kubernetes_mcp.report.document import Facts, Items, Section, Table
from pulumi_kubernetes_mcp.report.plan import (
    MAIN,
    plan_document,
    planned_data,
    preview_document,
    summary,
    waiting_table,
)
from pulumi_kubernetes_mcp.settings.profile import FORMAT_VERSION, Profile
from pulumi_kubernetes_mcp.settings.schema import stack_file_schema

from .stacks import DAY, ENDLESS, LEAST, RICH, STACKS, plan_of

TOOLS = RICH["mcp:workload"]["tools"]


def facts(server) -> dict[str, str]:
    return dict(summary(server.plan, server.uncertainty).pairs)


def section(server, title: str, **options: bool) -> Section:
    return next(one for one in plan_document(server, **options).sections if one.title.startswith(title))


def table(one: Section) -> Table:
    (found,) = [block for block in one.blocks if isinstance(block, Table)]
    return found


def sentences(one: Section) -> str:
    return " ".join(block for block in one.blocks if isinstance(block, str))


# The summary


def test_the_summary_of_the_least_stack(tmp_path):
    """82 sessions / 50 = 2 pods, 3 in three zones, 3 × 2 = 6; 160.3 × 1.25 MiB; 10 × 200m + 300m."""
    found = facts(plan_of(tmp_path, LEAST))
    assert list(found) == ["Pods", "One pod", "Waiting", "How sure"]
    assert found["Pods"] == (
        "3 at least (one pod in each of three zones), 2 for the planned 82 sessions (load), 6 at most (load)"
    )
    assert found["One pod"] == "CPU 1000m to 2500m, memory 192 to 256 MiB, 50 sessions"
    assert re.fullmatch(
        r"95 % of the calls at most \d+ ms, within the objective of 1000 ms; of assumed calls", found["Waiting"]
    )
    assert re.fullmatch(
        r"nine times in ten the planned sessions take [\d.]+ to [\d.]+ pods, [\d.]+ to [\d.]+ GiB of memory and "
        r"[\d.]+ to [\d.]+ cores",
        found["How sure"],
    )


@pytest.mark.grid
def test_the_summary_has_three_to_six_lines_and_speaks_of_all_that_there_is(tmp_path):
    for values in STACKS.values():
        assert 3 <= len(facts(plan_of(tmp_path, values))) <= 6
    assert list(facts(plan_of(tmp_path, RICH))) == ["Pods", "One pod", "Waiting", "Connections", "Cost", "How sure"]


@pytest.mark.grid
def test_connections_and_store_and_cost_in_a_line(tmp_path):
    """5 × 12 pods against half of 100; 10 × 12 against half of 10000."""
    server = plan_of(tmp_path, RICH)
    most = server.plan.replicas.max_replicas.value
    found = facts(server)
    assert found["Connections"] == (
        f"{5 * most} at the maximum, 50 allowed: does not close; state store {10 * most} of 5000 clients: closes"
    )
    assert re.fullmatch(
        r"[\d.]+ \$/month at the minimum, [\d.]+ at the planned sessions, [\d.]+ at the maximum, [\d.]+ by the day's "
        r"profile",
        found["Cost"],
    )


@pytest.mark.grid
@pytest.mark.parametrize(
    ("database", "text"),
    [
        ({"maxConnections": 420}, "60 at the maximum, 210 allowed: closes"),
        ({"pooler": "pgbouncer"}, "48 through the pooler, 50 allowed: closes; 60 without it"),
        (
            {"maxConnections": 70, "sharePercent": 100, "reservedConnections": 0},
            "60 at the maximum, 70 allowed: closes; a rollout there takes 80 of the 70 that there are",
        ),
    ],
)
def test_the_ways_that_connections_can_be_counted(tmp_path, database, text):
    values = {**LEAST, "mcp:database": {"host": "db.example.com", "poolSize": 10, **database}}
    assert facts(plan_of(tmp_path, values))["Connections"] == text


@pytest.mark.grid
def test_a_queue_without_end_is_said_and_not_hidden(tmp_path):
    server = plan_of(tmp_path, ENDLESS)
    assert facts(server)["Waiting"] == (
        "without end for call slots: more arrives than is served; the objective is 1000 ms"
    )
    waiting = section(server, "Waiting")
    row = next(row for row in table(waiting).rows if row[0] == "call slots *")
    assert row[3:7] == ("∞",) * 4
    assert "call slots: not even with one session does a pod of this size keep the objective." in sentences(waiting)
    assert "∞ More arrives than is served" in sentences(waiting)


# Waiting


def test_the_waiting_table_has_a_line_for_each_station(tmp_path):
    plan = plan_of(tmp_path, RICH).plan
    found = waiting_table(plan)
    assert [row[0] for row in found.rows] == ["CPU", "connections", "all of them"]
    station = plan.waiting.stations[0]
    assert found.rows[0][1] == str(station.servers)
    assert float(found.rows[0][5]) == pytest.approx(station.p95.value, rel=0.005)
    assert float(found.rows[2][5]) == pytest.approx(plan.waiting.p95.value, rel=0.005)


@pytest.mark.grid
def test_a_broken_objective_comes_with_the_sessions_that_would_keep_it(tmp_path):
    """Utilisation grows with the sessions of a pod: 50 × what breaks it / what it is, in a pod of the same size."""
    values = {
        **RICH,
        "mcp:server": {**RICH["mcp:server"], "resources": {"limits": {"cpu": "1", "memory": "512Mi"}}},
        "mcp:workload": {**RICH["mcp:workload"], "waitP95Milliseconds": 300},
    }
    server = plan_of(tmp_path, values)
    assert not server.plan.waiting.meets_objective
    (expected,) = map(int, re.findall(r"CPU: about (\d+) sessions in a pod", sentences(section(server, "Waiting"))))
    assert 1 < expected < server.plan.capacity.sessions_per_pod.value
    for sessions, kept in ((expected, True), (expected + 2, False)):
        fewer = {**values, "mcp:workload": {**values["mcp:workload"], "sessionsPerPod": sessions}}
        again = plan_of(tmp_path, fewer)
        assert again.plan.waiting.meets_objective is kept
        assert ("would keep the objective" in sentences(section(again, "Waiting"))) is not kept


# What binds, the day, the remedies


def test_what_binds_names_all_candidates_from_the_least_on(tmp_path):
    (found,) = section(plan_of(tmp_path, LEAST), "What binds").blocks
    assert isinstance(found, Facts)
    pairs = dict(found.pairs)
    assert pairs["Maximum"] == "load (minimum 3, load 6)"
    assert pairs["Minimum"].startswith("one pod in each of three zones (mean of the day 1, production 2, ")
    assert pairs["Sessions per pod"].startswith("the target of 50; next is ")
    numbers = [int(number) for number in re.findall(r" (\d+)[,)]", pairs["Sessions per pod"])]
    assert len(numbers) >= 3
    assert numbers == sorted(numbers)


def test_given_bounds_are_called_given(tmp_path):
    values = {**LEAST, "mcp:scaling": {"minReplicas": 4, "maxReplicas": 9}}
    (found,) = section(plan_of(tmp_path, values), "What binds").blocks
    assert isinstance(found, Facts)
    assert dict(found.pairs)["Minimum"] == "given"
    assert dict(found.pairs)["Maximum"].startswith("given (minimum 4, load 6, given 9")


def test_the_day_is_shown_in_windows_and_the_floors_are_those_of_the_plan(tmp_path):
    server = plan_of(tmp_path, RICH)
    rows = table(section(server, "Pods by hour")).rows
    hours = [tuple(int(end[:2]) for end in row[0].split("–")) for row in rows]
    assert hours[0][0] == 0
    assert hours[-1][1] == len(DAY)
    assert [end for _, end in hours[:-1]] == [start for start, _ in hours[1:]]
    by_hour = [int(row[2]) for row, (start, end) in zip(rows, hours, strict=True) for _ in range(start, end)]
    assert by_hour == list(server.plan.replicas_by_hour)
    floors = [(start, end, int(row[2])) for row, (start, end) in zip(rows, hours, strict=True) if row[4] == "yes"]
    assert floors == [(floor.start_hour, floor.end_hour, floor.replicas) for floor in server.plan.floors]
    assert floors
    bars = {int(row[2]): len(row[1]) for row in rows}
    assert bars[max(bars)] == 24
    assert all(abs(length / 24 - pods / max(bars)) <= 0.5 / 24 for pods, length in bars.items())


def test_without_a_profile_of_the_day_there_is_none(tmp_path):
    assert not [one for one in plan_document(plan_of(tmp_path, LEAST)).sections if one.title == "Pods by hour"]


def test_the_remedies_are_ranked_with_their_cost(tmp_path):
    server = plan_of(tmp_path, RICH)
    (items,) = section(server, "The connection budget does not close").blocks
    assert list(items.texts) == [str(remedy) for remedy in server.plan.remedies]  # type: ignore[union-attr]
    assert "$/month)" in items.texts[0]  # type: ignore[union-attr]


def test_sources_are_a_column(tmp_path):
    server = plan_of(tmp_path, LEAST)
    assert [column.title for column in table(section(server, "Load")).columns] == ["figure", "value", "working"]
    rows = table(section(server, "Load", sources=True)).rows
    assert rows[0][3] == server.plan.load.average_sessions.source


# The inputs


def test_the_inputs_that_move_most_come_first_and_few_are_shown(tmp_path):
    server = plan_of(tmp_path, RICH)
    rows = server.assumptions()
    assert [row.effect.swing for row in rows] == sorted((row.effect.swing for row in rows), reverse=True)
    few, every = section(server, "Inputs"), section(server, "Inputs", all_inputs=True)
    assert len(table(few).rows) <= SHOWN < len(rows)
    assert len(table(every).rows) == len(rows)
    assert f"{len(rows) - len(table(few).rows)} more move less: '--all-inputs' shows them." in sentences(few)
    assert "--all-inputs" not in sentences(every)
    shown = {row[0] for row in table(few).rows}
    assert all(row.effect.swing >= LEAST_SWING for row in rows if row.path in shown)


def test_who_gave_an_input_is_said(tmp_path):
    origins = {row.path: row.origin for row in plan_of(tmp_path, RICH).assumptions()}
    assert origins["mcp:workload.sessionsByHour"] == "given"
    assert origins["mcp:workload.tools[*].durationMilliseconds"] == "given"
    assert origins["mcp:workload.tools[*].cpuMilliseconds"] == "assumed"
    assert origins["mcp:workload.thinkSeconds"] == "assumed"
    assert origins[f"{PROFILE}#process.baselineMib"] == "assumed"


@pytest.mark.grid
def test_what_a_profile_measured_is_called_measured(tmp_path):
    """A tool's duration that only some tools give in the file comes from the profile for the others."""
    latency = {"mean": 200, "p50": 180, "p95": 600, "p99": 900}
    tool = {"era": "modern", "calls": 50, "latencyMilliseconds": latency, "responseKib": 3}
    profile = {
        "version": FORMAT_VERSION,
        "server": "orders 1.0",
        "measuredAt": "2026-11-21T10:00:00Z",
        "source": "process",
        "process": {"baselineMib": {"value": 70, "error": 2}, "idleCpuMillicores": 4},
        "eras": {"modern": {"sessionKib": {"value": 50}}, "legacy-stateful": {}},
        "tools": [{"name": "search", **tool}, {"name": "export", **tool}],
    }
    tmp_path.joinpath("profile.yaml").write_text(yaml.safe_dump(profile))
    tools = [{key: value for key, value in one.items() if key != "durationMilliseconds"} for one in TOOLS[:1]]
    values = {
        **RICH,
        "mcp:server": {**RICH["mcp:server"], "profile": "profile.yaml"},
        "mcp:workload": {**RICH["mcp:workload"], "tools": [*tools, *TOOLS[1:]]},
    }
    origins = {row.path: row.origin for row in plan_of(tmp_path, values).assumptions()}
    assert origins["mcp:workload.tools[*].durationMilliseconds"] == "measured"
    assert origins[f"{PROFILE}#process.baselineMib"] == "measured"
    assert origins["mcp:workload.sessionsByHour"] == "given"
    assert origins["mcp:workload.thinkSeconds"] == "assumed"


def test_what_hardly_counts_is_left_out(tmp_path):
    """Of few inputs, those that move nothing by 2 % are not shown; of a row, what moves by less than 1 % is a dash."""
    values = {**LEAST, "mcp:workload": {"peakSessions": 60, "responseKib": 1}}
    server = plan_of(tmp_path, values)
    assert len(server.assumptions()) <= SHOWN
    tiny = next(row for row in server.assumptions() if row.path == "mcp:workload.responseKib")
    assert 1 < tiny.effect.swing < 1.001
    every = {row[0]: row for row in table(section(server, "Inputs", all_inputs=True)).rows}
    assert every["mcp:workload.responseKib"][4:] == ("–", "–", "–")
    few = section(server, "Inputs")
    assert "mcp:workload.responseKib" not in {row[0] for row in table(few).rows}
    assert "1 more move less" in sentences(few)


def test_values_of_several_tools_are_their_mean(tmp_path):
    """75 % of 200 ms and 25 % of 2000 ms; 75 % of two queries and 25 % of one."""
    rows = {row.path: row for row in plan_of(tmp_path, RICH).assumptions()}
    assert rows["mcp:workload.tools[*].durationMilliseconds"].value == 650
    assert rows["mcp:workload.tools[*].durationMilliseconds"].unit == "ms"
    assert rows["mcp:workload.tools[*].queries"].value == 1.75
    assert rows["mcp:workload.sessionsByHour"].value is None


def test_an_output_that_does_not_move_is_a_dash(tmp_path):
    rows = {row[0]: row for row in table(section(plan_of(tmp_path, LEAST), "Inputs", all_inputs=True)).rows}
    titles = [column.title for column in table(section(plan_of(tmp_path, LEAST), "Inputs")).columns]
    assert titles == ["input", "value", "origin", "tried", "pods", "memory GiB", "CPU cores"]
    _, value, origin, tried, pods, memory, cpu = rows["mcp:workload.sessionMib"]
    assert (value, origin, tried, pods, cpu) == ("1 MiB", "assumed", "0.5–2", "–", "–")
    low, high = map(float, memory.split("–"))
    assert low < high


@pytest.mark.grid
def test_every_input_is_a_key_of_a_stack_file_or_of_a_profile(tmp_path):
    """A path that nobody can write into a file helps nobody."""
    schema = stack_file_schema()
    paths = {row.path for values in (LEAST, RICH) for row in plan_of(tmp_path, values).assumptions()}
    assert len(paths) > 15
    for path in paths:
        if path.startswith(f"{PROFILE}#"):
            assert _leaf_of_profile(path.partition("#")[2].split(".")), path
        else:
            key, *keys = path.replace("[*]", "").split(".")
            assert _leaf(schema, schema["properties"]["config"]["properties"][key], keys), path


def _leaf(schema, given, keys):
    """Whether a key is in a group of the schema, and in the group of that."""
    name = re.findall(r'"#/definitions/(\w+)"', json.dumps({k: v for k, v in given.items() if k != "default"}))[0]
    found = schema["definitions"][name]["properties"].get(keys[0])
    return found is not None and (len(keys) == 1 or _leaf(schema, found, keys[1:]))


def _leaf_of_profile(keys):
    model = Profile.model_json_schema(by_alias=True)
    place = model["properties"]
    for key in keys:
        found = place if key == "*" else place.get(key)
        if found is None:
            return False
        name = re.findall(r'"#/\$defs/(\w+)"', json.dumps(found))
        place = model["$defs"][name[0]]["properties"] if name and key != "eras" else found
    return True


@pytest.mark.grid
def test_a_path_that_is_no_key_is_noticed():
    schema = stack_file_schema()
    assert not _leaf(schema, schema["properties"]["config"]["properties"]["mcp:workload"], ["sessionsMinute"])
    assert not _leaf_of_profile(["process", "baselineMiB"])


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("workload.session_p95_minutes", "mcp:workload.sessionP95Minutes"),
        ("state_store.max_clients", "mcp:stateStore.maxClients"),
        ("workload.tools[*].query_milliseconds", "mcp:workload.tools[*].queryMilliseconds"),
        ("runtime.session_kib", "mcp:server.profile#eras.*.sessionKib"),
    ],
)
def test_the_path_of_an_input(name, path):
    assert path_of(name) == path


# As data, and in a preview


def test_the_data_has_the_plan_the_inputs_and_the_ranges(tmp_path):
    server = plan_of(tmp_path, RICH)
    data = json.loads(json.dumps(planned_data(server)))
    assert set(data) == {"stack", "plan", "release", "pod", "autoscaler", "monitoring", "uncertainty", "assumed"}
    assert data["plan"]["load"]["planned_sessions"]["value"] == server.plan.load.planned_sessions.value
    assert data["plan"]["floors"][0] == vars(server.plan.floors[0])
    first = data["uncertainty"]["inputs"][0]
    assert set(first) == {"name", "path", "value", "unit", "origin", "source", "factor", "low", "high", "swing"}
    sources = {row["path"]: row["source"] for row in data["uncertainty"]["inputs"]}
    assert any(re.search(r"\.yaml:\d+$", source) for source in sources.values())
    assert sources["mcp:workload.thinkSeconds"] == ""
    assert set(first["low"]) == set(OUTPUTS)
    assert [one["name"] for one in data["uncertainty"]["ranges"]] == list(OUTPUTS)
    assert data["assumed"] == [row.path for row in server.assumptions() if row.origin == "assumed"]
    assert "mcp:workload.thinkSeconds" in data["assumed"]
    assert "mcp:workload.sessionsByHour" not in data["assumed"]


def test_every_key_of_the_data_is_in_snake_case(tmp_path):
    """But keys that are names: of candidates, of inputs of a figure, and settings that a remedy changes."""

    def keys(value, parent=""):
        if isinstance(value, dict):
            for key, item in value.items():
                if parent not in ("inputs", "change") and not parent.endswith("_candidates"):
                    yield key
                yield from keys(item, key)
        elif isinstance(value, list):
            for item in value:
                yield from keys(item, "" if parent == "inputs" and isinstance(item, dict) else parent)

    found = set(keys(planned_data(plan_of(tmp_path, RICH))))
    assert len(found) > 60
    assert {key for key in found if not re.fullmatch(r"[a-z0-9_]+", key)} == set()


@pytest.mark.grid
def test_the_figures_of_a_preview_are_figures_of_the_plan(tmp_path):
    names = [figure.name for figure in plan_of(tmp_path, RICH).plan.figures()]
    pooled = {**RICH, "mcp:database": {"host": "db.example.com", "pooler": "pgbouncer"}}
    pooled_names = [figure.name for figure in plan_of(tmp_path, pooled).plan.figures()]
    assert set(MAIN) <= {*names, *pooled_names}
    shown = table(
        next(one for one in preview_document(plan_of(tmp_path, LEAST)).sections if one.title == "Main figures")
    )
    assert [row[0] for row in shown.rows] == [
        "peak sessions",
        "planned sessions",
        "memory limit",
        "CPU limit",
        "sessions per pod",
    ]


def test_the_uncertainty_is_that_of_the_stack(tmp_path):
    """What is given in the file counts as given: its range is a tenth, not twice."""
    assumed, given = plan_of(tmp_path, LEAST), {**LEAST, "mcp:workload": {"dailyUsers": 500, "sessionMinutes": 20}}
    wide = next(one for one in assumed.uncertainty.ranges if one.name == "pods")
    narrow = next(one for one in plan_of(tmp_path, given).uncertainty.ranges if one.name == "pods")
    assert narrow.high < wide.high
    assert narrow.low > wide.low
    assert isinstance(assumed.uncertainty, planning.Uncertainty)


def test_what_stands_beside_the_server_is_said_with_its_end(tmp_path):
    """Worked by hand: the server of 500m and 512Mi with 100m and 64Mi beside it; two sidecars end in reverse."""
    sidecar = {"image": "registry.example/proxy:2.0.0", "requests": {"cpu": "50m", "memory": "32Mi"}}
    server = {
        **LEAST["mcp:server"],
        "resources": {"requests": {"cpu": "500m", "memory": "512Mi"}},
        "sidecars": [{"name": "proxy", **sidecar}, {"name": "logs", **sidecar}],
        "writablePaths": ["/tmp", {"path": "/dev/shm", "size": "64Mi"}],
    }
    found = plan_of(tmp_path, {**LEAST, "mcp:server": server})
    whole = section(found, "The whole pod")
    assert table(whole).rows == (
        ("proxy", "all the time", "50m", "32Mi"),
        ("logs", "all the time", "50m", "32Mi"),
        ("server", "all the time", "500m", "512Mi"),
    )
    (items,) = [block for block in whole.blocks if isinstance(block, Items)]
    counts, ends, memory = items.texts
    assert counts.startswith("One pod requests 600m and 576Mi: ")
    first, planned_limit = found.region.first, found.plan.memory.memory_limit_mib.value
    left = first.grace_period_seconds - first.pre_stop_seconds - first.graceful_timeout_seconds
    assert "then SIGTERM for logs, then proxy." in ends
    assert ends.endswith(f"at least {left} s.")
    assert memory.endswith(f"{planned_limit:g} MiB for the server, {planned_limit + 64:g}Mi together.")
    data = planned_data(found)["pod"]
    assert (data["cpu_millicores"], data["memory_bytes"], data["in_memory_bytes"]) == (600, 576 * 2**20, 64 * 2**20)
    assert not [one for one in plan_document(plan_of(tmp_path, LEAST)).sections if one.title == "The whole pod"]
