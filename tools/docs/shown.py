"""What the pages show of the real thing: a run of ``mcp-stack``, a stack file."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from typer.testing import CliRunner

from pulumi_kubernetes_mcp.cli import app

STACK = "production-us-east"
EXAMPLE = "examples/regions"
"""The stacks that the pages show, whatever ``stacks/`` holds."""
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
    """The lines that ``mcp-stack preview`` prints for the first stack, in the width of the pages."""
    result = CliRunner(env={"COLUMNS": "118"}).invoke(
        app, ["preview", "--stack", STACK, "--project-dir", str(root / EXAMPLE)]
    )
    if result.exit_code != 0:
        raise RuntimeError(f"mcp-stack preview --stack {STACK} failed:\n{result.output}")
    return tuple(result.output.splitlines())


def preview_excerpt(root: Path) -> str:
    """The plan in short, some figures with their working, the autoscaler, how it bears a spike, and the findings."""
    lines = [line.rstrip() for line in preview(root)]
    first, last = lines.index("Plan"), lines.index("Main figures")
    figures = [line for line in lines[last:] if line.startswith(tuple(f"  {name}  " for name in FIGURES))]
    said = [line for line in lines if line.startswith(("Scaling ", "Rehearsal ", "Findings "))]
    return _fenced([*lines[first : last + 1], *figures, "…", *said])


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
