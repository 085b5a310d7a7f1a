"""What is wrong with several Outputs of one component, so that the first refusal tells of all that are known."""

from __future__ import annotations

import asyncio
from typing import Generic, TypeVar

T = TypeVar("T")

TURNS = 100
"""Turns of the event loop for which a refusal waits. What is known already is looked at within a few for each `apply`
that it went through; what is known later is not waited for: the update would go on meanwhile."""


class AtOnce(Generic[T]):
    """The refusals of one component."""

    def __init__(self) -> None:
        self._given = 0
        self._found: dict[int, list[T]] = {}

    def place(self) -> int:
        """The place of one more Output: refusals are told in the order in which their Outputs were given."""
        self._given += 1
        return self._given

    async def with_others(self, place: int, found: list[T]) -> list[T]:
        """What is wrong with the Output at a place, and with all others that are known."""
        self._found[place] = found
        for _ in range(TURNS):
            await asyncio.sleep(0)
        return [one for _, more in sorted(self._found.items()) for one in more]
