"""Which pods count: every pod put in its class, and the sums that the calculator needs.

There are two ways to the same :class:`Tally`: pod by pod as the controller does it, and group by group.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from .arithmetic import divide, wrap64
from .clock import Seconds, nanoseconds
from .model import CPU, MEMORY, ControllerConfig, GroupSamples, MetricError, MetricSample, Pod, PodGroup, Samples

Standing = Literal["ready", "unready", "missing", "ignored"]

_WITH_POD_LEVEL = (CPU, MEMORY)
"""Resources, beside huge pages, that a pod may request as a whole (component-helpers, resource/helpers.go)."""


class Need(NamedTuple):
    """Requests that a utilization asks for. ``fallback`` is the percent that a pod without a sample is taken to use."""

    resource: str
    container: str
    fallback: int


class Tally(NamedTuple):
    """Counts and sums over all pods under the selector; sums are in milli-units, requests are 0 without a need."""

    ready: int = 0
    """Pods that count."""
    usage: int = 0
    request: int = 0
    missing: int = 0
    """Pods without a sample; ``missing_usage`` is what they are taken to use when the ratio is below 1."""
    missing_request: int = 0
    missing_usage: int = 0
    unready: int = 0
    unready_request: int = 0
    stray: int = 0
    """Samples of pods that are not there."""
    stray_usage: int = 0


def standing(pod: Pod, sample: MetricSample | None, now: Seconds, config: ControllerConfig, *, cpu: bool) -> Standing:
    """The class of one pod (replica_calculator.go, groupPods)."""
    if pod.deleting or pod.phase == "Failed":
        return "ignored"
    if pod.phase == "Pending":
        return "unready"
    if sample is None:
        return "missing"
    if not cpu:
        return "ready"
    if pod.ready is None or pod.started is None:
        return "unready"
    started, since = nanoseconds(pod.started), nanoseconds(pod.ready_since)
    if started + nanoseconds(config.cpu_initialization_period) > nanoseconds(now):
        young = pod.ready == "False" or nanoseconds(sample.timestamp) < since + nanoseconds(sample.window)
        return "unready" if young else "ready"
    never = pod.ready == "False" and started + nanoseconds(config.initial_readiness_delay) > since
    return "unready" if never else "ready"


def request_of(pod: Pod, resource: str, container: str = "") -> int:
    """Milli-units that a pod, or one container of it, requests (replica_calculator.go, calculateRequests).

    ``MetricError`` where a container that counts requests none.
    """
    if pod.pod_requests and not container and any(map(_pod_level, pod.pod_requests)):
        return _pod_level_request(pod, pod.pod_requests, resource)
    if container:
        if container not in pod.requests:
            raise MetricError(f"container {container} not found in pod {pod.name}")
        return _container_request(pod, container, resource)
    return wrap64(sum(_container_request(pod, name, resource) for name in pod.requests))


def _container_request(pod: Pod, container: str, resource: str) -> int:
    try:
        return pod.requests[container][resource]
    except KeyError:
        raise MetricError(f"missing request for {resource} in container {container} of pod {pod.name}") from None


def _pod_level(resource: str) -> bool:
    return resource in _WITH_POD_LEVEL or resource.startswith("hugepages-")


def _pod_level_request(pod: Pod, whole: Mapping[str, int], resource: str) -> int:
    """What the pod says, else the sum over those of its containers that request it."""
    if _pod_level(resource) and resource in whole:
        return whole[resource]
    parts = [requests[resource] for requests in pod.requests.values() if resource in requests]
    if not parts:
        raise MetricError(f"missing pod-level request for {resource} in pod {pod.name}")
    return wrap64(sum(parts))


def tally_pods(
    pods: Sequence[Pod],
    samples: Samples,
    now: Seconds,
    config: ControllerConfig,
    *,
    cpu: bool = False,
    need: Need | None = None,
) -> Tally:
    """The tally of pods, one by one. ``MetricError`` without pods, or where a request is needed and missing."""
    if not pods:
        raise MetricError("no pods under the selector")
    ready = usage = request = missing = missing_request = missing_usage = unready = unready_request = known = 0
    for pod in pods:
        own = request_of(pod, need.resource, need.container) if need else 0
        sample = samples.get(pod.name)
        known += sample is not None
        kind = standing(pod, sample, now, config, cpu=cpu)
        if kind == "unready":
            unready += 1
            unready_request += own
        elif kind == "missing":
            missing += 1
            missing_request += own
            missing_usage += _filled(own, need)
        elif kind == "ready" and sample is not None:
            ready += 1
            request += own
            usage += sample.value
    strays = samples.keys() - {pod.name for pod in pods} if known < len(samples) else ()
    return Tally(
        ready,
        usage,
        request,
        missing,
        missing_request,
        missing_usage,
        unready,
        unready_request,
        len(strays),
        sum(samples[name].value for name in strays),
    )


def tally_groups(
    groups: Sequence[PodGroup],
    samples: GroupSamples,
    now: Seconds,
    config: ControllerConfig,
    *,
    cpu: bool = False,
    need: Need | None = None,
) -> Tally:
    """The tally of groups of pods, each with the sum of its pods' usage; the same as that of their pods.

    ``MetricError`` without pods, or where a request is needed and missing.
    """
    if not count_pods(groups):
        raise MetricError("no pods under the selector")
    ready = usage = request = missing = missing_request = missing_usage = unready = unready_request = 0
    stray = stray_usage = 0
    for group, sample in zip(groups, samples, strict=True):
        count, pod = group.count, group.pod
        if pod is None:
            if sample is not None:
                stray += count
                stray_usage += sample.value
            continue
        own = request_of(pod, need.resource, need.container) if need and count else 0
        kind = standing(pod, sample, now, config, cpu=cpu)
        if kind == "unready":
            unready += count
            unready_request += count * own
        elif kind == "missing":
            missing += count
            missing_request += count * own
            missing_usage += count * _filled(own, need)
        elif kind == "ready" and sample is not None:
            ready += count
            request += count * own
            usage += sample.value
    return Tally(
        ready,
        usage,
        request,
        missing,
        missing_request,
        missing_usage,
        unready,
        unready_request,
        stray,
        stray_usage,
    )


def _filled(request: int, need: Need | None) -> int:
    return divide(wrap64(request * need.fallback), 100) if need else 0


def count_pods(groups: Sequence[PodGroup]) -> int:
    """Pods under the selector."""
    return sum(group.count for group in groups if group.pod is not None)


def ready_pods(pods: Sequence[Pod]) -> int:
    """Pods that are Running and Ready, also while they are being deleted (replica_calculator.go, getReadyPodsCount).

    ``MetricError`` without pods.
    """
    if not pods:
        raise MetricError("no pods under the selector")
    return sum(pod.phase == "Running" and pod.ready == "True" for pod in pods)


def ready_in_groups(groups: Sequence[PodGroup]) -> int:
    """The same of groups of pods."""
    if not count_pods(groups):
        raise MetricError("no pods under the selector")
    return sum(
        group.count for group in groups if group.pod and group.pod.phase == "Running" and group.pod.ready == "True"
    )
