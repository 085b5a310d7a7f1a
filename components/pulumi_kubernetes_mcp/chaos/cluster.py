"""The pods of a namespace, read through kubectl and its configuration, and the command lines of each experiment."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from subprocess import CompletedProcess
from typing import Any

from ..doctor.read import KUBECTL, TIMEOUT_SECONDS, reached, reason, run_words
from ..kubernetes.selectors import matches
from .model import Command, Pod
from .refused import ChaosError

Run = Callable[[Sequence[str], str], CompletedProcess[str]]
ZONE = "topology.kubernetes.io/zone"
IN_CLUSTER = "KUBERNETES_SERVICE_HOST"
"""Set in every pod: kubectl then takes the ServiceAccount of the pod, where it has no configuration."""
ABSENT = ("the server doesn't have a resource type", "not found", "could not find the requested resource")


@dataclass(frozen=True)
class Cluster:
    """One namespace of one cluster."""

    namespace: str
    context: str | None
    """Context of kubectl; ``None`` inside a pod, whose ServiceAccount it is."""
    run: Run

    def words(self, *words: str) -> tuple[str, ...]:
        """A command line of kubectl in this namespace."""
        context = () if self.context is None else ("--context", self.context)
        return (KUBECTL, *context, "--request-timeout", f"{TIMEOUT_SECONDS}s", "--namespace", self.namespace, *words)

    def command(self, *words: str, given: str = "") -> Command:
        """The same, as what is done."""
        return Command(self.words(*words), given)

    def get(self, *words: str) -> Any:
        """An object or a list, or ``None`` where there is none."""
        done = self.run(self.words("get", *words, "--output", "json"), "")
        if done.returncode:
            if any(text in done.stderr for text in ABSENT):
                return None
            raise ChaosError(f"kubectl get {' '.join(words)}: {reason(done.stderr)}")
        return json.loads(done.stdout)


def cluster(namespace: str, context: str | None, run: Run | None = None) -> Cluster:
    """The cluster of a context, if it answers; of the current one, or inside a pod of the pod's own cluster."""
    run = run or run_words

    def asked(words: Sequence[str]) -> CompletedProcess[str]:
        return run(words, "")

    if context is None and IN_CLUSTER in os.environ:
        current = asked([KUBECTL, "config", "current-context"])
        if current.returncode or not current.stdout.strip():
            return Cluster(namespace, None, run)
    return Cluster(namespace, reached(context, asked), run)


def pods_of(one: Cluster, selector: str) -> list[Pod]:
    """The ready pods that a selector finds, by name, each with its zone."""
    found = (one.get("pods", "--selector", selector) or {}).get("items", [])
    ready = sorted((pod for pod in found if _ready(pod)), key=lambda pod: str(pod["metadata"]["name"]))
    zones: dict[str, str | None] = {}
    for pod in ready:
        node = pod["spec"].get("nodeName", "")
        if node not in zones:
            zones[node] = _zone(one, pod, node)
    return [
        Pod(
            name=pod["metadata"]["name"],
            zone=zones[pod["spec"].get("nodeName", "")],
            uid=pod["metadata"]["uid"],
            node=pod["spec"].get("nodeName", ""),
            labels=pod["metadata"].get("labels", {}),
            restarts=_restarts(pod),
        )
        for pod in ready
    ]


def _ready(pod: Mapping[str, Any]) -> bool:
    conditions = pod.get("status", {}).get("conditions", [])
    ready = any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)
    return ready and "deletionTimestamp" not in pod["metadata"]


def _restarts(pod: Mapping[str, Any]) -> int:
    return sum(int(one.get("restartCount", 0)) for one in pod.get("status", {}).get("containerStatuses", []))


def _zone(one: Cluster, pod: Mapping[str, Any], node: str) -> str | None:
    """Since Kubernetes 1.35 a pod has the label itself; before it is asked of the node, if that is allowed."""
    own = pod["metadata"].get("labels", {}).get(ZONE)
    if own or not node:
        return own or None
    try:
        found = one.get("node", node)
    except ChaosError:
        return None
    return ((found or {}).get("metadata", {}).get("labels") or {}).get(ZONE)


def opening_policies(one: Cluster, pods: Iterable[Pod]) -> list[str]:
    """NetworkPolicies that allow these pods something. Policies add up: where one allows, another cannot deny."""
    items = (one.get("networkpolicies.networking.k8s.io") or {}).get("items", [])
    found = []
    for policy in items:
        spec = policy["spec"]
        opens = any(spec.get(way) for way in ("ingress", "egress"))
        selected = spec.get("podSelector") or {}
        if opens and any(matches(selected, pod.labels) for pod in pods):
            found.append(str(policy["metadata"]["name"]))
    return sorted(found)


def serves(one: Cluster, resource: str) -> bool:
    """Whether the cluster knows a kind of objects."""
    return one.get(resource) is not None


def gone(one: Cluster, selector: str, before: Sequence[Pod]) -> list[str]:
    """Pods that are no longer there, or were started again."""
    items = (one.get("pods", "--selector", selector) or {}).get("items", [])
    now = {pod["metadata"]["uid"]: _restarts(pod) for pod in items}
    return [pod.name for pod in before if pod.uid not in now or now[pod.uid] > pod.restarts]
