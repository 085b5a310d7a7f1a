"""``mcp-stack render``: the Kubernetes manifests of a stack as files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..report.console import clean, print_json, print_text, progress, show
from .failures import failures
from .options import AllOption, FileOption, JsonOption, ProjectOption, StackOption
from .stacks import inspect_if_planned, run_program, stack_files

if TYPE_CHECKING:
    from ..offline.diff import Difference
    from ..region_plan import RegionPlan
    from ..settings import StackFile

STANDARD_OUTPUT = Path("-")


def render(
    stack: StackOption = None,
    file: FileOption = None,
    project_dir: ProjectOption = Path(),
    all_stacks: AllOption = False,
    check_only: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 if the rendered files are not up to date.")
    ] = False,
    output_dir: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="DIRECTORY",
            help="Directory to render into, instead of rendered/<stack>; '-' prints one YAML stream.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Write the Kubernetes manifests of a stack to rendered/<stack>, beside its file.

    Commit them: a review then sees what a change of the stack file does to real objects. Files that no object
    has any more go; if anything fails, all old files stay. A placeholder stands for every secret.

    Example: mcp-stack render --all --check
    """
    if output_dir == STANDARD_OUTPUT:
        if all_stacks or check_only or as_json:
            raise typer.BadParameter("'--output -' prints one stack: without --all, --check and --json.")
        with failures(as_json):
            _print_stream(stack_files(stack, file, project_dir, False)[0])
        return
    from ..offline.manifests import manifests, write_manifests
    from ..report.resources import difference_data

    if all_stacks and output_dir is not None:
        raise typer.BadParameter("--output is one directory; with --all each stack has its own.")
    with failures(as_json):
        reports = []
        stale = False
        for stack_file in stack_files(stack, file, project_dir, all_stacks):
            deployment, difference = run_program(stack_file, _plan_that_works(stack_file), output_dir)
            if not check_only:
                write_manifests(manifests(deployment), difference.directory)
            stale = stale or not difference.up_to_date
            reports.append({"stack": stack_file.name, "difference": difference_data(difference)})
            if not as_json:
                _print_rendered(stack_file, difference, check_only)
        if as_json:
            print_json({"stacks": reports} if all_stacks else reports[0])
        if check_only and stale:
            raise typer.Exit(1)


def _plan_that_works(stack_file: StackFile) -> RegionPlan | None:
    region = inspect_if_planned(stack_file)
    if region is not None:
        region.raise_errors(stack_file.where)
    return region


def _print_stream(stack_file: StackFile) -> None:
    """All objects as one YAML stream, in order of application; what is to be known stands on standard error."""
    from ..offline.manifests import holds_placeholder, manifests, stream

    deployment, _ = run_program(stack_file, _plan_that_works(stack_file), None)
    objects = manifests(deployment)
    print_text(stream(objects))
    hidden = [f"{item.kind} {item.name}" for item in objects if holds_placeholder(item)]
    if hidden:
        progress().print(
            clean(f"A placeholder stands for a value in: {', '.join(hidden)}. Do not apply them as they are."),
            soft_wrap=True,
        )


def _print_rendered(stack_file: StackFile, difference: Difference, check_only: bool) -> None:
    from ..report.resources import count_text, difference_view

    where = clean(str(difference.directory))
    added = len(difference.objects)
    counted = count_text(difference) if difference.rendered or check_only else f"{added} objects for the first time"
    show(f"{clean(stack_file.name)}: {'' if check_only else 'rendered, '}{counted} ({where})")
    if difference.rendered:
        show(difference_view(difference))
    if check_only and not difference.up_to_date:
        show(f"Run 'mcp-stack render --stack {clean(stack_file.name)}' and commit the files.")
