"""What is wrong with several Outputs of one component, so that the first refusal tells of all that are known."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

import pulumi

T = TypeVar("T")

TURNS = 100
"""Turns of the event loop for which a refusal waits. What is known already is looked at within a few for each `apply`
that it went through; in an update what is known later is not waited for: the update would go on meanwhile."""


class AtOnce(Generic[T]):
    """The refusals of one component, or of a region with all of its components."""

    def __init__(self, given: Sequence[pulumi.Output[Any]] | None = None) -> None:
        """Collect what is wrong with the Outputs of a component, or of those that a region was ``given``.

        What a component of a region is told by another one is not waited for: that one may be what is refused.
        """
        self._given = given
        self._placed: list[pulumi.Output[Any]] = []
        self._found: dict[int, list[T]] = {}

    def place(self, output: pulumi.Output[Any]) -> int:
        """The place of one more Output: refusals are told in the order in which their Outputs were given."""
        self._placed.append(output)
        return len(self._placed)

    async def with_others(self, place: int, found: list[T]) -> list[T]:
        """What is wrong with the Output at a place, and with all others that are known.

        A preview changes nothing while it waits, so there all are waited for, whichever resource each comes from.
        """
        self._found[place] = found
        if pulumi.runtime.is_dry_run():
            # One that fails by itself is told by whoever made it.
            waited = self._placed if self._given is None else self._given
            await asyncio.gather(*(one.future() for one in waited), return_exceptions=True)
        for _ in range(TURNS):
            await asyncio.sleep(0)
        return list(dict.fromkeys(one for _, more in sorted(self._found.items()) for one in more))


def outputs_in(value: Any) -> list[pulumi.Output[Any]]:
    """The Outputs in what somebody gives, however deep."""
    if isinstance(value, pulumi.Output):
        return [value]
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, (list, tuple)) else ()
    return [found for one in inner for found in outputs_in(one)]
