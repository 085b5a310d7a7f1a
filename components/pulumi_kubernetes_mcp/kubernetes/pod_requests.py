"""What a pod requests, as the scheduler and a quota count it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..settings.keys.patches import Patch
from . import quantities as units
from .merge import PatchError, strategic_merge

Amounts = tuple[int, int]
"""Millicores and bytes."""


def pod_requests(pod: Mapping[str, Any], defaults: Mapping[str, str]) -> Amounts:
    """The requests of a pod: its containers and sidecars together, or an init container that needs more while it runs.

    Kubernetes counts so (KEP-753): an init container runs beside the sidecars that were started before it, and a
    sidecar is an init container with ``restartPolicy: Always``.

    :param defaults: what the LimitRange of the namespace gives a container that requests nothing.
    """
    sidecars, greatest = (0, 0), (0, 0)
    for container in _listed(pod.get("initContainers")):
        amounts = _requests(container, defaults)
        if container.get("restartPolicy") == "Always":
            sidecars = _sum([sidecars, amounts])
            greatest = _most(greatest, sidecars)
        else:
            greatest = _most(greatest, _sum([sidecars, amounts]))
    running = _sum([sidecars, *(_requests(one, defaults) for one in _listed(pod.get("containers")))])
    overhead = _amounts(pod.get("overhead") or {})
    return _sum([_most(greatest, running), overhead])


def patched_requests(pod: Mapping[str, Any], patches: Sequence[Patch], defaults: Mapping[str, str]) -> Amounts:
    """The requests of a pod once patches of the pods are merged: sidecars, init containers, overhead, other requests.

    A patch that cannot be merged, or whose quantities cannot be read, counts for nothing: a rule says what is wrong.
    """
    template: dict[str, Any] = {"spec": dict(pod)}
    for patch in patches:
        change = patch.patch if patch.kind == "Pod" else _template_of(patch)
        try:
            template = strategic_merge(template, change, "core.v1.PodTemplateSpec")
        except (PatchError, AttributeError, TypeError):
            continue
    try:
        return pod_requests(template.get("spec") or {}, defaults)
    except (ValueError, AttributeError, TypeError):
        return pod_requests(pod, defaults)


def _template_of(patch: Patch) -> dict[str, Any]:
    spec = patch.patch.get("spec") if patch.kind in ("Deployment", "StatefulSet") else None
    found = spec.get("template") if isinstance(spec, Mapping) else None
    return found if isinstance(found, dict) else {}


def _requests(container: Mapping[str, Any], defaults: Mapping[str, str]) -> Amounts:
    resources = container.get("resources") or {}
    # A limit without a request is the request too.
    return _amounts({**defaults, **(resources.get("limits") or {}), **(resources.get("requests") or {})})


def _amounts(quantities: Mapping[str, Any]) -> Amounts:
    return units.parse_cpu(str(quantities.get("cpu", "0"))), units.parse_memory(str(quantities.get("memory", "0")))


def _sum(amounts: Iterable[Amounts]) -> Amounts:
    listed = list(amounts)
    return sum(one[0] for one in listed), sum(one[1] for one in listed)


def _most(one: Amounts, other: Amounts) -> Amounts:
    return max(one[0], other[0]), max(one[1], other[1])


def _listed(containers: Any) -> Iterable[Mapping[str, Any]]:
    return [one for one in containers or () if isinstance(one, Mapping)]
