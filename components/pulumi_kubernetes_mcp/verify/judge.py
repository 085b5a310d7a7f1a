"""What was seen, held against the contract: one verdict for each line. Pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass

from ..settings.verified import Outcome
from .checks import MEANS, Check
from .observed import Observed
from .sessions import LEAK_KIB

PASS: Outcome = "pass"
FAIL: Outcome = "fail"
UNKNOWN: Outcome = "not-verified"
_SERVED = frozenset({200, 401})
"""The endpoint got the request: it was answered, or a token was asked for."""


@dataclass(frozen=True)
class Verdict:
    """One line of the contract, and whether the server keeps it."""

    check: Check
    outcome: Outcome
    seen: str
    """What was seen, or why nothing was, as a sentence without its full stop."""
    remedy: str = ""
    """What to change; empty where nothing is wrong."""

    @property
    def means(self) -> str:
        """Why the line is in the contract."""
        return MEANS[self.check]


def judge(seen: Observed) -> list[Verdict]:
    """Every line of the contract."""
    return [_judged(check, seen) for check in Check]


def _judged(check: Check, seen: Observed) -> Verdict:
    if (reason := seen.unseen.get(check)) is not None:
        return Verdict(check, UNKNOWN, reason)
    outcome, said, remedy = _JUDGES[check](seen)
    return Verdict(check, outcome, said, remedy if outcome == FAIL else "")


Judged = tuple[Outcome, str, str]


def _start(seen: Observed) -> Judged:
    memory = "" if seen.memory_mib is None else f", with {seen.memory_mib:.0f} MiB"
    return PASS, f"answers {seen.start_seconds or 0:.1f} s after its start{memory}", ""


def _bind(seen: Observed) -> Judged:
    if not seen.listens_on:
        return UNKNOWN, "the process's sockets cannot be read", ""
    words = ", ".join(seen.listens_on)
    if any(not ipaddress.ip_address(address).is_loopback for address in seen.listens_on):
        return PASS, f"listens on {words}", ""
    return FAIL, f"listens on {words} only", "Bind 0.0.0.0 (or ::) in the container: UVICORN_HOST, HOST or --host."


def _route(path: str | None, seen: Observed, what: str, kind: str) -> Judged:
    if path is not None:
        return PASS, f"GET {path} 200{_while_draining(seen.draining.get(path))}", ""
    from .request import HEALTH_PATHS, LIVENESS_PATHS, METRICS_PATHS

    usual = {"readiness": HEALTH_PATHS, "liveness": LIVENESS_PATHS, "metrics": METRICS_PATHS}
    others = {path for name, paths in usual.items() if name != kind for path in paths}
    tried = ", ".join(f"{path} {status or 'no answer'}" for path, status in seen.routes.items() if path not in others)
    if every := [path for path in seen.catch_all if path not in others]:
        return FAIL, f"{', '.join(every)}: 200, as every path that nobody has; it says nothing of the server", what
    return FAIL, f"no route answers 200: {tried or 'none was asked'}", what


def _while_draining(status: int | None) -> str:
    """What a route answered after SIGTERM; 0 is a listener that is closed."""
    return f", and {status} while the server drains" if status else ""


def _health(seen: Observed) -> Judged:
    if seen.health_path is not None and seen.draining.get(seen.health_path) == 200:
        said = f"GET {seen.health_path} 200{_while_draining(200)}"
        return FAIL, said, "Answer 503 with Retry-After from SIGTERM on: health checks of an edge send clients there."
    remedy = "Add a GET route that answers 200, and 503 with Retry-After while the server drains, or name it."
    return _route(seen.health_path, seen, remedy, "readiness")


def _liveness(seen: Observed) -> Judged:
    if seen.liveness_path is not None and (status := seen.draining.get(seen.liveness_path, 0)) not in (0, 200):
        said = f"GET {seen.liveness_path} 200{_while_draining(status)}"
        return FAIL, said, "Answer 200 for as long as the process answers at all: it lives while it drains."
    remedy = "Add a GET route that answers 200 as long as the process answers at all, or name it."
    return _route(seen.liveness_path, seen, remedy, "liveness")


def _metrics(seen: Observed) -> Judged:
    if seen.metrics_path is None:
        remedy = "Expose the gauges in Prometheus text form at /metrics, or follow the gateway's with dialect 'envoy'."
        return _route(None, seen, remedy, "metrics")
    there = {name: how for name, how in seen.metrics.items() if how != "absent"}
    if not there:
        like = f"; it has {', '.join(seen.like_gauges)}" if seen.like_gauges else ""
        remedy = (
            "Emit mcp_active_sse_connections and mcp_in_flight_calls, name your gauge in scaling.sessionsMetric, or "
            "give a query of your own."
        )
        return FAIL, f"{seen.metrics_path} has no gauge of any dialect{like}", remedy
    by = {kind: [name for name, how in there.items() if how == kind] for kind in ("moves", "stuck", "still")}
    if by["stuck"]:
        words = f"{', '.join(by['stuck'])} went up with what was opened, and not down again when it was closed"
        return FAIL, words, "Lower the gauge when a stream ends, also when its client has just gone."
    if by["moves"]:
        still = f"; {', '.join(by['still'])} did not" if by["still"] else ""
        return PASS, f"{', '.join(by['moves'])} moved with a stream and a call in flight{still}", ""
    if by["still"]:
        return FAIL, f"{', '.join(by['still'])} did not move", "Raise the gauge while a stream or a call is open."
    return UNKNOWN, f"{', '.join(there)} is there, and no stream could be opened to move it", ""


def _host(seen: Observed) -> Judged:
    hosts = seen.hosts
    if hosts.public is None:
        return UNKNOWN, "the endpoint was not asked", ""
    if hosts.public in _SERVED:
        foreign = "a foreign name is answered too" if hosts.foreign in _SERVED else "a foreign name is refused"
        return PASS, f"answers to {hosts.name}; {foreign}", ""
    said = f"refuses {hosts.name} with HTTP {hosts.public}"
    if not seen.started:
        return UNKNOWN, f"{said}; --host gives the name that clients use", ""
    remedy = "Read the allowed hosts from MCP_ALLOWED_HOSTS, which a stack sets, or leave the check to the edge."
    return FAIL, said, remedy


def _probe_host(seen: Observed) -> Judged:
    if seen.hosts.probe is None:
        return UNKNOWN, "there is no readiness route to ask", ""
    pod = "" if seen.hosts.pod in (None, 200) else f"; by the pod's address HTTP {seen.hosts.pod}"
    return PASS, f"the readiness route answers to localhost{pod}", ""


def _origin(seen: Observed) -> Judged:
    status = seen.hosts.origin
    if status is None or status == 401:
        return UNKNOWN, "a token is asked for before the Origin", ""
    if status == 0:
        return UNKNOWN, "a request with a foreign Origin got no answer", ""
    if status in _SERVED or status >= 500:
        remedy = "Refuse it in the server, or at the edge: browsers of any site may call this server."
        return FAIL, f"a foreign Origin is answered with HTTP {status}", remedy
    if status < 400 or status in (408, 429):
        return UNKNOWN, f"a request with a foreign Origin got HTTP {status}", ""
    return PASS, f"a foreign Origin is refused with HTTP {status}", ""


def _slash(seen: Observed) -> Judged:
    if seen.slash is None:
        return UNKNOWN, "it was not asked", ""
    status, location = seen.slash.status, seen.slash.location
    if location.startswith("http:"):
        remedy = "Serve both forms with the same route; or trust the forwarded headers of the edge."
        return FAIL, f"HTTP {status} sends clients behind TLS to http://", remedy
    return PASS, f"the other form answers HTTP {status}", ""


def _authorization(seen: Observed) -> Judged:
    found = seen.authorization
    if found is None:
        return UNKNOWN, "it was not asked", ""
    if not found.required:
        if found.metadata:
            remedy = "Refuse requests without a token with 401, or take the metadata away."
            return FAIL, "metadata names an authorization server, and requests without a token are answered", remedy
        return PASS, "asks for no token", ""
    if not found.metadata:
        remedy = "Serve /.well-known/oauth-protected-resource with 'resource' and 'authorization_servers' (RFC 9728)."
        return FAIL, "asks for a token, and publishes no metadata", remedy
    if not found.named:
        return FAIL, "the 401 names no metadata", 'Send WWW-Authenticate: Bearer resource_metadata="URL" with it.'
    return PASS, "asks for a token, and says where to get one", ""


def _session_end(seen: Observed) -> Judged:
    if seen.streams_alone:
        if seen.sessions.ended_with_stream:
            return PASS, "a session is gone with its stream", ""
        return FAIL, "a session takes messages after its stream is closed", "Let go of a session when its stream ends."
    if seen.sessions.ended_by_delete:
        return PASS, "a session is gone after DELETE", ""
    return FAIL, "a session answers after DELETE", "End the session with its DELETE, and let go of what it holds."


def _session_cap(seen: Observed) -> Judged:
    found = seen.sessions
    if found.cap is None:
        return UNKNOWN, f"no session was refused within {found.opened}; raise --sessions above the server's cap", ""
    remedy = "Refuse a session above the cap with HTTP 503 and Retry-After."
    if found.cap_status != 503:
        answer = f"HTTP {found.cap_status}" if found.cap_status else "no answer"
        return FAIL, f"the session after {found.cap} got {answer}", remedy
    if not found.retry_after:
        return FAIL, f"the session after {found.cap} got HTTP 503 without Retry-After", remedy
    return PASS, f"the session after {found.cap} got HTTP 503 with Retry-After", ""


def _probe_leak(seen: Observed) -> Judged:
    found = seen.sessions
    if found.probe_kib is None:
        return UNKNOWN, "the memory was not read", ""
    if found.probes_leave_sessions:
        remedy = "Ask the process with server/discover, or end the session with DELETE: no probe may initialize."
        return FAIL, f"each probe leaves {found.probe_kib:.0f} KiB behind", remedy
    return PASS, f"a probe leaves {found.probe_kib:.1f} KiB behind, less than the {LEAK_KIB} of half a session", ""


def _drain_call(seen: Observed) -> Judged:
    found = seen.drain
    if found is None:
        return UNKNOWN, "no signal was sent", ""
    legacy = found.legacy_finished
    if "modern" not in seen.eras:
        if legacy:
            return PASS, f"a call was finished {found.granted_seconds:.1f} s after SIGTERM", ""
        return PASS, "a legacy call is cut by SIGTERM; the pre-stop sleep is its drain", ""
    if found.finished:
        old = "; a legacy one is cut, and has the pre-stop sleep" if legacy is False else ""
        return PASS, f"a call was finished {found.granted_seconds:.1f} s after SIGTERM{old}", ""
    remedy = (
        "Let the process finish its calls: start it with uvicorn's command line, which reads "
        "UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN; in Node close the listener and wait; or lower maxToolSeconds to what it "
        "grants."
    )
    wanted = f"a call that needed {found.held_seconds:.3g} s was cut {found.granted_seconds:.1f} s after SIGTERM"
    return FAIL, wanted, remedy


def _drain_new(seen: Observed) -> Judged:
    if seen.drain is None:
        return UNKNOWN, "no signal was sent", ""
    what = "a new stream" if seen.streams_alone else "initialize" if seen.stateful else "a new request"
    match seen.drain.new_requests:
        case "refused":
            return PASS, f"the listener is closed: {what} finds no connection", ""
        case "unavailable":
            return PASS, f"{what} gets HTTP 503 with Retry-After", ""
        case "unavailable-without-retry-after":
            return FAIL, f"{what} gets HTTP 503 without Retry-After", "Say in Retry-After when to come back."
    return FAIL, f"{what} is answered as before", "Close the listener at SIGTERM, or answer 503 with Retry-After."


def _drain_exit(seen: Observed) -> Judged:
    found = seen.drain
    if found is None:
        return UNKNOWN, "no signal was sent", ""
    if found.exit_seconds is None:
        remedy = "End open streams in the drain, and set a graceful timeout in the code where no variable sets it."
        grace = found.graceful_timeout_seconds
        return FAIL, f"still running when {grace:.0f} s and 5 s more were over: it would be killed", remedy
    if not found.handled:
        remedy = "Handle SIGTERM in the program, or start it with an init process (tini, or exec in a script)."
        return FAIL, "no handler for SIGTERM: as process 1 of a container it ignores it, and is killed", remedy
    granted = f"; its graceful timeout was {found.graceful_timeout_seconds:.0f} s"
    return PASS, f"ends {found.exit_seconds:.1f} s after SIGTERM{granted}", ""


def _stateless(seen: Observed) -> Judged:
    state = seen.state
    if state.kept_in == "disk":
        remedy = "Keep it in a database or a store that all pods reach; a pod's disk is its own, and goes with it."
        return FAIL, f"state on local disk: {', '.join(state.files)} changed during the calls", remedy
    if state.kept_in == "memory":
        remedy = "Keep it in a database or a store that all pods reach, or run one pod; affinity helps sessions only."
        words = f"state in memory: three processes answer {', '.join(state.differing)} otherwise than one"
        return FAIL, words, remedy
    if seen.varying:
        words = f"one process answers {', '.join(seen.varying)} otherwise each time, so nothing can be compared"
        return UNKNOWN, words, ""
    if state.kept_in == "nowhere":
        return PASS, f"three processes answer {state.calls} calls as one does", ""
    return UNKNOWN, "the lists agree on three processes, and no tool was called; --tool names harmless ones", ""


def _conformance(seen: Observed) -> Judged:
    found = seen.conformance
    if found is None:
        return UNKNOWN, "the suite was not run", ""
    if not found.passed and not found.failed:
        return UNKNOWN, "the suite has no scenario for these eras", ""
    if found.failed:
        return FAIL, f"failed: {'; '.join(found.failed)}", "Run the scenario with the suite itself; it says more."
    without = f"; without {', '.join(found.not_offered)}, which it does not offer" if found.not_offered else ""
    return PASS, f"{len(found.passed)} scenarios passed{without}", ""


_JUDGES: dict[Check, Callable[[Observed], Judged]] = {
    Check.START: _start,
    Check.BIND: _bind,
    Check.HEALTH: _health,
    Check.LIVENESS: _liveness,
    Check.METRICS: _metrics,
    Check.HOST: _host,
    Check.PROBE_HOST: _probe_host,
    Check.ORIGIN: _origin,
    Check.SLASH: _slash,
    Check.AUTHORIZATION: _authorization,
    Check.SESSION_END: _session_end,
    Check.SESSION_CAP: _session_cap,
    Check.PROBE_LEAK: _probe_leak,
    Check.DRAIN_CALL: _drain_call,
    Check.DRAIN_NEW: _drain_new,
    Check.DRAIN_EXIT: _drain_exit,
    Check.STATELESS: _stateless,
    Check.CONFORMANCE: _conformance,
}
