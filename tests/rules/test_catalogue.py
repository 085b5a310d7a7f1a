"""The catalogue holds every rule once, in order, each with words that a person can use."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

from pulumi_kubernetes_mcp import rules as findings
from pulumi_kubernetes_mcp.rules.catalogue import CATALOGUE, rule
from pulumi_kubernetes_mcp.rules.model import Rule


def test_every_rule_constant_is_in_the_catalogue_and_nothing_else() -> None:
    modules = [
        importlib.import_module(f"{findings.__name__}.{found.name}")
        for found in pkgutil.iter_modules(findings.__path__)
    ]
    constants = {value.code for module in modules for value in vars(module).values() if isinstance(value, Rule)}
    assert constants == {known.code for known in CATALOGUE}


def test_codes_are_unique_and_sorted() -> None:
    codes = [known.code for known in CATALOGUE]
    assert codes == sorted(set(codes))


def test_titles_are_unique_and_texts_are_sentences() -> None:
    assert len({known.title for known in CATALOGUE}) == len(CATALOGUE)
    for known in CATALOGUE:
        assert not known.title.endswith("."), known.code
        assert known.why.endswith("."), known.code
        assert "  " not in known.why, known.code


def test_a_rule_is_found_by_its_code() -> None:
    assert rule("MCP401").title == "more connections than the database allows"
    with pytest.raises(ValueError, match=r"^there is no finding MCP999; codes go from MCP101 to MCP902$"):
        rule("MCP999")
