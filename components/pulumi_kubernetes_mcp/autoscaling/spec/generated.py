"""The HorizontalPodAutoscaler that KEDA makes from a ScaledObject (KEDA 2.21.0, controllers/keda/hpa.go)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ...kubernetes.objects import Spec

KEDA_VERSION = "2.21.0"
DEFAULT_MAX_REPLICAS = 100
OWNER = "scaledobject.keda.sh/name"
"""Label of the ScaledObject, of its autoscaler, and of each external metric that the controller asks for."""
LABEL_LENGTH = 63


def generated_name(scaled_object: Mapping[str, Any]) -> str:
    """Name of the HorizontalPodAutoscaler: its own, or the ScaledObject's after ``keda-hpa-``."""
    config = scaled_object["spec"].get("advanced", {}).get("horizontalPodAutoscalerConfig", {})
    return str(config.get("name") or f"keda-hpa-{scaled_object['metadata']['name']}")


def generated_hpa(scaled_object: Mapping[str, Any]) -> Spec:
    """The HorizontalPodAutoscaler of a ScaledObject, as KEDA sends it, with the references that the API server sets
    left out.

    CPU and memory triggers become resource metrics, which the controller reads from the metrics server; every other
    trigger becomes an external metric, whose name begins with its place in the list. KEDA first labels the
    ScaledObject with its own name and hands the labels on; by that label the metrics adapter finds the ScaledObject.
    """
    metadata, spec = scaled_object["metadata"], scaled_object["spec"]
    name = generated_name(scaled_object)
    labels = {
        "app.kubernetes.io/name": re.sub(r"[^a-zA-Z0-9]+$", "", name[:LABEL_LENGTH]),
        "app.kubernetes.io/version": KEDA_VERSION,
        "app.kubernetes.io/part-of": metadata["name"],
        "app.kubernetes.io/managed-by": "keda-operator",
        **metadata.get("labels", {}),
        OWNER: metadata["name"],
    }
    body: Spec = {
        "scaleTargetRef": {
            "apiVersion": spec["scaleTargetRef"].get("apiVersion", "apps/v1"),
            "kind": spec["scaleTargetRef"].get("kind", "Deployment"),
            "name": spec["scaleTargetRef"]["name"],
        },
        "minReplicas": spec.get("minReplicaCount") or 1,
        "maxReplicas": spec.get("maxReplicaCount", DEFAULT_MAX_REPLICAS),
        "metrics": generated_metrics(scaled_object),
    }
    behavior = spec.get("advanced", {}).get("horizontalPodAutoscalerConfig", {}).get("behavior")
    if behavior is not None:
        body["behavior"] = behavior
    made: Spec = {"name": name, "namespace": metadata["namespace"], "labels": labels}
    if metadata.get("annotations"):
        made["annotations"] = dict(metadata["annotations"])
    return {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": made, "spec": body}


def generated_metrics(scaled_object: Mapping[str, Any]) -> list[Spec]:
    """The metrics in KEDA's order, which is by type: those of one container, external ones, those of whole pods."""
    triggers = scaled_object["spec"]["triggers"]
    metrics = [_metric(place, one, scaled_object["metadata"]["name"]) for place, one in enumerate(triggers)]
    return sorted(metrics, key=lambda metric: str(metric["type"]))


def _metric(place: int, trigger: Mapping[str, Any], owner: str) -> Spec:
    if trigger["type"] in ("cpu", "memory"):
        return _resource(trigger)
    kind = trigger.get("metricType", "AverageValue")
    metric = {"name": f"s{place}-{_metric_name(trigger)}", "selector": {"matchLabels": {OWNER: owner}}}
    threshold = "1" if trigger["type"] == "cron" else _quantity(float(trigger["metadata"]["threshold"]))
    field = "averageValue" if kind == "AverageValue" else "value"
    return {"type": "External", "external": {"metric": metric, "target": {"type": kind, field: threshold}}}


def _resource(trigger: Mapping[str, Any]) -> Spec:
    metadata, kind = trigger["metadata"], trigger["metricType"]
    target: Spec = {"type": kind}
    if kind == "Utilization":
        target["averageUtilization"] = int(metadata["value"])
    else:
        target["averageValue"] = metadata["value"]
    if "containerName" in metadata:
        body = {"name": trigger["type"], "container": metadata["containerName"], "target": target}
        return {"type": "ContainerResource", "containerResource": body}
    return {"type": "Resource", "resource": {"name": trigger["type"], "target": target}}


def _metric_name(trigger: Mapping[str, Any]) -> str:
    if trigger["type"] != "cron":
        return str(trigger["type"])
    metadata = trigger["metadata"]
    times = "-".join(_cron_name(metadata[key]) for key in ("start", "end"))
    return re.sub(r"[/.:%()]", "-", f"cron-{metadata['timezone']}-{times}")


def _cron_name(text: str) -> str:
    for sign, name in ((" ", ""), ("*", "x"), ("/", "Sl"), ("?", "Qm"), (",", "Cm")):
        text = text.replace(sign, name)
    return text


def _quantity(number: float) -> str:
    """A quantity as Kubernetes spells what KEDA writes with three decimals.

    It keeps such a text as it is, unless it ends in three zeros or begins with one: ``2.500`` stays, 50 and 1000
    become ``50`` and ``1k``.
    """
    text = f"{number:.3f}"
    digits = text.replace(".", "")
    if not digits.endswith("000") and digits[0] != "0":
        return text
    thousandths = int(digits)
    if thousandths % 1000:
        return f"{thousandths}m"
    units = thousandths // 1000
    for suffix in ("", "k", "M", "G", "T", "P"):
        if units % 1000 or units == 0:
            return f"{units}{suffix}"
        units //= 1000
    return f"{units}E"
