"""Rules about the openings of a server: who may connect to its pods, and at which port."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from ..model import Finding, Rule, Severity

CLOSED_PORT = Rule(
    code="MCP121",
    slug="opening-for-closed-port",
    severity=Severity.WARNING,
    title="an opening for a port on which nothing listens",
    meaning="""
        An opening, of `mcp:server.ingress` in a stack file or of `allow_from` in a program, names a port that is
        neither the server's nor that of its metrics.
        """,
    why="""
        The NetworkPolicy lets the origin connect to a port at which no process answers, and keeps it away from the one
        that it wants. Clients wait until their own timeout, since a closed port drops what comes.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          port: 8101
          ingress:
            - {port: 8000, namespace: apps}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          port: 8101
          ingress:
            - {namespace: apps}
        """,
    note="Accept it where something else in the pod listens there, such as a sidecar that the cluster injects.",
)

NOBODY = Rule(
    code="MCP122",
    slug="nobody-may-connect",
    severity=Severity.WARNING,
    title="nobody may connect to the server",
    meaning="""
        No opening of `allow_from` leads to the port of the server: there is none, each names another port, or the
        address ranges are empty. A stack opens the server to the proxies of its edge; a program meets this finding.
        """,
    why="""
        The pods have a NetworkPolicy that closes what is not opened. The server becomes ready, since kubelets are let
        through, and answers no client.
        """,
    fails="""
        McpService("web", {"image": "ghcr.io/acme/mcp-server:1.4.2", "namespace": "mcp-prod"})
        """,
    passes="""
        McpService(
            "web",
            {
                "image": "ghcr.io/acme/mcp-server:1.4.2",
                "namespace": "mcp-prod",
                "allow_from": [{"port": 8000, "namespace": "envoy-gateway-system"}],
            },
        )
        """,
    note="Accept it where other NetworkPolicies open the pods.",
)


def reach_findings(
    *, openings: Sequence[int], with_peers: Collection[int], ports: Mapping[int, str], port: int, path: str
) -> list[Finding]:
    """MCP121 for each opening of a port that the pods do not have, MCP122 if none leads to the server.

    :param openings: port of each opening, in their order.
    :param with_peers: places in ``openings`` of those that name anybody.
    :param ports: the ports of the pods, each with its name.
    :param port: that of the server.
    """
    found = [
        finding
        for place, opened in enumerate(openings)
        for finding in closed_port_findings(opened, ports=ports, port=port, path=f"{path}[{place}].port")
    ]
    if any(openings[place] == port for place in with_peers):
        return found
    remedy = f"Name the namespace of the proxies, such as {{port: {port}, namespace: envoy-gateway-system}}."
    return [*found, NOBODY.at(path, f"No opening lets anybody connect to port {port}.", remedy)]


def closed_port_findings(opened: int, *, ports: Mapping[int, str], port: int, path: str) -> list[Finding]:
    """MCP121 for an opening of a port that the pods do not have; for the arguments see :func:`reach_findings`."""
    if opened in ports:
        return []
    known = " and ".join(f"{number} ({name})" for number, name in sorted(ports.items()))
    return [CLOSED_PORT.at(path, f"It opens port {opened}, and the pods have {known}.", f"Give {port}.")]


RULES = (CLOSED_PORT, NOBODY)
