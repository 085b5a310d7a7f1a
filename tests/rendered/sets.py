"""The sets of objects that the tests look at: what each stack renders, and each component with everything."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from pulumi_kubernetes_mcp.offline.manifests import manifests
from pulumi_kubernetes_mcp.offline.model import Deployment
from pulumi_kubernetes_mcp.offline.project import run_stack
from pulumi_kubernetes_mcp.settings import read_stack_file
from tests.components.cases import CASES

ROOT = Path(__file__).parents[2]
STACKS = tuple(sorted(path.name.split(".")[1] for path in (ROOT / "stacks").glob("Pulumi.*.yaml")))
SETS = (*STACKS, *(case.id for case in CASES))

Object = dict[str, Any]


@cache
def deployment(name: str) -> Deployment:
    """The run of a stack or of a case; shared, since nothing changes it."""
    if name in STACKS:
        return run_stack(read_stack_file(ROOT, stack=name, file=None), ROOT)
    return next(case for case in CASES if case.id == name).run("orders")


@cache
def objects(name: str) -> tuple[Object, ...]:
    """The objects of a stack or of a case, as rendered."""
    return tuple(dict(manifest.body) for manifest in manifests(deployment(name)))


@cache
def texts(name: str) -> tuple[str, ...]:
    """The files of a stack or of a case."""
    return tuple(manifest.text for manifest in manifests(deployment(name)))
