"""Wall time and peak memory of a whole process, as its user feels them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Run:
    """One run of a process."""

    seconds: float
    """From the start of the process to its end."""
    peak_mib: float
    """Greatest resident memory."""


def command() -> list[str]:
    """`mcp-stack` of the interpreter at hand."""
    return [str(Path(sys.executable).parent / "mcp-stack")]


def measure(argv: Sequence[str]) -> Run:
    """Run a command to its end in the project's directory. RuntimeError if it fails.

    A small process starts it: the peak of a child begins at the memory of whoever starts it.
    """
    launcher = [sys.executable, "-S", "-E", str(Path(__file__)), *argv]
    done = subprocess.run(launcher, cwd=ROOT, capture_output=True, text=True, env={**os.environ, "NO_COLOR": "1"})
    if done.returncode:
        raise RuntimeError(f"{' '.join(argv)} ended with {done.returncode}: {done.stderr}")
    seconds, peak = done.stdout.split()[-2:]
    return Run(float(seconds), float(peak))


def launch(argv: Sequence[str]) -> int:
    """Run a command with its output thrown away, print its seconds and MiB, return its exit status."""
    start = time.perf_counter()
    nowhere = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    process = os.posix_spawnp(argv[0], list(argv), os.environ, file_actions=nowhere)
    _, status, usage = os.wait4(process, 0)
    seconds = time.perf_counter() - start
    unit = 1 if sys.platform == "darwin" else 1024
    print(seconds, usage.ru_maxrss * unit / 2**20)
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(launch(sys.argv[1:]))
