"""The exporter as a process: what it says of good and broken endpoints, and that it ends the rounds it has begun."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pulumi_kubernetes_mcp.probe import metric_names as names

from . import gallery
from .gallery import Reply, Request, Server, legacy, modern, reply, serving
from .processes import LOOPBACK, Process, free_port, running, wait_until

ROOT = Path(__file__).resolve().parents[2]
INTERVAL = 5


@contextmanager
def exporter(folder: Path, endpoints: list[dict[str, Any]], **environment: str) -> Iterator[tuple[Process, str]]:
    """The exporter of these endpoints, and the address of its pages."""
    config = folder / "probe.json"
    config.write_text(
        json.dumps({"watcher": "lab", "intervalSeconds": INTERVAL, "timeoutSeconds": 2, "endpoints": endpoints})
    )
    port = free_port()
    command = [sys.executable, "-m", "pulumi_kubernetes_mcp.cli", "probe", "--serve", "--config", str(config)]
    variables = {"PYTHONPATH": str(ROOT / "components"), "PYTHONDONTWRITEBYTECODE": "1", **environment}
    with running(
        "exporter", [*command, "--listen", f"{LOOPBACK}:{port}"], folder=folder, environment=variables
    ) as process:
        process.wait_for_port(port)
        yield process, f"http://{LOOPBACK}:{port}"


def read(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


async def draining(server: Server, request: Request, writer: asyncio.StreamWriter) -> Reply:
    return reply(503, {"error": "draining"}, Retry_After="5")


def test_an_exporter_watches_says_and_ends_its_rounds(tmp_path: Path) -> None:
    asyncio.run(_watch(tmp_path))


async def _watch(folder: Path) -> None:
    hold = asyncio.Event()

    async def held(server: Server, request: Request, writer: asyncio.StreamWriter) -> Reply:
        """The list of tools comes when the test says so: a round is under way until then."""
        await hold.wait()
        return gallery.result(request, {"tools": [gallery.TOOL]})

    async with (
        serving(legacy()) as good,
        serving(modern(tools_list=draining)) as bad,
        serving(legacy(tools_list=held)) as slow,
    ):
        token = {"name": "Authorization", "variable": "TOKEN"}
        endpoints = [
            {"name": "good", "url": good.url(), "region": "a", "headers": [token]},
            {"name": "bad", "url": bad.url(), "region": "b"},
            {"name": "slow", "url": slow.url()},
        ]
        loop = asyncio.get_running_loop()
        with exporter(folder, endpoints, TOKEN="s3cret") as (process, url):
            metrics = await loop.run_in_executor(None, _when_all_had_a_round, url)
            assert {name: _value(metrics, names.SUCCESS, name) for name in ("good", "bad")} == {"good": 1, "bad": 0}
            assert (
                'mcp_probe_failure{endpoint="bad",reason="draining",region="b",server="bad",watcher="lab"} 1.0'
                in metrics
            )
            assert (await loop.run_in_executor(None, read, f"{url}/ready?endpoint=good"))[0] == 200
            status, why = await loop.run_in_executor(None, read, f"{url}/ready?endpoint=bad")
            assert (status, why.startswith("bad: draining: ")) == (503, True)
            before = len(good.requests)
            status, one = await loop.run_in_executor(None, read, f"{url}/probe?target=good")
            assert (status, len(good.requests) - before >= 5, 'endpoint="bad"' in one) == (200, True, False)
            assert good.requests[-1].headers["authorization"] == "Bearer s3cret"
            if shutil.which("promtool"):
                checked = subprocess.run(
                    ["promtool", "check", "metrics"], input=metrics, capture_output=True, text=True
                )
                assert checked.returncode == 0, checked.stdout + checked.stderr

            # A round of the slow endpoint is under way, its session open: it comes to its end before the process does.
            await _until(lambda: bool(slow.sessions))
            process.send(signal.SIGTERM)
            await asyncio.sleep(0.3)
            assert process.running()
            hold.set()
            await loop.run_in_executor(None, process.wait, 5)
            assert process.popen.returncode == 0
        assert (good.sessions, slow.sessions) == (set(), set())
        assert good.opened >= 2
        log = process.output()
        assert re.search(r"bad: http://127\.0\.0\.1:\d+/mcp: HTTP 503", log)
        assert "s3cret" not in log + metrics + one


async def _until(condition: Any) -> None:
    async with asyncio.timeout(3 * INTERVAL):
        while not condition():
            await asyncio.sleep(0.02)


def _when_all_had_a_round(url: str) -> str:
    def had() -> bool:
        return all(_value(read(f"{url}/metrics")[1], names.SUCCESS, name) is not None for name in ("good", "bad"))

    wait_until(had, seconds=3 * INTERVAL, what="a round of each endpoint")
    return read(f"{url}/metrics")[1]


def _value(text: str, name: str, endpoint: str) -> float | None:
    found = re.search(rf'^{name}\{{endpoint="{endpoint}".*\}} (\S+)$', text, re.MULTILINE)
    return None if found is None else float(found[1])


def test_what_cannot_be_served_is_refused_before_anything_is_watched(tmp_path: Path) -> None:
    config = tmp_path / "probe.yaml"
    config.write_text("watcher: lab\nendpoints:\n  - {name: a, url: a.example.com}\n")
    command = [sys.executable, "-m", "pulumi_kubernetes_mcp.cli", "probe", "--serve", "--config", str(config)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "components")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "is not the address of a server" in done.stderr
    assert "Traceback" not in done.stderr
