"""``mcp-stack chaos`` with real processes: three reference servers behind HAProxy and a PostgreSQL. Each result is what
is true, everything is undone, and nothing is written twice."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from .conftest import Note
from .postgres import DATABASE, PASSWORD, USER, Postgres, connect, postgresql
from .processes import LOOPBACK, Process, free_port, listens, program, running, wait_until
from .reference import SOURCE
from .servers.environments import PYTHON_V1

ROOT = Path(__file__).resolve().parents[2]
SERVERS = 3
BALANCER = """\
global
  maxconn 200
defaults
  mode http
  timeout connect 1s
  timeout client 60s
  timeout server 60s
  timeout check 500ms
  retries 3
  {redispatch}
frontend mcp
  bind 127.0.0.1:{port}
  default_backend servers
backend servers
  balance roundrobin
  {affinity}
  {check}
{servers}
"""
AFFINITY = """\
stick-table type string len 64 size 10k expire 30m
  stick match hdr(mcp-session-id)
  stick store-response res.hdr(mcp-session-id)"""
CHECK = "option httpchk GET /livez"
SHORT = ("--before", "2", "--recover", "20", "--clients", "4", "--rate", "4", "--timeout", "2", "--yes", "--json")
WRITE = ("--tool", "write", "--arguments", '{"text": "{call}"}')


@dataclass(frozen=True)
class Lab:
    """What runs, and where clients call."""

    servers: Sequence[tuple[Process, int]]
    url: str
    database: Postgres
    folder: Path

    def pids(self, zones: Sequence[str] = ()) -> list[str]:
        """The options that name the processes."""
        marks = [f"@{zone}" for zone in zones] or [""] * len(self.servers)
        words = []
        for (process, port), mark in zip(self.servers, marks, strict=True):
            words += ["--pid", f"{process.popen.pid}{mark}", "--direct", f"http://{LOOPBACK}:{port}/mcp"]
        return words

    def states(self) -> list[str]:
        """Of each process what the kernel says: R and S run, T stands still, Z has ended."""
        return [state(process.popen.pid) for process, _ in self.servers]

    def rows(self, run: str) -> Counter[str]:
        """How often each call of a run stands in the table."""
        with connect(self.database.port) as connection:
            found = connection.execute("select text from written where text like %s", [f"{run}-%"]).fetchall()
        return Counter(str(row[0]) for row in found)


def state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "gone"


@contextlib.contextmanager
def with_table() -> Iterator[Postgres]:
    with postgresql(max_connections=60) as started:
        with connect(started.port) as connection:
            connection.execute("create table written (number bigserial, text text)")
        yield started


@pytest.fixture(scope="module")
def database() -> Iterator[Postgres]:
    """One PostgreSQL for all tests but that which stops it."""
    with with_table() as started:
        yield started


@contextlib.contextmanager
def lab(folder: Path, database: Postgres, *, affinity: str = AFFINITY, checked: bool = True) -> Iterator[Lab]:
    """Three servers behind a balancer."""
    with contextlib.ExitStack() as stack:
        servers = []
        for _ in range(SERVERS):
            port = free_port()
            environment = {
                "UVICORN_HOST": LOOPBACK,
                "UVICORN_PORT": str(port),
                "PYTHONPATH": str(SOURCE),
                "PYTHONDONTWRITEBYTECODE": "1",
                "PGHOST": LOOPBACK,
                "PGPORT": str(database.port),
                "PGDATABASE": DATABASE,
                "PGUSER": USER,
                "PGPASSWORD": PASSWORD,
                "PGCONNECT_TIMEOUT": "1",
                "DATABASE_POOL_ACQUIRE_SECONDS": "1",
            }
            command = [sys.executable, "-m", "uvicorn", "writing:app"]
            place = Path(__file__).parent / "servers"
            process = stack.enter_context(
                running(f"server-{port}", command, folder=folder, cwd=place, environment=environment)
            )
            servers.append((process, port))
        for process, port in servers:
            process.wait_for_port(port, seconds=60)
        port = free_port()
        check = " check inter 300ms fall 2 rise 1" if checked else ""
        configuration = folder / "haproxy.cfg"
        configuration.write_text(
            BALANCER.format(
                port=port,
                affinity=affinity,
                redispatch="option redispatch 1" if checked else "no option redispatch",
                check=CHECK if checked else "",
                servers="".join(f"  server s{at} {LOOPBACK}:{at}{check}\n" for _, at in servers),
            )
        )
        words = [program("haproxy", "haproxy"), "-db", "-f", str(configuration)]
        balancer = stack.enter_context(running("haproxy", words, folder=folder))
        balancer.wait_for_port(port)
        yield Lab(servers, f"http://{LOOPBACK}:{port}/mcp", database, folder)


def begun(folder: Path, *words: str) -> subprocess.Popen[str]:
    """The command in a folder of its own."""
    variables = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT / "components")}
    return subprocess.Popen(
        [sys.executable, "-m", "pulumi_kubernetes_mcp.cli", "chaos", *words],
        cwd=folder,
        env={**variables, "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def chaos(folder: Path, *words: str, status: int) -> dict[str, Any]:
    """Run it to its end; its result. Nothing of it is left to be undone."""
    process = begun(folder, *words)
    try:
        output, errors = process.communicate(timeout=180)
    finally:
        process.kill()
    assert "Traceback" not in errors, errors
    assert process.returncode == status, f"{output}\n{errors}"
    assert not (folder / "mcp-chaos-undo.sh").exists()
    found: dict[str, Any] = json.loads(output)
    return found


def of(found: dict[str, Any], era: str) -> dict[str, Any]:
    """What it cost the clients of an era."""
    return next(one for one in found["eras"] if one["era"] == era)


def failed(found: dict[str, Any]) -> list[tuple[str, str]]:
    """The expectations that do not hold."""
    return [(one["of"], one["expected"]) for one in found["expectations"] if not one["passed"]]


def told(found: dict[str, Any]) -> str:
    """One line of figures for the note."""
    words = [
        f"{one['era']}: {one['callsLost']} of {one['calls']} calls"
        + (f", {one['sessionsLost']} of {one['sessions']} sessions" if "sessions" in one else "")
        + f", again after {one['recoveredSeconds']} s"
        for one in found["eras"]
    ]
    return f"{found['experiment']}: {'; '.join(words)}"


def written_once(lab: Lab, found: dict[str, Any]) -> None:
    """No call stands in the table twice."""
    rows = lab.rows(found["run"])
    assert rows
    assert set(rows.values()) == {1}


@pytest.mark.parametrize(
    ("experiment", "zones", "killed"), [("kill-pod", (), 1), ("kill-zone", ("a", "b", "a"), 2)], ids=["pod", "zone"]
)
def test_a_kill_takes_its_own_sessions_and_no_others(
    experiment: str, zones: Sequence[str], killed: int, tmp_path: Path, database: Postgres, note: Note
) -> None:
    with lab(tmp_path, database) as made:
        which = ["--zone", "a"] if zones else ["--pod", str(made.servers[0][0].popen.pid)]
        found = chaos(tmp_path, experiment, made.url, *made.pids(zones), *which, *SHORT, *WRITE, status=0)
        assert made.states().count("Z") == killed
        assert len(found["affected"]) == killed
        legacy, modern = of(found, "legacy-stateful"), of(found, "modern")
        # Round robin gives each of three servers some of four sessions.
        assert legacy["sessions"] == 4
        assert 0 < legacy["sessionsLost"] < 4
        assert legacy["sessionsLostElsewhere"] == 0
        assert modern["callsLost"] <= 4
        written_once(made, found)
    note(told(found))


def test_without_checks_the_dead_process_gets_calls_for_ever(tmp_path: Path, database: Postgres) -> None:
    with lab(tmp_path, database, checked=False) as made:
        words = ["--pod", str(made.servers[0][0].popen.pid), "--era", "modern"]
        found = chaos(tmp_path, "kill-pod", made.url, *made.pids(), *words, *SHORT, *WRITE, status=1)
        assert {era for era, _ in failed(found)} == {"modern"}
        assert "4 failed calls at most" in [expected for _, expected in failed(found)]
        written_once(made, found)


def test_without_affinity_nothing_is_done(tmp_path: Path, database: Postgres) -> None:
    with lab(tmp_path, database, affinity="") as made:
        words = [*made.pids(), "--era", "legacy-stateful", *SHORT]
        found = chaos(tmp_path, "kill-pod", made.url, *words, status=1)
        assert "does not serve clients of 'legacy-stateful'" in found["error"]["message"]
        assert "Z" not in made.states()


def test_a_frozen_process_costs_time_and_comes_back(tmp_path: Path, database: Postgres, note: Note) -> None:
    with lab(tmp_path, database) as made:
        words = ["--pod", str(made.servers[1][0].popen.pid), "--hold", "5"]
        found = chaos(tmp_path, "freeze-pod", made.url, *made.pids(), *words, *SHORT, *WRITE, status=0)
        assert set(made.states()) <= {"R", "S"}
        modern = of(found, "modern")
        assert modern["callsLost"] > 0
        assert set(modern["reasons"]) <= {"timeout", "no-pods", "edge-error-page", "closed"}
        written_once(made, found)
    note(told(found))


def owner() -> list[str]:
    """What runs a program as the owner of the database, if that is somebody else."""
    return [program("runuser", "util-linux"), "-u", "postgres", "--"] if os.geteuid() == 0 else []


@contextlib.contextmanager
def stopping(database: Postgres) -> Iterator[list[str]]:
    """Options that stop the database and start it again; what they leave running is ended with the block."""
    words = [str(word) for word in database.process.popen.args]  # type: ignore[union-attr]
    data = words[2]
    control = [*owner(), program("pg_ctl", "postgresql"), "-D", data, "-w"]
    log = str(Path(data).parent / "again.log")
    stop, undo = [*control, "-m", "fast", "stop"], [*control, "-l", log, "-o", shlex.join(words[3:]), "start"]
    try:
        yield ["--stop", shlex.join(stop), "--undo", shlex.join(undo)]
    finally:
        subprocess.run(stop, check=False, capture_output=True, timeout=60)


def test_a_stopped_database_fails_calls_and_ends_no_process(tmp_path: Path, note: Note) -> None:
    with with_table() as database, lab(tmp_path, database) as made, stopping(database) as commands:
        words = [*made.pids(), *commands, "--hold", "5"]
        found = chaos(tmp_path, "stop-database", made.url, *words, *SHORT, *WRITE, status=0)
        for era in ("modern", "legacy-stateful"):
            assert "tool-failed" in of(found, era)["reasons"]
        assert of(found, "legacy-stateful")["sessionsLost"] == 0
        assert set(made.states()) <= {"R", "S"}
        assert listens(database.port)
        written_once(made, found)
    note(told(found))


def alone() -> list[str]:
    return ["--start", f"{sys.executable} -m uvicorn --app-dir {SOURCE} server:app", "--port", str(free_port())]


def test_a_single_process_cannot_be_killed_unnoticed(tmp_path: Path, note: Note) -> None:
    found = chaos(tmp_path, "kill-pod", *alone(), "--hold", "2", *SHORT, "--recover", "60", status=1)
    assert ("modern", "4 failed calls at most") in failed(found)
    legacy = of(found, "legacy-stateful")
    assert (legacy["sessions"], legacy["sessionsLost"]) == (4, 4)
    assert of(found, "modern")["recoveredSeconds"] is not None
    note(told(found))


def test_clients_of_http_and_sse_lose_their_stream_and_open_another(tmp_path: Path) -> None:
    port = free_port()
    url = f"http://{LOOPBACK}:{port}/sse"
    start = shlex.join(["env", "MCP_TRANSPORT=sse", *PYTHON_V1.command()])
    words = ["--start", start, "--port", str(port), "--era", "sse", "--sse-url", url, "--hold", "1"]
    found = chaos(tmp_path, "kill-pod", url, *words, *SHORT, "--recover", "60", status=0)
    sse = of(found, "sse")
    assert (sse["sessions"], sse["sessionsLost"]) == (4, 4)
    assert sse["recoveredSeconds"] > 0


def frozen(made: Lab, folder: Path) -> subprocess.Popen[str]:
    """An experiment in the middle of its fault."""
    words = ["--pod", str(made.servers[0][0].popen.pid), "--hold", "6", "--era", "modern"]
    process = begun(folder, "freeze-pod", made.url, *made.pids(), *words, *SHORT)
    wait_until(lambda: made.states()[0] == "T", seconds=60, what="the process stands still")
    return process


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_whoever_interrupts_it_leaves_nothing_behind(
    number: signal.Signals, tmp_path: Path, database: Postgres
) -> None:
    with lab(tmp_path, database) as made:
        process = frozen(made, tmp_path)
        process.send_signal(number)
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 130, errors
        assert "Everything is undone" in errors
        assert made.states()[0] in "RS"
        assert not (tmp_path / "mcp-chaos-undo.sh").exists()


def test_what_a_killed_experiment_leaves_is_written_down_and_ends_by_itself(tmp_path: Path, database: Postgres) -> None:
    journal = tmp_path / "mcp-chaos-undo.sh"
    with lab(tmp_path, database) as made:
        process, victim = frozen(made, tmp_path), made.servers[0][0].popen.pid
        process.kill()
        process.communicate(timeout=60)
        assert f"kill -CONT {victim}" in journal.read_text().splitlines()
        refused = begun(tmp_path, "freeze-pod", made.url, *made.pids(), *SHORT)
        output, _ = refused.communicate(timeout=60)
        assert refused.returncode == 1
        assert "was not undone" in json.loads(output)["error"]["message"]
        # Nobody runs the file: a process of its own sends the signal when the time is over.
        wait_until(lambda: made.states()[0] in "RS", seconds=60, what="the process goes on by itself")
