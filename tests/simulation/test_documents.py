"""Autoscalers as they are written: what the simulation takes over, what it notes, and what it refuses."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import yaml

from pulumi_kubernetes_mcp.simulation import hpa
from pulumi_kubernetes_mcp.simulation.documents import PolicyError, from_document, unlisted
from pulumi_kubernetes_mcp.simulation.policy import Fallback, Keda, Policy, Source
from tests.table import table

HPA = """
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: mcp, annotations: {a: b}}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: mcp}
  minReplicas: 3
  maxReplicas: 12
  metrics:
    - {type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 60}}}
    - {type: Pods, pods: {metric: {name: mcp_active_sessions}, target: {type: AverageValue, averageValue: "50"}}}
  behavior: {scaleDown: {stabilizationWindowSeconds: 600}}
status: {currentReplicas: 3}
"""
SCALED_OBJECT = """
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: mcp}
spec:
  scaleTargetRef: {name: mcp}
  pollingInterval: 12
  minReplicaCount: 2
  maxReplicaCount: 30
  fallback: {failureThreshold: 3, replicas: 4, behavior: currentReplicasIfHigher}
  advanced:
    horizontalPodAutoscalerConfig:
      behavior:
        scaleUp: {policies: [{type: Pods, value: 4, periodSeconds: 60}]}
  triggers:
    - type: prometheus
      useCachedMetrics: true
      metadata:
        serverAddress: http://prometheus:9090
        query: sum(mcp_active_sse_connections{namespace="mcp"})
        threshold: "50"
        activationThreshold: "5"
        ignoreNullValues: "false"
    - {type: cpu, metricType: Utilization, metadata: {value: "150", containerName: server}}
    - type: cron
      metadata: {timezone: Europe/Berlin, start: 0 8 * * 1-5, end: 0 18 * * 1-5, desiredReplicas: "6"}
"""

FIRST = """
apiVersion: autoscaling/v1
kind: HorizontalPodAutoscaler
metadata: {name: mcp}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: mcp}
  minReplicas: 2
  maxReplicas: 10
  targetCPUUtilizationPercentage: 70
"""


def read(text: str) -> Policy:
    return from_document(yaml.safe_load(text), "mine")


def changed(text: str, **values: Any) -> dict[str, Any]:
    """The document with other values; a double underscore is one step down, a number a place in a list."""
    document: dict[str, Any] = copy.deepcopy(yaml.safe_load(text))
    for path, value in values.items():
        node: Any = document
        *steps, last = (int(step) if step.isdecimal() else step for step in path.split("__"))
        for step in steps:
            node = node[step]
        if value is None:
            del node[last]
        else:
            node[last] = value
    return document


def test_an_autoscaler_is_taken_as_it_is() -> None:
    policy = read(HPA)
    assert (policy.name, policy.minimum, policy.maximum, policy.keda, policy.notes) == ("mine", 3, 12, None, ())
    assert policy.sources == (
        Source(measure="cpu", external=False),
        Source(measure="sessions", per_pod=True),
    )
    assert policy.spec.behavior is not None
    assert policy.spec.behavior.down.window == 600


def test_an_autoscaler_of_the_first_version_is_what_the_api_makes_of_it() -> None:
    policy = read(FIRST)
    assert (policy.minimum, policy.maximum, policy.notes) == (2, 10, ())
    assert policy.spec.metrics == (hpa.MetricSpec("Resource", "cpu", hpa.Target("Utilization", 70)),)
    without = from_document(changed(FIRST, spec__targetCPUUtilizationPercentage=None), "mine")
    assert without.spec.metrics == (hpa.MetricSpec("Resource", "cpu", hpa.Target("Utilization", 80)),)


def test_lists_hold_objects() -> None:
    one, two = {"kind": "A"}, {"kind": "B"}
    nested = {"kind": "List", "items": [one, {"kind": "ScaledObjectList", "items": [two]}]}
    assert list(unlisted([None, nested])) == [one, two]
    assert list(unlisted([{"kind": "List"}, 5])) == [{"kind": "List"}, 5]


def test_a_scaled_object_is_what_keda_makes_of_it() -> None:
    policy = read(SCALED_OBJECT)
    assert policy.keda == Keda(
        polling_seconds=10,
        fallback=Fallback(failures=3, replicas=4, behavior="currentReplicasIfHigher"),
    )
    prometheus, cpu, cron = policy.sources
    assert prometheus == Source(measure="sessions", cached=True, activation=5)
    assert cpu == Source(measure="cpu", external=False)
    assert cron.window is not None
    assert (cron.measure, cron.window.replicas, cron.window.time_zone) == ("cron", 6, "Europe/Berlin")
    assert [(metric.source, metric.name, metric.target.value) for metric in policy.spec.metrics] == [
        ("External", "s0-prometheus", 50_000),
        ("ContainerResource", "cpu", 150),
        ("External", "s2-cron", 1000),
    ]
    assert policy.spec.behavior is not None
    assert policy.spec.behavior.up.policies == (hpa.Policy("Pods", 4, 60),)


def test_keda_s_defaults() -> None:
    policy = from_document(
        changed(
            SCALED_OBJECT,
            spec__minReplicaCount=None,
            spec__maxReplicaCount=None,
            spec__pollingInterval=None,
            spec__fallback=None,
            spec__triggers__0__metadata__ignoreNullValues=None,
        ),
        "mine",
    )
    assert (policy.minimum, policy.maximum) == (1, 100)
    assert policy.keda == Keda(polling_seconds=30, cooldown_seconds=300, to_zero=True)
    assert policy.sources[0].null_is_zero


@pytest.mark.parametrize(
    ("query", "source"),
    [
        ("sum(mcp_in_flight_calls)", Source(measure="in-flight", null_is_zero=True)),
        (
            'sum(http_server_active_requests{http_method="GET",pod=~"mcp-.*"})',
            Source(measure="sessions", null_is_zero=True),
        ),
        ('sum(http_server_active_requests{http_method="POST"})', Source(measure="in-flight", null_is_zero=True)),
        ("sum(toolhive_mcp_active_connections)", Source(measure="sessions", null_is_zero=True)),
        ("sum(envoy_cluster_upstream_rq_active)", Source(measure="in-flight", null_is_zero=True)),
        (
            "sum(rate(http_requests_total[5m]))",
            Source(measure="calls", rate_seconds=300, null_is_zero=True),
        ),
        ("avg(mcp_active_sessions)", Source(measure="sessions", average=True, null_is_zero=True)),
        (
            "sum(mcp_active_sessions) / count(mcp_active_sessions)",
            Source(measure="sessions", average=True, null_is_zero=True),
        ),
    ],
)
def test_what_a_query_counts_is_read_from_its_words(query: str, source: Source) -> None:
    document = changed(
        SCALED_OBJECT,
        spec__triggers=[{"type": "prometheus", "metadata": {"query": query, "threshold": "5"}}],
        spec__minReplicaCount=1,
    )
    policy = from_document(document, "mine")
    assert policy.sources == (source,)
    assert policy.notes == ()


CPU = {"type": "cpu", "metricType": "Utilization", "metadata": {"value": "80"}}


@pytest.mark.parametrize("least", [None, 0])
def test_a_scaled_object_that_only_resources_scale_cannot_go_to_zero(least: int | None) -> None:
    document = changed(SCALED_OBJECT, spec__triggers=[CPU], spec__minReplicaCount=least)
    with pytest.raises(PolicyError, match=r"scaledobject has only cpu/memory triggers AND minReplica is 0"):
        from_document(document, "mine")


def test_keda_keeps_active_what_only_resources_scale() -> None:
    policy = from_document(changed(SCALED_OBJECT, spec__triggers=[CPU], spec__idleReplicaCount=0), "mine")
    assert policy.keda is not None
    assert not policy.keda.to_zero
    with_others = from_document(changed(SCALED_OBJECT, spec__idleReplicaCount=0), "mine")
    assert with_others.keda is not None
    assert with_others.keda.to_zero


@pytest.mark.parametrize(
    ("query", "returns"),
    [
        ("mcp_active_sse_connections", "several series"),
        ("sum by (pod) (mcp_active_sse_connections)", "several series"),
        ("scalar(sum(mcp_active_sse_connections))", "a number"),
    ],
)
def test_keda_fails_on_a_query_that_does_not_return_one_series(query: str, returns: str) -> None:
    policy = from_document(changed(SCALED_OBJECT, spec__triggers__0__metadata__query=query), "mine")
    assert policy.sources[0] == Source(measure="unknown", cached=True, activation=5)
    assert policy.notes == (
        f"spec.triggers[0]: KEDA takes one series, and '{query}' returns {returns}: the metric always fails",
    )


def test_a_query_of_the_stack_itself_is_taken_at_its_word() -> None:
    document = changed(SCALED_OBJECT, spec__triggers__0__metadata__query="known_when_it_is_deployed")
    assert from_document(document, "mine", {"known_when_it_is_deployed": "sessions"}).sources[0].measure == "sessions"


def test_a_container_that_is_not_there_has_no_metric_and_no_fallback() -> None:
    note = "the pods have the container 'server' and no 'app': the metric always fails"
    target = {"type": "Utilization", "averageUtilization": 50}
    metric = {"type": "ContainerResource", "containerResource": {"name": "cpu", "container": "app", "target": target}}
    plain = from_document(changed(HPA, spec__metrics__0=metric), "mine")
    keda = from_document(changed(SCALED_OBJECT, spec__triggers__1__metadata__containerName="app"), "mine")
    assert plain.notes == (note,)
    assert keda.notes == (f"spec.triggers[1]: {note}",)
    assert plain.sources[0] == keda.sources[1] == Source(measure="unknown", external=False)


def test_a_metric_of_one_s_own_is_known_where_it_is_said() -> None:
    document = changed(SCALED_OBJECT, spec__triggers__0__metadata__query="sum(acme_open)")
    assert from_document(document, "mine").sources[0].measure == "unknown"
    assert from_document(document, "mine", {"acme_open": "sessions"}).sources[0].measure == "sessions"
    assert from_document(document, "mine", {"sum(acme_open)": "in-flight"}).sources[0].measure == "in-flight"
    assert from_document(document, "mine", {"acme": "sessions"}).sources[0].measure == "unknown"


@pytest.mark.parametrize(
    ("document", "note"),
    [
        (
            changed(SCALED_OBJECT, spec__triggers__0__metadata__query="sum(acme_open)"),
            "spec.triggers[0]: it is not known what 'sum(acme_open)' counts: the metric always fails",
        ),
        (
            changed(SCALED_OBJECT, spec__triggers__2={"type": "kafka", "metadata": {}}),
            "spec.triggers[2]: the trigger kafka is not simulated: its metric always fails",
        ),
        (
            changed(SCALED_OBJECT, spec__advanced={"scalingModifiers": {"formula": "a + b"}}),
            "spec.advanced.scalingModifiers is not simulated",
        ),
        (
            changed(SCALED_OBJECT, metadata={"annotations": {"autoscaling.keda.sh/paused": "true"}}),
            "the annotation autoscaling.keda.sh/paused is not simulated",
        ),
        (
            changed(
                HPA,
                spec__metrics__0={
                    "type": "Resource",
                    "resource": {
                        "name": "ephemeral-storage",
                        "target": {"type": "Utilization", "averageUtilization": 50},
                    },
                },
            ),
            "the resource ephemeral-storage is not simulated: the metric always fails",
        ),
    ],
)
def test_what_is_not_simulated_is_said(document: dict[str, Any], note: str) -> None:
    assert from_document(document, "mine").notes == (note,)


@table(
    "document, problem",
    [
        (None, "it is no Kubernetes object"),
        ([], "it is no Kubernetes object"),
        ({"kind": "Deployment"}, "kind: 'Deployment' is no autoscaler"),
        ({}, "kind: None is no autoscaler"),
        (changed(HPA, apiVersion="autoscaling/v2beta2"), "apiVersion: must be autoscaling/v2, not 'autoscaling/v2b"),
        (changed(FIRST, spec__targetCPUUtilizationPercentage=0), "spec.targetCPUUtilizationPercentage: 0 is no whole"),
        (changed(FIRST, spec=None), "spec: must be a map"),
        (changed(HPA, spec=None), "spec: must be set"),
        (changed(HPA, spec__maxReplicas=2), "spec.maxReplicas: must be at least minReplicas, 3"),
        (changed(HPA, spec__metrics=[5]), "spec.metrics[0]: must be a mapping"),
        (changed(SCALED_OBJECT, apiVersion="keda.sh/v2"), "apiVersion: must be keda.sh/v1alpha1, not 'keda.sh/v2'"),
        (changed(SCALED_OBJECT, spec=None), "spec: must be a map"),
        (changed(SCALED_OBJECT, spec__triggers=[]), "spec.triggers: a ScaledObject has a list"),
        (changed(SCALED_OBJECT, spec__triggers="x"), "spec.triggers: a ScaledObject has a list"),
        (changed(SCALED_OBJECT, spec__triggers__0="x"), "spec.triggers[0]: must be a map"),
        (
            changed(SCALED_OBJECT, spec__triggers__0__metadata__query=None),
            "spec.triggers[0].metadata.query: a prometheus trigger needs it",
        ),
        (
            changed(SCALED_OBJECT, spec__triggers__0__metadata__threshold="fifty"),
            "the HorizontalPodAutoscaler that KEDA makes: spec.metrics[0].external.target.averageValue: 'fifty'",
        ),
        (
            changed(SCALED_OBJECT, spec__triggers__0__metadata__activationThreshold="x"),
            "spec.triggers[0].metadata.activationThreshold: 'x' is no number",
        ),
        (
            changed(SCALED_OBJECT, spec__triggers__0__metricType="Utilization"),
            "spec.triggers[0].metricType: must be AverageValue or Value",
        ),
        (
            changed(SCALED_OBJECT, spec__triggers__1__metadata__value="half"),
            "spec.triggers[1].metadata.value: 'half' is no percentage",
        ),
        (
            changed(SCALED_OBJECT, spec__triggers__2__metadata__start="0 25 * * *"),
            "spec.triggers[2].metadata.start: '0 25 * * *' is no cron expression. ",
        ),
        (
            changed(SCALED_OBJECT, spec__triggers__2__metadata__end="0 8 * * 1-5"),
            "spec.triggers[2].metadata.end: must differ from start",
        ),
        (
            changed(SCALED_OBJECT, spec__triggers__2__metadata__timezone="Europe/Atlantis"),
            "spec.triggers[2].metadata.timezone: 'Europe/Atlantis' is no IANA time zone",
        ),
        (
            changed(SCALED_OBJECT, spec__triggers__2__metadata__timezone="../x"),
            "spec.triggers[2].metadata.timezone: '../x' is no IANA time zone",
        ),
        (
            changed(SCALED_OBJECT, spec__triggers__2__metadata__desiredReplicas="six"),
            "spec.triggers[2].metadata.desiredReplicas: 'six' is no number of pods",
        ),
        (
            changed(SCALED_OBJECT, spec__triggers__2__metadata__timezone=None),
            "spec.triggers[2].metadata.timezone: a cron trigger needs it",
        ),
        (
            changed(SCALED_OBJECT, spec__triggers__1__metadata__type="Utilization"),
            "spec.triggers[1].metadata.type: scaler cpu info: The 'type' setting is DEPRECATED and is removed in v2.18",
        ),
        (
            changed(SCALED_OBJECT, spec__triggers__1__metricType=None),
            "spec.triggers[1].metricType: unknown metric type: , allowed values are 'Utilization' or 'AverageValue'",
        ),
        (
            changed(SCALED_OBJECT, spec__idleReplicaCount=2),
            "spec.idleReplicaCount: IdleReplicaCount=2 must be less than MinReplicaCount=2",
        ),
        (changed(SCALED_OBJECT, spec__minReplicaCount=-1), "spec.minReplicaCount: -1 is no whole number"),
        (changed(SCALED_OBJECT, spec__minReplicaCount=True), "spec.minReplicaCount: True is no whole number"),
        (changed(SCALED_OBJECT, spec__pollingInterval=0), "spec.pollingInterval: must be at least 1"),
        (changed(SCALED_OBJECT, spec__fallback={"replicas": 3}), "spec.fallback.failureThreshold: must be set"),
        (
            changed(SCALED_OBJECT, spec__fallback__behavior="best"),
            "spec.fallback.behavior: must be one of static, currentReplicas",
        ),
        (
            changed(
                SCALED_OBJECT, spec__advanced__horizontalPodAutoscalerConfig__behavior={"scaleUp": {"policies": []}}
            ),
            "the HorizontalPodAutoscaler that KEDA makes: spec.behavior.scaleUp.policies: must have at least",
        ),
        (
            changed(SCALED_OBJECT, spec__minReplicaCount=40),
            "the HorizontalPodAutoscaler that KEDA makes: spec.maxReplicas: must be at least minReplicas, 40",
        ),
    ],
)
def test_what_is_wrong_is_refused_with_its_path(document: object, problem: str) -> None:
    with pytest.raises(PolicyError) as refused:
        from_document(document, "mine")
    assert str(refused.value).startswith(problem)
