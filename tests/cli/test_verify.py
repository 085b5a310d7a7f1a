"""``mcp-stack verify``: refusals in words, and a small real server that is only talked to."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from pulumi_kubernetes_mcp.cli import app
from tests.measuring.conftest import LOOPBACK, Answer, Asked, Serve

from .test_measure import LINUX, Modern


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["verify", *words], env={"COLUMNS": "200"})


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "Neither a URL nor --start is given."),
        (("mcp.example.com",), "URL 'mcp.example.com' is not the address of a server: it has no scheme"),
        ((f"http://{LOOPBACK}:1/mcp",), "cannot be reached"),
        ((f"http://{LOOPBACK}:1/mcp", "--health-path", "/mcp/"), "--health-path is the MCP endpoint itself"),
        ((f"http://{LOOPBACK}:1/mcp", "--health-path", "healthz"), "--health-path 'healthz' is not a path"),
        ((f"http://{LOOPBACK}:1/mcp", "--drain-seconds", "0"), "--drain-seconds is 0. Give 1 to 120"),
        ((f"http://{LOOPBACK}:1/mcp", "--sessions", "99999"), "--sessions is 99999. Give 1 to 20000"),
        ((f"http://{LOOPBACK}:1/mcp", "--write", "/no/such/directory/v.yaml"), "--write /no/such/directory/v.yaml"),
        ((f"http://{LOOPBACK}:1/mcp", "--header", "hunter2"), "not 'Name: value'"),
        ((f"http://{LOOPBACK}:1/mcp", "--tool", "a", "--arguments", "1"), "not a JSON object"),
        (("--start", "./server", "https://mcp.example.com/mcp"), "--start serves on this machine"),
        (("--start", "'"), "cannot be split"),
        (("--start", "./server", "--path", "mcp"), "--path 'mcp' is not a path"),
        (("--start", "/no/such/program"), "--start cannot run '/no/such/program'"),
    ],
)
def test_refusals(options: tuple[str, ...], words: str) -> None:
    result = run(*options)
    assert result.exit_code == 1
    assert words in result.stderr
    assert "Traceback" not in result.stderr
    assert "hunter2" not in result.stderr
    assert result.stdout == ""


@pytest.mark.grid
@LINUX
def test_a_command_that_dies_is_told_with_its_last_words() -> None:
    result = run("--start", shlex.join([sys.executable, "-c", "import sys; sys.exit('no configuration')"]))
    assert result.exit_code == 1
    assert "The started server has ended" in result.stderr
    assert "Write {port} where the command names it" in result.stderr
    assert "no configuration" in result.stderr
    assert "Traceback" not in result.stderr


def test_what_is_no_mcp_server_is_refused(serve: Serve) -> None:
    result = run(f"{serve(lambda _: (200, 'text/html', '<h1>It works</h1>'))}/mcp", "--json")
    assert result.exit_code == 1
    assert "does not speak MCP" in json.loads(result.stdout)["error"]["message"]


@pytest.mark.grid
def test_a_server_that_runs_is_only_talked_to(serve: Serve, tmp_path: Path) -> None:
    """Nothing is ended or filled: what needs a process of one's own is not verified, and no tool is called."""
    modern, asked = Modern(), []

    def answer(request: Asked) -> Answer:
        asked.append((request.method, request.path))
        if request.path == "/healthz":
            return 200, "text/plain", "ok"
        if request.path == "/metrics":
            return 200, "text/plain", "acme_open_streams 1\n"
        if request.path != "/mcp":
            return 404, "text/plain", ""
        if "origin" in request.headers or request.headers["host"].startswith("mcp-stack-verify"):
            return 403, "text/plain", ""
        return modern(request)

    output = tmp_path / "v.yaml"
    result = run(f"{serve(answer)}/mcp", "--write", str(output), "--json", "--header", "X-Key: hunter2")

    assert result.exit_code == 1, result.stderr
    data = json.loads(result.stdout)
    outcomes = {row["check"]: row["outcome"] for row in data["checks"]}
    by = {kind: sorted(name for name, found in outcomes.items() if found == kind) for kind in set(outcomes.values())}
    assert by == {
        "pass": ["authorization", "health", "host", "origin", "probe-host", "slash"],
        "fail": ["liveness", "metrics"],
        "not-verified": [
            "bind", "conformance", "drain-call", "drain-exit", "drain-new", "probe-leak", "session-cap", "session-end",
            "start", "stateless",
        ],
    }  # fmt: skip
    metrics = next(row for row in data["checks"] if row["check"] == "metrics")
    assert metrics["seen"] == "/metrics has no gauge of any dialect; it has acme_open_streams"
    assert modern.called == []
    assert yaml.safe_load(output.read_text()) == data["verified"]
    assert "command" not in data["verified"]
    assert "hunter2" not in result.stdout + result.stderr + output.read_text()


@pytest.mark.grid
@LINUX
def test_another_server_at_the_address_is_not_taken_for_the_started_one(serve: Serve) -> None:
    url = serve(lambda _: (404, "text/plain", ""))
    result = run(f"{url}/mcp", "--start", "sleep 60")
    assert result.exit_code == 1
    assert "Something answers" in result.stderr
