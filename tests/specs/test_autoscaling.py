"""Autoscalers, by hand."""

from __future__ import annotations

from dataclasses import replace

from pulumi_kubernetes_mcp.specs import autoscaling as specs
from pulumi_kubernetes_mcp.specs import common

SCALER = specs.AutoscalerSpec(
    target="orders",
    namespace="shop",
    min_replicas=3,
    max_replicas=12,
    cpu_percent=150,
    memory_percent=None,
    sessions_per_pod=50,
    sessions_metric="mcp_sessions",
    prometheus_address="http://prometheus:9090",
    scale_down_window_seconds=1200,
    scale_down_pods_per_minute=1,
)
BEHAVIOR = {
    "scaleUp": {
        "stabilizationWindowSeconds": 0,
        "selectPolicy": "Max",
        "policies": [{"type": "Pods", "value": 4, "periodSeconds": 60}],
    },
    "scaleDown": {
        "stabilizationWindowSeconds": 1200,
        "selectPolicy": "Max",
        "policies": [{"type": "Pods", "value": 1, "periodSeconds": 60}],
    },
}


def test_the_autoscaler_of_kubernetes() -> None:
    assert specs.horizontal_pod_autoscaler(SCALER) == {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "orders"},
        "minReplicas": 3,
        "maxReplicas": 12,
        "metrics": [
            {
                "type": "ContainerResource",
                "containerResource": {
                    "name": "cpu",
                    "container": "server",
                    "target": {"type": "Utilization", "averageUtilization": 150},
                },
            }
        ],
        "behavior": BEHAVIOR,
    }


def test_memory_is_a_second_metric() -> None:
    metrics = specs.horizontal_pod_autoscaler(replace(SCALER, memory_percent=90))["metrics"]
    assert [metric["containerResource"]["name"] for metric in metrics] == ["cpu", "memory"]
    assert metrics[1]["containerResource"]["target"]["averageUtilization"] == 90


def test_the_scaled_object() -> None:
    assert specs.scaled_object(SCALER) == {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "orders"},
        "pollingInterval": 30,
        "minReplicaCount": 3,
        "maxReplicaCount": 12,
        "fallback": {"failureThreshold": 3, "replicas": 3, "behavior": "currentReplicasIfHigher"},
        "advanced": {
            "restoreToOriginalReplicaCount": False,
            "horizontalPodAutoscalerConfig": {"behavior": BEHAVIOR},
        },
        "triggers": [
            {
                "type": "prometheus",
                "name": "sessions",
                "metricType": "AverageValue",
                "metadata": {
                    "serverAddress": "http://prometheus:9090",
                    "query": 'sum(mcp_sessions{namespace="shop",pod=~"orders-[a-z0-9]+-[a-z0-9]+"})',
                    "threshold": "50",
                    "ignoreNullValues": "false",
                },
            },
            {
                "type": "cpu",
                "name": "cpu",
                "metricType": "Utilization",
                "metadata": {"value": "150", "containerName": "server"},
            },
        ],
    }


def test_no_metric_no_trigger() -> None:
    bare = replace(SCALER, cpu_percent=None)
    assert [trigger["type"] for trigger in specs.scaled_object(bare)["triggers"]] == ["prometheus"]
    assert specs.horizontal_pod_autoscaler(bare)["metrics"] == []


def test_waiting_is_an_annotation() -> None:
    assert common.ready_annotations(True) == {"pulumi.com/waitFor": "condition=Ready"}
    assert common.ready_annotations(False) == {}
