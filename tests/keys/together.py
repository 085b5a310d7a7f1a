"""Many keys changed at once: what was reviewed of each by itself still stands, in one run for ten of them or more.

Which keys can be changed together, because none hides what another moves, is found when the reviewed effects are
written, and kept beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import groupby, islice, pairwise
from typing import Any

from pulumi_kubernetes_mcp.inputs.checked import ArgumentsError
from pulumi_kubernetes_mcp.keys import COMPONENTS
from pulumi_kubernetes_mcp.settings import SettingsError
from pulumi_kubernetes_mcp.settings.tree import Key

from . import uses, walk
from .changed import values

STACK = "stack"
OPEN = 4
"""Batches that are tried for one more change before a new one is begun."""


@dataclass(frozen=True)
class Change:
    """One value that was reviewed: what it is changed to, and what stands elsewhere then."""

    component: str | None
    key: Key
    where: str
    place: tuple[Any, ...]
    value: Any
    expected: Mapping[str, str]
    """Place to what is shown there. Empty where only figures or findings move."""
    number: int = 0
    """Which change of its key in this use, from 0 on."""

    @property
    def name(self) -> str:
        """The key, as a reader finds it."""
        return walk.name_of(self.component, self.key)

    @property
    def id(self) -> str:
        """The change, as the batches name it: its place, and which change of its key it is in this use."""
        place = ".".join(map(str, self.place))
        return f"{place}#{self.number}" if self.number else place

    @property
    def reviewed(self) -> tuple[tuple[str, str], str, int]:
        """The lines that were reviewed of it: the use, the key and which change of it."""
        return self.use, self.name, self.number

    @property
    def use(self) -> tuple[str, str]:
        """The component, or ``stack``, and the use that it is changed in."""
        return self.component or STACK, self.where


def changes(component: str | None, key: Key, reviewed: Sequence[str]) -> Iterator[Change]:
    """Every change that was reviewed of a key, at each place where the value can be changed so."""
    headers = [at for at, line in enumerate(reviewed) if not line.startswith("  ")]
    uses_before: list[str] = []
    for begin, end in pairwise([*headers, len(reviewed)]):
        where, _, told = reviewed[begin].removeprefix(f"{walk.name_of(component, key)} in ").partition(": ")
        lines = [line for line in reviewed[begin + 1 : end] if not line.startswith("  and ")]
        expected = dict(line.strip().split(" = ", 1) for line in lines)
        args = arguments_of(component or STACK, where)
        for place in walk.places(key.path, args):
            present = walk.at(args, place, key)
            for value in islice(values(key, present), walk.TRIED):
                if f"{walk.shown(present)} -> {walk.shown(value)}" == told:
                    yield Change(component, key, where, place, value, expected, uses_before.count(where))
        uses_before.append(where)


@cache
def arguments_of(of: str, where: str) -> Mapping[str, Any]:
    """What a stack, or a use of a component, says."""
    if of == STACK:
        return uses.stacks()[where]
    return next(case.args for case in uses.of(of) if case.variant == where)


def wrong(batch: Sequence[Change]) -> dict[str, str]:
    """What does not stand as it was reviewed, by the name of the key, when all are changed."""
    of, where = batch[0].use
    args = changed = arguments_of(of, where)
    for one in batch:
        changed = walk.replaced(changed, one.place, one.value)
    effects: Callable[[Any], walk.Effects] = (
        walk.followed if of == STACK else partial(walk.made, COMPONENTS_BY_NAME[of])
    )
    before, after = walk.base(where, args, effects), effects(changed)
    return dict(filter(None, (_wrong(one, before, after) for one in batch)))


COMPONENTS_BY_NAME = {name: uses.of(name)[0].type for name in COMPONENTS}


def _wrong(one: Change, before: walk.Effects, after: walk.Effects) -> tuple[str, str] | None:
    if not one.expected:
        return None if walk.difference(before, after) else (one.name, "it moves nothing")
    for place, shown in one.expected.items():
        now = walk.shown(after.get(place))
        if now != shown:
            return one.name, f"{place} is {now}, not {shown}"
        if (place in before, before.get(place)) == (place in after, after.get(place)):
            return one.name, f"{place} is {now}, as it was before"
    return None


def batches(found: Iterable[Change]) -> list[list[Change]]:
    """The changes in as few runs as can be seen without trying all: each must stand with the others."""
    by_use: dict[tuple[str, str], list[list[Change]]] = {}
    for _, same in groupby(found, key=lambda one: one.reviewed):
        places = list(same)
        one = next((each for each in places if _stands([each])), places[0]) if len(places) > 1 else places[0]
        made = by_use.setdefault(one.use, [])
        fitting = (batch for batch in made[-OPEN:] if one.expected and batch[0].expected and _stands([*batch, one]))
        if (batch := next(fitting, None)) is not None:
            batch.append(one)
        else:
            made.append([one])
    return [batch for made in by_use.values() for batch in made]


def _stands(batch: Sequence[Change]) -> bool:
    try:
        return not wrong(batch)
    except (SettingsError, ArgumentsError, RuntimeError):
        # RuntimeError: an Output is made where no program runs, by a combination that each of the keys alone is not.
        return False


def line(batch: Sequence[Change]) -> str:
    """A batch as it is kept."""
    return f"{' in '.join(batch[0].use)}: {' '.join(one.id for one in batch)}"
