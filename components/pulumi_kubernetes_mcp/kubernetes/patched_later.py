"""Outputs inside of patches and of further objects: held to the fields of the API when they are known. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..rules.model import Finding
from ..rules.patches import schema_findings
from ..settings.keys.patches import Patch
from .api import Wrong, kinds, wrong_values
from .demands import unmet
from .judged_containers import container_findings
from .patches import POD, ROLLOUT, TEMPLATE, read_as

Steps = tuple[str | int, ...]
Say = Callable[[str, str, str], list[Finding]]
"""What a rule makes of a place, what is wrong there, and the remedy."""


@dataclass(frozen=True)
class Reading:
    """How what holds Outputs is held to the fields of the API."""

    read: Callable[[Any], tuple[str | None, Any]]
    """The type of the API that it is read as, and what of it; ``None`` for what has no type."""
    say: Say
    """The rule about its fields."""
    patch: bool
    """Whether it is a patch, which may leave out what an object needs."""
    further: Callable[[Any, str], Iterable[Finding]]
    """What other rules say of it whose fields are right, at its path."""


def of_patch(patch: Patch, judge: Callable[[Any], Iterable[Finding]]) -> Reading:
    """How a patch is read.

    :param judge: what the rules say of all arguments with another body of this patch.
    """
    if patch.kind == POD:
        type_: str | None = TEMPLATE
    else:
        # The newest version of a kind is the last.
        type_ = next((type_ for one, type_ in reversed(list(kinds().items())) if one.endswith(f" {patch.kind}")), None)

    def read(body: Any) -> tuple[str | None, Any]:
        return read_as(*ROLLOUT, body) if patch.kind == ROLLOUT[1] else (type_, body)

    def further(body: Any, path: str) -> Iterator[Finding]:
        # These are at the field itself, where the rules about the whole are at the patch.
        of_containers = list(container_findings(body, path))
        yield from of_containers
        said = {one.code for one in of_containers}
        yield from (one for one in judge(body) if one.code not in said)

    return Reading(read, schema_findings, patch=True, further=further)


def later_findings(whole: Any, steps: Steps, known: Any, reading: Reading, path: str) -> list[Finding]:
    """What is wrong with an Output in a patch or an object, now that it is known.

    :param whole: the patch with its Outputs.
    :param steps: where in it the Output is.
    """
    after = _with(whole, steps, known)
    before = set(_wrong(whole, reading))
    told = [one for one in dict.fromkeys(_wrong(after, reading)) if one not in before]
    if told:
        return [found for one in told for found in reading.say(f"{path}.{one.path}", one.problem, one.remedy)]
    said = set(reading.further(whole, path))
    return [one for one in dict.fromkeys(reading.further(after, path)) if one not in said]


def _wrong(value: Any, reading: Reading) -> Iterator[Wrong]:
    type_, body = reading.read(value)
    if type_ is None:
        return
    found = wrong_values(body, type_, "", patch=reading.patch)
    wrong = [Wrong(one.path[1:], one.problem, one.remedy) for one in found]
    yield from wrong or unmet(body, type_)


def _with(value: Any, steps: Steps, known: Any) -> Any:
    """The value with another one at a place."""
    if not steps:
        return known
    step, *rest = steps
    if isinstance(value, Mapping):
        return {**value, step: _with(value[str(step)], tuple(rest), known)}
    return [_with(item, tuple(rest), known) if index == step else item for index, item in enumerate(value)]
