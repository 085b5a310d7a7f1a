"""A host that leads to another region: a session is lost with its client's next connection, a modern call is not.

Two regions are two addresses of this machine with one port, and DNS is what the client's own lookup answers.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from .conftest import Note
from .processes import free_port, running, wait_until
from .reference import MODERN, SOURCE, http, mcp_client, text_of

HOST = "mcp.test"
EAST, WEST = "127.0.0.1", "127.0.0.2"
KEPT_SECONDS = 6
"""How long the client keeps a connection that is idle, 5 s, and one more."""


class Name:
    """What the host is at the moment."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.address = EAST
        look_up = socket.getaddrinfo

        def answer(host: Any, *args: Any, **options: Any) -> Any:
            return look_up(self.address if host in (HOST, HOST.encode()) else host, *args, **options)

        monkeypatch.setattr(socket, "getaddrinfo", answer)


def accepts(address: str, port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((address, port)) == 0


@contextmanager
def regions(folder: Path) -> Iterator[int]:
    """The reference server once for each region; gives the port of both."""
    port = free_port()
    with ExitStack() as stack:
        for address in (EAST, WEST):
            environment = {
                "UVICORN_HOST": address,
                "UVICORN_PORT": str(port),
                "MCP_ALLOWED_HOSTS": f"{HOST}:{port},{address}:{port}",
                "PYTHONDONTWRITEBYTECODE": "1",
            }
            command = [sys.executable, "-m", "uvicorn", "server:app"]
            stack.enter_context(
                running(f"region-{address}", command, folder=folder, cwd=SOURCE, environment=environment)
            )
        for address in (EAST, WEST):
            wait_until(lambda at=address: accepts(at, port), seconds=60, what=f"the region at {address}")
        yield port


@pytest.mark.parametrize(("mode", "lost"), [("legacy", True), (MODERN, False)])
def test_a_client_follows_the_name_and_leaves_its_session_behind(
    mode: str, lost: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, note: Note
) -> None:
    async def run(name: Name, port: int) -> list[str]:
        async def seen() -> str:
            try:
                return text_of(await asyncio.wait_for(client.call_tool("echo", {"text": "here"}), 20))
            except Exception as error:
                return f"{type(error).__name__}: {error}"

        async with mcp_client(f"http://{HOST}:{port}/mcp", mode) as client:
            await client.list_tools()
            before = await seen()
            name.address = WEST
            await asyncio.sleep(KEPT_SECONDS)
            after = await seen()
            async with http(f"http://{EAST}:{port}") as old:
                assert (await old.get("/healthz")).status_code == 200
            return [before, after]

    with regions(tmp_path) as port:
        before, after = asyncio.run(run(Name(monkeypatch), port))
    note(f"{mode}: after the name led elsewhere: {after}")
    assert before == "here"
    assert (after != "here") == lost, after
    if lost:
        assert "session" in after.lower(), after
