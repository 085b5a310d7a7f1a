"""What a patch takes away that is not there: an item of a list, or a field. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from ..rules import patches as rules
from ..rules.model import Finding
from .api import Field, fields_of
from .merge import PATCH, RETAIN
from .untyped import items_of, map_of, maps_of

_PLAIN = Field(kind="any")
_MOST = 12
"""How many names of what there is are listed."""


@dataclass(frozen=True)
class Vain:
    """One thing that is taken away and was not there."""

    path: str
    """Where in the patch."""
    what: str
    """What is not there, as a sentence."""
    there: str
    """What is, as a sentence."""
    item: bool
    """An item of a list; a field otherwise."""


def vain(original: Any, patch: Any, type_: str | None, path: str = "") -> Iterator[Vain]:
    """Everything that the patch takes away and that the original does not have.

    :param type_: the type of the API that both are; ``None`` for one whose schema is not known.
    """
    if not isinstance(patch, Mapping) or patch.get(PATCH) is not None or RETAIN in patch:
        return
    known = fields_of(type_) if type_ is not None else {}
    had = map_of(original)
    for key, value in patch.items():
        where, field = f"{path}.{key}" if path else str(key), known.get(key, _PLAIN)
        if _later(had.get(key)):
            continue
        if value is None and had.get(key) is None:
            yield Vain(where, f"There is no '{key}' to take away.", _listed(had), item=False)
        elif isinstance(value, Mapping):
            yield from vain(had.get(key), value, field.type if field.item is None else None, where)
        elif isinstance(value, (list, tuple)) and field.merge_key:
            yield from _of_items(maps_of(had.get(key)), value, field, where)


def taken_from_nothing(unhit: list[list[Vain]], unchanged: bool, path: str) -> Iterator[Finding]:
    """What a patch takes away that none of its objects has. ``null`` beside what is changed may well be there for
    other stacks; where nothing is changed at all, the patch hits nothing."""
    for one in unhit[0] if unhit else ():
        everywhere = all(one.path in [other.path for other in others] for others in unhit)
        if everywhere and (one.item or unchanged):
            yield from rules.vain_findings(problem=one.what, there=one.there, path=f"{path}.{one.path}")


def _of_items(had: Sequence[Mapping[str, Any]], patch: Sequence[Any], field: Field, path: str) -> Iterator[Vain]:
    key = str(field.merge_key)
    items = {one.get(key): one for one in had}
    for index, one in enumerate(patch):
        where = f"{path}[{index}]"
        if not isinstance(one, Mapping) or not isinstance(one.get(key), (str, int)):
            continue
        if one.get(PATCH) == "delete" and one[key] not in items:
            yield Vain(where, f"There is no item whose {key} is '{one[key]}' to take away.", _listed(items), item=True)
        elif one[key] in items:
            yield from vain(items[one[key]], one, field.type, where)


def _later(value: Any) -> bool:
    """Whether it is not known yet what is there."""
    return isinstance(value, pulumi.Output) or any(isinstance(one, pulumi.Output) for one in items_of(value))


def _listed(names: Mapping[Any, Any]) -> str:
    found = [str(name) for name, value in names.items() if value is not None]
    more = f" and {len(found) - _MOST} more" if len(found) > _MOST else ""
    return f"What is there: {', '.join(found[:_MOST])}{more}." if found else "Nothing is there."
