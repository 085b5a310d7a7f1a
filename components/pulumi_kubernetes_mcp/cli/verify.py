"""``mcp-stack verify``: whether a server keeps the contract that a stack assumes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..report.console import clean, print_json, progress, show
from .exposed import tell_exposed
from .failures import failures
from .interrupted import INTERRUPTED, check_output, lines, until_asked_to_end
from .options import JsonOption

if TYPE_CHECKING:
    from ..verify.observed import Observed
    from ..verify.request import Request

Paths = list[str] | None


def verify(
    url: Annotated[
        str | None,
        typer.Argument(
            metavar="[URL]", help="Where the server speaks MCP. With --start a free port.", show_default=False
        ),
    ] = None,
    start: Annotated[
        str | None,
        typer.Option(
            "--start", metavar="COMMAND", help="Start the server, some times, and end it. {port} is its port."
        ),
    ] = None,
    path: Annotated[str, typer.Option("--path", help="Path of the MCP endpoint, where no URL is given.")] = "/mcp",
    write: Annotated[
        Path | None, typer.Option("--write", "-w", metavar="FILE", help="Write what was seen, for a stack to name.")
    ] = None,
    image: Annotated[str | None, typer.Option("--image", help="Image that this is, to note in the file.")] = None,
    host: Annotated[
        str | None, typer.Option("--host", metavar="NAME", help="Public name that clients use.", show_default=False)
    ] = None,
    health_path: Annotated[
        Paths, typer.Option("--health-path", metavar="PATH", help="Readiness route. Else the usual are tried.")
    ] = None,
    liveness_path: Annotated[Paths, typer.Option("--liveness-path", metavar="PATH", help="Liveness route.")] = None,
    metrics_path: Annotated[Paths, typer.Option("--metrics-path", metavar="PATH", help="Route of metrics.")] = None,
    metric: Annotated[
        Paths, typer.Option("--metric", metavar="NAME", help="Look for this gauge too, of scaling.sessionsMetric.")
    ] = None,
    tool: Annotated[
        Paths, typer.Option("--tool", help="Call this tool on one process and on three. May be repeated, in order.")
    ] = None,
    arguments: Annotated[
        Paths, typer.Option("--arguments", metavar="JSON", help="With these; one for each --tool, in order.")
    ] = None,
    slow_tool: Annotated[
        str | None,
        typer.Option(
            "--slow-tool",
            help="A tool that takes some seconds, to be in flight at SIGTERM, which then takes two minutes.",
        ),
    ] = None,
    slow_arguments: Annotated[str, typer.Option("--slow-arguments", metavar="JSON", help="With these.")] = "{}",
    drain_seconds: Annotated[
        float, typer.Option("--drain-seconds", help="How long a call in flight needs after SIGTERM.")
    ] = 8,
    sessions: Annotated[int, typer.Option("--sessions", help="Open so many at most, to find the cap.")] = 1200,
    conformance: Annotated[
        bool, typer.Option("--conformance", help="Run the official suite too, which npx downloads.")
    ] = False,
    header: Annotated[
        Paths, typer.Option("--header", metavar="'NAME: VALUE'", help="Send it, such as a token; never shown.")
    ] = None,
    time_limit: Annotated[float, typer.Option("--time-limit", help="End after so many seconds.")] = 300,
    as_json: JsonOption = False,
) -> None:
    """Check whether a server does what a stack assumes of it.

    Routes of the probes, metrics that autoscaling follows, Host and Origin, the endpoint with a slash, tokens, the end
    and the number of sessions, what probes leave behind. With --start also what needs processes of one's own: SIGTERM
    with calls in flight, the cap on sessions, the bind address, and whether three processes answer as one does.

    A URL may be that of a server that serves others: nothing is ended or filled there, and every session is closed.
    Tools do things, so none is called unless --tool names it. docs/contract.md has every line of the contract.

    A stack file names what was written (mcp:server.verified), and is then told what the server does not do. Exit 1 if
    the server fails a check or cannot be reached, 130 after Ctrl-C.

    Example: mcp-stack verify --start ./server -w web.verified.yaml
    """
    with failures(as_json):
        from ..measuring.packages import check_packages

        check_packages()
        check_output("--write", write)
        request = _request(url, start, path, header)
        tell_exposed(url, sends_secret=bool(header))
        from ..measuring.request import tool_calls
        from ..verify.request import HEALTH_PATHS, LIVENESS_PATHS, METRICS_PATHS

        slow = tool_calls([slow_tool], [slow_arguments])[0] if slow_tool else None
        request = replace(
            request,
            image=image,
            host=host,
            health_paths=tuple(health_path or HEALTH_PATHS),
            liveness_paths=tuple(liveness_path or LIVENESS_PATHS),
            metrics_paths=tuple(metrics_path or METRICS_PATHS),
            gauges=tuple(metric or ()),
            calls=tool_calls(tool or (), arguments or ()),
            slow=slow,
            drain_seconds=drain_seconds,
            sessions=sessions,
            conformance=conformance,
            time_limit=time_limit,
        )
        _verify(request, write, as_json)


def _request(url: str | None, start: str | None, path: str, headers: list[str] | None) -> Request:
    from ..measuring.refused import MeasureError
    from ..measuring.started import words
    from ..measuring.target import target
    from ..verify.request import Request
    from ..verify.server import free_port

    if url is None and start is None:
        raise MeasureError("Neither a URL nor --start is given. Say what to verify, such as http://127.0.0.1:8080/mcp")
    if url is None and not path.startswith("/"):
        raise MeasureError(f"--path '{path}' is not a path. Begin it with a slash, such as /mcp")
    address = f"http://127.0.0.1:{free_port()}{path}" if url is None else url
    command = () if start is None else tuple(words(start))
    made = target(address, headers=headers or ())
    if command and not (made.loopback and made.url.startswith("http:")):
        raise MeasureError(
            "--start serves on this machine: give an address such as http://127.0.0.1:8080/mcp, or none, and a free "
            "port is taken."
        )
    return Request(target=made, start=command)


def _verify(request: Request, write: Path | None, as_json: bool) -> None:
    import asyncio

    from ..verify.judge import FAIL, judge
    from ..verify.record import counted, data, record, table, text
    from ..verify.run import verify as run

    try:
        with lines("Asking the server what it speaks") as say:
            seen: Observed = asyncio.run(until_asked_to_end(lambda told: run(request, told), say))
    except (KeyboardInterrupt, asyncio.CancelledError):
        progress().print("Interrupted. What was started has ended; nothing was written.", soft_wrap=True)
        raise typer.Exit(INTERRUPTED) from None
    verdicts = judge(seen)
    made = record(seen, verdicts, request, datetime.now(UTC))
    if write is not None:
        write.write_text(text(made), encoding="utf-8")
    if as_json:
        rows = [{**vars(one), "means": one.means} for one in verdicts]
        print_json({"verified": data(made), "checks": rows})
    else:
        show(f"{clean(seen.server)} speaks {', '.join(seen.eras)}\n", style="bold")
        show(table(verdicts))
        show(f"\n{counted(verdicts)}")
        if write is None:
            show("Nothing was written: --write FILE writes what a stack file can name.")
        else:
            show(f"Written to {clean(str(write))}. A stack file names it in mcp:server.verified.")
    if any(one.outcome == FAIL for one in verdicts):
        raise typer.Exit(1)
