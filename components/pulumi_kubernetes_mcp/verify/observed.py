"""What was seen, as it was seen: the facts of the file, and why something was not seen."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..probe.versions import LEGACY
from ..settings.verified import (
    Metric,
    VerifiedAuthorization,
    VerifiedDrain,
    VerifiedHosts,
    VerifiedSessions,
    VerifiedState,
)
from .checks import Check


@dataclass
class Slash:
    """What the endpoint answers with a slash more, or less, at its end."""

    status: int
    location: str = ""


@dataclass
class Conformance:
    """The official suite: scenarios that passed, and those that did not."""

    passed: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    """The same with what the suite says of the first check that failed."""
    not_offered: list[str] = field(default_factory=list)
    """Scenarios of what the server does not offer, which were not run."""


@dataclass(kw_only=True)
class Observed:
    """Everything that is known of one server so far."""

    started: bool
    server: str = "unnamed"
    eras: tuple[str, ...] = ()
    version: str = LEGACY
    """What the server has chosen in a handshake, where it has one."""
    start_seconds: float | None = None
    memory_mib: float | None = None
    listens_on: list[str] = field(default_factory=list)
    routes: dict[str, int] = field(default_factory=dict)
    catch_all: list[str] = field(default_factory=list)
    """Routes that answer as a path that nobody has: a program that answers everything says nothing of itself there."""
    health_path: str | None = None
    """The readiness route that answers 200."""
    liveness_path: str | None = None
    metrics_path: str | None = None
    metrics: dict[str, Metric] = field(default_factory=dict)
    like_gauges: list[str] = field(default_factory=list)
    """Names of metrics that may count sessions or calls, and that no dialect has."""
    hosts: VerifiedHosts = field(default_factory=VerifiedHosts)
    slash: Slash | None = None
    sessions: VerifiedSessions = field(default_factory=VerifiedSessions)
    authorization: VerifiedAuthorization | None = None
    drain: VerifiedDrain | None = None
    draining: dict[str, int] = field(default_factory=dict)
    """The worst that the routes of the probes answered after SIGTERM: of health 200, of liveness all else."""
    state: VerifiedState = field(default_factory=VerifiedState)
    varying: list[str] = field(default_factory=list)
    """Calls that one process answers otherwise each time, so that nothing can be compared."""
    conformance: Conformance | None = None
    unseen: dict[Check, str] = field(default_factory=dict)
    """Why a check could not be made, as a sentence without its full stop."""

    @property
    def streams_alone(self) -> bool:
        """Whether nothing but HTTP+SSE is spoken, which answers over a stream and not to the request."""
        return self.eras == ("sse",)

    @property
    def stateful(self) -> bool:
        """Whether sessions live in the process."""
        return "legacy-stateful" in self.eras
