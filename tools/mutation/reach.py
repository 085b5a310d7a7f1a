"""Which tests run through which lines of the package, and what each costs: gathered once, for many faults.

A pytest plugin: ``python -m tools.mutation reach`` runs all tests with it.
"""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

import coverage
import pytest

PACKAGE = "pulumi_kubernetes_mcp"
NEAR = 0.2
"""A test of the same folder is tried before one that costs less than a fifth of it."""
CHEAPEST = 150
"""Tests of other folders that are kept of a line."""


@dataclass(frozen=True)
class Reach:
    """Tests by the lines that they run through."""

    seconds: dict[str, float]
    """CPU seconds of each test."""
    lines: dict[str, dict[str, list[str]]]
    """File below the package, then line, to the tests, the cheapest first."""

    @classmethod
    def read(cls, path: Path) -> Reach:
        """What was gathered."""
        data = json.loads(gzip.decompress(path.read_bytes()))
        names = list(data["seconds"])
        lines = {
            file: {line: [names[place] for place in places] for line, places in found.items()}
            for file, found in data["lines"].items()
        }
        return cls(data["seconds"], lines)

    def tests(self, file: str, line: int, most: float) -> list[str]:
        """The tests that run through a line, of the same folder and the cheapest first, in so many seconds."""
        folder = mirror(file)
        found = self.lines.get(file, {}).get(str(line), [])
        found = sorted(found, key=lambda test: self.seconds[test] * (NEAR if test.startswith(folder) else 1))
        spent = list(accumulate(self.seconds[test] for test in found))
        return [test for test, until in zip(found, spent, strict=True) if until <= most or until == spent[0]]

    def near(self, file: str) -> list[str]:
        """Test files that run through a file, the one with the most of its lines first."""
        count: dict[str, int] = {}
        for tests in self.lines.get(file, {}).values():
            for one in {test.partition("::")[0] for test in tests}:
                count[one] = count.get(one, 0) + 1
        return sorted(count, key=lambda one: -count[one])


class Gather:
    """The plugin."""

    def __init__(self, out: Path) -> None:
        self.out, self.seconds = out, dict[str, float]()
        self.coverage = coverage.Coverage(data_file=None, config_file=False, source_pkgs=[PACKAGE])
        self.coverage.start()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[Any]:
        """Each test by itself."""
        self.coverage.switch_context(item.nodeid)
        began = time.process_time()
        done = yield
        self.seconds[item.nodeid] = round(time.process_time() - began, 4)
        self.coverage.switch_context("")
        return done

    def pytest_unconfigure(self) -> None:
        """Write what was gathered."""
        self.coverage.stop()
        data = self.coverage.get_data()
        write(self.out, self.seconds, data)


def write(out: Path, seconds: dict[str, float], data: coverage.CoverageData) -> None:
    """A file of it, without the dear tests of lines that many run through."""
    place = {name: index for index, name in enumerate(seconds)}
    lines = {}
    for file in data.measured_files():
        inside = file.rpartition(f"/{PACKAGE}/")[2]
        lines[inside] = {
            line: _cheapest([test for test in tests if test in place], mirror(inside), seconds, place)
            for line, tests in data.contexts_by_lineno(file).items()
        }
    out.write_bytes(gzip.compress(json.dumps({"seconds": seconds, "lines": lines}).encode()))


def mirror(file: str) -> str:
    """Where the tests of a file of the package are, or how they begin."""
    return f"tests/{file.partition('/')[0]}".removesuffix(".py")


def _cheapest(tests: Sequence[str], near: str, seconds: dict[str, float], place: dict[str, int]) -> list[int]:
    """All of the same folder, and of the others the cheapest of all and of each file."""
    ordered = sorted(tests, key=lambda test: seconds[test])
    first = {test.partition("::")[0]: test for test in reversed(ordered)}
    kept = {*ordered[:CHEAPEST], *first.values(), *(test for test in ordered if test.startswith(near))}
    return [place[test] for test in ordered if test in kept]


def pytest_configure(config: pytest.Config) -> None:
    """Gather, where an output is named."""
    if out := config.getoption("--reach"):
        config.pluginmanager.register(Gather(Path(out)))


def pytest_addoption(parser: pytest.Parser) -> None:
    """The file to write."""
    parser.addoption("--reach", help="write which tests run through which lines")
