"""A server that keeps every line of the contract, and changes to it."""

from __future__ import annotations

from typing import Any

from pulumi_kubernetes_mcp.settings.verified import (
    VerifiedAuthorization,
    VerifiedDrain,
    VerifiedHosts,
    VerifiedSessions,
    VerifiedState,
)
from pulumi_kubernetes_mcp.verify.observed import Conformance, Observed, Slash

DRAIN: dict[str, Any] = {
    "handled": True,
    "held_seconds": 8.0,
    "graceful_timeout_seconds": 10.0,
    "finished": True,
    "granted_seconds": 8.02,
    "legacy_finished": False,
    "exit_seconds": 10.2,
    "new_requests": "refused",
}
HOSTS: dict[str, Any] = {
    "name": "mcp.example.com", "public": 200, "probe": 200, "pod": 200, "foreign": 421, "origin": 403,
}  # fmt: skip
SESSIONS: dict[str, Any] = {
    "cap": 1000, "opened": 1000, "cap_status": 503, "retry_after": True, "ended_by_delete": True, "probe_kib": 0.2,
    "probes_leave_sessions": False,
}  # fmt: skip


def good(**changed: Any) -> Observed:
    """What was seen of a server that does all of it."""
    seen: dict[str, Any] = {
        "started": True,
        "server": "orders 1.4.2",
        "eras": ("modern", "legacy-stateful"),
        "start_seconds": 1.2,
        "memory_mib": 70.1,
        "listens_on": ["0.0.0.0"],
        "routes": {"/healthz": 200, "/livez": 200, "/metrics": 200},
        "health_path": "/healthz",
        "liveness_path": "/livez",
        "metrics_path": "/metrics",
        "metrics": {"mcp_active_sse_connections": "moves", "mcp_active_sessions": "absent"},
        "hosts": VerifiedHosts(**HOSTS),
        "slash": Slash(200),
        "sessions": VerifiedSessions(**SESSIONS),
        "authorization": VerifiedAuthorization(required=False, metadata=False, named=False),
        "drain": VerifiedDrain(**DRAIN),
        "state": VerifiedState(kept_in="nowhere", calls=8),
        "conformance": Conformance(passed=["ping (2025-11-25)"]),
    }
    return Observed(**{**seen, **changed})


def drain(**changed: Any) -> Observed:
    """The same with another drain."""
    return good(drain=VerifiedDrain(**{**DRAIN, **changed}))


def hosts(**changed: Any) -> Observed:
    """The same with other answers to hosts."""
    return good(hosts=VerifiedHosts(**{**HOSTS, **changed}))


def sessions(**changed: Any) -> Observed:
    """The same with other sessions."""
    return good(sessions=VerifiedSessions(**{**SESSIONS, **changed}))


def authorization(required: bool, metadata: bool, named: bool) -> Observed:
    """The same with tokens."""
    return good(authorization=VerifiedAuthorization(required=required, metadata=metadata, named=named))


def state(**given: Any) -> Observed:
    """The same with other state."""
    return good(state=VerifiedState(**given))
