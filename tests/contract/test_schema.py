"""The schema that Pulumi's analyser makes of the components, and the judgement of its changes."""

from __future__ import annotations

import copy
import inspect
import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import pytest

from tools import component_schema as schema
from tools import source
from tools.compatibility import allowed, breaking
from tools.slices import slices


@cache
def current() -> dict[str, Any]:
    """The schema as the components are now."""
    return schema.current()


COMPONENTS = source.components()


def camel(name: str) -> str:
    """``service_name`` as ``serviceName``."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


@pytest.mark.grid
@pytest.mark.parametrize("name", sorted(COMPONENTS))
def test_every_component_yields_a_schema_with_all_its_keys(name: str) -> None:
    alone = schema.analysed([COMPONENTS[name]], "1.0.0")["resources"][f"kubernetes-mcp:index:{name}"]
    args = source.argument_types()[f"{name}Args"]
    assert sorted(alone["inputProperties"]) == sorted(map(camel, args.__annotations__))
    assert sorted(alone["requiredInputs"]) == sorted(map(camel, args.__required_keys__))
    assert sorted(alone["properties"]) == sorted(alone["required"])
    assert alone["properties"]
    assert alone["isComponent"]
    assert alone["description"] == inspect.getdoc(COMPONENTS[name])


def properties(value: Any, path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every property of the schema with its place."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key in {"properties", "inputProperties"}:
                for name, definition in (item or {}).items():
                    yield f"{path}.{name}", definition
            yield from properties(item, f"{path}.{key}")


@pytest.mark.grid
def test_every_property_has_a_type_and_a_description() -> None:
    found = dict(properties(current()))
    assert len(found) > 200
    assert [path for path, definition in found.items() if not definition.get("description")] == []
    assert [path for path, one in found.items() if not (one.get("type") or one.get("$ref"))] == []


@pytest.mark.grid
def test_every_argument_type_is_in_the_schema() -> None:
    """A type that the analyser cannot see is one whose keys reach no user of another language; where a text may stand
    for one, other languages give a map."""
    nested = {name for name in source.argument_types() if f"{name.removesuffix('Args')}" not in COMPONENTS}
    # What goes with `server=`, which is a class instance of this process, is for Python alone.
    nested -= {f"{one.component}ServerArgs" for one in slices() if one.told}
    nested -= {"WritablePathArgs", "RegionWritablePathArgs"}
    assert {token.rpartition(":")[2] for token in current()["types"]} == nested


@pytest.mark.grid
def test_the_golden_file_is_up_to_date() -> None:
    golden = schema.GOLDEN.read_text(encoding="utf-8")
    assert not schema.refusal(json.loads(golden), current())
    assert golden == schema.text(current()), "write it anew: python -m tools.component_schema --write"


OLD: dict[str, Any] = {
    "version": "0.3.1",
    "resources": {
        "p:index:A": {
            "inputProperties": {
                "image": {"type": "string"},
                "port": {"type": "integer", "plain": True},
                "env": {"type": "object", "plain": True, "additionalProperties": {"type": "string", "plain": True}},
                "peer": {"$ref": "#/types/p:index:Peer", "plain": True},
            },
            "requiredInputs": ["image"],
            "properties": {"url": {"type": "string"}, "host": {"type": "string"}},
            "required": ["host", "url"],
        }
    },
    "types": {"p:index:Peer": {"properties": {"port": {"type": "integer"}}, "required": None}},
}


def changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    """The schema after a change."""
    new = copy.deepcopy(OLD)
    change(new)
    return new


def resource(new: dict[str, Any]) -> dict[str, Any]:
    """The one component."""
    found: dict[str, Any] = new["resources"]["p:index:A"]
    return found


BREAKING: list[tuple[Callable[[dict[str, Any]], object], str]] = [
    (lambda new: new["resources"].clear(), "p:index:A is gone"),
    (lambda new: resource(new)["inputProperties"].pop("port"), "p:index:A input port is gone"),
    (
        lambda new: resource(new)["inputProperties"].update(picture=resource(new)["inputProperties"].pop("image")),
        "p:index:A input image is gone",
    ),
    (
        lambda new: resource(new)["inputProperties"]["port"].update(type="string"),
        "p:index:A input port was plain integer and is plain string",
    ),
    (
        lambda new: resource(new)["inputProperties"]["image"].update(plain=True),
        "p:index:A input image was string and is plain string",
    ),
    (
        lambda new: resource(new)["inputProperties"]["env"]["additionalProperties"].update(type="integer"),
        "p:index:A input env was plain object of plain string and is plain object of plain integer",
    ),
    (
        lambda new: resource(new)["inputProperties"]["peer"].update({"$ref": "#/types/p:index:Other"}),
        "p:index:A input peer was plain #/types/p:index:Peer and is plain #/types/p:index:Other",
    ),
    (lambda new: resource(new)["requiredInputs"].append("port"), "p:index:A input port is required now"),
    (lambda new: resource(new)["properties"].pop("url"), "p:index:A output url is gone"),
    (lambda new: resource(new)["required"].remove("url"), "p:index:A output url may be missing now"),
    (lambda new: new["types"].clear(), "p:index:Peer is gone"),
    (lambda new: new["types"]["p:index:Peer"]["properties"].clear(), "p:index:Peer port is gone"),
    (lambda new: new["types"]["p:index:Peer"].update(required=["port"]), "p:index:Peer port is required now"),
]


@pytest.mark.parametrize(("change", "words"), BREAKING, ids=[words for _, words in BREAKING])
def test_a_breaking_change_is_named(change: Callable[[dict[str, Any]], object], words: str) -> None:
    assert breaking(OLD, changed(change)) == [words]


@pytest.mark.parametrize(
    "change",
    [
        copy.deepcopy,
        lambda new: resource(new)["inputProperties"].update(more={"type": "string"}),
        lambda new: resource(new)["inputProperties"]["port"].update(description="Port."),
        lambda new: resource(new)["inputProperties"]["port"].pop("plain"),
        lambda new: resource(new)["inputProperties"]["env"]["additionalProperties"].pop("plain"),
        lambda new: resource(new)["requiredInputs"].clear(),
        lambda new: resource(new)["properties"].update(more={"type": "string"}),
        lambda new: new["types"].update({"p:index:More": {"properties": {}}}),
        lambda new: new["resources"].update({"p:index:B": {"inputProperties": {}}}),
        lambda new: new.update(version="9.0.0"),
    ],
)
def test_a_compatible_change_is_not(change: Callable[[dict[str, Any]], object]) -> None:
    assert breaking(OLD, changed(change)) == []


@pytest.mark.parametrize(
    ("old", "new", "may"),
    [
        ("0.1.0", "0.1.0", False),
        ("0.1.0", "0.1.1", False),
        ("0.1.0", "0.2.0", True),
        ("0.9.3", "0.10.0", True),
        ("0.2.0", "0.1.9", False),
        ("0.9.0", "1.0.0", True),
        ("1.2.0", "1.3.0", False),
        ("1.2.0", "2.0.0", True),
        ("1.2.0", "2.0.0-rc.1", True),
    ],
)
def test_which_version_may_break(old: str, new: str, may: bool) -> None:
    assert allowed(old, new) is may


def test_a_breaking_change_needs_a_version() -> None:
    broken = changed(lambda new: resource(new)["properties"].pop("url"))
    assert schema.refusal(OLD, broken) == (
        "The components break programs that were written for version 0.3.1:\n"
        "  p:index:A output url is gone\n"
        "Keep the old form beside the new one, or raise the version in pyproject.toml (the second number before 1.0, "
        "then the first), say how to change a program in CHANGELOG.md, and write the schema anew."
    )
    assert schema.refusal(OLD, {**broken, "version": "0.4.0"}) == ""


@pytest.mark.grid
def test_writing_refuses_a_breaking_change(monkeypatch: Any, tmp_path: Any, capsys: Any) -> None:
    golden = tmp_path / "golden.json"
    promised = copy.deepcopy(current())
    monkeypatch.setattr(schema, "GOLDEN", golden)
    monkeypatch.setattr(schema, "ROOT", tmp_path)
    promised["resources"]["kubernetes-mcp:index:McpService"]["properties"]["gone"] = {"type": "string"}
    golden.write_text(schema.text(promised))
    monkeypatch.setattr(schema, "current", current)
    assert schema.main(["--write"]) == 1
    assert json.loads(golden.read_text()) == promised
    assert "kubernetes-mcp:index:McpService output gone is gone" in capsys.readouterr().err
    golden.unlink()
    assert schema.main([]) == 1
    assert schema.main(["--write"]) == 0
    assert golden.read_text() == schema.text(current())
    assert schema.main([]) == 0
