"""Where an experiment is done: this machine or a namespace, its pods, and what must be asked before the plan."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from .choice import chosen
from .cluster import Cluster, gone, opening_policies, pods_of, serves
from .cluster_plan import Known, cluster_plan
from .denying import CALICO, CILIUM
from .freezing import IMAGE
from .local_plan import local_plan
from .model import Experiment, Pace, Plan, Pod
from .processes import Fleet, started_at
from .refused import ChaosError

KINDS = ("deployment", "statefulset")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is to be done to which pods."""

    experiment: Experiment
    pods: Sequence[str] = ()
    zone: str | None = None
    count: int = 1
    workload: str | None = None
    stop: Sequence[str] = ()
    undo: Sequence[str] = ()
    freezer: str = IMAGE


@dataclass(frozen=True, kw_only=True)
class Place:
    """A place with its plan."""

    name: str
    plan: Plan
    gone: Callable[[Sequence[Pod]], Sequence[str]]
    fleet: Fleet | None = field(default=None)


def local_place(wanted: Wanted, pods: Sequence[Pod], fleet: Fleet | None) -> Place:
    """Processes of this machine."""
    affected = _chosen(wanted, pods)
    plan = local_plan(wanted.experiment, pods, affected, started=fleet is not None, stop=wanted.stop, undo=wanted.undo)

    def ended(before: Sequence[Pod]) -> list[str]:
        return [pod.name for pod in before if pod.pid is not None and started_at(pod.pid) != pod.uid]

    return Place(name="this machine", plan=plan, gone=ended, fleet=fleet)


def cluster_place(wanted: Wanted, cluster: Cluster, server: str, pace: Pace, run: str) -> Place:
    """A namespace of a cluster."""
    selector = f"app.kubernetes.io/name={server},app.kubernetes.io/component=server"
    pods = pods_of(cluster, selector)
    affected = _chosen(wanted, pods)
    plan = cluster_plan(
        wanted.experiment,
        cluster,
        pods,
        affected,
        pace=pace,
        run=run,
        known=_known(wanted, cluster, affected),
        workload=wanted.workload,
        stop=wanted.stop,
        undo=wanted.undo,
        freezer=wanted.freezer,
    )
    return Place(
        name=f"namespace {cluster.namespace} of {cluster.context or 'the cluster of this pod'}",
        plan=plan,
        gone=lambda before: gone(cluster, selector, before),
    )


def _chosen(wanted: Wanted, pods: Sequence[Pod]) -> tuple[Pod, ...]:
    return chosen(
        wanted.experiment,
        pods,
        names=wanted.pods,
        zone=wanted.zone,
        count=wanted.count,
        choose=random.SystemRandom().sample,
    )


def _known(wanted: Wanted, cluster: Cluster, affected: Sequence[Pod]) -> Known:
    if wanted.experiment is Experiment.DROP_NETWORK:
        opening = opening_policies(cluster, affected)
        denies = next((one for one in (CILIUM, CALICO) if serves(cluster, one)), None) if opening else None
        return Known(opening=opening, denies=denies)
    if wanted.workload is None:
        return Known()
    kind, slash, name = wanted.workload.partition("/")
    if kind not in KINDS or not slash or not name:
        raise ChaosError(
            f"--workload '{wanted.workload[:60]}' is not KIND/NAME: write deployment/NAME or statefulset/NAME."
        )
    found = cluster.get(wanted.workload)
    return Known(replicas=None if found is None else found["spec"].get("replicas", 1))
