"""Where chance comes into a simulation: by a seed, or not at all."""

from __future__ import annotations

import math
from random import Random

_EXACT_BELOW = 20.0


class Chance:
    """A source of random numbers. Without a seed everything is as it is on the mean."""

    def __init__(self, seed: int | None) -> None:
        self.random = None if seed is None else Random(seed)

    def near(self, mean: float, deviation: float) -> float:
        """A normal variable."""
        return mean if self.random is None else self.random.gauss(mean, deviation)

    def arrivals(self, mean: float) -> float:
        """So many arrivals of independent clients: Poisson, by the normal approximation where that is close."""
        random = self.random
        if mean <= 0 or random is None:
            return max(0.0, mean)
        if mean >= _EXACT_BELOW:
            return max(0.0, random.gauss(mean, math.sqrt(mean)))
        limit, product, count = math.exp(-mean), random.random(), 0
        while product > limit:
            product *= random.random()
            count += 1
        return float(count)
