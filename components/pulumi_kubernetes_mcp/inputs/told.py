"""What one component says of the arguments of another, so that a program need not say it again.

A server that is handed to its autoscaler or to its route tells their namespace, eras, path and more. Nothing is looked
up: each component shows its settled ``spec``, and the values are taken from there. An argument that is given besides
must say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast

import pulumi

from ..kubernetes import quantities as units
from ..rules.model import Finding
from ..rules.together import contradiction_findings
from ..settings.fields import Group
from .checked import checked, together
from .heading import Heading
from .outputs import is_output, unless

T = TypeVar("T", bound=Group)


@dataclass(frozen=True, kw_only=True)
class Told:
    """The value of one argument, and who says it."""

    by: str
    """Class and name: ``McpService "orders"``."""
    value: Any
    later: pulumi.Output[Any] | None = None
    """The same value, known once the object is there, for what has to wait for it."""


@dataclass(frozen=True, kw_only=True)
class Agreed(Generic[T]):
    """The arguments of a component together with what others tell it."""

    keys: T
    """With the values that are told, as far as they are known before anything is registered."""
    findings: tuple[Finding, ...] = ()
    """What is given and told in two ways."""
    told: Mapping[str, Told] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict)
    """What the caller says besides of the same arguments."""

    def registered(self, heading: Heading) -> T:
        """The same for the objects: what comes from an object waits for it, and an Output that was given besides is
        compared when both are known."""
        values = {argument: _value(argument, one, self.given, heading) for argument, one in self.told.items()}
        return self.keys.model_copy(update=values)


def agreed(
    group: type[T],
    component: str,
    args: object,
    keywords: Mapping[str, Any],
    told: Mapping[str, Told],
    judge: Callable[[T], list[Finding]],
) -> Agreed[T]:
    """The arguments of a component, checked, with what others tell it in place.

    :param judge: what the rules say of the arguments, as in :func:`~.checked.checked`.
    :raises ArgumentsError: with every problem of what was given.
    """
    if not told:
        return Agreed(keys=checked(group, component, args, keywords, judge))
    mapping = together(group, component, args, keywords)
    mine = [argument for argument in told if mapping.get(argument) is not None]
    keys = checked(group, component, {**{name: one.value for name, one in told.items()}, **mapping}, judge=judge)
    given = {argument: getattr(keys, argument) for argument in mine}
    return Agreed(
        keys=keys.model_copy(update={argument: told[argument].value for argument in mine}),
        findings=tuple(_contradictions(told, given)),
        told=told,
        given=given,
    )


def _contradictions(told: Mapping[str, Told], given: Mapping[str, Any]) -> Iterator[Finding]:
    """What is known now and said in two ways."""
    for argument, value in given.items():
        one = told[argument]
        if not is_output(value) and not is_output(one.value):
            yield from _compared(argument, value, one.value, one.by)


def _compared(argument: str, given: Any, value: Any, by: str) -> list[Finding]:
    if _plain(given) == _plain(value):
        return []
    return contradiction_findings(given=_words(given), told=_words(value), by=by, path=argument)


def _value(argument: str, one: Told, given: Mapping[str, Any], heading: Heading) -> Any:
    """The value for the objects; with an Output among the two it is known once they were compared."""
    value = one.value if one.later is None else one.later
    mine = given.get(argument)
    if mine is None or mine is value or not (is_output(mine) or is_output(one.value)):
        return value

    both = cast("pulumi.Output[Any]", pulumi.Output.all(mine, value))
    compared = unless(both, lambda known: _compared(argument, known[0], known[1], one.by), heading)
    return compared.apply(lambda known: known[1])


def _plain(value: Any) -> Any:
    """A value in a form in which two ways to write it are one: lists without order, quantities as numbers."""
    if isinstance(value, Mapping):
        return {key: _quantity(key, item) for key, item in value.items()}
    return sorted(value) if isinstance(value, (list, tuple)) else value


def _quantity(resource: str, amount: str) -> object:
    try:
        return units.parse_cpu(amount) if resource == "cpu" else units.parse_memory(amount)
    except ValueError:
        return amount


def _words(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {item}" for key, item in sorted(value.items())) or "nothing"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
