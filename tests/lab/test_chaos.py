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
from pathlib import Path
from typing import Any

import pytest

from .chaotic import AFFINITY, SHORT, WRITE, Lab, begun, chaos, failed, lab, of, told
from .conftest import Note
from .postgres import DATABASE, PASSWORD, USER, Postgres, connect, postgresql
from .processes import LOOPBACK, free_port, listens, program, wait_until
from .reference import SOURCE
from .servers.environments import PYTHON_V1


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
def writing(folder: Path, database: Postgres, *, affinity: str = AFFINITY, checked: bool = True) -> Iterator[Lab]:
    """Three servers that write to a database."""
    environment = {
        "PGHOST": LOOPBACK,
        "PGPORT": str(database.port),
        "PGDATABASE": DATABASE,
        "PGUSER": USER,
        "PGPASSWORD": PASSWORD,
        "PGCONNECT_TIMEOUT": "1",
        "DATABASE_POOL_ACQUIRE_SECONDS": "1",
    }
    with lab(folder, "writing:app", environment, affinity=affinity, checked=checked) as made:
        yield made


def written_once(database: Postgres, found: dict[str, Any]) -> None:
    """No call of a run stands in the table twice."""
    with connect(database.port) as connection:
        rows = connection.execute("select text from written where text like %s", [f"{found['run']}-%"]).fetchall()
    counted = Counter(str(row[0]) for row in rows)
    assert counted
    assert set(counted.values()) == {1}


@pytest.mark.parametrize(
    ("experiment", "zones", "killed"), [("kill-pod", (), 1), ("kill-zone", ("a", "b", "a"), 2)], ids=["pod", "zone"]
)
def test_a_kill_takes_its_own_sessions_and_no_others(
    experiment: str, zones: Sequence[str], killed: int, tmp_path: Path, database: Postgres, note: Note
) -> None:
    with writing(tmp_path, database) as made:
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
        written_once(database, found)
    note(told(found))


def test_without_checks_the_dead_process_gets_calls_for_ever(tmp_path: Path, database: Postgres) -> None:
    with writing(tmp_path, database, checked=False) as made:
        words = ["--pod", str(made.servers[0][0].popen.pid), "--era", "modern"]
        found = chaos(tmp_path, "kill-pod", made.url, *made.pids(), *words, *SHORT, *WRITE, status=1)
        assert {era for era, _ in failed(found)} == {"modern"}
        assert "4 failed calls at most" in [expected for _, expected in failed(found)]
        written_once(database, found)


def test_without_affinity_nothing_is_done(tmp_path: Path, database: Postgres) -> None:
    with writing(tmp_path, database, affinity="") as made:
        words = [*made.pids(), "--era", "legacy-stateful", *SHORT]
        found = chaos(tmp_path, "kill-pod", made.url, *words, status=1)
        assert "does not serve clients of 'legacy-stateful'" in found["error"]["message"]
        assert "Z" not in made.states()


def test_a_frozen_process_costs_time_and_comes_back(tmp_path: Path, database: Postgres, note: Note) -> None:
    with writing(tmp_path, database) as made:
        words = ["--pod", str(made.servers[1][0].popen.pid), "--hold", "5"]
        found = chaos(tmp_path, "freeze-pod", made.url, *made.pids(), *words, *SHORT, *WRITE, status=0)
        assert set(made.states()) <= {"R", "S"}
        modern = of(found, "modern")
        assert modern["callsLost"] > 0
        assert set(modern["reasons"]) <= {"timeout", "no-pods", "edge-error-page", "closed"}
        written_once(database, found)
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
    with with_table() as database, writing(tmp_path, database) as made, stopping(database) as commands:
        words = [*made.pids(), *commands, "--hold", "5"]
        found = chaos(tmp_path, "stop-database", made.url, *words, *SHORT, *WRITE, status=0)
        for era in ("modern", "legacy-stateful"):
            assert "tool-failed" in of(found, era)["reasons"]
        assert of(found, "legacy-stateful")["sessionsLost"] == 0
        assert set(made.states()) <= {"R", "S"}
        assert listens(database.port)
        written_once(database, found)
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
    with writing(tmp_path, database) as made:
        process = frozen(made, tmp_path)
        process.send_signal(number)
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 130, errors
        assert "Everything is undone" in errors
        assert made.states()[0] in "RS"
        assert not (tmp_path / "mcp-chaos-undo.sh").exists()


def test_what_a_killed_experiment_leaves_is_written_down_and_ends_by_itself(tmp_path: Path, database: Postgres) -> None:
    journal = tmp_path / "mcp-chaos-undo.sh"
    with writing(tmp_path, database) as made:
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
