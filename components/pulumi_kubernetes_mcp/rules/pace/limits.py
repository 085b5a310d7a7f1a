"""Rules about the numbers of a pace: what Kubernetes takes, and in which version."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..model import Finding, Rule, Severity

LONGEST_WINDOW = 3600


LONGEST_PERIOD = 1800


REFUSED_PACE = Rule(
    code="MCP215",
    slug="invalid-scaling-pace",
    severity=Severity.ERROR,
    title="a pace that Kubernetes refuses",
    meaning="A number in `scale_up` or `scale_down` is outside of what the API of the HorizontalPodAutoscaler takes.",
    why="""
        The API server takes windows of 0 to 3600 s, periods of 1 to 1800 s, steps of at least 1 and no negative
        tolerance. KEDA takes anything: its ScaledObject is there, and the autoscaler that it should make is refused.
        """,
    fails="""
        McpAutoscaling(
            "orders",
            {
                "namespace": "mcp-prod",
                "target": "orders",
                "max_replicas": 12,
                "scale_down": {"window_seconds": 7200},
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
                "scale_down": {"window_seconds": 3600},
            },
        )
        """,
)


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
                "Set it to at least 1, or leave it out; ⟦select⟧ 'disabled' forbids a direction.",
            )
    if tolerance is not None and tolerance < 0:
        yield REFUSED_PACE.at(
            f"{path}.tolerance", f"The tolerance of {tolerance:g} is negative.", "Set it to 0 or more, such as 0.05."
        )


FIRST_MINOR = 35


_VERSION = re.compile(r"v?1\.(\d+)(?:[.+-].*)?")


TOLERANCE_TOO_NEW = Rule(
    code="MCP217",
    slug="tolerance-not-supported",
    severity=Severity.ERROR,
    title="a tolerance that the cluster does not know",
    meaning="`scale_up` or `scale_down` has a `tolerance`, and `kubernetes_version` is below 1.35.",
    why="""
        A tolerance of its own is a beta of Kubernetes 1.35 (HPAConfigurableTolerance). An older API server drops the
        field without a word, and the tenth of the cluster stays in force.
        """,
    fails="""
        McpAutoscaling(
            "orders",
            {
                "namespace": "mcp-prod",
                "target": "orders",
                "max_replicas": 12,
                "scale_up": {"tolerance": 0.05},
                "kubernetes_version": "1.34",
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
                "scale_up": {"tolerance": 0.05},
                "kubernetes_version": "1.36",
            },
        )
        """,
)


TOLERANCE_UNKNOWN = Rule(
    code="MCP218",
    slug="tolerance-on-unknown-version",
    severity=Severity.WARNING,
    title="a tolerance on a cluster of unknown version",
    meaning="`scale_up` or `scale_down` has a `tolerance`, and `kubernetes_version` is not given, or is no version.",
    why="Before Kubernetes 1.35 the field is dropped without a word; 1.37 is the first version that always has it.",
    fails="""
        McpAutoscaling(
            "orders",
            {
                "namespace": "mcp-prod",
                "target": "orders",
                "max_replicas": 12,
                "scale_up": {"tolerance": 0.05},
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
                "scale_up": {"tolerance": 0.05},
                "kubernetes_version": "1.37",
            },
        )
        """,
)


def tolerance_findings(*, tolerance: float | None, version: str | None, path: str) -> list[Finding]:
    """MCP217 if the cluster is too old for a tolerance, MCP218 if its version is not known."""
    if tolerance is None:
        return []
    known = _VERSION.fullmatch(version or "")
    if known is None:
        reason = "The version of the cluster is not given" if version is None else f"'{version}' is no version"
        return [
            TOLERANCE_UNKNOWN.at(
                path,
                f"{reason}, and before 1.{FIRST_MINOR} the tolerance of {tolerance:g} has no effect.",
                "Give ⟦kubernetes_version⟧, such as '1.36', or leave the tolerance out.",
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


RULES = (
    REFUSED_PACE,
    TOLERANCE_TOO_NEW,
    TOLERANCE_UNKNOWN,
)
