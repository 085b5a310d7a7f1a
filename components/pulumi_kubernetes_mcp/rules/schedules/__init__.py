"""Rules about schedules: when a floor under the number of pods holds, and whether it can."""

from . import floors, ramps, windows, zones
from .alike import once
from .floors import (
    ABOVE_MAXIMUM,
    AT_MINIMUM,
    OVERLAP,
    TRIGGER_TWICE,
    WITHOUT_KEDA,
    floor_findings,
    keda_findings,
    name_findings,
    overlap_findings,
)
from .ramps import LONG_RAMP, SHORT_RAMP, ramp_findings
from .windows import (
    LOST_EDGE,
    NO_GAP,
    NO_TURNS,
    UNREADABLE,
    edge_findings,
    gap_findings,
    turn_findings,
    unreadable_findings,
)
from .zones import NEAR, UNCHECKED_ZONE, UNKNOWN_ZONE, zone_findings

RULES = (*windows.RULES, *ramps.RULES, *zones.RULES, *floors.RULES)

__all__ = [
    "ABOVE_MAXIMUM",
    "AT_MINIMUM",
    "LONG_RAMP",
    "LOST_EDGE",
    "NEAR",
    "NO_GAP",
    "NO_TURNS",
    "OVERLAP",
    "RULES",
    "SHORT_RAMP",
    "TRIGGER_TWICE",
    "UNCHECKED_ZONE",
    "UNKNOWN_ZONE",
    "UNREADABLE",
    "WITHOUT_KEDA",
    "edge_findings",
    "floor_findings",
    "gap_findings",
    "keda_findings",
    "name_findings",
    "once",
    "overlap_findings",
    "ramp_findings",
    "turn_findings",
    "unreadable_findings",
    "zone_findings",
]
