"""Texts at any place of what is given: no secret where something else belongs, nothing that cannot be stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..rules.forms import looks_secret, without_halves, writable
from .problems import Problem, join


def misplaced(value: object, path: str, spared: Callable[[str], bool]) -> Iterator[Problem]:
    """What is wrong with the texts in a value, and with the keys of its maps. Nothing of a secret is repeated.

    :param path: the place of the value; empty for the arguments of a component.
    :param spared: whether the value at a path may be a secret, or has a rule of its own (MCP107).
    """
    if isinstance(value, str):
        yield from _wrong(value, path, spared=spared(path))
    elif isinstance(value, Mapping):
        for key, member in value.items():
            if isinstance(key, str):
                place = join(path, key) if path else key
                yield from _wrong(key, place)
                yield from misplaced(member, place, spared)
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from misplaced(item, join(path, index), spared)


def storable(value: Any) -> Any:
    """The value without halves of surrogate pairs, which nothing that reads it on can hold; they were told of."""
    if isinstance(value, str):
        return value if writable(value) else without_halves(value)
    if isinstance(value, dict):
        return {storable(key): storable(member) for key, member in value.items()}
    return [storable(item) for item in value] if isinstance(value, list) else value


def _wrong(text: str, path: str, *, spared: bool = False) -> Iterator[Problem]:
    if looks_secret(text) and not spared:
        yield Problem(
            path,
            "It looks like a secret, which would be shown to whoever reads the stack or the cluster.",
            "Put the value into a Secret, and give only the name of its key here; change it if it was committed.",
            slug="secret-out-of-place",
        )
    elif not writable(text):
        yield Problem(path, "It holds a character that cannot be stored (NUL, or half of a pair).", "Take it out.")
