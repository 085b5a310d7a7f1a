"""ScaledObjects as our own specs make them, and the workloads they scale."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from pulumi_kubernetes_mcp.autoscaling import spec as specs
from pulumi_kubernetes_mcp.eras import SESSION_ERAS
from tests.cluster import sample
from tests.cluster.kubectl import Object

Manifest = dict[str, Any]
CONTAINER = "server"
SESSIONS_PER_POD = 10
REQUEST_MILLI = 100
METRIC = "s0-prometheus"
"""Name of the metric that a Prometheus trigger in the first place becomes."""
AT_ONCE = specs.Behavior(
    up=specs.Rules(window_seconds=0, policies=(specs.Policy("Pods", 20, 15),)),
    down=specs.Rules(window_seconds=0, policies=(specs.Policy("Percent", 100, 15),)),
)
"""No pacing, so that a test sees what is wanted and not how it is approached."""


def settled(address: str, name: str, namespace: str, **given: Any) -> specs.AutoscalerSpec:
    """What an autoscaler is made from; a test names what it is about."""
    query = specs.keda_query("sessions", "reference", namespace, name, eras=SESSION_ERAS)
    values: dict[str, Any] = {
        "target": name,
        "namespace": namespace,
        "min_replicas": 2,
        "max_replicas": 8,
        "container": CONTAINER,
        "cpu_percent": None,
        "memory_percent": None,
        "behavior": AT_ONCE,
        "source": specs.Source(name="sessions", query=query, target_per_pod=SESSIONS_PER_POD),
        "prometheus_address": address,
        "fallback_replicas": 2,
    }
    return specs.AutoscalerSpec(**{**values, **given})


def scaled_object(address: str, name: str, namespace: str, **given: Any) -> Manifest:
    """A ScaledObject whose spec is what our own function makes of the values."""
    return {
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "ScaledObject",
        "metadata": {"name": name, "namespace": namespace},
        "spec": copy.deepcopy(specs.scaled_object(settled(address, name, namespace, **given))),
    }


def trigger_authentication(name: str, namespace: str, authentication: specs.Authentication) -> Manifest:
    """A TriggerAuthentication, likewise."""
    return {
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "TriggerAuthentication",
        "metadata": {"name": name, "namespace": namespace},
        "spec": specs.trigger_authentication(authentication),
    }


def horizontal_pod_autoscaler(name: str, namespace: str, *, annotations: Mapping[str, str] | None = None) -> Manifest:
    """An autoscaler that is not KEDA's."""
    spec = specs.horizontal_pod_autoscaler(settled("", name, namespace, cpu_percent=80))
    metadata = {"name": name, "namespace": namespace, "annotations": dict(annotations or {})}
    return {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": metadata, "spec": spec}


def changed(one: Object, path: str, value: Any) -> Manifest:
    """The object with one field set; a number is a place in a list, None takes the field out."""
    result: Manifest = copy.deepcopy(dict(one))
    *parents, last = (int(key) if key.isdigit() else key for key in path.split("."))
    cursor: Any = result
    for key in parents:
        cursor = cursor[key]
    if value is None:
        del cursor[last]
    elif isinstance(cursor, list):
        cursor[last:] = [value]
    else:
        cursor[last] = value
    return result


def cron(start: str, end: str, replicas: int, time_zone: str = "Etc/UTC") -> specs.Schedule:
    """A schedule in cron expressions."""
    return specs.Schedule(name="hours", time_zone=time_zone, replicas=replicas, start=start, end=end)


def workload(name: str, namespace: str, *, replicas: int = 2, requests: Mapping[str, str] | None = None) -> Manifest:
    """A Deployment of one container, with requests unless they are `{}`."""
    one = copy.deepcopy(sample.deployment())
    labels = {"app.kubernetes.io/name": name}
    pod = one["spec"]["template"]
    pod["metadata"]["labels"] = labels
    pod["spec"]["topologySpreadConstraints"] = []
    container = pod["spec"]["containers"][0]
    container.pop("envFrom")
    wanted = {"cpu": f"{REQUEST_MILLI}m", "memory": "64Mi"} if requests is None else dict(requests)
    container["resources"] = {"requests": wanted} if wanted else {}
    one["metadata"] = {"name": name, "namespace": namespace, "labels": labels}
    one["spec"].update(replicas=replicas, selector={"matchLabels": labels})
    return one
