"""Texts at any place of what is given: no secret where something else belongs, nothing that cannot be stored."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..rules.forms import looks_secret, without_halves, writable
from .problems import Problem, join
from .yaml_text import refused_in

_OF_AN_OUTPUT = re.compile(r"Calling __str__ on an Output\[T\] is not supported|<pulumi\.output\.Output object at 0x")
"""What stands in a text that an Output was put into: Pulumi answers with an explanation in the place of the value."""


def misplaced(value: object, path: str, spared: Callable[[str], bool]) -> Iterator[Problem]:
    """What is wrong with the texts in a value, and with the keys of its maps. Nothing of a secret is repeated.

    :param path: the place of the value; empty for the arguments of a component.
    :param spared: whether the value at a path may be a secret, or has a rule of its own (MCP107).
    """
    for steps, text, is_key in _texts(value, ()):
        # A path is put together for the few that are wrong: a stack has thousands of texts.
        if looks_secret(text) or not writable(text) or _OF_AN_OUTPUT.search(text):
            place = _place(path, steps)
            yield from _wrong(text, place, spared=not is_key and spared(place))


def unreadable(value: object, path: str) -> Iterator[Problem]:
    """What is wrong with single values that YAML's readers do not agree on: dates, leading zeros, no finite numbers.

    :param path: the place of the value.
    """
    for steps, refused in refused_in(value):
        problem = f"{refused.problem[0].upper()}{refused.problem[1:]}"
        yield Problem(_place(path, steps), problem, refused.remedy, slug="value-refused")


def storable(value: Any) -> Any:
    """The value without halves of surrogate pairs, which nothing that reads it on can hold; they were told of."""
    if isinstance(value, str):
        return value if writable(value) else without_halves(value)
    if isinstance(value, dict):
        return {storable(key): storable(member) for key, member in value.items()}
    return [storable(item) for item in value] if isinstance(value, list) else value


def _texts(value: object, steps: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str, bool]]:
    """Every text in a value with the steps that lead to it, and whether it is the key of a map."""
    if isinstance(value, str):
        yield steps, value, False
    elif isinstance(value, Mapping):
        for key, member in value.items():
            if isinstance(key, str):
                yield (*steps, key), key, True
                yield from _texts(member, (*steps, key))
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from _texts(item, (*steps, index))


def _place(path: str, steps: tuple[str | int, ...]) -> str:
    for step in steps:
        path = step if not path and isinstance(step, str) else join(path, step)
    return path


def _wrong(text: str, path: str, *, spared: bool) -> Iterator[Problem]:
    if _OF_AN_OUTPUT.search(text):
        yield Problem(
            path,
            "An Output was put into this text, which then holds Pulumi's complaint about that and no value.",
            "Put them together by pulumi.Output.concat or pulumi.Output.format.",
            slug="output-as-text",
        )
    elif looks_secret(text) and not spared:
        yield Problem(
            path,
            "It looks like a secret, which would be shown to whoever reads the stack or the cluster.",
            "Put the value into a Secret, and give only the name of its key here; change it if it was committed.",
            slug="secret-out-of-place",
        )
    elif not writable(text):
        yield Problem(path, "It holds a character that cannot be stored (NUL, or half of a pair).", "Take it out.")
