"""What a key of a stack file is for: where it stands, what it takes, its default, and the keys below it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pydantic.fields import FieldInfo

from .explain import places_of
from .fields import Group
from .help import help_of, in_stack
from .kinds import kind
from .models import Settings
from .problems import NAMESPACE, suggest
from .tree import group_in

_INDEX = re.compile(r"\[[^\]]*\]")
"""Which item or member is meant: all of them take the same."""
_OF_A_SERVER = re.compile(r"servers\.[^.]+\.")

REQUIRED, DERIVED, NOT_SET, OWN = WORDS_OF_DEFAULTS = ("required", "derived", "not set", "its defaults")
"""What stands for a default that YAML cannot say."""


class UnknownKeyError(ValueError):
    """A stack file has no key at this place. ``remedy`` names the nearest ones."""

    def __init__(self, path: str, remedy: str) -> None:
        self.remedy = remedy
        super().__init__(f"A stack file has no key {path[:80]!r}. {remedy}")


@dataclass(frozen=True, kw_only=True)
class KeyHelp:
    """One key."""

    path: str
    """Where it stands: ``mcp:edge.dns.routing``."""
    name: str
    takes: str
    """In words: 'whole number from 0 to 255', 'group'."""
    default: str
    """As YAML has it; 'required', 'derived' or 'not set' where there is none."""
    meaning: str
    keys: tuple[KeyHelp, ...] = field(default=())
    """The keys below it; those of one item of a list or of a map."""


def asks_for_key(words: str) -> bool:
    """Whether words mean a key of a stack file: they begin with the namespace, or are the path of a known group."""
    first = words.partition(".")[0]
    return words.startswith(f"{NAMESPACE}:") or ("." in words and first in _names(Settings))


def key_help(words: str) -> KeyHelp:
    """What a key is for, with the keys below it.

    :param words: its path, with or without ``mcp:``; which server, item or member is meant says nothing.
    :raises UnknownKeyError: with the nearest one.
    """
    path = _OF_A_SERVER.sub("", _INDEX.sub("", words.removeprefix(f"{NAMESPACE}:")))
    group: type[Group] | None = Settings
    at = f"{NAMESPACE}:"
    found: KeyHelp | None = None
    for step in path.split("."):
        names = {} if group is None else _names(group)
        if group is None or step not in names:
            nearest = suggest(step, names, "keys", places_of(step)) if names else f"Nothing is below {at}."
            raise UnknownKeyError(words, nearest)
        at = f"{at}{step}" if at.endswith(":") else f"{at}.{step}"
        found = _help(group, names[step], at)
        group = group_in(group.model_fields[names[step]].annotation)
    if found is None:
        raise UnknownKeyError(words, suggest(words, _names(Settings), "keys"))
    below = () if group is None else tuple(_help(group, key, f"{at}.{name}") for name, key in _names(group).items())
    return KeyHelp(**{**vars(found), "keys": below})


def every_key(root: type[Group] = Settings, at: str = f"{NAMESPACE}:") -> Iterator[str]:
    """The path of each key, for the completion of a shell."""
    for name, key in _names(root).items():
        path = f"{at}{name}" if at.endswith(":") else f"{at}.{name}"
        yield path
        inner = group_in(root.model_fields[key].annotation)
        if inner is not None:
            yield from every_key(inner, path)


def _names(group: type[Group]) -> dict[str, str]:
    return {info.alias or key: key for key, info in group.model_fields.items()}


def _help(group: type[Group], key: str, path: str) -> KeyHelp:
    info = group.model_fields[key]
    given = group.model_json_schema(ref_template="#/definitions/{model}")["properties"][info.alias or key]
    text = in_stack(help_of(group, key))
    inner = group_in(info.annotation)
    meaning = text or in_stack(" ".join(((inner and inner.__doc__) or "").split()))
    return KeyHelp(
        path=path, name=info.alias or key, takes=kind(given, path), default=_default(info, text), meaning=meaning
    )


def _default(info: FieldInfo, text: str) -> str:
    if info.is_required():
        return REQUIRED
    if info.default is None:
        return DERIVED if re.search(r"\bDerived\b", text) else NOT_SET
    if isinstance(info.default, Group):
        return OWN
    return json.dumps(info.default, ensure_ascii=False, default=str)
