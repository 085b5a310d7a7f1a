"""What every lab test needs: the packages of requirements.txt, and a note of each measured value."""

from __future__ import annotations

import gc
import importlib.util
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.missing import leave_out

HERE = Path(__file__).parent
PACKAGES = ("mcp", "uvicorn", "prometheus_client", "psycopg", "psycopg_pool", "httpx2")
MEASURED = "measured"
COMPARED = "compared"
COLUMNS = ("server", "era", "figure", "planned", "seen", "error")
TICK = 0.05

Note = Callable[[str], None]
Stall = Callable[[], float]
Compare = Callable[[str, str, str, float, float], float]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder ``lab``."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.lab)


@pytest.fixture(scope="session", autouse=True)
def lab_packages() -> None:
    """Skip, naming what is missing, unless the packages of ``tests/lab/requirements.txt`` are installed."""
    missing = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        leave_out(f"missing Python packages: {', '.join(missing)} (tests/lab/requirements.txt)")


@pytest.fixture(autouse=True)
def leaks() -> Iterator[None]:
    """Collect what a test has left open while its name is known: a socket that is found at the end of the run fails the
    run and no test."""
    yield
    gc.collect()


@pytest.fixture
def note(record_property: Callable[[str, object], None]) -> Note:
    """Write one measured value into the summary of the run, and into a JUnit report if there is one."""

    def write(text: str) -> None:
        record_property(MEASURED, text)

    return write


@pytest.fixture
def compare(record_property: Callable[[str, object], None]) -> Compare:
    """Put a planned and a seen figure into the table of the run, and into a JUnit report; the relative error."""

    def write(server: str, era: str, figure: str, planned: float, seen: float) -> float:
        error = planned / seen - 1
        record_property(COMPARED, " | ".join((server, era, figure, f"{planned:.1f}", f"{seen:.1f}", f"{error:+.1%}")))
        return error

    return write


@pytest.fixture
def stall() -> Iterator[Stall]:
    """For how many seconds this machine has stood still since the test began, as a ticking thread saw it.

    Upper limits of time add it, so that a busy machine does not fail a server that was only not given the CPU.
    """
    stop = threading.Event()
    late = [0.0]

    def tick() -> None:
        while not stop.is_set():
            start = time.monotonic()
            stop.wait(TICK)
            late[0] += max(0.0, time.monotonic() - start - 2 * TICK)

    ticker = threading.Thread(target=tick, daemon=True)
    ticker.start()
    yield lambda: late[0]
    stop.set()
    ticker.join(10)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show the measured values and the comparisons after the run, in whatever worker they were taken."""
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, [])]
    properties = [
        (report.nodeid.rpartition("::")[2], name, str(value))
        for report in reports
        if report.when == "call"
        for name, value in getattr(report, "user_properties", [])
    ]
    lines = [f"{test}: {value}" for test, name, value in properties if name == MEASURED]
    if lines:
        terminalreporter.section("measured in the lab")
        for line in lines:
            terminalreporter.line(line)
    rows = [tuple(value.split(" | ")) for _, name, value in properties if name == COMPARED]
    if rows:
        terminalreporter.section("planned from a profile, and seen")
        widths = [max(len(row[column]) for row in [COLUMNS, *rows]) for column in range(len(COLUMNS))]
        for row in [COLUMNS, *rows]:
            cells = [
                f"{cell:<{width}}" if place < 3 else f"{cell:>{width}}"
                for place, (cell, width) in enumerate(zip(row, widths, strict=True))
            ]
            terminalreporter.line("  ".join(cells).rstrip())
