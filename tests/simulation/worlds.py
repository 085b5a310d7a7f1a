"""Small worlds for the tests of the simulation: pods whose numbers are easy to reckon with, and policies."""

from __future__ import annotations

from typing import Any

from pulumi_kubernetes_mcp.simulation import hpa
from pulumi_kubernetes_mcp.simulation.pods import PodModel
from pulumi_kubernetes_mcp.simulation.policy import Fallback, Keda, Policy, Source
from pulumi_kubernetes_mcp.simulation.waits import Stop, Waits

CALLS_PER_SESSION = 0.25
CALL_SECONDS = 1.0
SERVERS = 2
SERVICE = 0.1
"""Two servers of 100 ms: 20 calls a second, so 80 sessions fill a pod."""


def pods(*, sticky: float = 0.0, servers: int = SERVERS, objective: float = 1.0, **changed: Any) -> PodModel:
    """A pod that finishes 10 calls a second with each of its servers."""
    calls = changed.pop("calls_per_session", CALLS_PER_SESSION)
    seconds = changed.pop("call_seconds", CALL_SECONDS)
    values: dict[str, Any] = {
        "sticky": sticky,
        "calls_per_session": calls,
        "call_seconds": seconds,
        "waits": Waits(
            [Stop(servers=servers, service=SERVICE)],
            objective=objective,
            calls_per_session=calls,
            call_seconds=seconds,
            sticky=sticky > 0,
        ),
        "base_cpu": 100.0,
        "cpu_per_call": 100.0,
        "cpu_limit": 2500.0,
        "cpu_request": 1000.0,
        "base_memory": 100.0,
        "session_memory": 1.0,
        "memory_request": 200.0,
        "session_cap": 1e6,
        "pre_stop_seconds": 30.0,
        "graceful_seconds": 60.0,
        "cut_share": sticky,
    }
    return PodModel(**{**values, **changed})


def by_cpu(percent: int, minimum: int, maximum: int, **rest: Any) -> Policy:
    """A HorizontalPodAutoscaler on CPU."""
    metric = hpa.MetricSpec("Resource", "cpu", hpa.Target("Utilization", percent))
    return Policy(
        name="by cpu",
        spec=hpa.HpaSpec(min_replicas=minimum, max_replicas=maximum, metrics=(metric,), **rest),
        sources=(Source(measure="cpu", external=False),),
    )


def by_sessions(
    per_pod: int,
    minimum: int,
    maximum: int,
    *,
    fallback: Fallback | None = None,
    source: Source | None = None,
    keda: Keda | None = None,
    **rest: Any,
) -> Policy:
    """A ScaledObject on sessions."""
    metric = hpa.MetricSpec("External", "s0-prometheus", hpa.Target("AverageValue", per_pod * 1000))
    return Policy(
        name="by sessions",
        spec=hpa.HpaSpec(min_replicas=minimum, max_replicas=maximum, metrics=(metric,), **rest),
        sources=(source or Source(measure="sessions"),),
        keda=keda or Keda(fallback=fallback),
    )


def pace(
    up: int = 4, down: int = 1, *, up_window: int = 0, down_window: int = 300, up_period: int = 60, period: int = 60
) -> hpa.Behavior:
    """So many pods up and down in a period."""
    return hpa.Behavior(
        up=hpa.ScalingRules(policies=(hpa.Policy("Pods", up, up_period),), window=up_window),
        down=hpa.ScalingRules(policies=(hpa.Policy("Pods", down, period),), window=down_window),
    )


AT_ONCE = hpa.Behavior(
    up=hpa.ScalingRules(policies=(hpa.Policy("Pods", 1000, 15),)),
    down=hpa.ScalingRules(policies=(hpa.Policy("Percent", 100, 15),), window=0),
)
"""As fast as the autoscaler can."""
