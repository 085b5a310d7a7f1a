"""Rules about what a server is told of its database: a URL needs a key that holds it, and leads past a pooler; an
address has to be among the ranges that are opened."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from ipaddress import ip_address, ip_network

from ..environment import GIVEN_TWICE
from ..model import Finding, Rule, Severity

NO_URL = Rule(
    code="MCP414",
    slug="url-without-key",
    severity=Severity.ERROR,
    title="a server that reads a URL gets none",
    meaning="""
        The preset of the variables is `url` or `prisma`, whose servers read nothing but a URL, and no `urlKey` names
        the key of the Secret that holds it; or `urlKey` is given, and `mcp:secrets.source` names no Secret.
        """,
    why="""
        A URL holds the password, so it comes from a Secret as a whole. Put together from its parts it would break with
        the first password that has a `/` or an `@`. Without the key the server starts without a database.
        """,
    fails="""
        mcp:database:
          host: db.example.com
          maxConnections: 420
          preset: prisma
        mcp:secrets: {source: existing, name: orders-database}
        """,
    passes="""
        mcp:database:
          host: db.example.com
          maxConnections: 420
          preset: prisma
          urlKey: url
        mcp:secrets: {source: existing, name: orders-database}
        """,
)


URL_BESIDE_POOLER = Rule(
    code="MCP415",
    slug="url-beside-pooler",
    severity=Severity.WARNING,
    title="a URL that may lead past the pooler",
    meaning="""
        Beside a pooler the server gets a URL that it does not make of the pooler's address: by `mcp:database.urlKey`,
        or by a variable that servers read one from (`DATABASE_URL` and its like) under `mcp:secrets.env` or
        `mcp:server.envValueFrom`, whose text is not known here; or by one under `mcp:server.env` that names the
        database.
        """,
    why="""
        A URL that names the database itself is closed: the network policy lets the pods connect to the pooler only.
        """,
    fails="""
        mcp:database:
          host: db.example.com
          maxConnections: 420
          pooler: pgbouncer
          urlKey: url
        mcp:secrets: {source: existing, name: orders-database}
        """,
    passes="""
        mcp:database:
          host: db.example.com
          maxConnections: 420
          pooler: pgbouncer
        mcp:secrets: {source: existing, name: orders-database}
        """,
    note="Accept it once the URL names the pooler, on port 6432 and without TLS.",
)


OUT_OF_REACH = Rule(
    code="MCP418",
    slug="database-out-of-reach",
    severity=Severity.WARNING,
    title="a database at an address that is closed",
    meaning="""
        `mcp:database.host` is an address, and neither `mcp:database.cidrs` nor an opening of `mcp:server.egress` at
        its port has it. Left out, `cidrs` are the private ranges, and the address is a public one. So are those of
        databases by name alone (Neon, Supabase, Atlas and their like): nobody said where theirs are.
        """,
    why="""
        The network policy lets the pods, or the pooler, connect to these ranges alone: each connection hangs until it
        times out, and the server looks broken.
        """,
    fails="""
        mcp:database:
          host: 34.89.12.7
          maxConnections: 420
        mcp:secrets: {source: existing, name: orders-database}
        """,
    passes="""
        mcp:database:
          host: 34.89.12.7
          maxConnections: 420
          cidrs: [34.89.12.7/32]
        mcp:secrets: {source: existing, name: orders-database}
        """,
)


PUBLIC = (
    ".neon.tech",
    ".supabase.co",
    ".supabase.com",
    ".mongodb.net",
    ".cockroachlabs.cloud",
    ".psdb.cloud",
    ".upstash.io",
    ".aivencloud.com",
    ".db.ondigitalocean.com",
    ".render.com",
    ".timescale.com",
)
"""Ends of names of managed databases that answer at public addresses, unless a private endpoint is made for one."""


def reach_findings(*, host: str, opened: Collection[str], pooled: bool, path: str, said: bool = True) -> list[Finding]:
    """MCP418 for an address that none of the ``opened`` ranges has; of a name nothing is known, but of those that are
    public.

    :param said: whether the stack says itself what is opened.
    """
    if not said and host.lower().rstrip(".").endswith(PUBLIC):
        return [
            OUT_OF_REACH.at(
                f"{path}.host",
                f"'{host}' answers at public addresses, and only private ranges are opened.",
                "Give cidrs: those of its pages, a private endpoint's, or '0.0.0.0/0' where it has none that stay.",
            )
        ]
    try:
        address = ip_address(host)
    except ValueError:
        return []
    if any(address in ip_network(one, strict=False) for one in opened):
        return []
    who = "The pooler" if pooled else "The server"
    return [
        OUT_OF_REACH.at(
            f"{path}.host",
            f"{who} may connect to {', '.join(opened) or 'no range'}, and '{host}' is none of them.",
            f"Give cidrs with its range, such as ['{host}/{128 if ':' in host else 32}'].",
        )
    ]


def name_findings(names: Mapping[str, str], *, given: Collection[str], path: str) -> list[Finding]:
    """MCP116 for two things that are told by one variable, of which the server would see one.

    :param names: what is told to the name of its variable, by the keys of ``variables``.
    :param given: those that the stack names itself.
    """
    first: dict[str, str] = {}
    found = []
    for what, variable in sorted(names.items(), key=lambda one: one[0] in given):
        other = first.setdefault(variable, what)
        if other != what:
            found.append(
                GIVEN_TWICE.at(
                    f"{path}.variables.{what}", f"The variable {variable} is that of {other} too.", "Give another name."
                )
            )
    return found


def url_findings(
    *,
    preset: str,
    url_alone: bool,
    url_key: bool,
    secret: bool,
    pooler: str | None,
    path: str,
    others: Mapping[str, str] | None = None,
) -> list[Finding]:
    """MCP414 where a URL is wanted that cannot be had, MCP415 where it may lead past the pooler.

    :param url_alone: whether servers of the preset read nothing but a URL; ``secret`` whether a Secret is named.
    :param pooler: name of the pooler, if there is one.
    :param others: variables with a URL of the database that the stack gives itself: place to name.
    """
    if url_alone and not url_key:
        return [
            NO_URL.at(
                f"{path}.preset",
                f"Servers of the preset '{preset}' read one URL, and no urlKey names the key that holds it.",
                "Give urlKey, the key of the Secret with the whole URL.",
            )
        ]
    if url_key and not secret:
        return [
            NO_URL.at(
                f"{path}.urlKey",
                "The URL is a key of the Secret, and mcp:secrets.source is 'none'.",
                "Name the Secret: source 'existing', 'external' or 'config'.",
            )
        ]
    if url_key and pooler is not None:
        return [
            URL_BESIDE_POOLER.at(
                f"{path}.urlKey",
                f"The pods may connect to the pooler {pooler} only, and the URL in the Secret may name the database.",
                f"Let the URL name '{pooler}:6432' with sslmode=disable, and accept this; or leave urlKey out.",
            )
        ]
    if pooler is None:
        return []
    return [
        URL_BESIDE_POOLER.at(
            place,
            f"The pods may connect to the pooler {pooler} only, and the URL in {variable} may name the database.",
            f"Let the URL name '{pooler}:6432' with sslmode=disable, and accept this; or leave {variable} out.",
        )
        for place, variable in (others or {}).items()
    ]


RULES = (NO_URL, URL_BESIDE_POOLER, OUT_OF_REACH)
