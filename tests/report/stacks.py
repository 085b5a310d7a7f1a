"""Stacks for the reports: each planned, with its uncertainty."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from pulumi_kubernetes_mcp import region_plan as stack
from pulumi_kubernetes_mcp.report.plan import Planned, planned
from pulumi_kubernetes_mcp.settings import read_stack_file

LEAST: dict[str, Any] = {
    "mcp:region": {"name": "here"},
    "mcp:server": {"image": "registry.example/mcp:1.0.0", "healthPath": "/ready", "livenessPath": "/live"},
    "mcp:workload": {"dailyUsers": 500},
    "mcp:edge": {"host": "mcp.example.com"},
}
DAY = [10, 10, 10, 10, 10, 20, 60, 150, 300, 400, 400, 400, 300, 400, 400, 400, 300, 200, 100, 60, 40, 20, 10, 10]
RICH: dict[str, Any] = {
    **LEAST,
    "mcp:server": {**LEAST["mcp:server"], "runtime": "python-v2", "eras": ["modern", "legacy-stateful"]},
    "mcp:workload": {
        "sessionsByHour": DAY,
        "sessionP95Minutes": 70,
        "eraPercent": {"modern": 70, "legacy-stateful": 30},
        "tools": [
            {"name": "search", "sharePercent": 75, "durationMilliseconds": 200, "p95Milliseconds": 600, "queries": 2},
            {"name": "export", "sharePercent": 25, "durationMilliseconds": 2000, "cpuMilliseconds": 200},
        ],
    },
    "mcp:database": {"host": "db.example.com"},
    "mcp:stateStore": {},
    "mcp:prices": {"corePerHour": 0.04, "gibPerHour": 0.005, "currency": "$"},
    "mcp:scaling": {"prometheusAddress": "http://prometheus.monitoring:9090"},
}
"""Everything that a plan can have: tools, a profile of the day, eras, prices, a store, a budget that does not close."""
ENDLESS: dict[str, Any] = {
    **LEAST,
    "mcp:workload": {"dailyUsers": 500, "sessionsPerPod": 1, "concurrentCalls": 40, "callSlots": 1},
}
"""A session has more calls in flight than its pod has slots: a queue that grows without end."""
STACKS = {"least": LEAST, "rich": RICH, "endless": ENDLESS}


PLANNED: dict[tuple[str, str], Planned] = {}
"""What was planned before, by the name and the text of the file; nothing changes a plan."""


def plan_of(directory: Path, values: dict[str, Any], name: str = "here") -> Planned:
    """The plan of a stack file with these values, made once for all tests of a process."""
    text = yaml.safe_dump({"config": values})
    if (name, text) not in PLANNED:
        path = directory / f"Pulumi.{name}.yaml"
        path.write_text(text, encoding="utf-8")
        PLANNED[name, text] = _planned(path)
    return PLANNED[name, text]


def _planned(path: Path) -> Planned:
    file = read_stack_file(path.parent, file=path)
    return planned(file, stack.plan_region(stack.load(file.values, where=file.where, directory=file.directory)))
