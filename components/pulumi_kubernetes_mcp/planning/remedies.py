"""What closes a connection budget that does not close: each remedy is planned before it is offered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from .connections import least_limit, pods_allowed, pool_busy, pooler_closes
from .derivation import Inputs, Parts, derive_again
from .inputs import MAX_REPLICAS, Bounds, Database
from .memory import processes
from .pooler import POOLER_GENERATIONS, RESERVE_PERCENT
from .replicas import PRODUCTION_MINIMUM
from .working import Figure, exact, figure, round_down, round_up, show

MANAGED_SIZES = (420, 1600)
"""max_connections of common managed databases, to give a number of connections a face."""
_ATTEMPTS = 64
"""Pools that are tried: where a smaller one needs as many more pods in turn there may be no end."""
MOST_CONNECTIONS: Mapping[str, int] = MappingProxyType(
    {"postgres": 5_000, "mysql": 16_000, "sqlserver": 32_767, "mongodb": 128_000, "redis": 65_000}
)
"""What can be bought: the most that managed services give a database of the kind. PostgreSQL and MySQL as Amazon RDS
caps the value that it derives from the memory, SQL Server its own end, MongoDB Atlas' largest size, Redis as Amazon
ElastiCache fixes it."""
_MOST_DATABASES = 100
"""More than these are no remedy, but a mistake in the load or in the database's share."""


@dataclass(frozen=True, kw_only=True)
class Remedy:
    """One way to close the budget."""

    text: str
    """What to do, with its numbers."""
    change: Mapping[str, int | str | None]
    """Keys of a stack file and the value that each gets; ``None`` takes the key out."""
    monthly: Figure | None
    """What it adds to the monthly cost at the planned sessions; ``None`` without prices, or where a database's own
    price is what changes."""

    def __str__(self) -> str:
        if self.monthly is None:
            return self.text
        sign = "+" if self.monthly.value >= 0 else "−"
        return f"{self.text} ({sign}{show(abs(self.monthly.value))} {self.monthly.unit})"

    def to_dict(self) -> dict[str, object]:
        """The remedy as plain data."""
        return {
            "text": self.text,
            "change": dict(self.change),
            "monthly": None if self.monthly is None else self.monthly.to_dict(),
        }


def remedies(inputs: Inputs, parts: Parts) -> tuple[Remedy, ...]:
    """Ways to close the budget of ``parts``, best first; empty if it closes."""
    database = inputs.database
    if database is None or parts.closes:
        return ()
    ways = (
        (_smaller_pooler_pool, _fewer_instances, _bigger_database)
        if database.pooled
        else (_pooler, _smaller_pool, _bigger_database, _pooler_and_database, _lower_maximum)
    )
    ways = (*ways, _several_databases)
    offers = (way(inputs, database, parts) for way in ways)
    return tuple(offer for offer in offers if offer is not None)


def _offer(text: str, change: Mapping[str, int | str | None], before: Parts, tried: Parts) -> Remedy:
    monthly = None
    if before.cost is not None and tried.cost is not None:
        old, new = exact(before.cost.steady.value), exact(tried.cost.steady.value)
        monthly = figure(
            "cost of the remedy",
            new - old,
            before.cost.steady.unit,
            formula="cost at the planned sessions with it, less the cost without",
            working=f"{show(new)} - {show(old)} = {show(new - old)}",
            inputs={"with": new, "without": old},
            source="the plan with the remedy, planned through",
        )
    return Remedy(text=text, change=MappingProxyType(dict(change)), monthly=monthly)


def _tried(inputs: Inputs, parts: Parts, *, database: Database | None = None, bounds: Bounds | None = None) -> Parts:
    """The parts of the plan with another database or other bounds, for the same load."""
    changed = replace(inputs, database=database or inputs.database, bounds=bounds or inputs.bounds)
    return derive_again(changed, parts.load, parts.calls)


def _value(figure: Figure | None) -> int:
    return 0 if figure is None else int(figure.value)


def _pooler(inputs: Inputs, database: Database, parts: Parts) -> Remedy | None:
    if not database.poolable:
        return None
    tried = _tried(inputs, parts, database=replace(database, pooler="pgbouncer", pooler_pool_size=None))
    found = tried.connections
    usable = database.pooler_instances * _value(found.pooler_pool_size)
    if not tried.mends(parts) or usable < _value(found.busy_connections):
        return None
    change: dict[str, int | str | None] = {"mcp:database.pooler": "pgbouncer", **_secret(database)}
    if database.pooler_pool_size is not None:
        change["mcp:database.poolerPoolSize"] = None
    return _offer(
        f"put a transaction-mode PgBouncer in front of the database: {database.pooler_instances} instances "
        f"with {_value(found.pooler_pool_size)} connections each, {_value(found.pooler_server_connections)} "
        f"of the {_value(found.connection_budget)} at most, serve all "
        f"{show(_value(found.pooler_client_connections))} connections of the pods{_secret_words(database)}",
        change,
        parts,
        tried,
    )


def _secret(database: Database) -> dict[str, int | str | None]:
    """A pooler reads user and password from a Secret."""
    return {} if database.has_secret else {"mcp:secrets.source": "existing"}


def _secret_words(database: Database) -> str:
    return "" if database.has_secret else "; it reads user and password from the Secret of mcp:secrets"


def _smaller_pool(inputs: Inputs, database: Database, parts: Parts) -> Remedy | None:
    """The greatest smaller pool that closes the budget, found from above: more pods may be needed with it."""
    tried, each = parts, processes(inputs.workload, inputs.runtime)
    for _ in range(_ATTEMPTS):
        pool = _pool_that_fits(tried, database) // each * each
        if pool < 1:
            return None
        tried = _tried(inputs, parts, database=replace(database, pool_size=pool))
        if tried.closes:
            break
    if not tried.mends(parts):
        return None
    calls = parts.calls.running
    hold = round_down(pool_busy(pool) * parts.calls.mix.duration_milliseconds / calls)
    pods = _value(tried.replicas.max_replicas) * database.colours
    return _offer(
        f"use a pool of at most {pool} per pod instead of {show(parts.pool.size)}: {pool} × {pods} pods = "
        f"{_value(tried.connections.connections_at_maximum)}; {calls} calls at a time then wait for each other if "
        f"one holds a connection for more than {hold} ms",
        {"mcp:database.poolSize": pool},
        parts,
        tried,
    )


def _pool_that_fits(parts: Parts, database: Database) -> int:
    """The greatest pool with which the pods of ``parts`` close the budget, at the maximum and during a rollout."""
    pods = _value(parts.replicas.max_replicas) * database.colours
    surging = pods + _value(parts.replicas.surge_pods)
    found = parts.connections
    return min(_value(found.connection_budget) // pods, _value(found.connection_ceiling) // surging)


def _size_for_all(database: Database, parts: Parts) -> tuple[int, int]:
    """max_connections that is enough, and the connections of all regions at the maximum."""
    needed = _value(parts.connections.connections_at_maximum)
    at_all = _value(parts.connections.connections_with_surge)
    if database.pooled:
        needed = POOLER_GENERATIONS * database.pooler_instances * (database.pooler_pool_size or 1)
        at_all = needed
    size = least_limit(
        at_maximum=needed,
        whole=at_all,
        share_percent=database.share_percent,
        reserved=database.reserved_connections,
        part=database.region_part,
    )
    return size, round_up(needed / database.region_part)


def _size_for_pooler(database: Database, parts: Parts) -> int:
    """max_connections with which a pooler has a connection for each that is in use at the planned sessions."""
    instances = database.pooler_instances
    in_use = -(-_value(parts.connections.busy_connections) // instances)
    share = -(-in_use * 100 // (100 - RESERVE_PERCENT))
    whole = POOLER_GENERATIONS * instances * max(1, share)
    return least_limit(
        at_maximum=whole,
        whole=whole,
        share_percent=database.share_percent,
        reserved=database.reserved_connections,
        part=database.region_part,
    )


def _pooler_and_database(inputs: Inputs, database: Database, parts: Parts) -> Remedy | None:
    """Where neither alone helps: as many connections as are in use, shared out by a pooler."""
    size = _size_for_pooler(database, parts)
    if not database.poolable or not database.max_connections < size <= MOST_CONNECTIONS["postgres"]:
        return None
    if _size_for_all(database, parts)[0] <= size:
        return None
    changed = replace(database, pooler="pgbouncer", pooler_pool_size=None, max_connections=size)
    tried = _tried(inputs, parts, database=changed)
    usable = database.pooler_instances * _value(tried.connections.pooler_pool_size)
    if not tried.mends(parts) or usable < _value(tried.connections.busy_connections):
        return None
    change: dict[str, int | str | None] = {
        "mcp:database.pooler": "pgbouncer",
        "mcp:database.maxConnections": size,
        **_secret(database),
    }
    if database.pooler_pool_size is not None:
        change["mcp:database.poolerPoolSize"] = None
    return _offer(
        f"put a transaction-mode PgBouncer in front of a database with at least {show(size)} connections instead of "
        f"{show(database.max_connections)}: {show(usable)} for the "
        f"{show(_value(tried.connections.busy_connections))} that are in use at the planned sessions"
        f"{_secret_words(database)}",
        change,
        parts,
        tried,
    )


def _several_databases(_inputs: Inputs, database: Database, parts: Parts) -> Remedy | None:
    """Where no database that can be bought has so many connections: several."""
    most, size = MOST_CONNECTIONS[database.kind], _size_for_all(database, parts)[0]
    pooled = database.poolable and not database.pooled
    least = min(size, _size_for_pooler(database, parts)) if pooled else size
    if not most < least <= most * _MOST_DATABASES:
        return None
    with_poolers = ", with a PgBouncer in front of each" if least < size else ""
    return Remedy(
        text=f"divide the data over {show(-(-least // most))} databases{with_poolers}, for regions or groups of "
        f"servers of their own: one would need {show(least)} connections, and managed ones have {show(most)} at most",
        change=MappingProxyType({}),
        monthly=None,
    )


def _bigger_database(_inputs: Inputs, database: Database, parts: Parts) -> Remedy | None:
    size, all_regions = _size_for_all(database, parts)
    if size > MOST_CONNECTIONS[database.kind]:
        return None
    common = next((known for known in MANAGED_SIZES if known >= size), None)
    hint = f" ({common} is a common managed size)" if common else ""
    return Remedy(
        text=f"use a database with at least {size} connections instead of {database.max_connections}{hint}: "
        f"{show(database.share_percent)} % of it hold {all_regions}",
        change=MappingProxyType({"mcp:database.maxConnections": size}),
        monthly=None,
    )


def _lower_maximum(inputs: Inputs, database: Database, parts: Parts) -> Remedy | None:
    bounds = inputs.bounds
    most = min(MAX_REPLICAS, pods_allowed(database, parts.pool.size, bounds))
    least = max(1, bounds.min_replicas or 0, PRODUCTION_MINIMUM if bounds.production else 1)
    if most < least:
        return None
    tried = _tried(inputs, parts, bounds=replace(bounds, max_replicas=most))
    if not tried.carries_peak:
        return None
    return _offer(
        f"lower the maximum to {most} pods instead of {_value(parts.replicas.max_replicas)}: "
        f"{parts.pool.size} × {most * database.colours} = "
        f"{_value(tried.connections.connections_at_maximum)}, enough "
        f"for the planned {_value(tried.load.planned_sessions)} sessions but not for {_short(tried)}",
        {"mcp:scaling.maxReplicas": most},
        parts,
        tried,
    )


def _short(parts: Parts) -> str:
    most = _value(parts.replicas.max_replicas)
    return "a burst" if most < _value(parts.replicas.burst_replicas) else "more than a burst of twice the load"


def _smaller_pooler_pool(inputs: Inputs, database: Database, parts: Parts) -> Remedy | None:
    if database.pooler_pool_size is None:
        return None
    tried = _tried(inputs, parts, database=replace(database, pooler_pool_size=None))
    if not tried.mends(parts):
        return None
    size, reserve = _value(tried.connections.pooler_pool_size), _value(tried.connections.pooler_reserve)
    return _offer(
        f"use a pool of at most {size + reserve} per pooler instance instead of {database.pooler_pool_size}, "
        f"or none given for {size} and a reserve of {reserve}",
        {"mcp:database.poolerPoolSize": None},
        parts,
        tried,
    )


def _fewer_instances(inputs: Inputs, database: Database, parts: Parts) -> Remedy | None:
    """The greatest smaller number of instances that closes the budget; at least two: one may be lost."""
    sizes = (database.pooler_pool_size, None) if database.pooler_pool_size else (None,)
    changes = (
        replace(database, pooler_instances=instances, pooler_pool_size=size)
        for size in sizes
        for instances in range(database.pooler_instances - 1, 1, -1)
    )
    changed = next(filter(pooler_closes, changes), None)
    if changed is None:
        return None
    tried = _tried(inputs, parts, database=changed)
    return _offer(
        f"use {changed.pooler_instances} pooler instances instead of {database.pooler_instances}, each with a pool of "
        f"{_value(tried.connections.pooler_pool_size)}: {_value(tried.connections.pooler_server_connections)} of the "
        f"{_value(tried.connections.connection_budget)} connections",
        {
            "mcp:database.poolerInstances": changed.pooler_instances,
            "mcp:database.poolerPoolSize": changed.pooler_pool_size,
        },
        parts,
        tried,
    )
