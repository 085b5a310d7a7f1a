"""Rules about the number of pods and its bounds."""

from __future__ import annotations

from ..model import Finding, Rule, Severity
from ..words import pod_noun

PRODUCTION_MINIMUM = 2


MINIMUM_ABOVE_MAXIMUM = Rule(
    code="MCP201",
    slug="minimum-above-maximum",
    severity=Severity.ERROR,
    title="the minimum is above the maximum",
    meaning="""
        `minReplicas` is above `maxReplicas`. The pods that are fixed here count; what is left out is derived from the
        plan.
        """,
    why="The API server refuses a HorizontalPodAutoscaler whose minimum is above its maximum.",
    fails="""
        mcp:scaling:
          minReplicas: 50
          maxReplicas: 30
        """,
    passes="""
        mcp:scaling:
          minReplicas: 3
          maxReplicas: 30
        """,
)


PRODUCTION_REPLICAS = Rule(
    code="MCP206",
    slug="too-few-production-replicas",
    severity=Severity.ERROR,
    title="fewer than two pods in production",
    meaning="The environment is `production`, which is the default, and the least number of pods is 0 or 1.",
    why="""
        With one pod every eviction, crash and node upgrade is an outage; with none the first client waits for a start.
        """,
    fails="""
        mcp:scaling:
          minReplicas: 1
        """,
    passes="""
        mcp:scaling:
          minReplicas: 2
        """,
    note="""
        Three survive the loss of a zone; for a test system, say `environment: staging` under `mcp:region`. There one
        pod is enough, and none [is not](MCP211.md).
        """,
)


NO_PODS = Rule(
    code="MCP211",
    slug="no-replicas",
    severity=Severity.ERROR,
    title="no pods at all",
    meaning="Outside production, the least number of pods is 0.",
    why="Without a pod nothing answers, and neither CPU nor sessions, which are measured in pods, can start one.",
    fails="""
        mcp:region:
          name: us-east
          environment: staging
        mcp:scaling:
          minReplicas: 0
        """,
    passes="""
        mcp:region:
          name: us-east
          environment: staging
        mcp:scaling:
          minReplicas: 1
        """,
)


def replica_findings(*, minimum: int, maximum: int, production: bool, min_path: str, max_path: str) -> list[Finding]:
    """MCP201, MCP206 and MCP211: whether the bounds make sense. MCP201 shows at ``max_path``."""
    found = []
    if minimum > maximum:
        found.append(
            MINIMUM_ABOVE_MAXIMUM.at(
                max_path,
                f"The maximum of {maximum} {pod_noun(maximum)} is below the minimum of {minimum}.",
                f"Raise the maximum to at least {minimum}, or lower the minimum to at most {maximum}.",
            )
        )
    if production and minimum < PRODUCTION_MINIMUM:
        # Elsewhere one pod is enough, and none is not.
        elsewhere = "; or say that this is not production" if minimum >= 1 else ""
        found.append(
            PRODUCTION_REPLICAS.at(
                min_path,
                f"The minimum of {minimum} {pod_noun(minimum)} "
                f"{'does not survive the loss of one' if minimum >= 1 else 'leaves nothing that answers'}.",
                f"Set it to at least {PRODUCTION_MINIMUM}, better 3{elsewhere}.",
            )
        )
    elif minimum < 1:
        found.append(
            NO_PODS.at(
                min_path,
                f"The minimum of {minimum} {pod_noun(minimum)} leaves nothing that answers.",
                "Set it to at least 1.",
            )
        )
    return found


FIXED_BESIDE_AUTOSCALER = Rule(
    code="MCP202",
    slug="fixed-replicas-beside-autoscaler",
    severity=Severity.ERROR,
    title="a fixed count beside an autoscaler",
    meaning="`replicas` is given, and an autoscaler owns the count.",
    why="""
        Every deployment would set the count back to the fixed one, and the autoscaler would move it again: pods die at
        each release.
        """,
    fails="""
        mcp:scaling:
          replicas: 3
        """,
    passes="""
        mcp:scaling:
          minReplicas: 3
          maxReplicas: 9
        """,
    note="A fixed count is right with `autoscaler: none`.",
)


def fixed_replicas_findings(*, replicas: int | None, autoscaler: str, path: str) -> list[Finding]:
    """MCP202 if a fixed count is given although an autoscaler (anything but ``none``) owns the count."""
    if replicas is None or autoscaler == "none":
        return []
    return [
        FIXED_BESIDE_AUTOSCALER.at(
            path,
            f"The count is fixed at {replicas}, and the autoscaler '{autoscaler}' owns it too.",
            "Leave the count out and give the minimum and maximum, or choose the autoscaler 'none'.",
        )
    ]


BELOW_PEAK = Rule(
    code="MCP210",
    slug="maximum-below-peak",
    severity=Severity.ERROR,
    title="the maximum does not hold the peak",
    meaning="""
        `maxReplicas` is below the pods that the planned sessions need. `mcp-stack plan` shows where that number comes
        from. With a fixed number of pods the peak itself counts, without headroom and without the CPU at which an
        autoscaler would add pods; and nothing that was only assumed of the calls or of an unknown runtime (MCP525).
        """,
    why="The autoscaler stops at the maximum; sessions above it are refused, or push pods over their memory limit.",
    fails="""
        mcp:workload:
          dailyUsers: 5000
        mcp:scaling:
          maxReplicas: 10
        """,
    passes="""
        mcp:workload:
          dailyUsers: 5000
        mcp:scaling:
          maxReplicas: 60
        """,
    note="5000 users are 813 planned sessions; at 50 per pod, 17 pods.",
)


BELOW_BURST = Rule(
    code="MCP213",
    slug="maximum-below-burst",
    severity=Severity.WARNING,
    title="the maximum does not hold a burst",
    meaning="""
        `maxReplicas`, or a fixed number of pods, holds the planned sessions, but not twice as many. With a fixed number
        counts what one pod is known to hold, and nothing that was only assumed (MCP525).
        """,
    why="Traffic of twice the planned load happens: a launch, a retry storm, the loss of another region.",
    fails="""
        mcp:workload:
          dailyUsers: 5000
        mcp:scaling:
          maxReplicas: 20
        """,
    passes="""
        mcp:workload:
          dailyUsers: 5000
        mcp:scaling:
          maxReplicas: 60
        """,
)


def maximum_findings(
    *, maximum: int, needed_for_peak: int, needed_for_burst: int, path: str, single_writer: bool = False
) -> list[Finding]:
    """MCP210 if the maximum is below the pods of the planned peak, MCP213 if below those of a burst.

    :param needed_for_peak: with the headroom where an autoscaler adds pods, which takes minutes; without it where the
        number of pods is fixed.
    :param single_writer: whether the database takes one pod, so that a higher maximum is no remedy.
    """
    least = max(needed_for_peak, needed_for_burst)
    more = (
        "Keep the data in a networked database, which takes more pods"
        if single_writer
        else f"Raise it to at least {least}"
    )
    if maximum < needed_for_peak:
        return [
            BELOW_PEAK.at(
                path,
                f"The maximum of {maximum} {pod_noun(maximum)} is below the {needed_for_peak} that the "
                "planned peak needs.",
                f"{more}, or let one pod hold more sessions.",
            )
        ]
    if maximum < needed_for_burst:
        return [
            BELOW_BURST.at(
                path,
                f"The maximum of {maximum} {pod_noun(maximum)} holds the planned peak ({needed_for_peak}), "
                f"but not a burst ({needed_for_burst}).",
                f"{more}, or accept this with the reason why bursts do not happen.",
            )
        ]
    return []


BLOCKED_DRAIN = Rule(
    code="MCP207",
    slug="disruption-budget-blocks-drain",
    severity=Severity.ERROR,
    title="a disruption budget that blocks every drain",
    meaning="`minAvailable` is not below the least number of pods. Left out, it is one less.",
    why="""
        When as many pods must stay as there are, no eviction is allowed: node upgrades and the cluster autoscaler wait
        for ever. The minimum counts, since the autoscaler goes there at night.
        """,
    fails="""
        mcp:scaling:
          minReplicas: 2
          minAvailable: 2
        """,
    passes="""
        mcp:scaling:
          minReplicas: 2
          minAvailable: 1
        """,
)


def disruption_findings(*, min_available: int, min_replicas: int, path: str) -> list[Finding]:
    """MCP207 if the budget wants as many pods as the minimum has. A budget of 0 blocks nothing."""
    if min_available <= 0 or min_available < min_replicas:
        return []
    if min_replicas > 1:
        remedy = f"Set it to at most {min_replicas - 1}, or leave it out: it is then derived."
    else:
        remedy = "Set it to 0, or run at least 2 pods."
    return [
        BLOCKED_DRAIN.at(
            path,
            f"{min_available} {pod_noun(min_available)} must stay available, and the minimum is {min_replicas}: "
            "no pod may ever be evicted.",
            remedy,
        )
    ]


RULES = (
    MINIMUM_ABOVE_MAXIMUM,
    PRODUCTION_REPLICAS,
    NO_PODS,
    FIXED_BESIDE_AUTOSCALER,
    BELOW_PEAK,
    BELOW_BURST,
    BLOCKED_DRAIN,
)
