"""Go's numbers in Python: integers that wrap, division that truncates, floats that become integers.

The controller computes in int32, int64 and float64. Floats are the same in both languages; what differs is what
happens at the ends of the ranges. A float that does not fit becomes what amd64 makes of it, the smallest integer;
arm64 takes the nearest one instead. No sane load gets there.
"""

from __future__ import annotations

import math

MAX_INT32 = 2**31 - 1
MIN_INT32 = -(2**31)
MAX_INT64 = 2**63 - 1
MIN_INT64 = -(2**63)


def wrap32(value: int) -> int:
    """``value`` as an int32: what is left after an overflow."""
    return value if MIN_INT32 <= value <= MAX_INT32 else (value + 2**31) % 2**32 - 2**31


def wrap64(value: int) -> int:
    """``value`` as an int64: what is left after an overflow."""
    return value if MIN_INT64 <= value <= MAX_INT64 else (value + 2**63) % 2**64 - 2**63


def divide(dividend: int, divisor: int) -> int:
    """Integer division that truncates toward zero; the divisor is not zero."""
    if dividend >= 0 < divisor:
        return dividend // divisor
    quotient = abs(dividend) // abs(divisor)
    return wrap64(quotient if (dividend < 0) == (divisor < 0) else -quotient)


def ratio(dividend: float, divisor: float) -> float:
    """Division of two float64: by zero it is infinite, zero by zero is no number.

    Integers are turned into floats first, each rounded on its own, as ``float64(a) / float64(b)`` does it.
    """
    dividend, divisor = float(dividend), float(divisor)
    if divisor:
        return dividend / divisor
    return math.nan if dividend == 0 or math.isnan(dividend) else math.copysign(math.inf, dividend)


def to_int32(value: float) -> int:
    """``int32(value)``: truncated; the smallest int32 where it does not fit."""
    return int(value) if MIN_INT32 - 1 < value < MAX_INT32 + 1 else MIN_INT32


def ceil32(value: float) -> int:
    """``int32(math.Ceil(value))``."""
    return math.ceil(value) if MIN_INT32 - 1 < value <= MAX_INT32 else MIN_INT32


def ceil64(value: float) -> int:
    """``int64(math.Ceil(value))``."""
    return math.ceil(value) if MIN_INT64 <= value < 2.0**63 else MIN_INT64
