"""What changes in the Kubernetes objects, object by object and field by field.

Since they were last rendered, or from one run of a program to another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import yaml

from .lifecycle import (
    POD_TEMPLATE,
    RESTARTING,
    Identity,
    former_places,
    least_pods,
    named_in,
    program_place,
    renamed_by_content,
    replacing,
    restarts,
)
from .manifests import Manifest, RenderError, identity, manifests, named_files
from .model import Deployment, Resource


class _Absent:
    """No value at all, which differs from ``null``."""

    def __repr__(self) -> str:
        return "(none)"


ABSENT: Final = _Absent()
_NAMES = ("metadata.namespace", "metadata.name")
ANOTHER_RESOURCE: Final = "another resource of the program"
"""Why an object is replaced that is the same in the cluster: without an alias the engine knows nothing of it."""


class Action(StrEnum):
    """What happens to an object."""

    ADDED = "added"
    CHANGED = "changed"
    """Updated in place."""
    REPLACED = "replaced"
    """Made anew, and the old one deleted: under another name, or since a field cannot be changed."""
    REMOVED = "removed"


@dataclass(frozen=True, kw_only=True)
class FieldChange:
    """One field with another value; ``ABSENT`` where there is none."""

    path: str
    """Such as ``spec.template.spec.containers[server].env[LOG_LEVEL].value``: list items by name if they have one."""
    old: Any
    new: Any


@dataclass(frozen=True, kw_only=True)
class ObjectChange:
    """One object that is not as it was."""

    action: Action
    kind: str
    namespace: str
    name: str
    fields: tuple[FieldChange, ...] = ()
    """What differs; empty unless there was an object and is one."""
    was: str = ""
    """Former name, with the namespace if that is another one (``mcp-prod/orders``); empty if both stay."""
    because: tuple[str, ...] = ()
    """What replaces it: fields that cannot be changed, ``metadata.name`` among them, or :data:`ANOTHER_RESOURCE`."""
    restarts: bool = False
    """Whether its pods are replaced, since their template differs."""
    starts_at: int | None = None
    """Pods that a workload of another name or namespace begins with, however many run now: the minimum of its
    autoscaler, unless ``mcp:scaling.startReplicas`` is given. ``None`` where no running one is left behind."""
    restarts_with: tuple[str, ...] = ()
    """Replaced objects that the pod template names, such as ``ConfigMap pooler-config-d7674e1a``."""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """The rendered files of a stack against what the stack says now."""

    directory: Path
    rendered: bool
    """Whether there are rendered files at all."""
    objects: tuple[ObjectChange, ...]
    """What changes for the cluster, in order of application; what goes comes last."""
    stale_files: tuple[str, ...]
    """Files that are missing, left over, or not exactly as they would be rendered, sorted."""

    @property
    def up_to_date(self) -> bool:
        """Whether rendering again would change no byte."""
        return self.rendered and not self.stale_files


def compare(objects: Sequence[Manifest], directory: Path) -> Difference:
    """Compare with the rendered files in ``directory``, which need not exist. RenderError for a broken file."""
    texts = _read(directory)
    before = _objects(directory, texts)
    after = by_identity(objects)
    expected = named_files(objects)
    return Difference(
        directory=directory,
        rendered=bool(texts),
        objects=object_changes(before, after),
        stale_files=tuple(
            sorted(
                name
                for name in expected.keys() | texts.keys()
                if name not in expected or name not in texts or expected[name].text != texts[name]
            )
        ),
    )


def field_changes(old: Any, new: Any, path: str = "") -> Iterator[FieldChange]:
    """Every field that differs, deepest path first found, in order of the keys.

    Items of a list are told apart by their ``name``, as Kubernetes does for containers, variables, volumes and
    ports; where they have none, by position.
    """
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        pairs = [(_key(path, key), old.get(key, ABSENT), new.get(key, ABSENT)) for key in sorted({*old, *new}, key=str)]
    elif isinstance(old, list) and isinstance(new, list):
        pairs = _list_pairs(old, new, path)
    else:
        if type(old) is not type(new) or old != new:
            yield FieldChange(path=path, old=old, new=new)
        return
    for place, before, after in pairs:
        yield from field_changes(before, after, place)


def _list_pairs(old: list[Any], new: list[Any], path: str) -> list[tuple[str, Any, Any]]:
    before, after = _named(old), _named(new)
    if before is not None and after is not None:
        names = list(dict.fromkeys([*before, *after]))
        pairs = [(f"{path}[{name}]", before.get(name, ABSENT), after.get(name, ABSENT)) for name in names]
        was = [name for name in before if name in after]
        now = [name for name in after if name in before]
        if was != now:
            pairs.append((f"{path} (order)", ", ".join(was), ", ".join(now)))
        return pairs
    return [
        (f"{path}[{i}]", old[i] if i < len(old) else ABSENT, new[i] if i < len(new) else ABSENT)
        for i in range(max(len(old), len(new)))
    ]


def _named(items: list[Any]) -> dict[str, Any] | None:
    names = [item["name"] for item in items if isinstance(item, Mapping) and isinstance(item.get("name"), str)]
    return dict(zip(names, items, strict=True)) if len(set(names)) == len(items) else None


def _key(path: str, key: object) -> str:
    text = str(key)
    if not text.replace("_", "").replace("-", "").isalnum():
        return f'{path}["{text}"]'
    return f"{path}.{text}" if path else text


Objects = Mapping[Identity, Mapping[str, Any]]
"""Each object under what the cluster tells it apart by."""


def by_identity(objects: Sequence[Manifest]) -> dict[Identity, Mapping[str, Any]]:
    """The objects of a run under their identities."""
    return {item.identity: item.body for item in objects}


@dataclass(frozen=True, kw_only=True)
class Resources:
    """Which objects of two runs the engine takes for one resource of the program."""

    same: Mapping[Identity, Identity]
    """New to old identity: the same place in the program, or an alias of it."""
    taken_over: frozenset[Identity]
    """Objects that both runs declare, but as two resources: the engine makes the new one and deletes the old one."""
    engine_named: frozenset[Identity]
    """Objects whose name the engine makes: a replacement has another one, which is not known here."""


UNKNOWN_RESOURCES: Final = Resources(same={}, taken_over=frozenset(), engine_named=frozenset())
"""Where only the objects are known, as with rendered files."""


def resources(old: Deployment, new: Deployment) -> Resources:
    """Which objects of two runs are one resource, by place in the program and by alias."""
    before = {program_place(item.urn): item.identity for item in manifests(old)}
    same: dict[Identity, Identity] = {}
    after = manifests(new)
    for item in after:
        known = next((at for at in former_places(new.by_urn[item.urn], new) if at in before), None)
        if known is not None:
            same[item.identity] = before[known]
    both = {item.identity for item in after} & set(before.values())
    return Resources(
        same=same,
        taken_over=frozenset(key for key in both if same.get(key) != key),
        engine_named=frozenset(item.identity for item in after if _engine_names(new.by_urn[item.urn])),
    )


def _engine_names(resource: Resource) -> bool:
    metadata = resource.inputs.get("metadata")
    return not isinstance(metadata, Mapping) or "name" not in metadata


def object_changes(before: Objects, after: Objects, known: Resources = UNKNOWN_RESOURCES) -> tuple[ObjectChange, ...]:
    """What changes, in the order of ``after``; what goes comes last.

    :param known: which of them are one resource. An object of which nothing is known is the same under the same name,
        or under one made from its content.
    """
    pairs = _pairs(before, after, known)
    found = {key: change for key, body in after.items() if (change := _change(key, body, before, pairs, known))}
    named_anew = {
        key: change for key, change in found.items() if key in known.engine_named or "metadata.name" in change.because
    }
    for key, body in after.items():
        if key in pairs and restarts(key, [POD_TEMPLATE]):
            found |= _restarted(key, body, found.get(key), named_anew, known)
    gone = sorted(before.keys() - set(pairs.values()))
    left = {key[:2] for key in gone if key[:2] in RESTARTING}
    for key, change in found.items():
        moved = change.action is Action.REPLACED and bool(change.was)
        if key[:2] in RESTARTING and (moved or (change.action is Action.ADDED and key[:2] in left)):
            found[key] = replace(change, starts_at=least_pods(key, after))
    return (
        *(found[key] for key in after if key in found),
        *(ObjectChange(action=Action.REMOVED, kind=key[1], namespace=key[2], name=key[3]) for key in gone),
    )


def _pairs(before: Objects, after: Objects, known: Resources) -> dict[Identity, Identity]:
    """New to old identity of everything that was there before."""
    pairs = {key: old for key, old in known.same.items() if key in after and old in before}
    taken = set(pairs.values())
    pairs |= {key: key for key in after if key in before and key not in pairs and key not in taken}
    left = before.keys() - set(pairs.values())
    return pairs | renamed_by_content(left, after.keys() - pairs.keys())


def _change(
    key: Identity,
    body: Mapping[str, Any],
    before: Objects,
    pairs: Mapping[Identity, Identity],
    known: Resources,
) -> ObjectChange | None:
    _, kind, namespace, name = key
    if key not in pairs:
        return ObjectChange(action=Action.ADDED, kind=kind, namespace=namespace, name=name)
    old = pairs[key]
    fields = tuple(field_changes(before[old], body))
    if not fields and key not in known.taken_over:
        return None
    paths = [field.path for field in fields]
    moved = [path for path, here, there in zip(_NAMES, key[2:], old[2:], strict=True) if here != there]
    because = (*moved, *replacing(key, paths), *([ANOTHER_RESOURCE] if key in known.taken_over else []))
    return ObjectChange(
        action=Action.REPLACED if because else Action.CHANGED,
        kind=kind,
        namespace=namespace,
        name=name,
        fields=fields,
        was="" if not moved else old[3] if old[2] == namespace else "/".join(filter(None, old[2:])),
        because=because,
        restarts=restarts(key, [POD_TEMPLATE] if because else paths),
    )


def _restarted(
    key: Identity,
    body: Mapping[str, Any],
    change: ObjectChange | None,
    named_anew: Mapping[Identity, ObjectChange],
    known: Resources,
) -> dict[Identity, ObjectChange]:
    """A workload with the replaced objects that its pods restart for; nothing where they do not.

    The pod template names them: by a new name that it shows, or by one that only the engine knows.
    """
    spec = body.get("spec")
    template = spec.get("template") if isinstance(spec, Mapping) else None
    pod = template.get("spec") if isinstance(template, Mapping) else None
    named = {
        one: f"{other.kind} {other.name}"
        for one, other in named_anew.items()
        if other.action is Action.REPLACED and one != key and one[2] == key[2] and named_in(pod, other.name)
    }
    if change is None or not change.restarts:
        named = {one: text for one, text in named.items() if one in known.engine_named}
        if not named:
            return {}
    _, kind, namespace, name = key
    change = change or ObjectChange(action=Action.CHANGED, kind=kind, namespace=namespace, name=name)
    return {key: replace(change, restarts=True, restarts_with=tuple(named.values()))}


def rendered_objects(directory: Path) -> dict[Identity, Mapping[str, Any]]:
    """The objects in the rendered files of ``directory``; none where there is no such directory."""
    return _objects(directory, _read(directory))


def _objects(directory: Path, texts: Mapping[str, str]) -> dict[Identity, Mapping[str, Any]]:
    return {identity(body): body for name, text in texts.items() for body in _parse(directory / name, text)}


def _read(directory: Path) -> dict[str, str]:
    try:
        return {path.name: path.read_text(encoding="utf-8") for path in directory.glob("*.yaml") if path.is_file()}
    except (OSError, UnicodeDecodeError) as problem:
        raise RenderError(f"The rendered files in {directory} cannot be read: {problem}. Render again.") from problem


def _parse(path: Path, text: str) -> list[Mapping[str, Any]]:
    try:
        bodies = [
            body
            for body in yaml.load_all(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
            if body is not None
        ]
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        place = f" in line {mark.line + 1}" if mark else ""
        raise RenderError(f"{path} is not YAML{place}. Somebody edited it: render again.") from problem
    if not all(isinstance(body, Mapping) for body in bodies):
        raise RenderError(f"{path} holds something else than a Kubernetes object. Somebody edited it: render again.")
    return bodies
