"""Database connections: the pool of one pod, the budget of a region, and a pooler between them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil

from .calls import Calls
from .inputs import Bounds, Database, Workload
from .pooler import pooler
from .queueing import erlang_c, servers_for
from .working import Figure, Number, equals, exact, figure, given, round_down, round_up, show

POOL_FACTOR = exact(1.25)
"""Connections over the mean number in use, since calls do not arrive evenly."""
POOL_SPARE = 2
"""Connections for health checks and the one that is being replaced."""
POOL_WAIT_PROBABILITY = 0.05
"""Part of the queries that may find no connection free."""
LEAST_POOL = 5
"""Least planned pool: the formula gives less for short queries, where one slow query would then hold up all
calls. It is also the default of SQLAlchemy."""


def least_limit(
    *, at_maximum: int, whole: int, share_percent: float, reserved: int = 0, part: Fraction = Fraction(1)
) -> int:
    """The least ``max_connections`` of a database, or ``maxclients`` of a store, that is enough.

    :param at_maximum: connections at the maximum, which have to fit in the ``part`` of the share that a region has.
    :param whole: connections that have to fit in all that is not reserved, such as those of a rollout.
    """
    return max(ceil(at_maximum / part * 100 / exact(share_percent)), ceil(whole / part) + reserved)


@dataclass(frozen=True, kw_only=True)
class Connections:
    """Connections of all pods together, held against the budget. ``None`` where there is nothing to count."""

    connection_budget: Figure | None = None
    connections_at_maximum: Figure | None = None
    connections_with_surge: Figure | None = None
    connections_while_draining: Figure | None = None
    connection_ceiling: Figure | None = None
    busy_connections: Figure | None = None
    pooler_pool_size: Figure | None = None
    pooler_reserve: Figure | None = None
    pooler_server_connections: Figure | None = None
    pooler_client_connections: Figure | None = None
    pooler_max_client_conn: Figure | None = None
    budget_closes: bool = True
    """Whether the connections at the maximum fit the share of this service."""
    rollout_fits: bool = True
    """Whether a rollout fits what is not reserved at all: of the pods at the maximum, or of the pooler."""

    @property
    def close(self) -> bool:
        """Whether nothing is refused, neither at the maximum nor during a rollout there."""
        return self.budget_closes and self.rollout_fits


@dataclass(frozen=True, kw_only=True)
class Pool:
    """The connection pool of one pod, by both rules."""

    pool_by_guide: Figure | None = None
    pool_by_queueing: Figure | None = None
    pool_size: Figure | None = None
    """The greater of both, or the given one, of all processes of the pod. ``None`` without a database server."""
    process_pool_size: Figure | None = None
    """The part of each process, which is what it is told. ``None`` where there is one process."""

    @property
    def of_process(self) -> int | None:
        """The pool that a process is told; ``None`` without a database server."""
        found = self.pool_size if self.process_pool_size is None else self.process_pool_size
        return None if found is None else int(found.value)

    @property
    def size(self) -> int:
        """The pool; 0 without a database server."""
        return 0 if self.pool_size is None else int(self.pool_size.value)


def pool(database: Database | None, flight: Calls, slots: int | None, *, processes: int = 1) -> Pool:
    """Connections of one pod: the guide's formula and the queueing answer, of which the greater counts.

    :param slots: calls that the pod runs at the same time, ``None`` if nothing limits them.
    :param processes: processes of the pod, which cannot share a connection: each has its part of the pool.
    """
    if database is None or database.single_writer:
        return Pool()
    whole = _whole(database, flight, slots)
    if processes == 1 or whole.pool_size is None:
        return whole
    each = _of_process(database, flight, int(whole.pool_size.value), processes)
    size = int(each.value) * processes
    return replace(
        whole,
        process_pool_size=each,
        pool_size=figure(
            "connection pool",
            size,
            "connections",
            formula="processes × connection pool of a process",
            working=f"{processes} × {show(each.value)} = {show(size)}",
            inputs={"processes": processes, "pool of a process": each.value},
            source="each process opens a pool of its own: connections cannot be shared between processes",
        ),
    )


def _of_process(database: Database, flight: Calls, whole: int, processes: int) -> Figure:
    """The pool of one of several processes: its part, but not less than its own calls need."""
    name, unit, source = "connection pool of a process", "connections", "what each process is told, or takes by itself"
    inputs: dict[str, Number] = {"connection pool": whole, "processes": processes}
    if database.pool_size is not None:
        value = max(1, whole // processes)
        working = f"{show(whole)} / {processes} {equals(exact(whole) / processes, value)}"
        formula = "⌊given pool / processes⌋, at least 1"
        return figure(name, value, unit, formula=formula, working=working, inputs=inputs, source=source)
    in_use = flight.mean * flight.mix.hold_share / processes
    least = servers_for(1, float(in_use), waiting=POOL_WAIT_PROBABILITY)
    part = round_up(exact(whole) / processes)
    value = max(part, least)
    working = f"max({show(whole)} / {processes} → {show(part)}, C({show(least)}, {show(in_use)}) ≤ 5 %) = {show(value)}"
    if not database.pool_is_told and value < LEAST_POOL:
        value = LEAST_POOL
        working += f", but it is told none and takes {LEAST_POOL}"
    return figure(
        name,
        value,
        unit,
        formula="the greater of ⌈pool / processes⌉ and what Erlang C asks for its calls; 5 where it is told none",
        working=working,
        inputs={**inputs, "connections in use by a process": in_use},
        source=source,
    )


def _whole(database: Database, flight: Calls, slots: int | None) -> Pool:
    """The pool of a pod with one process."""
    by_guide, by_queueing = _by_guide(flight), _by_queueing(flight)
    if database.pool_size is not None:
        return Pool(
            pool_by_guide=by_guide,
            pool_by_queueing=by_queueing,
            pool_size=given("connection pool", database.pool_size, "connections"),
        )
    guide, queueing = int(by_guide.value), int(by_queueing.value)
    wanted = enough = max(guide, queueing)
    usable = _usable(flight, slots)
    working = f"max({show(guide)}, {show(queueing)}) = {show(wanted)}"
    if usable is not None and usable + POOL_SPARE < wanted:
        enough = usable + POOL_SPARE
        working += f", but the slots use {show(usable)} at most, and {POOL_SPARE} more are {show(enough)}"
    value = max(LEAST_POOL, enough)
    if value > enough:
        working += f", at least {LEAST_POOL}"
    return Pool(
        pool_by_guide=by_guide,
        pool_by_queueing=by_queueing,
        pool_size=figure(
            "connection pool",
            value,
            "connections",
            formula="the greater of both, not above what the call slots use and two more, at least 5",
            working=working,
            inputs={"by the guide": guide, "by queueing": queueing, "least pool": LEAST_POOL},
            source="with less than 5 one slow query holds up all calls; 5 is also the default of SQLAlchemy",
        ),
    )


def _usable(flight: Calls, slots: int | None) -> int | None:
    """Connections that the calls in all slots hold at most at the same time; ``None`` without slots."""
    return None if slots is None else slots * round_up(flight.mix.hold_share)


def _by_guide(flight: Calls) -> Figure:
    mix = flight.mix
    in_use = flight.running * mix.hold_share
    needed = round_up(in_use) * POOL_FACTOR + POOL_SPARE
    return figure(
        "connection pool by the guide",
        round_up(needed),
        "connections",
        formula="⌈⌈calls × query ms / call ms⌉ × 1.25 + 2⌉",
        working=f"⌈{flight.running} × {show(mix.hold_milliseconds)} / {show(mix.duration_milliseconds)}⌉ × "
        f"{show(POOL_FACTOR)} + {POOL_SPARE} {equals(needed, round_up(needed))}",
        inputs={
            "calls that run at the busiest": flight.running,
            "query milliseconds of a call": mix.hold_milliseconds,
            "milliseconds of a call": mix.duration_milliseconds,
        },
        source="Little's law for the connections in use; a quarter and two more, since calls come in bursts",
    )


def _by_queueing(flight: Calls) -> Figure:
    mix = flight.mix
    in_use = flight.mean * mix.hold_share
    value = servers_for(1, float(in_use), waiting=POOL_WAIT_PROBABILITY)
    return figure(
        "connection pool by queueing",
        value,
        "connections",
        formula="the least c with Erlang C(c, connections in use) ≤ 5 %",
        working=f"a = {show(flight.mean)} × {show(mix.hold_share)} {equals(in_use)}; "
        f"C({show(value)}, a) = {erlang_c(value, float(in_use)):.3f}",
        inputs={"connections in use": in_use, "probability of waiting": POOL_WAIT_PROBABILITY},
        source="M/M/c: 95 % of the queries find a connection free",
    )


def pool_busy(pool: int) -> int:
    """Connections in use that a pool is enough for: the pool formula read backwards, at least one."""
    return max(1, round_down((pool - POOL_SPARE) / POOL_FACTOR))


def pool_sessions(workload: Workload, flight: Calls, pool: int) -> int | None:
    """Sessions whose calls the pool serves, calls growing with sessions; ``None`` if no number of sessions uses it up:
    calls hold no connection, or there are fewer slots."""
    if not flight.mix.hold_share:
        return None
    usable = _usable(flight, workload.call_slots)
    if usable is not None and pool >= usable:
        return None
    return round_down(pool_busy(pool) / flight.mix.hold_share / flight.per_session)


def connection_budget(database: Database) -> Figure:
    """Connections that this region may use: a share of what is not reserved, divided among the regions."""
    share = round_down(database.max_connections * exact(database.share_percent) / 100)
    free = max(0, database.max_connections - database.reserved_connections)
    value = round_down(min(share, free) * database.region_part) // database.shared_by_servers
    working = f"{database.max_connections} × {show(exact(database.share_percent) / 100)} → {share}"
    if free < share:
        working += f", but only {free} are not reserved"
    working += _divided(database, value)
    return figure(
        "connection budget",
        value,
        "connections",
        formula="min(⌊max_connections × share⌋, max_connections - reserved) / regions, or × the part of this one",
        working=working,
        inputs={
            "max_connections": database.max_connections,
            "share percent": database.share_percent,
            "reserved connections": database.reserved_connections,
            "regions": database.shared_by_regions,
            **({} if database.region_share_percent is None else {"percent": database.region_share_percent}),
            **({"servers": database.shared_by_servers} if database.shared_by_servers > 1 else {}),
        },
        source="half by default: the rest is for rollouts, migrations, people and other services",
    )


def _divided(database: Database, value: int) -> str:
    """The division among those that share the database, in words; nothing where one server has it alone."""
    division = _division(database)
    return f";{division} → {value}" if division else ""


def _division(database: Database) -> str:
    regions = f" / {database.shared_by_regions} regions" if database.shared_by_regions > 1 else ""
    if database.region_share_percent is not None:
        regions = f" × {show(database.region_share_percent)} % of the regions"
    servers = f" / {database.shared_by_servers} servers" if database.shared_by_servers > 1 else ""
    return regions + servers


def budget_words(database: Database) -> str:
    """What the budget of a region is a part of, in words: ``50 % of max_connections 1600: 800 / 2 regions``."""
    whole = replace(database, shared_by_regions=1, shared_by_servers=1, region_share_percent=None)
    division = _division(database)
    parts = f": {show(connection_budget(whole).value)}{division}" if division else ""
    return f"{show(database.share_percent)} % of max_connections {database.max_connections}{parts}"


def ceiling_words(database: Database) -> str:
    """The same of what is not reserved: ``100 - 3 = 97, / 2 regions``; nothing where nobody shares it."""
    division = _division(database)
    whole = database.max_connections - database.reserved_connections
    return f"; {database.max_connections} - {database.reserved_connections} = {whole},{division}" if division else ""


def connection_ceiling(database: Database) -> Figure:
    """Connections that there are for this region at all: what is not reserved, divided among the regions."""
    free = max(0, database.max_connections - database.reserved_connections)
    value = round_down(free * database.region_part) // database.shared_by_servers
    working = f"{database.max_connections} - {database.reserved_connections} = {free}"
    if database.max_connections < database.reserved_connections:
        working = f"{database.max_connections} - {database.reserved_connections} → 0"
    working += _divided(database, value)
    return figure(
        "connections that are not reserved",
        value,
        "connections",
        formula="(max_connections - reserved) / regions, or × the part of this one",
        working=working,
        inputs={
            "max_connections": database.max_connections,
            "reserved connections": database.reserved_connections,
            "regions": database.shared_by_regions,
            **({} if database.region_share_percent is None else {"percent": database.region_share_percent}),
            **({"servers": database.shared_by_servers} if database.shared_by_servers > 1 else {}),
        },
        source="PostgreSQL keeps superuser_reserved_connections and reserved_connections back: above, it refuses",
    )


def connections(
    workload: Workload,
    database: Database | None,
    flight: Calls,
    size: int,
    *,
    maximum: int,
    surge: int,
    planned: int,
) -> Connections:
    """The connections of ``maximum`` pods against the budget, and those of a rollout against what there is at all.

    With a pooler, its own connections are held against both, both generations of its pods during its rollout. Two
    colours run at the same time while a blue-green switch lasts, and share the pooler.

    :param size: connections of one pod, 0 without a database server.
    :param maximum: the greatest number of pods of one colour.
    :param surge: pods that a rollout adds.
    :param planned: the planned sessions.
    """
    if database is None or not size:
        return Connections()
    budget, ceiling = connection_budget(database), connection_ceiling(database)
    at_maximum = _at_maximum(database, size, maximum)
    with_surge = _with_surge(database, size, maximum, surge)
    common = Connections(
        connection_budget=budget,
        connections_at_maximum=at_maximum,
        connections_with_surge=with_surge,
        connections_while_draining=_while_draining(database, size, maximum),
        connection_ceiling=ceiling,
        busy_connections=_busy(workload, flight, planned),
    )
    if not database.pooled:
        return replace(
            common,
            budget_closes=at_maximum.value <= budget.value,
            rollout_fits=with_surge.value <= ceiling.value,
        )
    between = pooler(database, budget=int(budget.value), clients=int(with_surge.value), size=size)
    return replace(
        common,
        pooler_pool_size=between.pool_size,
        pooler_reserve=between.reserve,
        pooler_server_connections=between.server_connections,
        pooler_client_connections=between.client_connections,
        pooler_max_client_conn=between.max_client_conn,
        budget_closes=between.server_connections.value <= budget.value,
        rollout_fits=between.server_connections.value <= ceiling.value,
    )


def pods_allowed(database: Database, size: int, bounds: Bounds) -> int:
    """The greatest maximum that the budget bears, and whose rollout fits what is not reserved."""
    budget, ceiling = (int(found(database).value) // size for found in (connection_budget, connection_ceiling))
    return min(budget // database.colours, bounds.most_within(ceiling, database.colours))


def pooler_closes(database: Database) -> bool:
    """Whether the connections of the pooler fit the budget."""
    budget = int(connection_budget(database).value)
    return pooler(database, budget=budget, clients=0, size=0).server_connections.value <= budget


def _colours(database: Database) -> str:
    return f" × {database.colours} colours" if database.colours > 1 else ""


def _at_maximum(database: Database, size: int, maximum: int) -> Figure:
    value = size * maximum * database.colours
    return figure(
        "connections at the maximum",
        value,
        "connections",
        formula="pool × maximum × colours",
        working=f"{show(size)} × {show(maximum)}{_colours(database)} = {show(value)}",
        inputs={"pool": size, "maximum": maximum, "colours": database.colours},
        source="counted at the maximum: the day of the peak is the wrong day to run out",
    )


def _with_surge(database: Database, size: int, maximum: int, surge: int) -> Figure:
    value = size * (maximum * database.colours + surge)
    return figure(
        "connections during a rollout at the maximum",
        value,
        "connections",
        formula="pool × (maximum × colours + surge)",
        working=f"{show(size)} × ({show(maximum)}{_colours(database)} + {show(surge)}) = {show(value)}",
        inputs={"pool": size, "maximum": maximum, "surge": surge, "colours": database.colours},
        source="old and new pods hold their pools at the same time",
    )


def _while_draining(database: Database, size: int, maximum: int) -> Figure:
    value = size * maximum * (database.colours + 1)
    return figure(
        "connections while all old pods drain",
        value,
        "connections",
        formula="pool × maximum × (colours + 1)",
        working=f"{show(size)} × {show(maximum)} × {database.colours + 1} = {show(value)}",
        inputs={"pool": size, "maximum": maximum, "colours": database.colours},
        source="the worst case of a rollout whose drain is longer than all its steps: maxSurge does not count pods "
        "that end; for the eye, it decides nothing",
    )


def _busy(workload: Workload, flight: Calls, planned: int) -> Figure:
    mix = flight.mix
    held = workload.sessions_per_pod
    busiest = held * flight.per_session
    value = exact(planned) * busiest / held * mix.hold_share
    return figure(
        "connections in use at the planned sessions",
        round_up(value),
        "connections",
        formula="⌈planned sessions × calls per session × query ms / call ms⌉",
        working=f"{show(planned)} × {show(busiest)} / {held} × "
        f"{show(mix.hold_milliseconds)} / {show(mix.duration_milliseconds)} {equals(value, round_up(value))}",
        inputs={
            "planned sessions": planned,
            "calls at the busiest": busiest,
            "sessions per pod": held,
            "query milliseconds of a call": mix.hold_milliseconds,
            "milliseconds of a call": mix.duration_milliseconds,
        },
        source="Little's law; no pooler makes do with fewer for long",
    )
