"""Every object that a stack or a component renders is one that the API server takes, on three minors."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.rendered import custom_resources, kubernetes_schemas
from tests.rendered.sets import OWN, SETS, each_set, objects
from tests.table import table

EVERY_SET = each_set([*SETS, *OWN])


def is_custom(body: dict[str, Any]) -> bool:
    """Whether the object belongs to an add-on."""
    return body["kind"] in custom_resources.FILES


@pytest.mark.grid
@table("minor", kubernetes_schemas.MINORS)
@EVERY_SET
def test_kubernetes_takes_every_object(name: str, minor: str) -> None:
    wrong = {
        f"{body['kind']} {body['metadata']['name']}": found
        for body in objects(name)
        if not is_custom(body) and (found := kubernetes_schemas.problems(body, minor))
    }
    assert wrong == {}


@EVERY_SET
def test_the_add_ons_take_every_custom_resource(name: str) -> None:
    wrong = {
        body["kind"]: found for body in objects(name) if is_custom(body) and (found := custom_resources.problems(body))
    }
    assert wrong == {}


@pytest.mark.grid
def test_all_kinds_are_seen() -> None:
    """So that the tests above cannot pass on nothing."""
    assert {body["kind"] for name in SETS for body in objects(name)} == {
        "AgentgatewayBackend", "AuthorizationPolicy",
        "BackendConfigPolicy", "BackendTLSPolicy", "BackendTrafficPolicy", "CiliumNetworkPolicy",
        "ClientSettingsPolicy", "ClientTrafficPolicy", "ClusterRole", "ClusterRoleBinding", "ConfigMap", "CronJob",
        "Deployment",
        "DestinationRule", "DNSEndpoint", "EnvoyPatchPolicy", "ExternalSecret", "Gateway", "GatewayExtension",
        "GCPBackendPolicy",
        "HealthCheckPolicy",
        "HorizontalPodAutoscaler",
        "HTTPRoute", "Ingress", "LimitRange", "ListenerPolicy", "ListenerSet", "Namespace", "NetworkPolicy",
        "PersistentVolumeClaim", "PodDisruptionBudget", "PodMonitor", "PrometheusRule", "ProxySettingsPolicy",
        "ResourceQuota", "Role",
        "RoleBinding", "Rollout", "Route", "ScaledObject", "Secret", "Service", "ServiceAccount", "ServiceMonitor",
        "SecurityPolicy", "ServersTransport", "StatefulSet", "TestRun", "TraefikService", "TrafficPolicy",
        "TriggerAuthentication", "UpstreamSettingsPolicy",
    }  # fmt: skip


def first(kind: str) -> dict[str, Any]:
    """A copy of some rendered object of a kind."""
    return copy.deepcopy(next(body for name in reversed(SETS) for body in objects(name) if body["kind"] == kind))


def changed(kind: str, change: Callable[[Any], None]) -> dict[str, Any]:
    """The first rendered object of a kind that has what is changed, valid before, with the change."""
    for body in (body for name in reversed(SETS) for body in objects(name) if body["kind"] == kind):
        tried = copy.deepcopy(body)
        assert custom_resources.problems(tried) == []
        try:
            change(tried)
        except (KeyError, IndexError):
            continue
        return tried
    raise AssertionError(f"no rendered {kind} has what is changed")


def put(*path: Any, value: Any) -> Callable[[Any], None]:
    """A change of an object at a path."""

    def change(body: Any) -> None:
        for step in path[:-1]:
            body = body[step]
        body[path[-1]] = value

    return change


@pytest.mark.grid
@table("minor", kubernetes_schemas.MINORS)
@table(
    "kind, change",
    [
        ("Deployment", put("spec", "template", "spec", "containers", 0, "livenesProbe", value={})),
        ("Deployment", put("spec", "replicas", value="3")),
        ("Service", put("spec", "ports", 0, "port", value="http")),
        ("NetworkPolicy", put("spec", "podselector", value={})),
        ("HorizontalPodAutoscaler", put("spec", "maxReplicas", value=None)),
    ],
)
def test_the_strict_schemas_refuse(kind: str, change: Callable[[Any], None], minor: str) -> None:
    body = first(kind)
    assert kubernetes_schemas.problems(body, minor) == []
    change(body)
    assert kubernetes_schemas.problems(body, minor) != []


@pytest.mark.grid
def test_an_unknown_kind_is_no_success() -> None:
    with pytest.raises(kubernetes_schemas.UnknownKindError, match=r"^Kubernetes 1\.35 has no HTTPRoute in gateway"):
        kubernetes_schemas.problems(first("HTTPRoute"), "1.35")


def mistyped(body: Any) -> None:
    """A balancer with a hash, of a type that has none."""
    balancer = body["spec"]["loadBalancer"]
    assert balancer.pop("consistentHash")
    balancer.update(type="LeastRequest", consistentHash={"type": "SourceIP"})


PATH = ("spec", "rules", 0, "matches", 0, "path", "value")
BACKEND = ("spec", "rules", 0, "backendRefs", 0)
TRIGGER = ("spec", "triggers", 0)
SCALE_DOWN = ("spec", "advanced", "horizontalPodAutoscalerConfig", "behavior", "scaleDown")


@pytest.mark.grid
@table(
    "kind, change, words",
    [
        ("HTTPRoute", put("spec", "rules", 0, "timeout", value={}), "Additional properties are not allowed"),
        ("HTTPRoute", put(*PATH, value="mcp"), "mcp must begin with '/'"),
        ("HTTPRoute", put(*BACKEND, "kind", value="TraefikService"), "a TraefikService without one"),
        ("HTTPRoute", put(*PATH, value="/a//b"), "must not contain '//'"),
        ("HTTPRoute", put(*PATH, value="/a/.."), "must not contain"),
        ("HTTPRoute", put(*PATH, value="/a b"), "a character that a path cannot have"),
        ("HTTPRoute", put("spec", "rules", 0, "matches", value=[]), "should be non-empty"),
        (
            "HTTPRoute",
            put("spec", "rules", 0, "timeouts", value={"request": "10s", "backendRequest": "11s"}),
            "backendRequest cannot be longer than request",
        ),
        ("HTTPRoute", put("spec", "rules", 0, "timeouts", "request", value="1d"), "does not match"),
        ("HTTPRoute", put("spec", "rules", 0, "backendRefs", 0, "port", value="http"), "is not of type 'integer'"),
        ("HTTPRoute", put("spec", "hostnames", value=["Host.Example"]), "does not match"),
        ("HTTPRoute", lambda body: body["spec"]["parentRefs"].append(body["spec"]["parentRefs"][0]), "sectionName"),
        ("HTTPRoute", lambda body: body["spec"]["rules"].extend(body["spec"]["rules"] * 16), "is too long"),
        ("HTTPRoute", put("metadata", "labels", "app.kubernetes.io/version", value="-x"), "does not match"),
        ("ExternalSecret", put("spec", "data", 0, "remoteRef", "remote_key", value="x"), "Additional properties"),
        ("ExternalSecret", put("spec", "refreshInterval", value="1 h"), "does not match"),
        ("ExternalSecret", put("spec", "secretStoreRef", "kind", value="Store"), "is not one of"),
        (
            "ExternalSecret",
            lambda body: body["spec"]["data"].append(body["spec"]["data"][0]),
            "a secretKey is given twice",
        ),
        ("ScaledObject", put(*TRIGGER, "metadata", "threshold", value=50), "is not of type 'string'"),
        ("ScaledObject", put(*TRIGGER, "metadata", "threshold", value="many"), "the threshold is no number"),
        ("ScaledObject", put(*TRIGGER, "metadata", "ignoreNullValues", value="true"), "must be an error"),
        ("ScaledObject", put(*TRIGGER, "name", value="cpu"), "a trigger's name is given twice"),
        ("ScaledObject", put("spec", "minReplicaCount", value=99), "must not be greater"),
        ("ScaledObject", put("metadata", "name", value="a" * 55), "54 characters"),
        (
            "ScaledObject",
            put(*SCALE_DOWN, "stabilizationWindowSeconds", value=3601),
            "is greater than the maximum",
        ),
        ("BackendTrafficPolicy", mistyped, "belongs to the type"),
        (
            "BackendTrafficPolicy",
            put("spec", "loadBalancer", "consistentHash", "type", value="Cookie"),
            "cookie belongs to the hash type",
        ),
        ("BackendTrafficPolicy", put("spec", "timeout", "http", "requestTimeout", value="5s"), "cannot be silent"),
        ("BackendTrafficPolicy", put("spec", "retry", "retryOn", "triggers", value=["5xx"]), "is not one of"),
        ("HealthCheckPolicy", put("spec", "default", "config", "type", value="TCP"), "the check of type TCP"),
        ("GCPBackendPolicy", put("spec", "default", "timeoutSec", value=0), "is less than the minimum"),
        (
            "GCPBackendPolicy",
            put("spec", "default", "sessionAffinity", value={"type": "GENERATED_COOKIE"}),
            "cookieTtlSec belongs",
        ),
        ("DestinationRule", put("spec", "host", value="orders"), "does not match"),
        ("BackendTLSPolicy", put("spec", "validation", "wellKnownCACertificates", value="System"), "too many"),
        ("Route", put("spec", "path", value="mcp"), "does not match"),
        ("UpstreamSettingsPolicy", put("spec", "keepAlive", "timeout", value="4 s"), "does not match"),
    ],
)  # fmt: skip
def test_the_compact_schemas_and_rules_refuse(kind: str, change: Callable[[Any], None], words: str) -> None:
    body = changed(kind, change)
    assert any(words in problem for problem in custom_resources.problems(body)), custom_resources.problems(body)


def of_case(kind: str) -> dict[str, Any]:
    """A copy of an object of the autoscaler with everything: its second and third triggers are CPU and memory."""
    return copy.deepcopy(next(body for body in objects("McpAutoscaling-full") if body["kind"] == kind))


CRON = ("spec", "triggers", 3, "metadata")
KEYS = ("spec", "secretTargetRef")


def drop_prometheus(body: Any) -> None:
    del body["spec"]["triggers"][0], body["spec"]["triggers"][2:]


@pytest.mark.parametrize(
    ("kind", "change", "words"),
    [
        ("ScaledObject", put(*CRON, "end", value="50 7 * * 1-5"), "start and end can not have exactly same time"),
        ("ScaledObject", put(*CRON, "desiredReplicas", value="0"), "no desiredReplicas specified"),
        ("ScaledObject", put(*CRON, "timeZone", value="UTC"), "needs timezone, start, end and desiredReplicas"),
        ("ScaledObject", put(*CRON, "start", value="0 8 * *"), "a cron expression has five fields"),
        ("ScaledObject", drop_prometheus, "a fallback needs a trigger that is not cpu or memory"),
        ("ScaledObject", put(*TRIGGER, "metadata", "authModes", value="bearer,basic"), "exclude each other"),
        ("ScaledObject", lambda body: body["spec"]["triggers"][0].pop("authenticationRef"), "belong together"),
        ("ScaledObject", put(*TRIGGER, "authenticationRef", "kind", value="Secret"), "is not one of"),
        ("ScaledObject", put(*SCALE_DOWN, "tolerance", value=0.05), "is not of type 'string'"),
        ("TriggerAuthentication", put(*KEYS, 0, "parameter", value="token"), "is not one of"),
        ("TriggerAuthentication", put(*KEYS, 0, "value", value="hunter2"), "Additional properties are not allowed"),
        ("TriggerAuthentication", lambda body: body["spec"]["secretTargetRef"].pop(1), "a certificate needs its key"),
        (
            "TriggerAuthentication",
            lambda body: body["spec"]["secretTargetRef"].append(body["spec"]["secretTargetRef"][0]),
            "a parameter is given twice",
        ),
    ],
)
def test_the_rules_of_keda_refuse(kind: str, change: Callable[[Any], Any], words: str) -> None:
    body = of_case(kind)
    assert custom_resources.problems(body) == []
    change(body)
    assert any(words in problem for problem in custom_resources.problems(body)), custom_resources.problems(body)


def test_durations_are_compared_as_durations() -> None:
    assert custom_resources.milliseconds("1h2m3s4ms") == 3_723_004
    assert custom_resources.milliseconds("0s") == 0
    assert custom_resources.milliseconds("90s") < custom_resources.milliseconds("2m")
