"""The page of results, `results.md`: sections that one command writes and the others keep."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

RESULTS = Path(__file__).parent / "results.md"
_SECTION = re.compile(r"^## .*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)


def kept() -> list[str]:
    """The sections as the page has them that say by which other command they were written."""
    text = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else ""
    return [one[0].rstrip() for one in _SECTION.finditer(text) if "\nWritten by `" in one[0]]


def write(lines: Sequence[str]) -> None:
    """Put a section into the page, in the place of an older one, and print it.

    :param lines: the first one is its heading.
    """
    text, made = RESULTS.read_text(encoding="utf-8"), "\n".join(lines)
    pattern = re.compile(rf"^{re.escape(lines[0])}$.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
    text = pattern.sub(lambda _: f"{made}\n\n", text) if pattern.search(text) else f"{text.rstrip()}\n\n{made}"
    RESULTS.write_text(f"{text.rstrip()}\n", encoding="utf-8")
    print(made)
