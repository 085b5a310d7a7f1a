"""``mcp-stack loadtest``: what is refused before anything is played, and a result read back beside its stack."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.conftest import Project
from tests.load_test.test_results import summary, write

TOOLS = [{"name": "search", "sharePercent": 100, "durationMilliseconds": 200, "p95Milliseconds": 500}]
LOAD = {"peakSessions": 100, "sessionsPerPod": 20, "tools": TOOLS}
STAGING = {"name": "here", "environment": "staging"}
TARGET = ("--target", "http://127.0.0.1:9/mcp")


@pytest.fixture
def staged(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project with a stack that is not in production; no k6 in PATH, and the working directory its own."""
    project.stack("dev", region=STAGING, workload=LOAD)
    monkeypatch.setenv("PATH", str(project.root))
    monkeypatch.chdir(project.root)
    return project


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("play", "peak"), "There is no 'play'. Give one of: run, script, report."),
        (("run",), "'run' plays one scenario at a time: give its name."),
        (("run", "peak", "soak"), "'run' plays one scenario at a time"),
        (("run", "spick"), "There is no scenario 'spick'. Did you mean 'spike'?"),
        (
            ("run", "peak", "--target", "mcp.example.com/mcp"),
            "--target 'mcp.example.com/mcp' is not the address of a server: it has no scheme",
        ),
        (("run", "peak", "--scale", "0"), "--scale 0: give a number above 0"),
        (("run", "peak", "--sessions", "0"), "--sessions 0: give a whole number from 1"),
        (("run", "peak", "--pods", "-1"), "--pods -1: give a whole number from 1"),
        (("run", "peak", "--arguments", "none.yaml"), "none.yaml"),
        (("run", "peak", "--output", "no/such/file"), "--output no/such/file cannot be written"),
        (("run", "peak", "--production", "live"), "--production names 'live', and the stack is 'dev'"),
        (("script", "peak", "--output", "."), "--output . cannot be written"),
        (("report",), "'report' reads what a run wrote"),
        (("report", "none.json"), "none.json: there is no such file"),
    ],
)
def test_wrong_words_are_refused(staged: Project, words: tuple[str, ...], said: str) -> None:
    result = staged.run("loadtest", *words)
    assert result.exit_code == 1
    assert said in result.output


@pytest.mark.grid
def test_a_workload_without_tools_has_nothing_to_call(staged: Project) -> None:
    staged.stack("dev", region=STAGING)
    result = staged.run("loadtest", "run", "peak", *TARGET)
    assert result.exit_code == 1
    assert "mcp:workload has no tools, so that there is nothing to call" in result.output


@pytest.mark.grid
@pytest.mark.parametrize("target", ["https://mcp.example.org/mcp", "https://MCP.example.org.:443/other"])
def test_the_address_of_another_stack_in_production_is_named(staged: Project, target: str) -> None:
    staged.stack("live", edge={"host": "first.example.org", "hosts": ["mcp.example.org"]})
    (staged.stacks / "Pulumi.broken.yaml").write_text("config: {mcp:region: {name: 1}}\n")
    asked = ("loadtest", "script", "peak", "--target", target, "--stack", "dev")
    result = staged.run(*asked)
    assert result.exit_code == 1
    assert f"The stack 'live' answers at {target} and is in production" in result.output
    assert "say so by its name: --production live." in result.output
    assert staged.run(*asked, "--production", "live").exit_code == 0
    assert staged.run(*asked[:3], "--stack", "dev", "--target", "https://dev.example.org/mcp").exit_code == 0


def test_a_stack_in_production_is_named(staged: Project) -> None:
    staged.stack("dev", workload=LOAD)
    result = staged.run("loadtest", "script", "peak")
    assert result.exit_code == 1
    assert "say so by its name: --production dev." in result.output
    assert staged.run("loadtest", "script", "peak", "--production", "dev").exit_code == 0


def test_a_script_is_of_the_public_address_unless_another_is_given(staged: Project) -> None:
    shown = staged.run("loadtest", "script", "soak").stdout
    assert '"url": "https://mcp.example.com/mcp"' in shown
    other = staged.run("loadtest", "script", "soak", *TARGET, "--output", "soak.js")
    assert "Play it with: k6 run soak.js" in other.stdout
    assert '"url": "http://127.0.0.1:9/mcp"' in Path("soak.js").read_text()


def test_without_k6_the_script_is_written_and_said_how_it_is_played(staged: Project) -> None:
    result = staged.run("loadtest", "run", "peak", *TARGET)
    assert result.exit_code == 1
    assert "k6 is not in PATH. The script was written to loadtest-peak.js" in result.output
    assert Path("loadtest-peak.js").read_text().startswith("// A load test of an MCP server")
    again = staged.run("loadtest", "run", "peak", *TARGET, "--json")
    assert "loadtest-peak.js is there already" in json.loads(again.stdout)["error"]["message"]


@pytest.mark.parametrize("left", ['{"x":', "[1]"])
def test_a_summary_that_breaks_off_is_said(staged: Project, left: str) -> None:
    """k6 was killed while it wrote, or had no room to."""
    k6 = staged.root / "k6"
    k6.write_text(f"#!{sys.executable}\nimport os\nopen(os.environ['MCP_SUMMARY'], 'w').write('{left}')\n")
    k6.chmod(0o755)
    result = staged.run("loadtest", "run", "peak", *TARGET)
    assert result.exit_code == 1
    assert "k6 ended with 0 and left no whole summary" in result.output


def test_a_result_is_read_beside_its_stack_and_written_for_it(staged: Project) -> None:
    write(Path("a.json"), summary(p95=300, failed=0))
    shown = staged.run("loadtest", "report", "a.json", "--stack", "dev", "--write")
    assert shown.exit_code == 0, shown.output
    assert "dev/orders: the load test 'peak' kept what it promises" in shown.stdout
    assert "Written to profiles/orders-load.yaml. A stack names it in mcp:loadTest.result." in shown.output
    written: dict[str, Any] = yaml.safe_load(Path("profiles/orders-load.yaml").read_text())
    assert written["latency"] == {"unit": "milliseconds", "p50": 100, "p95": 300, "p99": 600}
    assert written["exchange"]["p95"] == 25
    data = json.loads(staged.run("loadtest", "report", "a.json", "--json").stdout)
    assert (data["loadedP95Milliseconds"], data["passed"]) == (300, True)


def test_a_result_of_another_stack_is_refused(staged: Project) -> None:
    staged.stack("other", region=STAGING, workload=LOAD)
    write(Path("a.json"), summary())
    result = staged.run("loadtest", "report", "a.json", "--stack", "other")
    assert result.exit_code == 1
    assert "It is the test of dev/orders, and this is the stack other with orders: give --stack dev." in result.output


def test_a_token_that_goes_in_clear_is_told(staged: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("loadtest", "script", "peak", "--target", "http://mcp.example.com/mcp")
    assert "in clear" not in staged.run(*words).stderr
    monkeypatch.setenv("MCP_TOKEN", "s3cret")
    found = staged.run(*words)
    assert found.exit_code == 0
    assert "A header with a secret goes to http://mcp.example.com/mcp in clear" in found.stderr
    assert "s3cret" not in found.output
