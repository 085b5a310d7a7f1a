"""Alerts about the autoscaler."""

from __future__ import annotations

from ..sources import Source
from .model import Alert, Severity, Watched

STATE = (Source.KUBE_STATE_METRICS,)


def _hpa(watched: Watched, metric: str, *matchers: str) -> str:
    return watched.here(metric, f'horizontalpodautoscaler="{watched.autoscaler}"', *matchers)


def _condition(watched: Watched, condition: str) -> str | None:
    if watched.autoscaler is None:
        return None
    status = (f'condition="{condition}"', 'status="false"')
    return f"max({_hpa(watched, 'kube_horizontalpodautoscaler_status_condition', *status)}) == 1"


def at_maximum(watched: Watched) -> str | None:
    """Whether the autoscaler wants no fewer pods than it may have; ``None`` where it has no other number."""
    if watched.autoscaler is None or watched.min_replicas == watched.max_replicas is not None:
        return None
    wanted = f"max({_hpa(watched, 'kube_horizontalpodautoscaler_status_desired_replicas')})"
    return f"{wanted} >= max({_hpa(watched, 'kube_horizontalpodautoscaler_spec_max_replicas')})"


AT_MAXIMUM = Alert(
    name="McpAutoscalerAtMaximum",
    severity=Severity.WARNING,
    sources=STATE,
    watches="an autoscaler",
    summary="the autoscaler wants no fewer than its maximum of {{ $value }} pods",
    expression=lambda watched: at_maximum(watched),
    hold="15m",
    meaning="""
        For a quarter of an hour the autoscaler has asked for as many pods as it may have. More load meets no more
        pods: sessions are refused, or calls wait.
        """,
    steps="""
        - Whether the load is real: sessions against the plan on the dashboard *capacity against plan*.
        - `mcp-stack plan` with the new load. A greater `mcp:scaling.maxReplicas` needs quota and connections of the
          database, which the preview checks.
        """,
)

UNABLE = Alert(
    name="McpAutoscalerUnable",
    severity=Severity.CRITICAL,
    sources=STATE,
    watches="an autoscaler",
    summary="the autoscaler cannot change the number of pods",
    expression=lambda watched: _condition(watched, "AbleToScale"),
    hold="5m",
    meaning="""
        The condition `AbleToScale` is false for five minutes: the workload is not found, or its scale cannot be
        written. The number of pods stays as it is, whatever the load.
        """,
    steps="""
        - `kubectl describe hpa -n NAMESPACE`: reason and message of the condition.
        - A workload of another name or kind, a second autoscaler on it, rights that the controller lost.
        """,
)

INACTIVE = Alert(
    name="McpAutoscalerMetricMissing",
    severity=Severity.CRITICAL,
    sources=STATE,
    watches="an autoscaler",
    summary="the autoscaler has no metric to follow",
    expression=lambda watched: _condition(watched, "ScalingActive"),
    hold="5m",
    meaning="""
        The condition `ScalingActive` is false for five minutes: no metric could be read. Without a fallback nothing
        is scaled; with one its number of pods is held.
        """,
    steps="""
        - `kubectl describe hpa -n NAMESPACE`: which metric, and what its API answered.
        - CPU: the metrics server. Sessions: KEDA, Prometheus, and whether this reads the pods.
        """,
)

UNREAD = Alert(
    name="McpFollowedMetricAbsent",
    severity=Severity.CRITICAL,
    sources=(Source.SERVER,),
    watches="an autoscaler that follows sessions, streams or calls",
    summary="Prometheus has no value of what the autoscaler follows",
    expression=lambda watched: _absent(watched),
    hold="5m",
    meaning="""
        Prometheus has no series of the metric that the autoscaler follows for five minutes. KEDA answers with its
        fallback then: at least so many pods as are there now, and no growth.
        """,
    steps="""
        - `up` of the pods in Prometheus: whether a monitor selects them, and whether a NetworkPolicy lets it in.
        - The pods' own `/metrics`: whether the name is still the one of the `dialect`.
        """,
)


def _absent(watched: Watched) -> str | None:
    followed = watched.sessions or watched.calls
    return f"absent({watched.gauge(followed)})" if watched.follows and followed is not None else None


def _errors(watched: Watched) -> str:
    scaler = f'scaledObject="{watched.server}"'
    return watched.of_controller("keda_scaler_detail_errors_total", scaler, each="increase({}[10m])")


SCALER = Alert(
    name="McpScalerErrors",
    severity=Severity.WARNING,
    sources=(Source.KEDA,),
    watches="a ScaledObject",
    summary="KEDA failed {{ $value | humanize }} times in ten minutes to read what it scales on",
    expression=lambda watched: None if not watched.scaled_object else f"sum({_errors(watched)}) > 3",
    hold="5m",
    meaning="""
        KEDA failed more than three times in ten minutes to read one of its triggers. With the fourth failure in a row
        it answers with the fallback.
        """,
    steps="""
        - The log of `keda-operator`: address, credentials or query that fails.
        - The same query in Prometheus: one series, and not older than a scrape.
        """,
)

ALERTS = (AT_MAXIMUM, UNABLE, INACTIVE, UNREAD, SCALER)
