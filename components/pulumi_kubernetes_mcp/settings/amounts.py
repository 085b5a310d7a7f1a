"""Quantities of a stack file and of a program: of CPU, of memory and disk, and of any resource of a container."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, Field, ValidatorFunctionWrapHandler, WrapValidator

from ..kubernetes import quantities as units

CPU = r"^[0-9]+(\.[0-9]+)?[mkMGTPE]?$"
MEMORY = r"^(0|[0-9]+(\.[0-9]+)?(Ki|Mi|Gi|Ti|Pi|Ei|k|M|G|T|P|E))$"
RESOURCE = f"^({'|'.join(units.RESOURCES)})$"


def _cpu(value: str) -> str:
    _countable(value, units.read_cpu, "500m")
    return units.canonical_cpu(value)


def _memory(value: str) -> str:
    _countable(value, units.read_memory, "256Mi")
    return units.canonical_memory(value)


def _some(value: str) -> str:
    if not units.read_memory(value):
        raise ValueError(f"'{value}' is no room at all: give a size above zero, such as '64Mi'")
    return value


def _countable(value: str, read: Callable[[str], int], example: str) -> None:
    try:
        read(value)
    except units.TooLargeError:
        wrong = f"'{value}' is more than Kubernetes counts to: give a smaller quantity, such as '{example}'"
        raise ValueError(wrong) from None


def _cores(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    """CPU as Kubernetes takes it too: a number is one of cores."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return handler(value)
    if not 0 <= value <= units.MOST:
        raise ValueError("it is no number of cores: give one from 0 on, such as 2 or '500m'")
    return handler(_written(value))


def _written(value: float) -> str:
    """A number as text, without an exponent and without zeros at its end."""
    whole, _, rest = f"{Decimal(repr(value)):f}".partition(".")
    return f"{whole}.{rest}".rstrip("0") if rest.strip("0") else whole


def _amount(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    """A quantity of any resource: a number is taken as Kubernetes takes it, and a rule judges it."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return handler(value)
    if not -units.MOST <= value <= units.MOST:
        raise ValueError("it is no number that Kubernetes counts to: give a quantity, such as 2, '500m' or '256Mi'")
    return handler(_written(value))


def takes_number(mark: object) -> bool:
    """Whether what is attached to a type of text lets a number through."""
    return getattr(mark, "func", None) in (_cores, _amount)


def _no_bare_number(example: str) -> Any:
    """Explain a number where a quantity is wanted, before the type check says only 'not a string'."""

    def check(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            given = value if abs(value) < units.MOST else "it"
            raise ValueError(f"{given} has no unit: write it as text with one, such as '{example}'")
        return handler(value)

    return WrapValidator(check)


def _resource(value: str) -> str:
    if not re.fullmatch(RESOURCE, value) or value.endswith("\n"):
        raise ValueError(
            f"'{value}' is no resource that stands here: give one of {', '.join(units.RESOURCES)}; whole devices, "
            "such as of nvidia.com/gpu, are `extended_resources`"
        )
    return value


if TYPE_CHECKING:
    Amount = str
    ContainerResource = str
    Cpu = str
    Memory = str
    Size = str
else:
    ContainerResource = Annotated[str, AfterValidator(_resource), Field(json_schema_extra={"pattern": RESOURCE})]
    Amount = Annotated[
        str,
        Field(min_length=1, json_schema_extra={"type": ["string", "number"]}),
        WrapValidator(_amount),
    ]
    Cpu = Annotated[
        str,
        AfterValidator(_cpu),
        Field(json_schema_extra={"pattern": CPU, "type": ["string", "number"], "minimum": 0}),
        WrapValidator(_cores),
    ]
    Memory = Annotated[
        str, AfterValidator(_memory), Field(json_schema_extra={"pattern": MEMORY}), _no_bare_number("256Mi")
    ]
    Size = Annotated[Memory, AfterValidator(_some)]
"""Room on a disk or in memory: the API server takes no claim of nothing, and the kubelet takes 0 for no limit."""
