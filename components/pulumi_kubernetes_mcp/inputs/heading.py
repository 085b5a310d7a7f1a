"""The first line of a refusal, which says who refuses, and the words of whoever described that."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from ..rules.doors import in_arguments
from ..rules.model import Finding
from ..settings.fields import Group
from .at_once import AtOnce

G = TypeVar("G", bound=Group)
Words = Callable[[Iterable[Finding]], list[Finding]]

_HEADING = "_heading"


class Heading(str):
    """``McpRegion "orders" cannot work:``, where a region made the component and its caller knows only the region."""

    words: Words
    """The findings of the component in the words of that caller."""
    at_once: AtOnce[Finding]
    """What is refused together: all that was given to the region."""
    enforced: str | None
    """The Pod Security level that the namespace is known to enforce."""

    @classmethod
    def of(cls, where: str, words: Words, at_once: AtOnce[Finding], enforced: str | None = None) -> Heading:
        """The heading of what ``where`` refuses, class and name."""
        made = cls(f"{where} cannot work:")
        made.words, made.at_once, made.enforced = words, at_once, enforced
        return made


def headed(keys: G, heading: Heading) -> G:
    """The arguments of a component that a region makes, which refuses in the region's name and words."""
    made = keys.model_copy()
    vars(made)[_HEADING] = heading
    return made


def heading_of(keys: Group, where: str) -> str:
    """The heading of what a component refuses: its own, class and name, or that of the region that made it."""
    given = vars(keys).get(_HEADING)
    return given if isinstance(given, Heading) else f"{where} cannot work:"


def worded(found: Iterable[Finding], heading: str) -> list[Finding]:
    """The findings in the words that go with a heading: arguments, of the component or of the region."""
    return heading.words(found) if isinstance(heading, Heading) else in_arguments(found)


def at_once_of(heading: str) -> AtOnce[Finding]:
    """What is refused together under a heading: all of a component, or of a region."""
    return heading.at_once if isinstance(heading, Heading) else AtOnce()


def enforced_level(heading: str) -> str | None:
    """The Pod Security level of the namespace, where whoever made the component knows it."""
    return heading.enforced if isinstance(heading, Heading) else None
