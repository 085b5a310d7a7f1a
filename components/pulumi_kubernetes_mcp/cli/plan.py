"""``mcp-stack plan``: the capacity plan of a stack, or of two side by side."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..report.console import print_json, print_text, show
from .failures import failures
from .options import FileOption, JsonOption, ProjectOption, ServerOption, StackOption
from .stacks import inspect_stack, one_server, stack_as_named, stack_files

if TYPE_CHECKING:
    from ..region_plan import RegionPlan
    from ..report.plan import Planned
    from ..settings import StackFile


def plan(
    stack: StackOption = None,
    file: FileOption = None,
    project_dir: ProjectOption = Path(),
    sources: Annotated[bool, typer.Option("--sources", help="Show where each rule and constant comes from.")] = False,
    all_inputs: Annotated[
        bool,
        typer.Option("--all-inputs", help="Show every input that moves the plan, not only the first ten."),
    ] = False,
    compare: Annotated[
        str | None,
        typer.Option(
            "--compare",
            metavar="OLD",
            help="From the plan of another stack, stack file, or REVISION:either, to this one.",
        ),
    ] = None,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Print Markdown, for a pull request or a design review.")
    ] = False,
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the capacity plan: the answer, every figure with its working, and how sure it is.

    From users to sessions and calls, from these to memory, CPU, connections, pods and cost. The plan names what binds
    first, how long calls wait, and which input to measure first. Errors of the stack do not hide its plan: see
    'mcp-stack check'. With --compare two plans stand side by side, what differs first, from the old one to
    this one: twice the users are +100 %. Several servers have a line each, and with --server one of them in detail.

    Example: mcp-stack plan --stack production-us-east --markdown
    """
    from ..report.compare import compare_data, compare_document
    from ..report.markdown import markdown
    from ..report.plan import plan_document, planned, planned_data
    from ..report.terminal import view

    if as_json and as_markdown:
        raise typer.BadParameter("--json and --markdown are two forms of the same: give one of them.")
    with failures(as_json):
        stack_file = stack_files(stack, file, project_dir, False)[0]
        region = one_server(inspect_stack(stack_file), server)
        if region.many and compare is None:
            _print_region(stack_file, region, as_json, as_markdown)
            return
        plan = planned(stack_file, region)
        other = None
        if compare is not None:
            other = _other(compare, project_dir, server)
        if as_json:
            print_json(planned_data(plan) if other is None else compare_data(other, plan))
            return
        if other is None:
            document = plan_document(plan, sources=sources, all_inputs=all_inputs)
        else:
            document = compare_document(other, plan)
        if as_markdown:
            print_text(markdown(document))
        else:
            show(view(document))


def _other(words: str, project_dir: Path, server: str | None) -> Planned:
    """The plan to compare with, which is the older side."""
    from ..report.plan import planned

    with stack_as_named(words, project_dir) as (stack_file, committed):
        region = one_server(inspect_stack(stack_file), server)
        # The directory of a revision is a passing one.
        return planned(replace(stack_file, name=words) if committed else stack_file, region)


def _print_region(stack_file: StackFile, region: RegionPlan, as_json: bool, as_markdown: bool) -> None:
    from ..report.markdown import markdown
    from ..report.region import region_data, region_document
    from ..report.terminal import view

    if as_json:
        print_json({"stack": stack_file.name, **region_data(region)})
        return
    document = region_document(stack_file.name, region)
    if as_markdown:
        print_text(markdown(document))
    else:
        show(view(document))
