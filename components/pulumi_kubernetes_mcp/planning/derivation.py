"""All parts of a plan in the order in which they follow from each other, without the remedies."""

from __future__ import annotations

from dataclasses import dataclass

from .connections import Connections, connection_budget, connections, pool_size
from .cpu import Cpu, cpu
from .inputs import Bounds, Database, Workload
from .memory import Memory, descriptors, memory
from .replicas import Capacity, Replicas, capacity, replicas
from .runtimes import RuntimeProfile
from .sessions import Sessions, sessions
from .working import Figure


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The parts of a plan."""

    load: Sessions
    pool: Figure | None
    memory: Memory
    descriptors: Figure
    cpu: Cpu
    capacity: Capacity
    replicas: Replicas
    connections: Connections

    @property
    def carries_peak(self) -> bool:
        """Whether the maximum is enough for the planned sessions."""
        return self.replicas.max_replicas.value >= self.replicas.steady_replicas.value

    def mends(self, before: Parts) -> bool:
        """Whether these parts close the budget and need no more pods than the maximum allows, or than before."""
        as_before = self.replicas.steady_replicas.value <= before.replicas.steady_replicas.value
        return self.connections.budget_closes and (self.carries_peak or as_before)


def derive(workload: Workload, database: Database | None, bounds: Bounds, runtime: RuntimeProfile) -> Parts:
    """Every part of the plan. Total: any inputs that could be put together have a plan."""
    load = sessions(workload)
    pool = pool_size(workload, database)
    per_pool = int(pool.value) if pool else 0
    of_memory = memory(workload, bounds, runtime, per_pool)
    of_cpu = cpu(workload, bounds)
    of_capacity = capacity(workload, database, of_memory, of_cpu, pool)
    direct = database is not None and pool is not None and database.pooler == "none"
    counts = replicas(
        workload,
        database,
        bounds,
        load,
        int(of_capacity.sessions_per_pod.value),
        pool=per_pool,
        budget=int(connection_budget(database).value) if database is not None and direct else None,
        cpu_request=int(of_cpu.cpu_request_millicores.value),
        memory_request=of_memory.request_mib,
    )
    return Parts(
        load=load,
        pool=pool,
        memory=of_memory,
        descriptors=descriptors(workload, per_pool),
        cpu=of_cpu,
        capacity=of_capacity,
        replicas=counts,
        connections=connections(
            workload,
            database,
            pool,
            maximum=int(counts.max_replicas.value),
            surge=int(counts.surge_pods.value),
            planned=int(load.planned_sessions.value),
        ),
    )
