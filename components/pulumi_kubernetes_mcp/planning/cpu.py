"""CPU of one pod, and the load at which pods are added."""

from __future__ import annotations

from dataclasses import dataclass

from .inputs import Bounds, Workload
from .working import Figure, equals, exact, figure, given, round_down, round_up, show

BASE_CPU_MILLICORES = 300
"""What the process takes beside the tools: TLS, JSON, keep-alives, garbage collection."""
CPU_LIMIT_STEP_MILLICORES = 500
"""Limits are rounded up to a multiple of half a core."""
CPU_REQUEST_PERCENT = 40
"""Request over limit: heavy calls do not run all the time, so nodes are shared in between."""


@dataclass(frozen=True, kw_only=True)
class Cpu:
    """CPU figures of one pod."""

    cpu_needed_millicores: Figure
    cpu_limit_millicores: Figure
    cpu_request_millicores: Figure
    cpu_target_millicores: Figure
    cpu_target_percent_of_request: Figure


def cpu(workload: Workload, bounds: Bounds) -> Cpu:
    """The CPU of one pod: its heaviest calls at the same time, and what the process takes beside them."""
    tools = workload.heavy_calls * exact(workload.heavy_call_cpu_milliseconds)
    needed = round_up(tools + BASE_CPU_MILLICORES)
    limit = _limit(needed, bounds)
    request = _request(int(limit.value), bounds)
    exactly = exact(limit.value) * exact(bounds.cpu_percent_of_limit) / 100
    target = round_down(exactly)
    return Cpu(
        cpu_needed_millicores=figure(
            "CPU needed",
            needed,
            "millicores",
            formula="heavy calls × CPU milliseconds per second + base",
            working=f"{workload.heavy_calls} × {show(workload.heavy_call_cpu_milliseconds)} + "
            f"{BASE_CPU_MILLICORES} {equals(tools + BASE_CPU_MILLICORES, needed)}",
            inputs={
                "heavy calls": workload.heavy_calls,
                "CPU ms per call and second": workload.heavy_call_cpu_milliseconds,
                "base millicores": BASE_CPU_MILLICORES,
            },
            source="sizing guide: 200 ms × 10 concurrent = 2.0 cores, and 0.3 for the process",
        ),
        cpu_limit_millicores=limit,
        cpu_request_millicores=request,
        cpu_target_millicores=figure(
            "CPU target",
            target,
            "millicores",
            formula="limit × share of the limit",
            working=f"{show(limit.value)} × {show(exact(bounds.cpu_percent_of_limit) / 100)} {equals(exactly, target)}",
            inputs={"CPU limit": limit.value, "percent of limit": bounds.cpu_percent_of_limit},
            source="pods are added before the limit throttles them",
        ),
        cpu_target_percent_of_request=_percent(target, int(request.value)),
    )


def _limit(needed: int, bounds: Bounds) -> Figure:
    if bounds.cpu_limit_millicores is not None:
        return given("CPU limit", bounds.cpu_limit_millicores, "millicores")
    rounded = round_up(needed, CPU_LIMIT_STEP_MILLICORES)
    request = bounds.cpu_request_millicores or 0
    working = f"{needed} → {rounded}"
    if request > rounded:
        working += f", but the given request is {request}"
    return figure(
        "CPU limit",
        max(rounded, request),
        "millicores",
        formula="CPU needed, rounded up to a multiple of 500; not below a given request",
        working=working,
        inputs={"CPU needed": needed, "step": CPU_LIMIT_STEP_MILLICORES},
        source="sizing guide: limit 2500m for 2.3 cores",
    )


def _request(limit: int, bounds: Bounds) -> Figure:
    if bounds.cpu_request_millicores is not None:
        return given("CPU request", bounds.cpu_request_millicores, "millicores")
    exactly = exact(limit) * CPU_REQUEST_PERCENT / 100
    value = max(1, round_down(exactly))
    return figure(
        "CPU request",
        value,
        "millicores",
        formula="40 % of the limit, at least 1",
        working=f"{limit} × {show(exact(CPU_REQUEST_PERCENT) / 100)} {equals(exactly, value)}",
        inputs={"CPU limit": limit, "percent": CPU_REQUEST_PERCENT},
        source="sizing guide: request 1000m at a limit of 2500m",
    )


def _percent(target: int, request: int) -> Figure:
    base = max(1, request)
    exactly = exact(target) * 100 / base
    value = max(1, round_down(exactly))
    return figure(
        "CPU target of the request",
        value,
        "%",
        formula="CPU target / CPU request, at least 1 %",
        working=f"{target} / {base} × 100 {equals(exactly, value)}",
        inputs={"CPU target": target, "CPU request": request},
        source="the HorizontalPodAutoscaler counts utilisation in percent of the request, never of the limit",
    )


def cpu_sessions(workload: Workload, limit: Figure) -> int | None:
    """Sessions that the limit carries, heavy calls growing with them; ``None`` if calls take no CPU."""
    tools = workload.heavy_calls * exact(workload.heavy_call_cpu_milliseconds)
    if not tools:
        return None
    room = max(exact(0), exact(limit.value) - BASE_CPU_MILLICORES)
    return round_down(room * workload.sessions_per_pod / tools)
