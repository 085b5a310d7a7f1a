"""The map of the house is complete, and the walk of ``maxToolSeconds`` is what really happens."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
import yaml

import pulumi_kubernetes_mcp
from pulumi_kubernetes_mcp import program
from pulumi_kubernetes_mcp.offline.diff import field_changes
from pulumi_kubernetes_mcp.testing import record

ROOT = Path(__file__).parents[2]
PACKAGE = Path(pulumi_kubernetes_mcp.__file__).parent
PAGE = ROOT / "docs" / "architecture.md"
NO_CHANGE = "–"
MANY = [pytest.mark.grid]
"""What one era alone does, both together do too."""

Row = Mapping[str, str]
Expected = dict[tuple[str, str], tuple[str, str]]


@dataclass(frozen=True)
class Walk:
    """One change of the value in one stack: what the page says that it changes."""

    stack: str
    eras: tuple[str, ...]
    before: int
    after: int

    def __str__(self) -> str:
        return f"{self.stack}-{'+'.join(self.eras)}-{self.after}"


@cache
def text() -> str:
    return PAGE.read_text(encoding="utf-8")


def tables() -> Iterator[tuple[str, list[Row]]]:
    """Every table of the page with the line above it; a row maps the heading of a column to its cell."""
    for found in re.finditer(r"^(.+)\n\n((?:\|.*\n)+)", text(), re.MULTILINE):
        lines = [re.split(r"(?<!\\)\|", line)[1:-1] for line in found[2].splitlines()]
        header = [cell.strip() for cell in lines[0]]
        yield found[1], [dict(zip(header, (c.strip() for c in line), strict=True)) for line in lines[2:]]


def rows(column: str) -> list[Row]:
    """The rows of the one table that begins with this column."""
    (found,) = [body for _, body in tables() if next(iter(body[0])) == column]
    return found


def code(cell: str) -> list[str]:
    """What stands in backquotes."""
    return re.findall(r"`([^`]+)`", cell)


@cache
def stacks() -> dict[str, dict[str, dict[str, Any]]]:
    """The stacks of the page: A in full, the others by what differs."""
    base = yaml.safe_load(re.findall(r"```yaml\n(.+?)```", text(), re.DOTALL)[0])
    result = {"A": base}
    for row in rows("stack"):
        changed = {group: dict(values) for group, values in base.items()}
        for difference in code(row["is A, but with"]):
            path, value = difference.split(": ", 1)
            group, key = path.split(".")
            changed[group][key] = yaml.safe_load(value)
        result[row["stack"]] = changed
    return result


@cache
def expected() -> dict[Walk, Expected]:
    """Every walk of the page: object and field to the values before and after."""
    result: dict[Walk, Expected] = {}
    for above, body in tables():
        found = re.fullmatch(r"`maxToolSeconds` from (\d+) to (\d+):", above)
        for row in body if found else []:
            kind, (name,) = row["object"].split(" ")[0], code(row["object"])
            for column in list(row)[3:]:
                for stack in row["stacks"].split():
                    walk = Walk(stack, tuple(code(column)), int(found[1]), int(found[2]))  # type: ignore[index]
                    changes = result.setdefault(walk, {})
                    if row[column] != NO_CHANGE:
                        before, after = row[column].split(" → ")
                        changes[f"{kind} {name}", code(row["field"])[0]] = (before, after)
    return result


def config(walk: Walk, seconds: int) -> dict[str, Any]:
    values = {group: dict(given) for group, given in stacks()[walk.stack].items()}
    values["mcp:server"] |= {"eras": list(walk.eras), "maxToolSeconds": seconds}
    return values


def rendered(walk: Walk, seconds: int) -> dict[str, dict[str, Any]]:
    """Every object of the stack, by kind and name."""
    run = record(program.run, config=config(walk, seconds), project="mcp", stack="walk")
    return {f"{body['kind']} {body['metadata']['name']}": body for body in run.manifests()}


def test_the_page_walks_through_every_era_and_every_stack() -> None:
    eras = {era for walk in expected() for era in walk.eras}
    assert eras == {"modern", "legacy-stateless", "legacy-stateful", "sse"}
    assert {walk.stack for walk in expected()} == set(stacks()) == {"A", "B", "C", "D"}
    assert len(expected()) == 3 * 5 + 1


@pytest.mark.grid
@pytest.mark.parametrize(
    "walk",
    [
        pytest.param(walk, marks=[] if walk.stack == "D" or walk.eras == ("modern", "legacy-stateful") else MANY)
        for walk in expected()
    ],
    ids=str,
)
def test_the_value_changes_exactly_what_the_page_says(walk: Walk) -> None:
    before, after = rendered(walk, walk.before), rendered(walk, walk.after)
    assert before.keys() == after.keys()
    changed = {
        (name, field.path): (str(field.old), str(field.new))
        for name in before
        for field in field_changes(before[name], after[name])
    }
    assert changed == expected()[walk]


def test_stack_a_has_every_object_that_a_stack_can_have() -> None:
    walk = Walk("A", ("modern", "legacy-stateful"), 60, 120)
    kinds = {name.split(" ")[0] for name in rendered(walk, 60)}
    assert {"ScaledObject", "HTTPRoute", "BackendTrafficPolicy", "ConfigMap", "PodDisruptionBudget"} <= kinds


def calls(walk: Walk) -> list[tuple[str, str]]:
    """File and function of everything of the package that a run calls, in order of the first call."""
    seen: dict[tuple[str, str], None] = {}
    package = f"{PACKAGE}/"

    def called(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(package):
            seen.setdefault((frame.f_code.co_filename.removeprefix(package), frame.f_code.co_qualname))

    profiler = sys.getprofile()
    sys.setprofile(called)
    try:
        rendered(walk, walk.before)
    finally:
        sys.setprofile(profiler)
    return list(seen)


MOST_HOPS = 7


def walks() -> dict[str, list[Row]]:
    """The value of each walk to its hops."""
    found = [part.partition("`")[0] for part in text().split("## The walk of one value: `")[1:]]
    return dict(zip(found, [body for _, body in tables() if next(iter(body[0])) == "hop"], strict=True))


def test_the_page_walks_a_derived_a_passed_and_a_shared_value() -> None:
    assert list(walks()) == ["maxToolSeconds", "imagePullSecrets", "database.maxConnections"]


@pytest.mark.grid
def test_the_hops_are_made_in_this_order() -> None:
    made = calls(Walk("A", ("modern",), 60, 120))
    for value, body in walks().items():
        hops = [(code(row["file"])[0], code(row["function"])[0]) for row in body]
        assert [row["hop"] for row in body] == [str(number) for number in range(1, len(hops) + 1)], value
        assert [hop for hop in made if hop in hops] == hops, value


def test_a_walk_is_short_and_enters_no_room_twice() -> None:
    for value, body in walks().items():
        rooms = [code(row["file"])[0].partition("/")[0] for row in body]
        assert len(rooms) <= MOST_HOPS, value
        assert len(set(rooms)) == len(rooms), value


@pytest.mark.grid
def test_the_hop_of_an_ingress_is_made_too() -> None:
    made = calls(Walk("D", ("modern",), 60, 120))
    assert ("edge/annotations.py", "annotations_of") in made
    assert ("edge/policies.py", "backend_traffic_policy") not in made


def test_the_map_names_every_room_of_the_package_and_no_other() -> None:
    body = next(body for above, body in tables() if above.startswith("Inside the package"))
    named = [room.rstrip("/") for row in body for room in code(row["room"])]
    there = [path.name for path in PACKAGE.iterdir() if path.suffix == ".py" or path.joinpath("__init__.py").exists()]
    assert sorted(named) == sorted(set(there) - {"__init__.py"})


def test_the_map_of_the_repository_names_what_is_there() -> None:
    body = next(body for above, body in tables() if above == "## The house")
    for row in body:
        assert ROOT.joinpath(code(row["room"])[0]).exists(), row["room"]
