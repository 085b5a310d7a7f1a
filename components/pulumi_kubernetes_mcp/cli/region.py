"""``mcp-stack region``: what a lost region means, and how one is drained and brought back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..report.console import print_json, show
from .failures import failures
from .options import JsonOption, ProjectOption, complete_stack
from .stacks import inspect_if_planned, planned_stack, stack_files

if TYPE_CHECKING:
    from ..planned_stacks import PlannedStack

LOSS, DRAIN, RESTORE = ACTIONS = ("loss", "drain", "restore")


def region(
    action: Annotated[str, typer.Argument(metavar="[loss|drain|restore]", help="What to look at.")] = LOSS,
    name: Annotated[
        str | None,
        typer.Argument(metavar="[STACK]", help="The region: its stack.", autocompletion=complete_stack),
    ] = None,
    project_dir: ProjectOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Say what a lost region means for the others, or how one is drained and brought back.

    loss: for every host that several stacks serve, each of them lost in turn: whether the others carry its clients at
    the peak, and how many pods they must hold to do so at once. Exit 1 if one of them could not.

    drain STACK: the change that sends no new clients there, and what happens to those that are there. Nothing is
    changed. restore STACK: the way back.

    Example: mcp-stack region drain production-us-east
    """
    import pulumi

    from ..region_takeover import drains, takeovers
    from ..report.region_takeover import drain_data, drain_document, loss_document, takeover_data
    from ..report.terminal import view

    if action not in ACTIONS:
        raise typer.BadParameter(f"'{action}' is none of {', '.join(ACTIONS)}.")
    if (action == LOSS) != (name is None):
        raise typer.BadParameter(f"{action} takes {'no stack' if action == LOSS else 'the name of a stack'}.")
    with failures(as_json):
        planned = _planned(project_dir)
        if action == LOSS:
            found = takeovers(planned)
            print_json({"lost": [takeover_data(one) for one in found]}) if as_json else show(view(loss_document(found)))
            if not all(one.carried for one in found):
                raise typer.Exit(1)
            return
        if name not in {stack.name for stack in planned}:
            raise pulumi.RunError(
                f"There is no stack '{name}' in this project; there are {', '.join(stack.name for stack in planned)}."
            )
        drained = list(drains(planned, name))
        if not drained:
            raise pulumi.RunError(
                f"{name} shares no host with another stack, or publishes none: give mcp:edge.dns in each stack of the "
                "host, with one routing for all."
            )
        if as_json:
            print_json({"stack": name, "action": action, "servers": [drain_data(one) for one in drained]})
        else:
            show(view(drain_document(name, drained, back=action == RESTORE)))


def _planned(project_dir: Path) -> list[PlannedStack]:
    """Every stack of the project that is planned; what is wrong with any of them is told at once."""
    import pulumi

    from ..settings import stack_names

    found, refused = [], []
    for name in stack_names(project_dir) or [None]:
        try:
            (stack_file,) = stack_files(name, None, project_dir, all_stacks=name is None)
            plan = inspect_if_planned(stack_file)
        except pulumi.RunError as problem:
            refused.append(problem)
            continue
        if plan is not None:
            found.append(planned_stack(stack_file, plan))
    if len(refused) > 1:
        raise pulumi.RunError("\n".join(map(str, refused)))
    if refused:
        raise refused[0]
    return found
