"""``mcp-stack measure``: refusals in words, and whole measurements of a small real server."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from pulumi_kubernetes_mcp.cli import app
from pulumi_kubernetes_mcp.settings.profile import Profile
from tests.measuring.conftest import LOOPBACK, Answer, Asked, Serve, free_port

ROOT = Path(__file__).resolve().parents[2]
SERVER = ROOT / "tests" / "lab" / "servers" / "python_v2" / "server.py"
LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="missing: /proc, which only Linux has")


def run(*words: str, environment: dict[str, str] | None = None) -> Result:
    return CliRunner().invoke(app, ["measure", *words], env={"COLUMNS": "200", **(environment or {})})


@pytest.mark.grid
def test_nothing_of_it_is_imported_before_it_is_needed() -> None:
    code = "import sys, pulumi_kubernetes_mcp.cli; print([name for name in ('mcp', 'httpx2') if name in sys.modules])"
    path = {"PYTHONPATH": str(ROOT / "components")}
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **path}, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    ("found", "words"),
    [({}, "the package 'mcp' is missing"), ({"mcp": "1.30.0", "httpx2": "2.16.2"}, "mcp 1.30.0 is too old")],
)
def test_missing_clients_are_named(monkeypatch: pytest.MonkeyPatch, found: dict[str, str], words: str) -> None:
    def version(name: str) -> str:
        if name not in found:
            raise importlib.metadata.PackageNotFoundError(name)
        return found[name]

    monkeypatch.setattr(importlib.metadata, "version", version)
    result = run("http://127.0.0.1:1/mcp")
    assert result.exit_code == 1
    assert words in result.stderr
    assert "pip install 'pulumi-kubernetes-mcp[measure]'" in result.stderr


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--runtime", "cobol"), "--runtime 'cobol' is not known. Use one of: python-v1"),
        (("--era", "stone"), "--era 'stone' is not known"),
        (("--output", "/no/such/directory/p.yaml"), "cannot be written"),
        (("--header", "hunter2"), "not 'Name: value'"),
        (("--sessions", "9999"), "Give 25 to 5000"),
        (("--tool", "a", "--arguments", "1"), "not a JSON object"),
        (("--metrics", "nonsense"), "--metrics 'nonsense' is not the address"),
        (("--start", "'"), "cannot be split"),
        (("--pid", "4194304"), "There is no process 4194304"),
        ((), "cannot be reached"),
    ],
)
def test_refusals(options: tuple[str, ...], words: str) -> None:
    result = run(f"http://{LOOPBACK}:{free_port()}/mcp", *options)
    assert result.exit_code == 1
    assert words in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


@pytest.mark.grid
def test_a_refusal_as_json() -> None:
    result = run(f"http://{LOOPBACK}:{free_port()}/mcp", "--json")
    assert result.exit_code == 1
    assert "cannot be reached" in json.loads(result.stdout)["error"]["message"]


@pytest.mark.grid
@LINUX
def test_a_port_that_is_taken_is_not_measured_as_the_started_server(serve: Serve) -> None:
    url = serve(lambda _: (404, "text/plain", ""))
    result = run(f"{url}/mcp", "--start", "sleep 60")
    assert result.exit_code == 1
    assert "Something answers" in result.stderr


@LINUX
def test_a_process_that_does_not_listen_there(serve: Serve) -> None:
    url = serve(lambda _: (404, "text/plain", ""))
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as other:
        result = run(f"{url}/mcp", "--pid", str(other.pid))
        other.kill()
    assert result.exit_code == 1
    assert f"Process {other.pid}" in result.stderr
    assert "does not listen on port" in result.stderr


@pytest.mark.grid
@LINUX
def test_a_server_that_fails_in_the_middle_is_told_with_its_last_words(tmp_path: Path) -> None:
    """It answers the probes, and ends when the first session lists the tools."""
    port = free_port()
    program = tmp_path / "server.py"
    program.write_text(
        f"import sys; sys.path.insert(0, {str(SERVER.parent)!r})\n"
        "import os, server, uvicorn\n"
        "async def app(scope, receive, send):\n"
        "    for name, value in scope.get('headers', []):\n"
        "        if name == b'mcp-method' and value == b'tools/list':\n"
        "            print('out of luck', flush=True); os._exit(3)\n"
        "    await server.app(scope, receive, send)\n"
        f"uvicorn.run(app, host='{LOOPBACK}', port={port}, log_level='error')\n"
    )
    result = run(
        f"http://{LOOPBACK}:{port}/mcp", "--start", shlex.join([sys.executable, str(program)]), "--era", "modern"
    )
    assert result.exit_code == 1
    assert "The started server has ended" in result.stderr
    assert "out of luck" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.grid
@LINUX
def test_a_whole_measurement(tmp_path: Path) -> None:
    port, output = free_port(), tmp_path / "profile.yaml"
    command = shlex.join([sys.executable, str(SERVER)])
    result = run(
        f"http://{LOOPBACK}:{port}/mcp", "--start", command, "--runtime", "python-v2", "--era", "legacy-stateful",
        "--sessions", "40", "--callers", "4", "--seconds", "1", "--header", "Authorization: Bearer hunter2",
        "--output", str(output),
        environment={"PORT": str(port)},
    )  # fmt: skip
    assert result.exit_code == 0, result.stderr
    assert "hunter2" not in result.stdout + result.stderr + output.read_text()
    profile = Profile.model_validate(yaml.safe_load(output.read_text()), by_alias=True, by_name=False)
    assert (profile.source, profile.runtime, list(profile.eras)) == ("process", "python-v2", ["legacy-stateful"])
    era = profile.eras["legacy-stateful"]
    assert era.sessions == 40
    assert era.session_descriptors == pytest.approx(1, abs=0.1)
    # Measured apart, with many more sessions: 98 to 108 KiB.
    assert era.session_kib is not None
    assert 60 < era.session_kib.value < 180
    assert era.call_cpu_milliseconds is not None
    assert 0.1 < era.call_cpu_milliseconds.value < 50
    assert profile.process is not None
    assert 30 < profile.process.baseline_mib.value < 150
    closed = re.search(r"(\d+) sessions were opened and (\d+) closed\.", result.stdout)
    assert closed is not None
    # Callers that warm up, those in steps, three times seven without a stream, callers at half load.
    assert closed[1] == closed[2] == str(4 + 40 + 3 * 7 + 4)
    assert era.call_cpu_at_millicores is not None
    assert era.call_cpu_at_millicores > profile.process.idle_cpu_millicores
    before = re.search(r"before and after: legacy-stateful (\d+) → (\d+)", result.stdout)
    assert before is not None
    assert before[1] == before[2]


class Modern:
    """A modern server of a few lines, with one tool."""

    def __init__(self, *, fails: bool = False) -> None:
        self.called: list[object] = []
        self.fails = fails

    def __call__(self, request: Asked) -> Answer:
        body = json.loads(request.body or b"{}")
        about = {"ttlMs": 0, "cacheScope": "private", "resultType": "complete"}
        match body.get("method"):
            case "server/discover":
                result = {"supportedVersions": ["2026-07-28"], "capabilities": {"tools": {}}, **about}
            case "tools/list":
                result = {"tools": [{"name": "look", "inputSchema": {"type": "object"}}], **about}
            case "tools/call":
                self.called.append(body["params"]["arguments"])
                content = [{"type": "text", "text": "x" * 2048}]
                result = {"content": content, "isError": self.fails, "resultType": "complete"}
            case method:
                error = {"code": -32601, "message": "no"}
                status = 404 if method == "subscriptions/listen" else 400
                return status, "application/json", json.dumps({"jsonrpc": "2.0", "id": body.get("id"), "error": error})
        return 200, "application/json", json.dumps({"jsonrpc": "2.0", "id": body["id"], "result": result})


@pytest.mark.grid
def test_rates_alone_of_a_server_that_is_far_away(serve: Serve) -> None:
    """It is only talked to: no process, no metrics. Only tools that are named are called."""
    server = Modern()
    result = run(f"{serve(server)}/mcp", "--seconds", "1", "--callers", "2", "--json")
    assert result.exit_code == 0, result.stderr
    data = json.loads(result.stdout)
    assert data["profile"]["source"] == "none"
    assert data["profile"]["eras"]["modern"]["callsPerSecond"] > 5
    assert data["sessions"]["opened"] == data["sessions"]["closed"] == 4
    assert any("no 'subscriptions/listen'" in note for note in data["profile"]["notes"])
    assert server.called == []


@pytest.mark.grid
def test_a_tool_that_is_named_is_called_as_told(serve: Serve) -> None:
    server = Modern()
    options = ("--tool", "look", "--arguments", '{"at": 1}', "--seconds", "1", "--callers", "2")
    result = run(f"{serve(server)}/mcp", *options, "--json")
    assert result.exit_code == 0, result.stderr
    (tool,) = json.loads(result.stdout)["profile"]["tools"]
    assert (tool["name"], tool["era"]) == ("look", "modern")
    assert 5 <= tool["calls"] == len(server.called) - 2, "two calls warm up"
    assert all(arguments == {"at": 1} for arguments in server.called)
    assert 2 < tool["responseKib"] < 2.2
    assert 0 < tool["latencyMilliseconds"]["p50"] <= tool["latencyMilliseconds"]["p99"]


@pytest.mark.grid
@pytest.mark.parametrize(
    ("tool", "words"),
    [("lok", "The server has no tool 'lok'. It lists: look"), ("look", "The tool 'look' answered with an error: xxx")],
)
def test_a_tool_that_cannot_be_measured(serve: Serve, tool: str, words: str) -> None:
    result = run(f"{serve(Modern(fails=True))}/mcp", "--tool", tool, "--seconds", "1", "--callers", "2")
    assert result.exit_code == 1
    assert words in result.stderr
    assert "4 sessions were opened and 4 closed." in result.stderr or "6 sessions were opened and 6" in result.stderr


@pytest.mark.grid
def test_an_end_that_comes_too_late_is_told(monkeypatch: pytest.MonkeyPatch, serve: Serve) -> None:
    monkeypatch.setattr("pulumi_kubernetes_mcp.measuring.request.LEAST_TIME_LIMIT", 0.1)
    result = run(f"{serve(Modern())}/mcp", "--callers", "2", "--time-limit", "0.8")
    assert result.exit_code == 1
    assert "took longer than 0.8 s and was ended" in result.stderr
    assert "Traceback" not in result.stderr
