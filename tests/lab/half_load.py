"""Calls at a known rate by plain HTTP on sockets of its own: independent of the code that measures, and light.

The official client takes more CPU for a call than most servers do, so on a shared machine it cannot ask one for half
of what a core does.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .processes import LOOPBACK
from .reference import ACCEPT, LEGACY, MODERN, modern_body

SESSIONS = 40
IN_FLIGHT = 400
WARM_SECONDS = 3
LATE_SECONDS = 0.02
"""How far behind its pace the load may be; what is later does not come in a burst."""
KEPT_SECONDS = 2
"""How long a connection is used again: servers drop idle ones after five."""


@dataclass(frozen=True)
class Used:
    """What was seen of a server at one rate."""

    calls_per_second: float
    millicores: float


def half_load(
    port: int, pid: int, tool: str, arguments: Mapping[str, Any], *, modern: bool, rate: float, seconds: float
) -> Used:
    """CPU of a fresh server, warmed up, whose calls begin evenly at that rate, or as fast as this machine can."""
    return asyncio.run(_half_load(_Caller(port, tool, arguments, modern=modern), pid, rate, seconds))


async def _half_load(caller: _Caller, pid: int, rate: float, seconds: float) -> Used:
    await caller.open()
    stop = asyncio.Event()
    calling = asyncio.create_task(_calls(caller, rate, stop))
    try:
        await asyncio.sleep(WARM_SECONDS)
        start, cpu, finished = time.monotonic(), _cpu_seconds(pid), caller.finished
        await asyncio.sleep(seconds)
        lasted, used, calls = time.monotonic() - start, _cpu_seconds(pid) - cpu, caller.finished - finished
    finally:
        stop.set()
        await calling
        caller.close()
    return Used(calls / lasted, 1000 * used / lasted)


async def _calls(caller: _Caller, rate: float, stop: asyncio.Event) -> None:
    gate, due = asyncio.Semaphore(IN_FLIGHT), time.monotonic()

    async def one() -> None:
        try:
            await caller.call()
        finally:
            gate.release()

    async with asyncio.TaskGroup() as group:
        while not stop.is_set():
            await gate.acquire()
            group.create_task(one())
            due = max(due + 1 / rate, time.monotonic() - LATE_SECONDS)
            await asyncio.sleep(max(0.0, due - time.monotonic()))


class _Caller:
    """Sessions, and the connections that all of them share as behind a gateway."""

    def __init__(self, port: int, tool: str, arguments: Mapping[str, Any], *, modern: bool) -> None:
        self.finished = 0
        self._port, self._tool, self._arguments, self._modern = port, tool, arguments, modern
        self._sessions: list[str] = []
        self._free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter, float]] = []
        self._number = 0

    async def open(self) -> None:
        """The sessions of a legacy era; a modern one has none."""
        info = {"protocolVersion": LEGACY, "capabilities": {}, "clientInfo": {"name": "lab", "version": "1"}}
        for _ in range(0 if self._modern else SESSIONS):
            _, session = await self._post({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": info}, {})
            self._sessions.append(session)
            headers = {"Mcp-Session-Id": session, "MCP-Protocol-Version": LEGACY}
            await self._post({"jsonrpc": "2.0", "method": "notifications/initialized"}, headers)

    async def call(self) -> None:
        """One call of the tool, which must succeed."""
        self._number += 1
        if self._modern:
            headers = {"MCP-Protocol-Version": MODERN, "Mcp-Method": "tools/call", "Mcp-Name": self._tool}
            body = modern_body("tools/call", name=self._tool, arguments=dict(self._arguments))
        else:
            session = self._sessions[self._number % len(self._sessions)]
            headers = {"Mcp-Session-Id": session, "MCP-Protocol-Version": LEGACY}
            params = {"name": self._tool, "arguments": dict(self._arguments)}
            body = {"jsonrpc": "2.0", "method": "tools/call", "params": params}
        answer, _ = await self._post({**body, "id": self._number}, headers)
        assert b'"result"' in answer, answer
        assert b'"isError":true' not in answer, answer
        self.finished += 1

    def close(self) -> None:
        for _, writer, _ in self._free:
            writer.close()

    async def _post(self, body: Mapping[str, Any], headers: Mapping[str, str]) -> tuple[bytes, str]:
        while self._free and time.monotonic() - self._free[0][2] > KEPT_SECONDS:
            self._free.pop(0)[1].close()
        if self._free:
            reader, writer, _ = self._free.pop()
        else:
            reader, writer = await asyncio.open_connection(LOOPBACK, self._port)
        data = json.dumps(body).encode()
        lines = {
            "Host": f"{LOOPBACK}:{self._port}",
            "Content-Type": "application/json",
            "Accept": ACCEPT,
            "Content-Length": str(len(data)),
            **headers,
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        writer.write(f"POST /mcp HTTP/1.1\r\n{head}\r\n".encode() + data)
        top = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        assert re.match(r"http/1.1 20[02] ", top), top
        answer = await _body(reader, top)
        self._free.append((reader, writer, time.monotonic()))
        session = re.search(r"\r\nmcp-session-id: *(\S+)", top)
        return answer, session[1] if session else ""


async def _body(reader: asyncio.StreamReader, top: str) -> bytes:
    if "transfer-encoding: chunked" not in top:
        length = re.search(r"\r\ncontent-length: *(\d+)", top)
        return await reader.readexactly(int(length[1])) if length else b""
    answer = b""
    while size := int((await reader.readuntil(b"\r\n")).strip(), 16):
        answer += (await reader.readexactly(size + 2))[:-2]
    await reader.readexactly(2)
    return answer


def _cpu_seconds(pid: int) -> float:
    """CPU of all threads, from the clock that Linux has for each process (it is numbered ``~pid << 3 | 2``)."""
    return time.clock_gettime((~pid << 3) | 2)
