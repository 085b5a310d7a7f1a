"""Rules about schedules: when a floor under the number of pods holds, and whether it can."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from difflib import get_close_matches

from .model import Finding, Rule, Severity
from .words import pods

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

NEAR = 0.85
"""How alike a name must be to be suggested: two letters that changed places, and not another town."""
_OFFSET = re.compile(r"(?:UTC|GMT)?\s*([+-])(\d{1,2})(?::?(\d\d))?", re.IGNORECASE)


def keda_findings(*, count: int, autoscaler: str, path: str) -> list[Finding]:
    """MCP225 if there are schedules, and no KEDA."""
    if not count or autoscaler == "keda":
        return []
    return [
        WITHOUT_KEDA.at(
            path,
            f"{count} {'schedule is' if count == 1 else 'schedules are'} given, and a HorizontalPodAutoscaler, which "
            "knows no time of day, scales the server.",
            "Choose [[kind]] 'keda' (or 'auto') and leave [[metrics]] out; KEDA has to run in the cluster.",
        )
    ]


def unreadable_findings(problems: Iterable[tuple[str, str, str]], *, path: str) -> list[Finding]:
    """MCP226 for each key of a schedule that cannot be read: key, problem, remedy."""
    return [UNREADABLE.at(f"{path}.{key}", problem, remedy) for key, problem, remedy in problems]


def gap_findings(*, at_once: str | None, path: str) -> list[Finding]:
    """MCP227 if start and end are the same (``at_once``), or windows leave no gap (``None``)."""
    if at_once is not None:
        return [NO_GAP.at(path, f"It opens and closes at '{at_once}'.", "Give an end that is not the start.")]
    return [
        NO_GAP.at(path, "Its windows leave no gap between them.", "Raise [[min_replicas]], or shorten the windows.")
    ]


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


def turn_findings(*, takes_turns: bool, start: str, end: str, path: str) -> list[Finding]:
    """MCP231 if two starts or two ends follow each other."""
    if takes_turns:
        return []
    return [
        NO_TURNS.at(
            path,
            f"'{start}' and '{end}' do not take turns, so windows are open or shut at times that neither names.",
            "Let each start have its end, on the same days or the day after; or say it in [[days]], "
            "[[from_time]] and [[to_time]].",
        )
    ]


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
                "Ask for more, or lower [[min_replicas]] to what the quiet hours need.",
            )
        ]
    return []


def _wanted(replicas: int) -> str:
    return f"{pods(replicas)} {'is' if replicas == 1 else 'are'} wanted"


def overlap_findings(texts: Iterable[str], *, path: str) -> list[Finding]:
    """MCP234 for each two schedules that overlap, in the words of what follows."""
    return [
        OVERLAP.at(path, text, "Move the edges apart, or accept this with the reason why both are there.")
        for text in texts
    ]


def _minutes(count: int) -> str:
    return f"{count} {'minute' if count == 1 else 'minutes'}"


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
                f"Set it to at least {needed}, leave it out, or let [[scale_up]] add more pods a minute.",
            )
        ]
    return []


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
