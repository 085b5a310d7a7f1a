"""``mcp-stack stacks``: the stacks of a project, for people and for pipelines."""

from __future__ import annotations

from pathlib import Path

from ..report.console import clean, print_json, show
from .failures import failures
from .options import JsonOption, ProjectOption


def list_stacks(project_dir: ProjectOption = Path(), as_json: JsonOption = False) -> None:
    """List the stacks of a project: one for each Pulumi.<stack>.yaml.

    A pipeline that runs once for each stack reads them here and keeps no list of its own.

    Example: mcp-stack stacks --json
    """
    from ..settings import stack_names, stack_path

    with failures(as_json):
        found = [{"stack": name, "file": str(stack_path(project_dir, name))} for name in stack_names(project_dir)]
        if as_json:
            print_json({"stacks": found})
            return
        for item in found:
            show(f"{clean(item['stack'])}  {clean(item['file'])}")
        if not found:
            show("This project has no stack file. 'mcp-stack init' writes the first.")
