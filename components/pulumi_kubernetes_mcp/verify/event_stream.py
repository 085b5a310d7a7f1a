"""HTTP+SSE of 2024-11-05: a GET opens a stream, whose first event says where to POST; it brings every answer."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import httpx2

from ..measuring.target import Target
from ..probe import messages
from ..probe.answer import Answer
from ..probe.versions import LEGACY
from ..urls import joined
from .wire import ANSWER_SECONDS, Held, Slow, Wire, result

_ENDPOINT = "endpoint"


class EventStream:
    """One stream, which is a session: it begins with the stream and should end with it."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._stack = contextlib.AsyncExitStack()
        self._reader: asyncio.Task[None] | None = None
        self._news = asyncio.Condition()
        self._answers: dict[int, tuple[Mapping[str, Any], float]] = {}
        self._over: float | None = None
        self.url: str | None = None
        """Where messages are sent to, once the stream has said so."""

    async def open(self) -> Answer:
        """Open it; how the GET was answered. ``url`` is known afterwards if it is a stream that names an endpoint."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                response = await self._stack.enter_async_context(self._wire.opened())
                found = Answer(response.status_code, {name.lower(): value for name, value in response.headers.items()})
                if found.status == 200 and found.content_type == messages.EVENT_STREAM:
                    self._reader = asyncio.create_task(self._read(response))
                    await self._until(lambda: self.url is not None)
        except (httpx2.HTTPError, TimeoutError):
            return Answer(0)
        return found

    async def begin(self) -> bool:
        """Open it and shake hands; whether that worked."""
        await self.open()
        answer = await self.ask(messages.initialize(1, LEGACY))
        if result(answer) is None:
            return False
        self._wire.agree(answer)
        await self.tell(messages.initialized(None, self._wire.version))
        return True

    def built(self, method: str, params: Mapping[str, Any]) -> messages.Call:
        """A request of the session."""
        return self._wire.legacy(method, params, None)

    async def tell(self, call: messages.Call) -> Answer:
        """Send a message; how its arrival was answered."""
        return Answer(0) if self.url is None else await self._wire.post(call, url=self.url)

    async def ask(self, call: messages.Call) -> Answer:
        """Send a request; its answer from the stream, or how it was refused."""
        number = call.id or 0
        self._answers.pop(number, None)
        told = await self.tell(call)
        if not told.accepted:
            return told
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ANSWER_SECONDS):
                return (await self.answered(number)).answer
        return Answer(0)

    async def answered(self, number: int) -> Held:
        """The answer to a request, or what there is of it when the stream ends."""
        await self._until(lambda: number in self._answers)
        data, at = self._answers.get(number, (None, self._over or time.monotonic()))
        return Held(Answer(0) if data is None else Answer(200, {}, data=data), at)

    @property
    def ended(self) -> bool:
        """Whether the server has ended the stream."""
        return self._over is not None

    def has(self, number: int) -> bool:
        """Whether a request was answered."""
        return number in self._answers

    async def close(self) -> None:
        """Leave the stream."""
        if self._reader is not None:
            self._reader.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reader
        with contextlib.suppress(httpx2.HTTPError, OSError):
            await self._stack.aclose()

    async def _until(self, seen: Callable[[], bool]) -> None:
        async with self._news:
            await self._news.wait_for(lambda: seen() or self._over is not None)

    async def _read(self, response: httpx2.Response) -> None:
        events = messages.Events()
        with contextlib.suppress(httpx2.HTTPError, OSError):
            async for chunk in response.aiter_bytes():
                for event in events.feed(chunk):
                    await self._take(event)
        async with self._news:
            self._over = time.monotonic()
            self._news.notify_all()

    async def _take(self, event: messages.Event) -> None:
        async with self._news:
            data = messages.message(event.data)
            if event.name == _ENDPOINT and self.url is None:
                self.url = _own(joined(self._wire.target.url, event.data.strip()), self._wire.target)
            elif data is not None and isinstance(data.get("id"), int):
                self._answers[data["id"]] = (data, time.monotonic())
            self._news.notify_all()


def _own(place: str | None, target: Target) -> str | None:
    """An endpoint of the same origin; another one is nobody's to send to."""
    if place is None:
        return None
    one, other = urlsplit(place), urlsplit(target.url)
    return place if (one.scheme, one.netloc) == (other.scheme, other.netloc) else None


class Streamed:
    """A call in flight over HTTP+SSE: the end of its body is kept back, and its answer comes in the stream."""

    def __init__(self, stream: EventStream, target: Target, method: str, params: Mapping[str, Any]) -> None:
        self._stream = stream
        call = stream.built(method, params)
        self._number = call.id or 0
        self._slow = Slow(replace(target, url=stream.url or target.url), call)

    async def begin(self, *, whole: bool = False) -> None:
        """Send all but the end; with ``whole`` all of it, where the call itself is slow."""
        await self._slow.begin(whole=whole)

    @property
    def over(self) -> bool:
        """Whether it was answered or cut already."""
        return self._stream.ended or self._stream.has(self._number)

    async def end(self, seconds: float, *, whole: bool = False) -> Held:
        """Send the end, and wait for the answer."""
        # Also where the stream is over: a message whose end never comes would hold the process itself.
        await self._slow.end(seconds, whole=whole)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                return await self._stream.answered(self._number)
        return Held(Answer(0), time.monotonic())

    def close(self) -> None:
        """Leave the connection of the message."""
        self._slow.close()
