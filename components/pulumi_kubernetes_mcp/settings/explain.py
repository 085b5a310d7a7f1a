"""Pydantic's errors in the words of a stack file: what was given, what the rule is, what to change."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from .models import Settings
from .problems import SHOWN_CHARACTERS, Problem, join, nearest, quoted, suggest
from .stack_file import NAMESPACE

_SECRET_WORD = re.compile(
    r"pass(word|wd|phrase)|secret|token|credential|(api|private|access|signing).?key|dsn", re.IGNORECASE
)
_SECRET_VALUE = re.compile(r"://[^/\s]*@|-----BEGIN|^(gh[a-z]_|github_pat_|glpat-|sk-|xox[a-z]-|AKIA|eyJ)")
_PRIVATE = (f"{NAMESPACE}:secrets.values", f"{NAMESPACE}:server.env")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")

_Rule = Callable[[object, str, ErrorDetails], tuple[str, str]]


def path_of(location: Sequence[int | str]) -> str:
    """The place in the stack file of pydantic's location: ``mcp:server.eras[0]``."""
    path = f"{NAMESPACE}:{location[0]}"
    for part in location[1:]:
        path = path if part == "[key]" else join(path, part)
    return path


def explain_all(details: Iterable[ErrorDetails], reported: Iterable[str]) -> list[Problem]:
    """A problem per error, except at or below a place in ``reported``, and what a misspelling explains."""
    listed = list(details)
    blocked = tuple(reported)
    misspelt = {_meant(error["loc"]) for error in listed if error["type"] == "extra_forbidden"}
    return [
        explain(error)
        for error in listed
        if not _covered(path_of(error["loc"]), blocked)
        and not (error["type"] == "missing" and error["loc"] in misspelt)
    ]


def explain(error: ErrorDetails) -> Problem:
    """The error as a problem with its remedy. What is or may be a secret is not shown."""
    location = error["loc"]
    path = path_of(location)
    if error["type"] == "missing":
        return Problem(path, "It is missing.", _missing_remedy(location))
    if error["type"] == "extra_forbidden":
        return Problem(path, "There is no such key.", suggest(str(location[-1]), keys_at(location[:-1]), "keys"))
    if location[-1] == "[key]":
        return Problem(path, "The key is not text.", "Put the key in quotes.")
    problem, remedy = _RULES.get(error["type"], _refused)(error["input"], show(error["input"], path), error)
    return Problem(path, problem, remedy or _help_at(location))


def show(value: object, path: str) -> str:
    """A value as a message may repeat it: its kind, and the value itself unless it is or may be a secret."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return "text" if len(value) > SHOWN_CHARACTERS or _private(path, value) else quoted(value)
    if isinstance(value, (int, float)):
        hidden = abs(value) >= 10**SHOWN_CHARACTERS or _private(path, "")
        return "a number" if hidden else f"the number {value}"
    return "a map" if isinstance(value, dict) else "a list" if isinstance(value, list) else "no plain value"


def keys_at(location: Sequence[int | str]) -> list[str]:
    """The keys of the group at a location, as they are written in YAML."""
    group, _ = _walk(location)
    return list(_fields(group))


def _private(path: str, text: str) -> bool:
    key = re.split(r"[.\[:]", path)[-1]
    return path.startswith(_PRIVATE) or bool(_SECRET_WORD.search(key) or _SECRET_VALUE.search(text))


def _covered(path: str, blocked: Iterable[str]) -> bool:
    return any(path == place or path.startswith((f"{place}.", f"{place}[")) for place in blocked)


def _meant(location: Sequence[int | str]) -> tuple[int | str, ...]:
    """The location of the key that a misspelt one most likely means, or of no key."""
    return (*location[:-1], nearest(str(location[-1]), keys_at(location[:-1])) or "")


def _missing_remedy(location: Sequence[int | str]) -> str:
    group, _ = _walk(location)
    below = [f"'{key}:'" for key, info in _fields(group).items() if info.is_required()]
    wanted = f" with {' and '.join(below)} below it" if below else ""
    return f"Add it{wanted}. {_help_at(location)}"


def _help_at(location: Sequence[int | str]) -> str:
    """The help of the key at a location, or of the nearest one around it, as one line."""
    _, info = _walk(location)
    return " ".join((info.description or "").split()) if info else ""


def _walk(location: Sequence[int | str]) -> tuple[type[BaseModel] | None, FieldInfo | None]:
    """The group that a location holds, if it holds one, and the nearest key of a group on the way to it."""
    group: type[BaseModel] | None = Settings
    members: type[BaseModel] | None = None
    nearest_key: FieldInfo | None = None
    for part in location:
        info = _fields(group).get(str(part))
        if info is None:
            group, members = members, None
            continue
        nearest_key = info
        inner = _group_in(info.annotation)
        group, members = (None, inner) if get_origin(info.annotation) in (list, dict) else (inner, None)
    return group, nearest_key


def _fields(group: type[BaseModel] | None) -> dict[str, FieldInfo]:
    return {info.alias or name: info for name, info in group.model_fields.items()} if group else {}


def _group_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (Union, UnionType, Annotated, list, dict):
        return next((group for part in get_args(annotation) if (group := _group_in(part))), None)
    return None


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
    match = nearest(value, words) if isinstance(value, str) else None
    return f"It is {shown}, but takes one of {', '.join(words)}.", f"Did you mean '{match}'?" if match else ""


def _bound(key: str, words: str) -> _Rule:
    def rule(value: object, shown: str, error: ErrorDetails) -> tuple[str, str]:  # noqa: ARG001
        return f"It is {shown.removeprefix('the number ')}, but must be {words} {error['ctx'][key]:,.15g}.", ""

    return rule


def _validator(value: object, shown: str, error: ErrorDetails) -> tuple[str, str]:
    """A model's own words: ``<value> is not ...: <remedy>``, ``<rule>: <remedy>`` or only ``<remedy>``."""
    words = str(error["ctx"]["error"])
    given = f"'{value}'" if isinstance(value, str) else str(value)
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
    "greater_than": _bound("gt", "greater than"),
    "greater_than_equal": _bound("ge", "at least"),
    "less_than": _bound("lt", "less than"),
    "less_than_equal": _bound("le", "at most"),
    "string_pattern_mismatch": lambda _value, shown, _error: (
        f"It is {shown}, which has not the right form.",
        "",
    ),
    "string_too_short": lambda _value, _shown, _error: ("It is too short.", ""),
    "too_short": lambda _value, _shown, _error: ("It has too few items.", ""),
    "value_error": _validator,
}
