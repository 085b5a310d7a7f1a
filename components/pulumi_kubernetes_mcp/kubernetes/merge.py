"""Patches as Kubernetes applies them: strategic merge for its own kinds, JSON merge patch for custom resources.

The algorithm is that of ``kubectl patch --local``, which the cluster tier compares it with. A list is merged by the key
that the API schema names for it, and replaced where it names none. New items go before those that are there. The
directives are ``$patch`` (``replace``, ``delete``), ``$retainKeys``, ``$deleteFromPrimitiveList/<list>`` and
``$setElementOrder/<list>``. Values that are Outputs are taken as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pulumi

from .api import Field, fields_of

PATCH, RETAIN, DELETE_FROM, ORDER = "$patch", "$retainKeys", "$deleteFromPrimitiveList/", "$setElementOrder/"
_PLAIN = Field(kind="any")


class PatchError(ValueError):
    """A patch that cannot be applied. ``path`` is where in the patch, ``problem`` what and ``remedy`` what helps."""

    def __init__(self, path: str, problem: str, remedy: str) -> None:
        super().__init__(f"{path}: {problem} {remedy}")
        self.path, self.problem, self.remedy = path, problem, remedy


def json_merge(original: Any, patch: Any) -> Any:
    """A JSON merge patch (RFC 7396): maps are merged, ``null`` removes, everything else replaces."""
    if not isinstance(patch, Mapping):
        return patch
    for key in patch:
        if str(key).startswith("$"):
            raise PatchError(
                str(key), "A custom resource takes a JSON merge patch, which has no directives.", "Leave it out."
            )
    result = dict(original) if isinstance(original, Mapping) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = json_merge(result.get(key), value)
    return result


def strategic_merge(original: Mapping[str, Any], patch: Mapping[str, Any], type_: str) -> dict[str, Any]:
    """The original with a strategic merge patch applied.

    :param type_: the type of the API that both are, whose schema says how lists are merged.
    :raises PatchError: for a directive that is none, and for a list that cannot be merged.
    """
    return _map(original, patch, type_, "")


def _map(original: Mapping[str, Any], patch: Mapping[str, Any], type_: str | None, path: str) -> dict[str, Any]:
    patch = dict(patch)
    directive = patch.pop(PATCH, None)
    if directive == "replace":
        return dict(_without_nulls(patch))
    if directive == "delete":
        return {}
    if directive is not None:
        raise PatchError(_at(path, PATCH), f"'{directive}' is no directive.", "Give 'replace' or 'delete'.")
    result = _retained(dict(original), patch, path)
    known = fields_of(type_) if type_ is not None else {}
    orders = {key.removeprefix(ORDER): patch.pop(key) for key in list(patch) if key.startswith(ORDER)}
    gone = {key.removeprefix(DELETE_FROM): patch.pop(key) for key in list(patch) if key.startswith(DELETE_FROM)}
    for key, values in gone.items():
        if isinstance(result.get(key), list):
            result[key] = [one for one in result[key] if one not in values]
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = _value(result.get(key), value, known.get(key, _PLAIN), _at(path, key), key in result)
    for key, order in orders.items():
        if isinstance(result.get(key), list):
            result[key] = _sorted(result[key], order, known.get(key, _PLAIN).merge_key)
    return result


def _retained(original: dict[str, Any], patch: dict[str, Any], path: str) -> dict[str, Any]:
    kept = patch.pop(RETAIN, None)
    if kept is None:
        return original
    if not isinstance(kept, Sequence) or isinstance(kept, str):
        raise PatchError(_at(path, RETAIN), "It is no list.", "List the fields that stay.")
    outside = sorted(key for key in patch if key not in kept and not key.startswith("$"))
    if outside:
        raise PatchError(
            _at(path, RETAIN), f"The patch gives {', '.join(outside)} too.", "List every field that it gives."
        )
    return {key: value for key, value in original.items() if key in kept}


def _value(original: Any, patch: Any, field: Field, path: str, there: bool) -> Any:
    if isinstance(patch, Mapping):
        if isinstance(original, pulumi.Output):
            raise PatchError(path, "The value that it merges with is not known yet.", "Replace it: $patch: replace.")
        if field.replaced and there:
            return _without_nulls(patch)
        inner = field.type if field.item is None else None
        return _map(original if isinstance(original, Mapping) else {}, patch, inner, path)
    if isinstance(patch, (list, tuple)):
        if field.merge_key is None:
            return [_without_nulls(item) for item in patch]
        return _list(original if isinstance(original, list) else [], list(patch), field, path)
    return patch


def _list(original: list[Any], patch: list[Any], field: Field, path: str) -> list[Any]:
    key = field.merge_key
    if not key:
        merged = [*original]
        merged += [item for index, item in enumerate(patch) if item not in original and item not in patch[:index]]
        return _interleaved(original, merged, patch, None)
    items = [_item(item, key, f"{path}[{index}]") for index, item in enumerate(patch)]
    if any(item.get(PATCH) == "replace" for item in items):
        return [_without_nulls(item) for item in items if item.get(PATCH) != "replace"]
    removed = [item[key] for item in items if item.get(PATCH) == "delete"]
    merged = [item for item in original if not (isinstance(item, Mapping) and item.get(key) in removed)]
    items = [item for item in items if item.get(PATCH) != "delete"]
    for number, item in enumerate(items):
        where = f"{path}[{number}]"
        same = next((index for index, one in enumerate(merged) if _keyed(one, key) == item[key]), None)
        if same is None:
            merged.append(_map({}, item, field.type, where))
        else:
            merged[same] = _map(merged[same], item, field.type, where)
    return _interleaved(original, merged, items, key)


def _item(item: Any, key: str, path: str) -> Mapping[str, Any]:
    if not isinstance(item, Mapping):
        raise PatchError(path, f"The list is merged by '{key}', and this is no map.", f"Give a map with '{key}'.")
    given = item.get(key)
    if item.get(PATCH) == "replace" and given is None:
        return item
    if given is None:
        raise PatchError(path, f"The list is merged by '{key}', which is missing.", f"Give '{key}'.")
    if not isinstance(given, (str, int)):
        raise PatchError(f"{path}.{key}", "The list is merged by it, so it must be known now.", "Give a plain value.")
    return item


def _interleaved(original: list[Any], merged: list[Any], patch: Iterable[Any], key: str | None) -> list[Any]:
    """The order that Kubernetes gives a merged list: that of the patch, and between its items those that only the
    original has, each before the first one of the patch that stood behind it."""
    given = [_keyed(item, key) for item in patch]
    before = [_keyed(item, key) for item in original]
    left = [item for item in merged if _keyed(item, key) not in given]
    right = sorted(
        (item for item in merged if _keyed(item, key) in given), key=lambda item: given.index(_keyed(item, key))
    )
    result: list[Any] = []
    while left or right:
        result.append(left.pop(0) if left and (not right or _stood_before(left, right, before, key)) else right.pop(0))
    return result


def _stood_before(left: list[Any], right: list[Any], before: list[Any], key: str | None) -> bool:
    one, other = _keyed(left[0], key), _keyed(right[0], key)
    return one in before and other in before and before.index(one) < before.index(other)


def _sorted(items: list[Any], order: Any, key: str | None) -> list[Any]:
    """A list in the order of ``$setElementOrder``; what it does not name stays where it stood among the others."""
    return _interleaved(items, items, order if isinstance(order, list) else [], key)


def _keyed(item: Any, key: str | None) -> Any:
    return item.get(key) if key and isinstance(item, Mapping) else item


def _without_nulls(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None and key != PATCH}
    return [_without_nulls(item) for item in value] if isinstance(value, (list, tuple)) else value


def _at(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
