"""What ``mcp-stack advise`` shows: what was seen, what to do, and what plan and rehearsal say of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..advise.advice import Advice
from ..advise.answers import gaps
from ..advise.history import History
from ..advise.tried import Tried
from .document import Block, Code, Document, Facts, Section

Pair = tuple[Advice, Tried | None]
Placed = Callable[[str], str]
"""A key of a server, such as ``scaling.minReplicas``, to its place in the stack file."""


def advise_document(
    stack: str, server: str, history: History, found: Sequence[Pair], diff: str | None, placed: Placed
) -> Document:
    """The report."""
    title = f"{stack}/{server}: nothing to change" if not found else f"{stack}/{server}: {_number(len(found))}"
    seen = f"{history.days:.1f} days from {history.when(0):%Y-%m-%d %H:%M} on"
    sections = [Section(title=advice.pattern.value, blocks=_blocks(advice, tried, placed)) for advice, tried in found]
    if diff:
        sections.append(Section(title="The stack file", blocks=(Code(text=diff),)))
    return Document(
        title=title, blocks=(Facts(pairs=(("Seen", seen),)),), sections=tuple(sections), notes=tuple(gaps(history))
    )


def advise_data(
    stack: str, server: str, history: History, found: Sequence[Pair], diff: str, placed: Placed
) -> dict[str, Any]:
    """The same as plain data that JSON can hold."""
    return {
        "stack": stack,
        "server": server,
        "from": history.when(0).isoformat(),
        "days": history.days,
        "notes": gaps(history),
        "advice": [_data(advice, tried, placed) for advice, tried in found],
        "diff": diff,
    }


def _number(count: int) -> str:
    return "one thing stands out" if count == 1 else f"{count} things stand out"


def _blocks(advice: Advice, tried: Tried | None, placed: Placed) -> tuple[Block, ...]:
    pairs = [("Seen", advice.seen), ("Do", advice.do)]
    for key, value in advice.changes:
        pairs.append(("Change", f"{placed(key)}: {value}"))
    if tried is not None and tried.plan:
        pairs += [("Plan", tried.plan), ("Rehearsal", tried.rehearsed)]
    if tried is not None:
        pairs += [("New", f"{one.severity} {one.code} {one.slug}: {one.problem}") for one in tried.new_findings]
        if tried.problem:
            pairs.append(("Refused", f"The change is not offered: {tried.problem}"))
    return (Facts(pairs=tuple(pairs)),)


def _data(advice: Advice, tried: Tried | None, placed: Placed) -> dict[str, Any]:
    return {
        "pattern": advice.pattern.value,
        "seen": advice.seen,
        "do": advice.do,
        "figures": dict(advice.figures or {}),
        "changes": [{"key": placed(key), "value": value} for key, value in advice.changes],
        "plan": None if tried is None else tried.plan,
        "rehearsal": None if tried is None else tried.rehearsed,
        "newFindings": [] if tried is None else [f"{one.code} {one.path}" for one in tried.new_findings],
        "problem": "" if tried is None else tried.problem,
    }
