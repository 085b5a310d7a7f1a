"""From the words of the command line to stack files, and from these to what is known about a stack."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ..report.console import clean, print_json, progress, show

if TYPE_CHECKING:
    from ..offline.diff import Difference
    from ..offline.model import Deployment
    from ..region_plan import RegionPlan
    from ..settings import StackFile


def stack_files(stack: str | None, file: Path | None, project_dir: Path, all_stacks: bool) -> list[StackFile]:
    """The one stack that was asked for, or every stack of the project."""
    import pulumi

    from ..settings import read_stack_file, stack_names

    if not all_stacks:
        return [read_stack_file(project_dir, stack=stack, file=file)]
    names = stack_names(project_dir)
    if not names:
        raise pulumi.RunError("This project has no stack file. Write Pulumi.<stack>.yaml first.")
    return [read_stack_file(project_dir, stack=name) for name in names]


def stack_named(other: str, project_dir: Path) -> StackFile:
    """A stack of the project by its name, or a stack file anywhere by its path. A name wins."""
    from ..settings import read_stack_file, stack_names

    path = Path(other)
    if other not in stack_names(project_dir) and (path.suffix in (".yaml", ".yml") or path.is_file()):
        return read_stack_file(project_dir, file=path)
    return read_stack_file(project_dir, stack=other)


def inspect_stack(stack_file: StackFile) -> RegionPlan:
    """Everything that is known about a stack before any resource is registered."""
    from ..region_plan import load, plan_region

    return plan_region(load(stack_file.values, where=stack_file.where, directory=stack_file.directory))


def run_program(stack_file: StackFile, project_dir: Path, directory: Path | None) -> tuple[Deployment, Difference]:
    """Run the stack's program offline, and compare with what was rendered last.

    :param directory: where the rendered files are. Default: ``rendered/<stack>`` beside the stack file.
    """
    from ..offline.diff import compare
    from ..offline.manifests import manifests
    from ..offline.project import rendered_directory, run_stack

    target = directory or rendered_directory(stack_file)
    # What the program prints is no part of the report.
    with progress().status(f"Running the program of {clean(stack_file.name)}"), contextlib.redirect_stdout(sys.stderr):
        deployment = run_stack(stack_file, project_dir)
    return deployment, compare(manifests(deployment), target)


def print_refusal(stack_file: StackFile, region: RegionPlan, as_json: bool) -> None:
    """Say why a stack cannot work: its findings, instead of what was asked for."""
    from ..report.findings import count_text, findings_data, findings_view

    if as_json:
        print_json({"stack": stack_file.name, "findings": findings_data(region.findings)})
        return
    show(f"{clean(stack_file.where)} cannot work: {count_text(region.findings)}.", style="bold")
    show(findings_view(region.findings))
