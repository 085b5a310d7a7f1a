"""For all tests: how much the properties are tried, and a simulation that was played is not played again."""

from __future__ import annotations

import functools
import gc
import importlib
import sys
from collections import OrderedDict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
TIERS = ("lab", "cluster", "engine", "scanners")
"""Folders whose every test has the mark of the same name."""
GRID = "grid"
PACKAGE = "pulumi_kubernetes_mcp"
COLLECT_AFTER = (50_000, 20, 20)
KEPT = 64
"""Simulations that are remembered: each holds a day of samples at most."""


def pytest_configure(config: pytest.Config) -> None:
    """Few examples where the long grids are left out (``make test``), many otherwise (``make grids``).

    The examples are the same in every run: a failure is one of the change at hand. ``--hypothesis-profile=search``
    looks for new ones.
    """
    if not config.pluginmanager.hasplugin("hypothesispytest"):
        return  # The lab's environment has none.
    from hypothesis import settings

    settings.register_profile("few", max_examples=6, deadline=None, derandomize=True)
    settings.register_profile("many", max_examples=100, deadline=None, derandomize=True)
    settings.register_profile("search", max_examples=1000, deadline=None)
    if not config.getoption("--hypothesis-profile"):
        settings.load_profile("few" if f"not {GRID}" in config.option.markexpr else "many")


def pytest_collection_finish() -> None:
    """What is there before the first test stays until the end: the collector need not look at it thousands of times."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Do not even import the tiers that are left out: each worker would."""
    left_out = collection_path.parent == HERE and f"not {collection_path.name}" in config.option.markexpr
    return True if left_out and collection_path.name in TIERS else None


def remembered(play: Callable[..., Any]) -> Callable[..., Any]:
    """A pure function that gives what it gave before for equal arguments."""
    known: OrderedDict[str, Any] = OrderedDict()

    def again(*args: Any, **options: Any) -> Any:
        key = repr((args, options))
        if key not in known:
            known[key] = play(*args, **options)
            if len(known) > KEPT:
                known.popitem(last=False)
        known.move_to_end(key)
        return known[key]

    return again


@pytest.fixture(scope="session", autouse=True)
def _command_built_once() -> Iterator[None]:
    """The test runner of the command line builds all verbs anew for each run, which takes longer than most verbs."""
    testing = sys.modules.get("typer.testing")
    with pytest.MonkeyPatch.context() as patch:
        if testing is not None:
            patch.setattr(testing, "_get_command", functools.cache(vars(testing)["_get_command"]))
        yield


@pytest.fixture(scope="session", autouse=True)
def _played_once() -> Iterator[None]:
    """Most runs of a stack rehearse the same spike. The simulation is pure, which its own tests show: they, and the
    benchmarks, call it by itself."""
    if PACKAGE not in sys.modules:
        yield
        return
    run = importlib.import_module(f"{PACKAGE}.simulation.run")
    rehearsal = importlib.import_module(f"{PACKAGE}.rehearsal")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "simulate", remembered(run.simulate))
        patch.setattr(rehearsal, "simulate", run.simulate)
        yield
