"""Several runs of the same scenario with other chance: for each figure the least, the middle one and the most. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from .result import Result

RUNS = 5
"""Runs where no seed is asked for. Of five the middle one is one of them, and a value outside of what all five showed
comes in one of three further runs; a day with a hundred pods still takes about a second."""
FIRST_SEED = 1


@dataclass(frozen=True)
class Range:
    """A figure over all runs."""

    least: float
    middle: float
    most: float


MEASURES: Mapping[str, Callable[[Result], float]] = {
    "pods_least": lambda one: one.least,
    "pods_most": lambda one: one.most,
    "pod_hours": lambda one: one.pod_hours,
    "lost_minutes": lambda one: one.lost_minutes,
    "longest_wait_seconds": lambda one: one.longest_wait,
    "longest_queue": lambda one: one.longest_queue,
    "slow_calls": lambda one: one.slow_calls,
    "failed_calls": lambda one: one.failed_calls,
    "dropped_sessions": lambda one: one.dropped_sessions,
    "moved_sessions": lambda one: one.moved_sessions,
    "refused_sessions": lambda one: one.refused_sessions,
}


def seeds(given: int | None) -> tuple[int, ...]:
    """The one that was asked for, or as many as there are runs."""
    return tuple(range(FIRST_SEED, FIRST_SEED + RUNS)) if given is None else (given,)


def middle(runs: Sequence[Result]) -> Result:
    """The run that is shown: the middle one by its pod-hours, and by the minutes missed where these are the same."""
    ordered = sorted(runs, key=lambda one: (round(one.pod_hours, 2), one.lost_minutes, one.slow_calls))
    return ordered[(len(ordered) - 1) // 2]


def ranges(runs: Sequence[Result], since: float) -> dict[str, Range]:
    """Each figure over the runs. ``since``: when the trouble begins; a trouble that does not end takes for ever."""
    found = {name: _range([measure(one) for one in runs]) for name, measure in MEASURES.items()}
    recovered = [one.recovered(since) for one in runs]
    return found | {"recovered_seconds": _range([inf if one is None else one for one in recovered])}


def _range(values: Sequence[float]) -> Range:
    ordered = sorted(values)
    return Range(ordered[0], ordered[(len(ordered) - 1) // 2], ordered[-1])
