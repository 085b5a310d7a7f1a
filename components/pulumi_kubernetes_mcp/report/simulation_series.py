"""What is drawn of a simulation: panels of lines over time, the same for a plot and for a page. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import floor, log10
from typing import TYPE_CHECKING

from .simulation import moments

if TYPE_CHECKING:
    from ..simulation.result import Result, Sample
    from .simulation import Played, SimulatedStack

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
"""Okabe and Ito (2008): told apart by people who see few colours, and in grey by their dashes."""
DASHES = ((), (6, 2), (2, 2), (8, 2, 2, 2), (1, 2), (10, 3), (4, 4, 1, 4))
"""Lengths of the strokes and gaps of each line; none is a full line."""
GREY = "#666666"
MISSED = "#F4C7C3"
MOST_POINTS = 600
_FLAT = 1e-9
_TICK_SECONDS = (60, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a panel."""

    label: str
    points: tuple[tuple[float, float], ...]
    """Seconds and value."""
    colour: str
    dash: tuple[int, ...] = ()
    width: float = 1.6
    """Lines that lie on each other are the thinner the higher they lie."""
    steps: bool = False
    """Whether a value holds until the next one, as a number of pods does."""
    filled: bool = False


@dataclass(frozen=True, kw_only=True)
class Limit:
    """A level that matters, such as an objective."""

    label: str
    value: float


@dataclass(frozen=True, kw_only=True)
class Panel:
    """Lines over time with one unit."""

    title: str
    unit: str
    lines: tuple[Line, ...]
    limit: Limit | None = None
    headroom: float = 1.0
    """How much higher its scale is than its lines, for words above them."""

    @property
    def highest(self) -> float:
        """Upper end of its scale: the greatest value, and its limit where that is near."""
        most = max((value for line in self.lines for _, value in line.points), default=0.0)
        if self.limit is not None and self.limit.value < 4 * max(most, _FLAT):
            most = max(most, self.limit.value)
        return max(most * self.headroom, _FLAT)


@dataclass(frozen=True, kw_only=True)
class Picture:
    """One scenario: panels below each other with one axis of time."""

    name: str
    title: str
    seconds: float
    panels: tuple[Panel, ...]
    marks: tuple[tuple[float, str], ...]
    """What happens, and when."""
    missed: tuple[tuple[float, float], ...]
    """From when to when the first policy missed the objective."""
    missed_label: str


def pictures(simulated: SimulatedStack) -> tuple[Picture, ...]:
    """Every scenario as it is drawn."""
    return tuple(_picture(played, simulated) for played in simulated.played)


def _picture(played: Played, simulated: SimulatedStack) -> Picture:
    first, alone = played.results[0], len(played.results) == 1
    objective = Limit(label="objective", value=simulated.model.waits.objective)
    maximum = Limit(label="maximum", value=float(simulated.policies[0].maximum))
    sessions = Line(label="sessions", points=_points(first, lambda one: one.clients), colour=GREY)
    own = _by_policy(played.results, lambda one: float(one.wanted), steps=True)
    happened = tuple(moments(played))
    if alone:
        ready = _points(first, lambda one: float(one.ready), steps=True)
        lines = (
            Line(label="ready", points=ready, colour=COLOURS[5], steps=True, filled=True),
            Line(label="wanted", points=own[0].points, colour=COLOURS[0], steps=True),
        )
        own = lines
    return Picture(
        name=played.scenario.name,
        title=played.scenario.title,
        seconds=first.duration,
        panels=(
            Panel(title="Sessions", unit="sessions", lines=(sessions,), headroom=1.35 if happened else 1.0),
            Panel(title="Pods", unit="pods", lines=own, limit=maximum),
            *_lost(played, simulated),
            Panel(
                title="Wait of one call in twenty (P95)",
                unit="seconds",
                lines=_by_policy(played.results, lambda one: one.wait),
                limit=objective,
            ),
        ),
        marks=happened,
        missed=tuple(first.troubles()),
        missed_label="objective missed" if alone else f"objective missed by {first.policy}",
    )


def _lost(played: Played, simulated: SimulatedStack) -> tuple[Panel, ...]:
    """Sessions lost until each moment, by why; nothing where none can be sent elsewhere."""
    if simulated.model.hashing is None:
        return ()
    moved = _by_policy(played.results, lambda one: one.moved, steps=True)
    dropped = _by_policy(played.results, lambda one: one.dropped, steps=True)
    if len(played.results) == 1:
        moved = (replace(moved[0], label="as pods came"),)
        dropped = (replace(dropped[0], label="as pods went", colour=COLOURS[1], dash=DASHES[1]),)
        return (Panel(title="Sessions lost", unit="sessions", lines=(*moved, *dropped)),)
    return (
        Panel(title="Sessions lost as pods came", unit="sessions", lines=moved),
        Panel(title="Sessions lost as pods went", unit="sessions", lines=dropped),
    )


def _by_policy(results: Sequence[Result], value: Callable[[Sample], float], *, steps: bool = False) -> tuple[Line, ...]:
    alone = len(results) == 1
    return tuple(
        Line(
            label="wait" if alone else result.policy,
            points=_points(result, value, steps=steps),
            colour=COLOURS[place % len(COLOURS)],
            dash=DASHES[place % len(DASHES)],
            width=1.6 if alone else max(1.2, 3.2 - 0.9 * place),
            steps=steps,
        )
        for place, result in enumerate(results)
    )


def _points(
    result: Result, value: Callable[[Sample], float], *, steps: bool = False
) -> tuple[tuple[float, float], ...]:
    """Few points that look like all of them: of steps the changes, of others the greatest of each part."""
    samples = result.samples
    if steps:
        kept = [one for before, one in pairwise(samples) if value(one) != value(before)]
        return tuple((one.at, value(one)) for one in [*samples[:1], *kept, *samples[-1:]])
    size = -(-len(samples) // MOST_POINTS) or 1
    parts = [samples[place : place + size] for place in range(0, len(samples), size)]
    return tuple((one.at, value(one)) for one in (max(part, key=value) for part in parts))


def time_ticks(seconds: float, most: int = 7) -> list[tuple[float, str]]:
    """Round times, and how they are written: ``1:30`` is an hour and a half after the start."""
    step = next((one for one in _TICK_SECONDS if seconds / one <= most), _TICK_SECONDS[-1])
    days = step >= _TICK_SECONDS[-3]
    found, moment = [], 0
    while moment <= seconds:
        text = f"{moment // 86_400} d" if days else f"{moment // 3600}:{moment % 3600 // 60:02d}"
        found.append((float(moment), text))
        moment += step
    return found


def value_ticks(highest: float, most: int = 5) -> list[float]:
    """Round values from 0 to the first one that is not below ``highest``."""
    power = 10.0 ** floor(log10(highest / most)) if highest > _FLAT else 0.1
    step = next(factor * power for factor in (1, 2, 5, 10, 20) if highest / (factor * power) <= most)
    found, place = [0.0, step], 2
    while found[-1] < highest - _FLAT:
        found.append(round(place * step, 10))
        place += 1
    return found
