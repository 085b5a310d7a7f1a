"""What is asked of a proxy that is told our annotations, whichever it is."""

from __future__ import annotations

import asyncio
import json
import socketserver
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from .processes import LOOPBACK, free_port, running
from .reference import ACCEPT, LEGACY, MODERN, http, modern_body, post_call, post_initialize
from .servers.environments import HERE, PYTHON_V2, TYPESCRIPT_V2
from .sessions import LostError, address, opened

EVENTS = 20
AT_ONCE_SECONDS = 0.1
"""Between the sending of an event and its arrival, for the one in the middle: half of them arrive sooner."""
MIB = 2**20
CLIENTS, CALLS = 6, 34
"""Six clients by an address each with 34 calls: 204 of each way."""


@contextmanager
def streaming(folder: Path, **variables: str) -> Iterator[int]:
    """The server whose streams are looked at."""
    port = free_port()
    command = [*PYTHON_V2.command()[:1], str(HERE / "streaming.py")]
    environment = {"PORT": str(port), "MAX_BODY": str(16 * MIB), **variables}
    with running(f"streaming-{port}", command, folder=folder, environment=environment) as process:
        process.wait_for_port(port, seconds=120)
        yield port


@contextmanager
def silent(folder: Path) -> Iterator[int]:
    """A server that sends no byte before a result."""
    port = free_port()
    with running(f"silent-{port}", TYPESCRIPT_V2.command(), folder=folder, environment={"PORT": str(port)}) as process:
        process.wait_for_port(port, seconds=120)
        yield port


async def paused(base: str, seconds: float) -> tuple[int, float]:
    """How a tool is answered that takes so long, and after how long."""
    start = time.monotonic()
    async with http(base) as client:
        answer = await post_call(client, "pause", {"milliseconds": seconds * 1000})
    return answer.status_code, time.monotonic() - start


async def stays_open(base: str, seconds: float) -> bool:
    """Whether a stream on which nothing is sent is open after so long."""
    async with http(base) as client:
        answer = await post_initialize(client)
        session = {"Mcp-Session-Id": answer.headers["mcp-session-id"], "MCP-Protocol-Version": LEGACY}
        headers = {"Accept": "text/event-stream", **session}
        try:
            async with asyncio.timeout(seconds), client.stream("GET", "/mcp", headers=headers) as stream:
                assert stream.status_code == 200
                async for _ in stream.aiter_bytes():
                    pass
        except TimeoutError:
            return True
        except Exception:  # A stream that is reset is as ended as one that is closed.
            return False
        return False


async def events(base: str) -> list[tuple[float, float]]:
    """When each event was sent, and when it was seen here; by one clock, since it is one machine."""
    body = modern_body("tools/call", name="counting", arguments={"events": EVENTS, "milliseconds": 100})
    body["params"]["_meta"]["progressToken"] = "lab"
    headers = {"Accept": ACCEPT, "MCP-Protocol-Version": MODERN, "Mcp-Method": "tools/call", "Mcp-Name": "counting"}
    found = []
    async with http(base) as client, client.stream("POST", "/mcp", headers=headers, json=body) as stream:
        async for line in stream.aiter_lines():
            event = json.loads(line.removeprefix("data:")) if line.startswith("data: {") else {}
            if event.get("method") == "notifications/progress":
                found.append((float(event["params"]["message"]), time.time()))
    return found


async def posted(base: str, size: int) -> tuple[int, str]:
    """How a body of so many bytes is answered, which are no JSON."""
    headers = {"Accept": ACCEPT, "Content-Type": "application/json"}
    async with http(base) as client:
        answer = await client.post("/mcp", headers=headers, content=b" " * size)
    return answer.status_code, answer.text


async def answered(base: str, tool: str) -> list[int]:
    """How many calls of each client were answered in its session."""

    async def client(number: int) -> int:
        # Whole networks apart: proxies hash the whole address.
        async with address(base, f"127.{number + 1}.{7 * number}.{number + 2}") as transport:
            try:
                session = await opened(transport)
            except LostError:
                return 0
            answers = [await session.call(tool, text="x") for _ in range(CALLS)]
            await session.end()
        return [answer.status_code for answer in answers].count(200)

    return list(await asyncio.gather(*(client(number) for number in range(CLIENTS))))


class _Broken(socketserver.ThreadingTCPServer):
    """A pod that takes a request and dies of it."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        self.methods: list[str] = []
        super().__init__((LOOPBACK, 0), _Dies)


class _Dies(socketserver.BaseRequestHandler):
    server: _Broken

    def handle(self) -> None:
        data = self.request.recv(65536)
        if data:
            self.server.methods.append(data.split(b" ", 1)[0].decode())


@contextmanager
def broken(number: int) -> Iterator[Sequence[_Broken]]:
    """So many of them; what waits for a port connects to it, and sends nothing."""
    with ExitStack() as stack:
        pods = [stack.enter_context(_Broken()) for _ in range(number)]
        for pod in pods:
            threading.Thread(target=pod.serve_forever, daemon=True).start()
            stack.callback(pod.shutdown)
        yield pods
