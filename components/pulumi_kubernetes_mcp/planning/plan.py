"""The capacity plan of one region: every figure that follows from the load, the database and the bounds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from fractions import Fraction

from .derivation import Inputs, Parts, derive
from .remedies import Remedy, remedies
from .working import Figure

SECTIONS: Mapping[str, tuple[str, ...]] = {
    "Load": ("load", "calls"),
    "One pod": ("pool", "memory", "descriptors", "cpu", "capacity"),
    "Waiting": ("waiting",),
    "Pods": ("replicas",),
    "Database": ("connections",),
    "State store": ("clients",),
    "Cost": ("cost",),
}
"""The parts of a plan under the headings of a report, in reading order."""


@dataclass(frozen=True, kw_only=True)
class Plan(Parts):
    """The plan: its parts, each with its figures, and what would close a budget that does not close."""

    remedies: tuple[Remedy, ...]
    """What would close the budget, best first; empty if it closes."""

    def figures(self) -> tuple[Figure, ...]:
        """All figures that apply, in reading order."""
        return tuple(figure for figures in self.sections().values() for figure in figures)

    def sections(self) -> dict[str, tuple[Figure, ...]]:
        """The figures that apply, under the headings of a report; a heading without any is left out."""
        found = {
            title: tuple(figure for part in parts for figure in _figures(getattr(self, part)))
            for title, parts in SECTIONS.items()
        }
        return {title: figures for title, figures in found.items() if figures}

    def to_dict(self) -> dict[str, object]:
        """The plan as plain data that JSON can hold: one object per part, keyed by field."""
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}


def plan(inputs: Inputs) -> Plan:
    """The capacity plan of one region.

    Total: whatever the dataclasses accept has a plan. What cannot work is a matter of the findings, which
    compare the figures; the plan only says whether the connection budget closes, and what would close it.
    """
    parts = derive(inputs)
    return Plan(**{field.name: getattr(parts, field.name) for field in fields(parts)}, remedies=remedies(inputs, parts))


def _figures(value: object) -> Iterator[Figure]:
    if isinstance(value, Figure):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _figures(item)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _figures(getattr(value, field.name))


def _plain(value: object) -> object:
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return float(value) if isinstance(value, Fraction) else value
