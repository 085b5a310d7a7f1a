"""A small modern MCP server without an SDK, which keeps the contract but for the FAULTS that are named."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import uvicorn

FAULTS = set(os.environ.get("FAULTS", "").split(","))
MODERN = "2026-07-28"
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]


class State:
    """What this process remembers."""

    draining = False
    streams = 0
    calls = 0
    counted = 0
    leaked: list[bytearray]


state = State()
state.leaked = []


async def answer(
    send: Send, status: int, body: str, kind: str = "application/json", headers: Mapping[str, str] | None = None
) -> None:
    every = {"content-type": kind, **(headers or {})}
    raw = [(name.encode(), value.encode()) for name, value in every.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body.encode()})


def count() -> int:
    """A counter: nowhere (it is always the same), in memory, or in a file, of /tmp or beside the program."""
    if "memory" in FAULTS:
        state.counted += 1
        return state.counted
    if FAULTS & {"disk", "temporary"}:
        file = Path(tempfile.gettempdir() if "temporary" in FAULTS else "") / "counter.txt"
        number = int(file.read_text()) + 1 if file.exists() else 1
        file.write_text(str(number))
        return number
    return 1


def result_of(method: str, params: Mapping[str, Any]) -> dict[str, Any] | None:
    about = {"ttlMs": 0, "cacheScope": "private", "resultType": "complete"}
    match method:
        case "server/discover":
            return {"supportedVersions": [MODERN], "capabilities": {"tools": {}}, **about}
        case "tools/list":
            return {"tools": [{"name": "count", "inputSchema": {"type": "object"}}], **about}
        case "tools/call" if params.get("name") == "count":
            return {"content": [{"type": "text", "text": str(count())}], "resultType": "complete"}
    return None


async def listen(send: Send, receive: Receive) -> None:
    """A stream that stays open until the client goes, or the process does."""
    state.streams += 1
    head = [(b"content-type", b"text/event-stream")]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    note = {"jsonrpc": "2.0", "method": "notifications/subscriptions/acknowledged", "params": {}}
    await send({"type": "http.response.body", "body": f"data: {json.dumps(note)}\n\n".encode(), "more_body": True})
    try:
        while (await receive())["type"] != "http.disconnect":
            pass
    finally:
        if "stuck" not in FAULTS:
            state.streams -= 1


def gauges() -> str:
    if "names" in FAULTS:
        return f"acme_open_streams {state.streams}\n"
    return f"mcp_active_sse_connections {state.streams}\nmcp_in_flight_calls {state.calls}\n"


async def route(path: str, send: Send) -> None:
    unavailable = {} if "no-retry" in FAULTS else {"retry-after": "1"}
    if path == "/healthz":
        if "leak" in FAULTS:
            state.leaked.append(bytearray(os.urandom(64 * 1024)))
        status = 503 if state.draining else 200
        await answer(send, status, "ok", "text/plain", unavailable if state.draining else {})
    elif path == "/livez":
        await answer(send, 503 if state.draining and "dead" in FAULTS else 200, "ok", "text/plain")
    elif path == "/metrics":
        await answer(send, 200, gauges(), "text/plain")
    else:
        await answer(send, 404, "", "text/plain")


async def app(scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
    if scope["type"] != "http":
        return
    headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
    if scope["path"].rstrip("/") != "/mcp":
        await route(scope["path"], send)
        return
    if "origin" in headers:
        await answer(send, 403, "", "text/plain")
        return
    if state.draining:
        await answer(send, 503, "", "text/plain", {} if "no-retry" in FAULTS else {"retry-after": "1"})
        return
    state.calls += 1
    try:
        await serve(headers, receive, send)
    finally:
        state.calls -= 1


async def serve(headers: Mapping[str, str], receive: Receive, send: Send) -> None:
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if message["type"] == "http.disconnect":
            return
        if not message.get("more_body"):
            break
    request = json.loads(body or b"{}")
    method, params = str(request.get("method")), request.get("params", {})
    if method == "subscriptions/listen":
        state.calls -= 1
        try:
            await listen(send, receive)
        finally:
            state.calls += 1
        return
    found = result_of(method, params) if headers.get("mcp-protocol-version") == MODERN else None
    if found is None:
        error = {"code": -32601, "message": "no"}
        await answer(send, 404, json.dumps({"jsonrpc": "2.0", "id": request.get("id"), "error": error}))
        return
    await answer(send, 200, json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": found}))


class Server(uvicorn.Server):
    """It says 503 from the signal on, until its calls are finished; then it ends."""

    def handle_exit(self, *_: Any) -> None:
        """Begin the drain."""
        if "deaf" in FAULTS:
            return
        state.draining = True
        asyncio.get_running_loop().create_task(self.end())

    async def end(self) -> None:
        """Wait for the calls."""
        await asyncio.sleep(0.5)
        while state.calls:
            await asyncio.sleep(0.05)
        self.should_exit = True
        self.force_exit = True


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    port = int(os.environ["PORT"])
    Server(uvicorn.Config(app, host="127.0.0.1", port=port, access_log=False, log_level="error")).run()
