"""``mcp-stack preview``: what the program of a stack makes, and what that changes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..report.console import clean, print_json, show
from .failures import failures
from .options import FileOption, JsonOption, ProjectOption, ServerOption, StackOption
from .stacks import disagreements, inspect_if_planned, one_server, print_refusal, run_program, stack_files

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..offline.model import Deployment
    from ..stack_agreement import Disagreement


def preview(
    stack: StackOption = None,
    file: FileOption = None,
    project_dir: ProjectOption = Path(),
    with_manifests: Annotated[bool, typer.Option("--manifests", help="Print the Kubernetes objects too.")] = False,
    summary: Annotated[
        bool, typer.Option("--summary", help="Only the plan in short and the findings: no program runs.")
    ] = False,
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run the stack's program and show what it makes, and what that changes.

    Shows the plan in short, the findings, the resources as a tree, and the difference to the manifests that were
    rendered last. The program is the project's __main__.py; it runs as under the Pulumi CLI, but nothing is
    deployed. Exit 1 if the stack has an error; then no program is run. The other stacks of the project are compared
    too, as with 'mcp-stack check --all'.

    Example: mcp-stack preview --stack production-us-east
    """
    from ..report.findings import agreement_data
    from ..report.preview import preview_data, print_preview, print_summary
    from ..rules.model import errors

    if summary and (as_json or with_manifests):
        raise typer.BadParameter("--summary runs no program, so it has neither manifests nor JSON.")
    with failures(as_json):
        stack_file = stack_files(stack, file, project_dir, False)[0]
        region = inspect_if_planned(stack_file)
        if region is not None and errors(region.findings):
            print_refusal(stack_file, region, as_json)
            raise typer.Exit(1)
        shown = None if region is None else one_server(region, server)
        together = disagreements(stack_file, region) if file is None and region is not None else ()
        if summary:
            print_summary(stack_file, shown)
            _print_together(together)
            return
        deployment, difference = run_program(stack_file, region, None)
        if as_json:
            data = preview_data(stack_file, shown, deployment, difference)
            print_json({**data, "together": agreement_data(together)})
        else:
            print_preview(stack_file, shown, deployment, difference)
            _print_together(together)
            if with_manifests:
                _print_manifests(deployment)
        if errors(one.finding for one in together):
            raise typer.Exit(1)


def _print_together(together: Sequence[Disagreement]) -> None:
    from ..report.findings import agreement_view, count_text

    if together:
        show(f"\nWith the other stacks: {count_text(one.finding for one in together)}")
        show(agreement_view(together))


def _print_manifests(deployment: Deployment) -> None:
    from ..offline.manifests import manifests

    for manifest in manifests(deployment):
        print(f"---\n{clean(manifest.text)}", end="")
