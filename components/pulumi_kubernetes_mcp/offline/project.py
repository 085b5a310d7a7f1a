"""One stack of a project, run offline: the stack file, the program, and where its manifests are rendered."""

from __future__ import annotations

import re
import traceback
from collections.abc import Mapping
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Final

import pulumi

from ..settings import StackFile, to_pulumi_config
from ..settings.own_program import PROGRAM
from .engine import Program, run_program
from .manifests import RenderError
from .model import Deployment

RENDERED: Final = "rendered"
"""Directory beside the stack files that holds one directory of manifests per stack."""
SHOWN_FRAMES = 6
"""Lines of the program that the message of a failure names; the last are the nearest."""
_STACK_NAME = re.compile(r"(?!\.+$)[A-Za-z0-9_.-]{1,100}")


def run_stack(
    stack_file: StackFile, project_dir: Path, context: Mapping[ContextVar[Any], object] | None = None
) -> Deployment:
    """Run the project's program with the stack's configuration, or :func:`standard_program` where it has none.

    :param context: context variables and their values for the program.

    RunError for everything that the program or the engine refuses, :class:`ProgramError` for any other exception.
    """
    own = project_dir / PROGRAM
    program: Program = own if own.is_file() else standard_program
    config, secret_keys = to_pulumi_config(stack_file)
    try:
        return run_program(
            program,
            project=stack_file.project,
            stack=stack_file.name,
            config=config,
            secret_keys=secret_keys,
            directory=project_dir,
            context=context,
        )
    except pulumi.RunError:
        raise
    except Exception as problem:
        raise ProgramError(problem, project_dir) from problem


class ProgramError(pulumi.RunError):
    """A mistake in the program itself: what was raised, and the lines of the project that led there."""

    def __init__(self, problem: Exception, project_dir: Path) -> None:
        """:param project_dir: frames of files outside of it are left out, and so is every value."""
        lines = [f"The program failed with {type(problem).__name__}: {problem}"]
        lines += [f"  {frame}" for frame in _frames(problem, project_dir.resolve())[-SHOWN_FRAMES:]]
        super().__init__("\n".join(lines))


def _frames(problem: Exception, project_dir: Path) -> list[str]:
    frames = []
    for frame in traceback.extract_tb(problem.__traceback__):
        path = Path(frame.filename)
        if path.is_relative_to(project_dir) and "site-packages" not in path.parts:
            frames.append(f"{path.relative_to(project_dir)}, line {frame.lineno}, in {frame.name}")
    return frames


def standard_program() -> None:
    """What a project does that has no program of its own: :func:`pulumi_kubernetes_mcp.program.run`."""
    from ..program import run

    run()


def rendered_directory(stack_file: StackFile) -> Path:
    """Where the manifests of a stack are kept: ``rendered/<stack>`` beside its file.

    RenderError for a file name that gives no stack name, since the directory is replaced as a whole.
    """
    if not _STACK_NAME.fullmatch(stack_file.name):
        raise RenderError(
            f"The name of the file {stack_file.path.name} gives no stack name, which is 1 to 100 letters, digits, "
            "'-', '_' or '.'. Call it Pulumi.<stack>.yaml."
        )
    return stack_file.path.parent / RENDERED / stack_file.name
