"""Sessions of the legacy era as bare HTTP, many at once and each by an address or with cookies of its own."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .reference import ACCEPT, LEGACY, post_initialize

if TYPE_CHECKING:
    import httpx2

HEADER = "Mcp-Session-Id"


class LostError(Exception):
    """The pod that was met does not know the session."""


@dataclass(frozen=True)
class Session:
    """One open session."""

    client: httpx2.AsyncClient
    id: str

    @property
    def pod(self) -> int:
        """The port of the pod that holds it, where an envelope is around its id: ``base64(ip:port);UV:base64(id)``."""
        address, _, _ = self.id.partition(";")
        return int(base64.b64decode(address).decode().rpartition(":")[2])

    async def call(self, tool: str, **arguments: Any) -> httpx2.Response:
        """One tool call."""
        return await self._post({"id": 2, "method": "tools/call", "params": {"name": tool, "arguments": arguments}})

    async def tools(self) -> httpx2.Response:
        """The list of the tools."""
        return await self._post({"id": 3, "method": "tools/list", "params": {}})

    async def begin(self) -> None:
        """Say that the client is ready, as the protocol has it after the answer to ``initialize``."""
        answer = await self._post({"method": "notifications/initialized"})
        if answer.status_code == 404:
            raise LostError
        assert answer.status_code == 202, answer.text

    async def end(self) -> None:
        """Close it, wherever it still is."""
        await self.client.delete("/mcp", headers=self._headers())

    async def _post(self, message: dict[str, Any]) -> httpx2.Response:
        return await self.client.post("/mcp", headers=self._headers(), json={"jsonrpc": "2.0", **message})

    def _headers(self) -> dict[str, str]:
        return {"Accept": ACCEPT, "MCP-Protocol-Version": LEGACY, HEADER: self.id}


@asynccontextmanager
async def address(base: str, local: str | None = None) -> AsyncIterator[httpx2.AsyncClient]:
    """A client with cookies of its own, and where it is said with an address of its own: all of 127.0.0.0/8 are."""
    import httpx2

    # There is no TLS here, and to read all authorities takes longer than a session.
    transport = httpx2.AsyncHTTPTransport(local_address=local, verify=False, trust_env=False)
    async with httpx2.AsyncClient(base_url=base, timeout=60, trust_env=False, transport=transport) as client:
        yield client


async def opened(client: httpx2.AsyncClient) -> Session:
    """A session that is ready for calls."""
    answer = await post_initialize(client)
    assert answer.status_code == 200, answer.text
    session = Session(client, answer.headers[HEADER])
    await session.begin()
    return session
