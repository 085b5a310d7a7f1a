"""Rules about what a server is told of its database: a URL needs a key that holds it, and leads past a pooler."""

from __future__ import annotations

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
    meaning="`mcp:database.urlKey` is given beside a pooler. What the URL in the Secret says is not known here.",
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


def url_findings(
    *, preset: str, url_alone: bool, url_key: bool, secret: bool, pooler: str | None, path: str
) -> list[Finding]:
    """MCP414 where a URL is wanted that cannot be had, MCP415 where it may lead past the pooler.

    :param url_alone: whether servers of the preset read nothing but a URL; ``secret`` whether a Secret is named.
    :param pooler: name of the pooler, if there is one.
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
    return []


RULES = (NO_URL, URL_BESIDE_POOLER)
