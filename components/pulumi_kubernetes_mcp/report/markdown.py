"""A report as GitHub shows it: tables, and a part that unfolds. Pure; the same text in every run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .console import clean
from .document import Block, Code, Column, Document, Facts, Items, Section, Table

_MARKS = re.compile(r"[\\`*\[\]|~]|(?<![^\W_])_|_(?![^\W_])")
_NUMBER_SIGN = re.compile(r"#(?=\w)")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_COMMAND = re.compile(r"'((?:mcp-stack|--)[^']*)'|(?<![\w`])(mcp:\w+(?:[.#][\w*]+)*)")
"""What a person types: a command or an option in quotes, and the path of a setting."""
_NOTHING = "&#8203;"
"""A space of no width: it takes the meaning from what would become a mention or a link to an issue."""


def markdown(document: Document) -> str:
    """The whole report; what is folded stands at its end."""
    folded = [one for one in document.sections if one.folded]
    parts = [f"## {escape(document.title)}", *blocks(document.blocks)]
    parts += [section(one, "###") for one in document.sections if not one.folded]
    parts += [prose(note) for note in document.notes]
    if folded:
        parts.append(f"<details>\n<summary>{escape(document.folded_title)}</summary>")
        parts += [section(one, "####") for one in folded]
        parts.append("</details>")
    return "\n\n".join(parts) + "\n"


def section(given: Section, level: str) -> str:
    """A heading of a level such as ``###``, and what stands under it."""
    return "\n\n".join([f"{level} {escape(given.title)}", *blocks(given.blocks)])


def blocks(given: Sequence[Block]) -> Iterator[str]:
    """What stands under a heading, each part apart."""
    for block in given:
        if isinstance(block, Table):
            yield table(block)
        elif isinstance(block, Facts):
            yield facts(block)
        elif isinstance(block, Items):
            yield items(block)
        elif isinstance(block, Code):
            yield fenced(block)
        else:
            yield prose(block)


def table(given: Table) -> str:
    """One table; columns of numbers are aligned to the right."""
    rule = ["---:" if column.right else "---" for column in given.columns]
    rows = [_cells(row, given.columns) for row in given.rows]
    return "\n".join(_line(cells) for cells in ([escape(column.title) for column in given.columns], rule, *rows))


def prose(text: str) -> str:
    """A sentence: commands and paths of settings as code, the rest as it is."""
    parts = _COMMAND.split(clean(text))
    # Two groups: after each text stands a command or a path, and nothing for the other.
    found = [escape_within(parts[0])]
    for command, path, rest in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        found += [code(command or path), escape_within(rest)]
    return "".join(found).strip()


def items(given: Items) -> str:
    """A numbered list."""
    return "\n".join(f"{rank}. {prose(text)}" for rank, text in enumerate(given.texts, 1))


def fenced(given: Code) -> str:
    """Lines as they are, between fences that are longer than any run of backticks inside."""
    text = clean(given.text)
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return f"{fence}text\n{text}\n{fence}"


def facts(given: Facts) -> str:
    """A list of statements, each behind its word."""
    return "\n".join(f"- **{escape(label)}:** {prose(text)}" for label, text in given.pairs)


def escape(text: str) -> str:
    """Text that GitHub shows as it is: no marks, no mentions, no mathematics, one line."""
    return escape_within(clean(text)).strip()


def escape_within(text: str) -> str:
    """The same for a part of a line, whose blanks at both ends stay."""
    plain = re.sub(r"\s+", " ", text)
    plain = _ENTITY.sub("&amp;", plain).replace("<", "&lt;").replace(">", "&gt;")
    plain = _MARKS.sub(lambda found: f"\\{found[0]}", plain)
    plain = _NUMBER_SIGN.sub(f"#{_NOTHING}", plain).replace("@", f"@{_NOTHING}")
    return plain.replace("$", "<span>$</span>")


def code(text: str) -> str:
    """Text as code, for a cell of a table."""
    plain = " ".join(clean(text).split()).replace("|", "\\|")
    longest = max((len(run) for run in re.findall("`+", plain)), default=0)
    fence, space = "`" * (longest + 1), " " if longest else ""
    return f"{fence}{space}{plain}{space}{fence}" if plain else ""


def _cells(row: Sequence[str], columns: Sequence[Column]) -> list[str]:
    return [code(cell) if column.code else escape(cell) for cell, column in zip(row, columns, strict=True)]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
