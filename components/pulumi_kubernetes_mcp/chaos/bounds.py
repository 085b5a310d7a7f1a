"""The bounds of an experiment, and every mistake in what is asked for at once. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .model import NAMES, STOPS, Experiment, Pace
from .refused import ChaosError

MOST_CALLS = 100
"""Calls a second of all clients of an era: more are a load test, of which nobody could say what the fault did."""
LEAST_TIMEOUT = 0.5
_BOUNDS = (
    ("--clients", "clients", 1, 50, "of each era"),
    ("--rate", "rate", 0.1, 20, "calls a second of each client"),
    ("--timeout", "timeout", LEAST_TIMEOUT, 60, "seconds of one call"),
    ("--before", "before", 1, 300, "seconds of calls before the fault"),
    ("--hold", "hold", 1, 300, "seconds: a longer fault is an outage, which is no experiment"),
    ("--recover", "recover", 1, 900, "seconds"),
)


@dataclass(frozen=True, kw_only=True)
class Words:
    """What the options say of where it is done, as far as it must fit together."""

    experiment: str
    url: bool = False
    cluster: bool = False
    """A stack or a namespace."""
    namespace: bool = False
    server: bool = False
    pids: int = 0
    start: bool = False
    ports: int = 0
    direct: int = 0
    workload: bool = False
    stop: bool = False
    undo: bool = False
    zone: bool = False
    pods: int = 0
    count: int | None = None


def check(words: Words, pace: Pace) -> Experiment:
    """The experiment, or everything that is wrong."""
    problems = [*_place(words), *_options(words), *_pace(pace)]
    if words.experiment not in NAMES:
        problems.insert(0, f"There is no experiment '{words.experiment[:40]}'. Give one of: {', '.join(NAMES)}.")
    if problems:
        raise ChaosError("\n".join(problems))
    return Experiment(words.experiment)


def _pace(pace: Pace) -> list[str]:
    problems = []
    for option, name, least, most, what in _BOUNDS:
        value = getattr(pace, name)
        if not least <= value <= most:
            problems.append(f"{option} is {value:g}. Give {least:g} to {most:g} {what}.")
    if pace.clients * pace.rate > MOST_CALLS:
        problems.append(
            f"--clients {pace.clients} at --rate {pace.rate:g} are {pace.clients * pace.rate:g} calls a second of each "
            f"era. Give {MOST_CALLS} at most: this is no load test."
        )
    return problems


def _place(words: Words) -> list[str]:
    problems = []
    local = bool(words.pids) or words.start
    if words.cluster and local:
        problems.append("It is done to pods (--stack, --namespace) or to local processes (--pid, --start): give one.")
    if not words.cluster and not local:
        problems.append("Say where it is done: --stack or --namespace, or local processes with --pid or --start.")
    if words.pids and words.start:
        problems.append("--pid names servers that run, and --start starts them: give one.")
    if words.namespace and not words.server:
        problems.append("--namespace needs the name of the server in it: --server NAME.")
    if (words.namespace or local) and not words.url and words.ports != 1:
        problems.append("Give the URL where clients call: that of what balances over the processes or pods.")
    if words.start and not words.ports:
        problems.append("--start needs a --port for each process, such as --port 9001 --port 9002.")
    if words.ports and not words.start:
        problems.append("--port belongs to --start.")
    if words.direct and words.direct != words.pids:
        problems.append(f"There are {words.pids} --pid and {words.direct} --direct: give one for each, in their order.")
    return problems


def _options(words: Words) -> list[str]:
    problems = []
    stops = words.experiment in STOPS
    local = words.experiment == Experiment.DROP_NETWORK and not words.cluster
    problems += _dropped(words) if local else []
    if words.workload and not words.cluster:
        problems.append("--workload is scaled in a cluster. Of a local process give --stop and --undo.")
    if words.workload and (words.stop or words.undo):
        problems.append("What stops is --workload, or --stop and --undo: give one.")
    if words.stop != words.undo:
        problems.append("--stop and --undo belong together: whatever is stopped is started again.")
    if stops and not (words.workload or words.stop):
        problems.append(
            f"{words.experiment}: say what stops. --stop COMMAND --undo COMMAND, or in a cluster --workload "
            "statefulset/NAME."
        )
    if not stops and not local and (words.workload or words.stop):
        problems.append(
            f"--workload, --stop and --undo belong to {' and '.join(sorted(STOPS))}, --stop and --undo to drop-network "
            "of local processes besides."
        )
    if words.zone and words.experiment != Experiment.KILL_ZONE:
        problems.append("--zone belongs to kill-zone.")
    if words.pods and words.count is not None:
        problems.append("--pod names the pods, and --count takes some by chance: give one.")
    if (words.pods or words.count is not None) and (stops or words.experiment == Experiment.KILL_ZONE):
        problems.append(f"--pod and --count do not belong to {words.experiment}.")
    if words.count is not None and words.count < 1:
        problems.append(f"--count is {words.count}. Give at least 1.")
    return problems


def _dropped(words: Words) -> list[str]:
    """What drops the packets of local processes is not known here, nor of which."""
    problems = []
    if not words.stop:
        problems.append(
            "drop-network: say what drops the packets of a local process, and what lets them through again: --stop "
            "COMMAND --undo COMMAND. A process that stands still is 'freeze-pod'."
        )
    if not words.pods:
        problems.append("drop-network: name the processes whose packets --stop drops, each with --pod PID.")
    return problems


def numbered(texts: Sequence[str], option: str, most: int) -> list[tuple[int, str | None]]:
    """Numbers, each with the zone that may stand behind it: ``4711@a``."""
    found = []
    for text in texts:
        number, _, zone = text.partition("@")
        if not number.isdecimal() or not 1 <= int(number) <= most:
            raise ChaosError(f"{option} '{text[:40]}' is no number from 1 to {most}, with @ZONE behind it or not.")
        found.append((int(number), zone or None))
    if len({number for number, _ in found}) < len(found):
        raise ChaosError(f"{option} is given twice with the same number.")
    return found
