"""Rules about two colours of a server: whether each has what it needs, and whether a client can meet both."""

from . import clients, colour, switch
from .clients import (
    COUNTED_TOGETHER,
    ENDS_SESSIONS,
    MIXED,
    NO_PREVIEW,
    NO_WEIGHTS,
    canary_findings,
    metric_findings,
    preview_findings,
    session_findings,
)
from .colour import (
    IDENTITY,
    NO_IMAGE,
    NO_ROUTE,
    OTHER_ERAS,
    OWN_CLAIM,
    claim_findings,
    era_findings,
    identity_findings,
    image_findings,
    route_findings,
)
from .switch import SWITCHED_AND_GONE, switch_findings

__all__ = [
    "COUNTED_TOGETHER",
    "ENDS_SESSIONS",
    "IDENTITY",
    "MIXED",
    "NO_IMAGE",
    "NO_PREVIEW",
    "NO_ROUTE",
    "NO_WEIGHTS",
    "OTHER_ERAS",
    "OWN_CLAIM",
    "RULES",
    "SWITCHED_AND_GONE",
    "canary_findings",
    "claim_findings",
    "era_findings",
    "identity_findings",
    "image_findings",
    "metric_findings",
    "preview_findings",
    "route_findings",
    "session_findings",
    "switch_findings",
]

RULES = (*colour.RULES, *clients.RULES, *switch.RULES)
