"""Local processes in the place of pods: those that run already, and those that are started here."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from ..measuring.refused import MeasureError
from ..measuring.started import Started
from .model import Pod, Signal
from .refused import ChaosError

NUMBERS = {"KILL": signal.SIGKILL, "STOP": signal.SIGSTOP, "CONT": signal.SIGCONT}
PORT_WORD = "{port}"
PORT_VARIABLES = ("PORT", "UVICORN_PORT", "FASTMCP_PORT")
"""Variables that tell a server its port: that of most platforms, uvicorn's and FastMCP's."""


def started_at(pid: int) -> str:
    """When a process began, in ticks since boot, or "" where there is none: its id may be somebody else's later."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    fields = text.rpartition(")")[2].split()
    return "" if fields[0] in ("Z", "X") else fields[19]


def process_pod(pid: int, zone: str | None = None, url: str | None = None) -> Pod:
    """A process that runs already, if it may be touched."""
    found = started_at(pid)
    if not found:
        raise ChaosError(f"--pid {pid}: there is no such process on this machine.")
    if pid in (1, os.getpid(), os.getppid()):
        raise ChaosError(f"--pid {pid} is this program, what started it, or the first process of the machine.")
    try:
        os.kill(pid, 0)
    except PermissionError:
        raise ChaosError(f"--pid {pid} belongs to another user, and no signal of yours reaches it.") from None
    return Pod(name=f"process {pid}", zone=zone, url=url, pid=pid, uid=found)


def send(one: Signal) -> None:
    """Send a signal to the very process that was meant: nothing, if it has ended."""
    if started_at(one.pid) != one.uid:
        return
    os.kill(one.pid, NUMBERS[one.name])


def watchdog(one: Signal, seconds: float) -> subprocess.Popen[bytes]:
    """What sends a signal later even if this program has been killed by then. End it when it is no longer needed."""
    script = 'sleep "$1" && kill -"$2" "$3"'
    return subprocess.Popen(
        ["/bin/sh", "-c", script, "mcp-chaos", f"{seconds:g}", one.name, str(one.pid)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


class Fleet:
    """Servers that are started here, each at a port of its own, and ended at the end."""

    def __init__(self, command: Sequence[str], url: str, zones: Mapping[int, str | None]) -> None:
        """
        :param url: where clients call; each process serves its path.
        :param zones: the port of each process, and the zone that it stands for.
        """
        self._command = tuple(command)
        self._path = urlsplit(url).path or "/"
        self._zones = zones
        self._running: dict[int, Started] = {}
        self._ended: list[Started] = []
        self._outputs = contextlib.ExitStack()

    @property
    def ports(self) -> list[int]:
        """Where they listen."""
        return list(self._zones)

    def pod(self, port: int) -> Pod:
        """The process at a port."""
        process = self._running[port]
        url = f"http://127.0.0.1:{port}{self._path}"
        return Pod(
            name=f"process at {port}",
            zone=self._zones[port],
            url=url,
            pid=process.pid,
            uid=started_at(process.pid),
        )

    def start_all(self) -> list[Pod]:
        """Start them."""
        for port in self._zones:
            self._start(port)
        return [self.pod(port) for port in self._zones]

    def check(self) -> None:
        """Refuse what has ended by itself."""
        for port, process in self._running.items():
            if not process.running():
                raise MeasureError(f"The server at port {port} has ended:\n{process.last_words()}")

    def restart(self, pid: int) -> None:
        """Start the process anew that had this id, as a kubelet starts a container that ended."""
        port = next(port for port, process in self._running.items() if process.pid == pid)
        self._ended.append(self._running[port])
        self._start(port)

    def _start(self, port: int) -> None:
        output = self._outputs.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - the stack closes it
        try:
            popen = subprocess.Popen(
                [word.replace(PORT_WORD, str(port)) for word in self._command],
                env={**os.environ, **dict.fromkeys(PORT_VARIABLES, str(port))},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as problem:
            raise ChaosError(
                f"--start cannot run '{self._command[0]}': {problem.strerror}. Give a program that is in PATH, or its "
                "path. No shell runs it."
            ) from None
        self._running[port] = Started(popen, output)

    async def stop(self) -> None:
        """End all of them, and only them."""
        for process in [*self._running.values(), *self._ended]:
            await process.stop()
        self._outputs.close()
