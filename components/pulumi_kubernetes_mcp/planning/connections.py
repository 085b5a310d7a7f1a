"""Database connections: the pool of one pod, the budget of a region, and a pooler between them."""

from __future__ import annotations

from dataclasses import dataclass

from .inputs import Database, Workload
from .working import Figure, equals, exact, figure, given, round_down, round_up, show

POOL_FACTOR = exact(1.25)
"""Connections over the mean number in use, since calls do not arrive evenly."""
POOL_SPARE = 2
"""Connections for health checks and the one that is being replaced."""
LEAST_POOL = 5
"""Least planned pool: the formula gives less for short queries, where one slow query would then hold up all
calls. It is also the default of SQLAlchemy."""
RESERVE_PERCENT = 20
"""Part of a pooler's connections that is kept as its reserve pool, for clients that wait too long."""
POOLER_GENERATIONS = 2
"""Generations of pooler pods that a rollout of the pooler can hold at once: an old one that drains still has its
connections while the new one that replaced it opens its own, and the rollout does not wait for the drain."""
LEAST_MAX_CLIENT_CONN = 100
"""max_client_conn that PgBouncer itself defaults to."""


@dataclass(frozen=True, kw_only=True)
class Connections:
    """Connections of all pods together, held against the budget. ``None`` where there is nothing to count."""

    connection_budget: Figure | None = None
    connections_at_maximum: Figure | None = None
    connections_with_surge: Figure | None = None
    busy_connections: Figure | None = None
    pooler_pool_size: Figure | None = None
    pooler_reserve: Figure | None = None
    pooler_server_connections: Figure | None = None
    pooler_client_connections: Figure | None = None
    pooler_max_client_conn: Figure | None = None
    budget_closes: bool = True


def pool_size(workload: Workload, database: Database | None) -> Figure | None:
    """Connections of one pod; ``None`` without a database server."""
    if database is None or database.kind == "sqlite":
        return None
    if database.pool_size is not None:
        return given("connection pool", database.pool_size, "connections")
    in_use = exact(workload.concurrent_calls) * exact(database.query_milliseconds) / 1000
    needed = round_up(in_use) * POOL_FACTOR + POOL_SPARE
    value = max(LEAST_POOL, round_up(needed))
    working = (
        f"⌈{workload.concurrent_calls} × {show(database.query_milliseconds)} / 1000⌉ × {show(POOL_FACTOR)} + "
        f"{POOL_SPARE} {equals(needed, round_up(needed))}"
    )
    if value > round_up(needed):
        working += f", at least {LEAST_POOL}"
    return figure(
        "connection pool",
        value,
        "connections",
        formula="⌈⌈calls × query ms / 1000⌉ × 1.25 + 2⌉, at least 5",
        working=working,
        inputs={
            "concurrent calls": workload.concurrent_calls,
            "query milliseconds": database.query_milliseconds,
            "least pool": LEAST_POOL,
        },
        source="Little's law for the connections in use; a quarter and two more, since calls come in bursts",
    )


def pool_busy(pool: int) -> int:
    """Connections in use that a pool is enough for: the pool formula read backwards, at least one."""
    return max(1, round_down((pool - POOL_SPARE) / POOL_FACTOR))


def pool_sessions(workload: Workload, database: Database, pool: int) -> int:
    """Sessions whose calls the pool serves, calls growing with sessions."""
    calls = pool_busy(pool) * 1000 / exact(database.query_milliseconds)
    return round_down(calls * workload.sessions_per_pod / workload.concurrent_calls)


def connection_budget(database: Database) -> Figure:
    """Connections that this region may use: a share of what is not reserved, divided among the regions."""
    share = round_down(database.max_connections * exact(database.share_percent) / 100)
    free = max(0, database.max_connections - database.reserved_connections)
    value = min(share, free) // database.shared_by_regions
    working = f"{database.max_connections} × {show(exact(database.share_percent) / 100)} → {share}"
    if free < share:
        working += f", but only {free} are not reserved"
    if database.shared_by_regions > 1:
        working += f"; / {database.shared_by_regions} regions → {value}"
    return figure(
        "connection budget",
        value,
        "connections",
        formula="min(⌊max_connections × share⌋, max_connections - reserved) / regions",
        working=working,
        inputs={
            "max_connections": database.max_connections,
            "share percent": database.share_percent,
            "reserved connections": database.reserved_connections,
            "regions": database.shared_by_regions,
        },
        source="half by default: the rest is for rollouts, migrations, people and other services",
    )


def connections(
    workload: Workload,
    database: Database | None,
    pool: Figure | None,
    *,
    maximum: int,
    surge: int,
    planned: int,
) -> Connections:
    """The connections of ``maximum`` pods against the budget.

    The budget is held against the maximum without surge; what the share leaves free is there for rollouts.
    With a pooler, its own connections are held against it, both generations of its pods during its rollout.

    :param maximum: the greatest number of pods.
    :param surge: pods that a rollout adds.
    :param planned: the planned sessions.
    """
    if database is None or pool is None:
        return Connections()
    size = int(pool.value)
    budget = connection_budget(database)
    at_maximum = figure(
        "connections at the maximum",
        size * maximum,
        "connections",
        formula="pool × maximum",
        working=f"{size} × {maximum} = {size * maximum}",
        inputs={"pool": size, "maximum": maximum},
        source="counted at the maximum: the day of the peak is the wrong day to run out",
    )
    with_surge = figure(
        "connections during a rollout at the maximum",
        size * (maximum + surge),
        "connections",
        formula="pool × (maximum + surge)",
        working=f"{size} × ({maximum} + {surge}) = {size * (maximum + surge)}",
        inputs={"pool": size, "maximum": maximum, "surge": surge},
        source="old and new pods hold their pools at the same time",
    )
    busy = _busy(workload, database, planned)
    if database.pooler == "none":
        return Connections(
            connection_budget=budget,
            connections_at_maximum=at_maximum,
            connections_with_surge=with_surge,
            busy_connections=busy,
            budget_closes=at_maximum.value <= budget.value,
        )
    instance = _instance(database, int(budget.value))
    server = _server(database, instance)
    clients = _clients(size, maximum, surge)
    return Connections(
        connection_budget=budget,
        connections_at_maximum=at_maximum,
        connections_with_surge=with_surge,
        busy_connections=busy,
        pooler_pool_size=instance.size,
        pooler_reserve=instance.reserve,
        pooler_server_connections=server,
        pooler_client_connections=clients,
        pooler_max_client_conn=_max_client_conn(database, int(clients.value)),
        budget_closes=server.value <= budget.value,
    )


def _busy(workload: Workload, database: Database, planned: int) -> Figure:
    calls = exact(planned) * workload.concurrent_calls / workload.sessions_per_pod
    value = calls * exact(database.query_milliseconds) / 1000
    return figure(
        "connections in use at the planned sessions",
        round_up(value),
        "connections",
        formula="⌈planned sessions × calls per session × query ms / 1000⌉",
        working=f"{planned} × {workload.concurrent_calls} / {workload.sessions_per_pod} × "
        f"{show(database.query_milliseconds)} / 1000 {equals(value, round_up(value))}",
        inputs={
            "planned sessions": planned,
            "concurrent calls": workload.concurrent_calls,
            "sessions per pod": workload.sessions_per_pod,
            "query milliseconds": database.query_milliseconds,
        },
        source="Little's law; no pooler makes do with fewer for long",
    )


@dataclass(frozen=True, kw_only=True)
class _Instance:
    size: Figure
    reserve: Figure


def _instance(database: Database, budget: int) -> _Instance:
    instances = POOLER_GENERATIONS * database.pooler_instances
    share = budget // instances
    reserve = share * RESERVE_PERCENT // 100
    if database.pooler_pool_size is not None:
        size = given("pool of a pooler instance", database.pooler_pool_size, "connections")
        reserve = min(reserve, max(0, share - database.pooler_pool_size))
    else:
        value = max(1, share - reserve)
        size = figure(
            "pool of a pooler instance",
            value,
            "connections",
            formula="⌊budget / (2 × instances)⌋ - reserve, at least 1",
            working=f"{budget} / ({POOLER_GENERATIONS} × {database.pooler_instances}) → {share}, "
            f"less {reserve} → {value}",
            inputs={"budget": budget, "instances": database.pooler_instances, "reserve": reserve},
            source="default_pool_size counts per user and database; this service has one of each",
        )
    return _Instance(
        size=size,
        reserve=figure(
            "reserve of a pooler instance",
            reserve,
            "connections",
            formula="20 % of the instance's share, as far as the pool leaves it",
            working=f"{share} × {show(exact(RESERVE_PERCENT) / 100)} → {reserve}",
            inputs={"share of an instance": share, "percent": RESERVE_PERCENT},
            source="reserve_pool_size: opened only when a client has waited too long",
        ),
    )


def _server(database: Database, instance: _Instance) -> Figure:
    size, reserve = int(instance.size.value), int(instance.reserve.value)
    value = POOLER_GENERATIONS * database.pooler_instances * (size + reserve)
    return figure(
        "database connections of the pooler",
        value,
        "connections",
        formula="2 × instances × (pool + reserve)",
        working=f"{POOLER_GENERATIONS} × {database.pooler_instances} × ({size} + {reserve}) = {value}",
        inputs={"instances": database.pooler_instances, "pool": size, "reserve": reserve},
        source="PgBouncer: instances × (default_pool_size + reserve); both generations during its rollout",
    )


def _clients(size: int, maximum: int, surge: int) -> Figure:
    value = size * (maximum + surge)
    return figure(
        "client connections of the pooler",
        value,
        "connections",
        formula="pool × (maximum + surge)",
        working=f"{size} × ({maximum} + {surge}) = {value}",
        inputs={"pool": size, "maximum": maximum, "surge": surge},
        source="a pooler refuses clients above max_client_conn, so it must hold those of a rollout too",
    )


def _max_client_conn(database: Database, clients: int) -> Figure:
    serving = max(1, database.pooler_instances - 1)
    least = round_up(exact(clients) / serving)
    value = max(LEAST_MAX_CLIENT_CONN, least)
    working = f"{clients} / {serving} {equals(exact(clients) / serving, least)}"
    if value > least:
        working += f", at least {LEAST_MAX_CLIENT_CONN}"
    return figure(
        "max_client_conn of a pooler instance",
        value,
        "connections",
        formula="⌈client connections / (instances - 1)⌉, at least 100",
        working=working,
        inputs={"client connections": clients, "instances": database.pooler_instances},
        source="the instances that are left must hold all clients when one is lost",
    )
