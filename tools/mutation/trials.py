"""One fault in one process that was forked from one which has all tests ready: a second of CPU where it is found.

A fault in the body of a function takes the place of the code that is loaded. One that is read at import needs a
process that has not imported the package, and collects the tests of its own.
"""

from __future__ import annotations

import ast
import gc
import os
import signal
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import CodeType, FunctionType

import pytest
from _pytest.runner import runtestprotocol

QUIET = ("-q", "--tb=no", "-p", "no:unraisableexception", "-p", "no:threadexception", "-p", "no:randomly")
"""What the collector of memory complains of is no test's finding."""
CPU_SECONDS, WALL_SECONDS = 20, 300
"""A test that takes longer than ten of its own times, and than this, hangs."""

Code = tuple[str, int, str]


def in_fork(work: Callable[[], str]) -> str:
    """What a forked process says; ``timeout`` where it was stopped, ``broke`` where it ended without a word."""
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(reading)
        _silent()
        try:
            said = work()
        except BaseException as error:
            said = f"broke {type(error).__name__}: {error}"
        os.write(writing, said.encode()[:4000])
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    _, status = os.waitpid(process, 0)
    stopped = os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGPROF, signal.SIGALRM)
    return said or ("timeout" if stopped else f"broke with status {status}")


def _silent() -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)


def limited(seconds: float) -> None:
    """Stop this process where what follows takes too long."""
    signal.setitimer(signal.ITIMER_PROF, max(CPU_SECONDS, 10 * seconds))
    signal.alarm(WALL_SECONDS)


# In the body of a function


class Loaded:
    """The functions of the package that are loaded, by where their code stands."""

    def __init__(self, root: Path) -> None:
        gc.unfreeze()
        self.functions: dict[Code, list[FunctionType]] = {}
        for one in gc.get_objects():
            if isinstance(one, FunctionType) and one.__code__.co_filename.startswith(str(root)):
                self.functions.setdefault(_where(one.__code__), []).append(one)

    def replace(self, tree: ast.Module, path: Path) -> int:
        """Give every function of a file the code of the tree; how many were changed."""
        changed = 0
        for code in _codes(compile(tree, str(path), "exec", dont_inherit=True)):
            for function in self.functions.get(_where(code), []):
                if function.__code__ != code and len(code.co_freevars) == len(function.__code__.co_freevars):
                    function.__code__ = code
                    changed += 1
        return changed


def _where(code: CodeType) -> Code:
    return code.co_filename, code.co_firstlineno, code.co_qualname


def _codes(code: CodeType) -> Iterable[CodeType]:
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield one
            yield from _codes(one)


def first_failure(items: Sequence[pytest.Item], seconds: dict[str, float]) -> str:
    """``caught`` and the first test that fails, or ``survived``."""
    for item, following in zip(items, [*items[1:], None], strict=True):
        limited(seconds.get(item.nodeid, 1))
        if any(report.failed for report in runtestprotocol(item, nextitem=following, log=False)):
            return f"caught {item.nodeid}"
    return "survived"


# What is read at import


class Failures:
    """A plugin that keeps the first failure, and says what a test costs."""

    def __init__(self, seconds: dict[str, float], order: Sequence[str], left_out: Iterable[str]) -> None:
        self.seconds, self.order, self.left_out = (
            seconds,
            {file: place for place, file in enumerate(order)},
            set(left_out),
        )
        self.first = ""

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """The files in the order that was asked for."""
        items[:] = [one for one in items if one.nodeid not in self.left_out]
        items.sort(key=lambda item: self.order.get(item.nodeid.partition("::")[0], len(self.order)))

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Not longer than it may take."""
        limited(self.seconds.get(item.nodeid, 1))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """What failed first."""
        if report.failed and not self.first:
            self.first = report.nodeid

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file of tests that cannot be imported any more sees it too."""
        if report.failed and not self.first:
            self.first = report.nodeid


def collected_anew(files: Sequence[str], mark: str, failures: Failures) -> str:
    """The same, by a run of its own."""
    limited(60)
    pytest.main([*QUIET, "-x", "-m", mark, *files], plugins=[failures])
    return f"caught {failures.first}" if failures.first else "survived"
