"""Rules about the certificates that the routes of several servers ask for."""

from __future__ import annotations

from collections.abc import Sequence

from ..model import Finding, Rule, Severity
from ..words import listed

TWO_REQUESTERS = Rule(
    code="MCP313",
    slug="certificate-requested-twice",
    severity=Severity.WARNING,
    title="several servers ask for one certificate",
    meaning="""
        The Ingresses of two servers have `clusterIssuer`, and either one host, so that each asks for a certificate of
        that host, or one Secret under `tlsSecret`, which can hold the certificate of one of them.
        """,
    why="""
        cert-manager makes a Certificate for each Ingress that asks. Two for one host use up the limit of the issuer,
        which is five of the same names a week at the usual one. Of two that ask for one Secret the first owns it: the
        other one's hosts are not in the certificate, and when the owner goes the Secret is made anew.
        """,
    fails="""
        mcp:edge:
          host: mcp.example.com
          kind: ingress
          implementation: nginx
          clusterIssuer: letsencrypt
        mcp:servers:
          orders:
            server: {path: /orders/mcp}
          billing:
            server: {path: /billing/mcp}
        """,
    passes="""
        mcp:edge:
          host: mcp.example.com
          kind: ingress
          implementation: nginx
          tlsSecret: mcp-example-com-tls
        mcp:servers:
          orders:
            server: {path: /orders/mcp}
            edge: {clusterIssuer: letsencrypt}
          billing:
            server: {path: /billing/mcp}
        """,
    note="Every Ingress of the host may name the Secret; one of them asks for it.",
)


def requester_findings(*, what: str, servers: Sequence[str], path: str) -> list[Finding]:
    """MCP313 for several servers that ask for the certificate of one host, or for one Secret.

    :param what: the host or the Secret, in words.
    """
    if len(servers) < 2:
        return []
    names = listed([f"'{name}'" for name in servers], most=8)
    problem = f"{names} each ask for a certificate {what}."
    remedy = "Give clusterIssuer to one of them alone; where they have one host, give all of them one tlsSecret."
    return [TWO_REQUESTERS.at(path, problem, remedy)]


RULES = (TWO_REQUESTERS,)
