"""One address over HTTP: resolved once, every answer bounded in time and size, every fault with its reason."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
import ssl
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Iterator, Mapping
from typing import Any

import httpx2

from ..system_errors import system_error, words
from .answer import Answer, FailedError
from .certificate import earliest_expiry, refused
from .clock import Clock
from .messages import (
    ACCEPT,
    CODINGS,
    EVENT_STREAM,
    JSON,
    MESSAGE,
    Call,
    Decoder,
    Event,
    Events,
    UnreadableError,
    answers,
    message,
)
from .metric_names import Phase
from .reasons import Reason

MOST_ADDRESSES = 4
"""Addresses of a name that are tried; a client tries them in the same order."""
END_SECONDS = 0.1
"""How long the end of a stream is waited for after the answer, so that the connection can be used again."""
_LOST = ("disconnected", "closed", "incomplete")
"""What the HTTP library says of an answer that broke off; its other complaints are about what stands in it."""
_AT_PHASE = {Phase.RESOLVE: Reason.DNS, Phase.CONNECT: Reason.CONNECT, Phase.TLS: Reason.TLS_HANDSHAKE}


async def load() -> None:
    """Import what is imported with the first request, so that no phase is charged with it."""
    import httpcore2

    await httpcore2.AnyIOBackend().sleep(0)


class Wire:
    """What is sent to one address in one round. :meth:`close` it."""

    def __init__(
        self,
        url: str,
        *,
        clock: Clock,
        context: ssl.SSLContext,
        headers: Mapping[str, str],
        max_bytes: int,
        keep_cookies: bool,
        deadline: float,
        end: float,
    ) -> None:
        """``end``: when the end of a session must have come too."""
        self.url = httpx2.URL(url)
        self.headers = dict(headers)
        self.deadline = deadline
        """When the exchange must have ended, on the clock of the event loop."""
        self._deadline, self._end = deadline, end
        self.expires: float | None = None
        """When the first certificate expires, in Unix time, once TLS has been spoken."""
        self.addresses: tuple[str, ...] = ()
        """Those that are left to be tried; the first is in use."""
        self._clock = clock
        self._context = context
        self._max_bytes = max_bytes
        self._cookies: dict[str, str] | None = {} if keep_cookies else None
        self._resumed: Phase | None = None
        self._connected: Any = None
        self._transport = self._new_transport()

    def _new_transport(self) -> httpx2.AsyncHTTPTransport:
        return httpx2.AsyncHTTPTransport(verify=self._context, trust_env=False)

    async def close(self) -> None:
        """Close the connections."""
        await self._transport.aclose()

    def use_reserve(self) -> None:
        """From here on the time may be used that is kept for the end of a session: all of it, whenever it begins, since
        a machine that stood still would leave every session that it had open."""
        reserve = self._end - self._deadline
        self.deadline = max(self._end, asyncio.get_running_loop().time() + reserve)

    async def reconnect(self) -> None:
        """Use a new connection from here on, which a balancer may send elsewhere."""
        await self._transport.aclose()
        self._transport = self._new_transport()

    async def resolve(self) -> None:
        """Find the addresses of the name."""
        host = self.url.raw_host.decode("ascii")
        with self._faults(), self._clock.during(Phase.RESOLVE):
            async with self._limit():
                self.addresses = await _addresses(host, self.url.port or _default_port(self.url))

    async def post(self, call: Call, *, extra: Mapping[str, str] | None = None, bare: bool = False) -> Answer:
        """Send a message; its answer, from either content type.

        :param extra: headers besides those of the message.
        :param bare: without the headers of the endpoint, which may hold a token.
        """
        headers = {"Accept": ACCEPT, "Content-Type": "application/json", **call.headers, **(extra or {})}
        return await self.send("POST", headers=headers, content=call.content, wanted=call.id, bare=bare)

    async def send(
        self,
        method: str,
        *,
        url: str | None = None,
        headers: Mapping[str, str],
        content: bytes | None = None,
        wanted: int | None = None,
        bare: bool = False,
    ) -> Answer:
        """One request and its answer.

        :param url: another address of the same origin.
        :param wanted: the id of the JSON-RPC request that is answered; after its answer nothing more is read.
        """
        async with self.open(method, url=url, headers=headers, content=content, bare=bare) as response:
            try:
                return await self.read(response, wanted)
            except FailedError as failed:
                failed.status, failed.headers = response.status_code, response.headers
                raise

    @contextlib.asynccontextmanager
    async def open(
        self,
        method: str,
        *,
        url: str | None = None,
        headers: Mapping[str, str],
        content: bytes | None = None,
        bare: bool = False,
    ) -> AsyncIterator[httpx2.Response]:
        """An answer whose body is still to be read; it is closed at the end of the block."""
        with self._faults():
            async with self._limit():
                all_headers = headers if bare else {**self.headers, **headers}
                response = await self._request(method, httpx2.URL(url or self.url), all_headers, content)
        try:
            self._keep_cookies(response)
            yield response
        finally:
            with contextlib.suppress(httpx2.HTTPError, OSError):
                await response.aclose()

    async def _request(
        self, method: str, url: httpx2.URL, headers: Mapping[str, str], content: bytes | None
    ) -> httpx2.Response:
        """The request, to the first address that takes a connection."""
        while True:
            try:
                return await self._transport.handle_async_request(self._built(method, url, headers, content))
            except (httpx2.ConnectError, httpx2.ConnectTimeout):
                if len(self.addresses) == 1 or self._clock.phase != Phase.CONNECT:
                    raise
                self.addresses = self.addresses[1:]

    def _built(self, method: str, url: httpx2.URL, headers: Mapping[str, str], content: bytes | None) -> httpx2.Request:
        all_headers = {
            "Host": url.netloc.decode("ascii"),
            "User-Agent": "mcp-stack-probe",
            "Accept-Encoding": CODINGS[0],
            **headers,
        }
        if self._cookies:
            all_headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        extensions: dict[str, Any] = {
            "sni_hostname": self.url.raw_host.decode("ascii"),
            "trace": self._trace,
            "timeout": {"connect": self._connect_limit()},
        }
        return httpx2.Request(
            method, url.copy_with(host=self.addresses[0]), headers=all_headers, content=content, extensions=extensions
        )

    def _connect_limit(self) -> float | None:
        """A silent address may take its part of the time that is left, and no more."""
        if len(self.addresses) == 1:
            return None
        return max(0.1, (self.deadline - asyncio.get_running_loop().time()) / len(self.addresses))

    async def _trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Connecting is a phase of its own, in whatever phase it is needed; a failed one stays the phase.

        A handshake that the deadline ends leaves its connection open to the client below, which closes on errors only.
        """
        if event == "connection.connect_tcp.started":
            self._resumed = self._clock.switch(Phase.CONNECT)
        elif event == "connection.connect_tcp.complete":
            self._clock.switch(self._resumed)
            self._connected = info["return_value"]
        elif event == "connection.start_tls.failed" and self._connected is not None:
            await self._connected.aclose()
        elif event == "connection.start_tls.started":
            self._clock.switch(Phase.TLS)
        elif event == "connection.start_tls.complete":
            self._clock.switch(self._resumed)
            connection = info["return_value"].get_extra_info("ssl_object")
            if self.expires is None and connection is not None:
                self.expires = earliest_expiry(connection)

    async def read(self, response: httpx2.Response, wanted: int | None = None) -> Answer:
        """The rest of an answer."""
        with self._faults():
            async with self._limit():
                return await self._read(response, wanted)

    async def events(self, response: httpx2.Response) -> AsyncGenerator[Event, None]:
        """The events of a stream, as they arrive."""
        async with contextlib.aclosing(self._parts(response, stream=True)) as parts:
            async for _, events in parts:
                for event in events:
                    yield event

    async def within(self, events: AsyncGenerator[Event, None]) -> AsyncIterator[Event]:
        """Events until the time is over; whoever has seen enough goes on later."""
        while True:
            with self._faults():
                async with self._limit():
                    event = await anext(events, None)
            if event is None:
                return
            yield event

    async def _read(self, response: httpx2.Response, wanted: int | None) -> Answer:
        headers = {name.lower(): value for name, value in response.headers.items()}
        stream = headers.get("content-type", "").strip().lower().startswith(EVENT_STREAM)
        body, data = b"", None
        async with contextlib.aclosing(self._parts(response, stream=stream)) as parts:
            try:
                async for part, found in parts:
                    body += part
                    event = next((one for one in found if _answer(one.data, wanted) is not None), None)
                    if event is not None:
                        data = _answer(event.data, wanted)
                        if event.name != MESSAGE:
                            raise FailedError(Reason.INVALID_ANSWER, f"{_named(event)}, which no client reads")
                        await _end(parts)
                        break
            except FailedError as failed:
                # What was refused for its status is refused for that, however its body ends.
                if response.status_code < 400 or failed.reason != Reason.CLOSED:
                    raise
        if not stream:
            data = _answer(body, wanted)
            if data is not None and response.status_code == 200 and not _read_by_clients(headers):
                kind = headers.get("content-type", "")[:60]
                said = f"the content type '{kind}'" if kind.isprintable() and kind else "no content type"
                raise FailedError(Reason.INVALID_ANSWER, f"HTTP 200 with an answer in JSON-RPC and {said}")
        elif data is None and response.status_code == 200 and wanted is not None:
            raise FailedError(Reason.CLOSED, "the event stream ended before the answer was in it")
        return Answer(response.status_code, headers, body, data)

    async def _parts(
        self, response: httpx2.Response, *, stream: bool
    ) -> AsyncGenerator[tuple[bytes, list[Event]], None]:
        """The body as it arrives, decoded and bounded; of an event stream with the events that are complete."""
        reader, size = Events(), 0
        try:
            decoder = Decoder(response.headers.get("content-encoding", ""))
            assert isinstance(response.stream, AsyncIterable)
            async for chunk in response.stream:
                part = decoder.feed(chunk, self._max_bytes + 1 - size)
                size += len(part)
                if size > self._max_bytes:
                    raise FailedError(Reason.TOO_LARGE, f"an answer of more than {self._max_bytes} bytes")
                yield part, list(reader.feed(part)) if stream else []
        except UnreadableError as problem:
            raise FailedError(Reason.INVALID_ANSWER, f"HTTP {response.status_code} with {problem}") from None
        except (httpx2.TransportError, OSError) as problem:
            raise self._failed(problem) from None
        if not decoder.complete:
            raise FailedError(Reason.CLOSED, "the compressed body ended before its end")

    def _keep_cookies(self, response: httpx2.Response) -> None:
        if self._cookies is None:
            return
        for line in response.headers.get_list("set-cookie"):
            name, equals, value = line.partition(";")[0].partition("=")
            if equals:
                self._cookies[name.strip()] = value.strip()

    def _limit(self) -> asyncio.Timeout:
        return asyncio.timeout_at(self.deadline)

    @contextlib.contextmanager
    def _faults(self) -> Iterator[None]:
        """Every fault of the network as the reason that it is."""
        try:
            yield
        # A name that DNS cannot have is refused by its codec.
        except (TimeoutError, httpx2.HTTPError, httpx2.InvalidURL, OSError, UnicodeError) as problem:
            raise self._failed(problem) from None

    def _failed(self, problem: Exception) -> FailedError:
        phase = self._clock.phase
        cause = _cause(problem, ssl.SSLError)
        if isinstance(cause, ssl.SSLError) and phase == Phase.TLS:
            return FailedError(*refused(cause))
        if isinstance(problem, TimeoutError | httpx2.TimeoutException):
            return FailedError(_reason(phase, Reason.TIMEOUT), _waited(phase))
        own = system_error(problem)
        if own is not None and own.errno in _OWN:
            return FailedError(Reason.PROBE, f"the probe's own machine: {words(own)}")
        said = _words(problem, own)
        unread = isinstance(problem, httpx2.RemoteProtocolError) and not any(word in said.lower() for word in _LOST)
        return FailedError(_reason(phase, Reason.INVALID_ANSWER if unread else Reason.CLOSED), said)


def _reason(phase: Phase | None, otherwise: Reason) -> Reason:
    return otherwise if phase is None else _AT_PHASE.get(phase, otherwise)


_OWN = frozenset({23, 24, 12, 105, 99})
"""ENFILE, EMFILE, ENOMEM, ENOBUFS and EADDRNOTAVAIL: this machine has run out of something."""


def _waited(phase: Phase | None) -> str:
    if phase == Phase.RESOLVE:
        return "the name server did not answer within the timeout"
    if phase == Phase.CONNECT:
        return "no connection within the timeout: packets are dropped on the way"
    if phase == Phase.TLS:
        return "the TLS handshake did not end within the timeout"
    return f"no complete answer within the timeout, in the phase '{phase}'"


def _words(problem: BaseException, own: OSError | None) -> str:
    said = str(problem).rstrip(".")  # The sentence that it is put into has a full stop of its own.
    text = (words(own) if own is not None else None) or said or type(problem).__name__
    return f"{text[:1].lower()}{text[1:]}" if not text[:2].isupper() else text


def _cause(problem: BaseException, kind: type[BaseException]) -> BaseException | None:
    """The first of its kind among an error and what caused it."""
    seen: BaseException | None = problem
    while seen is not None and not isinstance(seen, kind):
        seen = seen.__cause__ or seen.__context__
    return seen


def _default_port(url: httpx2.URL) -> int:
    return 443 if url.scheme == "https" else 80


async def _addresses(host: str, port: int) -> tuple[str, ...]:
    with contextlib.suppress(ValueError):
        return (str(ipaddress.ip_address(host)),)
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))[:MOST_ADDRESSES]


def _read_by_clients(headers: Mapping[str, str]) -> bool:
    """Whether SDKs read a body: they look at its content type first, and refuse any but these two."""
    return headers.get("content-type", "").strip().lower().startswith((JSON, EVENT_STREAM))


def _named(event: Event) -> str:
    name = event.name if event.name.isprintable() else ascii(event.name)
    return f"HTTP 200 with its answer in an event that is called '{name[:40]}'"


def _answer(text: str | bytes, wanted: int | None) -> Mapping[str, Any] | None:
    data = message(text)
    return data if data is not None and answers(data, wanted) else None


async def _end(parts: AsyncIterator[Any]) -> None:
    """Let a stream that ends by itself do so."""
    with contextlib.suppress(TimeoutError, FailedError, httpx2.HTTPError, OSError):
        async with asyncio.timeout(END_SECONDS):
            async for _ in parts:
                pass
