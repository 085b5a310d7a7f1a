"""``mcp-stack loadtest`` with the real k6 against real servers: every scenario, shortened to a few seconds."""

from __future__ import annotations

import asyncio
import json
import re
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from pulumi_kubernetes_mcp.cli import app
from pulumi_kubernetes_mcp.load_test.k6 import run
from pulumi_kubernetes_mcp.load_test.model import K6_MIB, USER_MIB
from pulumi_kubernetes_mcp.load_test.of_stack import load_test
from pulumi_kubernetes_mcp.load_test.scenarios import NAMES, scenario
from pulumi_kubernetes_mcp.load_test.script import script
from pulumi_kubernetes_mcp.region_plan import decide, load
from pulumi_kubernetes_mcp.settings.load_result import LoadResult

from .conftest import Note
from .go_tools import built
from .processes import LOOPBACK, Process, free_port, running
from .reference import Server, http, post_initialize, reference_server
from .servers.environments import PYTHON_V2

SECONDS = 5.0
"""Of each scenario."""
SESSIONS = 12
MOST_SESSIONS = 60
"""More than any scenario opens here, which is three times the sessions."""
STACK: Mapping[str, Any] = {
    "mcp:region": {"name": "here", "environment": "staging"},
    "mcp:server": {
        "image": "registry.example/mcp:1.0.0",
        "name": "orders",
        "healthPath": "/healthz",
        "livenessPath": "/livez",
        "runtime": "python-v2",
        "eras": ["modern", "legacy-stateful"],
    },
    "mcp:workload": {
        "peakSessions": SESSIONS,
        "sessionMinutes": 5,
        "thinkSeconds": 2,
        "sessionsPerPod": SESSIONS,
        # Two cores that others use too answer a call within this time, and a server that stands still does not.
        "waitP95Milliseconds": 900,
        "tools": [
            {"name": "echo", "sharePercent": 70, "durationMilliseconds": 4, "cpuMilliseconds": 2},
            {"name": "sleep", "sharePercent": 30, "durationMilliseconds": 30, "cpuMilliseconds": 2},
        ],
    },
    "mcp:edge": {"host": "mcp.example.com", "implementation": "envoy-gateway"},
    "mcp:scaling": {"prometheusAddress": "http://prometheus-operated.monitoring:9090"},
}
ARGUMENTS = {"echo": [{"text": "a"}, {"text": "hello"}], "sleep": {"seconds": 0.03}}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with one stack, and the arguments of its tools."""
    root = tmp_path / "project"
    root.joinpath("stacks").mkdir(parents=True)
    root.joinpath("Pulumi.yaml").write_text("name: mcp\nruntime: python\nstackConfigDir: stacks\n")
    root.joinpath("stacks", "Pulumi.dev.yaml").write_text(yaml.safe_dump({"config": dict(STACK)}))
    root.joinpath("arguments.yaml").write_text(yaml.safe_dump(ARGUMENTS))
    return root


def loadtest(project: Path, *words: str) -> Result:
    """The verb as it is typed."""
    return CliRunner(env={"COLUMNS": "200"}).invoke(app, ["loadtest", *words, "-C", str(project)])


def play(project: Path, name: str, server: Server, *words: str, seconds: float = SECONDS) -> Result:
    """A scenario within some seconds, against a server."""
    scale = str(seconds / scenario(name).seconds)
    files = ["--arguments", str(project / "arguments.yaml"), "--output", str(project / "outcome.json")]
    target = ["--target", server.url, "--pods", "1", "--sessions", str(SESSIONS), "--scale", scale]
    return loadtest(project, "run", name, *target, *files, "--k6", built("k6"), *words)


async def sessions_left(server: Server) -> int:
    """Sessions that a server of MOST_SESSIONS at most still has: so many fewer can be opened."""
    async with http(server.base) as client:
        for opened in range(MOST_SESSIONS + 1):
            answer = await post_initialize(client)
            if answer.status_code == 503:
                return MOST_SESSIONS - opened
            assert answer.status_code == 200
    raise AssertionError("the server has no cap on its sessions")


@pytest.mark.parametrize("name", NAMES)
def test_every_scenario_is_kept_by_a_healthy_server_and_leaves_no_session(
    project: Path, tmp_path: Path, note: Note, name: str
) -> None:
    with reference_server(tmp_path, {"MCP_MAX_SESSIONS": str(MOST_SESSIONS)}) as server:
        result = play(project, name, server, "--json")
        assert result.exit_code == 0, result.output
        assert asyncio.run(sessions_left(server)) == 0
    found = json.loads(result.stdout)
    assert found["missedThresholds"] == []
    assert found["failures"] == {}
    assert found["sessions"]["begun"] == found["sessions"]["closed"] >= SESSIONS
    assert found["sessions"]["lost"] == 0
    assert set(found["tools"]) == {"echo", "sleep"}
    assert {"discover", "initialize", "list", "opening"} <= set(found["exchanges"])
    assert found["tools"]["sleep"]["p50"] >= 30
    level = next(stage for stage in found["stages"] if stage["name"] in ("hold", "drain", "step-100"))
    note(
        f"{name}: {found['sessions']['begun']} sessions, {level['callsPerSecond']:.1f} calls/s at "
        f"{level['sessions']:.0f} "
        f"sessions, {level['plannedCallsPerSecond']:.1f} planned, "
        f"P95 {(level['times'] or found['tools']['sleep'])['p95']:.0f} ms"
    )


@contextmanager
def slowed(process: Process, *, still: float, awake: float) -> Iterator[None]:
    """A process that stands still for most of the time, as one whose CPU limit is used up."""
    stop = threading.Event()

    def halt() -> None:
        while not stop.is_set():
            process.send(signal.SIGSTOP)
            stop.wait(still)
            process.send(signal.SIGCONT)
            stop.wait(awake)

    thread = threading.Thread(target=halt, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(10)
        process.send(signal.SIGCONT)


def test_a_slowed_server_misses_the_objective_with_status_99(project: Path, tmp_path: Path, note: Note) -> None:
    """The report of the file says the same as the run, and names the tools whose limit was missed."""
    with (
        reference_server(tmp_path, {"MCP_MAX_SESSIONS": str(MOST_SESSIONS)}) as server,
        slowed(server.process, still=1.4, awake=0.1),
    ):
        result = play(project, "peak", server, seconds=10)
    assert result.exit_code == 99, result.output
    assert "did not keep what it promises" in result.stdout
    again = loadtest(project, "report", str(project / "outcome.json"), "--json")
    assert again.exit_code == 0, again.output
    found = json.loads(again.stdout)
    assert "mcp_call_duration{tool:echo,stage:hold}: p(95)<=912" in found["missedThresholds"]
    note(f"a server that runs for 0.1 of 1.5 s: P95 {found['loadedP95Milliseconds']:.0f} ms")


def test_a_leak_shows_in_a_soak_and_its_result_is_written(project: Path, tmp_path: Path, note: Note) -> None:
    """The server leaks in earnest: a megabyte at each reading of its metrics, which go by the clock of the test."""
    leak = tmp_path / "leaking.py"
    leak.write_text(LEAK)
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "leaking:app", "--host", LOOPBACK, "--port", str(port)]
    source = str(Path(__file__).resolve().parents[2] / "examples" / "server")
    with running("leaking", command, folder=tmp_path, cwd=tmp_path, environment={"PYTHONPATH": source}) as process:
        process.wait_for_port(port)
        server = Server(process, port)
        result = play(project, "soak", server, "--metrics", f"{server.base}/metrics", seconds=12)
    assert result.exit_code == 0, result.output
    again = loadtest(project, "report", str(project / "outcome.json"), "--write")
    assert "It grows:" in again.stdout, again.output
    assert "Mend the leak" in again.stdout
    written = yaml.safe_load((project / "profiles" / "orders-load.yaml").read_text())
    found = LoadResult.model_validate(written, by_alias=True, by_name=False)
    assert (found.stack, found.server, found.scenario, found.latency.unit) == ("dev", "orders", "soak", "milliseconds")
    assert found.memory is not None
    assert found.memory.growing
    note(f"a server that leaks 1 MiB each 0.2 s: {found.memory.mib_per_hour:,.0f} MiB an hour")


LEAK = """
import server
kept = []

async def app(scope, receive, send):
    if scope["type"] == "http" and scope["path"] == "/metrics":
        kept.append(bytearray(b"x" * 2**20))
    await server.app(scope, receive, send)
"""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"echo": {"wrong": 1}}, "the tool 'echo' needs text: give its arguments"),
        ({"echo": {"text": "a"}}, "the tool 'sleep' needs seconds: give its arguments"),
    ],
)
def test_a_test_that_would_measure_refusals_does_not_begin(
    project: Path, tmp_path: Path, arguments: dict[str, Any], words: str
) -> None:
    project.joinpath("arguments.yaml").write_text(yaml.safe_dump(arguments))
    with reference_server(tmp_path, {"MCP_MAX_SESSIONS": str(MOST_SESSIONS)}) as server:
        result = play(project, "peak", server)
        assert asyncio.run(sessions_left(server)) == 0
    assert result.exit_code == 1
    assert words in result.output


def test_a_server_that_is_not_there_is_named(project: Path) -> None:
    words = ("--target", f"http://{LOOPBACK}:{free_port()}/mcp", "--scale", "0.01", "--k6", built("k6"))
    result = loadtest(project, "run", "peak", *words, "--arguments", str(project / "arguments.yaml"))
    assert result.exit_code == 1
    assert "does not answer in the era 'modern': connect" in result.output


def test_a_server_that_dies_is_seen_as_it_is(project: Path, tmp_path: Path) -> None:
    """Calls fail to connect from then on, and the sessions on it cannot be closed."""
    with reference_server(tmp_path) as server:
        killer = threading.Timer(3.5, server.process.send, [signal.SIGKILL])
        killer.start()
        result = play(project, "peak", server, "--json", seconds=6)
        killer.join()
    assert result.exit_code == 99, result.output
    found = json.loads(result.stdout)
    assert set(found["failures"]) <= {"connect", "other"}
    assert found["failures"]["connect"] > SESSIONS


def test_event_streams_are_held_for_the_length_of_a_session(tmp_path: Path) -> None:
    """HTTP+SSE as far as k6 goes: streams, no calls. With all of the load on it nothing else is asked for."""
    port, environment = free_port(), {"MCP_TRANSPORT": "sse", "PYTHONDONTWRITEBYTECODE": "1"}
    stack = {**STACK, "mcp:server": {**STACK["mcp:server"], "eras": ["sse"]}}
    plan = decide(load(stack, where="here")).servers[0]
    url = f"http://{LOOPBACK}:{port}/mcp"
    test = load_test(plan, stack="dev", name="peak", url=url, sessions=SESSIONS, scale=SECONDS / 750, pods=1)
    with running(
        "sse", PYTHON_V2.command(), folder=tmp_path, environment={**environment, "PORT": str(port)}
    ) as process:
        process.wait_for_port(port)
        most = [0]
        watcher = threading.Thread(target=_watch, args=(process, port, most), daemon=True)
        watcher.start()
        ended = run(built("k6"), script(test), tmp_path)
        process.stop()
        watcher.join(10)
    data = json.loads(ended.summary)
    assert ended.status == 0
    assert data["metrics"]["mcp_failed{phase:stream}"]["values"]["passes"] == 0
    assert data["metrics"]["mcp_failed{phase:stream}"]["values"]["fails"] >= SESSIONS
    # A stream that was given up is open at the server for a moment more.
    assert SESSIONS <= most[0] < 2 * SESSIONS


def _watch(process: Process, port: int, most: list[int]) -> None:
    """The greatest number of connections that a server had."""
    while process.running():
        rows = Path("/proc/net/tcp").read_text().splitlines()[1:]
        fields = [row.split() for row in rows]
        open_ = sum(int(one[1].rpartition(":")[2], 16) == port and one[3] == "01" for one in fields)
        most[0] = max(most[0], open_)
        time.sleep(0.1)


def test_what_a_user_takes_of_memory_is_within_what_is_reckoned(tmp_path: Path, note: Note) -> None:
    """The greatest memory of k6 with 200 users, against what a laptop and a runner pod are held to."""
    users = 200
    plan = decide(load(dict(STACK), where="here")).servers[0]
    arguments = {"echo": [{"text": "a"}], "sleep": [{"seconds": 0.03}]}
    with reference_server(tmp_path) as server:
        test = load_test(
            plan, stack="dev", name="peak", url=server.url, sessions=users, scale=0.006, pods=1, arguments=arguments
        )
        # In a process of its own: what is counted is the greatest child that it ever had.
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart:
            most = apart.submit(_memory_of_a_run, built("k6"), script(test), tmp_path).result(120)
    assert 20 < most <= K6_MIB + USER_MIB * users
    note(f"k6 with {users} users: {most:.0f} MiB at most, {K6_MIB + USER_MIB * users:.0f} reckoned")


def _memory_of_a_run(program: str, text: str, folder: Path) -> float:
    """The greatest memory of k6 in MiB."""
    run(program, text, folder)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def test_the_version_is_the_pinned_one(note: Note) -> None:
    pinned = re.search(r"@v(\S+)", Path(__file__).with_name("go-tools.txt").read_text())
    said = subprocess.run([built("k6"), "version"], capture_output=True, text=True, check=True).stdout
    assert pinned is not None
    assert pinned[1] in said
    note(said.strip())
