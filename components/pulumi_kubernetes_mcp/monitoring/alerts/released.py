"""Whether a release came lately, by the kind of the workload, as kube-state-metrics shows it; and a switch of colours,
of which the rules themselves tell."""

from __future__ import annotations

from ...autoscaling.spec.queries import revision_of
from .model import Watched

LATELY = "90m"
LATELY_SECONDS = 5400
ACTIVE_COLOUR = "server:mcp_colour_active:info"
"""What is recorded of the colour that clients reach, under its own name."""


def released(watched: Watched) -> str:
    """An expression that has a value if pods of another revision or colour came to serve within the last 90 minutes."""
    if watched.workload == "StatefulSet":
        return _new(watched.here("kube_statefulset_status_update_revision", f'statefulset="{watched.server}"'))
    if watched.workload == "Rollout":
        # A revision waits for its promotion as a ReplicaSet of its own, which nobody reaches.
        slices = f'endpointslice=~"{watched.server}-[a-z0-9]+"'
        serving = watched.here("kube_endpointslice_endpoints", slices, 'ready="true"')
        known = watched.here("kube_endpointslice_info", slices)
        return f"{_new(serving, watched.server)} or ({_made(watched)} unless on () count({known}))"
    return _made(watched) if watched.other is None else f"{_made(watched)} or {_switched(watched, watched.other)}"


def _switched(watched: Watched, other: str) -> str:
    """Clients reach this colour, and then reached the other one."""
    here, there = (watched.here(ACTIVE_COLOUR, f'server="{name}"') for name in (watched.server, other))
    return f"({here} unless on () {here} offset {LATELY} and on () {there} offset {LATELY})"


def _made(watched: Watched) -> str:
    sets = watched.here("kube_replicaset_created", f'replicaset=~"{watched.server}-[a-z0-9]+"')
    return f"time() - max({sets}) < {LATELY_SECONDS}"


def _new(series: str, server: str | None = None) -> str:
    """What has another revision than then. Where nothing was known then, as before the first scrape, nothing is new.

    :param server: of which server the series name pods, whose names hold the revision.
    """

    def by_revision(read: str) -> str:
        if server is not None:
            read = f'label_replace({read},"revision","$1","targetref_name","{revision_of(server)}")'
        return f"count by (revision) ({read})"

    then = by_revision(f"{series} offset {LATELY}")
    return f"({by_revision(series)} unless on (revision) {then} and on () count({series} offset {LATELY}))"
