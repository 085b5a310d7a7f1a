"""What a load test asks to change in a stack, and what the plan says of the change. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ..kubernetes import quantities as units
from ..server_plan import ServerPlan, plan_server, resources
from .judgement import knee, trend
from .results import Outcome
from .scenarios import STEPS_TO_KNEE

KEY = "mcp:workload.sessionsPerPod"
OFF_PLAN = 0.1
"""A knee within a tenth of the plan confirms it: the steps are a quarter of it apart."""


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """Changes, best first, in words and as data."""

    texts: tuple[str, ...]
    data: dict[str, Any] = field(default_factory=dict)
    memory_limit_mib: float | None = None
    """The limit of the server's container."""


def propose(server: ServerPlan, outcome: Outcome) -> Proposal:
    """What the outcome asks of the stack."""
    limit = units.parse_memory(resources(server)["limits"].get("memory", "0")) / units.MIB or None
    texts: list[str] = []
    data: dict[str, Any] = {}
    texts += _sessions(server, outcome, data)
    texts += _memory(outcome, limit)
    return Proposal(texts=tuple(texts), data=data, memory_limit_mib=limit)


def _sessions(server: ServerPlan, outcome: Outcome, data: dict[str, Any]) -> Iterator[str]:
    if outcome.plan["scenario"] != STEPS_TO_KNEE:
        return
    found = knee(outcome)
    per_pod = found.sessions_per_pod
    planned = int(server.plan.capacity.sessions_per_pod.value)
    if per_pod is None or (found.first is None and per_pod <= planned):
        return
    if abs(per_pod - planned) <= OFF_PLAN * planned:
        yield f"Nothing of the sessions per pod: {per_pod} were found, {planned} are planned."
        return
    asked = server.settings.workload.sessions_per_pod
    if per_pod > planned and planned < asked:
        binding = server.plan.capacity.sessions_per_pod_binding
        yield (
            f"The plan takes {planned} of the {asked} sessions per pod that are asked for, bound by {binding}, and the "
            "test "
            f"saw {per_pod} served: measure the server (mcp-stack measure), so that the plan counts with what it takes."
        )
        return
    changed = with_sessions_per_pod(server, per_pod)
    target = max(1, int(changed.plan.capacity.sessions_target.value))
    held = int(changed.plan.capacity.sessions_per_pod.value)
    data |= {
        "key": KEY,
        "sessionsPerPod": per_pod,
        "targetPerPod": target,
        "minReplicas": changed.replicas,
        "maxReplicas": changed.max_replicas,
        "plannedSessionsPerPod": held,
        "binding": changed.plan.capacity.sessions_per_pod_binding,
    }
    at_least = "" if found.first is not None else " at least"
    bound = (
        ""
        if held == per_pod
        else f", of which the plan allows {held} ({changed.plan.capacity.sessions_per_pod_binding})"
    )
    yield (
        f"{KEY}: {per_pod} instead of {server.settings.workload.sessions_per_pod}: a pod serves{at_least} so "
        f"many{bound}. "
        f"Pods are then added at {target} sessions each, and their number goes from {_pods(server)} to "
        f"{_pods(changed)}."
    )


def with_sessions_per_pod(server: ServerPlan, number: int) -> ServerPlan:
    """The same server, planned with another number of sessions of a pod."""
    workload = server.settings.workload.model_copy(update={"sessions_per_pod": number})
    return plan_server(server.settings.model_copy(update={"workload": workload}))


def _pods(server: ServerPlan) -> str:
    return f"{server.replicas} to {server.max_replicas}" if server.autoscaled else str(server.replicas)


def _memory(outcome: Outcome, limit: float | None) -> Iterator[str]:
    found = trend(outcome)
    if found is None or not found.growing:
        return
    hours = None if limit is None else found.hours_to(limit)
    until = (
        "" if hours is None or limit is None else f": at {limit:,.0f} MiB the container is killed, after {hours:,.1f} h"
    )
    yield (
        f"Mend the leak, or the cache without a bound: memory grows {found.mib_per_hour:,.1f} MiB an hour under a load "
        "that "
        f"stands still{until}. A larger limit only moves the time."
    )
