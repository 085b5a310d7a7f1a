"""``mcp-stack measure``: the words of the command line, progress, and what is shown in the end."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.metadata
import logging
import os
import signal
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..report.console import clean, print_json, progress, show
from .refused import MeasureError

if TYPE_CHECKING:
    from .found import Counts, Found
    from .request import Request
    from .server import Say

INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells have it."""
_NEEDED = (("mcp", 2), ("httpx2", 2))
_RUNTIMES = "python-v1, python-v2, fastmcp, typescript-v1, typescript-v2, node, other"


def measure(
    url: Annotated[str, typer.Argument(metavar="URL", help="Where the server speaks MCP.", show_default=False)],
    pid: Annotated[int | None, typer.Option("--pid", help="Id of the server's process on this machine.")] = None,
    metrics: Annotated[
        str | None,
        typer.Option("--metrics", metavar="URL", help="Its Prometheus metrics, if the process is elsewhere."),
    ] = None,
    start: Annotated[
        str | None,
        typer.Option(
            "--start", metavar="COMMAND", help="Start the server anew for each era, and end it. The best way."
        ),
    ] = None,
    preload: Annotated[
        bool, typer.Option(help="Whether a started Node server loads a few lines that say how much of its heap lives.")
    ] = True,
    sse_url: Annotated[
        str | None, typer.Option("--sse-url", metavar="URL", help="Where it speaks HTTP+SSE too, usually /sse.")
    ] = None,
    runtime: Annotated[str, typer.Option("--runtime", help=f"What to note in the profile: {_RUNTIMES}.")] = "other",
    era: Annotated[list[str] | None, typer.Option("--era", help="Measure only this era. May be repeated.")] = None,
    sessions: Annotated[int, typer.Option("--sessions", help="Open up to so many sessions per era.")] = 200,
    callers: Annotated[int, typer.Option("--callers", help="Callers that are busy at the same time.")] = 8,
    seconds: Annotated[float, typer.Option("--seconds", help="Call for so long per era and tool.")] = 5,
    tool: Annotated[
        list[str] | None,
        typer.Option("--tool", help="Call this tool, many times: no other is called. May be repeated."),
    ] = None,
    arguments: Annotated[
        list[str] | None, typer.Option("--arguments", metavar="JSON", help="With these; one for each --tool, in order.")
    ] = None,
    header: Annotated[
        list[str] | None,
        typer.Option("--header", metavar="'NAME: VALUE'", help="Send it, such as a token; never shown or written."),
    ] = None,
    time_limit: Annotated[float, typer.Option("--time-limit", help="End after so many seconds.")] = 600,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write the profile to this file.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
) -> None:
    """Find what a running server costs, with real MCP clients.

    Memory and descriptors per session and stream, CPU per call, calls per second and latency, for each protocol era
    that the server speaks. Sessions are opened in steps, and all of them are closed in the end, after Ctrl-C too.
    It is a load: measure a copy of the server that serves nobody.

    Best, on a machine like the nodes:  mcp-stack measure http://127.0.0.1:8080/mcp --start 'python server.py' -o p.yaml

    Tools do things, so none is called unless it is named:  --tool search --arguments '{"query": "a"}'

    A stack file names what was written (mcp:server.profile), and 'mcp-stack plan' then counts with it. Exit 1 if the
    measurement cannot be made, 130 after Ctrl-C.
    """
    with _failures(as_json):
        _check_packages()
        _check_output(output)
        from .request import Request, tool_calls
        from .started import words
        from .target import check_url, target

        request = Request(
            target=target(url, sse_url=sse_url, headers=header or ()),
            pid=pid,
            metrics=None if metrics is None else check_url(metrics, "--metrics"),
            start=() if start is None else tuple(words(start)),
            preload=preload,
            runtime=_one_of("--runtime", runtime, _RUNTIMES.split(", ")),
            sessions=sessions,
            callers=callers,
            seconds=seconds,
            time_limit=time_limit,
            eras=tuple(
                _one_of("--era", name, ["modern", "legacy-stateless", "legacy-stateful", "sse"]) for name in era or ()
            ),
            tools=tool_calls(tool or (), arguments or ()),
        )
        _measure(request, output, as_json)


def _measure(request: Request, output: Path | None, as_json: bool) -> None:
    from .found import Counts
    from .limits import allow_descriptors
    from .result import profile, text

    allow_descriptors(request.sessions, request.callers)
    counts = Counts()
    try:
        with _progress() as say:
            found = asyncio.run(_run(request, counts, say))
    except (KeyboardInterrupt, asyncio.CancelledError):
        progress().print(f"Interrupted. {_closed_text(counts)} No profile was written.", soft_wrap=True)
        raise typer.Exit(INTERRUPTED) from None
    except MeasureError as refused:
        if not counts.opened:
            raise
        raise MeasureError(f"{refused}\n{_closed_text(counts)}") from None
    made = profile(found, request, datetime.now(UTC))
    if output is not None:
        output.write_text(text(made), encoding="utf-8")
    data = {"profile": made.model_dump(mode="json", by_alias=True, exclude_none=True), "sessions": _data(found, counts)}
    if as_json:
        print_json(data)
        return
    from .report import table

    show(f"{clean(made.server)}\n", style="bold")
    show(table(made))
    show(f"\n{_closed_text(counts)}{_descriptors_text(found)}")
    for note in made.notes:
        show(f"- {clean(note)}")
    if output is None:
        show("\nNothing was written: --output FILE writes the profile that a stack file can name.")
    else:
        show(f"\nWritten to {clean(str(output))}. A stack file names it in mcp:server.profile.")


async def _run(request: Request, counts: Counts, say: Say) -> Found:
    from .measure import measure as run

    # SIGTERM, as from a job that is cancelled, ends the sessions as Ctrl-C does.
    task = asyncio.current_task()
    if task is not None:
        with contextlib.suppress(NotImplementedError, ValueError):
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await run(request, counts, say)


def _closed_text(counts: Counts) -> str:
    left = counts.opened - counts.closed
    words = f"{counts.opened} sessions were opened and {counts.closed} closed."
    return f"{words} {left} may be open until the server drops them." if left else words


def _descriptors_text(found: Found) -> str:
    known = [
        f"{era.era} {era.idle_descriptors} → {era.after_descriptors}"
        for era in found.eras
        if era.idle_descriptors is not None and era.after_descriptors is not None
    ]
    return f" The server's open descriptors before and after: {', '.join(known)}." if known else ""


def _data(found: Found, counts: Counts) -> dict[str, Any]:
    return {
        "opened": counts.opened,
        "closed": counts.closed,
        "eras": {
            era.era: {
                "descriptorsBefore": era.idle_descriptors,
                "descriptorsAfter": era.after_descriptors,
                "readings": [vars(point) for point in era.points],
                "live": era.live,
            }
            for era in found.eras
        },
    }


@contextlib.contextmanager
def _failures(as_json: bool) -> Iterator[None]:
    """What cannot be done is a sentence and exit 1; no traceback."""
    try:
        yield
    except MeasureError as refused:
        _print_error(str(refused), as_json)
        raise typer.Exit(1) from None
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(1) from None
    except OSError as problem:
        _print_error(f"A file cannot be read or written: {problem}", as_json)
        raise typer.Exit(1) from None


def _print_error(message: str, as_json: bool) -> None:
    if as_json:
        print_json({"error": {"message": clean(message), "problems": []}})
    else:
        progress().print(clean(message), soft_wrap=True)


@contextlib.contextmanager
def _progress() -> Iterator[Say]:
    """A line that changes on a terminal, lines elsewhere; on standard error, so that the result stays clean."""
    console = progress()
    if not console.is_terminal:
        yield lambda text: console.print(clean(text), soft_wrap=True)
        return
    with console.status("Asking the server what it speaks") as status:
        yield lambda text: status.update(clean(text))


def _check_packages() -> None:
    """The clients are no dependency of the package: name what brings them."""
    for name, least in _NEEDED:
        try:
            version = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            version = ""
        if not version or int(version.partition(".")[0]) < least:
            found = f"{name} {version} is too old" if version else f"the package '{name}' is missing"
            raise MeasureError(
                f"The MCP clients are not installed: {found}. Run: pip install 'pulumi-kubernetes-mcp[measure]'"
            )
    # What goes wrong is said in sentences of our own.
    for logger in ("mcp", "httpx2", "httpcore2"):
        logging.getLogger(logger).setLevel(logging.CRITICAL + 1)


def _check_output(output: Path | None) -> None:
    """Refuse before minutes of measuring what could not be written after them."""
    if output is not None and (output.is_dir() or not output.parent.is_dir()):
        raise MeasureError(f"--output {output} cannot be written: give a file in a directory that exists.")


def _one_of(option: str, value: str, known: list[str]) -> str:
    if value not in known:
        raise MeasureError(f"{option} '{value}' is not known. Use one of: {', '.join(known)}")
    return value
