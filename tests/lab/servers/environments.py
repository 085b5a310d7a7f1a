"""Where the real servers are, and how each is started: one environment per SDK, made by ``scripts/lab``."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
    environment: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Variables that make it speak so."""

    def command(self) -> Sequence[str]:
        """What starts the server; PORT says where. A skip that names what is missing."""
        if self.name == "python_v2":
            return [sys.executable, str(HERE / self.name / "server.py")]
        program = "connect" if self.name.startswith("drivers") else "server"
        if self.name.endswith("go"):
            if shutil.which("go") is None:
                leave_out("missing program: go")
            return [str(self._ready("go.mod", "go.sum", f"{program}.go") / program)]
        node = self.name.startswith(("typescript", "drivers_node"))
        if node and (shutil.which("node") is None or shutil.which("npm") is None):
            leave_out(f"missing programs: node {LEAST_NODE} or newer, with npm")
        place = self._ready("package-lock.json" if node else "requirements.txt")
        if node:
            # Node looks for packages beside the file, whatever the directory.
            return ["node", str(shutil.copy(HERE / self.name / f"{program}.mjs", place))]
        return [str(place / "bin" / "python"), str(HERE / self.name / f"{program}.py")]

    def program(self, name: str) -> str:
        """A program of its environment. A skip that names what is missing."""
        return str(self._ready("requirements.txt") / "bin" / name)

    def folder(self, *made_from: str) -> Path:
        """Its environment, by the files that it is made from. A skip that names what is missing."""
        return self._ready(*made_from)

    def _ready(self, *made_from: str) -> Path:
        read = b"".join((HERE / self.name / file).read_bytes() for file in made_from)
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        named = f"{self.name}-{hashlib.sha256(read).hexdigest()[:16]}"
        place = cache / "pulumi-kubernetes-mcp" / "lab-servers" / named
        if not (place / ".ready").exists():
            leave_out(f"missing: the environment of {self.name} in {place} (scripts/lab sets it up)")
        return place


DRIVERS = {
    "node-postgres": Sdk("drivers_node", "node", ()),
    "asyncpg": Sdk("drivers_python", "python-v1", ()),
    "psycopg": Sdk("drivers_python", "python-v1", ()),
}
"""Drivers of databases, which have an environment of their own as the servers have."""


def driver_command(driver: str) -> Sequence[str]:
    """What connects once with a driver. A skip that names what is missing."""
    return [*DRIVERS[driver].command(), driver]


LIB_PQ = Sdk("drivers_go", "other", ())
"""The driver of PgBouncer's exporter, asking what the exporter asks."""
PYTHON_V2 = Sdk("python_v2", "python-v2", ("modern", "legacy-stateful"))
PYTHON_V1 = Sdk("python_v1", "python-v1", ("legacy-stateful",))
FASTMCP = Sdk("fastmcp", "fastmcp", ("modern", "legacy-stateful"))
TYPESCRIPT_V1 = Sdk("typescript_v1", "typescript-v1", ("legacy-stateful",))
TYPESCRIPT_V2 = Sdk("typescript_v2", "typescript-v2", ("modern", "legacy-stateless"))
GO = Sdk("go", "other", ("legacy-stateful",))
"""As its guide has it: the modern revision needs ``Stateless``."""
GO_STATELESS = Sdk("go", "other", ("modern", "legacy-stateless"), {"MCP_STATELESS": "1"})
CONFORMANCE = Sdk("conformance", "", ())
"""The official suite, and the Node that it needs."""
ENVOY = Sdk("envoy", "", ())
"""Not a server of MCP, but a program in an environment of its own as well."""
