"""HTTP+SSE of 2024-11-05: a GET opens a stream that names where to POST, and brings every answer."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..urls import joined
from . import messages
from .answer import Answer, FailedError, check, quoted
from .reasons import Reason

if TYPE_CHECKING:
    from .wire import Wire

_ENDPOINT = "endpoint"


class EventSession:
    """An open stream, and the address for requests that it has named."""

    def __init__(self, wire: Wire, events: AsyncGenerator[messages.Event, None], url: str) -> None:
        self._wire = wire
        self._events = events
        self._url = url

    async def tell(self, call: messages.Call) -> Answer:
        """Send a message; how its arrival was answered."""
        headers = {"Accept": messages.ACCEPT, "Content-Type": messages.JSON, **call.headers}
        return await self._wire.send("POST", url=self._url, headers=headers, content=call.content)

    async def ask(self, call: messages.Call) -> Answer:
        """Send a request; its answer from the stream, or how it was refused."""
        told = await self.tell(call)
        if not told.accepted:
            return told
        async for event in self._wire.within(self._events):
            data = messages.message(event.data)
            if event.name == messages.MESSAGE and data is not None and messages.answers(data, call.id):
                return Answer(200, {"content-type": messages.JSON}, event.data.encode(), data)
        raise FailedError(Reason.CLOSED, "the event stream ended before the answer was in it")


@contextlib.asynccontextmanager
async def event_session(wire: Wire, url: str) -> AsyncIterator[EventSession | Answer]:
    """The stream of an address, or what it answers instead."""
    async with wire.open("GET", headers={"Accept": messages.EVENT_STREAM}) as response:
        content_type = response.headers.get("content-type", "").lower()
        if response.status_code != 200 or not content_type.startswith(messages.EVENT_STREAM):
            yield await wire.read(response)
            return
        async with contextlib.aclosing(wire.events(response)) as events:
            yield EventSession(wire, events, await _endpoint(wire, events, url))


async def _endpoint(wire: Wire, events: AsyncGenerator[messages.Event, None], url: str) -> str:
    async for event in wire.within(events):
        if event.name != _ENDPOINT:
            break
        place = joined(url, event.data.strip())
        if place is None:
            raise FailedError(Reason.INVALID_ANSWER, "the event stream names an endpoint that is no address")
        one, other = urlsplit(place), urlsplit(url)
        if (one.scheme, one.netloc) != (other.scheme, other.netloc):
            raise FailedError(Reason.INVALID_ANSWER, "the event stream names an endpoint of another origin")
        return place
    raise FailedError(Reason.HANDSHAKE_FAILED, "the first event of the stream names no endpoint")


def refused(answer: Answer, url: str) -> FailedError:
    """Why an address that should open a stream has none."""
    try:
        check(answer, url)
    except FailedError as failed:
        return failed
    return FailedError(Reason.WRONG_ERA, f"{quoted(answer)} to the GET that opens the stream of HTTP+SSE")
