"""KEDA's own webhook and operator: what they accept, and what they refuse at once, later, or never."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pulumi_kubernetes_mcp.autoscaling import spec as specs
from tests.cluster.keda_lab import KedaLab
from tests.cluster.keda_objects import (
    Manifest,
    changed,
    cron,
    horizontal_pod_autoscaler,
    scaled_object,
    trigger_authentication,
    workload,
)
from tests.cluster.kubectl import KubectlError

SPACE = "webhook"
NOWHERE = "http://127.0.0.1:9"
COOLDOWN = "CooldownPeriod is configured but is not relevant."
POLLING = "PollingInterval is configured but is not relevant for scaling."
OFFICE = cron("0 8 * * 1-5", "0 18 * * 1-5", 6, "Europe/Berlin")


@pytest.fixture(scope="module")
def space(keda: KedaLab) -> Iterator[KedaLab]:
    """A namespace with workloads, one of them without requests, and one scaled already."""
    keda.namespace(SPACE)
    names = ("full", "scaled", "owned", "kept")
    workloads = [*(workload(name, SPACE) for name in names), workload("bare", SPACE, requests={}), secretive()]
    others = [horizontal_pod_autoscaler("owned", SPACE)]
    others.append(horizontal_pod_autoscaler("kept", SPACE, annotations=specs.NOT_KEDAS))
    others.append(trigger_authentication("empty", SPACE, token("empty")))
    keda.apply(*workloads, *others)
    first = make("scaled")
    keda.apply(first)
    keda.autoscaler(first)
    yield keda
    keda.remove(first)


def secretive() -> Manifest:
    """A workload whose container takes a value from a Secret that is not there."""
    one = workload("secretive", SPACE)
    source = {"secretKeyRef": {"name": "absent", "key": "token"}}
    one["spec"]["template"]["spec"]["containers"][0]["env"] = [{"name": "TOKEN", "valueFrom": source}]
    return one


def token(name: str) -> specs.Authentication:
    """A token from a Secret that is not there, by way of a TriggerAuthentication."""
    keys = (("bearerToken", "token"),)
    return specs.Authentication(
        modes=("bearer",), name=name, kind="TriggerAuthentication", secret_name="absent", keys=keys
    )


def make(name: str, target: str | None = None, **given: Any) -> Manifest:
    """One of our ScaledObjects, by default for the workload of the same name."""
    one = scaled_object(NOWHERE, name, SPACE, **given)
    return one if target is None else changed(one, "spec.scaleTargetRef.name", target)


def only_cpu(name: str, target: str | None = None, **given: Any) -> Manifest:
    """The same without sessions."""
    return make(name, target, source=None, cpu_percent=80, **given)


def named_twice() -> Manifest:
    """Two triggers of one name."""
    return changed(make("full", schedules=(OFFICE,)), "spec.triggers.1.name", "sessions")


REFUSED: dict[str, tuple[Callable[[], Manifest], str]] = {
    "cpu and no requests": (
        lambda: make("bare", cpu_percent=80),
        "the scaledobject has a cpu trigger but the container server doesn't have the cpu request defined",
    ),
    "cpu before its workload exists": (lambda: make("absent", cpu_percent=80), 'Deployment.apps "absent" not found'),
    "a workload that has an autoscaler": (
        lambda: make("owned"),
        "the workload 'owned' of type 'apps/v1.Deployment' is already managed by the hpa 'owned'",
    ),
    "a workload that has a ScaledObject": (
        lambda: make("second", "scaled"),
        # by the ScaledObject 'scaled' or by the hpa 'keda-hpa-scaled': KEDA looks in no certain order
        "the workload 'scaled' of type 'apps/v1.Deployment' is already managed by the ",
    ),
    "an autoscaler's name that is taken": (
        lambda: make("full", hpa_name="keda-hpa-scaled"),
        "the HPA 'keda-hpa-scaled' is already managed by the ScaledObject 'scaled'",
    ),
    "taking over and not saying what": (
        lambda: changed(make("owned"), "metadata.annotations", specs.TAKE_OVER),
        "the existing hpa 'owned' for workload 'owned' of type 'apps/v1.Deployment' must be specified by name",
    ),
    "a name of 55 characters": (lambda: make("x" * 55, "full"), "is 64 characters long; must be no more than 63"),
    "a minimum above the maximum (CEL)": (
        lambda: make("full", min_replicas=9),
        "minReplicaCount must be less than or equal to maxReplicaCount",
    ),
    "a fallback for cpu alone": (
        lambda: changed(only_cpu("full"), "spec.fallback", {"failureThreshold": 3, "replicas": 2}),
        "at least one trigger (that is not cpu or memory) has to have the `AverageValue` type for the fallback",
    ),
    "cpu alone down to zero": (
        lambda: only_cpu("full", min_replicas=0),
        "scaledobject has only cpu/memory triggers AND minReplica is 0",
    ),
    "two triggers of one name": (named_twice, 'triggerName "sessions" is defined multiple times'),
    "cron from a cache": (
        lambda: changed(make("full", schedules=(OFFICE,)), "spec.triggers.1.useCachedMetrics", True),
        'property "useCachedMetrics" is not supported for "cron" scaler',
    ),
    "no trigger": (lambda: changed(make("full"), "spec.triggers", []), "should have at least 1 items"),
    "a window above an hour": (
        lambda: changed(
            make("full"),
            "spec.advanced.horizontalPodAutoscalerConfig.behavior.scaleDown.stabilizationWindowSeconds",
            3601,
        ),
        "should be less than or equal to 3600",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_is_refused(space: KedaLab, name: str) -> None:
    """KEDA's webhook or its definition says no, for the reason expected."""
    build, reason = REFUSED[name]
    with pytest.raises(KubectlError) as caught:
        space.apply(build(), limit_s=0)
    assert reason in caught.value.stderr


ACCEPTED: dict[str, Callable[[], Manifest]] = {
    "sessions": lambda: make("full"),
    "sessions and cpu": lambda: make("full", cpu_percent=150),
    "sessions, cpu, memory and hours": lambda: make("full", cpu_percent=150, memory_percent=90, schedules=(OFFICE,)),
    "cpu and hours": lambda: only_cpu("full", schedules=(OFFICE,)),
    "sessions down to zero": lambda: make("full", min_replicas=0),
    "sessions down to zero, polled often": lambda: make("full", min_replicas=0, polling_seconds=5),
    "a name of 54 characters": lambda: make("x" * 54, "full"),
    "an autoscaler that is none of KEDA's business": lambda: make("kept"),
    "taking over": lambda: changed(make("owned", hpa_name="owned"), "metadata.annotations", specs.TAKE_OVER),
    "sessions before the workload exists": lambda: make("absent"),
    "cpu of a container that does not exist": lambda: changed(
        make("full", cpu_percent=80), "spec.triggers.1.metadata.containerName", "sidecar"
    ),
    "a key that KEDA does not know": lambda: changed(make("full"), "spec.triggers.0.metadata.metricName", "sessions"),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_is_accepted(space: KedaLab, name: str) -> None:
    """The webhook says yes, and warns about nothing."""
    one = ACCEPTED[name]()
    warnings = space.apply(one, dry_run="container" not in name).warnings
    space.remove(*(() if "container" not in name else (one,)))
    assert list(warnings) == []


def test_warns_about_a_polling_interval(space: KedaLab) -> None:
    """Also about its own default: with a minimum of one or more the autoscaler asks, and nobody polls."""
    (warning,) = space.apply(make("full", polling_seconds=30), dry_run=True).warnings
    assert warning.startswith(POLLING)


def test_warns_about_a_cooldown_period(space: KedaLab) -> None:
    """It is the way to zero only, too."""
    one = changed(make("full"), "spec.cooldownPeriod", 300)
    assert any(text.startswith(COOLDOWN) for text in space.apply(one, dry_run=True).warnings)


def test_a_dry_run_does_not_look_at_requests(space: KedaLab) -> None:
    """What a preview against the server accepts can still be refused."""
    space.apply(make("bare", cpu_percent=80), dry_run=True)


@pytest.mark.parametrize("kind", ["limits", "LimitRange"])
def test_a_limit_counts_as_a_request(keda: KedaLab, kind: str) -> None:
    """A limit without a request is enough for cpu, on the container or from the namespace's defaults."""
    space = keda.namespace(f"limited-{kind.lower()}")
    one = workload("limited", space, requests={})
    if kind == "limits":
        one["spec"]["template"]["spec"]["containers"][0]["resources"] = {"limits": {"cpu": "1"}}
    else:
        limits = [{"type": "Container", "default": {"cpu": "1"}}]
        keda.apply(_object("v1", "LimitRange", "defaults", space, {"limits": limits}))
    keda.apply(one)
    keda.apply(scaled_object(NOWHERE, "limited", space, cpu_percent=80))


# -- accepted by the webhook, and then -----------------------------------------------------------------------------


def hours(**metadata: str | None) -> Manifest:
    """A ScaledObject with a window whose metadata is partly wrong."""
    one = make("odd", schedules=(OFFICE,))
    for key, value in metadata.items():
        one = changed(one, f"spec.triggers.1.metadata.{key}", value)
    return one


def sessions(key: str, value: Any) -> Manifest:
    """A ScaledObject whose first trigger is partly wrong."""
    return changed(make("odd"), f"spec.triggers.0.{key}", value)


TOKENLESS = "bearer token=<empty> is required when bearer auth is enabled"
UNREADY: dict[str, tuple[Manifest, str]] = {
    "a window that starts when it ends": (
        hours(start="0 8 * * *", end="0 8 * * *"),
        "start and end can not have exactly same time input",
    ),
    "a start that is no cron": (hours(start="0 25 * * *"), "error parsing start schedule"),
    "an end with Sunday as 7": (hours(end="0 8 * * 7"), "end of range (7) above maximum (6)"),
    "a window without a time zone": (hours(timezone=None), 'missing required parameter "timezone"'),
    "a window for no pods": (hours(desiredReplicas="0"), "no desiredReplicas specified"),
    "no threshold": (sessions("metadata.threshold", None), 'missing required parameter "threshold"'),
    "no address": (sessions("metadata.serverAddress", None), 'missing required parameter "serverAddress"'),
    "sessions as a share of a request": (
        sessions("metricType", "Utilization"),
        "'Utilization' metric type is unsupported for external metrics",
    ),
    "a TriggerAuthentication that does not exist": (make("odd", authentication=token("absent")), TOKENLESS),
    "a TriggerAuthentication whose Secret does not exist": (make("odd", authentication=token("empty")), TOKENLESS),
    "a Secret of the workload that does not exist": (
        make("odd", "secretive"),
        "error resolving secrets for ScaleTarget: error resolving secret name",
    ),
    "a workload that does not exist": (make("odd", "absent"), "ScaledObject doesn't have correct scaleTargetRef"),
}


@pytest.fixture(scope="module")
def unready(space: KedaLab) -> dict[str, Manifest]:
    """All of them at once, each with a name and a workload of its own."""
    objects, workloads = {}, []
    for number, (case, (one, _)) in enumerate(UNREADY.items()):
        name = f"odd-{number}"
        objects[case] = changed(one, "metadata.name", name)
        if one["spec"]["scaleTargetRef"]["name"] == "odd":
            objects[case] = changed(objects[case], "spec.scaleTargetRef.name", name)
            workloads.append(workload(name, SPACE, replicas=1))
    space.apply(*workloads)
    space.apply(*objects.values())
    return objects


@pytest.mark.parametrize("name", UNREADY)
def test_is_accepted_and_never_ready(space: KedaLab, unready: dict[str, Manifest], name: str) -> None:
    """Only the operator notices, after the webhook has said yes; no autoscaler is made."""
    one = unready[name]
    ready = space.ready(one, "False")
    assert ready["reason"] == "ScaledObjectCheckFailed"
    assert UNREADY[name][1] in ready["message"]
    made = [hpa["metadata"]["name"] for hpa in space.client.get("hpa", "-n", SPACE)]
    assert f"keda-hpa-{one['metadata']['name']}" not in made


def _object(version: str, kind: str, name: str, namespace: str, spec: Manifest) -> Manifest:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name, "namespace": namespace}, "spec": spec}
