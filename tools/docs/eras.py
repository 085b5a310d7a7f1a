"""docs/protocol-eras.md with its tables renewed: `make docs` writes it."""

from __future__ import annotations

from pathlib import Path

from pulumi_kubernetes_mcp.report.eras import generated

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "protocol-eras.md"
BEGIN = "<!-- derived: begin -->\n"
END = "<!-- derived: end -->\n"


def page() -> str:
    """The whole page, its tables made from the code."""
    before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
    return f"{before}{BEGIN}\n{generated()}\n{END}{rest.split(END)[1]}"
