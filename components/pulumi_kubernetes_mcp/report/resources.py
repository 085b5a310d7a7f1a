"""The resource tree and the difference to the rendered files, for the eye and as data."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Group
from rich.text import Text
from rich.tree import Tree

from ..offline.diff import ABSENT, Action, Difference, FieldChange, ObjectChange
from ..offline.tree import Node
from .console import clean

VALUE_WIDTH = 100
"""Characters of a value that a difference shows; the rendered file holds all of it."""
_STYLES = {Action.ADDED: "green", Action.CHANGED: "yellow", Action.REPLACED: "magenta", Action.REMOVED: "red"}
_SIGNS = {Action.ADDED: "+", Action.CHANGED: "~", Action.REPLACED: "±", Action.REMOVED: "-"}


def tree_view(title: str, nodes: Sequence[Node]) -> Tree:
    """Components over their children, each with its kind and its name in the cluster."""
    view = Tree(Text(clean(title), style="bold"), guide_style="dim")
    waiting = [(view, node) for node in nodes]
    while waiting:
        parent, node = waiting.pop(0)
        branch = parent.add(_label(node))
        waiting += [(branch, child) for child in node.children]
    return view


def _label(node: Node) -> Text:
    named = node.physical_name or node.name
    label = Text.assemble((clean(node.kind), "bold cyan"), f" {clean(named)}")
    if node.physical_name not in (None, node.name):
        label.append(f"  {clean(node.name)}", style="dim")
    if node.notes:
        label.append(f"  ({clean(', '.join(node.notes))})", style="dim")
    return label


def difference_view(difference: Difference) -> Group:
    """Every object that is added, changed, replaced or removed, and every field that changes."""
    lines: list[Text] = []
    for change in difference.objects:
        why = f"  ({'; '.join(consequences(change))})" if consequences(change) else ""
        lines.append(Text(f"{_SIGNS[change.action]} {object_title(change)}{why}", style=_STYLES[change.action]))
        lines += [Text(f"    {line}") for line in change_lines(change)]
    if not difference.objects and difference.stale_files:
        lines.append(Text(f"Same objects, but differently written: {', '.join(difference.stale_files)}"))
    return Group(*lines)


def count_text(difference: Difference) -> str:
    """``2 added, 1 changed``; whether there is anything to compare with."""
    if not difference.rendered:
        return "never rendered"
    counts = [(sum(change.action is action for change in difference.objects), action) for action in Action]
    counted = ", ".join(f"{number} {action}" for number, action in counts if number)
    return counted or ("up to date" if difference.up_to_date else "differently written")


def object_title(change: ObjectChange) -> str:
    """Kind, name and place of an object, and its former name."""
    place = f" in {change.namespace}" if change.namespace else ""
    was = f", was {change.was}" if change.was else ""
    return clean(f"{change.kind} {change.name}{place}{was}")


def consequences(change: ObjectChange) -> list[str]:
    """What the change does beyond the object itself, and what replaces it; empty for an update that nobody notices."""
    said = []
    if change.because:
        said.append(clean(f"replaced: {', '.join(change.because)}"))
    if change.restarts:
        with_ = f" with {', '.join(change.restarts_with)}" if change.restarts_with else ""
        said.append(clean(f"pods restart{with_}"))
    if change.starts_at is not None:
        count = f"{change.starts_at} {'pod' if change.starts_at == 1 else 'pods'}"
        said.append(f"starts at {count}, however many run now, unless mcp:scaling.startReplicas says so")
    return said


def change_lines(change: ObjectChange) -> list[str]:
    """Every field that differs, with both values."""
    return [line for field in change.fields for line in _field_lines(field)]


def _field_lines(field: FieldChange) -> Iterator[str]:
    if isinstance(field.old, str) and isinstance(field.new, str) and "\n" in field.old + field.new:
        yield f"{clean(field.path)}:"
        changed = difflib.unified_diff(field.old.splitlines(), field.new.splitlines(), lineterm="", n=0)
        yield from (f"    {clean(_cut(line))}" for line in list(changed)[2:] if not line.startswith("@@"))
    else:
        yield f"{clean(field.path)}: {_shown(field.old)} -> {_shown(field.new)}"


def _shown(value: Any) -> str:
    if value is ABSENT:
        return "(none)"
    return clean(_cut(json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)))


def _cut(text: str) -> str:
    return text if len(text) <= VALUE_WIDTH else f"{text[: VALUE_WIDTH - 1]}…"


def difference_data(difference: Difference) -> dict[str, Any]:
    """The difference as plain data that JSON can hold; a missing ``old`` or ``new`` means no value."""
    return {
        "directory": str(difference.directory),
        "rendered": difference.rendered,
        "upToDate": difference.up_to_date,
        "staleFiles": list(difference.stale_files),
        "objects": [change_data(change) for change in difference.objects],
    }


def change_data(change: ObjectChange) -> dict[str, Any]:
    """One object that differs as plain data."""
    return {
        "action": str(change.action),
        "kind": change.kind,
        "namespace": change.namespace,
        "name": change.name,
        "was": change.was,
        "because": list(change.because),
        "restarts": change.restarts,
        "restartsWith": list(change.restarts_with),
        "startsAt": change.starts_at,
        "fields": [_field_data(field) for field in change.fields],
    }


def _field_data(field: FieldChange) -> dict[str, Any]:
    values = {"old": field.old, "new": field.new}
    return {"path": field.path, **{key: value for key, value in values.items() if value is not ABSENT}}
