"""What the program of a stack loads: nothing that only looks at stacks, plays them or prints them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
STACKS = sorted(path.stem.removeprefix("Pulumi.") for path in (ROOT / "stacks").glob("Pulumi.*.yaml"))
DECIDE = """
import json, sys
from pathlib import Path
from pulumi_kubernetes_mcp import program
from pulumi_kubernetes_mcp.region_plan import load, plan_region
from pulumi_kubernetes_mcp.settings import read_stack_file

stacks, heavy = (words.split(",") for words in sys.argv[2:])
for stack in stacks:
    values = read_stack_file(Path(sys.argv[1]), stack=stack).values
    plan_region(load(values, where="here"), rehearse=False)
print(json.dumps([name for name in sys.modules if name.startswith("pulumi_kubernetes_mcp.") or name in heavy]))
"""
REGISTER = """
import json, sys
from pathlib import Path
from pulumi_kubernetes_mcp.offline.project import run_stack
from pulumi_kubernetes_mcp.settings import read_stack_file

for stack in sys.argv[2].split(","):
    assert len(run_stack(read_stack_file(Path(sys.argv[1]), stack=stack), Path(sys.argv[1])).resources) > 10
# The SDK has a placeholder for each group until something of it is used.
loaded = [name for name, module in sys.modules.items() if type(module).__name__ != "_LazyModule"]
print(json.dumps([name for name in loaded if name.startswith("pulumi_kubernetes.")]))
"""
ELSEWHERE = ("cli", "measuring", "offline", "rehearsal", "report", "simulation", "simulate_stack", "testing")
HEAVY = ("httpx", "httpx2", "numpy", "prometheus_client", "pulumi_random", "rich", "typer")


@pytest.mark.grid
def test_a_program_loads_neither_simulation_nor_reports() -> None:
    words = [sys.executable, "-c", DECIDE, str(ROOT), ",".join(STACKS), ",".join(HEAVY)]
    done = subprocess.run(words, capture_output=True, text=True, check=True, cwd=ROOT / "components", timeout=120)
    loaded = json.loads(done.stdout)
    assert "pulumi_kubernetes_mcp.region" in loaded
    rooms = {name.split(".")[1] for name in loaded if "." in name}
    assert rooms.isdisjoint(ELSEWHERE), sorted(rooms & set(ELSEWHERE))
    assert set(HEAVY).isdisjoint(loaded)


@pytest.mark.grid
def test_a_program_loads_no_types_of_the_kubernetes_api() -> None:
    words = [sys.executable, "-c", REGISTER, str(ROOT), ",".join(STACKS)]
    done = subprocess.run(words, capture_output=True, text=True, check=True, cwd=ROOT / "components", timeout=120)
    groups = {name.split(".")[1] for name in json.loads(done.stdout)}
    assert groups == {"_inputs", "_utilities", "provider"}
