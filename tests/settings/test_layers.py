"""Layers are merged as RFC 7386 says, each value knows the layer that gave it, and the work is linear."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pulumi_kubernetes_mcp.settings import layers
from pulumi_kubernetes_mcp.settings.layers import Layer, Merged, Origin, merge
from pulumi_kubernetes_mcp.settings.problems import join, split
from pulumi_kubernetes_mcp.settings.yaml_text import Lines, parse_with_lines
from tests.sizes import examples

WORDS = st.sampled_from(["server", "edge", "a", "b", "env"])
SCALARS = st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["x", "y"])
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORDS, inner, max_size=3))
GROUPS = st.dictionaries(WORDS, VALUES, max_size=4)
FEW = examples(40)
STACKS = st.lists(GROUPS, min_size=1, max_size=5)


def patched(target: Any, patch: Any) -> Any:
    """The algorithm of RFC 7386, section 2, as it is written there."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = patched(result.get(name), value)
    return result


def without_nulls(value: Any) -> Any:
    """What is left of a map if nothing in it is null; RFC 7386 drops a null that has nothing to take away."""
    return patched({}, value)


def named(groups: dict[str, Any], name: str) -> Layer:
    return Layer(name=name, values=groups, file=f"{name}.yaml")


def numbered(all_groups: list[dict[str, Any]]) -> list[Layer]:
    return [named(groups, str(number)) for number, groups in enumerate(all_groups)]


def at(groups: Any, path: str) -> Any:
    return reduce(lambda inner, step: inner[step], split(path), groups)


@FEW
@given(STACKS)
def test_layers_are_applied_as_merge_patches_one_after_the_other(stacks: list[dict[str, Any]]) -> None:
    assert without_nulls(merge(numbered(stacks)).values) == reduce(patched, stacks, {})


@FEW
@given(STACKS, STACKS, STACKS)
def test_merging_is_associative_with_every_origin(
    first: list[dict[str, Any]], second: list[dict[str, Any]], third: list[dict[str, Any]]
) -> None:
    all_layers = numbered([*first, *second, *third])
    one, two = len(first), len(first) + len(second)
    a, b, c = all_layers[:one], all_layers[one:two], all_layers[two:]
    at_once = merge(all_layers)
    for grouped in (merge([merge([*a, *b]), *c]), merge([*a, merge([*b, *c])]), merge([merge(a), merge(b), merge(c)])):
        assert grouped.values == at_once.values
        assert list(grouped.origins()) == list(at_once.origins())


@FEW
@given(STACKS)
def test_the_last_layer_wins_and_is_named(stacks: list[dict[str, Any]]) -> None:
    merged = merge([*numbered(stacks), named({"server": {"image": "last", "list": [1], "gone": None}}, "last")])
    assert merged.values["server"]["image"] == "last"
    assert merged.values["server"]["list"] == [1]
    assert "gone" not in merged.values["server"] or merged.values["server"]["gone"] is None
    assert merged.origin_of("mcp:server.image") == Origin("last", "mcp:server.image")


@FEW
@given(STACKS)
def test_null_takes_away_whatever_is_below(stacks: list[dict[str, Any]]) -> None:
    lower = [*stacks, {group: {"x": 1} for group in ("server", "edge")}]
    merged = merge(numbered([*lower, {"server": None, "edge": {"x": None}}]))
    assert "server" not in merged.values
    assert "x" not in merged.values["edge"]


def ends(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from ends(inner, join(path, key))
    else:
        yield path


def says_something(groups: dict[str, Any], path: str) -> bool:
    """Whether a layer gives a value at a path or around it that is no map, or an empty map there."""
    inner: Any = groups
    for step in split(path):
        if not isinstance(inner, dict):
            return True
        if step not in inner:
            return False
        inner = inner[step]
    return inner == {} or not isinstance(inner, dict)


@FEW
@given(STACKS)
def test_every_value_was_given_by_the_layer_that_is_named_and_by_none_after_it(stacks: list[dict[str, Any]]) -> None:
    merged = merge(numbered(stacks))
    origins = dict(merged.origins())
    assert list(origins) == [path for group, value in merged.values.items() for path in ends(value, f"mcp:{group}")]
    for path, origin in origins.items():
        number = int(origin.layer)
        value = at(merged.values, path)
        assert value == {} or at(stacks[number], path) == value
        assert not any(says_something(later, path) for later in stacks[number + 1 :])
        assert merged.origin_of(path) == origin


def test_a_null_with_nothing_below_stays_so_that_reading_tells_an_empty_value() -> None:
    assert merge([named({"server": {"port": None}}, "stack")]).values == {"server": {"port": None}}
    lower = named({"server": {"port": 3000}}, "defaults")
    assert merge([lower, named({"server": {"port": None}}, "stack")]).values == {"server": {}}


def test_null_is_a_value_where_it_means_something() -> None:
    lower = named({"edge": {"gateway": {"section": "https", "name": "public"}}}, "defaults")
    upper = named({"edge": {"gateway": {"section": None, "name": None}}}, "stack")
    merged = merge([lower, upper], null_values={("edge", "gateway", "section")})
    assert merged.values == {"edge": {"gateway": {"section": None}}}
    server = {"servers": {"orders": {"edge": {"gateway": {"section": None}}}}}
    merged = merge([lower, named(server, "stack")], null_values={("edge", "gateway", "section")})
    assert merged.server("orders").values == {"edge": {"gateway": {"section": None, "name": "public"}}}


def test_a_path_without_a_value_is_where_the_nearest_value_around_it_is() -> None:
    lower = named({"edge": {"host": "a"}, "server": {"eras": ["sse", "modern"]}}, "defaults")
    merged = merge([lower, named({"edge": {"kind": "ingress"}, "database": None}, "stack")])
    assert str(merged.origin_of("mcp:edge.gateway.name")) == "stack"
    assert str(merged.origin_of("mcp:server.eras[1]")) == "defaults"
    assert str(merged.origin_of("mcp:database.host")) == "stack"
    assert merged.origin_of("mcp:region.name") is None
    assert merged.origin_of("PULUMI_CONFIG") is None
    assert merged.origin_of("") is None


# One of several servers.


def region() -> Merged:
    defaults = {
        "server": {"port": 3000, "image": "a:1"},
        "database": {"host": "db"},
        "servers": {"orders": {"server": {"image": "orders:1"}}, "search": {"database": None}},
    }
    stack = {
        "server": {"image": "b:1"},
        "servers": {"orders": {"server": {"port": 9000}, "database": None}, "mail": {}, "plain": None},
    }
    return merge([Layer(name="defaults", values=defaults, under="mcp:defaults"), Layer(name="stack", values=stack)])


def test_a_server_s_groups_are_laid_over_the_stack_s_and_these_over_the_defaults() -> None:
    merged = region()
    assert merged.servers == ("orders", "search", "mail", "plain")
    assert merged.server("orders").values == {"server": {"port": 9000, "image": "orders:1"}}
    assert merged.server("search").values == {"server": {"port": 3000, "image": "b:1"}}
    rest = {"server": {"port": 3000, "image": "b:1"}, "database": {"host": "db"}}
    assert [merged.server(name).values for name in ("mail", "plain", "nobody")] == [rest] * 3
    assert merge([]).servers == ()


def test_the_values_of_a_server_say_where_they_are_written() -> None:
    orders = region().server("orders")
    assert {path: origin.path for path, origin in orders.origins()} == {
        "mcp:server.port": "mcp:servers.orders.server.port",
        "mcp:server.image": "mcp:defaults.servers.orders.server.image",
    }
    assert str(region().server("search").origin_of("mcp:server.port")) == "defaults"
    gone = orders.origin_of("mcp:database")
    assert gone is not None
    assert gone.path == "mcp:servers.orders.database"


def test_the_place_of_a_server_leads_to_its_own_value_or_to_that_of_all() -> None:
    merged = region()
    places = (
        "orders.server.port",
        "orders.server.image",
        "mail.server.port",
        "mail.server.image",
        "mail.database.host",
    )
    found = [merged.origin_of(f"mcp:servers.{place}") for place in places]
    assert [origin and origin.path for origin in found] == [
        "mcp:servers.orders.server.port",
        "mcp:defaults.servers.orders.server.image",
        "mcp:defaults.server.port",
        "mcp:server.image",
        "mcp:defaults.database.host",
    ]


@FEW
@given(STACKS, GROUPS)
def test_a_server_is_one_layer_more(stacks: list[dict[str, Any]], own: dict[str, Any]) -> None:
    below = [{key: value for key, value in groups.items() if key != "servers"} for groups in stacks]
    merged = merge(numbered([*below, {"servers": {"orders": own}}]))
    assert merged.server("orders").values == merge(numbered([*below, own])).values


# Lines.


def written(data: Any, style: bool | None) -> str:
    return yaml.safe_dump(data, default_flow_style=style, sort_keys=False, width=40)


def places(data: Any, lines: Lines, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], int]]:
    members = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    assert set(lines.members) == {key for key, _ in members}
    for key, inner in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield (*path, key), lines.members[key].line
        yield from places(inner, lines.members[key], (*path, key))


NUMBERED = st.recursive(
    st.just(0), lambda inner: st.lists(inner, min_size=1, max_size=3) | st.dictionaries(WORDS, inner, min_size=1)
)


def counted(value: Any, numbers: Iterator[int]) -> Any:
    """The value with a name of its own for every key and scalar, so that its line can be found as text."""
    if isinstance(value, dict):
        return {f"k{next(numbers)}": counted(inner, numbers) for inner in value.values()}
    return [counted(inner, numbers) for inner in value] if isinstance(value, list) else f"v{next(numbers)}"


@pytest.mark.grid
@FEW
@given(st.dictionaries(WORDS, NUMBERED, min_size=1), st.sampled_from([None, False, True]))
def test_the_line_of_every_value_is_where_it_is_written(shape: Any, style: bool | None) -> None:
    data = counted(shape, iter(range(10_000)))
    text = written(data, style)
    read, lines = parse_with_lines(text)
    assert read == data
    for path, line in places(read, lines):
        value = reduce(lambda inner, step: inner[step], path, data)
        word = next((word for word in (path[-1], value) if isinstance(word, str)), "")
        assert not word or word in re.split(r"[\s:,\[\]{}]+", text.splitlines()[line - 1])
        if not word and style is False:
            assert text.splitlines()[line - 1].lstrip("- ").strip()


def test_aliases_merge_keys_and_comments() -> None:
    text = (
        "# head\nbase: &base\n  port: 1\n\n  # why\n  list:\n    - a\n    -\n      b: 1\n"
        "one:\n  <<: *base\n  port: 2\ntwo: *base\n"
        "three: {<<: [*base, {x: 1}], y: 1}\n'quo ted': |\n  x\n"
    )
    data, lines = parse_with_lines(text)
    line = {".".join(map(str, path)): number for path, number in places(data, lines)}
    assert [line["base"], line["base.port"], line["base.list"], line["base.list.0"]] == [2, 3, 6, 7]
    assert [line["base.list.1"], line["base.list.1.b"]] == [9, 9]
    assert [line["one"], line["one.port"], line["one.list"]] == [10, 12, 6]
    assert [line["two"], line["two.port"]] == [13, 3]
    assert [line["three"], line["three.port"], line["three.x"], line["three.y"]] == [14, 3, 14, 14]
    assert line["quo ted"] == 15
    assert parse_with_lines("") == (None, Lines(1))


def test_an_origin_names_the_line_of_its_own_layer_down_into_lists() -> None:
    def layer(name: str, text: str, under: str = "") -> Layer:
        data, lines = parse_with_lines(text)
        return Layer(name=name, values=data, file=f"{name}.yaml", lines=lines.members, under=under)

    lower = layer("defaults", "server:\n  port: 1\n  egress:\n  - port: 443\n    cidrs: [a]\n", "mcp:defaults")
    upper = layer("stack", "# other\nserver:\n  port: 2\nedge: {}\n")
    merged = merge([lower, upper])
    assert {path: str(origin) for path, origin in merged.origins()} == {
        "mcp:server.port": "stack.yaml:3",
        "mcp:server.egress": "defaults.yaml:3",
        "mcp:edge": "stack.yaml:4",
    }
    inner = merged.origin_of("mcp:server.egress[0].cidrs[0]")
    assert inner == Origin("defaults", "mcp:defaults.server.egress[0].cidrs[0]", "defaults.yaml", 5)
    assert str(merged.origin_of("mcp:server.egress[0].more")) == "defaults.yaml:4"
    assert str(merged.origin_of("mcp:server.image")) == "stack.yaml:2"


KEYS = st.text(st.characters(blacklist_categories=("Cs",)), min_size=1, max_size=20)
STEPS = st.lists(KEYS.filter(lambda key: '"' not in key and key.isprintable()) | st.integers(0, 99), max_size=4)


@pytest.mark.grid
@FEW
@given(STEPS)
def test_a_path_splits_into_the_steps_that_it_was_joined_from(steps: list[str | int]) -> None:
    assert split(reduce(join, steps, "mcp:server")) == ("server", *steps)


def test_a_place_in_another_file_is_no_part_of_a_path() -> None:
    assert split("mcp:server.profile (orders.yaml: eras[0])") == ("server", "profile")
    assert split("other:server") == split("server") == split("line 3, column 5") == ()


# Work.


def calls(all_layers: list[Layer]) -> int:
    """How often a function of the module is entered while the layers are merged and read."""
    entered = 0
    file = str(Path(layers.__file__))

    def count(frame: Any, event: str, _: Any) -> None:
        nonlocal entered
        entered += event == "call" and frame.f_code.co_filename == file

    sys.setprofile(count)
    try:
        merged = merge(all_layers)
        assert merged.values
        assert len(list(merged.origins())) > 0
    finally:
        sys.setprofile(None)
    return entered


def same_keys(layers_: int, width: int) -> list[Layer]:
    groups = {f"g{group}": {f"k{key}": {"x": key, "y": group} for key in range(width)} for group in range(3)}
    return [named(groups, str(number)) for number in range(layers_)]


def own_keys(layers_: int, width: int) -> list[Layer]:
    return [
        named({"server": {f"k{number}-{key}": {"x": 1} for key in range(width)}}, str(number))
        for number in range(layers_)
    ]


@pytest.mark.grid
@pytest.mark.parametrize("make", [same_keys, own_keys])
def test_the_work_is_linear_in_the_number_of_layers_and_of_values(make: Any) -> None:
    small, more_layers, wider = calls(make(10, 10)), calls(make(40, 10)), calls(make(10, 40))
    assert more_layers < 4.3 * small
    assert wider < 4.3 * small
    assert small < 10 * 10 * 3 * 3 * 8


@FEW
@given(st.integers(1, 200))
def test_a_deep_map_of_one_key_is_no_more_work_than_its_depth(depth: int) -> None:
    deep: Any = 1
    for _ in range(depth):
        deep = {"a": deep}
    assert calls([named({"server": deep}, "a"), named({"server": deep}, "b")]) < 20 * (depth + 3)
