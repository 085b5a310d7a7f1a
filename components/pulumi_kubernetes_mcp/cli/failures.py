"""What a verb refuses, in words: one text on standard error, or JSON, and exit 1; no traceback."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import Any

import typer

from ..report.console import clean, print_json, progress


@contextlib.contextmanager
def failures(as_json: bool) -> Iterator[None]:
    """Print what the tool or the program refuses as one text, and exit 1; no traceback."""
    try:
        yield
    except BrokenPipeError:
        # The reader, such as 'head', has seen enough; what is still in the buffer goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(1) from None
    except (OSError, UnicodeError) as problem:
        _print_error(f"A file cannot be read or written: {problem}", [], as_json)
        raise typer.Exit(1) from None
    except typer.Exit:
        raise
    except Exception as problem:
        # Imported where it is needed: it is most of the time of '--help'.
        import pulumi

        if not isinstance(problem, pulumi.RunError):
            raise
        problems = [problem_data(item) for item in getattr(problem, "problems", ())]
        _print_error(str(problem), problems, as_json)
        raise typer.Exit(1) from None


def problem_data(problem: Any) -> dict[str, Any]:
    """A problem of a stack file has three parts; one of a component's arguments is a line."""
    return {"path": "", "problem": problem, "remedy": ""} if isinstance(problem, str) else vars(problem)


def _print_error(message: str, problems: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        print_json({"error": {"message": clean(message), "problems": problems}})
    else:
        progress().print(clean(message), soft_wrap=True)
