"""Servers that are started to be verified: the variables that a stack sets, a port of its own, an end by its id."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from ..measuring.eras import answers
from ..measuring.process import ProcessReader, need_linux
from ..measuring.refused import MeasureError
from ..measuring.started import START_SECONDS, Started, started
from ..measuring.target import Target
from ..measuring.v8 import Heap, heap
from .request import PUBLIC_HOST, Request

PORT_WORD = "{port}"
"""Stands in a command for the port."""
PORT_VARIABLES = ("PORT", "UVICORN_PORT", "FASTMCP_PORT")
"""Variables that tell a server its port: that of most platforms, uvicorn's and FastMCP's."""
GRACEFUL = "UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN"
FORWARDED = "FORWARDED_ALLOW_IPS"
UNTRUSTING = "192.0.2.1"
"""An address of nobody (RFC 5737)."""
_POLL_SECONDS = 0.02


@dataclass(frozen=True)
class Running:
    """A server that was started here."""

    target: Target
    process: Started
    reader: ProcessReader
    heap: Heap
    seconds: float
    """From its start to its first answer."""
    scratch: Path
    """Where it writes what it takes for temporary; its own, as a pod's is."""

    async def level_mib(self) -> float:
        """Memory that can be compared between two moments: what lives in V8's heap, else what is resident."""
        live = await self.heap.live_mib()
        return (await self.reader.read()).memory_mib if live is None else live


def free_port() -> int:
    """A port of loopback that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def at_port(target: Target, port: int) -> Target:
    """The same server at another port of the same host."""
    parts = urlsplit(target.url)
    host = f"[{parts.hostname}]" if ":" in str(parts.hostname) else parts.hostname
    return replace(target, url=parts._replace(netloc=f"{host}:{port}").geturl())


def variables(request: Request, port: int, graceful_seconds: float | None) -> dict[str, str]:
    """What a started server is told beside its inherited environment: its port, and what a stack tells its servers."""
    told = dict.fromkeys(PORT_VARIABLES, str(port))
    if graceful_seconds is not None:
        told[GRACEFUL] = str(round(graceful_seconds))
    told["MCP_ALLOWED_HOSTS"] = request.host or PUBLIC_HOST
    # Loopback is whom uvicorn trusts by default, and an edge is not on loopback.
    told[FORWARDED] = os.environ.get(FORWARDED, UNTRUSTING)
    return told


@contextlib.asynccontextmanager
async def running(
    request: Request,
    *,
    target: Target | None = None,
    graceful_seconds: float | None = None,
    patience: float = START_SECONDS,
    more: Mapping[str, str] | None = None,
) -> AsyncIterator[Running]:
    """A server for the length of the block, once it answers.

    :param target: where, if not at the address of the request.
    """
    need_linux()
    target = target or request.target
    if await answers(target):
        raise MeasureError(
            f"Something answers at {target.shown} already, so --start would verify the wrong server. End it, or give "
            "another port; without URL a free one is taken."
        )
    command = [word.replace(PORT_WORD, str(target.port)) for word in request.start]
    with heap() as node, tempfile.TemporaryDirectory(prefix="mcp-stack-") as scratch:
        environment = {
            **node.environment(os.environ),
            "TMPDIR": scratch,
            **variables(request, target.port, graceful_seconds),
            **(more or {}),
        }
        begun = time.monotonic()
        async with started(command, environment) as process:
            await _until_it_answers(target, process, begun + patience)
            taken = time.monotonic() - begun
            reader = ProcessReader(process.pid, foreign_descriptors=node.descriptors)
            yield Running(target, process, reader, node, taken, Path(scratch))


async def _until_it_answers(target: Target, process: Started, end: float) -> None:
    while not await answers(target):
        if not process.running():
            raise MeasureError(
                f"Mind the port: it must be {target.port}. Write {PORT_WORD} where the command names it; the variables "
                f"{', '.join(PORT_VARIABLES)} have it too."
            )
        if time.monotonic() > end:
            raise MeasureError(
                f"Nothing answers at {target.shown} after the start. Is this the address that the command serves? "
                f"Write {PORT_WORD} where it names its port. Its last lines:\n{process.last_words()}"
            )
        await asyncio.sleep(_POLL_SECONDS)
