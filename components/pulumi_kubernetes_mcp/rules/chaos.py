"""Rules about experiments in the cluster: whom they may be aimed at, what they stop, and who would notice."""

from __future__ import annotations

from .model import Finding, Rule, Severity
from .named_production import named_findings

_IMAGE = "image: registry.example.com/acme/mcp-chaos:1.0.0"
STOPS = ("stop-database", "stop-state-store")
"""Experiments that scale a workload to 0 and back."""

PRODUCTION = Rule(
    code="MCP670",
    slug="chaos-in-production",
    severity=Severity.ERROR,
    title="an experiment is aimed at production without saying so by name",
    meaning="`mcp:chaos` is given, the stack is in production, and `mcp:chaos.production` does not name its region.",
    why="""
        The experiment takes calls and sessions from the users. Settings are copied from stack to stack; a name that has
        to fit the stack is not copied by mistake.
        """,
    fails=f"""
        mcp:region: {{name: us-east}}
        mcp:chaos: {{experiment: kill-pod, {_IMAGE}}}
        """,
    passes=f"""
        mcp:region: {{name: us-east}}
        mcp:chaos: {{experiment: kill-pod, production: us-east, {_IMAGE}}}
        """,
)

WORKLOAD = Rule(
    code="MCP671",
    slug="chaos-of-no-workload",
    severity=Severity.ERROR,
    title="an experiment that does not fit what it is done to",
    meaning="""
        `stop-database` and `stop-state-store` scale `mcp:chaos.workload` to 0 and back, and it is not given; or it is
        given, and another experiment does not read it.
        """,
    why="Nothing would be stopped. What is outside the cluster is stopped from the command line, by its own commands.",
    fails=f"""
        mcp:region: {{name: here, environment: staging}}
        mcp:chaos: {{experiment: stop-database, tool: search, {_IMAGE}}}
        """,
    passes=f"""
        mcp:region: {{name: here, environment: staging}}
        mcp:chaos: {{experiment: stop-database, workload: statefulset/postgres, tool: search, {_IMAGE}}}
        """,
)

NO_TOOL = Rule(
    code="MCP672",
    slug="chaos-nobody-notices",
    severity=Severity.WARNING,
    title="what tools use is stopped, and no tool is called",
    meaning="""
        The experiment stops the database or the state store, and `mcp:chaos.tool` is not given: clients list the tools.
        """,
    why="A list of tools asks no database. The experiment passes whatever the tools do.",
    fails=f"""
        mcp:region: {{name: here, environment: staging}}
        mcp:chaos: {{experiment: stop-database, workload: statefulset/postgres, {_IMAGE}}}
        """,
    passes=f"""
        mcp:region: {{name: here, environment: staging}}
        mcp:chaos: {{experiment: stop-database, workload: statefulset/postgres, tool: search, {_IMAGE}}}
        """,
)


def production_findings(*, production: bool, named: str | None, expected: str, path: str) -> list[Finding]:
    """MCP670 in production, unless the region is named; and wherever another one is."""
    return named_findings(
        PRODUCTION,
        production=production,
        named=named,
        expected=expected,
        done="The experiment would be done to",
        remedy="try a copy of the stack",
        path=path,
    )


def workload_findings(*, experiment: str, workload: str | None, path: str) -> list[Finding]:
    """MCP671 for a workload that is missing, or that nothing reads."""
    if (experiment in STOPS) == (workload is not None):
        return []
    if workload is None:
        problem, remedy = f"'{experiment}' stops nothing.", "Give 'statefulset/NAME' or 'deployment/NAME'."
    else:
        problem, remedy = f"'{experiment}' does not stop it.", f"Take it out, or set ⟦experiment⟧ to '{STOPS[0]}'."
    return [WORKLOAD.at(path, problem, remedy)]


def tool_findings(*, experiment: str, tool: str | None, path: str) -> list[Finding]:
    """MCP672 for calls that do not need what is stopped."""
    if experiment not in STOPS or tool is not None:
        return []
    return [
        NO_TOOL.at(
            path,
            f"'{experiment}' is noticed by no call.",
            "Give a tool that uses it and does no harm, with ⟦tool_arguments⟧.",
        )
    ]


RULES = (PRODUCTION, WORKLOAD, NO_TOOL)
