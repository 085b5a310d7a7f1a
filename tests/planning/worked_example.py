"""The worked example of docs/capacity-planning.md: run as a module to write it."""

from __future__ import annotations

from pathlib import Path

from pulumi_kubernetes_mcp.planning import Bounds, Database, Plan, Workload, plan, runtime
from pulumi_kubernetes_mcp.planning.working import show

PAGE = Path(__file__).parents[2] / "docs" / "capacity-planning.md"
BEGIN = "<!-- worked example: begin -->\n"
END = "<!-- worked example: end -->\n"


def example() -> Plan:
    """The plan that the page works through."""
    return plan(
        Workload(daily_users=500, response_kib=12.8),
        Database(query_milliseconds=500),
        Bounds(max_replicas=20),
        runtime("node"),
    )


def text() -> str:
    """The part of the page that is made from the plan."""
    result = example()
    rows = [f"| {figure.name} | {show(figure.value)} {figure.unit} | {figure.working} |" for figure in result.figures()]
    table = "\n".join(["| figure | value | working |", "|---|---|---|", *rows])
    offers = "\n".join(f"{rank}. {offer}" for rank, offer in enumerate(result.remedies, 1))
    verdict = "The budget closes." if result.budget_closes else "The budget does not close. What would close it:"
    return f"\n{table}\n\n{verdict}\n\n{offers}\n\n"


def page() -> str:
    """The whole page with its example renewed."""
    before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
    return before + BEGIN + text() + END + rest.split(END)[1]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
