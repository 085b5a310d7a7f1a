"""What the API server demands of an object beyond the types of its fields: values, and what goes together.

From the validation of Kubernetes 1.36 (``pkg/apis/*/validation``), for what people patch and add beside: what is not
known here the API server still refuses. An Output is not known yet, and passes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pulumi

from .. import grammar
from ..api import Wrong, fields_of, typed
from ..grammar import Grammar
from . import forms, kinds, pods
from .words import choice, shown

_KNOWN = (str, int, float, bool)


def unmet(body: Any, type_: str) -> Iterator[Wrong]:
    """Every demand that an object of a type of the API does not meet, with its place in the object.

    The types of its values are taken as right: :func:`~.api.wrong_values` says what is wrong with them.
    """
    all_known = _shape_known(body, type_)
    for where, kind, value in typed(body, type_):
        for name, known in fields_of(kind).items():
            path, given = f"{where}.{name}" if where else name, value.get(name)
            field = f"{kind}.{name}"
            if given is None or _unknown(given):
                if given is None and field in forms.FILLED:
                    yield Wrong(path, "It is missing, and Kubernetes demands it.", "Give it.")
                continue
            if given == "" and known.required and (field in forms.FORMS or field in forms.CHOICES):
                yield Wrong(path, "It is empty, and Kubernetes demands something here.", "Fill it.")
            yield from _field(field, given, path)
        if all_known or _shape_known(value, kind):
            yield from pods.unmet(kind, value, where)
            yield from kinds.unmet(kind, value, where)


def _shape_known(value: Mapping[str, Any], type_: str) -> bool:
    """Whether all that has fields or items is known in a map, which what goes together is read from."""
    for _, kind, one in typed(value, type_):
        fields = fields_of(kind)
        for name, given in one.items():
            field = fields.get(name)
            if field is None:
                continue
            if _unknown(given) and (field.kind[0] in "@[{" or field.kind == "object"):
                return False
            if field.type is not None and isinstance(given, (list, tuple)) and any(map(_unknown, given)):
                return False
    return True


def _unknown(value: Any) -> bool:
    return isinstance(value, pulumi.Output)


def _field(field: str, given: Any, path: str) -> Iterator[Wrong]:
    if field in forms.FILLED and given in ("", []):
        yield Wrong(path, "It is empty, and Kubernetes demands something here.", "Fill it, or leave out what it is in.")
    elif isinstance(given, str) and given:
        yield from _text(field, given, path)
    elif isinstance(given, int) and not isinstance(given, bool):
        yield from _number(field, given, path)
    elif isinstance(given, Mapping):
        yield from _map(field, given, path)
    elif isinstance(given, (list, tuple)):
        yield from _list(field, given, path)


def _text(field: str, given: str, path: str) -> Iterator[Wrong]:
    if field in forms.CHOICES and given not in forms.CHOICES[field]:
        yield choice(path, given, forms.CHOICES[field])
    if field in forms.FORMS:
        yield from _spelt(forms.FORMS[field], given, path)
    if field in forms.PORTS:
        yield from _spelt(forms.PORT_NAME, given, path)


def _number(field: str, given: int, path: str) -> Iterator[Wrong]:
    low, high = forms.RANGES.get(field, (1, 65_535) if field in forms.PORTS else (given, given))
    if not low <= given <= high:
        yield Wrong(path, f"It is {given}.", f"Give a number from {low} to {high}.")


def _map(field: str, given: Mapping[Any, Any], path: str) -> Iterator[Wrong]:
    for key, value in given.items():
        if field in forms.KEYS:
            yield from _spelt(forms.KEYS[field], str(key), f"{path}[{shown(str(key))}]")
        if field in forms.VALUES and isinstance(value, str):
            yield from _spelt(grammar.LABEL_VALUE, value, f"{path}[{shown(str(key))}]")


def _list(field: str, given: list[Any] | tuple[Any, ...], path: str) -> Iterator[Wrong]:
    for index, item in enumerate(given):
        if field in forms.LISTED and isinstance(item, str) and item not in forms.LISTED[field]:
            yield choice(f"{path}[{index}]", item, forms.LISTED[field])
        if isinstance(item, int) and not isinstance(item, bool):
            yield from _number(field, item, f"{path}[{index}]")
    if field not in forms.UNIQUE:
        return
    keys = forms.UNIQUE[field].split()
    named = [tuple(item.get(key) for key in keys) for item in given if isinstance(item, Mapping)]
    known = [one for one in named if all(isinstance(part, _KNOWN) for part in one)]
    for one, times in Counter(known).items():
        if times > 1:
            what = " and ".join(keys)
            yield Wrong(path, f"{what} {shown(' '.join(map(str, one)))} stands {times} times.", "Give each once.")


def _spelt(form: Grammar, given: str, path: str) -> Iterator[Wrong]:
    if not form.takes(given):
        use = re.sub(r"^(.)", lambda first: first[1].upper(), form.use)
        yield Wrong(path, f"It is {shown(given)}, which is not {form.is_not}.", f"{use}.")
