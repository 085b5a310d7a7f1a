"""A HorizontalPodAutoscaler."""

from __future__ import annotations

from collections.abc import Mapping

from ...kubernetes import quantities as units
from ...kubernetes.objects import Spec
from .behavior import behavior_spec
from .model import AutoscalerSpec

TARGET_GROUPS: Mapping[str, str] = {"Rollout": "argoproj.io/v1alpha1"}
"""Kind of a target to its API version, where that is not the Deployment's."""
NOT_KEDAS = {"validations.keda.sh/hpa-ownership": "false"}
"""KEDA's webhook refuses a ScaledObject while another autoscaler holds the workload. The engine creates before it
deletes, so without this the change from one to the other could never be applied."""


def scale_target(autoscaler: AutoscalerSpec) -> Spec:
    """What both autoscalers point at."""
    group = TARGET_GROUPS.get(autoscaler.target_kind, "apps/v1")
    return {"apiVersion": group, "kind": autoscaler.target_kind, "name": autoscaler.target}


def horizontal_pod_autoscaler(autoscaler: AutoscalerSpec) -> Spec:
    """The spec of a HorizontalPodAutoscaler (autoscaling/v2).

    CPU and memory name the container, so that an injected sidecar without requests cannot break them.
    """
    return {
        "scaleTargetRef": scale_target(autoscaler),
        "minReplicas": autoscaler.min_replicas,
        "maxReplicas": autoscaler.max_replicas,
        "metrics": [*_utilisations(autoscaler), *autoscaler.metrics],
        "behavior": behavior_spec(autoscaler.behavior),
    }


def _utilisations(autoscaler: AutoscalerSpec) -> list[Spec]:
    wanted = {"cpu": autoscaler.cpu_percent, "memory": autoscaler.memory_percent}
    return [
        resource_metric("container-resource", resource, {"utilization": percent}, autoscaler.container)
        for resource, percent in wanted.items()
        if percent is not None
    ]


def resource_metric(kind: str, resource: str, given: Mapping[str, object], container: str) -> Spec:
    """CPU or memory, of all containers of a pod together or of one."""
    if kind == "resource":
        return {"type": "Resource", "resource": {"name": resource, "target": target(given)}}
    return {
        "type": "ContainerResource",
        "containerResource": {"name": resource, "container": container, "target": target(given)},
    }


def named_metric(
    kind: str,
    name: str,
    given: Mapping[str, object],
    selector: Mapping[str, str] | None = None,
    described: Mapping[str, str] | None = None,
) -> Spec:
    """A metric of the custom or of the external metrics API."""
    metric: Spec = {"name": name}
    if selector:
        metric["selector"] = {"matchLabels": dict(selector)}
    body: Spec = {"metric": metric, "target": target(given)}
    if described is not None:
        body = {"describedObject": dict(described), **body}
    return {"type": kind.capitalize(), kind: body}


def target(given: Mapping[str, object]) -> Spec:
    """The target in the one field that belongs to its type; an amount as the API server stores it."""
    fields = {
        "utilization": ("Utilization", "averageUtilization"),
        "average_value": ("AverageValue", "averageValue"),
        "value": ("Value", "value"),
    }
    key = next(key for key in fields if key in given)
    kind, field = fields[key]
    return {"type": kind, field: _stored(given[key])}


def _stored(amount: object) -> object:
    """A target as the API server writes it; what is none stays, for its rule to refuse."""
    try:
        return units.canonical_amount(amount) if isinstance(amount, str) else amount
    except units.QuantityError:
        return amount
