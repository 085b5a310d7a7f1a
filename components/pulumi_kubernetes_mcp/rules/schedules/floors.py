"""Rules about the floor that a schedule is, and about schedules beside each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from ..model import Finding, Rule, Severity
from ..words import pods

WITHOUT_KEDA = Rule(
    code="MCP225",
    slug="schedules-without-keda",
    severity=Severity.ERROR,
    title="schedules without KEDA",
    meaning="`schedules` are given, and the autoscaler is a HorizontalPodAutoscaler.",
    why="""
        A HorizontalPodAutoscaler knows no time of day. A job that edits its minimum instead fights every deployment,
        and leaves the wrong minimum behind when it fails once; KEDA's cron trigger is one metric among the others.
        """,
    fails="""
        McpAutoscaling(
            "orders",
            {
                "namespace": "mcp-prod",
                "target": "orders",
                "max_replicas": 12,
                "kind": "hpa",
                "schedules": [
                    {
                        "name": "office",
                        "replicas": 8,
                        "time_zone": "Europe/Berlin",
                        "days": ["weekdays"],
                        "from_time": "08:00",
                        "to_time": "18:00",
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
                        "days": ["weekdays"],
                        "from_time": "08:00",
                        "to_time": "18:00",
                    }
                ],
            },
        )
        """,
    note="With `kind: auto` schedules choose KEDA by themselves; CPU needs no Prometheus.",
)


def keda_findings(*, count: int, autoscaler: str, path: str) -> list[Finding]:
    """MCP225 if there are schedules, and no KEDA."""
    if not count or autoscaler == "keda":
        return []
    return [
        WITHOUT_KEDA.at(
            path,
            f"{count} {'schedule is' if count == 1 else 'schedules are'} given, and a HorizontalPodAutoscaler, which "
            "knows no time of day, scales the server.",
            "Choose ⟦kind⟧ 'keda' (or 'auto') and leave ⟦metrics⟧ out; KEDA has to run in the cluster.",
        )
    ]


ABOVE_MAXIMUM = Rule(
    code="MCP232",
    slug="schedule-above-maximum",
    severity=Severity.ERROR,
    title="a schedule above the maximum",
    meaning="`replicas` of a schedule is above `max_replicas`.",
    why="The autoscaler stops at the maximum, which database, quota and zones were counted for.",
    fails="""
        McpAutoscaling(
            "orders",
            {
                "namespace": "mcp-prod",
                "target": "orders",
                "max_replicas": 12,
                "schedules": [
                    {
                        "name": "launch",
                        "replicas": 40,
                        "time_zone": "Europe/Berlin",
                        "days": ["weekdays"],
                        "from_time": "08:00",
                        "to_time": "18:00",
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
                        "name": "launch",
                        "replicas": 12,
                        "time_zone": "Europe/Berlin",
                        "days": ["weekdays"],
                        "from_time": "08:00",
                        "to_time": "18:00",
                    }
                ],
            },
        )
        """,
)


AT_MINIMUM = Rule(
    code="MCP233",
    slug="schedule-without-effect",
    severity=Severity.WARNING,
    title="a schedule without effect",
    meaning="`replicas` of a schedule is not above `min_replicas`. All such schedules are one warning.",
    why="""
        A schedule is a floor, and the minimum is a floor that always holds. Nothing can cap the number for a while.
        """,
    fails="""
        McpAutoscaling(
            "orders",
            {
                "namespace": "mcp-prod",
                "target": "orders",
                "max_replicas": 12,
                "min_replicas": 8,
                "schedules": [
                    {
                        "name": "office",
                        "replicas": 8,
                        "time_zone": "Europe/Berlin",
                        "days": ["weekdays"],
                        "from_time": "08:00",
                        "to_time": "18:00",
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
                "min_replicas": 3,
                "schedules": [
                    {
                        "name": "office",
                        "replicas": 8,
                        "time_zone": "Europe/Berlin",
                        "days": ["weekdays"],
                        "from_time": "08:00",
                        "to_time": "18:00",
                    }
                ],
            },
        )
        """,
)


def floor_findings(*, replicas: int, minimum: int, maximum: int, path: str) -> list[Finding]:
    """MCP232 if the floor is above the maximum, MCP233 if it is not above the minimum."""
    if replicas > maximum:
        return [
            ABOVE_MAXIMUM.at(
                path,
                f"{_wanted(replicas)}, and the maximum is {maximum}: {'it' if replicas == 1 else 'they'} never "
                f"{'comes' if replicas == 1 else 'come'}.",
                f"Raise the maximum to at least {replicas}, which what stands behind it has to bear; or ask for fewer.",
            )
        ]
    if replicas <= minimum:
        return [
            AT_MINIMUM.at(
                path,
                f"{_wanted(replicas)}, and the minimum of {minimum} holds at all times.",
                "Ask for more, or lower ⟦min_replicas⟧ to what the quiet hours need.",
            )
        ]
    return []


def _wanted(replicas: int) -> str:
    return f"{pods(replicas)} {'is' if replicas == 1 else 'are'} wanted"


OVERLAP = Rule(
    code="MCP234",
    slug="schedules-overlap",
    severity=Severity.WARNING,
    title="schedules overlap",
    meaning="Two or more schedules hold at the same time somewhere in a year. All of them are one warning.",
    why="""
        The highest of all floors wins, not the last and not the narrowest: a lower one inside a higher one does
        nothing.
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
                        "days": ["weekdays"],
                        "from_time": "08:00",
                        "to_time": "18:00",
                    },
                    {
                        "name": "evening",
                        "replicas": 5,
                        "time_zone": "Europe/Berlin",
                        "days": ["daily"],
                        "from_time": "17:00",
                        "to_time": "22:00",
                    },
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
                        "days": ["weekdays"],
                        "from_time": "08:00",
                        "to_time": "18:00",
                    },
                    {
                        "name": "evening",
                        "replicas": 5,
                        "time_zone": "Europe/Berlin",
                        "days": ["daily"],
                        "from_time": "18:00",
                        "to_time": "22:00",
                    },
                ],
            },
        )
        """,
    note="A launch day on top of office hours is meant so: accept it with that reason.",
)


def overlap_findings(texts: Iterable[str], *, path: str) -> list[Finding]:
    """MCP234 for schedules that overlap, in the words of what follows."""
    return [
        OVERLAP.at(path, text, "Move the edges apart, or accept this with the reason why both are there.")
        for text in texts
    ]


TRIGGER_TWICE = Rule(
    code="MCP237",
    slug="duplicate-trigger-name",
    severity=Severity.ERROR,
    title="a trigger's name is given twice",
    meaning="""
        Two schedules have one name, or a schedule is called like another trigger. A schedule that needs several
        triggers numbers them: `office`, `office-2`.
        """,
    why="KEDA's webhook refuses a ScaledObject with two triggers of one name.",
    fails="""
        McpAutoscaling(
            "orders",
            {
                "namespace": "mcp-prod",
                "target": "orders",
                "max_replicas": 12,
                "schedules": [
                    {
                        "name": "cpu",
                        "replicas": 8,
                        "time_zone": "Europe/Berlin",
                        "days": ["weekdays"],
                        "from_time": "08:00",
                        "to_time": "18:00",
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
                        "days": ["weekdays"],
                        "from_time": "08:00",
                        "to_time": "18:00",
                    }
                ],
            },
        )
        """,
)


def name_findings(names: Sequence[str], *, path: str, numbered: Mapping[str, str] | None = None) -> list[Finding]:
    """MCP237 for each name that two triggers would have.

    :param numbered: names that a schedule of several triggers makes by counting them, to the name of that schedule.
    """
    return [
        TRIGGER_TWICE.at(
            path,
            f"Two triggers would be called '{name}'{_numbered(name, numbered or {})}.",
            "Give each schedule a name of its own, and not one of: cpu, memory, query, sessions, streams, in-flight.",
        )
        for name, times in Counter(names).items()
        if times > 1
    ]


def _numbered(name: str, numbered: Mapping[str, str]) -> str:
    """Why a name is there that nobody wrote; empty where somebody did."""
    return f": the schedule '{numbered[name]}' needs several triggers, which are numbered" if name in numbered else ""


RULES = (
    WITHOUT_KEDA,
    ABOVE_MAXIMUM,
    AT_MINIMUM,
    OVERLAP,
    TRIGGER_TWICE,
)
