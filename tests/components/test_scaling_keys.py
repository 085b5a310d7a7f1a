"""Every key of mcp:scaling that moves the autoscaler reaches its manifest, and says no more than it was given."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from pulumi_kubernetes_mcp import program
from pulumi_kubernetes_mcp.autoscaling.keys import AutoscalingKeys
from pulumi_kubernetes_mcp.keys import pass_through
from pulumi_kubernetes_mcp.settings.keys.patches import AutoscalingPatchKeys
from pulumi_kubernetes_mcp.settings.keys.scaling import AutoscalerKeys
from pulumi_kubernetes_mcp.settings.models import Settings
from pulumi_kubernetes_mcp.settings.tree import keys as keys_of
from pulumi_kubernetes_mcp.testing import Recording, record
from tests.table import first

ADDRESS = "https://prometheus.monitoring:9090"
SAID = (*AutoscalerKeys.model_fields, *AutoscalingPatchKeys.model_fields)
"""Keys of mcp:scaling that the autoscaler takes as they are."""
STACK: dict[str, dict[str, Any]] = {
    "mcp:region": {"name": "us-east", "kubernetesVersion": "1.36"},
    "mcp:server": {"image": "registry.example.com/mcp:1.2.3", "name": "orders", "healthPath": "/healthz"},
    "mcp:workload": {"dailyUsers": 500},
    "mcp:edge": {"host": "mcp.example.com", "implementation": "envoy-gateway"},
    "mcp:scaling": {"minReplicas": 3, "maxReplicas": 30},
}
IN_FLIGHT = {"prometheusAddress": ADDRESS, "follow": "in-flight"}
OFFICE = {
    "name": "office",
    "replicas": 10,
    "timeZone": "Europe/Berlin",
    "days": ["weekdays"],
    "fromTime": "08:00",
    "toTime": "18:00",
    "rampMinutes": 30,
}
BEHAVIOR = "advanced.horizontalPodAutoscalerConfig.behavior"


def made(scaling: dict[str, Any], **groups: dict[str, Any]) -> Recording:
    config = copy.deepcopy(STACK)
    for group, keys in {"scaling": scaling, **groups}.items():
        config[f"mcp:{group}"] = {**config.get(f"mcp:{group}", {}), **keys}
    return record(program.run, config=config, project="mcp", stack="here")


def manifest(scaling: dict[str, Any], **groups: dict[str, Any]) -> dict[str, Any]:
    """The one autoscaler of a stack."""
    (body,) = [
        body
        for body in made(scaling, **groups).manifests()
        if body["kind"] in ("ScaledObject", "HorizontalPodAutoscaler")
    ]
    return dict(body)


def at(tree: Any, path: str) -> Any:
    """The value at a path; an item of a list by its number, or by its name."""
    for step in path.split("."):
        if isinstance(tree, list):
            tree = tree[int(step)] if step.isdigit() else next(one for one in tree if one.get("name") == step)
        else:
            tree = tree[step]
    return tree


KEDA: list[tuple[str, dict[str, Any], str, Any]] = [
    ("follow", {}, "triggers.in-flight.metadata.query", 'sum(mcp_in_flight_calls{namespace="mcp-prod-us-east",'),
    # 11.825 calls in flight on the mean in a pod of 50 sessions, of which 38 leave the headroom free.
    ("follow", {}, "triggers.in-flight.metadata.threshold", "8.9"),
    ("targetPerPod", {"targetPerPod": 12}, "triggers.in-flight.metadata.threshold", "12"),
    ("prometheusAddress", {}, "triggers.in-flight.metadata.serverAddress", ADDRESS),
    (
        "dialect",
        {"dialect": "envoy"},
        "triggers.in-flight.metadata.query",
        'sum(envoy_cluster_upstream_rq_active{envoy_cluster_name=~"httproute/mcp-prod-us-east/orders/',
    ),
    ("query", {"query": "sum(busy)"}, "triggers.in-flight.metadata.query", "sum(busy)"),
    ("fallbackReplicas", {"fallbackReplicas": 7}, "fallback.replicas", 7),
    ("fallbackFailures", {"fallbackFailures": 0}, "fallback.failureThreshold", 0),
    ("pollingSeconds", {"pollingSeconds": 45}, "pollingInterval", 45),
    ("hpaName", {"hpaName": "old"}, "advanced.horizontalPodAutoscalerConfig.name", "old"),
    ("schedules.replicas", {"schedules": [OFFICE]}, "triggers.office.metadata.desiredReplicas", "10"),
    ("schedules.timeZone", {"schedules": [OFFICE]}, "triggers.office.metadata.timezone", "Europe/Berlin"),
    ("schedules.rampMinutes", {"schedules": [OFFICE]}, "triggers.office.metadata.start", "30 7 * * 1-5"),
    ("schedules.toTime", {"schedules": [OFFICE]}, "triggers.office.metadata.end", "0 18 * * 1-5"),
    ("scaleUp.windowSeconds", {"scaleUp": {"windowSeconds": 9}}, f"{BEHAVIOR}.scaleUp.stabilizationWindowSeconds", 9),
    ("scaleUp.pods", {"scaleUp": {"pods": 9}}, f"{BEHAVIOR}.scaleUp.policies.0.value", 9),
    (
        "scaleUp.percent",
        {"scaleUp": {"percent": 50}},
        f"{BEHAVIOR}.scaleUp.policies.1",
        {"type": "Percent", "value": 50, "periodSeconds": 60},
    ),
    ("scaleUp.periodSeconds", {"scaleUp": {"periodSeconds": 30}}, f"{BEHAVIOR}.scaleUp.policies.0.periodSeconds", 30),
    ("scaleUp.select", {"scaleUp": {"percent": 50, "select": "min"}}, f"{BEHAVIOR}.scaleUp.selectPolicy", "Min"),
    ("scaleDown.tolerance", {"scaleDown": {"tolerance": 0.05}}, f"{BEHAVIOR}.scaleDown.tolerance", "50m"),
    (
        "scaleDown.windowSeconds",
        {"scaleDown": {"windowSeconds": 900}},
        f"{BEHAVIOR}.scaleDown.stabilizationWindowSeconds",
        900,
    ),
    (
        "scaleDownWindowSeconds",
        {"scaleDownWindowSeconds": 900},
        f"{BEHAVIOR}.scaleDown.stabilizationWindowSeconds",
        900,
    ),
    (
        "authentication.existingName",
        {
            "authentication": {
                "modes": ["bearer"],
                "existingName": "monitoring",
                "existingKind": "ClusterTriggerAuthentication",
            }
        },
        "triggers.in-flight.authenticationRef",
        {"name": "monitoring", "kind": "ClusterTriggerAuthentication"},
    ),
]


@pytest.mark.grid
@pytest.mark.parametrize(
    ("given", "path", "expected"), first(6, [row[1:] for row in KEDA]), ids=[row[0] for row in KEDA]
)
def test_a_key_reaches_the_scaled_object(given: dict[str, Any], path: str, expected: object) -> None:
    found = at(manifest({**IN_FLIGHT, **given})["spec"], path)
    assert found.startswith(expected) if path.endswith("query") and isinstance(expected, str) else found == expected


@pytest.mark.grid
def test_a_take_over_is_an_annotation() -> None:
    annotation = "scaledobject.keda.sh/transfer-hpa-ownership"
    taken = manifest({**IN_FLIGHT, "hpaName": "old", "takeOver": True})
    assert taken["metadata"]["annotations"][annotation] == "true"
    assert annotation not in manifest({**IN_FLIGHT, "hpaName": "old", "takeOver": False})["metadata"]["annotations"]


@pytest.mark.grid
def test_each_key_of_the_secret_reaches_the_trigger_authentication() -> None:
    keys = {"tokenKey": "a", "certKey": "b", "privateKey": "c", "caKey": "d", "usernameKey": "e", "passwordKey": "f"}

    def references(modes: list[str], **given: str) -> dict[str, str]:
        run = made({**IN_FLIGHT, "authentication": {"modes": modes, "secretName": "prometheus", **given}})
        wanted = run.manifest("TriggerAuthentication")["spec"]["secretTargetRef"]
        assert {one["name"] for one in wanted} == {"prometheus"}
        return {one["parameter"]: one["key"] for one in wanted}

    assert references(["bearer", "tls"], **keys) == {"bearerToken": "a", "cert": "b", "key": "c", "ca": "d"}
    assert references(["basic"], **keys) == {"username": "e", "password": "f", "ca": "d"}
    defaults = {"username": "username", "password": "password", "cert": "tls.crt", "key": "tls.key"}
    assert references(["basic", "tls"]) == defaults


ROUTE = {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute", "name": "orders"}
METRICS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    (
        "resource",
        {"type": "resource", "name": "cpu", "utilization": 90},
        {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 90}}},
    ),
    (
        "container-resource",
        {"type": "container-resource", "name": "memory", "container": "proxy", "averageValue": "100Mi"},
        {
            "type": "ContainerResource",
            "containerResource": {
                "name": "memory",
                "container": "proxy",
                "target": {"type": "AverageValue", "averageValue": "100Mi"},
            },
        },
    ),
    (
        "pods",
        {"type": "pods", "name": "calls", "selector": {"tool_name": "x"}, "averageValue": 10},
        {
            "type": "Pods",
            "pods": {
                "metric": {"name": "calls", "selector": {"matchLabels": {"tool_name": "x"}}},
                "target": {"type": "AverageValue", "averageValue": "10"},
            },
        },
    ),
    (
        "object",
        {"type": "object", "name": "requests", "describedObject": ROUTE, "value": "2k"},
        {
            "type": "Object",
            "object": {
                "describedObject": ROUTE,
                "metric": {"name": "requests"},
                "target": {"type": "Value", "value": "2k"},
            },
        },
    ),
]


@pytest.mark.parametrize(("given", "expected"), [row[1:] for row in METRICS], ids=[row[0] for row in METRICS])
def test_a_metric_reaches_the_horizontal_pod_autoscaler(given: dict[str, Any], expected: dict[str, Any]) -> None:
    found = manifest({"metrics": [given]})
    assert found["kind"] == "HorizontalPodAutoscaler"
    assert found["spec"]["metrics"][1:] == [expected]


# What moves the number decides which autoscaler there is.


@pytest.mark.grid
@pytest.mark.parametrize(
    ("scaling", "eras", "kind", "triggers"),
    [
        ({}, ["modern"], "HorizontalPodAutoscaler", None),
        ({"follow": "cpu"}, ["modern"], "HorizontalPodAutoscaler", None),
        (IN_FLIGHT, ["modern"], "ScaledObject", ["cpu", "in-flight"]),
        ({"schedules": [OFFICE]}, ["modern"], "ScaledObject", ["cpu", "office"]),
        (
            {"query": "sum(busy)", "targetPerPod": 5, "prometheusAddress": ADDRESS},
            ["modern"],
            "ScaledObject",
            ["cpu", "query"],
        ),
        ({"prometheusAddress": ADDRESS}, ["legacy-stateful"], "ScaledObject", ["cpu", "sessions"]),
        (
            {"metrics": [{"type": "external", "name": "q", "averageValue": "5"}]},
            ["legacy-stateful"],
            "HorizontalPodAutoscaler",
            None,
        ),
    ],
)
def test_what_is_followed_chooses_the_autoscaler(
    scaling: dict[str, Any], eras: list[str], kind: str, triggers: list[str] | None
) -> None:
    found = manifest(scaling, server={"eras": eras})
    assert found["kind"] == kind
    if triggers is not None:
        assert sorted(one["name"] for one in found["spec"]["triggers"]) == triggers


@pytest.mark.grid
@pytest.mark.parametrize(
    ("server", "seconds"),
    [({}, 80), ({"gracePeriodSeconds": 200}, 200), ({"maxToolSeconds": 3600}, 1800), ({"preStopSeconds": 90}, 100)],
)
def test_with_sessions_a_pod_has_ended_before_the_next_one_goes(server: dict[str, Any], seconds: int) -> None:
    """As long as the grace period of the pods, as far as Kubernetes lets a period last. Sessions are short here, so
    that nothing else makes the period longer."""
    run = made(
        {"prometheusAddress": ADDRESS},
        server={"eras": ["legacy-stateful"], **server},
        workload={"dailyUsers": None, "peakSessions": 70, "sessionMinutes": 1},
    )
    grace = run.manifest("Deployment")["spec"]["template"]["spec"]["terminationGracePeriodSeconds"]
    period = at(run.manifest("ScaledObject")["spec"], f"{BEHAVIOR}.scaleDown.policies.0.periodSeconds")
    assert period == seconds == min(grace, 1800)


# The names


def test_a_stack_and_a_program_share_one_declaration_of_what_is_handed_on() -> None:
    """So that what a rule refuses reaches the rule from a stack file as from a program."""
    shared = {
        key.path[1:]
        for key in keys_of(Settings)
        if key.path[:1] == ("scaling",) and key.path[1:2] and key.path[1] in SAID
    }
    assert shared == {key.path for key in keys_of(AutoscalingKeys) if key.path[0] in SAID}
    assert set(SAID) == {row.argument for row in pass_through(AutoscalingKeys) if row.key[0] == "scaling"}


def test_every_argument_of_the_autoscaler_is_said_by_a_stack_or_follows_from_it() -> None:
    others = set(AutoscalingKeys.model_fields) - set(SAID)
    assert others == {
        *(
            "namespace",
            "target",
            "target_kind",
            "kind",
            "eras",
            "min_replicas",
            "max_replicas",
            "container",
            "python",
            "requests",
        ),
        *("cpu_percent", "memory_percent", "sessions_per_pod", "session_minutes", "drain_seconds"),
        "hashed_affinity",
        "peak_replicas",
        *("route_name", "implementation", "kubernetes_version", "production", "accept"),
        *("await_ready", "await_timeout_seconds"),
    }
