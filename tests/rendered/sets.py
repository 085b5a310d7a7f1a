"""The sets of objects that the tests look at: what each stack renders, and each component with everything.

The stacks of ``examples/regions`` are known to the tests by name; those in ``stacks/`` are whatever is there.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pulumi_kubernetes_mcp.offline.manifests import manifests
from pulumi_kubernetes_mcp.offline.model import Deployment
from pulumi_kubernetes_mcp.offline.project import run_stack
from pulumi_kubernetes_mcp.settings import StackFile, read_stack_file, stack_names
from tests.components.cases import CASES, QUICK

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "regions"
STACKS = stack_names(EXAMPLE)
OWN = tuple(f"stacks/{name}" for name in stack_names(ROOT))
"""The stacks of this repository or of a fork, one or many or none."""
SETS = (*STACKS, *(case.id for case in CASES))
QUICK_SETS = frozenset({*STACKS, *OWN, *QUICK})
"""What is looked at before a commit; the rest are grids."""

Object = dict[str, Any]


def each_set(names: Iterable[str]) -> pytest.MarkDecorator:
    """One item for each set, as ``name``: the quick ones everywhere, the others where the grids run."""
    return pytest.mark.parametrize(
        "name", [pytest.param(name, marks=[pytest.mark.grid] * (name not in QUICK_SETS)) for name in names]
    )


def stack_file(name: str) -> StackFile:
    """The file of a stack of the example, or of one in ``stacks/``."""
    return read_stack_file(EXAMPLE if name in STACKS else ROOT, stack=name.removeprefix("stacks/"))


@cache
def deployment(name: str) -> Deployment:
    """The run of a stack or of a case; shared, since nothing changes it."""
    if name in STACKS or name in OWN:
        return run_stack(stack_file(name), EXAMPLE if name in STACKS else ROOT)
    return next(case for case in CASES if case.id == name).run("orders")


@cache
def objects(name: str) -> tuple[Object, ...]:
    """The objects of a stack or of a case, as rendered."""
    return tuple(dict(manifest.body) for manifest in manifests(deployment(name)))


@cache
def texts(name: str) -> tuple[str, ...]:
    """The files of a stack or of a case."""
    return tuple(manifest.text for manifest in manifests(deployment(name)))
