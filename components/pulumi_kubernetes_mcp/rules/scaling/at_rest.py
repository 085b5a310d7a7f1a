"""MCP412: a target that a pod exceeds while nothing happens, so that the number of pods only ever grows."""

from __future__ import annotations

from ..model import Finding, Rule, Severity
from ..words import number

IDLE_MILLICORES = 10
"""CPU of an idle process with its probes and scrapes: a few millicores were seen, and less cannot be told apart."""
BESIDE_CALLS_MILLICORES = 50
"""CPU of a process beside its calls that is never disputed: keep-alives, timers, garbage collection, probes."""


BELOW_REST = Rule(
    code="MCP412",
    slug="target-always-exceeded",
    severity=Severity.ERROR,
    title="a target that every pod exceeds, whatever their number",
    meaning=f"""
        The CPU or the memory at which pods are added is not above what a pod takes without any load. For CPU that is
        {IDLE_MILLICORES} millicores, or by a plan what the process takes beside its calls, up to
        {BESIDE_CALLS_MILLICORES}; for memory it is that of the idle process. The same is said where the planned peak
        keeps all pods above the target even at the greatest number of them.
        """,
    why="""
        The autoscaler adds pods until their mean is below the target. Each new pod takes as much at rest, so it goes to
        the maximum and stays there: the cluster pays for it, and nothing scales.
        """,
    fails="""
        mcp:scaling:
          cpuPercentOfLimit: 1
        """,
    passes="""
        mcp:scaling:
          cpuPercentOfLimit: 60
        """,
)


def rest_findings(*, what: str, unit: str, target: float, rest: float, path: str) -> list[Finding]:
    """MCP412 if a target per pod is not above what a pod takes at rest.

    :param what: 'CPU' or 'memory'; ``unit`` is that of both numbers.
    """
    if target > rest:
        return []
    return [
        BELOW_REST.at(
            path,
            f"Pods are added at {number(target)} {unit} of {what} per pod, and a pod without load takes "
            f"{number(rest)} {unit}.",
            "Raise it: pods would be added up to the maximum, and never go.",
        )
    ]


def peak_findings(*, target: float, busy: float, maximum: int, path: str) -> list[Finding]:
    """MCP412 if the planned peak keeps the greatest number of pods above the target of CPU.

    :param busy: millicores that each of them takes then.
    """
    if busy <= target:
        return []
    return [
        BELOW_REST.at(
            path,
            f"Pods are added at {number(target)} millicores of CPU per pod, and at the planned peak each of the "
            f"greatest number, {number(maximum)}, takes {number(busy)}.",
            "Raise it, or the greatest number of pods: at the peak it would never be reached.",
        )
    ]


RULES = (BELOW_REST,)
