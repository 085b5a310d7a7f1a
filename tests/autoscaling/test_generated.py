"""The HorizontalPodAutoscaler that KEDA makes, from its source: names, order, targets, labels."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pulumi_kubernetes_mcp.autoscaling import spec as specs
from pulumi_kubernetes_mcp.kubernetes import objects as common
from pulumi_kubernetes_mcp.simulation.hpa.manifest import from_manifest
from tests.autoscaling.test_spec import BEHAVIOR, SCALER, SCHEDULES, TARGET
from tests.rendered import kubernetes_schemas


def scaled_object(autoscaler: specs.AutoscalerSpec, **metadata: Any) -> dict[str, Any]:
    return {
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "ScaledObject",
        "metadata": {"name": "orders", "namespace": "shop", **metadata},
        "spec": specs.scaled_object(autoscaler),
    }


def external(name: str, average: str) -> dict[str, Any]:
    metric = {"name": name, "selector": {"matchLabels": {"scaledobject.keda.sh/name": "orders"}}}
    return {
        "type": "External",
        "external": {"metric": metric, "target": {"type": "AverageValue", "averageValue": average}},
    }


def test_the_whole_object() -> None:
    labels = common.labels("orders", "autoscaler")
    made = specs.generated_hpa(
        scaled_object(
            replace(SCALER, schedules=SCHEDULES), labels=labels, annotations={"pulumi.com/waitFor": "condition=Ready"}
        )
    )
    cpu = {"name": "cpu", "container": "server", "target": {"type": "Utilization", "averageUtilization": 150}}
    assert made == {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {
            "name": "keda-hpa-orders",
            "namespace": "shop",
            "labels": {
                "app.kubernetes.io/name": "orders",
                "app.kubernetes.io/component": "autoscaler",
                "app.kubernetes.io/part-of": "mcp",
                "app.kubernetes.io/managed-by": "pulumi",
                "app.kubernetes.io/version": "2.21.0",
                "scaledobject.keda.sh/name": "orders",
            },
            "annotations": {"pulumi.com/waitFor": "condition=Ready"},
        },
        "spec": {
            "scaleTargetRef": TARGET,
            "minReplicas": 3,
            "maxReplicas": 12,
            "metrics": [
                {"type": "ContainerResource", "containerResource": cpu},
                external("s0-prometheus", "50"),
                external("s2-cron-Europe-Berlin-507xx1-5-018xx1-5", "1"),
                external("s3-cron-America-New_York-062711x-0232711x", "1"),
                external("s4-cron-America-New_York-062412x-0232412x", "1"),
            ],
            "behavior": BEHAVIOR,
        },
    }


@pytest.mark.parametrize("minor", kubernetes_schemas.MINORS)
def test_kubernetes_takes_it_and_the_simulation_reads_it(minor: str) -> None:
    made = specs.generated_hpa(scaled_object(replace(SCALER, schedules=SCHEDULES, memory_percent=90)))
    assert kubernetes_schemas.problems(made, minor) == []
    assert from_manifest(made).max_replicas == 12
    assert len(from_manifest(made).metrics) == 6


def test_the_metric_of_a_schedule_is_named_after_its_times() -> None:
    """No sign that a URL or a metric cannot have; recorded from KEDA's source, parseCronTimeFormat."""
    metadata = {"timezone": "Etc/GMT+3", "start": "0,30 8 */2 ? 1-5", "end": "0 9 * * *", "desiredReplicas": "3"}
    spec = {"scaleTargetRef": {"name": "orders"}, "triggers": [{"type": "cron", "metadata": metadata}]}
    (metric,) = specs.generated_metrics({"metadata": {"name": "orders"}, "spec": spec})
    assert metric == external("s0-cron-Etc-GMT+3-0Cm308xSl2Qm1-5-09xxx", "1")


def test_a_name_of_its_own_and_labels_of_keda() -> None:
    named = specs.generated_hpa(scaled_object(replace(SCALER, hpa_name="orders-hpa")))
    assert named["metadata"] == {
        "name": "orders-hpa",
        "namespace": "shop",
        "labels": {
            "app.kubernetes.io/name": "orders-hpa",
            "app.kubernetes.io/version": "2.21.0",
            "app.kubernetes.io/part-of": "orders",
            "app.kubernetes.io/managed-by": "keda-operator",
            "scaledobject.keda.sh/name": "orders",
        },
    }


def test_kedas_own_label_wins_over_ours() -> None:
    """KEDA corrects it before it makes the autoscaler, since its adapter finds the ScaledObject by it."""
    made = specs.generated_hpa(scaled_object(SCALER, labels={"scaledobject.keda.sh/name": "another"}))
    assert made["metadata"]["labels"]["scaledobject.keda.sh/name"] == "orders"


def test_a_long_label_is_cut_where_it_ends_well() -> None:
    one = scaled_object(SCALER)
    one["metadata"]["name"] = "a" * 53 + "-" + "b" * 5
    made = specs.generated_hpa(one)["metadata"]
    assert made["name"] == f"keda-hpa-{'a' * 53}-bbbbb"
    assert made["labels"]["app.kubernetes.io/name"] == f"keda-hpa-{'a' * 53}"


@pytest.mark.parametrize(
    ("target", "text"),
    [(50, "50"), (2.5, "2.500"), (12.25, "12.250"), (0.5, "500m"), (0.001, "1m"), (1000, "1k"), (1500, "1500"),
     (10**18, "1E"), (100_000, "100k"), (2_000_000, "2M"), (40, "40"), (7.125, "7.125")],
)  # fmt: skip
def test_quantities_as_kubernetes_spells_them(target: float, text: str) -> None:
    """Recorded from k8s.io/apimachinery 0.36.4, which parses what KEDA writes with three decimals."""
    source = specs.Source(name="sessions", query="sum(x)", target_per_pod=target)
    metrics = specs.generated_metrics(scaled_object(replace(SCALER, source=source)))
    assert metrics[1]["external"]["target"] == {"type": "AverageValue", "averageValue": text}


def test_defaults_of_keda() -> None:
    spec = {
        "scaleTargetRef": {"name": "orders"},
        "minReplicaCount": 0,
        "triggers": [
            {"type": "cpu", "metricType": "AverageValue", "metadata": {"value": "500m"}},
            {"type": "memory", "metricType": "Utilization", "metadata": {"value": "80", "containerName": "server"}},
            {"type": "prometheus", "metricType": "Value", "metadata": {"threshold": "3"}},
            {"type": "prometheus", "metadata": {"threshold": "4"}},
        ],
    }
    made = specs.generated_hpa({"metadata": {"name": "orders", "namespace": "shop"}, "spec": spec})["spec"]
    assert (made["minReplicas"], made["maxReplicas"], "behavior" in made) == (1, 100, False)
    assert made["scaleTargetRef"] == TARGET
    assert [metric["type"] for metric in made["metrics"]] == ["ContainerResource", "External", "External", "Resource"]
    assert made["metrics"][1]["external"]["target"] == {"type": "Value", "value": "3"}
    assert made["metrics"][2]["external"]["metric"]["name"] == "s3-prometheus"
    assert made["metrics"][3]["resource"] == {
        "name": "cpu",
        "target": {"type": "AverageValue", "averageValue": "500m"},
    }
