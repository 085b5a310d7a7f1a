"""``mcp-stack init``: a new project from five answers."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..report.console import clean, print_json, progress, show
from .failures import failures
from .options import JsonOption, ProjectOption

if TYPE_CHECKING:
    from ..new_project import Answers
    from ..settings import Problem

ENVIRONMENTS = ("production", "staging", "development")


@dataclass(frozen=True, kw_only=True)
class Question:
    """One of the five questions."""

    field: str
    option: str
    text: str
    path: str
    """Key of the stack file that the answer becomes."""
    kind: type = str
    example: str = ""
    default: Any = None


QUESTIONS = (
    Question(
        field="image",
        option="--image",
        text="Image of the server, with its tag",
        path="mcp:server.image",
        example="registry.example.com/acme/mcp-orders:1.4.2",
    ),
    Question(field="host", option="--host", text="Public host name", path="mcp:edge.host", example="mcp.example.com"),
    Question(
        field="region", option="--region", text="Region of the first stack", path="mcp:region.name", example="us-east"
    ),
    Question(
        field="daily_users",
        option="--daily-users",
        text="Users on a working day",
        path="mcp:workload.dailyUsers",
        kind=float,
        default=500,
    ),
    Question(
        field="max_tool_seconds",
        option="--max-tool-seconds",
        text="Seconds that the slowest tool call takes",
        path="mcp:server.maxToolSeconds",
        kind=int,
        default=60,
    ),
)


def init(
    image: Annotated[str | None, typer.Option("--image", help="Image of the server, with a tag or a digest.")] = None,
    host: Annotated[str | None, typer.Option("--host", help="Public host name, such as mcp.example.com.")] = None,
    region: Annotated[str | None, typer.Option("--region", help="Region of the first stack, such as us-east.")] = None,
    daily_users: Annotated[float | None, typer.Option("--daily-users", help="Users on a working day.")] = None,
    max_tool_seconds: Annotated[
        int | None, typer.Option("--max-tool-seconds", help="Seconds that the slowest tool call takes.")
    ] = None,
    environment: Annotated[
        str, typer.Option("--environment", help=f"How strict the rules are: {', '.join(ENVIRONMENTS)}.")
    ] = "production",
    context: Annotated[
        str | None,
        typer.Option("--context", metavar="NAME", help="Context of kubectl for its cluster. Default: as the stack."),
    ] = None,
    project_dir: ProjectOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Write a new project, with the reason of each value beside it.

    Asks for what no option gives; where there is no terminal, all five have to be given. The project is checked
    before it is written, and nothing is overwritten: Pulumi.yaml with what all stacks share, the file of the first
    stack, the program, requirements.txt and .gitignore.

    Example: mcp-stack init --project-dir deploy
    """
    given = {
        "image": image,
        "host": host,
        "region": region,
        "daily_users": daily_users,
        "max_tool_seconds": max_tool_seconds,
    }
    if environment not in ENVIRONMENTS:
        raise typer.BadParameter(f"--environment is one of {', '.join(ENVIRONMENTS)}.")
    missing = [question for question in QUESTIONS if given[question.field] is None]
    asked = sys.stdin.isatty()
    if missing and not asked:
        raise typer.BadParameter(
            f"there is no terminal to ask at: give {', '.join(question.option for question in missing)} too."
        )
    with failures(as_json):
        from ..new_project import write
        from .version import own_version

        answers = _settled(given, missing, environment, context, asked)
        written = write(answers, own_version(), project_dir)
        if as_json:
            print_json({"stack": answers.stack, "files": [str(path) for path in written]})
        else:
            _print_next(answers, written, project_dir)


def _settled(
    given: dict[str, Any], missing: Sequence[Question], environment: str, context: str | None, asked: bool
) -> Answers:
    """Answers that a preview takes: at a terminal those that it refuses are asked for again."""
    from ..new_project import Answers, problems
    from ..settings import SettingsError

    known = dict(given)
    again = list(missing)
    while True:
        known |= {question.field: _ask(question) for question in again}
        answers = Answers(**known, environment=environment, context=context)
        found = problems(answers)
        if not found:
            return answers
        again = [question for question in QUESTIONS if any(_about(question, problem) for problem in found)]
        if not asked or not again or len(again) < len({problem.path for problem in found}):
            raise SettingsError(list(found), where="The new project")
        for problem in found:
            progress().print(f"{clean(problem.problem)} {clean(problem.remedy)}", soft_wrap=True)


def _about(question: Question, problem: Problem) -> bool:
    return problem.path.partition(" ")[0] == question.path


def _ask(question: Question) -> Any:
    example = f" (such as {question.example})" if question.example else ""
    return typer.prompt(f"{question.text}{example}", type=question.kind, default=question.default, err=True)


def _print_next(answers: Answers, written: Sequence[Path], project_dir: Path) -> None:
    show("Written:")
    for path in written:
        show(f"  {clean(str(path))}")
    where = "" if project_dir == Path() else f" -C {clean(str(project_dir))}"
    show(f"\nNext: mcp-stack preview{where}, and what it warns of. Then 'mcp-stack render{where}', and commit all.")
    show(f"To deploy: 'pulumi install', 'pulumi stack init {clean(answers.stack)}' and 'pulumi up', in that directory.")
