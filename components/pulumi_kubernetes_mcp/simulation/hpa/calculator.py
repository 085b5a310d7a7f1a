"""How many replicas one metric asks for (pkg/controller/podautoscaler/replica_calculator.go).

Counts are replicas, values milli-units, utilizations percent of the request. The order of the operations is the
controller's, since its float64 and its truncated integers decide at the edges.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, cast

from .arithmetic import MAX_INT32, MAX_INT64, ceil32, ceil64, divide, ratio, wrap32, wrap64
from .clock import Seconds
from .model import (
    CPU,
    ControllerConfig,
    GroupSamples,
    MetricError,
    MetricSpec,
    Observation,
    Reading,
    Tolerances,
)
from .pods import Need, Tally, ready_in_groups, ready_pods, tally_groups, tally_pods


class Proposal(NamedTuple):
    """The replicas that a metric asks for and the figure that the status shows for it.

    ``usage`` is in milli-units, per pod or in total as the target is; ``utilization`` in percent of the request.
    """

    replicas: int
    usage: int
    utilization: int | None = None


def utilization_replicas(tally: Tally, current: int, target: int, tolerances: Tolerances) -> Proposal:
    """Replicas for a target in percent of the request (GetResourceReplicas).

    ``current`` is ``spec.replicas``. ``MetricError`` where no pod has a sample or none requests anything.
    """
    if not tally.ready + tally.stray:
        raise MetricError("no samples of pods that count; they may be unready")
    utilization, average = _utilization(tally.usage, tally.request, tally.ready)
    usage_ratio = float(utilization) / float(target)
    with_unready = tally.unready > 0 and usage_ratio > 1.0
    if not with_unready and not tally.missing:
        wanted = current if tolerances.within(usage_ratio) else ceil32(usage_ratio * float(tally.ready))
        return Proposal(wanted, average, utilization)
    usage, request, samples = tally.usage, tally.request, tally.ready + tally.stray
    if tally.missing and usage_ratio != 1.0:
        usage += tally.missing_usage if usage_ratio < 1.0 else 0
        request += tally.missing_request
        samples += tally.missing
    if with_unready:
        request += tally.unready_request
        samples += tally.unready
    refilled, _ = _utilization(usage, request, samples)
    new_ratio = float(refilled) / float(target)
    return Proposal(_second_pass(usage_ratio, new_ratio, samples, current, tolerances), average, utilization)


def average_replicas(tally: Tally, current: int, target: int, tolerances: Tolerances) -> Proposal:
    """Replicas for a target in milli-units per pod, of a resource or a Pods metric (calcPlainMetricReplicas).

    ``current`` is ``spec.replicas``. ``MetricError`` where no pod has a sample.
    """
    usage, samples = tally.usage + tally.stray_usage, tally.ready + tally.stray
    if not samples:
        raise MetricError("no samples of pods that count; they may be unready")
    average = divide(wrap64(usage), samples)
    usage_ratio = float(average) / float(target)
    with_unready = tally.unready > 0 and usage_ratio > 1.0
    if not with_unready and not tally.missing:
        wanted = current if tolerances.within(usage_ratio) else ceil32(usage_ratio * float(tally.ready))
        return Proposal(wanted, average)
    if tally.missing and usage_ratio != 1.0:
        usage += tally.missing * target if usage_ratio < 1.0 else 0
        samples += tally.missing
    if with_unready:
        samples += tally.unready
    new_ratio = float(divide(wrap64(usage), samples)) / float(target)
    return Proposal(_second_pass(usage_ratio, new_ratio, samples, current, tolerances), average)


def _utilization(usage: int, request: int, samples: int) -> tuple[int, int]:
    """Percent of the request, and milli-units per pod (metrics/utilization.go, GetResourceUtilizationRatio)."""
    usage, request = wrap64(usage), wrap64(request)
    if not request:
        raise MetricError("no samples of known pods that request anything")
    return wrap32(divide(wrap64(usage * 100), request)), divide(usage, samples)


def _second_pass(first: float, second: float, samples: int, current: int, tolerances: Tolerances) -> int:
    """The decision after pods without a sample were filled in; it never goes against the first one."""
    if tolerances.within(second) or (first < 1.0 < second) or (second < 1.0 < first):
        return current
    wanted = ceil32(second * float(samples))
    if (second < 1.0 and wanted > current) or (second > 1.0 and wanted < current):
        return current
    return wanted


def value_replicas(usage: int, target: int, ready: int, current: int, tolerances: Tolerances) -> Proposal:
    """Replicas for a target in total, of an Object or External metric (getUsageRatioReplicaCount).

    ``ready`` is pods Running and Ready, ``current`` is ``spec.replicas``.
    """
    usage_ratio = ratio(usage, target)
    if not current:
        return Proposal(ceil32(usage_ratio), usage)
    if tolerances.within(usage_ratio):
        return Proposal(current, usage)
    wanted = usage_ratio * float(ready)
    return Proposal(MAX_INT32 if wanted > MAX_INT32 else ceil32(wanted), usage)


def object_average_replicas(usage: int, target: int, status_replicas: int, tolerances: Tolerances) -> Proposal:
    """Replicas for an Object metric with a target per pod (GetObjectPerPodMetricReplicas)."""
    wanted = status_replicas
    if not tolerances.within(ratio(usage, float(target) * float(status_replicas))):
        wanted = ceil32(ratio(usage, target))
    return Proposal(wanted, ceil64(ratio(usage, status_replicas)))


def external_average_replicas(usage: int, target: int, status_replicas: int, tolerances: Tolerances) -> Proposal:
    """Replicas for an External metric with a target per pod (GetExternalPerPodMetricReplicas)."""
    wanted = status_replicas
    if not tolerances.within(ratio(usage, float(target) * float(status_replicas))):
        whole = ratio(usage, target)
        wanted = MAX_INT32 if whole > MAX_INT32 else ceil32(whole)
    shown = MAX_INT64 if float(usage) >= float(MAX_INT64) else ceil64(ratio(usage, status_replicas))
    return Proposal(wanted, shown)


def external_sum(values: Iterable[int]) -> int:
    """Sum of all series for a target in total; an overflow stays at the largest int64 (GetExternalMetricReplicas)."""
    usage = 0
    for value in values:
        if value > 0 and usage > MAX_INT64 - value:
            return MAX_INT64
        usage = wrap64(usage + value)
    return usage


def external_average_sum(values: Iterable[int]) -> int:
    """Sum of all series for a target per pod (GetExternalPerPodMetricReplicas).

    A negative sum on the way is taken for an overflow: the largest int64.
    """
    usage = 0
    for value in values:
        usage = wrap64(usage + value)
        if usage < 0:
            return MAX_INT64
    return usage


def propose(
    spec: MetricSpec,
    reading: Reading,
    seen: Observation,
    now: Seconds,
    config: ControllerConfig,
    tolerances: Tolerances,
) -> Proposal:
    """What one metric of the spec asks for; ``MetricError`` where it cannot be had (computeReplicasForMetric)."""
    if isinstance(reading, MetricError):
        raise reading
    if spec.source == "Object":
        return _object(spec, reading, seen, tolerances)
    if spec.source == "External":
        return _external(spec, reading, seen, tolerances)
    target = spec.target
    resource = spec.name if spec.source != "Pods" else ""
    need = None
    if target.kind == "Utilization":
        need = Need(resource, spec.container, max(100, target.value))
    tally = _tally(reading, seen, now, config, cpu=resource == CPU, need=need)
    calculate = utilization_replicas if need else average_replicas
    return calculate(tally, seen.spec_replicas, target.value, tolerances)


def _tally(
    reading: Reading, seen: Observation, now: Seconds, config: ControllerConfig, *, cpu: bool, need: Need | None
) -> Tally:
    if seen.groups is not None:
        if not isinstance(reading, Sequence):
            raise TypeError("groups of pods need one sample, or None, for each group")
        return tally_groups(seen.groups, cast(GroupSamples, reading), now, config, cpu=cpu, need=need)
    if not isinstance(reading, Mapping):
        raise TypeError("pods need a mapping of their names to samples")
    if not reading:
        raise MetricError("no samples")
    return tally_pods(seen.pods, reading, now, config, cpu=cpu, need=need)


def _object(spec: MetricSpec, reading: Reading, seen: Observation, tolerances: Tolerances) -> Proposal:
    if not isinstance(reading, int):
        raise TypeError("the reading of an Object metric is one number of milli-units")
    if spec.target.kind == "AverageValue":
        return object_average_replicas(reading, spec.target.value, _status_replicas(seen), tolerances)
    return _value(reading, spec, seen, tolerances)


def _external(spec: MetricSpec, reading: Reading, seen: Observation, tolerances: Tolerances) -> Proposal:
    if not isinstance(reading, Sequence):
        raise TypeError("the reading of an External metric is the values of its series, in milli-units")
    values = cast(Sequence[int], reading)
    if not values:
        raise MetricError("no series")
    if spec.target.kind == "AverageValue":
        usage = external_average_sum(values)
        return external_average_replicas(usage, spec.target.value, _status_replicas(seen), tolerances)
    return _value(external_sum(values), spec, seen, tolerances)


def _value(usage: int, spec: MetricSpec, seen: Observation, tolerances: Tolerances) -> Proposal:
    """Pods are counted only where they matter: without any, a metric within tolerance is no error."""
    current, target = seen.spec_replicas, spec.target.value
    if not current or tolerances.within(ratio(usage, target)):
        return value_replicas(usage, target, 0, current, tolerances)
    ready = ready_pods(seen.pods) if seen.groups is None else ready_in_groups(seen.groups)
    return value_replicas(usage, target, ready, current, tolerances)


def _status_replicas(seen: Observation) -> int:
    return seen.spec_replicas if seen.status_replicas is None else seen.status_replicas
