"""Memory and file descriptors of one pod."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from .calls import Calls
from .inputs import Bounds, Workload
from .runtimes import RuntimeProfile
from .sessions import by_era
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

    memory_per_session_kib: Figure
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
    session_calls_mib: Fraction
    """Responses of the calls of one session, where their number was assumed and grows with the sessions; they are not
    part of ``fixed_mib`` then, up to ``most_calls_mib``."""
    most_calls_mib: Fraction | None
    """Responses of the calls in all slots; ``None`` without slots."""

    def sessions(self) -> int | None:
        """Sessions that the limit holds with GC headroom; ``None`` if sessions take no memory."""
        room = exact(self.memory_limit_mib.value) * 100 / (100 + GC_HEADROOM_PERCENT) - self.fixed_mib
        if room < 0:
            return 0
        each = self.session_mib + self.session_calls_mib
        most = room / each if each else None
        slots = self.most_calls_mib
        if slots is not None and (most is None or most * self.session_calls_mib > slots):
            most = max(Fraction(0), room - slots) / self.session_mib if self.session_mib else None
        return None if most is None else round_down(most)

    def with_headroom(self, sessions: int) -> Fraction:
        """What so many sessions take in one pod with GC headroom, in MiB."""
        calls = sessions * self.session_calls_mib
        if self.most_calls_mib is not None:
            calls = min(calls, self.most_calls_mib)
        needed = self.fixed_mib + sessions * self.session_mib + calls
        return needed * (100 + GC_HEADROOM_PERCENT) / 100


def memory(workload: Workload, bounds: Bounds, runtime: RuntimeProfile, flight: Calls, pool: int) -> Memory:
    """The memory of one pod. ``pool`` is its number of database connections, 0 without a database server."""
    protocol = protocol_kib(workload, runtime)
    in_flight = flight.running * flight.kib / 1024
    pool_mib = exact(max(POOL_MIB, pool * POOL_CONNECTION_MIB) if pool else 0)
    # A measured baseline is that of all processes together.
    copies = 1 if runtime.measured else processes(workload, runtime)
    fixed = copies * (exact(runtime.baseline_mib) + exact(runtime.registry_mib)) + pool_mib
    per_session = exact(workload.session_mib) + protocol / 1024
    needed = fixed + in_flight + workload.sessions_per_pod * per_session
    slots = workload.call_slots
    process = f"{show(runtime.baseline_mib)} + {show(runtime.registry_mib)}"
    per_pod = figure(
        "memory per pod",
        needed,
        "MiB",
        formula="processes × (baseline + tool registry) + sessions × (session + protocol) + calls × response + pool",
        working=f"{process if copies == 1 else f'{copies} × ({process})'} + "
        f"{workload.sessions_per_pod} × {show(per_session)} + {show(in_flight)} + {show(pool_mib)} "
        f"{equals(needed)}",
        inputs={
            "processes": copies,
            "baseline MiB": runtime.baseline_mib,
            "tool registry MiB": runtime.registry_mib,
            "sessions per pod": workload.sessions_per_pod,
            "session MiB": workload.session_mib,
            "protocol and stream KiB": protocol,
            "calls that run": flight.running,
            "response KiB": flight.kib,
            "pool MiB": pool_mib,
        },
        source=f"{runtime.name}: {runtime.source}",
    )
    headroom = _headroom(needed)
    limit = _limit(needed * (100 + GC_HEADROOM_PERCENT) / 100, bounds)
    request = _request(exact(limit.value), bounds)
    given_request = bounds.memory_request_bytes
    return Memory(
        memory_per_session_kib=figure(
            "memory per session",
            per_session * 1024,
            "KiB",
            formula="the server's own objects + the SDK's session with its stream, by the shares of the eras",
            working=f"{show(exact(workload.session_mib) * 1024)} + {show(protocol)} {equals(per_session * 1024)}",
            inputs={"session MiB": workload.session_mib, "protocol and stream KiB": protocol},
            source="guides reckon 1 to 5 MiB for an SSE connection; the SDKs take about 0.1, the rest is the server's",
        ),
        memory_per_pod_mib=per_pod,
        memory_with_headroom_mib=headroom,
        memory_limit_mib=limit,
        memory_request_mib=request,
        node_heap_mib=_heap(exact(limit.value), processes(workload, runtime)) if runtime.heap_flag else None,
        request_mib=exact(request.value) if given_request is None else Fraction(given_request, _MIB),
        fixed_mib=fixed if flight.assumed else fixed + in_flight,
        session_mib=per_session,
        session_calls_mib=flight.per_session * flight.kib / 1024 if flight.assumed else Fraction(0),
        most_calls_mib=slots * flight.kib / 1024 if flight.assumed and slots is not None else None,
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
    working = f"{show(needed)} → {show(rounded)}"
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


def _heap(limit: Fraction, copies: int) -> Figure:
    exactly = limit * HEAP_PERCENT / 100 / copies
    value = max(HEAP_STEP_MIB, round_down(exactly, HEAP_STEP_MIB))
    among = f" / {copies}" if copies > 1 else ""
    return figure(
        "Node heap",
        value,
        "MiB",
        formula="80 % of the limit / processes, rounded down to a multiple of 10, at least 10",
        working=f"{show(limit)} × {show(Fraction(HEAP_PERCENT, 100))}{among} {equals(exactly, value)}",
        inputs={"memory limit MiB": limit, "percent": HEAP_PERCENT, "processes": copies},
        source="--max-old-space-size counts the heap of one process only; code, stacks and buffers take the rest",
    )


def processes(workload: Workload, runtime: RuntimeProfile) -> int:
    """Processes of one pod that hold all of the program: code of one event loop uses more cores in no other way.

    A worker thread of Node has a heap and a program of its own too; those of other runtimes are taken to share them.
    """
    workers = workload.workers or 1 if runtime.one_loop or runtime.heap_flag else 1
    return max(workers, workload.processes or 1)


def protocol_kib(workload: Workload, runtime: RuntimeProfile) -> Fraction:
    """What a session takes in the SDK with its stream, in KiB."""
    return by_era(workload, runtime.session_kib)


def descriptors(workload: Workload, runtime: RuntimeProfile, flight: Calls, connections: int) -> Figure:
    """File descriptors of one pod: those of the process, one per open stream, call in flight and connection.

    :param connections: what the pod opens itself, to the database and to the state store.
    """
    fixed, each = _fixed_descriptors(runtime), descriptors_per_session(workload, runtime)
    value = round_up(workload.sessions_per_pod * each) + flight.busiest + connections + fixed
    streams = f"{workload.sessions_per_pod}" if each == 1 else f"{workload.sessions_per_pod} × {show(each)}"
    streams = streams if each.denominator == 1 else f"⌈{streams}⌉"
    return figure(
        "file descriptors",
        value,
        "descriptors",
        formula="sessions + calls in flight + connections + reserve",
        working=f"{streams} + {flight.busiest} + {show(connections)} + {show(fixed)} {equals(each)[0]} {show(value)}, "
        f"of {DESCRIPTOR_SOFT_LIMIT}",
        inputs={
            "sessions per pod": workload.sessions_per_pod,
            "descriptors per session": each,
            "calls in flight": flight.busiest,
            "connections": connections,
            "reserve": fixed,
            "soft limit": DESCRIPTOR_SOFT_LIMIT,
        },
        source="measured: each open stream is one descriptor, and every legacy session opens one",
    )


def descriptors_per_session(workload: Workload, runtime: RuntimeProfile) -> Fraction:
    """Descriptors of one session: its stream or its connection."""
    return by_era(workload, runtime.session_descriptors, unlisted=1)


def descriptor_sessions(workload: Workload, runtime: RuntimeProfile, flight: Calls, connections: int) -> int | None:
    """Sessions that the soft limit of descriptors leaves room for; ``None`` if sessions take none."""
    each = descriptors_per_session(workload, runtime)
    calls = 0 if flight.assumed else flight.busiest
    if flight.assumed:
        each += flight.per_session
    room = max(0, DESCRIPTOR_SOFT_LIMIT - _fixed_descriptors(runtime) - connections - calls)
    return round_down(room / each) if each else None


def _fixed_descriptors(runtime: RuntimeProfile) -> int:
    """Those of the idle process as measured, or the reserve that stands for them."""
    measured = runtime.baseline_descriptors
    return DESCRIPTOR_RESERVE if measured is None else round_up(measured)
