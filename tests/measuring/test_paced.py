"""The pace that is raised to half a core, and what a call costs at it: a server with a CPU and a clock made up."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest

from pulumi_kubernetes_mcp.measuring import paced
from pulumi_kubernetes_mcp.measuring.clients import Recorded
from pulumi_kubernetes_mcp.measuring.paced import NEAR_MILLICORES, Paced, Pacer
from pulumi_kubernetes_mcp.measuring.readers import Reading
from pulumi_kubernetes_mcp.measuring.watch import Watch


class Clock(asyncio.SelectorEventLoop):
    """A loop whose time is that of the next thing to come, so that nothing waits and no machine is too slow."""

    now = 0.0

    def time(self) -> float:
        return self.now

    def _run_once(self) -> None:
        waiting: Any = self
        if not waiting._ready and waiting._scheduled:
            self.now = max(self.now, waiting._scheduled[0]._when)
        super()._run_once()  # type: ignore[misc]


class Told:
    """A server that takes so much CPU for a call, and so much when idle; and the reader of it."""

    source = "process"
    name = "a server"

    def __init__(
        self, *, milliseconds: float, idle_millicores: float = 0, most_per_second: float = 1e9, takes: float = 0.01
    ) -> None:
        self.milliseconds, self.idle, self.most, self.takes = milliseconds, idle_millicores, most_per_second, takes
        self.ids: list[str] = []
        self.clock = Clock()
        self._times: list[float] = []

    async def answer(self, request: httpx2.Request) -> httpx2.Response:
        body, now = json.loads(request.content), self.clock.now
        self._times = [at for at in self._times if at > now - 0.25] + [now]
        busy = len(self._times) > self.most * 0.25
        await asyncio.sleep(self.takes)
        self.ids.append(body["id"])
        return httpx2.Response(200, json={"jsonrpc": "2.0", "id": body["id"], "result": {"isError": busy}})

    async def read(self) -> Reading:
        return Reading(50.0, 9, self.milliseconds / 1000 * len(self.ids) + self.idle / 1000 * self.clock.now, 1)

    def glance(self) -> float | None:
        return 50.0


def cost(server: Told, monkeypatch: pytest.MonkeyPatch, *, first_milliseconds: float, callers: int = 2) -> Paced | None:
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "look", "arguments": {}}}
    recorded = Recorded("http://mcp.example.com/mcp", (("Content-Type", "application/json"),), body)
    client = partial(httpx2.AsyncClient, transport=httpx2.MockTransport(server.answer))
    monkeypatch.setattr(paced, "time", SimpleNamespace(monotonic=server.clock.time))
    monkeypatch.setattr(paced.httpx2, "AsyncClient", client)
    with asyncio.Runner(loop_factory=lambda: server.clock) as runner:
        return runner.run(
            Pacer(Watch(server), [recorded], loopback=True).cost(
                first_milliseconds=first_milliseconds,
                latency_seconds=server.takes,
                idle_millicores=server.idle,
                callers=callers,
                seconds=0.4,
            )
        )


def test_a_call_costs_what_it_takes_without_the_idle_process_and_the_pace_is_raised_to_half_a_core(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Alone a call seems to take 20 ms, which is 25 a second; at 5 ms half a core is 100 a second."""
    server = Told(milliseconds=5, idle_millicores=100)
    found = cost(server, monkeypatch, first_milliseconds=20)
    assert found is not None
    assert found.milliseconds == pytest.approx(5, rel=0.1)
    assert found.millicores > NEAR_MILLICORES
    assert found.millicores == pytest.approx(5 * found.per_second + 100, rel=0.1)
    assert found.limit == ""
    assert len(set(server.ids)) == len(server.ids), "each call has an id of its own"


def test_a_server_that_fails_when_more_comes_is_measured_at_the_pace_that_it_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """20 calls a second of 4 ms are 80 millicores; the next pace would be four times as many, and it refuses 50."""
    server = Told(milliseconds=4, most_per_second=50)
    found = cost(server, monkeypatch, first_milliseconds=25)
    assert found is not None
    assert found.milliseconds == pytest.approx(4, rel=0.2)
    assert found.per_second < 30
    assert found.limit.startswith("a call failed when more came: HTTP 200")


@pytest.mark.grid
def test_a_tool_that_takes_longer_than_a_step_is_raised_to_half_a_core_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """60 calls a second of 4 ms are 240 millicores, in a step of a third of a second, which no answer comes in."""
    server = Told(milliseconds=4, takes=0.5)
    found = cost(server, monkeypatch, first_milliseconds=8, callers=30)
    assert found is not None
    assert found.limit == ""
    assert found.millicores > NEAR_MILLICORES
