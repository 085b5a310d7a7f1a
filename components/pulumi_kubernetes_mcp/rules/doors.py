"""The words of a finding at the door that was used: arguments in a program, keys in a stack file. Pure.

A rule speaks of arguments. Its path is one (``schedules[0].from_time``), and where its text names another, the name
is marked: ``lower ⟦min_replicas⟧``. A program reads both as they are, without the marks. For a stack file a plain
table says which key holds the value of each argument; ``[]`` stands for any item of a list on both sides::

    {"min_replicas": "mcp:scaling.minReplicas", "schedules[].from_time": "mcp:scaling.schedules[].fromTime"}

The marks are signs that nobody's text has: a rule repeats what it was given, brackets and all.

A marked name is looked for beside the place that the finding is about first, then one level up, and so on: at
``schedules[0].to_time`` the mark ``⟦from_time⟧`` is the one of the same schedule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from .model import Finding

_OPEN, _CLOSE = "⟦", "⟧"
_ITEM = "[]"
_NAME = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_.[]")


def marked(name: str) -> str:
    """A name of an argument as the texts of rules have it."""
    return f"{_OPEN}{name}{_CLOSE}"


def marks(text: str) -> list[str]:
    """The names that are marked in a text, in their order."""
    return [name for _, name in _pieces(text) if name]


def in_arguments(findings: Iterable[Finding]) -> list[Finding]:
    """The findings in the words of a program: each mark is the name of an argument as it is."""
    return [_rewritten(finding, finding.path, lambda name: name) for finding in findings]


def in_keys(findings: Iterable[Finding], keys: Mapping[str, str]) -> list[Finding]:
    """The findings in the words of a stack file.

    A key of the group that the finding is about goes without the group, a key of another group is whole. What the
    table does not know stays as it is.

    :param keys: path of an argument to path of the key that holds its value.
    """
    return [_rewritten(finding, key_of(finding.path, keys), _Words(finding.path, keys)) for finding in findings]


def key_of(path: str, keys: Mapping[str, str]) -> str:
    """The place of an argument in the stack file: as much of the path as the table knows, and the rest as it is."""
    steps = list(_steps(path))
    for known in range(len(steps), 0, -1):
        key = _exact("".join(steps[:known]), keys)
        if key is not None:
            return key + "".join(steps[known:])
    return path


def resolve(name: str, path: str, keys: Mapping[str, str]) -> tuple[str, str] | None:
    """What a mark in a finding at ``path`` means: the key around it (or ``""``), and its own. ``None``: unknown."""
    steps = list(_steps(path))
    for known in range(len(steps), -1, -1):
        around = "".join(steps[:known])
        key = _exact(f"{around}.{name}" if around else name, keys)
        if key is not None:
            return (_exact(around, keys) or ""), key
    return None


class _Words:
    """The name of an argument in a finding at one path, in the words of a stack file."""

    def __init__(self, path: str, keys: Mapping[str, str]) -> None:
        self.path, self.keys = path, keys
        self.group = key_of(path, keys).partition(".")[0]

    def __call__(self, name: str) -> str:
        found = resolve(name, self.path, self.keys)
        if found is None:
            return name
        around, key = found
        return key.removeprefix(f"{around or self.group}.")


def _rewritten(finding: Finding, path: str, word: Callable[[str], str]) -> Finding:
    problem, remedy = (
        "".join(plain + (word(name) if name else "") for plain, name in _pieces(text))
        for text in (finding.problem, finding.remedy)
    )
    return replace(finding, path=path, problem=problem, remedy=remedy)


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """The text as pairs of what stands before a mark and the name in it, the last without one."""
    start = look = 0
    while (begin := text.find(_OPEN, look)) >= 0 and (end := text.find(_CLOSE, begin)) >= 0:
        name = text[begin + len(_OPEN) : end]
        look = begin + 1
        if name[:1].isalpha() and _NAME.issuperset(name):
            yield text[start:begin], name
            start = look = end + len(_CLOSE)
    yield text[start:], ""


def _steps(path: str) -> Iterator[str]:
    """``a[0].b`` as ``a``, ``[0]``, ``.b``, which joined are the path again."""
    start = 0
    for place, sign in enumerate(path):
        if sign in ".[" and place > start:
            yield path[start:place]
            start = place
    if path:
        yield path[start:]


def _exact(path: str, keys: Mapping[str, str]) -> str | None:
    """The key of an argument that the table knows as a whole, with the items of its lists; ``None`` for others."""
    steps = list(_steps(path))
    items = [step for step in steps if step.startswith("[")]
    key = keys.get("".join(_ITEM if step.startswith("[") else step for step in steps))
    if key is None:
        return None
    for item in items:
        key = key.replace(_ITEM, item, 1)
    return key
