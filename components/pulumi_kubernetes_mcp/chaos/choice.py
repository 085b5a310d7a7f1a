"""Which pods an experiment is done to. Pure, but for the chance that is handed in."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..rules.words import listed
from .model import STOPS, Experiment, Pod
from .refused import ChaosError

MOST_PODS = 10
"""Pods that one experiment is done to at most: more are no fault to be prepared for, but an outage."""
Choose = Callable[[Sequence[Pod], int], Sequence[Pod]]


def chosen(
    experiment: Experiment,
    pods: Sequence[Pod],
    *,
    names: Sequence[str] = (),
    zone: str | None = None,
    count: int = 1,
    choose: Choose,
) -> tuple[Pod, ...]:
    """Those named, those of a zone, or as many as are asked for, by chance.

    :param choose: picks some of the pods, such as ``random.sample``.
    """
    if experiment in STOPS:
        return ()
    if not pods:
        raise ChaosError("There is no ready pod of this server, so nothing can be tried.")
    if experiment is Experiment.KILL_ZONE:
        found = _of_zone(pods, zone, choose)
    elif names:
        found = _named(pods, names)
    elif count > len(pods):
        raise ChaosError(f"--count is {count}, and there are {len(pods)} pods.")
    else:
        found = tuple(choose(pods, count))
    if len(found) > MOST_PODS:
        raise ChaosError(f"It would be done to {len(found)} pods, and {MOST_PODS} are the most: name fewer with --pod.")
    return found


def _named(pods: Sequence[Pod], names: Sequence[str]) -> tuple[Pod, ...]:
    known = {pod.name: pod for pod in pods} | {str(pod.pid): pod for pod in pods if pod.pid is not None}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ChaosError(f"--pod {unknown[0]}: the ready pods are {listed(sorted(pod.name for pod in pods))}.")
    return tuple({known[name].name: known[name] for name in names}.values())


def _of_zone(pods: Sequence[Pod], zone: str | None, choose: Choose) -> tuple[Pod, ...]:
    zones = sorted({pod.zone for pod in pods if pod.zone is not None})
    if not zones:
        raise ChaosError(
            "The zone of no pod is known: nodes have no label topology.kubernetes.io/zone, or may not be read (get "
            "nodes). Of local processes say it: --pid 4711@a."
        )
    if zone is not None and zone not in zones:
        raise ChaosError(f"--zone {zone}: there are pods in {listed(zones)}.")
    if zone is None:
        zone = choose([pod for pod in pods if pod.zone is not None], 1)[0].zone
    return tuple(pod for pod in pods if pod.zone == zone)
