"""What a key of a stack file is for: where it stands, what it takes, its default, and the keys below it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Literal, get_args, get_origin

from pydantic.alias_generators import to_camel
from pydantic.fields import FieldInfo

from .explain import places_of
from .fields import Group
from .help import help_of, in_stack
from .kinds import kind
from .layers import SERVERS
from .models import Settings
from .problems import NAMESPACE, suggest
from .servers import HELP, SERVER_GROUPS
from .tree import ITEM, MEMBER, group_in, keys

_STEP = re.compile(r"""\[["']?(?P<index>[^\]]*?)["']?\]|\.?(?P<word>[^.\[\]]+)""")

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
    """Whether words mean a key of a stack file: they begin with the namespace, or with the name of a group."""
    return words.startswith(f"{NAMESPACE}:") or re.split(r"[.\[]", words)[0] in {*_names(Settings), SERVERS}


def key_help(words: str) -> KeyHelp:
    """What a key is for, with the keys below it.

    :param words: its path, with or without ``mcp:``; which server, item or member is meant says nothing.
    :raises UnknownKeyError: with the nearest one.
    """
    steps = [one["index"] or one["word"] for one in _STEP.finditer(words.removeprefix(f"{NAMESPACE}:"))]
    if steps[:1] == [SERVERS]:
        if len(steps) < 3:
            return _servers()
        steps = steps[2:]
    found = KeyHelp(path=f"{NAMESPACE}:", name="", takes="", default="", meaning="")
    group: type[Group] | None = Settings
    members = 0
    for step in steps:
        if members and (group is None or step not in _names(group)):
            # Which item of a list, or member of a map: all of them take the same.
            members -= 1
            continue
        names = {} if group is None else _names(group)
        if group is None or step not in names:
            remedy = suggest(step, names, "keys", places_of(step)) if names else f"Nothing is below {found.path}."
            raise UnknownKeyError(words, remedy)
        path = f"{found.path}{step}" if found.path.endswith(":") else f"{found.path}.{step}"
        found = _help(group, names[step], path)
        annotation = group.model_fields[names[step]].annotation
        members = len(_steps(annotation))
        group = group_in(annotation)
    if not found.name:
        raise UnknownKeyError(words, suggest("", [*_names(Settings), SERVERS], "keys"))
    return replace(found, keys=() if group is None else _below(group, found.path))


def _servers() -> KeyHelp:
    """Several servers, whose groups are those of one."""
    path = f"{NAMESPACE}:{SERVERS}"
    below = tuple(one for one in _below(Settings, path) if one.name in SERVER_GROUPS)
    return KeyHelp(path=path, name=SERVERS, takes="map to groups", default=NOT_SET, meaning=HELP, keys=below)


def _below(group: type[Group], path: str) -> tuple[KeyHelp, ...]:
    return tuple(_help(group, key, f"{path}.{name}") for name, key in _names(group).items())


def _steps(annotation: Any) -> list[str]:
    """The lists and maps in an annotation, from the outside: each is one step of a path to what is in it."""
    origin = get_origin(annotation)
    inner = [step for part in get_args(annotation) for step in _steps(part)] if origin is not Literal else []
    return [str(origin), *inner] if origin in (list, dict) else inner


def every_key() -> Iterator[str]:
    """The path of each key, for the completion of a shell."""
    for one in keys(Settings):
        steps = (to_camel(step) for step in one.path if step not in (ITEM, MEMBER))
        yield f"{NAMESPACE}:{'.'.join(steps)}"


def _names(group: type[Group]) -> dict[str, str]:
    return {info.alias or key: key for key, info in group.model_fields.items()}


def _help(group: type[Group], key: str, path: str) -> KeyHelp:
    info = group.model_fields[key]
    given = _schema(group)[info.alias or key]
    text = in_stack(help_of(group, key))
    inner = group_in(info.annotation)
    meaning = text or in_stack(" ".join(((inner and inner.__doc__) or "").split()))
    return KeyHelp(
        path=path,
        name=info.alias or key,
        takes=kind(given, path),
        default=default_in_words(info, text),
        meaning=meaning,
    )


@cache
def _schema(group: type[Group]) -> Mapping[str, Any]:
    """The keys of a group as JSON Schema; declarations do not change."""
    found: Mapping[str, Any] = group.model_json_schema(ref_template="#/definitions/{model}")["properties"]
    return found


def default_in_words(info: FieldInfo, text: str) -> str:
    """The default of a key as YAML has it, or one of the words that stand for none.

    :param text: the help of the key, which says whether it is derived.
    """
    if info.is_required():
        return REQUIRED
    if info.default is None:
        return DERIVED if re.search(r"\bDerived\b", text) else NOT_SET
    if isinstance(info.default, Group):
        return OWN
    return json.dumps(info.default, ensure_ascii=False, default=str)
