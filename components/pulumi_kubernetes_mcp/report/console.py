"""Where reports are printed: plain text in a file or a pipe, colour and progress only on a terminal."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

WIDTH_WITHOUT_TERMINAL = 160
"""Columns of a report that goes to a file or a pipe: every working fits in a line."""


def output() -> Console:
    """Standard output, for what was asked for."""
    return _console(stderr=False)


def progress() -> Console:
    """Standard error, for progress and for errors."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> Console:
    # Not needed by whoever imports this module for a help text.
    from rich.console import Console

    terminal = (sys.stderr if stderr else sys.stdout).isatty()
    width = None if terminal or os.environ.get("COLUMNS") else WIDTH_WITHOUT_TERMINAL
    return Console(stderr=stderr, markup=False, emoji=False, highlight=False, width=width)


def show(renderable: RenderableType = "", *, style: str | None = None) -> None:
    """Print a report. In a file or a pipe no line ends in blanks, so that two reports can be compared."""
    console = output()
    if console.is_terminal:
        console.print(renderable, style=style)
        return
    with console.capture() as capture:
        console.print(renderable)
    print_text("\n".join(line.rstrip() for line in capture.get().split("\n")))


def print_text(text: str) -> None:
    """Print text as it is, at once: a reader that has gone is noticed here, and not when the process ends."""
    print(text, end="", flush=True)


def clean(text: str) -> str:
    """The text without control characters, which a terminal would obey; line breaks stay."""
    return "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text)


def print_json(data: Any) -> None:
    """Print data as JSON: sorted keys, the same in every run."""
    print_text(f"{json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False, default=str)}\n")
