"""A small project in a temporary directory, and the command line on it."""

from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from pulumi_kubernetes_mcp.cli import app
from tests.measuring.conftest import serve  # noqa: F401

GOOD = {
    "kubernetes:context": "here",
    "mcp:region": {"name": "here"},
    "mcp:server": {
        "image": "registry.example/mcp:1.0.0",
        "name": "orders",
        "healthPath": "/ready",
        "livenessPath": "/live",
    },
    "mcp:workload": {"dailyUsers": 500},
    "mcp:edge": {"host": "mcp.example.com", "implementation": "envoy-gateway"},
}


class Project:
    """A project directory, and what ``mcp-stack`` says about it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.stacks = root / "stacks"
        self.stacks.mkdir(parents=True)
        self.root.joinpath("Pulumi.yaml").write_text("name: mcp\nruntime: python\nstackConfigDir: stacks\n")

    def stack(self, name: str = "dev", **groups: object) -> Path:
        """Write a stack file: the good one, with some groups replaced."""
        config = {**GOOD, **{f"mcp:{key}": value for key, value in groups.items()}}
        path = self.stacks / f"Pulumi.{name}.yaml"
        path.write_text(yaml.safe_dump({"config": config}))
        return path

    def program(self, text: str) -> None:
        """Give the project a program of its own."""
        self.root.joinpath("__main__.py").write_text(text)

    def run(self, *words: str) -> Result:
        """Run the command; only a plain exit is allowed."""
        result = CliRunner().invoke(app, [*words, "--project-dir", str(self.root)])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert "Traceback" not in result.output
        return result

    def rendered(self, name: str = "dev") -> dict[str, str]:
        """The rendered files of a stack."""
        return {path.name: path.read_text() for path in self.stacks.joinpath("rendered", name).iterdir()}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """An empty project; reports are as wide as in a pipe, whatever the test runner says of its own terminal."""
    monkeypatch.delenv("COLUMNS", raising=False)
    return Project(tmp_path / "project")
