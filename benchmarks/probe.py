"""Measure the probe's exporter, and write its section of `results.md`: `python -m benchmarks.probe`. Ten minutes."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from benchmarks import page

ROOT = Path(__file__).resolve().parents[1]
HEADING = "## The probe's exporter"
ENDPOINTS = 1000
INTERVAL = 60
WARM_SECONDS = 75
"""The first interval, in which every endpoint has its first round, and the end of it."""
MEASURED_SECONDS = int(os.environ.get("BENCH_PROBE_SECONDS", "120"))
SCRAPE_SECONDS = 30
GOAL_CORES = 0.2
GOAL_MIB = 150


@dataclass(frozen=True)
class Measured:
    """What one exporter took."""

    what: str
    cores: float
    peak_mib: float
    scrape_seconds: float
    scrape_mib: float
    rounds: int
    failed: int
    sessions_left: str


def main() -> None:
    """Run each kind of server, one after the other."""
    before = os.getloadavg()[0]
    measured = [
        run("modern, without TLS", "/modern", tls=False),
        run("modern, TLS", "/modern", tls=True),
        run("sessions, TLS", "/legacy", tls=True),
    ]
    page.write(section(measured, before))


def run(what: str, path: str, *, tls: bool) -> Measured:
    """An exporter with a thousand endpoints against a server in a process of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        certificate = _certificate(folder) if tls else None
        server = _started([sys.executable, "-m", "benchmarks.probe_server", *([str(certificate)] if tls else [])])
        assert server.stdout is not None
        port = int(server.stdout.readline())
        url = f"{'https' if tls else 'http'}://127.0.0.1:{port}{path}"
        config = folder / "probe.json"
        endpoints = [
            {"name": f"endpoint-{number:04}", "url": f"{url}?n={number}", "server": "bench", "region": "here"}
            for number in range(ENDPOINTS)
        ]
        ca = {"caFile": "ca.pem"} if tls else {}
        config.write_text(json.dumps({"watcher": "bench", "intervalSeconds": INTERVAL, **ca, "endpoints": endpoints}))
        with _exporter(config) as (process, metrics):
            time.sleep(WARM_SECONDS)
            rounds, start, cpu = _rounds(metrics), time.monotonic(), _cpu(process.pid)
            scrapes, size = [], 0
            while (left := start + MEASURED_SECONDS - time.monotonic()) > 0:
                time.sleep(min(left, SCRAPE_SECONDS))
                begun = time.monotonic()
                size = len(_read(metrics))
                scrapes.append(time.monotonic() - begun)
            used = (_cpu(process.pid) - cpu) / (time.monotonic() - start)
            peak = _peak(process.pid)
            after = _rounds(metrics)
        assert server.stdin is not None
        server.stdin.close()
        left_open = json.loads(server.stdout.readline())
        server.wait(10)
    success, failure = (after[key] - rounds[key] for key in ("success", "failure"))
    return Measured(
        what,
        used,
        peak,
        sum(scrapes) / len(scrapes),
        size / 2**20,
        success + failure,
        failure,
        f"{left_open['left']} (at most {left_open['most']} at once)" if path == "/legacy" else "–",
    )


def section(measured: list[Measured], load: float) -> list[str]:
    """The lines of the page."""
    met = all(one.cores <= GOAL_CORES and one.peak_mib <= GOAL_MIB for one in measured)
    return [
        HEADING,
        "",
        f"Written by `python -m benchmarks.probe`, {date.today()}, load {load:.1f} at the start and "
        f"{os.getloadavg()[0]:.1f} at the end. {ENDPOINTS:,} endpoints once in {INTERVAL} s from one process, against "
        f"a "
        f"server in a process of its own; each round has connections of its own. CPU is user and system over "
        f"{MEASURED_SECONDS} s with a scrape every {SCRAPE_SECONDS} s, memory the most that was resident. Goal: at "
        f"most "
        f"{GOAL_CORES:g} of a core and {GOAL_MIB} MiB.",
        "",
        "| server | cores | peak MiB | a scrape, s | a scrape, MiB | rounds | failed | sessions left |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
        *(
            f"| {one.what} | {one.cores:.3f} | {one.peak_mib:.0f} | {one.scrape_seconds:.2f} | {one.scrape_mib:.1f} | "
            f"{one.rounds} | {one.failed} | {one.sessions_left} |"
            for one in measured
        ),
        "",
        f"goal {'met' if met else 'missed'}.",
    ]


@contextlib.contextmanager
def _exporter(config: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-m", "pulumi_kubernetes_mcp.cli", "probe", "--serve", "--config", str(config)]
    process = _started([*command, "--listen", "127.0.0.1:0"], stderr=subprocess.PIPE)
    assert process.stderr is not None
    try:
        said = process.stderr.readline()
        yield process, f"http://127.0.0.1:{int(said.rpartition(' ')[2])}/metrics"
    finally:
        process.terminate()
        print(process.communicate(timeout=30)[1], end="")


def _started(command: list[str], stderr: int | None = None) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'components'}:{ROOT}"}
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr, text=True
    )


def _certificate(folder: Path) -> Path:
    """A certificate for loopback, and its authority as ca.pem beside it."""
    key, certificate = folder / "key.pem", folder / "ca.pem"
    made = ["openssl", "req", "-x509", "-days", "2", "-nodes", "-newkey", "rsa:2048", "-subj", "/CN=bench"]
    made += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(made, check=True, capture_output=True)
    both = folder / "server.pem"
    both.write_text(key.read_text() + certificate.read_text())
    return both


def _read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=60) as answer:
        return str(answer.read().decode())


def _rounds(url: str) -> dict[str, int]:
    found = re.findall(r'^mcp_probe_rounds_total\{.*result="(\w+)".*\} (\S+)$', _read(url), re.MULTILINE)
    return {key: round(sum(float(value) for result, value in found if result == key)) for key in ("success", "failure")}


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _peak(pid: int) -> float:
    return int(re.search(r"^VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)[1]) / 1024  # type: ignore[index]


if __name__ == "__main__":
    main()
