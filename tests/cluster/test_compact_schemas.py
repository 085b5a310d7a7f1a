"""Tier 1's compact schemas accept nothing that the real definitions refuse.

Compared place by place: what ours allows must exist in the CustomResourceDefinition with the same type, within its
bounds, and whatever it requires must be required here too. CEL rules are not compared: ``test_stacks.py`` has the API
server judge the rendered objects, and ``tests/rendered`` checks the important rules.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.rendered.custom_resources import FILES, read
from tests.rendered.sets import SETS, objects

from .crds import UNAVAILABLE_GROUPS, crd_files, definitions

Schema = dict[str, Any]

EXAMPLES = ("0s", "1s", "75s", "3600s", "1h", "5m", "30s", "mcp.example.com", "a", "mcp-orders", "public", "https")
"""Texts that tell two patterns apart, if any does: whatever ours matches of them, the real one must match."""


def real_schema(kind: str, version: str) -> Schema:
    """The schema of a served version of a kind, from its definition."""
    for definition in definitions(crd_files()):
        spec = definition["spec"]
        for served in spec["versions"]:
            if spec["names"]["kind"] == kind and f"{spec['group']}/{served['name']}" == version:
                found: Schema = served["schema"]["openAPIV3Schema"]
                return found
    raise LookupError(f"no definition of {kind} in {version}")


def wider(ours: Schema, real: Schema, root: Schema, path: str) -> Iterator[str]:
    """Every place where ours accepts something that the real schema does not."""
    if "$ref" in ours:
        ours = {**_resolved(ours["$ref"], root), **{key: value for key, value in ours.items() if key != "$ref"}}
    if "const" in ours or "enum" in ours:
        yield from _values_refused(ours, real, path)
        return
    if real.get("x-kubernetes-int-or-string") or real.get("x-kubernetes-preserve-unknown-fields"):
        return
    if ours.get("type") != real.get("type"):
        yield f"{path}: ours is {ours.get('type')}, the real one is {real.get('type')}"
        return
    yield from _bounds(ours, real, path)
    if ours["type"] == "object":
        yield from _object(ours, real, root, path)
    if ours["type"] == "array":
        yield from wider(ours["items"], real["items"], root, f"{path}[]")


def _object(ours: Schema, real: Schema, root: Schema, path: str) -> Iterator[str]:
    for name in set(real.get("required", [])) - set(ours.get("required", [])):
        if name in ours.get("properties", {}) or "additionalProperties" not in real:
            yield f"{path}.{name}: the real one requires it"
    rest = ours.get("additionalProperties", True)
    if rest is True:
        yield f"{path}: ours accepts any further key"
    elif isinstance(rest, dict):
        if not isinstance(real.get("additionalProperties"), dict):
            yield f"{path}: ours is a map, the real one is not"
        else:
            yield from wider(rest, real["additionalProperties"], root, f"{path}{{}}")
    for name, schema in ours.get("properties", {}).items():
        place = real.get("properties", {}).get(name, real.get("additionalProperties"))
        if not isinstance(place, dict):
            yield f"{path}.{name}: the real one has no such field"
        else:
            yield from wider(schema, place, root, f"{path}.{name}")


def _bounds(ours: Schema, real: Schema, path: str) -> Iterator[str]:
    for least in ("minimum", "minLength", "minItems"):
        if least in real and ours.get(least, _floor(ours, least)) < real[least]:
            yield f"{path}: {least} is {ours.get(least)}, the real one is {real[least]}"
    for most in ("maximum", "maxLength", "maxItems"):
        if most in real and ours.get(most, float("inf")) > real[most]:
            yield f"{path}: {most} is {ours.get(most)}, the real one is {real[most]}"
    if "enum" in real:
        yield f"{path}: ours is any {ours['type']}, the real one is one of {real['enum']}"
    if "pattern" in real and ours.get("pattern") != real["pattern"]:
        if "pattern" not in ours:
            yield f"{path}: ours has no pattern, the real one has {real['pattern']}"
        for text in EXAMPLES:
            if re.search(ours.get("pattern", "^$"), text) and not re.search(real["pattern"], text):
                yield f"{path}: ours matches {text!r}, the real pattern does not"


def _floor(ours: Schema, bound: str) -> float:
    """What an absent lower bound means: no text and no list is shorter than empty."""
    return 0 if bound in ("minLength", "minItems") else float("-inf")


def _values_refused(ours: Schema, real: Schema, path: str) -> Iterator[str]:
    validator = Draft202012Validator({key: value for key, value in real.items() if key != "format"})
    for value in [ours["const"]] if "const" in ours else ours["enum"]:
        if not real.get("x-kubernetes-int-or-string"):
            for error in validator.iter_errors(value):
                yield f"{path}: {value!r}: {error.message}"


def _resolved(reference: str, root: Schema) -> Schema:
    place: Any = root
    for step in reference.removeprefix("#/").split("/"):
        place = place[step]
    resolved: Schema = place
    return resolved


def compared(kind: str) -> list[str]:
    """What our schema of a kind accepts beyond the real one, in its spec."""
    ours = read(FILES[kind])
    real = real_schema(kind, ours["properties"]["apiVersion"]["const"])
    return list(wider(ours["properties"]["spec"], real["properties"]["spec"], ours, "spec"))


def group_of(kind: str) -> str:
    """The API group of a kind."""
    group: str = read(FILES[kind])["properties"]["apiVersion"]["const"].partition("/")[0]
    return group


READ = sorted(kind for kind in FILES if group_of(kind) not in UNAVAILABLE_GROUPS)
"""Kinds whose definitions can be read; of the others nothing is proven here."""


@pytest.mark.parametrize("kind", READ)
def test_ours_is_no_wider_than_the_real_definition(kind: str) -> None:
    assert compared(kind) == []


def unknown_fields(value: Any, real: Schema, path: str) -> Iterator[str]:
    """Every field of a value that the real schema does not name: the API server drops it in silence."""
    if real.get("x-kubernetes-preserve-unknown-fields") or real.get("x-kubernetes-int-or-string"):
        return
    if isinstance(value, dict):
        for name, item in value.items():
            place = real.get("properties", {}).get(name, real.get("additionalProperties"))
            if isinstance(place, dict):
                yield from unknown_fields(item, place, f"{path}.{name}")
            else:
                yield f"{path}.{name}"
    elif isinstance(value, list):
        for item in value:
            yield from unknown_fields(item, real["items"], f"{path}[]")


def test_the_pods_of_a_rollout_lose_no_field() -> None:
    """The definition of a Rollout repeats that of a pod, and what it does not repeat of it is dropped in silence."""
    real = real_schema("Rollout", "argoproj.io/v1alpha1")
    rollouts = [body for name in SETS for body in objects(name) if body["kind"] == "Rollout"]
    assert rollouts
    for body in rollouts:
        assert list(unknown_fields(body["spec"], real["properties"]["spec"], "spec")) == []
    body = copy.deepcopy(rollouts[0])
    body["spec"]["template"]["spec"]["containers"][0]["lifecycle"]["preStop"]["nap"] = {}
    (lost,) = unknown_fields(body["spec"], real["properties"]["spec"], "spec")
    assert lost == "spec.template.spec.containers[].lifecycle.preStop.nap"


def test_a_schema_that_is_wider_is_noticed() -> None:
    """The comparison itself: each kind of widening is reported."""
    real: Schema = {
        "type": "object",
        "required": ["name"],
        "properties": {
            "name": {"type": "string", "maxLength": 5},
            "count": {"type": "integer", "minimum": 1},
            "mode": {"type": "string", "enum": ["a", "b"]},
            "wait": {"type": "string", "pattern": "^[0-9]+s$"},
        },
    }
    ours: Schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "name": {"type": "string", "maxLength": 9},
            "count": {"type": "integer", "minimum": 0},
            "mode": {"enum": ["a", "c"]},
            "wait": {"type": "string"},
            "more": {"type": "boolean"},
        },
    }
    found = "\n".join(wider(ours, real, ours, "spec"))
    for place in ("name: the real one requires", "name: maxLength", "count: minimum", "mode: 'c'", "wait", "more"):
        assert f"spec.{place}" in found
    assert not list(wider({**real, "additionalProperties": False}, real, real, "spec"))
