"""The receiver example of the page in a real Alertmanager, which a real Prometheus tells of our alerts.

Prometheus reads series in which two alerts hold that the example lets out of one fault, and one beside them. What holds
for minutes is asked to hold for a second, and groups wait for two.
"""

from __future__ import annotations

import json
import queue
import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml

from pulumi_kubernetes_mcp.monitoring import rules
from tests.monitoring.stacks import pooled, watched_in

from .processes import LOOPBACK, free_port, program, running, wait_until
from .prometheus import exporter, now, prometheus

PAGE = Path(__file__).parents[2] / "docs" / "monitoring.md"
RUNBOOKS = "https://runbooks.example.com/mcp"
POD = "orders-5d4f8b9c7-x2x9z"
DEAD, DOWN, KILLED = "McpNoReadyPods", "McpEndpointDown", "McpKilledAtGraceEnd"
WHERE = {"namespace": "shop", "server": "orders", "region": "us-east"}


def example() -> dict[str, Any]:
    """The example, as the page has it."""
    blocks = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    (found,) = [one for one in blocks if one.startswith("route:")]
    made: dict[str, Any] = yaml.safe_load(found)
    return made


def amtool(*arguments: str) -> str:
    done = subprocess.run(
        [program("amtool", "prometheus-alertmanager"), *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


@contextmanager
def receiver(said: queue.SimpleQueue[dict[str, Any]]) -> Iterator[int]:
    """Who is told; the port of it."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: the test's output is for the test."""

    server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def hastened(port: int) -> str:
    """The example with one receiver on loopback in the place of each, and groups that wait for two seconds."""
    config = example()
    config["route"] |= {"group_wait": "2s", "group_interval": "2s"}
    for one in config["receivers"]:
        name = one["name"]
        one.clear()
        one |= {"name": name, "webhook_configs": [{"url": f"http://{LOOPBACK}:{port}/{name}", "send_resolved": False}]}
    return yaml.safe_dump(config)


def our_rules() -> str:
    """Three alerts of a stack, asked every second, and held for one."""
    found = [
        {**rule, "for": "1s"}
        for group in rules.groups(watched_in(pooled()), RUNBOOKS)
        for rule in group["rules"]
        if rule.get("alert") in (DEAD, DOWN, KILLED)
    ]
    assert len(found) == 3
    return yaml.safe_dump({"groups": [{"name": "ours", "interval": "1s", "rules": found}]})


def series() -> dict[str, tuple[float, float]]:
    """No pod is ready, so that the region does not answer and another does; and a pod is about to be killed."""
    probe = 'endpoint="https://mcp.example.com/mcp",server="orders",watcher="a"'
    return {
        'kube_deployment_status_replicas_ready{namespace="shop",deployment="orders"}': (0, 0),
        'kube_deployment_spec_replicas{namespace="shop",deployment="orders"}': (2, 0),
        f'mcp_probe_success{{{probe},region="us-east"}}': (0, 0),
        f'mcp_probe_success{{{probe},region="eu-west"}}': (1, 0),
        f'kube_pod_deletion_timestamp{{namespace="shop",pod="{POD}"}}': (now(), 0),
    }


def test_the_receiver_example_is_taken_and_tells_the_right_one(tmp_path: Path) -> None:
    path = tmp_path / "alertmanager.yaml"
    path.write_text(yaml.safe_dump(example()))
    assert "SUCCESS" in amtool("check-config", str(path))
    for name, severity, expected in (
        (DEAD, "critical", "on-call"),
        (KILLED, "warning", "hours"),
        ("SomebodyElses", "critical", "hours"),
    ):
        labels = [f"alertname={name}", f"severity={severity}", "server=orders"]
        told = amtool("config", "routes", "test", f"--config.file={path}", *labels)
        assert told.split() == [expected]


def test_an_alert_arrives_with_its_labels_and_its_runbook(tmp_path: Path) -> None:
    said: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    got: list[dict[str, Any]] = []

    def all_there() -> bool:
        while not said.empty():
            got.append(said.get())
        return {"on-call", "hours"} <= {one["receiver"] for one in got}

    port = free_port()
    with receiver(said) as listening, exporter(series()) as cluster:
        path = tmp_path / "alertmanager.yaml"
        path.write_text(hastened(listening))
        command = [
            program("prometheus-alertmanager", "prometheus-alertmanager"),
            f"--config.file={path}",
            f"--storage.path={tmp_path / 'alerts'}",
            f"--web.listen-address={LOOPBACK}:{port}",
            "--cluster.listen-address=",
        ]
        with running(f"alertmanager-{port}", command, folder=tmp_path) as process:
            process.wait_for_port(port)
            with prometheus(tmp_path, [(cluster, {})], rules=our_rules(), alertmanager=port) as asked:
                wait_until(all_there, seconds=60, what="both receivers to be told")
                firing = {
                    one["labels"]["alertname"] for one in asked.asked("alerts")["alerts"] if one["state"] == "firing"
                }
    assert firing == {DEAD, DOWN, KILLED}
    alerts = {one["labels"]["alertname"]: (group, one) for group in got for one in group["alerts"]}
    # That the region does not answer follows from there being no pod: nobody is told of it.
    assert set(alerts) == {DEAD, KILLED}
    for name, severity, told in ((DEAD, "critical", "on-call"), (KILLED, "warning", "hours")):
        group, alert = alerts[name]
        assert (group["receiver"], alert["status"]) == (told, "firing")
        assert group["groupLabels"] == {"server": "orders", "region": "us-east"}
        own = {"pod": POD} if name == KILLED else {}
        assert alert["labels"] == {"alertname": name, "severity": severity, **WHERE, **own}
        assert alert["annotations"]["runbook_url"] == f"{RUNBOOKS}/{name}.md"
        assert (PAGE.parent / "runbooks" / f"{name}.md").is_file()
        assert alert["annotations"]["summary"].startswith(POD if name == KILLED else "no pod of the server")
