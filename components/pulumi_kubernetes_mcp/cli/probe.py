"""``mcp-stack probe``: one MCP server seen as its clients see it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..eras import NAMES
from ..report.console import clean, print_json, print_text, progress, show
from .exposed import tell_exposed
from .failures import failures
from .options import JsonOption

if TYPE_CHECKING:
    import ssl
    from collections.abc import Sequence

    from ..probe.exporter.configuration import Configuration, Target
    from ..probe.round import Round
    from ..probe.secret_headers import HeaderSource
    from ..probe.watched import Watched

WATCHER = "pod"
"""The label of this name where one server is watched: from beside it."""
INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells have it."""


def probe(
    url: Annotated[
        str | None, typer.Argument(metavar="URL", help="Where clients reach the server.", show_default=False)
    ] = None,
    era: Annotated[
        list[str] | None,
        typer.Option("--era", help=f"Expect this era: {', '.join(NAMES)}. May be repeated; each is spoken."),
    ] = None,
    protocol_version: Annotated[
        str | None, typer.Option("--protocol-version", metavar="VERSION", help="Expect it, such as 2026-07-28.")
    ] = None,
    schema: Annotated[
        Path | None, typer.Option("--schema", metavar="FILE", help="Expect the tools that --save-schema wrote.")
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Any difference of the tools fails, not only one that breaks clients.")
    ] = False,
    save_schema: Annotated[
        Path | None,
        typer.Option("--save-schema", metavar="FILE", help="Write the tools that are found, to expect them."),
    ] = None,
    tool: Annotated[
        str | None, typer.Option("--tool", metavar="NAME", help="Call this tool, which must only read.")
    ] = None,
    arguments: Annotated[str | None, typer.Option("--arguments", metavar="JSON", help="With these arguments.")] = None,
    check: Annotated[
        list[str] | None,
        typer.Option("--check", help="Look at this too: authorization, host, origin. May be repeated."),
    ] = None,
    affinity: Annotated[
        int, typer.Option("--affinity", metavar="N", help="Ask N times more, each over a connection of its own.")
    ] = 0,
    header_env: Annotated[
        list[str] | None,
        typer.Option("--header-env", metavar="NAME=VARIABLE", help="Send a header whose value a variable holds."),
    ] = None,
    header_file: Annotated[
        list[str] | None,
        typer.Option("--header-file", metavar="NAME=FILE", help="Send a header whose value a file holds."),
    ] = None,
    timeout: Annotated[float, typer.Option("--timeout", metavar="SECONDS", help="Of a whole round.")] = 10,
    slow: Annotated[
        float | None, typer.Option("--slow", metavar="SECONDS", help="A round that takes longer has failed.")
    ] = None,
    max_bytes: Annotated[int, typer.Option("--max-bytes", help="Read no more of one answer.")] = 4 * 1024 * 1024,
    cookies: Annotated[bool, typer.Option("--cookies", help="Send cookies back, as clients in Python do.")] = False,
    ca_file: Annotated[Path | None, typer.Option("--ca-file", metavar="FILE", help="Trust this authority too.")] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Go on until Ctrl-C, a line for each round.")] = False,
    interval: Annotated[
        float,
        typer.Option("--interval", metavar="SECONDS", help="From round to round with --watch, or with --serve URL."),
    ] = 60,
    rounds: Annotated[int | None, typer.Option("--rounds", help="End --watch after so many rounds.")] = None,
    exporter: Annotated[
        bool, typer.Option("--serve", help="Watch URL, or what --config names, and serve metrics and /ready of it.")
    ] = False,
    config: Annotated[
        Path | None, typer.Option("--config", metavar="FILE", help="Endpoints for --serve, as YAML or JSON.")
    ] = None,
    listen: Annotated[
        str, typer.Option("--listen", metavar="HOST:PORT", help="Where --serve answers.")
    ] = "127.0.0.1:9810",
    as_json: JsonOption = False,
) -> None:
    """Do what a client does: resolve, connect, TLS, handshake, list the tools, end the session. Exit 1 if it fails.

    The era is found out, unless it is said. A failure has one reason out of a closed set, and a sentence that says
    what to do. No session stays on the server, no proxy is asked, and no round takes longer than its timeout.

    A header from --header-env or --header-file is shown nowhere. A token alone becomes 'Bearer TOKEN' in Authorization.
    Tools do things, so none is called unless it is named.

    With --watch the exit status is 1 if any round failed, and --json prints a line for each. With --serve it watches
    many endpoints, once a minute each, until SIGTERM; all that is expected of them stands in the file of --config. With
    a URL in its place it watches that one server: /ready answers 200 after a good round, and 503 otherwise.

    Example: mcp-stack probe https://mcp.example.com/mcp --era modern
    """
    with failures(as_json):
        from ..probe.asked import asked
        from ..probe.packages import check_packages
        from ..probe.refused import ProbeError
        from ..probe.secret_headers import source
        from ..probe.trust import trust
        from ..settings.probe_file import MOST_INTERVAL

        if config is not None or (exporter and url is None):
            _serve(url, exporter, config, listen)
            return
        if url is None:
            raise ProbeError("There is nothing to look at. Give the URL of a server, or --serve with --config FILE.")
        check_packages()
        _check_output(save_schema)
        watched = asked(
            url,
            eras=era or (),
            version=protocol_version,
            schema=schema,
            strict=strict,
            tool=tool,
            arguments=arguments,
            checks=check or (),
            affinity=affinity,
            timeout=timeout,
            slow=slow,
            max_bytes=max_bytes,
            keep_cookies=cookies,
        )
        headers = [source(text, "--header-env", file=False) for text in header_env or ()]
        headers += [source(text, "--header-file", file=True) for text in header_file or ()]
        tell_exposed(url, sends_secret=bool(headers))
        if watch and exporter:
            raise ProbeError("--watch prints each round, and --serve answers with the last one. Leave one of them out.")
        context = trust(ca_file)
        if watch or exporter:
            if not timeout <= interval <= MOST_INTERVAL:
                raise ProbeError(
                    f"--interval is {interval:g} s and --timeout is {timeout:g} s: rounds may not overlap, and more "
                    f"than an hour between two is no watch. Give {timeout:g} to {MOST_INTERVAL:g} seconds."
                )
            if rounds is not None and (rounds < 1 or exporter):
                raise ProbeError(f"--rounds is {rounds}. Give at least 1 with --watch, or leave it out.")
        elif rounds is not None:
            raise ProbeError("--rounds ends --watch. Add --watch, or leave --rounds out.")
        if exporter:
            from ..probe.exporter.configuration import Target

            _serve_one(Target(watched, tuple(headers)), interval, ca_file, listen)
            return
        failed = _rounds(watched, headers, context, _Wanted(watch, interval, rounds, as_json, save_schema))
        if failed:
            raise typer.Exit(1)


def _serve(url: str | None, exporter: bool, config: Path | None, listen: str) -> None:
    from ..probe.packages import EXPORTER, check_packages
    from ..probe.refused import ProbeError

    if not exporter or config is None:
        missing = "--config names the endpoints of --serve" if exporter else "--config belongs to --serve"
        raise ProbeError(f"{missing}. Give both: mcp-stack probe --serve --config probe.yaml")
    if url is not None:
        raise ProbeError("--serve watches what --config names. Leave the URL out, or add it to the file.")
    check_packages(EXPORTER)
    from ..probe.exporter.configuration import read_configuration

    configuration = read_configuration(config)
    from ..probe.round import private_endpoint

    for target in configuration.targets:
        tell_exposed(target.watched.url, sends_secret=bool(target.headers), name=target.watched.name)
        if (note := private_endpoint(target.watched.url)) is not None:
            progress().print(f"warning: {clean(target.watched.name)}: {clean(note)}", soft_wrap=True)
    _served(configuration, listen)


def _serve_one(target: Target, interval: float, ca_file: Path | None, listen: str) -> None:
    from ..probe.exporter.configuration import Configuration
    from ..probe.packages import EXPORTER, check_packages

    check_packages(EXPORTER)
    _served(Configuration(WATCHER, interval, ca_file, (target,)), listen)


def _served(configuration: Configuration, listen: str) -> None:
    """Rounds and pages until SIGTERM."""
    import asyncio
    import logging

    from ..probe.exporter.serve import listen_address, serve

    logging.basicConfig(format="%(asctime)s %(message)s", level=logging.WARNING)
    asyncio.run(serve(configuration, listen_address(listen)))


class _Wanted:
    """How often, and what of it is shown and written."""

    def __init__(
        self, watch: bool, interval: float, rounds: int | None, as_json: bool, save_schema: Path | None
    ) -> None:
        self.watch = watch
        self.interval = interval
        self.rounds = rounds if watch else 1
        self.as_json = as_json
        self.save_schema = save_schema


def _rounds(watched: Watched, headers: Sequence[HeaderSource], context: ssl.SSLContext, wanted: _Wanted) -> bool:
    """One round, or round after round; whether any failed."""
    import asyncio

    try:
        return asyncio.run(_run(watched, headers, context, wanted))
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None


async def _run(watched: Watched, headers: Sequence[HeaderSource], context: ssl.SSLContext, wanted: _Wanted) -> bool:
    import asyncio
    import dataclasses

    from ..probe.lookups import Lookups
    from ..probe.refused import ProbeError
    from ..probe.run import probe as run
    from ..probe.secret_headers import UnreadableHeaderError, read_headers

    done, failed = 0, False
    loop = asyncio.get_running_loop()
    loop.set_default_executor(Lookups())
    begin = loop.time()
    while True:
        try:
            current = dataclasses.replace(watched, headers=read_headers(headers))
        except UnreadableHeaderError as problem:
            raise ProbeError(f"A header cannot be sent: {problem}. Put the value there, and try again.") from None
        one = await run(current, context)
        done, failed = done + 1, failed or not one.success
        _show(one, wanted)
        if done == wanted.rounds:
            return failed
        await asyncio.sleep(max(0.0, begin + done * wanted.interval - loop.time()))


def _show(one: Round, wanted: _Wanted) -> None:
    from ..probe.report import line, round_data, table

    if wanted.save_schema is not None and one.seen.tools is not None:
        from ..probe.expectation_file import expectation_text

        wanted.save_schema.write_text(expectation_text(one), encoding="utf-8")
    if wanted.watch:
        if wanted.as_json:
            import json

            print_text(f"{json.dumps(round_data(one), sort_keys=True, ensure_ascii=False)}\n")
        else:
            print_text(f"{clean(line(one))}\n")
    elif wanted.as_json:
        print_json(round_data(one))
    else:
        show(f"{clean(one.address)}: {'works' if one.reason is None else one.reason.value}\n", style="bold")
        show(table(one))
        for text in filter(None, [one.sentence, *one.seen.notes]):
            show(f"\n{clean(text)}")
        if wanted.save_schema is not None:
            done = "Written to" if one.seen.tools is not None else "No tools were listed, so nothing was written to"
            show(f"\n{done} {wanted.save_schema}")


def _check_output(path: Path | None) -> None:
    """Refuse before the round what could not be written after it."""
    from ..probe.refused import ProbeError

    if path is not None and (path.is_dir() or not path.parent.is_dir()):
        raise ProbeError(f"--save-schema {path} cannot be written: give a file in a directory that exists.")
