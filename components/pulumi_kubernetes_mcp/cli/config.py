"""``mcp-stack config``: every value of a stack, and where it comes from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..report.console import print_json, show
from .failures import failures
from .options import FileOption, JsonOption, ProjectOption, StackOption
from .stacks import stack_files


def config(
    stack: StackOption = None,
    file: FileOption = None,
    project_dir: ProjectOption = Path(),
    server: Annotated[
        str | None, typer.Option("--server", help="The values of one of several servers, its own over the stack's.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Also what no file gives, with the product's default.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Show every value that a stack has, and the file and line that gives it.

    A stack is merged over the defaults of Pulumi.yaml key by key: this is what comes out. Secrets are not shown. Exit 1
    if a key of Pulumi.yaml is replaced as a whole, or a value cannot be read.

    Example: mcp-stack config --stack staging
    """
    import pulumi

    from ..evaluate import demand_plan
    from ..report.effective import effective_data, effective_document, effective_values
    from ..report.terminal import view
    from ..settings import SettingsError, layered
    from ..settings.load import placed
    from ..settings.texts import unreadable

    with failures(as_json):
        stack_file = stack_files(stack, file, project_dir, False)[0]
        merged, problems = layered(stack_file.values, stack_file.sources)
        refused = (one for name, value in merged.values.items() for one in unreadable(value, f"mcp:{name}"))
        problems += [placed(one, merged) for one in refused]
        if problems:
            raise SettingsError(problems, where=stack_file.where)
        if server is not None:
            if server not in merged.servers:
                there = ", ".join(merged.servers) or "none: the stack names no servers"
                raise pulumi.RunError(f"There is no server '{server}' in {stack_file.where}. There are: {there}.")
            merged = merged.server(server)
        if not merged.values:
            demand_plan(stack_file)
        rows = effective_values(merged, every=every)
        if as_json:
            print_json({"stack": stack_file.name, "values": effective_data(rows)})
        else:
            show(view(effective_document(stack_file.name, rows)))
