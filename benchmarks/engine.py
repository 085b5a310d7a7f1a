"""A preview under the Pulumi CLI, with components and flat, in turns: `python -m benchmarks.engine`.

Needs what `make engine` builds. The control plane, the CLI and the provider are those of that tier.
"""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks import region
from tests.cluster import crds
from tests.cluster.control_plane import ControlPlane
from tests.engine.project import ROOT, Project, with_contexts

STACK = region.STACK
RUNS = 7
GOAL = 1.10
FLAT = """\
import sys
from pathlib import Path

sys.path[:0] = [{root!r}, {components!r}]

from benchmarks.region import flat_program

flat_program(Path({objects!r}))()
"""


def main() -> None:
    """Print both times and their ratio, with the load of the machine."""
    with tempfile.TemporaryDirectory() as scratch, ControlPlane() as plane:
        crds.install(plane.client, crds.crd_files())
        folder = Path(scratch)
        made = {name: _project(folder / name, plane, name == "flat") for name in ("flat", "components")}
        seconds: dict[str, list[float]] = {name: [] for name in made}
        for _ in range(RUNS):
            for name, project in made.items():
                began = time.monotonic()
                project.pulumi("preview", "--stack", STACK)
                seconds[name].append(time.monotonic() - began)
    flat, ours = (statistics.median(seconds[name]) for name in ("flat", "components"))
    verdict = "goal met" if ours / flat <= GOAL else "goal missed"
    print(f"preview of {STACK} under the CLI, median of {RUNS}, load {os.getloadavg()[0]:.1f}:")
    print(f"flat {flat:.2f} s, components {ours:.2f} s, ratio {ours / flat:.2f} (goal {GOAL}: {verdict})")


def _project(folder: Path, plane: ControlPlane, flat: bool) -> Project:
    folder.mkdir()
    project = Project(folder, with_contexts(plane.kubeconfig, folder))
    shutil.rmtree(project.folder / "stacks")
    shutil.copytree(region.EXAMPLE / "stacks", project.folder / "stacks")
    shutil.copy(region.EXAMPLE / "Pulumi.yaml", project.folder / "Pulumi.yaml")
    if flat:
        objects = folder / "objects.json"
        region.write(region.with_components(), objects)
        text = FLAT.format(root=str(ROOT), components=str(ROOT / "components"), objects=str(objects))
        project.folder.joinpath("__main__.py").write_text(text, encoding="utf-8")
    project.pulumi("stack", "init", STACK)
    return project


if __name__ == "__main__":
    main()
