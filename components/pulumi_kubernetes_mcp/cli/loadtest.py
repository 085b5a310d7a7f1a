"""``mcp-stack loadtest``: a k6 script of a stack's load, played here, and what its results say of the plan."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..report.console import clean, print_json, print_text, progress, show
from .exposed import tell_exposed
from .failures import failures
from .options import FileOption, JsonOption, ProjectOption, StackOption, TestedServerOption
from .stacks import inspect_stack, one_server, print_refusal, production_at, stack_files

if TYPE_CHECKING:
    from ..load_test.model import LoadTest
    from ..load_test.results import Outcome
    from ..region_plan import RegionPlan
    from ..settings import StackFile

ACTIONS = ("run", "script", "report")
MOST = 1_000_000


def loadtest(
    action: Annotated[str, typer.Argument(metavar="ACTION", help="run, script or report.", show_default=False)],
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SCENARIO|FILE]...",
            help="Of run and script the scenario: peak, soak, spike, scale-in or steps. Of report what a run wrote, or "
            "logs of runner pods.",
            show_default=False,
        ),
    ] = None,
    stack: StackOption = None,
    file: FileOption = None,
    project_dir: ProjectOption = Path(),
    server: TestedServerOption = None,
    target: Annotated[
        str | None, typer.Option("--target", metavar="URL", help="Where the server speaks MCP. [the public URL]")
    ] = None,
    production: Annotated[
        str | None, typer.Option("--production", metavar="STACK", help="Yes, at this stack, which is in production.")
    ] = None,
    arguments: Annotated[
        Path | None,
        typer.Option(
            "--arguments", metavar="FILE", help="Arguments of each tool: JSON or YAML, name to map or to maps."
        ),
    ] = None,
    sessions: Annotated[
        int | None, typer.Option("--sessions", help="Sessions at 100 %, instead of the planned ones.")
    ] = None,
    pods: Annotated[
        int | None, typer.Option("--pods", help="Pods that serve there, instead of the planned ones.")
    ] = None,
    scale: Annotated[float, typer.Option("--scale", help="Take so much of the time: 0.1 is a tenth.")] = 1.0,
    first_launch: Annotated[
        bool, typer.Option("--first-launch", help="Soak for an hour: nobody has seen this server under load yet.")
    ] = False,
    metrics: Annotated[
        str | None, typer.Option("--metrics", metavar="URL", help="Read the server's memory there beside the test.")
    ] = None,
    k6: Annotated[str | None, typer.Option("--k6", metavar="PROGRAM", help="Where k6 is. [of PATH]")] = None,
    points: Annotated[
        Path | None, typer.Option("--points", metavar="FILE", help="Write each value of k6 too, as NDJSON.")
    ] = None,
    written: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write the script, or what the run found, to this file."),
    ] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Of report: write the result beside the profile, for mcp:loadTest.result.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Play the load of a stack with k6, and compare what is found with the plan.

    run plays a scenario from this machine, script writes it for k6 elsewhere, report reads results: of a run, or of the
    runner pods of mcp:loadTest. Sessions open, call and close as clients of each protocol era do; tools, their shares
    and pauses are those of mcp:workload. A tool that does harm is not to be tested where it does.

    A stack in production is refused unless it is named: --production STACK. With MCP_TOKEN in the environment each
    request has it as its bearer token.

    Exit 99 if the objective does not hold, as k6 says it, 1 if nothing can be played or read.

    Example: mcp-stack loadtest run peak --stack staging --arguments tools.yaml
    """
    from ..load_test.refused import LoadTestError
    from ..load_test.scenarios import check_name

    with failures(as_json):
        if action not in ACTIONS:
            raise LoadTestError(f"There is no '{action}'. Give one of: {', '.join(ACTIONS)}.")
        given = words or []
        if action != "report":
            if len(given) != 1:
                raise LoadTestError(f"'{action}' plays one scenario at a time: give its name.")
            check_name(given[0])
        stack_file = stack_files(stack, file, project_dir, False)[0]
        region = inspect_stack(stack_file)
        if action == "report":
            region = one_server(region, server)
            _report(stack_file, region, [Path(word) for word in given], written=write, as_json=as_json)
            return
        if any(finding.severity == "error" for finding in region.findings):
            print_refusal(stack_file, region, as_json)
            raise typer.Exit(1)
        region = one_server(region, server)
        _check_one(region, server)
        test = _test(
            stack_file,
            region,
            given[0],
            target=target,
            production=production,
            arguments=arguments,
            sessions=_positive("--sessions", sessions),
            pods=_positive("--pods", pods),
            scale=scale,
            first_launch=first_launch,
        )
        if action == "script":
            _script(test, written)
            return
        _check_file("--output", written)
        _check_file("--points", points)
        _run(test, stack_file, region, k6=k6, metrics=metrics, points=points, written=written, as_json=as_json)


def _test(
    stack_file: StackFile,
    region: RegionPlan,
    name: str,
    *,
    target: str | None,
    production: str | None,
    arguments: Path | None,
    sessions: int | None,
    pods: int | None,
    scale: float,
    first_launch: bool,
) -> LoadTest:
    from ..load_test.arguments import read_arguments
    from ..load_test.of_stack import load_test, public_url
    from ..load_test.spec import TOKEN_VARIABLE
    from ..load_test.target import check_production, check_target

    plan = region.first
    url = check_target(target) if target is not None else public_url(plan)
    # The address may be that of another stack: whose users wait is what counts.
    other = None if plan.production else production_at(stack_file, url)
    at = None if other is None else url
    check_production(other or stack_file.name, plan.production or other is not None, production, at=at)
    tell_exposed(target, sends_secret=bool(os.environ.get(TOKEN_VARIABLE)))
    return load_test(
        plan,
        stack=stack_file.name,
        name=name,
        url=url,
        arguments=read_arguments(arguments) if arguments is not None else None,
        sessions=sessions,
        pods=pods,
        scale=scale,
        first_launch=first_launch,
    )


def _script(test: LoadTest, written: Path | None) -> None:
    from ..load_test.script import script

    if written is None:
        print_text(script(test))
        return
    _check_file("--output", written)
    written.write_text(script(test), encoding="utf-8")
    show(f"Written to {clean(str(written))}. Play it with: k6 run {clean(str(written))}")


def _run(
    test: LoadTest,
    stack_file: StackFile,
    region: RegionPlan,
    *,
    k6: str | None,
    metrics: str | None,
    points: Path | None,
    written: Path | None,
    as_json: bool,
) -> None:
    from ..load_test.k6 import allow_descriptors, check_room, free_mib, program, run
    from ..load_test.results import read
    from ..load_test.script import script
    from ..load_test.target import check_target

    found = program(k6)
    if found is None:
        _without_k6(test)
    check_room(test, free_mib(), allow_descriptors())
    address = None if metrics is None else check_target(metrics, "--metrics")
    progress().print(clean(_announced(test)), soft_wrap=True)
    with tempfile.TemporaryDirectory() as folder:
        ended = run(
            found or "", script(test), Path(folder), ndjson=points, metrics=address, seconds=test.scenario.seconds
        )
        summary = written or Path(folder) / "outcome.json"
        summary.write_text(ended.summary, encoding="utf-8")
        outcome = read([summary])
    _print(outcome, region, as_json)
    if written is not None:
        progress().print(
            f"Written to {clean(str(written))}: mcp-stack loadtest report {clean(str(written))} --stack "
            f"{clean(stack_file.name)} --write",
            soft_wrap=True,
        )
    if ended.status:
        raise typer.Exit(ended.status)


def _announced(test: LoadTest) -> str:
    scenario = test.scenario
    return (
        f"Playing '{scenario.name}' against {test.traffic.url.partition('?')[0]}: {scenario.title}, up to "
        f"{test.users:,} "
        f"sessions, {scenario.seconds / 60:,.1f} min."
    )


def _without_k6(test: LoadTest) -> None:
    """Write the script where k6 is not there, and say how it is played."""
    from ..load_test.refused import LoadTestError
    from ..load_test.script import script

    path = Path(f"loadtest-{test.scenario.name}.js")
    if path.exists():
        raise LoadTestError(f"k6 is not in PATH, and {path} is there already: name the program with --k6.")
    path.write_text(script(test), encoding="utf-8")
    raise LoadTestError(
        f"k6 is not in PATH. The script was written to {path}: install k6 (grafana.com/docs/k6), then play this verb "
        "again, "
        f"or 'MCP_SUMMARY=outcome.json k6 run {path}' and 'mcp-stack loadtest report outcome.json'."
    )


def _report(stack_file: StackFile, region: RegionPlan, files: list[Path], *, written: bool, as_json: bool) -> None:
    from ..load_test.refused import LoadTestError
    from ..load_test.results import read

    if not files:
        raise LoadTestError("'report' reads what a run wrote: give its file, or the logs of the runner pods.")
    outcome = read(files)
    names = [server.name for server in region.servers]
    stacks = (str(outcome.plan["stack"]) or stack_file.name, outcome.region)
    if stacks != (stack_file.name, region.settings.region.name) or outcome.server not in names:
        raise LoadTestError(
            f"It is the test of {outcome.stack}/{outcome.server}, and this is the stack {stack_file.name} with "
            f"{', '.join(names)}: give --stack {outcome.stack}."
        )
    region = region.only(outcome.server)
    _print(outcome, region, as_json)
    if written:
        _write(stack_file, region, outcome)


def _write(stack_file: StackFile, region: RegionPlan, outcome: Outcome) -> None:
    from ..load_test.result_file import load_result, path_for, text

    path = path_for(region.first)
    place = stack_file.directory / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text(load_result(outcome)), encoding="utf-8")
    progress().print(f"Written to {clean(str(path))}. A stack names it in mcp:loadTest.result.", soft_wrap=True)


def _print(outcome: Outcome, region: RegionPlan, as_json: bool) -> None:
    from ..load_test.proposal import propose
    from ..report.load_test import load_test_data, load_test_document
    from ..report.terminal import view

    proposal = propose(region.first, outcome)
    if as_json:
        print_json(load_test_data(outcome, proposal))
    else:
        show(view(load_test_document(outcome, proposal)))


def _check_one(region: RegionPlan, server: str | None) -> None:
    from ..load_test.refused import LoadTestError

    if server is None and len(region.servers) > 1:
        names = ", ".join(one.name for one in region.servers)
        raise LoadTestError(f"The region has several servers: name one of {names} with --server.")


def _positive(option: str, value: int | None) -> int | None:
    from ..load_test.refused import LoadTestError

    if value is not None and not 1 <= value <= MOST:
        raise LoadTestError(f"{option} {value}: give a whole number from 1 to {MOST:,}.")
    return value


def _check_file(option: str, path: Path | None) -> None:
    from ..load_test.refused import LoadTestError

    if path is not None and (path.is_dir() or not path.parent.is_dir()):
        raise LoadTestError(f"{option} {path} cannot be written: give a file in a directory that exists.")
