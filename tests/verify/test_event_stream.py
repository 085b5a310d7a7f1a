"""A stream of HTTP+SSE, against a server of a few lines."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable

import pytest

from pulumi_kubernetes_mcp.measuring.target import Target
from pulumi_kubernetes_mcp.verify.event_stream import EventStream, Streamed
from pulumi_kubernetes_mcp.verify.wire import Wire

STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
TAKEN = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Server:
    """It answers what the path of the GET wants: ``/sse`` is as it should be."""

    def __init__(self) -> None:
        self.stream: asyncio.StreamWriter | None = None
        self.origin = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        if head.startswith("GET /refused"):
            writer.write(b"HTTP/1.1 503 Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n")
        elif head.startswith("GET"):
            named = f"{self.origin}/messages" if head.startswith("GET /elsewhere") else "messages?session=1"
            writer.write(STREAM + f"event: endpoint\ndata: {named}\n\n".encode())
            self.stream = writer
            await writer.drain()
            return
        else:
            length = next(int(line[15:]) for line in head.splitlines() if line.lower().startswith("content-length"))
            request = json.loads(await reader.readexactly(length))
            if "id" in request and self.stream is not None:
                answer = {"jsonrpc": "2.0", "id": request["id"], "result": {"asked": request["method"]}}
                if request["method"] == "initialize":
                    answer["result"] = {"protocolVersion": "2025-06-18"}
                self.stream.write(f"data: {json.dumps(answer)}\n\n".encode())
            writer.write(TAKEN)
        await writer.drain()
        writer.close()


def against(path: str, look: Callable[[EventStream, Server, Target], Awaitable[None]]) -> None:
    """Look at a stream of the server, which is closed in any case."""

    async def run() -> None:
        server = Server()
        listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]
        server.origin = f"http://localhost:{port}"
        target = Target(url=f"http://127.0.0.1:{port}{path}")
        async with Wire(target) as wire:
            stream = EventStream(wire)
            try:
                await look(stream, server, target)
            finally:
                await stream.close()
                if server.stream is not None:
                    server.stream.close()
                listening.close()

    asyncio.run(run())


def test_answers_come_in_the_stream() -> None:
    async def look(stream: EventStream, server: Server, target: Target) -> None:
        assert await stream.begin()
        assert stream.built("tools/list", {}).headers == {"MCP-Protocol-Version": "2025-06-18"}
        assert stream.url == target.url.replace("/sse", "/messages?session=1")
        assert (await stream.ask(stream.built("tools/list", {}))).data == {
            "jsonrpc": "2.0",
            "id": 2,
            "result": {"asked": "tools/list"},
        }

    against("/sse", look)


@pytest.mark.grid
def test_a_call_is_held_until_its_end_is_sent_and_cut_where_the_stream_ends() -> None:
    async def look(stream: EventStream, server: Server, target: Target) -> None:
        assert await stream.begin()
        held = Streamed(stream, target, "tools/list", {})
        await held.begin()
        await asyncio.sleep(0.1)
        assert not held.over
        assert (await held.end(5)).finished
        assert held.over
        held.close()
        cut = Streamed(stream, target, "prompts/list", {})
        stream._answers.clear()
        await cut.begin()
        assert server.stream is not None
        server.stream.close()
        server.stream = None
        assert not (await cut.end(5)).finished
        assert stream.ended
        cut.close()

    against("/sse", look)


@pytest.mark.grid
def test_a_refusal_and_an_endpoint_of_another_origin_are_no_stream() -> None:
    async def refused(stream: EventStream, server: Server, target: Target) -> None:
        answer = await stream.open()
        assert (answer.status, answer.headers["retry-after"], stream.url) == (503, "1", None)
        assert (await stream.tell(stream.built("tools/list", {}))).status == 0

    async def elsewhere(stream: EventStream, server: Server, target: Target) -> None:
        opening = asyncio.create_task(stream.open())
        await asyncio.sleep(0.2)
        assert server.stream is not None
        server.stream.close()
        assert (await opening).status == 200
        assert stream.url is None

    against("/refused", refused)
    against("/elsewhere", elsewhere)
