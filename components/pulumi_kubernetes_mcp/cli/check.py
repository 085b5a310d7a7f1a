"""``mcp-stack check``: what is wrong with a stack file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..report.console import clean, print_json, show
from .failures import failures
from .options import AllOption, FileOption, JsonOption, ProjectOption, StackOption
from .stacks import inspect_if_planned, planned_stack, running, stack_files

if TYPE_CHECKING:
    from ..region_plan import RegionPlan
    from ..report.refusals import CheckedStack
    from ..rules.model import Finding
    from ..settings import StackFile
    from ..stack_agreement import Disagreement

PRINT = "-"
"""A file that is standard output."""

SarifOption = Annotated[
    str | None,
    typer.Option(
        "--sarif", metavar="FILE", help="Write SARIF 2.1.0 too, for code hosts and editors; '-' prints it instead."
    ),
]


def check(
    stack: StackOption = None,
    file: FileOption = None,
    project_dir: ProjectOption = Path(),
    all_stacks: AllOption = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Fail on warnings too: mend or accept each of them.")
    ] = False,
    as_json: JsonOption = False,
    sarif: SarifOption = None,
) -> None:
    """Say what is wrong with a stack file. Exit 1 if there is an error.

    Every value is checked against its rule, and the whole against the load: replicas, drain, memory, connections
    of the database, quota. Each finding has a code and a name ('mcp-stack explain' says more), the key that it is
    about, and what to change. Fast enough for every save: no resource is made. With --all the stacks are compared
    too: hosts, eras, budgets of a database that several name, namespaces and routes of one cluster, keys.

    In a project with a program of its own and no settings, the program is run, and its components say what is wrong.

    Example: mcp-stack check --all --strict
    """
    from ..report.findings import agreement_view, checked_data, count_text
    from ..rules.model import errors
    from ..stack_agreement import agreement

    if as_json and sarif == PRINT:
        raise typer.BadParameter(f"--json and '--sarif {PRINT}' both print: give one of them.")
    quiet = as_json or sarif == PRINT
    with failures(as_json):
        checked = list(_checked(stack, file, project_dir, all_stacks, quiet, in_data=quiet or sarif is not None))
        planned = [one.planned for one in checked if one.planned is not None]
        together = agreement(planned)
        if as_json:
            print_json(checked_data(checked, together) if all_stacks else checked_data(checked, ())["stacks"][0])
        elif len(planned) > 1 and not quiet:
            show(f"All {len(planned)} stacks together: {count_text(one.finding for one in together)}")
            show(agreement_view(together))
        if sarif is not None:
            _write_sarif(sarif, checked, together, project_dir)
        found = [*(finding for one in checked for finding in one.findings), *(one.finding for one in together)]
        if found if strict else errors(found):
            raise typer.Exit(1)


def _checked(
    stack: str | None, file: Path | None, project_dir: Path, all_stacks: bool, quiet: bool, *, in_data: bool
) -> Iterator[CheckedStack]:
    """Every stack that was asked for, told of as soon as it is checked. Of all stacks, one that cannot be read hides
    nothing of the others.

    :param in_data: whether what is refused is data, so that it does not end the run.
    """
    import pulumi

    from ..report.refusals import CheckedStack, refused_findings
    from ..settings import stack_names

    for name in (all_stacks and stack_names(project_dir)) or [stack]:
        where, called = str(file or name or ""), name
        try:
            (stack_file,) = stack_files(name, file, project_dir, all_stacks and name is None)
            where, called = stack_file.where, stack_file.name
            found, region = _findings(stack_file)
        except pulumi.RunError as refused:
            if not in_data and (name is None or not all_stacks):
                raise
            if not quiet:
                show(clean(str(refused)))
            where = getattr(refused, "where", where)
            yield CheckedStack(stack=called or where, where=where, findings=tuple(refused_findings(refused, where)))
            continue
        if not quiet:
            _show(stack_file, found)
        plan = None if region is None else planned_stack(stack_file, region)
        yield CheckedStack(stack=stack_file.name, where=where, findings=found, planned=plan)


def _show(stack_file: StackFile, found: Sequence[Finding]) -> None:
    from ..report.findings import count_text, findings_view
    from ..report.plan import ENVIRONMENT_NOTE

    show(f"{clean(stack_file.where)}: {count_text(found)}")
    show(findings_view(found))
    if stack_file.environment:
        show(ENVIRONMENT_NOTE)


def _write_sarif(
    target: str, checked: Sequence[CheckedStack], together: Sequence[Disagreement], project_dir: Path
) -> None:
    from ..report.sarif import sarif
    from .version import own_version

    data = sarif(checked, together, version=own_version(), root=project_dir)
    if target == PRINT:
        print_json(data)
    else:
        Path(target).write_text(f"{json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False)}\n", encoding="utf-8")


def _findings(stack_file: StackFile) -> tuple[tuple[Finding, ...], RegionPlan | None]:
    region = inspect_if_planned(stack_file)
    if region is not None:
        return region.findings, region
    from ..evaluate import program_findings

    with running(stack_file):
        return program_findings(stack_file), None
