"""Rules about the stacks of a project together: what they share outside of any one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .model import Finding, Rule, Severity
from .words import choice, listed, number

HOST = Rule(
    code="MCP811",
    slug="stacks-behind-host-differ",
    severity=Severity.ERROR,
    title="stacks behind one host serve different things",
    meaning="""
        A server has one public host in several stacks, which are regions of one service, and they differ in the
        protocol eras, the path, or whether they need authorization.
        """,
    why="""
        Global routing sends a client to any region, and to another one when the first fails. A client that has found
        out the era, the path and the audience in one region uses them in the next.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          path: /mcp
        ---
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          path: /v2/mcp
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          path: /mcp
        ---
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.5.0
          path: /mcp
        """,
)

DATABASE = Rule(
    code="MCP812",
    slug="stacks-exceed-connection-budget",
    severity=Severity.ERROR,
    title="the stacks need more connections than their database allows",
    meaning="""
        Several stacks name one database, by host and port, and the sum of what their servers open at their maximum is
        above the share of `maxConnections` that they may use. Stacks may take unequal parts.
        """,
    why="""
        Each region fits by itself, and on the day when all are at their maximum, or one has taken over the load of
        another, the database refuses connections, to all its users.
        """,
    fails="""
        mcp:region: {name: us-east}
        mcp:database: {host: db.example.com, maxConnections: 150, queryMilliseconds: 50}
        mcp:scaling: {maxReplicas: 10}
        ---
        mcp:region: {name: eu-west}
        mcp:database: {host: db.example.com, maxConnections: 150, queryMilliseconds: 50}
        mcp:scaling: {maxReplicas: 10}
        """,
    passes="""
        mcp:region: {name: us-east}
        mcp:database: {host: db.example.com, maxConnections: 150, queryMilliseconds: 50}
        mcp:scaling: {maxReplicas: 10}
        ---
        mcp:region: {name: eu-west}
        mcp:database: {host: db.example.com, maxConnections: 150, queryMilliseconds: 50}
        mcp:scaling: {maxReplicas: 5}
        """,
    note="5 connections per pod: 50 and 50 against a share of 75, then 50 and 25.",
)

NAMESPACE = Rule(
    code="MCP813",
    slug="namespace-of-two-stacks",
    severity=Severity.ERROR,
    title="two stacks make one namespace in one cluster",
    meaning="Two stacks with the same `kubernetes:context` have the same namespace.",
    why="""
        The second stack fails because the namespace exists, or takes it over; either one's destruction then deletes
        the other's servers.
        """,
    fails="""
        kubernetes:context: production
        mcp:region: {name: us-east, namespace: mcp}
        ---
        kubernetes:context: production
        mcp:region: {name: eu-west, namespace: mcp}
        mcp:edge: {host: eu.example.com, implementation: envoy-gateway}
        """,
    passes="""
        kubernetes:context: production
        mcp:region: {name: us-east}
        ---
        kubernetes:context: production
        mcp:region: {name: eu-west}
        mcp:edge: {host: eu.example.com, implementation: envoy-gateway}
        """,
)

MAYBE_NAMESPACE = Rule(
    code="MCP814",
    slug="namespace-perhaps-of-two-stacks",
    severity=Severity.WARNING,
    title="two stacks make one namespace, perhaps in one cluster",
    meaning="""
        Two stacks have the same namespace, and at least one of them does not say which cluster it is for
        (`kubernetes:context`).
        """,
    why="""
        Without a context a stack goes to whatever cluster the current one of the machine is. Two stacks then meet in
        one namespace by accident.
        """,
    fails="""
        mcp:region: {name: us-east, namespace: mcp}
        ---
        mcp:region: {name: eu-west, namespace: mcp}
        """,
    passes="""
        kubernetes:context: us-east
        mcp:region: {name: us-east, namespace: mcp}
        ---
        kubernetes:context: eu-west
        mcp:region: {name: eu-west, namespace: mcp}
        """,
)

ROUTE = Rule(
    code="MCP815",
    slug="route-of-two-stacks",
    severity=Severity.ERROR,
    title="two stacks route one address in one cluster",
    meaning="Two stacks with the same `kubernetes:context` have a server at the same host and path.",
    why="Of two routes with the same match the older one gets every request; the other server none.",
    fails="""
        kubernetes:context: production
        mcp:region: {name: us-east}
        ---
        kubernetes:context: production
        mcp:region: {name: eu-west}
        """,
    passes="""
        kubernetes:context: us-east
        mcp:region: {name: us-east}
        ---
        kubernetes:context: eu-west
        mcp:region: {name: eu-west}
        """,
)

KEYS = Rule(
    code="MCP816",
    slug="stacks-behind-host-other-secrets",
    severity=Severity.WARNING,
    title="stacks behind one host read different secrets",
    meaning="""
        A server has one public host in several stacks, and one of them has an environment variable from its Secret
        that another one has not.
        """,
    why="""
        Keys that sign request state or session tokens must be the same wherever a client may be sent. A region without
        the variable makes keys of its own, and refuses what the others have signed.
        """,
    fails="""
        mcp:region: {name: us-east}
        mcp:secrets: {source: existing, env: {REQUEST_STATE_KEY: state}}
        ---
        mcp:region: {name: eu-west}
        mcp:secrets: {source: existing, env: {API_TOKEN: token}}
        """,
    passes="""
        mcp:region: {name: us-east}
        mcp:secrets: {source: existing, env: {REQUEST_STATE_KEY: state}}
        ---
        mcp:region: {name: eu-west}
        mcp:secrets: {source: existing, env: {REQUEST_STATE_KEY: state}}
        """,
)

OBJECTS = Rule(
    code="MCP817",
    slug="objects-of-two-stacks",
    severity=Severity.ERROR,
    title="two stacks in one namespace call their objects the same",
    meaning="""
        Two stacks with the same `kubernetes:context` are in one namespace, which at most one of them makes
        (`mcp:region.createNamespace`), and a server, a pooler or a Secret has the same name in both, or both put the
        same objects into the namespace.
        """,
    why="""
        A name in a namespace is one object. The second stack fails because it exists, or each takes it over from the
        other with every deployment.
        """,
    fails="""
        kubernetes:context: production
        mcp:region: {name: us-east, namespace: team, createNamespace: false}
        ---
        kubernetes:context: production
        mcp:region: {name: eu-west, namespace: team, createNamespace: false}
        mcp:edge: {host: eu.example.com, implementation: envoy-gateway}
        """,
    passes="""
        kubernetes:context: production
        mcp:region: {name: us-east, namespace: team, createNamespace: false}
        ---
        kubernetes:context: production
        mcp:region: {name: eu-west, namespace: team, createNamespace: false}
        mcp:server: {image: "ghcr.io/acme/mcp-server:1.4.2", name: orders-eu}
        mcp:edge: {host: eu.example.com, implementation: envoy-gateway}
        """,
)

MAYBE_OBJECTS = Rule(
    code="MCP818",
    slug="objects-perhaps-of-two-stacks",
    severity=Severity.WARNING,
    title="two stacks in one namespace, perhaps of one cluster, call their objects the same",
    meaning="""
        As MCP817, but at least one of the stacks does not say which cluster it is for (`kubernetes:context`).
        """,
    why="Whether they meet depends on the current context of the machine that deploys.",
    fails="""
        mcp:region: {name: us-east, namespace: team, createNamespace: false}
        ---
        mcp:region: {name: eu-west, namespace: team, createNamespace: false}
        """,
    passes="""
        kubernetes:context: us-east
        mcp:region: {name: us-east, namespace: team, createNamespace: false}
        ---
        kubernetes:context: eu-west
        mcp:region: {name: eu-west, namespace: team, createNamespace: false}
        """,
)

QUOTA = Rule(
    code="MCP819",
    slug="quota-of-another-stack",
    severity=Severity.WARNING,
    title="a stack runs under the quota of another one",
    meaning="""
        Two stacks are in one namespace, and one of them puts its quota into it, which has room for its own pods.
        """,
    why="""
        A ResourceQuota counts every pod of the namespace. At the maximum of either stack the other one gets no new pod.
        """,
    fails="""
        kubernetes:context: production
        mcp:region: {name: us-east, namespace: team}
        ---
        kubernetes:context: production
        mcp:region: {name: eu-west, namespace: team, createNamespace: false}
        mcp:server: {image: "ghcr.io/acme/mcp-server:1.4.2", name: orders-eu}
        mcp:edge: {host: eu.example.com, implementation: envoy-gateway}
        """,
    passes="""
        kubernetes:context: production
        mcp:region: {name: us-east, namespace: team, namespaceObjects: [policies, limits]}
        ---
        kubernetes:context: production
        mcp:region: {name: eu-west, namespace: team, createNamespace: false}
        mcp:server: {image: "ghcr.io/acme/mcp-server:1.4.2", name: orders-eu}
        mcp:edge: {host: eu.example.com, implementation: envoy-gateway}
        """,
    note="Accept the warning in both stacks where `mcp:region.quota` has room for all of them.",
)

PARTS = Rule(
    code="MCP820",
    slug="database-parts-above-all",
    severity=Severity.ERROR,
    title="the parts of the regions are more than the database",
    meaning="""
        Several stacks name one database, by host and port, and their parts of it (`mcp:database.regionSharePercent`, or
        an equal one by `sharedByRegions`) add up to more than 100 %.
        """,
    why="""
        Each region plans with its part, and all of them with more than there is: at the peak of all of them the
        database refuses connections.
        """,
    fails="""
        mcp:region: {name: us-east}
        mcp:database: {host: db.example.com, maxConnections: 1600, regionSharePercent: 70}
        ---
        mcp:region: {name: eu-west}
        mcp:database: {host: db.example.com, maxConnections: 1600, sharedByRegions: 2}
        """,
    passes="""
        mcp:region: {name: us-east}
        mcp:database: {host: db.example.com, maxConnections: 1600, regionSharePercent: 70}
        ---
        mcp:region: {name: eu-west}
        mcp:database: {host: db.example.com, maxConnections: 1600, regionSharePercent: 30}
        """,
)

BY_PATH = Rule(
    code="MCP824",
    slug="clusters-behind-host-by-path",
    severity=Severity.WARNING,
    title="two clusters behind one host serve different paths",
    meaning="""
        Two stacks with different `kubernetes:context` have servers at one public host, and no name or path in common.
        A server that both have is held against itself instead ([MCP811](MCP811.md)).
        """,
    why="""
        A host leads to one address, or to those of both clusters in turn. Unless what stands there routes by path over
        both of them, as a CDN or a global load balancer can, a part of the calls meets a 404 in the other cluster.
        """,
    fails="""
        kubernetes:context: us-east
        mcp:server: {image: "ghcr.io/acme/orders:1.4.2", name: orders, path: /orders/mcp}
        ---
        kubernetes:context: eu-west
        mcp:server: {image: "ghcr.io/acme/notes:1.4.2", name: notes, path: /notes/mcp}
        """,
    passes="""
        kubernetes:context: us-east
        mcp:server: {image: "ghcr.io/acme/orders:1.4.2", name: orders, path: /orders/mcp}
        ---
        kubernetes:context: eu-west
        mcp:server: {image: "ghcr.io/acme/notes:1.4.2", name: notes, path: /notes/mcp}
        mcp:edge: {host: notes.example.com, implementation: envoy-gateway}
        """,
    note="Accept the warning where what routes by path knows the paths of both.",
)

RULES = (HOST, DATABASE, NAMESPACE, MAYBE_NAMESPACE, ROUTE, KEYS, OBJECTS, MAYBE_OBJECTS, QUOTA, PARTS, BY_PATH)
"""The rules of this subject, in the order of their codes."""


def host_finding(*, host: str, stack: str, other: str, differing: Mapping[str, tuple[str, str]], path: str) -> Finding:
    """MCP811 for a stack that differs from another one behind the same host (what to its two values)."""
    each = listed([f"{what} {mine} and {theirs}" for what, (mine, theirs) in differing.items()])
    return HOST.at(
        path,
        f"'{stack}' and '{other}' answer at {host} with different things: {each}.",
        "Say it once for both, in mcp:defaults, or give one of them another host.",
    )


def by_path_finding(*, host: str, paths: Mapping[str, Sequence[str]], path: str) -> Finding:
    """MCP824 for two stacks of two clusters behind one host (name to the paths that each has there)."""
    each = " and ".join(f"'{stack}' {listed(served)}" for stack, served in paths.items())
    return BY_PATH.at(
        path,
        f"{each} are served at {host} by two clusters, and neither has what the other serves.",
        f"Whatever routes {host} by path must know both: accept this where it does. Otherwise give one of them another "
        "host.",
    )


def database_finding(
    *, needs: Mapping[str, int], total: int, budget: int, description: str, remedies: Sequence[str], path: str
) -> Finding:
    """MCP812 for stacks that together are above the budget of their database."""
    each = listed([f"{name} {number(count)}" for name, count in sorted(needs.items(), key=lambda one: -one[1])], most=8)
    return DATABASE.at(
        path,
        f"{each}: together {number(total)} connections, above the {number(budget)} that they may use ({description}).",
        choice(remedies, "Use poolers, lower maxima or a database that allows more connections."),
    )


def parts_finding(*, parts: Mapping[str, float], path: str) -> Finding:
    """MCP820 for stacks whose parts of one database, in percent, are more than all of it."""
    each = listed([f"{name} {number(part)} %" for name, part in sorted(parts.items(), key=lambda one: -one[1])], most=8)
    return PARTS.at(
        path,
        f"{each} of one database: together {number(sum(parts.values()))} %.",
        "Give every stack its regionSharePercent, together at most 100, or none of them one.",
    )


def namespace_finding(*, namespace: str, stack: str, other: str, context: str | None, path: str) -> Finding:
    """MCP813 where both stacks are for one cluster, MCP814 where that cannot be known."""
    problem = f"'{stack}' and '{other}' both make the namespace '{namespace}'"
    if context is None:
        remedy = "Give each stack its kubernetes:context, or another namespace."
        return MAYBE_NAMESPACE.at(path, f"{problem}, and not both say in which cluster.", remedy)
    return NAMESPACE.at(path, f"{problem} in the cluster '{context}'.", "Give one of them another namespace.")


def objects_finding(
    *, namespace: str, stack: str, other: str, names: Sequence[str], context: str | None, path: str
) -> Finding:
    """MCP817 for objects of one name in a namespace of two stacks, MCP818 where the cluster cannot be known."""
    problem = f"'{stack}' and '{other}' both have {listed(names)} in the namespace '{namespace}'"
    if context is None:
        remedy = "Give each stack its kubernetes:context, or other names."
        return MAYBE_OBJECTS.at(path, f"{problem}, and not both say in which cluster.", remedy)
    return OBJECTS.at(path, f"{problem} of the cluster '{context}'.", "Give one of them other names.")


def quota_finding(*, namespace: str, owner: str, guest: str, path: str) -> Finding:
    """MCP819 for a stack whose pods another one's quota counts."""
    problem = f"The quota that '{owner}' puts into the namespace '{namespace}' counts the pods of '{guest}' too."
    remedy = "Leave 'quota' out of namespaceObjects, or give mcp:region.quota with room for both and accept this."
    return QUOTA.at(path, problem, remedy)


def route_finding(*, address: str, stack: str, other: str, context: str, path: str) -> Finding:
    """MCP815 for a server whose address another stack routes in the same cluster."""
    problem = f"'{stack}' and '{other}' both route {address} in the cluster '{context}'."
    return ROUTE.at(path, problem, "Give one of them another host or path.")


def keys_finding(*, host: str, stack: str, other: str, missing: Sequence[str], path: str) -> Finding:
    """MCP816 for a stack that lacks variables which another one behind the same host reads from its Secret."""
    return KEYS.at(
        path,
        f"'{other}' reads {listed(missing)} from its Secret, and '{stack}', which answers at {host} too, does not.",
        "Give both the same keys from one place, or accept this where the value is the region's own.",
    )
