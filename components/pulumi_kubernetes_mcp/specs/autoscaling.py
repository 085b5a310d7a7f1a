"""What moves the number of pods: a HorizontalPodAutoscaler, or a KEDA ScaledObject."""

from dataclasses import dataclass
from typing import Any

import pulumi

from .common import Spec
from .service import CONTAINER

SCALE_UP_WINDOW_SECONDS = 0
SCALE_UP_PODS_PER_MINUTE = 4
"""Four pods a minute absorb a doubling of a service of eight pods within two minutes."""
POLLING_SECONDS = 30
FALLBACK_FAILURES = 3
"""Failed reads of the metric, 30 s apart, before the fallback holds the count."""
NOT_KEDAS = {"validations.keda.sh/hpa-ownership": "false"}
"""KEDA's webhook refuses a ScaledObject while another autoscaler holds the workload. The engine creates before it
deletes, so without this the change from one to the other could never be applied."""


@dataclass(frozen=True, kw_only=True)
class AutoscalerSpec:
    """Everything an autoscaler is made from, settled. Percentages are of the request."""

    target: pulumi.Input[str]
    namespace: pulumi.Input[str]
    min_replicas: int
    max_replicas: int
    cpu_percent: int | None
    memory_percent: int | None
    sessions_per_pod: int
    sessions_metric: str
    prometheus_address: pulumi.Input[str] | None
    scale_down_window_seconds: int
    scale_down_pods_per_minute: int


def horizontal_pod_autoscaler(autoscaler: AutoscalerSpec) -> Spec:
    """The spec of a HorizontalPodAutoscaler (autoscaling/v2).

    The metrics name the container, so that an injected sidecar without requests cannot break them.
    """
    wanted = {"cpu": autoscaler.cpu_percent, "memory": autoscaler.memory_percent}
    return {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": autoscaler.target},
        "minReplicas": autoscaler.min_replicas,
        "maxReplicas": autoscaler.max_replicas,
        "metrics": [
            {
                "type": "ContainerResource",
                "containerResource": {
                    "name": resource,
                    "container": CONTAINER,
                    "target": {"type": "Utilization", "averageUtilization": percent},
                },
            }
            for resource, percent in wanted.items()
            if percent is not None
        ],
        "behavior": behavior(autoscaler),
    }


def scaled_object(autoscaler: AutoscalerSpec) -> Spec:
    """The spec of a ScaledObject: sessions and CPU together, so that no second autoscaler is needed.

    The sum of the sessions with ``AverageValue`` makes the controller ask for sum / target pods. A missing
    metric is an error, not a zero, and the fallback then never goes below the present count.
    """
    return {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": autoscaler.target},
        "pollingInterval": POLLING_SECONDS,
        "minReplicaCount": autoscaler.min_replicas,
        "maxReplicaCount": autoscaler.max_replicas,
        "fallback": {
            "failureThreshold": FALLBACK_FAILURES,
            "replicas": autoscaler.min_replicas,
            "behavior": "currentReplicasIfHigher",
        },
        "advanced": {
            "restoreToOriginalReplicaCount": False,
            "horizontalPodAutoscalerConfig": {"behavior": behavior(autoscaler)},
        },
        "triggers": [_sessions_trigger(autoscaler), *_cpu_triggers(autoscaler)],
    }


def behavior(autoscaler: AutoscalerSpec) -> Spec:
    """Up at once, by at most four pods a minute; down after the window, by one pod a minute."""
    return {
        "scaleUp": {
            "stabilizationWindowSeconds": SCALE_UP_WINDOW_SECONDS,
            "selectPolicy": "Max",
            "policies": [_pods_per_minute(SCALE_UP_PODS_PER_MINUTE)],
        },
        "scaleDown": {
            "stabilizationWindowSeconds": autoscaler.scale_down_window_seconds,
            "selectPolicy": "Max",
            "policies": [_pods_per_minute(autoscaler.scale_down_pods_per_minute)],
        },
    }


def session_query(metric: str, namespace: pulumi.Input[str], target: pulumi.Input[str]) -> pulumi.Input[str]:
    """The PromQL that counts the sessions of one Deployment: one series, whatever the number of pods."""
    if isinstance(namespace, str) and isinstance(target, str):
        return f'sum({metric}{{namespace="{namespace}",pod=~"{target}-[a-z0-9]+-[a-z0-9]+"}})'
    return pulumi.Output.format('sum({0}{{namespace="{1}",pod=~"{2}-[a-z0-9]+-[a-z0-9]+"}})', metric, namespace, target)


def _sessions_trigger(autoscaler: AutoscalerSpec) -> Spec:
    return {
        "type": "prometheus",
        "name": "sessions",
        "metricType": "AverageValue",
        "metadata": {
            "serverAddress": autoscaler.prometheus_address,
            "query": session_query(autoscaler.sessions_metric, autoscaler.namespace, autoscaler.target),
            "threshold": str(autoscaler.sessions_per_pod),
            "ignoreNullValues": "false",
        },
    }


def _cpu_triggers(autoscaler: AutoscalerSpec) -> list[Spec]:
    wanted = {"cpu": autoscaler.cpu_percent, "memory": autoscaler.memory_percent}
    return [
        {
            "type": resource,
            "name": resource,
            "metricType": "Utilization",
            "metadata": {"value": str(percent), "containerName": CONTAINER},
        }
        for resource, percent in wanted.items()
        if percent is not None
    ]


def _pods_per_minute(pods: int) -> dict[str, Any]:
    return {"type": "Pods", "value": pods, "periodSeconds": 60}
