"""Numbers and lists as the texts of findings have them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from math import ceil, log10

_GROUPED_FROM = 10_000
_POWERS_FROM = 10**12
_DECIMALS = 2
_MOST = 1e300
_ROOMY = Context(prec=400)


def number(value: float) -> str:
    """A number for the eye: two decimals or digits, digits in groups, beyond a million million its power of ten."""
    value = min(value, _MOST)
    if value >= _POWERS_FROM:
        return f"about 10^{int(log10(value))}"
    if 0 < value < 1:
        return f"{value:.{_DECIMALS}g}"
    rounded = round(value, _DECIMALS)
    grouped = "," if value >= _GROUPED_FROM else ""
    return f"{int(rounded):{grouped}}" if int(rounded) == rounded else f"{rounded:{grouped}.{_DECIMALS}f}".rstrip("0")


def at_most(value: float) -> str:
    """A number that may be given where ``value`` is the most: rounded down."""
    return number(float(_rounded(value, ROUND_FLOOR)))


def at_least(value: float) -> str:
    """A number that may be given where ``value`` is the least: rounded up."""
    return number(float(_rounded(value, ROUND_CEILING)))


def _rounded(value: float, rounding: str) -> Decimal:
    exactly = Decimal(str(min(value, _MOST)))
    last = -_DECIMALS if value >= 1 else exactly.adjusted() - _DECIMALS + 1
    return exactly.quantize(Decimal((0, (1,), last)), rounding, _ROOMY) if exactly else exactly


def up(value: float) -> int:
    """The least whole number that is not below ``value``."""
    return ceil(min(value, _MOST))


def choice(texts: Sequence[str], otherwise: str) -> str:
    """One remedy as it is, several as a list to choose from, and ``otherwise`` where there is none."""
    plain = [text.strip().rstrip(".") for text in texts]
    if not plain:
        return otherwise
    if len(plain) == 1:
        return f"{plain[0][0].upper()}{plain[0][1:]}."
    return "Choose one: " + "; ".join(f"({place}) {text}" for place, text in enumerate(plain, start=1)) + "."


def listed(texts: Sequence[str], most: int = 6) -> str:
    """Texts in a row, those beyond ``most`` only counted."""
    shown = list(texts[:most])
    rest = len(texts) - len(shown)
    return ", ".join(shown) + (f" and {rest} more" if rest else "")


def pods(count: int) -> str:
    """A number of pods, with its noun."""
    return f"{number(count)} {pod_noun(count)}"


def pod_noun(count: int) -> str:
    """The noun after a number of pods."""
    return "pod" if count == 1 else "pods"


def quoted(name: str, most: int = 40) -> str:
    """A caller's own word, cut where it is long."""
    return f"'{name}'" if len(name) <= most else f"'{name[:most]}...'"


def alternatives(texts: Sequence[str]) -> str:
    """Words to choose from, each in quotes: 'a', 'b' or 'c'."""
    *most, last = [f"'{text}'" for text in texts]
    return f"{', '.join(most)} or {last}" if most else last
