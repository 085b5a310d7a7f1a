"""When each endpoint has its round: spread over the interval, at a place that follows from its name."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence

_SPACE = 2**64


def offsets(names: Sequence[str], interval: float) -> list[float]:
    """Seconds after the beginning of an interval at which each endpoint has its round, in the order of the names.

    The interval has as many slots as there are endpoints, and each slot holds one round, somewhere in it: no two come
    together, whatever the names. Slot and place follow from a digest of the name, so that exporters which watch the
    same endpoints do not do it in the same moment in alphabetical order, and a restart moves nobody.
    """
    places = [int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]) for name in names]
    order = sorted(range(len(names)), key=lambda number: (places[number], names[number]))
    width = interval / max(1, len(names))
    made = [0.0] * len(names)
    for slot, number in enumerate(order):
        # Half of the slot is left free, so that neighbours stay apart.
        made[number] = (slot + (places[number] * len(names) / _SPACE) % 1 / 2) * width
    return made


def next_round(offset: float, interval: float, now: float) -> float:
    """The first moment after ``now`` at which an endpoint of this offset has a round; what was missed is left out.

    Moments are counted from 0 of the clock, so that they are the same after a restart.
    """
    return (math.floor((now - offset) / interval) + 1) * interval + offset
