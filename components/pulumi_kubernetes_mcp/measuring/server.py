"""The server that is measured: started, found by its process or its metrics, or only talked to."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from .eras import answers
from .metrics import MetricsReader
from .process import ProcessReader, need_linux
from .readers import Reader
from .refused import MeasureError, sentence
from .request import Request
from .started import START_SECONDS, Started, started
from .v8 import Heap, heap

_POLL_SECONDS = 0.1

Say = Callable[[str], None]
"""Where progress is told, a line at a time."""


@dataclass(frozen=True)
class Server:
    """What can be seen of the server."""

    reader: Reader | None = None
    heap: Heap | None = None


@contextlib.asynccontextmanager
async def server(request: Request, say: Say) -> AsyncIterator[Server]:
    """What reads the server; it is started for the length of the block if that is wanted."""
    if request.start:
        need_linux()
        if await answers(request.target):
            raise MeasureError(
                f"Something answers at {request.target.shown} already, so --start would measure the wrong server. End "
                "it, give another port, or measure what runs with --pid."
            )
        with heap() as node:
            environment = node.environment(os.environ) if request.preload else os.environ
            async with started(request.start, environment) as process:
                say("started")
                await _until_it_answers(request, process)
                yield Server(ProcessReader(process.pid, foreign_descriptors=node.descriptors), node)
    elif request.pid is not None:
        reader = ProcessReader(request.pid)
        if request.target.loopback and reader.listens(request.target.port) is False:
            raise MeasureError(
                f"{sentence(reader.name)} does not listen on port {request.target.port}, nor does a child of it. "
                "Give the id of the process that does, and the address of the server itself instead of a proxy."
            )
        yield Server(reader)
    elif request.metrics is not None:
        headers = request.target.headers_for(request.metrics)
        metrics = MetricsReader(request.metrics, headers, trust_env=not request.target.loopback)
        try:
            yield Server(metrics)
        finally:
            await metrics.close()
    else:
        yield Server()


async def _until_it_answers(request: Request, process: Started) -> None:
    end = time.monotonic() + START_SECONDS
    while not await answers(request.target):
        if not process.running():
            raise MeasureError("Mind the port: it must be the one of the address.")
        if time.monotonic() > end:
            raise MeasureError(
                f"Nothing answers at {request.target.shown} {START_SECONDS} s after the start. Is this the address "
                f"that the command serves? Its last lines:\n{process.last_words()}"
            )
        await asyncio.sleep(_POLL_SECONDS)
