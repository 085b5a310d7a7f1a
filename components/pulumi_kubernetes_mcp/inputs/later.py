"""Texts that are known later: held to the declaration of their key then, in the words that a plain one gets at once.

An Output is not known while arguments are checked. Without this a number where text belongs, or a host with a scheme,
would go to the cluster in the middle of an update, or end in a traceback of a rule.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, reduce
from types import UnionType
from typing import Annotated, Any, Union, cast, get_args, get_origin

import pulumi
from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from ..settings.fields import KNOWN_LATER, OPAQUE_KEYS, Group, takes_output
from ..settings.problems import Problem, join
from ..settings.texts import misplaced
from .at_once import AtOnce

Steps = tuple[str | int, ...]
_NO_TEXT = "wrong-type"
_QUOTES = "Put it in quotes."
_AS_TEXT = "Make text of it: output.apply(str)."


@dataclass(frozen=True, kw_only=True)
class Later:
    """One door: how it calls a value that came too late, and what it is refused with."""

    group: type[Group]
    """The declaration of the arguments."""
    at_once: AtOnce
    """What is refused together."""
    spared: Callable[[str], bool]
    """Whether the value at a path may be a secret, or has a rule of its own."""
    place: str = ""
    """What stands before each path in messages: ``servers.orders.``."""

    @staticmethod
    def takes(group: type[Group], key: str) -> bool:
        """Whether an Output may stand somewhere in a key."""
        return _Key(group, key).text is not None

    def held(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments, in which each Output fails as soon as it is known to be nothing that its key takes.

        Secretness and dependencies are kept. Where no Output may stand it is left as it is, to be refused.
        """
        return self._keys(given, self.group, ())

    def _keys(self, given: Mapping[str, Any], group: type[Group], steps: Steps) -> dict[str, Any]:
        made = dict(given)
        for key, info in group.model_fields.items():
            for spelt in {key, info.alias or key} & made.keys() - OPAQUE_KEYS:
                made[spelt] = self._value(made[spelt], _types(info.annotation), _Key(group, key), (*steps, key))
        return made

    def _value(self, value: Any, types: tuple[Any, ...], key: _Key, steps: Steps) -> Any:
        if isinstance(value, (pulumi.Output, Awaitable)):
            return self._checked(value, key, steps) if str in types and key.text is not None else value
        if isinstance(value, Mapping):
            group = next((one for one in types if isinstance(one, type) and issubclass(one, Group)), None)
            if group is not None:
                return self._keys(value, group, steps)
            members = _parts(types, dict, 1)
            return {name: self._value(item, members, key, (*steps, name)) for name, item in value.items()}
        if isinstance(value, (list, tuple)):
            items = _parts(types, list, 0)
            return [self._value(item, items, key, (*steps, place)) for place, item in enumerate(value)]
        return value

    def _checked(self, value: Any, key: _Key, steps: Steps) -> pulumi.Output[Any]:
        later: pulumi.Output[Any] = pulumi.Output.from_input(value)
        if not isinstance(value, pulumi.Output):
            self.at_once.waits_for(later)
        order, path = self.at_once.place(), _path(steps)

        def check(known: Any) -> Any:
            problems = [replace(one, path=self.place + one.path) for one in self._problems(known, key, path, steps)]
            return self._refuse(later, problems, order) if problems else known

        return self.at_once.held(later, order, self.place + path).apply(check)

    def _problems(self, known: Any, key: _Key, path: str, steps: Steps) -> list[Problem]:
        if found := list(misplaced(known, path, self.spared)):
            return found
        try:
            cast("TypeAdapter[Any]", key.text).validate_python(known, strict=True, context=KNOWN_LATER)
        except ValidationError as error:
            # Only who has made a mistake waits for the words.
            from ..settings.explain import Door, explain_all

            details = cast("list[ErrorDetails]", [{**one, "loc": steps} for one in error.errors(include_url=False)])
            told = explain_all(details, (), Door(self.group, stack=False))
            return [replace(one, remedy=_AS_TEXT if one.remedy == _QUOTES else one.remedy) for one in told]
        return []

    async def _refuse(self, value: pulumi.Output[Any], problems: list[Problem], order: int) -> Any:
        """Raise the error with all that is known to be wrong, which repeats nothing of a secret."""
        if await value.is_secret():
            problems = [replace(one, problem=_secret_problem(one), remedy=_secret_remedy(one)) for one in problems]
        raise self.at_once.refused(await self.at_once.with_others(order, problems))


def _path(steps: Steps) -> str:
    first, *others = steps
    return reduce(join, others, str(first))


def _secret_problem(told: Problem) -> str:
    return (
        "It is a secret Output, and no text." if told.slug == _NO_TEXT else "It is a secret Output that does not fit."
    )


def _secret_remedy(told: Problem) -> str:
    return told.remedy if told.slug == _NO_TEXT else "Look at what its value is made of."


@dataclass(frozen=True)
class _Key:
    group: type[Group]
    name: str

    @property
    def text(self) -> TypeAdapter[Any] | None:
        """What it takes where an Output may stand, once that is known; ``None`` for a key that takes no Output."""
        return _text_of(self.group, self.name)


@cache
def _text_of(group: type[Group], name: str) -> TypeAdapter[Any] | None:
    info = group.model_fields[name]
    hint = Annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation
    found = next(_texts(hint), None)
    return None if found is None else TypeAdapter(found)


def _texts(hint: Any) -> Iterator[Any]:
    """The types in a hint for which an Output may stand: the hint itself, or those of its items and members."""
    if get_origin(hint) is Annotated:
        bare, *marks = get_args(hint)
        if any(takes_output(mark) for mark in marks):
            yield hint
        else:
            yield from _texts(bare)
    elif get_origin(hint) in (Union, UnionType, list, dict):
        for part in get_args(hint):
            yield from _texts(part)


def _types(hint: Any) -> tuple[Any, ...]:
    """The types that a hint allows, without what is attached to them."""
    if get_origin(hint) is Annotated:
        return _types(get_args(hint)[0])
    if get_origin(hint) in (Union, UnionType):
        return tuple(one for part in get_args(hint) for one in _types(part))
    return (hint,)


def _parts(types: tuple[Any, ...], kind: type, place: int) -> tuple[Any, ...]:
    """The types of the items of a list, or of the members of a map."""
    return tuple(one for hint in types if get_origin(hint) is kind for one in _types(get_args(hint)[place]))
