"""Rules about the windows of a schedule: when they open and close."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ..model import Finding, Rule, Severity

UNREADABLE = Rule(
    code="MCP226",
    slug="invalid-schedule",
    severity=Severity.ERROR,
    title="a schedule that cannot be read",
    meaning="A schedule has a cron expression, a day or a time that is none, says its window twice, or not at all.",
    why="""
        KEDA builds no trigger at all if one of them is wrong, sessions and CPU included: the ScaledObject is never
        ready, and no autoscaler moves the pods.
        """,
    fails="""
        McpAutoscaling(
            "orders",
            {
                "namespace": "mcp-prod",
                "target": "orders",
                "max_replicas": 12,
                "schedules": [
                    {
                        "name": "office",
                        "replicas": 8,
                        "time_zone": "Europe/Berlin",
                        "start": "0 8 * * 7",
                        "end": "0 18 * * 7",
                    }
                ],
            },
        )
        """,
    passes="""
        McpAutoscaling(
            "orders",
            {
                "namespace": "mcp-prod",
                "target": "orders",
                "max_replicas": 12,
                "schedules": [
                    {
                        "name": "office",
                        "replicas": 8,
                        "time_zone": "Europe/Berlin",
                        "start": "0 8 * * 0",
                        "end": "0 18 * * 0",
                    }
                ],
            },
        )
        """,
    note="Sunday is 0 for KEDA, and there is no 7.",
)


def unreadable_findings(problems: Iterable[tuple[str, str, str]], *, path: str) -> list[Finding]:
    """MCP226 for each key of a schedule that cannot be read: key, problem, remedy."""
    return [UNREADABLE.at(f"{path}.{key}", problem, remedy) for key, problem, remedy in problems]


NO_GAP = Rule(
    code="MCP227",
    slug="window-without-gap",
    severity=Severity.ERROR,
    title="a window that never opens or never closes",
    meaning="""
        `start` and `end` are the same times, however they are written; or windows in words, with their ramp, touch each
        other all around the week.
        """,
    why="""
        KEDA refuses a start that equals its end, and asks which of the two comes next: at the same time, or with no gap
        between windows, the floor holds for ever.
        """,
    fails="""
        McpAutoscaling(
            "orders",
            {
                "namespace": "mcp-prod",
                "target": "orders",
                "max_replicas": 12,
                "schedules": [
                    {
                        "name": "office",
                        "replicas": 8,
                        "time_zone": "Europe/Berlin",
                        "days": ["daily"],
                        "from_time": "20:00",
                        "to_time": "19:30",
                        "ramp_minutes": 30,
                    }
                ],
            },
        )
        """,
    passes="""
        McpAutoscaling(
            "orders",
            {
                "namespace": "mcp-prod",
                "target": "orders",
                "max_replicas": 12,
                "schedules": [
                    {
                        "name": "office",
                        "replicas": 8,
                        "time_zone": "Europe/Berlin",
                        "days": ["daily"],
                        "from_time": "20:00",
                        "to_time": "19:00",
                        "ramp_minutes": 30,
                    }
                ],
            },
        )
        """,
)


def gap_findings(*, at_once: str | None, path: str) -> list[Finding]:
    """MCP227 if start and end are the same (``at_once``), or windows leave no gap (``None``)."""
    if at_once is not None:
        return [NO_GAP.at(path, f"It opens and closes at '{at_once}'.", "Give an end that is not the start.")]
    return [NO_GAP.at(path, "Its windows leave no gap between them.", "Raise ⟦min_replicas⟧, or shorten the windows.")]


LOST_EDGE = Rule(
    code="MCP230",
    slug="window-edge-skipped",
    severity=Severity.WARNING,
    title="a window whose edge the clock skips",
    meaning="""
        A window begins or ends at a time of day that does not exist in the night when the clock is put forward, on one
        of its days. A window on dates meets it only in years in which that night is one of them.
        """,
    why="""
        In the night when the clock is put forward an hour does not exist, and KEDA waits for the next edge of its kind.
        A lost end costs the whole window of that night; after a lost start the window has been open since the one
        before closed, for a date the whole year.
        """,
    fails="""
        McpAutoscaling(
            "orders",
            {
                "namespace": "mcp-prod",
                "target": "orders",
                "max_replicas": 12,
                "schedules": [
                    {
                        "name": "office",
                        "replicas": 8,
                        "time_zone": "Europe/Berlin",
                        "days": ["daily"],
                        "from_time": "22:00",
                        "to_time": "02:30",
                    }
                ],
            },
        )
        """,
    passes="""
        McpAutoscaling(
            "orders",
            {
                "namespace": "mcp-prod",
                "target": "orders",
                "max_replicas": 12,
                "schedules": [
                    {
                        "name": "office",
                        "replicas": 8,
                        "time_zone": "Europe/Berlin",
                        "days": ["daily"],
                        "from_time": "22:00",
                        "to_time": "03:00",
                    }
                ],
            },
        )
        """,
    note="Edges on weekdays alone are safe where the clock changes on a Sunday.",
)


def edge_findings(edges: Iterable[tuple[str, datetime]], *, time_zone: str, path: str) -> list[Finding]:
    """MCP230 for each kind of edge that falls into an hour that the clock skips."""
    lost = {
        "start": "the window opens as soon as the one before has closed",
        "end": "the window of that night never opens",
    }
    return [
        LOST_EDGE.at(
            path,
            f"The {key} at {wall:%H:%M} does not exist in {time_zone} in the night when the clock is put forward: "
            f"{lost[key]}.",
            "Move it out of the hours in which the clock changes, mostly 00:00 to 03:00.",
        )
        for key, wall in edges
    ]


NO_TURNS = Rule(
    code="MCP231",
    slug="window-edges-out-of-turn",
    severity=Severity.WARNING,
    title="start and end do not take turns",
    meaning="A schedule in cron expressions has a start without its own end, or an end without its own start.",
    why="""
        KEDA asks only which comes next. Between two ends the window is open although nothing opened it; between two
        starts it is shut although something did.
        """,
    fails="""
        McpAutoscaling(
            "orders",
            {
                "namespace": "mcp-prod",
                "target": "orders",
                "max_replicas": 12,
                "schedules": [
                    {
                        "name": "office",
                        "replicas": 8,
                        "time_zone": "Europe/Berlin",
                        "start": "0 8 * * *",
                        "end": "0 18 * * 5",
                    }
                ],
            },
        )
        """,
    passes="""
        McpAutoscaling(
            "orders",
            {
                "namespace": "mcp-prod",
                "target": "orders",
                "max_replicas": 12,
                "schedules": [
                    {
                        "name": "office",
                        "replicas": 8,
                        "time_zone": "Europe/Berlin",
                        "start": "0 8 * * *",
                        "end": "0 18 * * *",
                    }
                ],
            },
        )
        """,
    note="The first one is open on Fridays only, from 8 to 18.",
)


def turn_findings(*, takes_turns: bool, start: str, end: str, path: str) -> list[Finding]:
    """MCP231 if two starts or two ends follow each other."""
    if takes_turns:
        return []
    return [
        NO_TURNS.at(
            path,
            f"'{start}' and '{end}' do not take turns, so windows are open or shut at times that neither names.",
            "Let each start have its end, on the same days or the day after; or say it in ⟦days⟧, "
            "⟦from_time⟧ and ⟦to_time⟧.",
        )
    ]


RULES = (
    UNREADABLE,
    NO_GAP,
    LOST_EDGE,
    NO_TURNS,
)
