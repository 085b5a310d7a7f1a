"""What closes a connection budget that does not close: each remedy is planned before it is offered."""

from __future__ import annotations

from dataclasses import replace

from .connections import POOLER_GENERATIONS, pool_busy
from .derivation import Parts, derive
from .inputs import Bounds, Database, Workload
from .replicas import PRODUCTION_MINIMUM
from .runtimes import RuntimeProfile
from .working import Figure, exact, round_down, round_up, show

MANAGED_SIZES = (420, 1600)
"""max_connections of common managed databases, to give a number of connections a face."""
_ATTEMPTS = 64
_MOST_CONNECTIONS = 1_000_000


def remedies(
    workload: Workload, database: Database | None, bounds: Bounds, runtime: RuntimeProfile, parts: Parts
) -> tuple[str, ...]:
    """Ways to close the budget of ``parts``, best first; empty if it closes."""
    if database is None or parts.connections.budget_closes:
        return ()
    if database.pooler == "none":
        offers = [
            _pooler(workload, database, bounds, runtime, parts),
            _smaller_pool(workload, database, bounds, runtime, parts),
            _bigger_database(workload, database, bounds, runtime, parts),
            _lower_maximum(workload, database, bounds, runtime, parts),
        ]
    else:
        offers = [
            _smaller_pooler_pool(workload, database, bounds, runtime, parts),
            _fewer_instances(workload, database, bounds, runtime, parts),
            _bigger_database(workload, database, bounds, runtime, parts),
        ]
    return tuple(offer for offer in offers if offer is not None)


def _value(figure: Figure | None) -> int:
    return 0 if figure is None else int(figure.value)


def _pooler(
    workload: Workload, database: Database, bounds: Bounds, runtime: RuntimeProfile, parts: Parts
) -> str | None:
    tried = derive(workload, replace(database, pooler="pgbouncer", pooler_pool_size=None), bounds, runtime)
    found = tried.connections
    usable = database.pooler_instances * _value(found.pooler_pool_size)
    if not tried.mends(parts) or usable < _value(found.busy_connections):
        return None
    return (
        f"put a transaction-mode PgBouncer in front of the database: {database.pooler_instances} instances "
        f"with {_value(found.pooler_pool_size)} connections each, {_value(found.pooler_server_connections)} "
        f"of the {_value(found.connection_budget)} at most, serve all "
        f"{_value(found.pooler_client_connections)} connections of the pods"
    )


def _smaller_pool(
    workload: Workload, database: Database, bounds: Bounds, runtime: RuntimeProfile, parts: Parts
) -> str | None:
    """The greatest smaller pool that closes the budget, found from above: more pods may be needed with it."""
    budget = _value(parts.connections.connection_budget)
    pool, tried = _value(parts.pool), parts
    for _ in range(_ATTEMPTS):
        pool = min(pool - 1, budget // _value(tried.replicas.max_replicas))
        if pool < 1:
            return None
        tried = derive(workload, replace(database, pool_size=pool), bounds, runtime)
        if tried.mends(parts):
            break
    else:
        return None
    hold = round_down(exact(pool_busy(pool)) * 1000 / workload.concurrent_calls)
    return (
        f"use a pool of at most {pool} per pod instead of {_value(parts.pool)}: {pool} × "
        f"{_value(tried.replicas.max_replicas)} pods = {_value(tried.connections.connections_at_maximum)}; "
        f"{workload.concurrent_calls} calls at a time then wait for each other if one holds a connection "
        f"for more than {hold} ms"
    )


def _bigger_database(
    workload: Workload, database: Database, bounds: Bounds, runtime: RuntimeProfile, parts: Parts
) -> str | None:
    wanted = parts.connections.connections_at_maximum
    needed = _value(wanted)
    if database.pooler != "none":
        instances = POOLER_GENERATIONS * database.pooler_instances
        needed = instances * (database.pooler_pool_size or 1)
    all_regions = needed * database.shared_by_regions
    size = max(
        round_up(exact(all_regions) * 100 / exact(database.share_percent)),
        all_regions + database.reserved_connections,
    )
    if size > _MOST_CONNECTIONS:
        return None
    if not derive(workload, replace(database, max_connections=size), bounds, runtime).mends(parts):
        return None
    common = next((known for known in MANAGED_SIZES if known >= size), None)
    hint = f" ({common} is a common managed size)" if common else ""
    return (
        f"use a database with at least {size} connections instead of {database.max_connections}{hint}: "
        f"{show(database.share_percent)} % of it hold {all_regions}"
    )


def _lower_maximum(
    workload: Workload, database: Database, bounds: Bounds, runtime: RuntimeProfile, parts: Parts
) -> str | None:
    most = _value(parts.connections.connection_budget) // _value(parts.pool)
    least = max(bounds.min_replicas or 0, PRODUCTION_MINIMUM if bounds.production else 1)
    if most < least:
        return None
    tried = derive(workload, database, replace(bounds, max_replicas=most), runtime)
    if not (tried.connections.budget_closes and tried.carries_peak):
        return None
    return (
        f"lower the maximum to {most} pods instead of {_value(parts.replicas.max_replicas)}: "
        f"{_value(parts.pool)} × {most} = {_value(tried.connections.connections_at_maximum)}, enough for the "
        f"planned {_value(tried.load.planned_sessions)} sessions but not for {_short(tried)}"
    )


def _short(parts: Parts) -> str:
    most = _value(parts.replicas.max_replicas)
    return "a burst" if most < _value(parts.replicas.burst_replicas) else "more than a burst of twice the load"


def _smaller_pooler_pool(
    workload: Workload, database: Database, bounds: Bounds, runtime: RuntimeProfile, parts: Parts
) -> str | None:
    if database.pooler_pool_size is None:
        return None
    tried = derive(workload, replace(database, pooler_pool_size=None), bounds, runtime)
    if not tried.mends(parts):
        return None
    size, reserve = _value(tried.connections.pooler_pool_size), _value(tried.connections.pooler_reserve)
    return (
        f"use a pool of at most {size + reserve} per pooler instance instead of {database.pooler_pool_size}, "
        f"or none given for {size} and a reserve of {reserve}"
    )


def _fewer_instances(
    workload: Workload, database: Database, bounds: Bounds, runtime: RuntimeProfile, parts: Parts
) -> str | None:
    """The greatest smaller number of instances that closes the budget; at least two: one may be lost."""
    sizes = (database.pooler_pool_size, None) if database.pooler_pool_size else (None,)
    for size in sizes:
        for instances in range(database.pooler_instances - 1, 1, -1):
            changed = replace(database, pooler_instances=instances, pooler_pool_size=size)
            tried = derive(workload, changed, bounds, runtime)
            if tried.mends(parts):
                return (
                    f"use {instances} pooler instances instead of {database.pooler_instances}, each with a pool of "
                    f"{_value(tried.connections.pooler_pool_size)}: "
                    f"{_value(tried.connections.pooler_server_connections)} of the "
                    f"{_value(tried.connections.connection_budget)} connections"
                )
    return None
