"""Rules about who a client is, behind a load balancer or a CDN."""

from __future__ import annotations

from collections.abc import Sequence

from ...edge.abilities import CLIENT_ADDRESS, NO_CLIENT_ADDRESS
from ...edge.clients import too_wide, untold
from ...edge.implementations import Implementation
from ...settings.keys.edge_clients import ClientAddress
from ..model import Finding, Rule, Severity

CLIENT_HIDDEN = Rule(
    code="MCP356",
    slug="client-address-hidden",
    severity=Severity.WARNING,
    title="clients that the edge takes for one",
    meaning="""
        The affinity is by address, or a rate limit counts by address, and the load balancer of the platform
        (`region.platform`) connects to the edge from an address of its own, unless it is told otherwise. Nothing says
        how the edge learns the address of a client (`clientAddress`).
        """,
    why="""
        The edge sees a few addresses of the load balancer and no client. A limit for one client stops everybody, and
        affinity by address leads all of them to as many pods as the load balancer has addresses.
        """,
    fails="""
        mcp:region:
          name: us-east
          platform: eks
        mcp:edge:
          host: mcp.example.com
          implementation: envoy-gateway
          rateLimits: [{requests: 120}]
        """,
    passes="""
        mcp:region:
          name: us-east
          platform: eks
        mcp:edge:
          host: mcp.example.com
          implementation: envoy-gateway
          rateLimits: [{requests: 120}]
          clientAddress: {proxyProtocol: true}
        """,
    note="""
        Accept it where the load balancer keeps addresses: a Network Load Balancer does with targets of type `instance`
        and `externalTrafficPolicy: Local`, or with `preserve_client_ip.enabled=true`.
        """,
)

CLIENT_NOT_TOLD = Rule(
    code="MCP357",
    slug="client-address-not-told",
    severity=Severity.ERROR,
    title="a client's address that the edge is not told how to find",
    meaning="""
        `clientAddress` is given, and nothing that is emitted for the controller behind the edge says it: it is a
        setting of the controller, or a form that it does not take; or two servers of the stack say different things of
        one listener.
        """,
    why="""
        Limits, affinity and logs would count the load balancer as before, with a stack file that says otherwise.
        HAProxy's annotation for it is not used: it believes a header of whoever sends it.
        """,
    fails="""
        mcp:edge:
          host: mcp.example.com
          kind: ingress
          clientAddress: {trustedHops: 1}
        """,
    passes="""
        mcp:edge:
          host: mcp.example.com
          implementation: kgateway
          clientAddress: {trustedHops: 1}
        """,
)

CLIENT_BELIEVED = Rule(
    code="MCP358",
    slug="client-address-of-anybody",
    severity=Severity.ERROR,
    title="everybody is believed about who he is",
    meaning="""
        `clientAddress.trustedCidrs` holds ranges that are larger than any network of one's own, alone or side by side.
        """,
    why="""
        Who is in such a range is a proxy to the edge, and says in `X-Forwarded-For` whom he speaks for. With one header
        he passes every limit by address, chooses the pod that he lands on, and stands under another's address in the
        logs.
        """,
    fails="""
        mcp:edge:
          host: mcp.example.com
          implementation: envoy-gateway
          clientAddress: {trustedCidrs: [0.0.0.0/0]}
        """,
    passes="""
        mcp:edge:
          host: mcp.example.com
          implementation: envoy-gateway
          clientAddress: {trustedCidrs: [10.0.0.0/16]}
        """,
)

CLIENT_OF_OTHERS = Rule(
    code="MCP359",
    slug="client-address-of-a-shared-listener",
    severity=Severity.WARNING,
    title="the clients of everybody's routes",
    meaning="""
        `clientAddress` is given, and the Gateway is the platform's. It is said of a listener, so it holds for the
        routes of everybody who attaches to it.
        """,
    why="""
        Envoy Gateway takes one ClientTrafficPolicy at a listener, the oldest; a newer one reports `Conflicted` and
        changes nothing. And with the PROXY protocol a connection without it is closed, whoever's route it is for.
        """,
    fails="""
        mcp:edge:
          host: mcp.example.com
          implementation: envoy-gateway
          clientAddress: {trustedHops: 1}
        """,
    passes="""
        mcp:edge:
          host: mcp.example.com
          implementation: envoy-gateway
        """,
    note="Accept it where the platform has no policy of its own there, and its other routes have the same proxies.",
)


def hidden_client_findings(
    *, row: Implementation, hidden: str, counted: Sequence[str], told: bool, path: str
) -> list[Finding]:
    """MCP356 if something counts addresses, and the load balancer of the platform hides them.

    :param hidden: why it does; empty where it does not, or nobody knows.
    :param counted: what counts them, in words.
    :param told: whether something says how the edge learns them.
    """
    if not hidden or not counted or told:
        return []
    words = " and ".join(counted)
    remedy = (
        "Say how it learns the address (⟦client_address⟧)."
        if row.name in CLIENT_ADDRESS
        else NO_CLIENT_ADDRESS[row.name]
    )
    return [
        CLIENT_HIDDEN.at(
            path,
            f"{words[:1].upper()}{words[1:]} would count the load balancer: {hidden}.",
            f"{remedy} Accept this warning where the edge sees the clients.",
        )
    ]


def client_findings(
    *, row: Implementation, told: ClientAddress | None, shared: bool, gateway: str, path: str
) -> list[Finding]:
    """MCP357 to MCP359: whether the edge is told who a client is, and whom it believes.

    :param shared: whether the Gateway is the platform's; ``gateway`` its namespace.
    """
    if told is None:
        return []
    wrong = [
        CLIENT_NOT_TOLD.at(f"{path}.{key}" if key else path, f"It cannot be told: {why}.", remedy)
        for key, why, remedy in untold(row, told)
    ]
    if wrong:
        return wrong
    wide = too_wide(told.trusted_cidrs)
    if wide:
        return [
            CLIENT_BELIEVED.at(
                f"{path}.trusted_cidrs",
                f"Whoever connects from {' and '.join(wide)} is believed about the address of the client.",
                "Name the ranges that the load balancer or the CDN connects from.",
            )
        ]
    if not shared:
        return []
    return [
        CLIENT_OF_OTHERS.at(
            path,
            f"A {CLIENT_ADDRESS[row.name].by} in the namespace '{gateway}' says it of the listener, for every route "
            "there.",
            "Let the platform say it, or accept this warning where no other policy does.",
        )
    ]


def contradicted_findings(*, server: str, other: str, path: str) -> list[Finding]:
    """MCP357 for a listener of which two servers say different things."""
    return [
        CLIENT_NOT_TOLD.at(
            path,
            f"It cannot be told: '{other}' says something else of the same listener than '{server}'.",
            "Say the same for both, or say it once for the stack.",
        )
    ]


RULES = (CLIENT_HIDDEN, CLIENT_NOT_TOLD, CLIENT_BELIEVED, CLIENT_OF_OTHERS)
