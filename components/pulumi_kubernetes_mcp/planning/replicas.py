"""How many sessions a pod serves, and how many pods there are at least and at most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from .calls import Calls
from .connections import pool_sessions
from .cpu import Cpu, cpu_sessions, target_sessions
from .inputs import Bounds, Database, Workload
from .memory import Memory, descriptor_sessions
from .pooler import POOLER_GENERATIONS
from .runtimes import RuntimeProfile
from .sessions import Sessions, whole_sessions
from .working import Figure, equals, exact, figure, given, round_down, round_up, show

MAXIMUM_FACTOR = 3
"""Maximum over steady state; the sizing guide says 3 to 5, and every pod more costs database connections."""
BURST_FACTOR = 2
"""Load that the maximum must carry, over the planned load."""
PRODUCTION_MINIMUM = 2
"""A single pod is an outage at every node drain."""
ZONE_MINIMUM = 3
"""One pod in each of three zones: a zone may fail and a node still be drained."""
SLOT_UTILISATION_PERCENT = 70
"""Calls in flight over the slots of a pod on the mean: Knative's default target of its concurrency limit."""
COUNTLESS_SESSIONS = 10**9
"""What is hardly used is not said to allow more sessions than this."""
_MIB = 2**20


@dataclass(frozen=True, kw_only=True)
class Capacity:
    """Sessions of one pod, and the resource that is used up first."""

    sessions_per_pod_limit: Figure
    sessions_per_pod_binding: str
    sessions_per_pod_candidates: Mapping[str, int]
    assumed_candidates: tuple[str, ...]
    """Those candidates that follow from a load or a runtime that was assumed: they say little of this server."""
    sessions_per_pod: Figure
    sessions_target: Figure
    """Sessions per pod with the headroom free: an autoscaler that follows sessions adds pods there."""
    calls_target: Figure
    """Mean calls in flight of such a pod: where an autoscaler that follows those adds pods."""

    def known_sessions(self, target: int) -> int:
        """Sessions of one pod, at most ``target``, by what was given or measured alone; at least one."""
        known = [
            number for name, number in self.sessions_per_pod_candidates.items() if name not in self.assumed_candidates
        ]
        return max(1, min(target, *known) if known else target)


@dataclass(frozen=True, kw_only=True)
class Replicas:
    """Numbers of pods."""

    average_replicas: Figure
    steady_replicas: Figure
    burst_replicas: Figure
    steady_replicas_binding: str
    min_replicas: Figure
    min_replicas_binding: str
    max_replicas: Figure
    max_replicas_binding: str
    max_replicas_candidates: Mapping[str, int]
    surge_pods: Figure
    pods_at_maximum: Figure


def capacity(
    workload: Workload,
    bounds: Bounds,
    runtime: RuntimeProfile,
    memory: Memory,
    cpu: Cpu,
    flight: Calls,
    *,
    pool: int,
    connections: int,
) -> Capacity:
    """Sessions that one pod serves: its target, unless a resource of the pod is used up before.

    :param pool: connections of one pod, 0 without a database server.
    :param connections: those and the ones to the state store.
    """
    allowed: dict[str, int | None] = {
        "memory": memory.sessions(),
        "cpu": cpu_sessions(cpu, flight),
        "descriptors": descriptor_sessions(workload, runtime, flight, connections),
        "pool": pool_sessions(workload, flight, pool) if pool else None,
        "slots": _slot_sessions(workload, flight),
        "cpu target": target_sessions(workload, cpu) if bounds.autoscaled else None,
    }
    candidates = {name: min(value, COUNTLESS_SESSIONS) for name, value in allowed.items() if value is not None}
    if not candidates:
        candidates = {"target": workload.sessions_per_pod}
    binding = min(candidates, key=lambda name: candidates[name])
    limit = candidates[binding]
    target = workload.sessions_per_pod
    value = max(1, min(target, limit))
    at = _whole_or_tenths(value / (1 + exact(workload.headroom_percent) / 100))
    listed = ", ".join(f"{name} {number}" for name, number in candidates.items())
    return Capacity(
        sessions_per_pod_limit=figure(
            "sessions that a pod can hold",
            limit,
            "sessions",
            formula="the least of what memory, the heaviest calls, descriptors, pool, slots and the CPU target allow",
            working=f"{listed} → {binding} binds at {limit}",
            inputs=candidates,
            source="CPU and connections grow with the sessions; memory and descriptors beside a fixed part",
        ),
        sessions_per_pod_binding=binding,
        sessions_per_pod_candidates=MappingProxyType(candidates),
        assumed_candidates=tuple(name for name in candidates if name in _assumed(workload, runtime, flight)),
        sessions_per_pod=figure(
            "sessions per pod",
            value,
            "sessions",
            formula="min(target, limit), at least 1",
            working=f"target {target}, limit {limit} → {value}",
            inputs={"target": target, "limit": limit},
            source="a pod that cannot hold its target gets company instead",
        ),
        sessions_target=figure(
            "sessions per pod with the headroom free",
            at,
            "sessions",
            formula="⌊sessions per pod / (1 + headroom)⌋; below 10 to a tenth",
            working=f"{value} / {show(1 + exact(workload.headroom_percent) / 100)} → {show(at)}",
            inputs={"sessions per pod": value, "headroom percent": workload.headroom_percent},
            source="an autoscaler that fills its pods before it adds one has no headroom at any hour",
        ),
        calls_target=_calls_target(workload, flight, at),
    )


def _assumed(workload: Workload, runtime: RuntimeProfile, flight: Calls) -> frozenset[str]:
    """What may bind the sessions of a pod by numbers that nobody gave."""
    found = {"memory", "descriptors", "cpu", "cpu target"} if not runtime.known else set()
    if flight.assumed:
        found |= {"pool", "slots"}
        if workload.heavy_calls is None and workload.heavy_call_cpu_milliseconds is None:
            found |= {"cpu", "cpu target"}
    return frozenset(found)


def _whole_or_tenths(value: Fraction) -> Fraction:
    """Rounded down, but not so far that a small number becomes a much smaller one; a tenth at least."""
    if value >= 10:
        return Fraction(round_down(value))
    return max(Fraction(1, 10), Fraction(round_down(value * 10), 10))


def _calls_target(workload: Workload, flight: Calls, sessions: Fraction) -> Figure:
    """The mean calls in flight of a pod with so many sessions; a tenth at least, which an autoscaler can divide by."""
    mean = flight.mean * sessions / workload.sessions_per_pod
    value = max(Fraction(1, 10), Fraction(round_down(mean * 10), 10))
    return figure(
        "calls in flight per pod with the headroom free",
        value,
        "calls",
        formula="mean calls in flight × sessions with the headroom free / sessions of the workload, at least 0.1",
        working=f"{show(flight.mean)} × {show(sessions)} / {workload.sessions_per_pod} → {show(value)}",
        inputs={
            "mean calls in flight": float(flight.mean),
            "sessions": float(sessions),
            "sessions of the workload": workload.sessions_per_pod,
        },
        source="Little's law: calls in flight = calls per second × duration",
    )


def _slot_sessions(workload: Workload, flight: Calls) -> int | None:
    """Sessions whose calls keep the slots of a pod below the planned utilisation; ``None`` without slots."""
    if workload.call_slots is None or not flight.mean:
        return None
    room = workload.call_slots * Fraction(SLOT_UTILISATION_PERCENT, 100)
    return round_down(room * workload.sessions_per_pod / flight.mean)


def replicas(
    workload: Workload,
    database: Database | None,
    bounds: Bounds,
    load: Sessions,
    held: Capacity,
    *,
    allowed: int | None,
    cpu_request: int,
    memory_request: Fraction,
) -> Replicas:
    """The numbers of pods.

    :param held: sessions of one pod, and what binds them.
    :param allowed: the greatest maximum that the database bears, ``None`` if it does not matter.
    :param cpu_request: CPU request of one pod, in millicores.
    :param memory_request: memory request of one pod, in MiB.
    """
    per_pod = int(held.sessions_per_pod.value)
    steady_binding = "load" if per_pod == workload.sessions_per_pod else held.sessions_per_pod_binding
    average = _average(workload, load, per_pod)
    steady = _pods("pods for the planned sessions", load.planned_sessions, 1, per_pod)
    burst = _pods("pods for a burst", load.planned_sessions, BURST_FACTOR, per_pod)
    least, least_binding = _minimum(bounds, int(average.value), int(steady.value))
    most = _maximum(bounds, int(least.value), int(steady.value))
    if bounds.min_replicas is None and least.value > most.value:
        least, least_binding = _not_above(least, int(most.value)), "maximum"
    candidates = {"load": MAXIMUM_FACTOR * int(steady.value), "minimum": int(least.value)}
    if allowed is not None:
        candidates["database"] = allowed
    quota = _quota(database, bounds, cpu_request, memory_request)
    if quota is not None:
        candidates["quota"] = quota
    surge = _surge(bounds, most)
    return Replicas(
        average_replicas=average,
        steady_replicas=steady,
        burst_replicas=burst,
        steady_replicas_binding=steady_binding,
        min_replicas=least,
        min_replicas_binding=least_binding,
        max_replicas=most,
        max_replicas_binding=_binding(bounds, candidates),
        max_replicas_candidates=MappingProxyType(
            {**({"given": bounds.max_replicas} if bounds.max_replicas is not None else {}), **candidates}
        ),
        surge_pods=surge,
        pods_at_maximum=_pods_at_maximum(bounds, int(most.value), int(surge.value)),
    )


def _surge(bounds: Bounds, most: Figure) -> Figure:
    if bounds.surge_count is not None:
        return given("surge", bounds.surge_count, "pods")
    exactly = exact(most.value) * bounds.surge_percent / 100
    value = round_up(exactly)
    return figure(
        "surge",
        value,
        "pods",
        formula="⌈maximum × maxSurge⌉",
        working=f"{show(most.value)} × {show(Fraction(bounds.surge_percent, 100))} {equals(exactly, value)}",
        inputs={"maximum": most.value, "surge percent": bounds.surge_percent},
        source="Kubernetes rounds maxSurge up; new pods start before old ones go",
    )


def _pods_at_maximum(bounds: Bounds, most: int, surge: int) -> Figure:
    value = most * bounds.colours + surge
    colours = f" × {bounds.colours} colours" if bounds.colours > 1 else ""
    return figure(
        "pods at the maximum during a rollout",
        value,
        "pods",
        formula="maximum × colours + surge",
        working=f"{show(most)}{colours} + {show(surge)} = {show(value)}",
        inputs={"maximum": most, "surge": surge, "colours": bounds.colours},
        source="a quota that holds less stops a rollout half-way",
    )


def _pods(name: str, planned: Figure, factor: int, per_pod: int) -> Figure:
    exactly = exact(planned.value) * factor / per_pod
    times = f"{factor} × " if factor > 1 else ""
    return figure(
        name,
        max(1, round_up(exactly)),
        "pods",
        formula=f"⌈{times}planned sessions / sessions per pod⌉",
        working=f"{times}{show(planned.value)} / {per_pod} {equals(exactly, max(1, round_up(exactly)))}",
        inputs={"planned sessions": planned.value, "sessions per pod": per_pod, "factor": factor},
        source="sizing guide: headroom for a burst of twice the load" if factor > 1 else "sized for the peak",
    )


def _average(workload: Workload, load: Sessions, per_pod: int) -> Figure:
    factor = 1 + exact(workload.headroom_percent) / 100
    exactly = load.average * factor / per_pod
    # ⌈⌈x⌉ / n⌉ is ⌈x / n⌉: only what is nothing beside a large load is left out, as it is at the peak.
    pods = max(1, round_up(Fraction(whole_sessions(load.average * factor), per_pod)))
    return figure(
        "pods for the mean of the day",
        pods,
        "pods",
        formula="⌈average sessions × (1 + headroom) / sessions per pod⌉",
        working=f"{show(load.average_sessions.value)} × {show(factor)} / {per_pod} {equals(exactly, pods)}",
        inputs={
            "average sessions": load.average_sessions.value,
            "headroom percent": workload.headroom_percent,
            "sessions per pod": per_pod,
        },
        source="the load that is always there is served without waiting for the autoscaler",
    )


def _minimum(bounds: Bounds, average: int, steady: int) -> tuple[Figure, str]:
    """The least number of pods, and what asks for it; each reason stands in the working."""
    if bounds.min_replicas is not None:
        return given("minimum", bounds.min_replicas, "pods"), "given"
    reasons = {"mean of the day": average}
    if bounds.production:
        reasons["production"] = PRODUCTION_MINIMUM
        reasons["mean after the loss of a node"] = average + 1
        if bounds.zones > 1:
            reasons["mean after the loss of a zone"] = round_up(Fraction(average * bounds.zones, bounds.zones - 1))
        if bounds.zones >= ZONE_MINIMUM and steady > 1:
            reasons["one pod in each of three zones"] = ZONE_MINIMUM
    binding = max(reasons, key=lambda reason: reasons[reason])
    value = reasons[binding]
    least = figure(
        "minimum",
        value,
        "pods",
        formula="the greatest of these: pods for the mean; in production 2, the mean and one, the mean × zones / "
        "(zones - 1), and 3 in three zones if the peak needs more than one pod",
        working=", ".join(f"{reason} {show(pods)}" for reason, pods in reasons.items()) + f" → {show(value)}",
        inputs={**reasons, "zones": bounds.zones},
        source="two pods survive a drain; with three, a zone may fail and a node still be drained; a rollout takes "
        "none away, since maxUnavailable is 0",
    )
    return least, binding


def _maximum(bounds: Bounds, least: int, steady: int) -> Figure:
    if bounds.max_replicas is not None:
        return given("maximum", bounds.max_replicas, "pods")
    value = max(MAXIMUM_FACTOR * steady, least)
    working = f"{MAXIMUM_FACTOR} × {show(steady)} = {show(MAXIMUM_FACTOR * steady)}"
    if value > MAXIMUM_FACTOR * steady:
        working += f", not below the minimum {show(least)}"
    return figure(
        "maximum",
        value,
        "pods",
        formula="3 × pods for the planned sessions, not below the minimum; this holds a burst of 2 × too",
        working=working,
        inputs={"steady": steady, "minimum": least},
        source="sizing guide: 3 to 5 times the steady state; the least, since every pod costs connections",
    )


def _not_above(least: Figure, most: int) -> Figure:
    """A derived minimum gives way to a given maximum; two given values stay as they are."""
    return figure(
        least.name,
        most,
        least.unit,
        formula=f"{least.formula}; not above a given maximum",
        working=f"{least.working}, but the given maximum is {most}",
        inputs={**least.inputs, "maximum": most},
        source=least.source,
    )


def _quota(database: Database | None, bounds: Bounds, cpu_request: int, memory_request: Fraction) -> int | None:
    """The greatest maximum that, with its surge, fits the namespace's quota beside the pooler; ``None`` without one."""
    poolers = POOLER_GENERATIONS * database.pooler_instances if database is not None and database.pooled else 0
    rooms = []
    if bounds.quota_pods is not None:
        rooms.append(bounds.quota_pods - poolers)
    if bounds.quota_cpu_millicores is not None and cpu_request:
        rooms.append((bounds.quota_cpu_millicores - poolers * bounds.pooler_cpu_millicores) // cpu_request)
    if bounds.quota_memory_bytes is not None and memory_request:
        room = bounds.quota_memory_bytes - poolers * bounds.pooler_memory_bytes
        rooms.append(round_down(Fraction(room, _MIB) / memory_request))
    return bounds.most_within(max(0, min(rooms)), bounds.colours) if rooms else None


def _binding(bounds: Bounds, candidates: Mapping[str, int]) -> str:
    """The first bound on the way up: the database or the quota if they allow less than the load asks for."""
    if bounds.max_replicas is not None:
        return "given"
    wanted = "load" if candidates["load"] >= candidates["minimum"] else "minimum"
    ceilings = {name: candidates[name] for name in ("database", "quota") if name in candidates}
    tightest = min(ceilings, key=lambda name: ceilings[name], default=None)
    return tightest if tightest is not None and ceilings[tightest] < candidates[wanted] else wanted
