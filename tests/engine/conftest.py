"""Fixtures of the engine tier; every test in this folder carries the `engine` mark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster import crds as definitions
from tests.cluster.control_plane import ControlPlane
from tests.cluster.gomodules import MissingError
from tests.engine.build import programs
from tests.engine.project import Project, with_contexts
from tests.missing import leave_out

HERE = Path(__file__).parent

GATEWAYS = "gateway-system"
"""Where the Gateway of the stacks is, and what they make beside it."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is collected from this folder."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.engine)


@pytest.fixture(scope="session")
def plane() -> Iterator[ControlPlane]:
    """A control plane with the real definitions, and without any operator."""
    try:
        programs()
        control_plane, paths = ControlPlane(), definitions.crd_files()
    except MissingError as error:
        leave_out(f"engine tier cannot run: {error}")
    with control_plane:
        definitions.install(control_plane.client, paths)
        control_plane.apply([{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": GATEWAYS}}])
        yield control_plane


@pytest.fixture
def project(plane: ControlPlane, tmp_path: Path) -> Iterator[Project]:
    """The example's project with no stack in its backend yet."""
    made = Project(tmp_path, with_contexts(plane.kubeconfig, tmp_path))
    yield made
    made.end_what_is_left()
