"""Environment variables in the order that the kubelet needs. Pure.

The kubelet goes through the list once: ``$(NAME)`` in a value is the variable of that name if it stands before, or
comes from ``envFrom``; otherwise it stays as it is written. Values from elsewhere are not expanded. ``$$(NAME)`` is
``$(NAME)``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any

from .objects import Spec, without_none

HOME = "HOME"
"""Where programs keep what they write for themselves; it stands first, since much refers to it."""
LISTS = ("initContainers", "containers")
"""The lists of containers of a pod."""

if TYPE_CHECKING:
    import pulumi

    from ..settings.keys.files import EnvFrom, EnvSource, KeyReference


def references(text: str) -> list[str]:
    """The names that the kubelet would look up in a text, in their order."""
    return list(_references(text))


def _references(text: str) -> Iterator[str]:
    place = text.find("$")
    while 0 <= place < len(text) - 1:
        after = text[place + 1]
        end = text.find(")", place + 2) if after == "(" else -1
        if end >= 0:
            yield text[place + 2 : end]
        place = text.find("$", end + 1 if end >= 0 else place + 2)


def in_order(values: Mapping[str, str], later: Collection[str] = ()) -> list[str]:
    """HOME and then the names by the alphabet, but each behind those that its value refers to.

    :param later: names whose values nobody knows yet. They may refer to any other, so they stand at the end.
    """
    return _placed(values, later, sorted(values, key=lambda name: (name in later, name != HOME, name)))


def _placed(values: Mapping[str, str], later: Collection[str], order: Sequence[str]) -> list[str]:
    """The names in an order, but each behind those that its value refers to."""
    graph = _graph(values)
    result: list[str] = []
    placed: set[str] = set()

    def place(name: str) -> None:
        if name not in placed:
            placed.add(name)
            for other in sorted(graph[name], key=order.index):
                place(other)
            result.append(name)

    for name in order:
        if not graph[name] & {*later} - placed:
            place(name)
    for name in order:
        place(name)
    return result


def ordered(listed: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The variables of a container as they are listed, but each behind those that its value refers to, and those at
    the end whose values nobody knows yet."""
    found = {one.get("name"): one for one in listed}
    if len(found) != len(listed) or not all(isinstance(name, str) for name in found):
        return [*listed]  # Of two of a name the API says what is wrong.
    texts = {str(name): one.get("value") for name, one in found.items()}
    later = [name for name, value in texts.items() if value is not None and not isinstance(value, str)]
    known = {name: value if isinstance(value, str) else "" for name, value in texts.items()}
    return [found[name] for name in _placed(known, later, sorted(known, key=later.__contains__))]


def with_ordered(pod: Mapping[str, Any]) -> dict[str, Any]:
    """The spec of a pod whose containers have their variables in the order that the kubelet needs; what is not known
    yet is left as it is."""
    return {
        key: [_with_ordered(one) for one in items] if key in LISTS and isinstance(items, (list, tuple)) else items
        for key, items in pod.items()
    }


def _with_ordered(container: Any) -> Any:
    env = container.get("env") if isinstance(container, Mapping) else None
    if not isinstance(env, (list, tuple)) or not all(isinstance(one, Mapping) for one in env):
        return container
    return {**container, "env": ordered(env)}


def circle(values: Mapping[str, str]) -> list[str]:
    """The names of a circle of references, the first one again at the end; empty where there is none."""
    sorter = TopologicalSorter(_graph(values))
    try:
        sorter.prepare()
    except CycleError as error:
        return [str(name) for name in error.args[1]][::-1]
    return []


def _graph(values: Mapping[str, str]) -> dict[str, set[str]]:
    """Each name to the others that its value refers to. One that refers to itself means what ``envFrom`` gives."""
    return {name: {one for one in references(text) if one in values and one != name} for name, text in values.items()}


def missing(text: str, known: Iterable[str]) -> list[str]:
    """The names in a text that no variable has; what the API server gives every container is known."""
    there = {*known}
    return [name for name in references(text) if name not in there and not name.startswith("KUBERNETES_")]


def environment(
    clear: Mapping[str, pulumi.Input[str]],
    secret_name: pulumi.Input[str] | None,
    secret_env: Sequence[tuple[str, str]],
    sources: Mapping[str, EnvSource] | None = None,
    container: str | None = None,
) -> list[Spec]:
    """The variables of a container: those from elsewhere first, since they refer to nothing, then those in clear."""
    elsewhere: dict[str, Spec] = {name: {"secretKeyRef": {"name": secret_name, "key": key}} for name, key in secret_env}
    elsewhere |= {name: _source(source, container) for name, source in (sources or {}).items()}
    known = {name: value if isinstance(value, str) else "" for name, value in clear.items()}
    later = [name for name, value in clear.items() if not isinstance(value, str)]
    return [
        *({"name": name, "valueFrom": elsewhere[name]} for name in sorted(elsewhere)),
        *({"name": name, "value": clear[name]} for name in in_order(known, later)),
    ]


def env_from(keys: Sequence[EnvFrom]) -> list[Spec]:
    """The ConfigMaps and Secrets whose keys are variables."""
    return [
        without_none(
            {
                "prefix": one.prefix,
                "configMapRef": None if one.config_map is None else _object(one.config_map, one.optional),
                "secretRef": None if one.secret is None else _object(one.secret, one.optional),
            }
        )
        for one in keys
    ]


def _object(name: pulumi.Input[str], optional: bool) -> Spec:
    return without_none({"name": name, "optional": True if optional else None})


def _source(source: EnvSource, container: str | None) -> Spec:
    if source.field is not None:
        return {"fieldRef": {"apiVersion": "v1", "fieldPath": source.field}}
    if source.resource is not None:
        return {
            "resourceFieldRef": without_none({"containerName": container, "resource": source.resource, "divisor": "1"})
        }
    if source.config_map is not None:
        return {"configMapKeyRef": _key(source.config_map)}
    if source.secret is None:
        raise ValueError("a variable has a source")
    return {"secretKeyRef": _key(source.secret)}


def _key(one: KeyReference) -> Spec:
    return without_none({"name": one.name, "key": one.key, "optional": True if one.optional else None})
