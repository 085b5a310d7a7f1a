"""The output that docs/simulation.md shows: ``make docs`` writes what is stale."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from typer.testing import CliRunner

from pulumi_kubernetes_mcp.cli import app

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "simulation.md"
SHOWN: Mapping[str, tuple[str, ...]] = {"all": (), "one": ("spike-10", "--peak", "200")}
"""Name of a region of the page to the words behind ``mcp-stack simulate --stack staging``."""
_REGION = re.compile(r"(<!-- simulation: (\w+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)


@cache
def output(name: str) -> str:
    """What is printed, as in a pipe of 120 columns."""
    words = ["simulate", "--stack", "staging", *SHOWN[name], "--project-dir", str(ROOT / "examples" / "regions")]
    result = CliRunner(env={"COLUMNS": "120"}).invoke(app, words)
    if result.exit_code != 0:
        raise RuntimeError(f"mcp-stack simulate failed:\n{result.output}")
    command = " ".join(["mcp-stack", *words[:-2]])
    return f"```text\n$ {command}\n{result.stdout.rstrip()}\n```\n"


def page() -> str:
    """The whole page with its output renewed."""
    return _REGION.sub(lambda found: found[1] + output(found[2]) + found[4], PAGE.read_text(encoding="utf-8"))
