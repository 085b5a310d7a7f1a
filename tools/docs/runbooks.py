"""The pages of the alerts: one for each, and the index. Everything in them stands in the alerts themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from pulumi_kubernetes_mcp.monitoring.alerts.catalogue import ALERTS
from pulumi_kubernetes_mcp.monitoring.alerts.model import Alert, Severity
from pulumi_kubernetes_mcp.monitoring.rules import RUNBOOKS

from .findings import prose
from .regions import table

WHO = {
    Severity.CRITICAL: "Critical: clients are hurt now.",
    Severity.WARNING: "A warning: it can wait for working hours, and not for long.",
}


def pages() -> Mapping[str, Callable[[], str]]:
    """Path of each page to the function that makes it."""
    return {f"{RUNBOOKS}/README.md": index} | {f"{RUNBOOKS}/{alert.name}.md": partial(page, alert) for alert in ALERTS}


def index() -> str:
    """Every alert in one table, linked to its page."""
    head = (
        "What to do when an alert of `mcp:monitoring.rules` fires. A stack gets those that have something to watch and "
        "whose metrics are scraped; `mcp-stack plan` says which are left out, and why. Their annotation `runbook_url` "
        "leads to the page under `mcp:monitoring.runbookUrl`. How they are made: [monitoring](../monitoring.md#alerts)."
    )
    rows = [
        [
            f"[{alert.name}]({alert.name}.md)",
            str(alert.severity),
            _read(alert),
            "at once" if alert.hold == "0m" else alert.hold,
        ]
        for alert in ALERTS
    ]
    return f"# Runbooks\n\n{prose(head)}\n\n{table(['alert', 'severity', 'reads', 'holds for'], rows)}\n"


def page(alert: Alert) -> str:
    """The page of one alert."""
    held = "It fires at once." if alert.hold == "0m" else f"It fires when this holds for {alert.hold}."
    parts = [
        f"# {alert.name}",
        prose(f"{WHO[alert.severity]} It reads metrics of {_read(alert)}; it needs {alert.watches}."),
        f"## What it means\n\n{prose(alert.meaning)}\n\n{held}",
        f"## What to do\n\n{alert.steps}",
    ]
    return "\n\n".join(parts) + "\n"


def _read(alert: Alert) -> str:
    return " and ".join(f"`{source}`" for source in alert.sources)
