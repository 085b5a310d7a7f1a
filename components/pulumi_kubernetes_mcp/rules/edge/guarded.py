"""Rules about what is asked and refused before a request reaches the server: a service of one's own, large headers."""

from __future__ import annotations

from ...edge.abilities import AUTHORIZATION, HEADERS, NO_HEADERS
from ...edge.authorization import refused
from ...edge.implementations import Implementation
from ...edge.listener import MOST_HEADERS, PATCH_POLICY, kibibytes
from ...settings.keys.edge_access import ExternalAuthorization
from ..model import Finding, Rule, Severity
from ..words import alternatives, number
from .envelope import patch_finding

NOT_ASKED = Rule(
    code="MCP353",
    slug="authorization-not-asked",
    severity=Severity.ERROR,
    title="an external authorization that the edge does not ask",
    meaning="""
        `externalAuthorization` is given, and nothing that is emitted for the controller behind the edge asks the
        service: it has no object for it, or lacks what it needs to find the service.
        """,
    why="""
        The service would be deployed, and every request would pass without it. What looks protected and is open is
        worse than what looks open.
        """,
    fails="""
        mcp:edge:
          host: mcp.example.com
          implementation: cilium
          externalAuthorization: {service: gatekeeper, port: 9000}
        """,
    passes="""
        mcp:edge:
          host: mcp.example.com
          implementation: envoy-gateway
          externalAuthorization: {service: gatekeeper, port: 9000}
        """,
)

HEADERS_NOT_TAKEN = Rule(
    code="MCP354",
    slug="header-limit-not-taken",
    severity=Severity.ERROR,
    title="largest headers that the edge is not told",
    meaning="""
        `maxHeaders` is given, and nothing that is emitted for the controller behind the edge says it: it has the limit
        in its own configuration, or the route names no listener that could be told, or it is a size that Envoy does not
        take.
        """,
    why="""
        The limit would stand in the stack file and in no proxy. A long token or a large `Mcp-Param-…` is refused by
        whichever hop takes least, in words that no client understands.
        """,
    fails="""
        mcp:edge:
          host: mcp.example.com
          kind: ingress
          maxHeaders: 16Ki
        """,
    passes="""
        mcp:edge:
          host: mcp.example.com
          implementation: kgateway
          maxHeaders: 16Ki
        """,
)

HEADERS_ABOVE_SERVER = Rule(
    code="MCP355",
    slug="header-limit-above-server",
    severity=Severity.WARNING,
    title="the edge lets through headers that the server refuses",
    meaning="`maxHeaders` is above what a server of this runtime takes unless its program says otherwise.",
    why="""
        Measured, Node answers 431 above 16 KiB, and uvicorn ends the connection above 64 KiB, which a client sees as a
        502 of the edge. Refused at the edge, it is one answer for all of them.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          runtime: typescript-v2
        mcp:edge:
          host: mcp.example.com
          implementation: kgateway
          maxHeaders: 48Ki
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          runtime: typescript-v2
        mcp:edge:
          host: mcp.example.com
          implementation: kgateway
          maxHeaders: 16Ki
        """,
    note="Node is told another one by `--max-http-header-size`; accept the warning where it is.",
)


def authorization_findings(*, row: Implementation, told: ExternalAuthorization | None, path: str) -> list[Finding]:
    """MCP353 for each thing that keeps the edge from asking the service."""
    if told is None:
        return []
    able = f"Use implementation {alternatives(list(AUTHORIZATION))}, or let the server decide, and leave it out."
    return [
        NOT_ASKED.at(f"{path}.{key}" if key else path, f"The service is not asked: {why}.", remedy or able)
        for key, why, remedy in refused(told, row)
    ]


def header_findings(*, row: Implementation, size: int | None, section: bool, gateway: str, path: str) -> list[Finding]:
    """MCP354 unless the edge is told the largest headers, MCP337 where it has to be allowed to be told. Bytes.

    :param section: whether the route names a listener; ``gateway`` the namespace of the Gateway.
    """
    if size is None:
        return []
    way = HEADERS.get(row.name)
    if way is None:
        return [
            HEADERS_NOT_TAKEN.at(
                path,
                f"No object of the route tells '{row.name}' of largest headers: {NO_HEADERS[row.name]}.",
                f"Say it there and leave it out, or use implementation {alternatives(list(HEADERS))}.",
            )
        ]
    if way.by == PATCH_POLICY and not section:
        return [
            HEADERS_NOT_TAKEN.at(
                path,
                "Largest headers are a patch of one listener, and the route attaches to all of the Gateway.",
                "Name the listener (⟦gateway_section⟧).",
            )
        ]
    if not 1 <= kibibytes(size) <= MOST_HEADERS // 1024:
        return [
            HEADERS_NOT_TAKEN.at(
                path,
                f"Envoy takes 1 KiB to {MOST_HEADERS // 1024} KiB, and {number(size / 1024)} KiB are given.",
                "Give a size within these, such as '16Ki'.",
            )
        ]
    if way.by == PATCH_POLICY:
        return [patch_finding(makes="the limit of headers", gateway=gateway, path=path)]
    return []


def server_header_findings(*, size: int | None, taken: int | None, runtime: str, path: str) -> list[Finding]:
    """MCP355 if the edge lets through what the server refuses. Bytes.

    :param taken: what a server of the runtime takes; ``None`` where nobody looked.
    """
    if size is None or taken is None or size <= taken:
        return []
    return [
        HEADERS_ABOVE_SERVER.at(
            path,
            f"The edge takes {number(size / 1024)} KiB of headers, and a server on '{runtime}' {number(taken / 1024)} "
            "KiB.",
            f"Give '{taken // 1024}Ki', or raise the server's limit and accept this warning.",
        )
    ]


RULES = (NOT_ASKED, HEADERS_NOT_TAKEN, HEADERS_ABOVE_SERVER)
