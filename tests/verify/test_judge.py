"""What was seen, and the verdict of each line: from a server that keeps all of the contract, one change each."""

from __future__ import annotations

from pathlib import Path

from pulumi_kubernetes_mcp.verify.checks import MEANS, Check
from pulumi_kubernetes_mcp.verify.judge import judge
from pulumi_kubernetes_mcp.verify.observed import Conformance, Observed, Slash
from pulumi_kubernetes_mcp.verify.record import counted
from tests.table import table

from .samples import authorization, drain, good, hosts, sessions, state

CONTRACT = Path(__file__).parents[2] / "docs" / "contract.md"


def test_a_server_that_does_all_of_it_passes_every_line() -> None:
    verdicts = judge(good())
    assert [one.check for one in verdicts] == list(Check)
    assert {one.outcome for one in verdicts} == {"pass"}
    assert {one.remedy for one in verdicts} == {""}
    assert counted(verdicts) == "18 passed, 0 failed, 0 not verified."


CASES: list[tuple[Check, Observed, str, str]] = [
    (Check.BIND, good(listens_on=["127.0.0.1", "::1"]), "fail", "listens on 127.0.0.1, ::1 only"),
    (Check.BIND, good(listens_on=["127.0.0.1", "10.1.2.3"]), "pass", "listens on 127.0.0.1, 10.1.2.3"),
    (Check.BIND, good(listens_on=["::"]), "pass", "listens on ::"),
    (Check.BIND, good(listens_on=[]), "not-verified", "cannot be read"),
    (
        Check.HEALTH,
        good(health_path=None, routes={"/healthz": 404, "/health": 0, "/livez": 200}),
        "fail",
        "no route answers 200: /healthz 404, /health no answer",
    ),
    (
        Check.HEALTH,
        good(health_path=None, routes={}, catch_all=["/healthz", "/livez"]),
        "fail",
        "/healthz: 200, as every path that nobody has",
    ),
    (Check.HEALTH, good(draining={"/healthz": 503, "/livez": 200}), "pass", "200, and 503 while the server drains"),
    (Check.HEALTH, good(draining={"/healthz": 0, "/livez": 0}), "pass", "GET /healthz 200"),
    (Check.HEALTH, good(draining={"/healthz": 200}), "fail", "GET /healthz 200, and 200 while the server drains"),
    (Check.LIVENESS, good(draining={"/livez": 503}), "fail", "GET /livez 200, and 503 while the server drains"),
    (Check.LIVENESS, good(liveness_path=None, routes={"/healthz": 200, "/livez": 503}), "fail", "200: /livez 503"),
    (Check.METRICS, good(metrics_path=None, routes={"/healthz": 200, "/metrics": 404}), "fail", "200: /metrics 404"),
    (
        Check.METRICS,
        good(metrics={"mcp_active_sessions": "absent"}, like_gauges=["my_sessions"]),
        "fail",
        "/metrics has no gauge of any dialect; it has my_sessions",
    ),
    (Check.METRICS, good(metrics={"a": "moves", "b": "stuck"}), "fail", "b went up with what was opened, and not down"),
    (Check.METRICS, good(metrics={"a": "moves", "b": "still"}), "pass", "a moved with a stream"),
    (Check.METRICS, good(metrics={"a": "still"}), "fail", "a did not move"),
    (Check.METRICS, good(metrics={"a": "present"}), "not-verified", "no stream could be opened"),
    (Check.HOST, hosts(foreign=200), "pass", "a foreign name is answered too"),
    (Check.HOST, hosts(public=401), "pass", "answers to mcp.example.com"),
    (Check.HOST, hosts(public=421), "fail", "refuses mcp.example.com with HTTP 421"),
    (Check.PROBE_HOST, hosts(probe=None), "not-verified", "no readiness route"),
    (Check.PROBE_HOST, hosts(pod=403), "pass", "by the pod's address HTTP 403"),
    (Check.ORIGIN, hosts(origin=200), "fail", "a foreign Origin is answered with HTTP 200"),
    (Check.ORIGIN, hosts(origin=500), "fail", "a foreign Origin is answered with HTTP 500"),
    (Check.ORIGIN, hosts(origin=0), "not-verified", "got no answer"),
    (Check.ORIGIN, hosts(origin=429), "not-verified", "got HTTP 429"),
    (Check.ORIGIN, hosts(origin=401), "not-verified", "a token is asked for before"),
    (Check.SLASH, good(slash=Slash(307, "http://a/mcp")), "fail", "HTTP 307 sends clients behind TLS to http://"),
    (Check.SLASH, good(slash=Slash(307, "https://a/mcp")), "pass", "HTTP 307"),
    (Check.SLASH, good(slash=None), "not-verified", "not asked"),
    (Check.AUTHORIZATION, authorization(True, True, True), "pass", "says where to get one"),
    (Check.AUTHORIZATION, authorization(True, True, False), "fail", "the 401 names no metadata"),
    (Check.AUTHORIZATION, authorization(True, False, True), "fail", "publishes no metadata"),
    (Check.AUTHORIZATION, authorization(False, True, False), "fail", "requests without a token are answered"),
    (Check.SESSION_END, sessions(ended_by_delete=False), "fail", "a session answers after DELETE"),
    (Check.SESSION_CAP, sessions(retry_after=False), "fail", "after 1000 got HTTP 503 without Retry-After"),
    (Check.SESSION_CAP, sessions(cap_status=500), "fail", "after 1000 got HTTP 500"),
    (Check.SESSION_CAP, sessions(cap_status=0), "fail", "after 1000 got no answer"),
    (Check.SESSION_CAP, sessions(cap=None, opened=1200), "not-verified", "no session was refused within 1200"),
    (Check.PROBE_LEAK, sessions(probe_kib=41.3, probes_leave_sessions=True), "fail", "each probe leaves 41 KiB behind"),
    (
        Check.DRAIN_CALL,
        drain(finished=False, granted_seconds=2.1, held_seconds=1.5),
        "fail",
        "a call that needed 1.5 s was cut 2.1 s after SIGTERM",
    ),
    (Check.DRAIN_CALL, drain(), "pass", "finished 8.0 s after SIGTERM; a legacy one is cut"),
    (Check.DRAIN_CALL, drain(legacy_finished=True), "pass", "a call was finished 8.0 s after SIGTERM"),
    (Check.DRAIN_NEW, drain(new_requests="unavailable"), "pass", "initialize gets HTTP 503 with Retry-After"),
    (Check.DRAIN_NEW, drain(new_requests="unavailable-without-retry-after"), "fail", "503 without Retry-After"),
    (Check.DRAIN_NEW, drain(new_requests="served"), "fail", "initialize is answered as before"),
    (Check.DRAIN_EXIT, drain(exit_seconds=None), "fail", "still running when 10 s and 5 s more were over"),
    (Check.DRAIN_EXIT, drain(), "pass", "ends 10.2 s after SIGTERM; its graceful timeout was 10 s"),
    (Check.DRAIN_EXIT, drain(handled=False), "fail", "no handler for SIGTERM"),
    (Check.STATELESS, state(kept_in="memory", differing=["get (call 2)"]), "fail", "answer get (call 2) otherwise"),
    (Check.STATELESS, state(kept_in="disk", files=["a.db"]), "fail", "state on local disk: a.db changed"),
    (Check.STATELESS, state(calls=3), "not-verified", "no tool was called"),
    (Check.CONFORMANCE, good(conformance=Conformance(["a"], ["b"])), "fail", "failed: b"),
    (Check.CONFORMANCE, good(conformance=Conformance()), "not-verified", "no scenario for these eras"),
    (Check.START, good(unseen={Check.START: "it needs a process"}), "not-verified", "it needs a process"),
]


@table("check, seen, outcome, words", CASES)
def test_one_change_changes_its_line_alone(check: Check, seen: Observed, outcome: str, words: str) -> None:
    verdicts = {one.check: one for one in judge(seen)}
    assert verdicts[check].outcome == outcome
    assert words in verdicts[check].seen
    assert bool(verdicts[check].remedy) == (outcome == "fail")
    assert [one.check for one in verdicts.values() if one.outcome != "pass" and one.check != check] == []


def test_what_legacy_eras_alone_need() -> None:
    """SIGTERM cuts a legacy call, and a stack's pre-stop sleep waits for it: that is no fault of the server."""
    seen = drain(finished=False, granted_seconds=0.4)
    seen.eras = ("legacy-stateful",)
    assert {one.check: one for one in judge(seen)}[Check.DRAIN_CALL].outcome == "pass"


def test_what_http_and_sse_alone_has_instead() -> None:
    seen = sessions(ended_by_delete=None, ended_with_stream=True)
    seen.eras = ("sse",)
    assert {one.check: one for one in judge(seen)}[Check.SESSION_END].seen == "a session is gone with its stream"
    seen.sessions = seen.sessions.model_copy(update={"ended_with_stream": False})
    kept = {one.check: one for one in judge(seen)}[Check.SESSION_END]
    assert (kept.outcome, kept.seen) == ("fail", "a session takes messages after its stream is closed")
    assert kept.remedy
    assert {one.check: one for one in judge(seen)}[Check.DRAIN_NEW].seen.endswith("a new stream finds no connection")


def test_a_name_that_a_running_server_was_not_told_is_no_fault_of_it() -> None:
    seen = hosts(public=421)
    seen.started = False
    verdict = {one.check: one for one in judge(seen)}[Check.HOST]
    assert (verdict.outcome, verdict.seen) == (
        "not-verified",
        "refuses mcp.example.com with HTTP 421; --host gives the name that clients use",
    )


def test_calls_that_vary_by_themselves_prove_nothing() -> None:
    seen = state(calls=8)
    seen.varying = ["now (call 1)"]
    verdict = {one.check: one for one in judge(seen)}[Check.STATELESS]
    assert verdict.outcome == "not-verified"
    assert "one process answers now (call 1) otherwise each time" in verdict.seen


def test_the_page_has_every_line_by_its_name() -> None:
    text = CONTRACT.read_text(encoding="utf-8")
    assert [check.value for check in Check if f"| `{check.value}` |" not in text] == []
    assert set(MEANS) == set(Check)
