"""Tools that were named: one call at a time for latency and CPU, then all callers at once for memory in flight."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from mcp import Client

from .clients import Sessions, in_words
from .fit import mean, percentile
from .paced import Paced, Pacer
from .readers import Reading, cpu_between
from .refused import MeasureError
from .request import Request, ToolCall
from .watch import Watch

WARM_CALLS = 2
LEAST_CALLS = 5
MOST_CALLS = 500
TOGETHER_ROUNDS = 3
_SHOWN_CHARACTERS = 300


@dataclass(kw_only=True)
class ToolFound:
    """What was found of one tool."""

    name: str
    era: str
    taken: list[float] = field(default_factory=list)
    """Seconds of each call."""
    cpu_seconds: list[float] = field(default_factory=list)
    """CPU of each call, or of all together where single calls cannot be told apart."""
    response_kib: float = 0.0
    """The greatest answer."""
    in_flight_kib: float | None = None
    """What each further call in flight added to the peak."""
    paced: Paced | None = None
    """What a call costs at half load."""


async def check_names(client: Client, tools: Sequence[ToolCall]) -> None:
    """Refuse a tool that the server does not list."""
    listed: set[str] = set()
    cursor: str | None = None
    while True:
        try:
            page = await client.list_tools(cursor=cursor)
        except Exception as problem:
            raise MeasureError(f"The server could not list its tools: {in_words(problem)}.") from None
        listed.update(tool.name for tool in page.tools)
        cursor = page.next_cursor
        if not cursor or not page.tools:
            break
    for tool in tools:
        if tool.name not in listed:
            known = ", ".join(sorted(listed)) or "none"
            raise MeasureError(f"The server has no tool '{tool.name}'. It lists: {known[:_SHOWN_CHARACTERS]}")


async def measure_tool(
    tool: ToolCall, sessions: Sessions, watch: Watch | None, request: Request, idle_millicores: float
) -> ToolFound:
    """Call one tool alone, then some rounds with all clients at once, then at a pace that uses half a core."""
    clients, seconds = sessions.clients, request.seconds
    found = ToolFound(name=tool.name, era=sessions.era)
    for _ in range(WARM_CALLS):
        await _call(clients[0], tool)
    await _alone(found, tool, clients[0], watch, seconds)
    if watch is not None and watch.glance() is not None and len(clients) > 1:
        one = await watch.point(0)
        for _ in range(TOGETHER_ROUNDS):
            await asyncio.gather(*(_call(client, tool) for client in clients))
        together = await watch.point(0)
        found.in_flight_kib = max(0.0, together.peak_mib - one.peak_mib) * 1024 / (len(clients) - 1)
    if watch is not None and found.cpu_seconds:
        recorded = await sessions.record(clients, "tools/call", lambda client: _call(client, tool))
        if recorded:
            found.paced = await Pacer(watch, recorded, loopback=request.target.loopback).cost(
                first_milliseconds=percentile(found.cpu_seconds, 50) * 1000,
                latency_seconds=mean(found.taken)[0],
                idle_millicores=idle_millicores,
                callers=len(clients),
                seconds=seconds,
            )
    return found


async def _alone(found: ToolFound, tool: ToolCall, client: Client, watch: Watch | None, seconds: float) -> None:
    each = watch is not None and watch.glance() is not None
    first = before = await watch.read() if watch else None
    end = time.monotonic() + seconds
    while len(found.taken) < MOST_CALLS and (len(found.taken) < LEAST_CALLS or time.monotonic() < end):
        start = time.monotonic()
        size = await _call(client, tool)
        found.taken.append(time.monotonic() - start)
        found.response_kib = max(found.response_kib, size / 1024)
        if each and watch:
            after = await watch.read()
            _note_cpu(found, before, after)
            before = after
    if watch and not each:
        _note_cpu(found, first, await watch.read(), calls=len(found.taken))


def _note_cpu(found: ToolFound, before: Reading | None, after: Reading | None, *, calls: int = 1) -> None:
    used = cpu_between(before, after)
    if used is not None:
        found.cpu_seconds.append(used / calls)


async def _call(client: Client, tool: ToolCall) -> int:
    """One call; the size of its answer as JSON, in bytes."""
    try:
        result: Any = await client.call_tool(tool.name, dict(tool.arguments))
    except Exception as problem:
        raise MeasureError(f"The tool '{tool.name}' could not be called: {in_words(problem)}.") from None
    if result.is_error:
        said = " ".join(getattr(part, "text", "") for part in result.content)
        raise MeasureError(
            f"The tool '{tool.name}' answered with an error: {_short(said)} Check its --arguments; only calls that "
            "succeed are worth measuring."
        )
    return len(result.model_dump_json(by_alias=True, exclude_none=True).encode())


def _short(text: str) -> str:
    """The text in one line that ends like a sentence."""
    line = " ".join(text.split())[:_SHOWN_CHARACTERS].rstrip(".")
    return f"{line}."
