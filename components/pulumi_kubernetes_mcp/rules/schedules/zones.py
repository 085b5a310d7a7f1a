"""Rules about the time zone of a schedule."""

from __future__ import annotations

import re
from collections.abc import Collection
from difflib import get_close_matches

from ..model import Finding, Rule, Severity

NEAR = 0.85
"""How alike a name must be to be suggested: two letters that changed places, and not another town."""


_OFFSET = re.compile(r"(?:UTC|GMT)?\s*([+-])(\d{1,2})(?::?(\d\d))?", re.IGNORECASE)


UNKNOWN_ZONE = Rule(
    code="MCP228",
    slug="unknown-time-zone",
    severity=Severity.ERROR,
    title="an unknown time zone",
    meaning="""
        `time_zone` is not in the IANA database of this machine. `UTC+2` is no name there: `Etc/GMT-2` is, with the sign
        the other way round, or a city.
        """,
    why="""
        KEDA looks the zone up when it reads the metric. With a wrong name each read fails: the floor never holds, and
        while a metric fails the number of pods cannot fall either.
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
                        "time_zone": "Berlin",
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


UNCHECKED_ZONE = Rule(
    code="MCP229",
    slug="time-zone-not-checked",
    severity=Severity.WARNING,
    title="a time zone that cannot be checked here",
    meaning="The machine that makes the preview has no time zone database, which small container images leave out.",
    why="This machine has no time zone database, so a wrong name would show only in the cluster.",
    fails='zone_findings("Europe/Berlin", known=(), path="schedules[0].time_zone")',
    passes='zone_findings("Europe/Berlin", known=("Europe/Berlin",), path="schedules[0].time_zone")',
)


def zone_findings(time_zone: str, *, known: Collection[str], path: str) -> list[Finding]:
    """MCP228 for a time zone that does not exist; MCP229 where this machine knows none at all."""
    if not known:
        return [
            UNCHECKED_ZONE.at(
                path,
                f"Whether there is a time zone '{time_zone}' cannot be said: this machine has no time zone database.",
                "Install the time zone database of the system, or the Python package tzdata.",
            )
        ]
    if time_zone in known:
        return []
    return [UNKNOWN_ZONE.at(path, f"There is no time zone '{time_zone}'.", _meant_zone(time_zone, known))]


def _meant_zone(text: str, known: Collection[str]) -> str:
    """What a wrong name may have been meant for."""
    if offset := _OFFSET.fullmatch(text.strip()):
        fixed = f"Etc/GMT{'-' if offset[1] == '+' else '+'}{int(offset[2])}"
        if fixed in known and not int(offset[3] or 0):
            return f"Give a city, whose clock may change, or '{fixed}', whose sign is the other way round."
        return "Give a city with that clock, such as 'Asia/Kolkata' for five hours and a half."
    names, wanted = sorted(known), text.lower().replace(" ", "_")
    near = (
        [name for name in names if name.lower() == wanted or name.lower().endswith(f"/{wanted}")]
        or get_close_matches(text, names, n=1, cutoff=NEAR)
    )  # fmt: skip
    return f"Did you mean '{near[0]}'?" if near else "Give a name of the IANA database, such as 'Europe/Berlin'."


RULES = (
    UNKNOWN_ZONE,
    UNCHECKED_ZONE,
)
