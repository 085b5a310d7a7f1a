"""What a change does to an object that runs: whether it is updated in place, replaced, or restarts its pods. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from .model import STACK_TYPE, Deployment, Resource

Identity = tuple[str, str, str, str]
"""API group, kind, namespace, name."""

REPLACING: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("", "ConfigMap"): ("data", "binaryData"),
    ("", "Secret"): ("data", "stringData", "type"),
    ("", "Service"): ("spec.clusterIP",),
    ("", "ResourceQuota"): ("spec.scopes",),
    ("", "PersistentVolumeClaim"): ("spec",),
    ("apps", "Deployment"): ("spec.selector",),
    ("apps", "DaemonSet"): ("spec.selector",),
    ("apps", "StatefulSet"): (
        "spec.selector",
        "spec.serviceName",
        "spec.podManagementPolicy",
        "spec.revisionHistoryLimit",
        "spec.volumeClaimTemplates",
    ),
    ("batch", "Job"): ("spec.template", "spec.selector", "spec.completions", "spec.parallelism"),
    ("rbac.authorization.k8s.io", "RoleBinding"): ("roleRef",),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): ("roleRef",),
    ("storage.k8s.io", "StorageClass"): ("parameters", "provisioner"),
}
"""Group and kind to the fields whose change replaces the object: what the Kubernetes provider of Pulumi 4.34 lists,
and the selector of a DaemonSet, which the API server refuses to change. A name or a namespace always replaces."""
RESTARTING: Final = frozenset(
    {("apps", "Deployment"), ("apps", "StatefulSet"), ("apps", "DaemonSet"), ("argoproj.io", "Rollout")}
)
"""Kinds whose controller replaces every pod when the pod template changes."""
POD_TEMPLATE: Final = "spec.template"
LEAST: Final[Mapping[str, str]] = {"HorizontalPodAutoscaler": "minReplicas", "ScaledObject": "minReplicaCount"}
"""Kind of an autoscaler to the field with its minimum."""

_CONTENT_NAME = re.compile(r"-[0-9a-f]{6,64}$")
_ALIAS_PART = re.compile(r"(?:^|,)(name|type|stack|project|parent)=")


def replacing(identity: Identity, paths: Iterable[str]) -> tuple[str, ...]:
    """Those of the changed fields that replace the object instead of updating it."""
    fields = REPLACING.get(identity[:2], ())
    return tuple(path for path in paths if any(_within(path, field) for field in fields))


def restarts(identity: Identity, paths: Iterable[str]) -> bool:
    """Whether a change of these fields replaces the pods of the object, one batch after the other."""
    return identity[:2] in RESTARTING and any(_within(path, POD_TEMPLATE) for path in paths)


def least_pods(identity: Identity, objects: Mapping[Identity, Mapping[str, Any]]) -> int | None:
    """The minimum of the autoscaler of a workload, with which a new one begins; ``None`` where none has it."""
    for (_, kind, namespace, _), body in objects.items():
        spec = body.get("spec")
        if kind in LEAST and namespace == identity[2] and isinstance(spec, Mapping):
            target, least = spec.get("scaleTargetRef"), spec.get(LEAST[kind])
            if isinstance(target, Mapping) and target.get("name") == identity[3] and isinstance(least, int):
                return least
    return None


def _within(path: str, field: str) -> bool:
    return path == field or path.startswith((f"{field}.", f"{field}["))


def renamed_by_content(before: Iterable[Identity], after: Iterable[Identity]) -> dict[Identity, Identity]:
    """New to former identity of objects that are named after what they hold: ``pooler-config-d7674e1a``.

    Only where one of a kind, a namespace and a base name goes, and one comes: with more nobody can tell.
    """
    gone, come = _by_base(before), _by_base(after)
    return {new[0]: gone[base][0] for base, new in come.items() if len(new) == 1 and len(gone.get(base, ())) == 1}


def _by_base(identities: Iterable[Identity]) -> dict[Identity, list[Identity]]:
    found: dict[Identity, list[Identity]] = {}
    for group, kind, namespace, name in identities:
        base = _CONTENT_NAME.sub("", name)
        if base != name:
            found.setdefault((group, kind, namespace, base), []).append((group, kind, namespace, name))
    return found


def program_place(urn: str) -> str:
    """A URN without stack and project: the types of all parents, the own type, and the name in the program."""
    return "::".join(urn.split("::")[2:])


def former_places(resource: Resource, deployment: Deployment) -> tuple[str, ...]:
    """Where the engine would look for the resource in an old state: its own place, then those of its aliases.

    As the engine does, a child follows the aliases of its parent, also in its name where that begins with the name of
    the parent.
    """
    return tuple(dict.fromkeys([program_place(resource.urn), *_aliased(resource, deployment)]))


def _aliased(resource: Resource, deployment: Deployment) -> Iterator[str]:
    parent = deployment.by_urn.get(resource.parent or "")
    parents = [] if parent is None or parent.type == STACK_TYPE else list(former_places(parent, deployment))
    for chain, own in ((_chain(above), _renamed(resource, parent, above)) for above in parents[1:]):
        yield _place(chain, resource.type, own)
    for alias in resource.options.aliases:
        if alias.startswith("urn:"):
            yield program_place(alias)
            continue
        parts = _alias_parts(alias)
        type_, name = parts.get("type", resource.type), parts.get("name", resource.name)
        if "parent" in parts:
            yield _place("" if parts["parent"] == "none" else _chain(program_place(parts["parent"])), type_, name)
        else:
            yield from (_place(_chain(above), type_, name) for above in parents or [""])


def _renamed(resource: Resource, parent: Resource | None, above: str) -> str:
    """The name of a child under a former name of its parent."""
    former = above.rpartition("::")[2]
    if parent is not None and resource.name.startswith(parent.name):
        return former + resource.name.removeprefix(parent.name)
    return resource.name


def _chain(above: str) -> str:
    types = above.partition("::")[0]
    return "" if types == STACK_TYPE else types


def _place(chain: str, type_: str, name: str) -> str:
    return f"{chain}${type_}::{name}" if chain else f"{type_}::{name}"


def _alias_parts(alias: str) -> dict[str, str]:
    marks = list(_ALIAS_PART.finditer(alias))
    ends = [mark.start() for mark in marks[1:]] + [len(alias)]
    return {mark[1]: alias[mark.end() : end] for mark, end in zip(marks, ends, strict=True)}


def named_in(value: Any, name: str) -> bool:
    """Whether a changed value is the name of an object, alone or among others."""
    if isinstance(value, Mapping):
        return any(named_in(item, name) for item in value.values())
    if isinstance(value, (list, tuple)):
        return any(named_in(item, name) for item in value)
    return bool(value == name)
