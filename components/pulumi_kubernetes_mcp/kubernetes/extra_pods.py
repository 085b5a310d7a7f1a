"""The pods that a further object of a region makes: where their spec is, how many there are, what is wrong. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from math import ceil
from types import MappingProxyType
from typing import Any

from ..inputs.outputs import plain
from ..rules import environment
from ..rules import patches as pod_rules
from ..rules.model import Finding
from ..rules.workload import command_findings, image_findings, listed_findings
from .pod_requests import Amounts, pod_devices, pod_requests
from .pod_security import breaches, refused_by
from .untyped import items_of, map_of, maps_of

_TEMPLATE = ("spec", "template", "spec")
PLACES: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "Pod": ("spec",),
        **dict.fromkeys(
            ("Deployment", "ReplicaSet", "ReplicationController", "StatefulSet", "DaemonSet", "Job", "Rollout"),
            _TEMPLATE,
        ),
        "CronJob": ("spec", "jobTemplate", *_TEMPLATE),
        "ScaledJob": ("spec", "jobTargetRef", "template", "spec"),
    }
)
"""Kind of a workload to where the spec of its pods is; 'Rollout' is that of Argo Rollouts, 'ScaledJob' that of KEDA."""
_GROUPS = ("v1", "apps/", "batch/", "argoproj.io/", "keda.sh/")
_SCALED_JOBS = 100
"""maxReplicaCount of a ScaledJob that says nothing (kedacore/keda apis/keda/v1alpha1/scaledjob_types.go)."""
_TIME = "its start-up probe time"
_SURGING = ("Deployment", "Rollout")
_SURGE = "25%"
"""maxSurge of a Deployment and of a Rollout that say nothing."""


@dataclass(frozen=True)
class Asked:
    """What the pods of a further object request together."""

    pods: int
    each: Amounts
    devices: Mapping[str, int]
    """Devices of all of them by name, and bytes of huge pages by the name of their size."""


def pod_of(one: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]] | None:
    """Where the spec of an object's pods is, and the spec; ``None`` for one that makes none that is known here."""
    steps = PLACES.get(str(one.get("kind")))
    if steps is None or not str(one.get("apiVersion")).startswith(_GROUPS):
        return None
    found: Any = one
    for step in steps:
        found = map_of(found).get(step)
    return (".".join(steps), found) if isinstance(found, Mapping) and found else None


def asked(one: Mapping[str, Any], defaults: Mapping[str, str]) -> Asked | None:
    """What the pods of an object request at most, with the surge of its rollout; ``None`` where nobody can tell.

    The pods of a DaemonSet are as many as nodes. An amount that is not known yet or cannot be read counts for nothing,
    and the object with its others counts.

    :param defaults: what the LimitRange of the namespace gives a container that requests nothing.
    """
    found = pod_of(one)
    if found is None or one["kind"] == "DaemonSet":
        return None
    with suppress(ValueError, AttributeError, TypeError):
        pods = _count(one)
        devices = {name: pods * number for name, number in pod_devices(found[1]).items()}
        return Asked(pods, pod_requests(found[1], defaults), devices)
    return None


def _count(one: Mapping[str, Any]) -> int:
    """The greatest number of pods that an object has at the same time."""
    kind, spec = one["kind"], map_of(one.get("spec"))
    if kind == "CronJob":
        spec = map_of(map_of(spec.get("jobTemplate")).get("spec"))
    if kind == "ScaledJob":
        jobs = _whole(spec.get("maxReplicaCount"), _SCALED_JOBS)
        return jobs * _whole(map_of(spec.get("jobTargetRef")).get("parallelism"), 1)
    field = "parallelism" if kind in ("CronJob", "Job") else "replicas"
    number = 1 if kind == "Pod" else _whole(spec.get(field), 1)
    if kind not in _SURGING:
        return number
    strategy = map_of(spec.get("strategy"))
    if strategy.get("type") == "Recreate":
        return number
    way = map_of(strategy.get("rollingUpdate" if kind == "Deployment" else "canary"))
    surge = str(way.get("maxSurge", _SURGE))
    more = ceil(number * int(surge[:-1]) / 100) if surge.endswith("%") else int(surge)
    return number + (number if "blueGreen" in strategy else more)


def _whole(value: Any, default: int) -> int:
    return default if value is None else int(value)


def pod_findings(one: Mapping[str, Any], path: str, enforced: str | None) -> Iterator[Finding]:
    """What is wrong with the pods of an object: what Pod Security refuses, images without a fixed version, secrets
    in a command line, references to no variable, and programs that are downloaded.

    :param enforced: the Pod Security level that the namespace is known to enforce.
    """
    found = pod_of(one)
    if found is None:
        return
    where, pod = found
    place = f"{path}.{where}"
    for breach in breaches(pod):
        refusing = enforced if enforced is not None and refused_by(enforced, breach) else None
        yield from pod_rules.security_findings(
            where=breach.path,
            problem=breach.problem,
            level=breach.level,
            enforced=refusing,
            path=place,
            remedy=breach.remedy,
        )
    for kind in ("initContainers", "containers"):
        for index, container in enumerate(maps_of(pod.get(kind))):
            if isinstance(image := container.get("image"), str):
                yield from image_findings(image, path=f"{place}.{kind}[{index}].image")
            yield from environment.command_findings(container, path=f"{place}.{kind}[{index}]")
            yield from _told(container, f"{place}.{kind}[{index}]")


def _told(container: Mapping[str, Any], path: str) -> Iterator[Finding]:
    """References to variables that are not there, and programs that are downloaded at the start."""
    env = [(str(one.get("name")), plain(one.get("value"))) for one in maps_of(container.get("env"))]
    open_ended = bool(container.get("envFrom")) or len(env) != len(items_of(container.get("env", ())))
    if not open_ended:
        yield from listed_findings(env, path=f"{path}.env")
    lines = {
        f"{path}.{key}": [plain(word) or "" for word in items_of(container.get(key))] for key in ("command", "args")
    }
    yield from command_findings(lines, variables=[name for name, _ in env], open_ended=open_ended, time=_TIME)
    hook = map_of(map_of(map_of(container.get("lifecycle")).get("postStart")).get("exec")).get("command")
    words = {f"{path}.lifecycle.postStart.exec.command": [plain(word) or "" for word in items_of(hook)]}
    yield from command_findings(words, variables=(), open_ended=True, time=_TIME)
