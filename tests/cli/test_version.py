"""``mcp-stack --version``: one line that a report of a problem can begin with."""

import importlib.metadata
import platform
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pulumi_kubernetes_mcp.cli import app

ROOT = Path(__file__).resolve().parents[2]


def test_it_names_the_package_python_and_the_sdks():
    result = CliRunner().invoke(app, ["--version"])
    own = tomllib.loads(ROOT.joinpath("pyproject.toml").read_text())["project"]["version"]
    sdk, kubernetes = (importlib.metadata.version(name) for name in ("pulumi", "pulumi-kubernetes"))
    assert result.exit_code == 0
    assert result.output == (
        f"mcp-stack {own} (Python {platform.python_version()}, pulumi {sdk}, pulumi-kubernetes {kubernetes})\n"
    )


def test_what_is_installed_counts_and_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch):
    def version(name: str) -> str:
        if name == "pulumi-kubernetes-mcp":
            return "7.8.9"
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", version)
    result = CliRunner().invoke(app, ["--version"])
    assert result.output.startswith("mcp-stack 7.8.9 (")
    assert result.output.endswith("pulumi not installed, pulumi-kubernetes not installed)\n")
