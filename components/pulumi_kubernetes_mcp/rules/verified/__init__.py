"""Rules about a verified server: what the settings assume, and the server was seen not to do."""

from . import answers, cap, timing
from .answers import (
    HOST_REFUSED,
    NO_GAUGE,
    NO_ROUTE,
    OTHER_AUTHORIZATION,
    OTHER_ERAS,
    OTHER_IMAGE,
    STATE_IN_POD,
    authorization_findings,
    era_findings,
    host_findings,
    image_findings,
    metric_findings,
    route_findings,
    state_findings,
)
from .cap import cap_findings
from .timing import CALLS_CUT, NEVER_ENDS, SLOW_START, drain_findings, end_findings, start_findings

__all__ = [
    "CALLS_CUT",
    "HOST_REFUSED",
    "NEVER_ENDS",
    "NO_GAUGE",
    "NO_ROUTE",
    "OTHER_AUTHORIZATION",
    "OTHER_ERAS",
    "OTHER_IMAGE",
    "RULES",
    "SLOW_START",
    "STATE_IN_POD",
    "authorization_findings",
    "cap_findings",
    "drain_findings",
    "end_findings",
    "era_findings",
    "host_findings",
    "image_findings",
    "metric_findings",
    "route_findings",
    "start_findings",
    "state_findings",
]

RULES = (*timing.RULES, *answers.RULES, *cap.RULES)
