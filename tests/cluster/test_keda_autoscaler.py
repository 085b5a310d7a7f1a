"""The HorizontalPodAutoscaler that KEDA's operator makes of our ScaledObjects, and what becomes of both."""

from __future__ import annotations

import time
from typing import Any

import pytest

from pulumi_kubernetes_mcp.autoscaling import spec as specs
from tests.cluster.keda_lab import KedaLab
from tests.cluster.keda_objects import (
    METRIC,
    Manifest,
    changed,
    cron,
    horizontal_pod_autoscaler,
    scaled_object,
    trigger_authentication,
    workload,
)
from tests.cluster.kubectl import Object, wait_until
from tests.cluster.oracles import group_of
from tests.cluster.test_stacks import read_stack, rendered_stacks

NOWHERE = "http://127.0.0.1:9"
OWNER = "scaledobject.keda.sh/name"
SERVED = {"", "apps", "autoscaling", "policy", "networking.k8s.io", "rbac.authorization.k8s.io", "keda.sh"}
OFFICE = cron("0 8 * * 1-5", "0 18 * * 1-5", 6, "Europe/Berlin")


def external(place: int, metric: str, average: str = "1") -> Manifest:
    """An external metric as KEDA writes it, all but its selector, which holds the name of the ScaledObject."""
    target = {"type": "AverageValue", "averageValue": average}
    return {"type": "External", "external": {"metric": {"name": f"s{place}-{metric}"}, "target": target}}


def selected(metric: Manifest, owner: str) -> Manifest:
    """The metric with its selector."""
    if metric["type"] != "External":
        return metric
    identity = {**metric["external"]["metric"], "selector": {"matchLabels": {OWNER: owner}}}
    return {**metric, "external": {**metric["external"], "metric": identity}}


def container(resource: str, percent: int) -> Manifest:
    """A share of what the container requests."""
    target = {"type": "Utilization", "averageUtilization": percent}
    body = {"name": resource, "container": "server", "target": target}
    return {"type": "ContainerResource", "containerResource": body}


def threshold(number: float) -> dict[str, Any]:
    """Values for sessions with another target per pod."""
    return {"source": specs.Source(name="sessions", query="sum(x)", target_per_pod=number)}


SESSIONS = external(0, "prometheus", "10")
BERLIN = "cron-Europe-Berlin-08xx1-5-018xx1-5"
QUARTERS = cron("*/15 8-17 ? * 1,3", "7/15 8-17 * * *", 3, "Etc/GMT+5")
GENERATED: dict[str, tuple[dict[str, Any], list[Manifest]]] = {
    "sessions": ({}, [SESSIONS]),
    "sessions and hours": ({"schedules": (OFFICE,)}, [SESSIONS, external(1, BERLIN)]),
    "sessions, cpu, memory and hours": (
        {"cpu_percent": 150, "memory_percent": 90, "schedules": (OFFICE,)},
        [container("cpu", 150), container("memory", 90), SESSIONS, external(3, BERLIN)],
    ),
    "cpu and hours": (
        {"source": None, "cpu_percent": 80, "schedules": (OFFICE,)},
        [container("cpu", 80), external(1, BERLIN)],
    ),
    "signs that no name may hold": (
        {"schedules": (QUARTERS,)},
        [SESSIONS, external(1, "cron-Etc-GMT+5-xSl158-17Qmx1Cm3-7Sl158-17xxx")],
    ),
    "down to zero": ({"min_replicas": 0}, [SESSIONS]),
    "2.5 sessions": (threshold(2.5), [external(0, "prometheus", "2.500")]),
    "a quarter of a session": (threshold(0.25), [external(0, "prometheus", "250m")]),
    "1000 sessions": (threshold(1000), [external(0, "prometheus", "1k")]),
    "12.345 sessions": (threshold(12.345), [external(0, "prometheus", "12.345")]),
}


@pytest.fixture(scope="module")
def made(keda: KedaLab) -> dict[str, Manifest]:
    """All of them at once, each with a name and a workload of its own, and with labels and annotations."""
    space, objects, workloads = keda.namespace("made"), {}, []
    for number, (case, (given, _)) in enumerate(GENERATED.items()):
        name = f"made-{number}"
        objects[case] = scaled_object(NOWHERE, name, space, **given)
        objects[case]["metadata"] |= {
            "labels": {"app.kubernetes.io/managed-by": "pulumi"},
            "annotations": {"a.b/c": "d"},
        }
        workloads.append(workload(name, space, replicas=1))
    keda.apply(*workloads)
    keda.apply(*objects.values())
    return objects


@pytest.mark.parametrize("name", GENERATED)
def test_the_autoscaler_is_what_we_say(keda: KedaLab, made: dict[str, Manifest], name: str) -> None:
    """Its metrics are those written down here, and all of it is what our own code expects."""
    one, (_, metrics) = made[name], GENERATED[name]
    live = keda.autoscaler(one)
    assert live["spec"]["metrics"] == [selected(metric, one["metadata"]["name"]) for metric in metrics]
    assert live["metadata"]["labels"][OWNER] == one["metadata"]["name"]
    compare(live, one)
    for metric in live["spec"]["metrics"]:
        if metric.get("external", {}).get("metric", {}).get("name", "").partition("-")[2].startswith("cron"):
            keda.keda.metric(
                one["metadata"]["namespace"], one["metadata"]["name"], metric["external"]["metric"]["name"]
            )


def compare(live: Object, one: Object) -> None:
    """The live autoscaler is `generated_hpa`, but for what the API server adds to the metadata and the status."""
    wanted = specs.generated_hpa(one)
    assert live["spec"] == wanted["spec"]
    assert live["metadata"].get("annotations", {}) == wanted["metadata"].get("annotations", {})
    assert {key: live["metadata"][key] for key in ("name", "namespace", "labels")} == {
        key: wanted["metadata"][key] for key in ("name", "namespace", "labels")
    }


def with_scaled_objects() -> list[str]:
    """The rendered stacks that KEDA scales."""
    return [name for name in rendered_stacks() if any(one["kind"] == "ScaledObject" for one in read_stack(name))]


@pytest.mark.parametrize("name", with_scaled_objects())
def test_the_rendered_scaled_objects(keda: KedaLab, name: str) -> None:
    """Each stack's ScaledObject becomes ready and gets the autoscaler that we say it gets."""
    objects = [one for one in read_stack(name) if group_of(one) in SERVED and one["kind"] != "Ingress"]
    scaled = [one for one in objects if one["kind"] == "ScaledObject"]
    rest = [one for one in objects if one["kind"] != "ScaledObject"]
    rest += foreign_secrets(rest)
    keda.apply(*rest)
    try:
        for one in scaled:
            warnings = keda.apply(one).warnings
            assert list(warnings) == []
            compare(keda.autoscaler(one), one)
            keda.was_ready(one)
            live = keda.client.get("scaledobject", one["metadata"]["name"], "-n", one["metadata"]["namespace"])
            assert lost(one["spec"], live["spec"]) == set()
    finally:
        keda.remove(*scaled, *rest)


def lost(given: Any, live: Any, path: str = "spec") -> set[str]:
    """Fields that the live object does not have, or not so."""
    if isinstance(given, dict) and isinstance(live, dict):
        return {gone for key, value in given.items() for gone in lost(value, live.get(key), f"{path}.{key}")}
    return set() if given == live else {path}


def foreign_secrets(objects: list[Object]) -> list[Object]:
    """The Secrets that workloads take values from: KEDA reads them all before it makes an autoscaler."""
    wanted = set()
    for one in objects:
        if one["kind"] == "Deployment":
            for container in one["spec"]["template"]["spec"]["containers"]:
                sources = [entry.get("valueFrom", {}).get("secretKeyRef") for entry in container.get("env", [])]
                sources += [entry.get("secretRef") for entry in container.get("envFrom", [])]
                wanted |= {(one["metadata"]["namespace"], source["name"]) for source in sources if source}
    made = {(one["metadata"]["namespace"], one["metadata"]["name"]) for one in objects if one["kind"] == "Secret"}
    return [
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"namespace": namespace, "name": name}}
        for namespace, name in sorted(wanted - made)
    ]


def test_taking_over_keeps_the_name(keda: KedaLab) -> None:
    """An autoscaler that is named in the ScaledObject becomes KEDA's, under its old name."""
    space = keda.namespace("taking-over")
    keda.apply(workload("old", space), horizontal_pod_autoscaler("old", space))
    one = changed(scaled_object(NOWHERE, "old", space, hpa_name="old"), "metadata.annotations", specs.TAKE_OVER)
    keda.apply(one)
    made = keda.autoscaler(one)
    assert made["metadata"]["name"] == "old"
    assert [metric["type"] for metric in made["spec"]["metrics"]] == ["External"]
    assert len(keda.client.get("hpa", "-n", space)) == 1


def test_a_deleted_scaled_object_leaves_the_count(keda: KedaLab) -> None:
    """The autoscaler goes with it, the replicas stay."""
    space = keda.namespace("deleting")
    keda.apply(workload("left", space, replicas=5))
    one = scaled_object(keda.prometheus.address("left"), "left", space)
    since = keda.say("left", 50)
    keda.apply(one)
    keda.autoscaler(one)
    keda.remove(one)
    # The garbage collector takes it, in its own time.
    wait_until("its autoscaler is gone", lambda: not keda.client.get("hpa", "-n", space))
    keda.holds(space, ["left"], 5, since)


BEARER = specs.Authentication(
    modes=("bearer",), name="token", kind="TriggerAuthentication", secret_name="token", keys=(("bearerToken", "t"),)
)


def test_trigger_authentication(keda: KedaLab) -> None:
    """A token from a Secret reaches Prometheus; a wrong one is a failure, which KEDA counts."""
    space = keda.namespace("authenticated")
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "token", "namespace": space},
        "stringData": {"t": "open-sesame"},
    }
    keda.apply(workload("guarded", space), secret, trigger_authentication("token", space, BEARER))
    one = scaled_object(keda.prometheus.address("guarded"), "guarded", space, authentication=BEARER)
    keda.prometheus.tokens["guarded"] = "open-sesame"
    keda.say("guarded", 50)
    keda.apply(one)
    keda.reaches(space, "guarded", 5)
    since = time.time()
    assert not [failed for failed in keda.history.health(space, "guarded", METRIC) if failed[1]]
    keda.prometheus.tokens["guarded"] = "another"
    wait_until(
        "KEDA to count the refusal",
        lambda: [at for at, failures, _ in keda.history.health(space, "guarded", METRIC) if failures and at >= since],
    )


def test_an_absent_trigger_authentication_is_not_missed(keda: KedaLab) -> None:
    """Neither refused nor a failure: KEDA asks without credentials, and says so in its log alone."""
    space = keda.namespace("unauthenticated")
    keda.apply(workload("open", space))
    one = scaled_object(keda.prometheus.address("open"), "open", space, authentication=BEARER)
    one = changed(one, "spec.triggers.0.metadata.authModes", None)
    keda.say("open", 50)
    keda.apply(one)
    keda.reaches(space, "open", 5)
    keda.was_ready(one)
    assert {request.authorization for request in keda.prometheus.requests["open"]} == {None}
