"""Other values for a key, from its declaration: what a walk over all keys changes them to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import ConfigDict, TypeAdapter, ValidationError

from pulumi_kubernetes_mcp.settings.fields import Group, Origin
from pulumi_kubernetes_mcp.settings.tree import Key, group_in

TEXTS = (
    *("other", "other.example.com", "/other", "700m", "300Mi", "10.77.0.0/16", "https://other.example.com:9090"),
    *("1.29", "5m", "sun", "03:00", "21:30", "15 3 * * 1", "Asia/Tokyo", "MCP105", "a reason that is long enough"),
    *("tests/rules/profiles/orders.yaml", "registry.example/other:9.9.9"),
    *("tests/rules/profiles/orders-load.yaml", "tests/rules/profiles/leaking-load.yaml"),
)
"""Texts of every form that a key asks for; the declaration says which of them it takes."""
NAMES = ("OTHER", "other.example.com/name", "MCP105")
"""Names of entries of a map."""
NUMBERS = (1, 2, 3, 7, 50, 1000, 20_000)
BY_HAND: Mapping[str, tuple[Any, ...]] = {
    "eras": (["modern"], ["legacy-stateful"]),
    "max_tool_seconds": (7200,),
    "drain_seconds": (3600,),
    "patch": ({"metadata": {"annotations": {"other.example.com/name": "other"}}},),
    "mode": ("0444",),
    "max_unavailable": ("1",),
    "except_cidrs": (["10.20.5.0/24"],),
    "image": ("registry.example/other:9.9.9",),
    "verified": ("tests/rules/profiles/orders.verified.yaml",),
    "pooler_image": ("registry.example/other:9.9.9",),
    "query": ("sum(other_calls)",),
    "days": (["sat"],),
    "from_time": ("07:00",),
    "to_time": ("19:00",),
    "field": ("metadata.uid",),
    "fields": ({"other": "metadata.uid"},),
    "ip": ("10.9.8.7",),
    "nameservers": (["10.9.8.7"],),
    "end": ("30 23 * * 0",),
    "start": ("15 17 * * 0",),
    "time_zone": ("Asia/Tokyo", "Europe/Berlin"),
}
"""Values for keys of which more is asked than their declaration says, by the name of the key."""


def values(key: Key, present: Any) -> Iterator[Any]:
    """Values that the declaration of a key takes, the nearest first, and none of them the present one."""
    found: list[Any] = []
    tried = [*BY_HAND.get(key.name, ()), *_others(key.info.annotation, present), *_bounds(key.info.metadata)]
    for value in tried:
        if value != present and value not in found and _taken(key.group, key.name, value):
            found.append(value)
    yield from found


@cache
def _adapter(group: type[Group], name: str) -> TypeAdapter[Any]:
    info = group.model_fields[name]
    marks = tuple(mark for mark in info.metadata if not isinstance(mark, Origin))
    hint = Annotated[(info.annotation, *marks)] if marks else info.annotation
    holds_group = group_in(info.annotation) is not None
    return TypeAdapter(hint, config=None if holds_group else ConfigDict(strict=True))


def _taken(group: type[Group], name: str, value: Any) -> bool:
    try:
        _adapter(group, name).validate_python(value)
    except ValidationError:
        return False
    return True


def _others(hint: Any, present: Any) -> Iterator[Any]:
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        yield from (value for part in parts if part is not NoneType for value in _others(part, present))
        yield from [None] * (NoneType in parts)
    elif origin is Annotated:
        yield from _others(parts[0], present)
        yield from _bounds(parts[1:])
    elif origin is list:
        yield from _lists(parts[0], list(present or []))
    elif origin is dict:
        yield from _maps(parts[-1], dict(present or {}))
    else:
        yield from parts if origin is Literal else _scalars(hint, present)


def _scalars(hint: Any, present: Any) -> Iterator[Any]:
    if hint is bool:
        yield not present
    elif hint in (int, float):
        yield from _numbers(hint, present)
    elif hint is str:
        yield from ([f"{present}x"] if isinstance(present, str) else [])
        yield from TEXTS


def _numbers(hint: type, present: Any) -> Iterator[Any]:
    known = isinstance(present, (int, float))
    near = (present + 1, present * 2, present - 1, present / 2) if known else ()
    yield from (hint(value) for value in (*near, *NUMBERS, 0))


def _bounds(marks: Iterable[Any]) -> Iterator[Any]:
    """The ends of a range."""
    for mark in marks:
        yield from _bounds(getattr(mark, "metadata", ()))
        yield from (bound for name in ("le", "ge") if (bound := getattr(mark, name, None)) is not None)


def _lists(hint: Any, present: list[Any]) -> Iterator[list[Any]]:
    items = list(_others(hint, present[-1] if present else None))
    yield from ([*present, item] for item in items if item not in present)
    yield from ([item] for item in items)
    if present:
        yield present[:-1]
        yield [*present, present[-1] + 1] if isinstance(present[-1], (int, float)) else []
    if present and isinstance(present[0], (int, float)):
        yield [item + 1 for item in present]


def _maps(hint: Any, present: dict[str, Any]) -> Iterator[dict[str, Any]]:
    first = next(iter(present), None)
    items = list(_others(hint, None if first is None else present[first]))
    if first is not None:
        yield {name: value for name, value in present.items() if name != first}
        yield from ({**present, first: item} for item in items[:1])
    yield from ({**present, name: item} for name in NAMES for item in items[:1])
