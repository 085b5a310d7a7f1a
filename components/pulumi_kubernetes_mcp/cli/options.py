"""Options that several verbs have, in the same words."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

StackOption = Annotated[
    str | None, typer.Option("--stack", "-s", help="Name of the stack: <name> of Pulumi.<name>.yaml.")
]
FileOption = Annotated[
    Path | None, typer.Option("--file", "-f", help="A stack file anywhere, instead of a name. It wins over --stack.")
]
ProjectOption = Annotated[
    Path, typer.Option("--project-dir", "-C", help="Directory with Pulumi.yaml and, if there is one, __main__.py.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
AllOption = Annotated[bool, typer.Option("--all", help="Every stack of the project.")]
