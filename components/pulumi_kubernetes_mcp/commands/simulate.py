"""``mcp-stack simulate``: the words of the command line, what is refused, and what is shown."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import pulumi
import typer

from ..report.console import clean, output, print_json, progress, show

if TYPE_CHECKING:
    from ..report.simulation import Played, SimulatedStack
    from ..server_plan import ServerPlan
    from ..simulation.load import Load
    from ..simulation.pods import PodModel
    from ..simulation.policy import Policy
    from ..simulation.run import Options
    from ..simulation.scenarios import Scenario

PLOT_FORMATS = (".png", ".svg", ".pdf")
MOST_PEAK = 10_000_000
MOST_START_SECONDS = 3600
MOST_SEED = 2**31
LARGEST_FILE = 50 * 2**20
"""Bytes of a file with a load; a million lines have half of it."""


class RefusedError(pulumi.RunError):
    """Something that cannot be simulated; the message says what to give instead."""


def simulate(
    scenario: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SCENARIO]...",
            help="day, spike, spike-10, launch, metric-outage, zone-loss, slow-start, rollout. All without one.",
            show_default=False,
        ),
    ] = None,
    stack: Annotated[
        str | None, typer.Option("--stack", "-s", help="Name of the stack: <name> of Pulumi.<name>.yaml.")
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", "-f", help="A stack file anywhere, instead of a name. It wins over --stack."),
    ] = None,
    project_dir: Annotated[
        Path, typer.Option("--project-dir", "-C", help="Directory with Pulumi.yaml and, if there is one, __main__.py.")
    ] = Path(),
    load: Annotated[
        Path | None, typer.Option("--load", metavar="CSV", help="A load of your own: lines of seconds,sessions.")
    ] = None,
    compare: Annotated[
        bool, typer.Option("--compare", help="Beside the public guides' settings, and a plain CPU 80 %.")
    ] = False,
    beside: Annotated[
        list[Path] | None,
        typer.Option(
            "--with", metavar="YAML", help="Beside this HorizontalPodAutoscaler or ScaledObject. May be repeated."
        ),
    ] = None,
    peak: Annotated[
        float | None, typer.Option("--peak", help="Sessions at the peak, instead of the planned ones.")
    ] = None,
    start_seconds: Annotated[
        float | None, typer.Option("--start-seconds", help="From the creation of a pod to its first request. [20]")
    ] = None,
    node_seconds: Annotated[
        float | None,
        typer.Option(
            "--node-seconds", help="Until a new node is there, for pods that fit on none. Else there is room."
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option("--seed", help="Let sessions and calls come by chance. Without a seed all is as on the mean."),
    ] = None,
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="FILE", help="Draw it: .png, .svg or .pdf, by the name's end.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write a page that needs nothing else.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
) -> None:
    """Play a day, a spike or an outage with the stack's own autoscaler.

    The autoscaler decides as Kubernetes and KEDA do; pods, sessions and calls follow from the capacity plan. It shows
    the pods over time, how long calls wait, how many minutes miss the objective, and how many sessions are cut off.

    Begin with 'mcp-stack simulate', then 'mcp-stack simulate spike', then 'mcp-stack simulate --compare'.

    A stack with errors is refused: see 'mcp-stack check'. Exit 1 if it cannot be simulated.
    """
    from .. import cli

    with cli._failures(as_json):
        _check_files(load, plot, html)
        stack_file = cli._stack_files(stack, file, project_dir, False)[0]
        inspection = cli._inspect(stack_file)
        if any(finding.severity == "error" for finding in inspection.findings):
            cli._print_refusal(stack_file, inspection, as_json)
            raise typer.Exit(1)
        shown = _play(
            inspection.design,
            name=stack_file.name,
            names=scenario or (),
            load=load,
            peak=_within("--peak", peak, 1, MOST_PEAK),
            start_seconds=_within("--start-seconds", start_seconds, 0, MOST_START_SECONDS),
            node_seconds=_within("--node-seconds", node_seconds, 0, MOST_START_SECONDS),
            seed=_seed(seed),
            compare=compare,
            beside=beside or (),
        )
        _write(shown, plot, html)
        _print(shown, as_json)


def _play(
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
    beside: Sequence[Path],
) -> SimulatedStack:
    from .. import rehearsal
    from ..report.simulation import SimulatedStack
    from ..simulation.fleet import Nodes

    if load is not None and names:
        raise RefusedError("--load is a scenario of its own: leave the names of the others out.")
    highest = rehearsal.peak(design) if peak is None else peak
    model = rehearsal.pod_model(design)
    if start_seconds is not None:
        model = replace(model, start_seconds=start_seconds)
    options = rehearsal.options(design, seed=seed)
    if node_seconds is not None:
        options = replace(options, nodes=Nodes(seconds=node_seconds))
    scenarios = _scenarios(design, names, highest) if load is None else [_own(load, peak)]
    others = (*_others(design, compare, bool(model.sticky)), *map(_read_policy, beside))
    policies = _distinct([rehearsal.policy(design), *others])
    return SimulatedStack(
        stack=name,
        peak=highest if load is None else scenarios[0].load.peak,
        model=model,
        policies=tuple(policies),
        played=tuple(_run(scenarios, policies, model, options)),
        seed=seed,
        planned_peak=peak is None and load is None,
        start_assumed=start_seconds is None,
    )


def _scenarios(design: ServerPlan, names: Sequence[str], peak: float) -> list[Scenario]:
    from .. import rehearsal
    from ..simulation.scenarios import scenarios

    # Another peak is a day of the same shape.
    mean = float(design.plan.load.average) * peak / rehearsal.peak(design)
    known = scenarios(
        peak=peak,
        zones=design.settings.region.zones,
        by_hour=rehearsal.by_hour(design),
        mean=mean,
        session_seconds=design.settings.workload.session_minutes * 60,
    )
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            raise RefusedError(f"There is no scenario '{name}'.{hint} There are: {', '.join(known)}.")
    return [known[name] for name in dict.fromkeys(names)] or list(known.values())


def _own(path: Path, peak: float | None) -> Scenario:
    """A load from a file, as high as it is or as high as is asked for."""
    from ..simulation.scenarios import Scenario

    load = _read_load(path)
    if peak is not None:
        if not load.peak:
            raise RefusedError(f"{path}: a load without a session cannot be scaled to --peak {peak:g}.")
        load = load.scaled(peak / load.peak)
    return Scenario(name=path.name, title=f"the load of {path.name}", load=load)


def _read_load(path: Path) -> Load:
    from ..simulation.load import LoadError, from_csv

    if path.stat().st_size > LARGEST_FILE:
        raise RefusedError(f"{path}: larger than {LARGEST_FILE // 2**20} MiB; give one line per minute.")
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return from_csv(lines, str(path))
    except LoadError as problem:
        raise RefusedError(str(problem)) from None
    except UnicodeDecodeError:
        raise RefusedError(f"{path}: it is no text in UTF-8; write a CSV with lines of seconds,sessions.") from None


def _others(design: ServerPlan, compare: bool, sticky: bool) -> Iterable[Policy]:
    from ..simulation.policies import guides, plain

    return [guides(sessions=sticky), plain(design.replicas, design.max_replicas)] if compare else []


def _read_policy(path: Path) -> Policy:
    """An autoscaler as it is written. One object, so that nobody wonders which one was simulated."""
    import yaml

    from ..simulation.documents import PolicyError, from_document, unlisted

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


def _run(scenarios: Sequence[Scenario], policies: Sequence[Policy], model: PodModel, options: Options) -> list[Played]:
    from ..report.simulation import Played
    from ..simulation.run import simulate as run

    played = []
    with progress().status("Simulating") as status:
        for number, scenario in enumerate(scenarios, start=1):
            results = []
            for policy in policies:
                which = f"{scenario.name} ({number} of {len(scenarios)})"
                status.update(clean(f"Simulating {which}" + (f": {policy.name}" if len(policies) > 1 else "")))
                results.append(run(policy, scenario.load, model, options, scenario.events))
            played.append(Played(scenario=scenario, results=tuple(results)))
    return played


def _check_files(load: Path | None, plot: Path | None, html: Path | None) -> None:
    """Refuse before the simulation what could not be read or written after it."""
    if load is not None and not load.is_file():
        why = "it is no file; give a CSV with lines of seconds,sessions" if load.exists() else "there is no such file"
        raise RefusedError(f"--load {load}: {why}.")
    if plot is not None and plot.suffix.lower() not in PLOT_FORMATS:
        raise RefusedError(f"--plot {plot}: a plot ends in {', '.join(PLOT_FORMATS)}.")
    for option, path in (("--plot", plot), ("--html", html)):
        if path is not None and (path.is_dir() or not path.parent.is_dir()):
            raise RefusedError(f"{option} {path}: give a file in a directory that exists.")
    if plot is not None:
        from ..report.simulation_plot import missing

        absent = missing()
        if absent is not None:
            raise RefusedError(absent)


def _within(option: str, value: float | None, least: float, most: float) -> float | None:
    if value is None or least <= value <= most:
        return value
    raise RefusedError(f"{option} {value:g}: give a number from {least:g} to {most:,.0f}.")


def _seed(value: int | None) -> int | None:
    if value is None or 0 <= value <= MOST_SEED:
        return value
    raise RefusedError(f"--seed {value}: give a whole number from 0 to {MOST_SEED:,}.")


def _write(shown: SimulatedStack, plot: Path | None, html: Path | None) -> None:
    if plot is not None:
        from ..report.simulation_plot import draw

        draw(shown, plot)
    if html is not None:
        from ..report.simulation_html import page

        html.write_text(page(shown), encoding="utf-8")
    for path in (plot, html):
        if path is not None:
            progress().print(f"Written to {clean(str(path))}", soft_wrap=True)


def _print(shown: SimulatedStack, as_json: bool) -> None:
    from ..report.simulation import simulation_data, simulation_document
    from ..report.terminal import view

    if as_json:
        print_json(simulation_data(shown))
    else:
        show(view(simulation_document(shown, output().width)))
