"""What our annotations of an nginx Ingress let through, in a real nginx that is told them: see ``nginx.py``.

Clocks run ``RATIO`` times as fast, as in ``test_envoy_clocks.py``: the tool of 90 s takes 4.5 s.
"""

from __future__ import annotations

import asyncio
import json
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from .conftest import Note
from .nginx import Rule, nginx
from .processes import LOOPBACK, free_port, running
from .reference import ACCEPT, LEGACY, MODERN, http, modern_body, post_call, post_initialize, reference_server
from .servers.environments import HERE, PYTHON_V2, TYPESCRIPT_V2
from .sessions import LostError, address, opened

RATIO = 20
TOOL_SECONDS, QUIET_SECONDS = 90 / RATIO, 120 / RATIO
"""Longer than the 60 s that ingress-nginx lets a server be silent."""
EVENTS = 20
MIB = 2**20
SILENT = {"max_tool_seconds": 120}
CLIENTS, CALLS, PODS = 6, 34, 3
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


def test_a_slow_and_silent_tool(tmp_path: Path, note: Note) -> None:
    """It completes by our annotations, and the default of ingress-nginx cuts it."""
    port = free_port()
    with ExitStack() as stack:
        server = stack.enter_context(
            running("silent", TYPESCRIPT_V2.command(), folder=tmp_path, environment={"PORT": str(port)})
        )
        server.wait_for_port(port, seconds=120)
        ours, default = Rule(name="ours", arguments=SILENT), Rule(name="default", annotated=False)
        bases = [stack.enter_context(nginx(rule, [port], tmp_path, RATIO)) for rule in (ours, default)]
        (kept, took), (cut, after) = asyncio.run(_both(*bases))
    note(
        f"tool of {TOOL_SECONDS * RATIO:.0f} s behind nginx: {kept} after {took * RATIO:.0f} s; by the default {cut} "
        f"after {after * RATIO:.0f} s (clocks by {RATIO})"
    )
    assert (kept, cut) == (200, 504)


async def _both(ours: str, default: str) -> tuple[tuple[int, float], tuple[int, float]]:
    async def paused(base: str) -> tuple[int, float]:
        start = time.monotonic()
        async with http(base) as client:
            answer = await post_call(client, "pause", {"milliseconds": TOOL_SECONDS * 1000})
        return answer.status_code, time.monotonic() - start

    one, other = await asyncio.gather(paused(ours), paused(default))
    return one, other


def test_a_quiet_stream(tmp_path: Path) -> None:
    """Nothing is sent on it for two minutes: it stays open by our annotations, and the default ends it."""
    with ExitStack() as stack:
        port = stack.enter_context(streaming(tmp_path, PING_SECONDS="3600"))
        rules = (Rule(name="ours"), Rule(name="default", annotated=False))
        ours, default = (stack.enter_context(nginx(rule, [port], tmp_path, RATIO)) for rule in rules)

        async def both() -> tuple[bool, bool]:
            one, other = await asyncio.gather(_stays_open(ours), _stays_open(default))
            return one, other

        assert asyncio.run(both()) == (True, False)


async def _stays_open(base: str) -> bool:
    async with http(base) as client:
        answer = await post_initialize(client)
        session = {"Mcp-Session-Id": answer.headers["mcp-session-id"], "MCP-Protocol-Version": LEGACY}
        headers = {"Accept": "text/event-stream", **session}
        try:
            async with asyncio.timeout(QUIET_SECONDS), client.stream("GET", "/mcp", headers=headers) as stream:
                assert stream.status_code == 200
                async for _ in stream.aiter_bytes():
                    pass
        except TimeoutError:
            return True
        except Exception:  # A stream that is reset is as ended as one that is closed.
            return False
        return False


def test_an_event_arrives_when_it_is_sent(tmp_path: Path, note: Note) -> None:
    """The first of them long before the last one is sent: nothing holds a stream back until its end."""
    with streaming(tmp_path) as port, nginx(Rule(name="events"), [port], tmp_path) as base:
        arrived = asyncio.run(_events(base))
    late = sorted(seen - sent for sent, seen in arrived)
    note(f"{EVENTS} events through nginx: median {late[len(late) // 2] * 1000:.1f} ms, most {late[-1] * 1000:.1f} ms")
    assert len(arrived) == EVENTS
    assert arrived[0][1] < arrived[-1][0], "held back until the end"


async def _events(base: str) -> list[tuple[float, float]]:
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


def test_a_body_is_refused_in_one_place(tmp_path: Path) -> None:
    """One of 5 MiB reaches the server, one byte more is refused by nginx, with 413."""
    rule = Rule(name="bodies", arguments={"max_body": "5Mi"})
    with streaming(tmp_path) as port, nginx(rule, [port], tmp_path) as base:

        async def posted(size: int) -> tuple[int, bool]:
            headers = {"Accept": ACCEPT, "Content-Type": "application/json"}
            async with http(base) as client:
                answer = await client.post("/mcp", headers=headers, content=b" " * size)
            return answer.status_code, "nginx" in answer.text

        assert asyncio.run(posted(5 * MIB)) == (400, False), "the server finds no JSON in it"
        assert asyncio.run(posted(5 * MIB + 1)) == (413, True)


@pytest.mark.parametrize(("affinity", "kept"), [("source-ip", True), ("none", False)])
def test_who_keeps_its_session(affinity: str, kept: bool, tmp_path: Path, note: Note) -> None:
    """Clients of different addresses before three pods; each client's calls go one after the other."""
    with ExitStack() as stack:
        pods = [stack.enter_context(reference_server(tmp_path)).port for _ in range(PODS)]
        rule = Rule(name="kept", arguments={"affinity": affinity})
        base = stack.enter_context(nginx(rule, pods, tmp_path))
        answered = asyncio.run(_answered(base))
    note(f"nginx, {affinity}: {sum(answered)} of {CLIENTS * CALLS} calls in their session, {answered}")
    assert all(one == CALLS for one in answered) == kept


async def _answered(base: str) -> list[int]:
    """How many calls of each client were answered in its session."""

    async def client(number: int) -> int:
        # Whole networks apart: nginx hashes the whole address, ingress-nginx as well.
        async with address(base, f"127.{number + 1}.{7 * number}.{number + 2}") as transport:
            try:
                session = await opened(transport)
            except LostError:
                return 0
            answers = [await session.call("echo", text="x") for _ in range(CALLS)]
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


def test_a_call_that_a_pod_died_of_is_sent_to_no_other(tmp_path: Path) -> None:
    """A blind retry runs a tool twice. What changes nothing goes to the next pod."""
    with ExitStack() as stack:
        pods = [stack.enter_context(_Broken()) for _ in range(PODS)]
        for pod in pods:
            threading.Thread(target=pod.serve_forever, daemon=True).start()
            stack.callback(pod.shutdown)
        ports = [pod.server_address[1] for pod in pods]
        base = stack.enter_context(nginx(Rule(name="retries"), ports, tmp_path))

        async def asked() -> tuple[int, int]:
            async with http(base) as client:
                called = await post_call(client, "echo", {"text": "x"})
                return called.status_code, (await client.get("/healthz")).status_code

        # What waits for its port connects to it, and sends nothing.
        assert asyncio.run(asked()) == (502, 502)
        methods = [method for pod in pods for method in pod.methods]
        assert methods.count("POST") == 1
        assert methods.count("GET") == PODS
