"""What a pod requests, as the scheduler and a quota count it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from types import MappingProxyType
from typing import Any

from ..settings.keys.patches import Patch
from . import quantities as units
from .merge import PatchError, json_merge, strategic_merge
from .untyped import map_of, maps_of

_TEMPLATE = "core.v1.PodTemplateSpec"
Amounts = tuple[int, int]
"""Millicores and bytes."""
Place = tuple[str, str]
"""``requests`` or ``limits``, and the resource."""
READ: Mapping[str, Callable[[str], int]] = MappingProxyType({"cpu": units.read_cpu, "memory": units.read_memory})
"""The resources that a plan reads from a patch too, and how."""


@dataclass(frozen=True)
class Patched:
    """An amount that a patch gives."""

    text: str
    """The quantity as it is written."""
    patch: int
    """Which of the patches gives it."""


def whole_pod_findings(pod: Mapping[str, Any]) -> Iterator[str]:
    """What the API server refuses of what the pod as a whole requests and may take: less than its containers.

    Quantities that cannot be read, or are not known yet, are passed over.
    """
    whole = map_of(pod.get("resources"))
    for resource, read in READ.items():
        with suppress(ValueError, AttributeError, TypeError):
            requested = (whole.get("requests") or {}).get(resource)
            if requested is not None:
                without = {key: value for key, value in pod.items() if key not in ("resources", "overhead")}
                together = pod_requests(without, {})[list(READ).index(resource)]
                if read(str(requested)) < together:
                    at = f"spec.resources.requests.{resource}"
                    yield f"{at}: {requested} is less than its containers request together."
        most = map_of(whole.get("limits")).get(resource)
        for container in maps_of(pod.get("containers")):
            with suppress(ValueError, AttributeError, TypeError):
                limit = ((container.get("resources") or {}).get("limits") or {}).get(resource)
                if most is not None and limit is not None and read(str(limit)) > read(str(most)):
                    name = container.get("name")
                    yield f"spec.resources.limits.{resource}: {most} is less than the limit of the container '{name}'."


def pod_requests(pod: Mapping[str, Any], defaults: Mapping[str, str]) -> Amounts:
    """The requests of a pod: its containers and sidecars together, or an init container that needs more while it runs.

    Kubernetes counts so (KEP-753): an init container runs beside the sidecars that were started before it, and a
    sidecar is an init container with ``restartPolicy: Always``. What the pod as a whole requests stands for what its
    containers request (KEP-2837). An amount that cannot be read counts for nothing, and the others count.

    :param defaults: what the LimitRange of the namespace gives a container that requests nothing.
    """
    sidecars, greatest = (0, 0), (0, 0)
    for container in maps_of(pod.get("initContainers")):
        amounts = _requests(container, defaults)
        if container.get("restartPolicy") == "Always":
            sidecars = _sum([sidecars, amounts])
            greatest = _most(greatest, sidecars)
        else:
            greatest = _most(greatest, _sum([sidecars, amounts]))
    running = _sum([sidecars, *(_requests(one, defaults) for one in maps_of(pod.get("containers")))])
    whole = map_of(map_of(pod.get("resources")).get("requests"))
    counted, given = _most(greatest, running), _amounts(whole)
    cpu, memory = (given[at] if name in whole else counted[at] for at, name in enumerate(("cpu", "memory")))
    return _sum([(cpu, memory), _amounts(map_of(pod.get("overhead")))])


def pod_devices(pod: Mapping[str, Any]) -> dict[str, int]:
    """What the pod requests that is neither CPU nor memory, counted as those are: devices, and bytes of huge pages by
    the name of their size. An amount that cannot be read, or is not known yet, counts for nothing."""
    sidecars, greatest = Counter[str](), Counter[str]()
    for container in maps_of(pod.get("initContainers")):
        if container.get("restartPolicy") == "Always":
            sidecars += _devices(map_of(container.get("resources")))
            greatest |= sidecars
        else:
            greatest |= sidecars + _devices(map_of(container.get("resources")))
    running = Counter(sidecars)
    for container in maps_of(pod.get("containers")):
        running += _devices(map_of(container.get("resources")))
    whole = _devices(map_of(pod.get("resources")))
    found = {**(greatest | running), **whole}
    return dict(Counter(found) + _devices({"requests": pod.get("overhead")}))


def _devices(resources: Mapping[str, Any]) -> Counter[str]:
    sides = {**map_of(resources.get("limits")), **map_of(resources.get("requests"))}
    return Counter(
        {
            str(name): min(units.MOST, ceil(readable(amount)))
            for name, amount in sides.items()
            if "/" in str(name) or name in units.HUGE_PAGES
        }
    )


def patched_devices(pod: Mapping[str, Any], patches: Sequence[Patch]) -> dict[str, int]:
    """The same of a pod once patches of the pods are merged."""
    *_, changed = _merged(pod, patches)
    return pod_devices(changed)


def patched_requests(pod: Mapping[str, Any], patches: Sequence[Patch], defaults: Mapping[str, str]) -> Amounts:
    """The requests of a pod once patches of the pods are merged: sidecars, init containers, overhead, other requests.

    A patch that cannot be merged counts for nothing, as does a quantity that cannot be read: a rule says what is wrong.
    """
    *_, changed = _merged(pod, patches)
    try:
        return pod_requests(changed, defaults)
    except (ValueError, AttributeError, TypeError):
        return pod_requests(pod, defaults)


def patched_amounts(container: str, patches: Sequence[Patch]) -> Mapping[Place, Patched]:
    """The amounts of CPU and memory that patches give a container, by side and resource.

    One that a patch takes away, or that cannot be read, is not among them: a rule refuses it.
    """
    found: dict[Place, Patched] = {}
    before: dict[Place, str] = {}
    for index, pod in enumerate(_merged({"containers": [{"name": container}]}, patches)):
        after = dict(_given(pod, container))
        changed = {place: text for place, text in after.items() if before.get(place) != text}
        found = {place: one for place, one in found.items() if place in after}
        # The first is the pod without patches.
        found |= {place: Patched(text, index - 1) for place, text in changed.items()}
        before = after
    return found


def _merged(pod: Mapping[str, Any], patches: Sequence[Patch]) -> Iterator[Mapping[str, Any]]:
    """The pod as it is, and after each patch."""
    template: dict[str, Any] = {"spec": dict(pod)}
    yield pod
    for patch in patches:
        change = patch.patch if patch.kind == "Pod" else _template_of(patch)
        with suppress(PatchError, AttributeError, TypeError):
            # A Rollout is a custom resource, which takes a JSON merge patch.
            custom = patch.kind == "Rollout"
            template = json_merge(template, change) if custom else strategic_merge(template, change, _TEMPLATE)
        yield map_of(template.get("spec"))


def _given(pod: Mapping[str, Any], name: str) -> Iterator[tuple[Place, str]]:
    """What the containers of a name request and may take, of CPU and memory, as far as it can be read."""
    for container in maps_of(pod.get("containers")):
        resources = container.get("resources") if container.get("name") == name else None
        for side in ("requests", "limits"):
            amounts = resources.get(side) if isinstance(resources, Mapping) else None
            for resource, read in READ.items():
                value = amounts.get(resource) if isinstance(amounts, Mapping) else None
                with suppress(ValueError):
                    if isinstance(value, (str, int, float)) and read(str(value)) > 0:
                        yield (side, resource), str(value)


def _template_of(patch: Patch) -> dict[str, Any]:
    spec = patch.patch.get("spec") if patch.kind in ("Deployment", "StatefulSet", "Rollout") else None
    found = spec.get("template") if isinstance(spec, Mapping) else None
    return found if isinstance(found, dict) else {}


def _requests(container: Mapping[str, Any], defaults: Mapping[str, str]) -> Amounts:
    resources = map_of(container.get("resources"))
    # A limit without a request is the request too.
    return _amounts({**defaults, **map_of(resources.get("limits")), **map_of(resources.get("requests"))})


def _amounts(quantities: Mapping[str, Any]) -> Amounts:
    return ceil(1000 * readable(quantities.get("cpu"))), ceil(readable(quantities.get("memory")))


def readable(amount: Any) -> Fraction:
    """An amount as Kubernetes reads it; 0 for none, and for one that cannot be read or is not known yet."""
    with suppress(ValueError):
        return units.read_any(str(amount))
    return Fraction(0)


def _sum(amounts: Iterable[Amounts]) -> Amounts:
    listed = list(amounts)
    # No more than Kubernetes counts to, where each alone is less and all together are not.
    return min(units.MOST, sum(one[0] for one in listed)), min(units.MOST, sum(one[1] for one in listed))


def _most(one: Amounts, other: Amounts) -> Amounts:
    return max(one[0], other[0]), max(one[1], other[1])
