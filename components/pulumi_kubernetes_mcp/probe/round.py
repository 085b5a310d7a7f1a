"""What one round found."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from ..urls import is_loopback
from .drift import Drift
from .metric_names import Phase
from .reasons import EXPLANATIONS, Reason


@dataclass(kw_only=True)
class Seen:
    """What is known so far; a round that fails keeps what it had found."""

    address: str | None = None
    expires: float | None = None
    """When the first certificate of the chain expires, in Unix time."""
    server: str | None = None
    """Name and version that the server gives of itself."""
    eras: list[str] = field(default_factory=list)
    versions: list[str] = field(default_factory=list)
    """The protocol version that was spoken in each of the eras."""
    supported: list[str] = field(default_factory=list)
    """The versions without a handshake that the server names."""
    tools: Mapping[str, Mapping[str, Any]] | None = None
    drift: Drift | None = None
    checks: dict[str, str] = field(default_factory=dict)
    """What each further look found."""
    notes: list[str] = field(default_factory=list)
    """What a reader should know though nothing is wrong."""
    sessions_opened: int = 0
    sessions_ended: int = 0


def private_note(host: str, address: str) -> str | None:
    """What to know of a name that leads to a private address; nothing where the address itself was asked for."""
    if host == address or host == "localhost" or host.endswith(".localhost") or ipaddress.ip_address(address).is_global:
        return None
    return f"{host} leads to {address} from here, which is no public address: clients elsewhere may see something else."


def private_endpoint(url: str) -> str | None:
    """What to know of an endpoint whose address alone is no public one, where those are meant that clients reach."""
    from ..rules.probing import is_private  # Of no use to whoever looks at one address.

    host = urlsplit(url).hostname or ""
    if is_loopback(host) or not is_private(host):
        return None
    return f"{host} is no public address: this watches the network of the probe, and not what clients elsewhere meet."


@dataclass(frozen=True, kw_only=True)
class Round:
    """A round that has ended."""

    name: str
    address: str
    """The URL, as it may be shown."""
    at: float
    """When it ended, in Unix time."""
    seconds: float
    phases: Mapping[Phase, float]
    """How long each phase took that was reached, in their order."""
    seen: Seen
    reason: Reason | None = None
    detail: str = ""
    """What was seen of the failure."""
    phase: Phase | None = None
    """Where it failed; ``None`` after a success, and where the whole is judged."""

    @property
    def success(self) -> bool:
        """Nothing was found wrong."""
        return self.reason is None

    @property
    def sentence(self) -> str:
        """The failure and what to do, or "" after a success."""
        if self.reason is None:
            return ""
        explanation = EXPLANATIONS[self.reason]
        return f"{self.address}: {self.detail}. {explanation.means} {explanation.remedy}"
