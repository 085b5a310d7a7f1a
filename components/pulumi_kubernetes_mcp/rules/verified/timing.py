"""How long a verified server takes to start, to answer what is open, and to end."""

from __future__ import annotations

from ..model import Finding, Rule, Severity
from .note import NOTE

CALLS_CUT = Rule(
    code="MCP610",
    slug="verified-drain-too-short",
    severity=Severity.WARNING,
    title="the server cuts calls that the stack lets finish",
    meaning="""
        In the file of `mcp:server.verified` a modern call that was in flight when SIGTERM came was cut earlier than
        the slowest tool takes (`maxToolSeconds`), and the pre-stop sleep does not wait for the last call either: for as
        long as proxies may still send, and the slowest tool after that.
        """,
    why="""
        A graceful timeout in the manifest is a wish: FastMCP's `run()` cuts after 2 s whatever the environment says,
        and a Node server without a handler at once. Each rollout then fails the calls of the pods that it replaces.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          healthPath: /healthz
          verified: profiles/cut.verified.yaml
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          healthPath: /healthz
          preStopSeconds: 75
          verified: profiles/cut.verified.yaml
        """,
    note=f"The server of `profiles/cut.verified.yaml` cut a call 2.1 s after SIGTERM. {NOTE}",
)


NEVER_ENDS = Rule(
    code="MCP611",
    slug="verified-sigterm-ignored",
    severity=Severity.WARNING,
    title="the server does not end when it is told to",
    meaning="""
        In the file of `mcp:server.verified` the process had no handler for SIGTERM, or was still running after its
        graceful timeout and a margin of 5 s, with a stream open.
        """,
    why="""
        The kubelet kills it at the end of the grace period: every rollout waits that long for each pod, and what is
        open then is cut. As process 1 of a container a program without a handler ignores the signal.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          verified: profiles/hanging.verified.yaml
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          verified: profiles/orders.verified.yaml
        """,
    note=NOTE,
)


SLOW_START = Rule(
    code="MCP615",
    slug="verified-start-too-slow",
    severity=Severity.WARNING,
    title="the server starts slower than the start-up probe waits",
    meaning="When the server was verified its first answer came later than `startupSeconds` after its start.",
    why="The start-up probe ends a container that has not answered by then, which starts again, and is ended again.",
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          startupSeconds: 3
          verified: profiles/orders.verified.yaml
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          startupSeconds: 60
          verified: profiles/orders.verified.yaml
        """,
    note=f"The server of `profiles/orders.verified.yaml` answered after 4.2 s. {NOTE}",
)


def drain_findings(
    *, granted: float, finished: bool, pre_stop: int, propagation: int, graceful: int, tool: int, path: str
) -> list[Finding]:
    """MCP610 if a call was cut earlier than the slowest tool takes, and no pre-stop sleep waits for it.

    :param granted: seconds that a call in flight was let live after SIGTERM.
    :param pre_stop: the sleep before SIGTERM; new calls come for ``propagation`` seconds of it.
    :param tool: duration of the slowest tool, in seconds.
    """
    waits = propagation + tool
    if finished or granted >= tool or pre_stop >= waits:
        return []
    return [
        CALLS_CUT.at(
            path,
            f"The server cut a call {granted:.1f} s after SIGTERM, and the slowest tool takes {tool} s. The graceful "
            f"timeout of {graceful} s in the manifest changes nothing in it.",
            f"Let the server finish its calls, and verify it again; or raise preStopSeconds to {waits}, so that "
            "the last of them is over before the signal.",
        )
    ]


def end_findings(*, handled: bool, exit_seconds: float | None, grace: int, path: str) -> list[Finding]:
    """MCP611 if the process does not end at SIGTERM."""
    if handled and exit_seconds is not None:
        return []
    why = "It was still running after its graceful timeout" if handled else "It has no handler for SIGTERM"
    return [
        NEVER_ENDS.at(
            path,
            f"{why}: each pod is killed at the end of its grace period, after {grace} s.",
            "Handle SIGTERM in the program, and end open streams in the drain; then verify again.",
        )
    ]


def start_findings(*, seconds: float | None, allowed: int, path: str) -> list[Finding]:
    """MCP615 if the first answer came later than the start-up probe waits. Both in seconds."""
    if seconds is None or seconds <= allowed:
        return []
    return [
        SLOW_START.at(
            path,
            f"The server answered {seconds:.1f} s after its start, and the start-up probe waits {allowed} s.",
            f"Raise it to {int(2 * seconds) + 1}, twice what was seen: a node is slower, and its CPU limited.",
        )
    ]


RULES = (
    CALLS_CUT,
    NEVER_ENDS,
    SLOW_START,
)
