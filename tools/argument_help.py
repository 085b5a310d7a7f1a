"""What ``help(McpService)`` shows: every key with its type, its default and a sentence, from the declarations.

It is written beside the argument types as one text, so that importing a component reads no source to show it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pulumi_kubernetes_mcp.settings import fields
from pulumi_kubernetes_mcp.settings.fields import Group
from pulumi_kubernetes_mcp.settings.help import described
from pulumi_kubernetes_mcp.settings.named_file import NamedFile
from pulumi_kubernetes_mcp.settings.tree import ITEM, MEMBER, Key, keys, ordered

WIDTH = 100
"""A terminal shows it within the indentation of a class and of a method."""
HEAD = "The keys, as a mapping or as keywords. 'Output' says that a value may come later."
REGION_HEAD = f"{HEAD} What the plan needs has to be known."


def help_text(group: type[Group], head: str = HEAD) -> str:
    """The keys of a component's arguments in the order of its type, each group before what is in it."""
    parts = [textwrap.fill(head, WIDTH)]
    for key in _sorted(group):
        info = key.info
        words = f"{kind(info.annotation, info.metadata)}{', required' if info.is_required() else ''}"
        first = textwrap.wrap(f"{path_text(key)}: {words}", WIDTH, subsequent_indent=" " * 4, break_on_hyphens=False)
        sentence = textwrap.wrap(described(key.group, key.name), WIDTH - 4, break_on_hyphens=False)
        parts.append("\n".join([*first, *(f"    {line}" for line in sentence)]))
    return "\n\n".join(parts)


def path_text(key: Key) -> str:
    """A key as a program writes it: ``allow_from[].port``, ``remote{}.key``."""
    return ".".join(key.path).replace(f".{ITEM}", ITEM).replace(f".{MEMBER}", MEMBER)


def kind(hint: Any, marks: Any = ()) -> str:
    """The type of a key in words."""
    output = any(fields.takes_output(mark) for mark in marks)
    origin = get_origin(hint)
    if origin is Annotated:
        inner, *others = get_args(hint)
        return kind(inner, [*marks, *others])
    if origin in (Union, UnionType):
        (inner,) = (member for member in get_args(hint) if member is not type(None))
        return kind(inner, marks)
    return _plain(hint, origin) + (" or Output" if output else "")


def _plain(hint: Any, origin: Any) -> str:
    if origin is Literal:
        return " | ".join(f"'{word}'" for word in get_args(hint))
    if origin is list:
        return f"list of {kind(get_args(hint)[0])}"
    if origin is dict:
        return f"mapping of str to {kind(get_args(hint)[1])}"
    if hint is Any:
        return "anything"
    if isinstance(hint, type) and issubclass(hint, NamedFile):
        return "str"
    return "group" if issubclass(hint, Group) else str(hint.__name__)


def _sorted(group: type[Group]) -> Iterator[Key]:
    """The keys, those that are required first."""
    found = list(keys(group))
    for name in ordered(group):
        yield from (key for key in found if key.path[0] == name)
