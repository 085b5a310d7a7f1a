"""Protocol eras, and everything about a deployment that follows from them.

An *era* is a family of MCP revisions that behaves alike on the wire. A server lists the eras that it serves
on its one URL; affinity, drain, autoscaling metric, windows, timeouts, headers, routes and probes follow
from that list in :func:`derive`. Nothing here knows Kubernetes objects or settings.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class Era(StrEnum):
    """A family of MCP revisions, by how its transport behaves."""

    MODERN = "modern"
    """2026-07-28: one POST per request, no handshake, no session."""
    LEGACY_STATELESS = "legacy-stateless"
    """2025-03-26 to 2025-11-25 without ``Mcp-Session-Id``: any pod serves any request."""
    LEGACY_STATEFUL = "legacy-stateful"
    """2025-03-26 to 2025-11-25 with ``Mcp-Session-Id``: a session lives in one pod."""
    SSE = "sse"
    """2024-11-05 HTTP+SSE: a session is an open stream, and lives in one pod."""


NAMES = tuple(era.value for era in Era)
"""The eras as a stack file, a profile and a plan name them, in this order."""


class ScalingMetric(StrEnum):
    """What grows with the load of a server, and therefore what an autoscaler should follow."""

    CPU = "cpu"
    SESSIONS = "sessions"


SESSION_ERAS = frozenset({Era.LEGACY_STATEFUL, Era.SSE})
LEGACY_ERAS = frozenset({Era.LEGACY_STATELESS, Era.LEGACY_STATEFUL, Era.SSE})

ENDPOINT_PROPAGATION_SECONDS = 10
"""Between the deletion of a pod and the last proxy that stops sending to it; 5 to 15 s are usual."""
IDLE_CONNECTION_SECONDS = 5
"""How long uvicorn and Node keep an idle connection; both were seen to close it after 5 to 6 s."""
TERMINATION_MARGIN_SECONDS = 5
"""Between the end of the drain and SIGKILL: closing sockets, flushing logs."""
MINIMUM_GRACE_SECONDS = 30
"""The Kubernetes default of ``terminationGracePeriodSeconds``; there is no gain in going below it."""
ROUTE_MARGIN_SECONDS = 15
"""A route must outlive the slowest tool by one keep-alive period of the SDKs (15 s)."""
MINIMUM_STREAM_IDLE_SECONDS = 60
"""With keep-alives every 15 s, an idle limit above 45 s survives two lost ones; 60 is the next round value."""
SCALE_DOWN_WINDOW_SECONDS = 300
"""The default of the HorizontalPodAutoscaler for workloads that hold no sessions."""
SESSION_SCALE_DOWN_WINDOW_SECONDS = 600
"""The least window for servers that hold sessions: each pod that goes takes its sessions with it."""
MAXIMUM_WINDOW_SECONDS = 3600
"""The API refuses a longer stabilisation window."""

MODERN_HEADERS = ("MCP-Protocol-Version", "Mcp-Method", "Mcp-Name", "Authorization", "traceparent")
SESSION_HEADERS = ("Mcp-Session-Id", "Last-Event-ID")
PROTECTED_RESOURCE_PATH = "/.well-known/oauth-protected-resource"


@dataclass(frozen=True, kw_only=True)
class EraProfile:
    """What a list of eras means for a deployment. Times are whole seconds."""

    eras: tuple[Era, ...]
    sessions: bool
    """Sessions live in pods: a replaced pod is an outage for the clients that were pinned to it."""
    needs_affinity: bool
    """More than one replica works only if a client always reaches the pod that holds its session."""
    scaling_metric: ScalingMetric
    scale_down_window_seconds: int
    scale_down_pods_per_minute: int
    disruption_max_unavailable: int | None
    """Pods an eviction may take at once; ``None`` derives a minimum from the replica count."""
    pre_stop_seconds: int
    """``lifecycle.preStop.sleep``: propagation, and for legacy eras the slowest tool, since SIGTERM cuts it."""
    graceful_timeout_seconds: int
    """How long the server may finish modern calls after SIGTERM (``UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN``)."""
    grace_period_seconds: int
    """``terminationGracePeriodSeconds``: pre-stop + graceful timeout + margin, at least 30."""
    route_timeout_seconds: int
    """0 switches the route's request timeout off, which every stream needs."""
    stream_idle_timeout_seconds: int
    """How long a stream may be silent: above the keep-alive period, or above the slowest tool without one."""
    request_headers: tuple[str, ...]
    """Headers that every hop must let through."""
    well_known_paths: tuple[str, ...]
    """Paths besides the MCP path that the edge must route to the server."""
    external_probe: str
    """What a probe from outside does: ``server/discover`` leaves nothing behind, ``initialize`` needs a DELETE."""


def parse_eras(names: Collection[str]) -> tuple[Era, ...]:
    """The eras of ``names`` in the order of :class:`Era`, without repetition. ValueError for an unknown one."""
    wanted = {Era(name) for name in names}
    return tuple(era for era in Era if era in wanted)


def excluded_pair(eras: Collection[Era]) -> tuple[Era, Era] | None:
    """Two eras of the list that one URL cannot serve together, if there are any.

    A legacy server either hands out session ids or does not: the choice is made when it starts.
    """
    pair = (Era.LEGACY_STATELESS, Era.LEGACY_STATEFUL)
    return pair if set(pair) <= set(eras) else None


def derive(
    eras: Collection[Era],
    *,
    max_tool_seconds: int,
    keepalive_seconds: int = 0,
    session_minutes: float = 20,
    authorization: bool = False,
    path: str = "/mcp",
    pre_stop_seconds: int | None = None,
    graceful_timeout_seconds: int | None = None,
    grace_period_seconds: int | None = None,
    propagation_seconds: int = ENDPOINT_PROPAGATION_SECONDS,
) -> EraProfile:
    """Everything that follows from the eras a server serves: the drain that is in force, and the rest.

    :param eras: the eras, at least one.
    :param max_tool_seconds: the slowest tool call, in seconds; the drain waits for it.
    :param keepalive_seconds: how often the server sends a comment on an open stream, 0 if it sends
        nothing until a result is there (TypeScript v2 modern calls, Python in JSON mode), or nobody knows.
    :param session_minutes: the usual length of a session, in minutes; scale-in waits for it.
    :param authorization: whether the server is an OAuth resource server, which must publish its metadata.
    :param path: the MCP path, on which the metadata path is built.
    :param pre_stop_seconds: what somebody wants instead of the pre-stop sleep that follows.
    :param graceful_timeout_seconds: the same for the graceful timeout.
    :param grace_period_seconds: the same for the grace period, which otherwise fits the two that are in force.
    :param propagation_seconds: between the deletion of a pod and the last proxy that stops sending to it, in seconds.

    Measured basis: on SIGTERM legacy answers over SSE are cut within 0.5 s whatever the server does, so only
    the pre-stop sleep drains them; modern calls are finished after SIGTERM, within the graceful timeout.
    """
    ordered = parse_eras(eras)
    if not ordered:
        raise ValueError("a server serves at least one protocol era")
    sessions = not SESSION_ERAS.isdisjoint(ordered)
    legacy = not LEGACY_ERAS.isdisjoint(ordered)
    modern = Era.MODERN in ordered

    pre_stop = _given(pre_stop_seconds, propagation_seconds + (max_tool_seconds if legacy else 0))
    graceful = _given(graceful_timeout_seconds, max_tool_seconds if modern else TERMINATION_MARGIN_SECONDS)
    fitting = max(MINIMUM_GRACE_SECONDS, pre_stop + graceful + TERMINATION_MARGIN_SECONDS)
    return EraProfile(
        eras=ordered,
        sessions=sessions,
        needs_affinity=sessions,
        scaling_metric=ScalingMetric.SESSIONS if sessions else ScalingMetric.CPU,
        scale_down_window_seconds=_scale_down_window(sessions, session_minutes),
        scale_down_pods_per_minute=1,
        disruption_max_unavailable=1 if sessions else None,
        pre_stop_seconds=pre_stop,
        graceful_timeout_seconds=graceful,
        grace_period_seconds=_given(grace_period_seconds, fitting),
        route_timeout_seconds=0,
        stream_idle_timeout_seconds=_stream_idle(max_tool_seconds, keepalive_seconds),
        request_headers=MODERN_HEADERS + (SESSION_HEADERS if legacy else ()),
        well_known_paths=(f"{PROTECTED_RESOURCE_PATH}{path.rstrip('/')}", PROTECTED_RESOURCE_PATH)
        if authorization
        else (),
        external_probe=_external_probe(ordered),
    )


def _given(wanted: int | None, following: int) -> int:
    return following if wanted is None else wanted


def _scale_down_window(sessions: bool, session_minutes: float) -> int:
    if not sessions:
        return SCALE_DOWN_WINDOW_SECONDS
    return min(MAXIMUM_WINDOW_SECONDS, max(SESSION_SCALE_DOWN_WINDOW_SECONDS, round(session_minutes * 60)))


def _stream_idle(max_tool_seconds: int, keepalive_seconds: int) -> int:
    if keepalive_seconds == 0:
        return max(MINIMUM_STREAM_IDLE_SECONDS, max_tool_seconds + ROUTE_MARGIN_SECONDS)
    return max(MINIMUM_STREAM_IDLE_SECONDS, 3 * keepalive_seconds + ROUTE_MARGIN_SECONDS)


def _external_probe(eras: tuple[Era, ...]) -> str:
    if Era.MODERN in eras:
        return "server/discover"
    if Era.LEGACY_STATELESS in eras:
        return "initialize"
    if Era.LEGACY_STATEFUL in eras:
        return "initialize, ping, DELETE"
    return "GET stream, initialize, close"
