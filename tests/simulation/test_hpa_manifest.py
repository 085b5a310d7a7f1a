"""A HorizontalPodAutoscaler as it is written, to what the controller computes with."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from pulumi_kubernetes_mcp.offline.manifests import manifests
from pulumi_kubernetes_mcp.offline.project import run_stack
from pulumi_kubernetes_mcp.settings import read_stack_file, stack_names
from pulumi_kubernetes_mcp.simulation.hpa import (
    Behavior,
    HpaSpec,
    MetricSpec,
    Policy,
    ScalingRules,
    Target,
    from_manifest,
    milli_value,
)
from pulumi_kubernetes_mcp.simulation.hpa.quantity import approximate_float
from tests.table import table

from .hpa_cases import manifest

EXAMPLE = Path(__file__).parents[2] / "examples" / "regions"


def metric(source: str, target: dict[str, Any], **body: Any) -> dict[str, Any]:
    return {"type": source, source[0].lower() + source[1:]: {**body, "target": target}}


CPU = metric("Resource", {"type": "Utilization", "averageUtilization": 60}, name="cpu")
NAMED = {"metric": {"name": "sessions"}}


def test_defaults() -> None:
    least = from_manifest(manifest({"maxReplicas": 7}))
    assert least == HpaSpec(
        min_replicas=1,
        max_replicas=7,
        metrics=(MetricSpec("Resource", "cpu", Target("Utilization", 80)),),
        behavior=None,
    )
    assert from_manifest(manifest({"maxReplicas": 7, "metrics": [], "minReplicas": None})) == least
    assert from_manifest(manifest({"maxReplicas": 7, "behavior": {}})).behavior == Behavior(
        up=ScalingRules(policies=(Policy("Pods", 4, 15), Policy("Percent", 100, 15)), window=0, select="Max"),
        down=ScalingRules(policies=(Policy("Percent", 100, 15),), window=None, select="Max"),
    )


def test_a_direction_that_is_given_in_part_has_the_rest_of_its_defaults() -> None:
    half = {"scaleUp": {"selectPolicy": "Min"}, "scaleDown": {"tolerance": 0}}
    assert from_manifest(manifest({"maxReplicas": 7, "behavior": half})).behavior == Behavior(
        up=ScalingRules(policies=(Policy("Pods", 4, 15), Policy("Percent", 100, 15)), window=0, select="Min"),
        down=ScalingRules(policies=(Policy("Percent", 100, 15),), window=None, tolerance=0.0),
    )


def test_everything_that_can_be_said() -> None:
    rules = {
        "stabilizationWindowSeconds": 60,
        "selectPolicy": "Min",
        "policies": [{"type": "Percent", "value": 10, "periodSeconds": 90}],
        "tolerance": "50m",
    }
    spec = from_manifest(
        manifest(
            {
                "minReplicas": 2,
                "maxReplicas": 20,
                "metrics": [
                    CPU,
                    metric(
                        "ContainerResource",
                        {"type": "AverageValue", "averageValue": "1.5Gi"},
                        name="memory",
                        container="server",
                    ),
                    metric("Pods", {"type": "AverageValue", "averageValue": "2500m"}, **NAMED),
                    metric("Object", {"type": "Value", "value": "1k"}, describedObject={}, **NAMED),
                    metric("External", {"type": "AverageValue", "averageValue": 50}, **NAMED),
                ],
                "behavior": {"scaleDown": rules},
            }
        )
    )
    assert spec.metrics == (
        MetricSpec("Resource", "cpu", Target("Utilization", 60)),
        MetricSpec("ContainerResource", "memory", Target("AverageValue", 1536 * 2**20 * 1000), "server"),
        MetricSpec("Pods", "sessions", Target("AverageValue", 2500)),
        MetricSpec("Object", "sessions", Target("Value", 1_000_000)),
        MetricSpec("External", "sessions", Target("AverageValue", 50_000)),
    )
    assert spec.behavior is not None
    assert spec.behavior.down == ScalingRules(
        policies=(Policy("Percent", 10, 90),), window=60, select="Min", tolerance=0.05
    )
    assert spec.behavior.up.policies == (Policy("Pods", 4, 15), Policy("Percent", 100, 15))


def test_the_field_decides_and_not_the_type_but_for_objects() -> None:
    odd = metric("External", {"type": "Value", "averageValue": "5"}, **NAMED)
    assert from_manifest(manifest({"maxReplicas": 7, "metrics": [odd]})).metrics[0].target.kind == "AverageValue"
    both = {"type": "Value", "value": "5", "averageValue": "7"}
    told = metric("Object", both, describedObject={}, **NAMED)
    assert from_manifest(manifest({"maxReplicas": 7, "metrics": [told]})).metrics[0].target == Target("Value", 5000)


def mistake(change: dict[str, Any]) -> dict[str, Any]:
    return manifest({"maxReplicas": 7, "metrics": [CPU]} | change)


def rules(change: dict[str, Any]) -> dict[str, Any]:
    return mistake({"behavior": {"scaleUp": change}})


@table(
    "given, message",
    [
        (manifest({}), "spec.maxReplicas: must be set"),
        (mistake({"maxReplicas": 0}), "spec.maxReplicas: must be from 1 to 2147483647, not 0"),
        (mistake({"maxReplicas": True}), "spec.maxReplicas: must be a whole number, not True"),
        (mistake({"minReplicas": 8}), "spec.maxReplicas: must be at least minReplicas, 8"),
        (mistake({"minReplicas": 0}), "spec.minReplicas: must be from 1 to 2147483647, not 0"),
        (mistake({"replicas": 1}), "spec.replicas: is not known here"),
        (mistake({"metrics": "cpu"}), "spec.metrics: must be a list"),
        (mistake({"metrics": [CPU, "cpu"]}), "spec.metrics[1]: must be a mapping"),
        (mistake({"metrics": [{"type": "CPU"}]}), "spec.metrics[0].type: must be one of Resource, ContainerResource"),
        (mistake({"metrics": [{"type": "Pods"}]}), "spec.metrics[0].pods: must be set"),
        (
            mistake({"metrics": [CPU | {"pods": {}}]}),
            "spec.metrics[0].pods: may not be set beside type Resource",
        ),
        (
            mistake({"metrics": [metric("Resource", {"type": "Utilization"}, name="cpu")]}),
            "spec.metrics[0].resource.target: must set averageValue or averageUtilization",
        ),
        (
            mistake({"metrics": [metric("Resource", {"type": "Utilization", "averageUtilization": 0}, name="cpu")]}),
            "spec.metrics[0].resource.target.averageUtilization: must be from 1 to",
        ),
        (
            mistake({"metrics": [metric("External", {"type": "Value", "value": "0"}, **NAMED)]}),
            "spec.metrics[0].external.target.value: must be positive",
        ),
        (
            mistake({"metrics": [metric("External", {"type": "Value", "value": "5 GB"}, **NAMED)]}),
            "spec.metrics[0].external.target.value: '5 GB' is not a quantity",
        ),
        (
            mistake({"metrics": [metric("External", {"type": "Value", "value": "1", "averageValue": "1"}, **NAMED)]}),
            "spec.metrics[0].external.target: may not set both averageValue and value",
        ),
        (
            mistake({"metrics": [metric("Object", {"type": "Utilization", "value": 1}, describedObject={}, **NAMED)]}),
            "spec.metrics[0].object.target: of type Utilization has no averageUtilization for the controller to read",
        ),
        (rules({"policies": []}), "spec.behavior.scaleUp.policies: must have at least one policy"),
        (
            rules({"policies": [{"type": "Pods", "value": 1, "periodSeconds": 1801}]}),
            "spec.behavior.scaleUp.policies[0].periodSeconds: must be from 1 to 1800, not 1801",
        ),
        (rules({"stabilizationWindowSeconds": 3601}), "spec.behavior.scaleUp.stabilizationWindowSeconds: must be from"),
        (rules({"selectPolicy": "Fastest"}), "spec.behavior.scaleUp.selectPolicy: must be one of Max, Min, Disabled"),
        (rules({"tolerance": "-0.1"}), "spec.behavior.scaleUp.tolerance: must not be negative"),
        (rules({"tolerance": []}), "spec.behavior.scaleUp.tolerance: must be a quantity, not []"),
        (rules({"window": 5}), "spec.behavior.scaleUp.window: is not known here"),
        ({"apiVersion": "autoscaling/v1"}, "apiVersion: must be autoscaling/v2, not 'autoscaling/v1'"),
    ],
)
def test_what_cannot_be_taken(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError) as refusal:  # noqa: PT011
        from_manifest(given)
    assert str(refusal.value).startswith(message)


def test_zero_needs_the_gate_and_a_metric_that_needs_no_pods() -> None:
    zero = {"maxReplicas": 7, "minReplicas": 0}
    external = metric("External", {"type": "Value", "value": "1"}, **NAMED)
    assert from_manifest(manifest(zero | {"metrics": [CPU, external]}), scale_to_zero=True).min_replicas == 0
    with pytest.raises(ValueError, match=r"^spec.metrics: must have an Object or External metric"):
        from_manifest(manifest(zero | {"metrics": [CPU]}), scale_to_zero=True)


def test_the_dictionary_is_left_alone() -> None:
    given = manifest({"maxReplicas": 7, "behavior": {"scaleUp": {"tolerance": 0.05}}})
    before = deepcopy(given)
    from_manifest(given)
    assert given == before


def test_quantities() -> None:
    for text, milli in (
        ("1", 1000),
        ("1m", 1),
        ("1n", 1),
        ("0.4n", 1),
        ("1001u", 2),
        ("0.1", 100),
        (0.1, 100),
        ("1.5Ki", 1_536_000),
    ):
        assert milli_value(text) == milli, text
    assert milli_value("1e-3") == 1
    assert milli_value("-1500u") == -2
    for text in ("", "1 Gi", "1KB", "e", "1e1000"):
        with pytest.raises(ValueError, match=r"quantity|more than"):
            milli_value(text)
    # what is stored as 570m is 570 × 0.001 and not 0.57, one bit apart
    assert approximate_float("0.57") == 570 * 0.001
    assert approximate_float("2") == 2.0
    assert approximate_float("1500u") == 1500 * 1e-6


@pytest.mark.grid
def test_every_rendered_autoscaler_can_be_simulated() -> None:
    documents = [
        dict(one.body)
        for name in stack_names(EXAMPLE)
        for one in manifests(run_stack(read_stack_file(EXAMPLE, stack=name), EXAMPLE))
        if one.kind == "HorizontalPodAutoscaler"
    ]
    assert documents
    for document in documents:
        spec = from_manifest(document)
        assert spec.max_replicas == document["spec"]["maxReplicas"]
        assert len(spec.metrics) == len(document["spec"]["metrics"])
