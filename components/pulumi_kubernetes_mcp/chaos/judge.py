"""What an experiment did to the clients of each era, and whether that is what may be. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..eras import SESSION_ERAS, Era
from .allowed import likely_sessions
from .model import KILLS, STOPS, Allowed, Call, Held, Plan, Run


@dataclass(frozen=True, kw_only=True)
class Line:
    """One expectation, and what was seen."""

    era: Era | None
    """Whose clients; ``None``: the pods."""
    passed: bool
    expected: str
    seen: str


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What it cost the clients of one era."""

    era: Era
    calls: int
    lost: int
    """Calls that failed, openings of sessions besides."""
    longest_seconds: float
    """The longest call, failed or not."""
    sessions: int
    """Open when the fault began."""
    sessions_lost: int
    elsewhere: int | None
    """Of these on pods that nothing was done to; ``None`` where nobody can say who holds a session."""
    recovered_seconds: float | None
    """From the beginning of the fault to the end of the last call that failed; 0 where none did, ``None`` where the
    last call of a client failed too."""
    reasons: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The result of an experiment."""

    passed: bool
    costs: tuple[Cost, ...]
    lines: tuple[Line, ...]


def judge(plan: Plan, run: Run, allowed: Allowed) -> Verdict:
    """Compare what happened with what may happen."""
    eras = [era for era in Era if any(call.era == era for call in run.calls)]
    costs = tuple(_cost(era, plan, run) for era in eras)
    lines = [line for cost in costs for line in _lines(cost, plan, run, allowed)]
    lines += _pods(run, allowed)
    return Verdict(passed=all(line.passed for line in lines), costs=costs, lines=tuple(lines))


def lost_sessions(run: Run, era: Era) -> list[Held]:
    """The sessions that were open when the fault began, and were then found to be gone."""
    gone = {(call.client, call.session) for call in run.calls if call.era == era and call.session_lost}
    return [one for one in run.held if one.era == era and (one.client, one.session) in gone]


def _cost(era: Era, plan: Plan, run: Run) -> Cost:
    own = [call for call in run.calls if call.era == era and call.ended >= run.began]
    failed = [call for call in own if call.reason is not None]
    lost = lost_sessions(run, era)
    affected = {pod.name for pod in plan.affected}
    known = all(one.pod is not None for one in run.held if one.era == era)
    return Cost(
        era=era,
        calls=len(own),
        lost=len(failed),
        longest_seconds=max((call.ended - call.begun for call in own), default=0.0),
        sessions=sum(one.era == era for one in run.held),
        sessions_lost=len(lost),
        elsewhere=sum(one.pod not in affected for one in lost) if known else None,
        recovered_seconds=_recovered(own, failed, run),
        reasons=Counter(call.reason for call in failed if call.reason is not None),
    )


def _recovered(own: Sequence[Call], failed: Sequence[Call], run: Run) -> float | None:
    if not own:
        return None
    for client in {call.client for call in own}:
        last = max((call for call in own if call.client == client), key=lambda call: call.ended)
        if last.reason is not None or last.opening:
            return None
    return max((call.ended - run.began for call in failed), default=0.0)


def _lines(cost: Cost, plan: Plan, run: Run, allowed: Allowed) -> Iterator[Line]:
    if cost.era not in SESSION_ERAS:
        yield _calls(cost, allowed)
    else:
        yield _sessions(cost, plan, allowed)
        if plan.experiment not in STOPS:
            yield from _untouched(cost, plan, run)
    since = run.began if plan.experiment in KILLS else run.over
    took = None if cost.recovered_seconds is None else max(0.0, run.began + cost.recovered_seconds - since)
    again = ", by a new session where the old one is gone" if cost.era in SESSION_ERAS else ""
    yield Line(
        era=cost.era,
        passed=took is not None and took <= allowed.recover,
        expected=f"every client calls again within {allowed.recover:g} s{again}",
        seen="not until the end" if took is None else f"after {took:.1f} s",
    )


def _calls(cost: Cost, allowed: Allowed) -> Line:
    if allowed.calls_lost is None:
        return Line(
            era=cost.era, passed=True, expected="calls may fail while it lasts", seen=f"{cost.lost} of {cost.calls}"
        )
    return Line(
        era=cost.era,
        passed=cost.lost <= allowed.calls_lost,
        expected=f"{allowed.calls_lost} failed calls at most",
        seen=f"{cost.lost} of {cost.calls}",
    )


def _sessions(cost: Cost, plan: Plan, allowed: Allowed) -> Line:
    seen = f"{cost.sessions_lost} of {cost.sessions}"
    if allowed.most_sessions is not None:
        most, words = allowed.most_sessions, f"{allowed.most_sessions} lost sessions at most"
    elif allowed.sessions_lost == "none":
        most, words = 0, "no lost session"
    elif cost.elsewhere is not None:
        return Line(
            era=cost.era,
            passed=cost.elsewhere == 0,
            expected="only sessions on the pods that it was done to are lost",
            seen=f"{seen}, {cost.elsewhere} of them on others",
        )
    else:
        most = likely_sessions(cost.sessions, len(plan.affected), len(plan.pods))
        words = (
            f"{most} lost sessions at most, as {len(plan.affected)} of {len(plan.pods)} pods hold of {cost.sessions}"
        )
    return Line(era=cost.era, passed=cost.sessions_lost <= most, expected=words, seen=seen)


def _untouched(cost: Cost, plan: Plan, run: Run) -> Iterator[Line]:
    """Where it is known who holds a session, the calls of all others go on."""
    if cost.elsewhere is None:
        return
    affected = {pod.name for pod in plan.affected}
    others = {(one.client, one.session) for one in run.held if one.era == cost.era and one.pod not in affected}
    if not others:
        return
    own = [
        call
        for call in run.calls
        if call.era == cost.era and call.ended >= run.began and (call.client, call.session) in others
    ]
    failed = [call for call in own if call.reason is not None]
    yield Line(
        era=cost.era,
        passed=not failed,
        expected="no failed call of a session on another pod",
        seen=f"{len(failed)} of {len(own)} of {len(others)} sessions",
    )


def _pods(run: Run, allowed: Allowed) -> Iterator[Line]:
    if allowed.pods_stay:
        seen = f"ended or started again: {', '.join(run.gone)}" if run.gone else "all are there"
        yield Line(era=None, passed=not run.gone, expected="no pod ends by it", seen=seen)
    if run.left:
        yield Line(era=None, passed=False, expected="everything is undone", seen=f"left: {'; '.join(run.left)}")
