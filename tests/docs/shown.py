"""What the pages show of the real thing: a run of ``mcp-stack``, a stack file."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from typer.testing import CliRunner

from pulumi_kubernetes_mcp.cli import app

STACK = "production-us-east"
FIGURES = (
    "planned sessions",
    "connection pool",
    "memory limit",
    "connections at the maximum",
    "database connections of the pooler",
)
"""Figures of the plan that the README shows."""


@cache
def preview(root: Path) -> tuple[str, ...]:
    """The lines that ``mcp-stack preview`` prints for the first stack, as in a pipe."""
    result = CliRunner(env={"COLUMNS": "160"}).invoke(app, ["preview", "--stack", STACK, "--project-dir", str(root)])
    if result.exit_code != 0:
        raise RuntimeError(f"mcp-stack preview --stack {STACK} failed:\n{result.output}")
    return tuple(result.output.splitlines())


def preview_excerpt(root: Path) -> str:
    """The plan in short, some figures with their working, what binds, and the findings."""
    lines = [line.rstrip() for line in preview(root)]
    first = next(i for i, line in enumerate(lines) if line.startswith("Plan "))
    header = next(i for i, line in enumerate(lines) if line.startswith("Figure "))
    figures = [line for line in lines[header:] if line.startswith(tuple(f"{name}  " for name in FIGURES))]
    binding = [line for line in lines if line.startswith(("Sessions per pod are", "The maximum is"))]
    findings = next(line for line in lines if line.startswith("Findings "))
    return _fenced([*lines[first:header], lines[header], *figures, "…", *binding, findings])


def preview_tree(root: Path) -> str:
    """The tree of resources."""
    lines = preview(root)
    first = next(i for i, line in enumerate(lines) if line.startswith("└── McpRegion"))
    last = next(i for i, line in enumerate(lines) if i > first and not line.startswith(" "))
    return _fenced([line.rstrip() for line in lines[first - 1 : last]])


def minimal_stack(root: Path) -> str:
    """The least stack file that the scanners are run on."""
    text = root.joinpath("tests", "scanners", "minimal.yaml").read_text(encoding="utf-8")
    return f"```yaml\n{text.strip()}\n```"


def _fenced(lines: list[str]) -> str:
    return "\n".join(["```text", *lines, "```"])
