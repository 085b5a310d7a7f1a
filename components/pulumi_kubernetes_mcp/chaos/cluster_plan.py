"""The steps of an experiment in a cluster, and what the cluster must allow for each. Pure: what was read is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..rules.words import listed
from . import denying, freezing
from .cluster import Cluster
from .local_plan import commands
from .model import KILLS, STOPS, Experiment, Pace, Plan, Pod, Step
from .refused import ChaosError

READ = "get and list pods"
WAIT_SECONDS = 60
"""For a pod on the node to begin."""


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the cluster says that an experiment depends on."""

    opening: Sequence[str] = ()
    """NetworkPolicies that allow the pods something."""
    denies: str | None = None
    """Resource of the network plugin whose rules can deny."""
    replicas: int | None = None
    """Of the workload that is stopped."""


def cluster_plan(
    experiment: Experiment,
    cluster: Cluster,
    pods: Sequence[Pod],
    affected: Sequence[Pod],
    *,
    pace: Pace,
    run: str,
    known: Known,
    workload: str | None = None,
    stop: Sequence[str] = (),
    undo: Sequence[str] = (),
    freezer: str = freezing.IMAGE,
) -> Plan:
    """What is done in the namespace.

    :param run: letters that no other run has, for the names of objects.
    :param workload: what is stopped, such as ``statefulset/postgres``.
    """
    notes: tuple[str, ...] = ()
    rights: tuple[str, ...]
    if experiment in KILLS:
        steps, rights = _kills(cluster, affected), (READ, "delete pods")
    elif experiment is Experiment.FREEZE_POD:
        steps = _freezes(cluster, affected, pace, run, freezer)
        rights = (READ, "create, watch and delete pods", "the namespace admits privileged pods (hostPID)")
        notes = ("From inside the pod the kernel ignores SIGSTOP to its first process, so a pod on the node sends it.",)
    elif experiment is Experiment.DROP_NETWORK:
        steps, rights = _drops(cluster, affected, run, known)
        notes = ("Whether open connections are cut too depends on the network plugin; new ones are.",)
    elif workload is not None:
        steps, rights = _scaled(experiment, cluster, workload, known), (READ, f"get {workload}, patch its scale")
    else:
        steps, rights = commands(experiment, stop, undo), (READ,)
    if experiment is Experiment.KILL_ZONE:
        rights = (*rights, "get nodes, before Kubernetes 1.35")
    return Plan(
        experiment=experiment,
        steps=steps,
        pods=tuple(pods),
        affected=() if experiment in STOPS else tuple(affected),
        rights=rights,
        notes=notes,
    )


def _kills(cluster: Cluster, pods: Sequence[Pod]) -> tuple[Step, ...]:
    # Not --force: a StatefulSet would start a second pod of the name while the first may still run.
    return tuple(
        Step(
            says=f"delete pod {pod.name} with a grace period of a second: neither preStop nor drain come to an end",
            do=cluster.command("delete", "pod", pod.name, "--grace-period=1", "--wait=false"),
            restored_by="its controller, by another pod",
        )
        for pod in pods
    )


def _freezes(cluster: Cluster, pods: Sequence[Pod], pace: Pace, run: str, image: str) -> tuple[Step, ...]:
    if unplaced := [pod.name for pod in pods if not pod.node]:
        raise ChaosError(f"freeze-pod: {unplaced[0]} is on no node.")
    steps = []
    for number, pod in enumerate(pods):
        own = freezing.name(run, number)
        steps += [
            Step(
                says=f"create pod {own} on node {pod.node}, which stops every process of pod {pod.name} with SIGSTOP "
                f"for {pace.hold:g} s",
                do=cluster.command(
                    "create", "--filename", "-", given=freezing.text(pod, run, number, seconds=pace.hold, image=image)
                ),
                undo=cluster.command("delete", "pod", own, "--ignore-not-found", "--wait=false"),
            ),
            Step(
                says=f"wait until pod {own} runs",
                do=cluster.command(
                    "wait", f"pod/{own}", "--for=jsonpath={.status.phase}=Running", f"--timeout={WAIT_SECONDS}s"
                ),
            ),
        ]
    return tuple(steps)


def _drops(cluster: Cluster, pods: Sequence[Pod], run: str, known: Known) -> tuple[tuple[Step, ...], tuple[str, ...]]:
    if known.opening and known.denies is None:
        raise ChaosError(
            f"drop-network: the NetworkPolicy {listed(known.opening)} opens these pods, and policies add up: one more "
            "that allows nothing changes nothing. It takes rules that deny, which Cilium (CiliumNetworkPolicy) and "
            "Calico (projectcalico.org/v3) have, and this cluster serves neither. Take 'freeze-pod'."
        )
    resource = known.denies or denying.PLAIN
    name = f"{denying.NAME}-{run}"
    steps = [
        Step(
            says=f"create {resource} {name}, which drops everything from and to pods labelled {denying.CHOSEN}={run}",
            do=cluster.command("create", "--filename", "-", given=denying.text(resource, run)),
            undo=cluster.command("delete", resource, name, "--ignore-not-found"),
        )
    ]
    steps += [
        Step(
            says=f"label pod {pod.name} {denying.CHOSEN}={run}",
            do=cluster.command("label", "pod", pod.name, f"{denying.CHOSEN}={run}"),
            undo=cluster.command("label", "pod", pod.name, f"{denying.CHOSEN}-"),
        )
        for pod in pods
    ]
    return tuple(steps), (READ, "patch pods", "list networkpolicies", f"create and delete {resource}")


def _scaled(experiment: Experiment, cluster: Cluster, workload: str, known: Known) -> tuple[Step, ...]:
    if not known.replicas:
        raise ChaosError(f"--workload {workload}: there is none, or it has no pod that could be stopped.")
    what = "database" if experiment is Experiment.STOP_DATABASE else "state store"
    return (
        Step(
            says=f"stop the {what}: scale {workload} from {known.replicas} to 0",
            do=cluster.command("scale", workload, "--replicas=0"),
            undo=cluster.command("scale", workload, f"--replicas={known.replicas}"),
        ),
    )
