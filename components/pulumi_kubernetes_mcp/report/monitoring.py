"""The monitoring of a server as a report: what its rules tell, and which alerts are left out. Pure."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from ..monitoring.alerts.catalogue import left_out, written
from ..monitoring.args import watched
from ..wiring import monitoring_args
from .document import Facts, Section

if TYPE_CHECKING:
    from ..region_plan import RegionPlan
    from ..server_plan import ServerPlan


def monitoring_sections(plan: RegionPlan, server: ServerPlan) -> tuple[Section, ...]:
    """What is watched and what is not, for a stack that asks for rules."""
    if server.settings.monitoring.rules == "none":
        return ()
    data = monitoring_data(plan, server)
    reasons: dict[str, list[str]] = defaultdict(list)
    for name, why in data["left_out"].items():
        reasons[why].append(name)
    pairs = [("Alerts", f"{len(data['alerts'])} rules")]
    pairs += [(f"Left out, {len(names)}", f"{', '.join(names)}: {why}") for why, names in reasons.items()]
    return (Section(title="Monitoring", blocks=(Facts(pairs=tuple(pairs)),)),)


def monitoring_data(plan: RegionPlan, server: ServerPlan) -> dict[str, Any]:
    """The same as plain data."""
    if server.settings.monitoring.rules == "none":
        return {"alerts": [], "left_out": {}}
    known = watched(monitoring_args(server, server.namespace, plan.shared), server.namespace)
    return {"alerts": [alert.name for alert, _ in written(known)], "left_out": left_out(known)}
