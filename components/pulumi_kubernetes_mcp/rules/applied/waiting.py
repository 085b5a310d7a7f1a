"""Whether calls wait no longer than they may."""

from __future__ import annotations

from ... import planning
from ...server_plan import Design
from .. import waiting
from ..model import Finding
from ..relief import relief

PLACES = {"slots": "mcp:workload.callSlots", "cpu": "mcp:workload.sessionsPerPod", "pool": "mcp:database.poolSize"}
"""What a person changes first for each station."""


def waiting_findings(this: Design) -> list[Finding]:
    """The station that makes calls wait longest, and each whose queue grows without end."""
    stations = known(this)
    endless = [station for station in stations if not station.stable]
    found = [finding for station in endless for finding in _findings(this, station, None)]
    if found or not stations:
        return found
    waits = {station.name: station.p95.value for station in stations if station.p95 is not None}
    longest = max(stations, key=lambda station: waits[station.name])
    return _findings(this, longest, sum(waits.values()))


def known(this: Design) -> list[planning.Station]:
    """The stations whose numbers were given, and where calls can queue: a session has one call at a time."""
    sessions = this.plan.capacity.sessions_per_pod.value
    return [
        station
        for station in this.plan.waiting.stations
        if not station.assumed and not (this.inputs.workload.tools and sessions <= station.servers)
    ]


def _findings(this: Design, station: planning.Station, total: float | None) -> list[Finding]:
    objective = this.plan.waiting.objective.value
    waits = total is None or total > objective
    return waiting.wait_findings(
        station=station.name,
        utilisation=station.utilisation.value,
        critical=station.critical_utilisation.value,
        p95=None if station.p95 is None else station.p95.value,
        total=total,
        objective=objective,
        remedies=relief(this.inputs, station.name, [one.name for one in known(this)]) if waits else (),
        path=PLACES[station.name],
    )
