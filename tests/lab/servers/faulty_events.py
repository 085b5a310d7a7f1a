"""A small server of HTTP+SSE without an SDK, which keeps the contract but for the FAULTS that are named."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

import uvicorn
from faulty import FAULTS, Receive, Send, answer, route, state  # type: ignore[import-not-found]

MOST = 6
"""Streams that one process takes."""
CAPABILITIES = {"tools": {}}
streams: dict[str, asyncio.Queue[str]] = {}
known: set[str] = set()
"""Streams that there have ever been."""


def result_of(method: str, params: Mapping[str, Any]) -> dict[str, Any]:
    match method:
        case "initialize":
            server = {"name": "faulty-events", "version": "1"}
            return {"protocolVersion": "2024-11-05", "capabilities": CAPABILITIES, "serverInfo": server}
        case "tools/list":
            return {"tools": [{"name": "count", "inputSchema": {"type": "object"}}]}
        case "tools/call":
            state.counted += "memory" in FAULTS
            return {"content": [{"type": "text", "text": str(state.counted)}]}
    return {}


async def app(scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
    if scope["type"] != "http":
        return
    headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
    path = scope["path"].rstrip("/")
    if path == "/sse" and scope["method"] != "GET":
        await answer(send, 405, "", "text/plain")
    elif path == "/sse" and "origin" in headers:
        await answer(send, 403, "", "text/plain")
    elif path == "/sse" and (state.draining or len(streams) >= MOST):
        await answer(send, 503, "", "text/plain", {} if "no-retry" in FAULTS else {"retry-after": "1"})
    elif path == "/sse":
        await stream(receive, send)
    elif path == "/messages":
        await take(parse_qs(scope["query_string"].decode())["session"][0], receive, send)
    else:
        await route(scope["path"], send)


async def stream(receive: Receive, send: Send) -> None:
    """A stream, until its client goes or the process ends."""
    name = str(len(known))
    known.add(name)
    streams[name] = asyncio.Queue()
    state.streams += 1
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
    await send({"type": "http.response.body", "more_body": True,
                "body": f"event: endpoint\ndata: /messages?session={name}\n\n".encode()})  # fmt: skip
    gone = asyncio.create_task(left(receive))
    try:
        while not gone.done():
            news = asyncio.create_task(streams[name].get())
            await asyncio.wait({gone, news}, return_when=asyncio.FIRST_COMPLETED)
            if news.done():
                text = f"event: message\ndata: {news.result()}\n\n"
                await send({"type": "http.response.body", "body": text.encode(), "more_body": True})
            news.cancel()
    finally:
        gone.cancel()
        state.streams -= "stuck" not in FAULTS
        del streams[name]


async def left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def take(name: str, receive: Receive, send: Send) -> None:
    """A message: its answer comes in the stream of its session."""
    state.calls += 1
    try:
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if message["type"] == "http.disconnect":
                return
            if not message.get("more_body"):
                break
        if name not in streams and not (name in known and "kept" in FAULTS):
            await answer(send, 404, "", "text/plain")
            return
        request = json.loads(body)
        if name in streams and "id" in request:
            found = result_of(request["method"], request.get("params", {}))
            streams[name].put_nowait(json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": found}))
        await answer(send, 202, "", "text/plain")
        await asyncio.sleep(0.1)
    finally:
        state.calls -= 1


if __name__ == "__main__":
    from faulty import Server

    signal.signal(signal.SIGINT, signal.SIG_DFL)
    port = int(os.environ["PORT"])
    Server(uvicorn.Config(app, host="127.0.0.1", port=port, access_log=False, log_level="error")).run()
