"""The names of what the probe's exporter says, which alert rules and dashboards use.

Where the blackbox exporter has a convention, the name is its own with ``mcp_`` before it: durations are in seconds, a
moment is Unix time, success is 0 or 1. Every series has :data:`LABELS`, whose values come from the configuration alone,
so that a server cannot make series; the values of further labels are the closed sets of this package.
"""

from __future__ import annotations

from enum import StrEnum

ENDPOINT = "endpoint"
SERVER = "server"
REGION = "region"
WATCHER = "watcher"
LABELS = (ENDPOINT, SERVER, REGION, WATCHER)
"""Which address, of which server, in which region, and where the probe runs that looked."""

SUCCESS = "mcp_probe_success"
"""Gauge: 1 if the last round found nothing wrong, else 0. Absent until the first round has ended."""
FAILURE = "mcp_probe_failure"
"""Gauge with ``reason``: 1 for the reason of the last round. The other reasons are absent, and all of them after a
success, so that an endpoint has one series at most; a rule compares with 1."""
DURATION = "mcp_probe_duration_seconds"
"""Gauge: how long the last round took, from resolving the name to ending the session."""
PHASE_DURATION = "mcp_probe_phase_duration_seconds"
"""Histogram with ``phase``: how long the phases of the rounds took; one that a round did not reach is not counted."""
CERTIFICATE_EXPIRY = "mcp_probe_ssl_earliest_cert_expiry"
"""Gauge: when the first certificate of the chain expires, in Unix time. Absent without TLS, and while TLS fails."""
PROTOCOL_VERSION = "mcp_probe_protocol_version_info"
"""Gauge with ``version``: 1 for the protocol version that the last round spoke. Absent while none is agreed on."""
TOOLS = "mcp_probe_tools"
"""Gauge: how many tools the server listed. Absent while it lists none."""
SCHEMA_DRIFT = "mcp_probe_schema_drift"
"""Gauge with ``kind``: how many tools were added, removed or changed beside the expectation. Absent without one."""
SCHEMA_BREAKING = "mcp_probe_schema_breaking"
"""Gauge: 1 if the difference breaks a client that was written for the expectation, else 0. Absent without one."""
LAST_RUN = "mcp_probe_last_run_timestamp_seconds"
"""Gauge: when the last round ended, in Unix time. A probe that stands still is told by it."""
ROUNDS = "mcp_probe_rounds_total"
"""Counter with ``result``: rounds so far, by :class:`Result`."""

REASON = "reason"
PHASE = "phase"
VERSION = "version"
KIND = "kind"
RESULT = "result"

NAMES = (
    SUCCESS,
    FAILURE,
    DURATION,
    PHASE_DURATION,
    CERTIFICATE_EXPIRY,
    PROTOCOL_VERSION,
    TOOLS,
    SCHEMA_DRIFT,
    SCHEMA_BREAKING,
    LAST_RUN,
    ROUNDS,
)
"""All of them; the series of the histogram are ``_bucket``, ``_sum`` and ``_count`` of its name."""


class Phase(StrEnum):
    """What a round does, in this order."""

    RESOLVE = "resolve"
    """The name becomes addresses."""
    CONNECT = "connect"
    """TCP."""
    TLS = "tls"
    """The TLS handshake and the check of the certificate."""
    HANDSHAKE = "handshake"
    """The era is found and a version agreed on: ``server/discover``, ``initialize``, or the stream of HTTP+SSE."""
    TOOLS = "tools"
    """``tools/list``, all pages."""
    CALL = "call"
    """The tool that the configuration names, if it names one."""
    CHECKS = "checks"
    """What was asked for besides: affinity, Origin, Host, authorization."""
    END = "end"
    """``DELETE``, or the end of the stream: no session is left."""


class Kind(StrEnum):
    """How tools differ from the expectation."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class Result(StrEnum):
    """How a round ended."""

    SUCCESS = "success"
    FAILURE = "failure"


PHASE_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds in seconds: the usual ones of Prometheus clients, without 0.075, 0.75 and 7.5."""
