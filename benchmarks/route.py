"""What the route through the edge costs a call: `scripts/lab-python -m benchmarks.route`, in the lab's environment.

The objects of McpIngress, translated by Envoy Gateway's own translator, in a real Envoy before three reference servers
(:mod:`tests.lab.envoy`), without TLS. The same call goes to a pod directly and through Envoy, in turns, so that
whatever else the machine does meets both. Two minutes.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks import page
from tests.lab.envoy import Envoy, Way, configuration, envoy, platform, translated
from tests.lab.reference import Server, post_call, reference_server
from tests.lab.sessions import address, opened

HEADING = "## The route against direct access"
PODS = 3
ROUNDS, CALLS = 10, 200
"""Of each way: ten turns of two hundred calls."""
AT_ONCE = (1, 8)
"""Clients with a connection of their own, each of which has one call at a time."""
MODERN, SESSIONS = Way(name="modern"), Way(name="sessions", affinity="envelope")
Call = Callable[[], Awaitable[Any]]


@dataclass(frozen=True)
class Measured:
    """Times of the calls of one way, in milliseconds, in order of size."""

    times: tuple[float, ...]

    def percentile(self, share: float) -> float:
        """The time within which that share of the calls was answered."""
        return self.times[min(len(self.times) - 1, int(share * len(self.times)))]


def main() -> None:
    """Measure both eras at each concurrency, one after the other."""
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as name, _route(Path(name)) as (pods, proxy):
        direct = [pod.base for pod in pods]
        found = [
            (what, clients, *asyncio.run(compared(direct, [proxy.url(way.name, "")], clients, calls)))
            for what, way, calls in (
                ("modern call", MODERN, modern_call),
                ("call in a session, `envelope`", SESSIONS, session_call),
            )
            for clients in AT_ONCE
        ]
    page.write(section(found, before))


@contextmanager
def _route(folder: Path) -> Iterator[tuple[list[Server], Envoy]]:
    """Three pods behind an Envoy that has both ways."""
    ways = (MODERN, SESSIONS)
    objects = [*platform(folder), *(one for way in ways for one in way.objects())]
    whole, planned = configuration(translated(objects, folder), ways, folder)
    with ExitStack() as stack:
        pods = [stack.enter_context(reference_server(folder)) for _ in range(PODS)]
        proxy = stack.enter_context(envoy(whole, planned, folder))
        for way in ways:
            proxy.pods[way.name].become({pod.port: "UNKNOWN" for pod in pods})
        yield pods, proxy


async def modern_call(stack: AsyncExitStack, base: str) -> Call:
    """A modern `tools/call` on a connection of its own."""
    client = await stack.enter_async_context(address(base))
    return lambda: post_call(client, "echo", {"text": "x"})


async def session_call(stack: AsyncExitStack, base: str) -> Call:
    """A `tools/call` in a session of its own."""
    session = await opened(await stack.enter_async_context(address(base)))
    stack.push_async_callback(session.end)
    return lambda: session.call("echo", text="x")


async def compared(
    direct: Sequence[str], routed: Sequence[str], clients: int, calls: Callable[[AsyncExitStack, str], Awaitable[Call]]
) -> tuple[Measured, Measured]:
    """Directly and through the route, in turns.

    :param direct: the pods, to which the clients are dealt as the route deals them.
    """
    async with AsyncExitStack() as stack:
        ends = [[await calls(stack, bases[one % len(bases)]) for one in range(clients)] for bases in (direct, routed)]
        times: tuple[list[float], list[float]] = ([], [])
        for number in range(-1, ROUNDS):
            for way, of in zip(times, ends, strict=True):
                taken = await asyncio.gather(*(_times(call, CALLS // clients) for call in of))
                # The first turn warms both, and is not counted.
                way += [one for client in taken for one in client] if number >= 0 else []
    return Measured(tuple(sorted(times[0]))), Measured(tuple(sorted(times[1])))


async def _times(call: Call, count: int) -> list[float]:
    found = []
    for _ in range(count):
        start = time.perf_counter()
        answer = await call()
        found.append((time.perf_counter() - start) * 1000)
        assert answer.status_code == 200, answer.text
    return found


def section(found: list[tuple[str, int, Measured, Measured]], load: float) -> list[str]:
    """The lines of the page."""
    rows = []
    for what, clients, direct, routed in found:
        cells = [(direct.percentile(share), routed.percentile(share)) for share in (0.5, 0.99)]
        figures = " | ".join(f"{one:.2f} | {other:.2f} | {other - one:+.2f}" for one, other in cells)
        rows.append(f"| {what} | {clients} | {figures} |")
    return [
        HEADING,
        "",
        f"Written by `scripts/lab-python -m benchmarks.route`, {date.today()}, load {load:.1f} at the start and "
        f"{os.getloadavg()[0]:.1f} at the end. Milliseconds from the request to the whole answer of a tool that does "
        f"nothing, over loopback and without TLS: to reference servers directly, and through a real Envoy with what "
        f"Envoy Gateway makes of our objects before the same {PODS}. {ROUNDS} turns of {CALLS} calls each way, after "
        f"one to warm; client, Envoy and servers share the machine.",
        "",
        "| what | clients | P50 direct | P50 route | more | P99 direct | P99 route | more |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
        *rows,
    ]


if __name__ == "__main__":
    main()
