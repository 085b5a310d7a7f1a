"""The profile that a stack names: where it is read, and every mistake of it in words that repeat none of its text."""

from __future__ import annotations

import copy
import os
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

from pulumi_kubernetes_mcp import program
from pulumi_kubernetes_mcp.cli.stacks import inspect_stack
from pulumi_kubernetes_mcp.measuring.result import text as measured_text
from pulumi_kubernetes_mcp.offline.project import run_stack
from pulumi_kubernetes_mcp.region_plan import load, plan_region
from pulumi_kubernetes_mcp.settings import (
    SettingsError,
    arguments_from_settings,
    load_settings,
    read_stack_file,
    settings_from_arguments,
    stack_file_schema,
)
from pulumi_kubernetes_mcp.settings.profile import Profile
from pulumi_kubernetes_mcp.settings.servers import load_stack
from pulumi_kubernetes_mcp.testing import record

from .samples import PROJECT, WHERE, stack

IMAGE = "registry.example.com/mcp:1.2.3"
NAME = "profiles/orders.yaml"
AGAIN = f"Measure again: mcp-stack measure URL --output {NAME}"
GOOD: dict[str, Any] = {
    "version": 1,
    "server": "orders 1.4.2",
    "runtime": "python-v2",
    "measuredAt": "2026-11-21T10:00:00Z",
    "source": "process",
    "process": {"baselineMib": {"value": 71.0, "error": 1.0}, "baselineDescriptors": 12, "idleCpuMillicores": 4},
    "eras": {"modern": {"sessionKib": {"value": 58.0, "error": 2.0}, "callCpuMilliseconds": {"value": 0.7}}},
    "tools": [
        {
            "name": "search",
            "era": "modern",
            "calls": 400,
            "latencyMilliseconds": {"mean": 120, "p50": 95, "p95": 310, "p99": 540},
            "responseKib": 11.5,
        }
    ],
}
SECRET = "hunter2-Zq8"


def values(path: Any = NAME, **server: Any) -> dict[str, Any]:
    return stack(server={"image": IMAGE, "runtime": "python-v2", "profile": path, **server})


def write(directory: Path, content: Any, name: str = NAME) -> Path:
    path = directory / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(content if isinstance(content, str) else yaml.safe_dump(content), encoding="utf-8")
    return path


def changed(*path: Any, to: Any = None) -> dict[str, Any]:
    """The good profile with one place changed, or taken out."""
    content = copy.deepcopy(GOOD)
    place: Any = content
    for step in path[:-1]:
        place = place[step]
    if to is None:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    return content


def problems(directory: Path, path: Any = NAME) -> list[tuple[str, str, str]]:
    with pytest.raises(SettingsError) as caught:
        load_settings(values(path), where=WHERE, directory=directory)
    return [(problem.path, problem.problem, problem.remedy) for problem in caught.value.problems]


def test_a_profile_is_read_from_the_directory_of_the_project(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    profile = load_settings(values(), where=WHERE, directory=tmp_path).server.profile
    assert profile is not None
    assert profile.path == NAME
    assert profile.content.process is not None
    assert profile.content.process.baseline_mib.value == 71
    assert profile.content.eras["modern"].session_kib is not None
    assert profile.content.tools[0].latency_milliseconds.p95 == 310


def test_what_measuring_writes_is_read_back(tmp_path: Path) -> None:
    made = Profile.model_validate({**GOOD, "notes": ["Read from metrics: peaks were not seen.", "no: 1e3"]})
    write(tmp_path, measured_text(made))
    profile = load_settings(values(), where=WHERE, directory=tmp_path).server.profile
    assert profile is not None
    assert profile.content == made


def test_no_profile_is_none_and_null_is_none(tmp_path: Path) -> None:
    assert load_settings(values(None), where=WHERE, directory=tmp_path).server.profile is None


PATHS = [
    (
        "/etc/passwd",
        "It is '/etc/passwd', which is an absolute path.",
        "Give it relative to the directory of Pulumi.yaml, such as 'profiles/orders.yaml'.",
    ),
    (
        "C:\\profiles\\orders.yaml",
        "It is " + ascii("C:\\profiles\\orders.yaml").replace("\\\\", "\\") + ", which is an absolute path.",
        "Give it relative to the directory of Pulumi.yaml, such as 'profiles/orders.yaml'.",
    ),
    *(
        (
            path,
            f"It is '{path}', which leads out of the project.",
            "Keep the file below the directory of Pulumi.yaml, so that every copy of the project reads the same.",
        )
        for path in ("../orders.yaml", "profiles/../../orders.yaml", "profiles/../orders.yaml", "..", "..\\orders.yaml")
    ),
    (5, "It is the number 5, but takes text.", "Put it in quotes."),
    (["a"], "It is a list, but takes text.", None),
    ({"path": "a"}, "It is a map, but takes text.", None),
    ("", "It is empty.", None),
]


@pytest.mark.parametrize(("path", "problem", "remedy"), PATHS)
def test_a_path_stays_below_the_project(tmp_path: Path, path: Any, problem: str, remedy: str | None) -> None:
    write(tmp_path.parent, GOOD, "orders.yaml")
    ((place, told, how),) = problems(tmp_path, path)
    assert (place, told) == ("mcp:server.profile", problem)
    assert how == (remedy or how)
    assert how.strip()


FILES: list[tuple[str, Any, str, str, str]] = [
    ("not YAML", "eras: [", ": line 1, column 8", "This is not YAML: ", AGAIN),
    ("not text", b"\xff\xfe", ": line 1", "The file is not UTF-8.", "Save it as UTF-8."),
    ("tag", "version: !!python/object:os.system 1", ": line 1, column 10", "A tag ('!') is not allowed here.", AGAIN),
    ("key twice", "version: 1\nversion: 1", ": line 2, column 1", "The key 'version' is given twice.", AGAIN),
    ("too large", "# " + "x" * 2**18, "", "The file is larger than 256 KiB.", "A profile is a few KiB; name another "),
    ("empty", "", "", "It is not a profile: it has no version.", "Name a file that measuring wrote."),
    ("list", "- version", "", "It is not a profile: it has no version.", "Name a file that measuring wrote."),
    (
        "stack file",
        "config: {a: 1}",
        "",
        "It is not a profile: it has no version.",
        "Name a file that measuring wrote.",
    ),
    ("next format", changed("version", to=2), ": version", "Its format is not version 1.", AGAIN),
    ("no number as format", changed("version", to=True), ": version", "Its format is not version 1.", AGAIN),
    ("text as format", changed("version", to="1"), ": version", "Its format is not version 1.", AGAIN),
    ("nothing but a format", {"version": 1}, ": server", "It is missing.", AGAIN),
    ("no eras", changed("eras"), ": eras", "It is missing.", AGAIN),
    ("unknown key", changed("costs", to=1), ": costs", "A profile has no such key.", AGAIN),
    (
        "unknown key inside",
        changed("eras", "modern", "perSession", to=1),
        ": eras.modern.perSession",
        "A profile has no such key.",
        AGAIN,
    ),
    (
        "a plain number",
        changed("eras", "modern", "sessionKib", to=5),
        ": eras.modern.sessionKib",
        "It is the number 5, but takes a map of keys.",
        AGAIN,
    ),
    (
        "below zero",
        changed("eras", "modern", "sessionKib", "value", to=-1),
        ": eras.modern.sessionKib.value",
        "It is -1, but must be at least 0.",
        AGAIN,
    ),
    (
        "beyond reason",
        changed("tools", 0, "latencyMilliseconds", "mean", to=1e10),
        ": tools[0].latencyMilliseconds.mean",
        "It is 10000000000, but must be at most 1,000,000,000.",
        AGAIN,
    ),
    (
        "unknown era",
        changed("eras", "classic", to={}),
        ": eras.classic",
        "It is text, but takes one of modern, legacy-stateless, legacy-stateful, sse.",
        AGAIN,
    ),
    ("unknown runtime", changed("runtime", to="java"), ": runtime", "It is text, but takes one of python-v1, ", AGAIN),
    ("no tools but text", changed("tools", to="search"), ": tools", "It is text, but takes a list.", AGAIN),
    ("snake case", changed("measured_at", to="x"), ": measured_at", "A profile has no such key.", AGAIN),
]


@pytest.mark.parametrize(
    ("content", "place", "problem", "remedy"), [case[1:] for case in FILES], ids=[c[0] for c in FILES]
)
def test_every_mistake_of_the_file_is_told_at_its_place(
    tmp_path: Path, content: Any, place: str, problem: str, remedy: str
) -> None:
    write(tmp_path, content)
    told = problems(tmp_path)
    path, words, how = told[0]
    assert path == f"mcp:server.profile ({NAME}{place})"
    assert words.startswith(problem)
    assert how.startswith(remedy)


def test_all_mistakes_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    content = changed("eras")
    content["tools"][0]["calls"] = 0
    content["process"]["baselineMib"] = "71 MiB"
    write(tmp_path, content)
    assert [path.removeprefix(f"mcp:server.profile ({NAME}: ") for path, *_ in problems(tmp_path)] == [
        "process.baselineMib)",
        "eras)",
        "tools[0].calls)",
    ]


def test_a_file_that_is_not_there_or_no_file(tmp_path: Path) -> None:
    ((path, problem, remedy),) = problems(tmp_path)
    assert (path, problem) == (f"mcp:server.profile ({NAME})", "The file does not exist.")
    assert remedy == "Check the spelling of its name."
    (tmp_path / NAME).mkdir(parents=True)
    assert problems(tmp_path)[0][1:] == ("It is a directory.", "Name the file inside it.")
    (tmp_path / NAME).rmdir()
    os.mkfifo(tmp_path / NAME)
    assert problems(tmp_path)[0][1:] == ("It is not a regular file.", "Name a file.")
    assert problems(tmp_path, "a\0b")[0][1] == "It holds a character that cannot be stored (NUL, or half of a pair)."
    assert problems(tmp_path, "x" * 5000)[0][1] == "The file cannot be read: File name too long."


@pytest.mark.parametrize(
    "content",
    [
        f"password: {SECRET}",
        f"{SECRET}: 1",
        f"{SECRET}",
        f"version: 1\n{SECRET}: 1",
        f"version: {SECRET}",
        f"version: 1\nserver: [{SECRET}]\neras: {SECRET}\nruntime: {SECRET}\ntools: [{SECRET}, {{name: {SECRET}}}]",
        f"version: 1\neras: {{{SECRET}: {{sessionKib: {SECRET}}}}}",
        f"- &a {SECRET}\n- *{SECRET}",
        f"{SECRET}: [",
        f"'{SECRET}\n",
    ],
)
def test_nothing_of_the_file_is_repeated(tmp_path: Path, content: str) -> None:
    write(tmp_path, content)
    assert "hunter2" not in str(problems(tmp_path))


def test_a_long_path_is_cut_and_no_control_character_is_shown(tmp_path: Path) -> None:
    for path in ("x" * 200, "a\x1b[31mb"):
        text = str(problems(tmp_path, path))
        assert "x" * 61 not in text
        assert "\x1b" not in text


@pytest.mark.parametrize("most", [0, 1e9])
def test_a_profile_of_extremes_has_a_plan(tmp_path: Path, most: float) -> None:
    def extreme(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: item if key == "version" else extreme(item) for key, item in node.items()}
        if isinstance(node, list):
            return [extreme(item) for item in node]
        return node if isinstance(node, str) else most

    content = extreme(GOOD)
    content["eras"]["modern"]["sessionDescriptors"] = most
    content["tools"][0] |= {"calls": 1, "cpuMilliseconds": {"value": most, "error": most}, "inFlightKib": most}
    write(tmp_path, content)
    workload = {"dailyUsers": 500, "tools": [{"name": "search", "sharePercent": 100}]}
    given = {**values(), "mcp:workload": workload}
    inspection = plan_region(load_settings(given, where=WHERE, directory=tmp_path))
    assert all(-1e30 < figure.value < 1e30 for figure in inspection.plan.figures())


@pytest.mark.grid
def test_what_follows_from_the_plan_is_not_told_beside_a_broken_profile(tmp_path: Path) -> None:
    broken = {
        **values(),
        "mcp:workload": {"dailyUsers": 500, "tools": [{"name": "search", "sharePercent": 100}]},
        "mcp:database": {"host": "db", "maxConnections": 4},
        "mcp:scaling": {"minReplicas": 9, "maxReplicas": 3},
    }
    with pytest.raises(SettingsError) as caught:
        load(broken, where=WHERE, directory=tmp_path)
    assert [problem.path for problem in caught.value.problems] == [
        f"mcp:server.profile ({NAME})",
        "mcp:scaling.maxReplicas",
    ]


# Which file it is


def test_the_round_trip_through_the_arguments_keeps_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, GOOD)
    monkeypatch.chdir(tmp_path)
    settings = load_settings(values(), where=WHERE)
    args = arguments_from_settings(settings)
    assert args["server"]["profile"] == NAME
    assert settings_from_arguments(args, where=WHERE).first == settings


def test_the_names_of_eras_stay_as_they_are() -> None:
    eras = ["modern", "legacy-stateless", "legacy-stateful"]
    shares = {"modern": 50.0, "legacy-stateless": 30.0, "legacy-stateful": 20.0}
    given = stack(server={"image": IMAGE, "eras": eras}, workload={"dailyUsers": 5, "eraPercent": shares})
    settings = load_settings(given, where=WHERE)
    args = arguments_from_settings(settings)
    assert args["workload"]["era_percent"] == shares
    assert settings_from_arguments(args, where=WHERE).first == settings


def outputs(directory: Path) -> dict[str, Any]:
    stack_file = read_stack_file(directory, stack="dev")
    return dict(run_stack(stack_file, directory).outputs)


@pytest.mark.grid
@pytest.mark.parametrize("own", [False, True])
def test_check_and_program_read_the_same_file_from_wherever_they_are_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own: bool
) -> None:
    """The session of this profile takes half a GiB, so a pod holds it only if the file was read."""
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    elsewhere.mkdir()
    for directory, kib in ((home, 2**19), (elsewhere, 1)):
        write(directory, changed("eras", "modern", "sessionKib", "value", to=kib))
    write(home, PROJECT, "Pulumi.yaml")
    config = {**values(healthPath="/healthz"), "mcp:workload": {"peakSessions": 100, "sessionsPerPod": 4}}
    write(home, {"config": config}, "stacks/Pulumi.dev.yaml")
    if own:
        write(home, "from pulumi_kubernetes_mcp import program\nprogram.run()\n", "__main__.py")
    monkeypatch.chdir(elsewhere)
    inspection = inspect_stack(read_stack_file(home, stack="dev"))
    assert inspection.plan.memory.memory_limit_mib.value > 4 * 512
    assert outputs(home)["minReplicas"] == inspection.plan.replicas.min_replicas.value
    assert Path.cwd() == elsewhere
    relative = Path(os.path.relpath(home))
    assert inspect_stack(read_stack_file(relative, stack="dev")).plan == inspection.plan
    assert outputs(relative) == outputs(home)


def test_each_of_several_servers_reads_below_the_directory_of_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    elsewhere.mkdir()
    write(home, GOOD)
    monkeypatch.chdir(elsewhere)
    given = values(healthPath="/healthz")
    several = load_stack({**given, "mcp:servers": {"orders": {}}}, where="stack", directory=home)
    (alone,) = load_stack(given, where="stack", directory=home).servers.values()
    assert several.servers["orders"].server.profile == alone.server.profile
    assert alone.server.profile is not None


@pytest.mark.grid
def test_a_program_reads_below_the_directory_that_the_engine_names(tmp_path: Path) -> None:
    """With 'main:' in Pulumi.yaml the working directory of a program is not that of Pulumi.yaml."""
    write(tmp_path, GOOD)
    (tmp_path / "code").mkdir()
    seen = []

    def build() -> None:
        os.chdir(tmp_path / "code")  # The engine comes back by itself.
        seen.append(pulumi.get_root_directory())
        program.run()

    run = record(build, config=values(healthPath="/healthz"), project="mcp", directory=tmp_path)
    assert seen == [str(tmp_path)]
    assert run.outputs["plannedSessions"]


@pytest.mark.grid
def test_editors_see_a_text_and_its_form() -> None:
    (profile,) = stack_file_schema()["definitions"]["ServerSettings"]["properties"]["profile"]["anyOf"][:1]
    assert profile["type"] == "string"
    assert profile["minLength"] == 1
