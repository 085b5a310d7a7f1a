"""How a Node server is asked what lives in its heap; a real one is asked in the lab."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from pulumi_kubernetes_mcp.measuring import v8
from pulumi_kubernetes_mcp.measuring.v8 import Heap, heap

MIB = 2**20


async def _answering(node: Heap, name: str, answers: Sequence[str]) -> asyncio.Server:
    """A process that says one answer after the other, and the last one for ever."""
    left = list(answers)

    async def say(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write((left.pop(0) if len(left) > 1 else left[0]).encode())
        writer.close()

    directory = Path(node.environment({})["MCP_STACK_MEASURE"])
    return await asyncio.start_unix_server(say, str(directory / name))


def used(mib: float, external: float = 0) -> str:
    return json.dumps({"rss": 1, "heapUsed": mib * MIB, "external": external * MIB})


def live(processes: dict[str, Sequence[str]]) -> float | None:
    async def run() -> float | None:
        with heap() as node:
            servers = [await _answering(node, name, answers) for name, answers in processes.items()]
            try:
                assert node.descriptors() == len(processes)
                return await node.live_mib()
            finally:
                for server in servers:
                    server.close()

    return asyncio.run(run())


def test_nothing_answers_where_there_is_no_node() -> None:
    assert live({}) is None


def test_the_heaps_of_all_processes_with_what_hangs_on_them() -> None:
    assert live({"10": [used(20, 1)], "11": [used(5)]}) == pytest.approx(26)


def test_what_finalizers_let_go_of_later_is_waited_for() -> None:
    assert live({"10": [used(24), used(23), used(23.0), used(22.5), used(21), used(21)]}) == pytest.approx(21)


def test_a_heap_that_never_stands_still_has_an_end() -> None:
    assert live({"10": [used(100 - number) for number in range(90)]}) == pytest.approx(100 - v8._MOST_COLLECTIONS)


def test_what_is_no_answer_is_none() -> None:
    assert live({"10": ["<html>"], "11": ["[]"], "12": [""]}) is None
    assert live({"10": ["<html>"], "11": [used(5)]}) == pytest.approx(5)


def test_the_environment_keeps_what_node_was_told_before() -> None:
    with heap() as node:
        made = node.environment({"NODE_OPTIONS": "--max-old-space-size=200", "PATH": "/bin"})
        assert made["NODE_OPTIONS"].startswith("--max-old-space-size=200 --require ")
        assert made["PATH"] == "/bin"
        script = json.loads(made["NODE_OPTIONS"].rpartition(" --require ")[2])
        assert Path(script).read_text().startswith("'use strict';")
    assert not Path(script).exists()
