"""Options that several verbs have, in the same words."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def complete_stack(context: typer.Context, incomplete: str) -> list[str]:
    """The stacks of the project that begin so, for the completion of a shell."""
    from ..settings import SettingsError, stack_names

    try:
        names = stack_names(context.params.get("project_dir") or Path())
    except (SettingsError, OSError):
        return []
    return [name for name in names if name.startswith(incomplete)]


StackOption = Annotated[
    str | None,
    typer.Option(
        "--stack", "-s", help="Name of the stack: <name> of Pulumi.<name>.yaml.", autocompletion=complete_stack
    ),
]
FileOption = Annotated[
    Path | None, typer.Option("--file", "-f", help="A stack file anywhere, instead of a name. It wins over --stack.")
]
ProjectOption = Annotated[
    Path, typer.Option("--project-dir", "-C", help="Directory with Pulumi.yaml and, if there is one, __main__.py.")
]
ServerOption = Annotated[
    str | None,
    typer.Option(
        "--server", metavar="NAME", help="Of several servers (mcp:servers) one in detail, instead of a line each."
    ),
]
TestedServerOption = Annotated[
    str | None, typer.Option("--server", metavar="NAME", help="Of several servers (mcp:servers) the one it is about.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
AllOption = Annotated[bool, typer.Option("--all", help="Every stack of the project.")]
