"""The tree of groups and keys below a declaration."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic.alias_generators import to_camel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from .fields import Group

ITEM = "[]"
MEMBER = "{}"
"""Steps of a path for any item of a list and any member of a map."""


@dataclass(frozen=True)
class Key:
    """One key of a tree: where it is, and its declaration."""

    path: tuple[str, ...]
    """Names as Python has them, from the root: ``("server", "eras")``; ``ITEM`` and ``MEMBER`` for lists and maps."""
    group: type[Group]
    name: str

    @property
    def info(self) -> FieldInfo:
        """Its declaration, as pydantic has it."""
        return self.group.model_fields[self.name]

    inner: type[Group] | None
    """The group that it holds, itself, in a list or in a map."""


@cache
def keys(root: type[Group]) -> tuple[Key, ...]:
    """Every key below a group, groups before what is in them. Declarations do not change, so each is walked once."""
    return tuple(_below(root))


def _below(root: type[Group]) -> Iterator[Key]:
    for name, info in root.model_fields.items():
        inner = group_in(info.annotation)
        yield Key((name,), root, name, inner)
        if inner is not None:
            above = (name, *steps_into(info.annotation))
            for key in keys(inner):
                yield Key((*above, *key.path), key.group, key.name, key.inner)


@cache
def null_values(root: type[Group]) -> frozenset[tuple[str, ...]]:
    """The keys, as YAML has them, for which ``null`` is a value of its own: it is not the default, and they take it."""
    return frozenset(
        tuple(to_camel(step) for step in key.path)
        for key in keys(root)
        if not {ITEM, MEMBER} & set(key.path)
        and key.info.default not in (None, PydanticUndefined)
        and NoneType in get_args(key.info.annotation)
    )


def ordered(group: type[Group]) -> list[str]:
    """The names of a group's keys as a reader wants them: what is required, what is its own, what it shares."""
    own = inspect.get_annotations(group)
    return sorted(group.model_fields, key=lambda name: (not group.model_fields[name].is_required(), name not in own))


def groups(root: type[Group]) -> list[type[Group]]:
    """A group and every group below it, each once."""
    return list(dict.fromkeys([root, *(key.inner for key in keys(root) if key.inner is not None)]))


def group_in(annotation: Any) -> type[Group] | None:
    """The group in an annotation: itself, where it may be left out, in a list or in a map."""
    if isinstance(annotation, type) and issubclass(annotation, Group):
        return annotation
    if get_origin(annotation) in (Union, UnionType, Annotated, list, dict):
        return next((group for part in get_args(annotation) if (group := group_in(part))), None)
    return None


def steps_into(annotation: Any) -> Iterator[str]:
    """The steps from a key to the group that it holds: an item, a member, or none."""
    origin = get_origin(annotation)
    if origin in (list, dict):
        yield ITEM if origin is list else MEMBER
    if origin in (Union, UnionType, Annotated, list, dict):
        for part in get_args(annotation):
            if group_in(part) is not None:
                yield from steps_into(part)
