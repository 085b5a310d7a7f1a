"""KEDA between the metrics and the autoscaler: caches, failures, fallback, and the step between none and one pod.

``tests/cluster/test_keda_scaling.py`` holds KEDA 2.21 to what is done here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from . import hpa
from .policy import Keda, Source

MILLI = 1000
Ask = Callable[[Source], float | None]
"""The answer to a query: ``None`` is an empty one, and MetricError none at all."""
OUTSIDE = 0.0
"""What a cron trigger reports outside its window, when it is not active."""


class Operator:
    """KEDA for one ScaledObject."""

    def __init__(self, keda: Keda, metrics: Sequence[hpa.MetricSpec], sources: Sequence[Source]) -> None:
        self.keda, self.metrics, self.sources = keda, metrics, sources
        self.failures = [0] * len(sources)
        """Consecutive failures of each metric, as the status of the ScaledObject counts them."""
        self.cache: list[float | None] = [None] * len(sources)
        """Values of the last poll; ``None`` where it failed."""
        self.active_at = 0.0
        """When something was active last."""

    def poll(self, now: float, ask: Ask, replicas: int) -> int:
        """A poll, every polling interval: values for the cache, and the replicas after what is decided from them.

        Only the step from none to the minimum and back is KEDA's; all between is the autoscaler's.
        """
        if now % self.keda.polling_seconds:
            return replicas
        active = failed = False
        for place, source in enumerate(self.sources):
            if not source.external:
                continue
            value = _try(ask, source)
            self.cache[place] = value
            failed = failed or value is None
            if value is None and self.failures[place]:
                # While the autoscaler has no metric KEDA asks by itself as well, and counts that too.
                self.failures[place] += 1
            least = OUTSIDE if source.window is not None else source.activation
            active = active or (value is not None and value > least)
        if active:
            self.active_at = now
            return max(replicas, 1)
        if failed and (self.keda.fallback is None or self.keda.fallback.replicas):
            # Who does not know whether anything is active takes no pod away.
            return replicas
        if self.keda.to_zero and replicas and now - self.active_at >= self.keda.cooldown_seconds:
            return 0
        return replicas

    def read(self, place: int, ask: Ask, replicas: int, ready: int) -> hpa.Reading:
        """What the autoscaler gets when it asks for a metric: KEDA asks on, unless the metric is cached."""
        source = self.sources[place]
        value = self.cache[place] if source.cached else _try(ask, source)
        if value is not None:
            self.failures[place] = 0
            return [round(value * MILLI)]
        self.failures[place] += 1
        fallback = self.keda.fallback
        if fallback is None or self.failures[place] <= fallback.failures:
            return hpa.MetricError("the metric could not be had")
        target, wanted = self.metrics[place].target, fallback.wanted(replicas)
        if target.kind == "Value":
            return [round(target.value * wanted / ready)] if ready else hpa.MetricError("no pod is ready")
        return [target.value * wanted]


def _try(ask: Ask, source: Source) -> float | None:
    """A value, or ``None`` for a failure; an empty answer is one unless nulls count as 0."""
    try:
        value = ask(source)
    except hpa.MetricError:
        return None
    return 0.0 if value is None and source.null_is_zero else value
