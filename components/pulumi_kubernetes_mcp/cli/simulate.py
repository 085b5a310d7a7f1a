"""``mcp-stack simulate``: a day, a spike or an outage with the autoscaler of a stack."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..report.console import clean, output, print_json, progress, show
from .failures import failures
from .options import FileOption, JsonOption, ProjectOption, ServerOption, StackOption
from .stacks import inspect_stack, one_server, print_refusal, stack_as_named, stack_files

if TYPE_CHECKING:
    from ..region_plan import RegionPlan
    from ..report.simulation import SimulatedStack
    from ..server_plan import ServerPlan
    from ..simulation.policy import Policy

PLOT_FORMATS = (".png", ".svg", ".pdf")
MOST_PEAK = 10_000_000
MOST_START_SECONDS = 3600
MOST_SEED = 2**31


def simulate(
    scenario: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SCENARIO]...",
            help="day, spike, spike-10, launch, metric-outage, resource-outage, zone-loss, slow-start, rollout. All "
            "but resource-outage without one.",
            show_default=False,
        ),
    ] = None,
    stack: StackOption = None,
    file: FileOption = None,
    project_dir: ProjectOption = Path(),
    load: Annotated[
        Path | None,
        typer.Option(
            "--load",
            metavar="CSV",
            help="A load of your own: lines of time,sessions. A time is a timestamp, or seconds after midnight.",
        ),
    ] = None,
    compare: Annotated[
        bool, typer.Option("--compare", help="Beside the public guides' settings, and a plain CPU 80 %.")
    ] = False,
    beside: Annotated[
        list[Path] | None,
        typer.Option(
            "--with",
            metavar="YAML",
            help="Beside this HorizontalPodAutoscaler or ScaledObject, or the autoscaler of another stack or of "
            "REVISION:stack. May be repeated.",
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
        typer.Option(
            "--seed", help="One run, whose chance begins here. Without a seed five runs and the range of them."
        ),
    ] = None,
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="FILE", help="Draw it: .png, .svg or .pdf, by the name's end.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write a page that needs nothing else.")
    ] = None,
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Play a day, a spike or an outage with the stack's own autoscaler.

    The autoscaler decides as Kubernetes and KEDA do; pods, sessions and calls follow from the capacity plan. It shows
    the pods over time, how long calls wait, how many minutes miss the objective, and how many sessions are cut off.

    Begin with 'mcp-stack simulate', then 'mcp-stack simulate spike', then 'mcp-stack simulate --compare'.

    Several servers are played one by one, and have a line each: --server shows one of them in detail.

    A stack with errors is refused: see 'mcp-stack check'. Exit 1 if it cannot be simulated.

    Example: mcp-stack simulate spike --stack staging --compare
    """
    from ..simulate_stack import play

    with failures(as_json):
        _check_files(load, plot, html)
        stack_file = stack_files(stack, file, project_dir, False)[0]
        region = inspect_stack(stack_file)
        if any(finding.severity == "error" for finding in region.findings):
            print_refusal(stack_file, region, as_json)
            raise typer.Exit(1)
        region = one_server(region, server)
        play_one = partial(
            play,
            name=stack_file.name,
            names=scenario or (),
            load=load,
            peak=_within("--peak", peak, 1, MOST_PEAK),
            start_seconds=_within("--start-seconds", start_seconds, 0, MOST_START_SECONDS),
            node_seconds=_within("--node-seconds", node_seconds, 0, MOST_START_SECONDS),
            seed=_seed(seed),
            compare=compare,
            beside=[_beside(one, project_dir, server) for one in beside or ()],
        )
        if region.many:
            _print_servers(region, play_one, as_json, given=plot is not None or html is not None or compare)
            return
        shown = play_one(region.first)
        _write(shown, plot, html)
        _print(shown, as_json)


def _beside(given: Path, project_dir: Path, server: str | None) -> Path | Policy:
    """A file with an autoscaler, or that of a stack as it is or was."""
    from .. import rehearsal
    from ..settings import stack_names

    words = str(given)
    if given.exists() or (":" not in words and words not in stack_names(project_dir)):
        return given
    with stack_as_named(words, project_dir) as (stack_file, _):
        return rehearsal.policy(one_server(inspect_stack(stack_file), server).first, words)


def _check_files(load: Path | None, plot: Path | None, html: Path | None) -> None:
    """Refuse before the simulation what could not be read or written after it."""
    from ..simulate_stack import RefusedError

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
    from ..simulate_stack import RefusedError

    if value is None or least <= value <= most:
        return value
    raise RefusedError(f"{option} {value:g}: give a number from {least:g} to {most:,.0f}.")


def _seed(value: int | None) -> int | None:
    from ..simulate_stack import RefusedError

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
    from ..report.simulation import simulation_document
    from ..report.simulation_data import simulation_data
    from ..report.terminal import view

    if as_json:
        print_json(simulation_data(shown))
    else:
        show(view(simulation_document(shown, output().width)))


def _print_servers(
    region: RegionPlan, play_one: Callable[[ServerPlan], SimulatedStack], as_json: bool, *, given: bool
) -> None:
    """A line for each server, and their sum."""
    from ..report.region import simulation_region_data, simulation_region_document
    from ..report.terminal import view
    from ..simulate_stack import RefusedError

    if given:
        raise RefusedError("--plot, --html and --compare show one server: name it with --server.")
    shown = {}
    for server in region.servers:
        with progress().status(f"Simulating {clean(server.name)}"):
            shown[server.name] = play_one(server)
    if as_json:
        print_json(simulation_region_data(shown))
    else:
        show(view(simulation_region_document(shown)))
