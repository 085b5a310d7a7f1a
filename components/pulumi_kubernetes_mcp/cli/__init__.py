"""``mcp-stack``: what a stack is, costs and changes, seen without the Pulumi CLI and without a cluster.

One file per verb; none of them imports this one. A verb imports what it works with when it runs, so that the help
is there at once.
"""

from __future__ import annotations

import gc
import sys
from typing import Annotated

import typer

from ..collecting import collected_rarely
from . import (
    advise,
    chaos,
    check,
    config,
    diff,
    doctor,
    explain,
    init,
    list_stacks,
    loadtest,
    measure,
    plan,
    preview,
    probe,
    region,
    render,
    schema,
    simulate,
    verify,
)
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
    "Begin with 'mcp-stack init' in an empty directory; or with 'mcp-stack check', then 'mcp-stack plan', then\n"
    "'mcp-stack preview'.",
)


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the versions that a report of a problem needs.", callback=print_version),
    ] = False,
) -> None:
    """What stands before the verb."""


app.command(short_help="Write a new project, with the reason of each value.")(init.init)
app.command(short_help="Say what is wrong with a stack.")(check.check)
app.command(short_help="Say what a finding means, and what to change.")(explain.explain)
app.command(short_help="Show the capacity plan, with the working of every figure.")(plan.plan)
app.command(short_help="Show every value of a stack, and where it comes from.")(config.config)
app.command(short_help="Run the program, show what it makes and what that changes.")(preview.preview)
app.command(short_help="Read the cluster of a stack, and say what is missing there.")(doctor.doctor)
app.command(short_help="Say what changes between two stacks, files or revisions.")(diff.diff)
app.command(short_help="Write the Kubernetes manifests of a stack.")(render.render)
app.command(short_help="Play a day, a spike or an outage with the autoscaler.")(simulate.simulate)
app.command(short_help="Find what a running server costs, with real MCP clients.")(measure.measure)
app.command(short_help="See a server as its clients do, each phase with its time.")(probe.probe)
app.command(short_help="Play the load of a stack with k6, and judge the result.")(loadtest.loadtest)
app.command(short_help="Check whether a server does what a stack assumes of it.")(verify.verify)
app.command(short_help="Break something while clients call, and say what it costs.")(chaos.chaos)
app.command(short_help="Say what days of production show, and what to change.")(advise.advise)
app.command(short_help="Say what a lost region means, and drain one.")(region.region)
app.command("stacks", short_help="List the stacks of a project.")(list_stacks.list_stacks)
app.command(short_help="Print the JSON Schema of a stack file, for editors.")(schema.schema)


def main() -> None:
    """The console script: characters that the terminal cannot show are replaced rather than fatal.

    A sixth of a short verb is the collector's, without anything to collect; and before the interpreter ends it would
    look at everything once more, unless it is told that all of that stays.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    # Always the name of the script: usage and completion are the same under 'python -m'.
    with collected_rarely():
        try:
            app(prog_name="mcp-stack")
        finally:
            gc.freeze()
