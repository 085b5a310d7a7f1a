"""What must hold within the objects that one component makes: pods, quantities, labels, keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_kubernetes_mcp.kubernetes import quantities as units
from tests.rendered.objects import (
    WORKLOADS,
    Objects,
    amount,
    containers,
    label,
    names,
    of_kind,
    port_names,
    port_numbers,
    selects,
    template,
)

RECOMMENDED = tuple(f"app.kubernetes.io/{key}" for key in ("name", "component", "part-of", "managed-by"))
CUSTOM_GROUPS = ("gateway.networking.k8s.io", "gateway.envoyproxy.io", "external-secrets.io", "keda.sh")
UNSCOPED = {"Namespace", "ClusterRole", "ClusterRoleBinding"}
BESIDE_GATEWAYS = {"AuthorizationPolicy", "ClientTrafficPolicy", "EnvoyPatchPolicy", "Gateway", "ListenerPolicy"}
RESTRICTED_VOLUMES = {
    *("configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret")
}
"""Sources of volumes that the Pod Security Standard "restricted" takes."""
FURTHER = {"ConfigMap prompts"}
"""What a case names beside the objects of components: it belongs to no component, and says so in its labels."""


def broken_containers(objects: Objects) -> Iterator[str]:
    """Probes of ports that are not there, mounts of volumes that are not, names that are given twice."""
    for workload in of_kind(objects, *WORKLOADS):
        pod = template(workload)["spec"]
        templates = workload["spec"].get("volumeClaimTemplates", [])
        volumes = [
            *(volume["name"] for volume in pod.get("volumes", [])),
            *(one["metadata"]["name"] for one in templates),
        ]
        yield from (
            f"{label(workload)} has two volumes {name}" for name in sorted(set(volumes)) if volumes.count(name) > 1
        )
        for container in containers(workload):
            here = f"{label(workload)}, container {container['name']},"
            for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
                check = container.get(probe, {})
                port = check.get("httpGet", check.get("tcpSocket", {})).get("port")
                if port is not None and port not in port_names(workload) | port_numbers(workload):
                    yield f"{here} is tested at the port {port}, which it does not have"
                if "host" in check.get("httpGet", {}):
                    yield f"{here} is tested at another host, which Pod Security refuses"
            mounts = [mount["name"] for mount in container.get("volumeMounts", [])]
            yield from (f"{here} mounts {name}, which is not there" for name in mounts if name not in volumes)
            variables = [variable["name"] for variable in container.get("env", [])]
            yield from (f"{here} has {name} twice" for name in sorted(set(variables)) if variables.count(name) > 1)


def slow_drains(objects: Objects) -> Iterator[str]:
    """A pod that is killed before its pre-stop hook and the server have ended; a rollout that takes pods away first."""
    for workload in of_kind(objects, *WORKLOADS):
        pod = template(workload)["spec"]
        for container in pod["containers"]:
            # What has no hook, such as an exporter, serves nobody who would be cut off.
            sleep = container.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
            graceful = next(
                (
                    int(one["value"])
                    for one in container.get("env", [])
                    if one["name"] == "UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN"
                ),
                5,
            )
            if pod["terminationGracePeriodSeconds"] < sleep + graceful + 5:
                yield f"{label(workload)} is killed after {pod['terminationGracePeriodSeconds']} s, within its drain"
        # A StatefulSet has no other way: a pod goes before the next one has its name.
        if workload["kind"] == "Deployment" and workload["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] != 0:
            yield f"{label(workload)} takes pods away before new ones are ready"


def unsafe_pods(objects: Objects) -> Iterator[str]:
    """What the Pod Security Standard "restricted" refuses, and a root file system that can be written."""
    for workload in of_kind(objects, *WORKLOADS):
        pod = template(workload)["spec"]
        for key in ("hostNetwork", "hostPID", "hostIPC"):
            if pod.get(key):
                yield f"{label(workload)} has {key}"
        for volume in pod.get("volumes", []):
            if not set(volume) - {"name"} <= RESTRICTED_VOLUMES:
                yield f"{label(workload)} has the volume {volume['name']}"
        for container in containers(workload):
            wanted = {
                "allowPrivilegeEscalation": False,
                "capabilities": {"drop": ["ALL"]},
                "readOnlyRootFilesystem": True,
                "runAsNonRoot": True,
                "seccompProfile": {"type": "RuntimeDefault"},
                "privileged": False,
            }
            given = container["securityContext"]
            for key, value in wanted.items():
                if given.get(key) != value:
                    yield f"{label(workload)}, container {container['name']}, has {key} {given.get(key)}"
            # No user at all leaves it to the cluster; runAsNonRoot stands.
            if given.get("runAsUser", 10_000) < 10_000:
                yield f"{label(workload)}, container {container['name']}, runs as {given.get('runAsUser')}"


def odd_quantities(objects: Objects) -> Iterator[str]:
    """A quantity in another spelling than the API server's, and a request above its limit."""
    for body in objects:
        for path, key, text in quantities(body):
            canonical = units.format_count(amount(key, text)) if key == "pods" else _canonical(key, text)
            if text != canonical:
                yield f"{label(body)}: {path} is {text}, which is stored as {canonical}"
    for workload in of_kind(objects, *WORKLOADS):
        for container in containers(workload):
            resources = container["resources"]
            for key, limit in resources["limits"].items():
                if key in resources["requests"] and amount(key, resources["requests"][key]) > amount(key, limit):
                    yield f"{label(workload)}, container {container['name']}, requests more {key} than its limit"
            for side in ("requests", "limits"):
                for key in sorted({"cpu", "memory", "ephemeral-storage"} - set(resources[side])):
                    yield f"{label(workload)}, container {container['name']}, has no {side} of {key}"


def quantities(value: Any, path: str = "") -> Iterator[tuple[str, str, str]]:
    """Every quantity in an object: path, resource, text."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            short = str(key).removeprefix("requests.").removeprefix("limits.")
            if isinstance(item, str) and (short in {"cpu", "memory", "ephemeral-storage", "pods", "sizeLimit"}):
                yield f"{path}.{key}", short, item
            else:
                yield from quantities(item, f"{path}.{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from quantities(item, f"{path}[{index}]")


def _canonical(key: str, text: str) -> str:
    return units.canonical_cpu(text) if key == "cpu" else units.canonical_memory(text)


def odd_labels(objects: Objects) -> Iterator[str]:
    """An object without the recommended labels, a selector with a version, a selector that is not its pods' own."""
    for body in objects:
        wanted = RECOMMENDED[2:] if label(body) in FURTHER else RECOMMENDED
        missing = [key for key in wanted if key not in body["metadata"].get("labels", {})]
        if missing:
            yield f"{label(body)} has no {', '.join(missing)}"
    for workload in of_kind(objects, *WORKLOADS):
        selector = workload["spec"]["selector"]["matchLabels"]
        if selects(selector, objects) != [workload]:
            yield f"{label(workload)} does not select its own pods alone"
        if set(selector) != {"app.kubernetes.io/name", "app.kubernetes.io/component"}:
            yield f"{label(workload)} selects by {', '.join(sorted(selector))}"
        for constraint in template(workload)["spec"]["topologySpreadConstraints"]:
            if constraint["labelSelector"]["matchLabels"] != selector:
                yield f"{label(workload)} spreads over the pods of another workload"


def strange_namespaces(objects: Objects) -> Iterator[str]:
    """An object outside of the one namespace of its set, unless it stands beside a Gateway; a namespace below
    "restricted"."""
    there = names(objects, "Namespace")
    gateways = {parent["namespace"] for one in of_kind(objects, "HTTPRoute") for parent in one["spec"]["parentRefs"]}
    for body in objects:
        if body["kind"] in BESIDE_GATEWAYS and body["metadata"].get("namespace") in gateways:
            continue
        if body["kind"] in UNSCOPED:
            if "namespace" in body["metadata"]:
                yield f"{label(body)} is in {body['metadata']['namespace']}, and belongs to no namespace"
        elif there and body["metadata"].get("namespace") not in there:
            yield f"{label(body)} is in {body['metadata'].get('namespace')}, which is not there"
    for namespace in of_kind(objects, "Namespace"):
        if namespace["metadata"]["labels"].get("pod-security.kubernetes.io/enforce") != "restricted":
            yield f"{label(namespace)} does not enforce restricted"


def snake_keys(objects: Objects) -> Iterator[str]:
    """A key with an underscore in the spec of a custom resource: Pulumi passes it on, and no controller reads it."""
    for body in objects:
        if body["apiVersion"].partition("/")[0] in CUSTOM_GROUPS:
            yield from (f"{label(body)}: {path}" for path in _underscored(body["spec"], "spec"))


def _underscored(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            if "_" in key:
                yield f"{path}.{key}"
            yield from _underscored(item, f"{path}.{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _underscored(item, f"{path}[{index}]")


def empty_values(objects: Objects) -> Iterator[str]:
    """An empty list or map, which the API server does not store; an empty selector selects everything, and is one, as
    are a hash by address and the PROXY protocol, which have nothing to say but that they are there."""
    for body in objects:
        yield from (f"{label(body)}: {path} is empty" for path in _empty(body, ""))


def _empty(value: Any, path: str) -> Iterator[str]:
    if value in ([], {}) and not path.endswith(("podSelector", ".sourceIP", ".proxyProtocol")):
        yield path
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _empty(item, f"{path}.{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _empty(item, f"{path}[{index}]")
