"""What every lab test needs: the packages of requirements.txt, and a note of each measured value."""

from __future__ import annotations

import importlib.util
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PACKAGES = ("mcp", "uvicorn", "prometheus_client", "psycopg", "psycopg_pool", "httpx2")
MEASURED = "measured"
TICK = 0.05

Note = Callable[[str], None]
Stall = Callable[[], float]


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
        pytest.skip(f"missing Python packages: {', '.join(missing)} (tests/lab/requirements.txt)")


@pytest.fixture
def note(record_property: Callable[[str, object], None]) -> Note:
    """Write one measured value into the summary of the run, and into a JUnit report if there is one."""

    def write(text: str) -> None:
        record_property(MEASURED, text)

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
    """Show the measured values after the run, in whatever worker they were taken."""
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, [])]
    lines = [
        f"{report.nodeid.rpartition('::')[2]}: {value}"
        for report in reports
        for name, value in getattr(report, "user_properties", [])
        if name == MEASURED and report.when == "call"
    ]
    if lines:
        terminalreporter.section("measured in the lab")
        for line in lines:
            terminalreporter.line(line)
