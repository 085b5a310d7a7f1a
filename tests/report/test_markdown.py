"""Markdown as a parser reads it: the same text, tables with equal rows, nothing that takes effect."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from pulumi_kubernetes_mcp.report.compare import compare_document
from pulumi_kubernetes_mcp.report.document import Column, Document, Facts, Items, Section, Table
from pulumi_kubernetes_mcp.report.markdown import code, escape, markdown, prose, table
from pulumi_kubernetes_mcp.report.plan import plan_document
from tests.sizes import examples

from .stacks import LEAST, RICH, STACKS, plan_of

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
LINES = st.text(st.characters(categories=("L", "N", "P", "S"), include_characters=" "), max_size=40)


def plain(token: Token) -> str:
    """What a reader sees of an inline token."""
    parts = [child.content for child in token.children or [] if child.type in ("text", "code_inline", "text_special")]
    return "".join(parts).replace("\u200b", "")


def kinds(token: Token) -> set[str]:
    return {child.type for child in token.children or []}


def tables(text: str) -> list[list[list[str]]]:
    """Every table of a page: its rows of cells."""
    found: list[list[list[str]]] = []
    for token in PARSER.parse(text):
        if token.type == "table_open":
            found.append([])
        elif token.type == "tr_open":
            found[-1].append([])
        elif token.type == "inline" and found and token.level >= 4:
            found[-1][-1].append(plain(token))
    return found


@pytest.mark.grid
@examples(150)
@given(LINES)
def test_a_text_is_shown_as_it_is(text):
    (inline,) = [token for token in PARSER.parse(f"x {escape(text)} x") if token.type == "inline"]
    assert kinds(inline) <= {"text", "text_special", "html_inline"}
    assert {child.content for child in inline.children if child.type == "html_inline"} <= {"<span>", "</span>"}
    assert plain(inline).split() == ["x", *text.split(), "x"]


@examples(150)
@given(st.lists(st.tuples(LINES, LINES, LINES), min_size=1, max_size=4))
def test_a_table_has_the_cells_that_were_given(rows):
    columns = (Column(title="a|b"), Column(title="n", right=True), Column(title="path", code=True))
    found = tables(f"{table(Table(columns=columns, rows=tuple(rows)))}\n")
    assert len(found) == 1
    assert found[0][0] == ["a|b", "n", "path"]
    for cells, row in zip(found[0][1:], rows, strict=True):
        assert [cell.split() for cell in cells[:2]] == [cell.split() for cell in row[:2]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a | b", "a \\| b"),
        ("x < y & <b> &lt;", "x &lt; y & &lt;b&gt; &amp;lt;"),
        ("5 $/month, 6 $/month", "5 <span>$</span>/month, 6 <span>$</span>/month"),
        ("@team sees #12", "@&#8203;team sees #&#8203;12"),
        ("max_client_conn and _this_", "max_client_conn and \\_this\\_"),
        ("2 * 3 ~ 4 `x` [y]", "2 \\* 3 \\~ 4 \\`x\\` \\[y\\]"),
        ("two\nlines", "two lines"),
    ],
)
def test_what_would_take_effect_is_escaped(text, expected):
    assert escape(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a|b", "`a\\|b`"), ("tools[*].queries", "`tools[*].queries`"), ("a`b", "`` a`b ``"), ("", "")],
)
def test_code_in_a_cell(text, expected):
    assert code(text) == expected


def test_commands_and_settings_in_a_sentence_are_code():
    text = "2 more: '--all-inputs' shows them; give mcp:workload.tools, 'mcp-stack check' says 'so' | so."
    assert prose(text) == (
        "2 more: `--all-inputs` shows them; give `mcp:workload.tools`, `mcp-stack check` says 'so' \\| so."
    )


def test_a_document_with_all_its_parts():
    columns = (Column(title="figure"), Column(title="value", right=True))
    document = Document(
        title="Plan of a_b",
        blocks=(Facts(pairs=(("Pods", "3 | 4"),)),),
        sections=(
            Section(title="Working out", blocks=(Table(columns=columns, rows=(("x", "1 pod "),)),), folded=True),
            Section(title="Ways", blocks=("Two:", Items(texts=("one", "two")))),
        ),
        notes=("See 'mcp-stack check'.",),
    )
    assert markdown(document) == (
        "## Plan of a_b\n\n"
        "- **Pods:** 3 \\| 4\n\n"
        "### Ways\n\n"
        "Two:\n\n"
        "1. one\n2. two\n\n"
        "See `mcp-stack check`.\n\n"
        "<details>\n<summary>Working</summary>\n\n"
        "#### Working out\n\n"
        "| figure | value |\n| --- | ---: |\n| x | 1 pod |\n\n"
        "</details>\n"
    )


@pytest.mark.grid
@pytest.mark.parametrize("name", STACKS)
def test_a_plan_has_tables_with_equal_rows_and_every_figure(tmp_path, name):
    server = plan_of(tmp_path, STACKS[name])
    text = markdown(plan_document(server, sources=True, all_inputs=True))
    found = tables(text)
    for rows in found:
        assert {len(row) for row in rows} == {len(rows[0])}
    cells = {cell for rows in found for row in rows for cell in row}
    sections = server.plan.sections()
    for title in sections.keys() - {"Waiting"}:
        for figure in sections[title]:
            assert {figure.name, " ".join(figure.working.split()), " ".join(figure.source.split())} <= cells
    assert len(found) == len(sections) + 3 + bool(server.plan.replicas_by_hour)
    assert text.count("<details>") == text.count("</details>") == 1


def test_the_folded_part_is_markdown_again(tmp_path):
    """GitHub reads what stands after a blank line below a summary as Markdown."""
    text = markdown(plan_document(plan_of(tmp_path, RICH)))
    assert re.search(r"<summary>Working</summary>\n\n#### Load\n\n\| figure \|", text)
    assert re.search(r"\|\n\n</details>\n$", text)


def test_the_same_text_in_every_run(tmp_path):
    assert markdown(plan_document(plan_of(tmp_path, RICH))) == markdown(plan_document(plan_of(tmp_path, RICH)))


@pytest.mark.grid
def test_a_comparison_has_tables_with_equal_rows(tmp_path):
    document = compare_document(plan_of(tmp_path, LEAST, "least"), plan_of(tmp_path, RICH, "rich"))
    found = tables(markdown(document))
    assert [rows[0][0] for rows in found[:2]] == ["setting", "what holds"]
    for rows in found:
        assert {len(row) for row in rows} == {len(rows[0])}


@pytest.mark.grid
def test_what_a_person_named_takes_no_effect(tmp_path):
    values = {**RICH, "mcp:workload": {**RICH["mcp:workload"]}}
    tools = [dict(tool) for tool in RICH["mcp:workload"]["tools"]]
    tools[0]["name"] = "a | **b** @team `c`"
    values["mcp:workload"]["tools"] = tools
    document = compare_document(plan_of(tmp_path, values, "x"), plan_of(tmp_path, RICH, "y"))
    rows = tables(markdown(document))[0]
    assert {len(row) for row in rows} == {3}
    assert any("a | **b** @team `c`" in row[0] for row in rows)
