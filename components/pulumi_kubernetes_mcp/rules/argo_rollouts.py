"""Rules about a release by Argo Rollouts: what it cannot go together with, and what follows its switch too late."""

from __future__ import annotations

from collections.abc import Sequence

from .model import Finding, Rule, Severity
from .words import listed

NOTE = "[Releases](../releases.md#argo-rollouts) has a whole release, and the way over from a Deployment."

TWO_WAYS = Rule(
    code="MCP661",
    slug="argo-rollouts-beside-another-way",
    severity=Severity.ERROR,
    title="pods would be replaced in two ways",
    meaning="""
        `rollout.argoRollouts` is given, and something else says how pods are replaced: another `strategy` or keys of
        `blueGreen`, a surge or a number that may go, or a claim of each pod, which makes a StatefulSet.
        """,
    why="""
        A Rollout of Argo Rollouts makes all pods of the new revision beside the old ones, which neither a surge nor a
        number that may go bounds, and which a claim of each pod or `Recreate` rules out. With `BlueGreen` the colours
        are workloads of this library's own, switched by the route: two switches, of which neither knows of the other.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          rollout: {strategy: BlueGreen, argoRollouts: {}}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          rollout: {argoRollouts: {}}
        """,
    note=NOTE,
)

LATE_TARGETS = Rule(
    code="MCP662",
    slug="argo-rollouts-behind-alb",
    severity=Severity.ERROR,
    title="a load balancer that has no target for a while after the switch",
    meaning="`rollout.argoRollouts` is given, and the edge is the AWS Load Balancer Controller.",
    why="""
        The switch gives the Service other pods from one moment to the next. The controller takes all old ones from the
        target group and registers new ones, which the load balancer asks for their health first: until then it has no
        target and answers 503. Argo Rollouts says that it does not support blue-green behind an ALB.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          rollout: {argoRollouts: {}}
        mcp:region: {name: us-east, platform: eks}
        mcp:edge: {host: mcp.example.com, kind: ingress, ingressClass: alb, clientCidrs: [10.0.0.0/16]}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          rollout: {argoRollouts: {}}
        mcp:region: {name: us-east, platform: eks}
        """,
    note=NOTE,
)

COUNTED_TOGETHER = Rule(
    code="MCP663",
    slug="argo-rollouts-budget-of-both",
    severity=Severity.WARNING,
    title="the disruption budget is met by pods that nobody reaches",
    meaning="`rollout.argoRollouts` and `mcp:scaling.minAvailable` are given.",
    why="""
        A disruption budget selects the pods of both revisions. While they run beside each other the new ones alone meet
        the number that has to stay, and a drain may evict every pod that clients reach. A budget that counts the pods
        that go lets one go at a time, of whichever revision.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          rollout: {argoRollouts: {}}
        mcp:scaling: {minAvailable: 1}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          rollout: {argoRollouts: {}}
        """,
    note="Left out, `maxUnavailable: 1` is derived.",
)


def way_findings(*, others: Sequence[str], path: str) -> list[Finding]:
    """MCP661 if anything else says how pods are replaced.

    :param others: what else is said, each in words.
    """
    if not others:
        return []
    return [
        TWO_WAYS.at(
            path,
            f"It stands beside {listed(others)}: a Rollout of Argo Rollouts replaces pods in a way of its own.",
            "Keep one of the two: leave this out, or the other.",
        )
    ]


def target_findings(*, implementation: str, title: str, path: str) -> list[Finding]:
    """MCP662 behind a load balancer that follows the switch of a Service too late.

    :param implementation: of the edge, by its name; ``title`` what it is called.
    """
    if implementation != "alb":
        return []
    return [
        LATE_TARGETS.at(
            path,
            f"{title} takes the old pods from its target group before the new ones are known to be healthy.",
            "Leave this out; with the strategy 'BlueGreen' in its place the route names another Service.",
        )
    ]


def budget_findings(*, given: bool, path: str) -> list[Finding]:
    """MCP663 if the disruption budget is given as a number of pods that stay."""
    if not given:
        return []
    return [
        COUNTED_TOGETHER.at(
            path,
            "The budget counts the pods of both revisions, so that the new ones alone may meet it.",
            "Leave it out: a budget of one pod that goes at a time is then derived.",
        )
    ]


RULES = (TWO_WAYS, LATE_TARGETS, COUNTED_TOGETHER)
