"""What of a change to the components' schema breaks a program that uses them: a small judgement on plain JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]
ANYTHING = "pulumi.json#/Any"


def breaking(old: Schema, new: Schema) -> list[str]:
    """Every change that can break a program written against ``old``, in words; empty where there is none."""
    return sorted({*_removed_resources(old, new), *_changed_resources(old, new), *_changed_types(old, new)})


def allowed(old: str, new: str) -> bool:
    """Whether a version may break what another one promised: a new major one, or a new minor one before 1.0."""
    before, after = _version(old), _version(new)
    return after[:2] > before[:2] if before[0] == 0 else after[0] > before[0]


def _removed_resources(old: Schema, new: Schema) -> Iterator[str]:
    for token in old.get("resources", {}):
        if token not in new.get("resources", {}):
            yield f"{token} is gone"


def _changed_resources(old: Schema, new: Schema) -> Iterator[str]:
    for token, before in old.get("resources", {}).items():
        after = new.get("resources", {}).get(token)
        if after is None:
            continue
        yield from _changed(f"{token} input", before.get("inputProperties", {}), after.get("inputProperties", {}))
        yield from _newly_required(f"{token} input", before, after, "requiredInputs")
        yield from _changed(f"{token} output", before.get("properties", {}), after.get("properties", {}))
        for name in sorted(set(before.get("required", [])) - set(after.get("required", []))):
            if name in after.get("properties", {}):
                yield f"{token} output {name} may be missing now"


def _changed_types(old: Schema, new: Schema) -> Iterator[str]:
    for token, before in old.get("types", {}).items():
        after = new.get("types", {}).get(token)
        if after is None:
            yield f"{token} is gone"
            continue
        yield from _changed(token, before.get("properties", {}), after.get("properties", {}))
        yield from _newly_required(token, before, after, "required")


def _changed(where: str, before: Schema, after: Schema) -> Iterator[str]:
    for name, definition in before.items():
        if name not in after:
            yield f"{where} {name} is gone"
        elif _shape(definition) != _seen_from(definition, _shape(after[name])):
            yield f"{where} {name} was {_words(definition)} and is {_words(after[name])}"


def _newly_required(where: str, before: Schema, after: Schema, key: str) -> Iterator[str]:
    for name in sorted(set(after.get(key) or []) - set(before.get(key) or [])):
        yield f"{where} {name} is required now"


def _shape(definition: Schema) -> dict[str, Any]:
    """A property without its description."""
    keys = ("type", "$ref", "items", "additionalProperties", "plain")
    return {
        key: _shape(definition[key]) if isinstance(definition[key], Mapping) else definition[key]
        for key in keys
        if definition.get(key) is not None
    }


def _seen_from(before: Schema, after: Schema) -> dict[str, Any]:
    """``after`` as a caller of ``before`` meets it: one who gives a plain value need not know that an Output is
    taken too, or that anything is."""
    if after.get("$ref") == ANYTHING:
        return _shape(before)
    seen = {
        key: _seen_from(before[key], item)
        if isinstance(item, Mapping) and isinstance(before.get(key), Mapping)
        else item
        for key, item in after.items()
    }
    return {**seen, "plain": True} if before.get("plain") else seen


def _words(definition: Schema) -> str:
    shape = _shape(definition)
    kind = str(shape.get("$ref") or shape.get("type"))
    inner = shape.get("items") or shape.get("additionalProperties")
    return f"{'plain ' if shape.get('plain') else ''}{kind}" + (f" of {_words(inner)}" if inner else "")


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("+")[0].split("-")[0].split("."))
