"""Rules about the way from the client to the pod: eras, affinity, timeouts, controllers, certificates."""

from . import (
    access,
    affinity,
    aware,
    certificates,
    clients,
    controllers,
    dns,
    envelope,
    eras,
    gateways,
    guarded,
    limits,
    reach,
    safety,
    timeouts,
    traffic,
    undone,
)
from .access import cors_findings, origin_findings
from .affinity import (
    COOKIE_AFFINITY,
    HASH_AFFINITY,
    NO_AFFINITY,
    SOURCE_IP_AFFINITY,
    USELESS_AFFINITY,
    affinity_findings,
)
from .aware import aware_findings
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
from .clients import client_findings, contradicted_findings, hidden_client_findings
from .controllers import AFFINITY_NOT_SET, ANOTHER_KIND, UNKNOWN_CONTROLLER, implementation_findings, kind_findings
from .dns import dns_findings, record_annotation_findings
from .envelope import ENVELOPE_ALLOWED, ENVELOPE_LISTENER, ENVELOPE_SSE, envelope_findings
from .eras import EXCLUDED_ERAS, SSE_DEPRECATED, era_findings
from .gateways import gateway_findings, preview_findings, twice_findings
from .guarded import authorization_findings, header_findings, server_header_findings
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
from .safety import annotation_findings, object_findings
from .timeouts import (
    IDLE_TIMEOUT,
    KEEPALIVE_NEVER_SEEN,
    KEEPALIVES_PER_IDLE_TIMEOUT,
    REQUEST_TIMEOUT,
    keepalive_findings,
    timeout_findings,
)
from .traffic import body_findings, planned_rate_findings, rate_findings
from .undone import UNDONE, undone_findings

RULES = (
    *eras.RULES,
    *affinity.RULES,
    *envelope.RULES,
    *aware.RULES,
    *timeouts.RULES,
    *controllers.RULES,
    *reach.RULES,
    *limits.RULES,
    *certificates.RULES,
    *undone.RULES,
    *dns.RULES,
    *access.RULES,
    *traffic.RULES,
    *guarded.RULES,
    *clients.RULES,
    *gateways.RULES,
    *safety.RULES,
)

__all__ = [
    "AFFINITY_NOT_SET",
    "ANOTHER_KIND",
    "BACKEND_TLS",
    "CHECKED_AT_ROOT",
    "COOKIE_AFFINITY",
    "DEREGISTRATION",
    "ENVELOPE_ALLOWED",
    "ENVELOPE_LISTENER",
    "ENVELOPE_SSE",
    "EXCLUDED_ERAS",
    "HASH_AFFINITY",
    "IDLE_CONNECTION",
    "IDLE_TIMEOUT",
    "KEEPALIVES_PER_IDLE_TIMEOUT",
    "KEEPALIVE_NEVER_SEEN",
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
    "annotation_findings",
    "authorization_findings",
    "aware_findings",
    "backend_tls_findings",
    "body_findings",
    "certificate_findings",
    "client_findings",
    "connection_findings",
    "contradicted_findings",
    "cors_findings",
    "deregistration_findings",
    "dns_findings",
    "envelope_findings",
    "era_findings",
    "gateway_findings",
    "header_findings",
    "health_check_findings",
    "hidden_client_findings",
    "implementation_findings",
    "keepalive_findings",
    "kind_findings",
    "limit_findings",
    "object_findings",
    "origin_findings",
    "planned_rate_findings",
    "preview_findings",
    "rate_findings",
    "reach_findings",
    "record_annotation_findings",
    "requester_findings",
    "server_header_findings",
    "timeout_findings",
    "twice_findings",
    "undone_findings",
    "unknown_namespace",
]
