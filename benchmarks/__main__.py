"""Measure, print, and write `results.md`: `python -m benchmarks`. About three minutes on two cores."""

from __future__ import annotations

import datetime
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from benchmarks import page, process, programs, region
from benchmarks.flat import Program, flat, grouped
from pulumi_kubernetes_mcp.autoscaling.args import autoscaling_findings
from pulumi_kubernetes_mcp.autoscaling.keys import AutoscalingKeys

Thing = TypeVar("Thing")
STACK = region.STACK
RUNS = 5
INTERLEAVED = 9
COUNTS = (1, 10, 100, 500)
SCHEDULES = (10, 50, 100, 200)
COMPARED = 20
"""Services in the comparison of components with a flat program."""
GOAL_MS = 6.0
GOAL_RATIO = 1.10


def main() -> None:
    """Run everything and write the page."""
    before = os.getloadavg()[0]
    sections = [processes(), engine(), schedules(), overhead()]
    lines = [
        "# Benchmarks",
        "",
        "Written by `python -m benchmarks`.",
        "",
        f"{datetime.date.today()}, {os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}, "
        f"load {before:.1f} at the start and {os.getloadavg()[0]:.1f} at the end.",
        "",
    ]
    text = "\n".join(lines + [line for section in sections for line in [*section, ""]])
    for section in page.kept():
        text = f"{text.rstrip()}\n\n{section}\n"
    page.RESULTS.write_text(text, encoding="utf-8")
    print(text, end="")


def processes() -> list[str]:
    """Wall time and peak memory of whole processes."""
    python = sys.executable
    commands: Mapping[str, Sequence[str]] = {
        f"mcp-stack preview --stack {STACK}": [*process.command(), "preview", "--stack", STACK],
        f"mcp-stack check --stack {STACK}": [*process.command(), "check", "--stack", STACK],
        'python -c "import pulumi_kubernetes_mcp"': [python, "-c", "import pulumi_kubernetes_mcp"],
        'python -c "from pulumi_kubernetes_mcp import McpRegion"': [
            python,
            "-c",
            "from pulumi_kubernetes_mcp import McpRegion",
        ],
        'python -c "import pulumi"': [python, "-c", "import pulumi"],
        'python -c "pass"': [python, "-c", "pass"],
    }
    for command in commands.values():
        process.measure(command)
    runs = {name: [process.measure(command) for _ in range(RUNS)] for name, command in commands.items()}
    return [
        "## Whole processes",
        "",
        f"Median of {RUNS} after one run to warm the file cache; peak resident memory.",
        "",
        "| command | wall s | peak MiB |",
        "| --- | --- | --- |",
        *(
            f"| `{name}` | {statistics.median(run.seconds for run in done):.3f} | "
            f"{max(run.peak_mib for run in done):.0f} |"
            for name, done in runs.items()
        ),
    ]


def engine() -> list[str]:
    """Time per resource of the offline engine as programs grow."""
    rows = []
    each: list[float] = []
    for count in COUNTS:
        program = programs.services(count)
        resources = len(programs.run(program).resources)
        took = statistics.median(programs.seconds(program) for _ in range(3 if count > 100 else RUNS))
        each.append(took / resources * 1000)
        rows.append(f"| {count} | {resources} | {took:.3f} | {each[-1]:.2f} |")
    return [
        "## The offline engine as a program grows",
        "",
        "One service is an McpService, an McpAutoscaling and an McpIngress: seven objects in three components. "
        f"Goal: under {GOAL_MS:.0f} ms for each registered resource, and linear.",
        "",
        "| services | resources | s | ms per resource |",
        "| --- | --- | --- | --- |",
        *rows,
        "",
        f"{_verdict(max(each) < GOAL_MS)}: at most {max(each):.2f} ms for each resource; with {COUNTS[-1]} services "
        f"{each[-1] / each[1]:.2f} times as long for each as with {COUNTS[1]}.",
    ]


def schedules() -> list[str]:
    """CPU time of the rules as schedules overlap."""
    rows = []
    for count in SCHEDULES:
        given = [
            {"name": f"s{one}", "replicas": 4 + one % 8, "time_zone": "Europe/Berlin", "days": ["weekdays"],
             "from_time": f"{6 + one % 5:02}:{one % 60:02}", "to_time": "18:00"}
            for one in range(count)
        ]  # fmt: skip
        keys = AutoscalingKeys.model_validate(
            {"namespace": "mcp-prod", "target": "orders", "max_replicas": 12, "schedules": given}
        )
        took, found = [], []
        for _ in range(3):
            before = time.process_time()
            found = autoscaling_findings(keys)
            took.append(time.process_time() - before)
        rows.append(f"| {count} | {len(found)} | {min(took):.2f} | {min(took) / count * 1000:.1f} |")
    return [
        "## Schedules that all overlap",
        "",
        f"The rules of one McpAutoscaling; CPU seconds, the least of three, at a load of {os.getloadavg()[0]:.1f}. One "
        "warning, and linear.",
        "",
        "| schedules | findings | CPU s | ms per schedule |",
        "| --- | --- | --- | --- |",
        *rows,
    ]


def overhead() -> list[str]:
    """Components against a flat program that registers the same objects."""
    ours = programs.services(COMPARED)
    recorded = programs.run(ours)
    by_hand, bare = flat(recorded.resources), grouped(recorded.resources)
    _same_objects(recorded.resources, by_hand, bare)
    runs = interleaved({"flat": by_hand, "bare": bare, "ours": ours}, programs.seconds)
    flat_s, bare_s, ours_s = (statistics.median(runs[name]) for name in ("flat", "bare", "ours"))
    whole = {name: statistics.median(times) for name, times in region_processes().items()}
    registered = len(recorded.resources)
    counts = len(programs.objects(recorded)) + 1
    ratio = whole["ours"] / whole["flat"]
    return [
        "## Components against a flat program",
        "",
        f"The same objects with the same options and order, registered by hand from plain data. Runs are "
        f"interleaved; median of {INTERLEAVED}. Goal: {GOAL_RATIO:.2f} times as long at most.",
        "",
        "| what | flat | components | ratio |",
        "| --- | --- | --- | --- |",
        f"| whole process: the program of {STACK}, s | {whole['flat']:.3f} | {whole['ours']:.3f} | {ratio:.2f} |",
        f"| registration only: {COMPARED} services, s | {flat_s:.3f} | {ours_s:.3f} | {ours_s / flat_s:.2f} |",
        f"| – for each registered resource, ms | {flat_s / counts * 1000:.2f} | {ours_s / registered * 1000:.2f} | "
        f"{ours_s / registered / (flat_s / counts):.2f} |",
        f"| – against bare components, s | {bare_s:.3f} | {ours_s:.3f} | {ours_s / bare_s:.2f} |",
        "",
        "The whole process reads the stack file, derives, plans and applies the rules besides; the flat one does not. "
        f"Whole process: {_verdict(ratio <= GOAL_RATIO)}. "
        f"Registration only: {_verdict(ours_s / flat_s <= GOAL_RATIO)}. A tree of components that do nothing takes "
        f"{bare_s / flat_s:.2f} times as long as the flat program, since the SDK registers {registered} resources "
        f"instead of {counts}.",
    ]


def region_processes() -> dict[str, list[float]]:
    """Wall times of one region as a whole process, both ways."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "objects.json"
        region.write(region.with_components(), file)
        start = [sys.executable, "-m", "benchmarks.region"]
        commands = {"flat": [*start, "flat", str(file)], "ours": [*start, "components"]}
        return interleaved(commands, lambda command: process.measure(command).seconds)


def interleaved(things: Mapping[str, Thing], measure: Callable[[Thing], float]) -> dict[str, list[float]]:
    """Measure in turns, so that what the machine does besides hits all alike."""
    runs: dict[str, list[float]] = {name: [] for name in things}
    for _ in range(INTERLEAVED):
        for name, thing in things.items():
            runs[name].append(measure(thing))
    return runs


def _same_objects(expected: Sequence[programs.Resource], *others: Program) -> None:
    def content(resources: Sequence[programs.Resource]) -> list[object]:
        kept = (one for one in resources if one.kubernetes)
        return sorted(((one.type, one.name, str(one.inputs)) for one in kept), key=str)

    for other in others:
        if content(programs.run(other).resources) != content(expected):
            raise AssertionError("the flat program registers other objects than the components")


def _verdict(good: bool) -> str:
    return "goal met" if good else "goal missed"


if __name__ == "__main__":
    main()
