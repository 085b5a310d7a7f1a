"""What a reading of the server is, wherever it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

MIB = 2**20


@dataclass(frozen=True)
class Reading:
    """The server at one moment. ``None``: the source does not tell."""

    memory_mib: float
    descriptors: int | None
    cpu_seconds: float | None
    """CPU that the server has taken since it started; only differences count."""
    processes: int


class Reader(Protocol):
    """Where readings come from."""

    source: str
    """``process`` or ``metrics``."""
    name: str
    """What is read, for messages."""

    async def read(self) -> Reading:
        """One reading; :class:`MeasureError` if there is none any more."""
        ...

    def glance(self) -> float | None:
        """Only the memory, in MiB, many times a second; ``None`` where a look would cost the server something."""
        ...


def cpu_between(before: Reading | None, after: Reading | None) -> float | None:
    """CPU seconds between two readings; ``None`` where they are not known."""
    if before is None or after is None or before.cpu_seconds is None or after.cpu_seconds is None:
        return None
    return max(0.0, after.cpu_seconds - before.cpu_seconds)
