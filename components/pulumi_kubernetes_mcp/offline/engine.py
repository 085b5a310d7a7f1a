"""Run a Pulumi program with its real configuration, and with no CLI, no backend and no cluster."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import runpy
import sys
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pulumi
from pulumi._utils import ContextProperty
from pulumi.runtime import Settings, run_in_stack, set_all_config
from pulumi.runtime import resource as registrations
from pulumi.runtime.proto import source_pb2

from ..collecting import collected_rarely
from ..settings.problems import Refused
from .model import STACK_TYPE, Deployment
from .monitor import Log, OtherStacks, Recorder

Program = Path | Callable[[], None]

_ONE_AT_A_TIME = threading.RLock()
"""A program changes what belongs to the whole process: working directory, import path, Pulumi's defaults."""
_STACK_TRACE = "_get_stack_trace"


def run_program(
    program: Program,
    *,
    project: str,
    stack: str,
    config: Mapping[str, str],
    secret_keys: Iterable[str] = (),
    preview: bool = False,
    organization: str = "organization",
    directory: Path | None = None,
    context: Mapping[contextvars.ContextVar[Any], object] | None = None,
    stack_outputs: OtherStacks | None = None,
) -> Deployment:
    """Run ``program`` to its end and return everything that it registered.

    The program runs as under the Pulumi CLI: a stack is its root, all outputs and registrations are awaited, and
    configuration, project and stack name come from the arguments. Each run stands alone: nothing of it stays in
    Pulumi's global state. Runs that are started in several threads take turns.

    :param program: a function, or the path of a ``__main__.py``, which runs in its own directory.
    :param config: full key (``mcp:server``) to text; maps and lists as JSON text, as the CLI hands them over.
    :param secret_keys: keys of ``config`` that are secret.
    :param preview: whether no output of any resource is known, as before a first deployment. Otherwise the run
        is one where everything is created: identities and names are known, and only what a cluster decides
        (``status``) is unknown.
    :param directory: the project's directory, which the engine names to the program; a function also works in it.
        Default: that of the file; a function works where it is, and is told none.
    :param context: context variables and their values for the program, which sees no others of its caller.
    :param stack_outputs: the outputs of other stacks that the program reads, by the name that it refers to.
    :raises Exception: whatever the program raises; :class:`pulumi.RunError` for what the engine would refuse.
    """
    recorder = Recorder(project, stack, preview=preview, others=stack_outputs)
    log = Log()
    if directory is None and isinstance(program, Path):
        directory = program.parent
    root = None if directory is None else directory.resolve()

    def configured() -> None:
        for variable, value in (context or {}).items():
            variable.set(value)
        Settings(
            project=project,
            stack=stack,
            monitor=recorder,
            engine=log,
            dry_run=preview,
            organization=organization,
            root_directory=None if root is None else str(root),
            legacy_apply_enabled=False,
        )
        set_all_config(dict(config), list(secret_keys))
        with contextlib.nullcontext() if root is None or isinstance(program, Path) else contextlib.chdir(root):
            _run(lambda: run_in_stack(_entry(program)))

    with _ONE_AT_A_TIME, _settings_kept(), collected_rarely(), _no_positions():
        try:
            _alone(lambda: contextvars.Context().run(configured))
        except Refused as refused:
            refused.messages = tuple(log.messages)
            raise
    stack_urn = next((urn for urn, resource in recorder.recorded.items() if resource.type == STACK_TYPE), "")
    return Deployment(
        project=project,
        stack=stack,
        resources=tuple(
            replace(recorder.recorded[urn], registered_outputs=recorder.registered.get(urn))
            for urn in sorted(recorder.recorded)
        ),
        outputs=recorder.registered.get(stack_urn, {}),
        messages=tuple(log.messages),
    )


def _entry(program: Program) -> Callable[[], None]:
    run: Callable[[], None] = (lambda: _run_file(program)) if isinstance(program, Path) else program

    def entry() -> None:
        try:
            run()
        except SystemExit as ended:
            if ended.code not in (None, 0):
                raise pulumi.RunError(f"The program ended itself with exit code {ended.code}.") from ended

    return entry


def _run_file(program: Path) -> None:
    path = program.resolve()
    with contextlib.chdir(path.parent), _modules_of(path.parent):
        runpy.run_path(str(path), run_name="__main__")


@contextlib.contextmanager
def _modules_of(directory: Path) -> Iterator[None]:
    """Let the program import its neighbours, and forget them after: another program may have the same names."""
    modules, path = set(sys.modules), list(sys.path)
    sys.path.insert(0, str(directory))
    try:
        yield
    finally:
        sys.path[:] = path
        own = {name for name in set(sys.modules) - modules if "." not in name and _is_neighbour(name, directory)}
        for name in set(sys.modules) - modules:
            if name.partition(".")[0] in own:
                del sys.modules[name]


def _is_neighbour(name: str, directory: Path) -> bool:
    file = getattr(sys.modules[name], "__file__", None)
    if not file:
        return False
    path = Path(file)
    return directory in (path.parent, path.parent.parent if path.name == "__init__.py" else path.parent)


class _Here(ThreadPoolExecutor):
    """An executor that works in the calling thread. The SDK sends each remote call to a thread, since it would
    block; the recorder's calls do not, and changing threads is most of their cost."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            result = fn(*args, **kwargs)
        except Exception as problem:
            future.set_exception(problem)
            return future
        if asyncio.iscoroutine(result):
            # Transforms are the program's own functions, and may wait; the caller waits for them as for the engine.
            asyncio.ensure_future(result).add_done_callback(lambda done: _hand_over(done, future))
        else:
            future.set_result(result)
        return future


def _hand_over(done: asyncio.Future[Any], future: Future[Any]) -> None:
    """What a task ended with, to the future that its caller has."""
    if future.cancelled():
        return
    problem = asyncio.CancelledError() if done.cancelled() else done.exception()
    if problem is None:
        future.set_result(done.result())
    else:
        future.set_exception(problem)


def _run(main: Callable[[], Any]) -> None:
    failed = False

    def complain(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        # After the first error, the tasks that waited for its values fail too; they say nothing new.
        if not failed:
            loop.default_exception_handler(context)

    runner = asyncio.Runner()
    try:
        loop = runner.get_loop()
        loop.set_default_executor(_Here(max_workers=1))
        loop.set_exception_handler(complain)
        runner.run(main(), context=contextvars.copy_context())
    except BaseException:
        failed = True
        raise
    finally:
        with warnings.catch_warnings():
            if failed:
                # Nor do the coroutines of the SDK that nobody awaits any more.
                warnings.simplefilter("ignore", RuntimeWarning)
            runner.close()


def _alone(run: Callable[[], None]) -> None:
    """Run in this thread, or in another one if an event loop is at work in this one."""
    if asyncio._get_running_loop() is None:
        run()
        return
    problem: list[BaseException] = []

    def guarded() -> None:
        try:
            run()
        except BaseException as raised:
            problem.append(raised)

    thread = threading.Thread(target=guarded, name="pulumi-program")
    thread.start()
    thread.join()
    if problem:
        raise problem[0]


@contextlib.contextmanager
def _no_positions() -> Iterator[None]:
    """Leave out where in the program each resource is made. The SDK reads the whole stack for it, which takes a quarter
    of a run; the recorder keeps no positions."""
    usual = getattr(registrations, _STACK_TRACE, None)
    if usual is None:  # Another version of the SDK finds them in another way.
        yield
        return
    setattr(registrations, _STACK_TRACE, source_pb2.StackTrace)
    try:
        yield
    finally:
        setattr(registrations, _STACK_TRACE, usual)


@contextlib.contextmanager
def _settings_kept() -> Iterator[None]:
    """Put back the defaults of Pulumi's settings: the first value that a fresh context sets becomes one."""
    default = f"_{ContextProperty.__name__}__default"
    properties = [item for item in vars(Settings).values() if isinstance(item, ContextProperty)]
    kept = [(item, getattr(item, default)) for item in properties]
    try:
        yield
    finally:
        for item, value in kept:
            setattr(item, default, value)
