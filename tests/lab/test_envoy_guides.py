"""A rolling restart with the drain that guides give, and with ours, under one load through one route.

The guides' drain: `kill -SIGUSR1 1 && sleep 85` before SIGTERM, in a grace period of 90 s. What SIGUSR1 does depends on
who is process 1 of the container: the server, or an init that hands signals on. All clocks run ``RATIO`` times as fast;
figures are given in the time that they stand for.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from pulumi_kubernetes_mcp.eras import Era, derive
from tests.missing import leave_out

from .conftest import Note
from .envoy import Envoy, Way, configuration, envoy, platform, translated
from .processes import StillRunningError, free_port, running
from .reference import Server, http, post_call, reference_server
from .servers.environments import PYTHON_V2
from .test_envoy_restart import BOUND_SECONDS, Load, _words, _work, loaded

pytestmark = pytest.mark.alone
"""Some seventy calls at once on three servers: beside others, their clocks and these would not be kept."""
RATIO = 10
PODS, SLOW_CALLS = 3, 24
TOOL_SECONDS = 120
"""The slowest call, and the declared one; of so many at once some are on the pod that goes."""
PLAN = derive([Era.MODERN, Era.LEGACY_STATEFUL], max_tool_seconds=TOOL_SECONDS)
ROUTE = "guides"
ON_THEIR_WAY_SECONDS = 0.5
HUNG_SECONDS = 10.0
"""Of this machine: a call or a short session that waits longer is lost."""


@dataclass(frozen=True, kw_only=True)
class Drain:
    """How a pod ends: seconds as they are in a cluster."""

    signal_first: bool
    pre_stop: int
    grace: int
    variables: Mapping[str, str] = field(default_factory=dict)


OURS = Drain(
    signal_first=False,
    pre_stop=PLAN.pre_stop_seconds,
    grace=PLAN.grace_period_seconds,
    variables={"UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN": f"{PLAN.graceful_timeout_seconds // RATIO}"},
)
GUIDE = Drain(signal_first=True, pre_stop=85, grace=90)
"""No SDK has a handler of SIGUSR1. The reference server has one, so that a bare server on the SDK stands here."""


@dataclass
class Pod:
    """A server, and the process of it that a signal to process 1 reaches."""

    server: Server
    pid: int

    def send(self, number: signal.Signals) -> None:
        if self.server.process.running():
            os.kill(self.pid, number)


@dataclass
class Seen:
    """What a rolling restart cost."""

    modern: Load
    sessions: Load
    slow: list[str] = field(default_factory=list)
    """How each of the slow calls ended; empty for an answer."""
    ends: list[tuple[str, float]] = field(default_factory=list)
    """Of each pod that went: what ended it, and after how long."""


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[Envoy]:
    ways = [Way(name=ROUTE, affinity="envelope")]
    objects = [*platform(tmp_path), *ways[0].objects()]
    with envoy(*configuration(translated(objects, tmp_path), ways, tmp_path), tmp_path) as one:
        yield one


def first_of_its_own() -> Sequence[str]:
    """What makes a process the first one of its container; a skip where that is not allowed."""
    unshare = shutil.which("unshare")
    words = (f"{unshare}", "--pid", "--fork", "--kill-child")
    if unshare is None or subprocess.run([*words, "true"], check=False, capture_output=True).returncode:
        leave_out("missing: the right to make a namespace of processes (unshare --pid)")
    return words


def started(stack: ExitStack, folder: Path, drain: Drain, inside: Sequence[str]) -> Pod:
    if drain is OURS:
        quiet = {"UVICORN_ACCESS_LOG": "false", **drain.variables}
        server = stack.enter_context(reference_server(folder, quiet, inside))
    else:
        port = free_port()
        command = [*inside, *PYTHON_V2.command()]
        process = stack.enter_context(
            running(
                f"bare-{port}",
                command,
                folder=folder,
                environment={"PORT": f"{port}", **drain.variables},
                stop_signal=signal.SIGKILL,  # What makes the namespace ignores SIGTERM.
            )
        )
        process.wait_for_port(port, seconds=60)
        server = Server(process, port)
    pid = server.process.popen.pid
    if inside:
        (pid,) = map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
    return Pod(server, pid)


async def ended(pod: Pod, drain: Drain) -> tuple[str, float]:
    """By the kubelet's own sequence, where the time of the hook is a part of the grace period."""
    begun = time.monotonic()
    if drain.signal_first:
        pod.send(signal.SIGUSR1)
    steps = [
        ("SIGUSR1", drain.pre_stop, signal.SIGTERM),
        ("SIGTERM", drain.grace - drain.pre_stop, signal.SIGKILL),
        ("SIGKILL", BOUND_SECONDS, signal.SIGKILL),
    ]
    for by, seconds, following in steps:
        try:
            await asyncio.to_thread(pod.server.process.wait, seconds / RATIO)
        except StillRunningError:
            pod.send(following)
        else:
            return by, time.monotonic() - begun
    raise AssertionError("still there after SIGKILL")


async def slow_call(client: Any, drain: Drain) -> str:
    seconds = TOOL_SECONDS / RATIO
    tool, arguments = ("sleep", {"seconds": seconds}) if drain is OURS else ("pause", {"milliseconds": seconds * 1000})
    try:
        answer = await post_call(client, tool, arguments)
        assert answer.status_code == 200, answer.text[:80]
        assert '"result"' in answer.text, answer.text[:80]
        assert '"isError":true' not in answer.text, answer.text[:80]
    except Exception as error:
        return _words(error) or "cut"
    return ""


async def rolled(stack: ExitStack, proxy: Envoy, folder: Path, drain: Drain, inside: Sequence[str]) -> Seen:
    """Three pods, one after the other, each with slow calls on it when it begins to go."""
    serving = [started(stack, folder, drain, inside) for _ in range(PODS)]
    states = {one.server.port: "UNKNOWN" for one in serving}
    end, url = proxy.pods[ROUTE], proxy.url(ROUTE)
    end.become(dict(states))
    tool = "echo" if drain is OURS else "trivial"
    async with (
        loaded(url, modern=True, tool=tool, bound=HUNG_SECONDS) as modern,
        loaded(url, modern=False, tool=tool, bound=HUNG_SECONDS) as sessions,
        http(proxy.url(ROUTE, "")) as client,
    ):
        seen = Seen(modern, sessions)
        for old in serving:
            new = await asyncio.to_thread(started, stack, folder, drain, inside)
            states[new.server.port] = "UNKNOWN"
            await asyncio.to_thread(end.become, dict(states))
            await _work(modern, sessions)
            slow = [asyncio.create_task(slow_call(client, drain)) for _ in range(SLOW_CALLS)]
            await asyncio.sleep(ON_THEIR_WAY_SECONDS)
            states[old.server.port] = "DRAINING"
            await asyncio.to_thread(end.become, dict(states))
            seen.ends.append(await ended(old, drain))
            del states[old.server.port]
            await asyncio.to_thread(end.become, dict(states))
            seen.slow += await asyncio.gather(*slow)
            await _work(modern, sessions)
    return seen


@pytest.mark.parametrize(
    ("drain", "first"),
    [
        pytest.param(OURS, False, id="ours"),
        pytest.param(GUIDE, True, id="guides-as-process-1"),
        pytest.param(GUIDE, False, id="guides-behind-an-init"),
    ],
)
def test_a_rolling_restart(drain: Drain, first: bool, proxy: Envoy, tmp_path: Path, note: Note) -> None:
    """By ours nothing is lost. SIGUSR1 is ignored by a Python server that is process 1, and ends one behind an init at
    once, with all its calls. As process 1 it has 90 s in all, and what takes longer is cut."""
    with ExitStack() as stack:
        seen = asyncio.run(rolled(stack, proxy, tmp_path, drain, first_of_its_own() if first else ()))
    cut = [one for one in seen.slow if one]
    note(
        f"{len(seen.modern.failed)} of {seen.modern.answered + len(seen.modern.failed)} short modern calls failed; "
        f"{len(cut)} of {len(seen.slow)} of {TOOL_SECONDS} s cut; {seen.sessions.lost} of {seen.sessions.sessions} "
        "short sessions lost; pods ended by "
        + ", ".join(f"{how} after {after * RATIO:.0f} s" for how, after in seen.ends)
    )
    for error in sorted({" ".join(one.split()) for one in [*seen.modern.failed, *seen.sessions.failed, *cut]}):
        note(error)
    assert len(seen.ends) == PODS
    if drain is OURS:
        assert (seen.modern.failed, seen.sessions.failed, cut) == ([], [], [])
        return
    assert cut
    by = {how for how, _ in seen.ends}
    assert "SIGUSR1" not in by if first else by == {"SIGUSR1"}
