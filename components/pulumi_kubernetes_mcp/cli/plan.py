"""``mcp-stack plan``: the capacity plan of a stack, or of two side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..report.console import print_json, print_text, show
from .failures import failures
from .options import FileOption, JsonOption, ProjectOption, StackOption
from .stacks import inspect_stack, stack_files, stack_named


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
        typer.Option("--compare", metavar="OTHER", help="Beside the plan of another stack, or of a stack file."),
    ] = None,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Print Markdown, for a pull request or a design review.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show the capacity plan: the answer, every figure with its working, and how sure it is.

    From users to sessions and calls, from these to memory, CPU, connections, pods and cost. The plan names what binds
    first, how long calls wait, and which input to measure first. Errors of the stack do not hide its plan: see
    'mcp-stack check'. With --compare two plans stand side by side, what differs first.

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
        server = planned(stack_file, inspect_stack(stack_file))
        other = None
        if compare is not None:
            other_file = stack_named(compare, project_dir)
            other = planned(other_file, inspect_stack(other_file))
        if as_json:
            print_json(planned_data(server) if other is None else compare_data(server, other))
            return
        if other is None:
            document = plan_document(server, sources=sources, all_inputs=all_inputs)
        else:
            document = compare_document(server, other)
        if as_markdown:
            print_text(markdown(document))
        else:
            show(view(document))
