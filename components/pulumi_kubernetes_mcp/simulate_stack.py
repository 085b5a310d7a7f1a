"""Play scenarios with the autoscaler of a stack, and with others from files beside it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pulumi

from .report.console import clean, progress

if TYPE_CHECKING:
    from .report.simulation import Played, SimulatedStack
    from .server_plan import ServerPlan
    from .simulation.load import Load
    from .simulation.pods import PodModel
    from .simulation.policy import Policy
    from .simulation.run import Options
    from .simulation.scenarios import Scenario

LARGEST_FILE = 50 * 2**20
"""Bytes of a file with a load; a million lines have half of it."""


class RefusedError(pulumi.RunError):
    """Something that cannot be simulated; the message says what to give instead."""


def play(
    design: ServerPlan,
    *,
    name: str,
    names: Sequence[str],
    load: Path | None,
    peak: float | None,
    start_seconds: float | None,
    node_seconds: float | None,
    seed: int | None,
    compare: bool,
    beside: Sequence[Path | Policy],
) -> SimulatedStack:
    from . import rehearsal
    from .report.simulation import SimulatedStack
    from .simulation.fleet import Nodes
    from .simulation.ranges import seeds

    if load is not None and names:
        raise RefusedError("--load is a scenario of its own: leave the names of the others out.")
    highest = rehearsal.peak(design) if peak is None else peak
    model = rehearsal.pod_model(design)
    if start_seconds is not None:
        model = replace(model, start_seconds=start_seconds)
    options = rehearsal.options(design)
    if node_seconds is not None:
        options = replace(options, nodes=Nodes(seconds=node_seconds))
    mine, clock = rehearsal.policy(design), ZoneInfo(rehearsal.zone(design))
    scenarios = _scenarios(design, names, highest, mine) if load is None else [_own(load, peak, clock)]
    begins = None
    if load is not None:
        options = replace(options, begin=rehearsal.begin(design, scenarios[0].load))
        begins = options.begin.astimezone(clock)
    others = (
        *_others(design, compare, bool(model.sticky)),
        *(_read_policy(one) if isinstance(one, Path) else one for one in beside),
    )
    policies = _distinct([mine, *others])
    drawn = seeds(seed)
    played = _run(scenarios, policies, model, options, drawn)
    top = highest if load is None else scenarios[0].load.peak
    return SimulatedStack(
        stack=name,
        peak=top,
        model=model,
        policies=tuple(policies),
        played=tuple(played),
        seeds=drawn,
        planned_peak=peak is None and load is None,
        start_assumed=start_seconds is None,
        begins=begins,
        notes=(*_inert(mine, scenarios), *_too_small(mine, model, replace(options, seed=None), top, played)),
    )


def _too_small(mine: Policy, model: PodModel, options: Options, peak: float, played: Sequence[Played]) -> Iterator[str]:
    """That nothing scales, and from which peak on something would."""
    from .rules.words import pods
    from .simulation.run import least_that_scales

    if (
        mine.fixed is not None
        or mine.maximum <= mine.minimum
        or any(one.ranges[0]["pods_most"].most > mine.minimum for one in played)
    ):
        return
    least = least_that_scales(mine, model, options)
    if least is None:
        return
    highest = max(one.scenario.load.peak for one in played)
    if not highest:
        return
    wanted = ceil(least * peak / highest)
    yield (
        f"Nothing scales: {highest:,.0f} sessions at most need no more than the minimum of {pods(mine.minimum)}. With "
        f"--peak {wanted} there are more."
    )


def _inert(mine: Policy, scenarios: Sequence[Scenario]) -> Iterator[str]:
    """Outages of what the autoscaler does not ask."""
    for scenario in scenarios:
        events = scenario.events
        if (events.outage is not None and not mine.asks_prometheus) or (
            events.resource_outage is not None and not mine.asks_pods
        ):
            yield f"{scenario.name}: the pods do not move by what is silent then, so that it changes nothing."


def _scenarios(design: ServerPlan, names: Sequence[str], peak: float, mine: Policy) -> list[Scenario]:
    from . import rehearsal
    from .simulation.scenarios import RESOURCE_OUTAGE, scenarios

    # Another peak is a day of the same shape.
    mean = float(design.plan.load.average) * peak / rehearsal.peak(design)
    known = scenarios(
        peak=peak,
        zones=design.settings.region.zones,
        by_hour=rehearsal.by_hour(design),
        mean=mean,
        session_seconds=design.settings.workload.session_minutes * 60,
        prometheus=mine.asks_prometheus or not mine.asks_pods,
    )
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            raise RefusedError(f"There is no scenario '{name}'.{hint} There are: {', '.join(known)}.")
    if names:
        return [known[name] for name in dict.fromkeys(names)]
    return [scenario for name, scenario in known.items() if name != RESOURCE_OUTAGE]


def _own(path: Path, peak: float | None, clock: ZoneInfo) -> Scenario:
    """A load from a file, as high as it is or as high as is asked for."""
    from .simulation.scenarios import Scenario

    load = _read_load(path, clock)
    if peak is not None:
        if not load.peak:
            raise RefusedError(f"{path}: a load without a session cannot be scaled to --peak {peak:g}.")
        load = load.scaled(peak / load.peak)
    return Scenario(name=path.name, title=f"the load of {path.name}", load=load)


def _read_load(path: Path, clock: ZoneInfo) -> Load:
    from .simulation.load import LoadError, from_csv

    if path.stat().st_size > LARGEST_FILE:
        raise RefusedError(f"{path}: larger than {LARGEST_FILE // 2**20} MiB; give one line per minute.")
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return from_csv(lines, str(path), clock)
    except LoadError as problem:
        raise RefusedError(str(problem)) from None
    except UnicodeDecodeError:
        raise RefusedError(f"{path}: it is no text in UTF-8; write a CSV with lines of seconds,sessions.") from None


def _others(design: ServerPlan, compare: bool, sticky: bool) -> Iterable[Policy]:
    from .simulation.policies import guides, plain

    return [guides(sessions=sticky), plain(design.replicas, design.max_replicas)] if compare else []


def _read_policy(path: Path) -> Policy:
    """An autoscaler as it is written. One object, so that nobody wonders which one was simulated."""
    import yaml

    from .simulation.documents import PolicyError, from_document, unlisted

    if not path.is_file():
        why = "it is no file; give a YAML file" if path.exists() else "there is no such file; give one"
        raise RefusedError(f"--with {path}: {why} with one HorizontalPodAutoscaler or ScaledObject.")
    try:
        documents = list(unlisted(yaml.safe_load_all(path.read_text(encoding="utf-8-sig"))))
    except UnicodeDecodeError:
        raise RefusedError(f"{path}: it is no text in UTF-8; give a YAML file.") from None
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark is not None else ""
        raise RefusedError(f"{path}{where}: it is no YAML: {getattr(problem, 'problem', None) or problem}.") from None
    if len(documents) != 1:
        held = "nothing" if not documents else f"{len(documents)} objects"
        raise RefusedError(f"{path}: it holds {held}; give a file with one HorizontalPodAutoscaler or ScaledObject.")
    try:
        return from_document(documents[0], path.name)
    except PolicyError as problem:
        raise RefusedError(f"{path}: {problem}.") from None


def _distinct(policies: Sequence[Policy]) -> list[Policy]:
    """Policies of one name get a number, so that rows and legends can be told apart."""
    found: list[Policy] = []
    for policy in policies:
        same = sum(other.name.partition(" #")[0] == policy.name for other in found)
        found.append(replace(policy, name=f"{policy.name} #{same + 1}") if same else policy)
    return found


def _run(
    scenarios: Sequence[Scenario],
    policies: Sequence[Policy],
    model: PodModel,
    options: Options,
    seeds: Sequence[int],
) -> list[Played]:
    from .report.simulation import Played
    from .simulation.ranges import middle, ranges
    from .simulation.run import simulate as run

    played = []
    with progress().status("Simulating") as status:
        for number, scenario in enumerate(scenarios, start=1):
            results, found = [], []
            for policy in policies:
                which = f"{scenario.name} ({number} of {len(scenarios)})"
                status.update(clean(f"Simulating {which}" + (f": {policy.name}" if len(policies) > 1 else "")))
                runs = [
                    run(policy, scenario.load, model, replace(options, seed=seed), scenario.events) for seed in seeds
                ]
                results.append(middle(runs))
                found.append(ranges(runs, scenario.since))
            played.append(Played(scenario=scenario, results=tuple(results), ranges=tuple(found)))
    return played
