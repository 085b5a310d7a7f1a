"""The fields of Kubernetes' own objects, and what is wrong with a value that should be one of them.

``api.json`` is written from the API schema of Kubernetes (``tools/kubernetes_api.py``): a word for the type of each
field, ``~key`` where a strategic merge patch merges a list by that key, ``=`` where it replaces a map, ``!`` where the
API server demands the field.
"""

from __future__ import annotations

import difflib
import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import pulumi

_QUANTITY = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?")
_WORDS = {
    "text": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "quantity": "a quantity, such as '500m' or '64Mi'",
    "integer-or-text": "a whole number or a text",
    "object": "a map",
}


@dataclass(frozen=True)
class Wrong:
    """What is wrong with a value of an object: where, what, and what to write instead."""

    path: str
    problem: str
    remedy: str


@dataclass(frozen=True)
class Field:
    """A field of a type of the API."""

    kind: str
    """``text``, ``integer`` and so on, ``@type``, ``[item]`` or ``{value}``."""
    merge_key: str | None = None
    """The key by which a strategic merge patch merges the list; empty for a list of plain values; ``None`` for a list
    that it replaces."""
    replaced: bool = False
    """Whether a strategic merge patch replaces the map instead of merging it."""
    required: bool = False

    @property
    def item(self) -> str | None:
        """The type of the items of a list or of the values of a map."""
        return self.kind[1:-1] if self.kind[0] in "[{" else None

    @property
    def type(self) -> str | None:
        """The type with fields that the value, its items or its values have."""
        kind = self.item or self.kind
        return kind[1:] if kind.startswith("@") else None


@cache
def _api() -> Any:
    return json.loads((files(__package__) / "api.json").read_text(encoding="utf-8"))


def type_of(api_version: str, kind: str) -> str | None:
    """The type of an object of Kubernetes' own; ``None`` for a custom resource and for what is not stable yet."""
    found: str | None = _api()["kinds"].get(f"{api_version} {kind}")
    return found


def kinds() -> Mapping[str, str]:
    """``apps/v1 Deployment`` and so on: the kinds that are known, each with its type."""
    found: Mapping[str, str] = _api()["kinds"]
    return found


@cache
def own_resources() -> Mapping[str, frozenset[str]]:
    """The resources of Kubernetes' own, in the plural, each with the groups that have it."""
    found: dict[str, set[str]] = {"events": {"", "events.k8s.io"}, "pods": {"", "metrics.k8s.io"}}
    found["nodes"] = {"", "metrics.k8s.io"}
    for one in kinds():
        version, _, kind = one.partition(" ")
        found.setdefault(_plural(kind.lower()), set()).add(version.rpartition("/")[0])
    return {resource: frozenset(groups) for resource, groups in found.items()}


def _plural(word: str) -> str:
    if word.endswith(("ss", "ch")):
        return f"{word}es"
    if word.endswith("s"):
        return word
    return f"{word[:-1]}ies" if word.endswith("y") and not word.endswith("ay") else f"{word}s"


@cache
def fields_of(type_: str) -> Mapping[str, Field]:
    """The fields of a type."""
    return {name: _field(word) for name, word in _api()["types"][type_].items()}


@cache
def _typed_fields(type_: str) -> Mapping[str, tuple[Field, str]]:
    """The fields of a type whose values, or whose items or values of a map, have fields, with the type of these."""
    return {name: (field, inner) for name, field in fields_of(type_).items() if (inner := field.type) is not None}


def _field(word: str) -> Field:
    required = word.endswith("!")
    word = word.removesuffix("!")
    replaced = word.endswith("=")
    kind, mark, key = word.removesuffix("=").partition("~")
    return Field(kind=kind, merge_key=key if mark else None, replaced=replaced, required=required)


def wrong_values(value: Any, type_: str, path: str, *, patch: bool = False) -> Iterator[Wrong]:
    """Everything that is wrong with a value of a type with fields; what is an Output is not known yet.

    :param patch: whether the value is a strategic merge patch, which has directives and demands no field.
    """
    if _unknown(value):
        return
    if not isinstance(value, Mapping):
        yield Wrong(path, f"It is {_name(value)}.", "Give a map.")
        return
    known = fields_of(type_)
    for name, given in value.items():
        if patch and str(name).startswith("$"):
            continue
        if name not in known:
            yield Wrong(f"{path}.{name}", f"Kubernetes has no field '{name}' here.", _fields_words(str(name), known))
        elif given is not None:
            yield from _wrong(given, known[name].kind, f"{path}.{name}", patch)
    for name, field in known.items():
        if field.required and not patch and value.get(name) is None:
            yield Wrong(f"{path}.{name}", "It is missing, and Kubernetes demands it.", "Give it.")


def typed(value: Any, type_: str, path: str = "") -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Every map in a value that has a type of the API: where it is, its type, and the map."""
    if not isinstance(value, Mapping):
        return
    yield path, type_, value
    for name, (field, inner) in _typed_fields(type_).items():
        given = value.get(name)
        if given is None:
            continue
        here = f"{path}.{name}" if path else name
        if isinstance(given, (list, tuple)):
            for index, item in enumerate(given):
                yield from typed(item, inner, f"{here}[{index}]")
        elif field.item is None:
            yield from typed(given, inner, here)


def _wrong(value: Any, kind: str, path: str, patch: bool) -> Iterator[Wrong]:
    if _unknown(value) or kind == "any":
        return
    if kind.startswith("@"):
        yield from wrong_values(value, kind[1:], path, patch=patch)
    elif kind[0] in "[{":
        yield from _wrong_items(value, kind, path, patch)
    elif not _fits(value, kind):
        yield Wrong(path, f"It is {_name(value)}.", f"Give {_WORDS[kind]}.")


def _wrong_items(value: Any, kind: str, path: str, patch: bool) -> Iterator[Wrong]:
    """What is wrong in a list or in a map of values of one type."""
    if not isinstance(value, (list, tuple) if kind[0] == "[" else Mapping):
        yield Wrong(path, f"It is {_name(value)}.", "Give a list." if kind[0] == "[" else "Give a map.")
    elif isinstance(value, Mapping):
        for name, item in value.items():
            if not (item is None and patch):
                yield from _wrong(item, kind[1:-1], f"{path}.{name}", patch)
    else:
        for index, item in enumerate(value):
            yield from _wrong(item, kind[1:-1], f"{path}[{index}]", patch)


def _fits(value: Any, kind: str) -> bool:
    whole = isinstance(value, int) and not isinstance(value, bool)
    number = whole or (isinstance(value, float) and math.isfinite(value))
    whole = whole or (number and value.is_integer())
    if kind == "quantity":
        return number or (isinstance(value, str) and _QUANTITY.fullmatch(value) is not None)
    return {
        "text": isinstance(value, str),
        "integer": whole,
        "number": number,
        "boolean": isinstance(value, bool),
        "integer-or-text": whole or isinstance(value, str),
        "object": isinstance(value, Mapping),
    }[kind]


def _fields_words(name: str, known: Mapping[str, Field]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    listed = ", ".join(sorted(known))
    return f"Did you mean '{near[0]}'?" if near else f"There are {listed}." if known else "There are none."


def _name(value: Any) -> str:
    """A value's type in words; never the value, which may be a secret."""
    if value is None:
        return "empty"
    words = {bool: "true or false", int: "a number", float: "a number", str: "a text", list: "a list", dict: "a map"}
    return words.get(type(value), f"a {type(value).__name__}")


def _unknown(value: Any) -> bool:
    return isinstance(value, pulumi.Output)
