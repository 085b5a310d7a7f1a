"""``mcp-stack doctor``: whether the cluster has what a stack needs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..report.console import clean, print_json, show
from .failures import failures
from .options import FileOption, JsonOption, ProjectOption, StackOption
from .stacks import inspect_if_planned, stack_files

ContextOption = Annotated[
    str | None,
    typer.Option("--context", metavar="NAME", help="Context of kubectl, instead of the stack's kubernetes:context."),
]


def doctor(
    stack: StackOption = None,
    file: FileOption = None,
    project_dir: ProjectOption = Path(),
    context: ContextOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read the cluster of a stack, and say what is missing there. Exit 1 if something is.

    Asked through kubectl and its configuration: the version, operators and what they serve, Gateway and listener,
    stores, namespaces, metrics API, topology labels, Pod Security, Secrets by the names of their keys, and the rights
    to apply. Nothing is changed, and no value of a Secret is read. Each line names the key that answers it.

    Example: mcp-stack doctor --stack production-us-east
    """
    from ..doctor.judge import judge, questions
    from ..doctor.model import State
    from ..doctor.needs import needs
    from ..doctor.read import read
    from ..evaluate import run_quietly
    from ..offline.manifests import manifests
    from ..report.doctor import doctor_data, doctor_view, summary

    with failures(as_json):
        stack_file = stack_files(stack, file, project_dir, False)[0]
        region = inspect_if_planned(stack_file)
        given = context or stack_file.values.get("kubernetes:context")
        wanted = needs(one.body for one in manifests(run_quietly(stack_file)))
        snapshot = read(given if isinstance(given, str) else None, questions(wanted))
        place = None if region is None else region.settings.region
        lines = judge(
            wanted,
            snapshot,
            zones=1 if place is None else place.zones,
            platform="generic" if place is None else place.platform,
        )
        if as_json:
            print_json(doctor_data(stack_file.name, snapshot.context, lines))
        else:
            show(f"Cluster {clean(snapshot.context)}, namespace {clean(wanted.namespace)}: {summary(lines)}")
            show(doctor_view(lines))
        if any(line.state is State.MISSING for line in lines):
            raise typer.Exit(1)
