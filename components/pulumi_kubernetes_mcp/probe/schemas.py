"""Whether one JSON Schema takes everything that another takes: shown for what tools use, denied where it cannot be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

ANNOTATIONS = frozenset(
    {"title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly", "$comment", "$schema", "$id"}
)
"""Keywords that validate nothing."""
DEEPEST = 32
_AT_LEAST = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_AT_MOST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_HANDLED = frozenset(
    {"type", "enum", "const", "required", "properties", "additionalProperties", "items"}
    | {"$defs", "definitions", *_AT_LEAST, *_AT_MOST}
)


def covers(wide: Any, narrow: Any, *, keeps_properties: bool = False) -> bool:
    """Whether every value that ``narrow`` takes is taken by ``wide``, as far as that can be shown.

    A property that only one of two objects declares is taken to be unused before it was declared, as people mean it;
    strictly an object that is open to further properties could have held it.

    :param keeps_properties: deny it too where a property of ``narrow`` is declared no more in ``wide``, which would
        take it and ignore it.
    """
    return _Comparison(wide, narrow, keeps_properties).covers(wide, narrow, 0)


@dataclass(frozen=True)
class _Comparison:
    wide_root: Any
    narrow_root: Any
    keeps_properties: bool

    def covers(self, wide: Any, narrow: Any, depth: int) -> bool:
        if depth > DEEPEST:
            return False
        wide, narrow = _plain(wide, self.wide_root), _plain(narrow, self.narrow_root)
        if wide is None or narrow is None:
            return False
        if self._same(wide, narrow):
            return True
        if narrow.get("anyOf") is not None and len(narrow) == 1:
            return _all(narrow["anyOf"], lambda part: self.covers(wide, part, depth + 1))
        if wide.get("anyOf") is not None and len(wide) == 1:
            return _any(wide["anyOf"], lambda part: self.covers(part, narrow, depth + 1))
        return (
            self._same_elsewhere(wide, narrow)
            and _values(wide, narrow)
            and _bounds(wide, narrow)
            and self._object(wide, narrow, depth)
            and self._items(wide, narrow, depth)
        )

    def _same(self, wide: Any, narrow: Any) -> bool:
        """Whether two parts are equal and mean the same: references in them need equal definitions."""
        return bool(wide == narrow) and (
            not _refers(wide) or _definitions(self.wide_root) == _definitions(self.narrow_root)
        )

    def _same_elsewhere(self, wide: Mapping[str, Any], narrow: Mapping[str, Any]) -> bool:
        """Keywords that are not understood here are harmless only if they did not change."""
        return all(
            keyword in _HANDLED or (keyword in narrow and self._same(value, narrow[keyword]))
            for keyword, value in wide.items()
        )

    def _object(self, wide: Mapping[str, Any], narrow: Mapping[str, Any], depth: int) -> bool:
        if not set(_strings(wide.get("required"))) <= set(_strings(narrow.get("required"))):
            return False
        wide_properties, narrow_properties = _mapping(wide.get("properties")), _mapping(narrow.get("properties"))
        for name in wide_properties.keys() & narrow_properties.keys():
            if not self.covers(wide_properties[name], narrow_properties[name], depth + 1):
                return False
        others = narrow.get("additionalProperties", True)
        if isinstance(others, Mapping) and any(
            not self.covers(wide_properties[name], others, depth + 1)
            for name in wide_properties.keys() - narrow_properties.keys()
        ):
            return False
        gone = narrow_properties.keys() - wide_properties.keys()
        if gone and self.keeps_properties:
            return False
        rest = wide.get("additionalProperties", True)
        if any(not self.covers(rest, narrow_properties[name], depth + 1) for name in gone):
            return False
        # An array or a text has no properties at all.
        if _types(narrow) is not None and "object" not in (_types(narrow) or ()):
            return True
        return self.covers(rest, others, depth + 1)

    def _items(self, wide: Mapping[str, Any], narrow: Mapping[str, Any], depth: int) -> bool:
        if "items" not in wide:
            return True
        types = _types(narrow)
        if types is not None and "array" not in types:
            return True
        return self.covers(wide["items"], narrow.get("items", True), depth + 1)


def _plain(schema: Any, root: Any) -> Mapping[str, Any] | None:
    """A schema without annotations and with its reference followed; ``None`` for what is no schema."""
    for _ in range(DEEPEST):
        if schema is True:
            return {}
        if schema is False:
            return {"enum": []}
        if not isinstance(schema, Mapping):
            return None
        plain = {key: value for key, value in schema.items() if key not in ANNOTATIONS}
        reference = plain.get("$ref")
        if reference is None:
            return plain
        others = plain.keys() - {"$ref", "$defs", "definitions"}
        if others or not isinstance(reference, str) or not reference.startswith("#/"):
            return None
        schema = root
        for step in reference[2:].split("/"):
            schema = schema.get(step.replace("~1", "/").replace("~0", "~")) if isinstance(schema, Mapping) else None
    return None


def _refers(schema: Any) -> bool:
    """Whether a reference is somewhere in a schema: equal words may then mean different things."""
    if isinstance(schema, Mapping):
        return "$ref" in schema or any(_refers(part) for part in schema.values())
    return isinstance(schema, list) and any(_refers(part) for part in schema)


def _types(schema: Mapping[str, Any]) -> frozenset[str] | None:
    """The types that a schema takes, or ``None`` for any."""
    declared = schema.get("type")
    if declared is None:
        return None
    return frozenset([declared] if isinstance(declared, str) else _strings(declared))


def _values(wide: Mapping[str, Any], narrow: Mapping[str, Any]) -> bool:
    values = _listed(narrow)
    wide_values = _listed(wide)
    if wide_values is not None and (values is None or any(not _holds(wide_values, value) for value in values)):
        return False
    types, wide_types = _types(narrow), _types(wide)
    if wide_types is None:
        return True
    if values is not None:
        return all(_type_of(value) & wide_types for value in values)
    if types is None:
        return False
    return all(kind in wide_types or (kind == "integer" and "number" in wide_types) for kind in types)


def _listed(schema: Mapping[str, Any]) -> Sequence[Any] | None:
    if "const" in schema:
        return [schema["const"]]
    listed = schema.get("enum")
    return listed if isinstance(listed, list) else None


def _holds(values: Sequence[Any], value: Any) -> bool:
    # To Python True is 1; to JSON it is not.
    return any(value == other and isinstance(value, bool) == isinstance(other, bool) for other in values)


def _type_of(value: Any) -> frozenset[str]:
    """The JSON types of a value."""
    if value is None:
        return frozenset({"null"})
    if isinstance(value, bool):
        return frozenset({"boolean"})
    if isinstance(value, int):
        return frozenset({"integer", "number"})
    if isinstance(value, float):
        return frozenset({"number"})
    if isinstance(value, str):
        return frozenset({"string"})
    return frozenset({"array" if isinstance(value, list) else "object"})


def _bounds(wide: Mapping[str, Any], narrow: Mapping[str, Any]) -> bool:
    for keywords, sign in ((_AT_LEAST, 1), (_AT_MOST, -1)):
        for keyword in keywords:
            if keyword not in wide:
                continue
            limit, own = _number(wide[keyword]), _number(narrow.get(keyword))
            if limit is None or own is None or (own - limit) * sign < 0:
                return False
    return True


def _definitions(root: Any) -> Any:
    return [root.get("$defs"), root.get("definitions")] if isinstance(root, Mapping) else None


def _number(value: Any) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _strings(value: Any) -> list[str]:
    return [part for part in value if isinstance(part, str)] if isinstance(value, list) else []


def _all(parts: Any, holds: Any) -> bool:
    return isinstance(parts, list) and all(holds(part) for part in parts)


def _any(parts: Any, holds: Any) -> bool:
    return isinstance(parts, list) and any(holds(part) for part in parts)
