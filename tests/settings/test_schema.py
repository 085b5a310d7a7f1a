"""The schema that editors use refuses what loading refuses, and accepts what it accepts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from pulumi_kubernetes_mcp.settings import (
    Settings,
    SettingsError,
    load_settings,
    schema_text,
    stack_file_schema,
    write_schema,
)

from .samples import SMALLEST, WHERE, stack
from .test_load import MISTAKES

SCHEMA = stack_file_schema()
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)
NOT_IN_A_SCHEMA = {"missing key at the top", "key without its namespace", "key that is not text"}
FULL = stack(
    region={"name": "eu-west", "environment": "staging", "quota": {"cpu": "40", "memory": "64Gi", "pods": 50}},
    server={
        "image": "x:1",
        "eras": ["modern", "sse"],
        "keepaliveSeconds": 0,
        "env": {"A": "1"},
        "resources": {"requests": {"cpu": "0.5", "memory": "256Mi"}, "limits": None},
    },
    workload={"peakSessions": 10.5, "dailyUsers": None},
    database={"kind": "sqlite"},
    edge={"host": "a.example.com", "gateway": {"section": None}, "affinity": "cookie"},
    scaling={"minReplicas": 0, "memoryPercentOfRequest": 70},
    secrets={"source": "config", "values": {"a": {"secure": "v1:x"}}, "remote": {"k": {"key": "x"}}, "store": None},
    accept=[{"code": "MCP309", "reason": "known and measured"}],
)


def valid(values: dict[str, Any]) -> bool:
    return bool(VALIDATOR.is_valid({"config": values}))


def loads(values: dict[str, Any]) -> bool:
    try:
        load_settings(values, where=WHERE)
    except SettingsError:
        return False
    return True


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("values", [SMALLEST, FULL, stack(database={"host": "db"}), stack(database=None)])
def test_what_loads_is_valid(values: dict[str, Any]) -> None:
    assert loads(values)
    assert valid(values)


@pytest.mark.parametrize(
    "values", [values for name, values, _ in MISTAKES if name not in NOT_IN_A_SCHEMA], ids=lambda _: ""
)
def test_every_mistake_that_loading_tells_is_invalid(values: dict[str, Any]) -> None:
    assert not loads(values)
    assert not valid(values)


VALUES = [
    None, True, 0, 1, 3, 55, 0.5, -1, 70000, "", "a", "modern", "auto", "gateway", "/a", "/a/", "/a//b", "a.b", "Us",
    "5", "1h", "500m", "256Mi", "256MB", "MCP309", [], ["modern"], [1], {}, {"a": "b"}, {"a": {"secure": "x"}},
    {"secure": "x"}, {"name": "a"}, {"key": "x"}, {"a": {"key": "x"}}, {"cpu": "1"},
]  # fmt: skip
PLACES = [
    (group, info.alias or name)
    for group, field in Settings.model_fields.items()
    if (
        model := next(
            (m for m in (field.annotation, *getattr(field.annotation, "__args__", ())) if hasattr(m, "model_fields")),
            None,
        )
    )
    for name, info in model.model_fields.items()
    if group != "accept" and (group, name) != ("server", "profile")
]
"""Every setting of a group, but the profile: whether its file exists no schema knows."""


def disagreements(step: int) -> list[tuple[str, str, Any]]:
    """Where schema and loading disagree, with every ``step``-th value for each setting, another beginning for each."""
    found = []
    for number, (group, key) in enumerate(PLACES):
        start: Any = {"database": {"host": "db"}}.get(group, SMALLEST.get(f"mcp:{group}", {}))
        for value in VALUES[number % step :: step]:
            values = stack(**{group: {**start, key: value}})
            if valid(values) != loads(values):
                found.append((group, key, value))
    return found


def test_schema_and_loading_agree_on_values_of_every_setting() -> None:
    assert len(PLACES) > 80
    assert disagreements(5) == []


@pytest.mark.grid
def test_schema_and_loading_agree_on_every_value_of_every_setting() -> None:
    assert disagreements(1) == []


def test_the_rest_of_a_stack_file_is_known() -> None:
    whole = {
        "config": {**SMALLEST, "kubernetes:context": {"any": "thing"}},
        "encryptionsalt": "v1:x",
        "secretsprovider": "passphrase",
        "encryptedkey": "x",
        "environment": ["prod"],
    }
    assert VALIDATOR.is_valid(whole)
    assert VALIDATOR.is_valid({"config": None})
    assert VALIDATOR.is_valid({"config": {"mcp:region": {"name": "a"}}})
    assert not VALIDATOR.is_valid({"confg": {}})
    assert not VALIDATOR.is_valid({"mcp:server": {}})


def references(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if "$ref" in node:
            yield node
        for member in node.values():
            yield from references(member)
    elif isinstance(node, list):
        for item in node:
            yield from references(item)


def test_references_stand_alone_since_draft_07_ignores_what_is_beside_them() -> None:
    found = list(references(SCHEMA))
    assert found
    assert all(set(node) == {"$ref"} for node in found)
    assert {node["$ref"].removeprefix("#/definitions/") for node in found} <= set(SCHEMA["definitions"])


def test_every_setting_has_its_help_in_the_schema() -> None:
    for name, definition in SCHEMA["definitions"].items():
        assert definition.get("description"), name
        for key, setting in definition["properties"].items():
            assert setting.get("description") or "$ref" in setting or "allOf" in setting, f"{name}.{key}"


def test_writing_changes_the_file_only_when_it_differs(tmp_path: Path) -> None:
    path = tmp_path / "new" / "stack.schema.json"
    assert write_schema(path) is True
    assert path.read_text(encoding="utf-8") == schema_text()
    assert json.loads(schema_text()) == SCHEMA
    assert write_schema(path) is False
    path.write_text("{}", encoding="utf-8")
    assert write_schema(path) is True
