"""Memory, descriptors and CPU of real processes, whose amounts are known because the test made them."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import time

import pytest

from pulumi_kubernetes_mcp.measuring import process
from pulumi_kubernetes_mcp.measuring.process import ProcessReader
from pulumi_kubernetes_mcp.measuring.readers import Reading, cpu_between
from pulumi_kubernetes_mcp.measuring.refused import MeasureError

from .conftest import Child

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="missing: /proc, which only Linux has")

_STAY = "print('ready', flush=True); import time; time.sleep(60)"


def read(reader: ProcessReader) -> Reading:
    return asyncio.run(reader.read())


@pytest.mark.grid
def test_memory_and_descriptors_that_a_process_takes(child: Child) -> None:
    plain = read(ProcessReader(child(_STAY).pid))
    # Touched page by page: memory that was only reserved is not resident.
    greater = read(ProcessReader(child(f"a = bytearray(b'x') * (64 << 20); {_STAY}").pid))
    assert greater.memory_mib - plain.memory_mib == pytest.approx(64, abs=2)
    files = read(ProcessReader(child(f"f = [open('/dev/null') for _ in range(50)]; {_STAY}").pid))
    assert files.descriptors is not None
    assert plain.descriptors is not None
    assert files.descriptors - plain.descriptors == 50
    assert plain.processes == 1


def test_a_glance_is_the_memory_of_the_last_reading(child: Child) -> None:
    reader = ProcessReader(child(_STAY).pid)
    assert reader.glance() == pytest.approx(read(reader).memory_mib, abs=0.5)


@pytest.mark.grid
def test_cpu_is_finer_than_a_clock_tick_and_threads_that_ended_count(child: Child) -> None:
    code = (
        "import signal, threading, time\n"
        "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])\n"
        "def burn(seconds):\n"
        "    end = time.thread_time() + seconds\n"
        "    while time.thread_time() < end: pass\n"
        "print('ready', flush=True); signal.sigwait([signal.SIGUSR1])\n"
        "t = threading.Thread(target=burn, args=(0.15,)); t.start(); t.join(); burn(0.05)\n"
        "time.sleep(60)"
    )
    burner = child(code)
    reader = ProcessReader(burner.pid)
    before = read(reader)
    burner.send_signal(signal.SIGUSR1)
    used = 0.0
    for _ in range(1200):
        used = cpu_between(before, read(reader)) or 0.0
        if used >= 0.2:
            break
        asyncio.run(asyncio.sleep(0.05))
    assert 0.2 <= used < 0.25
    assert read(reader).cpu_seconds == pytest.approx(used + (before.cpu_seconds or 0), abs=0.005)


@pytest.mark.grid
def test_children_count_and_what_they_share_counts_once(child: Child) -> None:
    """A worker that was forked from a process with 64 MiB shares them until it writes to them."""
    code = (
        "import os, time\n"
        "a = bytearray(b'x') * (64 << 20)\n"
        "pids = [os.fork() for _ in range(1)]\n"
        "if 0 in pids:\n"
        "    b = bytearray(b'y') * (16 << 20)\n"
        "    print('ready', flush=True)\n"
        "time.sleep(60)"
    )
    alone = read(ProcessReader(child(_STAY).pid))
    parent = child(code)
    reader = ProcessReader(parent.pid)
    together = read(reader)
    assert together.processes == 2
    assert together.memory_mib - alone.memory_mib == pytest.approx(64 + 16, abs=8)
    assert reader.glance() == pytest.approx(together.memory_mib, abs=1)
    for pid in reader.tree()[1:]:
        os.kill(pid, 9)
    for _ in range(3000):
        if (left := read(reader).processes) == 1:
            break
        time.sleep(0.02)
    assert left == 1


def test_descriptors_that_are_open_only_for_the_measurement_do_not_count(child: Child) -> None:
    pid = child(_STAY).pid
    descriptors = read(ProcessReader(pid)).descriptors
    assert descriptors is not None
    assert read(ProcessReader(pid, foreign_descriptors=lambda: 2)).descriptors == descriptors - 2


def test_which_process_listens_on_a_port(child: Child) -> None:
    code = "import socket; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1], flush=True)"
    listener = child(f"{code}; import time; time.sleep(60)")
    other = ProcessReader(child(_STAY).pid)
    with socket.create_server(("127.0.0.1", 0)) as mine:
        port = mine.getsockname()[1]
        assert ProcessReader(os.getpid()).listens(port) is True
        assert other.listens(port) is False
    assert ProcessReader(listener.pid).listens(port) is None, "nothing listens there any more"


def test_no_such_process() -> None:
    with pytest.raises(MeasureError, match="no process 4194304 on this machine"):
        ProcessReader(4_194_304)


def test_a_process_that_ends_while_it_is_read(child: Child) -> None:
    popen = child(_STAY)
    reader = ProcessReader(popen.pid)
    popen.kill()
    popen.wait()
    with pytest.raises(MeasureError, match=f"Process {popen.pid} .* ended while it was being measured"):
        read(reader)


def test_a_process_of_another_user(monkeypatch: pytest.MonkeyPatch, child: Child) -> None:
    pid = child(_STAY).pid

    def refused(_path: object) -> list[str]:
        raise PermissionError

    monkeypatch.setattr(process.os, "listdir", refused)
    with pytest.raises(MeasureError, match=r"belongs to another user.*--metrics"):
        ProcessReader(pid)


def test_elsewhere_than_on_linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process.sys, "platform", "darwin")
    with pytest.raises(MeasureError, match=r"only Linux has.*--metrics"):
        ProcessReader(os.getpid())
