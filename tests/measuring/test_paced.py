"""The pace that is raised to half a core, and what a call costs at it: against a server whose CPU is made up."""

from __future__ import annotations

import asyncio
import json
import threading
import time

import pytest

from pulumi_kubernetes_mcp.measuring.clients import Recorded
from pulumi_kubernetes_mcp.measuring.paced import NEAR_MILLICORES, Paced, Pacer
from pulumi_kubernetes_mcp.measuring.readers import Reading
from pulumi_kubernetes_mcp.measuring.watch import Watch

from .conftest import Answer, Asked, Serve


class Told:
    """A server that takes so much CPU for a call, and so much when idle; and the reader of it."""

    source = "process"
    name = "a server"

    def __init__(
        self, *, milliseconds: float, idle_millicores: float = 0, most_per_second: float = 1e9, takes: float = 0
    ) -> None:
        self.milliseconds, self.idle, self.most, self.takes = milliseconds, idle_millicores, most_per_second, takes
        self.start = time.monotonic()
        self.ids: list[str] = []
        self.busy = False
        """Whether it has refused a call."""
        self._lock = threading.Lock()
        self._times: list[float] = []

    def __call__(self, asked: Asked) -> Answer:
        body = json.loads(asked.body)
        with self._lock:
            now = time.monotonic()
            self._times = [at for at in self._times if at > now - 0.25] + [now]
            busy = len(self._times) > self.most * 0.25
            self.busy |= busy
        time.sleep(self.takes)
        with self._lock:
            self.ids.append(body["id"])
        return 200, "application/json", json.dumps({"jsonrpc": "2.0", "id": body["id"], "result": {"isError": busy}})

    async def read(self) -> Reading:
        idle = self.idle / 1000 * (time.monotonic() - self.start)
        return Reading(50.0, 9, self.milliseconds / 1000 * len(self.ids) + idle, 1)

    def glance(self) -> float | None:
        return 50.0


def cost(
    server: Told, url: str, *, first_milliseconds: float, latency_seconds: float, callers: int = 2
) -> Paced | None:
    """What is found; where this machine stood still, and not the server, it is asked again, three times at most."""
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "look", "arguments": {}}}
    pacer = Pacer(Watch(server), [Recorded(url, (("Content-Type", "application/json"),), body)], loopback=True)
    for _ in range(3):
        found = asyncio.run(
            pacer.cost(
                first_milliseconds=first_milliseconds,
                latency_seconds=latency_seconds,
                idle_millicores=server.idle,
                callers=callers,
                seconds=0.4,
            )
        )
        if found is not None and (not found.limit or server.busy):
            break
    return found


def test_a_call_costs_what_it_takes_without_the_idle_process_and_the_pace_is_raised_to_half_a_core(
    serve: Serve,
) -> None:
    """Alone a call seems to take 20 ms, which is 25 a second; at 5 ms half a core is 100 a second."""
    server = Told(milliseconds=5, idle_millicores=100)
    found = cost(server, serve(server), first_milliseconds=20, latency_seconds=0.01)
    assert found is not None
    assert found.milliseconds == pytest.approx(5, rel=0.1)
    assert found.millicores > NEAR_MILLICORES
    assert found.millicores == pytest.approx(5 * found.per_second + 100, rel=0.1)
    assert found.limit == ""
    assert len(set(server.ids)) == len(server.ids), "each call has an id of its own"


def test_a_server_that_fails_when_more_comes_is_measured_at_the_pace_that_it_answered(serve: Serve) -> None:
    """20 calls a second of 4 ms are 80 millicores; the next pace would be four times as many, and it refuses 50."""
    server = Told(milliseconds=4, most_per_second=50)
    found = cost(server, serve(server), first_milliseconds=25, latency_seconds=0.01)
    assert found is not None
    assert found.milliseconds == pytest.approx(4, rel=0.2)
    assert found.per_second < 30
    assert found.limit.startswith("a call failed when more came: HTTP 200")


def test_a_tool_that_takes_longer_than_a_step_is_raised_to_half_a_core_too(serve: Serve) -> None:
    """60 calls a second of 4 ms are 240 millicores, in a step of a third of a second, which no answer comes in."""
    server = Told(milliseconds=4, takes=0.5)
    found = cost(server, serve(server), first_milliseconds=8, latency_seconds=0.5, callers=30)
    assert found is not None
    assert found.limit == ""
    assert found.millicores > NEAR_MILLICORES
