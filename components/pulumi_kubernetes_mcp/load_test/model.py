"""A load test as a value: who calls what, how many sessions at which time, and what must hold. Pure."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil
from typing import Any

from .scenarios import SCALE_IN, STEPS_TO_KNEE, Scenario, Stage

_PLAIN = re.compile(r"[A-Za-z0-9_./-]+")
FAILED_PERCENT = 1.0
"""What may fail of the requests, in percent, where the stack says nothing else."""
GIVEN_UP = 0.5
"""Steps end early when more than half of the requests fail: the knee is long behind."""
REASONS = (
    *("timeout", "connect", "dns", "tls", "authorization", "forbidden", "not-found", "host", "rate-limited"),
    *("unavailable", "http-3xx", "http-4xx", "http-5xx", "not-mcp", "rpc-error", "tool-error", "stream-ended", "other"),
)
"""Why a request failed, as the script names it."""
PHASES = ("discover", "initialize", "initialized", "list", "call", "delete", "stream")
"""The parts of a session's exchange."""
OPENING = "opening"
"""A session's handshake and list of tools together: the exchange that a probe makes."""
USERS_PER_RUNNER = 500
"""Virtual users that one runner pod bears: :data:`USER_MIB` each in its memory limit."""
USER_MIB = 1.0
"""Memory of one virtual user of this script in k6 1.8.1, in MiB: the lab measured 0.3; answers come on top."""
RUNNER_MILLICORES = 1000
"""CPU of a runner: with less it measures itself."""
SMALL_MILLICORES = 100
"""CPU of the pods that prepare and begin a test."""
K6_MIB = 100.0
"""Memory of k6 without users, in MiB."""


def runners(users: int) -> int:
    """Runner pods that bear so many virtual users."""
    return max(1, ceil(users / USERS_PER_RUNNER))


def runner_mib(users: int, pods: int) -> int:
    """Memory of one runner, in MiB."""
    return ceil(K6_MIB + USER_MIB * ceil(users / pods))


@dataclass(frozen=True, kw_only=True)
class Tool:
    """A tool that sessions call."""

    name: str
    weight: float
    """Its part of all calls, in any unit."""
    arguments: Sequence[Mapping[str, Any]] = field(default=({},), repr=False)
    """What it is called with: one of these by chance."""
    milliseconds: float | None = None
    """Planned mean duration without waiting; ``None`` where it is not known."""
    limit_milliseconds: float | None = None
    """What 95 % of its calls may take; ``None`` for no limit."""

    @property
    def tag(self) -> str:
        """What its calls are marked with: its name, or a digest where k6 could not read that in a threshold."""
        return self.name if _PLAIN.fullmatch(self.name) else f"tool-{zlib.crc32(self.name.encode()):08x}"


@dataclass(frozen=True, kw_only=True)
class Traffic:
    """Sessions and what they do."""

    url: str
    eras: Mapping[str, float]
    """Protocol era to its part of the sessions, in any unit."""
    tools: tuple[Tool, ...]
    think_seconds: float
    session_seconds: float
    timeout_seconds: float
    """After this a request has failed."""
    sse_url: str | None = None


@dataclass(frozen=True, kw_only=True)
class LoadTest:
    """One load test of one server."""

    stack: str
    """Name of the stack; empty where it is not known."""
    region: str
    server: str
    traffic: Traffic
    scenario: Scenario
    sessions: int
    """Sessions at 100 percent."""
    pods: int
    """Pods that these are planned for."""
    sessions_per_pod: int
    """Planned sessions of one pod."""
    failed_percent: float = FAILED_PERCENT
    p95_milliseconds: float | None = None
    """What 95 % of all calls may take; ``None`` where only the tools have limits."""
    scale: float = 1.0
    """How much shorter than the scenario it is."""

    @property
    def users(self) -> int:
        """Virtual users: the greatest number of sessions."""
        return ceil(self.sessions * self.scenario.percent / 100)

    @property
    def limit_milliseconds(self) -> float | None:
        """What 95 % of all calls may take: as given, or the longest of the tools."""
        limits = [tool.limit_milliseconds for tool in self.traffic.tools if tool.limit_milliseconds is not None]
        return self.p95_milliseconds or (max(limits) if limits else None)

    def level(self, stage: Stage) -> float:
        """Sessions at the end of a stage."""
        return self.sessions * stage.percent / 100

    @property
    def points(self) -> list[tuple[float, float]]:
        """Seconds to wanted sessions, straight between them."""
        found, now = [(0.0, 0.0)], 0.0
        for stage in self.scenario.stages:
            if stage.ramp < stage.seconds:
                found.append((now + stage.ramp, self.level(stage)))
            now += stage.seconds
            found.append((now, self.level(stage)))
        return [one for one, after in pairwise([*found, (now + 1, -1.0)]) if one != after]

    def calls_per_second(self, stage: Stage) -> float | None:
        """Calls that its sessions begin in a second if the server is as fast as planned; ``None`` where no tool's
        duration is known. Little's law in a closed system: a session thinks or waits."""
        tools = self.traffic.tools
        known = [tool.milliseconds for tool in tools if tool.milliseconds is not None]
        if len(known) < len(tools):
            return None
        whole = sum(tool.weight for tool in tools)
        mean = sum(tool.weight * each for tool, each in zip(tools, known, strict=True)) / whole / 1000
        return self.level(stage) / (self.traffic.think_seconds + mean)

    def document(self) -> dict[str, Any]:
        """The test as plain data, as the script and its summary hold it."""
        traffic, now, stages = self.traffic, 0.0, []
        for stage in self.scenario.stages:
            rate = self.calls_per_second(stage)
            stages.append(
                {
                    "name": stage.name,
                    "from": now,
                    "to": now + stage.seconds,
                    "settled": now + stage.ramp,
                    "sessions": self.level(stage),
                    "judged": stage.judged,
                    "plannedCallsPerSecond": rate,
                }
            )
            now += stage.seconds
        return {
            "stack": self.stack,
            "region": self.region,
            "server": self.server,
            "scenario": self.scenario.name,
            "title": self.scenario.title,
            "scale": self.scale,
            "url": traffic.url,
            "sseUrl": traffic.sse_url,
            "eras": [{"name": name, "weight": weight} for name, weight in traffic.eras.items()],
            "tools": [
                {
                    "name": tool.name,
                    "tag": tool.tag,
                    "weight": tool.weight,
                    "arguments": [dict(one) for one in tool.arguments],
                    "milliseconds": tool.milliseconds,
                    "limitMilliseconds": tool.limit_milliseconds,
                }
                for tool in traffic.tools
            ],
            "thinkSeconds": traffic.think_seconds,
            "sessionSeconds": traffic.session_seconds,
            "timeoutSeconds": traffic.timeout_seconds,
            "seconds": self.scenario.seconds,
            "users": self.users,
            "points": [list(point) for point in self.points],
            "stages": stages,
            "sessions": self.sessions,
            "pods": self.pods,
            "sessionsPerPod": self.sessions_per_pod,
            "failedPercent": self.failed_percent,
            "limitMilliseconds": self.limit_milliseconds,
            "reasons": list(REASONS),
            "thresholds": thresholds(self),
        }


def thresholds(test: LoadTest) -> dict[str, list[Any]]:
    """What k6 holds the test against, and the parts of its metrics that the summary is to have: k6 leaves out those
    that no threshold names, so that each has one that always holds."""
    found: dict[str, list[Any]] = {}
    for reason in REASONS:
        found[f"mcp_failures{{reason:{reason}}}"] = ["count>=0"]
    for phase in ("discover", "initialize", "list", OPENING):
        found[f"mcp_exchange_duration{{phase:{phase}}}"] = ["max>=0"]
    for phase in PHASES:
        found[f"mcp_failed{{phase:{phase}}}"] = ["rate>=0"]
    for stage in test.scenario.stages:
        found[f"mcp_call_duration{{stage:{stage.name}}}"] = ["max>=0"]
        found[f"mcp_exchange_duration{{phase:{OPENING},stage:{stage.name}}}"] = ["max>=0"]
        found[f"mcp_call_failed{{stage:{stage.name}}}"] = ["rate>=0"]
        found[f"mcp_failed{{stage:{stage.name}}}"] = ["rate>=0"]
        found[f"mcp_sessions_lost{{stage:{stage.name}}}"] = ["count>=0"]
    for tool in test.traffic.tools:
        found[f"mcp_call_duration{{tool:{tool.tag}}}"] = ["max>=0"]
    if test.scenario.name == STEPS_TO_KNEE:
        found["mcp_failed"] = [{"threshold": f"rate<{GIVEN_UP}", "abortOnFail": True, "delayAbortEval": "10s"}]
        return found
    for stage in (one for one in test.scenario.stages if one.judged):
        _judge(found, test, stage)
    return found


def _judge(found: dict[str, list[Any]], test: LoadTest, stage: Stage) -> None:
    """What must hold in a stage: the failures, and the 95th percentile of each tool and of all calls."""
    # A lost request in a drain is what the drain is there to prevent.
    draining = (
        test.scenario.name == SCALE_IN
        and stage.name in ("fall", "drain")
        and "legacy-stateful" not in test.traffic.eras
    )
    most = "rate==0" if draining else f"rate<={test.failed_percent / 100:g}"
    found[f"mcp_failed{{stage:{stage.name}}}"] = [most]
    if test.p95_milliseconds is not None:
        found[f"mcp_call_duration{{stage:{stage.name}}}"] = [f"p(95)<={test.p95_milliseconds:g}"]
    for tool in test.traffic.tools:
        if tool.limit_milliseconds is not None and test.p95_milliseconds is None:
            name = f"mcp_call_duration{{tool:{tool.tag},stage:{stage.name}}}"
            found[name] = [f"p(95)<={tool.limit_milliseconds:g}"]
