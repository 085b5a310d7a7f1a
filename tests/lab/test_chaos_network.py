"""``mcp-stack chaos`` with what a machine does not lend: packets that are dropped between real networks, and a state
store, which is a Redis, that stops. Each call leaves a note in the store, and no note is there twice."""

from __future__ import annotations

import shlex
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from .chaotic import SERVERS, SHORT, WRITE, chaos, lab, of, told
from .conftest import Note
from .network import Network, networks
from .processes import folder_of, program, run, wait_until


@dataclass(frozen=True)
class Store:
    """A Redis at a socket, which reaches through every network."""

    socket: Path
    control: list[str]
    start: list[str]

    def answers(self) -> bool:
        """Whether it does."""
        return subprocess.run([*self.control, "ping"], check=False, capture_output=True).returncode == 0

    def stop(self) -> list[str]:
        """The command that stops it in order."""
        return [*self.control, "shutdown"]

    def notes(self, run_of: str) -> Counter[str]:
        """How often each call of a run left a note."""
        lines = run([*self.control, "lrange", "written", "0", "-1"], folder=self.socket.parent).split()
        return Counter(line for line in lines if line.startswith(f"{run_of}-"))


@pytest.fixture
def store() -> Iterator[Store]:
    """A state store that writes everything down before it answers, so that it has it after a stop."""
    with folder_of(None) as folder:
        socket = folder / "redis.sock"
        kept = ["--dir", str(folder), "--appendonly", "yes", "--appendfsync", "always", "--logfile", "redis.log"]
        start = [program("redis-server", "redis-server"), "--port", "0", "--unixsocket", str(socket), *kept]
        start += ["--daemonize", "yes"]
        one = Store(socket, [program("redis-cli", "redis-server"), "-s", str(socket)], start)
        subprocess.run(start, check=True, capture_output=True, timeout=60)
        try:
            wait_until(one.answers, seconds=60, what="the state store answers")
            yield one
        finally:
            subprocess.run(one.stop(), check=False, capture_output=True, timeout=60)


@pytest.fixture
def network() -> Iterator[Network]:
    with networks(SERVERS) as one:
        yield one


def noted_once(store: Store, run_of: str) -> None:
    """No call was done twice."""
    notes = store.notes(run_of)
    assert notes
    assert set(notes.values()) == {1}


def test_dropped_packets_cost_the_sessions_behind_them_alone(
    network: Network, store: Store, tmp_path: Path, note: Note
) -> None:
    """A pod that nobody reaches and that reaches nobody: the checks of the balancer find it, and it runs on."""
    with lab(tmp_path, "noting:app", {"REDIS": str(store.socket)}, network=network) as made:
        stop, undo = network.dropping(0)
        words = ["--pod", str(made.servers[0][0].popen.pid), "--stop", stop, "--undo", undo, "--hold", "5"]
        found = chaos(
            tmp_path, "drop-network", made.url, *made.pids(), *words, *SHORT, *WRITE, status=0, network=network
        )
        assert set(made.states()) <= {"R", "S"}
        modern, legacy = of(found, "modern"), of(found, "legacy-stateful")
        # Packets are dropped without a word: whoever is on their way waits for a time that ends, the balancer's for a
        # connection or their own. Round robin soon sends somebody there.
        assert max(modern["longestSeconds"], legacy["longestSeconds"]) >= 1
        assert set(modern["reasons"]) <= {"timeout", "no-pods", "edge-error-page", "closed"}
        assert legacy["sessionsLost"] < legacy["sessions"] == 4
        assert legacy["sessionsLostElsewhere"] == 0
        noted_once(store, found["run"])
    note(told(found))


def test_a_stopped_state_store_fails_calls_and_ends_no_session(store: Store, tmp_path: Path, note: Note) -> None:
    with lab(tmp_path, "noting:app", {"REDIS": str(store.socket)}) as made:
        words = ["--stop", shlex.join(store.stop()), "--undo", shlex.join(store.start), "--hold", "5"]
        found = chaos(tmp_path, "stop-state-store", made.url, *made.pids(), *words, *SHORT, *WRITE, status=0)
        for era in ("modern", "legacy-stateful"):
            assert "tool-failed" in of(found, era)["reasons"]
        assert of(found, "legacy-stateful")["sessionsLost"] == 0
        assert set(made.states()) <= {"R", "S"}
        assert store.answers()
        noted_once(store, found["run"])
    note(told(found))
