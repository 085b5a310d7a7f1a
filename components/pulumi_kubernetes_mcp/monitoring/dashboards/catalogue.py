"""The dashboards of a server: what clients meet, the regions beside one another, and capacity against the plan."""

from __future__ import annotations

from ..alerts.model import Watched
from . import panels
from .model import Dashboard


def dashboards(watched: Watched) -> list[Dashboard]:
    """Those that have a panel."""
    every = (service(watched), regions(watched), capacity(watched))
    return [one for one in every if any(panel.shown(watched) for panel in one.panels)]


def service(watched: Watched) -> Dashboard:
    """What clients meet, and what the pods do."""
    made = (
        panels.availability,
        panels.expiry,
        panels.duration,
        panels.phases,
        panels.failures,
        panels.sessions_by_pod,
        panels.calls,
        panels.cpu,
        panels.memory,
        panels.descriptors,
        panels.restarts,
    )
    return Dashboard(
        name="service",
        title="service",
        help="What clients meet, and what the pods do. Dashed lines are the plan's bounds.",
        panels=[panel(watched) for panel in made],
    )


def regions(watched: Watched) -> Dashboard:
    """The regions beside one another, by the probe alone, which sees them all."""
    made = (panels.region_success, panels.region_duration, panels.region_paths, panels.region_tools)
    return Dashboard(
        name="regions",
        title="regions",
        help="The same server in all regions, as the probe sees them.",
        panels=[panel(watched) for panel in made],
    )


def capacity(watched: Watched) -> Dashboard:
    """What is used of what was planned."""
    made = (panels.pods, panels.sessions, panels.fullest, panels.connections, panels.waiting, panels.quota)
    return Dashboard(
        name="capacity",
        title="capacity against plan",
        help="What is used of what the plan gives. What comes near its line first is what to plan anew.",
        panels=[panel(watched) for panel in made],
    )
