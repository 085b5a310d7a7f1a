"""A smallest valid stack, and changes to it."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

WHERE = "stacks/Pulumi.dev.yaml"
SMALLEST: dict[str, Any] = {
    "mcp:region": {"name": "us-east"},
    "mcp:server": {"image": "registry.example.com/mcp:1.2.3"},
    "mcp:workload": {"dailyUsers": 500},
    "mcp:edge": {"host": "mcp.example.com"},
}
PROJECT = "name: mcp\nruntime: python\nstackConfigDir: stacks\n"
STACK = """\
config:
  mcp:region: {name: us-east}
  mcp:server: {image: 'registry.example.com/mcp:1.2.3'}
  mcp:workload: {dailyUsers: 500}
  mcp:edge: {host: mcp.example.com}
"""


def stack(**groups: Any) -> dict[str, Any]:
    """The smallest stack with whole keys replaced: ``stack(server={...})``."""
    return {**copy.deepcopy(SMALLEST), **{f"mcp:{name}": value for name, value in groups.items()}}


def project(directory: Path, *, pulumi: str | bytes = PROJECT, **stacks: str | bytes) -> Path:
    """A project directory with its stack files: ``project(tmp_path, dev="config: ...")``."""
    (directory / "stacks").mkdir()
    write(directory / "Pulumi.yaml", pulumi)
    for name, text in stacks.items():
        write(directory / "stacks" / f"Pulumi.{name}.yaml", text)
    return directory


def write(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path
