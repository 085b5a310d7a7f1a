"""What several runs with other chance have in common, in words and as data. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import isinf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..simulation.ranges import Range


def span(found: Range, shown: Callable[[float], str]) -> str:
    """From the least to the most, or the one figure where they read alike."""
    least, most = shown(found.least), shown(found.most)
    return least if least == most else f"{least}–{most}"


def pods_span(found: Mapping[str, Range]) -> str:
    """Fewest and most pods of all runs."""
    least, most = found["pods_least"].least, found["pods_most"].most
    return f"{most:.0f}" if least == most else f"{least:.0f}–{most:.0f}"


def runs_text(found: Mapping[str, Range], count: int, number: Callable[[float], str]) -> str:
    """How the other runs of one scenario went."""
    figures = (
        f"{span(found['pod_hours'], '{:.1f}'.format)} pod-hours",
        f"{span(found['pods_most'], '{:.0f}'.format)} pods at most",
        f"{span(found['lost_minutes'], number)} minutes missed",
        f"a longest wait of {span(found['longest_wait_seconds'], '{:.1f}'.format)} s",
        f"{span(found['dropped_sessions'], number)} sessions cut off",
    )
    return f"{count}, each with other chance: {', '.join(figures)}. The middle one is shown"


def runs_note(seeds: Sequence[int]) -> list[str]:
    """What the figures of a table are, where there are several runs."""
    if len(seeds) == 1:
        return []
    return [
        f"{len(seeds)} runs, each with other chance: pods, pod-hours, lost minutes and waits are from the least to the "
        "most, the rest is of the middle one. --seed plays one of them."
    ]


def ranges_data(found: Mapping[str, Range]) -> dict[str, dict[str, float | None]]:
    """The ranges as plain data; ``None`` is a trouble that did not end."""
    return {
        name: {key: _finite(getattr(one, key)) for key in ("least", "middle", "most")}
        for name, one in sorted(found.items())
    }


def _finite(value: float) -> float | None:
    return None if isinf(value) else round(value, 3)
