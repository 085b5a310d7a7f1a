"""Rules about the servers of one region together: shared databases and stores, addresses, Secrets, names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .model import Finding, Rule, Severity
from .words import choice, listed, number

SHARED_BUDGET = Rule(
    code="MCP801",
    slug="servers-exceed-connection-budget",
    severity=Severity.ERROR,
    title="the servers of a region need more connections than their database allows",
    meaning="""
        The connections of all servers at their maximum, through poolers where there are some, are above the budget
        that `mcp:database` allows the region. Each line of the finding names a server and what it needs.
        """,
    why="""
        Every pod of every server opens its pool. Each server may fit by itself; at the maximum of all of them,
        which is reached on the busiest day, the database refuses new connections, to all its users.
        """,
    fails="""
        mcp:database: {host: db.example.com, maxConnections: 150, queryMilliseconds: 50}
        mcp:scaling: {maxReplicas: 10}
        mcp:servers:
          orders:
            server: {path: /orders/mcp}
          billing:
            server: {path: /billing/mcp}
        """,
    passes="""
        mcp:database: {host: db.example.com, maxConnections: 300, queryMilliseconds: 50}
        mcp:scaling: {maxReplicas: 10}
        mcp:servers:
          orders:
            server: {path: /orders/mcp}
          billing:
            server: {path: /billing/mcp}
        """,
    note="""
        Each server opens 5 × 10 = 50 connections at its maximum, both together 100; half of 150 is 75, half of 300
        is 150.
        """,
)

SHARED_ROLLOUT = Rule(
    code="MCP802",
    slug="servers-rollout-exceeds-connections",
    severity=Severity.ERROR,
    title="a rollout of all servers needs more connections than their database has",
    meaning="""
        The sum at the maximum is within the budget, but while all servers are rolled out at the same time their old
        and new pods together are above what is not reserved.
        """,
    why="""
        A change that all servers share, such as a new version of their Secret, rolls them at the same time, and old
        and new pods hold their pools together.
        """,
    fails="""
        mcp:database: {host: db.example.com, maxConnections: 110, sharePercent: 100, queryMilliseconds: 50}
        mcp:scaling: {maxReplicas: 10}
        mcp:servers:
          orders:
            server: {path: /orders/mcp}
          billing:
            server: {path: /billing/mcp}
        """,
    passes="""
        mcp:database: {host: db.example.com, maxConnections: 200, sharePercent: 100, queryMilliseconds: 50}
        mcp:scaling: {maxReplicas: 10}
        mcp:servers:
          orders:
            server: {path: /orders/mcp}
          billing:
            server: {path: /billing/mcp}
        """,
    note="100 connections at the maximum; with a surge of 3 pods each 130 during a rollout.",
)

TWO_DESCRIPTIONS = Rule(
    code="MCP803",
    slug="database-described-twice",
    severity=Severity.ERROR,
    title="one database is described in two ways",
    meaning="""
        Two servers name the same host and port under `database` and say different things of it: how many
        connections it allows, what part of them this region may use, how its pooler is built, or how it is logged
        in to. What only one server does with it (its pool, the length of its queries) may differ.
        """,
    why="""
        The budget of a database is one number for all who use it. Two statements about it are two budgets, and the
        database keeps neither.
        """,
    fails="""
        mcp:servers:
          orders:
            server: {path: /orders/mcp}
            database: {host: db.example.com, maxConnections: 420}
          billing:
            server: {path: /billing/mcp}
            database: {host: db.example.com, maxConnections: 400}
        """,
    passes="""
        mcp:database: {host: db.example.com, maxConnections: 420}
        mcp:scaling: {maxReplicas: 10}
        mcp:servers:
          orders:
            server: {path: /orders/mcp}
          billing:
            server: {path: /billing/mcp}
        """,
)

SAME_ADDRESS = Rule(
    code="MCP804",
    slug="same-address",
    severity=Severity.ERROR,
    title="two servers have one address",
    meaning="""
        Two servers of the region have the same host and the same path, or the same path of HTTP+SSE. Hosts come
        from `mcp:edge.host`, which servers share unless one has its own; `mcp:server.path` is `/mcp` for each that
        gives none. The `previewHost` of a release counts as a host of its server.
        """,
    why="""
        A route sends a path of a host to one server. Of two routes with the same match the older one wins, and the
        other server gets no request.
        """,
    fails="""
        mcp:servers:
          orders: {}
          billing: {}
        """,
    passes="""
        mcp:servers:
          orders:
            server: {path: /orders/mcp}
          billing:
            edge: {host: billing.example.com}
        """,
)

POOLER_SECRETS = Rule(
    code="MCP805",
    slug="pooler-with-two-secrets",
    severity=Severity.ERROR,
    title="a shared pooler would need two Secrets",
    meaning="""
        Servers share the pooler of one database, and read different Secrets. PgBouncer has one list of users, from
        one Secret.
        """,
    why="""
        The pooler logs in to the database with the user of one Secret. A server with another user would be refused.
        """,
    fails="""
        mcp:database: {host: db.example.com, maxConnections: 420, pooler: pgbouncer}
        mcp:secrets: {source: existing, name: orders}
        mcp:servers:
          orders:
            server: {path: /orders/mcp}
          billing:
            server: {path: /billing/mcp}
            secrets: {name: billing}
        """,
    passes="""
        mcp:database: {host: db.example.com, maxConnections: 420, pooler: pgbouncer}
        mcp:secrets: {source: existing, name: shared}
        mcp:servers:
          orders:
            server: {path: /orders/mcp}
          billing:
            server: {path: /billing/mcp}
        """,
)

SECRET_NAME = Rule(
    code="MCP806",
    slug="secret-name-taken",
    severity=Severity.ERROR,
    title="two Secrets have one name",
    meaning="""
        Two servers define a Secret of the same name in different ways. Servers whose `secrets` are those of the
        stack share one Secret and are not meant.
        """,
    why="""
        A name in a namespace is one object: the second definition fails, or takes the first one over.
        """,
    fails="""
        mcp:servers:
          orders:
            server: {path: /orders/mcp}
            secrets:
              source: external
              name: keys
              store: {name: platform}
              remote: {token: {key: orders}}
              env: {TOKEN: token}
          billing:
            server: {path: /billing/mcp}
            secrets:
              source: external
              name: keys
              store: {name: platform}
              remote: {token: {key: billing}}
              env: {TOKEN: token}
        """,
    passes="""
        mcp:secrets:
          source: external
          name: keys
          store: {name: platform}
          remote: {token: {key: all}}
          env: {TOKEN: token}
        mcp:servers:
          orders:
            server: {path: /orders/mcp}
          billing:
            server: {path: /billing/mcp}
        """,
)

OBJECT_NAME = Rule(
    code="MCP807",
    slug="server-name-taken",
    severity=Severity.ERROR,
    title="a server is called like another object of the region",
    meaning="""
        The pooler of the stack's database is called after `mcp:server.name` with `-pooler` behind it, and a server
        has just that name.
        """,
    why="""
        A server and a pooler each have a Deployment and a Service of their name; two of one name cannot exist.
        """,
    fails="""
        mcp:server: {image: "ghcr.io/acme/mcp-server:1.4.2", name: orders}
        mcp:database: {host: db.example.com, maxConnections: 420, pooler: pgbouncer}
        mcp:secrets: {source: existing}
        mcp:servers:
          orders:
            server: {path: /orders/mcp}
          orders-pooler:
            server: {path: /pooler/mcp}
        """,
    passes="""
        mcp:server: {image: "ghcr.io/acme/mcp-server:1.4.2", name: orders}
        mcp:database: {host: db.example.com, maxConnections: 420, pooler: pgbouncer}
        mcp:secrets: {source: existing}
        mcp:servers:
          orders:
            server: {path: /orders/mcp}
          pooling:
            server: {path: /pooler/mcp}
        """,
)

SHARED_STORE = Rule(
    code="MCP808",
    slug="servers-exceed-store-clients",
    severity=Severity.ERROR,
    title="the servers of a region need more clients than their state store allows",
    meaning="""
        Servers that say the same of their state store use one store. At the maximum of all of them they open more
        connections than the region's part of `maxClients`.
        """,
    why="""
        Above maxclients Redis and Valkey close each new connection at once, for every server that uses the store.
        """,
    fails="""
        mcp:stateStore: {maxClients: 300}
        mcp:scaling: {maxReplicas: 10}
        mcp:servers:
          orders:
            server: {path: /orders/mcp}
          billing:
            server: {path: /billing/mcp}
        """,
    passes="""
        mcp:stateStore: {maxClients: 500}
        mcp:scaling: {maxReplicas: 10}
        mcp:servers:
          orders:
            server: {path: /orders/mcp}
          billing:
            server: {path: /billing/mcp}
        """,
    note="10 × 10 connections of each server are 200 together; half of 300 is 150, half of 500 is 250.",
)


def budget_findings(
    *,
    needs: Mapping[str, int],
    total: int,
    rollout: int,
    budget: int,
    ceiling: int,
    description: str,
    remedies: Sequence[str],
    path: str,
    reserved: str = "",
    poolable: bool = True,
) -> list[Finding]:
    """MCP801 if all servers at their maximum exceed the budget of their database, MCP802 if only a rollout of all
    exceeds what is not reserved.

    :param needs: server, or pooler, to its connections at the maximum.
    :param total: their sum, ``rollout`` the same while all servers are rolled.
    :param description: the budget in words, such as '50 % of max_connections 420'.
    :param remedies: texts, best first, each of which closes the budget.
    :param reserved: how the ceiling is divided, in words.
    :param poolable: whether a pooler could stand before the database.
    """
    ways = _WAYS if poolable else _WAYS_WITHOUT
    each = listed([f"{name} {number(count)}" for name, count in sorted(needs.items(), key=lambda one: -one[1])], most=8)
    if total > budget:
        problem = f"{each}: together {number(total)} connections, above the budget of {number(budget)} ({description})."
        return [SHARED_BUDGET.at(path, problem, choice(remedies, ways))]
    if rollout > ceiling:
        problem = (
            f"{each}: together {number(total)} connections, and {number(rollout)} while all of them are rolled out, "
            f"above the {number(ceiling)} that are not reserved{reserved}."
        )
        return [SHARED_ROLLOUT.at(path, problem, choice(remedies, ways))]
    return []


def description_findings(*, first: str, other: str, differing: Sequence[str], path: str) -> list[Finding]:
    """MCP803 if two servers say different things of one database."""
    if not differing:
        return []
    problem = f"'{first}' and '{other}' use one database and differ in {listed(differing)}."
    remedy = "Say it once, in the stack's own mcp:database, and leave it out of the servers."
    return [TWO_DESCRIPTIONS.at(path, problem, remedy)]


def address_findings(*, server: str, other: str, host: str, path_of: str, path: str) -> list[Finding]:
    """MCP804 for a server whose host and path another one has too."""
    return [
        SAME_ADDRESS.at(
            path,
            f"'{server}' and '{other}' both answer at https://{host}{path_of}.",
            f"Give each a path of its own, such as '/{server}/mcp', or a host of its own.",
        )
    ]


def preview_address_findings(*, server: str, other: str, host: str, path_of: str, path: str) -> list[Finding]:
    """MCP804 for the host of pods that clients do not reach yet, which another server has at the same path."""
    return [
        SAME_ADDRESS.at(
            path,
            f"The next release of '{server}' answers at https://{host}{path_of}, and so does '{other}'.",
            "Give it a host that no other server has, or give each server a path of its own.",
        )
    ]


def pooler_secret_findings(*, pooler: str, secrets: Mapping[str, str], path: str) -> list[Finding]:
    """MCP805 if the servers of a pooler read different Secrets (server to name)."""
    if len(set(secrets.values())) < 2:
        return []
    each = listed([f"'{server}' reads {name}" for server, name in sorted(secrets.items())])
    problem = f"The pooler {pooler} serves servers with different Secrets: {each}."
    return [POOLER_SECRETS.at(path, problem, "Let them share mcp:secrets, or give one a database of its own.")]


def secret_name_findings(*, name: str, servers: Sequence[str], path: str) -> list[Finding]:
    """MCP806 for a name that two different Secrets would have."""
    problem = f"The Secret '{name}' is defined by {listed(servers)}, each in another way."
    return [SECRET_NAME.at(path, problem, "Leave name out, or define it once in the stack's own mcp:secrets.")]


def object_name_findings(*, server: str, what: str, path: str) -> list[Finding]:
    """MCP807 for a server that is called like something else."""
    return [OBJECT_NAME.at(path, f"'{server}' is also the name of {what}.", "Give the server another name.")]


def store_findings(
    *, needs: Mapping[str, int], total: int, budget: int, description: str, least: int, path: str
) -> list[Finding]:
    """MCP808 if all servers at their maximum open more clients than their store allows them.

    :param least: ``maxclients`` that would be enough.
    """
    if total <= budget:
        return []
    each = listed([f"{name} {number(count)}" for name, count in sorted(needs.items(), key=lambda one: -one[1])], most=8)
    problem = f"{each}: together {number(total)} clients, above the budget of {number(budget)} ({description})."
    remedy = f"Use a store with maxclients of at least {number(least)}, open fewer per pod, or lower the maxima."
    return [SHARED_STORE.at(path, problem, remedy)]


_WAYS = "Use a pooler, smaller pools, lower maxima or a database that allows more connections."
_WAYS_WITHOUT = "Use smaller pools, lower maxima or a database that allows more connections."

RULES = (
    SHARED_BUDGET,
    SHARED_ROLLOUT,
    TWO_DESCRIPTIONS,
    SAME_ADDRESS,
    POOLER_SECRETS,
    SECRET_NAME,
    OBJECT_NAME,
    SHARED_STORE,
)
"""The rules of this subject, in the order of their codes."""
