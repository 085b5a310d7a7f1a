"""Whether what a stack says about its autoscaler fits the plan, and whether anything reads it."""

from __future__ import annotations

from fractions import Fraction

from pydantic.alias_generators import to_camel

from ... import wiring
from ...autoscaling.args import autoscaler_spec, chosen_kind, followed
from ...autoscaling.spec import GLOBAL_TOLERANCE
from ...server_plan import ServerPlan, figure
from .. import metrics, scaling
from ..doors import in_keys
from ..model import Finding

AUTOSCALERS = (
    "follow", "target_per_pod", "dialect", "query", "sessions_metric", "authentication", "metrics", "schedules",
    "fallback_replicas", "fallback_failures", "polling_seconds", "scale_up", "scale_down", "scale_down_window_seconds",
    "memory_percent_of_request", "hpa_name", "take_over", "start_replicas", "prometheus_address", "patches",
)  # fmt: skip
"""Keys of mcp:scaling that only an autoscaler reads."""
BOUNDS = ("min_replicas", "max_replicas")
"""Those that nothing reads beside a fixed number either."""


def unread_findings(server: ServerPlan) -> list[Finding]:
    """Keys of mcp:scaling that are given although there is no autoscaler."""
    given = server.settings.scaling
    if server.autoscaled:
        return []
    keys = [*AUTOSCALERS, *(BOUNDS if given.replicas is not None else ())]
    found = scaling.unread_findings(
        {
            key: value
            for key in keys
            if key in given.model_fields_set and (value := getattr(given, key)) not in (None, [], False)
        },
        why="autoscaler is 'none'",
        instead="choose another autoscaler",
    )
    return in_keys(found, {key: f"mcp:scaling.{to_camel(key)}" for key in keys})


def target_findings(server: ServerPlan) -> list[Finding]:
    """Whether the target is one that a pod can hold, and that the maximum can reach."""
    target = server.settings.scaling.target_per_pod
    if target is None or not server.autoscaled:
        return []
    args = wiring.known_autoscaling_args(server)
    if chosen_kind(args) != "keda" or followed(args) not in ("sessions", "streams"):
        return []
    up, capacity = server.settings.scaling.scale_up, server.plan.capacity
    given = None if up is None else up.tolerance
    known = server.era_profile.sessions and "memory" not in capacity.assumed_candidates
    return scaling.target_findings(
        refused=capacity.sessions_per_pod_candidates.get("memory") if known else None,
        tolerance=GLOBAL_TOLERANCE if given is None else given,
        target=target,
        held=figure(server.plan.capacity.sessions_per_pod_limit),
        planned=figure(server.plan.load.planned_sessions),
        maximum=server.max_replicas,
        path="mcp:scaling.targetPerPod",
    )


def rest_findings(server: ServerPlan) -> list[Finding]:
    """Whether the targets of CPU and memory are ones that a pod without load stays below."""
    if not server.autoscaled:
        return []
    plan, scaling_keys = server.plan, server.settings.scaling
    target = float(plan.cpu.cpu_target_millicores.value)
    path = "mcp:scaling.cpuPercentOfLimit"
    found = []
    if target > scaling.IDLE_MILLICORES:  # What is not above it the autoscaler's own check refuses.
        rest = min(float(plan.cpu.base), scaling.BESIDE_CALLS_MILLICORES)
        found = scaling.rest_findings(what="CPU", unit="millicores", target=target, rest=rest, path=path)
        pods = Fraction(figure(plan.load.planned_sessions), server.settings.workload.sessions_per_pod)
        busy = rest + float(plan.cpu.calls * pods / server.max_replicas)
        if server.max_replicas >= figure(plan.replicas.steady_replicas):  # What is below that says more (MCP210).
            found = found or scaling.peak_findings(target=target, busy=busy, maximum=server.max_replicas, path=path)
    percent = scaling_keys.memory_percent_of_request
    if percent is not None:
        found += scaling.rest_findings(
            what="memory",
            unit="MiB",
            target=float(plan.memory.request_mib) * percent / 100,
            rest=server.runtime.baseline_mib,
            path="mcp:scaling.memoryPercentOfRequest",
        )
    return found


def gateway_findings(server: ServerPlan) -> list[Finding]:
    """Whether the route exists that the dialect of Envoy Gateway counts at."""
    if (
        not server.autoscaled
        or server.settings.edge.kind != "ingress"
        # Of another controller the autoscaler's own check says it.
        or server.settings.edge.implementation != "envoy-gateway"
    ):
        return []
    args = wiring.known_autoscaling_args(server)
    if autoscaler_spec(args).source is None or args.query is not None:
        return []
    return metrics.gateway_findings(
        dialect=server.settings.scaling.dialect, implementation="an Ingress", path="mcp:scaling.dialect"
    )
