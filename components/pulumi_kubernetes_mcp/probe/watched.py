"""One endpoint to be watched: its address, what is expected of it, and within which bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ..eras import Era
from .drift import Tools

INTERVAL_SECONDS = 60.0
TIMEOUT_SECONDS = 10.0
"""Of a whole round. Clients of the SDKs give up after 30 s and more; a person does earlier."""
MAX_BYTES = 4 * 1024 * 1024
"""Of one answer: what the SDKs take as the largest request is plenty for a list of tools."""


class Check(StrEnum):
    """What a round looks at besides, with a request of its own."""

    AUTHORIZATION = "authorization"
    """Without a token the server refuses, and clients find its metadata."""
    HOST = "host"
    """Another host name is refused at this address."""
    ORIGIN = "origin"
    """A foreign Origin is refused, as the protocol demands."""


@dataclass(frozen=True)
class Expectation:
    """What the tools of a server are: the content of a file that ``--save-schema`` wrote."""

    tools: Tools
    strict: bool = False
    """Any difference is a failure, not only one that breaks clients."""


@dataclass(frozen=True)
class Call:
    """A tool that is called in each round."""

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, kw_only=True)
class Watched:
    """An endpoint. The headers may hold tokens: they are in no message and in no representation."""

    url: str
    name: str
    """What it is called in metrics and messages."""
    server: str = ""
    region: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    eras: tuple[Era, ...] = ()
    """Each of these is spoken with it. Without one it is the first that it answers to."""
    version: str | None = None
    """The protocol version that must be agreed on."""
    expectation: Expectation | None = None
    call: Call | None = None
    checks: frozenset[Check] = frozenset()
    affinity: int = 0
    """Further requests, each over a connection of its own, that must find the session and the same tools."""
    timeout_seconds: float = TIMEOUT_SECONDS
    slow_seconds: float | None = None
    """A round that takes longer has failed, though everything in it worked."""
    max_bytes: int = MAX_BYTES
    keep_cookies: bool = False
    """Send cookies back, as clients in Python do and those in TypeScript do not."""

    @property
    def shown(self) -> str:
        """The address for messages: without the query, which may hold a key."""
        return self.url.partition("?")[0]
