"""How much shorter calls wait at several servers than Allen and Cunneen say, where few of them take much longer.

Their factor, (1 + cv²) / 2, is right where all servers are nearly always busy. Before that a call waits until the first
of the running ones ends, and of several that is seldom a long one.
"""

from __future__ import annotations

from functools import lru_cache
from math import comb, isfinite, sqrt

from ..planning.queueing import erlang_c

MANY = 64
"""Servers of which so nearly the mean part has a long call that their number is no chance."""


def eased(servers: int, cv2: float, rest_cv2: float, busy: float) -> float:
    """The mean wait of those who wait, over that of Allen and Cunneen; from 0 to 1.

    Calls are taken as of two kinds, each exponential, that have the mean, the variation and that of the rest. In
    light traffic those who wait do so for the least of ``servers`` rests. The busier the servers, the more of them
    have a long call wherever somebody waits; by how much of their time they have one in any case.

    Source: the light limit is that of Tijms, van Hoorn and Federgruen, Advances in Applied Probability 13 (1981). The
    weight between the two, P(wait) to the power of the short calls' part of the time, was found beside simulations of 2
    to 10 servers that are 40 to 90 % busy, with a cv² of 3 to 146: within a tenth, but for the rarest waits.

    :param rest_cv2: squared coefficient of variation of what is left of a call that runs.
    :param busy: part of their time that the servers are busy.
    """
    if servers < 2 or cv2 <= 1 or rest_cv2 <= 1 or busy >= 1:
        return 1.0
    light, short = _light(servers, cv2, rest_cv2)
    weight: float = erlang_c(servers, max(0.0, busy) * servers) ** short
    return light + (1 - light) * weight


@lru_cache(maxsize=256)
def _light(servers: int, cv2: float, rest_cv2: float) -> tuple[float, float]:
    """The same in light traffic, and the part of the time of the servers that they have a short call."""
    # The moments of a call in units of the first, each over the factorial of its order, are 1, second and third.
    second = (1 + cv2) / 2
    third = second * second * (1 + rest_cv2) / 2
    total = (third - second) / (second - 1)
    if not isfinite(total * total):
        return 1.0, 1.0
    root = sqrt(max(0.0, total * total - 4 * (total - second)))
    short, long = (total - root) / 2, (total + root) / 2
    if short <= 0 or short >= second:
        return 1.0, 1.0
    part = (second - short) / (long - short)
    if servers > MANY:
        least = 1 / (servers * (part / long + (1 - part) / short))
    else:
        least = sum(
            comb(servers, many)
            * (part**many * (1 - part) ** (servers - many))
            / (many / long + (servers - many) / short)
            for many in range(servers + 1)
        )
    return min(1.0, servers * least / second), 1 - part
