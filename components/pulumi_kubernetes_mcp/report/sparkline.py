"""Charts of one line of text: bars over time, an axis, marks. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

_LEVELS = "▁▂▃▄▅▆▇█"
MARK = "▲"
_DAY = 86_400
_STEPS = (60, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, _DAY, 2 * _DAY, 7 * _DAY)
_MOST_TICKS = 5


def bars(values: Sequence[float], width: int, *, worst: bool = False) -> str:
    """Values over time, the greatest one highest. Each column is the mean of its part, or the ``worst`` in it."""
    if not values:
        return ""
    columns = [_of(part, worst) for part in _parts(values, min(width, len(values)))]
    highest = max(max(columns), 1e-9)
    return "".join(_LEVELS[min(len(_LEVELS) - 1, int(value / highest * (len(_LEVELS) - 1) + 0.5))] for value in columns)


def axis(seconds: float, width: int) -> str:
    """Round times below the chart, five at most."""
    step = next((one for one in _STEPS if seconds / one <= _MOST_TICKS), _STEPS[-1])
    line, moment = "", 0.0
    while moment < seconds:
        place, text = round(moment / seconds * width), _time(moment, step)
        if place + len(text) <= width:
            line = line.ljust(place) + text
        moment += step
    return line


def marks(moments: Sequence[float], seconds: float, width: int) -> str:
    """A mark below each moment."""
    line = [" "] * width
    for moment in moments:
        line[min(width - 1, int(moment / max(seconds, 1) * width))] = MARK
    return "".join(line).rstrip()


def _parts(values: Sequence[float], count: int) -> list[Sequence[float]]:
    edges = [len(values) * part // count for part in range(count + 1)]
    return [values[left:right] for left, right in pairwise(edges)]


def _of(part: Sequence[float], worst: bool) -> float:
    return max(part) if worst else sum(part) / len(part)


def _time(moment: float, step: float) -> str:
    if step >= _DAY:
        return f"{moment / _DAY:.0f} d"
    hours, minutes = divmod(round(moment / 60), 60)
    return f"{hours}:{minutes:02d}"
