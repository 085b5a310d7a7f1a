"""What moves the number of pods: an autoscaler, and where each of its metrics comes from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from . import hpa
from .cron import Window

Follows = Literal["cpu", "memory", "sessions", "in-flight", "calls", "cron", "unknown"]
"""What a metric measures. 'calls' are calls per second; 'unknown' can never be had."""
FallbackBehavior = Literal["static", "currentReplicas", "currentReplicasIfHigher", "currentReplicasIfLower"]


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where one metric of the autoscaler comes from, and how it behaves when it fails."""

    measure: Follows
    average: bool = False
    """Whether the query divides by the number of pods itself, as the mistake avg(...) with AverageValue does."""
    null_is_zero: bool = False
    """KEDA's ignoreNullValues, whose default is true: an empty answer counts as 0 and not as a failure."""
    window: Window | None = None
    """The window of a cron trigger."""
    windows: tuple[Window, ...] = ()
    """Those of several such triggers that are asked as one: see :func:`joined`."""
    external: bool = True
    """Whether it comes from Prometheus or KEDA, and not from the metrics server."""
    per_pod: bool = False
    """Whether it is a Pods metric: an adapter gives it for each pod."""
    cached: bool = False
    """KEDA's useCachedMetrics: the value is that of the last poll."""
    activation: float = 0.0
    """KEDA's activationThreshold: above it the workload is active, which matters between none and one pod."""
    rate_seconds: float = 120.0
    """Window of a rate."""
    step: tuple[float, float] | None = None
    """Above which value it says which other one, and 0 up to it; ``None``: what it measures."""

    def says(self, value: float) -> float:
        """What the query answers where so much is measured."""
        if self.step is None:
            return value
        above, other = self.step
        return other if value > above else 0.0


@dataclass(frozen=True, kw_only=True)
class Fallback:
    """KEDA's fallback: what it reports when a metric has failed too often."""

    failures: int
    """failureThreshold: consecutive failures that are still passed on as errors."""
    replicas: int
    behavior: FallbackBehavior = "static"

    def wanted(self, current: int) -> int:
        """Replicas that the failed metric stands for."""
        if self.behavior == "currentReplicas":
            return current
        if self.behavior == "currentReplicasIfHigher":
            return max(current, self.replicas)
        if self.behavior == "currentReplicasIfLower":
            return min(current, self.replicas)
        return self.replicas


@dataclass(frozen=True, kw_only=True)
class Keda:
    """What a ScaledObject says besides the autoscaler that KEDA makes of it."""

    polling_seconds: float = 30.0
    cooldown_seconds: float = 300.0
    """How long nothing must be active before the last pod goes."""
    to_zero: bool = False
    """minReplicaCount or idleReplicaCount 0: without activity no pod runs."""
    fallback: Fallback | None = None


@dataclass(frozen=True, kw_only=True)
class Drain:
    """How pods end under settings that come with a drain of their own."""

    pre_stop_seconds: float
    graceful_seconds: float


@dataclass(frozen=True, kw_only=True)
class Policy:
    """An autoscaler with everything that the simulation needs of it."""

    name: str
    spec: hpa.HpaSpec
    sources: tuple[Source, ...]
    """One for each metric of the spec, in its order."""
    keda: Keda | None = None
    """Set where KEDA made the autoscaler."""
    fixed: int | None = None
    """No autoscaler: so many pods all the time."""
    drain: Drain | None = None
    """How pods end, instead of the model's own."""
    notes: tuple[str, ...] = ()
    """What the simulation could not take over from a manifest."""

    @property
    def asks_prometheus(self) -> bool:
        """Whether it moves by something that Prometheus answers."""
        return self.fixed is None and any(one.external and one.measure != "cron" for one in self.sources)

    @property
    def asks_pods(self) -> bool:
        """Whether it moves by what the metrics server answers: CPU or memory of the pods."""
        return self.fixed is None and any(not one.external for one in self.sources)

    def __post_init__(self) -> None:
        if len(self.sources) != len(self.spec.metrics):
            raise ValueError(f"{self.name}: {len(self.spec.metrics)} metrics and {len(self.sources)} sources")

    @property
    def minimum(self) -> int:
        """Fewest pods."""
        return self.spec.min_replicas if self.fixed is None else self.fixed

    @property
    def maximum(self) -> int:
        """Most pods."""
        return self.spec.max_replicas if self.fixed is None else self.fixed


def joined(policy: Policy) -> Policy:
    """The same with all cron triggers as one, which says the highest of their floors.

    Nothing else is decided: such a trigger never fails, and of several proposals the autoscaler takes the greatest. A
    floor within the tolerance of the present number proposes that number; a higher one then proposes no less.
    """
    crons = [
        place
        for place, (metric, source) in enumerate(zip(policy.spec.metrics, policy.sources, strict=True))
        if source.measure == "cron" and source.window is not None and metric.target.kind == "AverageValue"
    ]
    if len(crons) < 2:
        return policy
    floors = tuple(window for place in crons if (window := policy.sources[place].window) is not None)
    first, others = crons[0], frozenset(crons[1:])
    sources = [
        replace(source, windows=floors) if place == first else source
        for place, source in enumerate(policy.sources)
        if place not in others
    ]
    metrics = tuple(metric for place, metric in enumerate(policy.spec.metrics) if place not in others)
    return replace(policy, spec=replace(policy.spec, metrics=metrics), sources=tuple(sources))
