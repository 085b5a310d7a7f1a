"""The timeouts of a rendered route in a real Envoy: what they let through, and what the defaults cut.

All clocks run ``RATIO`` times as fast: the slow tool of 40 s takes 2 s, a stream that nothing is sent on for 6 minutes
is open for 18 s, and the timeouts of Envoy's configuration are divided likewise, Envoy's own default of 15 s with them.
"""

from __future__ import annotations

import asyncio
import copy
import json
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack
from typing import Any

import pytest

from .conftest import Note
from .envoy import LISTENER, Envoy, Object, Way, configuration, envoy, manager_of, platform, translated
from .ingresses import AT_ONCE_SECONDS, EVENTS
from .processes import free_port, running
from .reference import ACCEPT, LEGACY, MODERN, http, modern_body, post_call, post_initialize
from .servers.environments import HERE, PYTHON_V2, TYPESCRIPT_V2

RATIO = 20
TOOL_SECONDS, QUIET_SECONDS, DEFAULT_SECONDS = 40 / RATIO, 360 / RATIO, 15 / RATIO
KEEPALIVE_SECONDS = 15 / RATIO
METADATA = "/.well-known/oauth-protected-resource/mcp"


def without_timeouts(objects: dict[str, Object]) -> None:
    """A route as most guides have it, with Envoy's own timeouts."""
    del objects["BackendTrafficPolicy"]
    for rule in objects["HTTPRoute"]["spec"]["rules"]:
        del rule["timeouts"]


SILENT = {"keepalive_seconds": 0, "max_tool_seconds": 60}
WAYS = [
    Way(name="silent", arguments=SILENT),
    Way(name="default", arguments=SILENT, change=without_timeouts),
    Way(name="stream", arguments={"keepalive_seconds": 15, "authorization": True}),
    Way(name="mute", arguments={"keepalive_seconds": 15}),
]
"""Servers without a sign of life before the answer, and servers with streams: with keep-alives and without any."""


def faster(whole: Object) -> None:
    """Every timeout of the configuration by the ratio; a route without one gets Envoy's default, by the ratio."""
    for listener in whole["staticResources"]["listeners"]:
        ((manager,),) = [[one["typedConfig"] for one in chain["filters"]] for chain in listener["filterChains"]]
        for host in manager["routeConfig"]["virtualHosts"]:
            for route in host["routes"]:
                action = route["route"]
                action["timeout"] = _divided(action.get("timeout", "15s"))
                if "idleTimeout" in action:
                    action["idleTimeout"] = _divided(action["idleTimeout"])


def _divided(duration: str) -> str:
    return f"{float(duration.removesuffix('s')) / RATIO:.3f}s"


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Object]]:
    """The translation, before any clock is changed."""
    folder = tmp_path_factory.mktemp("translated")
    return translated([*platform(folder), *(one for way in WAYS for one in way.objects())], folder)


@pytest.fixture(scope="module")
def proxy(found: dict[str, dict[str, Object]], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Envoy]:
    """Envoy with the translation and fast clocks, before servers of as fast ones."""
    folder = tmp_path_factory.mktemp("clocks")
    whole, planned = configuration(copy.deepcopy(found), WAYS, folder)
    faster(whole)
    streaming = [*PYTHON_V2.command()[:1], str(HERE / "streaming.py")]
    servers: dict[str, tuple[Sequence[str], dict[str, str]]] = {
        "silent": (TYPESCRIPT_V2.command(), {}),
        "stream": (streaming, {"PING_SECONDS": f"{KEEPALIVE_SECONDS}"}),
        "mute": (streaming, {"PING_SECONDS": "3600"}),
    }
    with ExitStack() as stack:
        ports = {name: free_port() for name in servers}
        started = {
            name: stack.enter_context(
                running(name, command, folder=folder, environment={"PORT": f"{ports[name]}", **more})
            )
            for name, (command, more) in servers.items()
        }
        for name, process in started.items():
            process.wait_for_port(ports[name], seconds=120)
        one = stack.enter_context(envoy(whole, planned, folder))
        for way in WAYS:
            one.pods[way.name].become({ports.get(way.name, ports["silent"]): "UNKNOWN"})
        yield one


def test_what_is_rendered_is_what_envoy_is_told(found: dict[str, dict[str, Object]]) -> None:
    """Before any clock is changed: no request timeout, the stream may be silent as long as the plan says."""
    actions = {
        way.name: route["route"]
        for way in WAYS
        for host in found["route_config"][LISTENER]["virtualHosts"]
        if way.host in host["domains"]
        for route in host["routes"]
    }
    assert (actions["silent"]["timeout"], actions["silent"]["idleTimeout"]) == ("0s", "75s")
    assert (actions["stream"]["timeout"], actions["stream"]["idleTimeout"]) == ("0s", "60s")
    assert "timeout" not in actions["default"]
    assert "idleTimeout" not in actions["default"]
    assert manager_of(found)["httpFilters"][-1]["name"] == "envoy.filters.http.router"


def test_a_slow_and_silent_tool(proxy: Envoy, note: Note) -> None:
    """It completes by our timeouts, and Envoy's default of 15 s cuts it."""

    async def both() -> tuple[tuple[int, float], tuple[int, float]]:
        ours, theirs = await asyncio.gather(_paused(proxy, "silent"), _paused(proxy, "default"))
        return ours, theirs

    (ours, took), (theirs, cut) = asyncio.run(both())
    note(f"tool of {TOOL_SECONDS * RATIO:.0f} s: {ours} after {took * RATIO:.0f} s; by the default: {theirs} after "
         f"{cut * RATIO:.0f} s (clocks by {RATIO})")  # fmt: skip
    assert (ours, theirs) == (200, 504)


async def _paused(proxy: Envoy, way: str) -> tuple[int, float]:
    start = time.monotonic()
    async with http(proxy.url(way, "")) as client:
        answer = await post_call(client, "pause", {"milliseconds": TOOL_SECONDS * 1000})
    if answer.status_code == 200:
        assert f"waited {TOOL_SECONDS * 1000:g} ms" in answer.text
    return answer.status_code, time.monotonic() - start


def test_a_quiet_stream(proxy: Envoy, note: Note) -> None:
    """Keep-alives hold it open for 6 minutes; without any, the same route ends it."""

    async def both() -> tuple[float | None, float | None]:
        kept, cut = await asyncio.gather(_open(proxy, "stream"), _open(proxy, "mute"))
        return kept, cut

    kept, cut = asyncio.run(both())
    assert kept is None, f"ended after {kept} s"
    assert cut is not None, "nothing ended a stream on which nothing was sent"
    note(f"stream with keep-alives alone: open after {QUIET_SECONDS * RATIO:.0f} s; without: ended after "
         f"{cut * RATIO:.0f} s (clocks by {RATIO})")  # fmt: skip


async def _open(proxy: Envoy, way: str) -> float | None:
    """After how long a stream of a session was ended; ``None`` where it was not."""
    async with http(proxy.url(way, "")) as client:
        opened = await post_initialize(client)
        session = {"Mcp-Session-Id": opened.headers["mcp-session-id"], "MCP-Protocol-Version": LEGACY}
        start = time.monotonic()
        try:
            async with (
                asyncio.timeout(QUIET_SECONDS),
                client.stream("GET", "/mcp", headers={"Accept": "text/event-stream", **session}) as stream,
            ):
                assert stream.status_code == 200
                async for _ in stream.aiter_bytes():
                    pass
        except TimeoutError:
            return None
        except Exception:  # A stream that is reset is as ended as one that is closed.
            pass
        return time.monotonic() - start


def test_an_event_arrives_when_it_is_sent(proxy: Envoy, note: Note) -> None:
    """The one in the middle within 100 ms of being sent, so that no busy moment of the machine decides; the first of
    them long before the last one is sent."""
    arrived = asyncio.run(_events(proxy))
    late = sorted(seen - sent for sent, seen in arrived)
    note(f"{EVENTS} events through Envoy: median {late[len(late) // 2] * 1000:.1f} ms, most {late[-1] * 1000:.1f} ms")
    assert len(arrived) == EVENTS
    first_seen, last_sent = arrived[0][1], arrived[-1][0]
    assert first_seen < last_sent, "held back until the end"
    assert late[len(late) // 2] <= AT_ONCE_SECONDS, "an event waits"


async def _events(proxy: Envoy) -> list[tuple[float, float]]:
    """When each event was sent, and when it was seen here; by one clock, since it is one machine."""
    body = modern_body("tools/call", name="counting", arguments={"events": EVENTS, "milliseconds": 200})
    body["params"]["_meta"]["progressToken"] = "lab"
    headers = {"Accept": ACCEPT, "MCP-Protocol-Version": MODERN, "Mcp-Method": "tools/call"}
    found = []
    async with (
        http(proxy.url("stream", "")) as client,
        client.stream("POST", "/mcp", headers={**headers, "Mcp-Name": "counting"}, json=body) as stream,
    ):
        async for event in _data(stream):
            if event.get("method") == "notifications/progress":
                found.append((float(event["params"]["message"]), time.time()))
    return found


async def _data(stream: Any) -> AsyncIterator[dict[str, Any]]:
    async for line in stream.aiter_lines():
        if line.startswith("data:") and (text := line.removeprefix("data:").strip()):
            yield json.loads(text)


def test_the_metadata_of_the_authorization_answers(proxy: Envoy) -> None:
    async def asked(way: str) -> int:
        async with http(proxy.url(way, "")) as client:
            return int((await client.get(METADATA)).status_code)

    assert asyncio.run(asked("stream")) == 200
    assert asyncio.run(asked("mute")) == 404
