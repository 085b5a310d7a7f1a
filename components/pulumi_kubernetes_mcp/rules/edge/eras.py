"""Rules about the eras that one URL can serve."""

from __future__ import annotations

from collections.abc import Sequence

from ..model import Finding, Rule, Severity

EXCLUDED_ERAS = Rule(
    code="MCP301",
    slug="exclusive-eras",
    severity=Severity.ERROR,
    title="two eras that exclude each other",
    meaning="Both `legacy-stateless` and `legacy-stateful` are among the eras.",
    why="""
        A legacy server hands out session ids or it does not: the choice is made when it starts, for all its clients.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [modern, legacy-stateless, legacy-stateful]
        mcp:scaling:
          prometheusAddress: http://prometheus-operated.monitoring:9090
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [modern, legacy-stateless]
        """,
    note="A server that sends `Mcp-Session-Id` is stateful.",
)


SSE_DEPRECATED = Rule(
    code="MCP302",
    slug="sse-deprecated",
    severity=Severity.WARNING,
    title="HTTP+SSE is deprecated",
    meaning="`sse` is among the eras.",
    why="""
        The 2025-03-26 revision replaced this transport. A session is an open stream, so every lost connection loses it.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [modern, sse]
        mcp:scaling:
          prometheusAddress: http://prometheus-operated.monitoring:9090
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [modern, legacy-stateless]
        """,
)


ERAS_OF_HOST = Rule(
    code="MCP810",
    slug="eras-of-one-host",
    severity=Severity.WARNING,
    title="servers behind one host, of which some speak the modern era",
    meaning="""
        Several servers of the region have one host, each with a path of its own, and some of them speak `modern` while
        another does not.
        """,
    why="""
        Clients find out once what a server speaks, and the protocol lets them keep it for the origin, which is the host
        without the path. Those that do ask the older server as they asked the newer one, and fail for good.
        """,
    fails="""
        mcp:scaling:
          prometheusAddress: http://prometheus-operated.monitoring:9090
        mcp:servers:
          orders:
            server: {path: /orders/mcp, eras: [modern]}
          billing:
            server: {path: /billing/mcp, eras: [legacy-stateless]}
        """,
    passes="""
        mcp:scaling:
          prometheusAddress: http://prometheus-operated.monitoring:9090
        mcp:servers:
          orders:
            server: {path: /orders/mcp, eras: [modern]}
          billing:
            server: {path: /billing/mcp, eras: [legacy-stateless]}
            edge: {host: billing.example.com}
        """,
    note="Accept it where all clients are known to find it out for each address.",
)


def era_findings(eras: Sequence[str], *, path: str) -> list[Finding]:
    """MCP301 for a pair that one URL cannot serve, MCP302 for the deprecated transport."""
    found = []
    if {"legacy-stateless", "legacy-stateful"} <= set(eras):
        found.append(
            EXCLUDED_ERAS.at(
                path,
                "'legacy-stateless' and 'legacy-stateful' cannot be served on one URL.",
                "Keep the one that the server was started with: 'legacy-stateful' if it sends Mcp-Session-Id.",
            )
        )
    if "sse" in eras:
        found.append(
            SSE_DEPRECATED.at(
                path,
                "The era 'sse' is deprecated, and its clients lose their session with every connection.",
                "Serve 'modern' besides and move clients over; accept this warning until the last one has moved.",
            )
        )
    return found


def host_findings(*, server: str, other: str, host: str, path: str) -> list[Finding]:
    """MCP810 for a server that does not speak the modern era behind a host at which ``other`` does."""
    return [
        ERAS_OF_HOST.at(
            path,
            f"'{server}' speaks no modern era at https://{host}, and '{other}' does: a client that keeps what it found "
            "out of the host asks it in vain.",
            f"Give '{server}' a host of its own, or let it speak 'modern' too.",
        )
    ]


RULES = (EXCLUDED_ERAS, SSE_DEPRECATED, ERAS_OF_HOST)
