"""Rules about two colours of a server: whether each has what it needs, and whether a client can meet both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .model import Finding, Rule, Severity
from .words import listed, number

NOTE = "[Releases](../releases.md) has a whole release, key by key."

NO_IMAGE = Rule(
    code="MCP650",
    slug="colour-without-image",
    severity=Severity.ERROR,
    title="the active colour has no image",
    meaning="""
        `active` names green and there is no `greenImage`, or the image of the active colour is the one that `retired`
        says no idle colour runs any more.
        """,
    why="""
        Clients would be led to a Service without pods. `retired` names what was left behind: for the active colour it
        says that the switch went back, and the next switch would find nothing to go back to.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          rollout: {strategy: BlueGreen, blueGreen: {active: green}}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          rollout:
            strategy: BlueGreen
            blueGreen: {active: green, greenImage: "ghcr.io/acme/mcp-server:1.5.0"}
        """,
    note=NOTE,
)

NO_ROUTE = Rule(
    code="MCP651",
    slug="colours-without-route",
    severity=Severity.ERROR,
    title="two colours and no route that could be switched",
    meaning="`rollout.strategy` is `BlueGreen`, and `mcp:edge.kind` is `none`.",
    why="""
        The switch is another Service in the route. Workloads of the cluster that name the Service themselves would stay
        on blue for ever.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          rollout: {strategy: BlueGreen}
          ingress: [{namespace: agents}]
        mcp:edge: {kind: none}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          rollout: {strategy: BlueGreen}
        """,
    note="An HTTPRoute of a Gateway inside the cluster can be switched as well.",
)

OTHER_ERAS = Rule(
    code="MCP652",
    slug="colours-across-eras",
    severity=Severity.ERROR,
    title="the colours of one host name differ in their eras",
    meaning="""
        `greenEras` is not the list of `eras`, or the file of `mcp:server.verified`, which is of an image of one of the
        colours, found other eras than `eras` says. With `rollout.argoRollouts`, which has one image, `mcp-stack diff`
        says it of a change of `eras` too: the revision before speaks others.
        """,
    why="""
        Clients remember what they found out about a host name: one that has opened a session does not ask again, and
        one that spoke the modern era has none to send. The switch cuts the first kind, the way back the second.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [legacy-stateless]
          rollout:
            strategy: BlueGreen
            blueGreen: {greenImage: "ghcr.io/acme/mcp-server:2.0.0", greenEras: [modern]}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [legacy-stateless]
          rollout:
            strategy: BlueGreen
            blueGreen: {greenImage: "ghcr.io/acme/mcp-server:1.5.0"}
        """,
    note="""
        A new era goes to a host name of its own (`mcp:servers`), or first to an image that speaks both, in each colour,
        before one is left out. [Protocol eras](../protocol-eras.md).
        """,
)

OWN_CLAIM = Rule(
    code="MCP653",
    slug="colours-with-own-claims",
    severity=Severity.ERROR,
    title="each colour would have its own copy of the data",
    meaning="`rollout.strategy` is `BlueGreen`, and a volume of the server is a claim that the stack makes.",
    why="""
        A claim is made for one workload. Green would begin with an empty one, and what is written after the switch
        would be missing after the way back.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          rollout: {strategy: BlueGreen}
          volumes: [{path: /data, claim: {size: 1Gi, accessMode: ReadWriteMany}}]
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          rollout: {strategy: BlueGreen}
          volumes: [{path: /data, claim: {name: shared}}]
        """,
    note="A claim by name is of others, and both colours mount it. Better keep the data in a database.",
)

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
        mcp:edge: {host: mcp.example.com, implementation: envoy-gateway, affinity: gateway}
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

IDENTITY = Rule(
    code="MCP658",
    slug="colour-without-identity",
    severity=Severity.WARNING,
    title="the cloud knows the account of one colour",
    meaning="""
        `rollout.strategy` is `BlueGreen`, and the pods have a workload identity, or their ServiceAccount annotations.
        """,
    why="""
        The cloud trusts a ServiceAccount by its name. Green has one of its own: where only blue's is trusted, green
        starts, is ready, and fails the first call that needs credentials.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          serviceAccountAnnotations: {eks.amazonaws.com/role-arn: "arn:aws:iam::111122223333:role/mcp-server"}
          rollout: {strategy: BlueGreen}
        mcp:region: {name: us-east, platform: eks}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          rollout: {strategy: BlueGreen}
        mcp:region: {name: us-east, platform: eks}
        """,
    note="Accept it once the identity trusts both names.",
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


def image_findings(*, active: str, has_image: bool, retired: bool, path: str, retired_path: str) -> list[Finding]:
    """MCP650 if the active colour has no image, or one that is retired."""
    if not has_image:
        return [
            NO_IMAGE.at(
                path, f"It is '{active}', and there is no image of {active}.", "Give greenImage, or set it to 'blue'."
            )
        ]
    if retired:
        return [
            NO_IMAGE.at(
                retired_path,
                f"It is the image of {active}, which clients reach.",
                "Remove it: it names what the idle colour has, once nobody goes back to that.",
            )
        ]
    return []


def route_findings(*, kind: str, path: str) -> list[Finding]:
    """MCP651 if nothing could be switched."""
    if kind != "none":
        return []
    return [
        NO_ROUTE.at(
            path,
            "It is 'BlueGreen', and mcp:edge.kind is 'none': there is no route that could name another Service.",
            "Set mcp:edge.kind to 'gateway', 'ingress' or 'route', or the strategy to 'RollingUpdate'.",
        )
    ]


def era_findings(*, declared: Sequence[str], other: Sequence[str] | None, of: str, path: str) -> list[Finding]:
    """MCP652 if one colour speaks other eras than the host name serves; ``None``: nobody said or looked."""
    if other is None or set(other) == set(declared):
        return []
    return [
        OTHER_ERAS.at(
            path,
            f"{of} speaks {listed(other)}, and the host name serves {listed(declared)}.",
            "Give the new era a host name of its own (mcp:servers), or an image that speaks both in each colour.",
        )
    ]


def claim_findings(*, claims: Iterable[str]) -> list[Finding]:
    """MCP653 for each claim, by its key, that a stack makes."""
    return [
        OWN_CLAIM.at(
            path,
            "Each colour would make a claim of its own, and they would not hold the same.",
            "Name a claim that is there (name), keep the data in a database, or set the strategy to 'RollingUpdate'.",
        )
        for path in claims
    ]


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
            "Switch when few are open and accept this, or serve an era without sessions.",
        )
    ]


def identity_findings(*, identity: str, names: Sequence[str], path: str) -> list[Finding]:
    """MCP658 where the cloud has to know both accounts."""
    if identity in ("", "none"):
        return []
    return [
        IDENTITY.at(
            path,
            f"The pods have the identity '{identity}', and each colour its own ServiceAccount: {listed(names)}.",
            "Let the cloud's identity trust both names, and accept this.",
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
    NO_IMAGE,
    NO_ROUTE,
    OTHER_ERAS,
    OWN_CLAIM,
    MIXED,
    NO_WEIGHTS,
    NO_PREVIEW,
    ENDS_SESSIONS,
    IDENTITY,
    COUNTED_TOGETHER,
)
