"""What a look at the memory between two readings makes of them."""

from __future__ import annotations

import asyncio

import pytest

from pulumi_kubernetes_mcp.measuring import watch as watching
from pulumi_kubernetes_mcp.measuring.readers import Reading
from pulumi_kubernetes_mcp.measuring.watch import Point, Watch


class Scripted:
    """A server whose memory goes through these figures, one at each look."""

    source, name = "process", "scripted"

    def __init__(self, *memory: float) -> None:
        self.memory = list(memory)

    def glance(self) -> float:
        return self.memory.pop(0) if len(self.memory) > 1 else self.memory[0]

    async def read(self) -> Reading:
        return Reading(memory_mib=self.glance(), descriptors=12, cpu_seconds=1.0, processes=1)


def test_a_point_has_the_memory_at_rest_and_the_peak_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "SETTLE_SECONDS", 0.001)
    watch = Watch(Scripted(70, 95, 80, 72, 72.05, 71, 73, 73.05, 73))
    assert (watch.glance(), watch.glance()) == (70, 95)

    async def points() -> list[Point]:
        return [await watch.point(sessions) for sessions in (8, 40)]

    at_rest, later = asyncio.run(points())
    assert at_rest == Point(sessions=8, memory_mib=71, peak_mib=95, descriptors=12)
    # The next peak begins anew, and the highest of all stays.
    assert later == Point(sessions=40, memory_mib=73, peak_mib=73.05, descriptors=12)
    assert watch.highest_mib == 95
