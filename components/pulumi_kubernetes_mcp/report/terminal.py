"""A report as lines of a terminal: nothing is cut, and no line is wider than it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.console import Group
from rich.text import Text

from .console import clean, output
from .document import Block, Code, Column, Document, Facts, Items, Section, Table

GAP = 2
INDENT = 2
LEAST_TEXT = 36
"""Columns that a text beside figures needs; in a narrower place it goes below them."""
_HEADING = "bold"
_QUIET = "dim"

Widths = dict[tuple[str, ...], list[int]]


def view(document: Document) -> Group:
    """The report in the width of standard output."""
    return Group(*lines(document, output().width))


def lines(document: Document, width: int) -> list[Text]:
    """The report for a terminal of ``width`` columns. Tables with the same titles have the same columns."""
    shared = _shared_widths(document)
    found = [Text(line, _HEADING) for line in _wrap(document.title, width)]
    found += _blocks(document.blocks, shared, width)
    for section in document.sections:
        found += _section(section, shared, width)
    if document.notes:
        found.append(Text())
        found += [Text(line) for note in document.notes for line in _wrap(note, width)]
    return found


def _section(section: Section, shared: Widths, width: int) -> list[Text]:
    heading = [Text(line, _HEADING) for line in _wrap(section.title, width)]
    return [Text(), *heading, *_blocks(section.blocks, shared, width)]


def _blocks(blocks: Sequence[Block], shared: Widths, width: int) -> Iterator[Text]:
    for block in blocks:
        if isinstance(block, Table):
            yield from _Layout(block, shared[_key(block)], width).lines()
        elif isinstance(block, Facts):
            yield from _facts(block, width)
        elif isinstance(block, Items):
            for rank, text in enumerate(block.texts, 1):
                yield from _hanging(f"{rank}. ", text, width)
        elif isinstance(block, Code):
            yield from (Text(" " * INDENT + clean(line)) for line in block.text.splitlines())
        else:
            yield from (Text(" " * INDENT + line) for line in _wrap(block, width - INDENT))


def _facts(facts: Facts, width: int) -> Iterator[Text]:
    longest = max((cell_len(clean(label)) for label, _ in facts.pairs), default=0)
    for label, text in facts.pairs:
        yield from _hanging(_pad(clean(label), longest + GAP), text, width)


def _hanging(lead: str, text: str, width: int) -> Iterator[Text]:
    """A text behind its first word, with all further lines below the text."""
    indent = INDENT + cell_len(lead)
    for number, line in enumerate(_wrap(text, width - indent) or [""]):
        yield Text(f"{' ' * INDENT}{lead if number == 0 else ' ' * cell_len(lead)}{line}")


class _Layout:
    """One table in a given width: in columns, with a wrapped last column, or with the rest of each row below it."""

    def __init__(self, table: Table, widths: list[int], width: int) -> None:
        self.table = table
        self.widths = widths
        self.width = width
        self.rows = [tuple(clean(cell) for cell in row) for row in table.rows]

    def lines(self) -> Iterator[Text]:
        columns = self.table.columns
        total = INDENT + sum(self.widths) + GAP * (len(columns) - 1)
        room = self.width - total + self.widths[-1]
        if total <= self.width or (not columns[-1].right and room >= LEAST_TEXT):
            yield from self._in_columns(min(self.widths[-1], room))
        else:
            yield from self._below()

    def _in_columns(self, last: int) -> Iterator[Text]:
        widths = [*self.widths[:-1], last]
        if self.table.header:
            yield Text(_row([column.title for column in self.table.columns], self.table.columns, widths), _QUIET)
        for row in self.rows:
            parts = _wrap(row[-1], last) or [""]
            for number, part in enumerate(parts):
                cells = [*row[:-1], part] if number == 0 else [*([""] * (len(row) - 1)), part]
                yield Text(_row(cells, self.table.columns, widths))

    def _below(self) -> Iterator[Text]:
        """Each row in two parts: its first cells at both ends of a line, and the others indented below."""
        beside, columns = self.table.beside, self.table.columns
        indent = 2 * INDENT
        grid = indent + sum(self.widths[beside:]) + GAP * (len(columns) - beside - 1) <= self.width
        if self.table.header and grid:
            titles = [column.title for column in columns[beside:]]
            yield Text(_row(titles, columns[beside:], self.widths[beside:], indent), _QUIET)
        for row in self.rows:
            yield from self._first(row[:beside])
            if grid and len(columns) - beside > 1:
                yield Text(_row(row[beside:], columns[beside:], self.widths[beside:], indent))
            else:
                yield from self._texts(row, indent)

    def _first(self, cells: tuple[str, ...]) -> Iterator[Text]:
        lead, rest = cells[0].rstrip(), " ".join(cell.rstrip() for cell in cells[1:])
        space = self.width - INDENT - cell_len(lead) - cell_len(rest)
        if rest and space >= GAP:
            # The value keeps its column: its unit is padded, so that numbers stand below each other.
            padded = " ".join(cells[1:])
            space = max(GAP, self.width - INDENT - cell_len(lead) - cell_len(padded))
            yield Text(f"{' ' * INDENT}{lead}{' ' * space}{padded}".rstrip())
        else:
            yield from (Text(" " * INDENT + line) for line in _wrap(f"{lead} {rest}".strip(), self.width - INDENT))

    def _texts(self, row: tuple[str, ...], indent: int) -> Iterator[Text]:
        """What does not fit side by side: short cells one after the other, texts in lines of their own."""
        first, *others = row[self.table.beside :]
        titles = [column.title for column in self.table.columns[self.table.beside + 1 :]]
        texts = [first, *(f"{title}: {cell.strip()}" for title, cell in zip(titles, others, strict=True) if cell)]
        if len(texts) > 2 and all(cell_len(text) < LEAST_TEXT for text in texts):
            texts = [", ".join(text.strip() for text in texts)]
        for text in texts:
            yield from (Text(" " * indent + line) for line in _wrap(text, self.width - indent))


def _row(cells: Sequence[str], columns: Sequence[Column], widths: Sequence[int], indent: int = INDENT) -> str:
    shown = [_pad(cell, width, right=column.right) for cell, column, width in zip(cells, columns, widths, strict=True)]
    return (" " * indent + (" " * GAP).join(shown)).rstrip()


def _pad(text: str, width: int, *, right: bool = False) -> str:
    space = " " * (width - cell_len(text))
    return space + text if right else text + space


def _wrap(text: str, width: int) -> list[str]:
    """Lines of whole words; only a word that is wider than the terminal is broken."""
    return textwrap.wrap(clean(text), max(1, width), break_on_hyphens=False)


def _shared_widths(document: Document) -> Widths:
    """The widest cell of each column, over all tables with the same titles."""
    found: Widths = {}
    blocks = [*document.blocks, *(block for section in document.sections for block in section.blocks)]
    for table in (block for block in blocks if isinstance(block, Table)):
        widths = found.setdefault(_key(table), [0] * len(table.columns))
        titles = [tuple(column.title for column in table.columns)] if table.header else []
        for row in (*titles, *table.rows):
            widths[:] = (max(width, cell_len(clean(cell))) for width, cell in zip(widths, row, strict=True))
    return found


def _key(table: Table) -> tuple[str, ...]:
    return tuple(column.title for column in table.columns)
