"""Every value that a stack has in the end, and where it comes from. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel
from pydantic.alias_generators import to_camel

from ..settings.explain import is_private
from ..settings.fields import Group
from ..settings.models import Settings
from ..settings.problems import NAMESPACE, SECRET_PLACEHOLDER, join, split
from ..settings.tree import group_in
from .document import Column, Document, Table

if TYPE_CHECKING:
    from ..settings.layers import Merged, Origin

PRODUCT = "default"
"""Layer of what no file gives."""


@dataclass(frozen=True, kw_only=True)
class Effective:
    """One value of a stack."""

    path: str
    """Its key, such as ``mcp:server.port``."""
    value: Any
    """Plain data; a secret is a placeholder."""
    origin: Origin | None
    """Where it was given; ``None`` for a default of the product."""

    @property
    def source(self) -> str:
        """Where it comes from, in a word or as a place that terminals open."""
        return PRODUCT if self.origin is None else str(self.origin)


def effective_values(merged: Merged, *, every: bool = False) -> list[Effective]:
    """The values of merged groups in the order in which they were given, then the product's defaults.

    :param every: whether the product's defaults are among them.
    """
    given = [
        Effective(path=path, value=_masked(_at(merged.values, path), path), origin=origin)
        for path, origin in merged.origins()
    ]
    defaults = _defaults(Settings, NAMESPACE, merged.values) if every else ()
    return [*given, *(Effective(path=path, value=value, origin=None) for path, value in defaults)]


def effective_document(name: str, rows: Collection[Effective]) -> Document:
    """What ``mcp-stack config`` shows."""
    columns = (Column(title="key", code=True), Column(title="value"), Column(title="from"))
    table = Table(columns=columns, rows=tuple((row.path, _text(row.value), row.source) for row in rows))
    return Document(title=f"Settings of {name}", blocks=(table,), sections=())


def effective_data(rows: Collection[Effective]) -> list[dict[str, Any]]:
    """The values as plain data that JSON can hold."""
    return [
        {
            "path": row.path,
            "value": row.value,
            "layer": PRODUCT if row.origin is None else row.origin.layer,
            "file": None if row.origin is None else row.origin.file,
            "line": None if row.origin is None else row.origin.line,
        }
        for row in rows
    ]


def _at(groups: Any, path: str) -> Any:
    return reduce(lambda inner, step: inner[step], split(path), groups)


_CREDENTIALS = re.compile(r"[^/\s@]+:[^/\s@]+@(?!sha\d)")
"""How an address with credentials begins whose scheme is missing; an image with its digest does not."""


def _masked(value: Any, path: str) -> Any:
    """A value as it may be shown: no secret, nor what is written where one may be."""
    if isinstance(value, dict):
        return {key: _masked(member, join(path, key)) for key, member in value.items()}
    if isinstance(value, list):
        return [_masked(item, join(path, index)) for index, item in enumerate(value)]
    if isinstance(value, str):
        return SECRET_PLACEHOLDER if is_private(path, value) or _CREDENTIALS.match(value) else value
    return value if value is None or isinstance(value, (bool, int, float)) else SECRET_PLACEHOLDER


def _defaults(group: type[Group], path: str, given: Any) -> Iterator[tuple[str, Any]]:
    """The keys of a group that are not given, with their defaults; what is derived has none."""
    for name, info in group.model_fields.items():
        key = info.alias or to_camel(name)
        place = f"{path}:{key}" if group is Settings else join(path, key)
        present = isinstance(given, dict) and key in given
        inner = group_in(info.annotation)
        default = info.get_default(call_default_factory=True)
        if inner is not None and (isinstance(default, BaseModel) or (present and isinstance(given[key], dict))):
            if not isinstance(given.get(key) if present else {}, list):
                yield from _defaults(inner, place, given[key] if present else {})
        elif not present and not info.is_required():
            yield place, _plain(default)


def _plain(default: Any) -> Any:
    """A default as a stack file would say it: a group by its short form where it says no more."""
    if isinstance(default, list):
        return [_plain(item) for item in default]
    if not isinstance(default, Group):
        return default
    said = default.model_dump(by_alias=True, exclude_unset=True)
    short = getattr(default, "SHORT", None)
    return said[short] if short is not None and said.keys() == {short} else said


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
