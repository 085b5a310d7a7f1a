"""How many sessions a verified server takes, and whether its autoscaler ever sees more."""

from __future__ import annotations

from math import ceil

from ..model import Finding, Rule, Severity
from ..words import number
from .note import NOTE

CAP_BELOW_TARGET = Rule(
    code="MCP649",
    slug="verified-cap-hides-load",
    severity=Severity.WARNING,
    title="the server refuses sessions before the autoscaler adds a pod",
    meaning="""
        In the file of `mcp:server.verified` the server refused a session above its cap, and the autoscaler follows
        sessions and adds a pod only where more than that are in each: its target and its tolerance above it.
        """,
    why="""
        Pods that are full have as many sessions as their cap and never more. The autoscaler sees its target met and
        adds no pod, whatever the maximum, while each further client is refused.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [legacy-stateful]
          verified: profiles/capped.verified.yaml
        mcp:scaling:
          prometheusAddress: http://prometheus-operated.monitoring:9090
          targetPerPod: 50
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [legacy-stateful]
          verified: profiles/capped.verified.yaml
        mcp:scaling:
          prometheusAddress: http://prometheus-operated.monitoring:9090
          targetPerPod: 36
        """,
    note=f"The server of that file takes 50 sessions. {NOTE}",
)


def cap_findings(*, cap: int | None, target: float, tolerance: float, path: str) -> list[Finding]:
    """MCP649 if no pod can have as many sessions as the autoscaler waits for.

    :param cap: sessions after which the next one was refused; ``None`` if none was.
    :param target: sessions of a pod that the autoscaler aims at; ``tolerance`` the share above it that it leaves alone.
    """
    wanted = round(target * (1 + tolerance), 6)
    if cap is None or cap > wanted:
        return []
    most = ceil(cap / (1 + tolerance)) - 1
    lower = f", or aim at {number(most)} at most" if most >= 1 else ""
    return [
        CAP_BELOW_TARGET.at(
            path,
            f"The server refuses sessions above {number(cap)}, and the autoscaler adds a pod above {number(wanted)} in "
            f"each: {number(target)} and a tolerance of {number(100 * tolerance)} %.",
            f"Raise the cap of the server above {number(wanted)} and verify it again{lower}.",
        )
    ]


RULES = (CAP_BELOW_TARGET,)
