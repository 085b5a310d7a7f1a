"""Kubernetes quantities: parsed from what a person writes, printed in the API server's canonical form.

The canonical form matters. The API server stores ``1000m`` as ``1`` and ``1024Mi`` as ``1Gi``; an
object that is declared in any other spelling shows up as drift at the next refresh.
"""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, Decimal

_BINARY = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "Pi": 2**50}
_DECIMAL = {"k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "P": 10**15}
_CPU = re.compile(r"(?P<number>\d+(\.\d+)?)(?P<suffix>m?)")
_MEMORY = re.compile(r"(?P<number>\d+(\.\d+)?)(?P<suffix>Ki|Mi|Gi|Ti|Pi|k|M|G|T|P)")

MIB = 2**20


class QuantityError(ValueError):
    """A quantity that cannot be read; the message names the rule and an example of the right form."""


def parse_cpu(text: str) -> int:
    """Millicores of a CPU quantity such as ``250m``, ``2`` or ``0.5``; fractions of a millicore round up."""
    match = _CPU.fullmatch(text)
    if match is None:
        raise QuantityError("a CPU quantity is a number of cores or millicores, such as '250m', '2' or '0.5'")
    scale = 1 if match["suffix"] else 1000
    return int((Decimal(match["number"]) * scale).to_integral_value(ROUND_CEILING))


def parse_memory(text: str) -> int:
    """Bytes of a memory quantity. A unit is required: a bare ``256`` means 256 bytes to Kubernetes."""
    match = _MEMORY.fullmatch(text)
    if match is None:
        raise QuantityError(
            "a memory quantity is a number with a Kubernetes unit, such as '256Mi' or '1Gi' "
            "('MB' is not a unit, and a number without a unit means bytes)"
        )
    scale = _BINARY.get(match["suffix"]) or _DECIMAL[match["suffix"]]
    return int((Decimal(match["number"]) * scale).to_integral_value(ROUND_CEILING))


def format_cpu(millicores: int) -> str:
    """The canonical spelling of a number of millicores: ``2500m``, ``2``."""
    return str(millicores // 1000) if millicores % 1000 == 0 else f"{millicores}m"


def format_memory(size: int) -> str:
    """The canonical spelling of a number of bytes: the largest binary unit that divides it."""
    for suffix, scale in reversed(_BINARY.items()):
        if size and size % scale == 0:
            return f"{size // scale}{suffix}"
    return str(size)


def canonical_cpu(text: str) -> str:
    """A CPU quantity as the API server will store it."""
    return format_cpu(parse_cpu(text))


def canonical_memory(text: str) -> str:
    """A memory quantity as the API server will store it; decimal units such as ``500M`` keep their family."""
    match = _MEMORY.fullmatch(text)
    if match is None or match["suffix"] in _BINARY:
        return format_memory(parse_memory(text))
    size = parse_memory(text)
    for suffix, scale in reversed(_DECIMAL.items()):
        if size and size % scale == 0:
            return f"{size // scale}{suffix}"
    return str(size)


def mib(size: int) -> float:
    """Bytes as MiB, for arithmetic and tables."""
    return size / MIB
