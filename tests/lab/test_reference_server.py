"""The reference server keeps its contract: MCP in both eras, health, draining, Host check, session gauge."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import Note
from .reference import (
    ACCEPT,
    LEGACY,
    MODERN,
    ORIGIN_LISTS,
    Server,
    gauge,
    gauge_becomes,
    http,
    let_in,
    listening,
    mcp_client,
    modern_body,
    post_call,
    post_initialize,
    reference_server,
    text_of,
)

STREAMS = "mcp_active_sse_connections"
CALLS = "mcp_in_flight_calls"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A reference server with nothing configured."""
    with reference_server(tmp_path) as started:
        yield started


@pytest.mark.parametrize(("mode", "version"), [(MODERN, MODERN), ("auto", MODERN), ("legacy", "2025-11-25")])
def test_real_client_speaks_to_it(server: Server, mode: str, version: str) -> None:
    """The official client lists the tools and calls one, in the modern era and after a legacy handshake."""

    async def scenario() -> None:
        async with mcp_client(server.url, mode) as client:
            assert client.protocol_version == version
            tools = await client.list_tools()
            assert {"echo", "sleep"} <= {tool.name for tool in tools.tools}
            assert text_of(await client.call_tool("echo", {"text": "hello"})) == "hello"

    asyncio.run(scenario())


def test_health_routes(server: Server) -> None:
    """Readiness and liveness answer a kubelet: GET, any Accept, the address of the pod as Host."""

    async def scenario() -> None:
        async with http(server.base) as client:
            for path in ("/healthz", "/livez"):
                answer = await client.get(path, headers={"Host": "10.0.0.7:8080", "Accept": "*/*"})
                assert answer.status_code == 200, path

    asyncio.run(scenario())


def test_readiness_leaves_no_session_behind(tmp_path: Path) -> None:
    """Fifty readiness checks do not use up the only session that the server allows."""

    async def scenario(server: Server) -> None:
        async with http(server.base) as client:
            for _ in range(50):
                assert (await client.get("/healthz")).status_code == 200
            assert await gauge(client, CALLS) == 0
            assert (await post_initialize(client)).status_code == 200

    with reference_server(tmp_path, {"MCP_MAX_SESSIONS": "1"}) as server:
        asyncio.run(scenario(server))


def test_draining_refuses_what_is_new_and_finishes_what_is_open(server: Server) -> None:
    """After SIGUSR1: 503 with Retry-After for readiness, new sessions, new streams; what is open goes on."""

    async def scenario() -> None:
        async with http(server.base) as client, mcp_client(server.url, "legacy") as session:
            await session.list_tools()
            server.process.send(signal.SIGUSR1)
            await gauge_becomes(client, "mcp_draining", 1)

            headers = {"Accept": ACCEPT, "MCP-Protocol-Version": MODERN, "Mcp-Method": "subscriptions/listen"}
            body = modern_body("subscriptions/listen", notifications={"toolsListChanged": True})
            refused = {
                "readiness": await client.get("/healthz"),
                "new session": await post_initialize(client),
                "new stream": await client.post("/mcp", headers=headers, json=body),
            }
            for what, answer in refused.items():
                assert answer.status_code == 503, what
                assert answer.headers["Retry-After"] == "5", what

            assert (await client.get("/livez")).status_code == 200
            assert text_of(await session.call_tool("echo", {"text": "old session"})) == "old session"
            modern = await post_call(client, "echo", {"text": "late"})
            assert modern.json()["result"]["content"][0]["text"] == "late"

    asyncio.run(scenario())


def test_host_allowlist_comes_from_the_environment(tmp_path: Path) -> None:
    """Under the uvicorn command line the SDK guards the Host header; the allowlist is configured, not off."""

    async def status(server: Server, host: str) -> int:
        headers = {
            "Accept": ACCEPT,
            "MCP-Protocol-Version": MODERN,
            "Mcp-Method": "server/discover",
            "Host": host,
        }
        async with http(server.base) as client:
            return (await client.post("/mcp", headers=headers, json=modern_body("server/discover"))).status_code

    with reference_server(tmp_path, {"MCP_ALLOWED_HOSTS": "mcp.example.com"}) as server:
        answers = {
            host: asyncio.run(status(server, host))
            for host in (
                "mcp.example.com",
                "mcp.example.com:443",
                "localhost",
                "10.0.0.7:8080",
                "evil.example.com",
            )
        }
    assert answers == {
        "mcp.example.com": 200,
        "mcp.example.com:443": 200,
        "localhost": 200,
        "10.0.0.7:8080": 421,
        "evil.example.com": 421,
    }
    with reference_server(tmp_path, {"MCP_ALLOWED_HOSTS": "*"}) as server:
        assert asyncio.run(status(server, "anything.example.com")) == 200


@pytest.mark.parametrize(("listed", "expected"), ORIGIN_LISTS)
def test_origins_are_let_in_as_a_stack_lists_them(listed: str, expected: list[str], tmp_path: Path) -> None:
    """A stack hands on what ``edge.cors.origins`` says, patterns too, which the SDK would take for whole origins."""
    with reference_server(tmp_path, {"MCP_ALLOWED_ORIGINS": listed}) as server:
        assert asyncio.run(let_in(server.base)) == expected


def test_gauge_counts_open_streams_and_returns_to_zero(server: Server, note: Note) -> None:
    """The metric that the autoscaler follows: legacy sessions and listeners raise it, their end lowers it."""

    async def scenario() -> tuple[float, float]:
        async with http(server.base) as client:
            assert await gauge(client, STREAMS) == 0
            async with mcp_client(server.url, "legacy") as first, mcp_client(server.url, "legacy") as second:
                await first.list_tools()
                await second.list_tools()
                await gauge_becomes(client, STREAMS, 2)
                async with listening(server.url):
                    up = await gauge_becomes(client, STREAMS, 3)
                await gauge_becomes(client, STREAMS, 2)
            down = await gauge_becomes(client, STREAMS, 0)
        return up, down

    up, down = asyncio.run(scenario())
    note(f"gauge of open streams: 3 within {up:.2f} s of the third, 0 within {down:.2f} s of the last close")


def test_gauge_survives_a_client_that_vanishes(server: Server) -> None:
    """A client that drops its connection without DELETE no longer counts, although its session is kept."""

    async def scenario() -> None:
        async with http(server.base) as client:
            session = (await post_initialize(client)).headers["mcp-session-id"]
            headers = {
                "Accept": "text/event-stream",
                "Mcp-Session-Id": session,
                "MCP-Protocol-Version": LEGACY,
            }
            async with (
                http(server.base) as vanishing,
                vanishing.stream("GET", "/mcp", headers=headers) as stream,
            ):
                assert stream.status_code == 200
                await gauge_becomes(client, STREAMS, 1)
            await gauge_becomes(client, STREAMS, 0)

    asyncio.run(scenario())


def test_calls_and_streams_are_separate_gauges(server: Server) -> None:
    """A slow call is in flight and no stream, whatever its era; an idle listener is a stream and no call."""

    async def scenario() -> None:
        async with http(server.base) as client, mcp_client(server.url) as modern:
            await modern.list_tools()
            slow = asyncio.create_task(modern.call_tool("sleep", {"seconds": 1}))
            await gauge_becomes(client, CALLS, 1)
            assert await gauge(client, STREAMS) == 0
            await slow
            await gauge_becomes(client, CALLS, 0)
            async with listening(server.url):
                await gauge_becomes(client, STREAMS, 1)
                assert await gauge(client, CALLS) == 0

    asyncio.run(scenario())


@pytest.mark.parametrize(("asked", "full"), [({}, 200), ({"MCP_UNREADY_WHEN_FULL": "true"}, 503)])
def test_readiness_sees_the_session_limit_where_it_is_asked_to(
    asked: dict[str, str], full: int, tmp_path: Path
) -> None:
    """The cap on sessions protects the memory limit. Readiness sees it on demand, and sees that a session has ended."""

    async def scenario(server: Server) -> None:
        async with http(server.base) as client:
            assert (await client.get("/healthz")).status_code == 200
            opened = await post_initialize(client)
            assert opened.status_code == 200
            assert (await post_initialize(client)).status_code == 503
            assert await gauge(client, "mcp_sessions") == await gauge(client, "mcp_session_cap") == 1
            ready = await client.get("/healthz")
            assert ready.status_code == full
            assert ("retry-after" in ready.headers) == (full == 503)
            session = {"Mcp-Session-Id": opened.headers["mcp-session-id"], "MCP-Protocol-Version": "2025-11-25"}
            assert (await client.delete("/mcp", headers=session)).status_code == 200
            await gauge_becomes(client, "mcp_sessions", 0)
            assert (await client.get("/healthz")).status_code == 200

    with reference_server(tmp_path, {"MCP_MAX_SESSIONS": "1", **asked}) as server:
        asyncio.run(scenario(server))


def test_stateless_mode_gives_no_session(tmp_path: Path) -> None:
    """With MCP_STATELESS the legacy leg serves the legacy-stateless era: no session id, any pod will do."""

    async def scenario(server: Server) -> None:
        async with http(server.base) as client:
            answer = await post_initialize(client)
            assert answer.status_code == 200
            assert "mcp-session-id" not in answer.headers
        async with mcp_client(server.url, "legacy") as session:
            await session.list_tools()
            assert text_of(await session.call_tool("echo", {"text": "any pod"})) == "any pod"

    with reference_server(tmp_path, {"MCP_STATELESS": "true"}) as server:
        asyncio.run(scenario(server))
