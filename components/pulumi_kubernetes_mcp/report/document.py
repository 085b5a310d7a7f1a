"""What a report says, apart from how it looks: sections of facts, tables and lists. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import floor, log10

_ONES = {
    "pods": "pod",
    "sessions": "session",
    "calls": "call",
    "connections": "connection",
    "clients": "client",
    "descriptors": "descriptor",
    "cores": "core",
    "millicores": "millicore",
}


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a table."""

    title: str
    right: bool = False
    """Whether it holds numbers, which stand at its right end."""
    code: bool = False
    """Whether it holds keys of a stack file, which Markdown shows as code."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows of text; one cell per column in each."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    beside: int = 1
    """Columns that stay in the first line of a row where the whole row is too wide; the rest goes below."""
    header: bool = True
    """Whether a terminal shows the titles. Markdown always does."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Short statements, each under a word."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Items:
    """A list, best first."""

    texts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Code:
    """Lines that are shown as they are."""

    text: str


Block = str | Table | Facts | Items | Code


@dataclass(frozen=True, kw_only=True)
class Section:
    """A heading, and what stands under it."""

    title: str
    blocks: tuple[Block, ...]
    folded: bool = False
    """Whether Markdown hides it until somebody asks for it."""


@dataclass(frozen=True, kw_only=True)
class Document:
    """A report."""

    title: str
    blocks: tuple[Block, ...]
    """What stands above all sections."""
    sections: tuple[Section, ...]
    notes: tuple[str, ...] = field(default=())
    """What stands below them."""
    folded_title: str = "Working"
    """What Markdown calls everything that it hides."""


def significant(value: float, digits: int = 3) -> str:
    """A number for the eye: so many digits that count, no exponent, no trailing zeros."""
    if not value:
        return "0"
    decimals = max(0, digits - 1 - floor(log10(abs(value))))
    text = f"{value:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if decimals else text


def span(low: str, high: str) -> str:
    """A range in the fewest words: ``3 to 5``, or ``3`` where both ends read the same."""
    return low if low == high else f"{low} to {high}"


def counted(number: str, unit: str) -> str:
    """A number with its unit; of one pod it is a pod."""
    return f"{number} {_ONES.get(unit, unit) if number == '1' else unit}".rstrip()


def listed(candidates: Mapping[str, int]) -> str:
    """Candidates from the least on: ``pool 50, cpu 55``."""
    pairs = sorted(candidates.items(), key=lambda pair: (pair[1], pair[0]))
    return ", ".join(f"{name} {number}" for name, number in pairs)
