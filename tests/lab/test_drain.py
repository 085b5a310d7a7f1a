"""The drain arithmetic of :func:`pulumi_kubernetes_mcp.protocol.derive`, to the second, on a real server.

The test is the kubelet: it waits ``pre_stop_seconds`` as the ``preStop.sleep`` of the pod would, sends
SIGTERM, and would send SIGKILL when ``grace_period_seconds`` have passed. All counts from the deletion.
"""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Awaitable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from pulumi_kubernetes_mcp.eras import (
    ENDPOINT_PROPAGATION_SECONDS,
    TERMINATION_MARGIN_SECONDS,
    Era,
    EraProfile,
    derive,
)

from .conftest import Note, Stall
from .processes import StillRunningError
from .reference import (
    MODERN,
    Server,
    call,
    gauge_becomes,
    http,
    listening,
    mcp_client,
    post_call,
    reference_server,
    text_of,
)

MARGIN = TERMINATION_MARGIN_SECONDS
EARLY = 1.0
"""The slowest calls begin this much before the last moment, so that a busy machine does not decide."""
CUT = 1.5
"""Uvicorn polls every 0.1 s and the SSE library every 0.5 s: an immediate end is seen within this time."""


def started(folder: Path, plan: EraProfile | None) -> Any:
    """The reference server with the graceful timeout of a plan, or without one."""
    if plan is None:
        return reference_server(folder)
    return reference_server(folder, {"UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN": str(plan.graceful_timeout_seconds)})


async def outcome(work: Awaitable[str]) -> tuple[str | BaseException, float]:
    """The result of a call or the error that ended it, and when."""
    try:
        result: str | BaseException = await work
    except Exception as error:
        result = error
    return result, time.monotonic()


async def until(moment: float) -> None:
    """Sleep until a monotonic time."""
    await asyncio.sleep(max(0.0, moment - time.monotonic()))


async def exit_time(server: Server, limit: float) -> float:
    """The monotonic time at which the process has ended."""
    await asyncio.to_thread(server.process.wait, limit)
    return time.monotonic()


@pytest.mark.parametrize(
    ("eras", "slowest"),
    [((Era.MODERN,), 4), ((Era.MODERN, Era.LEGACY_STATEFUL), 3)],
    ids=["modern", "modern+legacy-stateful"],
)
def test_deletion_of_a_pod_loses_no_call(
    tmp_path: Path, note: Note, stall: Stall, eras: tuple[Era, ...], slowest: int
) -> None:
    """The whole termination: proxies send until propagation ends, and the slowest calls begin at its end.

    With a legacy era the slowest legacy call begins just before the last proxy learns of the deletion, and
    must end before SIGTERM. The slowest modern call is in flight at SIGTERM with all its time to go. A
    listener stays open throughout.
    """
    plan = derive(eras, max_tool_seconds=slowest)

    async def scenario(server: Server) -> tuple[float, float, int]:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(listening(server.url))
            client = await stack.enter_async_context(http(server.base))
            modern = await _client(stack, server, MODERN)
            session = await _client(stack, server, "legacy") if Era.LEGACY_STATEFUL in eras else None
            deleted = time.monotonic()
            propagated = deleted + ENDPOINT_PROPAGATION_SECONDS
            sigterm = deleted + plan.pre_stop_seconds
            short = 0
            while time.monotonic() < propagated - EARLY:
                assert (await post_call(client, "echo", {"text": "still routed here"})).status_code == 200
                short += 1
                await asyncio.sleep(0.1)
            legacy = asyncio.create_task(outcome(_slept(session, slowest))) if session else None
            await until(sigterm - EARLY)
            last = asyncio.create_task(outcome(_slept(modern, slowest)))
            await until(sigterm)
            sent = server.process.send(signal.SIGTERM)
            ended = await exit_time(server, plan.graceful_timeout_seconds + MARGIN + stall())
            result, answered = await last
            assert result == f"slept {slowest} s"
            assert answered > sent, "the modern call was not in flight at SIGTERM, so it proves nothing"
            if legacy is not None:
                result, answered = await legacy
                assert result == f"slept {slowest} s"
                assert answered < sent
        return sent - deleted, ended - deleted, short

    with started(tmp_path, plan) as server:
        before, total, short = asyncio.run(scenario(server))
    planned = plan.pre_stop_seconds + plan.graceful_timeout_seconds + MARGIN
    assert planned <= plan.grace_period_seconds
    assert total <= planned + stall()
    note(
        f"{short} short calls and every slow one answered; SIGTERM at {before:.1f} s, exit at {total:.1f} s, "
        f"planned {planned} s, grace period {plan.grace_period_seconds} s"
    )


async def _client(stack: AsyncExitStack, server: Server, mode: str) -> Any:
    client = await stack.enter_async_context(mcp_client(server.url, mode))
    await client.list_tools()
    return client


async def _slept(client: Any, seconds: float) -> str:
    return text_of(await client.call_tool("sleep", {"seconds": seconds}))


def test_modern_call_in_flight_at_sigterm_finishes_and_then_the_process_ends(
    tmp_path: Path, note: Note, stall: Stall
) -> None:
    """Without a listener the process ends with its last call, well before the graceful timeout."""
    plan = derive([Era.MODERN], max_tool_seconds=6)

    async def scenario(server: Server) -> float:
        slow = asyncio.create_task(outcome(call(server.url, "sleep", {"seconds": 2})))
        async with http(server.base) as client:
            await gauge_becomes(client, "mcp_in_flight_calls", 1)
        sigterm = server.process.send(signal.SIGTERM)
        ended = await exit_time(server, plan.graceful_timeout_seconds + MARGIN)
        assert (await slow)[0] == "slept 2 s"
        return ended - sigterm

    with started(tmp_path, plan) as server:
        seconds = asyncio.run(scenario(server))
    assert seconds < 2 + CUT + stall()
    note(f"exit {seconds:.2f} s after SIGTERM for a call of 2 s and a graceful timeout of 6 s")


def test_listener_holds_the_process_for_the_graceful_timeout_and_no_longer(
    tmp_path: Path, note: Note, stall: Stall
) -> None:
    """A ``subscriptions/listen`` stream never ends by itself; the timeout ends it, and the client is told."""
    plan = derive([Era.MODERN], max_tool_seconds=3)

    async def scenario(server: Server) -> float:
        from mcp.client.subscriptions import SubscriptionLost

        async with mcp_client(server.url) as client, client.listen(tools_list_changed=True) as events:
            sigterm = server.process.send(signal.SIGTERM)
            ended = await exit_time(server, plan.graceful_timeout_seconds + MARGIN)
            with pytest.raises(SubscriptionLost):
                await anext(aiter(events))
        return ended - sigterm

    with started(tmp_path, plan) as server:
        seconds = asyncio.run(scenario(server))
    assert plan.graceful_timeout_seconds <= seconds <= plan.graceful_timeout_seconds + CUT + stall()
    note(f"exit {seconds:.2f} s after SIGTERM for a graceful timeout of {plan.graceful_timeout_seconds} s")


def test_without_the_timeout_one_listener_holds_the_process(tmp_path: Path) -> None:
    """The control: this is what the environment variable prevents, and why a plan always sets it."""

    async def scenario(server: Server) -> None:
        async with listening(server.url):
            server.process.send(signal.SIGTERM)
            with pytest.raises(StillRunningError):
                await exit_time(server, 8)

    with started(tmp_path, None) as server:
        asyncio.run(scenario(server))


def test_call_longer_than_the_graceful_timeout_is_cut(tmp_path: Path, note: Note, stall: Stall) -> None:
    """Why the graceful timeout is the slowest tool: a slower one gets HTTP 500 when the timeout is over."""
    plan = derive([Era.MODERN], max_tool_seconds=2)

    async def scenario(server: Server) -> float:
        async with http(server.base) as client, http(server.base) as other:
            slow = asyncio.create_task(post_call(client, "sleep", {"seconds": 20}))
            await gauge_becomes(other, "mcp_in_flight_calls", 1)
            sigterm = server.process.send(signal.SIGTERM)
            assert (await slow).status_code == 500
            return await exit_time(server, MARGIN) - sigterm

    with started(tmp_path, plan) as server:
        seconds = asyncio.run(scenario(server))
    assert plan.graceful_timeout_seconds <= seconds <= plan.graceful_timeout_seconds + CUT + stall()
    note(f"HTTP 500, exit {seconds:.2f} s after SIGTERM; graceful timeout {plan.graceful_timeout_seconds} s")


def test_legacy_call_in_flight_at_sigterm_is_cut_whatever_the_timeout(tmp_path: Path, note: Note, stall: Stall) -> None:
    """Why the pre-stop sleep of a legacy server holds the slowest tool: SIGTERM leaves it no time at all."""
    plan = derive([Era.MODERN, Era.LEGACY_STATEFUL], max_tool_seconds=10)

    async def scenario(server: Server) -> tuple[float, float]:
        slow = asyncio.create_task(outcome(call(server.url, "sleep", {"seconds": 5}, "legacy")))
        async with http(server.base) as client:
            # The session's GET stream is one, the call another request in flight.
            await gauge_becomes(client, "mcp_active_sse_connections", 1)
            await gauge_becomes(client, "mcp_in_flight_calls", 1)
        sigterm = server.process.send(signal.SIGTERM)
        result, answered = await slow
        assert isinstance(result, BaseException), result
        ended = await exit_time(server, MARGIN)
        return answered - sigterm, ended - sigterm

    with started(tmp_path, plan) as server:
        cut, ended = asyncio.run(scenario(server))
    assert cut < CUT + stall()
    note(f"legacy call cut {cut:.2f} s after SIGTERM, exit at {ended:.2f} s; graceful timeout was 10 s")


def test_idle_legacy_sessions_do_not_delay_the_end(tmp_path: Path, note: Note, stall: Stall) -> None:
    """Sessions with their GET stream open are cut at once: they delay no drain, and are all lost."""
    plan = derive([Era.MODERN, Era.LEGACY_STATEFUL], max_tool_seconds=10)

    async def scenario(server: Server) -> float:
        async with mcp_client(server.url, "legacy") as first, mcp_client(server.url, "legacy") as second:
            await first.list_tools()
            await second.list_tools()
            sigterm = server.process.send(signal.SIGTERM)
            return await exit_time(server, MARGIN) - sigterm

    with started(tmp_path, plan) as server:
        seconds = asyncio.run(scenario(server))
    assert seconds < 2 * CUT + stall()
    note(f"exit {seconds:.2f} s after SIGTERM with two idle sessions")
