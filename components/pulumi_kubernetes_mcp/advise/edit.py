"""A change of a stack file's text that leaves everything else as it is written: comments, order, forms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml

from .refused import AdviseError

WIDTH = 10_000
INDENT = 2


def edited(text: str, path: Sequence[str], value: Any) -> str:
    """The text with a value at a path below ``config``.

    :raises AdviseError: for a file whose form does not take the change.
    """
    try:
        changed = _edited(text, ["config", *path], value)
        expected = yaml.safe_load(text) or {}
        _put(expected, ["config", *path], value)
        same = yaml.safe_load(changed) == expected
    except (yaml.YAMLError, AttributeError, TypeError):
        same = False
    if not same:
        raise AdviseError(
            f"The stack file's form does not take {'.'.join(path)}: {_flow(value)} by itself; write it there by hand."
        )
    return changed


def _put(data: Any, path: Sequence[str], value: Any) -> None:
    for step in path[:-1]:
        data = data.setdefault(step, {})
    data[path[-1]] = value


def _edited(text: str, path: Sequence[str], value: Any) -> str:
    node: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    for depth, step in enumerate(path):
        if not isinstance(node, yaml.MappingNode):
            break
        found = next((inner for key, inner in node.value if key.value == step), None)
        if found is None:
            return _inserted(text, node, step, _nested(path[depth + 1 :], value))
        node = found
    begin, end = node.start_mark.index, node.end_mark.index
    # The end of a block is behind its line break, which stays.
    while end > begin and text[end - 1].isspace():
        end -= 1
    return f"{text[:begin]}{_flow(_nested((), value))}{text[end:]}"


def _nested(path: Sequence[str], value: Any) -> Any:
    for step in reversed(path):
        value = {step: value}
    return value


def _inserted(text: str, node: yaml.MappingNode, key: str, value: Any) -> str:
    """A key more in a mapping, in its own form."""
    if node.flow_style:
        end = node.end_mark.index - 1
        before = text[:end].rstrip()
        comma = ", " if node.value else ""
        return f"{before}{comma}{key}: {_flow(value)}{text[end:]}"
    first = node.value[0][0].start_mark
    last = node.value[-1][1]
    end = last.end_mark.index
    while end > 0 and text[end - 1].isspace():
        end -= 1
    rest = text[end:]
    # A comment behind the last value belongs to it.
    line, newline, further = rest.partition("\n")
    return f"{text[:end]}{line}{newline or chr(10)}{' ' * first.column}{key}: {_flow(value)}\n{further}"


def _flow(value: Any) -> str:
    """A value in one line."""
    dumped = yaml.safe_dump(value, default_flow_style=True, sort_keys=False, width=WIDTH, allow_unicode=True)
    return dumped.removesuffix("\n").removesuffix("\n...").strip()
