"""``mcp-stack advise`` against a real Prometheus that serves a week of the simulator."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from pulumi_kubernetes_mcp.advise.history import DAY, STEP, History
from pulumi_kubernetes_mcp.advise.patterns import Pattern
from pulumi_kubernetes_mcp.cli import app
from tests.advise.weeks import MONDAY, World, restarting, week

from .conftest import Note
from .processes import LOOPBACK, free_port, program, run, running
from .prometheus import wait_until_ready

WEEK = 7 * DAY
WORLD = World(peak=240, minimum=8, eras=("modern", "legacy-stateful"))
POD = 'namespace="mcp-staging-here",pod="orders-6d5f8b7c9d-abcde"'
CONTAINER = f'{POD},container="server"'
RECORDED = 'server:mcp_sessions:sum{namespace="mcp-staging-here",server="orders",region="here"}'
CALL = f'{POD},mcp_method_name="tools/call"'


def openmetrics(history: History, start: float, *, recorded: bool = False) -> Iterator[str]:
    """The metrics that the queries of a stack read, with a week that repeats itself by the calendar.

    :param recorded: sessions are there by the name of the stack's rules alone.
    """
    gauges = {
        'kube_deployment_status_replicas_ready{namespace="mcp-staging-here",deployment="orders"}': "pods",
        RECORDED if recorded else f"mcp_active_sse_connections{{{POD}}}": "sessions",
        f"container_memory_working_set_bytes{{{CONTAINER}}}": "memory",
        'kube_replicaset_created{namespace="mcp-staging-here",replicaset="orders-6d5f8b7c9d"}': "version",
        f"kube_pod_container_status_restarts_total{{{CONTAINER}}}": "restarts",
    }
    counters = {
        f"container_cpu_usage_seconds_total{{{CONTAINER}}}": "cpu",
        f"mcp_server_operation_duration_seconds_count{{{CALL}}}": "calls",
        f'mcp_server_operation_duration_seconds_bucket{{{CALL},le="1"}}': "calls",
        f'mcp_server_operation_duration_seconds_bucket{{{CALL},le="+Inf"}}': "calls",
    }
    for name, figure in {**gauges, **counters}.items():
        total = 0.0
        for number in range(WEEK // STEP + 1):
            at = start + number * STEP
            value = _at(history, figure, at)
            total = total + value * STEP if name in counters else value
            yield f"{name} {total:.6g} {at:.0f}"
    yield "# EOF"


def _at(history: History, figure: str, at: float) -> float:
    values = history.series[figure]
    return float(values[int((at - MONDAY) % WEEK // STEP)] or 0)


@pytest.mark.parametrize(
    ("change", "pattern", "recorded"),
    [(None, Pattern.SCHEDULE, False), (None, Pattern.SCHEDULE, True), (restarting(9), Pattern.GAPS, False)],
    ids=["quiet hours", "quiet hours by the recorded name", "restarts"],
)
def test_what_was_planted_is_read_back(
    tmp_path: Path, note: Note, change: object, pattern: Pattern, recorded: bool
) -> None:
    now = time.time() // STEP * STEP
    played = week(WORLD, seed=3) if change is None else week(WORLD, seed=3, change=change)  # type: ignore[arg-type]
    lines = list(openmetrics(played, now - WEEK, recorded=recorded))
    text = tmp_path / "week.om"
    text.write_text("\n".join(lines) + "\n")
    promtool, prometheus = program("promtool", "prometheus"), program("prometheus", "prometheus")
    run([promtool, "tsdb", "create-blocks-from", "openmetrics", str(text), str(tmp_path / "data")], folder=tmp_path)
    (tmp_path / "prometheus.yml").write_text("global: {}\n")
    port = free_port()
    command = [
        prometheus,
        f"--config.file={tmp_path / 'prometheus.yml'}",
        f"--storage.tsdb.path={tmp_path / 'data'}",
        "--storage.tsdb.retention.time=60d",
        f"--web.listen-address={LOOPBACK}:{port}",
    ]
    with running("prometheus", command, folder=tmp_path) as process:
        process.wait_for_port(port)
        wait_until_ready(port)
        words = ["advise", f"http://{LOOPBACK}:{port}", "--days", "7", "--json", "-C", str(project(tmp_path))]
        result = CliRunner(env={"COLUMNS": "200"}).invoke(app, words)
        refused = CliRunner().invoke(
            app, ["advise", f"http://{LOOPBACK}:{port}/graph", "-C", str(tmp_path / "project")]
        )
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert pattern.value in [one["pattern"] for one in found["advice"]]
    assert found["notes"] == []
    assert refused.exit_code == 1
    assert "not Prometheus'" in refused.output or "no JSON" in refused.output or "HTML" in refused.output
    note(f"{pattern.value}: {len(lines):,} samples of a week; " + "; ".join(one["seen"] for one in found["advice"]))


def project(folder: Path) -> Path:
    """A project whose stack is the world that was played."""
    root = folder / "project"
    root.mkdir()
    root.joinpath("Pulumi.yaml").write_text("name: mcp\nruntime: python\n")
    stack: Mapping[str, object] = {
        "mcp:region": {"name": "here", "environment": "staging"},
        "mcp:server": {
            "image": "registry.example/mcp:1.0.0",
            "name": "orders",
            "runtime": "python-v2",
            "eras": ["modern", "legacy-stateful"],
        },
        "mcp:workload": {
            "peakSessions": WORLD.peak,
            "sessionsPerPod": 40,
            "tools": [
                {"name": "search", "sharePercent": 100, "durationMilliseconds": 200, "cpuMilliseconds": 20},
            ],
        },
        "mcp:edge": {"host": "mcp.example.com", "implementation": "envoy-gateway"},
        "mcp:scaling": {"minReplicas": WORLD.minimum, "prometheusAddress": "http://prometheus.monitoring:9090"},
    }
    root.joinpath("Pulumi.dev.yaml").write_text(yaml.safe_dump({"config": dict(stack)}))
    return root
