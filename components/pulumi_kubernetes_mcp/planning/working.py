"""A figure of the plan together with how it came about, and exact arithmetic for it.

All planning computes with :class:`fractions.Fraction` on the decimal numbers as a person wrote them. With
binary floats ``100 × 1.1`` is ``110.00000000000001``, and rounding that up buys a pod that nobody needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from types import MappingProxyType

Number = int | float | Fraction
"""What goes into a computation. Floats stand for the decimal number that they print as."""
_LARGE = 10**15
"""No figure that anybody reads is greater, and from about here on floats hold no decimals."""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One number of the plan, with its working.

    ``name`` is in words; ``formula`` has the symbols and ``working`` the same with the numbers put in;
    ``inputs`` are the numbers that went in; ``source`` says where the rule or its constants come from.
    """

    name: str
    value: float | int
    unit: str
    formula: str
    working: str
    inputs: Mapping[str, float | str]
    source: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "inputs", MappingProxyType(dict(self.inputs)))

    def __str__(self) -> str:
        return f"{self.name}: {show(self.value)} {self.unit} ({self.working})"

    def to_dict(self) -> dict[str, object]:
        """The figure as plain data that JSON can hold."""
        return {
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "formula": self.formula,
            "working": self.working,
            "inputs": dict(self.inputs),
            "source": self.source,
        }


def exact(value: Number) -> Fraction:
    """The decimal number that ``value`` prints as, exactly. ValueError for NaN and infinity."""
    if isinstance(value, Fraction):
        return value
    return Fraction(value) if isinstance(value, int) else Fraction(str(value))


def plain(value: Number) -> float | int:
    """A number for a figure: an ``int`` if it is whole, otherwise the nearest ``float``."""
    if type(value) is int:
        return value
    number = exact(value)
    return int(number) if number.denominator == 1 else float(number)


def round_up(value: Number, multiple: int = 1) -> int:
    """The least multiple of ``multiple`` that is not below ``value``."""
    return ceil(exact(value) / multiple) * multiple


def round_down(value: Number, multiple: int = 1) -> int:
    """The greatest multiple of ``multiple`` that is not above ``value``."""
    return int(exact(value) // multiple) * multiple


def show(value: Number) -> str:
    """A number for the eye: at most three decimals, no trailing zeros; from 10^15 on a power of ten."""
    if type(value) is int and value < _LARGE:
        return str(value)
    number = exact(value)
    if number >= _LARGE:
        return f"{float(number):.3e}"
    if number.denominator == 1:
        return str(int(number))
    text = f"{float(number):.3f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def equals(value: Number, rounded: Number | None = None) -> str:
    """The end of a working: ``= 62.5 → 63``; ``≈`` if :func:`show` drops decimals of ``value``."""
    sign = "=" if Fraction(show(value)) == exact(value) else "≈"
    arrow = "" if rounded is None or exact(rounded) == exact(value) else f" → {show(rounded)}"
    return f"{sign} {show(value)}{arrow}"


def figure(
    name: str,
    value: Number,
    unit: str,
    *,
    formula: str,
    working: str,
    source: str,
    inputs: Mapping[str, Number | str],
) -> Figure:
    """A :class:`Figure` from exact numbers."""
    return Figure(
        name=name,
        value=plain(value),
        unit=unit,
        formula=formula,
        working=working,
        inputs={key: item if isinstance(item, str) else plain(item) for key, item in inputs.items()},
        source=source,
    )


def given(name: str, value: Number, unit: str) -> Figure:
    """A figure that a person set: it wins over whatever the plan would derive."""
    return figure(
        name,
        value,
        unit,
        formula="given",
        working=f"given: {show(value)}",
        inputs={name: value},
        source="set explicitly, instead of the planned value",
    )
