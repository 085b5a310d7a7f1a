"""``mcp-stack schema``: the JSON Schemas of a stack file and of Pulumi.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..report.console import clean, print_json, show
from .failures import failures
from .options import ProjectOption


def schema(
    project_dir: ProjectOption = Path(),
    of_project: Annotated[bool, typer.Option("--project", help="Print that of Pulumi.yaml instead.")] = False,
    write: Annotated[bool, typer.Option("--write", help="Write both into the directory schemas.")] = False,
    check_only: Annotated[bool, typer.Option("--check", help="Exit 1 if those files are not up to date.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON with --write and --check too.")] = False,
) -> None:
    """Print the JSON Schema of a stack file, from which editors complete keys and mark mistakes.

    A stack file names it in its first line: # yaml-language-server: $schema=../schemas/stack.schema.json. Pulumi.yaml,
    whose 'defaults' holds what all stacks share, names schemas/project.schema.json.

    Example: mcp-stack schema --write
    """
    import pulumi

    from ..settings import schema_files, write_schemas

    directory = project_dir / "schemas"
    files = {directory / name: text for name, text in schema_files().items()}
    with failures(as_json):
        if not (check_only or write):
            print(files[directory / ("project.schema.json" if of_project else "stack.schema.json")], end="")
            return
        stale = [path for path, text in files.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
        if check_only and stale:
            names = " and ".join(map(str, stale))
            raise pulumi.RunError(
                f"{names} {'is' if len(stale) == 1 else 'are'} not up to date. Run 'mcp-stack schema --write'."
            )
        if write:
            write_schemas(directory)
        if as_json:
            print_json({"files": [{"file": str(path), "written": path in stale} for path in files]})
            return
        for path in files:
            show(f"{clean(str(path))}: {'written' if path in stale else 'up to date'}")
