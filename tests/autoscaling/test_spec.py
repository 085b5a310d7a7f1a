"""Autoscalers, by hand: every variant as a whole object."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pulumi_kubernetes_mcp.autoscaling import spec as specs
from pulumi_kubernetes_mcp.kubernetes import objects as common

QUERY = 'sum(mcp_sessions{namespace="shop",pod=~"orders-[a-z0-9]+-[a-z0-9]{5}"})'
SCALER = specs.AutoscalerSpec(
    target="orders",
    namespace="shop",
    min_replicas=3,
    max_replicas=12,
    container="server",
    cpu_percent=150,
    memory_percent=None,
    behavior=specs.derived(
        specs.Basis(sessions=True, session_minutes=20, max_replicas=12, scale_down_window_seconds=1200)
    ),
    source=specs.Source(name="sessions", query=QUERY, target_per_pod=50),
    prometheus_address="http://prometheus:9090",
    fallback_replicas=3,
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
        "policies": [{"type": "Pods", "value": 1, "periodSeconds": 1185}],
    },
}
TARGET = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "orders"}
SESSIONS = {
    "type": "prometheus",
    "name": "sessions",
    "metricType": "AverageValue",
    "metadata": {
        "serverAddress": "http://prometheus:9090",
        "query": QUERY,
        "threshold": "50",
        "ignoreNullValues": "false",
    },
}
CPU = {
    "type": "cpu",
    "name": "cpu",
    "metricType": "Utilization",
    "metadata": {"value": "150", "containerName": "server"},
}


def test_the_autoscaler_of_kubernetes() -> None:
    assert specs.horizontal_pod_autoscaler(SCALER) == {
        "scaleTargetRef": TARGET,
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


def test_further_metrics_come_after_those_of_the_container() -> None:
    further = specs.named_metric("pods", "calls", {"average_value": "10"}, {"tool": "query"})
    metrics = specs.horizontal_pod_autoscaler(replace(SCALER, metrics=(further,), container="app"))["metrics"]
    assert metrics[0]["containerResource"]["container"] == "app"
    assert metrics[1:] == [
        {
            "type": "Pods",
            "pods": {
                "metric": {"name": "calls", "selector": {"matchLabels": {"tool": "query"}}},
                "target": {"type": "AverageValue", "averageValue": "10"},
            },
        }
    ]


def test_each_kind_of_metric() -> None:
    described = {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute", "name": "orders"}
    assert specs.named_metric("object", "rps", {"value": "2k"}, None, described) == {
        "type": "Object",
        "object": {
            "describedObject": described,
            "metric": {"name": "rps"},
            "target": {"type": "Value", "value": "2k"},
        },
    }
    assert specs.named_metric("external", "queue", {"average_value": "30"}) == {
        "type": "External",
        "external": {"metric": {"name": "queue"}, "target": {"type": "AverageValue", "averageValue": "30"}},
    }
    assert specs.resource_metric("resource", "memory", {"average_value": "150Mi"}, "server") == {
        "type": "Resource",
        "resource": {"name": "memory", "target": {"type": "AverageValue", "averageValue": "150Mi"}},
    }
    assert specs.resource_metric("container-resource", "cpu", {"utilization": 70}, "proxy") == {
        "type": "ContainerResource",
        "containerResource": {
            "name": "cpu",
            "container": "proxy",
            "target": {"type": "Utilization", "averageUtilization": 70},
        },
    }


def test_the_scaled_object() -> None:
    assert specs.scaled_object(SCALER) == {
        "scaleTargetRef": TARGET,
        "minReplicaCount": 3,
        "maxReplicaCount": 12,
        "fallback": {"failureThreshold": 3, "replicas": 3, "behavior": "currentReplicasIfHigher"},
        "advanced": {"horizontalPodAutoscalerConfig": {"behavior": BEHAVIOR}},
        "triggers": [SESSIONS, CPU],
    }


SCHEDULES = (
    specs.Schedule(
        name="office",
        time_zone="Europe/Berlin",
        replicas=11,
        days=("weekdays",),
        from_time="08:00",
        to_time="18:00",
        ramp_minutes=10,
    ),
    specs.Schedule(
        name="launch",
        time_zone="America/New_York",
        replicas=12,
        days=("11-27", "12-24"),
        from_time="06:00",
        to_time="23:00",
    ),
)


def cron(name: str, zone: str, start: str, end: str, replicas: str) -> dict[str, object]:
    metadata = {"timezone": zone, "start": start, "end": end, "desiredReplicas": replicas}
    return {"type": "cron", "name": name, "metricType": "AverageValue", "metadata": metadata}


def test_schedules_come_last_and_say_a_little_more_than_the_tolerance_takes() -> None:
    """11 / 10 is within a tenth, and the controller would stop at 10."""
    triggers = specs.scaled_object(replace(SCALER, schedules=SCHEDULES))["triggers"]
    assert triggers[:2] == [SESSIONS, CPU]
    assert triggers[2:] == [
        cron("office", "Europe/Berlin", "50 7 * * 1-5", "0 18 * * 1-5", "12"),
        cron("launch", "America/New_York", "0 6 27 11 *", "0 23 27 11 *", "13"),
        cron("launch-2", "America/New_York", "0 6 24 12 *", "0 23 24 12 *", "13"),
    ]
    assert specs.trigger_names(SCHEDULES) == ["office", "launch", "launch-2"]


def test_a_tolerance_of_zero_needs_no_more() -> None:
    exact = replace(SCALER.behavior, up=replace(SCALER.behavior.up, tolerance=0.0))
    triggers = specs.scaled_object(replace(SCALER, behavior=exact, schedules=SCHEDULES[:1]))["triggers"]
    assert triggers[-1]["metadata"]["desiredReplicas"] == "11"


def test_schedules_and_cpu_alone_have_no_fallback() -> None:
    """KEDA refuses one for CPU alone, and a schedule is never missing."""
    spec = specs.scaled_object(replace(SCALER, source=None, schedules=SCHEDULES[:1]))
    assert "fallback" not in spec
    assert [trigger["type"] for trigger in spec["triggers"]] == ["cpu", "cron"]


def test_no_metric_no_trigger() -> None:
    bare = replace(SCALER, cpu_percent=None)
    assert [trigger["type"] for trigger in specs.scaled_object(bare)["triggers"]] == ["prometheus"]
    assert specs.horizontal_pod_autoscaler(bare)["metrics"] == []


@pytest.mark.parametrize(("target", "text"), [(50, "50"), (50.0, "50"), (2.5, "2.5"), (1_000_000, "1000000")])
def test_a_threshold_is_written_as_a_person_would(target: float, text: str) -> None:
    spec = specs.scaled_object(replace(SCALER, source=replace(SCALER.source, target_per_pod=target)))  # type: ignore[type-var]
    assert spec["triggers"][0]["metadata"]["threshold"] == text


def test_numbers_and_names_of_keda() -> None:
    said = replace(
        SCALER, polling_seconds=10, fallback_failures=1, fallback_replicas=6, hpa_name="orders-old", take_over=True
    )
    spec = specs.scaled_object(said)
    assert spec["pollingInterval"] == 10
    assert spec["fallback"] == {"failureThreshold": 1, "replicas": 6, "behavior": "currentReplicasIfHigher"}
    assert spec["advanced"]["horizontalPodAutoscalerConfig"]["name"] == "orders-old"
    assert specs.TAKE_OVER == {"scaledobject.keda.sh/transfer-hpa-ownership": "true"}


def test_credentials_are_named_and_never_shown() -> None:
    authentication = specs.Authentication(
        modes=("basic", "tls"),
        name="orders",
        kind="TriggerAuthentication",
        secret_name="prometheus",
        keys=(("username", "user"), ("password", "pass"), ("cert", "tls.crt"), ("key", "tls.key"), ("ca", "ca.crt")),
    )
    trigger = specs.scaled_object(replace(SCALER, authentication=authentication))["triggers"][0]
    assert trigger["metadata"]["authModes"] == "basic,tls"
    assert trigger["authenticationRef"] == {"name": "orders", "kind": "TriggerAuthentication"}
    assert specs.trigger_authentication(authentication) == {
        "secretTargetRef": [
            {"parameter": "username", "name": "prometheus", "key": "user"},
            {"parameter": "password", "name": "prometheus", "key": "pass"},
            {"parameter": "cert", "name": "prometheus", "key": "tls.crt"},
            {"parameter": "key", "name": "prometheus", "key": "tls.key"},
            {"parameter": "ca", "name": "prometheus", "key": "ca.crt"},
        ]
    }


def test_waiting_is_an_annotation() -> None:
    assert common.ready_annotations(True) == {"pulumi.com/waitFor": "condition=Ready"}
    assert common.ready_annotations(False) == {}
