"""Runs a client program over targets.

Its argument is one JSON object: ``targets`` (name to URL), ``sessions``, ``calls`` of each, ``seconds`` that each call
may take, and ``mode`` of those that negotiate. Its answer is the end of each session by the name of its target: empty
where every call was answered with what it had sent, otherwise what ended it.

With ``until`` it watches its one target instead: each session calls the tool ``write``, with a ``pause`` between calls,
until that file is there. Its answer is the calls of each session: when each began and ended, and what it failed of.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..processes import Process, run, running
from ..servers.environments import PYTHON_V1, PYTHON_V2, TYPESCRIPT_V1, TYPESCRIPT_V2, Sdk

HERE = Path(__file__).parent
CALL_SECONDS = 20
"""A client that waits longer for an answer has lost it."""


@dataclass(frozen=True)
class Client:
    """One official client in one of its modes."""

    title: str
    sdk: Sdk
    mode: str = ""
    modern: bool = False

    def command(self) -> Sequence[str]:
        """What runs it, in the environment of the server of the same SDK. A skip that names what is missing."""
        interpreter, server = self.sdk.command()
        if server.endswith(".mjs"):
            # Node looks for packages beside the file, whatever the directory.
            return [interpreter, str(shutil.copy(HERE / f"{self.sdk.name}.mjs", Path(server).with_name("client.mjs")))]
        return [interpreter, str(HERE / f"{self.sdk.name}.py")]

    def ends(
        self, targets: Mapping[str, str], *, sessions: int, calls: int, folder: Path, seconds: float
    ) -> dict[str, list[str]]:
        """The end of each session by the name of its target; ``seconds`` bound the whole."""
        asked = {"targets": targets, "sessions": sessions, "calls": calls, "seconds": CALL_SECONDS, "mode": self.mode}
        said = run([*self.command(), json.dumps(asked)], folder=folder, seconds=seconds)
        return dict(json.loads(said.strip().splitlines()[-1]))

    @contextmanager
    def watching(
        self, name: str, url: str, *, sessions: int, pause: float, until: Path, folder: Path
    ) -> Iterator[Process]:
        """Sessions that call until a file is there; :func:`calls_of` reads what they saw."""
        asked = {"targets": {name: url}, "sessions": sessions, "seconds": CALL_SECONDS, "mode": self.mode}
        further = {"pause": pause, "until": str(until)}
        with running(f"client-{name}", [*self.command(), json.dumps({**asked, **further})], folder=folder) as process:
            yield process


def calls_of(process: Process) -> list[list[tuple[float, float, str]]]:
    """The calls of each session of a client that has ended: begin, end, and what each failed of."""
    lines = [line for line in process.output().splitlines() if line.startswith("[[")]
    assert lines, process.output()
    return [[(begun, ended, failed) for begun, ended, failed in one] for one in json.loads(lines[-1])]


CLIENTS = (
    Client("Python v1", PYTHON_V1),
    Client("Python v2, legacy", PYTHON_V2, "legacy"),
    Client("TypeScript v1", TYPESCRIPT_V1),
    Client("TypeScript v2, legacy", TYPESCRIPT_V2, "legacy"),
    Client("Python v2, modern", PYTHON_V2, "2026-07-28", modern=True),
    Client("TypeScript v2, modern", TYPESCRIPT_V2, "auto", modern=True),
)
