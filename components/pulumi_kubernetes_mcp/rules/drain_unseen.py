"""A rule about a drain that a stack declares and nobody has seen."""

from __future__ import annotations

from collections.abc import Sequence

from .model import Finding, Rule, Severity
from .words import quoted

UNSEEN = Rule(
    code="MCP351",
    slug="drain-not-seen",
    severity=Severity.WARNING,
    title="a graceful timeout of a server that is not known to handle SIGTERM",
    meaning="""
        `gracefulTimeoutSeconds` is given, the runtime is not told of it by its environment, or the `command` of the
        stack starts a Python server in another way than by uvicorn's command line, which alone reads that; and no file
        of `mcp-stack verify` says that the server handles SIGTERM. Or a patch gives the server's container another
        `stopSignal`, so that SIGTERM is not what it gets.
        """,
    why="""
        The timeout lengthens the grace period and changes nothing in the process: as process 1 of a container a server
        without a handler ignores SIGTERM, as Node does, and is killed at the end of the grace period with its calls.
        Measured, both TypeScript SDKs have no handler unless the program adds one, and FastMCP's `run()` cuts calls
        after 2 s whatever the environment says. SIGUSR1, which some guides send, is ignored by Python as process 1, and
        opens the debugger of Node.
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


COMMAND_LINE = "uvicorn"
"""The program whose command line reads its settings from the environment; one that a server calls itself does not."""


def unseen_drain_findings(
    *, declared: int | None, told: bool, runtime: str, path: str, words: Sequence[str] = ()
) -> list[Finding]:
    """MCP351 for a declared drain of a server that nobody has looked at.

    :param declared: the graceful timeout that is given, in seconds.
    :param told: whether the runtime reads it from the environment.
    :param words: how the stack starts the server; empty where the image says it.
    """
    elsewhere = bool(words) and not any(COMMAND_LINE in word for word in words)
    if declared is None or (told and not elsewhere):
        return []
    why = f"runtime '{runtime}' is told so by nothing"
    if told:
        # The words behind the program may hold a secret.
        program = (words[0].split() or [""])[0].rpartition("/")[2]
        why = f"{quoted(program)} does not start {COMMAND_LINE}'s command line, which alone reads that"
    return [
        UNSEEN.at(
            path,
            f"The server is to finish its calls for {declared} s after SIGTERM, {why}, and nobody has seen it.",
            "Run 'mcp-stack verify --start' and name its file in mcp:server.verified, or accept this warning.",
        )
    ]


def signal_findings(signal: str, *, path: str) -> list[Finding]:
    """MCP351 for a signal that ends the server in place of SIGTERM, by a patch."""
    if signal == "SIGTERM":
        return []
    return [
        UNSEEN.at(
            path,
            f"The kubelet tells the server to end by {signal}, and the graceful timeout counts from a SIGTERM.",
            "Leave stopSignal out; or accept this warning where the server was seen to finish its calls after it.",
        )
    ]


RULES = (UNSEEN,)
