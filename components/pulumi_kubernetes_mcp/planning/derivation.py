"""All parts of a plan in the order in which they follow from each other, without the remedies."""

from __future__ import annotations

from dataclasses import dataclass, field

from .calls import Calls, calls
from .clients import Clients, clients
from .connections import Connections, Pool, connections, pods_allowed, pool
from .cost import Cost, cost
from .cpu import Cpu, cpu
from .floors import Floor, floors, replicas_by_hour
from .inputs import Bounds, Database, PlanInputError, Prices, StateStore, Workload
from .memory import Memory, descriptors, memory, processes
from .replicas import Capacity, Replicas, capacity, replicas
from .runtimes import RuntimeProfile
from .sessions import Sessions, sessions
from .waiting import Waiting, waiting
from .working import Figure


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """Everything that a plan is made from."""

    workload: Workload
    runtime: RuntimeProfile
    database: Database | None = None
    store: StateStore | None = None
    bounds: Bounds = field(default_factory=Bounds)
    prices: Prices | None = None

    def __post_init__(self) -> None:
        for name, part in (("database", self.database), ("store", self.store)):
            if part is not None and part.colours != self.bounds.colours:
                raise PlanInputError(
                    f"colours is {part.colours} in {name}, but must be {self.bounds.colours} as in bounds"
                )


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The parts of a plan, in reading order."""

    load: Sessions
    calls: Calls
    pool: Pool
    memory: Memory
    descriptors: Figure
    """File descriptors of one pod with all its sessions, against a soft limit of 1024."""
    cpu: Cpu
    capacity: Capacity
    waiting: Waiting
    replicas: Replicas
    replicas_by_hour: tuple[int, ...]
    """Pods that each hour of the day needs; empty without an hourly profile."""
    floors: tuple[Floor, ...]
    """The parts of the day that need more than the minimum."""
    connections: Connections
    clients: Clients | None
    cost: Cost | None

    @property
    def closes(self) -> bool:
        """Whether the database bears the maximum, and a rollout there."""
        return self.connections.close

    @property
    def carries_peak(self) -> bool:
        """Whether the maximum is enough for the planned sessions."""
        return self.replicas.max_replicas.value >= self.replicas.steady_replicas.value

    def mends(self, before: Parts) -> bool:
        """Whether these parts close the budget and need no more pods than the maximum allows, or than before."""
        as_before = self.replicas.steady_replicas.value <= before.replicas.steady_replicas.value
        return self.closes and (self.carries_peak or as_before)


@dataclass(frozen=True, kw_only=True)
class Pod:
    """One pod."""

    pool: Pool
    memory: Memory
    descriptors: Figure
    cpu: Cpu
    capacity: Capacity


def pod(inputs: Inputs, flight: Calls) -> Pod:
    """The parts of the plan that are about one pod."""
    workload, bounds, runtime = inputs.workload, inputs.bounds, inputs.runtime
    of_pool = pool(inputs.database, flight, workload.call_slots, processes=processes(workload, runtime))
    of_memory = memory(workload, bounds, runtime, flight, of_pool.size)
    of_cpu = cpu(workload, bounds, runtime, flight)
    connected = of_pool.size + (0 if inputs.store is None else inputs.store.connections_per_pod)
    return Pod(
        pool=of_pool,
        memory=of_memory,
        descriptors=descriptors(workload, runtime, flight, connected),
        cpu=of_cpu,
        capacity=capacity(
            workload, bounds, runtime, of_memory, of_cpu, flight, pool=of_pool.size, connections=connected
        ),
    )


def derive(inputs: Inputs) -> Parts:
    """Every part of the plan. Total: any inputs that could be put together have a plan."""
    workload = inputs.workload
    return derive_again(inputs, sessions(workload), calls(workload, inputs.database, inputs.runtime))


def derive_again(inputs: Inputs, load: Sessions, flight: Calls) -> Parts:
    """The parts of the plan from a load that is known: what a remedy changes does not change what is called."""
    workload, database, bounds = inputs.workload, inputs.database, inputs.bounds
    of = pod(inputs, flight)
    cpu_request, memory_request = bounds.pod_requests(int(of.cpu.cpu_request_millicores.value), of.memory.request_mib)
    counts = replicas(
        workload,
        database,
        bounds,
        load,
        of.capacity,
        allowed=_allowed(database, bounds, of.pool.size),
        cpu_request=cpu_request,
        memory_request=memory_request,
    )
    least, most = int(counts.min_replicas.value), int(counts.max_replicas.value)
    surge = int(counts.surge_pods.value)
    per_pod = int(of.capacity.sessions_per_pod.value)
    by_hour = replicas_by_hour(workload, load, per_pod=per_pod, minimum=least, maximum=most)
    return Parts(
        load=load,
        calls=flight,
        pool=of.pool,
        memory=of.memory,
        descriptors=of.descriptors,
        cpu=of.cpu,
        capacity=of.capacity,
        waiting=waiting(workload, flight, of.cpu, of.capacity, of.pool.size),
        replicas=counts,
        replicas_by_hour=by_hour,
        floors=floors(by_hour, minimum=least),
        connections=connections(
            workload,
            database,
            flight,
            of.pool.size,
            maximum=most,
            surge=surge,
            planned=int(load.planned_sessions.value),
        ),
        clients=clients(inputs.store, maximum=most, surge=surge),
        cost=cost(
            inputs.prices,
            database,
            bounds,
            cpu_request=cpu_request,
            memory_request_mib=memory_request,
            minimum=least,
            steady=min(most, max(least, int(counts.steady_replicas.value))),
            maximum=most,
            by_hour=by_hour,
        ),
    )


def _allowed(database: Database | None, bounds: Bounds, size: int) -> int | None:
    """The greatest maximum that the database bears; ``None`` where pods do not connect to it themselves."""
    if database is None or database.pooled:
        return None
    return 1 if database.single_writer else pods_allowed(database, size, bounds)
