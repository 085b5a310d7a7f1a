"""Alerts about the error budget: several windows, several burn rates.

Windows and factors: Google, *The Site Reliability Workbook*, chapter 5, "Alerting on SLOs", table 5-8, for a budget of
30 days: 2 % of it in an hour, 5 % in six hours, 10 % in a day and in three days. The short window, a twelfth of the
long one, ends the alert soon after the fault.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ...rules.monitoring import FASTEST_BURN
from ..sources import Source
from .model import Alert, Severity, Watched

RECORDED = "server:mcp_probe_errors:ratio_{window}"
"""Recorded for each window: the share of the rounds of all watchers that the server failed."""


@dataclass(frozen=True)
class Burn:
    """A long and a short window, and how much faster than planned the budget burns in both."""

    long: str
    short: str
    factor: float
    hold: str
    severity: Severity


BURNS = (
    Burn("1h", "5m", FASTEST_BURN, "2m", Severity.CRITICAL),
    Burn("6h", "30m", 6, "15m", Severity.CRITICAL),
    Burn("1d", "2h", 3, "1h", Severity.WARNING),
    Burn("3d", "6h", 1, "3h", Severity.WARNING),
)
WINDOWS = tuple(dict.fromkeys(window for burn in BURNS for window in (burn.short, burn.long)))
SUMMARY = "{{ $value | humanizePercentage }} of the exchanges with {{ $labels.server }} failed within "
NAMES = ("McpErrorBudgetBurn1h", "McpErrorBudgetBurn6h", "McpErrorBudgetBurn1d", "McpErrorBudgetBurn3d")


def _expression(burn: Burn, watched: Watched) -> str:
    limit = f"{burn.factor * watched.error_budget:g}"
    region = "" if watched.region is None else f',region="{watched.region}"'
    labels = f'{{namespace="{watched.namespace}",server="{watched.server}"{region}}}'
    long, short = (f"{RECORDED.format(window=window)}{labels}" for window in (burn.long, burn.short))
    return f"{long} > {limit} and {short} > {limit}"


def _alerts() -> Iterator[Alert]:
    for name, burn in zip(NAMES, BURNS, strict=True):
        yield Alert(
            name=name,
            severity=burn.severity,
            sources=(Source.PROBE,),
            watches="the probe from outside among `exporters`",
            summary=SUMMARY + burn.long,
            expression=lambda watched, burn=burn: _expression(burn, watched),  # type: ignore[misc]
            hold=burn.hold,
            meaning=f"""
                Over {burn.long}, and still over {burn.short}, more than {burn.factor:g} times as many exchanges
                fail as the availability of `mcp:monitoring.availabilityPercent` allows. At this rate the budget
                of 30 days is gone in {30 / burn.factor:.3g} days. A round that the probe itself could not make
                (`probe`) is none: it says nothing of the server.
                """,
            steps="""
                - `mcp_probe_failure == 1`: the reasons of the failed rounds.
                - What was changed when the rate began to rise; roll it back.
                - Spend no more of the budget: no risky release until it has recovered.
                """,
        )


ALERTS = tuple(_alerts())
