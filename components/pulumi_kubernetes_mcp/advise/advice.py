"""From what stands out to what to do: in words with figures, and as a change of the stack file. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any, NamedTuple

from ..server_plan import ServerPlan
from .history import History, quantile
from .patterns import FEWEST, Known, Observation, Pattern, by_day, observe, used

ROOM = 0.7
"""Pods that are wanted leave three tenths of themselves free, as the plan's headroom does."""
WEEKS_AHEAD = 4
"""A load that grows is planned for what it is in a month, before somebody looks again."""
LIVENESS_SECONDS = 10
LIVENESS_FAILURES = 6
"""Three minutes of no answer instead of one and a half: a pause of a collector or a slow disk is shorter."""
HOURS = range(24)

Change = tuple[str, Any]
"""A key of a server's groups, such as ``scaling.minReplicas``, and its value."""


@dataclass(frozen=True, kw_only=True)
class Advice:
    """One thing to do."""

    pattern: Pattern
    seen: str
    """What was seen, with figures."""
    do: str
    """What to do about it."""
    changes: tuple[Change, ...] = ()
    """Of the stack file; none where nothing there mends it."""
    figures: Mapping[str, float] | None = None


class _Case(NamedTuple):
    """What one piece of advice is made of."""

    server: ServerPlan
    history: History
    known: Known
    seen: Observation


def known_of(server: ServerPlan) -> Known:
    """What a stack says of itself."""
    from ..kubernetes import quantities as units
    from ..server_plan import resources

    limits = resources(server)["limits"]
    memory = units.parse_memory(limits["memory"]) if "memory" in limits else None
    cpu = units.parse_cpu(limits["cpu"]) / 1000 if "cpu" in limits else None
    return Known(
        min_replicas=server.replicas,
        sessions_per_pod=float(server.plan.capacity.sessions_target.value),
        follows_sessions=server.era_profile.sessions,
        cpu_limit=cpu,
        memory_limit=memory,
        call_seconds=server.settings.server.max_tool_seconds,
    )


def advise(server: ServerPlan, history: History) -> list[Advice]:
    """What to do about what stands out in some days of a server."""
    known = known_of(server)
    return [_ADVISORS[one.pattern](_Case(server, history, known, one)) for one in observe(history, known)]


def _low(case: _Case) -> Advice:
    figures = case.seen.figures
    least = max(FEWEST if case.server.production else 1, ceil(figures["needed"] / ROOM))
    sizes = [
        f"{share:.0%} of its {name} limit"
        for name, share in (("memory", figures.get("memoryShare")), ("CPU", figures.get("cpuShare")))
        if share is not None and share < ROOM
    ]
    smaller = (
        f" A pod takes at most {' and '.join(sizes)}: a smaller mcp:workload.sessionsPerPod, or a measured profile, "
        "makes it "
        "smaller."
        if sizes
        else ""
    )
    return Advice(
        pattern=case.seen.pattern,
        seen=f"{figures['pods']:g} pods are there all the time, and the busiest hour needs {figures['needed']:.1f}.",
        do=f"Keep {least} instead of {case.known.min_replicas}.{smaller}",
        changes=(("scaling.minReplicas", least),) if least < case.known.min_replicas else (),
        figures=figures,
    )


def _schedule(case: _Case) -> Advice:
    figures = case.seen.figures
    quiet = [name for name in ("night", "weekend") if f"{name}Needed" in figures]
    needed = max(figures[f"{name}Needed"] for name in quiet)
    least = max(FEWEST if case.server.production else 1, ceil(needed / ROOM))
    busy = max(least, round(figures["pods"]))
    begin, end = busy_hours(case.history, case.known)
    window = {
        "name": "working-hours",
        "replicas": busy,
        "timeZone": str(getattr(case.history.zone, "key", None) or "UTC"),
        "days": ["weekdays"] if "weekend" in quiet else ["daily"],
        "fromTime": f"{begin:02}:00",
        "toTime": f"{end:02}:00",
    }
    parts = " and ".join(
        f"at the {name} {figures[f'{name}Needed']:.1f} are needed and {figures[f'{name}Pods']:g} are there"
        for name in quiet
    )
    kept = [one.model_dump(by_alias=True, exclude_unset=True) for one in case.server.settings.scaling.schedules]
    return Advice(
        pattern=case.seen.pattern,
        seen=f"By day {figures['needed']:.1f} pods are needed and {figures['pods']:g} are there; {parts}.",
        do=f"Let {least} be the least, and a schedule keep {busy} from {begin:02}:00 to {end:02}:00.",
        changes=(("scaling.minReplicas", least), ("scaling.schedules", [*kept, window])),
        figures=figures,
    )


def busy_hours(history: History, known: Known) -> tuple[int, int]:
    """From which hour to which working days are busy: above half of the busiest hour."""
    with_need = History(start=history.start, series={"needed": used(history, known)}, zone=history.zone)
    levels = [
        quantile(with_need.pick("needed", lambda at, hour=hour: at.weekday() < 5 and at.hour == hour), 0.5)  # type: ignore[misc]
        for hour in HOURS
    ]
    busy = [hour for hour in HOURS if levels[hour] >= max(levels) / 2]
    return (busy[0], busy[-1] + 1) if busy else (8, 18)


def _growth(case: _Case) -> Advice:
    weekly = case.seen.figures["weekly"]
    peak = quantile(case.history.known("sessions") or case.history.known("calls"), 0.99)
    planned = float(case.server.plan.load.peak_sessions.value)
    ahead = ceil(peak * (1 + WEEKS_AHEAD * weekly))
    if not case.known.follows_sessions:
        # Calls in flight are no sessions, of which the plan counts.
        return Advice(
            pattern=case.seen.pattern,
            seen=f"The load grows by {weekly:.0%} a week, and everything else with it: {peak:,.1f} calls at its "
            "busiest.",
            do=f"Raise the users or the calls that the plan reckons with by {WEEKS_AHEAD * weekly:.0%}, for "
            f"{WEEKS_AHEAD} weeks from now, if it reckons with today's.",
            figures=case.seen.figures,
        )
    sessions = case.history.has("sessions")
    return Advice(
        pattern=case.seen.pattern,
        seen=f"The load grows by {weekly:.0%} a week, and everything else with it: {peak:,.0f} at its busiest, "
        f"{planned:,.0f} sessions are planned for.",
        do=f"Plan for the {ahead:,} of {WEEKS_AHEAD} weeks from now."
        if ahead > planned
        else f"Nothing yet: the plan holds it for {WEEKS_AHEAD} weeks.",
        changes=(("workload.peakSessions", ahead),) if sessions and ahead > planned else (),
        figures=case.seen.figures,
    )


def _slower(case: _Case) -> Advice:
    weekly, database = case.seen.figures["weekly"], case.server.settings.database
    changes: tuple[Change, ...] = ()
    words = "Look at what the calls wait for: a table without an index grows so."
    if database is not None:
        slower = round(database.query_milliseconds * (1 + weekly))
        changes = (("database.queryMilliseconds", slower),)
        words += f" Until then plan with queries of {slower} ms: they hold their connections longer."
    return Advice(
        pattern=case.seen.pattern,
        seen=f"Calls get slower by {weekly:.0%} a week ({case.seen.figures['milliseconds']:,.0f} ms in the middle), "
        "and the load does not grow so.",
        do=words,
        changes=changes,
        figures=case.seen.figures,
    )


def _leak(case: _Case) -> Advice:
    figures = case.seen.figures
    until = ""
    if case.known.memory_limit is not None:
        room = max(0.0, case.known.memory_limit / 2**20 - figures["mib"])
        until = f" At this pace its limit is reached in {room / figures['mibPerDay']:.0f} days."
    return Advice(
        pattern=case.seen.pattern,
        seen=f"The memory of a pod grows by {figures['mibPerDay']:.1f} MiB a day ({figures['weekly']:.0%} a week), "
        "at night too, and the load does not.",
        do=f"Mend the leak, or the cache without a bound.{until} A larger limit only moves the day; no key mends it.",
        figures=figures,
    )


def _deploy(case: _Case) -> Advice:
    what = ", ".join(f"{name} {share:+.0%}" for name, share in case.seen.figures.items())
    at = "" if case.seen.at is None else f" of {case.seen.at:%Y-%m-%d %H:%M}"
    return Advice(
        pattern=case.seen.pattern,
        seen=f"Since the deploy{at} it costs more, at the same hours: {what}.",
        do="Compare the two versions, or go back. If it stays: measure the server anew (mcp-stack measure), so that "
        "the plan counts with it.",
        figures=case.seen.figures,
    )


def _gaps(case: _Case) -> Advice:
    figures, liveness = case.seen.figures, case.server.settings.server.probes.liveness
    return Advice(
        pattern=case.seen.pattern,
        seen=f"Containers were started again {figures['restarts']:.0f} times, about every "
        f"{figures['hoursBetween']:.1f} h, and a pod was missing each time ({figures['gaps']:.0f} short gaps).",
        do="Read why: 'kubectl describe pod' says OOMKilled or a failed liveness probe. Where it is the probe, be more "
        "patient: a busy event loop answers late and is not dead.",
        changes=(
            ("server.probes.liveness.timeoutSeconds", max(LIVENESS_SECONDS, liveness.timeout_seconds or 0)),
            ("server.probes.liveness.failureThreshold", max(LIVENESS_FAILURES, liveness.failure_threshold or 0)),
        ),
        figures=figures,
    )


_ADVISORS: Mapping[Pattern, Callable[[_Case], Advice]] = {
    Pattern.LOW: _low,
    Pattern.SCHEDULE: _schedule,
    Pattern.GROWTH: _growth,
    Pattern.SLOWER: _slower,
    Pattern.LEAK: _leak,
    Pattern.DEPLOY: _deploy,
    Pattern.GAPS: _gaps,
}

__all__ = ["Advice", "Change", "advise", "busy_hours", "by_day", "known_of"]
