"""What must hold between the objects of a set, in the spirit of kube-linter: each rule gives its problems in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import ceil
from typing import Any

from tests.rendered.objects import (
    WORKLOADS,
    Object,
    Objects,
    amount,
    bounds,
    containers,
    label,
    names,
    of_kind,
    port_names,
    port_number,
    port_numbers,
    selects,
    template,
)

BY_OTHERS = {"k6_cr", "acme.cert-manager.io/http01-solver"}
"""Labels of pods that a controller makes, so that no object of the set has them."""
BINDINGS = ("RoleBinding", "ClusterRoleBinding")


def dangling_services(objects: Objects) -> Iterator[str]:
    """A Service that selects no pod, or sends to a port that no container names."""
    for service in of_kind(objects, "Service"):
        pods = selects(service["spec"]["selector"], objects)
        if len(pods) != 1:
            yield f"{label(service)} selects {len(pods)} workloads"
        for port in service["spec"]["ports"]:
            if any(port["targetPort"] not in port_names(pod) | port_numbers(pod) for pod in pods):
                yield f"{label(service)} sends to the port {port['targetPort']}, which no container has"


def dangling_autoscalers(objects: Objects) -> Iterator[str]:
    """An autoscaler whose target is not there, or names a container that is not."""
    for scaler in of_kind(objects, "HorizontalPodAutoscaler", "ScaledObject"):
        target = scaler["spec"]["scaleTargetRef"]
        found = [one for one in of_kind(objects, target["kind"]) if one["metadata"]["name"] == target["name"]]
        if not found:
            yield f"{label(scaler)} scales {target['kind']} {target['name']}, which is not there"
            continue
        there = {container["name"] for container in containers(found[0])}
        metrics, triggers = (scaler["spec"].get(key, []) for key in ("metrics", "triggers"))
        measured = {metric["containerResource"]["container"] for metric in metrics if "containerResource" in metric}
        measured |= {one["metadata"]["containerName"] for one in triggers if one["type"] in ("cpu", "memory")}
        for name in sorted(measured - there):
            yield f"{label(scaler)} measures the container {name}, which is not there"
        requests = {key for container in containers(found[0]) for key in container["resources"]["requests"]}
        wanted = {
            metric[key]["name"] for metric in metrics for key in ("containerResource", "resource") if key in metric
        }
        for name in sorted(wanted - requests):
            yield f"{label(scaler)} scales on {name}, of which nothing is requested"


def two_autoscalers(objects: Objects) -> Iterator[str]:
    """Two autoscalers of one workload, or a count beside one."""
    targets = [
        one["spec"]["scaleTargetRef"]["name"] for one in of_kind(objects, "HorizontalPodAutoscaler", "ScaledObject")
    ]
    yield from (f"{name} has two autoscalers" for name in sorted(set(targets)) if targets.count(name) > 1)
    for workload in of_kind(objects, *WORKLOADS):
        if ("replicas" in workload["spec"]) == (workload["metadata"]["name"] in targets):
            yield f"{label(workload)} must have either a count or an autoscaler"


def dangling_policies(objects: Objects) -> Iterator[str]:
    """A NetworkPolicy for pods that are not there, or that opens a port that its pods do not have."""
    for policy in of_kind(objects, "NetworkPolicy"):
        selector = policy["spec"]["podSelector"].get("matchLabels", {})
        pods = selects(selector, objects)
        if selector and len(pods) != 1 and not BY_OTHERS & set(selector):
            yield f"{label(policy)} selects {len(pods)} workloads"
        for rule in policy["spec"].get("ingress", []):
            for port in rule["ports"]:
                if any(port["port"] not in port_names(pod) | _listening(pod) for pod in pods):
                    yield f"{label(policy)} opens the port {port['port']}, which no container has"
        for rule in [*policy["spec"].get("ingress", []), *policy["spec"].get("egress", [])]:
            if not rule.get("from", rule.get("to")):
                yield f"{label(policy)} has a rule for everybody"
            for peer in rule.get("from", rule.get("to", [])):
                yield from _peer(policy, rule, peer, objects)


def _listening(workload: Object) -> set[int]:
    """The ports of the containers, and that of the tunnel in the pods of an ambient mesh."""
    ambient = template(workload)["metadata"]["labels"].get("istio.io/dataplane-mode") == "ambient"
    return port_numbers(workload) | ({15008} if ambient else set())


def _peer(policy: Object, rule: Object, peer: Object, objects: Objects) -> Iterator[str]:
    elsewhere = peer.get("namespaceSelector", {}).get("matchLabels", {}).get("kubernetes.io/metadata.name")
    if "podSelector" not in peer or elsewhere not in (None, *names(objects, "Namespace")):
        return  # Pods of another namespace are not among the objects.
    wanted = peer["podSelector"]["matchLabels"]
    if BY_OTHERS & set(wanted):
        return
    pods = selects(wanted, objects)
    if not pods:
        yield f"{label(policy)} opens to {wanted}, which are not there"
    for port in rule["ports"]:
        if "to" in rule and any(port["port"] not in _listening(pod) for pod in pods):
            yield f"{label(policy)} lets connect to the port {port['port']}, which no container there has"


def one_sided_policies(objects: Objects) -> Iterator[str]:
    """A connection between two workloads of the set that only one side allows."""
    allowed: dict[str, set[tuple[str, str, int]]] = {"to": set(), "from": set()}
    for policy in of_kind(objects, "NetworkPolicy"):
        pods = selects(policy["spec"]["podSelector"].get("matchLabels", {}), objects)
        for direction, key in (("to", "egress"), ("from", "ingress")):
            for rule in policy["spec"].get(key, []):
                for peer in rule[direction]:
                    for other in selects(peer.get("podSelector", {}).get("matchLabels", {"": ""}), objects):
                        for pod in pods:
                            pair = (pod, other) if direction == "to" else (other, pod)
                            ends = (pair[0]["metadata"]["name"], pair[1]["metadata"]["name"])
                            allowed[direction] |= {
                                (*ends, port_number(pair[1], port["port"])) for port in rule["ports"]
                            }
    for source, target, port in sorted(allowed["to"] ^ allowed["from"]):
        yield f"only one side lets {source} connect to {target} at {port}"


def dangling_budgets(objects: Objects) -> Iterator[str]:
    """A disruption budget for pods that are not there, or that can never be met, or that lets go of no pod."""
    for budget in of_kind(objects, "PodDisruptionBudget"):
        pods = selects(budget["spec"]["selector"]["matchLabels"], objects)
        if len(pods) != 1:
            yield f"{label(budget)} selects {len(pods)} workloads"
        if budget["spec"].get("unhealthyPodEvictionPolicy") != "AlwaysAllow":
            yield f"{label(budget)} lets an unhealthy pod block a drain"
        for pod in pods:
            least = bounds(pod, objects)[0]
            if least is not None and budget["spec"].get("minAvailable", 0) >= least:
                yield f"{label(budget)} wants {budget['spec']['minAvailable']} of {least} pods, so that no drain ends"
            if budget["spec"].get("maxUnavailable") == 0:
                yield f"{label(budget)} lets no pod go"


def dangling_accounts(objects: Objects) -> Iterator[str]:
    """A ServiceAccount that is not there or that hands out a token; a pod with a token and no rights."""
    bound = {
        subject["name"]
        for binding in of_kind(objects, *BINDINGS)
        for subject in binding["subjects"]
        if subject["kind"] == "ServiceAccount"
    }
    yield from (f"{name} has rights and is not there" for name in sorted(bound - names(objects, "ServiceAccount")))
    for workload in of_kind(objects, *WORKLOADS):
        pod = template(workload)["spec"]
        if pod["serviceAccountName"] not in names(objects, "ServiceAccount"):
            yield f"{label(workload)} runs as {pod['serviceAccountName']}, which is not there"
        if pod.get("automountServiceAccountToken") is not (pod["serviceAccountName"] in bound):
            wrong = "has rights and no token" if pod["serviceAccountName"] in bound else "mounts a token"
            yield f"{label(workload)} {wrong}"
    for account in of_kind(objects, "ServiceAccount"):
        if account.get("automountServiceAccountToken") is not False:
            yield f"{label(account)} mounts a token"


def dangling_references(objects: Objects, outside: Iterable[str] = ()) -> Iterator[str]:
    """A Secret, ConfigMap, claim or role that is needed and that nothing makes; what is optional is not needed.

    :param outside: names of objects that are made elsewhere.
    """
    filled = {
        one["spec"]["target"]["name"]: {item["secretKey"] for item in one["spec"]["data"]}
        for one in of_kind(objects, "ExternalSecret")
    }
    made = {one["metadata"]["name"]: set(one["data"]) for one in of_kind(objects, "Secret")}
    secrets = {**filled, **made}
    there = {kind: names(objects, kind) for kind in ("ConfigMap", "PersistentVolumeClaim", "Role", "ClusterRole")}
    there["Secret"] = set(secrets)
    for workload in of_kind(objects, *WORKLOADS):
        for kind, verb, name, key in _needs(workload):
            if name in outside:
                continue
            if name not in there[kind]:
                yield f"{label(workload)} {verb} the {kind} {name}, which nothing makes"
            elif kind == "Secret" and key is not None and key not in secrets[name]:
                yield f"{label(workload)} {verb} {key} of {name}, which has no such key"
    for binding in of_kind(objects, *BINDINGS):
        kind, name = binding["roleRef"]["kind"], binding["roleRef"]["name"]
        if name not in there[kind] and name not in outside:
            yield f"{label(binding)} binds {name}, which is not there"


REFERENCES = {
    "secretKeyRef": ("Secret", "reads"),
    "secretRef": ("Secret", "reads"),
    "secret": ("Secret", "mounts"),
    "nodePublishSecretRef": ("Secret", "mounts with"),
    "configMapKeyRef": ("ConfigMap", "reads"),
    "configMapRef": ("ConfigMap", "reads"),
    "configMap": ("ConfigMap", "mounts"),
    "persistentVolumeClaim": ("PersistentVolumeClaim", "mounts"),
}
"""Fields of a pod that name an object: its kind, and how it is used."""


def _needs(workload: Object) -> Iterator[tuple[str, str, str, str | None]]:
    """What the pods of a workload do not start without: kind, how it is used, name, and the key where one is named."""
    pod = template(workload)["spec"]
    yield from _references(pod)
    yield from (("Secret", "is pulled with", one["name"], None) for one in pod.get("imagePullSecrets", []))


def _references(value: Any) -> Iterator[tuple[str, str, str, str | None]]:
    if isinstance(value, list):
        for item in value:
            yield from _references(item)
    elif isinstance(value, Mapping):
        for field, inner in value.items():
            if field not in REFERENCES:
                yield from _references(inner)
            elif not inner.get("optional"):
                (name,) = (inner[key] for key in ("name", "secretName", "claimName") if key in inner)
                yield (*REFERENCES[field], name, inner.get("key"))


def dangling_routes(objects: Objects) -> Iterator[str]:
    """A route to a Service, or a port of one, that is not there; a policy for a route that is not there."""
    ports = {
        service["metadata"]["name"]: {
            value for port in service["spec"]["ports"] for value in (port["name"], port["port"])
        }
        for service in of_kind(objects, "Service")
    }
    wanted = [
        (route, backend["name"], backend["port"])
        for route in of_kind(objects, "HTTPRoute")
        for rule in route["spec"]["rules"]
        for backend in rule["backendRefs"]
        if backend["kind"] != "AgentgatewayBackend"
    ]
    aware = {body["metadata"]["name"]: body for body in of_kind(objects, "AgentgatewayBackend")}
    for route in of_kind(objects, "HTTPRoute"):
        for backend in (one for rule in route["spec"]["rules"] for one in rule["backendRefs"]):
            if backend["kind"] == "AgentgatewayBackend" and backend["name"] not in aware:
                yield f"{label(route)} sends to AgentgatewayBackend {backend['name']}, which is not there"
    wanted += [
        (body, target["static"]["backendRef"]["name"], target["static"]["port"])
        for body in aware.values()
        for target in body["spec"]["mcp"]["targets"]
    ]
    wanted += [
        (route, path["backend"]["service"]["name"], next(iter(path["backend"]["service"]["port"].values())))
        for route in of_kind(objects, "Ingress")
        for rule in route["spec"]["rules"]
        for path in rule["http"]["paths"]
    ]
    for route, name, port in wanted:
        if port not in ports.get(name, set()):
            yield f"{label(route)} sends to {name} at {port}, which is not there"
    for policy in of_kind(objects, "BackendTrafficPolicy"):
        for target in policy["spec"]["targetRefs"]:
            if target["name"] not in names(objects, target["kind"]):
                yield f"{label(policy)} is for {target['kind']} {target['name']}, which is not there"
    for route in of_kind(objects, "Ingress"):
        hosts = {host for entry in route["spec"].get("tls", []) for host in entry["hosts"]}
        yield from (
            f"{label(route)} serves {rule['host']} without TLS"
            for rule in route["spec"]["rules"]
            if rule["host"] not in hosts
        )


def tight_quotas(objects: Objects) -> Iterator[str]:
    """A quota that the greatest number of pods and a rollout's surge do not fit into."""
    for quota in of_kind(objects, "ResourceQuota"):
        need = {"pods": 0, "requests.cpu": 0, "requests.memory": 0}
        for workload in of_kind(objects, *WORKLOADS):
            most = bounds(workload, objects)[1]
            if most is None:
                continue
            # All pods of another revision stand beside those that clients reach.
            most *= 2 if workload["kind"] == "Rollout" else 1
            surge = workload["spec"]["strategy"]["rollingUpdate"]["maxSurge"] if workload["kind"] == "Deployment" else 0
            pods = most + (ceil(most * int(surge.rstrip("%")) / 100) if isinstance(surge, str) else surge)
            need["pods"] += pods
            for key in ("cpu", "memory"):
                each = sum(
                    amount(key, one["resources"]["requests"][key]) for one in template(workload)["spec"]["containers"]
                )
                need[f"requests.{key}"] += pods * each
        for key, needed in need.items():
            given = quota["spec"]["hard"][key]
            if amount(key.removeprefix("requests."), given) < needed:
                yield f"{label(quota)} gives {given} {key}, and {needed} are needed"
