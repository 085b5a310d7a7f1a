"""``mcp-stack plan``, from a stack file to what a person pastes and a program reads."""

import json
import re
import shutil
import subprocess

import pytest

from .conftest import GOOD

BROKEN = {"image": "registry.example/mcp:latest", "name": "orders"}
TOOLS = [{"name": "search", "sharePercent": 100, "durationMilliseconds": 200}]

SUMMARY = """\
Capacity plan of dev
  Pods         3 at least (one pod in each of three zones), 2 for the planned 82
               sessions (load), 6 at most (load)
  One pod      CPU 1000m to 2500m, memory 192 to 256 MiB, 50 sessions
"""


@pytest.fixture(params=["40", None, *(pytest.param(width, marks=pytest.mark.grid) for width in ("80", "120"))])
def columns(request, monkeypatch):
    """The width of the terminal; in a pipe there is none, and a report is at most 160 columns wide."""
    if request.param is not None:
        monkeypatch.setenv("COLUMNS", request.param)
    return int(request.param or 160)


@pytest.mark.grid
def test_the_plan_begins_with_its_summary(project, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    project.stack(database={"host": "db.example.com", "maxConnections": 420})
    result = project.run("plan", "--stack", "dev")
    assert result.exit_code == 0
    assert result.output.startswith(SUMMARY)
    assert "\n  Connections  30 at the maximum, 210 allowed: closes\n" in result.output


@pytest.mark.grid
def test_the_plan_shows_the_golden_figures_with_their_working(project):
    project.stack()
    result = project.run("plan", "--stack", "dev")
    assert re.search(r"^  peak sessions +63 sessions +500 × 3 × 20 / 1440 × 3 = 62\.5 → 63$", result.output, re.M)
    assert re.search(r"^  planned sessions +82 sessions ", result.output, re.M)
    assert re.search(r"^  Sessions per pod  the target of 50; next is ", result.output, re.M)
    assert "sizing guide" not in result.output
    assert "sizing guide" in project.run("plan", "--stack", "dev", "--sources").output


@pytest.mark.grid
def test_the_parts_of_the_plan_in_order(project):
    project.stack(workload={"sessionsByHour": [1] * 12 + [400] * 12}, database={"host": "db.example.com"})
    output = project.run("plan", "--stack", "dev").output
    headings = [line for line in output.splitlines() if line and not line.startswith(" ")]
    assert headings == [
        "Capacity plan of dev",
        "Load",
        "One pod",
        "Waiting",
        "Pods",
        "Database",
        "What binds",
        "Pods by hour",
        "The connection budget does not close. What would close it, best first:",
        "Autoscaler",
        "Release",
        "The end of a pod",
        "Inputs: what to measure first",
        "1 error: see 'mcp-stack check'.",
    ]


@pytest.mark.grid
@pytest.mark.parametrize("options", [[], ["--sources"], ["--all-inputs"], ["--compare", "other"]])
def test_nothing_is_wider_than_the_terminal_and_no_word_is_cut(project, columns, options):
    project.stack(database={"host": "db.example.com"}, workload={"dailyUsers": 20000, "tools": TOOLS})
    project.stack("other")
    output = project.run("plan", "--stack", "dev", *options).output
    assert max(map(len, output.splitlines())) <= columns
    assert "…" not in output
    assert "connections during a rollout at the maximum" in re.sub(r"\s+", " ", output)
    assert not any(line.endswith(" ") for line in output.splitlines())


@pytest.mark.grid
def test_inputs_that_move_less_are_shown_when_asked_for(project):
    project.stack()
    few, every = (project.run("plan", "--stack", "dev", *words).output for words in ([], ["--all-inputs"]))
    assert "'--all-inputs' shows them." in few
    assert "mcp:workload.responseKib" not in few
    assert "mcp:workload.responseKib" in every


def test_the_plan_as_json_holds_every_figure_and_how_sure_it_is(project):
    project.stack()
    data = json.loads(project.run("plan", "--stack", "dev", "--json").stdout)
    assert set(data) == {"stack", "plan", "pod", "autoscaler", "monitoring", "release", "uncertainty", "assumed"}
    assert data["stack"] == "dev"
    assert data["plan"]["load"]["planned_sessions"]["value"] == 82
    assert data["plan"]["load"]["planned_sessions"]["working"]
    assert "mcp:workload.sessionMinutes" in data["assumed"]
    assert "mcp:workload.dailyUsers" not in data["assumed"]
    project.stack("older", workload={"dailyUsers": 1000})
    both = json.loads(project.run("plan", "--stack", "dev", "--compare", "older", "--json").stdout)
    assert (both["first"]["stack"], both["other"]["stack"]) == ("older", "dev")
    assert both["other"]["plan"] == data["plan"]


@pytest.mark.grid
def test_the_plan_as_markdown(project):
    project.stack()
    text = project.run("plan", "--stack", "dev", "--markdown").output
    assert text.startswith("## Capacity plan of dev\n\n- **Pods:** 3 at least ")
    assert "| `mcp:workload.sessionMinutes` | 20 min | assumed | 10–40 |" in text
    assert "| peak sessions | 63 sessions | 500 × 3 × 20 / 1440 × 3 = 62.5 → 63 |" in text
    assert text == project.run("plan", "--stack", "dev", "--markdown").output


def test_json_and_markdown_are_one_or_the_other(project):
    project.stack()
    result = project.run("plan", "--stack", "dev", "--markdown", "--json")
    assert result.exit_code == 2
    assert "give one of them" in result.output


@pytest.mark.grid
def test_a_plan_is_shown_even_for_a_stack_that_is_refused(project):
    project.stack(server=BROKEN)
    for words in ([], ["--markdown"], ["--json"], ["--compare", "dev"]):
        result = project.run("plan", "--stack", "dev", *words)
        assert result.exit_code == 0
        assert "peak sessions" in result.output
        assert ("1 error" in result.output) is (words != ["--json"])


@pytest.mark.grid
def test_an_imported_environment_is_pointed_out(project):
    path = project.stack()
    path.write_text(f"environment: [shared]\n{path.read_text()}")
    project.stack("other")
    for words in ([], ["--markdown"], ["--compare", "other"]):
        assert "This stack imports Pulumi ESC environments." in project.run("plan", "--stack", "dev", *words).output


# Beside another


@pytest.mark.grid
def test_two_stacks_side_by_side(project):
    project.stack("here")
    project.stack("there", workload={"dailyUsers": 1000})
    output = project.run("plan", "--stack", "there", "--compare", "here").output
    assert output.startswith("Capacity plans of here and there\n")
    assert re.search(r"^  mcp:workload\.dailyUsers +500 +1000$", output, re.M)
    assert re.search(r"^  peak sessions +63 sessions +125 sessions +\+62 +\+98\.4$", output, re.M)
    assert output.index("Figures that differ: Load") < output.index("Figures that are the same")


@pytest.mark.grid
def test_a_stack_beside_a_file_outside_of_the_project(project, tmp_path):
    project.stack("here")
    there = shutil.move(project.stack("there", workload={"dailyUsers": 1000}), tmp_path / "Pulumi.elsewhere.yaml")
    data = json.loads(project.run("plan", "--stack", "here", "--compare", str(there), "--json").stdout)
    assert (data["first"]["stack"], data["first"]["file"]) == ("elsewhere", str(there))
    assert data["first"]["plan"]["load"]["peak_sessions"]["value"] == 125
    unusual = shutil.copy(there, tmp_path / "proposal")
    text = project.run("plan", "--stack", "here", "--compare", str(unusual), "--markdown").output
    assert text.startswith("## Capacity plans of proposal and here\n")
    assert "| peak sessions | 125 sessions | 63 sessions | −62 | −49.6 |" in text


@pytest.mark.grid
def test_a_revision_is_the_older_side(project):
    project.stack("dev")
    for words in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=a", "-c", "user.email=a@b.example", "commit", "-qm", "a"],
    ):
        subprocess.run(["git", "-C", str(project.root), *words], check=True)
    project.stack("dev", workload={"dailyUsers": 1000})
    for old in ("HEAD:dev", "HEAD:stacks/Pulumi.dev.yaml"):
        output = project.run("plan", "--stack", "dev", "--compare", old).output
        assert output.startswith(f"Capacity plans of {old} and dev\n")
        assert re.search(r"^  mcp:workload\.dailyUsers +500 +1000$", output, re.M)
        assert re.search(r"^  peak sessions +63 sessions +125 sessions +\+62 +\+98\.4$", output, re.M)
    missing = project.run("plan", "--stack", "dev", "--compare", "v9:dev")
    assert (missing.exit_code, missing.stdout) == (1, "")
    assert "There is no revision 'v9'." in missing.stderr


@pytest.mark.grid
def test_a_name_wins_over_a_file_of_that_name(project, monkeypatch):
    project.stack("here")
    project.stack("there", workload={"dailyUsers": 1000})
    monkeypatch.chdir(project.root)
    project.root.joinpath("there").write_text("config: [")
    assert project.run("plan", "--stack", "here", "--compare", "there").exit_code == 0


@pytest.mark.grid
@pytest.mark.parametrize(
    ("other", "words"),
    [
        ("three", ["stacks/Pulumi.three.yaml cannot be used", "Stacks of this project: dev, wrong."]),
        ("nowhere.yaml", ["nowhere.yaml cannot be used", "The file does not exist."]),
        ("wrong", ["stacks/Pulumi.wrong.yaml", "mcp:workload.dailyUsers"]),
    ],
)
def test_what_is_wrong_with_the_other_is_reported_as_for_the_first(project, other, words):
    project.stack()
    project.stack("wrong", workload={"dailyUsers": -1})
    result = project.run("plan", "--stack", "dev", "--compare", other)
    assert (result.exit_code, result.stdout) == (1, "")
    for word in words:
        assert word in result.stderr
    data = json.loads(project.run("plan", "--stack", "dev", "--compare", other, "--json").stdout)
    assert words[0] in data["error"]["message"]
    assert len(data["error"]["findings"]) == 1


@pytest.mark.grid
def test_the_errors_of_each_are_counted_under_its_name(project):
    project.stack()
    project.stack("other", server={**BROKEN, "healthPath": "/ready", "livenessPath": "/live"})
    output = project.run("plan", "--stack", "dev", "--compare", "other").output
    assert output.endswith("\nother: 1 error, see 'mcp-stack check'.\n")
    assert GOOD["mcp:server"]["image"] != BROKEN["image"]
