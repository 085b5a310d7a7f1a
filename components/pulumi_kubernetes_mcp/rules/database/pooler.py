"""Rules about the pooler between the pods and the database."""

from __future__ import annotations

from ..model import Finding, Rule, Severity
from ..words import number

POOLER_ABOVE_BUDGET = Rule(
    code="MCP403",
    slug="pooler-above-budget",
    severity=Severity.ERROR,
    title="the pooler opens more connections than the database allows",
    meaning="""
        The pooler's pods open more connections than the budget: the pool and the reserve of each, one more pod
        included.
        """,
    why="Each pooler pod opens its own pool and reserve, and one more pod runs while it is replaced.",
    fails="""
        mcp:database:
          host: db.example.com
          maxConnections: 100
          pooler: pgbouncer
          poolerPoolSize: 40
        mcp:secrets:
          source: existing
          name: mcp-keys
        """,
    passes="""
        mcp:database:
          host: db.example.com
          maxConnections: 100
          pooler: pgbouncer
        mcp:secrets:
          source: existing
          name: mcp-keys
        """,
)


POOLER_CLIENTS = Rule(
    code="MCP404",
    slug="pooler-refuses-clients",
    severity=Severity.ERROR,
    title="the pooler does not take all clients",
    meaning="""
        The server's pods at their maximum open more connections to the pooler than it takes when one of its pods is
        lost.
        """,
    why="""
        Above max_client_conn PgBouncer refuses clients; all pods at the maximum must fit when one pooler pod is lost.
        """,
    fails="""
        pooler_findings(
            server_connections=48,
            budget=50,
            client_connections=375,
            max_client_conn_total=200,
            path="max_client_conn",
        )
        """,
    passes="""
        pooler_findings(
            server_connections=48,
            budget=50,
            client_connections=375,
            max_client_conn_total=400,
            path="max_client_conn",
        )
        """,
    note="""
        A stack file cannot raise it: `max_client_conn` is derived there so that it does not happen. The rule is for
        programs that choose the number themselves (`pulumi_kubernetes_mcp.findings.database`).
        """,
)


def pooler_findings(
    *,
    server_connections: int,
    budget: int,
    client_connections: int,
    max_client_conn_total: int,
    path: str,
    description: str = "",
) -> list[Finding]:
    """MCP403 if the pooler's own connections exceed the budget, MCP404 if it cannot take all clients.

    ``server_connections`` are those that all pooler pods open, the surging one included;
    ``client_connections`` those that all server pods at the maximum open; ``max_client_conn_total`` what
    the pooler pods take when one is lost.
    """
    found = []
    if server_connections > budget:
        found.append(
            POOLER_ABOVE_BUDGET.at(
                path,
                f"The pooler opens up to {number(server_connections)} connections, above the budget of "
                f"{number(budget)}{f' ({description})' if description else ''}.",
                "Lower its pool size or its number of pods, or leave both out: they are then derived.",
            )
        )
    if client_connections > max_client_conn_total:
        found.append(
            POOLER_CLIENTS.at(
                path,
                f"The pods open up to {number(client_connections)} connections, and the pooler takes "
                f"{number(max_client_conn_total)}.",
                "Add pooler pods, lower the pool size per server pod, or lower the maximum of server pods.",
            )
        )
    return found


SINGLE_POOLER = Rule(
    code="MCP406",
    slug="single-pooler",
    severity=Severity.WARNING,
    title="a single pooler",
    meaning="`poolerInstances` is 1, and the environment is `production`. Left out, it is 2.",
    why="Every call that needs the database goes through the pooler: with one instance a lost node is an outage.",
    fails="""
        mcp:database:
          host: db.example.com
          pooler: pgbouncer
          poolerInstances: 1
        mcp:secrets:
          source: existing
          name: orders-database
        """,
    passes="""
        mcp:database:
          host: db.example.com
          pooler: pgbouncer
          poolerInstances: 2
        mcp:secrets:
          source: existing
          name: orders-database
        """,
)


def single_pooler_findings(*, instances: int, production: bool, path: str) -> list[Finding]:
    """MCP406 if one pooler instance carries a production service."""
    if instances > 1 or not production:
        return []
    return [SINGLE_POOLER.at(path, "One pooler instance carries the service.", "Use 2 instances or more.")]


RULES = (
    POOLER_ABOVE_BUDGET,
    POOLER_CLIENTS,
    SINGLE_POOLER,
)
