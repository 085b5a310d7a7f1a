"""Starting and stopping real processes on loopback: bounded, and only ever those that were started here."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from tests.missing import leave_out

LOOPBACK = "127.0.0.1"
_LEAST_PORT, _MOST_PORT = 12_000, 32_000
"""Below those that Linux gives to outgoing connections (32768 and up)."""
_SLICES = 8
_SLICE = (_MOST_PORT - _LEAST_PORT) // _SLICES
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_FIRST_PORT = _LEAST_PORT + (_WORKER + os.getppid() % 2 * _SLICES // 2) % _SLICES * _SLICE
"""Workers that run side by side have ports of their own: two that look at the same one both find it free."""
_PORTS = cycle(_FIRST_PORT + (os.getpid() * 37 + number) % _SLICE for number in range(_SLICE))
_DISTRIBUTION_FOLDERS = ("/usr/sbin", "/usr/lib/postgresql/*/bin")


class StillRunningError(AssertionError):
    """A process that should have ended within a limit has not."""


def free_port() -> int:
    """A TCP port of loopback that is free, and that no outgoing connection is given before it is used."""
    for port in islice(_PORTS, _SLICE):
        with socket.socket() as probe:
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            return port
    raise AssertionError("no port is free")


def program(name: str, package: str) -> str:
    """The path of a program, or a skip that names the program and the Debian package that carries it."""
    folders = [str(folder) for pattern in _DISTRIBUTION_FOLDERS for folder in Path("/").glob(pattern[1:])]
    found = shutil.which(name) or shutil.which(name, path=os.pathsep.join(sorted(folders, reverse=True)))
    if found is None:
        leave_out(f"missing program: {name} (Debian package {package})")
    return found


def unprivileged(name: str) -> str | None:
    """The user to run a program as that refuses root: ``None`` when this is not root already."""
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(name)
    except KeyError:
        leave_out(f"missing system user: {name} (this is root, and the program refuses to run as root)")
    return name


@contextmanager
def folder_of(user: str | None) -> Iterator[Path]:
    """A temporary folder that belongs to ``user``, removed at the end."""
    path = Path(tempfile.mkdtemp(prefix="mcp-lab-"))
    try:
        if user is not None:
            shutil.chown(path, user)
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def wait_until(condition: Callable[[], bool], *, seconds: float, what: str) -> float:
    """Poll until a condition holds; how long that took, or an AssertionError that says what never came."""
    start = time.monotonic()
    while not condition():
        if time.monotonic() - start > seconds:
            raise AssertionError(f"not within {seconds:g} s: {what}")
        time.sleep(0.05)
    return time.monotonic() - start


def listens(port: int) -> bool:
    """Whether something accepts connections on a port of loopback."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1):
            return True
    except OSError:
        return False


@dataclass
class Process:
    """One process that was started here, and the file that holds its output."""

    name: str
    popen: subprocess.Popen[bytes]
    log: Path

    def send(self, number: signal.Signals) -> float:
        """Send a signal to exactly this process; the monotonic time of it."""
        self.popen.send_signal(number)
        return time.monotonic()

    def running(self) -> bool:
        """Whether the process is still there."""
        return self.popen.poll() is None

    def wait(self, seconds: float) -> float:
        """Wait for the end; how long that took. :class:`StillRunningError` after ``seconds``."""
        start = time.monotonic()
        try:
            self.popen.wait(seconds)
        except subprocess.TimeoutExpired as error:
            raise StillRunningError(f"{self.name} still runs after {seconds:g} s") from error
        return time.monotonic() - start

    def output(self) -> str:
        """Everything the process has written so far."""
        return self.log.read_text(errors="replace")

    def wait_for_port(self, port: int, seconds: float = 20) -> None:
        """Wait until the process accepts connections; a process that died shows its output instead."""

        def ready() -> bool:
            if not self.running():
                raise AssertionError(f"{self.name} ended with {self.popen.returncode}:\n{self.output()}")
            return listens(port)

        wait_until(ready, seconds=seconds, what=f"{self.name} on port {port}")

    def stop(self, number: signal.Signals = signal.SIGTERM, seconds: float = 10) -> None:
        """End the process if it still runs: the given signal first, SIGKILL after ``seconds``."""
        if not self.running():
            return
        self.send(number)
        try:
            self.popen.wait(seconds)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait(seconds)


@contextmanager
def running(
    name: str,
    command: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str] | None = None,
    user: str | None = None,
    cwd: Path | None = None,
    stop_signal: signal.Signals = signal.SIGTERM,
) -> Iterator[Process]:
    """A process for the length of a ``with`` block; its output goes to ``folder``.

    Of the environment only PATH is inherited: no proxy variable or PG* variable of the caller leaks in.
    """
    log = folder / f"{name}.log"
    variables = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", **(environment or {})}
    with log.open("wb") as output:
        popen = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=variables,
            cwd=cwd or folder,
            user=user,
            group=pwd.getpwnam(user).pw_gid if user else None,
            extra_groups=[] if user else None,
        )
    process = Process(name, popen, log)
    try:
        yield process
    finally:
        process.stop(stop_signal)


def run(command: Sequence[str], *, folder: Path, user: str | None = None, seconds: float = 60) -> str:
    """Run a program to its end; its output, or an AssertionError that shows it."""
    done = subprocess.run(
        list(command),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"},
        cwd=folder,
        user=user,
        group=pwd.getpwnam(user).pw_gid if user else None,
        extra_groups=[] if user else None,
    )
    if done.returncode:
        raise AssertionError(f"{command[0]} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout
