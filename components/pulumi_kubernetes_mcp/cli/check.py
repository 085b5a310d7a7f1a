"""``mcp-stack check``: what is wrong with a stack file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..report.console import clean, print_json, show
from .failures import failures, problem_data
from .options import AllOption, FileOption, JsonOption, ProjectOption, StackOption
from .stacks import inspect_if_planned, planned_stack, running, stack_files

if TYPE_CHECKING:
    from ..region_plan import RegionPlan
    from ..rules.model import Finding
    from ..settings import StackFile


def check(
    stack: StackOption = None,
    file: FileOption = None,
    project_dir: ProjectOption = Path(),
    all_stacks: AllOption = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Fail on warnings too: mend or accept each of them.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Say what is wrong with a stack file. Exit 1 if there is an error.

    Every value is checked against its rule, and the whole against the load: replicas, drain, memory, connections
    of the database, quota. Each finding has a code, the key that it is about, and what to change. Fast enough for
    every save: no resource is made. With --all the stacks are compared too: hosts, eras, budgets of a database that
    several name, namespaces and routes of one cluster, keys.

    In a project with a program of its own and no settings, the program is run, and its components say what is wrong.

    Example: mcp-stack check --all --strict
    """
    import pulumi

    from ..report.findings import agreement_data, agreement_view, count_text, findings_data, findings_view
    from ..rules.model import errors
    from ..stack_agreement import agreement

    with failures(as_json):
        reports, planned = [], []
        failed = False
        for stack_file in stack_files(stack, file, project_dir, all_stacks):
            try:
                found, region = _findings(stack_file)
            except pulumi.RunError as refused:
                if not all_stacks:
                    raise
                # Of all stacks one that cannot be read hides nothing of the others.
                failed = True
                problems = [problem_data(one) for one in getattr(refused, "problems", ())]
                reports.append({"stack": stack_file.name, "findings": [], "problems": problems})
                if not as_json:
                    show(clean(str(refused)))
                continue
            if region is not None:
                planned.append(planned_stack(stack_file, region))
            failed = failed or bool(found if strict else errors(found))
            reports.append({"stack": stack_file.name, "findings": findings_data(found)})
            if not as_json:
                show(f"{clean(stack_file.where)}: {count_text(found)}")
                show(findings_view(found))
                _print_environment(stack_file)
        together = agreement(planned)
        failed = failed or bool(together if strict else errors(one.finding for one in together))
        if as_json:
            print_json({"stacks": reports, "together": agreement_data(together)} if all_stacks else reports[0])
        elif len(planned) > 1:
            show(f"All {len(planned)} stacks together: {count_text(one.finding for one in together)}")
            show(agreement_view(together))
        if failed:
            raise typer.Exit(1)


def _findings(stack_file: StackFile) -> tuple[tuple[Finding, ...], RegionPlan | None]:
    region = inspect_if_planned(stack_file)
    if region is not None:
        return region.findings, region
    from ..evaluate import program_findings

    with running(stack_file):
        return program_findings(stack_file), None


def _print_environment(stack_file: StackFile) -> None:
    from ..report.plan import ENVIRONMENT_NOTE

    if stack_file.environment:
        show(ENVIRONMENT_NOTE)
