"""What several objects share: labels, security contexts, spread, probes."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import pulumi

Spec: TypeAlias = Any
"""A Kubernetes object or a part of one. Its shape is checked against the API schemas by the tests."""

NAME = "app.kubernetes.io/name"
COMPONENT = "app.kubernetes.io/component"
VERSION = "app.kubernetes.io/version"
CONTENT_DIGITS = 8
"""Digits of a name that stand for the content: two contents of one object meet by chance once in four billion times."""
WAIT_FOR = "pulumi.com/waitFor"
"""Annotation that tells the engine which condition of an object it waits for."""
WAIT_READY = {WAIT_FOR: "condition=Ready"}
"""For a custom resource whose controller reports the condition Ready; the engine waits for none by itself."""
REVISION = "pod-template-hash"
"""The label by which a Deployment tells the pods of one revision from those of another."""
SECRET_VERSION = "kubernetes-mcp/secret-version"
SKIP_AWAIT = {"pulumi.com/skipAwait": "true"}
"""For a Service, whose endpoints the engine would wait ten seconds for though its Deployment is awaited anyway, and for
an Ingress, whose address not every controller reports."""
STARTUP_PROBE = {"periodSeconds": 2, "failureThreshold": 30, "timeoutSeconds": 2}
READINESS_PROBE = {"periodSeconds": 10, "failureThreshold": 3, "timeoutSeconds": 3}
LIVENESS_PROBE = {"periodSeconds": 30, "failureThreshold": 3, "timeoutSeconds": 5}


MANAGED = {"app.kubernetes.io/part-of": "mcp", "app.kubernetes.io/managed-by": "pulumi"}
"""Labels of everything that is ours."""


def text(*parts: pulumi.Input[str]) -> pulumi.Input[str]:
    """Parts in one. A plan is made where no program runs, and can hold no Output."""
    plain = [part for part in parts if isinstance(part, str)]
    return "".join(plain) if len(plain) == len(parts) else pulumi.Output.concat(*parts)


def selector(name: pulumi.Input[str], component: str) -> dict[str, pulumi.Input[str]]:
    """The labels that select the pods of a workload: stable for its life, so without a version."""
    return {NAME: name, COMPONENT: component}


def labels(name: pulumi.Input[str], component: str) -> Spec:
    """The recommended labels of Kubernetes, without the version: see :func:`versioned`."""
    return {
        **selector(name, component),
        **MANAGED,
    }


def versioned(object_labels: Spec, version: pulumi.Input[str]) -> Spec:
    """The labels of a workload and of its pods. No other object has the version: a new image would update it too."""
    return {**object_labels, VERSION: version}


def image_version(image: str) -> str:
    """A label value for an image: its tag, or the first twelve digits of its digest."""
    reference, _, digest = image.partition("@")
    tag = reference.rsplit("/", 1)[-1].partition(":")[2]
    version = tag or digest.rpartition(":")[2][:12]
    return re.sub(r"[^A-Za-z0-9._-]", "-", version)[:63].strip("-_.") or "unknown"


def full_digest(content: Mapping[str, str]) -> str:
    """A digest of a content, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(dict(content), sort_keys=True).encode()).hexdigest()


def content_digest(content: Mapping[str, str]) -> str:
    """Eight hexadecimal digits that stand for a content: the end of the name of an object that is never changed but
    replaced. The name is known before the object exists, so an interrupted update leaves no second one behind."""
    return full_digest(content)[:CONTENT_DIGITS]


FIRST_FREE_PORT = 1024
"""The first port that a process without rights may listen on, unless its container's network says otherwise."""


def pod_security(user_id: int | None, ports: Iterable[int] = ()) -> Spec:
    """A pod security context that meets the Pod Security Standard "restricted".

    :param user_id: user and group; ``None`` leaves both to the cluster, which then gives the volumes' group too.
    :param ports: what its containers listen on. Below 1024 the pod's network is told to let everybody: containerd does
        by itself from 2.0 on, and no process has the right (NET_BIND_SERVICE). The sysctl is among the safe ones.
    """
    ids = {} if user_id is None else {"runAsUser": user_id, "runAsGroup": user_id, "fsGroup": user_id}
    least = min(ports, default=FIRST_FREE_PORT)
    sysctl = {"name": "net.ipv4.ip_unprivileged_port_start", "value": f"{least}"}
    return {
        "runAsNonRoot": True,
        **ids,
        "seccompProfile": {"type": "RuntimeDefault"},
        **({"sysctls": [sysctl]} if least < FIRST_FREE_PORT else {}),
    }


def container_security(user_id: int | None, *, writable_root: bool = False) -> Spec:
    """A container security context: "restricted", and a read-only root file system besides, unless it is writable."""
    ids = {} if user_id is None else {"runAsUser": user_id, "runAsGroup": user_id}
    return {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "privileged": False,
        "readOnlyRootFilesystem": not writable_root,
        "runAsNonRoot": True,
        **ids,
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def spread(match: Mapping[str, Any], revision: str = REVISION) -> list[Spec]:
    """Over zones and over nodes, per revision. ``ScheduleAnyway``: a full zone must not stop a scale-up.

    :param revision: the label of the pods that their controller tells one revision from another by.
    """
    return [
        {
            "topologyKey": key,
            "maxSkew": 1,
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": dict(match)},
            "matchLabelKeys": [revision],
        }
        for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
    ]


def apart(match: Mapping[str, Any]) -> Spec:
    """A wish, never a condition: no two pods on one node, of whatever revision. The spread above counts each
    revision for itself, so without this a rollout could pack its new pods beside the old ones."""
    term = {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": dict(match)}}
    return {
        "podAntiAffinity": {
            "preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 100, "podAffinityTerm": term}]
        }
    }


def metadata(
    name: pulumi.Input[str] | None,
    namespace: pulumi.Input[str] | None,
    object_labels: Spec,
    annotations: Mapping[str, Any] | None = None,
) -> Spec:
    """Object metadata; what is ``None`` is left out (no name means that the engine makes one)."""
    result: Spec = {"labels": object_labels}
    if name is not None:
        result["name"] = name
    if namespace is not None:
        result["namespace"] = namespace
    if annotations:
        result["annotations"] = dict(annotations)
    return result


def waiting_for(condition: str) -> dict[str, str]:
    """That an update waits for a condition of a custom resource, which the engine does for none by itself."""
    return {WAIT_FOR: condition}


def ready_annotations(wait: bool) -> dict[str, str]:
    """Whether an update waits until the controller of a custom resource says that it works."""
    return WAIT_READY if wait else {}


def template_metadata(
    object_labels: Spec, secret_version: pulumi.Input[str] | None, annotations: Mapping[str, Any] | None = None
) -> Spec:
    """Metadata of a pod template; another version of the Secret is another template, which rolls the pods."""
    version = {} if secret_version is None else {SECRET_VERSION: secret_version}
    return without_empty({"labels": object_labels, "annotations": {**(annotations or {}), **version}})


def without_empty(spec: Mapping[str, Any]) -> Spec:
    """The same without empty lists and maps: the API server does not store them, so they would show as drift."""
    return {key: value for key, value in spec.items() if value or not isinstance(value, (list, dict))}


def without_none(spec: Mapping[str, Any]) -> Spec:
    """The same without what is not given, and without empty lists and maps."""
    return {key: value for key, value in without_empty(spec).items() if value is not None}


def disruption_budget(match: Mapping[str, Any], *, min_available: int | None, max_unavailable: int | None) -> Spec:
    """The spec of a PodDisruptionBudget; pods that run but are not ready never block a drain."""
    bound: Spec = {"minAvailable": min_available} if max_unavailable is None else {"maxUnavailable": max_unavailable}
    return {
        **bound,
        "unhealthyPodEvictionPolicy": "AlwaysAllow",
        "selector": {"matchLabels": dict(match)},
    }
