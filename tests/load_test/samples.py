"""A stack's server and a load test of it, and summaries as k6 writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pulumi_kubernetes_mcp.load_test.model import LoadTest
from pulumi_kubernetes_mcp.load_test.of_stack import load_test
from pulumi_kubernetes_mcp.load_test.results import Outcome, StageResult, Times
from pulumi_kubernetes_mcp.region_plan import decide, load
from pulumi_kubernetes_mcp.server_plan import ServerPlan

TOOLS = [
    {"name": "search", "sharePercent": 75, "durationMilliseconds": 200, "p95Milliseconds": 500},
    {"name": "read", "sharePercent": 25, "durationMilliseconds": 40},
]
URL = "https://mcp.example.com/mcp"


def server(**groups: Mapping[str, Any]) -> ServerPlan:
    """The plan of a server with two tools; groups of the stack are merged over it."""
    stack: dict[str, dict[str, Any]] = {
        "region": {"name": "here", "environment": "staging"},
        "server": {"image": "registry.example/mcp:1.0.0", "name": "orders", "runtime": "python-v2"},
        "workload": {"peakSessions": 100, "sessionsPerPod": 20, "thinkSeconds": 10, "tools": TOOLS},
        "edge": {"host": "mcp.example.com"},
        "scaling": {"prometheusAddress": "http://prometheus.monitoring:9090"},
    }
    for name, group in groups.items():
        stack[name] = {**stack.get(name, {}), **group}
    values = {f"mcp:{name}": group for name, group in stack.items()}
    return decide(load(values, where="here")).servers[0]


def made(name: str, plan: ServerPlan | None = None, **options: Any) -> LoadTest:
    """A load test of that server."""
    return load_test(plan or server(), stack="dev", name=name, url=URL, **options)


def times(p95: float, count: int = 1000) -> Times:
    """Times with that 95th percentile."""
    return Times(count=count, p50=p95 / 3, p95=p95, p99=p95 * 1.5, most=p95 * 2)


def outcome(test: LoadTest, stages: Sequence[StageResult], **changes: Any) -> Outcome:
    """How a test went, stage by stage."""
    found = Outcome(
        plan=test.document(),
        started_at="2026-11-29T09:00:00.000Z",
        seconds=test.scenario.seconds,
        runners=1,
        exact=True,
        times=None,
        stages=tuple(stages),
        tools={},
        exchanges={},
        failures={},
        sessions=10,
        closed=10,
        lost=0,
        missed=(),
    )
    return replace(found, **changes)


def step(percent: int, *, p95: float, each: float = 0.1, failed: float = 0.0, base: int = 100) -> StageResult:
    """A step of so many percent of the sessions, each of which is answered ``each`` calls a second."""
    sessions = base * percent / 100
    seconds = 120.0
    return StageResult(
        name=f"step-{percent}",
        sessions=sessions,
        mean_sessions=sessions,
        seconds=seconds,
        judged=False,
        times=times(p95, round(each * sessions * seconds)),
        openings=times(p95 / 10),
        planned_calls_per_second=None,
        failed_percent=failed,
        lost_sessions=0,
    )
