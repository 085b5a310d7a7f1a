"""A pytest plugin: the tests nearest to the file that was changed last run first, and the others only if they pass.

``python -m pytest -x -p tools.nearest tests`` is for mutation runs, which change one file of the package at a time and
stop at the first failure: most faults are found in seconds. See tools/mutation.md.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = "pulumi_kubernetes_mcp"
SLICE = ("tests/components", "tests/contract", "tests/rendered")
"""What tests every component beside its own folder."""


def newest(package: Path) -> Path:
    """The file of the package that was changed last."""
    return max(package.rglob("*.py"), key=lambda path: path.stat().st_mtime_ns)


def nearest(root: Path, changed: Path) -> list[str]:
    """Test folders and files near a file of the package: its mirror, and those that name its module."""
    inside = changed.relative_to(root / "components" / PACKAGE).with_suffix("")
    parts = [part for part in inside.parts if part != "__init__"]
    module = ".".join([PACKAGE, *parts])
    near = [f"tests/{parts[0]}"] if len(inside.parts) > 1 else [f"tests/test_{inside.name}.py"]
    if changed.parent.joinpath("component.py").exists():
        near += SLICE
    for path in sorted(root.glob("tests/**/test_*.py")):
        text = path.read_text(encoding="utf-8")
        package, _, name = module.rpartition(".")
        if f"{module} import" in text or f"{module}\n" in text or (f"{package} import" in text and f" {name}" in text):
            near.append(str(path.relative_to(root)))
    folders = [one for one in dict.fromkeys(near) if (root / one).is_dir()]
    files = [one for one in dict.fromkeys(near) if (root / one).is_file()]
    return [*folders, *(one for one in files if not any(one.startswith(f"{folder}/") for folder in folders))]


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """Run the nearest tests in a process of their own; the rest follows unless one of them failed."""
    root = config.rootpath
    near = nearest(root, newest(root / "components" / PACKAGE))
    if not near:
        return None
    options = ["-x", "-q", "-rfE", "--tb=no", *(["-m", config.option.markexpr] if config.option.markexpr else [])]
    done = subprocess.run([sys.executable, "-m", "pytest", *options, *near], cwd=root)
    return done.returncode if done.returncode not in (0, 5) else None
