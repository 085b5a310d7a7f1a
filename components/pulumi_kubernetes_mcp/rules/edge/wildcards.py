"""Rules about a route that serves every name below a domain."""

from __future__ import annotations

from collections.abc import Sequence

from ..model import Finding, Rule, Severity

WILDCARD_ISSUED = Rule(
    code="MCP372",
    slug="wildcard-by-http-01",
    severity=Severity.WARNING,
    title="a certificate for a wildcard by HTTP-01",
    meaning="""
        An Ingress serves a wildcard host, cert-manager is asked for its certificate (`cluster_issuer`), and the solver
        of HTTP-01 is opened to the proxies. Accept the warning where the issuer solves by DNS-01 or is no ACME issuer.
        """,
    why="""
        An ACME server hands out a wildcard certificate after DNS-01 alone: HTTP-01 proves one name, and a wildcard is
        none that can be asked. The order fails, the Secret is never filled, and the edge shows a certificate of its own
        for the host. A certificate for one exact name of the domain does not fit the others.
        """,
    fails="""
        McpIngress(
            "orders",
            {
                "namespace": "mcp",
                "service_name": "mcp-orders",
                "host": "*.example.com",
                "kind": "ingress",
                "implementation": "nginx",
                "cluster_issuer": "letsencrypt",
            },
        )
        """,
    passes="""
        McpIngress(
            "orders",
            {
                "namespace": "mcp",
                "service_name": "mcp-orders",
                "host": "*.example.com",
                "kind": "ingress",
                "implementation": "nginx",
                "tls_secret": "wildcard-example-com-tls",
            },
        )
        """,
    note="A stack file takes names alone, since its clients call a server by one.",
)


def wildcard_findings(*, hosts: Sequence[str], issuer: bool, path: str) -> list[Finding]:
    """MCP372 where a certificate for a wildcard is asked for in the way that cannot give one.

    :param hosts: those that are known, as the route has them.
    :param issuer: whether cert-manager is asked for the certificate of an Ingress.
    """
    wild = [host for host in hosts if host.startswith("*.")]
    if not issuer or not wild:
        return []
    return [
        WILDCARD_ISSUED.at(
            path,
            f"'{wild[0]}' is a wildcard, and ACME issues no certificate for one by HTTP-01, whose solver is opened "
            "here.",
            f"Give each name that clients call as a host, such as 'mcp.{wild[0].removeprefix('*.')}'; or leave "
            "⟦cluster_issuer⟧ out and name a Secret with a certificate for the wildcard (⟦tls_secret⟧); or accept this "
            "warning, if the issuer solves by DNS-01.",
        )
    ]


RULES = (WILDCARD_ISSUED,)
