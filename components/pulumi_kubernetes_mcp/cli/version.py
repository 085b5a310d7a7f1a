"""``mcp-stack --version``: what a report of a problem has to name."""

from __future__ import annotations

import typer

PACKAGE = "pulumi-kubernetes-mcp"
_BESIDE = ("pulumi", "pulumi-kubernetes")


def version_text() -> str:
    """This package, and what decides how it behaves: Python and the SDKs. Read from what is installed."""
    import platform
    from importlib.metadata import PackageNotFoundError, version

    def of(package: str) -> str:
        try:
            return version(package)
        except PackageNotFoundError:
            return "not installed"

    beside = ", ".join([f"Python {platform.python_version()}", *(f"{name} {of(name)}" for name in _BESIDE)])
    return f"mcp-stack {own_version()} ({beside})"


def own_version() -> str:
    """The version of this package: of the installation, or of the checkout that runs without one."""
    import tomllib
    from importlib.metadata import PackageNotFoundError, version
    from pathlib import Path

    try:
        return version(PACKAGE)
    except PackageNotFoundError:
        project = Path(__file__).resolve().parents[3] / "pyproject.toml"
        with project.open("rb") as stream:
            return str(tomllib.load(stream)["project"]["version"])


def print_version(asked: bool) -> None:
    """Print the version and end, if it was asked for."""
    if asked:
        print(version_text())
        raise typer.Exit
