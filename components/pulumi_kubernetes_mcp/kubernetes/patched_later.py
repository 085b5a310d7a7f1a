"""Outputs inside of patches and of further objects: held to the fields of the API when they are known. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..rules.model import Finding
from ..settings.keys.patches import Patch
from .api import Wrong, kinds, wrong_values
from .demands import unmet
from .patches import POD, TEMPLATE

Steps = tuple[str | int, ...]
Say = Callable[[str, str, str], list[Finding]]
"""What a rule makes of a place, what is wrong there, and the remedy."""


def type_in_patch(patch: Patch) -> str | None:
    """The type of the API that a patch is one of; ``None`` for a custom resource."""
    if patch.kind == POD:
        return TEMPLATE
    # The newest version of a kind is the last.
    return next((type_ for one, type_ in reversed(list(kinds().items())) if one.endswith(f" {patch.kind}")), None)


def later_findings(whole: Any, steps: Steps, known: Any, type_: str | None, path: str, say: Say) -> list[Finding]:
    """What is wrong with an Output in a patch or an object, now that it is known.

    :param whole: the patch with its Outputs.
    :param steps: where in it the Output is.
    :param say: the rule about it.
    """
    if type_ is None:
        return []
    before = set(_wrong(whole, type_))
    told = (one for one in _wrong(_with(whole, steps, known), type_) if one not in before)
    return [found for one in dict.fromkeys(told) for found in say(f"{path}.{one.path}", one.problem, one.remedy)]


def _wrong(value: Any, type_: str) -> Iterator[Wrong]:
    wrong = [Wrong(one.path[1:], one.problem, one.remedy) for one in wrong_values(value, type_, "", patch=True)]
    yield from wrong or unmet(value, type_)


def _with(value: Any, steps: Steps, known: Any) -> Any:
    """The value with another one at a place."""
    if not steps:
        return known
    step, *rest = steps
    if isinstance(value, Mapping):
        return {**value, step: _with(value[str(step)], tuple(rest), known)}
    return [_with(item, tuple(rest), known) if index == step else item for index, item in enumerate(value)]
