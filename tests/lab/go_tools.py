"""Programs in Go, each in the version of ``go-tools.txt``; ``scripts/lab`` builds them into the cache folder."""

from __future__ import annotations

import os
from pathlib import Path

from tests.missing import leave_out

PINNED = Path(__file__).parent / "go-tools.txt"


def built(name: str) -> str:
    """The path of a program, or a skip that says what builds it."""
    pinned = [line.partition("@") for line in PINNED.read_text(encoding="utf-8").splitlines()]
    ((_, _, version),) = [one for one in pinned if one[0].rpartition("/")[2] == name]
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pulumi-kubernetes-mcp"
    path = base / "go-tools" / f"{name}-{version}" / name
    if not path.is_file():
        leave_out(f"missing program: {name} {version} (scripts/lab builds it, with go)")
    return str(path)
