"""The words of a finding at either door: what a mark becomes, and that every mark of the rules is known at both."""

from __future__ import annotations

import ast
import re
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import pulumi_kubernetes_mcp
from pulumi_kubernetes_mcp import McpAutoscalingArgs, wiring
from pulumi_kubernetes_mcp.autoscaling.args import autoscaling_findings
from pulumi_kubernetes_mcp.keys import COMPONENTS
from pulumi_kubernetes_mcp.rules import doors
from pulumi_kubernetes_mcp.rules.applied.components import door
from pulumi_kubernetes_mcp.rules.model import Finding, Rule, Severity
from pulumi_kubernetes_mcp.rules.workload import image_findings
from tests.rules.test_checks import inspected
from tests.rules.test_scaling_paths import BOUNDS, PLACED
from tests.table import table
from tools import source

HOME = Path(pulumi_kubernetes_mcp.__file__).parent
SOURCES = [
    path
    for room in ("rules", "autoscaling", "edge", "namespace", "pooler", "secrets", "server")
    for path in sorted((HOME / room).rglob("*.py"))
]
RULE = Rule(code="MCP999", slug="any", severity=Severity.ERROR, title="", meaning="", why="", fails="", passes="")
KEYS = {
    "least": "mcp:scaling.leastPods",
    "version": "mcp:region.version",
    "plans": "mcp:scaling.plans",
    "plans[]": "mcp:scaling.plans[]",
    "plans[].from_time": "mcp:scaling.plans[].fromTime",
    "plans[].least": "mcp:scaling.plans[].least",
    "plans[].object": "mcp:scaling.plans[].thing",
    "plans[].object.api_version": "mcp:scaling.plans[].thing.apiVersion",
    "env": "mcp:server.env",
}


AUTOSCALING_KEYS = door("McpAutoscaling")


def at(path: str, text: str) -> Finding:
    return RULE.at(path, text, "")


def arguments(hint: type, around: str = "") -> Iterator[str]:
    """Every path of an argument type: ``schedules``, ``schedules[]``, ``schedules[].name``."""
    for name, annotation in hint.__annotations__.items():
        path = f"{around}{name}"
        yield path
        inner: Any = annotation
        if typing.get_origin(inner) is typing.NotRequired:
            (inner,) = typing.get_args(inner)
        if typing.get_origin(inner) is list:
            path, (inner,) = f"{path}[]", typing.get_args(inner)
            yield path
        if typing.is_typeddict(inner):
            yield from arguments(inner, f"{path}.")


PROGRAM = {path: path for path in arguments(McpAutoscalingArgs)}


# A mark


@pytest.mark.parametrize(
    ("path", "text", "words"),
    [
        ("least", "Lower ⟦least⟧.", "Lower leastPods."),
        ("other", "Lower ⟦least⟧.", "Lower mcp:scaling.leastPods."),
        ("least", "Give ⟦version⟧, or ⟦least⟧ and ⟦version⟧", "Give mcp:region.version, or leastPods and "
         "mcp:region.version"),
        ("plans[12].from_time", "⟦from_time⟧ and ⟦least⟧", "fromTime and least"),
        ("plans[12]", "⟦from_time⟧", "fromTime"),
        ("plans", "⟦from_time⟧", "from_time"),
        ("plans[0].object", "⟦api_version⟧", "apiVersion"),
        ("plans[0]", "⟦object.api_version⟧", "thing.apiVersion"),
        ("least", "Keep ⟦plans[3].from_time⟧ or ⟦plans[3]⟧.", "Keep plans[3].fromTime or plans[3]."),
        ("least", "'[[5m]]', a[0][[1]] and [[ no", "'[[5m]]', a[0][[1]] and [[ no"),
        ("least", "[[[least]", "[[[least]"),
        ("least", "'[[least]]' is lower than ⟦least⟧", "'[[least]]' is lower than leastPods"),
        ("least", "⟦⟦least⟧⟧, ⟦no", "⟦leastPods⟧, ⟦no"),
        ("least", "⟦2least⟧, ⟦Least⟧ and ⟦least⟧", "⟦2least⟧, ⟦Least⟧ and leastPods"),
        ("least", "plain", "plain"),
    ],
)  # fmt: skip
def test_a_mark_is_a_key_at_the_stack_door(path: str, text: str, words: str) -> None:
    (found,) = doors.in_keys([at(path, text)], KEYS)
    assert found.problem == words


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("plans[12].from_time", "mcp:scaling.plans[12].fromTime"),
        ("plans[1].object.api_version", "mcp:scaling.plans[1].thing.apiVersion"),
        ("plans[1].other[0].from_time", "mcp:scaling.plans[1].other[0].from_time"),
        ("env.from_time", "mcp:server.env.from_time"),
        ("elsewhere[0]", "elsewhere[0]"),
        ("", ""),
    ],
)
def test_a_path_is_that_of_the_key_as_far_as_the_table_knows(path: str, place: str) -> None:
    assert [one.path for one in doors.in_keys([at(path, "")], KEYS)] == [place]


def test_a_mark_is_the_name_as_it_is_at_the_program_door() -> None:
    given = RULE.at("plans[0].from_time", "Raise ⟦least⟧, or ⟦plans[0].object⟧.", "Give '[[5m]]'; keep ⟦env⟧.")
    (found,) = doors.in_arguments([given])
    assert str(found) == "error MCP999 at plans[0].from_time: Raise least, or plans[0].object. Give '[[5m]]'; keep env."


def test_both_texts_are_translated_and_the_rest_stays() -> None:
    given = RULE.at("least", "⟦least⟧ is low.", "Raise ⟦least⟧.")
    (found,) = doors.in_keys([given], KEYS)
    assert (found.code, found.severity, found.problem, found.remedy) == (
        *("MCP999", Severity.ERROR, "leastPods is low.", "Raise leastPods."),
    )


# The marks of the rules


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Line and text of every constant that is no docstring, of a module with a mark somewhere."""
    text = path.read_text(encoding="utf-8")
    if "⟦" not in text:
        return
    nodes = list(ast.walk(ast.parse(text)))
    documentation = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node.lineno, node.value


MARKED = sorted({name for path in SOURCES for _, text in texts(path) for name in doors.marks(text)})


def test_rules_mark_names() -> None:
    assert {"min_replicas", "hpa_name", "secret_name", "scale_up", "kind"} <= set(MARKED)


@table("name", MARKED)
def test_every_mark_is_known_at_both_doors(name: str) -> None:
    placed = [path for component in COMPONENTS for path in door(component) if f".{path}".endswith(f".{name}")]
    assert placed, "no door of a stack file has this argument"
    given = {key for hint in source.argument_types().values() for key in hint.__annotations__}
    assert name.rpartition(".")[2] in given


@pytest.mark.grid
@table("path", SOURCES, ids=lambda path: str(path.relative_to(HOME)))
def test_a_name_with_an_underscore_stands_in_a_sentence_only_as_a_mark(path: str | Path) -> None:
    types = {name: hint for name, hint in source.argument_types().items() if not name.startswith("Region")}
    given = {key for hint in types.values() for key in hint.__annotations__ if "_" in key}
    for finding_text in findings_of(Path(path)):
        plain = re.sub("⟦.+?⟧", "", finding_text)
        assert not set(re.findall(r"\w+", plain)) & given, finding_text


def findings_of(path: Path) -> Iterator[str]:
    """What a module hands to ``Rule.at`` as problem and remedy, as far as it is written there."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "at":
            for argument in node.args[1:]:
                for part in ast.walk(argument):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        yield part.value


@pytest.mark.grid
@table("keys", [AUTOSCALING_KEYS, PROGRAM], ids=["stack", "program"])
@table("code, scaling, path", PLACED, ids=[f"{code}-{path}-{place}" for place, (code, _, path) in enumerate(PLACED)])
def test_every_mark_of_a_finding_is_resolved_at_its_place(
    code: str, scaling: dict[str, Any], path: str, keys: dict[str, str]
) -> None:
    """Marks that are put together when a rule speaks are seen here, and each where it stands."""
    args = wiring.known_autoscaling_args(inspected(scaling={**BOUNDS, **scaling}).first)
    for found in autoscaling_findings(args):
        for name in [*doors.marks(found.problem), *doors.marks(found.remedy)]:
            assert doors.resolve(name, found.path, keys) is not None, (name, found.path)


def test_the_table_of_the_autoscaler_knows_arguments_only() -> None:
    unknown = AUTOSCALING_KEYS.keys() - PROGRAM.keys()
    assert unknown == set()


@pytest.mark.parametrize("image", ["mcp:[[port]]", "[[min_replicas]]:latest"])
def test_brackets_in_a_text_of_the_user_stay(image: str) -> None:
    (found,) = doors.in_keys(image_findings(image, path="image"), door("McpService"))
    assert f"'{image}'" in found.problem
    (found,) = doors.in_arguments(image_findings(image, path="image"))
    assert f"'{image}'" in found.problem


@pytest.mark.grid
def test_no_text_marks_a_name_with_brackets() -> None:
    """Which is how names were marked once: a reader would see the brackets."""
    everywhere = [(path.name, text) for path in sorted(HOME.rglob("*.py")) for _, text in texts(path)]
    assert [one for one in everywhere if re.search(r"\[\[([a-z_]+\]\]|$)", one[1])] == []
