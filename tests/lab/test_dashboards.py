"""Every query of every panel on a real Prometheus that reads the reference server under load: no panel is empty.

What the lab has not (kubelet, kube-state-metrics, probe, pooler) is emitted as text under the names that each project
documents; the server's own metrics are real.
"""

from __future__ import annotations

import json
import math
import os
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from pulumi_kubernetes_mcp.monitoring import rules
from pulumi_kubernetes_mcp.monitoring.alerts.model import Watched
from pulumi_kubernetes_mcp.monitoring.dashboards.catalogue import dashboards
from pulumi_kubernetes_mcp.monitoring.dashboards.model import document
from pulumi_kubernetes_mcp.monitoring.sources import Source
from tests.monitoring.stacks import pooled, watched_in

from .conftest import Note
from .load import Load, under_load
from .prometheus import Prometheus, exporter, now, prometheus
from .reference import reference_server

KEEP = "MCP_PANELS"
"""Names a file for the answers, from which ``python -m tools.panels`` draws the picture of the page."""
PODS = ("orders-5d4f8b9c7-b7k2m", "orders-5d4f8b9c7-x2x9z")
SESSIONS = {PODS[0]: 12, PODS[1]: 20}
PHASES = {"connect": (40, 40, 40, 40), "tls": (30, 40, 40, 40), "handshake": (10, 30, 40, 40), "tools": (4, 20, 40, 40)}
"""Of 40 exchanges those below 0.05, 0.1 and 0.25 s, and all."""
SECONDS = 16
MIB = 2**20
POOLS = 'namespace="shop",database="shop",pod="orders-pooler-6b8d9c7f4-m4k2p"'


def emitted() -> dict[str, tuple[float, float]]:
    """Series of what a cluster has beside the pods: first value, and how much it rises with each scrape."""
    found: dict[str, tuple[float, float]] = {}
    for number, pod in enumerate(PODS):
        here = f'namespace="shop",pod="{pod}",container="server"'
        found[f"container_memory_working_set_bytes{{{here}}}"] = ((300 + 200 * number) * MIB, (0.5 + 4 * number) * MIB)
        found[f"container_cpu_usage_seconds_total{{{here}}}"] = (10, 0.4 + 0.5 * number)
        found[f"kube_pod_container_status_restarts_total{{{here}}}"] = (0, 0)
    found['kube_deployment_status_replicas_ready{namespace="shop",deployment="orders"}'] = (2, 0)
    for kind, value in (("used", 4), ("hard", 20)):
        found[f'kube_resourcequota{{namespace="shop",resource="pods",type="{kind}"}}'] = (value, 0)
    for state in ("active", "idle", "used", "testing", "login"):
        found[f"pgbouncer_pools_server_{state}_connections{{{POOLS}}}"] = (9, 0)
    found[f"pgbouncer_pools_client_maxwait_seconds{{{POOLS}}}"] = (0, 0.01)
    for region, slower in (("us-east", 0.0), ("eu-west", 0.1)):
        for watcher in ("us-east", "eu-west"):
            here = f'endpoint="https://mcp.example.com/mcp",server="orders",region="{region}",watcher="{watcher}"'
            found[f"mcp_probe_success{{{here}}}"] = (1, 0)
            found[f"mcp_probe_duration_seconds{{{here}}}"] = (0.2 + slower, 0.002)
            found[f"mcp_probe_ssl_earliest_cert_expiry{{{here}}}"] = (now() + 40 * 86_400, 0)
            found[f"mcp_probe_last_run_timestamp_seconds{{{here}}}"] = (now(), 1)
            found[f'mcp_probe_schema_drift{{{here},kind="changed"}}'] = (0, 0)
            for phase, counts in PHASES.items():
                for bound, share in zip(("0.05", "0.1", "0.25", "+Inf"), counts, strict=True):
                    name = f'mcp_probe_phase_duration_seconds_bucket{{{here},phase="{phase}",le="{bound}"}}'
                    found[name] = (0, share)
    return found


def answers(prometheus: Prometheus, begin: float, watched: Watched) -> dict[str, Any]:
    """What each panel of each dashboard shows."""
    found: dict[str, Any] = {}
    for dashboard in dashboards(watched):
        made = document(dashboard, watched)
        found[made["title"]] = [
            {
                "panel": panel,
                "lines": [
                    {"legend": target["legendFormat"], "labels": labels, "values": values}
                    for target in panel["targets"]
                    for labels, values in prometheus.lines(target["expr"], start=begin, end=now())
                ],
                "targets": len(panel["targets"]),
            }
            for panel in made["panels"]
        ]
    return found


def is_seen(line: dict[str, Any]) -> bool:
    """Whether a line has a point that can be drawn."""
    return any(math.isfinite(value) for _, value in line["values"])


def test_no_panel_is_empty_under_load(tmp_path: Path, note: Note) -> None:
    watched = watched_in(pooled())
    folders = [tmp_path / pod for pod in PODS]
    for folder in folders:
        folder.mkdir()
    text = yaml.safe_dump({"groups": [{**one, "interval": "1s"} for one in rules.groups(watched, None)]})
    with (
        reference_server(folders[0]) as first,
        reference_server(folders[1]) as second,
        exporter(emitted()) as others,
    ):
        servers = dict(zip(PODS, (first, second), strict=True))
        targets: list[tuple[int, dict[str, str]]] = [
            (server.port, {"namespace": "shop", "pod": pod}) for pod, server in servers.items()
        ]
        with prometheus(tmp_path, [*targets, (others, {})], rules=text) as asked:
            begin = now()
            threads = [
                threading.Thread(
                    target=under_load,
                    args=(
                        Load(
                            url=server.url,
                            modern=False,
                            sessions=SESSIONS[pod],
                            tool="sleep",
                            arguments={"seconds": 1},
                            turn_seconds=4,
                            seconds=SECONDS,
                        ),
                        server.process.popen.pid,
                    ),
                )
                for pod, server in servers.items()
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(SECONDS + 30)
            found = answers(asked, begin, watched)
            # Where nothing but the server is read, it says itself what it takes.
            alone = answers(asked, begin, replace(watched, sources=frozenset({Source.SERVER})))
            recorded = {
                rule["record"] for group in rules.groups(watched, None) for rule in group["rules"] if "record" in rule
            }
            silent = [name for name in recorded if not asked.lines(name, start=begin, end=now())]
            most = max(
                value for _, line in asked.lines("server:mcp_sessions:sum", start=begin, end=now()) for _, value in line
            )
    if os.environ.get(KEEP):
        Path(os.environ[KEEP]).write_text(json.dumps(found))
    empty = [
        f"{title}: {one['panel']['title']}"
        for title, panels in [*found.items(), *alone.items()]
        for one in panels
        if sum(map(is_seen, one["lines"])) < one["targets"]
    ]
    assert empty == []
    assert silent == []
    assert sum(map(len, found.values())) == 21
    assert sum(map(len, alone.values())) == 8
    # The client opens one stream for each session; the gauge counts what is open, and the rule adds up the pods.
    assert most == sum(SESSIONS.values())
    note(f"{sum(len(panels) for panels in found.values())} panels, {len(recorded)} recorded series, {most:g} sessions")
