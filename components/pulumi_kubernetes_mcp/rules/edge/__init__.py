"""Rules about the way from the client to the pod: eras, affinity, timeouts, controllers."""

from . import affinity, certificates, controllers, eras, timeouts
from .affinity import (
    COOKIE_AFFINITY,
    HASH_AFFINITY,
    NO_AFFINITY,
    SOURCE_IP_AFFINITY,
    USELESS_AFFINITY,
    affinity_findings,
)
from .certificates import TWO_REQUESTERS, requester_findings
from .controllers import AFFINITY_NOT_SET, UNKNOWN_CONTROLLER, implementation_findings
from .eras import EXCLUDED_ERAS, SSE_DEPRECATED, era_findings
from .timeouts import IDLE_TIMEOUT, KEEPALIVES_PER_IDLE_TIMEOUT, REQUEST_TIMEOUT, timeout_findings

RULES = (*eras.RULES, *affinity.RULES, *timeouts.RULES, *controllers.RULES, *certificates.RULES)

__all__ = [
    "AFFINITY_NOT_SET",
    "COOKIE_AFFINITY",
    "EXCLUDED_ERAS",
    "HASH_AFFINITY",
    "IDLE_TIMEOUT",
    "KEEPALIVES_PER_IDLE_TIMEOUT",
    "NO_AFFINITY",
    "REQUEST_TIMEOUT",
    "RULES",
    "SOURCE_IP_AFFINITY",
    "SSE_DEPRECATED",
    "TWO_REQUESTERS",
    "UNKNOWN_CONTROLLER",
    "USELESS_AFFINITY",
    "affinity_findings",
    "era_findings",
    "implementation_findings",
    "requester_findings",
    "timeout_findings",
]
