"""What is said in the words of a stack file, in those of the arguments of McpRegion: both come from one declaration.

A finding names keys as a stack file has them: whole (``mcp:scaling.maxReplicas``), or without the group that it is
about (``maxReplicas``). A program reads ``scaling.max_replicas`` and ``max_replicas``. Texts in quotes are what
somebody gave and stay, as does a word that is no key, and of a rule about fields of Kubernetes, some of which are
called as keys are, every word but a whole key. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import TypeVar

from pydantic.alias_generators import to_snake

from ..rules import extra_objects, patches
from ..rules.model import Finding
from .explain import as_in_a_program
from .fields import Group
from .layers import SERVERS
from .models import Settings
from .problems import NAMESPACE, join, split
from .tree import MEMBER, group_in, keys, steps_into

F = TypeVar("F", bound=Finding)
Steps = Sequence[str | int]

_WHOLE = rf'{NAMESPACE}:[A-Za-z]\w*(?:\.[\w-]*\w|\[\d+\]|\["[^"]*"\])*'
_QUOTED = r"(?<!\w)'[^']*'(?!\w)"
_SHORT = r"(?<![\w.:/-])[a-z]\w*(?:\.\w+|\[\d+\])*(?![\w/:-])"
_IN_A_TEXT = re.compile(f"{_QUOTED}|{_WHOLE}|{_SHORT}")
_IN_A_PATH = re.compile(_WHOLE)
_BESIDE_FIELDS = re.compile(f"{_QUOTED}|{_WHOLE}")
_OF_FIELDS = frozenset(
    rule.code
    for rule in (
        patches.NOT_IN_THE_SCHEMA,
        patches.RELIED_ON,
        patches.BELOW_RESTRICTED,
        patches.REFUSED_BY_NAMESPACE,
        patches.TWO_OF_ONE,
        extra_objects.NOT_AN_OBJECT,
    )
)
_STEP = re.compile(r"\w+")


def in_arguments_of_region(found: Iterable[F]) -> list[F]:
    """The findings in the words of whoever gave arguments to McpRegion."""
    return [_in_arguments(one, _BESIDE_FIELDS if one.code in _OF_FIELDS else _IN_A_TEXT) for one in found]


def _in_arguments(one: F, names: re.Pattern[str]) -> F:
    return replace(
        one,
        path=_IN_A_PATH.sub(_word, one.path),
        problem=names.sub(_word, one.problem),
        remedy=names.sub(_word, as_in_a_program(one.remedy)),
    )


def argument_of(path: str) -> str:
    """The argument that a path of a stack file is: ``servers.orders.edge.client_cidrs[0]``."""
    first, *steps = _arguments(split(path))
    made = str(first)
    for step in steps:
        made = join(made, step)
    return made


def _word(found: re.Match[str]) -> str:
    text = found[0]
    if text.startswith("'"):
        return text
    if text.startswith(f"{NAMESPACE}:"):
        return argument_of(text)
    steps, known = _STEP.findall(text), _names()
    named = all(step in known or step.isdigit() for step in steps)
    return _STEP.sub(lambda step: known.get(step[0], step[0]), text) if named else text


def _arguments(steps: Steps) -> Iterator[str | int]:
    if steps[:1] == (SERVERS,) and len(steps) > 2:
        yield from steps[:2]
        steps = steps[2:]
    group: type[Group] | None = Settings
    members: type[Group] | None = None
    for step in steps:
        if isinstance(step, int):
            yield step
        elif group is None:
            # The name of a member, or what belongs to no declaration.
            yield step
            group, members = members, None
        else:
            name = _aliases(group).get(step)
            yield name or to_snake(step)
            hint = None if name is None else group.model_fields[name].annotation
            inner = group_in(hint)
            group, members = (None, inner) if MEMBER in steps_into(hint) else (inner, None)


@cache
def _aliases(group: type[Group]) -> Mapping[str, str]:
    return {info.alias or name: name for name, info in group.model_fields.items()}


@cache
def _names() -> Mapping[str, str]:
    """Every key of a stack file, as it is written there, and its name in a program."""
    return {alias: name for key in keys(Settings) for alias, name in _aliases(key.group).items()}
