"""A rule about a drain that a stack declares and nobody has seen."""

from __future__ import annotations

from .model import Finding, Rule, Severity

UNSEEN = Rule(
    code="MCP351",
    slug="drain-not-seen",
    severity=Severity.WARNING,
    title="a graceful timeout of a server that is not known to handle SIGTERM",
    meaning="""
        `gracefulTimeoutSeconds` is given, the runtime is not told of it by its environment, and no file of
        `mcp-stack verify` says that the server handles SIGTERM.
        """,
    why="""
        The timeout lengthens the grace period and changes nothing in the process: as process 1 of a container a server
        without a handler ignores SIGTERM, as Node does, and is killed at the end of the grace period with its calls.
        Measured, both TypeScript SDKs have no handler unless the program adds one.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          runtime: typescript-v2
          gracefulTimeoutSeconds: 90
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          runtime: typescript-v2
          gracefulTimeoutSeconds: 90
          verified: profiles/orders.verified.yaml
        """,
    note="The image must have the same timeout; see [the contract](../contract.md).",
)


def unseen_drain_findings(*, declared: int | None, told: bool, runtime: str, path: str) -> list[Finding]:
    """MCP351 for a declared drain of a server that nobody has looked at.

    :param declared: the graceful timeout that is given, in seconds.
    :param told: whether the runtime reads it from the environment.
    """
    if declared is None or told:
        return []
    return [
        UNSEEN.at(
            path,
            f"The server is to finish its calls for {declared} s after SIGTERM, runtime '{runtime}' is told so by "
            "nothing, and nobody has seen it.",
            "Run 'mcp-stack verify --start' and name its file in mcp:server.verified, or accept this warning.",
        )
    ]


RULES = (UNSEEN,)
