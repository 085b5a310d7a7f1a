"""What is to be verified, within bounds that keep it from becoming an attack."""

from __future__ import annotations

from dataclasses import dataclass

from ..measuring.refused import MeasureError
from ..measuring.request import ToolCall
from ..measuring.target import Target

HEALTH_PATHS = ("/healthz", "/health", "/readyz", "/ready")
"""Readiness routes that are tried where none is named, the first that answers 200 counts."""
LIVENESS_PATHS = ("/livez", "/live", "/alive")
METRICS_PATHS = ("/metrics",)
PUBLIC_HOST = "mcp.example.com"
"""The public name that is tried where none is named."""
MAX_DRAIN_SECONDS = 120
MAX_SESSIONS = 20_000
"""Twice the default cap of the Python SDK."""
MAX_CALLS = 50
LEAST_TIME_LIMIT = 30
MAX_TIME_LIMIT = 1800


@dataclass(frozen=True, kw_only=True)
class Request:
    """One verification."""

    target: Target
    start: tuple[str, ...] = ()
    image: str | None = None
    host: str | None = None
    health_paths: tuple[str, ...] = HEALTH_PATHS
    liveness_paths: tuple[str, ...] = LIVENESS_PATHS
    metrics_paths: tuple[str, ...] = METRICS_PATHS
    gauges: tuple[str, ...] = ()
    """Names of gauges besides those of the dialects, such as that of scaling.sessionsMetric."""
    calls: tuple[ToolCall, ...] = ()
    """A sequence of tool calls that is answered alike by one process and by three."""
    slow: ToolCall | None = None
    """A tool that takes some seconds, for the call that is in flight at SIGTERM."""
    drain_seconds: float = 8
    """How long the call in flight needs after SIGTERM, where no slow tool is named."""
    sessions: int = 1200
    """Sessions that are opened at most, to find the cap."""
    conformance: bool = False
    time_limit: float = 300

    def __post_init__(self) -> None:
        _bounded("--drain-seconds", self.drain_seconds, 1, MAX_DRAIN_SECONDS, "it is the slowest tool, in seconds")
        _bounded("--sessions", self.sessions, 1, MAX_SESSIONS, "more than the cap of a pod need not be opened")
        _bounded("--time-limit", self.time_limit, LEAST_TIME_LIMIT, MAX_TIME_LIMIT, "a verification takes a minute")
        if len(self.calls) > MAX_CALLS:
            raise MeasureError(f"There are {len(self.calls)} --tool. Give {MAX_CALLS} at most.")
        for option, paths in (
            ("--health-path", self.health_paths),
            ("--liveness-path", self.liveness_paths),
            ("--metrics-path", self.metrics_paths),
        ):
            for path in paths:
                _route(option, path, self.target)


def _bounded(option: str, value: float, least: float, most: float, why: str) -> None:
    if not least <= value <= most:
        raise MeasureError(f"{option} is {value:g}. Give {least:g} to {most:g}: {why}.")


def _route(option: str, path: str, target: Target) -> None:
    if not path.startswith("/") or not path.isprintable() or " " in path:
        raise MeasureError(f"{option} '{path}' is not a path. Begin it with a slash, such as /healthz")
    if path.rstrip("/") == target.path.rstrip("/"):
        raise MeasureError(
            f"{option} is the MCP endpoint itself, which no probe may use: a GET opens a stream there or is refused. "
            "Give a route of its own, such as /healthz"
        )
