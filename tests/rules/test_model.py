"""Acceptances drop warnings of their code, and nothing else."""

from __future__ import annotations

from dataclasses import replace

from pulumi_kubernetes_mcp.rules.acceptance import accept
from pulumi_kubernetes_mcp.rules.edge import COOKIE_AFFINITY, NO_AFFINITY, SSE_DEPRECATED
from pulumi_kubernetes_mcp.rules.model import errors, located, warnings

WARNING = COOKIE_AFFINITY.at("a", "A.", "B.")
OTHER = SSE_DEPRECATED.at("e", "A.", "B.")
ERROR = NO_AFFINITY.at("a", "A.", "B.")


def test_an_accepted_warning_is_gone_and_the_order_stays() -> None:
    assert accept([OTHER, WARNING, ERROR, WARNING], {"MCP304": "only Python"}, "mcp:accept") == [OTHER, ERROR]
    assert accept([OTHER, ERROR], {}, "mcp:accept") == [OTHER, ERROR]


def test_an_error_cannot_be_accepted() -> None:
    kept = accept([ERROR], {"MCP303": "we are brave"}, "mcp:accept")
    assert kept[0] == ERROR
    assert str(kept[1]) == (
        "error MCP902 at mcp:accept: MCP303 is accepted, but it is an error. Remove MCP303 here and mend "
        "what MCP303 names."
    )


def test_an_acceptance_that_matches_nothing_is_a_warning() -> None:
    kept = accept([OTHER], {"MCP304": "only Python"}, "mcp:accept")
    assert [str(finding) for finding in kept[1:]] == [
        "warning MCP901 at mcp:accept: MCP304 is accepted, but this stack does not raise it. Remove "
        "MCP304 from the list."
    ]


def test_severities_are_told_apart() -> None:
    assert errors([WARNING, ERROR]) == [ERROR]
    assert warnings([WARNING, ERROR]) == [WARNING]
    assert str(WARNING) == "warning MCP304 at a: A. B."


def test_a_warning_is_accepted_by_its_name_too() -> None:
    assert accept([OTHER, WARNING, ERROR], {"cookie-affinity": "only Python"}, "mcp:accept") == [OTHER, ERROR]
    (kept,) = accept([], {"cookie-affinity": "only Python"}, "mcp:accept")
    assert kept.problem == "cookie-affinity is accepted, but this stack does not raise it."
    assert accept([ERROR], {"sessions-without-affinity": "brave"}, "p")[1].remedy == (
        "Remove sessions-without-affinity here and mend what sessions-without-affinity names."
    )


def test_a_finding_has_the_name_of_its_rule() -> None:
    assert (WARNING.code, WARNING.slug) == ("MCP304", "cookie-affinity")


class Given:
    """Where a value was given."""

    file = "stacks/Pulumi.dev.yaml"
    line = 7


def test_findings_are_located_by_their_path() -> None:
    elsewhere = replace(ERROR, path="mcp:edge", file="other.yaml", line=3)
    asked = {WARNING.path: Given()}
    found, unknown, known = located([WARNING, replace(ERROR, path="nowhere"), elsewhere], asked.get)
    assert (found.file, found.line) == ("stacks/Pulumi.dev.yaml", 7)
    assert (unknown.file, unknown.line) == (None, None)
    assert (known.file, known.line) == ("other.yaml", 3)
    assert found == WARNING


def test_errors_come_first_and_then_places() -> None:
    early = replace(WARNING, path="a")
    assert sorted([WARNING, early, ERROR]) == [ERROR, early, WARNING]
