"""Networks of a test's own, as pods have them: a namespace for whoever calls, and one for each server.

They have no way to the network of the machine. Needs root, and the kernel's namespaces.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.missing import leave_out

from .processes import LOOPBACK, Process, program, wait_until

NOBODY = "02:00:00:00:00:00"
"""A hardware address that no device has."""


@dataclass(frozen=True)
class Network:
    """A namespace that callers are in, with a line to each of the others."""

    name: str
    ip: str

    def inside(self, number: int | None = None) -> list[str]:
        """What runs a program in one of them; without a number where callers are."""
        return [self.ip, "netns", "exec", self.of(number)]

    def of(self, number: int | None = None) -> str:
        """The name of a namespace."""
        return self.name if number is None else f"{self.name}-{number}"

    def dropping(self, number: int) -> tuple[str, str]:
        """Commands that drop all packets from and to one of them without a word, and that let them through again."""
        ends = ((self.of(), f"pod{number}", address(number)), (self.of(number), "eth0", gateway(number)))
        drop = [f"{self.ip} -n {of} neigh replace {to} lladdr {NOBODY} dev {at} nud permanent" for of, at, to in ends]
        again = [f"{self.ip} -n {of} neigh del {to} dev {at}" for of, at, to in ends]
        return tuple(f"sh -c {shlex.quote(' && '.join(words))}" for words in (drop, again))  # type: ignore[return-value]


def address(number: int) -> str:
    """Of a server, in the block that is kept for tests of networks (RFC 2544)."""
    return f"198.18.{number}.2"


def gateway(number: int) -> str:
    """Of the callers, as that server sees them."""
    return f"198.18.{number}.1"


def address_of(network: Network | None, number: int) -> str:
    """Where a server listens."""
    return LOOPBACK if network is None else address(number)


def inside(network: Network | None, number: int | None = None) -> Sequence[str]:
    """What runs a program in a namespace, if there are any."""
    return () if network is None else network.inside(number)


@contextlib.contextmanager
def networks(count: int) -> Iterator[Network]:
    """Namespaces with a line to each of so many servers, removed at the end."""
    ip = program("ip", "iproute2")
    one = Network(f"mcp-lab-{os.getpid()}", ip)
    made: list[str] = []
    try:
        for name in (one.of(), *(one.of(number) for number in range(count))):
            if subprocess.run([ip, "netns", "add", name], check=False, capture_output=True).returncode:
                leave_out("missing: the right to make network namespaces (ip netns)")
            made.append(name)
            _ip(ip, "-n", name, "link", "set", "lo", "up")
        for number in range(count):
            peer = ("peer", "name", "eth0", "netns", one.of(number))
            _ip(ip, "-n", one.of(), "link", "add", f"pod{number}", "type", "veth", *peer)
            for name, device, at in ((one.of(), f"pod{number}", gateway), (one.of(number), "eth0", address)):
                _ip(ip, "-n", name, "addr", "add", f"{at(number)}/30", "dev", device)
                _ip(ip, "-n", name, "link", "set", device, "up")
        yield one
    finally:
        for name in made:
            subprocess.run([ip, "netns", "del", name], check=False, capture_output=True)


def _ip(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)


def await_port(process: Process, port: int, seconds: float = 60) -> None:
    """Wait until a process listens, in whatever network it is: no connection is made."""

    def ready() -> bool:
        if not process.running():
            raise AssertionError(f"{process.name} ended with {process.popen.returncode}:\n{process.output()}")
        lines = Path(f"/proc/{process.popen.pid}/net/tcp").read_text().splitlines()[1:]
        return any(row.split()[1].endswith(f":{port:04X}") and row.split()[3] == "0A" for row in lines)

    wait_until(ready, seconds=seconds, what=f"{process.name} on port {port}")
