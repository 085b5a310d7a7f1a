"""Servers that are broken in one way each, and what they are broken copies of: written byte by byte on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import ssl
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .processes import LOOPBACK

TOOL = {
    "name": "read",
    "description": "Reads.",
    "inputSchema": {"type": "object", "properties": {"a": {"type": "string"}}},
}
OTHER = {"name": "read", "description": "Reads.", "inputSchema": {"type": "object", "required": ["b"]}}
CAPABLE = {"tools": {}}


@dataclass
class Request:
    """One request as it came in."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def data(self) -> dict[str, Any]:
        return json.loads(self.body) if self.body else {}

    @property
    def called(self) -> str:
        """The JSON-RPC method, else the HTTP method."""
        return str(self.data.get("method", self.method))


Reply = bytes | None
"""What is written; ``None`` if the handler has written, or says nothing."""
Handler = Callable[["Server", Request, asyncio.StreamWriter], Awaitable[Reply]]


@dataclass
class Server:
    """What a server has seen. It is the test's own, so sessions are counted where they are."""

    port: int = 0
    requests: list[Request] = field(default_factory=list)
    sessions: set[str] = field(default_factory=set)
    opened: int = 0
    connections: int = 0

    def url(self, *, scheme: str = "http", host: str = LOOPBACK, path: str = "/mcp") -> str:
        return f"{scheme}://{host}:{self.port}{path}"


@contextlib.asynccontextmanager
async def serving(handler: Handler, tls: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    """A server that answers each request with what its handler says, for the length of the block."""
    server, tasks = Server(), set[asyncio.Task[None]]()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        server.connections += 1
        # Whoever reads on sees that the other side has gone, in whatever way it went.
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                request = await _read(reader)
                server.requests.append(request)
                reply = await handler(server, request, writer)
                if reply is None:
                    break
                writer.write(reply)
                await writer.drain()
        tasks.discard(task)
        writer.transport.abort()

    listener = await asyncio.start_server(connected, LOOPBACK, 0, ssl=tls)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.strip().split("\r\n")
    method, path, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(method, path, headers, body)


def reply(
    status: int, body: bytes | Mapping[str, Any] = b"", content_type: str = "application/json", **headers: str
) -> bytes:
    """An answer over HTTP."""
    content = json.dumps(body).encode() if isinstance(body, Mapping) else body
    lines = [f"HTTP/1.1 {status} Said", f"Content-Type: {content_type}", f"Content-Length: {len(content)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + content


def result(request: Request, value: Mapping[str, Any], **headers: str) -> bytes:
    return reply(200, {"jsonrpc": "2.0", "id": request.data.get("id"), "result": value}, **headers)


def error(request: Request, status: int, code: int, message: str, **data: Any) -> bytes:
    inner = {"code": code, "message": message, **({"data": data} if data else {})}
    return reply(status, {"jsonrpc": "2.0", "id": request.data.get("id"), "error": inner})


def always(answer: bytes) -> Handler:
    """The same bytes for every request."""

    async def handler(server: Server, request: Request, writer: asyncio.StreamWriter) -> Reply:
        return answer

    return handler


def modern(versions: tuple[str, ...] = ("2026-07-28",), **others: Handler) -> Handler:
    """A healthy modern server; ``others`` answer the methods that they are called after, ``/`` being ``_``."""

    async def handler(server: Server, request: Request, writer: asyncio.StreamWriter) -> Reply:
        special = others.get(request.called.replace("/", "_"))
        if special is not None:
            return await special(server, request, writer)
        if request.called == "server/discover":
            info = {"name": "gallery", "version": "1"}
            value = {"resultType": "complete", "supportedVersions": list(versions), "capabilities": CAPABLE}
            return result(request, {**value, "serverInfo": info})
        if request.called == "tools/list":
            return result(request, {"resultType": "complete", "tools": [TOOL]})
        if request.called == "tools/call":
            return result(request, {"resultType": "complete", "content": [{"type": "text", "text": "done"}]})
        return error(request, 404, -32601, "Method not found")

    return handler


def legacy(version: str = "2025-11-25", **others: Handler) -> Handler:
    """A healthy server with sessions, which counts them."""

    async def handler(server: Server, request: Request, writer: asyncio.StreamWriter) -> Reply:
        special = others.get(request.called.replace("/", "_"))
        if special is not None:
            return await special(server, request, writer)
        session = request.headers.get("mcp-session-id")
        if request.called == "initialize":
            return result(request, agreed(version), Mcp_Session_Id=opened(server))
        if session is None:
            return error(request, 400, -32600, "Bad Request: Missing session ID")
        if session not in server.sessions:
            return error(request, 404, -32600, "Session not found")
        if request.called == "DELETE":
            server.sessions.discard(session)
            return reply(200)
        if request.called == "notifications/initialized":
            return reply(202)
        if request.called == "ping":
            return result(request, {})
        if request.called == "tools/list":
            return result(request, {"tools": [TOOL]})
        return error(request, 200, -32601, "Method not found")

    return handler


def agreed(version: str = "2025-11-25") -> dict[str, Any]:
    return {"protocolVersion": version, "capabilities": CAPABLE, "serverInfo": {"name": "gallery", "version": "1"}}


def opened(server: Server) -> str:
    """A new session."""
    session = uuid.uuid4().hex
    server.sessions.add(session)
    server.opened += 1
    return session


def page(status: int, title: str, **headers: str) -> bytes:
    text = f"<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
    return reply(status, text.encode(), "text/html; charset=utf-8", **headers)


def head(content_type: str, *lines: str) -> bytes:
    """The beginning of an answer whose body has no announced end."""
    return "\r\n".join(
        ["HTTP/1.1 200 OK", f"Content-Type: {content_type}", "Transfer-Encoding: chunked", *lines, "", ""]
    ).encode()


def chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def event(request: Request, value: Mapping[str, Any]) -> bytes:
    data = json.dumps({"jsonrpc": "2.0", "id": request.data.get("id"), "result": value})
    return f"event: message\r\ndata: {data}\r\n\r\n".encode()


def zipped(body: Mapping[str, Any]) -> bytes:
    return gzip.compress(json.dumps(body).encode())


def dripping(first: bytes, part: bytes, seconds: float) -> Handler:
    """A body that never ends, a part at a time."""

    async def handler(server: Server, request: Request, writer: asyncio.StreamWriter) -> Reply:
        writer.write(first)
        while True:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(seconds)

    return handler


async def silent(server: Server, request: Request, writer: asyncio.StreamWriter) -> Reply:
    """Takes the request, and says nothing."""
    await asyncio.sleep(60)
    return None


def cut(answer: bytes) -> Handler:
    """The beginning of an answer, and the end of the connection."""

    async def handler(server: Server, request: Request, writer: asyncio.StreamWriter) -> Reply:
        writer.write(answer)
        await writer.drain()
        writer.write_eof()
        return None

    return handler
