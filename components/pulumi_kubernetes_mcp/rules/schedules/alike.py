"""What several schedules have alike, said once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..model import Finding, Severity

SHOWN = 3
"""Further schedules that are named."""
_PLACE = re.compile(r"schedules\[(\d+)\](.*)")


def once(found: Iterable[Finding], names: Sequence[str]) -> list[Finding]:
    """Each kind of warning once: in the words of the first schedule that has it, with the others that have it too.

    Errors stay as they are, since each of them has to be mended.

    :param names: those of the schedules, by their place.
    """
    kinds: dict[tuple[str, str, int], Finding] = {}
    others: dict[tuple[str, str, int], list[str]] = {}
    kept: list[Finding] = []
    said: Counter[tuple[str, str]] = Counter()
    for finding in found:
        place = _PLACE.search(finding.path)
        if place is None or finding.severity != Severity.WARNING:
            kept.append(finding)
            continue
        # One schedule may break a rule twice, as with its start and its end: each is a kind of its own.
        kind = finding.code, place[2], said[finding.code, finding.path]
        said[finding.code, finding.path] += 1
        if kind in kinds:
            others[kind].append(names[int(place[1])])
        else:
            kinds[kind], others[kind] = finding, []
    return kept + [
        replace(first, problem=f"{first.problem} {_too(others[kind])}") if others[kind] else first
        for kind, first in kinds.items()
    ]


def _too(names: Sequence[str]) -> str:
    shown = [f"'{name}'" for name in names[:SHOWN]]
    if len(names) > SHOWN:
        shown.append(f"{len(names) - SHOWN} more")
    words = shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
    return f"So it is with {words}."
