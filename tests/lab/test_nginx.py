"""What our annotations of an nginx Ingress let through, in a real nginx that is told them: see ``nginx.py``.

Clocks run ``RATIO`` times as fast, as in ``test_envoy_clocks.py``: the tool of 90 s takes 4.5 s.
"""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from pathlib import Path

import pytest

from .conftest import Note
from .ingresses import (
    AT_ONCE_SECONDS,
    CALLS,
    CLIENTS,
    EVENTS,
    MIB,
    answered,
    broken,
    events,
    paused,
    posted,
    silent,
    stays_open,
    streaming,
)
from .nginx import Rule, nginx
from .reference import http, post_call, reference_server

RATIO = 20
TOOL_SECONDS, QUIET_SECONDS = 90 / RATIO, 120 / RATIO
"""Longer than the 60 s that ingress-nginx lets a server be silent."""
SILENT = {"max_tool_seconds": 120}
PODS = 3


def test_a_slow_and_silent_tool(tmp_path: Path, note: Note) -> None:
    """It completes by our annotations, and the default of ingress-nginx cuts it."""
    with ExitStack() as stack:
        port = stack.enter_context(silent(tmp_path))
        ours, default = Rule(name="ours", arguments=SILENT), Rule(name="default", annotated=False)
        bases = [stack.enter_context(nginx(rule, [port], tmp_path, RATIO)) for rule in (ours, default)]

        async def both() -> list[tuple[int, float]]:
            return list(await asyncio.gather(*(paused(base, TOOL_SECONDS) for base in bases)))

        (kept, took), (cut, after) = asyncio.run(both())
    note(
        f"tool of {TOOL_SECONDS * RATIO:.0f} s behind nginx: {kept} after {took * RATIO:.0f} s; by the default {cut} "
        f"after {after * RATIO:.0f} s (clocks by {RATIO})"
    )
    assert (kept, cut) == (200, 504)


def test_a_quiet_stream(tmp_path: Path) -> None:
    """Nothing is sent on it for two minutes: it stays open by our annotations, and the default ends it."""
    with ExitStack() as stack:
        port = stack.enter_context(streaming(tmp_path, PING_SECONDS="3600"))
        rules = (Rule(name="ours"), Rule(name="default", annotated=False))
        ours, default = (stack.enter_context(nginx(rule, [port], tmp_path, RATIO)) for rule in rules)

        async def both() -> tuple[bool, bool]:
            return tuple(await asyncio.gather(stays_open(ours, QUIET_SECONDS), stays_open(default, QUIET_SECONDS)))

        assert asyncio.run(both()) == (True, False)


def test_an_event_arrives_when_it_is_sent(tmp_path: Path, note: Note) -> None:
    """The one in the middle within 100 ms of being sent, so that no busy moment of the machine decides; the first of
    them long before the last one is sent."""
    with streaming(tmp_path) as port, nginx(Rule(name="events"), [port], tmp_path) as base:
        arrived = asyncio.run(events(base))
    late = sorted(seen - sent for sent, seen in arrived)
    note(f"{EVENTS} events through nginx: median {late[len(late) // 2] * 1000:.1f} ms, most {late[-1] * 1000:.1f} ms")
    assert len(arrived) == EVENTS
    assert arrived[0][1] < arrived[-1][0], "held back until the end"
    assert late[len(late) // 2] <= AT_ONCE_SECONDS, "an event waits"


def test_a_body_is_refused_in_one_place(tmp_path: Path) -> None:
    """One of 5 MiB reaches the server, one byte more is refused by nginx, with 413."""
    rule = Rule(name="bodies", arguments={"max_body": "5Mi"})
    with streaming(tmp_path) as port, nginx(rule, [port], tmp_path) as base:
        status, text = asyncio.run(posted(base, 5 * MIB))
        assert (status, "nginx" in text) == (400, False), "the server finds no JSON in it"
        status, text = asyncio.run(posted(base, 5 * MIB + 1))
        assert (status, "nginx" in text) == (413, True)


@pytest.mark.parametrize(("affinity", "kept"), [("source-ip", True), ("none", False)])
def test_who_keeps_its_session(affinity: str, kept: bool, tmp_path: Path, note: Note) -> None:
    """Clients of different addresses before three pods; each client's calls go one after the other."""
    with ExitStack() as stack:
        pods = [stack.enter_context(reference_server(tmp_path)).port for _ in range(PODS)]
        rule = Rule(name="kept", arguments={"affinity": affinity})
        base = stack.enter_context(nginx(rule, pods, tmp_path))
        found = asyncio.run(answered(base, "echo"))
    note(f"nginx, {affinity}: {sum(found)} of {CLIENTS * CALLS} calls in their session, {found}")
    assert all(one == CALLS for one in found) == kept


def test_a_call_that_a_pod_died_of_is_sent_to_no_other(tmp_path: Path) -> None:
    """A blind retry runs a tool twice. What changes nothing goes to the next pod."""
    with broken(PODS) as pods:
        ports = [pod.server_address[1] for pod in pods]
        with nginx(Rule(name="retries"), ports, tmp_path) as base:

            async def asked() -> tuple[int, int]:
                async with http(base) as client:
                    called = await post_call(client, "echo", {"text": "x"})
                    return called.status_code, (await client.get("/healthz")).status_code

            assert asyncio.run(asked()) == (502, 502)
        methods = [method for pod in pods for method in pod.methods]
    assert methods.count("POST") == 1
    assert methods.count("GET") == PODS
