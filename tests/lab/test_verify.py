"""``mcp-stack verify`` against servers of six SDKs and faulty ones: each verdict exact, and nothing left behind."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from pulumi_kubernetes_mcp.eras import TERMINATION_MARGIN_SECONDS
from pulumi_kubernetes_mcp.verify.drain import GRACEFUL_MARGIN_SECONDS

from .conftest import Note, Stall
from .processes import free_port
from .servers.environments import FASTMCP, GO, GO_STATELESS, PYTHON_V1, PYTHON_V2, TYPESCRIPT_V1, TYPESCRIPT_V2, Sdk

ROOT = Path(__file__).resolve().parents[2]
FAULTY = Path(__file__).parent / "servers" / "faulty.py"
DRAIN_SECONDS = 1.5
SESSIONS = 24
NO_ROUTES = {"health", "liveness", "metrics"}
NEVER = {"conformance", "session-cap"}
"""Not asked for, and not so many sessions were opened."""


def verify(
    command: Sequence[str],
    folder: Path,
    *options: str,
    environment: Mapping[str, str] | None = None,
    prefix: Sequence[str] = (sys.executable,),
) -> dict[str, Any]:
    """Run the command to its end; every process that it starts has ended with it.

    :param prefix: what runs Python.
    """
    words = [*prefix, "-m", "pulumi_kubernetes_mcp.cli", "verify", "--start", shlex.join(command), "--json"]
    bounds = ["--drain-seconds", str(DRAIN_SECONDS), "--sessions", str(SESSIONS)]
    variables = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT / "components")}
    done = subprocess.run(
        [*words, *bounds, *options],
        cwd=folder,
        env={**variables, "PYTHONDONTWRITEBYTECODE": "1", **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    assert done.stdout, done.stderr
    assert left_in(folder) == []
    data: dict[str, Any] = json.loads(done.stdout)
    assert "error" not in data, data
    assert done.returncode == (1 if outcomes(data)["fail"] else 0)
    return data


def left_in(folder: Path) -> list[str]:
    """Processes that still run in a folder: the servers were started in it."""
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and (entry / "cwd").resolve() == folder.resolve():
                found.append((entry / "cmdline").read_text(errors="replace").replace("\0", " "))
    return found


def outcomes(data: Mapping[str, Any]) -> dict[str, set[str]]:
    """The checks by how they ended."""
    kinds = ("pass", "fail", "not-verified")
    return {kind: {row["check"] for row in data["checks"] if row["outcome"] == kind} for kind in kinds}


def seen(data: Mapping[str, Any], check: str) -> str:
    """What was seen of one line."""
    return str(next(row["seen"] for row in data["checks"] if row["check"] == check))


@pytest.mark.parametrize(
    ("sdk", "failed", "unknown"),
    [
        # Here all of them listen on loopback alone: 'bind' says so.
        (PYTHON_V1, {"bind", "host", "slash"}, {"probe-host", "probe-leak"}),
        (PYTHON_V2, {"bind", "host", "slash", "drain-exit"}, {"probe-host"}),
        (FASTMCP, {"bind", "origin", "slash"}, {"probe-host"}),
        (TYPESCRIPT_V1, {"bind", "host", "origin", "drain-exit"}, {"probe-host", "probe-leak"}),
        (TYPESCRIPT_V2, {"bind", "origin", "drain-call", "drain-exit"}, {"probe-host", "session-end"}),
        (GO, {"bind", "host", "origin"}, {"probe-host", "probe-leak"}),
        (GO_STATELESS, {"bind", "host", "origin", "drain-call"}, {"probe-host", "session-end"}),
    ],
    ids=lambda value: "-".join((value.name, *value.environment)) if isinstance(value, Sdk) else "",
)
def test_a_server_that_does_what_its_guide_says(
    sdk: Sdk, failed: set[str], unknown: set[str], tmp_path: Path, note: Note
) -> None:
    """The rows of the table in docs/contract.md."""
    options = ("--tool", "trivial", "--arguments", '{"text": "a"}')
    data = verify(sdk.command(), tmp_path, *options, environment=sdk.environment)

    found = outcomes(data)
    assert found["fail"] == failed | NO_ROUTES
    assert found["not-verified"] == unknown | NEVER
    verified = data["verified"]
    assert tuple(verified["eras"]) == sdk.eras
    assert verified["listensOn"] == ["127.0.0.1"]
    assert verified["state"] == {"keptIn": "nowhere", "calls": 7, "differing": [], "files": []}
    assert (5 if sdk.name == "go" else 20) < verified["memoryMib"] < 200
    drain = verified["drain"]
    note(f"{sdk.name}: {seen(data, 'start')}; {seen(data, 'drain-call')}; {seen(data, 'drain-exit')}")
    assert drain["newRequests"] == "refused"
    assert drain["handled"] == (sdk not in (TYPESCRIPT_V1, TYPESCRIPT_V2))
    if "legacy-stateful" in sdk.eras:
        assert verified["sessions"] == {
            "opened": SESSIONS,
            "endedByDelete": True,
            **(
                {"probeKib": verified["sessions"]["probeKib"], "probesLeaveSessions": False}
                if "modern" in sdk.eras
                else {}
            ),
        }
        assert drain["legacyFinished"] is False


def test_the_two_seconds_that_fastmcp_grants_whatever_it_is_told(tmp_path: Path, note: Note, stall: Stall) -> None:
    stalled = stall()
    data = verify(FASTMCP.command(), tmp_path, "--drain-seconds", "5", environment={"MCP_RUN": "1"})
    drain = data["verified"]["drain"]
    assert "drain-call" in outcomes(data)["fail"]
    assert "drain-exit" in outcomes(data)["pass"]
    assert drain["gracefulTimeoutSeconds"] == 5 + GRACEFUL_MARGIN_SECONDS
    assert 1.9 <= drain["grantedSeconds"] <= 3 + stall() - stalled
    assert not drain["finished"]
    note(f"FastMCP's run(): {seen(data, 'drain-call')}")


COUNT = ("--tool", "count") * 3
GOOD = {"bind"}
NO_SESSIONS = {"conformance", "session-cap", "session-end"}


@pytest.mark.parametrize(
    ("faults", "failed"),
    [
        ("", {}),
        (
            "names,no-retry,memory",
            {
                "metrics": "/metrics has no gauge of any dialect; it has acme_open_streams",
                "drain-new": "a new request gets HTTP 503 without Retry-After",
                "stateless": "state in memory: three processes answer count (call 2), count (call 3) otherwise than "
                "one",
            },
        ),
        (
            "leak,stuck,disk,dead",
            {
                "liveness": "GET /livez 200, and 503 while the server drains",
                "metrics": "mcp_active_sse_connections went up with what was opened, and not down again when it was "
                "closed",
                "stateless": "state on local disk: counter.txt changed during the calls",
                "probe-leak": "each probe leaves 64 KiB behind",
            },
        ),
        (
            "deaf,temporary",
            {
                "health": "GET /healthz 200, and 200 while the server drains",
                "stateless": "state on local disk: $TMPDIR/counter.txt changed during the calls",
                "drain-new": "a new request is answered as before",
                "drain-exit": f"still running when {DRAIN_SECONDS + GRACEFUL_MARGIN_SECONDS:.0f} s and "
                f"{TERMINATION_MARGIN_SECONDS} s more were over: it would be killed",
            },
        ),
    ],
    ids=["none", "names", "leak", "deaf"],
)
def test_a_fault_is_named_and_nothing_else_is(faults: str, failed: dict[str, str], tmp_path: Path) -> None:
    data = verify([sys.executable, str(FAULTY)], tmp_path, *COUNT, environment={"FAULTS": faults})
    found = outcomes(data)
    assert found["not-verified"] == NO_SESSIONS
    assert {check: seen(data, check) for check in found["fail"] - GOOD} == failed
    assert data["verified"]["drain"]["finished"] is True


def test_a_server_whose_port_is_fixed_cannot_be_three(tmp_path: Path) -> None:
    """The others die of the taken port, and that is a reason and no failure of the server."""
    program = tmp_path / "fixed.py"
    lines = (
        "import os, runpy",
        "os.environ['PORT'] = os.environ['FIXED']",
        f"runpy.run_path({str(FAULTY)!r}, run_name='__main__')",
    )
    program.write_text("\n".join(lines))
    port = free_port()
    url = f"http://127.0.0.1:{port}/mcp"
    data = verify([sys.executable, str(program)], tmp_path, url, environment={"FIXED": str(port)})
    assert "stateless" in outcomes(data)["not-verified"]
    assert "three processes could not be started" in seen(data, "stateless")


def test_a_server_of_http_and_sse_alone_is_looked_at_over_its_stream(tmp_path: Path) -> None:
    options = ("--path", "/sse", "--tool", "trivial", "--arguments", '{"text": "a"}')
    data = verify(PYTHON_V2.command(), tmp_path, *options, environment={"MCP_TRANSPORT": "sse"})
    assert data["verified"]["eras"] == ["sse"]
    found = outcomes(data)
    assert found["fail"] == {"bind", "host", "slash"} | NO_ROUTES
    assert found["not-verified"] == {"probe-host", "probe-leak"} | NEVER
    assert seen(data, "session-end") == "a session is gone with its stream"
    assert seen(data, "drain-call") == "a legacy call is cut by SIGTERM; the pre-stop sleep is its drain"
    assert seen(data, "drain-new") == "the listener is closed: a new stream finds no connection"
    assert data["verified"]["sessions"] == {"opened": SESSIONS, "endedWithStream": True}
    assert data["verified"]["state"]["keptIn"] == "nowhere"


@pytest.mark.parametrize(
    ("faults", "failed"),
    [
        ("", {}),
        (
            "memory,stuck,kept",
            {
                "metrics": "mcp_active_sse_connections went up with what was opened, and not down again when it was "
                "closed",
                "session-end": "a session takes messages after its stream is closed",
                "stateless": "state in memory: three processes answer count (call 2), count (call 3) otherwise than "
                "one",
            },
        ),
        (
            "names,no-retry,leak",
            {
                "metrics": "/metrics has no gauge of any dialect; it has acme_open_streams",
                "session-cap": "the session after 6 got HTTP 503 without Retry-After",
                "drain-new": "a new stream gets HTTP 503 without Retry-After",
                "probe-leak": "each probe leaves 64 KiB behind",
            },
        ),
    ],
    ids=["none", "memory", "names"],
)
def test_a_fault_over_http_and_sse_is_named_and_nothing_else_is(
    faults: str, failed: dict[str, str], tmp_path: Path
) -> None:
    program = FAULTY.with_name("faulty_events.py")
    data = verify([sys.executable, str(program)], tmp_path, "--path", "/sse", *COUNT, environment={"FAULTS": faults})
    found = outcomes(data)
    assert found["not-verified"] == {"conformance"}
    assert {check: seen(data, check) for check in found["fail"] - GOOD} == failed
    assert data["verified"]["drain"]["legacyFinished"] is True
    assert data["verified"]["sessions"]["cap"] == 6


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_what_was_started(number: signal.Signals, tmp_path: Path) -> None:
    words = [sys.executable, "-m", "pulumi_kubernetes_mcp.cli", "verify", "--start"]
    variables = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT / "components")}
    with subprocess.Popen(
        [*words, shlex.join([sys.executable, str(FAULTY)])],
        cwd=tmp_path,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as popen:
        assert popen.stderr is not None
        while "routes" not in popen.stderr.readline():
            assert popen.poll() is None
        popen.send_signal(number)
        output, progress = popen.communicate(timeout=60)
    assert (popen.returncode, output) == (130, "")
    assert progress.endswith("Interrupted. What was started has ended; nothing was written.\n")
    assert left_in(tmp_path) == []
