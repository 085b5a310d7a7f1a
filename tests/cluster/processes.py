"""Processes this tier starts: logged to files, watched, and ended by their own id and no other way."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

TAIL_LINES = 15
TAIL_WIDTH = 300
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)


def free_ports(count: int) -> list[int]:
    """Port numbers nothing listens on now; held open together so that they differ."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]
    finally:
        for one in sockets:
            one.close()


def quiet_environment(home: Path) -> dict[str, str]:
    """What the programs see: no proxy, no kubeconfig and no home of the person who runs the tests."""
    return {"PATH": os.environ.get("PATH", ""), "HOME": str(home), "TMPDIR": str(home)}


def _end_with_parent() -> None:
    """Runs in the child: the kernel ends it when the tests die without cleaning up (Linux only)."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class Process:
    """One running program with its log."""

    def __init__(self, name: str, argv: Iterable[str | Path], folder: Path) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        with self.log.open("wb") as stream:
            self._popen = subprocess.Popen(
                [str(part) for part in argv],
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env=quiet_environment(folder),
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,
            )

    @property
    def pid(self) -> int:
        """The process id."""
        return self._popen.pid

    @property
    def exit_code(self) -> int | None:
        """None while the program runs."""
        return self._popen.poll()

    def stop(self, patience_s: float = 5.0) -> None:
        """Ask it to end, and after a while end it."""
        if self._popen.poll() is None:
            self._popen.terminate()
            try:
                self._popen.wait(patience_s)
            except subprocess.TimeoutExpired:
                self._popen.kill()
                self._popen.wait()

    def tail(self, lines: int = TAIL_LINES) -> str:
        """The last lines of the log, for a failure report."""
        text = self.log.read_text(errors="replace").splitlines()[-lines:]
        state = "running" if self.exit_code is None else f"exit code {self.exit_code}"
        return "\n".join([f"--- {self.name} ({state})", *(line[:TAIL_WIDTH] for line in text)])
