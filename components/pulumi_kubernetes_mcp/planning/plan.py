"""The capacity plan of one region: every figure that follows from the load, the database and the bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from .derivation import derive
from .inputs import Bounds, Database, Workload
from .remedies import remedies
from .runtimes import RuntimeProfile
from .working import Figure


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The plan, in reading order. A figure that does not apply is ``None``."""

    average_sessions: Figure
    """Sessions open at the mean of the day; not rounded."""
    peak_sessions: Figure
    """Sessions open in the busiest hour."""
    planned_sessions: Figure
    """The peak with its headroom: what the pods are there for."""

    pool_size: Figure | None
    """Database connections per pod; ``None`` without a database server."""

    memory_per_pod_mib: Figure
    """What one pod takes with all its sessions."""
    memory_with_headroom_mib: Figure
    """The same with room for the garbage collector: what the limit must hold."""
    memory_limit_mib: Figure
    memory_request_mib: Figure
    node_heap_mib: Figure | None
    """``--max-old-space-size``; ``None`` for runtimes without it."""
    descriptors: Figure
    """File descriptors of one pod with all its sessions, against a soft limit of 1024."""

    cpu_needed_millicores: Figure
    cpu_limit_millicores: Figure
    cpu_request_millicores: Figure
    cpu_target_millicores: Figure
    """CPU per pod at which pods are added (AverageValue)."""
    cpu_target_percent_of_request: Figure
    """The same in percent of the request (averageUtilization)."""

    sessions_per_pod_limit: Figure
    """Sessions at which the first resource of a pod is used up."""
    sessions_per_pod_binding: str
    """That resource: 'memory', 'cpu', 'descriptors' or 'pool'."""
    sessions_per_pod_candidates: Mapping[str, int]
    """Sessions that each resource allows. One that sessions do not use is left out."""
    sessions_per_pod: Figure
    """What the plan and an autoscaler on sessions reckon with: the target, or the limit if that is less."""

    average_replicas: Figure
    """Pods for the mean of the day with headroom."""
    steady_replicas: Figure
    """Pods for the planned sessions: less than this cannot serve the peak."""
    burst_replicas: Figure
    """Pods for twice the planned sessions."""
    min_replicas: Figure
    max_replicas: Figure
    max_replicas_binding: str
    """What bounds the maximum first: 'given', 'load', 'minimum', 'database' or 'quota'."""
    max_replicas_candidates: Mapping[str, int]
    """Pods that each of them allows or asks for."""
    surge_pods: Figure
    """Pods that a rollout at the maximum adds."""
    pods_at_maximum: Figure
    """Maximum plus surge: what a quota must hold."""

    connection_budget: Figure | None
    """Connections of the database that this region may use."""
    connections_at_maximum: Figure | None
    """Connections of all pods at the maximum: what the budget is held against."""
    connections_with_surge: Figure | None
    """The same during a rollout at the maximum; for the eye, it decides nothing without a pooler."""
    busy_connections: Figure | None
    """Connections in use at the same time at the planned sessions."""
    pooler_pool_size: Figure | None
    """``default_pool_size`` of each pooler instance."""
    pooler_reserve: Figure | None
    """``reserve_pool_size`` of each pooler instance."""
    pooler_server_connections: Figure | None
    """Database connections of all pooler instances during their own rollout."""
    pooler_client_connections: Figure | None
    """Connections that all pods, surge included, open to the pooler."""
    pooler_max_client_conn: Figure | None
    """``max_client_conn`` of each pooler instance, such that one of them may be lost."""
    budget_closes: bool
    """Whether the database connections at the maximum fit the budget. True without a database server."""
    remedies: tuple[str, ...]
    """What would close the budget, best first; empty if it closes."""

    def figures(self) -> tuple[Figure, ...]:
        """All figures that apply, in reading order."""
        values = (getattr(self, field.name) for field in fields(self))
        return tuple(value for value in values if isinstance(value, Figure))

    def to_dict(self) -> dict[str, object]:
        """The plan as plain data that JSON can hold, keyed by field."""
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}


def _plain(value: object) -> object:
    if isinstance(value, Figure):
        return value.to_dict()
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, tuple) else value


def plan(workload: Workload, database: Database | None, bounds: Bounds, runtime: RuntimeProfile) -> Plan:
    """The capacity plan of one region.

    :param workload: the load.
    :param database: what the database allows, ``None`` without one.
    :param bounds: given values, environment, zones and quota.
    :param runtime: memory constants.

    Total: whatever the dataclasses accept has a plan. What cannot work is a matter of the findings, which
    compare the figures; the plan only says whether the connection budget closes, and what would close it.
    """
    parts = derive(workload, database, bounds, runtime)
    found, counts, held = parts.connections, parts.replicas, parts.capacity
    return Plan(
        average_sessions=parts.load.average_sessions,
        peak_sessions=parts.load.peak_sessions,
        planned_sessions=parts.load.planned_sessions,
        pool_size=parts.pool,
        memory_per_pod_mib=parts.memory.memory_per_pod_mib,
        memory_with_headroom_mib=parts.memory.memory_with_headroom_mib,
        memory_limit_mib=parts.memory.memory_limit_mib,
        memory_request_mib=parts.memory.memory_request_mib,
        node_heap_mib=parts.memory.node_heap_mib,
        descriptors=parts.descriptors,
        cpu_needed_millicores=parts.cpu.cpu_needed_millicores,
        cpu_limit_millicores=parts.cpu.cpu_limit_millicores,
        cpu_request_millicores=parts.cpu.cpu_request_millicores,
        cpu_target_millicores=parts.cpu.cpu_target_millicores,
        cpu_target_percent_of_request=parts.cpu.cpu_target_percent_of_request,
        sessions_per_pod_limit=held.sessions_per_pod_limit,
        sessions_per_pod_binding=held.sessions_per_pod_binding,
        sessions_per_pod_candidates=held.sessions_per_pod_candidates,
        sessions_per_pod=held.sessions_per_pod,
        average_replicas=counts.average_replicas,
        steady_replicas=counts.steady_replicas,
        burst_replicas=counts.burst_replicas,
        min_replicas=counts.min_replicas,
        max_replicas=counts.max_replicas,
        max_replicas_binding=counts.max_replicas_binding,
        max_replicas_candidates=counts.max_replicas_candidates,
        surge_pods=counts.surge_pods,
        pods_at_maximum=counts.pods_at_maximum,
        connection_budget=found.connection_budget,
        connections_at_maximum=found.connections_at_maximum,
        connections_with_surge=found.connections_with_surge,
        busy_connections=found.busy_connections,
        pooler_pool_size=found.pooler_pool_size,
        pooler_reserve=found.pooler_reserve,
        pooler_server_connections=found.pooler_server_connections,
        pooler_client_connections=found.pooler_client_connections,
        pooler_max_client_conn=found.pooler_max_client_conn,
        budget_closes=found.budget_closes,
        remedies=remedies(workload, database, bounds, runtime, parts),
    )
