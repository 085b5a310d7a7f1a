"""What a verb refuses, in words: one text on standard error, or JSON, and exit 1; no traceback."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator

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
        _print_error(OSError(f"A file cannot be read or written: {_said(problem)}"), as_json)
        raise typer.Exit(1) from None
    except typer.Exit:
        raise
    except Exception as problem:
        # Imported where it is needed: it is most of the time of '--help'.
        import pulumi

        if not isinstance(problem, pulumi.RunError):
            raise
        _print_error(problem, as_json)
        raise typer.Exit(1) from None


def _said(problem: OSError | UnicodeError) -> str:
    """What the system said, with the file and without its number."""
    if isinstance(problem, OSError) and problem.strerror and problem.filename:
        return f"{problem.filename}: {problem.strerror}. Name another, or make it one that may be read and written."
    return str(problem)


def _print_error(refused: Exception, as_json: bool) -> None:
    message = clean(str(refused))
    if as_json:
        from ..report.findings import findings_data
        from ..report.refusals import refused_findings

        print_json({"error": {"message": message, "findings": findings_data(refused_findings(refused))}})
    else:
        progress().print(message, soft_wrap=True)
