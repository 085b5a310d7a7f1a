"""The first line of a refusal, which says who refuses, and the words of whoever described that."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from ..rules.doors import in_arguments
from ..rules.model import Finding
from ..settings.fields import Group
from .at_once import AtOnce
from .checked import at_once_of

G = TypeVar("G", bound=Group)
Words = Callable[[Iterable[Finding]], list[Finding]]

_HEADING = "_heading"


class Heading(str):
    """``McpService "orders" cannot work:``; of what a region makes, whose caller knows only that, ``McpRegion …``."""

    words: Words
    """The findings of the component in the words of its caller, or of the region's."""
    at_once: AtOnce
    """What is refused together: all that was given to the component, or to the region."""
    enforced: str | None
    """The Pod Security level that the namespace is known to enforce, where a region makes both."""

    @classmethod
    def of(cls, where: str, words: Words, at_once: AtOnce, enforced: str | None = None) -> Heading:
        """The heading of what ``where`` refuses, class and name."""
        made = cls(f"{where} cannot work:")
        made.words, made.at_once, made.enforced = words, at_once, enforced
        return made


def headed(keys: G, heading: Heading) -> G:
    """The arguments of a component that a region makes, which refuses in the region's name and words."""
    made = keys.model_copy()
    vars(made)[_HEADING] = heading
    return made


def heading_of(keys: Group, where: str) -> Heading:
    """The heading of what a component refuses: its own, class and name, or that of the region that made it."""
    given = vars(keys).get(_HEADING)
    return given if isinstance(given, Heading) else Heading.of(where, in_arguments, at_once_of(keys, where))


def worded(found: Iterable[Finding], heading: str) -> list[Finding]:
    """The findings in the words that go with a heading: arguments, of the component or of the region."""
    return heading.words(found) if isinstance(heading, Heading) else in_arguments(found)
