"""A pooler between the pods and the database: its pool, what it opens, and what it must accept."""

from __future__ import annotations

from dataclasses import dataclass

from .inputs import Database
from .working import Figure, equals, exact, figure, given, round_up, show

RESERVE_PERCENT = 20
"""Part of a pooler's connections that is kept as its reserve pool, for clients that wait too long."""
POOLER_GENERATIONS = 2
"""Generations of pooler pods that a rollout of the pooler can hold at once: an old one that drains still has its
connections while the new one that replaced it opens its own, and the rollout does not wait for the drain."""
LEAST_MAX_CLIENT_CONN = 100
"""max_client_conn that PgBouncer itself defaults to."""


@dataclass(frozen=True, kw_only=True)
class Pooler:
    """Connections of the pooler to both sides."""

    pool_size: Figure
    reserve: Figure
    server_connections: Figure
    client_connections: Figure
    max_client_conn: Figure


def pooler(database: Database, *, budget: int, clients: int, size: int) -> Pooler:
    """The pooler's connections, of which those to the database share the budget.

    :param clients: connections of all pods during a rollout at the maximum.
    :param size: connections of one pod.
    """
    pool_size, reserve = _instance(database, budget)
    return Pooler(
        pool_size=pool_size,
        reserve=reserve,
        server_connections=_server(database, int(pool_size.value), int(reserve.value)),
        client_connections=_clients(clients, size),
        max_client_conn=_max_client_conn(database, clients),
    )


def _instance(database: Database, budget: int) -> tuple[Figure, Figure]:
    instances = POOLER_GENERATIONS * database.pooler_instances
    share = budget // instances
    whole = reserve = share * RESERVE_PERCENT // 100
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
    working = f"{share} × {show(exact(RESERVE_PERCENT) / 100)} → {whole}"
    if reserve < whole:
        working += f", but the pool leaves {reserve}"
    return size, figure(
        "reserve of a pooler instance",
        reserve,
        "connections",
        formula="20 % of the instance's share, as far as the pool leaves it",
        working=working,
        inputs={"share of an instance": share, "percent": RESERVE_PERCENT},
        source="reserve_pool_size: opened only when a client has waited too long",
    )


def _server(database: Database, size: int, reserve: int) -> Figure:
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


def _clients(with_surge: int, size: int) -> Figure:
    return figure(
        "client connections of the pooler",
        with_surge,
        "connections",
        formula="pool × (maximum × colours + surge)",
        working=f"{show(with_surge)}, as during a rollout at the maximum",
        inputs={"pool": size, "during a rollout": with_surge},
        source="a pooler refuses clients above max_client_conn, so it must hold those of a rollout too",
    )


def _max_client_conn(database: Database, clients: int) -> Figure:
    serving = max(1, database.pooler_instances - 1)
    least = round_up(exact(clients) / serving)
    value = max(LEAST_MAX_CLIENT_CONN, least)
    working = f"{show(clients)} / {serving} {equals(exact(clients) / serving, least)}"
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
