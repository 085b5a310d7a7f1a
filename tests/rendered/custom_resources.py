"""Custom resources against compact schemas of our own, and the rules of the real definitions that a schema cannot say.

The schemas name only what this project writes, and refuse everything else: a misspelt field of a custom resource is
dropped in silence by the API server when the object is created.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import referencing
from jsonschema import Draft202012Validator

from . import kubernetes_schemas

SCHEMAS = Path(__file__).parents[1] / "schemas"
FILES = {
    "HTTPRoute": "httproute.json",
    "Gateway": "gateway.json",
    "ListenerSet": "listenerset.json",
    "ExternalSecret": "externalsecret.json",
    "ScaledObject": "scaledobject.json",
    "TriggerAuthentication": "triggerauthentication.json",
    "BackendTrafficPolicy": "backendtrafficpolicy.json",
    "BackendTLSPolicy": "backendtlspolicy.json",
    "EnvoyPatchPolicy": "envoypatchpolicy.json",
    "ClientTrafficPolicy": "clienttrafficpolicy.json",
    "SecurityPolicy": "securitypolicy.json",
    "AuthorizationPolicy": "authorizationpolicy.json",
    "GatewayExtension": "gatewayextension.json",
    "ListenerPolicy": "listenerpolicy.json",
    "DestinationRule": "destinationrule.json",
    "CiliumNetworkPolicy": "ciliumnetworkpolicy.json",
    "TrafficPolicy": "trafficpolicy.json",
    "BackendConfigPolicy": "backendconfigpolicy.json",
    "ProxySettingsPolicy": "proxysettingspolicy.json",
    "ClientSettingsPolicy": "clientsettingspolicy.json",
    "UpstreamSettingsPolicy": "upstreamsettingspolicy.json",
    "HealthCheckPolicy": "healthcheckpolicy.json",
    "GCPBackendPolicy": "gcpbackendpolicy.json",
    "TraefikService": "traefikservice.json",
    "ServersTransport": "serverstransport.json",
    "Route": "route.json",
    "PodMonitor": "podmonitor.json",
    "ServiceMonitor": "servicemonitor.json",
    "PrometheusRule": "prometheusrule.json",
    "TestRun": "testrun.json",
    "DNSEndpoint": "dnsendpoint.json",
    "Rollout": "rollout.json",
    "AgentgatewayBackend": "agentgatewaybackend.json",
}
PATH = re.compile(r"(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})+")
SEGMENTS = ("//", "/./", "/../", "%2f", "%2F", "#")
BACKENDS = {
    ("", "Service", True),
    ("traefik.io", "TraefikService", False),
    ("agentgateway.dev", "AgentgatewayBackend", False),
}
"""Group and kind of what a route leads to, and whether it has a port."""
UNITS = {"h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}

Object = dict[str, Any]


def read(name: str) -> Any:
    """One of our schemas."""
    return json.loads((SCHEMAS / name).read_text(encoding="utf-8"))


@cache
def _validator(kind: str) -> Draft202012Validator:
    shared: Any = referencing.Registry().with_resource(
        "metadata.json", referencing.Resource.from_contents(read("metadata.json"))
    )
    return Draft202012Validator(read(FILES[kind]), registry=shared)


def problems(body: Object) -> list[str]:
    """What is wrong with a custom resource: against its schema, then against its rules. KeyError for another kind."""
    seen = _without_pods(body) if body["kind"] == "Rollout" else body
    wrong = [f"{error.json_path}: {error.message}" for error in _validator(body["kind"]).iter_errors(seen)]
    return wrong or list(RULES.get(body["kind"], _nothing_more)(body["spec"], body["metadata"]["name"]))


def _without_pods(body: Object) -> Object:
    """A Rollout without the template of its pods, which is Kubernetes' own and held to its schemas."""
    return {**body, "spec": {key: value for key, value in body["spec"].items() if key != "template"}}


def milliseconds(duration: str) -> int:
    """A duration as the Gateway API writes it."""
    return sum(int(number) * UNITS[unit] for number, unit in re.findall(r"(\d+)(ms|h|m|s)", duration))


def _http_route(spec: Object, _name: str) -> Iterator[str]:
    parents = [(one["name"], one["namespace"], one.get("sectionName")) for one in spec["parentRefs"]]
    same = [parent[:2] for parent in parents]
    if any(same.count(parent[:2]) > 1 and (parent[2] is None or parents.count(parent) > 1) for parent in parents):
        yield "sectionName must be given and unique when two parentRefs name the same parent"
    if sum(len(rule["matches"]) for rule in spec["rules"]) > 128:
        yield "all rules together may have 128 matches"
    for rule in spec["rules"]:
        timeouts = {key: milliseconds(value) for key, value in rule.get("timeouts", {}).items()}
        if timeouts.get("request") and timeouts.get("backendRequest", 0) > timeouts["request"]:
            yield "backendRequest cannot be longer than request"
        for one in rule["backendRefs"]:
            if (one["group"], one["kind"], "port" in one) not in BACKENDS:
                yield f"{one['name']} is a Service with a port, or a TraefikService without one"
        for match in rule["matches"]:
            yield from _path(match["path"]["value"])
        values = [(match["path"], match.get("headers")) for match in rule["matches"]]
        if any(values.count(value) > 1 for value in values):
            yield "a match is given twice"


def _path(path: str) -> Iterator[str]:
    if not path.startswith("/"):
        yield f"{path} must begin with '/'"
    if any(part in path for part in SEGMENTS) or path.endswith(("/..", "/.")):
        yield f"{path} must not contain '//', '/./', '/../', an encoded '/' or '#'"
    if not PATH.fullmatch(path):
        yield f"{path} has a character that a path cannot have"


def _backend_traffic_policy(spec: Object, _name: str) -> Iterator[str]:
    balancer = spec["loadBalancer"]
    if (balancer["type"] == "ConsistentHash") != ("consistentHash" in balancer):
        yield "consistentHash belongs to the type ConsistentHash"
    hashing = balancer.get("consistentHash", {"type": "SourceIP"})
    if (hashing["type"] == "Cookie") != ("cookie" in hashing):
        yield "cookie belongs to the hash type Cookie"
    http = {key: milliseconds(value) for key, value in spec["timeout"]["http"].items()}
    if http["requestTimeout"] and http["streamIdleTimeout"] > http["requestTimeout"]:
        yield "a stream cannot be silent for longer than its request may take"


def _external_secret(spec: Object, _name: str) -> Iterator[str]:
    keys = [item["secretKey"] for item in spec["data"]]
    if len(set(keys)) < len(keys):
        yield "a secretKey is given twice"
    target = spec["target"]
    if target["deletionPolicy"] == "Delete" and target["creationPolicy"] not in ("Owner", "None"):
        yield "deletionPolicy Delete needs creationPolicy Owner"
    if target["deletionPolicy"] == "Merge" and target["creationPolicy"] == "None":
        yield "deletionPolicy Merge needs a Secret that is managed"


def _scaled_object(spec: Object, name: str) -> Iterator[str]:
    if len(name) > 54 and "name" not in spec["advanced"]["horizontalPodAutoscalerConfig"]:
        yield "the name may have 54 characters, since 'keda-hpa-' goes before it"
    if spec["minReplicaCount"] > spec["maxReplicaCount"]:
        yield "minReplicaCount must not be greater than maxReplicaCount"
    triggers = spec["triggers"]
    names = [trigger["name"] for trigger in triggers]
    if len(set(names)) < len(names):
        yield "a trigger's name is given twice"
    resources_alone = {trigger["type"] for trigger in triggers} <= {"cpu", "memory"}
    if spec["minReplicaCount"] == 0 and resources_alone:
        yield "cpu and memory alone cannot start from zero"
    if "fallback" in spec and resources_alone:
        yield "a fallback needs a trigger that is not cpu or memory"
    for trigger in triggers:
        yield from _trigger(trigger)


def _trigger(trigger: Object) -> Iterator[str]:
    metadata = trigger["metadata"]
    if trigger["type"] == "prometheus":
        yield from _prometheus(trigger, metadata)
    elif trigger["type"] == "cron":
        yield from _cron(metadata)
    else:
        if set(metadata) - {"value", "containerName"} or not metadata.get("value", "").isdigit():
            yield f"the {trigger['type']} trigger needs a whole number as value"
        if trigger["metricType"] == "Value":
            yield f"the {trigger['type']} trigger takes Utilization or AverageValue"


def _prometheus(trigger: Object, metadata: Object) -> Iterator[str]:
    if missing := {"serverAddress", "query", "threshold"} - set(metadata):
        yield f"the prometheus trigger needs {', '.join(sorted(missing))}"
    elif not re.fullmatch(r"\d+(\.\d+)?", metadata["threshold"]):
        yield "the threshold is no number"
    if trigger["metricType"] == "Utilization":
        yield "the prometheus trigger knows no utilisation"
    if metadata.get("ignoreNullValues") != "false":
        yield "a metric that is not there must be an error: ignoreNullValues 'false'"
    if {"bearer", "basic"} <= set(metadata.get("authModes", "").split(",")):
        yield "bearer and basic exclude each other"
    if ("authModes" in metadata) != ("authenticationRef" in trigger):
        yield "authModes and authenticationRef belong together"


def _cron(metadata: Object) -> Iterator[str]:
    if set(metadata) != {"timezone", "start", "end", "desiredReplicas"}:
        yield "the cron trigger needs timezone, start, end and desiredReplicas, and nothing else"
    elif metadata["start"] == metadata["end"]:
        yield "start and end can not have exactly same time input"
    elif not re.fullmatch(r"[1-9]\d*", metadata["desiredReplicas"]):
        yield "no desiredReplicas specified"
    elif any(len(metadata[key].split()) != 5 for key in ("start", "end")):
        yield "a cron expression has five fields"


def _trigger_authentication(spec: Object, _name: str) -> Iterator[str]:
    parameters = [item["parameter"] for item in spec["secretTargetRef"]]
    if len(set(parameters)) < len(parameters):
        yield "a parameter is given twice"
    if ("cert" in parameters) != ("key" in parameters):
        yield "a certificate needs its key"


def _monitor(spec: Object, _name: str) -> Iterator[str]:
    for endpoint in spec.get("podMetricsEndpoints") or spec["endpoints"]:
        if milliseconds(endpoint["scrapeTimeout"]) > milliseconds(endpoint["interval"]):
            yield "scrapeTimeout cannot be longer than interval"
        if ("tlsConfig" in endpoint) != (endpoint["scheme"] == "https"):
            yield "tlsConfig belongs to the scheme https"


def _prometheus_rule(spec: Object, _name: str) -> Iterator[str]:
    names = [group["name"] for group in spec["groups"]]
    if len(set(names)) < len(names):
        yield "a group's name is given twice"
    for rule in (rule for group in spec["groups"] for rule in group["rules"]):
        if ("record" in rule) == ("alert" in rule):
            yield "a rule records or alerts"
        if "record" in rule and {"for", "annotations"} & set(rule):
            yield "for and annotations belong to an alert"
        if "alert" in rule and {"summary", "description", "runbook_url"} - set(rule.get("annotations", {})):
            yield "an alert says what it is, and where its runbook is"


def _health_check(spec: Object, _name: str) -> Iterator[str]:
    config = spec["default"]["config"]
    if f"{config['type'].lower()}HealthCheck" not in config:
        yield f"the check of type {config['type']} is not given"


def _gcp_backend(spec: Object, _name: str) -> Iterator[str]:
    affinity = spec["default"].get("sessionAffinity", {"type": "NONE"})
    if ("cookieTtlSec" in affinity) != (affinity["type"] == "GENERATED_COOKIE"):
        yield "cookieTtlSec belongs to the type GENERATED_COOKIE"


def _rollout(spec: Object, name: str) -> Iterator[str]:
    pods = {"selector": spec["selector"], "template": spec["template"]}
    deployment = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": pods}
    for minor in kubernetes_schemas.MINORS:
        yield from kubernetes_schemas.problems(deployment, minor)
    strategy = spec["strategy"]["blueGreen"]
    if strategy["activeService"] == strategy["previewService"]:
        yield "activeService and previewService cannot be the same Service"
    if not spec["selector"]["matchLabels"].items() <= spec["template"]["metadata"]["labels"].items():
        yield "the selector does not match the labels of the template"


def _nothing_more(_spec: Object, _name: str) -> Iterator[str]:
    """What the schema says is all."""
    return iter(())


RULES: dict[str, Callable[[Object, str], Iterator[str]]] = {
    "HTTPRoute": _http_route,
    "ExternalSecret": _external_secret,
    "ScaledObject": _scaled_object,
    "TriggerAuthentication": _trigger_authentication,
    "BackendTrafficPolicy": _backend_traffic_policy,
    "PodMonitor": _monitor,
    "ServiceMonitor": _monitor,
    "PrometheusRule": _prometheus_rule,
    "HealthCheckPolicy": _health_check,
    "GCPBackendPolicy": _gcp_backend,
    "Rollout": _rollout,
}
