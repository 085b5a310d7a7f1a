"""Rules about a measured profile: whether it is of the server that is planned."""

from __future__ import annotations

from collections.abc import Sequence

from .model import Finding, Rule, Severity
from .words import listed

OTHER_RUNTIME = Rule(
    code="MCP523",
    slug="profile-of-another-runtime",
    severity=Severity.WARNING,
    title="a profile of another runtime",
    meaning="The profile in `mcp:server.profile` was measured of another runtime than `mcp:server.runtime`.",
    why="""
        What a call and a session cost differs between runtimes, the CPU by a factor of two and more. Numbers of another
        server are guesses with decimals.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          runtime: fastmcp
          profile: profiles/orders.yaml
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          runtime: python-v2
          profile: profiles/orders.yaml
        """,
    note="`profiles/orders.yaml` was measured of the runtime `python-v2`.",
)


NOT_MEASURED = Rule(
    code="MCP524",
    slug="incomplete-profile",
    severity=Severity.WARNING,
    title="a profile that lacks what is planned",
    meaning="""
        The profile has no number for the process, for an era that the server serves, or for the CPU of a call in it.
        """,
    why="""
        Where the profile has no number the constants of the runtime stand in, and the plan is only as sure as they are.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          runtime: python-v2
          eras: [modern, legacy-stateless]
          profile: profiles/orders.yaml
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          runtime: python-v2
          profile: profiles/orders.yaml
        """,
    note="`profiles/orders.yaml` has the era `modern` only.",
)


def runtime_findings(*, measured: str, runtime: str, path: str) -> list[Finding]:
    """MCP523 if the profile was measured of another runtime than that of the stack."""
    if measured == runtime:
        return []
    return [
        OTHER_RUNTIME.at(
            path,
            f"It was measured of the runtime '{measured}', and mcp:server.runtime is '{runtime}'.",
            f"Set mcp:server.runtime to '{measured}' if that is what runs, or measure this server again.",
        )
    ]


def lack_findings(missing: Sequence[str], *, path: str) -> list[Finding]:
    """MCP524 if something that the plan needs was not measured: ``missing`` in words."""
    if not missing:
        return []
    return [
        NOT_MEASURED.at(
            path,
            f"It lacks {listed(missing)}.",
            "Measure again with the server's process or its metrics in reach and every era switched on, or accept "
            "that constants stand in.",
        )
    ]


RULES = (
    OTHER_RUNTIME,
    NOT_MEASURED,
)
