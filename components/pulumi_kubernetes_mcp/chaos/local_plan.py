"""The steps of an experiment with local processes. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ..rules.words import listed
from .model import COMMANDED, KILLS, Command, Experiment, Plan, Pod, Restart, Signal, Step
from .refused import ChaosError

_SAYS = {Experiment.STOP_DATABASE: "stop the database", Experiment.STOP_STATE_STORE: "stop the state store"}
_SUCH_AS = {
    Experiment.STOP_DATABASE: "--stop 'pg_ctl stop -D data -m fast' --undo 'pg_ctl start -D data -l log'",
    Experiment.STOP_STATE_STORE: "--stop 'redis-cli shutdown nosave' --undo 'redis-server --daemonize yes'",
    Experiment.DROP_NETWORK: "--stop 'ip -n one link set eth0 down' --undo 'ip -n one link set eth0 up'",
}


def local_plan(
    experiment: Experiment,
    pods: Sequence[Pod],
    affected: Sequence[Pod],
    *,
    started: bool,
    stop: Sequence[str] = (),
    undo: Sequence[str] = (),
) -> Plan:
    """What is done to processes of this machine.

    :param started: they were started here, so that one that is killed is started again.
    :param stop: stops what the pods use, or drops the packets of those it is done to; ``undo`` is the way back.
    """
    if experiment in COMMANDED:
        steps = commands(experiment, stop, undo, affected)
    else:
        steps = tuple(_step(experiment, pod, started) for pod in affected)
    return Plan(experiment=experiment, steps=steps, pods=tuple(pods), affected=tuple(affected))


def commands(
    experiment: Experiment, stop: Sequence[str], undo: Sequence[str], affected: Sequence[Pod] = ()
) -> tuple[Step, ...]:
    """The commands that stop something and start it again, as they were given."""
    if not stop or not undo:
        raise ChaosError(
            f"{experiment} needs the command that stops it and the one that undoes it, such as {_SUCH_AS[experiment]}. "
            "No shell runs them."
        )
    says = _SAYS.get(experiment) or f"drop the packets of {listed([pod.name for pod in affected])}"
    return (Step(says=says, do=Command(tuple(stop)), undo=Command(tuple(undo))),)


def _step(experiment: Experiment, pod: Pod, started: bool) -> Step:
    assert pod.pid is not None
    if experiment in KILLS:
        return Step(
            says=f"kill {pod.name} with SIGKILL",
            do=Signal("KILL", pod.pid, pod.uid),
            undo=Restart(pod.pid) if started else None,
            restored_by="" if started else "whoever started it",
        )
    return Step(
        says=f"stop {pod.name} with SIGSTOP",
        do=Signal("STOP", pod.pid, pod.uid),
        undo=Signal("CONT", pod.pid, pod.uid),
    )
