"""Real MCP clients that hold sessions open and call, each session in a task of its own; every one is closed."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self, cast

import httpx2
from mcp import Client
from mcp.client.sse import sse_client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError

from .eras import MODERN
from .refused import MeasureError
from .target import Target

REQUEST_SECONDS = 120
"""How long one request may take: the slowest tool that can be measured."""
CLOSE_SECONDS = 30
"""How long all sessions together may take to close; what is left is cut."""

_OWN_HEADERS = frozenset({"content-length", "transfer-encoding", "host", "connection"})
"""What belongs to one request, or to its connection."""


class Traffic:
    """What went over the wire, as far as it must be counted."""

    def __init__(self) -> None:
        self.deleted = 0
        """Sessions that the server confirmed as ended."""
        self.kept = 0
        """Sessions whose end the server refused, such as with 405."""
        self.refusal = ""
        """The status of the last answer that was an error."""

    async def see(self, answer: httpx2.Response) -> None:
        """Note one answer."""
        if answer.request.method == "DELETE":
            # 404: the server has dropped it already.
            if answer.is_success or answer.status_code == 404:
                self.deleted += 1
            else:
                self.kept += 1
        elif answer.status_code >= 400 and answer.request.method == "POST":
            self.refusal = f"HTTP {answer.status_code}"


@dataclass(frozen=True)
class Recorded:
    """A request that an official client made, to be made again. Its headers may hold a token."""

    url: str
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body: Mapping[str, Any] = field(repr=False)


class _Http(httpx2.AsyncClient):
    """One HTTP client for many MCP clients: none of them closes it. It can leave streams unopened."""

    streams = True
    posted: list[httpx2.Request] | None = None
    """Where requests are noted while they are recorded."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """It is closed by whoever made it."""

    async def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
        """Send a request; a stream that is not wanted is answered as a server does that has none."""
        if request.method == "GET" and not self.streams:
            return httpx2.Response(405, request=request)
        if self.posted is not None and request.method == "POST":
            self.posted.append(request)
        return await super().send(request, **options)


class Sessions:
    """Sessions of one era. ``async with`` closes all of them, also after a failure and when it is cancelled.

    All of them share a pool of connections, as the clients behind a gateway do: a stream has a connection of its own,
    calls have as many as there are callers.
    """

    def __init__(self, target: Target, era: str, *, callers: int, listen: bool = True, streams: bool = True) -> None:
        """:param listen: whether a modern client opens a ``subscriptions/listen`` stream.
        :param streams: whether a legacy client gets the stream that it opens.
        """
        self.era = era
        self.clients: list[Client] = []
        self.traffic = Traffic()
        self.opened = 0
        self.failure = ""
        self._left = 0
        self._target = target
        self._listen = listen and era == "modern"
        self._callers = callers
        self._stop = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._http = _Http(
            headers=list(target.headers),
            timeout=httpx2.Timeout(REQUEST_SECONDS, read=None),
            limits=httpx2.Limits(max_connections=None, max_keepalive_connections=callers, keepalive_expiry=4),
            trust_env=not target.loopback,
            event_hooks={"response": [self.traffic.see]},
        )
        self._http.streams = streams

    @property
    def closed(self) -> int:
        """Sessions that are known to have ended: confirmed by the server where the protocol has an answer for it."""
        return self.traffic.deleted if self.era == "legacy-stateful" else self._left

    async def __aenter__(self) -> Sessions:
        return self

    async def __aexit__(self, *_exc: object) -> None:
        self._stop.set()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=CLOSE_SECONDS)
            for holder in late:
                holder.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._http.aclose()

    async def open(self, count: int) -> bool:
        """Open more sessions, as many at a time as there are callers; ``False`` once one was refused."""
        gate = asyncio.Semaphore(self._callers)

        async def one() -> None:
            async with gate:
                if self.failure:
                    return
                ready: asyncio.Future[Client] = asyncio.get_running_loop().create_future()
                self._tasks.append(asyncio.create_task(self._hold(ready)))
                try:
                    self.clients.append(await ready)
                except Exception as problem:
                    self.failure = self.failure or _reason(problem, self.traffic)

        await asyncio.gather(*(one() for _ in range(count)))
        return not self.failure

    async def open_all(self, count: int) -> None:
        """Open sessions that the measurement cannot do without."""
        if not await self.open(count):
            raise MeasureError(
                f"A session could not be opened ({self.era}): {self.failure}. See the output of the server; a limit on "
                "sessions or requests must leave room for the measurement."
            )

    async def record(
        self, clients: Sequence[Client], method: str, act: Callable[[Client], Awaitable[object]]
    ) -> list[Recorded]:
        """The request of that method that each client makes when it acts, one client after the other.

        None over HTTP+SSE: there the answer comes on a stream, and only its own client can wait for it.
        """
        found: list[Recorded] = []
        for client in clients if self.era != "sse" else ():
            posted: list[httpx2.Request] = []
            self._http.posted = posted
            try:
                await act(client)
            finally:
                self._http.posted = None
            found += [made for request in posted if (made := _recorded(request, method)) is not None][-1:]
        return found

    async def _hold(self, ready: asyncio.Future[Client]) -> None:
        """One session: opened as a host opens it, held until the end, closed as the protocol wants it."""
        try:
            async with self._connect() as client:
                self.opened += 1
                await client.list_tools()
                async with self._stream(client):
                    if not ready.done():
                        ready.set_result(client)
                    await self._stop.wait()
            self._left += 1
        except Exception as problem:
            if not ready.done():
                ready.set_exception(problem)
        finally:
            if not ready.done():
                ready.cancel()

    def _connect(self) -> Client:
        if self.era == "sse":
            url = self._target.sse_url or self._target.url
            existing = cast(Any, lambda **_: self._http)
            transport = sse_client(url, timeout=REQUEST_SECONDS, sse_read_timeout=86_400, httpx_client_factory=existing)
        else:
            transport = streamable_http_client(self._target.url, http_client=self._http)
        mode = MODERN if self.era == "modern" else "legacy"
        return Client(transport, mode=mode, cache=None, read_timeout_seconds=REQUEST_SECONDS)

    @contextlib.asynccontextmanager
    async def _stream(self, client: Client) -> AsyncIterator[None]:
        if self._listen:
            async with client.listen(tools_list_changed=True):
                yield
        else:
            yield


def _recorded(request: httpx2.Request, method: str) -> Recorded | None:
    body = json.loads(request.content)
    if not isinstance(body, dict) or body.get("method") != method:
        return None
    kept = [(name, value) for name, value in request.headers.items() if name.lower() not in _OWN_HEADERS]
    return Recorded(str(request.url), tuple(kept), body)


async def listens(sessions: Sessions) -> bool:
    """Whether the server keeps ``subscriptions/listen`` streams: asked with one, which is closed."""
    try:
        async with sessions.clients[0].listen(tools_list_changed=True):
            return True
    except MCPError:
        return False


async def list_tools(client: Client) -> None:
    """One protocol round; a failure in words."""
    try:
        await client.list_tools()
    except Exception as problem:
        raise MeasureError(
            f"The server failed a request while it was measured: {in_words(problem)}. See its output."
        ) from None


async def rounds(clients: Sequence[Client], seconds: float) -> list[float]:
    """Protocol rounds without a tool's work, all clients busy for that long: the seconds that each round took."""
    taken: list[float] = []
    end = time.monotonic() + seconds

    async def caller(client: Client) -> None:
        while (start := time.monotonic()) < end:
            await list_tools(client)
            taken.append(time.monotonic() - start)

    await asyncio.gather(*(caller(client) for client in clients))
    return taken


def in_words(problem: BaseException) -> str:
    """What a client's exception says, in one line without its full stop."""
    while isinstance(problem, BaseExceptionGroup):
        problem = problem.exceptions[0]
    return (" ".join(str(problem).split()) or type(problem).__name__)[:300].rstrip(".")


def _reason(problem: BaseException, traffic: Traffic) -> str:
    """Why a session could not be opened, in a few words."""
    said = in_words(problem)
    return f"{traffic.refusal}, {said}" if traffic.refusal else said
