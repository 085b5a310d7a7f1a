"""Rules about how pods are replaced: whether enough of them serve meanwhile."""

from __future__ import annotations

from .model import Finding, Rule, Severity
from .words import number

BELOW_NEED = Rule(
    code="MCP660",
    slug="rollout-below-need",
    severity=Severity.WARNING,
    title="a rollout leaves fewer pods than the load needs",
    meaning="""
        `rollout.maxUnavailable` lets so many pods go before new ones are ready that fewer are left than the planned
        sessions need, counted from the minimum, or from the need where that is more.
        """,
    why="""
        A rollout lasts for minutes, at any hour. The pods that are left take the calls of those that went, and wait
        longer than the objective, or refuse sessions.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          rollout: {maxUnavailable: 100%}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          rollout: {maxSurge: 50%}
        """,
    note="""
        A faster rollout is a greater `maxSurge`: quota and connections count it. Kubernetes rounds a percentage of
        `maxUnavailable` down, and one of `maxSurge` up.
        """,
)


def need_findings(*, unavailable: str | None, minimum: int, needed: int, path: str) -> list[Finding]:
    """MCP660 if a rollout leaves fewer pods than are needed.

    :param unavailable: maxUnavailable as given, pods or percent; ``None`` is none.
    :param minimum: pods that there are at least; ``needed`` those that the planned sessions take.
    """
    if unavailable is None:
        return []
    pods = max(minimum, needed)
    gone = pods * int(unavailable[:-1]) // 100 if unavailable.endswith("%") else int(unavailable)
    left = max(0, pods - gone)
    if left >= needed:
        return []
    return [
        BELOW_NEED.at(
            path,
            f"With {unavailable} of {number(pods)} pods gone, {number(left)} are left, and the planned sessions need "
            f"{number(needed)}.",
            "Leave it out, and give maxSurge for a faster rollout.",
        )
    ]


RULES = (BELOW_NEED,)
