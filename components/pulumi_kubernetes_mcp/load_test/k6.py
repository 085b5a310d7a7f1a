"""Running k6 on this machine: where it is, what it bears, and how it ends."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

from ..asking import within
from .model import K6_MIB, USER_MIB, LoadTest, runners
from .refused import LoadTestError

MISSED = 99
"""Exit status of k6 where a threshold does not hold."""
KIB_PER_MIB = 1024
DESCRIPTORS_PER_USER = 2
"""A session's stream and its call."""
SPARE_DESCRIPTORS = 100
MEMORY_METRIC = "process_resident_memory_bytes"
LEAST_SAMPLE_SECONDS = 0.2
SAMPLES = 400
"""Of the memory over a test, at most one each fifth of a second."""
METRICS_SECONDS = 5
"""How long the metrics may say nothing; twice that is the whole answer."""
MOST_METRICS = 16 * 2**20
_SHOWN_LINES = 12
_SAMPLE = re.compile(rf"^{MEMORY_METRIC}(?:\{{[^}}\n]*\}})? +(\S+)", re.MULTILINE)


@dataclass(frozen=True)
class Ended:
    """How a run of k6 ended."""

    status: int
    """0, or 99 where a threshold does not hold."""
    summary: str
    """The line of the summary."""


def program(given: str | None) -> str | None:
    """The path of k6: as given, or from PATH; ``None`` where it is not there.

    :raises LoadTestError: where a given one is not there.
    """
    if given is None:
        return shutil.which("k6")
    found = shutil.which(given)
    if found is None:
        raise LoadTestError(f"--k6 {given}: there is no such program; leave it out where k6 is in PATH.")
    return found


def check_room(test: LoadTest, available_mib: float | None, descriptors: int) -> None:
    """Refuse more virtual users than this machine bears.

    :param available_mib: free memory, in MiB; ``None`` where it is not known.
    :param descriptors: files that a process may open.
    """
    pods = f"In the cluster {runners(test.users)} runner pods bear them: write mcp:loadTest. Or give fewer --sessions."
    needed = K6_MIB + USER_MIB * test.users
    if available_mib is not None and needed > available_mib:
        raise LoadTestError(
            f"{test.users:,} virtual users take about {needed:,.0f} MiB of memory, and {available_mib:,.0f} MiB are "
            "free "
            f"here. {pods}"
        )
    wanted = DESCRIPTORS_PER_USER * test.users + SPARE_DESCRIPTORS
    if wanted > descriptors:
        raise LoadTestError(
            f"{test.users:,} virtual users open up to {wanted:,} connections, and a process may open {descriptors:,} "
            "files "
            f"here (ulimit -n). {pods}"
        )


def free_mib() -> float | None:
    """Memory that is free on this machine, in MiB; ``None`` where nobody says so."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) / KIB_PER_MIB
    return None


def allow_descriptors() -> int:
    """Files that k6 may open, after the limit was raised as far as this user may."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return sys.maxsize if soft == resource.RLIM_INFINITY else soft


def run(
    k6: str, text: str, folder: Path, *, ndjson: Path | None = None, metrics: str | None = None, seconds: float = 0
) -> Ended:
    """Run a script, with its progress on standard error.

    :param folder: an empty one, for the script and its summary.
    :param ndjson: a file for k6's points.
    :param metrics: the server's own metrics, whose memory is read beside the test.
    :raises LoadTestError: where k6 ends without a summary, with what it said.
    """
    script, summary = folder / "loadtest.js", folder / "summary.json"
    script.write_text(text, encoding="utf-8")
    # Nothing is sent to anybody but the server; and no port is opened, which a second k6 would want too.
    flags = ["--no-usage-report", "--address", ""]
    words = [k6, "run", *flags, *(("--out", f"json={ndjson}") if ndjson else ()), str(script)]
    environment = {**os.environ, "MCP_SUMMARY": str(summary)}
    with (folder / "output").open("w+b") as output, _sampled(metrics, seconds) as memory:
        progress = None if sys.stderr.isatty() else output
        ended = subprocess.run(words, env=environment, stdout=progress, stderr=output, check=False)
        output.seek(0)
        said = output.read().decode(errors="replace")
    if not summary.is_file() or ended.returncode not in (0, MISSED):
        raise LoadTestError(f"k6 ended with {ended.returncode}: {_reason(said)}")
    try:
        line = json.loads(summary.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        line = None
    if not isinstance(line, dict):
        raise LoadTestError(
            f"k6 ended with {ended.returncode} and left no whole summary: was it killed, or is the disk of {folder} "
            "full?"
        )
    if memory:
        line["memory"] = memory
    return Ended(ended.returncode, f"{json.dumps(line, separators=(',', ':'))}\n")


def _reason(said: str) -> str:
    """What k6 said was wrong: the message of the abort, else its last lines."""
    errors = [line for line in said.splitlines() if "level=error" in line]
    for line in errors:
        _, found, message = line.partition("test aborted: ")
        if found:
            return message.removesuffix('"').replace('\\"', '"')
    return " ".join(line.strip() for line in (errors or said.splitlines())[-_SHOWN_LINES:])[-1000:] or "it said nothing"


@contextlib.contextmanager
def _sampled(url: str | None, seconds: float) -> Iterator[list[tuple[float, float]]]:
    """Read the server's memory until the end of the block; seconds since the beginning to bytes."""
    found: list[tuple[float, float]] = []
    if url is None:
        yield found
        return
    read = _reader(url)
    read()
    start, stop = time.monotonic(), threading.Event()

    def sample() -> None:
        while not stop.wait(max(LEAST_SAMPLE_SECONDS, seconds / SAMPLES)):
            at = time.monotonic() - start
            with contextlib.suppress(LoadTestError):
                found.append((round(at, 3), read()))

    reader = threading.Thread(target=sample, daemon=True)
    reader.start()
    try:
        yield found
    finally:
        stop.set()
        reader.join(METRICS_SECONDS)


def _reader(url: str) -> Callable[[], float]:
    # The server itself is asked: no proxy of the environment answers for it.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def body() -> bytes:
        with opener.open(url, timeout=METRICS_SECONDS) as answer:
            found: bytes = answer.read(MOST_METRICS)
        return found

    def read() -> float:
        try:
            text = within(2 * METRICS_SECONDS, body).decode(errors="replace")
        except (OSError, urllib.error.URLError, ValueError, HTTPException) as problem:
            raise LoadTestError(f"--metrics {url.partition('?')[0]} cannot be read: {problem}.") from None
        values = _SAMPLE.findall(text)
        try:
            if not values:
                raise ValueError
            return sum(float(value) for value in values)
        except ValueError:
            raise LoadTestError(
                f"--metrics {url.partition('?')[0]} holds no {MEMORY_METRIC}; give the metrics of the server itself."
            ) from None

    return read
