"""What our annotations of a HAProxy Ingress let through, in a real HAProxy that is told them: see ``haproxy.py``.

Clocks run ``RATIO`` times as fast, as in ``test_envoy_clocks.py``: the tool of 90 s takes 4.5 s. The part of
``docs/edge-proof.md`` is what these tests saw.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, ExitStack
from itertools import pairwise
from pathlib import Path

import pytest

from .clients.sessions import CLIENTS, Client
from .conftest import Note
from .haproxy import Rule, haproxy
from .ingresses import CALLS, EVENTS, MIB, answered, broken, events, paused, posted, silent, stays_open, streaming
from .processes import LOOPBACK, Process, free_port, running
from .reference import http, post_call
from .servers.environments import PYTHON_V2
from .sessions import address, opened

PAGE = Path(__file__).parents[2] / "docs" / "edge-proof.md"
RATIO = 20
TOOL_SECONDS, QUIET_SECONDS = 90 / RATIO, 120 / RATIO
"""Longer than the 50 s that the controller lets a server be silent."""
SILENT = {"max_tool_seconds": 120}
PODS = 3
SESSIONS, CALLS_OF_ONE = 4, 10
"""Of each of six official clients: 240 calls of each affinity."""
CALLERS = 12
KEPT = {"none": (), "source-ip": ("Python", "TypeScript"), "cookie": ("Python",)}
"""Affinity to the clients whose every session it keeps; clients of the modern era have none to lose."""
DEFAULT = Rule(name="default", without=("*",))
HEAD = "affinity behind HAProxy"
SERVER_BODY = 4 * MIB
"""What the server on the Python SDK takes, as it is made."""


@pytest.fixture(scope="module")
def pods(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, Process]]:
    """Three pods of one server that speaks both eras, by their ports. The last test kills one of them."""
    folder = tmp_path_factory.mktemp("pods")
    with ExitStack() as stack:
        started = {}
        for _ in range(PODS):
            port = free_port()
            variables = {"PORT": str(port)}
            command = running(f"pod-{port}", PYTHON_V2.command(), folder=folder, environment=variables)
            started[port] = stack.enter_context(command)
        for port, process in started.items():
            process.wait_for_port(port, seconds=120)
        yield started


@pytest.fixture(scope="module")
def streams(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a server that sends no keep-alives and takes bodies as its SDK does."""
    folder = tmp_path_factory.mktemp("streams")
    with streaming(folder, PING_SECONDS="3600", MAX_BODY=str(SERVER_BODY)) as port:
        yield port


def affine(affinity: str) -> Rule:
    return Rule(name=affinity, arguments={"affinity": affinity})


def test_who_keeps_its_session(pods: dict[int, Process], tmp_path: Path, note: Note) -> None:
    """Sessions of the official clients whose every call was answered, of all that were opened."""
    seen: dict[tuple[str, str], tuple[int, int]] = {}
    with ExitStack() as stack:
        targets = {name: f"{stack.enter_context(haproxy(affine(name), [*pods], tmp_path)).base}/mcp" for name in KEPT}

        def ends(client: Client) -> dict[str, list[str]]:
            return client.ends(targets, sessions=SESSIONS, calls=CALLS_OF_ONE, folder=tmp_path, seconds=300)

        # Most of it is the start of a client, and two cores start two of them.
        with ThreadPoolExecutor(2) as pool:
            for client, found in zip(CLIENTS, pool.map(ends, CLIENTS), strict=True):
                seen |= {(name, client.title): (every.count(""), len(every)) for name, every in found.items()}
    note("\n" + table(seen))
    kept = {cell for cell, (good, whole) in seen.items() if good == whole}
    assert kept == {
        (affinity, client.title)
        for affinity, clients in KEPT.items()
        for client in CLIENTS
        if client.modern or client.title.split()[0] in clients
    }
    assert written() == {cell: good == whole for cell, (good, whole) in seen.items()}, table(seen)


@pytest.mark.parametrize(("affinity", "kept"), [("source-ip", True), ("none", False)])
def test_clients_of_several_addresses(
    affinity: str, kept: bool, pods: dict[int, Process], tmp_path: Path, note: Note
) -> None:
    """Each keeps its pod by its address alone; without that it meets the others, and its session is not there."""
    with haproxy(affine(affinity), [*pods], tmp_path) as proxy:
        found = asyncio.run(answered(proxy.base, "trivial"))
    note(f"HAProxy, {affinity}: {sum(found)} of {CALLS * len(found)} calls in their session, {found}")
    assert all(one == CALLS for one in found) == kept


def test_a_slow_and_silent_tool(tmp_path: Path, note: Note) -> None:
    """It completes by our annotations, and the default of the controller cuts it."""
    with ExitStack() as stack:
        port = stack.enter_context(silent(tmp_path))
        rules = (Rule(name="ours", arguments=SILENT), DEFAULT)
        bases = [stack.enter_context(haproxy(rule, [port], tmp_path, RATIO)).base for rule in rules]

        async def both() -> list[tuple[int, float]]:
            return list(await asyncio.gather(*(paused(base, TOOL_SECONDS) for base in bases)))

        (kept, took), (cut, after) = asyncio.run(both())
    note(
        f"tool of {TOOL_SECONDS * RATIO:.0f} s behind HAProxy: {kept} after {took * RATIO:.0f} s; by the default {cut} "
        f"after {after * RATIO:.0f} s (clocks by {RATIO})"
    )
    assert (kept, cut) == (200, 504)


def test_a_quiet_stream(streams: int, tmp_path: Path) -> None:
    """Nothing is sent on it for two minutes: it stays open by our annotations, and the default ends it."""
    with ExitStack() as stack:
        bases = [
            stack.enter_context(haproxy(rule, [streams], tmp_path, RATIO)).base for rule in (Rule(name="ours"), DEFAULT)
        ]

        async def both() -> list[bool]:
            return list(await asyncio.gather(*(stays_open(base, QUIET_SECONDS) for base in bases)))

        assert asyncio.run(both()) == [True, False]


def test_an_event_arrives_when_it_is_sent(streams: int, tmp_path: Path, note: Note) -> None:
    """Before the next one is sent, which is 100 ms later. By the default it waits for that one."""
    with ExitStack() as stack:
        bases = [stack.enter_context(haproxy(rule, [streams], tmp_path)).base for rule in (Rule(name="ours"), DEFAULT)]

        async def both() -> list[list[tuple[float, float]]]:
            return list(await asyncio.gather(*(events(base) for base in bases)))

        arrived = asyncio.run(both())
    for title, every in zip(("ours", "the default"), arrived, strict=True):
        assert len(every) == EVENTS
        late = sorted(seen - sent for sent, seen in every)
        middle, most = late[len(late) // 2] * 1000, late[-1] * 1000
        note(f"{EVENTS} events through HAProxy, {title}: median {middle:.1f} ms, most {most:.1f} ms")
    in_time = [sum(seen < following for (_, seen), (following, _) in pairwise(every)) for every in arrived]
    # A busy machine may hold some back.
    assert in_time[0] > EVENTS / 2 > in_time[1], in_time


def test_a_body_is_refused_in_one_place(streams: int, tmp_path: Path) -> None:
    """By the server, since no annotation says a size: one of 4 MiB is read, and one of 5 MiB refused with 413."""
    with haproxy(Rule(name="bodies"), [streams], tmp_path) as proxy:
        bases, sizes = (proxy.base, direct(streams)), (SERVER_BODY, 5 * MIB)
        found = [asyncio.run(posted(base, size)) for size in sizes for base in bases]
    assert [status for status, _ in found] == [400, 400, 413, 413]
    assert (found[0], found[2]) == (found[1], found[3]), "the proxy changes no word of the server's"


def direct(port: int) -> str:
    return f"http://{LOOPBACK}:{port}"


def test_which_paths_reach_the_server(streams: int, tmp_path: Path) -> None:
    """The endpoint with and without a slash, and the metadata of the authorization where there is one."""
    metadata = "/.well-known/oauth-protected-resource/mcp"
    rules = (Rule(name="guarded", arguments={"authorization": True}), Rule(name="open"))
    with ExitStack() as stack:
        guarded, unguarded = (stack.enter_context(haproxy(rule, [streams], tmp_path)).base for rule in rules)

        async def asked(base: str, path: str) -> tuple[int, bool]:
            async with http(base) as client:
                answer = await client.get(path)
            return answer.status_code, answer.headers.get("server") == "uvicorn"

        for path in ("/mcp", "/mcp/"):
            status = asyncio.run(asked(direct(streams), path))
            assert status[1]
            assert asyncio.run(asked(guarded, path)) == asyncio.run(asked(unguarded, path)) == status
        assert asyncio.run(asked(guarded, metadata)) == (200, True)
        assert asyncio.run(asked(unguarded, metadata)) == (404, False)
        assert asyncio.run(asked(guarded, "/mcpx")) == (404, False)


def test_plain_http_is_led_to_the_port_of_https(tmp_path: Path) -> None:
    """The controller would lead to 8443, the port of its pods, where its Service has none."""
    rules = (Rule(name="ours"), Rule(name="without", without=("ssl-redirect-port",)))

    async def asked(base: str) -> tuple[int, str]:
        async with http(base) as client:
            answer = await client.get("/mcp?a=b", headers={"Host": LOOPBACK})
        return answer.status_code, answer.headers["location"]

    found = []
    for rule in rules:
        with haproxy(rule, [free_port()], tmp_path) as proxy:
            found.append(asyncio.run(asked(proxy.plain)))
    assert found == [(302, f"https://{LOOPBACK}/mcp?a=b"), (302, f"https://{LOOPBACK}:8443/mcp?a=b")]


def test_a_limit_of_an_address(pods: dict[int, Process], tmp_path: Path) -> None:
    """What is above it is answered 429, and another address is let through."""
    rule = Rule(name="rates", arguments={"rate_limits": [{"requests": 3, "unit": "minute"}]})

    async def asked(base: str, local: str, times: int) -> list[int]:
        async with address(base, local) as client:
            return [(await post_call(client, "trivial", {"text": "x"})).status_code for _ in range(times)]

    with haproxy(rule, [*pods], tmp_path) as proxy:
        assert asyncio.run(asked(proxy.base, "127.0.1.1", 5)) == [200, 200, 200, 429, 429]
        assert asyncio.run(asked(proxy.base, "127.0.1.2", 1)) == [200]


def test_a_call_that_a_pod_died_of_is_sent_to_no_other(tmp_path: Path) -> None:
    """A blind retry runs a tool twice."""
    with broken(PODS) as dying:
        with haproxy(Rule(name="retries"), [pod.server_address[1] for pod in dying], tmp_path) as proxy:

            async def asked() -> int:
                async with http(proxy.base) as client:
                    return int((await post_call(client, "trivial", {"text": "x"})).status_code)

            assert asyncio.run(asked()) == 502
        assert [method for pod in dying for method in pod.methods] == ["POST"]


def test_a_pod_that_has_just_died(pods: dict[int, Process], tmp_path: Path, note: Note) -> None:
    """A connect that fails is tried at another pod: no call without a session fails, and a session of the dead pod is
    told that it is over. By the defaults it is tried at the same pod again, and then given up."""
    rules = [Rule(name="ours", arguments={"affinity": "cookie"}), DEFAULT]
    with ExitStack() as stack:
        ours, default = [stack.enter_context(haproxy(rule, [*pods], tmp_path, RATIO)).base for rule in rules]

        async def played() -> tuple[list[int], list[int], list[int]]:
            async with AsyncExitStack() as clients:
                transports = [await clients.enter_async_context(address(ours)) for _ in range(PODS)]
                sessions = [await opened(transport) for transport in transports]
                pods[min(pods)].send(signal.SIGKILL)
                pods[min(pods)].wait(10)
                calls = await asyncio.gather(called(ours), called(default))
                kept = [(await session.call("trivial", text="x")).status_code for session in sessions]
            return kept, *calls

        kept, mine, others = asyncio.run(played())
    note(
        f"one of {PODS} pods has died behind HAProxy: {mine.count(200)} of {CALLERS} calls answered, by the default "
        f"{others.count(200)}; sessions {kept}"
    )
    assert mine == [200] * CALLERS
    assert set(others) == {200, 503}
    assert sorted(kept) == [200, 200, 404]


async def called(base: str) -> list[int]:
    """The answers to callers of the modern era, all at once and each by a connection of its own."""

    async def once() -> int:
        async with address(base) as client:
            return (await post_call(client, "trivial", {"text": "x"})).status_code

    return list(await asyncio.gather(*(once() for _ in range(CALLERS))))


def table(seen: dict[tuple[str, str], tuple[int, int]]) -> str:
    """The table of the page: sessions that were kept, of those that were opened."""
    titles = [client.title for client in CLIENTS]
    rows = [[HEAD, *titles], ["---"] * (len(titles) + 1)]
    rows += [[f"`{name}`", *("{} of {}".format(*seen[name, title]) for title in titles)] for name in KEPT]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def written() -> dict[tuple[str, str], bool]:
    """Whether a cell of the page keeps every session."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(f"| {HEAD} |"))
    titles = [cell.strip() for cell in lines[start].strip("|").split("|")][1:]
    cells = {}
    for line in lines[start + 2 : start + 2 + len(KEPT)]:
        affinity, *row = (cell.strip() for cell in line.strip("|").split("|"))
        for title, cell in zip(titles, row, strict=True):
            good, _, whole = cell.partition(" of ")
            cells[affinity.strip("`"), title] = good == whole
    return cells
