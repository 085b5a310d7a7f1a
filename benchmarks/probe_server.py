"""What the exporter of the probe is measured against: `python -m benchmarks.probe_server [CERTIFICATE]`.

Answers as a modern server on /modern and as one with sessions on /legacy, prints its port, ends when its input ends.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
import uuid
from typing import Any

TOOLS = [
    {
        "name": f"tool_{number}",
        "description": "One of twenty tools, with a schema as such tools have it.",
        "inputSchema": {
            "type": "object",
            "properties": {name: {"type": "string", "description": f"The {name}."} for name in ("query", "from", "to")},
            "required": ["query"],
        },
    }
    for number in range(20)
]
SESSIONS: set[str] = set()
MOST = [0]


async def main() -> None:
    """Serve until standard input ends, then say how many sessions were left, and how many there were at most."""
    tls = None
    if len(sys.argv) > 1:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(sys.argv[1])
    server = await asyncio.start_server(_connected, "127.0.0.1", 0, ssl=tls, backlog=256)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    print(json.dumps({"left": len(SESSIONS), "most": MOST[0]}), flush=True)


async def _connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            method, path, _ = head[0].split(" ")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            data = json.loads(body) if body else {}
            writer.write(_answer(method, path, headers, data))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
        writer.transport.abort()


def _answer(method: str, path: str, headers: dict[str, str], data: dict[str, Any]) -> bytes:
    called = data.get("method", method)
    if path.startswith("/legacy"):
        if called == "server/discover":
            return _reply(400, {"jsonrpc": "2.0", "id": data["id"], "error": {"code": -32600, "message": "no session"}})
        if called == "initialize":
            session = uuid.uuid4().hex
            SESSIONS.add(session)
            MOST[0] = max(MOST[0], len(SESSIONS))
            return _event(data, {"protocolVersion": "2025-11-25", "capabilities": {"tools": {}}}, session)
        if called == "DELETE":
            SESSIONS.discard(headers["mcp-session-id"])
            return _reply(200, None)
        if called == "notifications/initialized":
            return _reply(202, None)
        return _event(data, {"tools": TOOLS})
    if called == "server/discover":
        value = {"resultType": "complete", "supportedVersions": ["2026-07-28"], "capabilities": {"tools": {}}}
        return _reply(200, {"jsonrpc": "2.0", "id": data["id"], "result": value})
    return _reply(200, {"jsonrpc": "2.0", "id": data["id"], "result": {"resultType": "complete", "tools": TOOLS}})


def _reply(status: int, body: Any) -> bytes:
    content = b"" if body is None else json.dumps(body).encode()
    head = f"HTTP/1.1 {status} Said\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    return head.encode() + content


def _event(data: dict[str, Any], value: Any, session: str | None = None) -> bytes:
    text = json.dumps({"jsonrpc": "2.0", "id": data["id"], "result": value})
    content = f"event: message\r\ndata: {text}\r\n\r\n".encode()
    named = f"Mcp-Session-Id: {session}\r\n" if session else ""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n{named}Content-Length: {len(content)}\r\n\r\n"
    return head.encode() + content


if __name__ == "__main__":
    asyncio.run(main())
