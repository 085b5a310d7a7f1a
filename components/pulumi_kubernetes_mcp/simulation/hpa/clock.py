"""Ages as the controller has them: whole nanoseconds, so that an age of exactly one window is exactly that."""

from __future__ import annotations

from fractions import Fraction

Seconds = int | float | Fraction
NANOSECONDS = 10**9


def nanoseconds(seconds: Seconds) -> int:
    """The nearest whole number of nanoseconds: exact for whole numbers and fractions, and what a float stands for."""
    return round(seconds * NANOSECONDS)
