"""Whether calls wait no longer than they may."""

from __future__ import annotations

from ... import planning
from ...server_plan import ServerPlan
from .. import waiting
from ..model import Finding
from ..relief import relief

PLACES = {"slots": "mcp:workload.callSlots", "cpu": "mcp:workload.sessionsPerPod", "pool": "mcp:database.poolSize"}
"""What a person changes first for each station."""


def waiting_findings(server: ServerPlan) -> list[Finding]:
    """The station that makes calls wait longest, and each whose queue grows without end."""
    stations = known(server)
    endless = [station for station in stations if not station.stable]
    found = [finding for station in endless for finding in _findings(server, station, None)]
    if found or not stations:
        return found
    waits = {station.name: station.p95.value for station in stations if station.p95 is not None}
    longest = max(stations, key=lambda station: waits[station.name])
    return _findings(server, longest, sum(waits.values()))


def known(server: ServerPlan) -> list[planning.Station]:
    """The stations whose numbers were given, and where calls can queue: a session has one call at a time."""
    sessions = server.plan.capacity.sessions_per_pod.value
    return [
        station
        for station in server.plan.waiting.stations
        if not station.assumed and not (server.inputs.workload.tools and sessions <= station.servers)
    ]


def _findings(server: ServerPlan, station: planning.Station, total: float | None) -> list[Finding]:
    objective = server.plan.waiting.objective.value
    waits = total is None or total > objective
    return waiting.wait_findings(
        station=station.name,
        utilisation=station.utilisation.value,
        critical=station.critical_utilisation.value,
        p95=None if station.p95 is None else station.p95.value,
        total=total,
        objective=objective,
        remedies=relief(server.inputs, station.name, [one.name for one in known(server)]) if waits else (),
        path=PLACES[station.name],
    )
