"""Every component with the least arguments, with all of them, and with those that others exclude.

They stand in ``cases.py`` beside the tests of each slice, and nothing lists them.
"""

from __future__ import annotations

import importlib
from functools import cache

import pytest

from pulumi_kubernetes_mcp.testing import Recording
from tests.components.case import Case
from tools.slices import slices

FOLDERS = {"secrets": "secret"}
"""Slices whose tests are in a folder of another name, since theirs would hide a module of Python."""
HOMES = {**{one.component: FOLDERS.get(one.package, one.package) for one in slices()}, "McpRegion": "region"}
"""Component to the folder of its tests."""
CASES: tuple[Case, ...] = tuple(
    case for home in HOMES.values() for case in importlib.import_module(f"tests.{home}.cases").CASES
)

MINIMAL = tuple(case for case in CASES if case.variant == "minimal")
LARGEST = tuple(case for case in CASES if case.variant != "minimal")
NAMES = sorted({case.component for case in CASES})


@cache
def plain_run(case_id: str, name: str = "thing") -> Recording:
    """The run with plain values; shared, since nothing changes it."""
    return next(case for case in CASES if case.id == case_id).run(name)


QUICK = frozenset({*(case.id for case in CASES if case.variant == "full"), "McpSecrets-config", "McpRegion-coloured"})
"""What every rule is tried with before a commit: the case of each component with all keys. The rest are grids."""


EVERY = pytest.mark.parametrize(
    "case", [pytest.param(case, id=case.id, marks=[pytest.mark.grid] * (case.id not in QUICK)) for case in CASES]
)
"""One item for each case, as ``case``: the quick ones everywhere, the others where the grids run."""


def by_id(case: Case) -> str:
    """For ``pytest.mark.parametrize``."""
    return case.id
