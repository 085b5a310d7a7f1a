"""Whether any process can answer any call: a sequence of calls on one process, and spread over three."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ..measuring.refused import MeasureError
from ..probe import messages
from ..probe.answer import Answer
from ..settings.verified import VerifiedState
from .checks import Check
from .event_stream import EventStream
from .observed import Observed
from .request import Request
from .routes import session_of
from .server import Running, at_port, free_port, running
from .wire import Wire, result

PROCESSES = 3
PATIENCE = 20.0
"""How long a further process may take, at least."""
MOST_FILES = 20_000
MOST_NAMED = 5
_SKIPPED = frozenset({".git", "node_modules", ".venv", "__pycache__", "site-packages"})
_LISTS = ("tools/list", "prompts/list", "resources/list")


@dataclass(frozen=True)
class Recorded:
    """What one call of the sequence was answered."""

    name: str
    content: str
    failed: bool = False
    """Whether a tool answered with an error, which says nothing of what it keeps."""


class Caller:
    """One client of one process, in the era that leaves no session, else in a session of its own."""

    def __init__(self, wire: Wire, seen: Observed) -> None:
        self._wire = wire
        self._legacy = "modern" not in seen.eras
        self._stateful = seen.stateful
        self._session: str | None = None
        self._stream = EventStream(wire) if seen.streams_alone else None

    async def begin(self) -> None:
        """Open a session where one is needed."""
        if self._stream is not None:
            await self._stream.begin()
        elif self._legacy and self._stateful:
            self._session = session_of(await self._wire.initialize())
            await self._wire.initialized(self._session)

    async def call(self, method: str, params: Mapping[str, Any]) -> Answer:
        """One call."""
        if self._stream is not None:
            return await self._stream.ask(self._stream.built(method, params))
        return await self._wire.call(method, params, self._session, stateful=self._legacy)

    async def end(self) -> None:
        """End the session."""
        if self._stream is not None:
            await self._stream.close()
        if self._session is not None:
            await self._wire.delete(self._session)


def sequence(request: Request) -> list[tuple[str, str, dict[str, Any]]]:
    """Name, method and parameters of each call: the lists, then the tools that were named, then the lists again."""
    lists: list[tuple[str, str, dict[str, Any]]] = [(method, method, {}) for method in _LISTS]
    tools: list[tuple[str, str, dict[str, Any]]] = [
        (f"{tool.name} (call {number})", "tools/call", {"name": tool.name, "arguments": dict(tool.arguments)})
        for number, tool in enumerate(request.calls, 1)
    ]
    return [*lists, *tools, *(lists if tools else [])]


async def play(targets: Sequence[Wire], request: Request, seen: Observed) -> list[Recorded]:
    """The sequence, each call to the next of the processes."""
    callers = [Caller(wire, seen) for wire in targets]
    for caller in callers:
        await caller.begin()
    found = []
    for place, (name, method, params) in enumerate(sequence(request)):
        answer = await callers[place % len(callers)].call(method, params)
        found.append(Recorded(name, content(answer), method == "tools/call" and _failed(answer)))
    for caller in callers:
        await caller.end()
    return found


def content(answer: Answer) -> str:
    """What an answer says, without what belongs to the exchange."""
    found, (code, _) = result(answer), messages.error_of(answer.payload)
    if found is not None:
        said: dict[str, Any] = _plain(found)
    else:
        said = {"status": answer.status} if code is None else {"error": code}
    return json.dumps(said, sort_keys=True)


def _failed(answer: Answer) -> bool:
    found = result(answer)
    return found is None or found.get("isError") is True


def _plain(found: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name != "_meta"}


def compare(
    first: Sequence[Recorded], second: Sequence[Recorded], spread: Sequence[Recorded]
) -> tuple[list[str], list[str]]:
    """Calls that are answered otherwise when spread, and calls that one process answers otherwise each time."""
    differing, varying = [], []
    for one, again, other in zip(first, second, spread, strict=True):
        if one.content != again.content:
            varying.append(one.name)
        elif one.content != other.content:
            differing.append(one.name)
    return list(dict.fromkeys(differing)), list(dict.fromkeys(varying))


class Disk:
    """Regular files that change below the directory in which the server was started, or that it holds open."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._since = time.time()
        self._before = set(_files(directory))

    def changed(self, *servers: Running) -> list[str]:
        """Files that were written since, relative to the directory where they are in it."""
        found = set()
        for path in _files(self._directory):
            with contextlib.suppress(OSError):
                if path not in self._before or path.stat().st_mtime > self._since:
                    found.add(str(path.relative_to(self._directory)))
        readers = [server.reader for server in servers]
        if readers and found:
            # The output of this command, or the log of another one, is no state of the server.
            found -= {self._shown(path) for path in readers[0].written_elsewhere(*readers[1:])}
        for reader in readers:
            found |= {self._shown(path) for path in reader.writes()}
        return sorted(found)[:MOST_NAMED]

    def _shown(self, path: str) -> str:
        with contextlib.suppress(ValueError):
            return str(Path(path).relative_to(self._directory))
        return path


def _files(directory: Path) -> Iterator[Path]:
    left = MOST_FILES
    for folder, names, files in os.walk(directory):
        names[:] = [name for name in names if name not in _SKIPPED]
        for file in files:
            left -= 1
            if left < 0:
                return
            yield Path(folder) / file


def names_of_failed(calls: Sequence[Recorded]) -> list[str]:
    """Tools that answered with an error."""
    return list(dict.fromkeys(one.name for one in calls if one.failed))


def _temporary(servers: Sequence[Running]) -> set[tuple[str, float]]:
    """Files in the temporary folders of some servers, and when they were written."""
    found = set()
    for server in servers:
        for path in _files(server.scratch):
            with contextlib.suppress(OSError):
                found.add((f"$TMPDIR/{path.relative_to(server.scratch)}", path.stat().st_mtime))
    return found


async def look_at_replicas(
    request: Request, seen: Observed, first: Sequence[Recorded], second: Sequence[Recorded], files: Sequence[str]
) -> None:
    """Start three processes, and spread the sequence over them.

    :param first: what one fresh process answered; ``second`` what another one did.
    :param files: those that changed meanwhile.
    """
    patience = max(PATIENCE, 5 * (seen.start_seconds or 0))
    disk = Disk(Path.cwd())
    try:
        async with contextlib.AsyncExitStack() as stack:
            servers = []
            for _ in range(PROCESSES):
                target = at_port(request.target, free_port())
                servers.append(await stack.enter_async_context(running(request, target=target, patience=patience)))
            wires = [await stack.enter_async_context(Wire(server.target, version=seen.version)) for server in servers]
            before = _temporary(servers)
            spread = await play(wires, request, seen)
            files = sorted({*files, *disk.changed(*servers)})[:MOST_NAMED]
            temporary = sorted(_temporary(servers) - before)
    except MeasureError as refused:
        seen.unseen[Check.STATELESS] = f"three processes could not be started: {str(refused).splitlines()[0]}"
        return
    differing, seen.varying = compare(first, second, spread)
    # Each process has a temporary folder of its own, so that what it keeps there shows in its answers.
    files = files or (list(dict.fromkeys(name for name, _ in temporary))[:MOST_NAMED] if differing else [])
    kept: Literal["nowhere", "memory", "disk"] | None
    kept = "disk" if files else "memory" if differing else None
    if kept is None and (failed := names_of_failed(first)):
        words = f"{', '.join(failed)} answered with an error, which says nothing of state; mind --arguments"
        seen.unseen[Check.STATELESS] = words
    elif kept is None and request.calls and not seen.varying:
        kept = "nowhere"
    seen.state = VerifiedState(kept_in=kept, calls=len(spread), differing=differing, files=list(files))
