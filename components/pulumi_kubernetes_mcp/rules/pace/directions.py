"""Rules about pods that come too slowly, or never come or go."""

from __future__ import annotations

from ..model import Finding, Rule, Severity

NEVER_UP = Rule(
    code="MCP216",
    slug="scale-up-disabled",
    severity=Severity.ERROR,
    title="scale-up is switched off",
    meaning="`scale_up` has `select: disabled`.",
    why="With 'disabled' the number of pods falls and never rises again, whatever the load.",
    fails="""
        McpAutoscaling(
            "orders",
            {
                "namespace": "mcp-prod",
                "target": "orders",
                "max_replicas": 12,
                "scale_up": {"select": "disabled"},
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
                "scale_down": {"select": "disabled"},
            },
        )
        """,
    note="Scale-in may be forbidden: the pods then stay, at their price, until somebody takes them away.",
)


def direction_findings(*, scale_up_select: str | None, path: str) -> list[Finding]:
    """MCP216 if pods may never be added."""
    if scale_up_select != "disabled":
        return []
    return [
        NEVER_UP.at(
            path,
            "Pods may never be added.",
            "Leave ⟦select⟧ out. To hold the number, give equal bounds; to stop it for a while, annotate the "
            "ScaledObject with autoscaling.keda.sh/paused.",
        )
    ]


SLOW_WINDOW = 120
"""Seconds; an autoscaler must have added pods within one to two minutes."""
"""Kubernetes 1.35, where the tolerance is a beta that is switched on."""


SLOW_UP = Rule(
    code="MCP244",
    slug="scale-up-too-slow",
    severity=Severity.WARNING,
    title="pods come too slowly",
    meaning="""
        `scale_up` allows fewer pods a minute than are derived from `max_replicas` and the length of a session; or it
        waits longer than two minutes before it adds one; or its tolerance is so great that twice the load adds none.
        """,
    why="""
        A doubled load adds a third of the maximum. What pods that come later cannot take yet waits, is refused, or
        piles up on those that exist.
        """,
    fails="""
        McpAutoscaling(
            "orders",
            {
                "namespace": "mcp-prod",
                "target": "orders",
                "max_replicas": 12,
                "scale_up": {"pods": 1},
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
                "scale_up": {"pods": 2, "period_seconds": 30},
            },
        )
        """,
)


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


NEVER_DOWN = Rule(
    code="MCP255",
    slug="scale-down-never",
    severity=Severity.WARNING,
    title="pods never go",
    meaning="`scale_down` has a `tolerance` of 1 or more.",
    why="""
        The tolerance is the share of the target within which nothing moves. What is followed cannot fall by more than
        all of it, so with a tolerance of 1 the number of pods stays at its highest, and is paid for.
        """,
    fails="""
        McpAutoscaling(
            "orders",
            {
                "namespace": "mcp-prod",
                "target": "orders",
                "max_replicas": 12,
                "scale_down": {"tolerance": 1.0},
                "kubernetes_version": "1.36",
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
                "scale_down": {"tolerance": 0.2},
                "kubernetes_version": "1.36",
            },
        )
        """,
)


def never_down_findings(*, tolerance: float | None, path: str) -> list[Finding]:
    """MCP255 if the tolerance of scale-in lets no pod go."""
    if tolerance is None or tolerance < 1:
        return []
    return [
        NEVER_DOWN.at(
            path,
            f"With a tolerance of {tolerance:g} no pod goes, even without any load.",
            "Leave it out, or set it to a share such as 0.1. To forbid scale-in, give ⟦select⟧ 'disabled'.",
        )
    ]


RULES = (
    NEVER_UP,
    SLOW_UP,
    NEVER_DOWN,
)
