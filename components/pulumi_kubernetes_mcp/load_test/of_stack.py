"""A load test of a server that a stack describes: its load, its tools, its objective. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any
from urllib.parse import urlsplit

from ..autoscaling.args.spec import behavior
from ..autoscaling.spec.behavior import minutes_between
from ..eras import Era
from ..plan_inputs import without_duration
from ..server_plan import ServerPlan
from ..settings.keys.load_test import PlannedTool
from ..wiring import known_autoscaling_args
from .model import FAILED_PERCENT, LoadTest, Tool, Traffic
from .refused import LoadTestError
from .scenarios import FALL_PERCENT, LEAST_SECONDS, MINUTE, STEPS_TO_KNEE, Scenario, scenario

Arguments = Mapping[str, Sequence[Mapping[str, Any]]]
EXPONENTIAL_P95 = 3.0
"""95th percentile of an exponential over its mean, as the plan takes it."""
LEAST_CALLS = 4
"""A session that is shortened calls so many times at least: its pauses shrink with it."""
MOST_DRAIN_SECONDS = 60 * MINUTE
"""Longer scale-ins, of many pods with sessions, are watched for their first hour."""
TIMEOUT_MARGIN_SECONDS = 15.0
"""Beyond the slowest tool, as a route gives it."""


def load_test(
    server: ServerPlan,
    *,
    stack: str,
    name: str,
    url: str,
    arguments: Arguments | None = None,
    sessions: int | None = None,
    pods: int | None = None,
    scale: float = 1.0,
    first_launch: bool = False,
    hold_minutes: float | None = None,
    failed_percent: float = FAILED_PERCENT,
    p95_milliseconds: float | None = None,
    sse_url: str | None = None,
) -> LoadTest:
    """The load test of a server.

    :param sessions: at 100 percent. Default: those of the planned peak; for the steps those that ``pods`` pods hold.
    :param pods: that serve. Default: those that the plan has for the sessions.
    :param scale: how much shorter it is than the scenario.
    :raises LoadTestError: for what cannot be played.
    """
    played = scenario(
        name, first_launch=first_launch, hold_minutes=hold_minutes, drain_seconds=drain_seconds(server)
    ).scaled(_scale(scale))
    _check_seconds(played, scale)
    sessions, pods = level(server, name, sessions=sessions, pods=pods)
    return LoadTest(
        stack=stack,
        region=server.settings.region.name,
        server=server.name,
        traffic=traffic(server, url=url, arguments=arguments or {}, scale=scale, sse_url=sse_url),
        scenario=played,
        sessions=sessions,
        pods=pods,
        sessions_per_pod=int(server.plan.capacity.sessions_per_pod.value),
        failed_percent=failed_percent,
        p95_milliseconds=p95_milliseconds,
        scale=scale,
    )


def level(server: ServerPlan, name: str, *, sessions: int | None = None, pods: int | None = None) -> tuple[int, int]:
    """Sessions at 100 percent, and the pods that serve them: those of the peak, for the steps those of the minimum."""
    held = int(server.plan.capacity.sessions_per_pod.value)
    if sessions is None:
        sessions = int(server.plan.load.peak_sessions.value) if pods is None else pods * held
        if name == STEPS_TO_KNEE:
            sessions = (server.replicas if pods is None else pods) * held
    if pods is None:
        # An autoscaler leaves the headroom free.
        each = int(server.plan.capacity.sessions_target.value) if server.autoscaled else held
        pods = server.replicas if name == STEPS_TO_KNEE else max(server.replicas, ceil(sessions / max(1, each)))
    return sessions, pods


def traffic(
    server: ServerPlan, *, url: str, arguments: Arguments, scale: float = 1.0, sse_url: str | None = None
) -> Traffic:
    """Who calls what: eras, tools, pauses and sessions, as the plan counts with them."""
    workload = server.settings.workload
    if not workload.tools:
        raise LoadTestError(
            "mcp:workload has no tools, so that there is nothing to call: give each tool with its share and its "
            "duration "
            "(mcp:workload.tools), and its arguments (--arguments, or mcp:loadTest.arguments)."
        )
    unknown = sorted(set(arguments) - {tool.name for tool in workload.tools})
    if unknown:
        known = ", ".join(tool.name for tool in workload.tools)
        raise LoadTestError(
            f"Arguments are given for the tool '{unknown[0]}', which mcp:workload.tools does not have: it has {known}."
        )
    seconds = workload.session_minutes * 60 * scale
    return Traffic(
        url=url,
        sse_url=sse_url or _sse_url(server, url),
        eras=eras(server),
        tools=tools(server, arguments),
        think_seconds=min(workload.think_seconds, seconds / LEAST_CALLS) if scale < 1 else workload.think_seconds,
        session_seconds=seconds,
        timeout_seconds=timeout_seconds(server),
    )


def tools(server: ServerPlan, arguments: Arguments) -> tuple[Tool, ...]:
    """The tools of the workload, each with the time that 95 % of its calls may take: its own, and the objective for the
    wait in a pod."""
    objective = server.settings.workload.wait_p95_milliseconds
    unknown = {server.settings.workload.tools[place].name for place in without_duration(server.settings)}
    found = []
    for tool in server.inputs.workload.tools:
        known = tool.name not in unknown
        own = tool.p95_milliseconds or EXPONENTIAL_P95 * tool.duration_milliseconds
        found.append(
            Tool(
                name=tool.name,
                weight=tool.share_percent,
                arguments=arguments.get(tool.name) or ({},),
                milliseconds=tool.duration_milliseconds if known else None,
                limit_milliseconds=own + objective if known else None,
            )
        )
    return tuple(found)


def planned_tools(server: ServerPlan) -> list[PlannedTool]:
    """The same as arguments of the component."""
    return [
        PlannedTool(
            name=tool.name,
            share_percent=tool.weight,
            duration_milliseconds=tool.milliseconds,
            limit_milliseconds=tool.limit_milliseconds,
        )
        for tool in tools(server, {})
    ]


def timeout_seconds(server: ServerPlan) -> float:
    """After so long a request has failed."""
    return server.settings.server.max_tool_seconds + TIMEOUT_MARGIN_SECONDS


def eras(server: ServerPlan) -> dict[str, float]:
    """Part of the sessions by era: as the stack says, else evenly over those that are served. 'sse' is left out where
    another one is there, since k6 can hold its streams and not call."""
    shares = {era: share for era, share in server.inputs.workload.era_percent.items() if share > 0}
    if shares:
        return shares
    served = [str(era) for era in server.era_profile.eras]
    return dict.fromkeys([era for era in served if era != Era.SSE] or served, 1.0)


def drain_seconds(server: ServerPlan) -> float:
    """From a fall of the load until the pods that it leaves without work have ended, by the autoscaler's own rules."""
    if not server.autoscaled:
        return 0.0
    keys = known_autoscaling_args(server)
    held = float(server.plan.capacity.sessions_target.value) or 1.0
    peak = float(server.plan.load.peak_sessions.value)
    most = max(server.replicas, ceil(peak / held))
    least = max(server.replicas, ceil(peak * FALL_PERCENT / 100 / held))
    down = behavior(keys).down
    minutes = minutes_between(most, least, down) if most > least else 0
    seconds = down.window_seconds + 60.0 * (minutes or 0) + server.grace_period_seconds
    return min(MOST_DRAIN_SECONDS, seconds)


def public_url(server: ServerPlan) -> str:
    """Where clients reach the server; within the cluster where it has no public name, or one that is known later."""
    settings = server.settings
    if not server.called_inside:
        return f"https://{settings.edge.host}{settings.server.path}"
    return f"{'https' if settings.server.serves_tls else 'http'}://{server.name}.{server.namespace}.svc{settings.server.path}"


def _sse_url(server: ServerPlan, url: str) -> str | None:
    if Era.SSE not in server.era_profile.eras:
        return None
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{server.settings.server.sse_paths[0]}"


def _scale(factor: float) -> float:
    if not 0 < factor <= 1:
        raise LoadTestError(f"--scale {factor:g}: give a number above 0 and at most 1; 0.1 takes a tenth of the time.")
    return factor


def _check_seconds(played: Scenario, scale: float) -> None:
    if played.seconds < LEAST_SECONDS:
        whole = played.seconds / scale
        raise LoadTestError(
            f"The scenario '{played.name}' would take {played.seconds:g} s, in which nothing can be seen. It takes "
            f"{whole:g} s as it is: give a --scale of {LEAST_SECONDS / whole:.2g} at least."
        )
