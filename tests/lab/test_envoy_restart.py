"""What becomes of calls and sessions when pods go, through a real Envoy with the configuration of our objects.

The test is the kubelet and the endpoint controller. The endpoint of a pod that ends is marked DRAINING when its
pre-stop begins, as Envoy Gateway marks it, and goes with the pod.
"""

from __future__ import annotations

import asyncio
import base64
import signal
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from .conftest import Note
from .envoy import Endpoints, Envoy, Object, Way, configuration, envoy, platform, translated
from .processes import LOOPBACK, Process, free_port, running
from .reference import MODERN, Server, http, mcp_client, post_call, post_initialize, reference_server, text_of
from .servers.environments import PYTHON_V2

KEPT, DROPPED = "kept", "dropped"
WAYS = [Way(name=KEPT, affinity="envelope"), Way(name=DROPPED, affinity="envelope")]
"""The same route twice; of the second one the state of a pod that ends is not among those that are addressed."""
CLIENTS = 5
PAUSE_SECONDS = 0.1
SESSION_CALLS = 5
"""Of a short session; the pre-stop is longer than any of them, as it is planned to be."""
GRACEFUL_SECONDS = 3
BOUND_SECONDS = 90
MANY_CALLS = 10_000
NEW_SESSIONS = 40
BARE_CLIENTS = 6
"""Besides two of the SDK, which would take most of the processors' time themselves."""
SLOW_SECONDS = 0.8
"""A call that is on its way at SIGTERM; shorter than the graceful timeout, as it is planned to be."""


def without_draining(whole: Object) -> None:
    """Envoy's own default: a pod that drains is given up by its sessions."""
    (cluster,) = [one for one in whole["staticResources"]["clusters"] if f"/{DROPPED}/" in one["name"]]
    assert "DRAINING" in cluster["commonLbConfig"]["overrideHostStatus"]["statuses"]
    del cluster["commonLbConfig"]["overrideHostStatus"]


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[Envoy]:
    objects = [*platform(tmp_path), *(one for way in WAYS for one in way.objects())]
    whole, planned = configuration(translated(objects, tmp_path), WAYS, tmp_path)
    without_draining(whole)
    with envoy(whole, planned, tmp_path) as one:
        yield one


@dataclass
class Load:
    """Clients that call until they are told to stop, and what they saw."""

    url: str
    tool: str = "echo"
    going: asyncio.Event = field(default_factory=asyncio.Event)
    answered: int = 0
    failed: list[str] = field(default_factory=list)
    sessions: int = 0
    lost: int = 0
    pause: float = PAUSE_SECONDS
    """Seconds between two calls of a client."""
    arguments: Mapping[str, Any] = field(default_factory=lambda: {"text": "there"})
    lost_on: list[tuple[int | None, float]] = field(default_factory=list)
    """Of each short session that was lost: the port of its pod, as the envelope says it, and when."""
    open: dict[int, float] = field(default_factory=dict)
    """Short sessions that are open, by their number, and when each began."""
    stopped: bool = False
    bound: float = BOUND_SECONDS
    """Seconds after which a call or a short session that waits has failed."""

    def __post_init__(self) -> None:
        self.going.set()

    async def modern(self) -> None:
        """One client of the modern era; every failure is one."""
        async with mcp_client(self.url, MODERN) as client:
            await client.list_tools()
            while not self.stopped:
                await self.going.wait()
                await self._call(client)
                await asyncio.sleep(self.pause)

    async def bare(self) -> None:
        """One client of the modern era without an SDK, which calls more often for the same time of a processor."""
        async with http(self.url.removesuffix("/mcp")) as client:
            while not self.stopped:
                try:
                    answer = await asyncio.wait_for(post_call(client, self.tool, self.arguments), BOUND_SECONDS)
                    assert answer.status_code == 200, answer.text[:80]
                    assert '"isError":true' not in answer.text, answer.text[:80]
                    assert '"result"' in answer.text, answer.text[:80]
                    self.answered += 1
                except Exception as error:
                    self.failed.append(_words(error))
                await asyncio.sleep(self.pause)

    async def short(self) -> None:
        """Legacy sessions of a few calls, one after the other; one is lost where any of its calls fails."""
        while not self.stopped:
            self.sessions += 1
            number = self.sessions
            self.open[number] = time.monotonic()
            failed, pods = False, list[int]()

            async def seen(answer: Any, pods: list[int] = pods) -> None:
                pods += pod_of(answer.headers.get("mcp-session-id", ""))

            try:
                async with asyncio.timeout(self.bound), mcp_client(self.url, "legacy", seen) as client:
                    await client.list_tools()
                    for _ in range(SESSION_CALLS):
                        failed |= not await self._call(client)
                        await asyncio.sleep(PAUSE_SECONDS)
            except Exception as error:
                failed = True
                self.failed.append(_words(error))
            del self.open[number]
            if failed:
                self.lost += 1
                self.lost_on.append((pods[0] if pods else None, time.monotonic()))

    async def _call(self, client: Any) -> bool:
        """Whether it was answered."""
        try:
            text = text_of(await asyncio.wait_for(client.call_tool(self.tool, {"text": "there"}), self.bound))
            assert text == "there"
            self.answered += 1
        except Exception as error:
            self.failed.append(_words(error))
            return False
        return True

    async def outlived(self, moment: float) -> None:
        """Wait until every short session that had begun by a moment has ended."""
        async with asyncio.timeout(BOUND_SECONDS):
            while any(began <= moment for began in self.open.values()):
                await asyncio.sleep(0.05)


def pod_of(session: str) -> list[int]:
    """The port of the pod in a session id that an envelope is around; nothing for any other."""
    address, envelope, _ = session.partition(";UV:")
    return [int(base64.b64decode(address).rpartition(b":")[2])] if envelope else []


def _words(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return f"{type(error).__name__}: {error}"[:120]


@asynccontextmanager
async def loaded(
    url: str, *, modern: bool, bare: bool = False, clients: int = CLIENTS, **further: Any
) -> AsyncIterator[Load]:
    """Clients of one era for the length of the block: those of the SDK, or ``bare`` ones instead."""
    load = Load(url, **further)
    client = load.bare if bare else load.modern if modern else load.short
    tasks = [asyncio.create_task(client()) for _ in range(clients)]
    try:
        yield load
    finally:
        load.stopped = True
        load.going.set()
        async with asyncio.timeout(BOUND_SECONDS):
            await asyncio.gather(*tasks)


@contextmanager
def pod(folder: Path) -> Iterator[Server]:
    variables = {"UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN": f"{GRACEFUL_SECONDS}", "UVICORN_ACCESS_LOG": "false"}
    with reference_server(folder, variables) as one:
        yield one


async def replaced(old: Server, pods: dict[int, str], ends: list[Endpoints], waits: list[Load]) -> None:
    """A pod goes, by the kubelet's own sequence: marked, pre-stop, SIGTERM, SIGKILL; then its endpoint goes."""
    pods[old.port] = "DRAINING"
    for one in ends:
        await asyncio.to_thread(one.become, dict(pods))
    marked = time.monotonic()
    for load in waits:
        await load.outlived(marked)
    old.process.send(signal.SIGTERM)
    try:
        await asyncio.to_thread(old.process.wait, GRACEFUL_SECONDS + 15)
    except AssertionError:
        old.process.send(signal.SIGKILL)
        raise
    del pods[old.port]
    for one in ends:
        await asyncio.to_thread(one.become, dict(pods))


def test_a_rolling_restart(proxy: Envoy, tmp_path: Path, note: Note) -> None:
    """Three pods, each replaced by a new one: no call of the modern era and no session that ends within the pre-stop is
    lost. Where a pod that drains is not addressed, its sessions are, although it still runs; no session of another pod
    is."""
    marked: dict[int, float] = {}

    async def scenario(stack: ExitStack) -> tuple[Load, Load, Load]:
        first = [stack.enter_context(pod(tmp_path)) for _ in range(3)]
        pods = {one.port: "UNKNOWN" for one in first}
        ends = [proxy.pods[KEPT], proxy.pods[DROPPED]]
        for one in ends:
            one.become(dict(pods))
        async with (
            loaded(proxy.url(KEPT), modern=True) as modern,
            loaded(proxy.url(KEPT), modern=False) as kept,
            loaded(proxy.url(DROPPED), modern=False) as dropped,
        ):
            for old in first:
                new = await asyncio.to_thread(stack.enter_context, pod(tmp_path))
                pods[new.port] = "UNKNOWN"
                for one in ends:
                    await asyncio.to_thread(one.become, dict(pods))
                await _work(modern, kept, dropped)
                marked[old.port] = time.monotonic()
                await replaced(old, pods, ends, [kept, dropped])
                await _work(modern, kept, dropped)
        return modern, kept, dropped

    with ExitStack() as stack:
        modern, kept, dropped = asyncio.run(scenario(stack))
    note(
        f"modern: {len(modern.failed)} of {modern.answered + len(modern.failed)} calls failed; short sessions: "
        f"{kept.lost} of {kept.sessions} lost; without DRAINING in override_host_status {dropped.lost} of "
        f"{dropped.sessions}"
    )
    for error in sorted({*modern.failed, *kept.failed, *dropped.failed}):
        note(error)
    assert modern.failed == []
    assert kept.failed == []
    assert dropped.lost > 0
    of_others = [(on, when) for on, when in dropped.lost_on if on not in marked or when < marked[on]]
    assert of_others == [], f"lost on a pod that was not being replaced: {of_others}, {marked}"


@pytest.mark.parametrize(("draining", "serving"), [(2, 1), (3, 0)])
def test_new_sessions_where_most_pods_drain(
    draining: int, serving: int, proxy: Envoy, tmp_path: Path, note: Note
) -> None:
    """A scale-in, or a second rollout within the drain of the first: new sessions are opened in pods that stay, however
    few. Only where none is left they go to one that ends, which is better than nowhere."""

    async def scenario(pods: dict[int, str]) -> list[int]:
        await asyncio.to_thread(proxy.pods[KEPT].become, pods)
        async with http(proxy.url(KEPT).removesuffix("/mcp")) as client:
            opened = [await post_initialize(client) for _ in range(NEW_SESSIONS)]
        assert {one.status_code for one in opened} == {200}
        return [port for one in opened for port in pod_of(one.headers["mcp-session-id"])]

    with ExitStack() as stack:
        states = ["DRAINING"] * draining + ["UNKNOWN"] * serving
        pods = {stack.enter_context(pod(tmp_path)).port: state for state in states}
        opened = asyncio.run(scenario(pods))
    ending = sum(pods[port] == "DRAINING" for port in opened)
    note(f"{draining} of {draining + serving} pods drain: {ending} of {len(opened)} new sessions in them")
    assert ending == (0 if serving else NEW_SESSIONS)


def test_rolling_restarts_under_ten_thousand_calls(proxy: Envoy, tmp_path: Path, note: Note) -> None:
    """The modern era: pods are replaced one after the other until 10,000 calls are answered, some of them slow enough
    to be on their way at SIGTERM. None fails."""

    async def scenario(stack: ExitStack) -> tuple[list[Load], int]:
        serving = [stack.enter_context(pod(tmp_path)) for _ in range(3)]
        pods = {one.port: "UNKNOWN" for one in serving}
        ends, url, restarts = [proxy.pods[KEPT]], proxy.url(KEPT), 0
        ends[0].become(dict(pods))
        async with (
            loaded(url, modern=True, clients=2, pause=0) as official,
            loaded(url, modern=True, bare=True, clients=BARE_CLIENTS, pause=0) as bare,
            loaded(
                url, modern=True, bare=True, clients=3, pause=0, tool="sleep", arguments={"seconds": SLOW_SECONDS}
            ) as slow,
        ):
            loads = [official, bare, slow]
            while restarts < 3 or sum(load.answered for load in loads) < MANY_CALLS:
                new = await asyncio.to_thread(stack.enter_context, pod(tmp_path))
                pods[new.port] = "UNKNOWN"
                await asyncio.to_thread(ends[0].become, dict(pods))
                await _work(official, bare)
                serving.append(new)
                await replaced(serving.pop(0), pods, ends, [])
                await _work(official, bare)
                restarts += 1
                if any(load.failed for load in loads):
                    break
        return loads, restarts

    begun = time.monotonic()
    with ExitStack() as stack:
        loads, restarts = asyncio.run(scenario(stack))
    failed = [error for load in loads for error in load.failed]
    answered = sum(load.answered for load in loads)
    note(
        f"{len(failed)} of {answered + len(failed):,} modern calls failed over {restarts} pods that were replaced; "
        f"{loads[0].answered:,} calls of the official client, {loads[2].answered} of {SLOW_SECONDS:g} s; "
        f"{time.monotonic() - begun:.0f} s"
    )
    assert failed == []
    assert answered >= MANY_CALLS
    assert loads[2].answered >= restarts


async def _work(*loads: Load) -> None:
    """Wait until every load has done something since now."""
    before = [load.answered for load in loads]
    async with asyncio.timeout(BOUND_SECONDS):
        while any(load.answered < start + 2 * CLIENTS for load, start in zip(loads, before, strict=True)):
            await asyncio.sleep(0.05)


def test_a_pod_that_is_killed(proxy: Envoy, tmp_path: Path, note: Note) -> None:
    """Its endpoint stays: nobody has noticed. Every modern call is answered all the same, by the retry and the passive
    check; of the sessions those of the dead pod are lost, and no other one."""

    async def scenario(pods: dict[int, Process]) -> tuple[Load, int, list[str]]:
        async with AsyncExitStack() as stack:
            clients: list[Any] = []
            held = dict.fromkeys(pods, 0)
            async with asyncio.timeout(BOUND_SECONDS):
                while len(clients) < 6 or not all(held.values()):
                    client = await stack.enter_async_context(mcp_client(proxy.url(KEPT), "legacy"))
                    await client.list_tools()
                    clients.append(client)
                    held = {port: await _sessions(port) for port in pods}
            async with loaded(proxy.url(KEPT), modern=True, tool="trivial") as modern:
                await _work(modern)
                modern.going.clear()
                await asyncio.sleep(10 * PAUSE_SECONDS)
                dead = next(iter(pods))
                pods[dead].send(signal.SIGKILL)
                pods[dead].wait(10)
                modern.going.set()
                ends = [await _twice(client) for client in clients]
                await _work(modern)
                await _work(modern)
            assert len(clients) == sum(held.values())
            return modern, held[dead], ends

    with ExitStack() as stack:
        pods = {}
        for _ in range(3):
            port = free_port()
            pods[port] = stack.enter_context(
                running(f"pod-{port}", PYTHON_V2.command(), folder=tmp_path, environment={"PORT": str(port)})
            )
            pods[port].wait_for_port(port, seconds=120)
        proxy.pods[KEPT].become(dict.fromkeys(pods, "UNKNOWN"))
        modern, held, ends = asyncio.run(scenario(pods))
    lost = [end for end in ends if end]
    note(
        f"kill -9 of one of three: modern {len(modern.failed)} of {modern.answered + len(modern.failed)} calls failed; "
        f"sessions lost {len(lost)} of {len(ends)}, and {held} were on the pod"
    )
    assert modern.failed == []
    assert len(lost) == held


async def _sessions(port: int) -> int:
    async with http(f"http://{LOOPBACK}:{port}") as client:
        return int((await client.get("/sessions")).text)


async def _twice(client: Any) -> str:
    """What ended a session within two further calls; empty where nothing did."""
    try:
        for _ in range(2):
            result = await asyncio.wait_for(client.call_tool("trivial", {"text": "still there"}), BOUND_SECONDS)
            if text_of(result) != "still there":
                return "another answer"
    except Exception as error:
        return _words(error)
    return ""
