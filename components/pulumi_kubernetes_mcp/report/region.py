"""A region of several servers: a line for each, and the sums."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..kubernetes import quantities as units
from ..pod_amounts import server_pod
from ..server_plan import figure, resources
from .document import Column, Document, Section, Table, significant
from .plan import plan_data
from .scaling import scaling_data, scaling_line
from .simulation import pods_text

if TYPE_CHECKING:
    from ..region_plan import RegionPlan
    from ..region_shared import SharedDatabase
    from ..server_plan import ServerPlan
    from .simulation import SimulatedStack

_NONE = "–"
_HOURS = 3600


def region_document(stack: str, region: RegionPlan) -> Document:
    """The servers of a region under each other, what they sum up to, and what they share."""
    sections = [Section(title="Servers", blocks=(_servers(region),))]
    if region.shared.databases:
        sections.append(Section(title="Databases", blocks=(_databases(region),)))
    scaling = tuple((server.name, scaling_line(server)) for server in region.servers)
    columns = (Column(title="server"), Column(title="autoscaler"))
    sections.append(Section(title="Scaling", blocks=(Table(columns=columns, rows=scaling, header=False),)))
    return Document(
        title=f"Capacity plan of {stack}",
        blocks=(),
        sections=tuple(sections),
        notes=(
            "CPU and memory are the requests of one pod; below, of all pods at the maximum with a rollout's surge.",
            f"'mcp-stack plan --server {region.servers[0].name}' shows one of them with its working.",
        ),
    )


def _servers(region: RegionPlan) -> Table:
    titles = ("sessions", "pods", "at most", "CPU", "memory", "connections", "cost")
    columns = (Column(title="server"), *(Column(title=title, right=True) for title in titles))
    rows = [_row(server) for server in region.servers]
    need = region.shared.need
    total = (
        "all servers",
        str(region.planned_sessions),
        str(region.min_replicas),
        str(region.max_replicas),
        units.format_cpu(need.cpu_millicores),
        f"{need.memory_bytes // units.MIB}Mi",
        str(sum(database.at_maximum for database in region.shared.databases)) if region.shared.databases else _NONE,
        _cost(list(region.servers)),
    )
    return Table(columns=columns, rows=(*rows, total))


def _row(server: ServerPlan) -> tuple[str, ...]:
    cpu, memory = server_pod(server.settings, resources(server))
    connections = server.plan.connections.connections_at_maximum
    return (
        server.name,
        str(figure(server.plan.load.planned_sessions)),
        str(server.replicas),
        str(server.max_replicas),
        units.format_cpu(cpu),
        units.format_memory(memory),
        _NONE if connections is None else str(figure(connections)),
        _cost([server]),
    )


def _cost(servers: list[ServerPlan]) -> str:
    """Cost a month at the planned sessions."""
    costs = [server.plan.cost for server in servers if server.plan.cost is not None]
    if not costs:
        return _NONE
    return f"{significant(sum(float(cost.steady.value) for cost in costs))} {costs[0].steady.unit}"


def _databases(region: RegionPlan) -> Table:
    columns = (
        Column(title="database"),
        Column(title="servers"),
        Column(title="at the maximum", right=True),
        Column(title="budget", right=True),
    )
    return Table(columns=columns, rows=tuple(_database(database) for database in region.shared.databases))


def _database(database: SharedDatabase) -> tuple[str, ...]:
    host = database.settings.host if isinstance(database.settings.host, str) else "known later"
    through = {name for pooler in database.poolers for name in pooler.servers}
    servers = ", ".join(f"{name} (pooler)" if name in through else name for name in database.servers)
    return host, servers, str(database.at_maximum), str(database.budget)


def region_data(region: RegionPlan) -> dict[str, Any]:
    """The plans of all servers as plain data, and what they share."""
    need = region.shared.need
    return {
        "servers": {
            server.name: {"plan": plan_data(server.plan), "autoscaler": scaling_data(server)}
            for server in region.servers
        },
        "region": {
            "planned_sessions": region.planned_sessions,
            "min_replicas": region.min_replicas,
            "max_replicas": region.max_replicas,
            "pods": need.pods,
            "cpu_millicores": need.cpu_millicores,
            "memory_bytes": need.memory_bytes,
            "databases": [
                {
                    "host": database.settings.host if isinstance(database.settings.host, str) else None,
                    "servers": list(database.servers),
                    "at_maximum": database.at_maximum,
                    "during_rollout": database.with_surge,
                    "budget": database.budget,
                    "ceiling": database.ceiling,
                }
                for database in region.shared.databases
            ],
        },
    }


def simulation_region_document(shown: Mapping[str, SimulatedStack]) -> Document:
    """What each server's own autoscaler does with each scenario, and the sums over the servers."""
    first = next(iter(shown.values()))
    sections = []
    scenarios = {played.scenario.name: played.scenario for one in shown.values() for played in one.played}
    for scenario in scenarios.values():
        rows = []
        sums = [0.0] * 5
        for name, one in shown.items():
            result = next((played.results[0] for played in one.played if played.scenario.name == scenario.name), None)
            if result is None:
                continue
            numbers = (
                result.pod_seconds / _HOURS,
                result.lost_minutes,
                result.slow_calls + result.failed_calls,
                result.moved_sessions,
                result.dropped_sessions,
            )
            sums = [total + value for total, value in zip(sums, numbers, strict=True)]
            rows.append((name, pods_text(result), *(significant(value) for value in numbers)))
        rows.append(("all servers", "", *(significant(value) for value in sums)))
        sections.append(Section(title=f"{scenario.name}: {scenario.title}", blocks=(_played(rows),)))
    return Document(
        title=f"Simulation of {first.stack}",
        blocks=(),
        sections=tuple(sections),
        notes=(
            *(f"{name}: {note}" for name, one in shown.items() for note in one.notes),
            f"'mcp-stack simulate --server {next(iter(shown))}' shows one of them in detail.",
        ),
    )


def _played(rows: list[tuple[str, ...]]) -> Table:
    titles = ("pod-hours", "lost min", "late or failed calls", "sessions moved", "dropped")
    columns = (Column(title="server"), Column(title="pods"), *(Column(title=title, right=True) for title in titles))
    return Table(columns=columns, rows=tuple(rows))


def simulation_region_data(shown: Mapping[str, SimulatedStack]) -> dict[str, Any]:
    """The simulation of each server as plain data."""
    from .simulation_data import simulation_data

    return {"servers": {name: simulation_data(one) for name, one in shown.items()}}
