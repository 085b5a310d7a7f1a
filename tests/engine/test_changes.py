"""One running stack, changed there and back under the real engine: what a preview says is done, and then all rests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cluster.control_plane import ControlPlane
from tests.engine.project import Project, with_contexts

STACK = "production-us-east"
CHANGES: Mapping[str, Any] = yaml.safe_load((Path(__file__).parent / "changes.yaml").read_text(encoding="utf-8"))


def changed(given: Any, change: Any) -> Any:
    """The values with a change: maps key by key, all else whole, ``None`` takes away."""
    if not isinstance(given, Mapping) or not isinstance(change, Mapping):
        return change
    result = dict(given)
    for key, value in change.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = changed(result.get(key, {}), value)
    return result


@pytest.fixture(scope="module")
def running(plane: ControlPlane, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """The production stack, up, in a cluster without operators."""
    folder = tmp_path_factory.mktemp("running")
    project = Project(folder, with_contexts(plane.kubeconfig, folder))
    project.pulumi("stack", "init", STACK)
    project.pulumi("config", "set", "--path", "mcp:awaits.customResources", "false", "--stack", STACK)
    try:
        project.steps("up", STACK)
        yield project
    finally:
        project.steps("destroy", STACK)
        project.end_what_is_left()


@pytest.mark.parametrize("change", CHANGES)
def test_there_and_back(running: Project, change: str) -> None:
    path = running.folder / "stacks" / f"Pulumi.{STACK}.yaml"
    before = path.read_text(encoding="utf-8")
    given = yaml.safe_load(before)
    after = yaml.safe_dump({**given, "config": changed(given["config"], CHANGES[change])})
    try:
        assert moves(running, after, path) == moves(running, before, path)
    finally:
        path.write_text(before, encoding="utf-8")
        running.steps("up", STACK)


def moves(project: Project, text: str, path: Path) -> bool:
    """Whether an update to a stack file does anything; what it does is what the preview says, and all that there is."""
    path.write_text(text, encoding="utf-8")
    planned = project.steps("preview", STACK)
    assert project.steps("up", STACK) == planned
    assert project.steps("up", STACK) == {}
    assert project.steps("refresh", STACK) == {}
    return bool(planned)
