"""kill -9 of a pod in the middle of sessions of every official client, each call of which writes to a real PostgreSQL.

The address answers again after a while, as that of a container does that is started again.
"""

from __future__ import annotations

import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from .clients.sessions import CLIENTS, Client, calls_of
from .conftest import Note
from .envoy import Envoy, Way, configuration, envoy, platform, translated
from .postgres import DATABASE, PASSWORD, USER, Postgres, connect, postgresql
from .processes import LOOPBACK, Process, free_port, running, wait_until
from .reference import SOURCE
from .servers.environments import HERE

WAY = Way(name="shop", affinity="envelope")
SESSIONS = 4
PAUSE_SECONDS = 0.3
WAIT_SECONDS = 240
CALLS_AFTER = 8
"""Of each client without a session, before the pod is back and after it."""


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[Envoy]:
    whole, planned = configuration(translated([*platform(tmp_path), *WAY.objects()], tmp_path), [WAY], tmp_path)
    with envoy(whole, planned, tmp_path) as one:
        yield one


@pytest.fixture
def database() -> Iterator[Postgres]:
    with postgresql(max_connections=60) as started:
        with connect(started.port) as connection:
            connection.execute("create table written (number bigserial, text text)")
        yield started


@contextmanager
def pod(port: int, database: Postgres, folder: Path, name: str) -> Iterator[Process]:
    environment = {
        "UVICORN_HOST": LOOPBACK,
        "UVICORN_PORT": f"{port}",
        "PYTHONPATH": str(SOURCE),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PGHOST": LOOPBACK,
        "PGPORT": f"{database.port}",
        "PGDATABASE": DATABASE,
        "PGUSER": USER,
        "PGPASSWORD": PASSWORD,
    }
    command = [sys.executable, "-m", "uvicorn", "writing:app"]
    with running(name, command, folder=folder, cwd=HERE, environment=environment) as process:
        yield process


def rows(database: Postgres) -> Counter[str]:
    """How often each call stands in the table."""
    with connect(database.port) as connection:
        return Counter(str(row[0]) for row in connection.execute("select text from written").fetchall())


def of_sessions(found: Counter[str]) -> Counter[str]:
    """Calls by their session."""
    return Counter(text.rpartition("-")[0] for text in found)


def name_of(client: Client) -> str:
    return f"c{CLIENTS.index(client)}"


def test_who_goes_on_after_a_kill_and_nothing_is_written_twice(
    proxy: Envoy, database: Postgres, tmp_path: Path, note: Note
) -> None:
    """Clients without a session lose the call that was on its way; a session of the dead pod is lost for good, also
    when the address answers again, and no other one is. What was answered is in the table once, and nothing twice."""
    until = tmp_path / "until"
    sessions = {f"{name_of(client)}-{at}" for client in CLIENTS for at in range(SESSIONS)}
    modern = {f"{name_of(client)}-{at}" for client in CLIENTS if client.modern for at in range(SESSIONS)}

    def go_on() -> None:
        """Wait until every client without a session has called some more."""
        before = of_sessions(rows(database))
        wait_until(
            lambda: all(of_sessions(rows(database))[one] >= before[one] + CALLS_AFTER for one in modern),
            seconds=WAIT_SECONDS,
            what="calls of every client without a session",
        )

    with ExitStack() as stack:
        ports = [free_port() for _ in range(3)]
        pods = [stack.enter_context(pod(port, database, tmp_path, f"pod-{port}")) for port in ports]
        for port, process in zip(ports, pods, strict=True):
            process.wait_for_port(port, seconds=120)
        proxy.pods[WAY.name].become(dict.fromkeys(ports, "UNKNOWN"))
        watching = {
            client: stack.enter_context(
                client.watching(
                    name_of(client),
                    proxy.url(WAY.name),
                    sessions=SESSIONS,
                    pause=PAUSE_SECONDS,
                    until=until,
                    folder=tmp_path,
                )
            )
            for client in CLIENTS
        }
        wait_until(
            lambda: sessions <= of_sessions(rows(database)).keys(), seconds=WAIT_SECONDS, what="a call of every session"
        )
        killed = time.time()
        pods[0].send(signal.SIGKILL)
        pods[0].wait(10)
        go_on()
        stack.enter_context(pod(ports[0], database, tmp_path, "again")).wait_for_port(ports[0], seconds=120)
        go_on()
        until.touch()
        for process in watching.values():
            process.wait(WAIT_SECONDS)
        seen = {client: calls_of(process) for client, process in watching.items()}
    found = rows(database)
    for client, ends in seen.items():
        lost = [one for one in ends if one[-1][2]]
        failed = [call for one in ends for call in one if call[2] and call[1] >= killed]
        gaps = [gap(one, killed) for one in ends if not one[-1][2]]
        words = f"; first {min(failed)[1] - killed:.1f} s after the kill: {min(failed)[2]}" if failed else ""
        note(
            f"{client.title}: {len(lost)} of {SESSIONS} lost for good, {len(failed)} calls failed{words}; the others "
            f"were without an answer for {max(gaps, default=0):.1f} s at most"
        )
    assert set(found.values()) == {1}
    for client, ends in seen.items():
        for at, one in enumerate(ends):
            answered = {f"{name_of(client)}-{at}-{number}" for number, call in enumerate(one) if not call[2]}
            assert answered <= found.keys()
            broken = [bool(call[2]) for call in one]
            if client.modern:
                # What was on its way in the dead pod has failed: a call is never repeated.
                assert sum(broken) <= 1, (client.title, one)
                assert not broken[-1], (client.title, one)
            else:
                # Nobody comes back: a session is whole, or every call after the first that failed has failed.
                assert broken == sorted(broken), (client.title, one)
    legacy = [one for client, ends in seen.items() if not client.modern for one in ends]
    assert 0 < sum(bool(one[-1][2]) for one in legacy) < len(legacy)


def gap(calls: list[tuple[float, float, str]], killed: float) -> float:
    """How long a session was without an answer after the kill, the pause between its calls left out."""
    return max((ended - begun for begun, ended, _ in calls if ended >= killed), default=0.0)
