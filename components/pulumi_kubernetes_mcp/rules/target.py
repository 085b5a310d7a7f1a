"""The rule about which cluster a stack changes."""

from __future__ import annotations

from .model import Finding, Rule, Severity

NOT_NAMED = Rule(
    code="MCP157",
    slug="cluster-not-named",
    severity=Severity.WARNING,
    title="a production stack that does not say which cluster it changes",
    meaning="""
        The stack is for production, and neither `kubernetes:context` nor another key of the provider
        (`kubernetes:kubeconfig`, `kubernetes:cluster`) says which cluster it is for.
        """,
    why="""
        Pulumi then takes the current context of kubectl: whatever cluster somebody has looked at last on that machine.
        One `pulumi up` in the wrong terminal puts production into another region, or a trial into production.
        """,
    fails="""
        mcp:region: {name: us-east, environment: production}
        """,
    passes="""
        kubernetes:context: mcp-us-east
        mcp:region: {name: us-east, environment: production}
        """,
    note="""
        A program that hands a provider of its own to its components decides it there: accept the warning with that
        reason. `mcp-stack preview` names the target of every stack, and `mcp-stack doctor` reads that cluster.
        """,
)


def target_findings(*, production: bool, said: bool, path: str) -> list[Finding]:
    """MCP157.

    :param said: whether the stack says which cluster it is for.
    """
    if said or not production:
        return []
    return [
        NOT_NAMED.at(
            path,
            "This production stack goes to whatever the current context of kubectl is.",
            "Name the context of its cluster: kubernetes:context: <name> below 'config:'.",
        )
    ]


RULES = (NOT_NAMED,)
