"""What each file of a project gives, with its lines: the places that messages name, and what replaces what.

Under the Pulumi CLI a program is handed one value per key and no word of where it came from. Whoever has the files at
hand compares: a value that the file gives too was given there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .layers import Layer
from .problems import NAMESPACE, SECRET_PLACEHOLDER, Problem
from .yaml_text import Lines

DEFAULTS = f"{NAMESPACE}:defaults"
"""Key of Pulumi.yaml that holds the groups which every stack is merged over."""
SHARED = ("defaults", "project")
"""Names of the layers that all stacks of a project have."""
_SHOWN = 3
"""Keys that a message names before it counts the rest."""


@dataclass(frozen=True, kw_only=True)
class Given:
    """One key of one file."""

    file: str
    """The file, relative to the project."""
    line: int
    """Line of the key."""
    value: Any = field(repr=False)
    """Plain data; encrypted values are placeholders."""
    lines: Lines = field(repr=False)
    """Where the value stands, and all in it."""
    secrets: tuple[str, ...] = ()
    """Paths of the encrypted values in it."""


@dataclass(frozen=True, kw_only=True)
class Sources:
    """The configuration of a project's files, full key (``mcp:server``) to what is given there."""

    project: Mapping[str, Given] = field(default_factory=dict)
    """Values of Pulumi.yaml."""
    stack: Mapping[str, Given] = field(default_factory=dict)
    """Values of the stack file."""
    name: str = NAMESPACE
    """Name of the project, whose keys need no namespace in its own files."""


def layers_of(groups: Mapping[str, Any], defaults: Mapping[str, Any], sources: Sources) -> list[Layer]:
    """The layers of a stack, the lowest first: the defaults, what Pulumi.yaml gives beside them, the stack.

    :param groups: name of a group to what Pulumi made of the project's and the stack's files.
    """
    own = {group: sources.stack.get(f"{NAMESPACE}:{group}") for group in groups}
    shared = {
        group: given
        for group, value in groups.items()
        if own[group] is None and (given := sources.project.get(f"{NAMESPACE}:{group}")) is not None
        if same(value, given.value)
    }
    return [
        _defaults(defaults, sources),
        _layer("project", {group: groups[group] for group in shared}, shared),
        _layer("stack", {group: value for group, value in groups.items() if group not in shared}, own),
    ]


def _defaults(values: Mapping[str, Any], sources: Sources) -> Layer:
    given = sources.stack.get(DEFAULTS) or sources.project.get(DEFAULTS)
    lines = _agreeing(values, given.value, given.lines) if given else None
    return Layer(
        name="defaults",
        values=values,
        under=DEFAULTS,
        file=given.file if given else None,
        lines=lines.members if lines else {},
    )


def _layer(name: str, values: Mapping[str, Any], given: Mapping[str, Given | None]) -> Layer:
    lines: dict[str | int, Lines] = {}
    for group, value in values.items():
        source = given.get(group)
        if source is not None and (found := _agreeing(value, source.value, source.lines)) is not None:
            lines[group] = Lines(source.line, found.members)
    file = next((source.file for source in given.values() if source is not None), None)
    return Layer(name=name, values=values, file=file, lines=lines)


def _agreeing(value: Any, filed: Any, lines: Lines) -> Lines | None:
    """The lines of what the file gives as well; something else may have been merged over it."""
    if isinstance(value, Mapping) and isinstance(filed, Mapping):
        members = {
            key: found
            for key, member in value.items()
            if key in filed and key in lines.members
            if (found := _agreeing(member, filed[key], lines.members[key])) is not None
        }
        return Lines(lines.line, members)
    return lines if filed == SECRET_PLACEHOLDER or value == filed else None


def replacements(values: Mapping[str, Any], sources: Sources) -> Iterator[Problem]:
    """A problem for each key of Pulumi.yaml that a stack replaces as a whole, and for defaults in a stack file.

    Pulumi hands over the stack's value and drops the project's without a word: a stack that gives one key of
    ``mcp:server`` has none of the others.
    """
    if DEFAULTS in sources.stack:
        yield _misplaced(sources.stack[DEFAULTS])
    for key, shared in sources.project.items():
        namespace, _, group = key.partition(":")
        own = sources.stack.get(key)
        replaced = own is not None or (key in values and not same(values[key], shared.value))
        if namespace != NAMESPACE or not replaced or (key == DEFAULTS and own is not None):
            continue
        lost = [name for name in shared.value if name not in _keys(values.get(key))] if _keys(shared.value) else []
        remedy = (
            "Give the groups themselves in the stack, such as 'mcp:server'; they are merged over the defaults."
            if key == DEFAULTS
            else f"In Pulumi.yaml, {_nest(sources, group)}, move {_span(shared.lines)} there, and delete "
            f"what is left of {key}: what stands there is merged with what a stack gives."
        )
        yield Problem(
            key,
            f"It replaces the whole {key} of Pulumi.yaml (line {shared.line}){_listed(lost)}.",
            remedy,
            file=own.file if own else None,
            line=own.line if own else None,
        )


def _misplaced(given: Given) -> Problem:
    groups = sorted(_keys(given.value)) or ["server"]
    return Problem(
        DEFAULTS,
        "It stands in a stack file, where it replaces the defaults of Pulumi.yaml.",
        f"Write {_words([f'{NAMESPACE}:{group}' for group in groups])} instead, which is merged over them: "
        f"'pulumi config set --path {NAMESPACE}:{groups[0]}.<key>'. What all stacks share belongs in Pulumi.yaml.",
        file=given.file,
        line=given.line,
    )


def _nest(sources: Sources, group: str) -> str:
    """How a group is written below the defaults: Pulumi gives a default only to keys of the project's own."""
    if (there := sources.project.get(DEFAULTS)) is not None:
        return f"write '{group}:' below the groups of the defaults that stand there (line {there.line})"
    key, value = ("defaults", "default") if sources.name == NAMESPACE else (DEFAULTS, "value")
    return f"write '{key}:' with '{value}:' below it and '{group}:' below that"


def same(value: Any, filed: Any) -> bool:
    """Whether a value is that of a file; what is encrypted there may be any."""
    if isinstance(value, Mapping) and isinstance(filed, Mapping):
        return value.keys() == filed.keys() and all(same(member, filed[key]) for key, member in value.items())
    return bool(filed == SECRET_PLACEHOLDER or value == filed)


def _keys(value: Any) -> Iterable[str]:
    return value.keys() if isinstance(value, Mapping) else ()


def _listed(lost: list[str]) -> str:
    return f", and with it {_words(lost)}" if lost else ""


def _words(names: list[str]) -> str:
    more = len(names) - _SHOWN
    shown = [*names[:_SHOWN], *([f"{more} more"] if more > 0 else [])]
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else shown[0]


def _span(lines: Lines) -> str:
    first, last = _lines(lines)
    return f"line {first}" if first == last else f"lines {first} to {last}"


def _lines(lines: Lines) -> tuple[int, int]:
    inner = [_lines(member) for member in lines.members.values()]
    if not inner:
        return lines.line, lines.line
    return min(first for first, _ in inner), max(last for _, last in inner)
