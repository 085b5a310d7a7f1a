"""Where the real servers are, and how each is started: one environment per SDK, made by ``scripts/lab``."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.missing import leave_out

HERE = Path(__file__).parent
LEAST_NODE = 20


@dataclass(frozen=True)
class Sdk:
    """One SDK, and what a server on it speaks."""

    name: str
    """Its folder here."""
    runtime: str
    """Its name in a stack file."""
    eras: tuple[str, ...]
    """What it speaks, in the order in which it is measured."""

    def command(self) -> Sequence[str]:
        """What starts the server; PORT says where. A skip that names what is missing."""
        if self.name == "python_v2":
            return [sys.executable, str(HERE / self.name / "server.py")]
        node = self.name.startswith(("typescript", "drivers_node"))
        program = "connect" if self.name.startswith("drivers") else "server"
        if node and (shutil.which("node") is None or shutil.which("npm") is None):
            leave_out(f"missing programs: node {LEAST_NODE} or newer, with npm")
        place = self._place("package-lock.json" if node else "requirements.txt")
        if not (place / ".ready").exists():
            leave_out(f"missing: the environment of {self.name} in {place} (scripts/lab sets it up)")
        if node:
            # Node looks for packages beside the file, whatever the directory.
            return ["node", str(shutil.copy(HERE / self.name / f"{program}.mjs", place))]
        return [str(place / "bin" / "python"), str(HERE / self.name / f"{program}.py")]

    def _place(self, lock: str) -> Path:
        digest = hashlib.sha256((HERE / self.name / lock).read_bytes()).hexdigest()[:16]
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        return cache / "pulumi-kubernetes-mcp" / "lab-servers" / f"{self.name}-{digest}"


DRIVERS = {
    "node-postgres": Sdk("drivers_node", "node", ()),
    "asyncpg": Sdk("drivers_python", "python-v1", ()),
    "psycopg": Sdk("drivers_python", "python-v1", ()),
}
"""Drivers of databases, which have an environment of their own as the servers have."""


def driver_command(driver: str) -> Sequence[str]:
    """What connects once with a driver. A skip that names what is missing."""
    return [*DRIVERS[driver].command(), driver]


PYTHON_V2 = Sdk("python_v2", "python-v2", ("modern", "legacy-stateful"))
PYTHON_V1 = Sdk("python_v1", "python-v1", ("legacy-stateful",))
FASTMCP = Sdk("fastmcp", "fastmcp", ("modern", "legacy-stateful"))
TYPESCRIPT_V1 = Sdk("typescript_v1", "typescript-v1", ("legacy-stateful",))
TYPESCRIPT_V2 = Sdk("typescript_v2", "typescript-v2", ("modern", "legacy-stateless"))
