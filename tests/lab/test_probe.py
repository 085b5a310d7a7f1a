"""The probe against servers on the real SDKs: what it finds, that nothing stays there, and that its memory is flat."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import tracemalloc
import urllib.request
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from pulumi_kubernetes_mcp.eras import Era
from pulumi_kubernetes_mcp.probe.expectation_file import expectation_text, parse_expectation
from pulumi_kubernetes_mcp.probe.reasons import Reason
from pulumi_kubernetes_mcp.probe.round import Round
from pulumi_kubernetes_mcp.probe.run import probe
from pulumi_kubernetes_mcp.probe.trust import trust
from pulumi_kubernetes_mcp.probe.watched import Call, Check, Expectation, Watched

from . import gallery
from .conftest import Note
from .gallery import Reply, Request, Server, legacy, modern, reply, serving
from .processes import LOOPBACK, free_port, running
from .servers.environments import FASTMCP, GO, GO_STATELESS, PYTHON_V1, PYTHON_V2, TYPESCRIPT_V1, TYPESCRIPT_V2, Sdk

ROUNDS = int(os.environ.get("LAB_PROBE_ROUNDS", "600"))
PARTS = 4
GROWTH_BYTES = 40
"""What a round may leave behind: an object of Python alone takes more, and a round makes thousands."""
TOOLS = ["burn", "pause", "sized", "trivial"]
CALL = Call("trivial", {"text": "a"})


def rounds(url: str, wanted: list[dict[str, Any]]) -> list[Round]:
    context = trust()

    async def run() -> list[Round]:
        return [await probe(Watched(url=url, name="lab", **one), context) for one in wanted]

    return asyncio.run(run())


def sessions_at(port: int) -> int:
    """How many sessions the server itself counts."""
    with urllib.request.urlopen(f"http://{LOOPBACK}:{port}/sessions", timeout=10) as answer:
        return int(answer.read())


@pytest.mark.parametrize(
    "sdk",
    [PYTHON_V2, PYTHON_V1, FASTMCP, TYPESCRIPT_V1, TYPESCRIPT_V2, GO, GO_STATELESS],
    ids=lambda sdk: "-".join((sdk.name, *sdk.environment)),
)
def test_every_era_of_every_sdk_and_nothing_stays(sdk: Sdk, tmp_path: Path) -> None:
    port = free_port()
    command = sdk.command()
    environment = {"PORT": str(port), "PYTHONDONTWRITEBYTECODE": "1", **sdk.environment}
    eras = [Era(era) for era in sdk.eras]
    with running("server", command, folder=tmp_path, environment=environment) as process:
        process.wait_for_port(port)
        url = f"http://{LOOPBACK}:{port}/mcp"
        found, *each, all_of_them = rounds(
            url,
            [
                {},
                *({"eras": (era,), "affinity": 2, "call": CALL} for era in eras),
                {"eras": tuple(eras), "checks": frozenset({Check.HOST})},
            ],
        )
        expectation = parse_expectation(expectation_text(found), "written", strict=True)
        broken = Expectation({**expectation.tools, "gone": {}}, strict=True)
        same, drifted, refused = rounds(
            url,
            [
                {"expectation": expectation},
                {"expectation": broken},
                {"eras": (Era.LEGACY_STATELESS if Era.LEGACY_STATEFUL in eras else Era.LEGACY_STATEFUL,)},
            ],
        )
        left = sessions_at(port) if sdk is not TYPESCRIPT_V2 else 0

    assert [one.reason for one in (found, *each, same)] == [None] * (len(each) + 2), found.sentence
    assert [era for one in each for era in one.seen.eras] == eras
    assert found.seen.eras == eras[:1]
    assert sorted(found.seen.tools or {}) == TOOLS
    assert (drifted.reason, drifted.seen.drift and drifted.seen.drift.breaking) == (Reason.SCHEMA_DRIFT, ("gone",))
    assert refused.reason is Reason.WRONG_ERA
    # The Python servers here check Host, TypeScript v1 does with its Express helper, Go at a loopback address; the
    # others leave it to the edge.
    guarded = sdk in (PYTHON_V2, PYTHON_V1, TYPESCRIPT_V1, GO, GO_STATELESS)
    assert all_of_them.reason is (None if guarded else Reason.HOST_ACCEPTED), all_of_them.sentence
    assert left == 0
    for one in (found, *each, all_of_them, same, drifted, refused):
        assert one.seen.sessions_opened == one.seen.sessions_ended
    assert sum(one.seen.sessions_opened for one in each) == (2 if Era.LEGACY_STATEFUL in eras else 0)


@pytest.mark.parametrize("sdk", [PYTHON_V1, PYTHON_V2, GO], ids=lambda sdk: sdk.name)
def test_http_and_sse(sdk: Sdk, tmp_path: Path) -> None:
    port = free_port()
    environment = {"PORT": str(port), "MCP_TRANSPORT": "sse", "PYTHONDONTWRITEBYTECODE": "1"}
    with running("server", sdk.command(), folder=tmp_path, environment=environment) as process:
        process.wait_for_port(port)
        one, other = rounds(f"http://{LOOPBACK}:{port}/sse", [{"call": CALL}, {"eras": (Era.MODERN,)}])
    assert one.reason is None, one.sentence
    assert (one.seen.eras, one.seen.versions) == ([Era.SSE], ["2024-11-05"])
    assert sorted(one.seen.tools or {}) == TOOLS
    assert one.seen.sessions_ended == one.seen.sessions_opened == 1
    assert other.reason is Reason.WRONG_ERA


def test_memory_is_flat_over_many_rounds_of_every_kind(note: Note) -> None:
    """Good ones, and those that break off in the middle: what a round allocates goes with it."""

    async def broken(server: Server, request: Request, writer: asyncio.StreamWriter) -> Reply:
        return reply(503, {"error": "draining"}, Retry_After="5")

    kinds: list[Callable[..., Any]] = [
        modern(),
        legacy(),
        modern(tools_list=broken),
        legacy(tools_list=gallery.cut(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{")),
    ]

    async def run() -> tuple[list[int], int, set[Reason | None]]:
        context, reasons, sizes = trust(), set[Reason | None](), list[int]()
        async with contextlib.AsyncExitStack() as stack:
            servers = [await stack.enter_async_context(serving(handler)) for handler in kinds]
            for _ in range(PARTS):
                for _ in range(ROUNDS // PARTS // len(kinds)):
                    for server in servers:
                        reasons.add((await probe(Watched(url=server.url(), name="lab"), context)).reason)
                        server.requests.clear()
                # What is left of a connection is the task of the server that served it, which ends a moment later.
                await asyncio.sleep(0.1)
                gc.collect()
                sizes.append(tracemalloc.get_traced_memory()[0])
            assert not any(server.sessions for server in servers)
        return sizes, len(asyncio.all_tasks()), reasons

    tracemalloc.start()
    try:
        sizes, tasks, reasons = asyncio.run(run())
    finally:
        tracemalloc.stop()
    # What is made once, by whatever thread, is in one part; what a round leaves is in each.
    left = min(after - before for before, after in pairwise(sizes[1:])) / (ROUNDS // PARTS)
    note(f"{left:.1f} bytes are left of a round")
    assert left < GROWTH_BYTES
    assert tasks == 1
    assert reasons == {None, Reason.DRAINING, Reason.CLOSED}
