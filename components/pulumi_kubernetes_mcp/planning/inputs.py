"""What a plan is made from: plain numbers with the unit in the name, checked when they are put together.

Defaults equal those of the settings; the settings say the same in the words of a stack file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, isfinite
from types import MappingProxyType

from ..eras import NAMES
from ..platforms import Least

HOURS = 24
ERAS = NAMES
NETWORKED = ("postgres", "mysql", "mongodb", "sqlserver", "redis")
"""Databases that pods connect to over the network."""
SINGLE_WRITERS = ("sqlite", "duckdb", "single-writer")
"""Kinds of database with one writer: a file that one process opens."""
MAX_REPLICAS = 100_000
"""The greatest number of pods of one server that a stack may ask for: two thirds of what a cluster holds."""
_MIB = 2**20


class PlanInputError(ValueError):
    """A number that no plan can be made from; the message names the field and its range."""


def _check(owner: object, low: float, high: float, *names: str) -> None:
    """Refuse a number outside ``low`` to ``high``; ``None`` stands for a derived value and passes."""
    for name in names:
        value = getattr(owner, name)
        if value is not None and not low <= value <= high:
            raise PlanInputError(f"{name} is {value}, but must lie between {low:g} and {high:g}")


def _check_positive(owner: object, high: float, *names: str) -> None:
    """Refuse a number that is not above zero, where zero would divide or mean nothing."""
    for name in names:
        value = getattr(owner, name)
        if value is not None and not 0 < value <= high:
            raise PlanInputError(f"{name} is {value}, but must be above 0 and at most {high:g}")


@dataclass(frozen=True, kw_only=True)
class Tool:
    """One tool, and what a call of it costs."""

    name: str
    """Name of the tool."""
    share_percent: float
    """Its part of all calls, in percent; the shares are taken in relation to their sum."""
    duration_milliseconds: float
    """Mean duration of a call without waiting, in milliseconds."""
    p95_milliseconds: float | None = None
    """95th percentile of the duration; ``None`` takes the exponential's, three times the mean."""
    cpu_milliseconds: float = 20
    """CPU of a call, in milliseconds."""
    response_kib: float = 16
    """Size of the answer, in KiB."""
    queries: float = 1
    """Database queries of a call."""
    query_milliseconds: float | None = None
    """Mean time that a query holds a connection; ``None`` takes that of the database."""

    def __post_init__(self) -> None:
        _check_positive(self, 100, "share_percent")
        _check_positive(self, 86_400_000, "duration_milliseconds", "p95_milliseconds")
        _check(self, 0, 86_400_000, "cpu_milliseconds")
        _check(self, 0, 1e6, "response_kib")
        _check(self, 0, 10_000, "queries")
        _check_positive(self, 3_600_000, "query_milliseconds")


@dataclass(frozen=True, kw_only=True)
class Workload:
    """The load to plan for. Of ``peak_sessions``, ``sessions_by_hour`` and ``daily_users`` the first that is given
    counts; what is ``None`` follows from the tools, or from the sizing guide's example without tools."""

    daily_users: float | None = None
    """Users on a working day."""
    sessions_per_user: float = 3
    """Sessions per user and day."""
    session_minutes: float = 20
    """Mean length of a session, in minutes."""
    session_p95_minutes: float | None = None
    """95th percentile of a session's length, in minutes; ``None`` takes the exponential's, three times the mean."""
    peak_factor: float = 3
    """Load of the busiest hour over the mean of the day."""
    headroom_percent: float = 30
    """Reserve above the peak, in percent."""
    peak_sessions: float | None = None
    """Measured sessions at the peak, instead of the estimate from users."""
    sessions_by_hour: tuple[float, ...] = ()
    """Sessions that begin in each hour of the day, 24 numbers from midnight on."""
    eras: tuple[str, ...] = ()
    """Protocol eras that the server serves."""
    era_percent: Mapping[str, float] = field(default_factory=dict)
    """Part of the sessions by era, in percent, in relation to their sum. Empty: memory, descriptors and CPU are each
    counted as of the era served that takes most of it."""
    sessions_per_pod: int = 50
    """Sessions that one pod is sized for."""
    tools: tuple[Tool, ...] = ()
    """The tools that are called."""
    think_seconds: float = 10
    """Mean pause of a session between the end of a call and its next, in seconds. Only with tools."""
    concurrent_calls: int | None = None
    """Tool calls in flight in one pod at that many sessions, at its busiest (99 % of the time at most)."""
    heavy_calls: int | None = None
    """Calls of the heaviest tool in flight in one pod at the same time, at its busiest."""
    heavy_call_cpu_milliseconds: float | None = None
    """CPU that one call of the heaviest tool takes per second of wall time, in milliseconds."""
    response_kib: float | None = None
    """Size of one response in flight, in KiB."""
    session_mib: float = 1
    """Memory that the server's own objects take per session, in MiB."""
    workers: int | None = None
    """Processes or worker threads that run calls in one pod; ``None`` takes one where one process runs one event
    loop, otherwise as many as the CPU limit has cores. Of the SDKs' runtimes each takes the memory of a process."""
    processes: int | None = None
    """Processes that the server is known to start in one pod, each with a program and a pool of its own; ``None`` takes
    ``workers`` where those of the runtime are processes."""
    call_slots: int | None = None
    """Calls that a pod runs at the same time, where the server limits them (threads, a semaphore); more wait."""
    wait_p95_milliseconds: float = 1000
    """The objective: 95 % of the calls wait at most this long in a pod, in milliseconds."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "tools", tuple(self.tools))
        object.__setattr__(self, "sessions_by_hour", tuple(self.sessions_by_hour))
        object.__setattr__(self, "era_percent", MappingProxyType(dict(self.era_percent)))
        if self.daily_users is None and self.peak_sessions is None and not self.sessions_by_hour:
            raise PlanInputError(
                "give daily_users, or sessions_by_hour or peak_sessions where they were measured",
            )
        _check_positive(self, 1e9, "daily_users", "peak_sessions", "sessions_per_user")
        _check_positive(self, 1440, "session_minutes")
        _check_positive(self, 100_000, "session_p95_minutes")
        _check(self, 1, 1000, "peak_factor")
        _check(self, 0, 1000, "headroom_percent")
        _check(self, 1, 100_000, "sessions_per_pod", "concurrent_calls", "call_slots", "workers", "processes")
        _check(self, 0, 100_000, "heavy_calls", "session_mib")
        _check(self, 0, 1e6, "heavy_call_cpu_milliseconds", "response_kib")
        _check(self, 0, 86_400, "think_seconds")
        _check_positive(self, 3_600_000, "wait_p95_milliseconds")
        self._check_collections()

    def _check_collections(self) -> None:
        hours = self.sessions_by_hour
        if hours and len(hours) != HOURS:
            raise PlanInputError(f"sessions_by_hour has {len(hours)} numbers, but a day has {HOURS} hours")
        if hours and not (all(isfinite(number) and 0 <= number <= 1e9 for number in hours) and any(hours)):
            raise PlanInputError("sessions_by_hour must hold numbers between 0 and 1e+09, one of them above 0")
        unknown = sorted({*self.eras, *self.era_percent} - set(ERAS))
        if unknown:
            raise PlanInputError(f"there is no era '{unknown[0]}'; known are {', '.join(ERAS)}")
        shares = self.era_percent.values()
        if shares and not (all(isfinite(share) and 0 <= share <= 100 for share in shares) and any(shares)):
            raise PlanInputError("era_percent must hold numbers between 0 and 100, one of them above 0")
        names = [tool.name for tool in self.tools]
        if len(set(names)) < len(names):
            raise PlanInputError("tools holds a name twice")


@dataclass(frozen=True, kw_only=True)
class Database:
    """What the database allows, and how long calls hold a connection."""

    kind: str = "postgres"
    """One of NETWORKED, or of SINGLE_WRITERS, which have one writer and no connections to budget."""
    max_connections: int = 100
    """max_connections of the database; 100 is the stock value of PostgreSQL."""
    reserved_connections: int = 3
    """superuser_reserved_connections plus what is reserved for maintenance."""
    share_percent: float = 50
    """Part of max_connections that this service may use, in percent."""
    shared_by_regions: int = 1
    """Number of region stacks that use this database at the same time."""
    region_share_percent: float | None = None
    """Part of the connections that this region has, in percent, instead of an equal part."""
    shared_by_servers: int = 1
    """Number of servers of this region that use this database; each plans with an equal part, the region with all."""
    query_milliseconds: float = 50
    """Mean time that a query holds a connection, in milliseconds. Without tools a call makes one query."""
    pool_size: int | None = None
    """Connections per pod instead of the planned number, of all its processes together."""
    pool_is_told: bool = True
    """Whether each process is told the size of its pool; otherwise it takes its driver's own, LEAST_POOL."""
    has_secret: bool = True
    """Whether the stack names a Secret, from which a pooler reads user and password."""
    in_pod: bool = False
    """Whether it is reached at an address of the pod itself, which a pooler in pods of its own does not have."""
    pooler: str = "none"
    """'none' or 'pgbouncer' (transaction mode, between the pods and the database)."""
    pooler_instances: int = 2
    """Number of PgBouncer pods."""
    pooler_pool_size: int | None = None
    """Database connections per PgBouncer pod instead of the planned number."""
    colours: int = 1
    """Colours of the server that run at the same time: 2 while a blue-green switch lasts."""

    @property
    def region_part(self) -> Fraction:
        """Part of the connections that this region has."""
        if self.region_share_percent is None:
            return Fraction(1, self.shared_by_regions)
        return Fraction(str(self.region_share_percent)) / 100

    @property
    def single_writer(self) -> bool:
        """Whether only one pod may use it."""
        return self.kind in SINGLE_WRITERS

    @property
    def pooled(self) -> bool:
        """Whether a pooler stands between the pods and the database."""
        return self.pooler != "none" and not self.single_writer

    @property
    def poolable(self) -> bool:
        """Whether a pooler could stand before it."""
        return self.kind == "postgres" and not self.in_pod

    def __post_init__(self) -> None:
        if self.kind not in (*NETWORKED, *SINGLE_WRITERS):
            raise PlanInputError(
                f"kind is '{self.kind}', but must be one of {', '.join((*NETWORKED, *SINGLE_WRITERS))}"
            )
        if self.pooler not in ("none", "pgbouncer"):
            raise PlanInputError(f"pooler is '{self.pooler}', but must be 'none' or 'pgbouncer'")
        _check(self, 1, 1_000_000, "max_connections")
        _check(self, 0, 1_000_000, "reserved_connections")
        _check_positive(self, 100, "share_percent")
        _check(self, 1, 100, "shared_by_regions")
        _check_positive(self, 100, "region_share_percent")
        _check(self, 1, 1000, "shared_by_servers")
        _check_positive(self, 3_600_000, "query_milliseconds")
        _check(self, 1, 100_000, "pool_size", "pooler_pool_size")
        _check(self, 1, 50, "pooler_instances")
        _check(self, 1, 2, "colours")


@dataclass(frozen=True, kw_only=True)
class StateStore:
    """A Redis or Valkey that the pods use, and what it allows."""

    max_clients: int = 10_000
    """maxclients of the store; 10000 is the stock value of Redis and Valkey, managed sizes allow other numbers."""
    reserved_clients: int = 10
    """Clients that are kept for replicas of the store, exporters and people."""
    connections_per_pod: int = 10
    """Connections that one pod opens: its pool, and one per subscription."""
    share_percent: float = 50
    """Part of max_clients that this service may use, in percent."""
    shared_by_regions: int = 1
    """Number of region stacks that use this store at the same time."""
    colours: int = 1
    """Colours of the server that run at the same time."""

    def __post_init__(self) -> None:
        _check(self, 1, 10_000_000, "max_clients")
        _check(self, 0, 10_000_000, "reserved_clients")
        _check(self, 1, 100_000, "connections_per_pod")
        _check_positive(self, 100, "share_percent")
        _check(self, 1, 100, "shared_by_regions")
        _check(self, 1, 2, "colours")


@dataclass(frozen=True, kw_only=True)
class Prices:
    """What the cluster's owner pays. No price is built in: they differ by contract."""

    core_hour: float
    """Price of one CPU core for an hour."""
    gib_hour: float
    """Price of one GiB of memory for an hour."""
    currency: str = ""
    """Name of the currency, for the eye."""

    def __post_init__(self) -> None:
        _check(self, 0, 1e6, "core_hour", "gib_hour")


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """What is decided outside the load: given values, the environment, the namespace's quota."""

    min_replicas: int | None = None
    """Least number of pods instead of the planned number."""
    max_replicas: int | None = None
    """Greatest number of pods instead of the planned number."""
    autoscaled: bool = True
    """Whether an autoscaler adds pods; a fixed number of them has no target of CPU to stay below."""
    production: bool = True
    """Production never runs on one pod."""
    zones: int = 3
    """Availability zones that the nodes are spread over."""
    cpu_percent_of_limit: float = 60
    """CPU at which pods are added, in percent of the limit."""
    surge_percent: int = 25
    """maxSurge of the Deployment, in percent; 25 is the default of Kubernetes."""
    surge_count: int | None = None
    """maxSurge in pods, instead of in percent."""
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
    beside_cpu_millicores: int = 0
    """CPU request of what runs beside the server in its pod, such as sidecars, in millicores."""
    beside_memory_bytes: int = 0
    """Memory request of the same, in bytes."""
    starting_cpu_millicores: int = 0
    """The most CPU that a pod requests while its init containers run, in millicores."""
    starting_memory_bytes: int = 0
    """The most memory that a pod requests while its init containers run, in bytes."""
    in_memory_bytes: int = 0
    """Files in memory that the server's container requests beyond the plan, in bytes."""
    least: Least | None = None
    """What the platform raises the requests of a pod to; ``None`` where it takes each as it is."""
    pooler_cpu_millicores: int = 0
    """CPU request of one pooler pod, in millicores."""
    pooler_memory_bytes: int = 0
    """Memory request of one pooler pod, in bytes."""
    colours: int = 1
    """Colours of the server that run at the same time: 2 while a blue-green switch lasts."""

    def most_within(self, room: int, colours: int) -> int:
        """The greatest maximum whose pods of all colours, with the surge of a rollout, are at most ``room``.

        pods × colours + ⌈pods × surge⌉ ≤ room exactly if pods × (colours + surge) ≤ room, since all others are whole.
        """
        if self.surge_count is not None:
            return max(0, room - self.surge_count) // colours
        return room * 100 // (100 * colours + self.surge_percent)

    def pod_requests(self, cpu_millicores: int, memory_mib: Fraction) -> tuple[int, Fraction]:
        """What a pod requests whose server is planned to request so much, in millicores and MiB.

        As the scheduler and a quota count it (KEP-753): all that runs at the same time, or an init container that needs
        more while it runs.
        """
        memory = memory_mib + Fraction(self.in_memory_bytes + self.beside_memory_bytes, _MIB)
        cpu = max(cpu_millicores + self.beside_cpu_millicores, self.starting_cpu_millicores)
        memory = max(memory, Fraction(self.starting_memory_bytes, _MIB))
        if self.least is None:
            return cpu, memory
        raised = self.least.raised((cpu, ceil(memory * _MIB)))
        return raised[0], max(memory, Fraction(raised[1], _MIB))

    def __post_init__(self) -> None:
        _check(self, 0, MAX_REPLICAS, "min_replicas")
        _check(self, 1, MAX_REPLICAS, "max_replicas")
        _check(self, 1, 10, "zones")
        _check(self, 1, 2, "colours")
        _check_positive(self, 100, "cpu_percent_of_limit")
        _check(self, 0, 100_000, "surge_percent", "surge_count")
        _check(self, 0, 2**63, "quota_pods", "quota_cpu_millicores", "quota_memory_bytes")
        _check(self, 0, 2**63, "cpu_request_millicores", "cpu_limit_millicores")
        _check(self, 0, 2**63, "memory_request_bytes", "memory_limit_bytes")
        _check(self, 0, 2**63, "beside_cpu_millicores", "beside_memory_bytes", "in_memory_bytes")
        _check(self, 0, 2**63, "starting_cpu_millicores", "starting_memory_bytes")
        _check(self, 0, 2**63, "pooler_cpu_millicores", "pooler_memory_bytes")
