"""What is wrong with several Outputs of one component, so that the first refusal tells of all that are known."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pulumi

from ..rules.model import Finding
from ..settings.problems import Problem, Refused, as_problem

T = TypeVar("T")
Refusal = Callable[[list[Problem]], Exception]
"""The error of a component, or of a region, for arguments of a wrong form."""

TURNS = 100
"""Turns of the event loop for which a refusal waits. What is known already is looked at within a few for each `apply`
that it went through; in an update what is known later is not waited for: the update would go on meanwhile."""
_HERE = Path(__file__).parents[1]
_OF_OTHERS = ("site-packages", "lib")
"""Directories of installed packages and of Python's own."""


class AtOnce:
    """The refusals of one component, or of a region with all of its components: of form, by a rule, and of an Output
    that fails by itself."""

    def __init__(self, refusal: Refusal, given: Iterable[pulumi.Output[Any]] = ()) -> None:
        """Collect what is wrong with the Outputs that a component, or a region, was ``given``.

        What a component of a region is told by another one is not waited for: that one may be what is refused.

        :param refusal: what is raised for mistakes of form, and for those that rules find beside them.
        """
        self._refusal = refusal
        self._given = list(given)
        self._places = 0
        self._found: dict[int, Sequence[Finding]] = {}
        self._failed: dict[Finding, Exception] = {}

    def place(self) -> int:
        """The place of one more Output: refusals are told in the order in which their Outputs were given."""
        self._places += 1
        return self._places

    def waits_for(self, output: pulumi.Output[Any]) -> None:
        """Count one more Output among those that were given."""
        self._given.append(output)

    def held(self, output: pulumi.Output[T], place: int, path: str) -> pulumi.Output[T]:
        """An Output that, where it fails by itself, fails after the others were looked at, and tells of them.

        The engine ends a program with the first failure, which would hide all that is wrong beside it. Who has used
        the same Output elsewhere too gets its failure there, alone.
        """

        async def refuse(why: Exception, told: Problem) -> T:
            if isinstance(why, Refused):
                # Told by whoever raised it.
                raise why
            self._failed[told] = why
            found = await self.with_others(place, [told])
            if all(self._failed.get(one) is why for one in found):
                raise why
            raise self.refused(found)

        def recovered(why: Exception) -> asyncio.Task[T]:
            # Read at once, because who awaits a failure a second time finds no traceback in it; and a task, which may
            # be left behind by the end of the program.
            return asyncio.create_task(refuse(why, Problem(path, _failure(why), _MEND_FIRST)))

        return output.recover(recovered)

    async def with_others(self, place: int, found: Sequence[Finding]) -> list[Finding]:
        """What is wrong with the Output at a place, and with all others that are known.

        A preview changes nothing while it waits, so there all are waited for, whichever resource each comes from.
        """
        self._found[place] = found
        if pulumi.runtime.is_dry_run():
            await asyncio.gather(*(one.future() for one in self._given), return_exceptions=True)
        for _ in range(TURNS):
            await asyncio.sleep(0)
        return list(dict.fromkeys(one for _, more in sorted(self._found.items()) for one in more))

    def refused(self, found: Iterable[Finding]) -> Exception:
        """The error for what is wrong, where some of it is wrong in form."""
        error = self._refusal([as_problem(one) for one in found])
        error.__cause__ = next(iter(self._failed.values()), None)
        return error


_MEND_FIRST = "Mend what makes it: alone, it ends the program with all that it says."


def _failure(why: Exception) -> str:
    """What ended an Output, without its text, which may repeat a secret; a RunError's is meant to be read."""
    if isinstance(why, pulumi.RunError):
        return f"It has no value: {why}"
    place = next(
        (
            f" at {Path(one.filename).name}:{one.lineno}"
            for one in reversed(traceback.extract_tb(why.__traceback__))
            if not _is_of_others(Path(one.filename))
        ),
        "",
    )
    return f"It has no value: what makes it ends in {type(why).__name__}{place}."


def _is_of_others(file: Path) -> bool:
    return not file.is_file() or file.is_relative_to(_HERE) or any(part in _OF_OTHERS for part in file.parts)


def outputs_in(value: Any) -> list[pulumi.Output[Any]]:
    """The Outputs in what somebody gives, however deep."""
    if isinstance(value, pulumi.Output):
        return [value]
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, (list, tuple)) else ()
    return [found for one in inner for found in outputs_in(one)]
