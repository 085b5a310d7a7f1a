"""``mcp-stack measure`` against real servers: what is planned from its profile, and what a fresh server then takes."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pulumi_kubernetes_mcp import planning
from pulumi_kubernetes_mcp.plan_inputs import demand
from pulumi_kubernetes_mcp.settings import load_settings

from .conftest import Compare, Note, Stall
from .half_load import half_load
from .load import Load, under_load
from .processes import LOOPBACK, Process, free_port, running
from .reference import reference_server
from .servers.environments import FASTMCP, PYTHON_V1, PYTHON_V2, TYPESCRIPT_V1, TYPESCRIPT_V2, Sdk

ROOT = Path(__file__).resolve().parents[2]
MEASURED_SESSIONS = int(os.environ.get("LAB_MEASURED_SESSIONS", "100"))
PLANNED_SESSIONS = int(os.environ.get("LAB_PLANNED_SESSIONS", "250"))
SECONDS = os.environ.get("LAB_SECONDS", "1.5")
"""Of calls in each measurement, and in the burst of each load."""
TOOL = "pause"
TOOL_MILLISECONDS = 500
BUSY_TOOL = "burn"
BUSY_TOOL_MILLISECONDS = 10
TURN_SECONDS = 12.5
WITHIN = 0.15
WITHIN_V8 = 0.3
"""V8 lets garbage lie until it sees a reason: how much of it there is differs from run to run by tens of MiB."""
NOT_BELOW = -0.05
"""Memory that is planned too low is a killed pod; too high is money."""
CPU_FACTOR = 1 + float(os.environ.get("LAB_CPU_WITHIN", "1.5"))
"""A wrong unit or count is off by more. How near a plan comes is a figure of the table, of quiet cores: neighbours that
take the core and its caches for one of two measurements have made it 55 %. ``LAB_CPU_WITHIN=0.25`` holds it to 25 %."""
HALF_CORE_MILLICORES = 500
NEAR_HALF_MILLICORES = 350
HALF_LOAD_SECONDS = 3


@dataclass(frozen=True)
class Run:
    """A finished command."""

    status: int
    output: str
    progress: str

    @property
    def data(self) -> Any:
        assert self.status == 0, self.output + self.progress
        return json.loads(self.output)


def measure(url: str, *options: str, folder: Path, environment: Mapping[str, str] | None = None) -> Run:
    """Run the command to its end."""
    with _measuring(url, *options, folder=folder, environment=environment) as popen:
        output, progress = popen.communicate(timeout=180)
    return Run(popen.returncode, output, progress)


def _measuring(
    url: str, *options: str, folder: Path, environment: Mapping[str, str] | None = None
) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "pulumi_kubernetes_mcp.cli", "measure", url, *options]
    variables = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT / "components")}
    return subprocess.Popen(
        command,
        cwd=folder,
        env={**variables, "PYTHONDONTWRITEBYTECODE": "1", **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def url_at(port: int, path: str = "/mcp") -> str:
    return f"http://{LOOPBACK}:{port}{path}"


def serving(command: Sequence[str], folder: Path, **variables: str) -> Any:
    """A fresh server; its port is in the name of its log."""
    port = free_port()
    environment = {"PORT": str(port), "PYTHONDONTWRITEBYTECODE": "1", **variables}
    return port, running(f"server-{port}", command, folder=folder, environment=environment)


def planned(
    profile: Path, era: str, sdk: Sdk, tool: Mapping[str, Any], turn_seconds: float = TURN_SECONDS
) -> planning.Plan:
    """The plan of a stack file that names the profile, for one pod with more sessions than were measured."""
    values = {
        "mcp:region": {"name": "lab"},
        "mcp:server": {
            "image": "registry.example.com/lab:1",
            "name": "lab",
            "eras": [era],
            "runtime": sdk.runtime,
            "healthPath": "/healthz",
            "profile": profile.name,
        },
        "mcp:workload": {
            "dailyUsers": 1000,
            "sessionsPerPod": PLANNED_SESSIONS,
            "tools": [{"name": tool["name"], "sharePercent": 100}],
            "thinkSeconds": turn_seconds - tool["latencyMilliseconds"]["mean"] / 1000,
        },
        "mcp:edge": {"host": "lab.example.com"},
    }
    return planning.plan(demand(load_settings(values, where="lab", directory=profile.parent)))


@pytest.mark.alone
@pytest.mark.parametrize(
    ("sdk", "eras"),
    [
        (PYTHON_V2, ("modern", "legacy-stateful")),
        (PYTHON_V1, ("legacy-stateful",)),
        (FASTMCP, ("legacy-stateful",)),
        (TYPESCRIPT_V1, ("legacy-stateful",)),
        (TYPESCRIPT_V2, ("modern",)),
    ],
    ids=lambda value: value.name if isinstance(value, Sdk) else "",
)
def test_the_plan_from_a_profile_is_what_a_server_takes_under_a_greater_load(
    sdk: Sdk, eras: Sequence[str], tmp_path: Path, compare: Compare, stall: Stall
) -> None:
    command = sdk.command()
    profile = tmp_path / "profile.yaml"
    port = free_port()
    options = ["--start", shlex.join(command), "--runtime", sdk.runtime, "--json", "--output", str(profile)]
    options += ["--sessions", str(MEASURED_SESSIONS), "--seconds", SECONDS]
    options += ["--tool", TOOL, "--arguments", json.dumps({"milliseconds": TOOL_MILLISECONDS})]
    options += ["--tool", BUSY_TOOL, "--arguments", json.dumps({"milliseconds": BUSY_TOOL_MILLISECONDS})]
    for era in sdk.eras:
        options += ["--era", era]
    data = measure(url_at(port), *options, folder=tmp_path, environment={"PORT": str(port)}).data

    assert set(data["profile"]["eras"]) == set(sdk.eras)
    for era in set(sdk.eras) - set(eras):
        assert data["profile"]["eras"][era]["sessionKib"]["value"] == 0, "nothing stays open between calls"
    assert data["sessions"]["opened"] == data["sessions"]["closed"] > MEASURED_SESSIONS
    for era in data["sessions"]["eras"].values():
        assert era["descriptorsAfter"] == pytest.approx(era["descriptorsBefore"], abs=1)

    for era in eras:
        plan = planned(profile, era, sdk, data["profile"]["tools"][0])
        port, server = serving(command, tmp_path)
        load = Load(
            url=url_at(port),
            modern=era == "modern",
            sessions=PLANNED_SESSIONS,
            tool=TOOL,
            arguments={"milliseconds": TOOL_MILLISECONDS},
            turn_seconds=TURN_SECONDS,
            burst_seconds=float(SECONDS),
        )
        with server as process:
            process.wait_for_port(port)
            stalled = stall()
            seen = under_load(load, process.popen.pid)
            stalled = stall() - stalled
        memory = compare(sdk.name, era, "memory, MiB", plan.memory.memory_per_pod_mib.value, seen.memory_mib)
        compare(sdk.name, era, "memory without the burst", plan.memory.memory_per_pod_mib.value, seen.quiet_memory_mib)
        files = compare(sdk.name, era, "descriptors", plan.descriptors.value, seen.descriptors)
        calls = compare(sdk.name, era, "calls in flight", plan.calls.calls_in_flight.value, seen.in_flight)
        compare(sdk.name, era, "CPU at a low rate", plan.cpu.cpu_mean_millicores.value, seen.cpu_millicores)
        assert NOT_BELOW <= memory <= (WITHIN_V8 if sdk.runtime.startswith("typescript") else WITHIN)
        assert abs(files) <= WITHIN
        # A machine that stood still answered later: more calls were in flight than planned.
        assert -WITHIN - stalled / load.seconds <= calls <= WITHIN
        for tool, milliseconds in zip(
            data["profile"]["tools"], (TOOL_MILLISECONDS, BUSY_TOOL_MILLISECONDS), strict=True
        ):
            off, reached = cpu_at_half_load(profile, era, sdk, tool, milliseconds, tmp_path, compare)
            # Where others leave the server no half a core, the least tool cannot be seen there; one that computes can.
            if reached or tool["name"] == BUSY_TOOL:
                assert 1 / CPU_FACTOR <= 1 + off <= CPU_FACTOR, tool


def cpu_at_half_load(
    profile: Path, era: str, sdk: Sdk, tool: Mapping[str, Any], milliseconds: float, folder: Path, compare: Compare
) -> tuple[float, bool]:
    """The error of the planned CPU where calls come at the rate that is planned to take half a core, and whether half
    a core was used both when that was measured and now.

    On a busy machine fewer are answered: what is planned is that of the calls that were.
    """
    each = planned(profile, era, sdk, tool).calls.call_cpu_milliseconds.value
    port, server = serving(sdk.command(), folder)
    with server as process:
        process.wait_for_port(port)
        used = half_load(
            port,
            process.popen.pid,
            tool["name"],
            {"milliseconds": milliseconds},
            modern=era == "modern",
            rate=HALF_CORE_MILLICORES / float(each),
            seconds=HALF_LOAD_SECONDS,
        )
    plan = planned(profile, era, sdk, tool, turn_seconds=PLANNED_SESSIONS / used.calls_per_second)
    assert float(plan.calls.call_rate.value) == pytest.approx(used.calls_per_second, rel=0.01)
    figure = f"CPU at half load, {tool['name']}"
    off = compare(sdk.name, era, figure, plan.cpu.cpu_mean_millicores.value, used.millicores)
    return off, min(tool["cpuAtMillicores"], used.millicores) >= NEAR_HALF_MILLICORES


def test_http_and_sse_is_measured(tmp_path: Path, note: Note) -> None:
    port = free_port()
    command = shlex.join(PYTHON_V2.command())
    environment = {"PORT": str(port), "MCP_TRANSPORT": "sse"}
    options = ("--start", command, "--sessions", "60", "--seconds", "1", "--json")

    data = measure(url_at(port, "/sse"), *options, folder=tmp_path, environment=environment).data

    era = data["profile"]["eras"]["sse"]
    assert list(data["profile"]["eras"]) == ["sse"]
    assert era["sessionDescriptors"] == pytest.approx(1, abs=0.1)
    assert 60 < era["sessionKib"]["value"] < 200
    assert data["sessions"]["opened"] == data["sessions"]["closed"]
    note(f"python_v2 over HTTP+SSE: {era['sessionKib']['value']:.0f} ± {era['sessionKib']['error']:.0f} KiB a session")


def test_metrics_stand_in_for_the_process_and_a_cap_on_sessions_is_told(tmp_path: Path) -> None:
    with reference_server(tmp_path, {"MCP_MAX_SESSIONS": "50"}) as server:
        options = (
            "--metrics",
            f"{server.base}/metrics",
            "--era",
            "legacy-stateful",
            "--sessions",
            "100",
            "--callers",
            "4",
        )
        data = measure(server.url, *options, "--seconds", "1", "--json", folder=tmp_path).data
        held = descriptors(server.process)
    profile, sessions = data["profile"], data["sessions"]
    assert profile["source"] == "metrics"
    assert profile["eras"]["legacy-stateful"]["sessions"] == 50
    assert any("refused the session after 50: HTTP 503" in note for note in profile["notes"])
    assert sessions["opened"] == sessions["closed"]
    assert sessions["eras"]["legacy-stateful"]["descriptorsAfter"] == pytest.approx(held, abs=1)


def test_without_a_source_there_are_rates_and_a_note(tmp_path: Path) -> None:
    with reference_server(tmp_path) as server:
        run = measure(server.url, "--era", "modern", "--seconds", "1", "--json", folder=tmp_path)
    profile = run.data["profile"]
    assert profile["source"] == "none"
    assert "process" not in profile
    assert profile["eras"]["modern"]["callsPerSecond"] > 10
    assert "sessionKib" not in profile["eras"]["modern"]
    assert any("were not measured" in note for note in profile["notes"])


def test_an_interrupt_closes_every_session(tmp_path: Path, note: Note) -> None:
    port, server = serving(PYTHON_V2.command(), tmp_path)
    with server as process:
        process.wait_for_port(port)
        before = settled_descriptors(process)
        options = ("--pid", str(process.popen.pid), "--era", "legacy-stateful", "--sessions", "400", "--seconds", "1")
        with _measuring(url_at(port), *options, folder=tmp_path) as popen:
            assert popen.stderr is not None
            said = ""
            while "80 of 400" not in said and (line := popen.stderr.readline()):
                said += line
            held = descriptors(process)
            start = time.monotonic()
            popen.send_signal(signal.SIGINT)
            output, progress = popen.communicate(timeout=60)
        took = time.monotonic() - start
        assert popen.returncode == 130, progress
        assert held > before + 70
        opened, closed = [int(word) for word in progress.split() if word.isdigit()][-2:]
        assert opened == closed >= 80
        assert output == ""
        assert "Traceback" not in progress
        assert settled_descriptors(process, at_most=before) <= before
    note(
        f"{closed} sessions closed {took:.1f} s after Ctrl-C; {held} descriptors of the server, then {before} as before"
    )


def test_the_wrong_process_is_refused(tmp_path: Path) -> None:
    with reference_server(tmp_path) as server, reference_server(tmp_path) as other:
        run = measure(server.url, "--pid", str(other.process.popen.pid), folder=tmp_path)
    assert run.status == 1
    assert f"does not listen on port {server.port}" in run.progress


def test_a_server_that_is_started_but_ends_shows_its_last_words(tmp_path: Path) -> None:
    command = shlex.join([sys.executable, "-c", "import sys; sys.exit('no configuration')"])
    run = measure(url_at(free_port()), "--start", command, folder=tmp_path)
    assert run.status == 1
    assert "no configuration" in run.progress


def settled_descriptors(process: Process, at_most: int | None = None) -> int:
    """Once the connection that asked whether the port is open, or the last of a client, has gone.

    On a busy machine a server can stand still for longer than two looks: ``at_most`` is what is waited for.
    """
    last = descriptors(process)
    for _ in range(100):
        time.sleep(0.1)
        if (now := descriptors(process)) == last and (at_most is None or now <= at_most):
            break
        last = now
    return last


def descriptors(process: Process) -> int:
    return len(os.listdir(f"/proc/{process.popen.pid}/fd"))
