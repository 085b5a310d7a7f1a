"""How much of a Node server's heap lives: its resident memory is mostly garbage that V8 has not collected yet.

What a session adds drowns in that garbage: tens of MiB that come and go. So a Node server that is started to be
measured loads a few lines first. They listen on a socket in a private directory and, when asked, collect the garbage
and say what is left. They do nothing before they are asked, and they are asked after everything else was read.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from .readers import MIB

_ANSWER_SECONDS = 10
_MOST_COLLECTIONS = 20
_STILL_COLLECTIONS = 3
_STILL_MIB = 0.05
_VARIABLE = "MCP_STACK_MEASURE"
_SCRIPT = """\
'use strict';
const { isMainThread } = require('node:worker_threads');
if (isMainThread && process.env.MCP_STACK_MEASURE) {
  const server = require('node:net').createServer((socket) => {
    socket.on('error', () => {});
    const { Session } = require('node:inspector');
    const session = new Session();
    session.connect();
    session.post('HeapProfiler.collectGarbage', () => {
      socket.end(JSON.stringify(process.memoryUsage()));
      setImmediate(() => session.disconnect());
    });
  });
  server.on('error', () => {});
  server.listen(`${process.env.MCP_STACK_MEASURE}/${process.pid}`);
  server.unref();
}
"""


class Heap:
    """The V8 heaps of a started server's processes; there are none if it is no Node server."""

    def __init__(self, directory: Path) -> None:
        self._sockets = directory / "sockets"
        self._script = directory / "load.cjs"
        self._silent: set[Path] = set()
        self._sockets.mkdir()
        self._script.write_text(_SCRIPT, encoding="utf-8")

    def environment(self, inherited: Mapping[str, str]) -> dict[str, str]:
        """The environment in which Node loads the lines; other programs do not look at it."""
        options = f"{inherited.get('NODE_OPTIONS', '')} --require {json.dumps(str(self._script))}".strip()
        return {**inherited, "NODE_OPTIONS": options, _VARIABLE: str(self._sockets)}

    def descriptors(self) -> int:
        """Descriptors that the lines themselves hold in the server."""
        return sum(1 for _ in self._sockets.iterdir())

    async def live_mib(self) -> float | None:
        """What lives in the heaps, in MiB; ``None`` if nothing answers.

        Finalizers let go of more with each collection, so the least of several is taken, once it has stood still.
        """
        least = await self._collected_mib()
        still = 0
        for _ in range(_MOST_COLLECTIONS):
            if least is None or still >= _STILL_COLLECTIONS:
                break
            now = await self._collected_mib()
            still = still + 1 if now is None or now > least - _STILL_MIB else 0
            least = least if now is None else min(least, now)
        return least

    async def _collected_mib(self) -> float | None:
        """After one more collection in each process."""
        found = []
        for socket in set(self._sockets.iterdir()) - self._silent:
            answer = await _ask(socket)
            if answer is None:
                self._silent.add(socket)
            else:
                found.append(answer)
        return sum(found) / MIB if found else None


@contextlib.contextmanager
def heap() -> Iterator[Heap]:
    """A private directory for the length of the block."""
    with tempfile.TemporaryDirectory(prefix="mcp-stack-") as directory:
        yield Heap(Path(directory))


async def _ask(socket: Path) -> float | None:
    """Heap and what hangs on it of one process; a process that has ended does not answer."""
    try:
        async with asyncio.timeout(_ANSWER_SECONDS):
            reader, writer = await asyncio.open_unix_connection(str(socket))
            try:
                answer = json.loads(await reader.read())
            finally:
                writer.close()
        return float(answer["heapUsed"] + answer["external"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
