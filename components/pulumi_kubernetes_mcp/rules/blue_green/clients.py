"""Which colour clients reach, and who tells the two apart."""

from __future__ import annotations

from collections.abc import Sequence

from ..model import Finding, Rule, Severity
from ..words import listed, number
from .note import NOTE

MIXED = Rule(
    code="MCP654",
    slug="colours-mixed-by-weight",
    severity=Severity.ERROR,
    title="one client would meet both colours",
    meaning="""
        `canaryPercent` is given, and an era with sessions is served, or `sameTools` does not say that both colours list
        the same tools.
        """,
    why="""
        A weight falls anew at each request. A session is in one pod of one colour: at a share of 10 % every tenth
        request of each session meets a pod that does not know it, and no client of an official SDK recovers from that.
        Without sessions a client lists the tools of one colour and calls those of the other.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          rollout:
            strategy: BlueGreen
            blueGreen: {greenImage: "ghcr.io/acme/mcp-server:1.5.0", canaryPercent: 10}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          rollout:
            strategy: BlueGreen
            blueGreen: {greenImage: "ghcr.io/acme/mcp-server:1.5.0", canaryPercent: 10, sameTools: true}
        """,
    note=f"`mcp-stack probe --save-schema` on one colour and `--schema` on the other compare the tools. {NOTE}",
)


NO_WEIGHTS = Rule(
    code="MCP655",
    slug="weights-without-gateway",
    severity=Severity.ERROR,
    title="a route that has no weights",
    meaning="`canaryPercent` is given, and `mcp:edge.kind` is not `gateway`.",
    why="""
        An Ingress names one Service. What controllers add by annotations is another object and another rule in each of
        them; a whole switch needs none of it.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          rollout:
            strategy: BlueGreen
            blueGreen: {greenImage: "ghcr.io/acme/mcp-server:1.5.0", canaryPercent: 10, sameTools: true}
        mcp:edge: {host: mcp.example.com, kind: ingress}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          rollout:
            strategy: BlueGreen
            blueGreen: {greenImage: "ghcr.io/acme/mcp-server:1.5.0", previewHost: next.example.com}
        mcp:edge: {host: mcp.example.com, kind: ingress}
        """,
    note=NOTE,
)


NO_PREVIEW = Rule(
    code="MCP656",
    slug="idle-colour-without-preview",
    severity=Severity.WARNING,
    title="nobody can look at the idle colour before the switch",
    meaning="`rollout.strategy` is `BlueGreen`, the kind of the edge matches no header, and there is no `previewHost`.",
    why="""
        The gate before the switch is a client's look at the new pods through the edge: the name, the timeouts and the
        protocol. A readiness probe sees none of that.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          rollout: {strategy: BlueGreen}
        mcp:edge: {host: mcp.example.com, kind: ingress}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          rollout: {strategy: BlueGreen, blueGreen: {previewHost: next.example.com}}
        mcp:edge: {host: mcp.example.com, kind: ingress}
        """,
    note="Through `kubectl port-forward` the protocol can be seen, and the edge cannot.",
)


ENDS_SESSIONS = Rule(
    code="MCP657",
    slug="switch-ends-sessions",
    severity=Severity.WARNING,
    title="a switch ends all sessions at once",
    meaning="""
        `rollout.strategy` is `BlueGreen`, or `rollout.argoRollouts` is given, and an era with sessions is served.
        """,
    why="""
        A session is in one pod. After the switch its next request meets the other colour, which answers 404: the
        protocol then wants a new session, and no client of an official SDK opens one by itself. A rolling replacement
        loses the same sessions, a pod at a time.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [legacy-stateful]
          rollout: {strategy: BlueGreen}
        mcp:edge: {host: mcp.example.com, affinity: gateway}
        mcp:scaling: {prometheusAddress: "http://prometheus.monitoring:9090", follow: sessions}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [legacy-stateless]
          rollout: {strategy: BlueGreen}
        """,
    note=f"Switch in the quietest hour and accept this with that reason; the plan says how many sessions it is. {NOTE}",
)


COUNTED_TOGETHER = Rule(
    code="MCP659",
    slug="colours-counted-together",
    severity=Severity.ERROR,
    title="the autoscalers of both colours follow one number",
    meaning="""
        `rollout.strategy` is `BlueGreen`, and the autoscaler follows a metric that names the route or the server of a
        proxy, not the pods.
        """,
    why="""
        At the gateway both colours are one route. Each autoscaler would make the pods for all of the load, the idle
        colour too.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          rollout: {strategy: BlueGreen}
        mcp:edge: {host: mcp.example.com, implementation: envoy-gateway}
        mcp:scaling: {prometheusAddress: "http://prometheus:9090", follow: in-flight, dialect: envoy}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          rollout: {strategy: BlueGreen}
        mcp:edge: {host: mcp.example.com, implementation: envoy-gateway}
        mcp:scaling: {follow: cpu}
        """,
    note="Follow a metric of the pods, or CPU.",
)


def canary_findings(
    *, percent: int | None, sessions: Sequence[str], same_tools: bool, kind: str, path: str, tools_path: str
) -> list[Finding]:
    """MCP654 and MCP655: whether a share of the requests may go to the idle colour.

    :param sessions: the eras with sessions that are served.
    """
    if percent is None or kind == "none":
        return []
    if kind != "gateway":
        return [
            NO_WEIGHTS.at(
                path,
                f"A route of the kind '{kind}' has no weights.",
                "Remove it and switch as a whole (active): routes of the kind 'gateway' alone have weights.",
            )
        ]
    if sessions:
        return [
            MIXED.at(
                path,
                f"{percent} % of the requests of each session ({listed(sessions)}) would meet a colour that does not "
                "know it.",
                "Remove it, and switch as a whole (active).",
            )
        ]
    if not same_tools:
        return [
            MIXED.at(
                path,
                f"A weight falls anew at each request: one client would list the tools of one colour, and {percent} % "
                "of its calls would meet the other.",
                f"Compare both colours ('mcp-stack probe --schema') and set {tools_path}, or switch as a whole "
                "(active).",
            )
        ]
    return []


def preview_findings(*, has: bool, kind: str, path: str) -> list[Finding]:
    """MCP656 if no route leads to the idle colour."""
    if has or kind == "none":
        return []
    return [
        NO_PREVIEW.at(
            path,
            f"A route of the kind '{kind}' matches no header, and the idle colour has no host of its own.",
            "Give blueGreen.previewHost, a name that leads to the same edge.",
        )
    ]


def session_findings(*, sessions: Sequence[str], planned: int, path: str) -> list[Finding]:
    """MCP657 if a switch ends sessions; ``planned`` are those that the server is sized for."""
    if not sessions:
        return []
    return [
        ENDS_SESSIONS.at(
            path,
            f"A switch ends every session ({listed(sessions)}) at its next request, up to {number(planned)} of them.",
            "Switch when few are open and accept this, or serve an era without sessions. Two colours behind "
            "'envoy-gateway' with the affinity 'envelope' keep them: blueGreen.keepSessions.",
        )
    ]


def metric_findings(*, place: str | None, path: str) -> list[Finding]:
    """MCP659 if what is followed is not counted by pods; ``place`` is what the metric names, if one is followed."""
    if place in (None, "pods"):
        return []
    return [
        COUNTED_TOGETHER.at(
            path,
            f"The metric names the {place}, which both colours share: each would scale for all of the load.",
            "Follow a metric that the pods emit, or CPU.",
        )
    ]


RULES = (
    MIXED,
    NO_WEIGHTS,
    NO_PREVIEW,
    ENDS_SESSIONS,
    COUNTED_TOGETHER,
)
