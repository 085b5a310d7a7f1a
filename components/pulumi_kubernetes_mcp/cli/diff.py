"""``mcp-stack diff``: what changes from one form of a stack to another."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..report.console import clean, print_json, print_text, progress, show
from .failures import failures
from .options import AllOption, FileOption, JsonOption, ProjectOption, StackOption
from .stacks import has_program, stack_as_named, stack_files

if TYPE_CHECKING:
    from ..report.changes import StackChanges
    from ..stack_changes import Side

WORKING_TREE = "the working tree"


def diff(
    old: Annotated[
        str | None,
        typer.Argument(metavar="[OLD]", help="A stack, a stack file, or REVISION:stack or file.", show_default=False),
    ] = None,
    new: Annotated[
        str | None, typer.Argument(metavar="[NEW]", help="The same, for the new side.", show_default=False)
    ] = None,
    stack: StackOption = None,
    file: FileOption = None,
    project_dir: ProjectOption = Path(),
    base: Annotated[
        str | None,
        typer.Option("--base", metavar="REVISION", help="Instead of two sides: the stack in this git revision."),
    ] = None,
    all_stacks: AllOption = False,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Print Markdown, for the comment of a pull request.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Say what changes in a stack: capacity, connections, drain, cost, findings and objects.

    Every object that is created, updated, replaced or deleted, and whose pods restart. Differences go from the old
    side to the new one: twice as many pods are +100 %. A revision is read by git, with the project, the program and
    the rendered manifests that it has; nothing of the repository changes.

    Instead of a revision, two sides can be given: 'mcp-stack diff staging production-us-east', or of a revision
    'mcp-stack diff v1.2:staging staging'. Exit 1 if the new side cannot work, or cannot come after the old one.

    Example: mcp-stack diff --all --base origin/main --markdown
    """
    _check_words(old, new, base, stack is not None or file is not None or all_stacks, as_json and as_markdown)
    with failures(as_json):
        if base is not None:
            found = _since(base, project_dir, stack, file, all_stacks)
        else:
            found = [_between(str(old), str(new), project_dir)]
        _print(found, as_markdown, as_json, all_stacks)
        if any(one.changes.refused for one in found):
            raise typer.Exit(1)


def _check_words(old: str | None, new: str | None, base: str | None, chosen: bool, two_forms: bool) -> None:
    if two_forms:
        raise typer.BadParameter("--json and --markdown are two forms of the same: give one of them.")
    if base is not None and old is not None:
        raise typer.BadParameter("--base is the old side: name the stack by --stack, --file or --all.")
    if base is None and (old is None or new is None):
        raise typer.BadParameter("give two sides, OLD and NEW, or the old side as --base REVISION.")
    if base is None and chosen:
        raise typer.BadParameter("--stack, --file and --all belong to --base; without it give OLD and NEW.")


def _between(old: str, new: str, project_dir: Path) -> StackChanges:
    from ..report.changes import StackChanges
    from ..stack_changes import changes

    with contextlib.ExitStack() as held:
        sides = [_side(words, project_dir, held) for words in (old, new)]
    name = sides[1].stack.name if sides[1].stack is not None else new
    return StackChanges(name=name, changes=changes(*sides))


def _side(words: str, project_dir: Path, held: contextlib.ExitStack) -> Side:
    """A side as it is named on the command line: a stack, a file, or either in a revision."""
    from ..stack_changes import side

    stack, committed = held.enter_context(stack_as_named(words, project_dir))
    with _running(words):
        return side(stack, words, committed=committed)


def _since(base: str, project_dir: Path, stack: str | None, file: Path | None, all_stacks: bool) -> list[StackChanges]:
    """Each stack of the working tree against a revision; with ``all_stacks`` those that are gone too."""
    from ..report.changes import StackChanges
    from ..revisions import project_at
    from ..settings import stack_names
    from ..stack_changes import changes

    with project_at(project_dir, base) as root:
        before, after = stack_names(root), stack_names(project_dir)
        if all_stacks and (before or after):
            names = sorted({*before, *after})
        elif file is None and stack in {*before, *after}:
            names = [str(stack)]
        else:
            names = [one.name for one in stack_files(stack, file, project_dir, all_stacks)]
        found = []
        for name in names:
            with _running(name):
                old = _in(root, name, base, committed=True)
                new = _in(project_dir, name, WORKING_TREE, file=file)
                found.append(StackChanges(name=name, changes=changes(old, new)))
    return found


def _in(root: Path, name: str, title: str, *, file: Path | None = None, committed: bool = False) -> Side:
    """A stack of a project as it is there; a file that cannot be read is a side that cannot work."""
    import pulumi

    from ..settings import stack_names
    from ..stack_changes import Side, absent, side

    try:
        names = stack_names(root)
        if file is None and name not in names and (names or not has_program(root)):
            return absent(title)
        stack = stack_files(name, file, root, False)[0]
    except pulumi.RunError as refused:
        return Side(title=title, findings=None, problem=str(refused))
    return side(stack, title, committed=committed)


def _running(name: str) -> contextlib.AbstractContextManager[object]:
    return progress().status(f"Comparing {clean(name)}")


def _print(found: list[StackChanges], as_markdown: bool, as_json: bool, all_stacks: bool) -> None:
    from ..report.changes import changes_data, changes_document, comment
    from ..report.terminal import view

    if as_json:
        data = [changes_data(one) for one in found]
        print_json({"stacks": data} if all_stacks else data[0])
    elif as_markdown:
        print_text(comment(found))
    else:
        for number, one in enumerate(found):
            if number:
                show()
            show(view(changes_document(one)))
