"""Many servers and many stacks, `python -m benchmarks.many`: fifty servers in one preview, ten stacks compared."""

from __future__ import annotations

import os
import statistics
import tempfile
from datetime import date
from pathlib import Path

import yaml

from benchmarks import page, process

HEADING = "## Many servers and many stacks"
RUNS = 3
SERVERS, STACKS, EACH = 50, 10, 5
PREVIEW_SECONDS, CHECK_SECONDS = 6.0, 5.0


def main() -> None:
    """Write two projects, measure both commands and put the section into the page."""
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as scratch:
        one, ten = Path(scratch) / "one", Path(scratch) / "ten"
        project(one, {"us-east": SERVERS})
        project(ten, {f"region-{number}": EACH for number in range(STACKS)})
        rows = [
            (
                f"`mcp-stack preview`, {SERVERS} servers",
                _median("preview", "-C", one, "--stack", "us-east"),
                PREVIEW_SECONDS,
            ),
            (
                f"`mcp-stack check --all`, {STACKS} stacks of {EACH} servers",
                _median("check", "--all", "-C", ten),
                CHECK_SECONDS,
            ),
        ]
    page.write(
        [
            HEADING,
            "",
            f"Written by `python -m benchmarks.many`, {date.today()}, load {before:.1f} at the start and "
            f"{os.getloadavg()[0]:.1f} at the end. Whole processes, median of {RUNS} after one to warm the file cache. "
            "The servers of a region share a database behind its pooler; each has a path of its own.",
            "",
            "| command | s | goal, s |",
            "| --- | --- | --- |",
            *(
                f"| {what} | {seconds:.2f} | {goal:g}: {'met' if seconds <= goal else 'missed'} |"
                for what, seconds, goal in rows
            ),
        ]
    )


def project(folder: Path, stacks: dict[str, int]) -> None:
    """A project with a stack of some servers each, all in one production of their own clusters."""
    folder.mkdir()
    folder.joinpath("Pulumi.yaml").write_text("name: many\nruntime: python\n", encoding="utf-8")
    program = "from pulumi_kubernetes_mcp.program import run\n\nrun()\n"
    folder.joinpath("__main__.py").write_text(program, encoding="utf-8")
    for name, count in stacks.items():
        folder.joinpath(f"Pulumi.{name}.yaml").write_text(yaml.safe_dump(stack(name, count)), encoding="utf-8")


def stack(name: str, count: int) -> dict[str, object]:
    """A stack file of as many servers."""
    servers = {
        f"server-{number}": {"server": {"path": f"/server-{number}/mcp"}, "workload": {"dailyUsers": 200 + number}}
        for number in range(count)
    }
    return {
        "config": {
            "kubernetes:context": name,
            "mcp:region": {"name": name},
            "mcp:server": {
                "image": "registry.example.com/acme/orders:1.4.2",
                "name": "shared",
                "healthPath": "/healthz",
                "livenessPath": "/livez",
            },
            "mcp:edge": {"host": f"mcp.{name}.example.com", "implementation": "envoy-gateway"},
            "mcp:secrets": {"source": "existing", "name": "platform"},
            "mcp:database": {"host": f"db.{name}.example.com", "maxConnections": 5000, "pooler": "pgbouncer"},
            "mcp:servers": servers,
        }
    }


def _median(verb: str, *options: object) -> float:
    argv = [*process.command(), verb, *map(str, options)]
    process.measure(argv)
    return statistics.median(process.measure(argv).seconds for _ in range(RUNS))


if __name__ == "__main__":
    main()
