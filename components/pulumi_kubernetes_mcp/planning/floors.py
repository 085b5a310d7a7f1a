"""Least numbers of pods by hour of the day, from the hourly profile of the load."""

from __future__ import annotations

from dataclasses import dataclass

from .inputs import Workload
from .sessions import Sessions
from .working import exact, round_up


@dataclass(frozen=True, kw_only=True)
class Floor:
    """A part of the day whose load needs more pods than the minimum."""

    start_hour: int
    """Hour that it begins at, 0 to 23."""
    end_hour: int
    """Hour that it ends before, 1 to 24."""
    replicas: int
    """Pods that its busiest hour needs, with headroom."""


def replicas_by_hour(
    workload: Workload, load: Sessions, *, per_pod: int, minimum: int, maximum: int
) -> tuple[int, ...]:
    """Pods that each hour's load needs with its headroom, within the bounds; empty without an hourly profile."""
    factor = 1 + exact(workload.headroom_percent) / 100
    needed = (round_up(hour * factor / per_pod) for hour in load.by_hour)
    return tuple(max(minimum, min(maximum, pods)) for pods in needed)


def floors(by_hour: tuple[int, ...], *, minimum: int) -> tuple[Floor, ...]:
    """The hours above the minimum, those with the same number of pods joined; none goes over midnight."""
    found: list[Floor] = []
    for hour, pods in enumerate(by_hour):
        if pods <= minimum:
            continue
        last = found[-1] if found else None
        if last is not None and last.end_hour == hour and last.replicas == pods:
            found[-1] = Floor(start_hour=last.start_hour, end_hour=hour + 1, replicas=pods)
        else:
            found.append(Floor(start_hour=hour, end_hour=hour + 1, replicas=pods))
    return tuple(found)
