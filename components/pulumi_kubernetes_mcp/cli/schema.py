"""``mcp-stack schema``: the JSON Schemas of a stack file and of Pulumi.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..report.console import show
from .failures import failures
from .options import ProjectOption


def schema(
    project_dir: ProjectOption = Path(),
    of_project: Annotated[bool, typer.Option("--project", help="Print that of Pulumi.yaml instead.")] = False,
    write: Annotated[bool, typer.Option("--write", help="Write both into the directory schemas.")] = False,
    check_only: Annotated[bool, typer.Option("--check", help="Exit 1 if those files are not up to date.")] = False,
) -> None:
    """Print the JSON Schema of a stack file, from which editors complete keys and mark mistakes.

    A stack file names it in its first line: # yaml-language-server: $schema=../schemas/stack.schema.json. Pulumi.yaml,
    whose 'defaults' holds what all stacks share, names schemas/project.schema.json.

    Example: mcp-stack schema --write
    """
    import pulumi

    from ..settings import schema_files, write_schemas

    directory = project_dir / "schemas"
    files = schema_files()
    with failures(as_json=False):
        if check_only:
            for name, text in files.items():
                path = directory / name
                if not path.is_file() or path.read_text(encoding="utf-8") != text:
                    raise pulumi.RunError(f"{path} is not up to date. Run 'mcp-stack schema --write'.")
                show(f"{path}: up to date")
        elif write:
            written = write_schemas(directory)
            for name in files:
                show(f"{directory / name}: {'written' if directory / name in written else 'up to date'}")
        else:
            print(files["project.schema.json" if of_project else "stack.schema.json"], end="")
