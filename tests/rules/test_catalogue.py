"""The catalogue holds every rule once, in order, each with words that a person can use."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from pulumi_kubernetes_mcp import rules
from pulumi_kubernetes_mcp.rules.catalogue import AREAS, CATALOGUE, nearest, rule
from pulumi_kubernetes_mcp.rules.model import Rule, Severity
from tests.table import table
from tools.docs import findings

MODULES = [importlib.import_module(found.name) for found in pkgutil.walk_packages(rules.__path__, f"{rules.__name__}.")]


def constants(module: ModuleType) -> set[str]:
    """Codes of the rules that are assigned in the source of a module, not those that it imports."""
    names = {
        target.id
        for node in ast.parse(inspect.getsource(module)).body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return {value.code for name, value in vars(module).items() if name in names and isinstance(value, Rule)}


@pytest.mark.grid
def test_every_rule_of_the_package_is_in_the_catalogue_and_nothing_else() -> None:
    assert set[str]().union(*map(constants, MODULES)) == {known.code for known in CATALOGUE}


@pytest.mark.grid
@table("module", MODULES, ids=lambda module: module.__name__.removeprefix(f"{rules.__name__}."))
def test_a_module_lists_the_rules_that_are_written_in_it(module: ModuleType) -> None:
    listed = {known.code for known in getattr(module, "RULES", ())}
    inside = [other for other in MODULES if other.__name__.startswith(f"{module.__name__}.")]
    assert listed == constants(module).union(*map(constants, inside))


def test_codes_are_unique_and_sorted() -> None:
    codes = [known.code for known in CATALOGUE]
    assert codes == sorted(set(codes))
    assert all(re.fullmatch(r"MCP[1-9]\d\d", code) for code in codes)
    assert {code[3] for code in codes} == set(AREAS)


def test_slugs_are_unique_and_short() -> None:
    slugs = [known.slug for known in CATALOGUE]
    assert len(set(slugs)) == len(slugs)
    for slug in slugs:
        assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", slug), slug
        assert len(slug) <= 36, slug


def test_a_name_stays_once_it_was_given(tmp_path: Path) -> None:
    """Stacks accept warnings by it. What is written down is held against the rules; what is new is added."""
    written = tmp_path / "rules.txt"
    written.write_text("MCP309 unknown-controller\n", encoding="utf-8")
    text = findings.names(written)
    assert len(text.splitlines()) == len(CATALOGUE)
    assert "MCP309 unknown-controller\n" in text
    for line in ("MCP309 other-controller", "MCP310 gone"):
        written.write_text(f"{line}\n", encoding="utf-8")
        code, slug = line.split()
        with pytest.raises(ValueError, match=f"^{code} is called '{slug}' in rules.txt, and a stack may accept it"):
            findings.names(written)


def test_titles_are_unique_and_texts_are_sentences() -> None:
    assert len({known.title for known in CATALOGUE}) == len(CATALOGUE)
    for known in CATALOGUE:
        assert not known.title.endswith("."), known.code
        for text in (known.meaning, known.why, *([known.note] if known.note else [])):
            assert text.endswith("."), known.code
            assert "  " not in text, known.code


def test_a_rule_is_found_by_its_code_and_by_its_slug() -> None:
    assert rule("MCP401").title == "more connections than the database allows"
    assert rule("connection-budget-exceeded") is rule("mcp401") is rule(" MCP401 ")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("MCP999", "there is no finding MCP999; codes go from MCP101 to MCP902"),
        ("MCP30", "there is no finding MCP30; did you mean MCP309 or MCP308 or MCP307?"),
        ("unkown-controler", "there is no finding unkown-controler; did you mean unknown-controller"),
        ("sqlite", "there is no finding sqlite; codes go from MCP101 to MCP902"),
    ],
)
def test_a_rule_that_does_not_exist_is_refused_with_the_nearest_names(name: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
        rule(name)


def test_a_part_of_a_slug_finds_the_slugs_that_have_it() -> None:
    assert nearest("pooler") == ["pooler-above-budget", "pooler-refuses-clients", "single-pooler"]


def test_texts_are_kept_without_the_indentation_of_the_source() -> None:
    known = Rule(
        code="MCP999", slug="any", severity=Severity.ERROR, title="", meaning="", why="",
        fails="""
            mcp:server:
              name: a
            """,
        passes="McpService()",
    )  # fmt: skip
    assert (known.fails, known.language) == ("mcp:server:\n  name: a", "yaml")
    assert replace(known, fails="McpService()").language == "python"
