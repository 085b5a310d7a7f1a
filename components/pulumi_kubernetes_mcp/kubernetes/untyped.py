"""Parts of an object that may be anything: what a patch wrote there, or an Output that is not known yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def map_of(value: Any) -> Mapping[str, Any]:
    """The map; an empty one of what is an Output, or no map."""
    return value if isinstance(value, Mapping) else {}


def items_of(value: Any) -> Sequence[Any]:
    """The items of a list; none of what is an Output, or no list."""
    return value if isinstance(value, (list, tuple)) else ()


def maps_of(value: Any) -> list[Mapping[str, Any]]:
    """The maps in a list; none of what is an Output, or no list."""
    return [one for one in items_of(value) if isinstance(one, Mapping)]
