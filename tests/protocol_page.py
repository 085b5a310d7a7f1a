"""docs/protocol-eras.md with its tables renewed: `python -m tests.protocol_page` writes it."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "protocol-eras.md"
BEGIN = "<!-- derived: begin -->\n"
END = "<!-- derived: end -->\n"


def page() -> str:
    """The whole page, its tables made from the code."""
    from pulumi_kubernetes_mcp.report.eras import generated

    before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
    return f"{before}{BEGIN}\n{generated()}\n{END}{rest.split(END)[1]}"


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "components"))
    PAGE.write_text(page(), encoding="utf-8")
