"""Rules about what is given and read by nothing, beside those of the autoscaler, the certificate, the load, the Secret.

Where a key has no effect is said by whoever reads it: each slice has the conditions of its arguments beside its spec,
``rules/applied/unread.py`` those of a stack. Here is what is said about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .doors import marked
from .model import Finding, Rule, Severity
from .words import quoted

SERVER = Rule(
    code="MCP160",
    slug="unread-server-key",
    severity=Severity.WARNING,
    title="a key of the server or its region that nothing reads",
    meaning="""
        A key of `mcp:server`, `mcp:region` or `mcp:awaits` is given, and another one leaves it without effect: the
        scheme and the Host header of probes where no probe asks by GET, a probe's route beside its command, a label of
        the pods that a mesh or a workload identity replaces, a wait for objects that are not made. What `mcp:defaults`
        or a group for several servers gives counts where one of them reads it; so it is with all rules of this kind.
        """,
    why="""
        What is written down reads like a promise. Whoever changes it sees no difference and looks for the fault
        elsewhere.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          probes: {host: mcp.example.com}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          healthPath: /healthz
          probes: {host: mcp.example.com}
        """,
)


EDGE = Rule(
    code="MCP324",
    slug="unread-edge-key",
    severity=Severity.WARNING,
    title="a key of the edge that nothing reads",
    meaning="""
        A key of `mcp:edge` is given, and `kind` or `implementation` leaves it without effect: the Gateway of an
        Ingress, the class of an HTTPRoute, a timeout that nothing emitted says, the name in the pods' certificate where
        the implementation can be told none, anything of a route with kind `none`. Or `mcp:server.ssePaths` is given,
        and HTTP+SSE is not served.
        """,
    why="""
        A host or a timeout that is written down reads like a promise, and no client ever meets it.
        """,
    fails="""
        mcp:edge:
          host: mcp.example.com
          implementation: envoy-gateway
          ingressClass: public
        """,
    passes="""
        mcp:edge:
          host: mcp.example.com
          kind: ingress
          clientNamespace: ingress-public
          ingressClass: public
        """,
)


DATA = Rule(
    code="MCP416",
    slug="unread-database-key",
    severity=Severity.WARNING,
    title="a key of the database or the store that nothing reads",
    meaning="""
        A key of `mcp:database` or `mcp:stateStore` is given, and another one leaves it without effect: what belongs to
        a pooler without one, a setting for which the preset names no variable, addresses of a file, user and password
        beside a URL, parameters of another kind than PostgreSQL.
        """,
    why="""
        A pool or a limit that never reaches the server is found when the database runs out of connections.
        """,
    fails="""
        mcp:database:
          host: db.example.com
          maxConnections: 420
          poolerInstances: 3
        """,
    passes="""
        mcp:database:
          host: db.example.com
          maxConnections: 420
          pooler: pgbouncer
          poolerInstances: 3
        mcp:secrets:
          source: existing
          name: orders-database
        """,
)


OVERRIDDEN = Rule(
    code="MCP809",
    slug="overridden-by-every-server",
    severity=Severity.WARNING,
    title="a key of the stack that every server replaces",
    meaning="""
        The stack gives a key for all of its servers, and each of them has another value of its own under
        `mcp:servers`.
        """,
    why="""
        Whoever changes it there expects all servers to follow, and none does.
        """,
    fails="""
        mcp:workload: {dailyUsers: 500}
        mcp:servers:
          orders:
            server: {path: /orders/mcp}
            workload: {dailyUsers: 200}
          billing:
            server: {path: /billing/mcp}
            workload: {dailyUsers: 100}
        """,
    passes="""
        mcp:workload: {dailyUsers: 200}
        mcp:servers:
          orders:
            server: {path: /orders/mcp}
          billing:
            server: {path: /billing/mcp}
            workload: {dailyUsers: 100}
        """,
)


@dataclass(frozen=True, kw_only=True)
class Unread:
    """Keys that have no effect as the others are."""

    keys: tuple[str, ...]
    """Their names, or paths from the same place."""
    why: str
    """Why nothing reads them, as the end of a sentence."""
    instead: str = ""
    """What would make them count, as an order; empty where nothing would."""
    besides: str = ""
    """What to do in any case, as a sentence of its own."""


def unread_findings(rule: Rule, rows: Iterable[Unread], given: Mapping[str, Any], *, path: str = "") -> list[Finding]:
    """A finding of ``rule`` for each key that is given and not read, once.

    :param given: what is given, by the names that the rows have.
    :param path: what stands before each name.
    """
    found: dict[str, Finding] = {}
    for row in rows:
        for key in row.keys:
            if key not in given or key in found:
                continue
            name, _, member = key.partition('["')
            whole = f'{marked(name)}["{member}' if member else marked(key)
            problem = f"{whole} is {shown(given[key])}, and nothing reads it: {row.why}."
            remedy = f"Remove it, or {row.instead}." if row.instead else "Remove it."
            found[key] = rule.at(f"{path}{key}", problem, f"{remedy} {row.besides}".strip())
    return list(found.values())


def overridden_finding(*, key: str, value: Any, servers: int, path: str) -> Finding:
    """MCP809: a value of the stack that each of its servers replaces."""
    return OVERRIDDEN.at(
        path,
        f"{key} is {shown(value)}, and nothing reads it: all {servers} servers have another one of their own.",
        "Remove it, or remove the own one of a server that should have this.",
    )


def shown(value: Any) -> str:
    """A value in the words of a message; what is no plain value is only said to be there."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return f"{value:g}" if isinstance(value, float) else str(value)
    return quoted(value) if isinstance(value, str) else "given"


RULES = (
    SERVER,
    EDGE,
    DATA,
    OVERRIDDEN,
)
