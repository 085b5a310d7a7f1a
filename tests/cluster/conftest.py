"""Fixtures of the cluster tier; every test in this folder carries the `cluster` mark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster import crds as definitions
from tests.cluster.control_plane import ControlPlane
from tests.cluster.gomodules import MissingError
from tests.cluster.keda_lab import KedaLab
from tests.missing import leave_out

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is collected from this folder."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.cluster)


@pytest.fixture(scope="session")
def crd_paths() -> list[Path]:
    """The real definitions, read from Go modules."""
    try:
        return definitions.crd_files()
    except MissingError as error:
        leave_out(f"cluster tier cannot run: {error}")


@pytest.fixture(scope="session")
def control_plane() -> Iterator[ControlPlane]:
    """One control plane for the whole run."""
    try:
        plane = ControlPlane()
    except MissingError as error:
        leave_out(f"cluster tier cannot run: {error}")
    with plane:
        yield plane


@pytest.fixture(scope="session")
def crds(control_plane: ControlPlane, crd_paths: list[Path]) -> list[str]:
    """Names of the definitions the control plane serves."""
    return definitions.install(control_plane.client, crd_paths)


@pytest.fixture(scope="session")
def keda() -> Iterator[KedaLab]:
    """KEDA on a control plane of its own, whose HPA controller looks every second."""
    try:
        lab = KedaLab()
    except MissingError as error:
        leave_out(f"cluster tier cannot run: {error}")
    with lab:
        yield lab


@pytest.fixture(autouse=True)
def _logs_on_failure(request: pytest.FixtureRequest) -> Iterator[None]:
    """Print the end of every program's log under a failing test that used the control plane."""
    failed_before = request.session.testsfailed
    yield
    plane = request.node.funcargs.get("control_plane") or request.node.funcargs.get("keda")
    if plane is not None and request.session.testsfailed > failed_before:
        print(plane.logs())
