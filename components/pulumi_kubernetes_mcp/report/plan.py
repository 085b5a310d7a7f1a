"""The capacity plan as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from .console import clean

if TYPE_CHECKING:
    from ..planning import Figure, Plan


def plan_table(plan: Plan, *, sources: bool = False) -> Table:
    """Every figure of the plan with its working.

    :param sources: whether a further column says where each rule comes from.
    """
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("Figure")
    table.add_column("Value", justify="right", no_wrap=True)
    table.add_column("Working")
    if sources:
        table.add_column("Source")
    for figure in plan.figures():
        row = [Text(clean(figure.name)), Text(value_text(figure), style="bold"), Text(clean(figure.working))]
        table.add_row(*row, *([Text(clean(figure.source))] if sources else []))
    return table


def value_text(figure: Figure) -> str:
    """The value with its unit, at most three decimals."""
    number = f"{figure.value:.3f}".rstrip("0").rstrip(".") if isinstance(figure.value, float) else str(figure.value)
    return clean(f"{number} {figure.unit}".rstrip())


def binding_text(plan: Plan) -> str:
    """What bounds the plan, with all that was considered, in two lines."""
    pods = _candidates(plan.sessions_per_pod_candidates, "sessions")
    most = _candidates(plan.max_replicas_candidates, "pods")
    return (
        f"Sessions per pod are bound by {plan.sessions_per_pod_binding} ({pods}).\n"
        f"The maximum is bound by {plan.max_replicas_binding} ({most})."
    )


def summary_text(plan: Plan) -> str:
    """The plan in a few lines, for a preview."""
    lines = [
        f"{value_text(plan.planned_sessions)} planned at the peak, "
        f"{value_text(plan.min_replicas)} to {value_text(plan.max_replicas)}",
        f"each {plan.cpu_request_millicores.value}m to {plan.cpu_limit_millicores.value}m CPU, "
        f"{plan.memory_request_mib.value} to {plan.memory_limit_mib.value} MiB memory",
    ]
    if plan.connections_at_maximum is not None and plan.connection_budget is not None:
        direct, allowed = plan.connections_at_maximum.value, plan.connection_budget.value
        pooled = plan.pooler_server_connections
        lines.append(
            f"{direct} database connections at the maximum, {allowed} allowed"
            if pooled is None
            else f"{pooled.value} database connections through the pooler, {allowed} allowed; {direct} without it"
        )
    return "\n".join(lines)


def _candidates(candidates: object, unit: str) -> str:
    pairs = sorted(dict(candidates).items(), key=lambda pair: (pair[1], pair[0]))  # type: ignore[call-overload]
    return ", ".join(f"{name} {number} {unit}" for name, number in pairs) or "nothing else"
