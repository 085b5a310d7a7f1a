"""Rules about a Gateway or a listener of a stack's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...edge.gateways import refused
from ...edge.spec import EdgeSpec
from ..model import Finding, Rule, Severity

NOT_SERVED = Rule(
    code="MCP360",
    slug="own-gateway-not-served",
    severity=Severity.ERROR,
    title="a Gateway or a listener of one's own that nothing serves",
    meaning="""
        `gateway.className` or `gateway.listenerSet` is given, and the controller behind the edge would not serve what
        they make, or not as the rest of the stack needs it; or two servers of the stack ask for the same one, or one of
        them attaches to the Gateway of the other by a host or a listener that this does not have; or the preview of a
        release has no listener, or the host that clients know.
        """,
    why="""
        The object would be taken by the API server and report in its status alone that it is not accepted. The route
        hangs on it: no client gets through.
        """,
    fails="""
        mcp:edge:
          host: mcp.example.com
          implementation: gke
          gateway: {listenerSet: true}
        """,
    passes="""
        mcp:edge:
          host: mcp.example.com
          implementation: gke
          gateway: {name: mcp, namespace: edge, className: gke-l7-global-external-managed}
        """,
)


def gateway_findings(*, edge: EdgeSpec, kind: str, listener_set: bool) -> list[Finding]:
    """MCP360 for each thing that keeps a Gateway or a listener of the stack's own from being served.

    :param listener_set: whether a ListenerSet is asked for, be it beside a Gateway of one's own.
    """
    if kind != "gateway":
        return []
    both = edge.gateway_class is not None and listener_set
    return [
        NOT_SERVED.at(key, f"It would not be served: {why}.", remedy) for key, why, remedy in refused(edge, both=both)
    ]


def twice_findings(*, what: str, servers: Sequence[str], path: str, listener: bool = False) -> list[Finding]:
    """MCP360 for a Gateway or a host that several servers would make alone.

    :param listener: whether it is a listener beside a Gateway, which no other route names.
    """
    names = " and ".join(f"'{name}'" for name in servers)
    remedy = "Give it for one of them alone; the others name the Gateway that it makes."
    if listener:
        remedy = "Give each a host of its own, or let all of them attach to a listener of the Gateway."
    return [NOT_SERVED.at(path, f"It would not be served: {names} would each make {what}.", remedy)]


def guest_findings(
    *, maker: str, listener: str, host: str | None, section: str | None, hosts: Mapping[str, str], section_path: str
) -> list[Finding]:
    """MCP360 for a route to the Gateway that another server of the stack makes, which has one listener.

    :param maker: the server that makes it.
    :param listener: name of the listener.
    :param host: the one name that it takes; ``None`` where it takes all.
    :param section: the listener that the route names; ``None`` where it attaches to all.
    :param hosts: the names of the route, each with its path.
    """
    found = []
    if section not in (None, listener):
        problem = f"The route would not be served: the Gateway that '{maker}' makes has the one listener '{listener}'."
        found.append(NOT_SERVED.at(section_path, problem, f"Name it: '{listener}'."))
    if host is not None:
        remedy = (
            f"Give this server the same host, or a Gateway of its own; or leave clusterIssuer of '{maker}' out and "
            "name a Secret with a certificate of all hosts (tlsSecret), and the listener takes them."
        )
        found += [
            NOT_SERVED.at(
                path, f"The route would not be served: the Gateway that '{maker}' makes takes {host} alone.", remedy
            )
            for name, path in hosts.items()
            if name != host
        ]
    return found


def preview_findings(*, why: str, remedy: str, path: str) -> list[Finding]:
    """MCP360 for the route to pods that clients do not reach, where the public one leaves no room for it.

    :param why: what is in its way.
    """
    return [NOT_SERVED.at(path, f"The preview would not be served: {why}.", remedy)]


RULES = (NOT_SERVED,)
