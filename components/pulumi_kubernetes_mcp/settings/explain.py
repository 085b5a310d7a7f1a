"""Pydantic's errors in the words of a stack file: what was given, what the rule is, what to change."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from math import isfinite, log10
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import pulumi
from pydantic import ValidationError
from pydantic.alias_generators import to_camel
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from ..rules.forms import looks_secret
from ..urls import query_holds_secret
from .fields import Group, MissingValueError
from .help import help_of, in_program, in_stack
from .models import Settings
from .named_file import RefusedNamedFileError
from .otherwise import called_here, map_here
from .problems import NAMESPACE, SHOWN_CHARACTERS, UNKNOWN_KEY, Problem, join, kind_of, nearest, quoted, suggest
from .synonyms import meant_by
from .tree import ITEM, MEMBER, group_in, keys

_SECRET_WORD = re.compile(
    r"pass(word|wd|phrase)|secret|token|credential|(api|private|access|signing).?key|dsn", re.IGNORECASE
)
_SECRET_VALUE = re.compile(r"://[^/\s]*@|-----BEGIN|^(gh[a-z]_|github_pat_|glpat-|sk-|xox[a-z]-|AKIA|eyJ)")
_PRIVATE = (f"{NAMESPACE}:secrets.values", f"{NAMESPACE}:secrets.env", f"{NAMESPACE}:server.env")
_PRIVATE_ARGUMENT = re.compile(r"(env|values)\b")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_KNOWN_KEY = re.compile(r"[A-Za-z_]{1,30}|p[0-9]{2}|legacy-state(less|ful)")
"""Keys of a file that a stack names, and words like them; whatever else stands there may be anything."""

FEW = 9
"""Keys of a group that are named where something else is given in its place, fewer than these."""
_BOTH = " in the stack file, or in mcp:defaults of Pulumi.yaml for all stacks"

_Rule = Callable[[object, str, ErrorDetails], tuple[str, str]]


@dataclass(frozen=True)
class Door:
    """Where values are given, and how one speaks there: a stack file, or the arguments of a component."""

    root: type[Group]
    stack: bool
    program: bool = False
    """Whether a program gives what a stack file otherwise says: at the same paths, in the words of arguments."""
    defaults: bool = False
    """Whether a missing key may also be given in the project's defaults."""
    namespace: str = NAMESPACE
    """What stands before the keys of a stack file; another file has none."""

    @property
    def in_file(self) -> bool:
        """Whether whoever reads the words writes a file, and no program."""
        return self.stack and not self.program

    @property
    def noun(self) -> str:
        """What a key is called."""
        return "key" if self.in_file else "argument"

    def name(self, name: str, info: FieldInfo) -> str:
        """A key as locations have it."""
        return info.alias or name if self.stack else name

    def shown(self, name: str, info: FieldInfo) -> str:
        """A key as it is written."""
        return info.alias or name if self.in_file else name

    def help(self, text: str) -> str:
        """The help of a key."""
        return in_stack(text) if self.in_file else in_program(text)

    def words(self, text: str) -> str:
        """A text that was written for a stack file."""
        return text if self.in_file else as_in_a_program(text)


STACK = Door(Settings, stack=True, defaults=True)
REGION = Door(Settings, stack=True, program=True)
"""The arguments of McpRegion, which are validated at the paths of a stack file."""


def as_in_a_program(text: str) -> str:
    """A remedy that was written for a stack file."""
    return _IN_A_PROGRAM.get(text, text)


def path_of(location: Sequence[int | str], door: Door = STACK) -> str:
    """The place of pydantic's location: ``mcp:server.eras[0]`` in a stack file, ``eras[0]`` among arguments."""
    if not location:
        return ""
    path = f"{door.namespace}:{location[0]}" if door.stack and door.namespace else str(location[0])
    for part in location[1:]:
        path = path if part == "[key]" else join(path, part)
    return path


def arguments_problems(error: ValidationError, group: type[Group], reported: Iterable[str] = ()) -> list[Problem]:
    """What is wrong with the arguments of a component that were validated as ``group``, besides what was reported."""
    return explain_all(error.errors(include_url=False), reported, Door(group, stack=False))


def explain_all(details: Iterable[ErrorDetails], reported: Iterable[str], door: Door = STACK) -> list[Problem]:
    """A problem per error, except at or below a place in ``reported``, and what a misspelling explains."""
    listed = list(details)
    blocked = tuple(reported)
    misspelt = {_meant(error["loc"], door) for error in listed if error["type"] == "extra_forbidden"}
    return [
        problem
        for error in listed
        for problem in _named(explain(error, door), error["type"])
        if not _covered(path_of(error["loc"], door), blocked)
        and not (error["type"] == "missing" and error["loc"] in misspelt)
    ]


def _named(problems: Iterable[Problem], kind: str) -> list[Problem]:
    """The problems under the name of what is wrong with the form."""
    return [replace(problem, slug=_SLUGS.get(kind, "invalid-value")) for problem in problems]


def explain(error: ErrorDetails, door: Door = STACK) -> list[Problem]:
    """The error as a problem with its remedy, or all those of a named file. What is or may be a secret is not shown."""
    location = error["loc"]
    path = path_of(location, door)
    cause = error.get("ctx", {}).get("error")
    if isinstance(cause, RefusedNamedFileError):
        return _explain_file(cause, path)
    if error["type"] == "missing":
        return [Problem(path, "It is missing.", _missing_remedy(location, door))]
    if error["type"] == "extra_forbidden":
        key = str(location[-1])
        known = called_here(location) if door.in_file else None
        listed_by = f"mcp-stack explain {_group_at(location[:-1], door)}" if door.in_file else None
        names = _shown_keys(location[:-1], door)
        remedy = known or suggest(key, names, f"{door.noun}s", places_of(key, door), listed_by)
        return [Problem(path, f"There is no such {door.noun}.", remedy)]
    if isinstance(error["input"], pulumi.Output):
        return [Problem(path, "It is an Output, and has to be known in the preview.", _where_outputs_may_stand(error))]
    if isinstance(error["input"], pulumi.Resource):
        return [Problem(path, f"It is the resource itself, {kind_of(error['input'])}.", _OF_A_RESOURCE)]
    problem, remedy = map(door.help, _explain_value(error, show(error["input"], path)))
    if door.in_file and isinstance(error["input"], dict) and (meant := map_here(location)) is not None:
        return [Problem(path, problem, meant)]
    if door.defaults and isinstance(cause, MissingValueError):
        remedy = f"{remedy} I{_BOTH[2:]}."
    if error["type"] == "model_type" and door.stack and error["input"] is not None:
        names = _shown_keys(location, door)
        remedy = f"{door.words(remedy)} Its keys: {', '.join(names)}." if 0 < len(names) < FEW else remedy
    help_there = f"{_range_at(location, error['type'], door)}{_help_at(location, door)}"
    return [Problem(path, problem, door.words(remedy) or help_there)]


def _where_outputs_may_stand(error: ErrorDetails) -> str:
    """What to give instead of an Output, by what the place takes."""
    if error["type"] in ("dict_type", "model_type"):
        return "Give a dictionary with plain keys; its values may be Outputs where the table of options says so."
    if error["type"] == "list_type":
        return "Give a list; its items may be Outputs where the table of options says so."
    return "Give a plain value."


def _explain_value(error: ErrorDetails, shown: str) -> tuple[str, str]:
    if error["loc"][-1:] == ("[key]",) and error["type"] == "string_type":
        return "The key is not text.", "Put the key in quotes."
    return _RULES.get(error["type"], _refused)(error["input"], shown, error)


def _explain_file(refused: RefusedNamedFileError, path: str) -> list[Problem]:
    """What is wrong with such a file: the places in it, and no text of it, since another may be named by mistake."""
    again = refused.again
    if not refused.errors:
        return [Problem(f"{path} {refused.at(refused.place)}", refused.problem, refused.remedy or again)]
    plain = {"missing": "It is missing.", "extra_forbidden": f"{refused.kind.noun.capitalize()} has no such key."}
    problems = []
    for error in refused.errors:
        words = plain.get(error["type"]) or _explain_value(error, _kind(error["input"]))[0]
        problems.append(Problem(f"{path} {refused.at(_place_in_file(error['loc']))}", words, again))
    return problems


def _place_in_file(location: Sequence[int | str]) -> str:
    """A place in such a file; a key that may be a secret is only said to be one."""
    place = ""
    for part in location:
        if part == "[key]":
            continue
        hidden = isinstance(part, str) and not _KNOWN_KEY.fullmatch(part)
        place = join(place, "..." if hidden else part).removeprefix(".")
    return place


def _kind(value: object) -> str:
    """A value without itself, unless it is a number of the usual size."""
    return "text" if isinstance(value, str) else show(value, "")


def show(value: object, path: str) -> str:
    """A value as a message may repeat it: its kind, and the value itself unless it is or may be a secret."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return "text" if len(value) > SHOWN_CHARACTERS or is_private(path, value) else quoted(value)
    if isinstance(value, (int, float)):
        if is_private(path, "") or (isinstance(value, float) and not isfinite(value)):
            return "a number"
        large = abs(value) >= 10**SHOWN_CHARACTERS
        return f"a number of {_digits(abs(int(value)))} digits" if large else f"the number {value}"
    return "a map" if isinstance(value, dict) else "a list" if isinstance(value, list) else kind_of(value)


def _digits(value: int) -> int:
    """How many digits a number has; those that Python refuses to print are counted by their bits."""
    return int(value.bit_length() * log10(2)) + 1


def keys_at(location: Sequence[int | str], door: Door = STACK) -> list[str]:
    """The keys of the group at a location, as they are written there."""
    group, _ = _walk(location, door)
    return list(_fields(group, door))


def _group_at(location: Sequence[int | str], door: Door) -> str:
    """The path of a group without which item of a list it is: all of them take the same keys."""
    return path_of([part for part in location if not isinstance(part, int)], door)


def _shown_keys(location: Sequence[int | str], door: Door) -> list[str]:
    group, _ = _walk(location, door)
    return [door.shown(name, info) for name, info in _infos(group)]


def is_private(path: str, text: str) -> bool:
    """Whether a value is a secret or may be one, by its place, its key or its look."""
    key = re.split(r"[.\[:]", path)[-1]
    return (
        path.startswith(_PRIVATE)
        or bool(_PRIVATE_ARGUMENT.match(path))
        or bool(_SECRET_WORD.search(key) or _SECRET_VALUE.search(text) or looks_secret(text))
        or query_holds_secret(text)
    )


def _covered(path: str, blocked: Iterable[str]) -> bool:
    return any(path == place or path.startswith((f"{place}.", f"{place}[")) for place in blocked)


def _meant(location: Sequence[int | str], door: Door) -> tuple[int | str, ...]:
    """The location of the key that a misspelt one most likely means, or of no key."""
    return (*location[:-1], nearest(str(location[-1]), keys_at(location[:-1], door)) or "")


def _missing_remedy(location: Sequence[int | str], door: Door) -> str:
    group, _ = _walk(location, door)
    below = [f"'{key}:'" for key, info in _fields(group, door).items() if info.is_required()]
    wanted = f" with {' and '.join(below)} below it" if below and door.in_file else ""
    where = _BOTH if door.defaults and not any(isinstance(part, int) for part in location) else ""
    return f"Add it{wanted}{where}. {_help_at(location, door)}"


def _help_at(location: Sequence[int | str], door: Door) -> str:
    """The help of the key at a location, or of the nearest one around it, as one line."""
    _, key = _walk(location, door)
    return door.help(help_of(*key)) if key else ""


def _range_at(location: Sequence[int | str], kind: str, door: Door) -> str:
    """What numbers a key takes, as a sentence before its help; nothing for another mistake than a number's."""
    if kind not in _BOUNDS and kind != "finite_number":
        return ""
    _, key = _walk(location, door)
    info = key[0].model_fields[key[1]] if key else None
    limits = dict(_limits(info.annotation, info.metadata)) if info else {}
    low = [f"{words} {limits[key]:,.15g}" for key, words in (("gt", "above"), ("ge", "from")) if key in limits]
    high = [f"to {limits['le']:,.15g}"] if "le" in limits else []
    return f"Give a number {' '.join([*low, *high])}. " if low or high else ""


def _limits(annotation: Any, metadata: Iterable[Any] = ()) -> Iterator[tuple[str, float]]:
    """The bounds in an annotation: of the value itself, of what may also be left out, of the items of a list or map."""
    for mark in metadata:
        if isinstance(mark, FieldInfo):
            yield from _limits(None, mark.metadata)
        yield from ((key, getattr(mark, key)) for key in ("gt", "ge", "le") if hasattr(mark, key))
    if get_origin(annotation) is Annotated:
        yield from _limits(get_args(annotation)[0], get_args(annotation)[1:])
    elif get_origin(annotation) in (Union, UnionType, list, dict):
        for part in get_args(annotation):
            yield from _limits(part)


def _walk(location: Sequence[int | str], door: Door) -> tuple[type[Group] | None, tuple[type[Group], str] | None]:
    """The group that a location holds, if it holds one, and the nearest key of a group on the way to it."""
    group: type[Group] | None = door.root
    members: type[Group] | None = None
    nearest_key: tuple[type[Group], str] | None = None
    for part in location:
        found = next(((name, info) for name, info in _infos(group) if str(part) == door.name(name, info)), None)
        if found is None or group is None:
            group, members = members, None
            continue
        name, info = found
        nearest_key = group, name
        inner = group_in(info.annotation)
        group, members = (None, inner) if get_origin(info.annotation) in (list, dict) else (inner, None)
    return group, nearest_key


def places_of(key: str, door: Door = STACK) -> list[str]:
    """Where a key of this name is, two places at most: of more, none is meant more than the others."""
    places = ([to_camel(step) if door.stack else step for step in one.path] for one in keys(door.root))
    named = (path_of(place, door) for place in places if place[-1] == key and not {ITEM, MEMBER} & {*place})
    found = list(islice(named, 3))
    return found if len(found) < 3 else []


def _infos(group: type[Group] | None) -> Iterable[tuple[str, FieldInfo]]:
    return group.model_fields.items() if group else ()


def _fields(group: type[Group] | None, door: Door) -> dict[str, FieldInfo]:
    return {door.name(name, info): info for name, info in group.model_fields.items()} if group else {}


def _takes(what: str, how: str) -> _Rule:
    def rule(value: object, shown: str, error: ErrorDetails) -> tuple[str, str]:  # noqa: ARG001
        remedy = "Give a value, or remove the key." if value is None else how
        return f"It is {shown}, but takes {what}.", remedy

    return rule


def _takes_number(what: str) -> _Rule:
    def rule(value: object, shown: str, error: ErrorDetails) -> tuple[str, str]:  # noqa: ARG001
        plain = isinstance(value, str) and _NUMBER.fullmatch(value)
        remedy = "Write it without quotes." if plain else "Give a value, or remove the key." if value is None else ""
        return f"It is {shown}, but takes {what}.", remedy

    return rule


def _takes_text(value: object, shown: str, error: ErrorDetails) -> tuple[str, str]:  # noqa: ARG001
    scalar = isinstance(value, (bool, int, float))
    remedy = "Put it in quotes." if scalar else "Give a value, or remove the key." if value is None else ""
    return f"It is {shown}, but takes text.", remedy


def _takes_one_of(value: object, shown: str, error: ErrorDetails) -> tuple[str, str]:
    words = re.findall(r"'([^']*)'", error["ctx"]["expected"])
    meant = meant_by(value, words) if isinstance(value, str) else ()
    match = nearest(value, words) if isinstance(value, str) else None
    near = meant or ((match,) if match else ())
    other = "Write 'other' for what is none of them." if "other" in words else ""
    remedy = f"Did you mean {' or '.join(quoted(one) for one in near)}?" if near else other
    return f"It is {shown}, but takes one of {', '.join(words)}.", remedy


def _bound(key: str, words: str) -> _Rule:
    def rule(value: object, shown: str, error: ErrorDetails) -> tuple[str, str]:  # noqa: ARG001
        return f"It is {shown.removeprefix('the number ')}, but must be {words} {error['ctx'][key]:,.15g}.", ""

    return rule


def _items(many: str, key: str, words: str) -> _Rule:
    def rule(value: object, shown: str, error: ErrorDetails) -> tuple[str, str]:  # noqa: ARG001
        return (
            f"It has too {many} items: {error['ctx']['actual_length']}, but must have {words} {error['ctx'][key]}.",
            "",
        )

    return rule


def _validator(value: object, shown: str, error: ErrorDetails) -> tuple[str, str]:
    """A model's own words: ``<value> is not ...: <remedy>``, ``<rule>: <remedy>`` or only ``<remedy>``."""
    words = str(error["ctx"]["error"])
    # Python refuses to write a number of thousands of digits, and no validator writes it either.
    large = isinstance(value, int) and abs(value) >= 10**SHOWN_CHARACTERS
    given = f"'{value}'" if isinstance(value, str) else "it" if large else str(value)
    rule, _, remedy = words.removeprefix(given).partition(": ")
    if not remedy:
        return f"It is {shown}, which cannot be read.", _sentence(words)
    if not words.startswith(given):
        return _sentence(rule), _sentence(remedy)
    if shown == "text":
        remedy = remedy.partition(", for example")[0]
    return f"It is {shown}, which{rule}.", _sentence(remedy)


def _refused(value: object, shown: str, error: ErrorDetails) -> tuple[str, str]:  # noqa: ARG001
    return f"It is {shown}, which is refused ({error['type'].replace('_', ' ')}).", ""


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}." if words else ""


_TYPES = ("model", "model_attributes", "dict", "list", "bool", "string", "int", "float")
_SLUGS: Mapping[str, str] = {
    "missing": "missing-key",
    "extra_forbidden": UNKNOWN_KEY,
    "literal_error": "unknown-word",
    **{f"{kind}_type": "wrong-type" for kind in _TYPES},
    "int_from_float": "wrong-type",
    **dict.fromkeys(
        ("greater_than", "greater_than_equal", "less_than", "less_than_equal", "finite_number"), "out-of-range"
    ),
}
"""Kind of an error to the stable name of what is wrong with the form; any other is an invalid value."""
_BOUNDS: Mapping[str, _Rule] = {
    "greater_than": _bound("gt", "greater than"),
    "greater_than_equal": _bound("ge", "at least"),
    "less_than": _bound("lt", "less than"),
    "less_than_equal": _bound("le", "at most"),
}
_IN_A_PROGRAM: Mapping[str, str] = {
    "Write its keys on lines of their own, indented below it.": "Give a dictionary.",
    "Write one item per line, each after '- '.": "Give a list.",
    "Write true or false, without quotes.": "Give True or False.",
    "Give a value, or remove the key.": "Give a value, or leave it out.",
    "Write the name of each server, and below it its groups.": "Give a dictionary: name of each server to its groups.",
    "Remove it: the key is the name.": "Leave it out: the key is the name.",
}
"""What is written in a stack file is given in a program."""
_OF_A_RESOURCE = (
    "Give one of its outputs: `.metadata.name` of an object of Kubernetes, `.namespace` or another one of a component."
)
_MAP = _takes("a map of keys", "Write its keys on lines of their own, indented below it.")
_RULES: Mapping[str, _Rule] = {
    "model_type": _MAP,
    "model_attributes_type": _MAP,
    "dict_type": _MAP,
    "list_type": _takes("a list", "Write one item per line, each after '- '."),
    "bool_type": _takes("true or false", "Write true or false, without quotes."),
    "string_type": _takes_text,
    "int_type": _takes_number("a whole number"),
    "int_from_float": _takes_number("a whole number"),
    "float_type": _takes_number("a number"),
    "literal_error": _takes_one_of,
    **_BOUNDS,
    "finite_number": lambda _value, _shown, _error: ("It is not a finite number.", ""),
    "string_pattern_mismatch": lambda _value, shown, _error: (
        f"It is {shown}, which has not the right form.",
        "",
    ),
    "string_too_short": lambda value, _shown, _error: ("It is too short." if value else "It is empty.", ""),
    "too_short": _items("few", "min_length", "at least"),
    "too_long": _items("many", "max_length", "at most"),
    "value_error": _validator,
}
