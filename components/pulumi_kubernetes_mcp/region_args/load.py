"""Arguments of McpRegion that its plan is made from. Kept equal to settings/models by a test."""

from collections.abc import Mapping
from typing import NotRequired, TypedDict

import pulumi


class RegionToolArgs(TypedDict):
    """One tool, and what a call of it costs. What a measured profile says of a tool of that name stands in for what is
    left out here."""

    name: str
    """Name of the tool."""
    share_percent: float
    """Its part of all calls, in percent; the shares of all tools add up to 100."""
    duration_milliseconds: NotRequired[float]
    """Mean duration of a call without waiting, in milliseconds. Required unless the profile has it."""
    p95_milliseconds: NotRequired[float]
    """95th percentile of the duration. Derived: of an exponential, three times the mean; heavier tails wait longer."""
    cpu_milliseconds: NotRequired[float]
    """CPU of a call, in milliseconds, without the protocol's. Derived: 20."""
    response_kib: NotRequired[float]
    """Size of the answer, in KiB. Derived: 16."""
    queries: NotRequired[float]
    """Database queries of a call."""
    query_milliseconds: NotRequired[float]
    """Mean time that a query holds a connection, in milliseconds. Derived: that of mcp:database."""


class RegionWorkloadArgs(TypedDict):
    """The load to plan for. Give dailyUsers, or what was measured: sessionsByHour or peakSessions. Of several that are
    given peakSessions counts before sessionsByHour, and that before dailyUsers; beside peakSessions the hours say only
    how the day runs."""

    daily_users: NotRequired[float]
    """Users on a working day."""
    sessions_per_user: NotRequired[float]
    """Sessions per user and day."""
    session_minutes: NotRequired[float]
    """Mean length of a session, in minutes."""
    session_p95_minutes: NotRequired[float]
    """95th percentile of a session's length, in minutes. Derived: of an exponential, three times the mean."""
    peak_factor: NotRequired[float]
    """Load of the busiest hour over the mean of the day."""
    headroom_percent: NotRequired[float]
    """Reserve above the peak, in percent."""
    peak_sessions: NotRequired[float]
    """Measured sessions at the peak, instead of the estimate from users."""
    sessions_by_hour: NotRequired[list[float]]
    """Measured sessions that begin in each hour of the day: 24 numbers, from midnight on."""
    era_percent: NotRequired[Mapping[str, float]]
    """Part of the sessions by protocol era that the server serves, in percent, adding up to 100; an era that is left
    out has none. Derived: all are of the era that costs most among those the server serves."""
    sessions_per_pod: NotRequired[int]
    """Sessions that one pod is sized for."""
    tools: NotRequired[list[RegionToolArgs]]
    """The tools that are called. Calls in flight, CPU, responses and connections then follow from them."""
    think_seconds: NotRequired[float]
    """Mean pause of a session between the end of a call and its next, in seconds: the model and the person think.
    Used with tools."""
    concurrent_calls: NotRequired[int]
    """Tool calls in flight in one pod at that many sessions, at its busiest: 99 % of the time at most that many.
    Derived from the tools; 20 without."""
    heavy_calls: NotRequired[int]
    """Calls of the heaviest tool in flight in one pod at the same time, at its busiest. Derived from the tools; 10
    without."""
    heavy_call_cpu_milliseconds: NotRequired[float]
    """CPU that one call of the heaviest tool takes per second of wall time, in milliseconds. Derived from the tools;
    200 without."""
    response_kib: NotRequired[float]
    """Size of one response in flight, in KiB. Derived from the tools; 16 without."""
    session_mib: NotRequired[float]
    """Memory that the server's own objects take per session, in MiB. Derived: 1, or 0 with a profile, whose sessions
    were measured with them."""
    workers: NotRequired[int]
    """Processes or worker threads that run calls in one pod. Derived: 1 for the SDKs of Python and TypeScript, whose
    own code uses one core however many the limit allows; otherwise as many as the limit has cores."""
    call_slots: NotRequired[int]
    """Calls that a pod runs at the same time, where the server limits them (a thread pool, a semaphore); more wait."""
    wait_p95_milliseconds: NotRequired[float]
    """The objective: 95 % of the calls wait at most this long in a pod, in milliseconds."""


class RegionDatabaseArgs(TypedDict):
    """The database that the tools use, and what it allows."""

    kind: NotRequired[str]
    """Kind of database. SQLite, DuckDB and whatever else is a file of one process ('single-writer') have one writer,
    so they allow one replica."""
    host: NotRequired[pulumi.Input[str]]
    """Host of the database, a name or an address without port and credentials."""
    port: NotRequired[int]
    """Port of the database."""
    name: NotRequired[str]
    """Name of the database."""
    max_connections: NotRequired[int]
    """max_connections of the database. 100 is the stock value of PostgreSQL."""
    reserved_connections: NotRequired[int]
    """superuser_reserved_connections plus what is reserved for maintenance."""
    share_percent: NotRequired[float]
    """Part of max_connections that this service may use, in percent."""
    shared_by_regions: NotRequired[int]
    """Number of region stacks that use this database at the same time."""
    query_milliseconds: NotRequired[float]
    """Mean time that a tool call holds a connection, in milliseconds."""
    pool_size: NotRequired[int]
    """Connections per pod instead of the planned number."""
    cidrs: NotRequired[list[str]]
    """Address ranges that the database is reached at."""
    pooler: NotRequired[str]
    """'pgbouncer' puts a transaction-mode PgBouncer between the pods and the database."""
    pooler_instances: NotRequired[int]
    """Number of PgBouncer pods."""
    pooler_pool_size: NotRequired[int]
    """Database connections per PgBouncer pod instead of the planned number."""
    pooler_image: NotRequired[str]
    """Image of PgBouncer; it must read /etc/pgbouncer/pgbouncer.ini."""
    tls_mode: NotRequired[str]
    """TLS towards the database, in libpq's words (PGSSLMODE); 'require' because managed databases offer it."""
    user_key: NotRequired[str]
    """Key of the Secret of mcp:secrets that holds the database user."""
    password_key: NotRequired[str]
    """Key of the Secret of mcp:secrets that holds the password."""


class RegionStateStoreArgs(TypedDict):
    """The Redis or Valkey that the server uses, and what it allows. The plan holds the pods against it; the stack does
    not make it, and mcp:server.egress opens the way to it."""

    max_clients: NotRequired[int]
    """maxclients of the store. 10000 is the stock value of Redis and Valkey; managed sizes allow other numbers."""
    reserved_clients: NotRequired[int]
    """Clients that are kept for replicas of the store, exporters and people."""
    connections_per_pod: NotRequired[int]
    """Connections that one pod opens: its pool, and one per subscription."""
    share_percent: NotRequired[float]
    """Part of maxclients that this service may use, in percent."""
    shared_by_regions: NotRequired[int]
    """Number of region stacks that use this store at the same time."""


class RegionPricesArgs(TypedDict):
    """What the cluster's owner pays for requests; the plan then says what it costs. No price is built in."""

    core_per_hour: float
    """Price of one CPU core for an hour."""
    gib_per_hour: float
    """Price of one GiB of memory for an hour."""
    currency: NotRequired[str]
    """Currency of the prices, for the eye."""
