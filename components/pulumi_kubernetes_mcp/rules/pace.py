"""Rules about how fast the number of pods may move."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .model import Finding, Rule, Severity

REFUSED_PACE = Rule(
    code="MCP215",
    severity=Severity.ERROR,
    title="a pace that Kubernetes refuses",
    why="The API server takes windows of 0 to 3600 s, periods of 1 to 1800 s, steps of at least 1 and no negative "
    "tolerance. KEDA takes anything: its ScaledObject is there, and the autoscaler that it should make is refused.",
)
NEVER_UP = Rule(
    code="MCP216",
    severity=Severity.ERROR,
    title="scale-up is switched off",
    why="With 'disabled' the number of pods falls and never rises again, whatever the load.",
)
TOLERANCE_TOO_NEW = Rule(
    code="MCP217",
    severity=Severity.ERROR,
    title="a tolerance that the cluster does not know",
    why="A tolerance of its own is a beta of Kubernetes 1.35 (HPAConfigurableTolerance). An older API server drops the "
    "field without a word, and the tenth of the cluster stays in force.",
)
TOLERANCE_UNKNOWN = Rule(
    code="MCP218",
    severity=Severity.WARNING,
    title="a tolerance on a cluster of unknown version",
    why="Before Kubernetes 1.35 the field is dropped without a word; 1.37 is the first version that always has it.",
)
SLOW_UP = Rule(
    code="MCP244",
    severity=Severity.WARNING,
    title="pods come too slowly",
    why="A doubled load adds a third of the maximum. What pods that come later cannot take yet waits, is refused, or "
    "piles up on those that exist.",
)
NEVER_DOWN = Rule(
    code="MCP255",
    severity=Severity.WARNING,
    title="pods never go",
    why="The tolerance is the share of the target within which nothing moves. What is followed cannot fall by more "
    "than all of it, so with a tolerance of 1 the number of pods stays at its highest, and is paid for.",
)

LONGEST_WINDOW = 3600
LONGEST_PERIOD = 1800
FIRST_MINOR = 35
SLOW_WINDOW = 120
"""Seconds; an autoscaler must have added pods within one to two minutes."""
"""Kubernetes 1.35, where the tolerance is a beta that is switched on."""
_VERSION = re.compile(r"v?1\.(\d+)(?:[.+-].*)?")


def pace_findings(
    *,
    window_seconds: int,
    pods: int,
    percent: int | None,
    period_seconds: int,
    tolerance: float | None,
    path: str,
    window_path: str | None = None,
) -> list[Finding]:
    """MCP215 for each number of one direction that the API server refuses.

    ``path`` is that of the direction; ``window_path`` is given where the window stands elsewhere.
    """
    return list(_refused(window_seconds, pods, percent, period_seconds, tolerance, path, window_path))


def _refused(
    window: int, pods: int, percent: int | None, period: int, tolerance: float | None, path: str, elsewhere: str | None
) -> Iterator[Finding]:
    place = elsewhere or f"{path}.window_seconds"
    if not 0 <= window <= LONGEST_WINDOW:
        yield REFUSED_PACE.at(
            place, f"The window is {window} s, and may be 0 to {LONGEST_WINDOW} s.", f"Set it to {LONGEST_WINDOW}."
        )
    if not 1 <= period <= LONGEST_PERIOD:
        yield REFUSED_PACE.at(
            f"{path}.period_seconds",
            f"The period is {period} s, and may be 1 to {LONGEST_PERIOD} s.",
            "Leave it out for a minute, or set it to what it may be.",
        )
    for key, value in (("pods", pods), ("percent", percent)):
        if value is not None and value < 1:
            yield REFUSED_PACE.at(
                f"{path}.{key}",
                f"A step of {value} {'pods' if key == 'pods' else 'percent'} is none.",
                "Set it to at least 1, or leave it out; [[select]] 'disabled' forbids a direction.",
            )
    if tolerance is not None and tolerance < 0:
        yield REFUSED_PACE.at(
            f"{path}.tolerance", f"The tolerance of {tolerance:g} is negative.", "Set it to 0 or more, such as 0.05."
        )


def direction_findings(*, scale_up_select: str | None, path: str) -> list[Finding]:
    """MCP216 if pods may never be added."""
    if scale_up_select != "disabled":
        return []
    return [
        NEVER_UP.at(
            path,
            "Pods may never be added.",
            "Leave [[select]] out. To hold the number, give equal bounds; to stop it for a while, annotate the "
            "ScaledObject with autoscaling.keda.sh/paused.",
        )
    ]


def tolerance_findings(*, tolerance: float | None, version: str | None, path: str) -> list[Finding]:
    """MCP217 if the cluster is too old for a tolerance, MCP218 if its version is not known."""
    if tolerance is None:
        return []
    known = _VERSION.fullmatch(version or "")
    if known is None:
        said = "The version of the cluster is not given" if version is None else f"'{version}' is no version"
        return [
            TOLERANCE_UNKNOWN.at(
                path,
                f"{said}, and before 1.{FIRST_MINOR} the tolerance of {tolerance:g} has no effect.",
                "Give [[kubernetes_version]], such as '1.36', or leave the tolerance out.",
            )
        ]
    if int(known[1]) < FIRST_MINOR:
        return [
            TOLERANCE_TOO_NEW.at(
                path,
                f"Kubernetes {version} has no tolerance of its own for an autoscaler; 1.{FIRST_MINOR} is the first.",
                "Leave it out, or upgrade the cluster first.",
            )
        ]
    return []


def slow_up_findings(
    *, rate: float, derived: int, window_seconds: int, tolerance: float | None, path: str
) -> list[Finding]:
    """MCP244 if pods come more slowly than a doubled load needs them: by the steps, the window, or the tolerance.

    :param rate: pods that may be added per minute; ``derived`` is what a doubled load needs.
    """
    found = []
    if rate < derived:
        found.append(
            SLOW_UP.at(
                path,
                f"{rate:.2g} {'pod' if rate == 1 else 'pods'} a minute may be added; a doubled load needs {derived}.",
                f"Allow at least {derived} a minute, or accept this with the reason why the load grows slowly.",
            )
        )
    if window_seconds > SLOW_WINDOW:
        found.append(
            SLOW_UP.at(
                f"{path}.window_seconds",
                f"No pod is added before the load was higher for {window_seconds} s.",
                f"Leave it out, or set it to {SLOW_WINDOW} or less.",
            )
        )
    if tolerance is not None and tolerance >= 1:
        found.append(
            SLOW_UP.at(
                f"{path}.tolerance",
                f"With a tolerance of {tolerance:g} twice the load adds no pod.",
                "Leave it out, or set it to a share such as 0.05.",
            )
        )
    return found


def never_down_findings(*, tolerance: float | None, path: str) -> list[Finding]:
    """MCP255 if the tolerance of scale-in lets no pod go."""
    if tolerance is None or tolerance < 1:
        return []
    return [
        NEVER_DOWN.at(
            path,
            f"With a tolerance of {tolerance:g} no pod goes, even without any load.",
            "Leave it out, or set it to a share such as 0.1. To forbid scale-in, give [[select]] 'disabled'.",
        )
    ]
