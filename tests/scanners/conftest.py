"""Every test in this folder carries the `scanners` mark; each skips by itself, naming the scanner that it misses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.cluster.gomodules import MissingError
from tests.missing import leave_out
from tests.scanners import schemas, stacks, tools

HERE = Path(__file__).parent
VERSIONS = ("1.34.0", "1.37.0")
"""The oldest supported and the newest known Kubernetes."""

Scan = Callable[[str, Path], tuple[tools.Report, ...]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is collected from this folder."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.scanners)


@pytest.fixture(scope="session")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """Every stack, rendered from its file: name to folder."""
    target = tmp_path_factory.mktemp("rendered")
    return {name: stacks.render(name, target) for name in stacks.names()}


@pytest.fixture(scope="session")
def schema_folders(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Mapping[str, Path]]:
    """Kubernetes version to a folder of schemas, written on first use."""
    made: dict[str, Path] = {}

    def folders() -> Mapping[str, Path]:
        for version in VERSIONS:
            if version not in made:
                made[version] = schemas.write_schemas(tmp_path_factory.mktemp("schemas") / version, version)
        return made

    return folders


@pytest.fixture(scope="session")
def scan(schema_folders: Callable[[], Mapping[str, Path]]) -> Scan:
    """Run one scanner over one folder; skip if the scanner or a schema is missing."""
    known: dict[tuple[str, Path], tuple[tools.Report, ...]] = {}

    def run(scanner: str, folder: Path) -> tuple[tools.Report, ...]:
        if (scanner, folder) not in known:
            try:
                tools.program(scanner)
                known[scanner, folder] = _reports(scanner, folder, schema_folders)
            except (tools.MissingToolError, MissingError) as missing:
                leave_out(str(missing))
        return known[scanner, folder]

    return run


def _reports(scanner: str, folder: Path, schema_folders: Callable[[], Mapping[str, Path]]) -> tuple[tools.Report, ...]:
    if scanner == "checkov":
        return (tools.checkov(folder),)
    if scanner == "kube-score":
        return (tools.kube_score(folder),)
    return tuple(tools.kubeconform(folder, path, version) for version, path in schema_folders().items())
