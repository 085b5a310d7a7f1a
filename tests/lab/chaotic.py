"""What ``mcp-stack chaos`` is done to in the lab: three reference servers behind HAProxy, and the command itself."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .network import Network, address_of, await_port, inside
from .processes import LOOPBACK, Process, free_port, program, running
from .reference import SOURCE

ROOT = Path(__file__).resolve().parents[2]
SERVERS = 3
BALANCER = """\
global
  maxconn 200
defaults
  mode http
  timeout connect 1s
  timeout client 60s
  timeout server 60s
  timeout check 500ms
  retries 3
  {redispatch}
frontend mcp
  bind 127.0.0.1:{port}
  default_backend servers
backend servers
  balance roundrobin
  {affinity}
  {check}
{servers}
"""
AFFINITY = """\
stick-table type string len 64 size 10k expire 30m
  stick match hdr(mcp-session-id)
  stick store-response res.hdr(mcp-session-id)"""
CHECK = "option httpchk GET /livez"
SHORT = ("--before", "2", "--recover", "20", "--clients", "4", "--rate", "4", "--timeout", "2", "--yes", "--json")
WRITE = ("--tool", "write", "--arguments", '{"text": "{call}"}')


@dataclass(frozen=True)
class Lab:
    """What runs, and where clients call."""

    servers: Sequence[tuple[Process, int]]
    url: str
    folder: Path
    network: Network | None = None

    def pids(self, zones: Sequence[str] = ()) -> list[str]:
        """The options that name the processes."""
        marks = [f"@{zone}" for zone in zones] or [""] * len(self.servers)
        words = []
        for number, ((process, port), mark) in enumerate(zip(self.servers, marks, strict=True)):
            words += ["--pid", f"{process.popen.pid}{mark}"]
            words += ["--direct", f"http://{address_of(self.network, number)}:{port}/mcp"]
        return words

    def states(self) -> list[str]:
        """Of each process what the kernel says: R and S run, T stands still, Z has ended."""
        return [state(process.popen.pid) for process, _ in self.servers]


def state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "gone"


@contextlib.contextmanager
def lab(
    folder: Path,
    app: str,
    environment: Mapping[str, str],
    *,
    affinity: str = AFFINITY,
    checked: bool = True,
    network: Network | None = None,
) -> Iterator[Lab]:
    """Three servers of an application behind a balancer, each in a network of its own where there is one."""
    with contextlib.ExitStack() as stack:
        servers = []
        for number in range(SERVERS):
            port, host = free_port(), address_of(network, number)
            variables = {
                "UVICORN_HOST": host,
                "UVICORN_PORT": str(port),
                "MCP_ALLOWED_HOSTS": "*",
                "PYTHONPATH": str(SOURCE),
                "PYTHONDONTWRITEBYTECODE": "1",
                **environment,
            }
            command = [*inside(network, number), sys.executable, "-m", "uvicorn", app]
            place = Path(__file__).parent / "servers"
            process = stack.enter_context(
                running(f"server-{port}", command, folder=folder, cwd=place, environment=variables)
            )
            servers.append((process, port))
        for process, port in servers:
            await_port(process, port)
        port = free_port()
        check = " check inter 300ms fall 2 rise 1" if checked else ""
        configuration = folder / "haproxy.cfg"
        configuration.write_text(
            BALANCER.format(
                port=port,
                affinity=affinity,
                redispatch="option redispatch 1" if checked else "no option redispatch",
                check=CHECK if checked else "",
                servers="".join(
                    f"  server s{at} {address_of(network, number)}:{at}{check}\n"
                    for number, (_, at) in enumerate(servers)
                ),
            )
        )
        words = [*inside(network), program("haproxy", "haproxy"), "-db", "-f", str(configuration)]
        await_port(stack.enter_context(running("haproxy", words, folder=folder)), port)
        yield Lab(servers, f"http://{LOOPBACK}:{port}/mcp", folder, network)


def begun(folder: Path, *words: str, network: Network | None = None) -> subprocess.Popen[str]:
    """The command in a folder of its own."""
    variables = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT / "components")}
    return subprocess.Popen(
        [*inside(network), sys.executable, "-m", "pulumi_kubernetes_mcp.cli", "chaos", *words],
        cwd=folder,
        env={**variables, "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def chaos(folder: Path, *words: str, status: int, network: Network | None = None) -> dict[str, Any]:
    """Run it to its end; its result. Nothing of it is left to be undone."""
    process = begun(folder, *words, network=network)
    try:
        output, errors = process.communicate(timeout=180)
    finally:
        process.kill()
    assert "Traceback" not in errors, errors
    assert process.returncode == status, f"{output}\n{errors}"
    assert not (folder / "mcp-chaos-undo.sh").exists()
    found: dict[str, Any] = json.loads(output)
    return found


def of(found: dict[str, Any], era: str) -> dict[str, Any]:
    """What it cost the clients of an era."""
    return next(one for one in found["eras"] if one["era"] == era)


def failed(found: dict[str, Any]) -> list[tuple[str, str]]:
    """The expectations that do not hold."""
    return [(one["of"], one["expected"]) for one in found["expectations"] if not one["passed"]]


def told(found: dict[str, Any]) -> str:
    """One line of figures for the note."""
    words = [
        f"{one['era']}: {one['callsLost']} of {one['calls']} calls"
        + (f", {one['sessionsLost']} of {one['sessions']} sessions" if "sessions" in one else "")
        + f", again after {one['recoveredSeconds']} s"
        for one in found["eras"]
    ]
    return f"{found['experiment']}: {'; '.join(words)}"
