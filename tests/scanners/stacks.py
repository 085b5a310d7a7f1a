"""The stacks under scan: those of the example and the minimal one, rendered afresh from their files."""

from __future__ import annotations

from pathlib import Path

from pulumi_kubernetes_mcp.offline.manifests import manifests, write_manifests
from pulumi_kubernetes_mcp.offline.project import run_stack
from pulumi_kubernetes_mcp.settings import read_stack_file, stack_names

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
EXAMPLE = ROOT / "examples" / "regions"
MINIMAL = HERE / "minimal.yaml"
"""The least that a user writes. It stands alone: nothing comes from Pulumi.yaml."""


def names() -> tuple[str, ...]:
    """Names of the stacks of the example, and ``minimal``."""
    return (*stack_names(EXAMPLE), MINIMAL.stem)


def render(name: str, target: Path) -> Path:
    """Render one stack into ``target / name``."""
    project = HERE if name == MINIMAL.stem else EXAMPLE
    file = read_stack_file(project, stack=name, file=MINIMAL if name == MINIMAL.stem else None)
    write_manifests(manifests(run_stack(file, project)), target / name)
    return target / name


def config_lines(*files: Path) -> int:
    """Lines of configuration: those that are neither empty nor a comment."""
    lines = (line.strip() for file in files for line in file.read_text().splitlines())
    return sum(bool(line) and not line.startswith("#") for line in lines)
