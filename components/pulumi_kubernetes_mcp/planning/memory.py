"""Memory and file descriptors of one pod."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from .inputs import Bounds, Workload
from .runtimes import RuntimeProfile
from .working import Figure, equals, exact, figure, given, round_down, round_up, show

GC_HEADROOM_PERCENT = 25
"""Room above the live memory, so that a garbage collector need not run all the time."""
MEMORY_STEP_MIB = 64
"""Limits are rounded up to a multiple of this: finer steps pretend to a precision that the estimate lacks."""
MEMORY_REQUEST_PERCENT = 75
"""Request over limit: what a pod uses most of the time, without the headroom."""
HEAP_PERCENT = 80
"""V8 heap over limit; the rest is for code, stacks and buffers, which the flag does not count."""
HEAP_STEP_MIB = 10
POOL_MIB = 15
"""Least memory of a connection pool: driver, TLS and buffers of up to 15 connections."""
POOL_CONNECTION_MIB = 1
"""Memory per connection of a larger pool."""
DESCRIPTOR_SOFT_LIMIT = 1024
"""Usual soft limit of open files in a container. A pod cannot raise it; a process can, to its hard limit."""
DESCRIPTOR_RESERVE = 64
"""Descriptors for listeners, logs and files of the process itself."""
_MIB = 2**20


@dataclass(frozen=True, kw_only=True)
class Memory:
    """Figures of one pod, and what is needed to ask how many sessions a given limit holds."""

    memory_per_pod_mib: Figure
    memory_with_headroom_mib: Figure
    memory_limit_mib: Figure
    memory_request_mib: Figure
    node_heap_mib: Figure | None
    request_mib: Fraction
    """The request exactly."""
    fixed_mib: Fraction
    """Everything that does not grow with sessions."""
    session_mib: Fraction
    """What one session takes, protocol and stream included."""

    def sessions(self) -> int | None:
        """Sessions that the limit holds with GC headroom; ``None`` if sessions take no memory."""
        room = exact(self.memory_limit_mib.value) * 100 / (100 + GC_HEADROOM_PERCENT) - self.fixed_mib
        if room < 0:
            return 0
        return round_down(room / self.session_mib) if self.session_mib else None


def memory(workload: Workload, bounds: Bounds, runtime: RuntimeProfile, pool: int) -> Memory:
    """The memory of one pod. ``pool`` is its number of database connections, 0 without a database server."""
    in_flight = workload.concurrent_calls * exact(workload.response_kib) / 1024
    pool_mib = exact(max(POOL_MIB, pool * POOL_CONNECTION_MIB) if pool else 0)
    fixed = exact(runtime.baseline_mib) + exact(runtime.registry_mib) + in_flight + pool_mib
    per_session = exact(workload.session_mib) + exact(runtime.session_kib) / 1024
    needed = fixed + workload.sessions_per_pod * per_session
    per_pod = figure(
        "memory per pod",
        needed,
        "MiB",
        formula="baseline + tool registry + sessions × (session + protocol) + calls × response + pool",
        working=f"{show(runtime.baseline_mib)} + {show(runtime.registry_mib)} + "
        f"{workload.sessions_per_pod} × {show(per_session)} + {show(in_flight)} + {show(pool_mib)} "
        f"{equals(needed)}",
        inputs={
            "baseline MiB": runtime.baseline_mib,
            "tool registry MiB": runtime.registry_mib,
            "sessions per pod": workload.sessions_per_pod,
            "session MiB": workload.session_mib,
            "protocol and stream KiB": runtime.session_kib,
            "calls in flight": workload.concurrent_calls,
            "response KiB": workload.response_kib,
            "pool MiB": pool_mib,
        },
        source=f"{runtime.name}: {runtime.source}",
    )
    headroom = _headroom(needed)
    limit = _limit(needed * (100 + GC_HEADROOM_PERCENT) / 100, bounds)
    request = _request(exact(limit.value), bounds)
    given_request = bounds.memory_request_bytes
    return Memory(
        memory_per_pod_mib=per_pod,
        memory_with_headroom_mib=headroom,
        memory_limit_mib=limit,
        memory_request_mib=request,
        node_heap_mib=_heap(exact(limit.value)) if runtime.heap_flag else None,
        request_mib=exact(request.value) if given_request is None else Fraction(given_request, _MIB),
        fixed_mib=fixed,
        session_mib=per_session,
    )


def _headroom(needed: Fraction) -> Figure:
    value = needed * (100 + GC_HEADROOM_PERCENT) / 100
    return figure(
        "memory with GC headroom",
        value,
        "MiB",
        formula="memory per pod × 1.25",
        working=f"{show(needed)} × {show(1 + Fraction(GC_HEADROOM_PERCENT, 100))} {equals(value)}",
        inputs={"memory per pod MiB": needed, "headroom percent": GC_HEADROOM_PERCENT},
        source="sizing guide: 25 % above the live memory",
    )


def _limit(needed: Fraction, bounds: Bounds) -> Figure:
    if bounds.memory_limit_bytes is not None:
        return given("memory limit", Fraction(bounds.memory_limit_bytes, _MIB), "MiB")
    rounded = round_up(needed, MEMORY_STEP_MIB)
    request = Fraction(bounds.memory_request_bytes or 0, _MIB)
    value = max(exact(rounded), request)
    working = f"{show(needed)} → {rounded}"
    if request > rounded:
        working += f", but the given request is {show(request)}"
    return figure(
        "memory limit",
        value,
        "MiB",
        formula="memory with GC headroom, rounded up to a multiple of 64; not below a given request",
        working=working,
        inputs={"memory with headroom MiB": needed, "step MiB": MEMORY_STEP_MIB},
        source="crossing it is an OOM kill; finer steps pretend to a precision that the estimate lacks",
    )


def _request(limit: Fraction, bounds: Bounds) -> Figure:
    if bounds.memory_request_bytes is not None:
        return given("memory request", Fraction(bounds.memory_request_bytes, _MIB), "MiB")
    exactly = limit * MEMORY_REQUEST_PERCENT / 100
    value = round_down(exactly) or exactly
    return figure(
        "memory request",
        value,
        "MiB",
        formula="75 % of the limit, in whole MiB",
        working=f"{show(limit)} × {show(Fraction(MEMORY_REQUEST_PERCENT, 100))} {equals(exactly, value)}",
        inputs={"memory limit MiB": limit, "percent": MEMORY_REQUEST_PERCENT},
        source="sizing guide: request 192 Mi at a limit of 256 Mi",
    )


def _heap(limit: Fraction) -> Figure:
    exactly = limit * HEAP_PERCENT / 100
    value = max(HEAP_STEP_MIB, round_down(exactly, HEAP_STEP_MIB))
    return figure(
        "Node heap",
        value,
        "MiB",
        formula="80 % of the limit, rounded down to a multiple of 10, at least 10",
        working=f"{show(limit)} × {show(Fraction(HEAP_PERCENT, 100))} {equals(exactly, value)}",
        inputs={"memory limit MiB": limit, "percent": HEAP_PERCENT},
        source="--max-old-space-size counts the heap only; code, stacks and buffers take the rest",
    )


def descriptors(workload: Workload, pool: int) -> Figure:
    """File descriptors of one pod: one per open stream, per call in flight and per database connection."""
    value = workload.sessions_per_pod + workload.concurrent_calls + pool + DESCRIPTOR_RESERVE
    return figure(
        "file descriptors",
        value,
        "descriptors",
        formula="sessions + calls in flight + pool + reserve",
        working=f"{workload.sessions_per_pod} + {workload.concurrent_calls} + {pool} + {DESCRIPTOR_RESERVE} "
        f"{equals(value)}, of {DESCRIPTOR_SOFT_LIMIT}",
        inputs={
            "sessions per pod": workload.sessions_per_pod,
            "calls in flight": workload.concurrent_calls,
            "pool": pool,
            "reserve": DESCRIPTOR_RESERVE,
            "soft limit": DESCRIPTOR_SOFT_LIMIT,
        },
        source="measured: each open stream is one descriptor, and every legacy session opens one",
    )


def descriptor_sessions(workload: Workload, pool: int) -> int:
    """Sessions that the soft limit of descriptors leaves room for."""
    return max(0, DESCRIPTOR_SOFT_LIMIT - DESCRIPTOR_RESERVE - pool - workload.concurrent_calls)
