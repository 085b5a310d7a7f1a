"""Rules about how fast the number of pods may move."""

from . import directions, limits
from .directions import (
    NEVER_DOWN,
    NEVER_UP,
    SLOW_UP,
    SLOW_WINDOW,
    direction_findings,
    never_down_findings,
    slow_up_findings,
)
from .limits import (
    FIRST_MINOR,
    LONGEST_PERIOD,
    LONGEST_WINDOW,
    REFUSED_PACE,
    TOLERANCE_TOO_NEW,
    TOLERANCE_UNKNOWN,
    pace_findings,
    tolerance_findings,
)

RULES = (*limits.RULES, *directions.RULES)

__all__ = [
    "FIRST_MINOR",
    "LONGEST_PERIOD",
    "LONGEST_WINDOW",
    "NEVER_DOWN",
    "NEVER_UP",
    "REFUSED_PACE",
    "RULES",
    "SLOW_UP",
    "SLOW_WINDOW",
    "TOLERANCE_TOO_NEW",
    "TOLERANCE_UNKNOWN",
    "direction_findings",
    "never_down_findings",
    "pace_findings",
    "slow_up_findings",
    "tolerance_findings",
]
