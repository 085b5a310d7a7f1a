"""All alerts, and which of them a stack gets. Each module lists its own in ``ALERTS``."""

from __future__ import annotations

from . import budget, outside, pods, releases, scaling, shared
from .model import Alert, Watched

ALERTS: tuple[Alert, ...] = (
    *outside.ALERTS,
    *budget.ALERTS,
    *scaling.ALERTS,
    *pods.ALERTS,
    *releases.ALERTS,
    *shared.ALERTS,
)


def written(watched: Watched) -> list[tuple[Alert, str]]:
    """The alerts that have something to watch and whose emitters are scraped, each with its expression."""
    rows = ((alert, alert.expression(watched)) for alert in ALERTS if not _unscraped(alert, watched))
    return [(alert, text) for alert, text in rows if text is not None]


def left_out(watched: Watched) -> dict[str, str]:
    """The name of each other alert, to why it is left out."""
    found = {}
    for alert in ALERTS:
        missing = _unscraped(alert, watched)
        if alert.expression(watched) is None:
            found[alert.name] = f"it needs {alert.watches}"
        elif missing:
            found[alert.name] = f"it reads {' and '.join(missing)}, which nothing is said to scrape"
    return found


def _unscraped(alert: Alert, watched: Watched) -> list[str]:
    return [str(source) for source in alert.sources if source not in watched.sources]
