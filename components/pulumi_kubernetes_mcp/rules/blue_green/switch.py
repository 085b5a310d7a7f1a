"""Rules about the way from one state of a server with two colours to the next one."""

from __future__ import annotations

from collections.abc import Collection

from ..model import Finding, Rule, Severity

SWITCHED_AND_GONE = Rule(
    code="MCP664",
    slug="switched-and-retired-at-once",
    severity=Severity.WARNING,
    title="the colour that clients reach goes in the update that leads them to another",
    meaning="""
        From one revision of a stack to another clients are led to another colour, and the one that they were led to is
        gone: `retired` names its image, its image key is left out, or the strategy is none of two colours any more.
        `mcp-stack diff` tells it, which knows both revisions, and `mcp-stack preview` by what was rendered last.
        """,
    why="""
        Pulumi moves the route and deletes what is gone at the end of the same update, seconds later. The old pods end
        while proxies may still lead requests to them, and when the new colour turns out to be wrong no pod of the old
        one runs: the way back is a new start, at the minimum of the autoscaler.
        """,
    fails='switch_findings(before="orders", now="orders-green", runs=["orders-green"], path="active")',
    passes='switch_findings(before="orders", now="orders-green", runs=["orders-green", "orders"], path="active")',
    note="""
        Two updates: `active` in the first one, `retired` in the second, when the plan says that nothing needs the old
        colour any more. [Releases](../releases.md) has the order of a release.
        """,
)


def switch_findings(*, before: str, now: str, runs: Collection[str], path: str) -> list[Finding]:
    """MCP664 where the workload that clients are led to changes and the one before goes at once.

    :param before: the workload that clients were led to; ``now``: the one that they are led to.
    :param runs: the workloads of the server that there are now.
    """
    if before == now or before in runs:
        return []
    return [
        SWITCHED_AND_GONE.at(
            path,
            f"Clients are led from '{before}' to '{now}', and '{before}' goes in the same update, seconds after the "
            "route has moved: nothing is left to go back to.",
            f"Switch first and let '{before}' run; let it go in a later update.",
        )
    ]


RULES = (SWITCHED_AND_GONE,)
