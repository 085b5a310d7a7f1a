"""What an experiment may cost its clients, derived from what is done. Pure."""

from __future__ import annotations

from math import ceil, comb

from .model import KILLS, STOPS, Allowed, Experiment, Pace, Plan

LIKELY = 0.999
"""How sure the bound is on the sessions of some pods where nobody can say who holds which."""


def allowed(plan: Plan, pace: Pace, *, calls_lost: int | None = None, sessions_lost: int | None = None) -> Allowed:
    """What may be lost.

    A kill takes the calls that are in flight on the pod: one of each client at most. A pod that does not answer keeps
    each client for the timeout of a call, again and again while it lasts. While what all pods use is away, every call
    may fail, and neither a session nor a pod is lost.

    :param calls_lost: said by whoever asks, instead.
    :param sessions_lost: the same, for the sessions.
    """
    calls: int | None = pace.clients
    if plan.experiment in (Experiment.FREEZE_POD, Experiment.DROP_NETWORK):
        calls = pace.clients * (ceil(pace.hold / pace.timeout) + 1)
    elif plan.experiment in STOPS:
        calls = None
    return Allowed(
        calls_lost=calls if calls_lost is None else calls_lost,
        sessions_lost="none" if plan.experiment in STOPS else "affected",
        recover=pace.recover,
        pods_stay=plan.experiment not in KILLS,
        most_sessions=sessions_lost,
    )


def likely_sessions(sessions: int, affected: int, pods: int) -> int:
    """How many of the sessions some of the pods hold at most, with 99.9 % probability, where each session was given to
    one of the pods by chance: the quantile of the binomial distribution."""
    if affected >= pods:
        return sessions
    share, below = affected / pods, 0.0
    for number in range(sessions + 1):
        below += comb(sessions, number) * share**number * (1 - share) ** (sessions - number)
        if below >= LIKELY:
            return number
    return sessions
