"""Sessions and calls while pods become more and fewer, through a real Envoy with the configuration of our objects.

Pods come and go as our autoscaler has them: the moments are those of the simulation of the rendered behaviour, which
``tests/cluster`` holds against the real controller, and run ``ratio`` times as fast.
"""

from __future__ import annotations

import asyncio
import math
import random
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pulumi_kubernetes_mcp import rehearsal
from pulumi_kubernetes_mcp.hashing import HASHES, HashName, by_growth
from pulumi_kubernetes_mcp.server_plan import ServerPlan
from pulumi_kubernetes_mcp.simulation.load import Load
from pulumi_kubernetes_mcp.simulation.run import first_replicas, simulate
from tests.rules.test_checks import inspected

from .conftest import Note
from .envoy import Endpoints, Envoy, Object, Way, configuration, envoy, platform, translated
from .processes import Process, free_port, running
from .reference import http, post_call
from .servers.environments import PYTHON_V2
from .sessions import Session, address, opened

ENVELOPE, SOURCE, COOKIE, RING = "envelope", "source-ip", "cookie", "ring"
WAYS = [Way(name=name, affinity=SOURCE if name == RING else name) for name in (ENVELOPE, SOURCE, COOKIE, RING)]
HASHED: dict[str, HashName | None] = {ENVELOPE: None, SOURCE: "maglev", COOKIE: "maglev", RING: "ring"}
"""How each of them finds a pod; the ring is what the same policy becomes in Istio and kgateway."""
FEW, MANY = 3, 7
"""A scale-up of four pods, as many as the rendered behaviour allows in a minute."""
SESSIONS = 250
AT_ONCE = 25
SURE = 5
"""Standard deviations between what is expected and what is seen."""
FROM, TO = 6, 2
OPEN_SESSIONS = 24
CALL_SECONDS = 0.2
"""Between two calls of a session."""
PAUSE_SECONDS = 0.05
"""Between two calls of a client without one."""
BOUND_SECONDS = 90


def by_ring(whole: Object) -> None:
    """Envoy's ring in the place of its Maglev table, with its own default size."""
    (cluster,) = [one for one in whole["staticResources"]["clusters"] if f"/{RING}/" in one["name"]]
    (policy,) = [one["typedExtensionConfig"] for one in cluster["loadBalancingPolicy"]["policies"]]
    assert policy["typedConfig"].pop("tableSize")
    policy["name"] = policy["name"].replace("maglev", "ring_hash")
    policy["typedConfig"]["@type"] = policy["typedConfig"]["@type"].replace("maglev.v3.Maglev", "ring_hash.v3.RingHash")


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[Envoy]:
    objects = [*platform(tmp_path), *(one for way in WAYS for one in way.objects())]
    whole, planned = configuration(translated(objects, tmp_path), WAYS, tmp_path)
    by_ring(whole)
    with envoy(whole, planned, tmp_path) as one:
        yield one


def started(stack: ExitStack, number: int, folder: Path) -> dict[int, Process]:
    """Pods by their ports."""
    pods = {}
    for _ in range(number):
        port = free_port()
        variables = {"PORT": f"{port}"}
        pods[port] = stack.enter_context(
            running(f"pod-{port}", PYTHON_V2.command(), folder=folder, environment=variables)
        )
    for port, process in pods.items():
        process.wait_for_port(port, seconds=120)
    return pods


def test_growth_moves_what_the_simulation_says(proxy: Envoy, tmp_path: Path, note: Note) -> None:
    """Three pods become seven: an envelope moves no session, a hash the part that the plan counts with. A session that
    is moved meets a pod that does not know it."""

    async def scenario(ports: Sequence[int], way: str) -> int:
        ends = proxy.pods[way]
        await asyncio.to_thread(ends.become, dict.fromkeys(ports[:FEW], "UNKNOWN"))
        gate = asyncio.Semaphore(AT_ONCE)
        async with AsyncExitStack() as stack:

            async def begun(number: int) -> Session:
                local = f"127.1.{number // 250}.{number % 250 + 1}"
                client = await stack.enter_async_context(address(proxy.url(way, ""), local))
                async with gate:
                    return await opened(client)

            async def lost(session: Session) -> bool:
                async with gate:
                    answer = await session.call("trivial", text="there")
                assert answer.status_code in (200, 404), answer.text
                return answer.status_code == 404

            sessions = await asyncio.gather(*(begun(number) for number in range(SESSIONS)))
            assert not any(await asyncio.gather(*(lost(one) for one in sessions)))
            await asyncio.to_thread(ends.become, dict.fromkeys(ports, "UNKNOWN"))
            found = sum(await asyncio.gather(*(lost(one) for one in sessions)))
            # Pods that are no longer there for this way end no session of the next.
            await asyncio.to_thread(ends.become, dict.fromkeys(ports[:FEW], "UNKNOWN"))
            return found

    with ExitStack() as stack:
        ports = [*started(stack, MANY, tmp_path)]
        seen = {way.name: asyncio.run(scenario(ports, way.name)) for way in WAYS}
    for way, moved in seen.items():
        name = HASHED[way]
        share = 0.0 if name is None else by_growth(HASHES[name], FEW, MANY)
        spread = math.sqrt(SESSIONS * share * (1 - share))
        note(f"{FEW} to {MANY} pods, {way}: {moved} of {SESSIONS} sessions moved, {share:.1%} expected")
        assert abs(moved - SESSIONS * share) <= SURE * spread, (way, moved, share)


@dataclass
class Seen:
    """What clients saw."""

    stopped: bool = False
    modern: int = 0
    failed: list[str] = field(default_factory=list)
    calls: int = 0
    ended: int = 0
    lost: list[int] = field(default_factory=list)
    """The pod of each session that was lost."""
    cut: int = 0
    """Calls of sessions that broke off, instead of being answered 404 by a pod that does not know the session."""


async def without_session(url: str, seen: Seen) -> None:
    """A client of the modern era."""
    async with http(url) as client:
        while not seen.stopped:
            answer = await post_call(client, "trivial", {"text": "there"})
            seen.modern += 1
            if answer.status_code != 200 or '"isError":true' in answer.text:
                seen.failed.append(f"{answer.status_code} {answer.text[:60]}")
            await asyncio.sleep(PAUSE_SECONDS)


async def one_after_another(url: str, seen: Seen, chance: random.Random, mean: float) -> None:
    """Sessions of one client: exponentially long, as the simulation has them."""
    while not seen.stopped:
        async with address(url) as client:
            session = await opened(client)
            end = time.monotonic() + chance.expovariate(1 / mean)
            while time.monotonic() < end and not seen.stopped:
                try:
                    answer = await session.call("trivial", text="there")
                except Exception:
                    seen.cut += 1
                    seen.lost.append(session.pod)
                    break
                seen.calls += 1
                if answer.status_code != 200:
                    # Envoy says 503 for a pod that closed the connection before it had answered.
                    assert answer.status_code in (404, 503), answer.text
                    seen.cut += answer.status_code == 503
                    seen.lost.append(session.pod)
                    break
                await asyncio.sleep(CALL_SECONDS)
            else:
                await session.end()
                seen.ended += 1


def pace(server: ServerPlan) -> list[tuple[float, int]]:
    """When the rendered autoscaler wants how many pods after the load of six has gone, from the first change on."""
    policy, model, options = rehearsal.policy(server), rehearsal.pod_model(server), rehearsal.options(server, seed=None)
    each = server.settings.workload.sessions_per_pod
    loads = (
        Load(times=(0.0, 60.0, 9000.0), sessions=(each * tenths / 10, each / 10, each / 10)) for tenths in range(10, 90)
    )
    load = next(one for one in loads if first_replicas(policy, one, model) == FROM)
    result = simulate(policy, load, model, options)
    steps, wanted = [], FROM
    for sample in result.samples:
        if sample.wanted != wanted:
            steps.append((sample.at, sample.wanted))
            wanted = sample.wanted
    return [(at - steps[0][0], pods) for at, pods in steps]


async def gone(pod: Process, port: int, pods: dict[int, str], ends: Endpoints, pre_stop: float) -> None:
    """The kubelet's sequence for one pod: marked, pre-stop, SIGTERM; its endpoint goes with it."""
    pods[port] = "DRAINING"
    await asyncio.to_thread(ends.become, dict(pods))
    await asyncio.sleep(pre_stop)
    pod.send(signal.SIGTERM)
    await asyncio.to_thread(pod.wait, 30)
    del pods[port]
    await asyncio.to_thread(ends.become, dict(pods))


@pytest.mark.parametrize(
    ("eras", "ratio"), [(("modern",), 20), (("modern", "legacy-stateful"), 200)], ids=["modern", "sessions"]
)
def test_scale_in_at_the_pace_of_the_autoscaler(
    eras: Sequence[str], ratio: float, proxy: Envoy, tmp_path: Path, note: Note
) -> None:
    """Six pods become two: no call of the modern era fails, and of the sessions only those end that outlive the drain
    of their pod."""
    scaling = {"minReplicas": TO, "maxReplicas": FROM + 2}
    server = inspected(rehearse=False, server={"eras": list(eras)}, scaling=scaling).first
    steps, mean = pace(server), server.settings.workload.session_minutes * 60 / ratio
    assert [pods for _, pods in steps] == [5, 4, 3, 2]
    sticky = len(eras) > 1

    async def scenario(running_pods: dict[int, Process]) -> tuple[Seen, list[int]]:
        seen, chance, ends = Seen(), random.Random(1), proxy.pods[ENVELOPE]
        pods = dict.fromkeys(running_pods, "UNKNOWN")
        await asyncio.to_thread(ends.become, dict(pods))
        url = proxy.url(ENVELOPE, "")
        tasks = [asyncio.create_task(without_session(url, seen)) for _ in range(4)]
        if sticky:
            tasks += [asyncio.create_task(one_after_another(url, seen, chance, mean)) for _ in range(OPEN_SESSIONS)]
        taken: list[int] = []
        try:
            await asyncio.sleep(2)
            begun = time.monotonic()
            for at, _ in steps:
                await asyncio.sleep(max(0.0, begun + at / ratio - time.monotonic()))
                port = list(pods)[-1]
                taken.append(port)
                await gone(running_pods[port], port, pods, ends, server.pre_stop_seconds / ratio)
            await asyncio.sleep(2)
        finally:
            seen.stopped = True
            async with asyncio.timeout(BOUND_SECONDS):
                await asyncio.gather(*tasks)
        return seen, taken

    with ExitStack() as stack:
        seen, taken = asyncio.run(scenario(started(stack, FROM, tmp_path)))
    note(
        f"{' and '.join(eras)}, {FROM} to {TO} pods over {steps[-1][0]:.0f} s, run {ratio:g} times as fast: "
        f"{len(seen.failed)} of {seen.modern} modern calls failed; {len(seen.lost)} of {seen.ended + len(seen.lost)} "
        f"sessions lost, {seen.cut} of them in a call"
    )
    assert seen.failed == []
    assert set(seen.lost) <= set(taken)
    if sticky:
        assert seen.lost
        assert seen.ended > len(seen.lost)
