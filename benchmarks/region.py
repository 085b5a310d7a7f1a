"""One region as a whole process, with components or flat: `python -m benchmarks.region components|flat FILE`.

`components` runs the project's program for a stack; `flat` registers the same objects from FILE, and loads none of the
package but the engine. Both end when the engine has everything, so that only the program differs.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

from pulumi_kubernetes_mcp.offline.engine import run_program
from pulumi_kubernetes_mcp.offline.model import Deployment, Options, Resource

Program = Callable[[], None]
STACK = "production-us-east"
EXAMPLE = Path(__file__).parent.parent / "examples" / "regions"


def with_components() -> Deployment:
    """The stack's own program."""
    from pulumi_kubernetes_mcp.offline.project import run_stack
    from pulumi_kubernetes_mcp.settings import read_stack_file

    return run_stack(read_stack_file(EXAMPLE, stack=STACK), EXAMPLE)


def write(recorded: Deployment, file: Path) -> None:
    """Write the objects of a run, for :func:`without_components`."""
    kept = [
        {
            "urn": one.urn,
            "type": one.type,
            "name": one.name,
            "inputs": one.inputs,
            "dependencies": one.options.dependencies,
            "ignore_changes": one.options.ignore_changes,
            "custom_timeouts": one.options.custom_timeouts,
        }
        for one in recorded.resources
        if one.kubernetes
    ]
    file.write_text(json.dumps(kept))


def flat_program(file: Path) -> Program:
    """The same objects by hand."""
    from benchmarks.flat import flat

    resources = tuple(
        Resource(
            urn=one["urn"],
            type=one["type"],
            name=one["name"],
            parent=None,
            custom=True,
            id=None,
            inputs=one["inputs"],
            options=Options(
                dependencies=tuple(one["dependencies"]),
                ignore_changes=tuple(one["ignore_changes"]),
                custom_timeouts=one["custom_timeouts"],
            ),
        )
        for one in json.loads(file.read_text())
    )
    return flat(resources)


def without_components(file: Path) -> Deployment:
    """A run of the same objects by hand."""
    return run_program(flat_program(file), project="mcp", stack=STACK, config={})


if __name__ == "__main__":
    print(len((with_components() if sys.argv[1] == "components" else without_components(Path(sys.argv[2]))).resources))
