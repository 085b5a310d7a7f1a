"""A known load on a fresh server, and what is seen of it: independent of the code that measures.

Every session lists the tools, then calls one tool, pauses, calls again, and so on; the first calls are spread evenly
over one turn, so that the rate is known and steady. In the end a few sessions call without a pause, as at a peak.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .reference import MODERN

OPENING_AT_ONCE = 8
SAMPLE_SECONDS = 0.1


@dataclass(frozen=True, kw_only=True)
class Load:
    """What is asked of the server."""

    url: str
    modern: bool
    sessions: int
    tool: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    turn_seconds: float = 20
    """From the beginning of a session's call to the beginning of its next."""
    seconds: float = 5
    """How long the calls go on."""
    burst_seconds: float = 1.5
    """How long calls without a pause go on after that."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What was seen of the server while all sessions were open and called."""

    memory_mib: float
    """The most resident memory from the start to the end of the burst, as the kernel keeps it."""
    quiet_memory_mib: float
    """The most until the burst."""
    descriptors: float
    """Mean number of open descriptors."""
    in_flight: float
    """Mean number of calls that had no answer yet."""
    calls_per_second: float
    cpu_millicores: float


def under_load(load: Load, pid: int) -> Seen:
    """Put the load on a server that has just started; all sessions are closed at the end."""
    return asyncio.run(_under_load(load, pid))


async def _under_load(load: Load, pid: int) -> Seen:
    import httpx2
    from mcp import Client

    in_flight = finished = 0
    stop = asyncio.Event()
    open_now = asyncio.Semaphore(0)
    gate = asyncio.Semaphore(OPENING_AT_ONCE)
    begin: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    async def session(number: int, http: httpx2.AsyncClient) -> None:
        nonlocal in_flight, finished
        async with AsyncExitStack() as stack:
            async with gate:
                client = await stack.enter_async_context(_client(load, http, Client))
                await client.list_tools()
                if load.modern:
                    await stack.enter_async_context(client.listen(tools_list_changed=True))
            clients.append(client)
            open_now.release()
            at = await begin + load.turn_seconds * number / load.sessions
            while not await _stopped(stop, at - time.monotonic()):
                in_flight += 1
                try:
                    result = await client.call_tool(load.tool, dict(load.arguments))
                finally:
                    in_flight -= 1
                assert not result.is_error, result
                finished += 1
                at += load.turn_seconds

    clients: list[Any] = []
    samples: list[tuple[int, int]] = []
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=OPENING_AT_ONCE, keepalive_expiry=4)
    async with httpx2.AsyncClient(timeout=120, trust_env=False, limits=limits) as http, asyncio.TaskGroup() as group:
        for number in range(load.sessions):
            group.create_task(session(number, http))
        for _ in range(load.sessions):
            await open_now.acquire()
        start, cpu = time.monotonic(), _cpu_seconds(pid)
        begin.set_result(start)
        # The first calls must have had the time to end: until then fewer are in flight.
        await asyncio.sleep(1)
        counted = finished, time.monotonic()
        while time.monotonic() < start + load.seconds:
            samples.append((in_flight, len(os.listdir(f"/proc/{pid}/fd"))))
            await asyncio.sleep(SAMPLE_SECONDS)
        now = time.monotonic()
        rate = (finished - counted[0]) / (now - counted[1])
        quiet, used = _highest_mib(pid), _cpu_seconds(pid) - cpu
        await asyncio.gather(*(_busy(client, now + load.burst_seconds) for client in clients[:OPENING_AT_ONCE]))
        seen = Seen(
            memory_mib=_highest_mib(pid),
            quiet_memory_mib=quiet,
            descriptors=sum(number for _, number in samples) / len(samples),
            in_flight=sum(number for number, _ in samples) / len(samples),
            calls_per_second=rate,
            cpu_millicores=used / (now - start) * 1000,
        )
        stop.set()
    return seen


def _client(load: Load, http: Any, client: Any) -> Any:
    from mcp.client.streamable_http import streamable_http_client

    mode = MODERN if load.modern else "legacy"
    return client(streamable_http_client(load.url, http_client=http), mode=mode, cache=None)


async def _busy(client: Any, end: float) -> None:
    while time.monotonic() < end:
        await client.list_tools()


async def _stopped(stop: asyncio.Event, seconds: float) -> bool:
    """Wait, but no longer than until the end."""
    try:
        await asyncio.wait_for(stop.wait(), max(0.0, seconds))
    except TimeoutError:
        return False
    return True


def _highest_mib(pid: int) -> float:
    for row in Path(f"/proc/{pid}/status").read_text().splitlines():
        if row.startswith("VmHWM:"):
            return int(row.split()[1]) / 1024
    raise AssertionError(f"no VmHWM of process {pid}")


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
