"""Memory, descriptors and CPU of a process and its children, from Linux's /proc."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .readers import MIB, Reading
from .refused import MeasureError, sentence

PROC = Path("/proc")
_LISTEN = "0A"
"""The state LISTEN in /proc/net/tcp."""


@dataclass(frozen=True)
class _Stat:
    parent: int
    state: str
    reaped_seconds: float
    """CPU of children that have ended and were waited for."""


def need_linux() -> None:
    """Refuse where there is no /proc."""
    if not sys.platform.startswith("linux"):
        raise MeasureError(
            "--pid and --start read /proc, which only Linux has. Run the measurement on Linux, or expose process "
            "metrics and name them with --metrics URL."
        )


class ProcessReader:
    """Reads one process with all its descendants, which together are the server."""

    source = "process"

    def __init__(self, pid: int, *, foreign_descriptors: Callable[[], int] = lambda: 0) -> None:
        """:param foreign_descriptors: how many descriptors are open in it only because it is measured."""
        need_linux()
        self.pid = pid
        stat = _stat(pid)
        if stat is None or stat.state == "Z":
            raise MeasureError(
                f"There is no process {pid} on this machine. Give the id of the server's process as this machine "
                "sees it; in a container that is another number than inside."
            )
        try:
            os.listdir(PROC / str(pid) / "fd")
        except PermissionError:
            raise MeasureError(
                f"Process {pid} belongs to another user, so its descriptors cannot be counted. Run mcp-stack as that "
                "user, or expose process metrics and name them with --metrics URL."
            ) from None
        self.name = f"process {pid} ({_command(pid)})"
        self._children: list[int] = []
        self._foreign = foreign_descriptors

    async def read(self) -> Reading:
        """Memory with shared pages counted once, descriptors and CPU of the process and its descendants."""
        pids = self.tree()
        self._children = pids[1:]
        memory = descriptors = 0
        cpu = 0.0
        counted = 0
        for pid in pids:
            try:
                # Forked workers share the pages of their parent: only what is their own counts.
                own = _resident(pid) if pid == self.pid else _private(pid)
                files = len(os.listdir(PROC / str(pid) / "fd"))
                seconds = _cpu(pid)
            except OSError:
                if pid == self.pid:
                    raise self._gone() from None
                continue
            memory, descriptors, cpu, counted = memory + own, descriptors + files, cpu + seconds, counted + 1
        return Reading(memory / MIB, max(0, descriptors - self._foreign()), cpu, counted)

    def glance(self) -> float | None:
        """The memory of the processes that the last reading found."""
        total = 0
        for pid in (self.pid, *self._children):
            with contextlib.suppress(OSError):
                total += _resident(pid) if pid == self.pid else _private(pid)
        return total / MIB

    def tree(self) -> list[int]:
        """The process and its descendants that have not ended, the process first."""
        children: dict[int, list[int]] = {}
        for entry in os.listdir(PROC):
            if entry.isdigit() and (stat := _stat(int(entry))) is not None and stat.state != "Z":
                children.setdefault(stat.parent, []).append(int(entry))
        found = [self.pid]
        for pid in found:
            found += children.get(pid, [])
        return found

    def listens(self, port: int) -> bool | None:
        """Whether the process or a descendant listens on a TCP port; ``None`` if that cannot be told from here.

        A process in another network namespace, such as a container, has listeners of its own, and may be reached
        through a port that something else forwards.
        """
        with contextlib.suppress(OSError):
            if os.readlink(PROC / str(self.pid) / "ns" / "net") != os.readlink(PROC / "self" / "ns" / "net"):
                return None
            wanted = set(_listeners(port))
            return any(wanted & _sockets(pid) for pid in self.tree()) if wanted else None
        return None

    def addresses(self, port: int) -> list[str]:
        """The addresses that the process or a descendant listens on at a TCP port of this network namespace."""
        listeners = _listeners(port)
        own = set().union(*(_sockets(pid) for pid in self.tree()))
        return sorted({address for inode, address in listeners.items() if inode in own})

    @property
    def program(self) -> str:
        """The file name of what runs; empty if that cannot be told."""
        with contextlib.suppress(OSError):
            return os.path.basename(os.readlink(PROC / str(self.pid) / "exe"))
        return ""

    def catches(self, number: int) -> bool:
        """Whether the process has a handler for a signal."""
        with contextlib.suppress(OSError):
            for row in (PROC / str(self.pid) / "status").read_text(encoding="utf-8", errors="replace").splitlines():
                if row.startswith("SigCgt:"):
                    return bool(int(row.split()[1], 16) >> (number - 1) & 1)
        return False

    def writes(self) -> set[str]:
        """Regular files that the process or a descendant has open for writing; its standard streams are not asked."""
        found = set()
        for pid in self.tree():
            with contextlib.suppress(OSError):
                for entry in os.scandir(PROC / str(pid) / "fd"):
                    with contextlib.suppress(OSError):
                        if int(entry.name) > 2 and _is_written(pid, entry.name) and os.path.isfile(entry.path):
                            found.add(os.readlink(entry.path))
        return found

    def written_elsewhere(self, *others: ProcessReader) -> set[str]:
        """Files that processes besides these have open for writing, such as the output of whoever started this one."""
        own = {pid for reader in (self, *others) for pid in reader.tree()}
        found = set()
        for name in os.listdir(PROC):
            if not name.isdigit() or int(name) in own:
                continue
            # Processes of others, and those that end meanwhile, are not told.
            with contextlib.suppress(OSError):
                for entry in os.scandir(PROC / name / "fd"):
                    with contextlib.suppress(OSError):
                        target = os.readlink(entry.path)
                        if target.startswith("/") and _is_written(int(name), entry.name):
                            found.add(target)
        return found

    def _gone(self) -> MeasureError:
        return MeasureError(
            f"{sentence(self.name)} ended while it was being measured. See its output, and measure "
            "again with fewer --sessions if memory was the reason."
        )


def _stat(pid: int) -> _Stat | None:
    try:
        text = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # The command stands in brackets and may hold blanks and brackets itself.
    fields = text.rpartition(")")[2].split()
    ticks = int(fields[13]) + int(fields[14])
    return _Stat(parent=int(fields[1]), state=fields[0], reaped_seconds=ticks / os.sysconf("SC_CLK_TCK"))


def _command(pid: int) -> str:
    with contextlib.suppress(OSError):
        return (PROC / str(pid) / "comm").read_text(encoding="utf-8", errors="replace").strip()
    return "?"


def _resident(pid: int) -> int:
    pages = int((PROC / str(pid) / "statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _private(pid: int) -> int:
    """Bytes that no other process maps. A kernel thread or a process that just ended has none."""
    total = 0
    for row in (PROC / str(pid) / "smaps_rollup").read_text(encoding="ascii", errors="replace").splitlines():
        if row.startswith(("Private_Clean:", "Private_Dirty:", "Private_Hugetlb:")):
            total += int(row.split()[1]) * 1024
    return total


def _cpu(pid: int) -> float:
    """CPU seconds of all threads, those that have ended too, in nanoseconds' resolution; and of reaped children.

    Linux numbers the CPU clock of another process as ``~pid << 3 | 2``: /proc/PID/stat counts in steps of 10 ms.
    """
    stat = _stat(pid)
    return time.clock_gettime((~pid << 3) | 2) + (stat.reaped_seconds if stat else 0.0)


def _listeners(port: int) -> dict[str, str]:
    """The socket inodes that listen on a port in this network namespace, each with its address."""
    found = {}
    for table in ("tcp", "tcp6"):
        with contextlib.suppress(OSError):
            for row in (PROC / "net" / table).read_text(encoding="ascii").splitlines()[1:]:
                fields = row.split()
                address, _, number = fields[1].rpartition(":")
                if fields[3] == _LISTEN and int(number, 16) == port:
                    found[fields[9]] = _address(address)
    return found


def _address(digits: str) -> str:
    """An address as the kernel prints it: words of 32 bits, each in the byte order of the machine."""
    raw = bytes.fromhex(digits)
    words = (raw[start : start + 4] for start in range(0, len(raw), 4))
    if sys.byteorder == "little":
        words = (word[::-1] for word in words)
    return str(ipaddress.ip_address(b"".join(words)))


def _is_written(pid: int, descriptor: str) -> bool:
    rows = (PROC / str(pid) / "fdinfo" / descriptor).read_text(encoding="ascii").splitlines()
    flags = next((int(row.split()[1], 8) for row in rows if row.startswith("flags:")), 0)
    return flags & os.O_ACCMODE != os.O_RDONLY


def _sockets(pid: int) -> set[str]:
    found = set()
    with contextlib.suppress(OSError):
        for entry in os.scandir(PROC / str(pid) / "fd"):
            with contextlib.suppress(OSError):
                target = os.readlink(entry.path)
                if target.startswith("socket:["):
                    found.add(target[8:-1])
    return found
