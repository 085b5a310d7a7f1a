"""Rules about schedules: when a floor under the number of pods holds, and whether it can."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from difflib import get_close_matches

from .model import Finding, Rule, Severity

WITHOUT_KEDA = Rule(
    code="MCP225",
    severity=Severity.ERROR,
    title="schedules without KEDA",
    why="A HorizontalPodAutoscaler knows no time of day. A job that edits its minimum instead fights every deployment, "
    "and leaves the wrong minimum behind when it fails once; KEDA's cron trigger is one metric among the others.",
)
UNREADABLE = Rule(
    code="MCP226",
    severity=Severity.ERROR,
    title="a schedule that cannot be read",
    why="KEDA builds no trigger at all if one of them is wrong, sessions and CPU included: the ScaledObject is never "
    "ready, and no autoscaler moves the pods.",
)
NO_GAP = Rule(
    code="MCP227",
    severity=Severity.ERROR,
    title="a window that never opens or never closes",
    why="KEDA refuses a start that equals its end, and asks which of the two comes next: at the same time, or with no "
    "gap between windows, the floor holds for ever.",
)
UNKNOWN_ZONE = Rule(
    code="MCP228",
    severity=Severity.ERROR,
    title="an unknown time zone",
    why="KEDA looks the zone up when it reads the metric. With a wrong name each read fails: the floor never holds, "
    "and while a metric fails the number of pods cannot fall either.",
)
UNCHECKED_ZONE = Rule(
    code="MCP229",
    severity=Severity.WARNING,
    title="a time zone that cannot be checked here",
    why="This machine has no time zone database, so a wrong name would show only in the cluster.",
)
LOST_EDGE = Rule(
    code="MCP230",
    severity=Severity.WARNING,
    title="a window whose edge the clock skips",
    why="In the night when the clock is put forward an hour does not exist, and KEDA waits for the next edge of its "
    "kind. A lost end costs the whole window of that night; after a lost start the window has been open since the one "
    "before closed, for a date the whole year.",
)
NO_TURNS = Rule(
    code="MCP231",
    severity=Severity.WARNING,
    title="start and end do not take turns",
    why="KEDA asks only which comes next. Between two ends the window is open although nothing opened it; between two "
    "starts it is shut although something did.",
)
ABOVE_MAXIMUM = Rule(
    code="MCP232",
    severity=Severity.ERROR,
    title="a schedule above the maximum",
    why="The autoscaler stops at the maximum, which database, quota and zones were counted for.",
)
AT_MINIMUM = Rule(
    code="MCP233",
    severity=Severity.WARNING,
    title="a schedule without effect",
    why="A schedule is a floor, and the minimum is a floor that always holds. Nothing can cap the number for a while.",
)
OVERLAP = Rule(
    code="MCP234",
    severity=Severity.WARNING,
    title="schedules overlap",
    why="The highest of all floors wins, not the last and not the narrowest: a lower one inside a higher one does "
    "nothing.",
)
LONG_RAMP = Rule(
    code="MCP235",
    severity=Severity.WARNING,
    title="a ramp longer than its window",
    why="The pods would run longer for the way up than for what they are wanted for; mostly minutes and hours were "
    "mixed up, or from and to.",
)
SHORT_RAMP = Rule(
    code="MCP236",
    severity=Severity.WARNING,
    title="a ramp too short for its pods",
    why="Pods come as fast as scale_up allows, also for a schedule: at the opening of the window a part of them is "
    "still missing.",
)
TRIGGER_TWICE = Rule(
    code="MCP237",
    severity=Severity.ERROR,
    title="a trigger's name is given twice",
    why="KEDA's webhook refuses a ScaledObject with two triggers of one name.",
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
            "Choose kind 'keda' (or 'auto') and leave metrics out; KEDA has to run in the cluster.",
        )
    ]


def unreadable_findings(problems: Iterable[tuple[str, str, str]], *, path: str) -> list[Finding]:
    """MCP226 for each key of a schedule that cannot be read: key, problem, remedy."""
    return [UNREADABLE.at(f"{path}.{key}", problem, remedy) for key, problem, remedy in problems]


def gap_findings(*, at_once: str | None, path: str) -> list[Finding]:
    """MCP227 if start and end are the same (``at_once``), or windows leave no gap (``None``)."""
    if at_once is not None:
        return [NO_GAP.at(path, f"It opens and closes at '{at_once}'.", "Give an end that is not the start.")]
    return [NO_GAP.at(path, "Its windows leave no gap between them.", "Raise min_replicas, or shorten the windows.")]


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
    near = get_close_matches(time_zone, sorted(known), n=1) or [
        name for name in sorted(known) if name.lower().endswith(f"/{time_zone.lower().replace(' ', '_')}")
    ]
    meant = f"Did you mean '{near[0]}'?" if near else "Give a name of the IANA database, such as 'Europe/Berlin'."
    return [UNKNOWN_ZONE.at(path, f"There is no time zone '{time_zone}'.", meant)]


def edge_findings(edges: Iterable[tuple[str, datetime]], *, time_zone: str, path: str) -> list[Finding]:
    """MCP230 for each kind of edge that falls into an hour that the clock skips."""
    lost = {
        "start": "the window opens as soon as the one before has closed",
        "end": "the window of that night never opens",
    }
    return [
        LOST_EDGE.at(
            path,
            f"The {key} on {wall.day} {wall:%B %Y} at {wall:%H:%M} does not exist in {time_zone}: {lost[key]}.",
            "Move it out of the hours in which the clock changes, mostly 00:00 to 03:00.",
        )
        for key, wall in edges
    ]


def turn_findings(*, takes_turns: bool, start: str, end: str, path: str) -> list[Finding]:
    """MCP231 if two starts or two ends follow each other."""
    if takes_turns:
        return []
    return [
        NO_TURNS.at(
            path,
            f"'{start}' and '{end}' do not take turns, so windows are open or shut at times that neither names.",
            "Let each start have its end, on the same days or the day after; or say it in days, from_time and to_time.",
        )
    ]


def floor_findings(*, replicas: int, minimum: int, maximum: int, path: str) -> list[Finding]:
    """MCP232 if the floor is above the maximum, MCP233 if it is not above the minimum."""
    if replicas > maximum:
        return [
            ABOVE_MAXIMUM.at(
                path,
                f"{replicas} pods are wanted, and the maximum is {maximum}: they never come.",
                f"Raise the maximum to at least {replicas}, which what stands behind it has to bear; or ask for fewer.",
            )
        ]
    if replicas <= minimum:
        return [
            AT_MINIMUM.at(
                path,
                f"{replicas} pods are wanted, and the minimum of {minimum} holds at all times.",
                "Ask for more, or lower min_replicas to what the quiet hours need.",
            )
        ]
    return []


def overlap_findings(texts: Iterable[str], *, path: str) -> list[Finding]:
    """MCP234 for each two schedules that overlap, in the words of what follows."""
    return [
        OVERLAP.at(path, text, "Move the edges apart, or accept this with the reason why both are there.")
        for text in texts
    ]


def ramp_findings(*, ramp: int, needed: int, length: int, path: str) -> list[Finding]:
    """MCP235 if the ramp is longer than the window, MCP236 if it is shorter than the way up. All in minutes."""
    if ramp > length:
        return [
            LONG_RAMP.at(
                path,
                f"The window of {length} minutes opens {ramp} minutes early.",
                f"Give at most {length} minutes, or leave it out: it is then derived ({needed}).",
            )
        ]
    if ramp < needed:
        return [
            SHORT_RAMP.at(
                path,
                f"The window opens {ramp} minutes early, and all pods serve after {needed} minutes.",
                f"Set it to at least {needed}, leave it out, or let scale_up add more pods a minute.",
            )
        ]
    return []


def name_findings(names: Sequence[str], *, path: str) -> list[Finding]:
    """MCP237 for each name that two triggers would have."""
    return [
        TRIGGER_TWICE.at(
            path,
            f"Two triggers would be called '{name}'.",
            "Give each schedule a name of its own, and not one of: cpu, memory, query, sessions, streams, in-flight.",
        )
        for name, times in Counter(names).items()
        if times > 1
    ]
