"""``mcp-stack advise``: what stands out in recorded days, the change of the stack file, and what it is worth."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.advise.test_prometheus import answer
from tests.advise.weeks import MONDAY, PER_DAY
from tests.cli.conftest import Project

LOAD = {
    "peakSessions": 240,
    "sessionsPerPod": 40,
    "tools": [{"name": "search", "sharePercent": 100, "durationMilliseconds": 200}],
}
SCALING = {"minReplicas": 8, "maxReplicas": 24, "prometheusAddress": "http://prometheus.monitoring:9090"}
SERVER = {
    "image": "registry.example/mcp:1.0.0",
    "name": "orders",
    "healthPath": "/ready",
    "livenessPath": "/live",
    "eras": ["legacy-stateful"],
}


@pytest.fixture
def staged(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project with a stack of eight pods at least."""
    project.stack("dev", server=SERVER, workload=LOAD, scaling=SCALING)
    monkeypatch.chdir(project.root)
    return project


def recorded(**figures: float) -> None:
    """A week in which figures stand still, as Prometheus answers."""
    data = {name: answer(*[value] * (7 * PER_DAY), start=MONDAY) for name, value in figures.items()}
    Path("week.json").write_text(json.dumps(data))


@pytest.mark.grid
def test_the_change_is_a_difference_that_can_be_applied(staged: Project) -> None:
    """60 sessions of 30 a pod need two, and with three tenths of room three: eight are kept."""
    recorded(pods=8, sessions=60)
    shown = staged.run("advise", "week.json", "--diff")
    assert shown.exit_code == 0, shown.output
    subprocess.run(["git", "apply", "-"], input=shown.stdout, text=True, check=True, cwd=staged.root)
    changed = yaml.safe_load((staged.stacks / "Pulumi.dev.yaml").read_text())
    assert changed["config"]["mcp:scaling"] == {**SCALING, "minReplicas": 3}


@pytest.mark.grid
def test_plan_and_rehearsal_say_what_the_change_is_worth(staged: Project) -> None:
    recorded(pods=8, sessions=60, memory=1e8)
    data: dict[str, Any] = json.loads(staged.run("advise", "week.json", "--json").stdout)
    (one,) = data["advice"]
    assert one["pattern"] == "flat-and-low"
    assert one["changes"] == [{"key": "mcp:scaling.minReplicas", "value": 3}]
    assert one["plan"] == "8 to 24 pods become 3 to 24"
    assert one["rehearsal"].startswith("a 2 × spike")
    assert data["days"] == 7
    shown = staged.run("advise", "week.json").stdout
    assert "8 pods are there all the time, and the busiest hour needs 2.0." in shown
    assert "Keep 3 instead of 8." in shown
    assert "'latency' is not there: what is seen by it is not looked for." in shown


def test_a_week_that_fits_is_left_alone(staged: Project) -> None:
    recorded(pods=8, sessions=200)
    shown = staged.run("advise", "week.json")
    assert shown.exit_code == 0
    assert "dev/orders: nothing to change" in shown.stdout
    assert staged.run("advise", "week.json", "--diff").stdout == ""


def test_what_is_asked_can_be_printed(staged: Project) -> None:
    found = json.loads(staged.run("advise", "http://127.0.0.1:9", "--queries").stdout)
    assert 'namespace="mcp-prod-here"' in found["pods"]


def test_of_several_servers_one_is_named(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    servers = {name: {"edge": {"host": f"{name}.example.com"}} for name in ("orders", "billing")}
    project.stack("dev", server=SERVER, workload=LOAD, scaling=SCALING, servers=servers)
    monkeypatch.chdir(project.root)
    recorded(pods=8)
    result = project.run("advise", "week.json")
    assert result.exit_code == 1
    assert "name one of billing, orders with --server" in result.output


@pytest.mark.grid
def test_the_change_of_one_of_several_is_named_at_its_place(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    servers = {name: {"edge": {"host": f"{name}.example.com"}} for name in ("orders", "billing")}
    shared = {key: value for key, value in SERVER.items() if key != "name"}
    project.stack("dev", server=shared, workload=LOAD, scaling=SCALING, servers=servers)
    monkeypatch.chdir(project.root)
    recorded(pods=8, sessions=60)
    asked = ("advise", "week.json", "--server", "billing")
    (one,) = json.loads(project.run(*asked, "--json").stdout)["advice"]
    assert one["changes"] == [{"key": "mcp:servers.billing.scaling.minReplicas", "value": 3}]
    assert "mcp:servers.billing.scaling.minReplicas: 3" in project.run(*asked).stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("none.json",), "none.json: there is no such file"),
        (("prometheus:9090",), "neither a file nor the address of a Prometheus"),
        (("week.json", "--days", "0"), "--days 0: give a number from 1 to 62"),
        (("week.json", "--time-zone", "Mars/Phobos"), "--time-zone Mars/Phobos: there is no such zone"),
        (("http://127.0.0.1:9",), "cannot be reached"),
    ],
)
def test_wrong_words_are_refused(staged: Project, words: tuple[str, ...], said: str) -> None:
    recorded(pods=8)
    result = staged.run("advise", *words)
    assert result.exit_code == 1
    assert said in result.output
