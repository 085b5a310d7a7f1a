"""What is said to be harmless is: an independent validator takes with the one schema what it took with the other."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulumi_kubernetes_mcp.probe.drift import compatible, drift
from pulumi_kubernetes_mcp.probe.schemas import covers

SCALARS = st.one_of(
    st.builds(lambda kind: {"type": kind}, st.sampled_from(["string", "integer", "number", "boolean", "null"])),
    st.builds(lambda least: {"type": "integer", "minimum": least}, st.integers(-2, 2)),
    st.builds(lambda most: {"type": "string", "maxLength": most}, st.integers(0, 3)),
    st.builds(lambda values: {"enum": values}, st.lists(st.sampled_from(["a", "b", 0, 1, True, None]), max_size=3)),
    st.sampled_from([{}, {"type": ["string", "null"]}, {"const": 1}, {"description": "any"}, True, False]),
    st.just({"$ref": "#/$defs/d"}),
    st.sampled_from([{"pattern": "^a"}, {"type": "string", "pattern": "^a"}, {"not": {"type": "null"}}]),
)


def objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Closed objects: a property that only one of two declares is then refused by the other, as a validator has it."""
    properties = st.dictionaries(st.sampled_from(["p", "q"]), inner, max_size=2)
    return st.builds(
        lambda declared, required: {
            "type": "object",
            "properties": declared,
            "required": sorted(required & set(declared)),
            "additionalProperties": False,
        },
        properties,
        st.sets(st.sampled_from(["p", "q"])),
    )


PARTS = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        objects(inner),
        st.builds(lambda items: {"type": "array", "items": items}, inner),
        st.builds(lambda parts: {"anyOf": parts}, st.lists(inner, min_size=1, max_size=2)),
        st.builds(lambda part: {"allOf": [part]}, inner),
    ),
    max_leaves=4,
)
SCHEMAS = st.builds(
    lambda part, defined: {**part, "$defs": {"d": defined}} if isinstance(part, dict) else part,
    PARTS,
    st.sampled_from([{"type": "string"}, {"enum": ["a", 1]}, {"type": ["string", "integer"]}, True]),
)
"""A part with definitions at the root, where references look for them; the same words may mean something else."""
SIMPLE = st.sampled_from([None, True, False, 0, 1, 2, -3, 0.5, "", "a", "ab", "abcd", "b"])
VALUES = st.one_of(
    SIMPLE, st.lists(SIMPLE, max_size=2), st.dictionaries(st.sampled_from(["p", "q", "r"]), SIMPLE, max_size=2)
)


def takes(schema: Any, value: Any) -> bool:
    return bool(jsonschema.Draft202012Validator(schema).is_valid(value))


@pytest.mark.grid
@settings(max_examples=60)
@given(SCHEMAS, SCHEMAS, st.lists(VALUES, min_size=4, max_size=8))
def test_what_covers_takes_everything_that_the_other_takes(wide: Any, narrow: Any, values: list[Any]) -> None:
    if covers(wide, narrow):
        for value in values:
            assert takes(wide, value) or not takes(narrow, value), (wide, narrow, value)


@pytest.mark.grid
@settings(max_examples=30)
@given(SCHEMAS)
def test_every_schema_covers_itself(schema: Any) -> None:
    assert covers(schema, schema)


STRING, NUMBER = {"type": "string"}, {"type": "integer"}


def tool(inputs: Any, output: Any = None, description: str = "d") -> dict[str, Any]:
    made = {"name": "t", "description": description, "inputSchema": inputs}
    return made if output is None else {**made, "outputSchema": output}


def takes_arguments(required: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required)}


REFERS = {"$defs": {"unit": {"enum": ["m", "km"]}}, "type": "object", "properties": {"u": {"$ref": "#/$defs/unit"}}}
WIDER = {**REFERS, "$defs": {"unit": {"enum": ["m", "km", "mile"]}}}


@pytest.mark.parametrize(
    ("old", "new", "harmless"),
    [
        (takes_arguments(a=STRING), takes_arguments(a={**STRING, "description": "said"}), True),
        (takes_arguments(a=STRING), takes_arguments(a=STRING, b=NUMBER), True),
        (takes_arguments(a=STRING), takes_arguments(("b",), a=STRING, b=NUMBER), False),
        (takes_arguments(("a",), a=STRING), takes_arguments(a=STRING), True),
        (takes_arguments(a=STRING), takes_arguments(), False),
        (takes_arguments(a=NUMBER), takes_arguments(a={"type": "number"}), True),
        (takes_arguments(a={"type": "number"}), takes_arguments(a=NUMBER), False),
        (takes_arguments(a=STRING), takes_arguments(a={"anyOf": [STRING, {"type": "null"}]}), True),
        (takes_arguments(a={"anyOf": [STRING, {"type": "null"}]}), takes_arguments(a=STRING), False),
        (takes_arguments(a={"enum": ["x"]}), takes_arguments(a={"enum": ["x", "y"]}), True),
        (takes_arguments(a={"enum": ["x", "y"]}), takes_arguments(a={"enum": ["x"]}), False),
        (takes_arguments(a={**NUMBER, "maximum": 5}), takes_arguments(a={**NUMBER, "maximum": 9}), True),
        (takes_arguments(a=STRING), takes_arguments(a={**STRING, "pattern": "^x"}), False),
        (takes_arguments(a=STRING), takes_arguments(a={**STRING, "x-mcp-header": "A"}), False),
        (REFERS, WIDER, True),
        (WIDER, REFERS, False),
    ],
)
def test_which_change_of_arguments_breaks_a_client(old: Any, new: Any, harmless: bool) -> None:
    assert compatible(tool(old), tool(new)) is harmless


@pytest.mark.parametrize(
    ("old", "new", "harmless"),
    [
        (None, takes_arguments(a=STRING), True),
        (takes_arguments(a=STRING), None, False),
        (takes_arguments(a=STRING), takes_arguments(a=STRING, b=NUMBER), True),
        ({**takes_arguments(a=STRING), "additionalProperties": False}, takes_arguments(a=STRING, b=NUMBER), False),
        (takes_arguments(("a",), a=STRING), takes_arguments(a=STRING), False),
        (takes_arguments(a=STRING), takes_arguments(("a",), a={"const": "x"}), True),
    ],
)
def test_which_change_of_results_breaks_a_client(old: Any, new: Any, harmless: bool) -> None:
    assert compatible(tool({}, old), tool({}, new)) is harmless


def test_drift_names_what_changed_and_what_breaks() -> None:
    old = {"gone": tool({}), "same": tool({}), "said": tool({}), "narrow": tool(takes_arguments(a=STRING))}
    new = {
        "same": {**tool({}), "_meta": {"hint": 1}},
        "said": tool({}, description="in other words"),
        "narrow": tool(takes_arguments()),
        "new": tool({}),
    }
    found = drift(old, new)
    assert (found.added, found.removed, found.changed) == (("new",), ("gone",), ("narrow", "said"))
    assert found.breaking == ("gone", "narrow")
    assert found.words == "tools: 1 added (new), 1 removed (gone), 2 changed (narrow, said); breaking: gone, narrow"
    assert not drift(old, old)
