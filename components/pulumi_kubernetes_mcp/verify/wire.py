"""Plain requests to an MCP server, with every header in our hands: statuses and headers are what is looked at."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import httpx2

from ..measuring.target import Target
from ..probe import messages
from ..probe.answer import Answer
from ..probe.versions import LEGACY

_BASIC = {"Accept": messages.ACCEPT, "Content-Type": messages.JSON}
ANSWER_SECONDS = 10
"""How long one answer may take."""
MOST_BYTES = 4 * 2**20
"""What is read of one answer at most."""


def result(answer: Answer) -> Mapping[str, Any] | None:
    """The result of a call that succeeded."""
    return messages.result_of(answer.data)


def answered(status: int, headers: Mapping[str, str], body: bytes) -> Answer:
    """An answer with the JSON-RPC message in it, or in the first event that holds one."""
    found = Answer(status, headers, body)
    texts: Iterable[str | bytes] = [body]
    if found.content_type == messages.EVENT_STREAM:
        texts = (event.data for event in messages.Events().feed(body))
    for text in texts:
        message = messages.message(text)
        if message is not None and ("result" in message or "error" in message):
            return replace(found, data=message)
    return found


class Wire:
    """One HTTP client of one server."""

    def __init__(self, target: Target, *, headers: bool = True, version: str = LEGACY) -> None:
        """What is sent to a target.

        :param headers: whether the target's own headers, such as a token, are sent.
        :param version: what the server speaks after a handshake, until it has chosen in one of this client's.
        """
        self.target = target
        self.version = version
        parts = urlsplit(target.url)
        self.base = f"{parts.scheme}://{parts.netloc}"
        self._http = httpx2.AsyncClient(
            headers=list(target.headers) if headers else [],
            timeout=ANSWER_SECONDS,
            trust_env=not target.loopback,
            follow_redirects=False,
            limits=httpx2.Limits(max_connections=None, max_keepalive_connections=8, keepalive_expiry=4),
        )

    async def __aenter__(self) -> Wire:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """A GET of a route beside the endpoint."""
        return await self._ask("GET", f"{self.base}{path}", headers or {})

    async def post(
        self, call: messages.Call, headers: Mapping[str, str] | None = None, url: str | None = None
    ) -> Answer:
        """A JSON-RPC message to the endpoint."""
        every = {**_BASIC, **call.headers, **(headers or {})}
        return await self._ask("POST", url or self.target.url, every, call.content)

    async def discover(self, headers: Mapping[str, str] | None = None, url: str | None = None) -> Answer:
        """``server/discover``, which leaves nothing behind."""
        return await self.post(modern("server/discover", {}), headers, url)

    async def knock(self, headers: Mapping[str, str] | None = None, url: str | None = None) -> Answer:
        """A GET of the endpoint, as a client of HTTP+SSE begins; a stream that it opens is left at once."""
        # Several servers break the connection after they have refused one.
        every = {"Accept": messages.EVENT_STREAM, "Connection": "close", **(headers or {})}
        return await self._ask("GET", url or self.target.url, every)

    def opened(self) -> contextlib.AbstractAsyncContextManager[httpx2.Response]:
        """The same for the length of the block; how long the stream may be silent is the caller's to say."""
        silent = httpx2.Timeout(ANSWER_SECONDS, read=None)
        headers = {"Accept": messages.EVENT_STREAM}
        return self._http.stream("GET", self.target.url, headers=headers, timeout=silent)

    async def call(self, method: str, params: Mapping[str, Any], session: str | None, *, stateful: bool) -> Answer:
        """A request, in the modern era or in a legacy one."""
        return await self.post(self.legacy(method, params, session) if stateful else modern(method, params))

    def legacy(self, method: str, params: Mapping[str, Any], session: str | None) -> messages.Call:
        """A request of the version that a handshake has chosen: servers refuse another one in its header."""
        return messages.session_call(2, method, params, session=session, version=self.version)

    def agree(self, answer: Answer) -> None:
        """Speak the version that the answer to a handshake has chosen."""
        chosen = (result(answer) or {}).get("protocolVersion")
        if isinstance(chosen, str) and chosen.isascii() and chosen.isprintable():
            self.version = chosen

    async def initialize(self, headers: Mapping[str, str] | None = None, url: str | None = None) -> Answer:
        """A handshake; the session that it may open is the caller's to end."""
        answer = await self.post(messages.initialize(1, LEGACY), headers, url)
        self.agree(answer)
        return answer

    async def initialized(self, session: str | None) -> Answer:
        """The second half of the handshake."""
        return await self.post(messages.initialized(session, self.version))

    async def delete(self, session: str) -> Answer:
        """The end of a session."""
        return await self._ask("DELETE", self.target.url, messages.session_headers(session, self.version))

    @contextlib.asynccontextmanager
    async def stream(self, session: str | None, *, stateful: bool) -> AsyncIterator[bool]:
        """A stream that stays open for the length of the block; whether the server opened it."""
        if stateful:
            headers = {"Accept": messages.ACCEPT, **messages.session_headers(session, self.version)}
            opening = self._http.stream("GET", self.target.url, headers=headers)
        else:
            call = modern("subscriptions/listen", {"notifications": {"toolsListChanged": True}})
            headers = {**_BASIC, **call.headers}
            opening = self._http.stream("POST", self.target.url, headers=headers, content=call.content)
        async with opening as answer:
            yield answer.status_code == 200 and _streams(answer)

    async def _ask(self, method: str, url: str, headers: Mapping[str, str], content: bytes | None = None) -> Answer:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                async with self._http.stream(method, url, headers=dict(headers), content=content) as answer:
                    text = b""
                    # A GET may open a stream that never ends: only what is asked for is read.
                    if method != "GET" or not _streams(answer):
                        async for chunk in answer.aiter_bytes():
                            text += chunk
                            if len(text) > MOST_BYTES:
                                break
                    found = {name.lower(): value for name, value in answer.headers.items()}
                    return answered(answer.status_code, found, text)
        except (httpx2.HTTPError, TimeoutError):
            return Answer(0)


def _streams(answer: httpx2.Response) -> bool:
    return str(answer.headers.get("content-type", "")).startswith(messages.EVENT_STREAM)


def modern(method: str, params: Mapping[str, Any]) -> messages.Call:
    """A request of the modern revision."""
    name = params.get("name")
    return messages.modern_call(1, method, params, name=None if name is None else str(name))


@dataclass(frozen=True)
class Held:
    """What became of a request that was held open."""

    answer: Answer
    at: float
    """When its last byte came, or the connection closed: monotonic seconds."""

    @property
    def finished(self) -> bool:
        """Whether it was answered with a result."""
        return self.answer.status == 200 and result(self.answer) is not None


class Slow:
    """A request over plain HTTP that is in flight for as long as wanted: the end of its body is kept back.

    The server has read the headers and waits for the rest, as it waits for a slow client: the request is in flight for
    whatever ends the process. No tool is needed for it, so it works with every server.
    """

    def __init__(self, target: Target, call: messages.Call) -> None:
        parts, content = urlsplit(target.url), call.content
        every = {
            "Host": parts.netloc,
            **_BASIC,
            "Content-Length": str(len(content)),
            "Connection": "close",
            **dict(target.headers),
            **call.headers,
        }
        path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in every.items()), "", ""]
        self._head = "\r\n".join(lines).encode()
        self._content = content
        self._host, self._port = str(parts.hostname), target.port
        self._writer: asyncio.StreamWriter | None = None
        self._read: asyncio.Task[Held] | None = None

    async def begin(self, *, whole: bool = False) -> None:
        """Send all but the end; with ``whole`` all of it, where the call itself is slow."""
        reader, self._writer = await asyncio.open_connection(self._host, self._port)
        self._writer.write(self._head + (self._content if whole else self._content[:-1]))
        await self._writer.drain()
        self._read = asyncio.create_task(_answer(reader))

    @property
    def over(self) -> bool:
        """Whether it was answered or cut already."""
        return self._read is None or self._read.done()

    async def end(self, seconds: float, *, whole: bool = False) -> Held:
        """Send the end, and wait for the answer."""
        assert self._writer is not None
        assert self._read is not None
        if not whole and not self.over:
            with contextlib.suppress(OSError):
                self._writer.write(self._content[-1:])
                await self._writer.drain()
        done, _ = await asyncio.wait([self._read], timeout=seconds)
        if done:
            return self._read.result()
        self._read.cancel()
        return Held(Answer(0), time.monotonic())

    def close(self) -> None:
        """Leave the connection."""
        if self._read is not None:
            self._read.cancel()
        if self._writer is not None:
            self._writer.close()


async def _answer(reader: asyncio.StreamReader) -> Held:
    """Everything until the connection closes, or a result is there."""
    text = b""
    with contextlib.suppress(OSError, asyncio.IncompleteReadError):
        while len(text) < MOST_BYTES and (chunk := await reader.read(65_536)):
            text += chunk
            if result(found := parsed(text)) is not None:
                return Held(found, time.monotonic())
    return Held(parsed(text), time.monotonic())


def parsed(text: bytes) -> Answer:
    """An HTTP/1.1 answer as far as it has come; chunk sizes stand between the lines of the text and do no harm."""
    head, _, rest = text.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    words = lines[0].split()
    if len(words) < 2 or not words[1].isdigit():
        return Answer(0)
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    content = _unchunked(rest) if headers.get("transfer-encoding", "").lower() == "chunked" else rest
    return answered(int(words[1]), headers, content)


def _unchunked(rest: bytes) -> bytes:
    """The content of chunks, as far as they have come."""
    content = b""
    while rest:
        size, _, rest = rest.partition(b"\r\n")
        try:
            length = int(size.split(b";")[0], 16)
        except ValueError:
            return content
        content += rest[:length]
        rest = rest[length + 2 :]
    return content
