"""What is advised for each pattern: the figures, and the change of the stack file, reckoned by hand."""

from __future__ import annotations

from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pulumi_kubernetes_mcp.advise.advice import Advice, advise, known_of
from pulumi_kubernetes_mcp.advise.history import History
from pulumi_kubernetes_mcp.advise.patterns import Known, Pattern, observe
from pulumi_kubernetes_mcp.server_plan import ServerPlan
from tests.advise.weeks import MONDAY, PER_DAY
from tests.load_test.samples import server

MIB = 2**20
WEEK = 7 * PER_DAY
Series = dict[str, list[float | None]]


@cache
def of_stack(environment: str = "staging", eras: tuple[str, ...] = ("legacy-stateful",)) -> ServerPlan:
    """Eight pods of 15 sessions (three quarters of 20), 100 sessions at the peak, queries of 20 ms."""
    return server(
        region={"environment": environment},
        server={
            "eras": list(eras),
            "maxToolSeconds": 40,
            "resources": {"limits": {"cpu": "2", "memory": "512Mi"}},
            "probes": {"liveness": {"timeoutSeconds": 3, "failureThreshold": 9}},
        },
        edge={"implementation": "envoy-gateway"},
        scaling={"minReplicas": 8, "maxReplicas": 24},
        database={"kind": "postgres", "host": "db", "maxConnections": 500, "queryMilliseconds": 20},
    )


def flat(**figures: float) -> Series:
    """A week in which figures stand still."""
    return {name: [value] * WEEK for name, value in figures.items()}


def growing(figure: str, level: float, per_day: float, **others: float) -> Series:
    """A week in which one figure grows by as much every day."""
    return flat(**others) | {figure: [level + per_day * (place // PER_DAY) for place in range(WEEK)]}


def hours(
    busy: float, quiet: float, begin: int = 8, end: int = 18, weekend: float | None = None, **others: float
) -> Series:
    """A week with so many sessions in some hours of its working days, and fewer in all others."""
    working: list[float | None] = [busy if begin <= place * 24 / PER_DAY < end else quiet for place in range(PER_DAY)]
    sessions = [*working * 5, *[quiet if weekend is None else weekend] * (2 * PER_DAY)]
    return flat(**others) | {"sessions": sessions}


def deployed(day: int, before: dict[str, float], after: dict[str, float]) -> Series:
    """Another version from a day on."""
    changed = {"version": (1.0, 2.0)} | {name: (before[name], after[name]) for name in before}
    return {name: [two[place >= day * PER_DAY] for place in range(WEEK)] for name, two in changed.items()}


def restarted(*days: float) -> Series:
    """A pod of eight is gone for five minutes on some days."""
    series = flat(pods=8, sessions=100, restarts=0)
    for number, at in enumerate(days):
        place = round(at * PER_DAY)
        series["pods"][place] = 7
        series["restarts"][place:] = [number + 1.0] * (WEEK - place)
    return series


def advised(series: Series, of: ServerPlan | None = None, **more: Any) -> list[Advice]:
    return advise(of or of_stack(), History(start=MONDAY, series=series, **more))


def test_what_a_stack_says_of_itself() -> None:
    assert known_of(of_stack()) == Known(
        min_replicas=8,
        sessions_per_pod=15,
        follows_sessions=True,
        cpu_limit=2,
        memory_limit=512 * MIB,
        call_seconds=40,
    )
    assert not known_of(of_stack(eras=("modern",))).follows_sessions


WINDOW = {
    "name": "working-hours",
    "replicas": 8,
    "timeZone": "UTC",
    "days": ["weekdays"],
    "fromTime": "08:00",
    "toTime": "18:00",
}
ADVISED: list[tuple[Series, Pattern, dict[str, float], list[tuple[str, Any]], list[str]]] = [
    (
        # 44 / 15 pods are needed, and with three tenths of room 4.2; 8 cores of 8 pods with 2 each.
        flat(pods=8, sessions=44, memory=128 * MIB, cpu=8),
        Pattern.LOW,
        {"needed": 44 / 15, "pods": 8, "minReplicas": 8, "memoryShare": 0.25, "cpuShare": 0.5},
        [("scaling.minReplicas", 5)],
        ["25% of its memory limit and 50% of its CPU limit"],
    ),
    (
        # 20 / 15 pods at night and 10 / 15 at the weekend, and with room for the more of both 1.9.
        hours(120, 20, weekend=10, pods=8),
        Pattern.SCHEDULE,
        {"needed": 8, "pods": 8, "nightNeeded": 4 / 3, "nightPods": 8, "weekendNeeded": 2 / 3, "weekendPods": 8},
        [("scaling.minReplicas", 2), ("scaling.schedules", [WINDOW])],
        ["keep 8 from 08:00 to 18:00"],
    ),
    (
        # From 100 by 5 a day: 110 in the middle of the five working days, 7 × 5 / 110 a week, 130 at the most.
        growing("sessions", 100, 5, pods=8),
        Pattern.GROWTH,
        {"weekly": 35 / 110, "peak": 110},
        [("workload.peakSessions", 296)],
        ["130 at its busiest, 100 sessions are planned for", "Plan for the 296 of 4 weeks"],
    ),
    (
        # From 200 ms by 10 ms a day: 7 × 10 / 220 a week, and queries of 20 ms become 26.
        growing("latency", 0.2, 0.01, pods=8, sessions=100, memory=128 * MIB),
        Pattern.SLOWER,
        {"weekly": 70 / 220, "milliseconds": 220},
        [("database.queryMilliseconds", 26)],
        ["Calls get slower by 32% a week (220 ms in the middle)", "queries of 26 ms"],
    ),
    (
        # From 256 MiB by 8 MiB a day: 272 in the middle, and 240 to the limit are 30 days.
        growing("memory", 256 * MIB, 8 * MIB, pods=8, sessions=100),
        Pattern.LEAK,
        {"weekly": 56 / 272, "mib": 272, "mibPerDay": 8},
        [],
        ["8.0 MiB a day (21% a week)", "reached in 30 days"],
    ),
    (
        deployed(
            3,
            {"latency": 0.2, "cpu": 4, "calls": 10, "memory": 200, "pods": 8, "sessions": 100},
            {"latency": 0.25, "cpu": 7, "calls": 10, "memory": 300, "pods": 8, "sessions": 100},
        ),
        Pattern.DEPLOY,
        {"latency": 0.25, "cpu of a call": 0.75, "memory": 0.5},
        [],
        ["Since the deploy of 2026-11-19 00:00", "latency +25%, cpu of a call +75%, memory +50%"],
    ),
    (
        # A tenth of a day was rounded to 29 values of five minutes.
        restarted(1.1, 2.1, 3.5, 5),
        Pattern.GAPS,
        {"restarts": 4, "gaps": 4, "hoursBetween": 403 / 12},
        [("server.probes.liveness.timeoutSeconds", 10), ("server.probes.liveness.failureThreshold", 9)],
        ["started again 4 times, about every 33.6 h", "(4 short gaps)"],
    ),
]


@pytest.mark.parametrize(("series", "pattern", "figures", "changes", "words"), ADVISED, ids=[one[1] for one in ADVISED])
def test_what_is_advised(
    series: Series, pattern: Pattern, figures: dict[str, float], changes: list[tuple[str, Any]], words: list[str]
) -> None:
    (one,) = advised(series)
    assert (one.pattern, one.figures, list(one.changes)) == (pattern, pytest.approx(figures), changes)
    for said in words:
        assert said in f"{one.seen} {one.do}"


def test_what_stands_in_the_way_of_a_change() -> None:
    """Production keeps two pods, a zone of its own has its hours, and calls in flight are not what is planned."""
    (low,) = advised(flat(pods=8, sessions=6), of_stack("production"))
    assert low.changes == (("scaling.minReplicas", 2),)
    assert advised(flat(pods=8, sessions=6))[0].changes == (("scaling.minReplicas", 1),)
    (quiet,) = advised(hours(120, 6, begin=1, end=9, pods=8), of_stack("production"), zone=ZoneInfo("Asia/Tokyo"))
    assert quiet.changes[0] == ("scaling.minReplicas", 2)
    assert quiet.changes[1][1] == [{**WINDOW, "timeZone": "Asia/Tokyo", "fromTime": "10:00"}]
    (calls,) = advised(growing("calls", 100, 5, pods=8, sessions=0), of_stack(eras=("modern",)))
    assert calls.changes == ()
    assert "grows by 32% a week" in calls.seen
    assert "by 127%" in calls.do
    # Of 50 to 62 sessions 62 × (1 + 4 × 14 / 54) = 126.3 are more than the 100 of the plan; of 30 to 36 67.5 are not.
    assert [advised(growing("sessions", level, by, pods=8))[0].changes for level, by in ((50, 2), (30, 1))] == [
        (("workload.peakSessions", 127),),
        (),
    ]


LIMITED = Known(min_replicas=8, sessions_per_pod=15, cpu_limit=2)
BY_CPU = Known(min_replicas=8, sessions_per_pod=15, follows_sessions=False, cpu_limit=2)
LEVELS = {"latency": 0.2, "memory": 100.0}
BOUNDS: list[tuple[str, Series, Series, Pattern, Known]] = [
    # What just is no pattern, and what just is one. From 100 by 1.47 a day are a tenth a week; 15 sessions or 1.2 cores
    # fill a pod.
    ("half of 8 pods", flat(pods=8, sessions=60), flat(pods=8, sessions=59.9), Pattern.LOW, LIMITED),
    ("half of 8 pods by CPU", flat(pods=8, cpu=4.8), flat(pods=8, cpu=4.7), Pattern.LOW, BY_CPU),
    ("more than the least", flat(pods=9, sessions=30), flat(pods=8, sessions=30), Pattern.LOW, LIMITED),
    ("a night of half", hours(120, 60, pods=8), hours(120, 59, pods=8), Pattern.SCHEDULE, LIMITED),
    ("a day of half", hours(59, 15, pods=8), hours(60, 15, pods=8), Pattern.SCHEDULE, LIMITED),
    ("a tenth a week", growing("sessions", 100, 1.46, pods=8), growing("sessions", 100, 1.48, pods=8),
     Pattern.GROWTH, LIMITED),
    ("slower by a tenth", growing("latency", 100, 1.46, pods=8), growing("latency", 100, 1.48, pods=8),
     Pattern.SLOWER, LIMITED),
    ("larger by a tenth", growing("memory", 100, 1.46, pods=8), growing("memory", 100, 1.48, pods=8),
     Pattern.LEAK, LIMITED),
    ("a fifth at once", deployed(3, LEVELS, {"latency": 0.2, "memory": 119.9}),
     deployed(3, LEVELS, {"latency": 0.2, "memory": 120.1}), Pattern.DEPLOY, LIMITED),
    ("within six hours", deployed(0, LEVELS, {"latency": 0.2, "memory": 150.0}),
     deployed(6, LEVELS, {"latency": 0.2, "memory": 150.0}), Pattern.DEPLOY, LIMITED),
    ("three gaps", restarted(1.5, 2.5), restarted(1.5, 2.5, 3.5), Pattern.GAPS, LIMITED),
    ("on two days", restarted(1.1, 1.5, 1.9), restarted(1.1, 1.5, 2.1), Pattern.GAPS, LIMITED),
]  # fmt: skip


def test_each_pattern_begins_where_it_is_said_to() -> None:
    for name, without, with_it, pattern, known in BOUNDS:
        found = [
            {one.pattern for one in observe(History(start=MONDAY, series=each), known)} for each in (without, with_it)
        ]
        assert [pattern in one for one in found] == [False, True], name
