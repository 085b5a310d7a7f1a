"""What is wrong with several Outputs of one component, so that the first refusal tells of all that are known."""

from __future__ import annotations

import asyncio
from typing import Any, Generic, TypeVar

import pulumi

T = TypeVar("T")

TURNS = 100
"""Turns of the event loop for which a refusal waits. What is known already is looked at within a few for each `apply`
that it went through; in an update what is known later is not waited for: the update would go on meanwhile."""


class AtOnce(Generic[T]):
    """The refusals of one component."""

    def __init__(self) -> None:
        self._given: list[pulumi.Output[Any]] = []
        self._found: dict[int, list[T]] = {}

    def place(self, output: pulumi.Output[Any]) -> int:
        """The place of one more Output: refusals are told in the order in which their Outputs were given."""
        self._given.append(output)
        return len(self._given)

    async def with_others(self, place: int, found: list[T]) -> list[T]:
        """What is wrong with the Output at a place, and with all others that are known.

        A preview changes nothing while it waits, so there all are waited for, whichever resource each comes from.
        """
        self._found[place] = found
        if pulumi.runtime.is_dry_run():
            # One that fails by itself is told by whoever made it.
            await asyncio.gather(*(one.future() for one in self._given), return_exceptions=True)
        for _ in range(TURNS):
            await asyncio.sleep(0)
        return [one for _, more in sorted(self._found.items()) for one in more]
