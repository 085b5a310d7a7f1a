"""What the exporter answers over HTTP; nothing here does I/O."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from .collector import exposition
from .state import State

STILL_SECONDS = 30.0
"""An event loop that did nothing for so long hangs: it turns once a second."""
LATE_INTERVALS = 3
"""A state that is older is not known to hold any more."""
TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True)
class Page:
    """An answer."""

    status: int
    body: bytes
    content_type: str = TEXT


@dataclass(frozen=True)
class Pages:
    """The pages of an exporter."""

    states: Sequence[State]
    addresses: Sequence[str]
    """The address of each endpoint, in the order of the states."""
    interval_seconds: float
    turned: Callable[[], float]
    """When the event loop last did something, on the monotonic clock."""
    run_now: Callable[[int], None]
    """Do a round of the endpoint of this number, and wait for it."""

    def answer(self, path: str) -> Page:
        """The page of a path."""
        parts = urlsplit(path)
        asked = parse_qs(parts.query)
        if parts.path == "/metrics":
            return Page(200, exposition(self.states), CONTENT_TYPE_PLAIN_0_0_4)
        if parts.path == "/healthz":
            still = time.monotonic() - self.turned()
            return Page(200, b"ok\n") if still < STILL_SECONDS else Page(503, f"still for {still:.0f} s\n".encode())
        if parts.path == "/ready":
            return self._ready(asked.get("endpoint", []))
        if parts.path == "/probe":
            return self._probe(asked.get("target", []))
        return Page(404, b"/metrics, /probe?target=, /ready, /healthz\n")

    def _ready(self, wanted: Sequence[str]) -> Page:
        """200 if the last round of each endpoint, or of those that are named, found nothing wrong."""
        numbers = range(len(self.states)) if not wanted else [self._number(name) for name in wanted]
        if None in numbers:
            return Page(400, b"There is no such endpoint. Give the name of one of the configuration.\n")
        lines = [line for number in numbers if number is not None and (line := self._not_ready(self.states[number]))]
        return Page(503, "".join(lines[:20]).encode()) if lines else Page(200, b"ready\n")

    def _not_ready(self, state: State) -> str:
        name = state.labels["endpoint"]
        if state.at is None:
            return f"{name}: there was no round yet\n"
        if state.reason is not None:
            return f"{name}: {state.reason.value}: {state.sentence}\n"
        late = time.time() - state.at
        return f"{name}: the last round is {late:.0f} s old\n" if late > LATE_INTERVALS * self.interval_seconds else ""

    def _probe(self, wanted: Sequence[str]) -> Page:
        """A round now, and the metrics of its endpoint; only endpoints of the configuration can be asked for."""
        number = self._number(wanted[0]) if len(wanted) == 1 else None
        if number is None:
            return Page(400, b"Give ?target= with the name or the address of one endpoint of the configuration.\n")
        self.run_now(number)
        return Page(200, exposition([self.states[number]]), CONTENT_TYPE_PLAIN_0_0_4)

    def _number(self, word: str) -> int | None:
        for number, state in enumerate(self.states):
            if word in (state.labels["endpoint"], self.addresses[number]):
                return number
        return None
