"""What makes calls wait less: each remedy is planned before it is offered, and has its numbers."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from ..eras import NAMES, SESSION_ERAS, Era
from ..planning import Inputs, Parts
from ..planning.calls import calls
from ..planning.derivation import derive, derive_again
from .words import number, pods

_MOST = 1000
"""Slots, connections and workers of one pod beyond which a number is no remedy."""
_MOST_TIMES = 4
"""Times as many pods beyond which fewer sessions per pod are no remedy."""
_CORE = 1000

_Change = Callable[[int], Inputs]


def relief(inputs: Inputs, station: str, known: Collection[str]) -> tuple[str, ...]:
    """Ways to let calls wait no longer than the objective at the ``known`` stations, the nearest first. None where a
    pod has thousands of slots, cores or connections: each plan then takes long, and numbers do not help.

    :param station: where they wait longest: 'slots', 'cpu' or 'pool'.
    """
    before = derive(inputs)
    by_queueing = before.pool.pool_by_queueing
    if max(one.servers for one in before.waiting.stations) > _MOST or (by_queueing and by_queueing.value > _MOST):
        return ()

    def helps(tried: Parts) -> bool:
        waits = [one for one in tried.waiting.stations if one.name in known]
        total = sum(one.p95.value for one in waits if one.p95 is not None)
        calm = all(one.stable for one in waits) and total <= tried.waiting.objective.value
        return calm and all(holds(tried) or not holds(before) for holds in (_closes, _carries_peak, _fits_memory))

    ways = {"slots": _more_slots, "cpu": _more_cores, "pool": _larger_pool}
    offers = [ways[station](inputs, before, helps), _fewer_sessions(inputs, before, helps)]
    if station == "cpu" and offers[1] is not None and inputs.bounds.cpu_limit_millicores is None:
        # More pods are what more processes in each are, without their memory; those help where no number of pods does.
        del offers[0]
    return tuple(offer for offer in offers if offer is not None)


def _closes(parts: Parts) -> bool:
    return parts.closes


def _carries_peak(parts: Parts) -> bool:
    return parts.carries_peak


def _fits_memory(parts: Parts) -> bool:
    return parts.memory.memory_with_headroom_mib.value <= parts.memory.memory_limit_mib.value


def _more_slots(inputs: Inputs, before: Parts, helps: Callable[[Parts], bool]) -> str | None:
    slots = inputs.workload.call_slots or 0

    def change(count: int) -> Inputs:
        return replace(inputs, workload=replace(inputs.workload, call_slots=count))

    count = _least(slots, change, before, helps)
    return None if count is None else f"run {number(count)} calls at the same time (mcp:workload.callSlots)"


def _larger_pool(inputs: Inputs, before: Parts, helps: Callable[[Parts], bool]) -> str | None:
    database = inputs.database
    if database is None:
        return None

    def change(size: int) -> Inputs:
        return replace(inputs, database=replace(database, pool_size=size))

    size = _least(before.pool.size, change, before, helps)
    return None if size is None else f"use a pool of {number(size)} instead of {before.pool.size}"


def _more_cores(inputs: Inputs, before: Parts, helps: Callable[[Parts], bool]) -> str | None:
    """More workers where their number is what bounds the pod, a higher limit where that was given."""
    limit, workers = inputs.bounds.cpu_limit_millicores, inputs.workload.workers
    bound = workers or (1 if inputs.runtime.one_loop else None)
    if bound is None and limit is None:
        return None
    if bound is not None and {Era(name) for name in inputs.workload.eras or NAMES} & SESSION_ERAS:
        return None  # A session lives in one process.
    start = bound if bound is not None else int(before.cpu.usable_cores.value)

    def change(cores: int) -> Inputs:
        bounds = inputs.bounds
        if limit is not None:
            bounds = replace(bounds, cpu_limit_millicores=max(limit, cores * _CORE))
        workload = inputs.workload if bound is None else replace(inputs.workload, workers=cores, processes=None)
        return replace(inputs, bounds=bounds, workload=workload)

    cores = _least(start, change, before, helps)
    if cores is None:
        return None
    if bound is None:
        return f"raise the CPU limit to {cores} cores"
    raised = limit is not None and limit < cores * _CORE
    return f"run {cores} workers (mcp:workload.workers)" + (f" with a CPU limit of {cores} cores" if raised else "")


def _fewer_sessions(inputs: Inputs, before: Parts, helps: Callable[[Parts], bool]) -> str | None:
    """The greatest smaller number of sessions per pod, found from above by halving."""
    held = int(before.capacity.sessions_per_pod.value)

    def tried(count: int) -> Parts:
        workload = replace(inputs.workload, sessions_per_pod=count)
        flight = calls(workload, inputs.database, inputs.runtime)
        return derive_again(replace(inputs, workload=workload), before.load, flight)

    if held < 2 or not helps(tried(1)):
        return None
    low, high = 1, held
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if helps(tried(middle)) else (low, middle)
    needed, steady = tried(low).replicas.steady_replicas.value, before.replicas.steady_replicas.value
    if needed > _MOST_TIMES * steady:
        return None
    return (
        f"plan at most {number(low)} sessions per pod instead of {number(held)} (mcp:workload.sessionsPerPod): "
        f"{pods(int(needed))} instead of {number(steady)} for the planned sessions"
    )


def _least(start: int, change: _Change, before: Parts, helps: Callable[[Parts], bool]) -> int | None:
    """The least number above ``start`` that helps, by doubling steps and halving; ``None`` if none does."""

    def enough(number: int) -> bool:
        return helps(derive_again(change(number), before.load, before.calls))

    few, step = start, 1
    while few + step <= _MOST and not enough(few + step):
        few, step = few + step, step * 2
    if few + step > _MOST:
        return None
    many = few + step
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (few, middle) if enough(middle) else (middle, many)
    return many
