"""``mcp-stack chaos``: a fault, bounded and undone, and what it does to the clients of each era."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..eras import NAMES, Era
from ..report.console import clean, print_json, progress, show
from .exposed import tell_exposed
from .failures import failures
from .interrupted import INTERRUPTED, lines, until_asked_to_end
from .options import FileOption, JsonOption, ProjectOption, StackOption
from .stacks import inspect_stack, one_server, stack_files

if TYPE_CHECKING:
    import ssl

    from ..chaos.model import Allowed, Pace, Run
    from ..chaos.place import Place, Wanted
    from ..measuring.server import Say
    from ..probe.watched import Watched
    from ..settings import StackFile

Words = list[str] | None
UNDO_FILE = Path("mcp-chaos-undo.sh")


def chaos(
    experiment: Annotated[
        str,
        typer.Argument(
            metavar="EXPERIMENT",
            help="kill-pod, kill-zone, stop-database, stop-state-store, freeze-pod or drop-network.",
            show_default=False,
        ),
    ],
    url: Annotated[
        str | None, typer.Argument(metavar="[URL]", help="Where clients call. [of a stack its public URL]")
    ] = None,
    stack: StackOption = None,
    file: FileOption = None,
    project_dir: ProjectOption = Path(),
    server: Annotated[
        str | None, typer.Option("--server", metavar="NAME", help="Name of the server, whose pods are meant.")
    ] = None,
    namespace: Annotated[
        str | None, typer.Option("--namespace", metavar="NAME", help="A namespace, instead of that of a stack.")
    ] = None,
    context: Annotated[
        str | None, typer.Option("--context", metavar="NAME", help="Context of kubectl, instead of the stack's.")
    ] = None,
    production: Annotated[
        str | None,
        typer.Option("--production", metavar="NAME", help="Yes, at this stack or namespace, which is in production."),
    ] = None,
    pid: Annotated[
        Words, typer.Option("--pid", metavar="PID[@ZONE]", help="A local server that runs. May be repeated.")
    ] = None,
    direct: Annotated[
        Words, typer.Option("--direct", metavar="URL", help="Where each --pid alone answers, in their order.")
    ] = None,
    start: Annotated[
        str | None,
        typer.Option("--start", metavar="COMMAND", help="Start servers here, and end them. {port} is their port."),
    ] = None,
    port: Annotated[
        Words, typer.Option("--port", metavar="PORT[@ZONE]", help="A process of --start at this port.")
    ] = None,
    pod: Annotated[Words, typer.Option("--pod", metavar="NAME", help="Do it to this one. May be repeated.")] = None,
    count: Annotated[
        int | None, typer.Option("--count", metavar="N", help="Do it to so many, by chance. [1]", show_default=False)
    ] = None,
    zone: Annotated[str | None, typer.Option("--zone", help="Of kill-zone the zone. [by chance]")] = None,
    workload: Annotated[
        str | None,
        typer.Option("--workload", metavar="KIND/NAME", help="What stops, a Deployment or StatefulSet: scaled to 0."),
    ] = None,
    stop: Annotated[
        str | None, typer.Option("--stop", metavar="COMMAND", help="What stops it, or drops packets.")
    ] = None,
    undo: Annotated[str | None, typer.Option("--undo", metavar="COMMAND", help="What undoes that.")] = None,
    era: Annotated[
        Words, typer.Option("--era", help=f"Clients of this era: {', '.join(NAMES)}. [all that it serves]")
    ] = None,
    sse_url: Annotated[str | None, typer.Option("--sse-url", metavar="URL", help="Where it speaks HTTP+SSE.")] = None,
    tool: Annotated[
        str | None, typer.Option("--tool", metavar="NAME", help="Call this tool, instead of listing the tools.")
    ] = None,
    arguments: Annotated[
        str | None,
        typer.Option("--arguments", metavar="JSON", help="With these. {call} stands for words of that call alone."),
    ] = None,
    header_env: Annotated[
        Words, typer.Option("--header-env", metavar="NAME=VARIABLE", help="Send a header that a variable holds.")
    ] = None,
    header_file: Annotated[
        Words, typer.Option("--header-file", metavar="NAME=FILE", help="Send a header that a file holds.")
    ] = None,
    ca_file: Annotated[Path | None, typer.Option("--ca-file", metavar="FILE", help="Trust this authority too.")] = None,
    clients: Annotated[int, typer.Option("--clients", help="Clients of each era.")] = 4,
    rate: Annotated[float, typer.Option("--rate", help="Calls a second of each client.")] = 2,
    timeout: Annotated[float, typer.Option("--timeout", metavar="SECONDS", help="Of one call.")] = 5,
    before: Annotated[float, typer.Option("--before", metavar="SECONDS", help="Call so long before the fault.")] = 5,
    hold: Annotated[float, typer.Option("--hold", metavar="SECONDS", help="How long the fault lasts.")] = 10,
    recover: Annotated[float, typer.Option("--recover", metavar="SECONDS", help="How long recovery may take.")] = 30,
    calls_lost: Annotated[
        int | None, typer.Option("--calls-lost", help="Calls without a session that may fail. [derived]")
    ] = None,
    sessions_lost: Annotated[
        int | None, typer.Option("--sessions-lost", help="Sessions of each era that may be lost. [derived]")
    ] = None,
    freezer_image: Annotated[
        str | None, typer.Option("--freezer-image", metavar="IMAGE", help="Of freeze-pod, what runs on the node.")
    ] = None,
    journal: Annotated[
        Path, typer.Option("--journal", metavar="FILE", help="Holds what undoes it, as long as it is not undone.")
    ] = UNDO_FILE,
    write: Annotated[
        Path | None, typer.Option("--write", "-w", metavar="FILE", help="Write what happened, as YAML.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only print what would be done.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Break something for a short time while clients call, and say what it did to them. Always undone.

    Done to the pods of a stack or a namespace, through kubectl and its configuration, or to local processes. Before
    anything is done it is printed and asked for; what undoes it is printed and kept in a file until it is undone, also
    after Ctrl-C. A stack in production is refused unless it is named: --production STACK.

    Clients of each era that the server serves call all the time. The result says how many calls and sessions were lost,
    and when all called again; it passes if that is what the fault may cost. docs/chaos.md has the expectations.

    Tools do things, so none is called unless --tool names it. Exit 1 if an expectation does not hold or nothing can be
    done, 130 after Ctrl-C.

    Example: mcp-stack chaos kill-pod --stack staging
    """
    import secrets

    from ..chaos import bounds
    from ..chaos.model import Pace
    from ..chaos.refused import ChaosError
    from ..measuring.started import words as split
    from ..probe.packages import check_packages

    with failures(as_json):
        pace = Pace(clients=clients, rate=rate, timeout=timeout, before=before, hold=hold, recover=recover)
        of_stack = stack is not None or file is not None
        name = bounds.check(
            bounds.Words(
                experiment=experiment,
                url=url is not None,
                cluster=of_stack or namespace is not None,
                namespace=namespace is not None,
                server=server is not None,
                pids=len(pid or ()),
                start=start is not None,
                ports=len(port or ()),
                direct=len(direct or ()),
                workload=workload is not None,
                stop=stop is not None,
                undo=undo is not None,
                zone=zone is not None,
                pods=len(pod or ()),
                count=count,
            ),
            pace,
        )
        check_packages()
        from ..chaos.allowed import allowed
        from ..chaos.asked import endpoint, known_eras
        from ..chaos.cluster import cluster
        from ..chaos.freezing import IMAGE
        from ..chaos.place import Wanted, cluster_place
        from ..chaos.production import check_namespace
        from ..probe.trust import trust

        _check_files(write, journal)
        for option, value in (("--calls-lost", calls_lost), ("--sessions-lost", sessions_lost)):
            if value is not None and value < 0:
                raise ChaosError(f"{option} is {value}. Give 0 or more.")
        wanted = Wanted(
            experiment=name,
            pods=tuple(pod or ()),
            zone=zone,
            count=1 if count is None else count,
            workload=workload,
            stop=tuple(split(stop)) if stop is not None else (),
            undo=tuple(split(undo)) if undo is not None else (),
            freezer=freezer_image or IMAGE,
        )
        run = secrets.token_hex(3)
        told = _Told(
            pace=pace, run=run, journal=journal, write=write, dry_run=dry_run, yes=yes, as_json=as_json, sse_url=sse_url
        )
        eras, context_of_tls = known_eras(era or ()), trust(ca_file)

        def clients_of(address: str) -> Watched:
            tell_exposed(address, sends_secret=bool(header_env or header_file))
            return endpoint(
                address,
                pace,
                tool=tool,
                arguments=arguments,
                header_env=header_env or (),
                header_file=header_file or (),
            )

        with contextlib.ExitStack() as ending:
            if pid or start is not None:
                place, address = _local(wanted, url, pid or [], direct or [], start, port or [], ending)
            elif namespace is not None and server is not None and url is not None and not of_stack:
                here = cluster(namespace, context)
                check_namespace(here, production)
                place, address = cluster_place(wanted, here, server, pace, run), url
            else:
                place, address = _of_stack(
                    wanted,
                    stack_files(stack, file, project_dir, False)[0],
                    told,
                    server,
                    url,
                    context,
                    namespace,
                    production,
                )
            may = allowed(place.plan, pace, calls_lost=calls_lost, sessions_lost=sessions_lost)
            if _agreed(place, may, told):
                _play(place, may, told, clients_of(address), eras, context_of_tls)


@dataclass(frozen=True, kw_only=True)
class _Told:
    """How it is played, and what becomes of the result."""

    pace: Pace
    run: str
    journal: Path
    write: Path | None
    dry_run: bool
    yes: bool
    as_json: bool
    sse_url: str | None


def _local(
    wanted: Wanted,
    url: str | None,
    pids: list[str],
    direct: list[str],
    start: str | None,
    ports: list[str],
    ending: contextlib.ExitStack,
) -> tuple[Place, str]:
    import asyncio

    from ..chaos.asked import fleet, listening, running
    from ..chaos.place import local_place

    if start is None:
        assert url is not None
        return local_place(wanted, running(pids, direct), None), url
    servers, address = fleet(start, ports, url)
    ending.callback(lambda: asyncio.run(servers.stop()))
    pods = servers.start_all()
    asyncio.run(listening(servers))
    return local_place(wanted, pods, servers), address


def _of_stack(
    wanted: Wanted,
    stack_file: StackFile,
    told: _Told,
    server: str | None,
    url: str | None,
    context: str | None,
    namespace: str | None,
    production: str | None,
) -> tuple[Place, str]:
    from ..chaos.cluster import cluster
    from ..chaos.place import cluster_place
    from ..chaos.production import check_stack
    from ..chaos.refused import ChaosError
    from ..load_test.of_stack import public_url

    region = one_server(inspect_stack(stack_file), server)
    if server is None and len(region.servers) > 1:
        names = ", ".join(one.name for one in region.servers)
        raise ChaosError(f"The region has several servers: name one of {names} with --server.")
    plan = region.first
    check_stack(stack_file.name, plan.production, production)
    given = context or stack_file.values.get("kubernetes:context")
    here = cluster(namespace or plan.namespace, given if isinstance(given, str) else None)
    return cluster_place(wanted, here, plan.name, told.pace, told.run), url or public_url(plan)


def _agreed(place: Place, may: Allowed, told: _Told) -> bool:
    """Print what will be done, and ask."""
    import sys

    from ..chaos.record import plan_lines
    from ..chaos.refused import ChaosError
    from ..chaos.undoing import check_journal

    told_to = progress() if told.as_json and not told.dry_run else None
    for line in (f"In {place.name}:", *plan_lines(place.plan, told.pace, may)):
        if told_to is None:
            show(line)
        else:
            told_to.print(line, soft_wrap=True)
    if told.dry_run:
        return False
    check_journal(told.journal)
    if told.yes:
        return True
    if not sys.stdin.isatty():
        raise ChaosError("Nothing was done: nobody can be asked here. Say --yes, or --dry-run to see it only.")
    return typer.confirm("Do it?", err=True)


def _play(place: Place, may: Allowed, told: _Told, watched: Watched, eras: list[Era], trusted: ssl.SSLContext) -> None:
    import asyncio

    from ..chaos.run import Asked, eras_of, play
    from ..chaos.undoing import Undoing

    async def work(say: Say) -> Run:
        say("Looking for the eras that the server serves")
        found = await eras_of(watched, eras, told.sse_url, trusted)
        asked = Asked(plan=place.plan, pace=told.pace, watched=found, context=trusted, run=told.run, gone=place.gone)
        return await play(asked, undoing, say)

    with lines("Beginning") as plain:
        undoing = Undoing(told.journal, plain, told.pace.hold, place.fleet)
        try:
            run = asyncio.run(until_asked_to_end(work, plain))
        except (KeyboardInterrupt, asyncio.CancelledError):
            progress().print(_interrupted(undoing.left, told.journal), soft_wrap=True)
            raise typer.Exit(INTERRUPTED) from None
    _report(place, may, told, run)


def _interrupted(left: list[str], journal: Path) -> str:
    if not left:
        return "Interrupted. Everything is undone, and nothing was written."
    return f"Interrupted. NOT undone, see {journal}:\n" + "\n".join(left)


def _report(place: Place, may: Allowed, told: _Told, run: Run) -> None:
    from ..chaos.judge import judge
    from ..chaos.record import cost_table, data, line_table, text

    verdict = judge(place.plan, run, may)
    found = data(place.plan, told.pace, run, verdict, where=place.name, when=datetime.now(UTC), words=told.run)
    if told.write is not None:
        told.write.write_text(text(found), encoding="utf-8")
    if told.as_json:
        print_json(found)
    else:
        show()
        show(cost_table(verdict))
        show()
        show(line_table(verdict))
        show()
        show("Passed." if verdict.passed else "Failed.", style="bold green" if verdict.passed else "bold red")
    for command in run.left:
        progress().print(f"NOT undone: {clean(command)}", soft_wrap=True)
    if not verdict.passed:
        raise typer.Exit(1)


def _check_files(write: Path | None, journal: Path) -> None:
    from ..chaos.refused import ChaosError

    for option, path in (("--write", write), ("--journal", journal)):
        if path is not None and (path.is_dir() or not path.parent.is_dir()):
            raise ChaosError(f"{option} {path} cannot be written: give a file in a directory that exists.")
