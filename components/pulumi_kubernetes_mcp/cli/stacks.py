"""From the words of the command line to stack files, and from these to what is known about a stack."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..report.console import clean, print_json, progress, show

if TYPE_CHECKING:
    from ..offline.diff import Difference
    from ..offline.model import Deployment
    from ..planned_stacks import PlannedStack
    from ..region_plan import RegionPlan
    from ..settings import StackFile
    from ..stack_agreement import Disagreement


def stack_files(stack: str | None, file: Path | None, project_dir: Path, all_stacks: bool) -> list[StackFile]:
    """The one stack that was asked for, or every stack of the project.

    A project with a program of its own needs no stack file, as for Pulumi.
    """
    import pulumi

    from ..settings import read_stack_file, stack_names

    names = stack_names(project_dir)
    if not names and file is None and has_program(project_dir):
        from ..settings.own_program import FIRST_STACK, stack_without_file

        return [stack_without_file(project_dir, stack or FIRST_STACK)]
    if not all_stacks:
        return [read_stack_file(project_dir, stack=stack, file=file)]
    if not names:
        raise pulumi.RunError("This project has no stack file. Write Pulumi.<stack>.yaml first.")
    return [read_stack_file(project_dir, stack=name) for name in names]


def has_program(project_dir: Path) -> bool:
    """Whether a directory is a Pulumi project with a program of its own."""
    return all(project_dir.joinpath(name).is_file() for name in ("Pulumi.yaml", "__main__.py"))


def stack_named(other: str, project_dir: Path) -> StackFile:
    """A stack of the project by its name, or a stack file anywhere by its path. A name wins."""
    from ..settings import read_stack_file, stack_names

    path = Path(other)
    if other not in stack_names(project_dir) and (path.suffix in (".yaml", ".yml") or path.is_file()):
        return read_stack_file(project_dir, file=path)
    return read_stack_file(project_dir, stack=other)


@contextlib.contextmanager
def stack_as_named(words: str, project_dir: Path) -> Iterator[tuple[StackFile, bool]]:
    """A stack, a stack file, or either as ``REVISION:...`` of git has it, until the end of the block; and whether it is
    of a revision, whose files are gone after the block."""
    from ..revisions import in_project, is_revision, project_at
    from ..settings import stack_names
    from ..settings.problems import Problem, SettingsError

    revision, colon, within = words.partition(":")
    if not colon or words in stack_names(project_dir) or Path(words).is_file():
        try:
            stack_file = stack_named(words, project_dir)
        except SettingsError as refused:
            known = words in stack_names(project_dir) or Path(words).exists()
            if colon or known or not is_revision(project_dir, words):
                raise
            remedy = f"Name a stack or a file of it, such as {words}:{(*stack_names(project_dir), 'STACK')[0]}."
            wrong = Problem(words, "It is a revision, and no stack.", remedy)
            raise SettingsError([wrong], where="A side of the comparison") from refused
        yield stack_file, False
        return
    with project_at(project_dir, revision) as root:
        found = within
        if within not in stack_names(root):
            path = root / in_project(project_dir, within)
            # A word that is no file there is the name of a stack, and told as one.
            found = str(path) if path.suffix in (".yaml", ".yml") or path.is_file() else within
        try:
            stack_file = stack_named(found, root)
        except SettingsError as refused:
            raise SettingsError(refused.problems, where=words) from None
        yield replace(stack_file, where=words), True


def inspect_stack(stack_file: StackFile) -> RegionPlan:
    """Everything that is known about a stack before any resource is registered."""
    from .. import evaluate

    return evaluate.inspect_stack(stack_file)


def inspect_if_planned(stack_file: StackFile) -> RegionPlan | None:
    """The same, or nothing where a program without settings says everything."""
    from .. import evaluate

    return evaluate.inspect_stack(stack_file) if evaluate.has_plan(stack_file) else None


def one_server(region: RegionPlan, name: str | None) -> RegionPlan:
    """The region as it is, or seen from the server that was asked for."""
    import pulumi

    if name is None:
        return region
    try:
        return region.only(name)
    except KeyError as unknown:
        raise pulumi.RunError(f"--server {name}: {unknown.args[0]}.") from None


def planned_stack(stack_file: StackFile, region: RegionPlan) -> PlannedStack:
    """A stack with its plan, for the comparison with others."""
    from ..evaluate import target_in
    from ..planned_stacks import PlannedStack

    target = target_in(stack_file)
    context = target.name if target.source == "context" else None
    return PlannedStack(name=stack_file.name, plan=region, context=context)


def disagreements(stack_file: StackFile, region: RegionPlan) -> tuple[Disagreement, ...]:
    """In what this stack and the others of its project do not agree; those that cannot be read have no say."""
    import pulumi

    from ..region_plan import decide, load
    from ..settings import read_stack_file, stack_names
    from ..stack_agreement import agreement

    planned = [planned_stack(stack_file, region)]
    for name in stack_names(stack_file.directory):
        if name == stack_file.name:
            continue
        with contextlib.suppress(pulumi.RunError):
            other = read_stack_file(stack_file.directory, stack=name)
            settings = load(other.values, where=other.where, directory=other.directory, sources=other.sources)
            planned.append(planned_stack(other, decide(settings)))
    return tuple(one for one in agreement(planned) if stack_file.name in one.stacks)


def production_at(stack_file: StackFile, url: str) -> str | None:
    """The name of another stack of the project that is in production and is reached at the host of an address; those
    that cannot be read have no say."""
    from urllib.parse import urlsplit

    import pulumi

    from ..region_plan import load
    from ..settings import read_stack_file, stack_names

    host = (urlsplit(url).hostname or "").rstrip(".")
    for name in stack_names(stack_file.directory):
        with contextlib.suppress(pulumi.RunError):
            other = read_stack_file(stack_file.directory, stack=name)
            settings = load(other.values, where=other.where, directory=other.directory, sources=other.sources)
            edges = [one.edge for one in settings.servers.values()]
            if (
                name != stack_file.name
                and settings.first.region.environment == "production"
                and any(host in (edge.host, *edge.hosts) for edge in edges)
            ):
                return name
    return None


def run_program(
    stack_file: StackFile, region: RegionPlan | None, directory: Path | None
) -> tuple[Deployment, Difference]:
    """Run the stack's program offline, and compare with what was rendered last.

    :param region: what is known about the stack, so that the program does not plan it again.
    :param directory: where the rendered files are. Default: ``rendered/<stack>`` beside the stack file.
    """
    from ..evaluate import run_quietly
    from ..offline.diff import compare
    from ..offline.manifests import manifests
    from ..offline.project import rendered_directory

    target = directory or rendered_directory(stack_file)
    with running(stack_file):
        deployment = run_quietly(stack_file, region)
    return deployment, compare(manifests(deployment), target)


def running(stack_file: StackFile) -> contextlib.AbstractContextManager[object]:
    """Say on a terminal that the program of a stack runs, as long as it does."""
    return progress().status(f"Running the program of {clean(stack_file.name)}")


def print_refusal(stack_file: StackFile, region: RegionPlan, as_json: bool) -> None:
    """Say why a stack cannot work: its findings, instead of what was asked for."""
    from ..report.findings import count_text, findings_data, findings_view

    if as_json:
        print_json({"stack": stack_file.name, "findings": findings_data(region.findings)})
        return
    show(f"{clean(stack_file.where)} cannot work: {count_text(region.findings)}.", style="bold")
    show(findings_view(region.findings))
