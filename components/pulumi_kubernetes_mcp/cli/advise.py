"""``mcp-stack advise``: what days of production say of a stack, and the change that follows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..report.console import clean, print_json, print_text, progress, show
from .exposed import tell_exposed
from .failures import failures
from .options import FileOption, JsonOption, ProjectOption, StackOption, TestedServerOption
from .stacks import inspect_stack, one_server, stack_files

if TYPE_CHECKING:
    from ..advise.history import History
    from ..report.advise import Pair
    from ..server_plan import ServerPlan


def advise(
    source: Annotated[
        list[str],
        typer.Argument(
            metavar="PROMETHEUS|FILE...",
            help="The address of a Prometheus, or files with answers of one (sessions.json, pods.json, ...).",
            show_default=False,
        ),
    ],
    stack: StackOption = None,
    file: FileOption = None,
    project_dir: ProjectOption = Path(),
    server: TestedServerOption = None,
    days: Annotated[float, typer.Option("--days", help="Look at so many days, until now.")] = 14,
    zone: Annotated[
        str | None,
        typer.Option("--time-zone", metavar="ZONE", help="Whose days and nights. [of the schedules, or UTC]"),
    ] = None,
    as_diff: Annotated[
        bool, typer.Option("--diff", help="Print the changed stack file as a difference, alone.")
    ] = False,
    show_queries: Annotated[
        bool, typer.Option("--queries", help="Print what is asked for, to record it elsewhere, and ask nothing.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Say what days of production show of a stack, and the change that follows.

    Pods that nobody needs, nights and weekends as busy as days in pods but not in load, a load that grows, memory that
    leaks, calls that get slower, a deploy since which it costs more, containers that are started again and again.
    Each with figures, the change of the stack file, and what the plan and a rehearsed spike say of that change.

    It only reads. With PROMETHEUS_TOKEN in the environment each question has it as its bearer token. Nothing stands
    out in a healthy week. Exit 1 if the metrics cannot be read, or say nothing.

    Example: mcp-stack advise http://127.0.0.1:9090 --stack production-us-east --days 14 --diff
    """
    from ..advise.advice import advise as advised
    from ..advise.advice import known_of
    from ..advise.answers import check_units, without_gaps
    from ..advise.queries import queries
    from ..advise.refused import AdviseError
    from ..advise.tried import difference
    from ..report.advise import advise_data, advise_document
    from ..report.terminal import view

    with failures(as_json):
        stack_file = stack_files(stack, file, project_dir, False)[0]
        region = one_server(inspect_stack(stack_file), server)
        if len(region.servers) > 1:
            names = ", ".join(one.name for one in region.servers)
            raise AdviseError(f"The region has several servers: name one of {names} with --server.")
        plan = region.first
        if show_queries:
            print_json(queries(plan))
            return
        history = without_gaps(_history(source, plan, days, zone))
        check_units(history, known_of(plan))
        before = after = stack_file.path.read_text(encoding="utf-8")
        found: list[Pair] = []
        for advice in advised(plan, history):
            tried = None
            if advice.changes:
                from ..advise.tried import try_changes

                with progress().status(f"Planning and rehearsing {clean(advice.pattern.value)}"):
                    tried = try_changes(stack_file, region, plan.name, advice.changes, after)
                after = after if tried.problem else tried.text
            found.append((advice, tried))
        changed = difference(before, after, stack_file.where)

        def placed(key: str) -> str:
            return region.stack.place(plan.name, f"mcp:{key}")

        if as_json:
            print_json(advise_data(stack_file.name, plan.name, history, found, changed, placed))
        elif as_diff:
            print_text(clean(changed))
        else:
            show(view(advise_document(stack_file.name, plan.name, history, found, None, placed)))


def _history(source: list[str], plan: ServerPlan, days: float, zone: str | None) -> History:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    from .. import rehearsal
    from ..advise.answers import LEAST_DAYS, MOST_DAYS, check_length
    from ..advise.prometheus import fetch, recorded
    from ..advise.queries import queries
    from ..advise.refused import AdviseError

    if not LEAST_DAYS <= days <= MOST_DAYS:
        raise AdviseError(f"--days {days:g}: give a number from {LEAST_DAYS:g} to {MOST_DAYS:g}.")
    try:
        clock = ZoneInfo(zone or rehearsal.zone(plan))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise AdviseError(f"--time-zone {zone}: there is no such zone; write it as Europe/Berlin.") from None
    for one in source:
        if "://" in one:
            tell_exposed(one)
    paths = [Path(one) for one in source]
    if any(path.exists() for path in paths) or len(paths) > 1:
        history = recorded(paths, clock)
        check_length(history)
        return history
    if "://" not in source[0] and source[0].endswith(".json"):
        raise AdviseError(f"{source[0]}: there is no such file.")
    with progress().status("Asking Prometheus") as status:
        return fetch(source[0], queries(plan), days=days, zone=clock, say=lambda text: status.update(clean(text)))
