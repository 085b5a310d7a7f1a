"""``mcp-stack measure``: what a running server costs, found with real MCP clients."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..eras import NAMES
from ..report.console import clean, print_json, progress, show
from .exposed import tell_exposed
from .failures import failures
from .interrupted import INTERRUPTED, check_output, lines, until_asked_to_end
from .options import JsonOption

if TYPE_CHECKING:
    from ..measuring.request import Request

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
    as_json: JsonOption = False,
) -> None:
    """Find what a running server costs, with real MCP clients.

    Memory and descriptors per session and stream, CPU per call, calls per second and latency, for each protocol era
    that the server speaks. Sessions are opened in steps, and all of them are closed in the end, after Ctrl-C too.
    It is a load: measure a copy of the server that serves nobody.

    Best with --start, on a machine like the nodes. Tools do things, so none is called unless it is named:
    --tool search --arguments '{"query": "a"}'.

    A stack file names what was written (mcp:server.profile), and 'mcp-stack plan' then counts with it. Whether the
    server does what a stack assumes of it, such as its drain, says 'mcp-stack verify'. Exit 1 if the measurement
    cannot be made, 130 after Ctrl-C.

    Example: mcp-stack measure http://localhost/mcp --start ./server -o p.yaml
    """
    with failures(as_json):
        from ..measuring.packages import check_packages

        check_packages()
        check_output("--output", output)
        from ..measuring.request import Request, tool_calls
        from ..measuring.started import words
        from ..measuring.target import check_url, target

        tell_exposed(url, sends_secret=bool(header))
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
            eras=tuple(_one_of("--era", name, NAMES) for name in era or ()),
            tools=tool_calls(tool or (), arguments or ()),
        )
        _measure(request, output, as_json)


def _measure(request: Request, output: Path | None, as_json: bool) -> None:
    import asyncio

    from ..measuring.found import Counts
    from ..measuring.limits import allow_descriptors
    from ..measuring.measure import measure as run
    from ..measuring.refused import MeasureError
    from ..measuring.report import closed_text, descriptors_text, sessions_data, table
    from ..measuring.result import profile, text

    allow_descriptors(request.sessions, request.callers)
    counts = Counts()
    try:
        with lines("Asking the server what it speaks") as say:
            found = asyncio.run(until_asked_to_end(lambda told: run(request, counts, told), say))
    except (KeyboardInterrupt, asyncio.CancelledError):
        progress().print(f"Interrupted. {closed_text(counts)} No profile was written.", soft_wrap=True)
        raise typer.Exit(INTERRUPTED) from None
    except MeasureError as refused:
        if not counts.opened:
            raise
        raise MeasureError(f"{refused}\n{closed_text(counts)}") from None
    made = profile(found, request, datetime.now(UTC))
    if output is not None:
        output.write_text(text(made), encoding="utf-8")
    data = {
        "profile": made.model_dump(mode="json", by_alias=True, exclude_none=True),
        "sessions": sessions_data(found, counts),
    }
    if as_json:
        print_json(data)
        return
    show(f"{clean(made.server)}\n", style="bold")
    show(table(made))
    show(f"\n{closed_text(counts)}{descriptors_text(found)}")
    for note in made.notes:
        show(f"- {clean(note)}")
    if output is None:
        show("\nNothing was written: --output FILE writes the profile that a stack file can name.")
    else:
        show(f"\nWritten to {clean(str(output))}. A stack file names it in mcp:server.profile.")


def _one_of(option: str, value: str, known: Sequence[str]) -> str:
    from ..measuring.refused import MeasureError

    if value not in known:
        raise MeasureError(f"{option} '{value}' is not known. Use one of: {', '.join(known)}")
    return value
