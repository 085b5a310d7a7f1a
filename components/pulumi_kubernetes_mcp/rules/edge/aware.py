"""Rules about a gateway that speaks MCP itself and keeps each session on its pod."""

from __future__ import annotations

from ...edge.implementations import Implementation
from ..model import Finding, Rule, Severity

PROMISED = "gateway"
AFFINITY = "agentgateway"
NOTE = "[McpIngress](../components/McpIngress.md) has the table of implementations."

AWARE_SSE = Rule(
    code="MCP338",
    slug="agentgateway-without-session-id",
    severity=Severity.ERROR,
    title="sessions that agentgateway does not keep",
    meaning="The affinity is `agentgateway`, the era `sse` is served, and more than one pod serves it.",
    why="""
        The backend of agentgateway has one target with one protocol, Streamable HTTP, and puts the pod into
        `Mcp-Session-Id`. A session of HTTP+SSE is in the query of a URL that the server hands out: it would be led to
        the Service, and each of its requests to any pod. A second target would make one server of two, with prefixes
        before the names of all tools.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [sse]
        mcp:scaling:
          prometheusAddress: http://prometheus-operated.monitoring:9090
        mcp:edge:
          host: mcp.example.com
          implementation: agentgateway
          affinity: agentgateway
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [legacy-stateful]
        mcp:scaling:
          prometheusAddress: http://prometheus-operated.monitoring:9090
        mcp:edge:
          host: mcp.example.com
          implementation: agentgateway
          affinity: agentgateway
        """,
    note=NOTE,
)

AWARE_KEY = Rule(
    code="MCP339",
    slug="agentgateway-session-key",
    severity=Severity.WARNING,
    title="session ids that another replica of the gateway may not read",
    meaning="""
        The affinity is `agentgateway`, and more than one pod serves an era with sessions. Accept the warning once all
        proxies of the Gateway have one `SESSION_KEY` (64 hexadecimal digits), or there is one proxy alone.
        """,
    why="""
        agentgateway encrypts the address of the pod into the session id. Without a key that is given each proxy makes
        one of its own when it starts: a session whose next request meets another proxy, or the same after a restart,
        is unknown, and no client of an official SDK opens a new one by itself.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [legacy-stateful]
        mcp:scaling:
          prometheusAddress: http://prometheus-operated.monitoring:9090
        mcp:edge:
          host: mcp.example.com
          implementation: agentgateway
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [modern]
        mcp:edge:
          host: mcp.example.com
          implementation: agentgateway
        """,
    note=f"Give the key to the proxies from a Secret of the platform, by the AgentgatewayParameters. {NOTE}",
)

AWARE_BY_NOBODY = Rule(
    code="MCP371",
    slug="gateway-affinity-behind-plain-proxy",
    severity=Severity.WARNING,
    title="sessions that are left to a proxy which does not read them",
    meaning="""
        The affinity is `gateway`, which says that an MCP-aware gateway keeps the sessions and emits nothing; more than
        one pod serves an era with sessions; and the implementation is a plain HTTP proxy unless something further is
        built on it (`envoy-gateway`, `kgateway`).
        """,
    why="""
        The route that is emitted leads to the Service, and the proxy spreads its requests over the pods: it does not
        look at `Mcp-Session-Id`. Measured through Envoy Gateway's own configuration in a real Envoy and three pods:
        0 of 16 sessions of each legacy client are kept without an affinity of the proxy's own, and 16 of 16 by
        `envelope`.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [legacy-stateful]
        mcp:scaling:
          prometheusAddress: http://prometheus-operated.monitoring:9090
        mcp:edge:
          host: mcp.example.com
          implementation: envoy-gateway
          affinity: gateway
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [legacy-stateful]
        mcp:scaling:
          prometheusAddress: http://prometheus-operated.monitoring:9090
        mcp:edge:
          host: mcp.example.com
          implementation: envoy-gateway
          affinity: envelope
          gateway: {section: https}
        """,
    note=f"""
        Where another gateway in front speaks MCP and chooses the pod itself, it has to reach the pods directly, not
        through this proxy. {NOTE}
        """,
)


def aware_findings(*, affinity: str, sessions: bool, sse: bool, row: Implementation) -> list[Finding]:
    """MCP338 and MCP339: whether agentgateway can keep the sessions, and each of its proxies knows them. MCP371:
    whether a gateway that is said to keep them reads them at all.

    :param sessions: whether the server holds sessions in more than one pod; ``sse``: whether HTTP+SSE is served.
    """
    if affinity == PROMISED and sessions and row.aware_by:
        return [
            AWARE_BY_NOBODY.at(
                "affinity",
                f"'gateway' emits nothing, and '{row.name}' does not read Mcp-Session-Id: {row.aware_by}. Measured "
                "over three pods behind a plain Envoy, 0 of 16 sessions of each legacy client are kept.",
                f"Use {_kept_by(row, sse)}; or accept this warning, if what you installed on '{row.name}' keeps each "
                "session on its pod.",
            )
        ]
    if affinity != AFFINITY or affinity not in row.affinities or not sessions:
        return []
    if sse:
        return [
            AWARE_SSE.at(
                "affinity",
                "A session of the era 'sse' is in the query of its URL, not in Mcp-Session-Id, and agentgateway puts "
                "no pod there.",
                "Leave the era out, or use an implementation that keeps 'source-ip'.",
            )
        ]
    return [
        AWARE_KEY.at(
            "affinity",
            "The pod of a session is encrypted in its id, with a key that each proxy makes for itself unless it is "
            "given one.",
            "Give all proxies of the Gateway one SESSION_KEY, and accept this warning.",
        )
    ]


def _kept_by(row: Implementation, sse: bool) -> str:
    """The affinities of a row that keep every session of every client: none for HTTP+SSE but that by address."""
    kept = [one for one in ("envelope", "source-ip") if one in row.affinities and not (sse and one == "envelope")]
    return " or ".join(f"'{one}'" for one in kept)


RULES = (AWARE_SSE, AWARE_KEY, AWARE_BY_NOBODY)
