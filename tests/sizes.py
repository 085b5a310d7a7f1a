"""How many examples a property is tried with."""

from __future__ import annotations

from hypothesis import settings

FEW = 12
"""The quick tier tries a twelfth of the examples: a fault that most examples show is seen by the first ones."""
MANY = 10
"""A search for new examples tries ten times as many."""
LEAST = 3


def examples(number: int) -> settings:
    """So many examples where the long grids run too, a twelfth of them in the quick tier."""
    match settings.get_current_profile_name():
        case "few":
            number = max(LEAST, number // FEW)
        case "search":
            number *= MANY
    return settings(max_examples=number)
