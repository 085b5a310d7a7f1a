"""From what the metrics APIs answer to samples (pkg/controller/podautoscaler/metrics/client.go).

A simulator that already counts in milli-units makes :class:`MetricSample` itself and needs none of this.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .arithmetic import wrap64
from .model import MetricSample

NANO_PER_MILLI = 10**6


@dataclass(frozen=True, slots=True, kw_only=True)
class PodUsage:
    """What the resource metrics API says of one pod, measured in the ``window`` seconds up to ``timestamp``."""

    timestamp: float
    window: float
    containers: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Container to resource to usage in nano-units: 1 core, or 1 byte, is 10⁹."""


def milli_of_nano(value: int) -> int:
    """Whole milli-units of a number of nano-units, rounded away from zero (quantity.go, MilliValue)."""
    whole = -(-abs(value) // NANO_PER_MILLI)
    return whole if value >= 0 else -whole


def resource_samples(usages: Mapping[str, PodUsage], resource: str, container: str = "") -> dict[str, MetricSample]:
    """Samples of one resource, of whole pods or of one container of each, by pod (getPodMetrics, getContainerMetrics).

    Each container is rounded up before the sum. A pod of which any container has no usage has no sample.
    """
    samples = {}
    for name, usage in usages.items():
        parts = usage.containers
        if container:
            parts = {container: parts[container]} if container in parts else {}
        if parts and all(resource in part for part in parts.values()):
            value = wrap64(sum(milli_of_nano(part[resource]) for part in parts.values()))
            samples[name] = MetricSample(value, usage.timestamp, usage.window)
    return samples
