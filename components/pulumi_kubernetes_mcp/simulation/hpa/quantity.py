"""Kubernetes quantities of any spelling, as the numbers the controller computes with (api/resource/quantity.go)."""

from __future__ import annotations

import re
from fractions import Fraction
from math import ceil

from .arithmetic import MAX_INT64

_SPELLING = re.compile(
    r"(?P<sign>[+-]?)(?P<number>\d*(\.\d*)?)"
    r"(?P<suffix>[KMGTPE]i|[numkMGTPE]?|[eE](?P<exponent>[+-]?\d{1,3}))",
    re.ASCII,
)
_BINARY = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "Pi": 2**50, "Ei": 2**60}
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_NANO = 10**9


def exact(text: str | int | float) -> Fraction:
    """The number that a quantity stands for; what is finer than nano rounds away from zero, no digit at all is 0.

    ValueError for what is no quantity or does not fit an int64 of milli-units.
    """
    spelled = str(text).strip()
    match = _SPELLING.fullmatch(spelled)
    if match is None or not spelled:
        raise ValueError(f"{text!r} is not a quantity, such as '500m', '2' or '1.5Gi'")
    suffix = match["suffix"]
    if match["exponent"] is not None:
        scale = Fraction(10) ** int(match["exponent"])
    elif suffix in _BINARY:
        scale = Fraction(_BINARY[suffix])
    else:
        scale = Fraction(10) ** _DECIMAL[suffix]
    value = Fraction(ceil(Fraction(f"0{match['number']}") * scale * _NANO), _NANO)
    if value * 1000 > MAX_INT64:
        raise ValueError(f"{text!r} is more than the controller can count")
    return -value if match["sign"] == "-" else value


def milli_value(text: str | int | float) -> int:
    """Milli-units of a quantity, rounded away from zero (MilliValue); ValueError as :func:`exact`."""
    value = exact(text) * 1000
    return ceil(value) if value >= 0 else -ceil(-value)


def approximate_float(text: str | int | float) -> float:
    """A quantity as the controller reads a tolerance: digits as stored, times a power of ten (AsApproximateFloat64).

    The API server stores 0.57 as 570m, which is read as 570 × 0.001.
    """
    value, exponent = exact(text), 0
    while value.denominator != 1:
        value, exponent = value * 1000, exponent - 3
    return float(value) * float(f"1e{exponent}") if exponent else float(value)
