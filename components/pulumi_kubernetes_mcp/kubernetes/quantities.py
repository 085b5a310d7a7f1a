"""Kubernetes quantities: parsed from what a person writes, printed in the API server's canonical form.

The canonical form matters. The API server stores ``1000m`` as ``1`` and ``1024Mi`` as ``1Gi``; an
object that is declared in any other spelling shows up as drift at the next refresh.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import ROUND_CEILING, Decimal
from fractions import Fraction
from math import ceil
from types import MappingProxyType
from typing import TypeVar

_BINARY = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "Pi": 2**50, "Ei": 2**60}
_DECIMAL = {"k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "P": 10**15, "E": 10**18}
_CPU = re.compile(r"(?P<number>\d+(\.\d+)?)(?P<suffix>m|k|M|G|T|P|E|)", re.ASCII)
_MEMORY = re.compile(r"(?P<number>\d+(\.\d+)?)(?P<suffix>Ki|Mi|Gi|Ti|Pi|Ei|k|M|G|T|P|E)", re.ASCII)
_COUNT = re.compile(
    r"\+?(?P<number>\d+\.?\d*|\.\d+)(?P<suffix>Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]|[eE][+-]?\d{1,3}|)", re.ASCII
)
_AMOUNTS = {"": Fraction(1), "n": Fraction(1, 10**9), "u": Fraction(1, 10**6), "m": Fraction(1, 1000)} | {
    suffix: Fraction(scale) for suffix, scale in (_BINARY | _DECIMAL).items()
}
_SMALL = str.maketrans({"n": "e-9", "u": "e-6", "m": "e-3"})

N = TypeVar("N", int, Fraction)

MIB = 2**20
MOST = 2**63 - 1
"""Millicores and bytes are 64-bit numbers to the API server."""
_MOST_CHARACTERS = 60
"""Of a quantity of any spelling; Kubernetes counts to 19 digits, nine more are behind the point."""
HUGE_PAGES: Mapping[str, int] = MappingProxyType({"hugepages-2Mi": 2**21, "hugepages-1Gi": 2**30})
"""Memory in huge pages by its name to Kubernetes, and the bytes of one page."""
RESOURCES = ("cpu", "memory", "ephemeral-storage", *HUGE_PAGES)
"""What a container requests by name; the rest are devices."""


_LARGEST_MEMORY = MOST // 1024 * 1024
"""The most bytes that can be written with a unit."""


class QuantityError(ValueError):
    """A quantity that cannot be read; the message names the rule and an example of the right form."""


class TooLargeError(QuantityError):
    """A quantity beyond what Kubernetes counts to."""


def parse_cpu(text: str) -> int:
    """Millicores of a CPU quantity such as ``250m``, ``2``, ``0.5`` or ``1k``; fractions of a millicore round up."""
    match = _CPU.fullmatch(text)
    if match is None:
        raise QuantityError("a CPU quantity is a number of cores or millicores, such as '250m', '2' or '0.5'")
    scale = 1 if match["suffix"] == "m" else 1000 * _DECIMAL.get(match["suffix"], 1)
    return _whole(match["number"], scale)


def parse_memory(text: str) -> int:
    """Bytes of a memory quantity; fractions of a byte round up.

    A unit is required, since a bare ``256`` means 256 bytes to Kubernetes; only ``0`` needs none.
    """
    if text == "0":
        return 0
    match = _MEMORY.fullmatch(text)
    if match is None:
        raise QuantityError(
            "a memory quantity is a number with a Kubernetes unit, such as '256Mi' or '1Gi' "
            "('MB' is not a unit, and a number without a unit means bytes)"
        )
    return _whole(match["number"], _BINARY.get(match["suffix"]) or _DECIMAL[match["suffix"]])


def read_cpu(text: str) -> int:
    """Millicores of a CPU quantity that is given. :raises TooLargeError: for more than Kubernetes counts to."""
    return _countable(parse_cpu(text))


def read_memory(text: str) -> int:
    """Bytes of a memory quantity that is given. :raises TooLargeError: for more than Kubernetes counts to."""
    return _countable(parse_memory(text))


def read_any(text: str) -> Fraction:
    """An amount in any spelling of Kubernetes: of bytes without a unit too, and with an exponent (``2097152e0``).

    :raises QuantityError: for what Kubernetes does not read either, and what is below zero.
    :raises TooLargeError: for more than Kubernetes counts to.
    """
    match = _COUNT.fullmatch(text)
    if match is None:
        raise QuantityError("an amount is a number with or without a unit of Kubernetes, such as '10', '500m' or '2k'")
    suffix = match["suffix"]
    known = _AMOUNTS.get(suffix)
    if len(text) > _MOST_CHARACTERS:
        raise TooLargeError("it is more than Kubernetes counts to")
    return _countable(Fraction(match["number"]) * (Fraction(f"1{suffix}") if known is None else known))


def is_beyond(text: str) -> bool:
    """Whether a quantity of bytes, with a unit or without one, is more than Kubernetes counts to."""
    digits = text.lstrip("0")
    if digits.isascii() and digits.isdigit():
        return len(digits) > _MOST_CHARACTERS or int(digits) > MOST
    try:
        read_memory(text)
    except TooLargeError:
        return True
    except QuantityError:
        return False
    return False


def is_count(text: str) -> bool:
    """Whether a quantity of any spelling is a whole number from 0 on, as one of objects is: ``10``, ``1k``, ``1e3``."""
    match = _COUNT.fullmatch(text)
    if match is None or len(text) > _MOST_CHARACTERS:
        return False
    scale = {**_BINARY, **_DECIMAL}.get(match["suffix"]) or Fraction(f"1{match['suffix']}".translate(_SMALL))
    return (Fraction(match["number"]) * scale).denominator == 1


def format_cpu(millicores: int) -> str:
    """The canonical spelling of a number of millicores: ``2500m``, ``2``, ``1k`` for a thousand cores.

    A sum beyond what Kubernetes counts to is capped there, as the API server caps it.
    """
    millicores = min(millicores, MOST)
    cores, rest = divmod(millicores, 1000)
    return f"{millicores}m" if rest else format_count(cores)


def format_count(number: int) -> str:
    """The canonical spelling of a number of objects in a quota: ``250``, ``1k``."""
    return _largest(number, _DECIMAL) or str(number)


def format_memory(size: int) -> str:
    """The canonical spelling of a number of bytes, always with a unit so that it can be read back.

    The largest binary unit that divides it, else the largest decimal one; what neither divides rounds up to
    the next ``Ki``. A sum beyond what Kubernetes counts to is capped there.
    """
    size = min(size, _LARGEST_MEMORY)
    return _largest(size, _BINARY) or _largest(size, _DECIMAL) or _largest(-(-size // 1024) * 1024, _BINARY) or "0"


def canonical_cpu(text: str) -> str:
    """A CPU quantity as the API server will store it."""
    return format_cpu(parse_cpu(text))


def canonical_memory(text: str) -> str:
    """A memory quantity as the API server will store it; decimal units such as ``500M`` keep their family.

    A fraction that makes no whole ``Ki`` or ``k`` (``1.2Gi``) rounds up to the next one: the API server wants whole
    bytes, and a number of bytes without a unit could not be read back.
    """
    match = _MEMORY.fullmatch(text)
    size = parse_memory(text)
    family = _DECIMAL if match is not None and match["suffix"] in _DECIMAL else _BINARY
    least = next(iter(family.values()))
    return _largest(-(-size // least) * least, family) or "0"


def canonical_amount(text: str) -> str:
    """An amount of anything, such as ``1000m`` or ``0.5``, as the API server will store it: ``1``, ``500m``.

    The largest unit of its family with a whole number before it; what is below a binary unit has none, and what is
    finer than nano rounds up.
    """
    match = _COUNT.fullmatch(text)
    if match is None or match["suffix"] not in _AMOUNTS:
        raise QuantityError("an amount is a number with or without a unit of Kubernetes, such as '10', '500m' or '2k'")
    if len(text) > _MOST_CHARACTERS:
        raise TooLargeError("it is more than Kubernetes counts to")
    suffix = match["suffix"]
    scale = _AMOUNTS[suffix]
    nano = ceil(Fraction(match["number"]) * scale * 10**9)
    size, rest = divmod(nano, 10**9)
    if not rest:
        family = _BINARY if suffix in _BINARY and size >= _BINARY["Ki"] else _DECIMAL
        return _largest(size, family) or str(size)
    return next(f"{nano // unit}{small}" for small, unit in (("m", 10**6), ("u", 10**3), ("n", 1)) if nano % unit == 0)


def mib(size: int) -> float:
    """Bytes as MiB, for arithmetic and tables."""
    return size / MIB


def _countable(amount: N) -> N:
    if amount > MOST:
        raise TooLargeError(f"it is more than Kubernetes counts to, which is {MOST} millicores or bytes")
    return amount


def _whole(number: str, scale: int) -> int:
    return int((Decimal(number) * scale).to_integral_value(ROUND_CEILING))


def _largest(size: int, family: dict[str, int]) -> str | None:
    """``size`` in the largest unit of ``family`` that divides it; ``None`` where none does."""
    for suffix, scale in reversed(family.items()):
        if size and size % scale == 0:
            return f"{size // scale}{suffix}"
    return None
