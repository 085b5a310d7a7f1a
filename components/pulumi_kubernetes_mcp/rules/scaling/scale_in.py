"""Rules about pods that go: whether their sessions have ended."""

from __future__ import annotations

from ..model import Finding, Rule, Severity
from ..words import pod_noun

SHORT_WINDOW = Rule(
    code="MCP214",
    slug="scale-down-too-fast",
    severity=Severity.WARNING,
    title="pods go sooner than is safe",
    meaning="""
        `scaleDownWindowSeconds` is shorter than the derived window: 300 s, or for sessions their usual length, 600 s at
        least.
        """,
    why="""
        A pod that goes takes its sessions with it, and no official client recovers them; for servers without sessions a
        short window makes the count swing.
        """,
    fails="""
        mcp:scaling:
          scaleDownWindowSeconds: 60
        """,
    passes="""
        mcp:scaling:
          scaleDownWindowSeconds: 300
        """,
)


def scale_down_findings(*, window: int, derived: int, sessions: bool, path: str) -> list[Finding]:
    """MCP214 if the stabilisation window of scale-in is shorter than the derived one. Both in seconds."""
    if window >= derived:
        return []
    loss = "pods go while their sessions are open" if sessions else "the count swings with every dip"
    return [
        SHORT_WINDOW.at(
            path,
            f"The scale-down window of {window} s is shorter than the derived {derived} s; {loss}.",
            f"Set it to at least {derived} s, or leave it out: it is then derived.",
        )
    ]


def fast_scale_down_findings(
    *,
    pods: int,
    percent: int | None,
    period_seconds: int,
    derived_pods: int,
    drained_period: int,
    window_seconds: int,
    sessions: bool,
    path: str,
) -> list[Finding]:
    """MCP214 if pods with sessions go several at a time, or faster than one has ended. Without sessions it is a matter
    of taste."""
    if not sessions:
        return []
    if percent is not None or pods > derived_pods or period_seconds < drained_period:
        step = f"{pods} {pod_noun(pods)}" + ("" if percent is None else f" or {percent} % of them")
        return [
            SHORT_WINDOW.at(
                path,
                f"{step} may go each {period_seconds} s, and each pod that goes ends its sessions; one after "
                f"the other is {derived_pods} each {drained_period} s.",
                "Leave ⟦pods⟧, ⟦percent⟧ and ⟦period_seconds⟧ out: they are then derived.",
            )
        ]
    if period_seconds >= window_seconds:
        return [
            SHORT_WINDOW.at(
                f"{path}.period_seconds",
                f"The period of {period_seconds} s is not shorter than the window of {window_seconds} s: the "
                "controller counts back what it added within a period, so what came for a short peak goes at once.",
                f"Set it below {window_seconds} s, or leave it out: it is then derived.",
            )
        ]
    return []


RULES = (SHORT_WINDOW,)
