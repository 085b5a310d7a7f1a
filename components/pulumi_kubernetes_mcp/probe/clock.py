"""How long the phases of a round took: one phase runs at a time, so that their sum is the round."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from .metric_names import Phase


class Clock:
    """Runs from its making; :attr:`seconds` holds each phase that has begun."""

    def __init__(self) -> None:
        self.phase: Phase | None = None
        self.seconds: dict[Phase, float] = {}
        self._start = self._since = time.monotonic()

    def switch(self, phase: Phase | None) -> Phase | None:
        """Begin a phase, or go on with it; the one that ran until now."""
        now, before = time.monotonic(), self.phase
        if before is not None:
            self.seconds[before] = self.seconds.get(before, 0.0) + now - self._since
        self.phase, self._since = phase, now
        return before

    @contextmanager
    def during(self, phase: Phase) -> Iterator[None]:
        """A phase for the length of a block that ends without an error; after one it goes on, to say where it was."""
        before = self.switch(phase)
        yield
        self.switch(before)

    @property
    def total(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self._start
