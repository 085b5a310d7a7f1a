"""Property values survive the way through the SDK's own serialisation, and secrets never print."""

import json

import pulumi
import pytest
from google.protobuf import struct_pb2
from hypothesis import given
from hypothesis import strategies as st

from pulumi_kubernetes_mcp.offline.engine import run_program
from pulumi_kubernetes_mcp.offline.values import UNKNOWN, Secret, Unknown, masked, paths, plain, revealed
from tests.sizes import examples

KEYS = st.text(alphabet="abcXYZ./-_", min_size=1, max_size=8)
LEAVES = (
    st.booleans()
    | st.integers(min_value=-(2**53), max_value=2**53)
    | st.floats(allow_nan=False, allow_infinity=False).filter(lambda x: not x.is_integer())
    | st.text(max_size=12)
)
DATA = st.recursive(
    LEAVES | st.builds(Secret, LEAVES) | st.just(UNKNOWN),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


def as_outputs(value):
    """The same data as a program would write it."""
    if isinstance(value, Secret):
        return pulumi.Output.secret(value.value)
    if isinstance(value, Unknown):
        return pulumi.Output.from_input(pulumi.UNKNOWN)
    if isinstance(value, dict):
        return {key: as_outputs(item) for key, item in value.items()}
    return [as_outputs(item) for item in value] if isinstance(value, list) else value


@pytest.mark.grid
@examples(120)
@given(st.dictionaries(KEYS, DATA, max_size=4))
def test_data_comes_back_as_the_program_wrote_it(data):
    def program():
        pulumi.ComponentResource("test:index:Any", "any", None).register_outputs(as_outputs(data))

    run = run_program(program, project="p", stack="s", config={}, preview=True)
    assert run.resource("Any").registered_outputs == data


@given(DATA)
def test_masking_hides_every_secret_and_keeps_everything_else(data):
    text = json.dumps(masked({"root": marked(data, [0])}))
    assert "HIDDEN" not in text
    assert text.count("[secret]") == len(list(paths(marked(data, [0]), Secret)))


def marked(value, count):
    """The data with a recognisable text in every secret, and no other text that looks like a mask."""
    if isinstance(value, Secret):
        return Secret(f"HIDDEN{count[0]}")
    if isinstance(value, dict):
        return {key: marked(item, count) for key, item in value.items()}
    if isinstance(value, list):
        return [marked(item, count) for item in value]
    return "text" if isinstance(value, str) else value


def test_a_secret_map_keeps_its_keys_and_loses_its_leaves():
    value = {"data": Secret({"user": "app", "nested": [{"password": "p"}, Secret("q")]})}
    assert masked(value) == {"data": {"user": "[secret]", "nested": [{"password": "[secret]"}, "[secret]"]}}


def test_paths_name_list_items_by_position():
    value = {"spec": {"env": [{"a": 1}, {"b": Secret("x")}], "n": UNKNOWN}}
    assert list(paths(value, Secret)) == ["spec.env[1].b"]
    assert list(paths(value, Unknown)) == ["spec.n"]


@pytest.mark.parametrize("show", [str, repr, "{}".format])
def test_no_way_of_printing_shows_a_secret(show):
    for value in (Secret("hunter2"), [Secret({"a": "hunter2"})]):
        assert "hunter2" not in show(value)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"value": "a"}, "a"),
        ({"value": "a", "secret": True}, Secret("a")),
        ({"value": "a", "secret": False}, "a"),
        ({}, UNKNOWN),
        ({"secret": True}, Secret(UNKNOWN)),
    ],
    ids=str,
)
def test_an_output_of_another_language_is_a_value_a_secret_or_unknown(fields, expected):
    struct = struct_pb2.Struct()
    struct.update({"one": {"4dabf18193072939515e22adb298388d": "d0e6a833031e9bbcd3f4e8bde6ca49a4", **fields}})
    assert plain(struct) == {"one": expected}


def test_revealing_is_possible_for_assertions():
    assert revealed({"a": [Secret({"b": Secret("c")})]}) == {"a": [{"b": "c"}]}
