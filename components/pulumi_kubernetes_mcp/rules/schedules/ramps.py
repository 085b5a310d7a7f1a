"""Rules about the ramp of a schedule: how much earlier it opens."""

from __future__ import annotations

from ..model import Finding, Rule, Severity

LONG_RAMP = Rule(
    code="MCP235",
    slug="ramp-longer-than-window",
    severity=Severity.WARNING,
    title="a ramp longer than its window",
    meaning="`ramp_minutes` is more than the time from `from_time` to `to_time`.",
    why="""
        The pods would run longer for the way up than for what they are wanted for; mostly minutes and hours were mixed
        up, or from and to.
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
                        "days": ["mon"],
                        "from_time": "09:00",
                        "to_time": "09:30",
                        "ramp_minutes": 45,
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
                        "days": ["mon"],
                        "from_time": "09:00",
                        "to_time": "12:00",
                        "ramp_minutes": 45,
                    }
                ],
            },
        )
        """,
)


SHORT_RAMP = Rule(
    code="MCP236",
    slug="ramp-too-short",
    severity=Severity.WARNING,
    title="a ramp too short for its pods",
    meaning="""
        `ramp_minutes` is given, and is less than `scale_up` takes from `min_replicas` to `replicas`, with two minutes
        for pods to start.
        """,
    why="""
        Pods come as fast as scale_up allows, also for a schedule: at the opening of the window a part of them is still
        missing.
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
                        "ramp_minutes": 0,
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
                        "ramp_minutes": 10,
                    }
                ],
            },
        )
        """,
    note="Without `ramp_minutes` the derived ramp is used.",
)


def ramp_findings(*, ramp: int, needed: int, length: int, path: str) -> list[Finding]:
    """MCP235 if the ramp is longer than the window, MCP236 if it is shorter than the way up. All in minutes."""
    if ramp > length:
        return [
            LONG_RAMP.at(
                path,
                f"The window of {_minutes(length)} opens {_minutes(ramp)} early.",
                f"Give at most {_minutes(length)}, or leave it out: it is then derived ({needed}).",
            )
        ]
    if ramp < needed:
        return [
            SHORT_RAMP.at(
                path,
                f"The window opens {_minutes(ramp)} early, and all pods serve after {_minutes(needed)}.",
                f"Set it to at least {needed}, leave it out, or let ⟦scale_up⟧ add more pods a minute.",
            )
        ]
    return []


def _minutes(count: int) -> str:
    return f"{count} {'minute' if count == 1 else 'minutes'}"


RULES = (
    LONG_RAMP,
    SHORT_RAMP,
)
