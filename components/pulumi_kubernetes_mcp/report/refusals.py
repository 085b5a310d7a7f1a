"""What was refused, whoever refused it, as findings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..rules.model import Finding

if TYPE_CHECKING:
    from ..planned_stacks import PlannedStack


@dataclass(frozen=True, kw_only=True)
class CheckedStack:
    """What was found in one stack, also where it could not even be read."""

    stack: str
    where: str
    """Where the stack is written, for findings whose file is not known."""
    findings: Sequence[Finding]
    planned: PlannedStack | None = None
    """The stack with its plan, where it has one."""


FORM = "invalid-form"
"""Name of what is wrong with the form of a stack file or of arguments."""
REFUSED = "refused"
"""Name of what is said in one text, without a place: a stack that does not exist, a program that fails."""


def refused_findings(error: Exception, file: str | None = None) -> list[Finding]:
    """An error as findings: those that it carries, or its message as one.

    :param file: the file that was read, for those that name none.
    """
    carried: Iterable[object] = getattr(error, "findings", ()) or getattr(error, "problems", ())
    found = [_finding(one) for one in carried] or [Finding(path="", problem=str(error), remedy="", slug=REFUSED)]
    return [one if one.file is not None else replace(one, file=file or None) for one in found]


def _finding(carried: object) -> Finding:
    if isinstance(carried, Finding):
        return carried
    return Finding(path="", problem=str(carried), remedy="", slug=FORM)
