"""A report on a terminal of any width: nothing wider, nothing cut, figures below each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_kubernetes_mcp.report.document import Column, Document, Facts, Items, Section, Table
from pulumi_kubernetes_mcp.report.plan import plan_document, preview_document
from pulumi_kubernetes_mcp.report.terminal import lines
from tests.sizes import examples

from .stacks import STACKS, plan_of

WIDTHS = (40, 60, 80, 100, 120, 160, 300)
WORDS = st.text(st.characters(categories=("L", "N", "P", "S"), max_codepoint=0x2FF), min_size=1, max_size=12)
TEXTS = st.lists(WORDS, min_size=1, max_size=30).map(" ".join)


def words(text: str) -> list[str]:
    return text.split()


def shown(document: Document, width: int) -> list[str]:
    return [line.plain for line in lines(document, width)]


def document(*blocks: object) -> Document:
    return Document(title="Title", blocks=(), sections=(Section(title="Section", blocks=blocks),))  # type: ignore[arg-type]


@pytest.mark.grid
@examples(150)
@given(texts=st.lists(TEXTS, min_size=1, max_size=4), width=st.integers(30, 200))
def test_no_line_is_wider_and_no_word_is_cut(texts: list[str], width: int) -> None:
    pairs = tuple((f"label {number}", text) for number, text in enumerate(texts))
    found = shown(document(*texts, Facts(pairs=pairs), Items(texts=tuple(texts))), width)
    assert max(map(len, found)) <= width
    expected = [word for text in texts for word in words(text)]
    for number, text in enumerate(texts):
        expected += ["label", str(number), *words(text)]
    for number, text in enumerate(texts, 1):
        expected += [f"{number}.", *words(text)]
    assert words(" ".join(found[3:])) == expected


@pytest.mark.grid
@examples(150)
@given(
    rows=st.lists(st.tuples(TEXTS, WORDS, WORDS, TEXTS), min_size=1, max_size=5),
    width=st.integers(40, 200),
    beside=st.integers(1, 3),
    header=st.booleans(),
)
def test_no_row_of_a_table_is_wider_and_no_cell_is_lost(
    rows: list[tuple[str, ...]], width: int, beside: int, header: bool
) -> None:
    columns = (Column(title="a"), Column(title="b", right=True), Column(title="c", right=True), Column(title="d"))
    found = shown(document(Table(columns=columns, rows=tuple(rows), beside=beside, header=header)), width)
    assert max(map(len, found)) <= width
    text = words(" ".join(found))
    for row in rows:
        for word in words(" ".join(row)):
            assert word in text or f"{word}," in text


@pytest.mark.parametrize(
    "width", [pytest.param(width, marks=[pytest.mark.grid] * (width not in {WIDTHS[0], 80})) for width in WIDTHS]
)
@pytest.mark.parametrize("name", STACKS)
def test_a_plan_fits_every_terminal_with_every_figure(tmp_path, name, width):
    server = plan_of(tmp_path, STACKS[name])
    text = shown(plan_document(server, all_inputs=True), width)
    assert max(map(len, text)) <= width
    said = words(" ".join(text))
    for title, figures in server.plan.sections().items():
        for figure in figures if title != "Waiting" else ():
            assert set(words(f"{figure.name} {figure.working}")) <= set(said)
    assert max(map(len, shown(preview_document(server), width))) <= width


NUMBERS = Table(
    columns=(Column(title="figure"), Column(title="value", right=True), Column(title="working")),
    rows=(("one", "1.5 MiB        ", "a + b"), ("another", "20 connections", "a + b + c + d + e + f + g + h")),
    beside=2,
    header=False,
)


def test_a_table_that_fits_stands_in_columns():
    assert shown(document(NUMBERS), 70)[3:] == [
        "  one      1.5 MiB          a + b",
        "  another   20 connections  a + b + c + d + e + f + g + h",
    ]


def test_a_last_column_that_does_not_fit_is_wrapped_below_itself():
    found = shown(document(NUMBERS, Table(**{**vars(NUMBERS), "rows": (("x", "1 y", "word " * 12),)})), 66)
    assert found[4:] == [
        "  another   20 connections  a + b + c + d + e + f + g + h",
        "  x                    1 y  word word word word word word word",
        "                            word word word word word",
    ]


def test_in_a_narrow_terminal_the_working_stands_below():
    assert shown(document(NUMBERS), 40)[3:] == [
        "  one                    1.5 MiB",
        "    a + b",
        "  another                 20 connections",
        "    a + b + c + d + e + f + g + h",
    ]


def test_numbers_that_do_not_fit_beside_a_name_stand_below_it_under_their_titles():
    table = Table(
        columns=(Column(title="input", code=True), Column(title="pods", right=True), Column(title="CPU", right=True)),
        rows=(("a name that is long", "1–2", "300–400"), ("b", "–", "3–4")),
    )
    assert shown(document(table), 30)[3:] == [
        "    pods      CPU",
        "  a name that is long",
        "     1–2  300–400",
        "  b",
        "       –      3–4",
    ]


def test_tables_with_the_same_titles_have_the_same_columns():
    other = Table(**{**vars(NUMBERS), "rows": (("a much longer name", "3 MiB        ", "x"),)})
    first, second = shown(document(NUMBERS, other), 90)[3], shown(document(NUMBERS, other), 90)[5]
    assert first.index("a + b") == second.index("x")


def test_control_characters_are_replaced():
    found = "\n".join(shown(document("\x1b[31mred", Facts(pairs=(("\x07", "\x00"),)), Items(texts=("\x1b",))), 60))
    assert not any(ord(character) < 32 and character != "\n" for character in found)
