"""``mcp-stack``: what a stack is, costs and changes, seen without the Pulumi CLI and without a cluster.

One file per verb; none of them imports this one. A verb imports what it works with when it runs, so that the help
is there at once.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from . import check, diff, list_stacks, measure, plan, preview, render, schema, simulate
from .version import print_version

__all__ = ["app", "main"]

app = typer.Typer(
    name="mcp-stack",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="See what a stack is before it exists: its capacity plan, what is wrong with it, its resources, its\n"
    "manifests, and what they change.\n\n"
    "No Pulumi CLI, no cloud account and no cluster is needed, and nothing is deployed. Encrypted values stay\n"
    "encrypted: a placeholder stands for each.\n\n"
    "Begin with 'mcp-stack check', then 'mcp-stack plan', then 'mcp-stack preview'.",
)


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the versions that a report of a problem needs.", callback=print_version),
    ] = False,
) -> None:
    """What stands before the verb."""


app.command()(check.check)
app.command()(plan.plan)
app.command()(preview.preview)
app.command()(render.render)
app.command()(diff.diff)
app.command()(schema.schema)
app.command(name="stacks")(list_stacks.list_stacks)
app.command()(simulate.simulate)
app.command()(measure.measure)


def main() -> None:
    """The console script: characters that the terminal cannot show are replaced rather than fatal."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    # Always the name of the script: usage and completion are the same under 'python -m'.
    app(prog_name="mcp-stack")
