"""The schema that editors use refuses what loading refuses, and accepts what it accepts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource

from pulumi_kubernetes_mcp.settings import (
    Settings,
    SettingsError,
    load_settings,
    project_file_schema,
    schema_files,
    stack_file_schema,
    write_schemas,
)
from pulumi_kubernetes_mcp.settings.yaml_text import parse_yaml
from tests.table import table

from .samples import SMALLEST, WHERE, stack
from .test_load import MISTAKES

ROOT = Path(__file__).parents[2]
SCHEMA = stack_file_schema()
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)
NOT_IN_A_SCHEMA = {"key without its namespace", "key that is not text"}
IN_THE_END = {
    "missing key at the top",
    "missing key inside",
    "rule over several keys",
    "nothing for a text",
    "nothing for a map",
}
"""What only the layers together show: one of them may leave a key out, or take it away."""
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

NAMED_FILES = (("server", "profile"), ("server", "verified"), ("load_test", "result"))
"""Keys whose file has to be there."""


def valid(values: dict[str, Any]) -> bool:
    return bool(VALIDATOR.is_valid({"config": values}))


def loads(values: dict[str, Any]) -> bool:
    try:
        load_settings(values, where=WHERE)
    except SettingsError:
        return False
    return True


@pytest.mark.grid
def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)


def test_what_only_the_layers_together_show_is_valid_in_one_of_them() -> None:
    found = {name: valid(values) for name, values, _ in MISTAKES if name in IN_THE_END}
    assert found == dict.fromkeys(IN_THE_END, True)


@pytest.mark.parametrize("values", [SMALLEST, FULL, stack(database={"host": "db"}), stack(database=None)])
def test_what_loads_is_valid(values: dict[str, Any]) -> None:
    assert loads(values)
    assert valid(values)


@pytest.mark.grid
@table("values", [values for name, values, _ in MISTAKES if name not in NOT_IN_A_SCHEMA | IN_THE_END], ids=lambda _: "")
def test_every_mistake_that_loading_tells_is_invalid(values: dict[str, Any]) -> None:
    assert not loads(values)
    assert not valid(values)


VALUES = [
    None, True, 0, 1, 3, 55, 0.5, -1, 70000, "", "a", "modern", "auto", "gateway", "/a", "/a/", "/a//b", "a.b", "Us",
    "5", "1h", "500m", "256Mi", "256MB", "MCP309", [], ["modern"], [1], {}, {"a": "b"}, {"a": {"secure": "x"}},
    {"secure": "x"}, {"name": "a"}, {"key": "x"}, {"a": {"key": "x"}}, {"cpu": "1"},
]  # fmt: skip
PLACES = [
    (field.alias or group, info.alias or name)
    for group, field in Settings.model_fields.items()
    if (
        model := next(
            (m for m in (field.annotation, *getattr(field.annotation, "__args__", ())) if hasattr(m, "model_fields")),
            None,
        )
    )
    for name, info in model.model_fields.items()
    if group != "accept" and (group, name) not in NAMED_FILES
]
"""Every setting of a group, but those that name a file: whether it exists no schema knows."""


MISSING = {"It is missing.", "No host is given.", "No load is given."}


def layer_loads(layer: dict[str, Any]) -> bool:
    """Whether nothing is wrong with a layer, whatever else it still needs."""
    try:
        load_settings(layer, where=WHERE)
    except SettingsError as error:
        return {problem.problem for problem in error.problems} <= MISSING
    return True


def disagreements(step: int) -> list[tuple[str, str, Any]]:
    """Where schema and loading disagree, with every ``step``-th value for each setting, another beginning for each."""
    found = []
    for number, (group, key) in enumerate(PLACES):
        for value in VALUES[number % step :: step]:
            layer = {f"mcp:{group}": {key: value}}
            if valid(layer) != (value is None or layer_loads(layer)):
                found.append((group, key, value))
    return found


@pytest.mark.grid
def test_schema_and_loading_agree_on_values_of_every_setting() -> None:
    assert len(PLACES) > 80
    assert disagreements(5) == []


@pytest.mark.grid
def test_schema_and_loading_agree_on_every_value_of_every_setting() -> None:
    assert disagreements(1) == []


@pytest.mark.parametrize(
    "layer",
    [
        {"mcp:server": {"image": "x:1"}},
        {"mcp:server": {"egress": None, "env": {"A": None}, "resources": {"requests": {"cpu": None}}}},
        {"mcp:region": {"quota": {"pods": 3}}},
        {"mcp:secrets": {"remote": {"password": {"property": "x"}, "old": None}, "values": {"old": None}}},
        {"mcp:scaling": {"authentication": {"modes": None}, "scaleUp": None}},
        {"mcp:edge": {"kind": None, "gateway": {"namespace": "x"}}},
        {"mcp:edge": None, "mcp:accept": None, "mcp:database": None},
        {"mcp:servers": {"orders": {"server": {"path": "/orders"}, "database": None}, "mail": None}},
        {"mcp:servers": None},
    ],
)
def test_a_stack_file_may_say_only_what_differs_and_take_anything_away(layer: dict[str, Any]) -> None:
    assert valid(layer)


@pytest.mark.parametrize(
    "layer",
    [
        {"mcp:server": {"egress": [{"port": 443}]}},
        {"mcp:server": {"egress": [None]}},
        {"mcp:server": {"egress": [{"port": None, "cidrs": ["10.0.0.0/8"]}]}},
        {"mcp:accept": [{"code": "MCP309"}]},
        {"mcp:defaults": {"server": {"image": "x:1"}}},
        {"mcp:servers": {"Orders": {}}},
        {"mcp:servers": {"orders": {"region": {"name": "a"}}}},
        {"mcp:servers": {"orders": {"server": {"prot": 1}}}},
        {"mcp:servers": []},
        {"mcp:servers": {}},
    ],
)
def test_a_list_is_whole_and_defaults_are_the_project_s(layer: dict[str, Any]) -> None:
    assert not valid(layer)


def whole_project(config: dict[str, Any]) -> bool:
    """Whether the schema of Pulumi.yaml, beside that of a stack file, accepts it."""
    registry = Registry().with_resource("stack.schema.json", Resource.from_contents(SCHEMA))
    return bool(
        jsonschema.Draft7Validator(project_file_schema(), registry=registry).is_valid({"name": "mcp", "config": config})
    )


def test_pulumi_yaml_takes_in_its_defaults_what_a_stack_takes() -> None:
    groups = {key.partition(":")[2]: value for key, value in SMALLEST.items()}
    assert set(project_file_schema()["properties"]["config"]["properties"]) == {"defaults", "mcp:defaults"}
    for key, under in [("defaults", "default"), ("defaults", "value"), ("mcp:defaults", "value")]:
        assert whole_project({key: {under: groups}, "kubernetes:context": "kind"})
        assert whole_project({key: {"type": "object", "description": "shared", under: {"server": {"port": 3000}}}})
        assert not whole_project({key: {under: {"server": {"prot": 3000}}}})
        assert whole_project({key: {under: {"servers": {"orders": {"edge": {"host": "a.example.com"}}}}}})
        assert not whole_project({key: {under: {"servers": {"orders": {"region": {}}}}}})
        assert not whole_project({key: {under: {"sevrer": {}}}})
        assert not whole_project({key: groups})


def test_pulumi_yaml_of_this_repository_names_its_schema_and_fits_it() -> None:
    text = ROOT.joinpath("Pulumi.yaml").read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=schemas/project.schema.json\n")
    assert whole_project(parse_yaml(text)["config"])
    for path in ROOT.joinpath("stacks").glob("*.yaml"):
        assert VALIDATOR.is_valid(parse_yaml(path.read_text(encoding="utf-8"))), path


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
            assert setting.get("description") or "$ref" in setting, f"{name}.{key}"


@pytest.mark.grid
def test_writing_changes_a_file_only_when_it_differs(tmp_path: Path) -> None:
    directory = tmp_path / "new"
    paths = [directory / name for name in ("stack.schema.json", "project.schema.json")]
    assert write_schemas(directory) == paths
    assert {path.name: path.read_text(encoding="utf-8") for path in paths} == schema_files()
    assert json.loads(schema_files()["stack.schema.json"]) == SCHEMA
    assert write_schemas(directory) == []
    paths[1].write_text("{}", encoding="utf-8")
    assert write_schemas(directory) == paths[1:]
