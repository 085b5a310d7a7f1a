"""The figures of a stack that a change is judged by: capacity, connections, drain, cost. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..kubernetes import quantities
from .document import counted, significant
from .scaling import scaling_line

if TYPE_CHECKING:
    from ..planning import Figure
    from ..region_plan import RegionPlan
    from ..server_plan import ServerPlan

CAPACITY, CONNECTIONS, DRAIN, COST = GROUPS = ("Capacity", "Connections", "Drain", "Cost")
_NONE = "–"
_MAIN = (
    "pods at least",
    "pods at most",
    "planned sessions",
    "connections at the maximum",
    "protocol eras",
)
"""What is said of a server that is new or gone."""


@dataclass(frozen=True, kw_only=True)
class Value:
    """One figure of one side: a number with its unit, or words."""

    number: float | None = None
    unit: str = ""
    words: str = ""

    @property
    def text(self) -> str:
        """The value for the eye."""
        return self.words if self.number is None else counted(significant(self.number, 6), self.unit)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One figure that differs; ``None`` on the side that does not have it."""

    group: str
    name: str
    old: Value | None
    new: Value | None

    @property
    def in_words(self) -> bool:
        """Whether it is said and not counted."""
        return any(value is not None and value.words for value in (self.old, self.new))

    @property
    def old_text(self) -> str:
        """The old value for the eye."""
        return _NONE if self.old is None else self.old.text

    @property
    def new_text(self) -> str:
        """The new value for the eye."""
        return _NONE if self.new is None else self.new.text

    @property
    def difference(self) -> float | None:
        """The new number less the old one."""
        if self.old is None or self.new is None or self.old.unit != self.new.unit:
            return None
        if self.old.number is None or self.new.number is None:
            return None
        return self.new.number - self.old.number

    @property
    def percent(self) -> float | None:
        """The difference over the old number: 100 where it doubles; ``None`` where that is zero."""
        if self.difference is None or self.old is None or not self.old.number:
            return None
        return 100 * self.difference / self.old.number

    @property
    def change(self) -> str:
        """The difference for the eye: ``+15 (+100 %)``."""
        if self.difference is None:
            return ""
        percent = "" if self.percent is None else f" ({_signed(self.percent, 3)} %)"
        return f"{_signed(self.difference, 6)}{percent}"

    def to_dict(self) -> dict[str, Any]:
        """The row as plain data."""
        numeric = self.difference is not None
        return {
            "name": self.name,
            "unit": "" if self.new is None else self.new.unit,
            "old": None if self.old is None else self.old.number if numeric else self.old.text,
            "new": None if self.new is None else self.new.number if numeric else self.new.text,
            "difference": self.difference,
            "percent": self.percent,
        }


def rows(old: RegionPlan, new: RegionPlan) -> tuple[Row, ...]:
    """Every figure that differs, in reading order.

    With several servers on either side each figure is under the name of its server, after those of all together; of a
    server that is new or gone there are only the main ones.
    """
    many = old.many or new.many or len(old.servers) > 1 or len(new.servers) > 1
    kept = {server.name for server in old.servers} & {server.name for server in new.servers}
    before, after = (_of_many(one, kept) if many else dict(_of_server(one.first)) for one in (old, new))
    places = sorted({**before, **after}, key=lambda place: (GROUPS.index(place[0]), *_position(place, before, after)))
    return tuple(
        Row(group=group, name=name, old=before.get((group, name)), new=after.get((group, name)))
        for group, name in places
        if before.get((group, name)) != after.get((group, name))
    )


Place = tuple[str, str]


def _position(place: Place, *sides: Mapping[Place, Value]) -> tuple[int, ...]:
    """Where a figure stands; one that only the new side has comes last."""
    return tuple(list(side).index(place) if place in side else len(side) for side in sides)


def _of_many(region: RegionPlan, kept: Collection[str]) -> dict[Place, Value]:
    """The sums of a region, its databases, then each server.

    :param kept: servers that both sides have.
    """
    found = dict(_of_region(region))
    for server in region.servers:
        found |= {
            (group, f"{server.name}: {name}"): value
            for (group, name), value in _of_server(server)
            if server.name in kept or name in _MAIN
        }
    return found


def _of_region(region: RegionPlan) -> Iterator[tuple[Place, Value]]:
    yield (CAPACITY, "all servers: pods at least"), Value(number=region.min_replicas, unit="pods")
    yield (CAPACITY, "all servers: pods at most"), Value(number=region.max_replicas, unit="pods")
    yield (CAPACITY, "all servers: planned sessions"), Value(number=region.planned_sessions, unit="sessions")
    for database in region.shared.databases:
        host = database.settings.host
        name = host if isinstance(host, str) else "a database"
        for title, number in (
            ("at the maximum", database.at_maximum),
            ("during a rollout at the maximum", database.with_surge),
            ("allowed", database.budget),
        ):
            yield (CONNECTIONS, f"{name}: connections {title}"), Value(number=number, unit="connections")
    need = region.shared.need
    yield (COST, "all servers: cores requested at the most"), Value(number=need.cpu_millicores / 1000, unit="cores")
    yield (COST, "all servers: memory requested at the most"), Value(number=need.memory_bytes / 2**30, unit="GiB")


def _of_server(server: ServerPlan) -> Iterator[tuple[Place, Value]]:
    for group, of_group in (
        (CAPACITY, _capacity(server)),
        (CONNECTIONS, _connections(server)),
        (DRAIN, _drain(server)),
        (COST, _cost(server)),
    ):
        for name, value in of_group:
            if value is not None:
                yield (group, name), value


Named = Iterator[tuple[str, Value | None]]


def _capacity(server: ServerPlan) -> Named:
    from ..server_plan import resources

    plan = server.plan
    each = resources(server)
    yield "pods at least", Value(number=server.replicas, unit="pods")
    yield "pods for the planned sessions", _figure(plan.replicas.steady_replicas)
    yield "pods at most", Value(number=server.max_replicas, unit="pods")
    yield "planned sessions", _figure(plan.load.planned_sessions)
    yield "sessions per pod", _figure(plan.capacity.sessions_per_pod)
    for amounts, title in ((each.get("requests", {}), "request"), (each.get("limits", {}), "limit")):
        yield f"CPU {title}", _quantity(amounts.get("cpu"), "millicores")
        yield f"memory {title}", _quantity(amounts.get("memory"), "MiB")
    yield "95th percentile of the wait", _figure(plan.waiting.p95)
    yield "autoscaler", Value(words=scaling_line(server))


def _connections(server: ServerPlan) -> Named:
    found, plan = server.plan.connections, server.plan
    yield "connection pool of a pod", _figure(plan.pool.pool_size)
    yield "connections at the maximum", _figure(found.connections_at_maximum)
    yield "connections during a rollout at the maximum", _figure(found.connections_with_surge)
    yield "database connections of the pooler", _figure(found.pooler_server_connections)
    yield "connection budget", _figure(found.connection_budget)
    if found.connection_budget is not None:
        yield "the budget", Value(words="closes" if found.close else "does not close")
    if plan.clients is not None:
        yield "state store clients at the maximum", _figure(plan.clients.clients_at_maximum)


def _drain(server: ServerPlan) -> Named:
    profile = server.era_profile
    yield "protocol eras", Value(words=", ".join(era.value for era in profile.eras))
    yield "sessions live in pods", Value(words="yes" if profile.sessions else "no")
    yield "pre-stop sleep", Value(number=server.pre_stop_seconds, unit="s")
    yield "graceful timeout", Value(number=server.graceful_timeout_seconds, unit="s")
    yield "grace period", Value(number=server.grace_period_seconds, unit="s")


def _cost(server: ServerPlan) -> Named:
    """In money where the stack has prices; in what the nodes must hold otherwise."""
    cost = server.plan.cost
    if cost is not None:
        for figure in (cost.pod, cost.minimum, cost.steady, cost.maximum):
            yield figure.name, _figure(figure)
        return
    from ..pod_amounts import server_pod
    from ..server_plan import resources

    cpu, memory = server_pod(server.settings, resources(server))
    cores, gib = cpu / 1000, memory / 2**30
    for title, pods in (("minimum", server.replicas), ("maximum", server.max_replicas)):
        yield f"cores requested at the {title}", Value(number=cores * pods, unit="cores")
        yield f"memory requested at the {title}", Value(number=gib * pods, unit="GiB")


def _figure(figure: Figure | None) -> Value | None:
    return None if figure is None else Value(number=float(figure.value), unit=figure.unit)


def _quantity(text: str | None, unit: str) -> Value | None:
    if text is None:
        return None
    if unit == "MiB":
        return Value(number=quantities.parse_memory(text) / quantities.MIB, unit=unit)
    return Value(number=quantities.parse_cpu(text), unit=unit)


def _signed(value: float, digits: int) -> str:
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return f"{sign}{significant(abs(value), digits)}"
