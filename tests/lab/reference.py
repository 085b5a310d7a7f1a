"""The reference server of ``examples/server`` as a process, and the real clients that talk to it."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .processes import LOOPBACK, Process, free_port, running

if TYPE_CHECKING:
    import httpx2
    from mcp import Client

SOURCE = Path(__file__).resolve().parents[2] / "examples" / "server"
MODERN = "2026-07-28"
LEGACY = "2025-11-25"
ACCEPT = "application/json, text/event-stream"


@dataclass(frozen=True)
class Server:
    """A running reference server."""

    process: Process
    port: int

    @property
    def base(self) -> str:
        """Where the health and metric routes are."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def url(self) -> str:
        """The MCP endpoint."""
        return f"{self.base}/mcp"


@contextmanager
def reference_server(
    folder: Path, environment: Mapping[str, str] | None = None, inside: Sequence[str] = ()
) -> Iterator[Server]:
    """Start ``uvicorn server:app`` exactly as the Dockerfile does, with UVICORN_* variables for the rest.

    :param inside: what starts the process, where it is not started by itself.
    """
    port = free_port()
    variables = {"UVICORN_HOST": LOOPBACK, "UVICORN_PORT": str(port), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [*inside, sys.executable, "-m", "uvicorn", "server:app"]
    with running(
        f"server-{port}", command, folder=folder, cwd=SOURCE, environment={**variables, **(environment or {})}
    ) as process:
        process.wait_for_port(port, seconds=60)
        yield Server(process, port)


@asynccontextmanager
async def http(base: str) -> AsyncIterator[httpx2.AsyncClient]:
    """A plain HTTP client that ignores the proxies of the environment."""
    import httpx2

    async with httpx2.AsyncClient(base_url=base, timeout=30, trust_env=False) as client:
        yield client


@asynccontextmanager
async def mcp_client(
    url: str, mode: str = MODERN, seen: Callable[[httpx2.Response], Awaitable[None]] | None = None
) -> AsyncIterator[Client]:
    """The official client; ``mode`` is ``auto``, ``legacy`` or a modern revision.

    :param seen: what each answer is shown to as it comes.
    """
    import httpx2
    from mcp import Client
    from mcp.client.streamable_http import streamable_http_client

    async with (
        httpx2.AsyncClient(
            timeout=60, trust_env=False, event_hooks={"response": [] if seen is None else [seen]}
        ) as transport,
        Client(streamable_http_client(url, http_client=transport), mode=mode) as client,
    ):
        yield client


def text_of(result: Any) -> str:
    """The text of a tool result; an error result is an AssertionError."""
    assert not result.is_error, result
    return str(result.content[0].text)


async def call(url: str, tool: str, arguments: Mapping[str, Any], mode: str = MODERN) -> str:
    """One tool call by a client of its own.

    The tools are listed first, as hosts do: a client that has not done so asks for the list *after* the
    answer, to check it against the output schema, and that request would meet a listener that is closed.
    """
    async with mcp_client(url, mode) as client:
        await client.list_tools()
        return text_of(await client.call_tool(tool, dict(arguments)))


async def post_call(client: httpx2.AsyncClient, tool: str, arguments: Mapping[str, Any]) -> httpx2.Response:
    """One modern ``tools/call`` as bare HTTP, where the status matters."""
    headers = {"Accept": ACCEPT, "MCP-Protocol-Version": MODERN, "Mcp-Method": "tools/call", "Mcp-Name": tool}
    body = modern_body("tools/call", name=tool, arguments=dict(arguments))
    return await client.post("/mcp", headers=headers, json=body)


async def post_initialize(client: httpx2.AsyncClient) -> httpx2.Response:
    """A legacy ``initialize`` as bare HTTP."""
    info = {"protocolVersion": LEGACY, "capabilities": {}, "clientInfo": {"name": "lab", "version": "1"}}
    body = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": info}
    return await client.post("/mcp", headers={"Accept": ACCEPT}, json=body)


def modern_body(method: str, **params: Any) -> dict[str, Any]:
    """The JSON-RPC body of a modern request, with the required ``_meta``."""
    prefix = "io.modelcontextprotocol/"
    meta = {f"{prefix}protocolVersion": MODERN, f"{prefix}clientCapabilities": {}}
    return {"jsonrpc": "2.0", "id": "lab-1", "method": method, "params": {**params, "_meta": meta}}


@asynccontextmanager
async def listening(url: str) -> AsyncIterator[None]:
    """An open ``subscriptions/listen`` stream for the length of the block, acknowledged by the server."""
    async with mcp_client(url) as client, client.listen(tools_list_changed=True):
        yield


async def gauge(client: httpx2.AsyncClient, name: str) -> float:
    """The value of one metric without labels, parsed from ``/metrics`` by the Prometheus library."""
    from prometheus_client.parser import text_string_to_metric_families

    answer = await client.get("/metrics")
    assert answer.status_code == 200
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            if sample.name == name and not sample.labels:
                return float(sample.value)
    raise AssertionError(f"no metric {name} in:\n{answer.text}")


async def gauge_becomes(client: httpx2.AsyncClient, name: str, value: float, seconds: float = 30) -> float:
    """Wait until a gauge has a value; how long that took."""
    start = time.monotonic()
    seen = await gauge(client, name)
    while seen != value:
        assert time.monotonic() - start < seconds, f"{name} is {seen:g} after {seconds:g} s, not {value:g}"
        await asyncio.sleep(0.05)
        seen = await gauge(client, name)
    return time.monotonic() - start


ORIGINS = ("https://a.apps.example.com", "https://apps.example.com", "https://evil.example.org", "null")
ORIGIN_LISTS = [
    ("", []),
    ("https://*.apps.example.com,https://b.example.com", ["https://a.apps.example.com"]),
    ("*", list(ORIGINS)),
]
"""What MCP_ALLOWED_ORIGINS says, and which of ``ORIGINS`` it lets in."""


async def let_in(base: str) -> list[str]:
    """Which Origins of web pages a server answers; the others get 403."""
    headers = {"Accept": ACCEPT, "MCP-Protocol-Version": MODERN, "Mcp-Method": "server/discover"}
    async with http(base) as client:
        answers = {
            origin: await client.post(
                "/mcp", headers={**headers, "Origin": origin}, json=modern_body("server/discover")
            )
            for origin in ORIGINS
        }
    assert {answer.status_code for answer in answers.values()} <= {200, 403}
    return [origin for origin, answer in answers.items() if answer.status_code == 200]
