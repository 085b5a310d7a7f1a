"""Each planted mistake is stopped before any resource is registered, and the refusal names its key."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml
from typer.testing import CliRunner

from pulumi_kubernetes_mcp.cli import app
from pulumi_kubernetes_mcp.offline import engine
from pulumi_kubernetes_mcp.offline.model import STACK_TYPE
from pulumi_kubernetes_mcp.offline.project import run_stack
from pulumi_kubernetes_mcp.settings import StackFile, read_stack_file
from tests.peers.mistakes import MISTAKES, Mistake

EXAMPLE = Path(__file__).parent.parent.parent / "examples" / "regions"
STACK = "production-us-east"


@pytest.fixture
def values() -> Mapping[str, Any]:
    """Everything that the stack says."""
    return read_stack_file(EXAMPLE, stack=STACK).values


@pytest.fixture
def recorders(monkeypatch: pytest.MonkeyPatch) -> list[engine.Recorder]:
    """The engine's records of every run, also of one that fails."""
    made: list[engine.Recorder] = []

    class Kept(engine.Recorder):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            made.append(self)

    monkeypatch.setattr(engine, "Recorder", Kept)
    return made


def write(values: Mapping[str, Any], folder: Path) -> Path:
    path = folder / "Pulumi.planted.yaml"
    path.write_text(yaml.safe_dump({"config": dict(values)}))
    return path


def run(file: StackFile, recorders: list[engine.Recorder]) -> list[str]:
    """Run the real program; the types of what was registered besides the stack itself."""
    try:
        run_stack(file, EXAMPLE)
    finally:
        (recorder,) = recorders
        types = [one.type for one in recorder.recorded.values() if one.type != STACK_TYPE]
    return types


def test_there_are_thirteen() -> None:
    assert len({mistake.name for mistake in MISTAKES}) == 13


@pytest.mark.grid
def test_the_stack_works_before_a_mistake_is_planted(
    values: Mapping[str, Any], recorders: list[engine.Recorder], tmp_path: Path
) -> None:
    file = read_stack_file(EXAMPLE, file=write(values, tmp_path))
    assert "kubernetes:apps/v1:Deployment" in run(file, recorders)
    assert CliRunner().invoke(app, ["check", "--file", str(file.path), "-C", str(EXAMPLE)]).exit_code == 0


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
class TestStopped:
    def test_by_the_program_before_anything_is_registered(
        self, mistake: Mistake, values: Mapping[str, Any], recorders: list[engine.Recorder], tmp_path: Path
    ) -> None:
        file = read_stack_file(EXAMPLE, file=write(mistake.planted(values), tmp_path))
        with pytest.raises(pulumi.RunError) as refused:
            run(file, recorders)
        assert f"{mistake.path}:" in str(refused.value)
        assert [one.type for one in recorders[0].recorded.values()] in ([], [STACK_TYPE])

    def test_by_check_with_the_key_named(self, mistake: Mistake, values: Mapping[str, Any], tmp_path: Path) -> None:
        path = write(mistake.planted(values), tmp_path)
        result = CliRunner().invoke(app, ["check", "--file", str(path), "-C", str(EXAMPLE), "--json"])
        answer = json.loads(result.stdout)
        problems = answer["error"]["findings"] if "error" in answer else answer["findings"]
        named = [one["path"] for one in problems if one.get("severity", "error") == "error"]
        assert result.exit_code == 1
        assert mistake.path in named
