"""Settings that our own are held against: those of the public guides, and plain ones."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from . import hpa
from .policy import Keda, Policy, Source

PLAIN_PERCENT = 80
"""Target of the metric that the API server adds to an autoscaler that names none."""
GUIDE_SESSIONS = 50
GUIDE_WINDOW = hpa.ScalingRules(policies=(hpa.Policy("Pods", 1, 60),), window=300)


def fixed(name: str, replicas: int, **rest: Any) -> Policy:
    """No autoscaler: so many pods all the time."""
    spec = hpa.HpaSpec(max_replicas=max(1, replicas), min_replicas=max(1, replicas))
    return Policy(name=name, spec=spec, sources=(Source(measure="cpu", external=False),), fixed=replicas, **rest)


def cpu_only(name: str, percent: int, minimum: int, maximum: int, *, memory: int | None = None, **rest: Any) -> Policy:
    """A HorizontalPodAutoscaler on CPU, and on memory if asked, without a behavior: the API's own pace."""
    metrics = [hpa.MetricSpec("Resource", "cpu", hpa.Target("Utilization", percent))]
    sources = [Source(measure="cpu", external=False)]
    if memory is not None:
        metrics.append(hpa.MetricSpec("Resource", "memory", hpa.Target("Utilization", memory)))
        sources.append(Source(measure="memory", external=False))
    spec = hpa.HpaSpec(
        max_replicas=maximum, min_replicas=minimum, metrics=tuple(metrics), behavior=rest.pop("behavior", None)
    )
    return Policy(name=name, spec=spec, sources=tuple(sources), **rest)


def plain(minimum: int, maximum: int) -> Policy:
    """What most services have: CPU 80 %, and nothing else said, with the bounds of the stack."""
    return cpu_only(f"plain CPU {PLAIN_PERCENT} %", PLAIN_PERCENT, minimum, maximum)


def guides(*, sessions: bool) -> Policy:
    """What the public guides say: CPU 60 % and memory 70 %, or KEDA with a mean per pod and no fallback."""
    behavior = hpa.Behavior(
        up=hpa.ScalingRules(policies=(hpa.Policy("Pods", 4, 60),), window=0),
        down=replace(GUIDE_WINDOW, window=600) if sessions else GUIDE_WINDOW,
    )
    if not sessions:
        return cpu_only("public guides", 60, 2, 20, memory=70, behavior=behavior)
    metric = hpa.MetricSpec("External", "s0-prometheus", hpa.Target("AverageValue", GUIDE_SESSIONS * 1000))
    spec = hpa.HpaSpec(max_replicas=20, min_replicas=2, metrics=(metric,), behavior=behavior)
    # The query is sum / count, and KEDA divides once more: the documented mistake is part of the guide.
    source = Source(measure="sessions", average=True, null_is_zero=True)
    return Policy(name="public guides", spec=spec, sources=(source,), keda=Keda())


def bounded(policy: Policy, minimum: int, maximum: int) -> Policy:
    """The same settings with other bounds, as a person would give them for another size of service."""
    if policy.fixed is not None:
        return replace(policy, fixed=minimum)
    return replace(policy, spec=replace(policy.spec, min_replicas=minimum, max_replicas=maximum))
