"""Rules about the way from the client to the pod: eras, affinity, timeouts, controllers, certificates."""

from . import affinity, certificates, controllers, eras, limits, reach, timeouts, undone
from .affinity import (
    COOKIE_AFFINITY,
    HASH_AFFINITY,
    NO_AFFINITY,
    SOURCE_IP_AFFINITY,
    USELESS_AFFINITY,
    affinity_findings,
)
from .certificates import (
    BACKEND_TLS,
    CHECKED_AT_ROOT,
    NOT_READ,
    NOT_VERIFIED,
    TWO_REQUESTERS,
    backend_tls_findings,
    certificate_findings,
    health_check_findings,
    requester_findings,
)
from .controllers import AFFINITY_NOT_SET, ANOTHER_KIND, UNKNOWN_CONTROLLER, implementation_findings, kind_findings
from .eras import EXCLUDED_ERAS, SSE_DEPRECATED, era_findings
from .limits import (
    DEREGISTRATION,
    IDLE_CONNECTION,
    REQUEST_TIMEOUT_NOT_TAKEN,
    SILENCE,
    connection_findings,
    deregistration_findings,
    limit_findings,
)
from .reach import UNKNOWN_CLIENTS, reach_findings, unknown_namespace
from .timeouts import IDLE_TIMEOUT, KEEPALIVES_PER_IDLE_TIMEOUT, REQUEST_TIMEOUT, timeout_findings
from .undone import UNDONE, undone_findings

RULES = (
    *eras.RULES,
    *affinity.RULES,
    *timeouts.RULES,
    *controllers.RULES,
    *reach.RULES,
    *limits.RULES,
    *certificates.RULES,
    *undone.RULES,
)

__all__ = [
    "AFFINITY_NOT_SET",
    "ANOTHER_KIND",
    "BACKEND_TLS",
    "CHECKED_AT_ROOT",
    "COOKIE_AFFINITY",
    "DEREGISTRATION",
    "EXCLUDED_ERAS",
    "HASH_AFFINITY",
    "IDLE_CONNECTION",
    "IDLE_TIMEOUT",
    "KEEPALIVES_PER_IDLE_TIMEOUT",
    "NOT_READ",
    "NOT_VERIFIED",
    "NO_AFFINITY",
    "REQUEST_TIMEOUT",
    "REQUEST_TIMEOUT_NOT_TAKEN",
    "RULES",
    "SILENCE",
    "SOURCE_IP_AFFINITY",
    "SSE_DEPRECATED",
    "TWO_REQUESTERS",
    "UNDONE",
    "UNKNOWN_CLIENTS",
    "UNKNOWN_CONTROLLER",
    "USELESS_AFFINITY",
    "affinity_findings",
    "backend_tls_findings",
    "certificate_findings",
    "connection_findings",
    "deregistration_findings",
    "era_findings",
    "health_check_findings",
    "implementation_findings",
    "kind_findings",
    "limit_findings",
    "reach_findings",
    "requester_findings",
    "timeout_findings",
    "undone_findings",
    "unknown_namespace",
]
