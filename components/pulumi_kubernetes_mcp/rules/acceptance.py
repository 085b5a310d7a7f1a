"""How warnings are accepted, and what is wrong with an acceptance. Pure."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping

from .model import Finding, Rule, Severity, errors, warnings

UNUSED_ACCEPTANCE = Rule(
    code="MCP901",
    slug="unused-acceptance",
    severity=Severity.WARNING,
    title="an accepted warning does not occur",
    meaning="The list `mcp:accept` names a warning that this stack does not raise.",
    why="An acceptance that matches nothing hides the same warning when it comes back for another reason.",
    fails="""
        mcp:accept:
          - code: MCP304
            reason: all clients of this server are Python
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [legacy-stateful]
        mcp:scaling:
          prometheusAddress: http://prometheus-operated.monitoring:9090
        mcp:edge:
          host: mcp.example.com
          implementation: envoy-gateway
          affinity: cookie
        mcp:accept:
          - code: MCP304
            reason: all clients of this server are Python
        """,
)


ACCEPTED_ERROR = Rule(
    code="MCP902",
    slug="accepted-error",
    severity=Severity.ERROR,
    title="an error cannot be accepted",
    meaning="The list `mcp:accept` names an error.",
    why="Errors are states that cannot work; only a change makes them go away.",
    fails="""
        mcp:scaling:
          minReplicas: 1
        mcp:accept:
          - code: MCP206
            reason: one pod has always been enough
        """,
    passes="""
        mcp:scaling:
          minReplicas: 2
        """,
)


def is_accepted(finding: Finding, accepted: Container[str]) -> bool:
    """Whether the rule of a finding is among those that are accepted, by its code or its slug."""
    return finding.code in accepted or finding.slug in accepted


def accept(findings: Iterable[Finding], accepted: Mapping[str, str], path: str) -> list[Finding]:
    """Drop the warnings that are accepted (code or slug to reason); report acceptances that do not fit.

    ``path`` is the place of the list of acceptances. The order of the remaining findings is kept.
    """
    found = list(findings)
    kept = [f for f in found if f.severity is Severity.ERROR or not is_accepted(f, accepted)]
    warned = {name for f in warnings(found) for name in (f.code, f.slug)}
    failed = {name for f in errors(found) for name in (f.code, f.slug)}
    for name in accepted:
        if name in failed:
            kept.append(
                ACCEPTED_ERROR.at(
                    path, f"{name} is accepted, but it is an error.", f"Remove {name} here and mend what {name} names."
                )
            )
        elif name not in warned:
            kept.append(
                UNUSED_ACCEPTANCE.at(
                    path, f"{name} is accepted, but this stack does not raise it.", f"Remove {name} from the list."
                )
            )
    return kept


RULES = (
    UNUSED_ACCEPTANCE,
    ACCEPTED_ERROR,
)
