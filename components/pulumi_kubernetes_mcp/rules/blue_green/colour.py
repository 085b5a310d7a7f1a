"""What a colour needs to run beside the other one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..model import Finding, Rule, Severity
from ..words import listed
from .note import NOTE

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


RULES = (
    NO_IMAGE,
    NO_ROUTE,
    OTHER_ERAS,
    OWN_CLAIM,
    IDENTITY,
)
