"""``mcp-stack schema``: the JSON Schema of a stack file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..report.console import show
from .failures import failures
from .options import ProjectOption


def schema(
    project_dir: ProjectOption = Path(),
    write: Annotated[bool, typer.Option("--write", help="Write it to schemas/stack.schema.json.")] = False,
    check_only: Annotated[bool, typer.Option("--check", help="Exit 1 if that file is not up to date.")] = False,
) -> None:
    """Print the JSON Schema of a stack file, from which editors complete keys and mark mistakes.

    A stack file names it in its first line: # yaml-language-server: $schema=../schemas/stack.schema.json

    Example: mcp-stack schema --write
    """
    import pulumi

    from ..settings import schema_text, write_schema

    path = project_dir / "schemas" / "stack.schema.json"
    with failures(as_json=False):
        if check_only:
            if not path.is_file() or path.read_text(encoding="utf-8") != schema_text():
                raise pulumi.RunError(f"{path} is not up to date. Run 'mcp-stack schema --write'.")
            show(f"{path}: up to date")
        elif write:
            show(f"{path}: {'written' if write_schema(path) else 'up to date'}")
        else:
            print(schema_text(), end="")
