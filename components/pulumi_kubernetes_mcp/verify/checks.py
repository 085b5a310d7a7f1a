"""The lines of the contract by name: what each asks of a server, and what a stack does with it."""

from __future__ import annotations

from enum import StrEnum


class Check(StrEnum):
    """One line of the contract, as the file, the table and docs/contract.md name it."""

    START = "start"
    BIND = "bind"
    HEALTH = "health"
    LIVENESS = "liveness"
    METRICS = "metrics"
    HOST = "host"
    PROBE_HOST = "probe-host"
    ORIGIN = "origin"
    SLASH = "slash"
    AUTHORIZATION = "authorization"
    SESSION_END = "session-end"
    SESSION_CAP = "session-cap"
    PROBE_LEAK = "probe-leak"
    DRAIN_CALL = "drain-call"
    DRAIN_NEW = "drain-new"
    DRAIN_EXIT = "drain-exit"
    STATELESS = "stateless"
    CONFORMANCE = "conformance"


MEANS: dict[Check, str] = {
    Check.START: "the start-up probe ends a container that has not answered after startupSeconds",
    Check.BIND: "kubelet, edge and Prometheus come over the pod's address, never over loopback",
    Check.HEALTH: "the readiness probe takes the pod out of the endpoints; without a route it only sees an open port",
    Check.LIVENESS: "a liveness probe must not fail while the server drains, so it has a route of its own",
    Check.METRICS: "the autoscaler and the alerts count by these names; a gauge that is not there scales nothing",
    Check.HOST: "the edge sends the public name as Host; a server that refuses it answers nobody",
    Check.PROBE_HOST: "probes send Host localhost and the port",
    Check.ORIGIN: "every HTTP revision of MCP asks the server to refuse a foreign Origin",
    Check.SLASH: "the edge routes both forms; behind TLS a redirect to http:// loses the request and its token",
    Check.AUTHORIZATION: "a client learns from the 401 and the metadata where to get a token",
    Check.SESSION_END: "a session that outlives its DELETE takes memory until it is idle for long",
    Check.SESSION_CAP: "without a cap the memory limit is the cap, and it kills all sessions of the pod",
    Check.PROBE_LEAK: "a probe every few seconds that leaves something behind fills the memory by itself",
    Check.DRAIN_CALL: "every rollout and every scale-in sends SIGTERM to pods that are busy",
    Check.DRAIN_NEW: "what comes to a pod that is going must be told to go elsewhere",
    Check.DRAIN_EXIT: "a pod that does not end is killed at the end of its grace period, with all that is open",
    Check.STATELESS: "behind more than one pod any call may reach any of them",
    Check.CONFORMANCE: "what the official suite asks of every server",
}
"""Why the line is in the contract."""
