"""A real Prometheus that scrapes what a test says, and the emitters of a cluster that no lab has, as one text."""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import ProxyHandler, build_opener

import yaml

from .processes import LOOPBACK, free_port, program, running, wait_until

STEP = 2
OPENER = build_opener(ProxyHandler({}))
"""Without the proxies of the environment."""


@dataclass(frozen=True)
class Prometheus:
    """A running Prometheus."""

    port: int

    def asked(self, path: str, **parameters: str | float) -> Any:
        """The data of an answer of its HTTP API."""
        url = f"http://{LOOPBACK}:{self.port}/api/v1/{path}?{urlencode(parameters)}"
        with OPENER.open(url, timeout=20) as answer:
            found = json.load(answer)
        assert found["status"] == "success", found
        return found["data"]

    def lines(self, query: str, *, start: float, end: float) -> list[tuple[dict[str, str], list[tuple[float, float]]]]:
        """What a query answers over a time: labels and values of each series."""
        data = self.asked("query_range", query=query, start=start, end=end, step=STEP)
        return [(one["metric"], [(at - start, float(value)) for at, value in one["values"]]) for one in data["result"]]


@contextmanager
def prometheus(
    folder: Path,
    targets: Sequence[tuple[int, Mapping[str, str]]],
    *,
    rules: str | None = None,
    interval: str = "1s",
    alertmanager: int | None = None,
) -> Iterator[Prometheus]:
    """A Prometheus that reads each port every second, and gives it the labels.

    :param alertmanager: port of the Alertmanager that is told of alerts.

    Labels of what is read come first, as they do for exporters that are scraped with ``honorLabels``.
    """
    port = free_port()
    config: dict[str, Any] = {
        "global": {"scrape_interval": interval, "evaluation_interval": interval, "scrape_timeout": interval},
        "scrape_configs": [
            {
                "job_name": f"target-{number}",
                "honor_labels": True,
                "static_configs": [{"targets": [f"{LOOPBACK}:{target}"], "labels": dict(labels)}],
            }
            for number, (target, labels) in enumerate(targets)
        ],
    }
    if rules is not None:
        (folder / "rules.yaml").write_text(rules)
        config["rule_files"] = [str(folder / "rules.yaml")]
    if alertmanager is not None:
        told = [{"static_configs": [{"targets": [f"{LOOPBACK}:{alertmanager}"]}]}]
        config["alerting"] = {"alertmanagers": told}
    (folder / "prometheus.yaml").write_text(yaml.safe_dump(config))
    command = [
        program("prometheus", "prometheus"),
        f"--config.file={folder / 'prometheus.yaml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={LOOPBACK}:{port}",
    ]
    with running(f"prometheus-{port}", command, folder=folder) as process:
        process.wait_for_port(port)
        wait_until_ready(port)
        yield Prometheus(port)


def wait_until_ready(port: int) -> None:
    """Wait until it has read its log: before that it listens, and refuses every query with a 503."""

    def ready() -> bool:
        try:
            with OPENER.open(f"http://{LOOPBACK}:{port}/-/ready", timeout=5) as answer:
                return bool(answer.status == HTTPStatus.OK)
        except OSError:
            return False

    wait_until(ready, seconds=60, what=f"Prometheus on port {port} to be ready")


@contextmanager
def exporter(series: Mapping[str, tuple[float, float]]) -> Iterator[int]:
    """An exporter of series that begin at a value and rise by so much with each scrape; the port of it."""
    scrapes = itertools.count()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            number = next(scrapes)
            body = "".join(f"{name} {begin + rise * number}\n" for name, (begin, rise) in series.items()).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

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


def now() -> float:
    """Unix time, as Prometheus keeps it."""
    return time.time()
