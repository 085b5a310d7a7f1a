"""What ``mcp-stack doctor`` shows: a line for each thing that a stack needs of its cluster."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.table import Table

from ..doctor.model import Line, State
from .console import clean

_STYLES = {State.OK: "green", State.MISSING: "bold red", State.UNSURE: "yellow"}


def doctor_view(lines: Sequence[Line]) -> Table:
    """State, thing, what was found, and the key of what is not there."""
    table = Table(box=None, show_header=False, pad_edge=False)
    for line in lines:
        key = f"see {line.key}" if line.key and line.state is not State.OK else ""
        table.add_row(line.state.value, clean(line.what), clean(line.detail), key, style=_STYLES[line.state])
    return table


def doctor_data(stack: str, context: str, lines: Sequence[Line]) -> dict[str, Any]:
    """The same as plain data that JSON can hold."""
    rows = [{"state": one.state.value, "what": one.what, "detail": one.detail, "key": one.key} for one in lines]
    return {"stack": stack, "context": context, "lines": rows}


def summary(lines: Sequence[Line]) -> str:
    """How many things there are, lack, or could not be read."""
    counts = {state: sum(1 for line in lines if line.state is state) for state in State}
    return ", ".join(f"{counts[state]} {state.value}" for state in State if counts[state])
