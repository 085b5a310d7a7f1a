"""``mcp-stack``: what a stack is, costs and changes, seen without the Pulumi CLI and without a cluster."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import pulumi
import typer

from .commands.simulate import simulate
from .measuring.command import measure
from .report.console import clean, print_json, print_text, progress, show

if TYPE_CHECKING:
    from .offline.diff import Difference
    from .offline.model import Deployment
    from .region_plan import Inspection
    from .settings import StackFile

app = typer.Typer(
    name="mcp-stack",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="See what a stack is before it exists: its capacity plan, what is wrong with it, its resources, its\n"
    "manifests, and what they change.\n\n"
    "No Pulumi CLI, no cloud account and no cluster is needed, and nothing is deployed. Encrypted values stay\n"
    "encrypted: a placeholder stands for each.\n\n"
    "Begin with 'mcp-stack check', then 'mcp-stack plan', then 'mcp-stack preview'.",
)

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


@app.command()
def check(
    stack: StackOption = None,
    file: FileOption = None,
    project_dir: ProjectOption = Path(),
    all_stacks: AllOption = False,
    as_json: JsonOption = False,
) -> None:
    """Say what is wrong with a stack file. Exit 1 if there is an error.

    Every value is checked against its rule, and the whole against the load: replicas, drain, memory, connections
    of the database, quota. Each finding has a code, the key that it is about, and what to change. Fast enough for
    every save: no resource is made.
    """
    from .report.findings import count_text, findings_data, findings_view
    from .rules.model import errors

    with _failures(as_json):
        reports = []
        failed = False
        for stack_file in _stack_files(stack, file, project_dir, all_stacks):
            found = _inspect(stack_file).findings
            failed = failed or bool(errors(found))
            reports.append({"stack": stack_file.name, "findings": findings_data(found)})
            if not as_json:
                show(f"{clean(stack_file.where)}: {count_text(found)}")
                show(findings_view(found))
                _print_environment(stack_file)
        if as_json:
            print_json({"stacks": reports} if all_stacks else reports[0])
        if failed:
            raise typer.Exit(1)


@app.command()
def plan(
    stack: StackOption = None,
    file: FileOption = None,
    project_dir: ProjectOption = Path(),
    sources: Annotated[
        bool, typer.Option("--sources", help="Show where each rule and constant comes from.")
    ] = False,
    all_inputs: Annotated[
        bool,
        typer.Option("--all-inputs", help="Show every input that moves the plan, not only the first ten."),
    ] = False,
    compare: Annotated[
        str | None,
        typer.Option("--compare", metavar="OTHER", help="Beside the plan of another stack, or of a stack file."),
    ] = None,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Print Markdown, for a pull request or a design review.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show the capacity plan: the answer, every figure with its working, and how sure it is.

    From users to sessions and calls, from these to memory, CPU, connections, pods and cost. The plan names what binds
    first, how long calls wait, and which input to measure first. Errors of the stack do not hide its plan: see
    'mcp-stack check'. With --compare two plans stand side by side, what differs first.
    """
    from .report.compare import compare_data, compare_document
    from .report.markdown import markdown
    from .report.plan import plan_document, planned, planned_data
    from .report.terminal import view

    if as_json and as_markdown:
        raise typer.BadParameter("--json and --markdown are two forms of the same: give one of them.")
    with _failures(as_json):
        stack_file = _stack_files(stack, file, project_dir, False)[0]
        server = planned(stack_file, _inspect(stack_file))
        other = None
        if compare is not None:
            other_file = _named(compare, project_dir)
            other = planned(other_file, _inspect(other_file))
        if as_json:
            print_json(planned_data(server) if other is None else compare_data(server, other))
            return
        if other is None:
            document = plan_document(server, sources=sources, all_inputs=all_inputs)
        else:
            document = compare_document(server, other)
        if as_markdown:
            print_text(markdown(document))
        else:
            show(view(document))


@app.command()
def preview(
    stack: StackOption = None,
    file: FileOption = None,
    project_dir: ProjectOption = Path(),
    with_manifests: Annotated[bool, typer.Option("--manifests", help="Print the Kubernetes objects too.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Run the stack's program and show what it makes, and what that changes.

    Shows the plan in short, the findings, the resources as a tree, and the difference to the manifests that were
    rendered last. The program is the project's __main__.py; it runs as under the Pulumi CLI, but nothing is
    deployed. Exit 1 if the stack has an error; then no program is run.
    """
    from .report.preview import preview_data, print_preview
    from .rules.model import errors

    with _failures(as_json):
        stack_file = _stack_files(stack, file, project_dir, False)[0]
        inspection = _inspect(stack_file)
        if errors(inspection.findings):
            _print_refusal(stack_file, inspection, as_json)
            raise typer.Exit(1)
        deployment, difference = _run(stack_file, project_dir, None)
        if as_json:
            print_json(preview_data(stack_file, inspection, deployment, difference))
        else:
            print_preview(stack_file, inspection, deployment, difference)
            if with_manifests:
                _print_manifests(deployment)


@app.command()
def render(
    stack: StackOption = None,
    file: FileOption = None,
    project_dir: ProjectOption = Path(),
    all_stacks: AllOption = False,
    check_only: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 if the rendered files are not up to date.")
    ] = False,
    output_dir: Annotated[
        Path | None, typer.Option("--output", "-o", help="Directory to render into, instead of rendered/<stack>.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Write the Kubernetes manifests of a stack to rendered/<stack>, beside its file.

    Commit them: a review then sees what a change of the stack file does to real objects. Files that no object
    has any more go; if anything fails, all old files stay. A placeholder stands for every secret.
    """
    from .offline.manifests import manifests, write_manifests
    from .report.resources import difference_data

    if all_stacks and output_dir is not None:
        raise typer.BadParameter("--output is one directory; with --all each stack has its own.")
    with _failures(as_json):
        reports = []
        stale = False
        for stack_file in _stack_files(stack, file, project_dir, all_stacks):
            _inspect(stack_file).raise_errors(stack_file.where)
            deployment, difference = _run(stack_file, project_dir, output_dir)
            if not check_only:
                write_manifests(manifests(deployment), difference.directory)
            stale = stale or not difference.up_to_date
            reports.append({"stack": stack_file.name, "difference": difference_data(difference)})
            if not as_json:
                _print_rendered(stack_file, difference, check_only)
        if as_json:
            print_json({"stacks": reports} if all_stacks else reports[0])
        if check_only and stale:
            raise typer.Exit(1)


@app.command()
def schema(
    project_dir: ProjectOption = Path(),
    write: Annotated[bool, typer.Option("--write", help="Write it to schemas/stack.schema.json.")] = False,
    check_only: Annotated[bool, typer.Option("--check", help="Exit 1 if that file is not up to date.")] = False,
) -> None:
    """Print the JSON Schema of a stack file, from which editors complete keys and mark mistakes.

    A stack file names it in its first line: # yaml-language-server: $schema=../schemas/stack.schema.json
    """
    from .settings import schema_text, write_schema

    path = project_dir / "schemas" / "stack.schema.json"
    with _failures(as_json=False):
        if check_only:
            if not path.is_file() or path.read_text(encoding="utf-8") != schema_text():
                raise pulumi.RunError(f"{path} is not up to date. Run 'mcp-stack schema --write'.")
            show(f"{path}: up to date")
        elif write:
            show(f"{path}: {'written' if write_schema(path) else 'up to date'}")
        else:
            print(schema_text(), end="")


app.command()(simulate)
app.command()(measure)


def main() -> None:
    """The console script: characters that the terminal cannot show are replaced rather than fatal."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    app()


@contextlib.contextmanager
def _failures(as_json: bool) -> Iterator[None]:
    """Print what the tool or the program refuses as one text, and exit 1; no traceback."""
    try:
        yield
    except pulumi.RunError as refused:
        problems = [_problem_data(problem) for problem in getattr(refused, "problems", ())]
        _print_error(str(refused), problems, as_json)
        raise typer.Exit(1) from None
    except BrokenPipeError:
        # The reader, such as 'head', has seen enough; what is still in the buffer goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(1) from None
    except (OSError, UnicodeError) as problem:
        _print_error(f"A file cannot be read or written: {problem}", [], as_json)
        raise typer.Exit(1) from None


def _problem_data(problem: Any) -> dict[str, Any]:
    """A problem of a stack file has three parts; one of a component's arguments is a line."""
    return {"path": "", "problem": problem, "remedy": ""} if isinstance(problem, str) else vars(problem)


def _print_error(message: str, problems: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        print_json({"error": {"message": clean(message), "problems": problems}})
    else:
        progress().print(clean(message), soft_wrap=True)


def _stack_files(stack: str | None, file: Path | None, project_dir: Path, all_stacks: bool) -> list[StackFile]:
    from .settings import read_stack_file, stack_names

    if not all_stacks:
        return [read_stack_file(project_dir, stack=stack, file=file)]
    names = stack_names(project_dir)
    if not names:
        raise pulumi.RunError("This project has no stack file. Write Pulumi.<stack>.yaml first.")
    return [read_stack_file(project_dir, stack=name) for name in names]


def _named(other: str, project_dir: Path) -> StackFile:
    """A stack of the project by its name, or a stack file anywhere by its path. A name wins."""
    from .settings import read_stack_file, stack_names

    path = Path(other)
    if other not in stack_names(project_dir) and (path.suffix in (".yaml", ".yml") or path.is_file()):
        return read_stack_file(project_dir, file=path)
    return read_stack_file(project_dir, stack=other)


def _inspect(stack_file: StackFile) -> Inspection:
    from .region_plan import inspect, load

    return inspect(load(stack_file.values, where=stack_file.where, directory=stack_file.directory))


def _run(stack_file: StackFile, project_dir: Path, directory: Path | None) -> tuple[Deployment, Difference]:
    from .offline.diff import compare
    from .offline.manifests import manifests
    from .offline.project import rendered_directory, run_stack

    target = directory or rendered_directory(stack_file)
    # What the program prints is no part of the report.
    with progress().status(f"Running the program of {clean(stack_file.name)}"), contextlib.redirect_stdout(sys.stderr):
        deployment = run_stack(stack_file, project_dir)
    return deployment, compare(manifests(deployment), target)


def _print_refusal(stack_file: StackFile, inspection: Inspection, as_json: bool) -> None:
    from .report.findings import count_text, findings_data, findings_view

    if as_json:
        print_json({"stack": stack_file.name, "findings": findings_data(inspection.findings)})
        return
    show(f"{clean(stack_file.where)} cannot work: {count_text(inspection.findings)}.", style="bold")
    show(findings_view(inspection.findings))


def _print_manifests(deployment: Deployment) -> None:
    from .offline.manifests import manifests

    for manifest in manifests(deployment):
        print(f"---\n{clean(manifest.text)}", end="")


def _print_rendered(stack_file: StackFile, difference: Difference, check_only: bool) -> None:
    from .report.resources import count_text, difference_view

    where = clean(str(difference.directory))
    added = len(difference.objects)
    counted = count_text(difference) if difference.rendered or check_only else f"{added} objects for the first time"
    show(f"{clean(stack_file.name)}: {'' if check_only else 'rendered, '}{counted} ({where})")
    if difference.rendered:
        show(difference_view(difference))
    if check_only and not difference.up_to_date:
        show(f"Run 'mcp-stack render --stack {clean(stack_file.name)}' and commit the files.")


def _print_environment(stack_file: StackFile) -> None:
    from .report.plan import ENVIRONMENT_NOTE

    if stack_file.environment:
        show(ENVIRONMENT_NOTE)


if __name__ == "__main__":
    main()
