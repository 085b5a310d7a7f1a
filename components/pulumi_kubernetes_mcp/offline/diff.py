"""What changes in the Kubernetes objects since they were last rendered, object by object and field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import yaml

from .manifests import Manifest, RenderError, files, identity


class _Absent:
    """No value at all, which differs from ``null``."""

    def __repr__(self) -> str:
        return "(none)"


ABSENT: Final = _Absent()


class Action(StrEnum):
    """What happens to an object."""

    ADDED = "added"
    CHANGED = "changed"
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
    """One object that differs from its rendered file."""

    action: Action
    kind: str
    namespace: str
    name: str
    fields: tuple[FieldChange, ...] = ()
    """What differs; empty unless the object is changed."""


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
    before = {identity(body): body for name, text in texts.items() for body in _parse(directory / name, text)}
    after = {item.identity: item.body for item in objects}
    expected = files(objects)
    return Difference(
        directory=directory,
        rendered=bool(texts),
        objects=(*_present(before, after), *_gone(before, after)),
        stale_files=tuple(
            sorted(name for name in expected.keys() | texts.keys() if expected.get(name) != texts.get(name))
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


_Objects = Mapping[tuple[str, str, str, str], Mapping[str, Any]]


def _present(before: _Objects, after: _Objects) -> Iterator[ObjectChange]:
    for key, body in after.items():
        _, kind, namespace, name = key
        if key not in before:
            yield ObjectChange(action=Action.ADDED, kind=kind, namespace=namespace, name=name)
        elif found := tuple(field_changes(before[key], body)):
            yield ObjectChange(action=Action.CHANGED, kind=kind, namespace=namespace, name=name, fields=found)


def _gone(before: _Objects, after: _Objects) -> Iterator[ObjectChange]:
    for _, kind, namespace, name in sorted(before.keys() - after.keys()):
        yield ObjectChange(action=Action.REMOVED, kind=kind, namespace=namespace, name=name)


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
