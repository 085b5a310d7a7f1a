"""Looking into a set of Kubernetes objects: who selects whom, which ports there are, how many pods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pulumi_kubernetes_mcp.kubernetes import quantities as units

Object = Mapping[str, Any]
Objects = Sequence[Object]
WORKLOADS = ("Deployment", "StatefulSet", "Rollout")
"""The kinds whose objects have a pod template."""


def of_kind(objects: Objects, *kinds: str) -> Iterator[Object]:
    """The objects of some kinds."""
    return (body for body in objects if body["kind"] in kinds)


def label(body: Object) -> str:
    """An object in a message."""
    return f"{body['kind']} {body['metadata'].get('name')}"


def names(objects: Objects, *kinds: str) -> set[str]:
    """The names of the objects of some kinds."""
    return {body["metadata"]["name"] for body in of_kind(objects, *kinds)}


def template(workload: Object) -> Object:
    """The pod template of a workload."""
    spec = workload["spec"]
    found: Object = spec["jobTemplate"]["spec"]["template"] if workload["kind"] == "CronJob" else spec["template"]
    return found


def containers(workload: Object) -> list[Object]:
    """All containers of a workload, those that run before the others included."""
    pod = template(workload)["spec"]
    return [*pod.get("initContainers", []), *pod["containers"]]


def selects(selector: Mapping[str, str], objects: Objects) -> list[Object]:
    """The workloads whose pods carry all labels of a selector."""
    return [
        workload
        for workload in of_kind(objects, *WORKLOADS, "CronJob")
        if selector.items() <= template(workload)["metadata"]["labels"].items()
    ]


def port_names(workload: Object) -> set[str]:
    """The names of the ports of a workload."""
    return {port["name"] for container in containers(workload) for port in container.get("ports", []) if "name" in port}


def port_numbers(workload: Object) -> set[int]:
    """The numbers of the ports of a workload."""
    return {port["containerPort"] for container in containers(workload) for port in container.get("ports", [])}


def port_number(workload: Object, port: int | str) -> int | str:
    """The number of a port of a workload, given by number or by name."""
    named = {
        one["name"]: one["containerPort"]
        for container in containers(workload)
        for one in container.get("ports", [])
        if "name" in one
    }
    return named.get(port, port) if isinstance(port, str) else port


def bounds(workload: Object, objects: Objects) -> tuple[int | None, int | None]:
    """Least and greatest number of pods of a workload; ``None`` where an autoscaler outside of the set decides."""
    name = workload["metadata"]["name"]
    for scaler in of_kind(objects, "HorizontalPodAutoscaler", "ScaledObject"):
        spec = scaler["spec"]
        if spec["scaleTargetRef"]["name"] == name:
            least, most = (
                spec.get("minReplicas", spec.get("minReplicaCount")),
                spec.get("maxReplicas", spec.get("maxReplicaCount")),
            )
            return least, most
    count = workload["spec"].get("replicas")
    return count, count


def amount(resource: str, text: str) -> int:
    """A quantity in millicores, bytes or pods."""
    if resource == "pods":
        return units.parse_cpu(text) // 1000
    if "/" in resource:
        return int(text)
    return units.parse_cpu(text) if resource == "cpu" else units.parse_memory(text)
