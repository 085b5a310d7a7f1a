"""YAML read as Pulumi reads it, within bounds; what other readers understand differently is refused.

The scalars are those of YAML 1.2: ``no`` and ``on`` are text, ``1e3`` is a number. Refused besides broken
YAML: repeated keys (most parsers take the last without a word), keys that are not text, dates without quotes
(Pulumi turns ``2026-11-21`` into ``2026-11-21 00:00:00 +0000 UTC``), numbers with a leading zero (octal to
some), infinite numbers, tags, and files that are too large or nested too deeply to be a stack file.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from yaml import MarkedYAMLError, YAMLError
from yaml.composer import Composer
from yaml.events import AliasEvent, Event
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.parser import Parser
from yaml.reader import Reader, ReaderError
from yaml.resolver import BaseResolver
from yaml.scanner import Scanner

MAX_BYTES = 256 * 1024
"""Largest file that is read, in bytes. Stack files are a few KiB; this one still parses in seconds."""
MAX_DEPTH = 32
"""Deepest nesting. The settings need six levels."""
MAX_NODES = 50_000
"""Most values after aliases are followed, so that nested aliases cannot multiply without end."""

_DATE = re.compile(r"\d{4}-\d\d?-\d\d?([Tt\s].*)?")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9_]+")
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9_]*|0x[0-9a-fA-F]+|0o[0-7]+|0b[01]+)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9][0-9_]*(\.[0-9_]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_WORDS = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}


@dataclass(frozen=True, slots=True)
class Lines:
    """Where a value stands: the line of its key or of its item, and the same of every value inside."""

    line: int
    """Number of the line, from 1 on. What an alias repeats stands at the alias, and its members at the anchor."""
    members: Mapping[str | int, Lines] = field(default_factory=dict)
    """Key of a map or index of a list to the place of the value there."""

    def at(self, steps: Iterable[str | int]) -> Lines | None:
        """The place of a value inside, or ``None`` where there is none."""
        place: Lines | None = self
        for step in steps:
            place = None if place is None else place.members.get(step)
        return place


class RefusedYamlError(ValueError):
    """A text that is refused: ``place`` is a line and a column, ``problem`` and ``remedy`` are sentences."""

    def __init__(self, place: str, problem: str, remedy: str) -> None:
        self.place = place
        self.problem = problem
        self.remedy = remedy
        super().__init__(f"{place}: {problem} {remedy}")

    @property
    def line(self) -> int:
        """The line that is refused, from 1 on."""
        return int(self.place.removeprefix("line ").partition(",")[0])


@dataclass(frozen=True, slots=True)
class RefusedScalar:
    """What stands in the place of a single value that is refused, so that the rest of a text can still be read."""

    place: str
    problem: str
    remedy: str

    @property
    def error(self) -> RefusedYamlError:
        """The same as what is raised."""
        return RefusedYamlError(self.place, self.problem, self.remedy)


class _Bounded(Reader, Scanner, Parser, Composer, BaseResolver):
    """PyYAML's composer, stopped at the bounds: nesting is counted before Python's own stack can run out."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)
        Composer.__init__(self)
        BaseResolver.__init__(self)
        self._depth = 0
        self._count = 0
        self._sizes: dict[int, int] = {}

    def compose_node(self, parent: Node | None, index: Any) -> Node:
        event: Event = self.peek_event()  # type: ignore[no-untyped-call]
        if getattr(event, "tag", None) is not None:
            raise _at(event.start_mark, "a tag ('!') is not allowed here.", "Remove it, or put the text in quotes.")
        self._count += 1
        if self._count > MAX_NODES:
            raise _at(
                event.start_mark, f"the file holds more than {MAX_NODES} values.", "Leave out what is not needed."
            )
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _at(
                event.start_mark,
                f"it is nested more than {MAX_DEPTH} levels deep.",
                "No setting is that deep.",
            )
        node = super().compose_node(parent, index)
        assert node is not None  # only the end of the document composes to nothing, and get_single_node asks first
        self._depth -= 1
        if isinstance(event, AliasEvent) and id(node) not in self._sizes:
            raise _at(event.start_mark, f"'*{event.anchor}' stands inside the value that it repeats.", "Remove it.")
        self._sizes[id(node)] = size = self._size(node)
        if size > MAX_NODES:
            raise _at(
                event.start_mark,
                f"with its aliases it holds more than {MAX_NODES} values.",
                "Write the values out.",
            )
        return node

    def _size(self, node: Node) -> int:
        if isinstance(node, MappingNode):
            return 1 + sum(self._sizes[id(key)] + self._sizes[id(value)] for key, value in node.value)
        if isinstance(node, SequenceNode):
            return 1 + sum(self._sizes[id(item)] for item in node.value)
        return 1


def parse_yaml(text: str) -> Any:
    """The one document in ``text`` as plain data, ``None`` if it is empty.

    :raises RefusedYamlError: for everything that is refused.
    """
    node = _compose(text)
    data = None if node is None else _data(node)
    for _, refused in refused_in(data):
        raise refused.error
    return data


def refused_in(
    data: object, steps: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], RefusedScalar]]:
    """Every single value that was refused, with the steps that lead to it."""
    if isinstance(data, RefusedScalar):
        yield steps, data
    elif isinstance(data, dict):
        for key, member in data.items():
            yield from refused_in(member, (*steps, key))
    elif isinstance(data, list):
        for index, item in enumerate(data):
            yield from refused_in(item, (*steps, index))


def parse_with_lines(text: str) -> tuple[Any, Lines]:
    """The one document in ``text`` as plain data, and the line of every value in it.

    A :class:`RefusedScalar` stands where a single value is refused.

    :raises RefusedYamlError: for everything else that is refused.
    """
    node = _compose(text)
    return (None, Lines(1)) if node is None else (_data(node), _lines(node, node.start_mark.line))


def _compose(text: str) -> Node | None:
    try:
        return _Bounded(text).get_single_node()
    except MarkedYAMLError as error:
        raise _at(
            error.problem_mark or error.context_mark, f"this is not YAML: {_words(error)}.", _remedy(error)
        ) from None
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise RefusedYamlError(f"line {line}", "there is a character that YAML does not allow.", "Remove it.") from None
    except YAMLError:
        raise RefusedYamlError("line 1", "this is not YAML.", "Write the file anew.") from None


def _words(error: MarkedYAMLError) -> str:
    """PyYAML's words, without the text of the file that some of them repeat: it may be part of a secret."""
    words = str(error.problem or error.context)
    return words.split(" '")[0] if words.startswith(("found undefined", "found duplicate")) else words


def _remedy(error: MarkedYAMLError) -> str:
    """What to change. Cron expressions begin with '*', which begins an alias unless it is in quotes."""
    if error.context == "while scanning an alias" or str(error.problem).startswith("found undefined alias"):
        return "A text that begins with '*', such as a cron expression, goes in quotes."
    if re.fullmatch("found character '[@%`]' that cannot start any token", str(error.problem)):
        return "A text that begins with it goes in quotes."
    return "Mend the line, or the one above: look at the indentation, ':' and quotes."


def _at(mark: Any, problem: str, remedy: str) -> RefusedYamlError:
    place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "line 1"
    return RefusedYamlError(place, problem, remedy)


def _data(node: Node) -> Any:
    if isinstance(node, ScalarNode):
        return _scalar(node)
    if isinstance(node, SequenceNode):
        return [_data(item) for item in node.value]
    return _mapping(node)


def _lines(node: Node, line: int) -> Lines:
    """The places in a node that :func:`_data` has read, so that nothing in it is refused any more.

    :param line: the line of the node, from 0 on.
    """
    if isinstance(node, SequenceNode):
        return Lines(line + 1, {i: _lines(item, item.start_mark.line) for i, item in enumerate(node.value)})
    return Lines(line + 1, _members(node) if isinstance(node, MappingNode) else {})


def _members(node: Node) -> dict[str | int, Lines]:
    merged: dict[str | int, Lines] = {}
    own: dict[str | int, Lines] = {}
    for key, value in node.value:
        if _is_merge_key(key):
            merged = {**_merged_members(value), **merged}
        else:
            own[key.value] = _lines(value, key.start_mark.line)
    return {**merged, **own}


def _merged_members(node: Node) -> dict[str | int, Lines]:
    merged: dict[str | int, Lines] = {}
    for source in reversed(node.value if isinstance(node, SequenceNode) else [node]):
        merged.update(_members(source))
    return merged


def _is_merge_key(key: Node) -> bool:
    return isinstance(key, ScalarNode) and key.value == "<<" and key.style is None


def _mapping(node: Node) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    own: dict[str, Any] = {}
    for key_node, value_node in node.value:
        if _is_merge_key(key_node):
            merged = {**_merge_source(value_node), **merged}
            continue
        key = _data(key_node)
        if isinstance(key, RefusedScalar):
            raise key.error
        if not isinstance(key, str):
            raise _at(key_node.start_mark, "a key is not text.", "Put the key in quotes.")
        if key in own:
            raise _at(key_node.start_mark, f"the key '{key}' is given twice.", "Keep one of the two.")
        own[key] = _data(value_node)
    return {**merged, **own}


def _merge_source(node: Node) -> dict[str, Any]:
    sources = node.value if isinstance(node, SequenceNode) else [node]
    merged: dict[str, Any] = {}
    for source in reversed(sources):
        if not isinstance(source, MappingNode):
            raise _at(source.start_mark, "'<<' takes a map.", "Name the anchor of a map, such as '<<: *base'.")
        merged.update(_mapping(source))
    return merged


def _scalar(node: ScalarNode) -> Any:
    text: str = node.value
    if node.style is not None:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _DATE.fullmatch(text):
        return _refused(node, "this is a date to YAML, and Pulumi rewrites it.", "Put it in quotes.")
    if _LEADING_ZERO.fullmatch(text):
        return _refused(
            node, "a number with a leading zero is octal to some readers.", "Drop the zero, or put it in quotes."
        )
    if _NOT_FINITE.fullmatch(text):
        return _refused(node, "the number is not finite.", "Give a finite number.")
    if _INTEGER.fullmatch(text) or _FLOAT.fullmatch(text):
        return _number(node, text.replace("_", ""))
    return text


def _refused(node: ScalarNode, problem: str, remedy: str) -> RefusedScalar:
    error = _at(node.start_mark, problem, remedy)
    return RefusedScalar(error.place, error.problem, error.remedy)


def _number(node: ScalarNode, text: str) -> int | float | RefusedScalar:
    """A number as Pulumi's JSON carries it: a whole one loses its decimal point."""
    try:
        value = int(text, 0) if _INTEGER.fullmatch(text) else float(text)
        if not math.isfinite(float(value)):
            raise OverflowError
    except (ValueError, OverflowError):
        return _refused(node, "the number is too large.", "Give a smaller one.")
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else value
