"""What a plan is made from: plain numbers with the unit in the name, checked when they are put together.

Defaults equal those of the settings; the settings say the same in the words of a stack file.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite


class PlanInputError(ValueError):
    """A number that no plan can be made from; the message names the field and its range."""


def _check(owner: object, low: float, high: float, *names: str) -> None:
    """Refuse a number outside ``low`` to ``high``; ``None`` stands for a derived value and passes."""
    for name in names:
        value = getattr(owner, name)
        if value is not None and not (isfinite(value) and low <= value <= high):
            raise PlanInputError(f"{name} is {value}, but must lie between {low:g} and {high:g}")


def _check_positive(owner: object, high: float, *names: str) -> None:
    """Refuse a number that is not above zero, where zero would divide or mean nothing."""
    for name in names:
        value = getattr(owner, name)
        if value is not None and not (isfinite(value) and 0 < value <= high):
            raise PlanInputError(f"{name} is {value}, but must be above 0 and at most {high:g}")


@dataclass(frozen=True, kw_only=True)
class Workload:
    """The load to plan for: ``daily_users``, or ``peak_sessions`` where the peak was measured (it wins)."""

    daily_users: float | None = None
    """Users on a working day."""
    sessions_per_user: float = 3
    """Sessions per user and day."""
    session_minutes: float = 20
    """Mean length of a session, in minutes."""
    peak_factor: float = 3
    """Load of the busiest hour over the mean of the day."""
    headroom_percent: float = 30
    """Reserve above the peak, in percent."""
    peak_sessions: float | None = None
    """Measured sessions at the peak, instead of the estimate from users."""
    sessions_per_pod: int = 50
    """Sessions that one pod is sized for."""
    concurrent_calls: int = 20
    """Tool calls in flight in one pod at that many sessions."""
    heavy_calls: int = 10
    """Calls of the heaviest tool in flight in one pod at the same time."""
    heavy_call_cpu_milliseconds: float = 200
    """CPU that one call of the heaviest tool takes per second of wall time, in milliseconds."""
    response_kib: float = 16
    """Size of one response in flight, in KiB."""
    session_mib: float = 1
    """Memory that the server's own objects take per session, in MiB."""

    def __post_init__(self) -> None:
        if self.daily_users is None and self.peak_sessions is None:
            raise PlanInputError("give daily_users, or peak_sessions where the peak was measured")
        _check_positive(self, 1e9, "daily_users", "peak_sessions", "sessions_per_user")
        _check_positive(self, 1440, "session_minutes")
        _check(self, 1, 1000, "peak_factor")
        _check(self, 0, 1000, "headroom_percent")
        _check(self, 1, 100_000, "sessions_per_pod", "concurrent_calls")
        _check(self, 0, 100_000, "heavy_calls", "session_mib")
        _check(self, 0, 1e6, "heavy_call_cpu_milliseconds", "response_kib")


@dataclass(frozen=True, kw_only=True)
class Database:
    """What the database allows, and how long calls hold a connection."""

    kind: str = "postgres"
    """'postgres' or 'sqlite'. SQLite has one writer and no connections to budget."""
    max_connections: int = 100
    """max_connections of the database; 100 is the stock value of PostgreSQL."""
    reserved_connections: int = 3
    """superuser_reserved_connections plus what is reserved for maintenance."""
    share_percent: float = 50
    """Part of max_connections that this service may use, in percent."""
    shared_by_regions: int = 1
    """Number of region stacks that use this database at the same time."""
    query_milliseconds: float = 50
    """Mean time that a tool call holds a connection, in milliseconds."""
    pool_size: int | None = None
    """Connections per pod instead of the planned number."""
    pooler: str = "none"
    """'none' or 'pgbouncer' (transaction mode, between the pods and the database)."""
    pooler_instances: int = 2
    """Number of PgBouncer pods."""
    pooler_pool_size: int | None = None
    """Database connections per PgBouncer pod instead of the planned number."""

    def __post_init__(self) -> None:
        if self.kind not in ("postgres", "sqlite"):
            raise PlanInputError(f"kind is '{self.kind}', but must be 'postgres' or 'sqlite'")
        if self.pooler not in ("none", "pgbouncer"):
            raise PlanInputError(f"pooler is '{self.pooler}', but must be 'none' or 'pgbouncer'")
        _check(self, 1, 1_000_000, "max_connections")
        _check(self, 0, 1_000_000, "reserved_connections")
        _check_positive(self, 100, "share_percent")
        _check(self, 1, 100, "shared_by_regions")
        _check_positive(self, 3_600_000, "query_milliseconds")
        _check(self, 1, 100_000, "pool_size", "pooler_pool_size")
        _check(self, 1, 50, "pooler_instances")


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """What is decided outside the load: given values, the environment, the namespace's quota."""

    min_replicas: int | None = None
    """Least number of pods instead of the planned number."""
    max_replicas: int | None = None
    """Greatest number of pods instead of the planned number."""
    production: bool = True
    """Production never runs on one pod."""
    zones: int = 3
    """Availability zones that the nodes are spread over."""
    cpu_percent_of_limit: float = 60
    """CPU at which pods are added, in percent of the limit."""
    surge_percent: int = 25
    """maxSurge of the Deployment, in percent; 25 is the default of Kubernetes."""
    quota_pods: int | None = None
    """Pods that the namespace may hold."""
    quota_cpu_millicores: int | None = None
    """Sum of CPU requests that the namespace may hold, in millicores."""
    quota_memory_bytes: int | None = None
    """Sum of memory requests that the namespace may hold, in bytes."""
    cpu_request_millicores: int | None = None
    """CPU request instead of the planned one, in millicores."""
    cpu_limit_millicores: int | None = None
    """CPU limit instead of the planned one, in millicores."""
    memory_request_bytes: int | None = None
    """Memory request instead of the planned one, in bytes."""
    memory_limit_bytes: int | None = None
    """Memory limit instead of the planned one, in bytes."""

    def __post_init__(self) -> None:
        _check(self, 0, 100_000, "min_replicas")
        _check(self, 1, 100_000, "max_replicas")
        _check(self, 1, 10, "zones")
        _check_positive(self, 100, "cpu_percent_of_limit")
        _check(self, 0, 100, "surge_percent")
        _check(self, 0, 2**63, "quota_pods", "quota_cpu_millicores", "quota_memory_bytes")
        _check(self, 0, 2**63, "cpu_request_millicores", "cpu_limit_millicores")
        _check(self, 0, 2**63, "memory_request_bytes", "memory_limit_bytes")
