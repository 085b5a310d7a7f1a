"""What an experiment may cost, and whether it did: by hand, from both sides of each bound."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from math import comb
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_kubernetes_mcp.chaos.allowed import allowed, likely_sessions
from pulumi_kubernetes_mcp.chaos.judge import Verdict, judge
from pulumi_kubernetes_mcp.chaos.model import Allowed, Call, Command, Experiment, Held, Pace, Plan, Pod, Run, Step
from pulumi_kubernetes_mcp.chaos.record import data
from pulumi_kubernetes_mcp.eras import Era

PODS = tuple(Pod(name) for name in "abc")
PACE = Pace(clients=2, timeout=4, hold=10, recover=5)
WHEN = datetime(2026, 1, 1, tzinfo=UTC)
MODERN, LEGACY = Era.MODERN, Era.LEGACY_STATEFUL


def plan(experiment: Experiment = Experiment.KILL_POD, *affected: str) -> Plan:
    chosen = tuple(pod for pod in PODS if pod.name in affected)
    return Plan(experiment=experiment, steps=(), pods=PODS, affected=chosen)


def call(client: int, ended: float, **more: Any) -> Call:
    return Call(**{"era": MODERN, "client": client, "begun": ended - 0.1, "ended": ended, **more})


def legacy(client: int, ended: float, session: int = 1, **more: Any) -> Call:
    return call(client, ended, era=LEGACY, session=session, **more)


def held(client: int, pod: str | None) -> Held:
    return Held(era=LEGACY, client=client, session=1, pod=pod)


def verdict(calls: list[Call], made: Plan, *, may: Allowed | None = None, **more: Any) -> Verdict:
    run = Run(**{"calls": calls, "held": (), "began": 10.0, "over": 10.0, "ended": 99.0, **more})
    return judge(made, run, may or allowed(made, PACE))


def failed(found: Verdict) -> list[str]:
    return [line.expected for line in found.lines if not line.passed]


def test_a_kill_may_cost_one_call_of_each_client_and_not_one_more() -> None:
    lost = [call(1, 11, reason="closed"), call(2, 11, reason="closed")]
    after = [call(1, 12), call(2, 12)]
    before = [call(1, 9, reason="closed")]
    assert failed(verdict([*before, *lost, *after], plan(Experiment.KILL_POD, "a"))) == []
    more = [*lost, call(1, 11.5, reason="closed"), *after]
    assert failed(verdict(more, plan(Experiment.KILL_POD, "a"))) == ["2 failed calls at most"]


def test_what_does_not_answer_keeps_each_client_for_the_timeout_while_it_lasts() -> None:
    # 10 s of a timeout of 4 s: three times, and once more for the call that began at its end.
    assert allowed(plan(Experiment.FREEZE_POD, "a"), PACE).calls_lost == 2 * 4
    assert allowed(plan(Experiment.STOP_DATABASE), PACE).calls_lost is None
    assert allowed(plan(Experiment.KILL_POD), PACE, calls_lost=0).calls_lost == 0


@pytest.mark.parametrize(("last", "seen"), [(14.9, []), (15.1, ["every client calls again within 5 s"])])
def test_recovery_is_the_last_call_that_failed(last: float, seen: list[str]) -> None:
    found = verdict([call(1, last, reason="connect"), call(1, 16)], plan(Experiment.KILL_POD, "a"))
    assert found.costs[0].recovered_seconds == pytest.approx(last - 10)
    assert failed(found) == seen


def test_of_what_is_undone_recovery_counts_from_its_end() -> None:
    calls = [call(1, 24, reason="timeout"), call(1, 25)]
    assert failed(verdict(calls, plan(Experiment.FREEZE_POD, "a"), over=20.0)) == []
    assert len(failed(verdict(calls, plan(Experiment.FREEZE_POD, "a"), over=18.0))) == 1


def test_a_client_whose_last_call_failed_has_not_recovered() -> None:
    found = verdict([call(1, 11), call(1, 12, reason="connect"), call(2, 13)], plan(Experiment.KILL_POD, "a"))
    assert found.costs[0].recovered_seconds is None
    assert failed(found) == ["every client calls again within 5 s"]


def test_only_sessions_of_the_killed_pod_may_be_lost() -> None:
    calls = [
        legacy(1, 11, reason="session-lost", session_lost=True),
        legacy(1, 12, session=2),
        legacy(2, 12),
    ]
    sessions = (held(1, "a"), held(2, "b"))
    assert failed(verdict(calls, plan(Experiment.KILL_POD, "a"), held=sessions)) == []
    found = verdict(calls, plan(Experiment.KILL_POD, "b"), held=sessions)
    assert failed(found) == [
        "only sessions on the pods that it was done to are lost",
        "no failed call of a session on another pod",
    ]
    assert (found.costs[0].sessions_lost, found.costs[0].elsewhere) == (1, 1)


def test_where_nobody_can_say_who_holds_a_session_the_number_counts() -> None:
    def lose(number: int) -> Verdict:
        calls = [legacy(one, 11, reason="session-lost", session_lost=True) for one in range(number)]
        after = [legacy(one, 12, session=2) for one in range(30)]
        return verdict([*calls, *after], plan(Experiment.KILL_POD, "a"), held=[held(one, None) for one in range(30)])

    most = likely_sessions(30, 1, 3)
    assert failed(lose(most)) == []
    assert failed(lose(most + 1)) == [f"{most} lost sessions at most, as 1 of 3 pods hold of 30"]
    assert failed(lose(30))


@given(st.integers(1, 60), st.integers(1, 5), st.integers(2, 6))
def test_the_bound_is_the_quantile_of_the_binomial_distribution(sessions: int, affected: int, pods: int) -> None:
    bound = likely_sessions(sessions, affected, pods)
    if affected >= pods:
        assert bound == sessions
        return
    # In whole numbers: the ways in which at most so many of the sessions fall on the pods, of all ways.
    ways = [comb(sessions, n) * affected**n * (pods - affected) ** (sessions - n) for n in range(sessions + 1)]
    assert sum(ways) == pods**sessions
    assert 1000 * sum(ways[: bound + 1]) >= 998.9 * pods**sessions
    assert 1000 * sum(ways[:bound]) <= 999.1 * pods**sessions


def test_a_database_that_is_away_takes_no_session_and_no_pod() -> None:
    calls = [legacy(1, 11, reason="tool-failed"), legacy(1, 21)]
    made = plan(Experiment.STOP_DATABASE)
    assert failed(verdict(calls, made, held=[held(1, "a")], over=20.0)) == []
    assert failed(verdict(calls, made, held=[held(1, "a")], over=20.0, gone=["a"])) == ["no pod ends by it"]
    lost = [dataclasses.replace(calls[0], session_lost=True), calls[1]]
    assert failed(verdict(lost, made, held=[held(1, "a")], over=20.0)) == ["no lost session"]


def test_what_is_not_undone_fails() -> None:
    found = verdict([call(1, 11)], plan(Experiment.KILL_POD, "a"), left=["kill -CONT 7"])
    assert failed(found) == ["everything is undone"]


def test_the_result_is_told_whole() -> None:
    """One pod of three is killed, and holds the session that is lost; of the calls that ended after it four count."""
    made = dataclasses.replace(
        plan(Experiment.KILL_POD, "b"), steps=(Step(says="stop postgres://a:hunter2@db/b", do=Command(("x",))),)
    )
    calls = [
        legacy(0, 9),
        legacy(1, 9),
        legacy(0, 11.25, reason="closed", session_lost=True),
        dataclasses.replace(legacy(1, 12), begun=8.5),
        legacy(0, 13, 2, opening=True),
        legacy(0, 14, 2),
    ]
    run = Run(calls=calls, held=[held(0, "b"), held(1, "a")], began=10.0, over=10.0, ended=99.0, left=("undo",))
    found = data(made, PACE, run, judge(made, run, allowed(made, PACE)), where="here", when=WHEN, words="abc")
    expectations = found.pop("expectations")
    assert {one["of"] for one in expectations} == {"legacy-stateful", "pods"}
    assert [one["expected"] for one in expectations if not one["passed"]] == ["everything is undone"]
    assert "hunter2" not in found.pop("steps")[0]
    assert found == {
        "experiment": "kill-pod",
        "run": "abc",
        "where": "here",
        "at": "2026-01-01T00:00:00Z",
        "passed": False,
        "pods": ["a", "b", "c"],
        "affected": ["b"],
        "lastedSeconds": None,
        "pace": {
            "clients": 2,
            "rate": 2,
            "timeoutSeconds": 4,
            "beforeSeconds": 5,
            "holdSeconds": 10,
            "recoverSeconds": 5,
        },
        "eras": [
            {
                "era": "legacy-stateful",
                "calls": 4,
                "callsLost": 1,
                "longestSeconds": 3.5,
                "reasons": {"closed": 1},
                "recoveredSeconds": 1.25,
                "sessions": 2,
                "sessionsLost": 1,
                "sessionsLostElsewhere": 0,
            }
        ],
        "left": ["undo"],
    }


def test_how_long_it_lasted_is_said_where_something_undoes_it() -> None:
    made = plan(Experiment.KILL_POD, "a")
    for lasted, written in ((12.3456, 12.346), (None, None)):
        run = Run(calls=(), held=(), began=10.0, over=10.0, ended=99.0, lasted=lasted)
        found = data(made, PACE, run, judge(made, run, allowed(made, PACE)), where="here", when=WHEN, words="abc")
        assert found["lastedSeconds"] == written
