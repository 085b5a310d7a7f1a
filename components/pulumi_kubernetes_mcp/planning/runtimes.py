"""What a process of each runtime takes before the server's own objects: constants, measured where possible.

Measured values are the resident memory of one process with one trivial tool, at 0 and at 1000 sessions; the
constants per session are the slope between them, with the stream that every legacy client opens at once. 'node' and
'other' hold the constants of the original sizing guide, which puts everything per session into one number
(``Workload.session_mib``). A profile that ``mcp-stack measure`` wrote replaces all of it by the server's own numbers.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from .inputs import ERAS

GUIDE_BASE_CPU_MILLICORES = 300
"""CPU beside the tools in the sizing guide: TLS, JSON, keep-alives, garbage collection."""
LOOP_BASE_CPU_MILLICORES = 50
"""CPU beside the calls where the protocol's CPU is counted per call: keep-alives, timers, garbage collection, probes
and scrapes. Assumed; an idle process was seen to take a few millicores."""
NODE_HEADER_KIB = 16
"""Node answers 431 above it (`--max-http-header-size`): 15 KiB were seen to pass, and 17 not."""
UVICORN_HEADER_KIB = 64
"""uvicorn ends the connection above it (h11's incomplete event): 60 KiB were seen to pass, and 300 not."""
GUIDE_REGISTRY_MIB = 30
"""Memory of the registered tools and their schemas in the sizing guide."""


@dataclass(frozen=True, kw_only=True)
class RuntimeProfile:
    """Memory and CPU constants of a runtime, and which of its switches a deployment may use."""

    name: str
    baseline_mib: float
    """Resident memory of an idle process, in MiB."""
    registry_mib: float = GUIDE_REGISTRY_MIB
    """Memory of the registered tools and their schemas, in MiB; 0 where the baseline was measured with them."""
    session_kib: Mapping[str, float] = field(default_factory=dict)
    """What the SDK holds per session by era, in KiB, with the session's stream. An unlisted era takes none."""
    call_cpu_milliseconds: Mapping[str, float] = field(default_factory=dict)
    """CPU of the protocol per call by era, in milliseconds."""
    base_cpu_millicores: float = GUIDE_BASE_CPU_MILLICORES
    """What the process takes beside its calls."""
    baseline_descriptors: float | None = None
    """Open descriptors of an idle process; ``None`` where it was not measured: the reserve stands for them."""
    session_descriptors: Mapping[str, float] = field(default_factory=dict)
    """Descriptors per session by era; an era that is not listed takes one."""
    heap_flag: bool = False
    """Whether the heap is bounded by ``--max-old-space-size`` (V8)."""
    keepalive_seconds: Mapping[str, int] = field(default_factory=dict)
    """How often it sends a comment while a call works, by era. An unlisted era sends no byte until the result."""
    drains_by_env: bool = False
    """Whether ``UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN`` is understood. It works when the container starts through
    the uvicorn command line, and has no effect when the program runs the server itself."""
    python: bool = False
    """Whether it is Python, whose resident memory does not fall after sessions close."""
    one_loop: bool = False
    """Whether one process runs one event loop: its own code uses one core, however many the limit allows."""
    header_kib: int | None = None
    """Headers of a request that it takes unless its program says otherwise, in KiB; ``None`` where nobody looked."""
    known: bool = True
    """Whether the numbers are of this kind of server at all; those of an unknown one are the sizing guide's."""
    measured: bool = False
    """Whether the numbers are those of this server, as ``mcp-stack measure`` found them."""
    source: str

    def __post_init__(self) -> None:
        for name in ("session_kib", "call_cpu_milliseconds", "session_descriptors", "keepalive_seconds"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))


_GUIDE = "sizing guide: 80 MiB process, 30 MiB tool registry, everything per session in session_mib"

_SDK_KEEPALIVE_SECONDS = 15
"""Seen on Python's legacy, HTTP+SSE and modern calls, on TypeScript v1's legacy calls and on the legacy calls of
TypeScript v2. A modern call of TypeScript v2 carries no byte until the result, and neither does Python in JSON mode,
which nobody sees from outside: `keepaliveSeconds: 0` says it."""


def _keepalives(*eras: str) -> dict[str, int]:
    return dict.fromkeys(eras, _SDK_KEEPALIVE_SECONDS)


def _by_era(modern: float, stateless: float, stateful: float, sse: float) -> dict[str, float]:
    # An era that nobody measured is planned as one of the guide's runtimes; a test names those that lack it.
    return dict(zip(ERAS, (modern, stateless, stateful, sse), strict=False))


PYTHON_V1 = RuntimeProfile(
    name="python-v1",
    baseline_mib=53,
    session_kib=_by_era(0, 0, 124, 106),
    call_cpu_milliseconds=_by_era(0, 2.9, 1.7, 1.7),
    keepalive_seconds=_keepalives("legacy-stateless", "legacy-stateful", "sse"),
    base_cpu_millicores=LOOP_BASE_CPU_MILLICORES,
    drains_by_env=True,
    python=True,
    one_loop=True,
    header_kib=UVICORN_HEADER_KIB,
    source="measured: 67 KiB per session, 124 with its stream, 106 over HTTP+SSE; 340 to 575 calls a second",
)
PYTHON_V2 = RuntimeProfile(
    name="python-v2",
    baseline_mib=69,
    session_kib=_by_era(56, 0, 98, 106),
    call_cpu_milliseconds=_by_era(0.65, 1.7, 1.5, 1.5),
    keepalive_seconds=_keepalives("modern", "legacy-stateless", "legacy-stateful", "sse"),
    base_cpu_millicores=LOOP_BASE_CPU_MILLICORES,
    drains_by_env=True,
    python=True,
    one_loop=True,
    header_kib=UVICORN_HEADER_KIB,
    source="measured: 56 KiB per listen stream, 98 per session with its stream, 106 over HTTP+SSE; "
    "600 to 1550 calls a second",
)
FASTMCP = RuntimeProfile(
    name="fastmcp",
    baseline_mib=82,
    session_kib=_by_era(56, 0, 110, 110),
    call_cpu_milliseconds=_by_era(1.75, 4.4, 4, 4),
    keepalive_seconds=_keepalives("modern", "legacy-stateless", "legacy-stateful", "sse"),
    base_cpu_millicores=LOOP_BASE_CPU_MILLICORES,
    drains_by_env=True,
    python=True,
    one_loop=True,
    header_kib=UVICORN_HEADER_KIB,
    source="measured: 45 KiB per session, 570 modern calls a second; its streams as in python-v2, whose transport it "
    "uses, and its legacy calls dearer by the ratio seen there",
)
TYPESCRIPT_V1 = RuntimeProfile(
    name="typescript-v1",
    baseline_mib=76,
    session_kib=_by_era(0, 0, 102, 102),
    call_cpu_milliseconds=_by_era(0, 2.6, 2.3, 2.3),
    keepalive_seconds=_keepalives("legacy-stateless", "legacy-stateful"),
    base_cpu_millicores=LOOP_BASE_CPU_MILLICORES,
    heap_flag=True,
    one_loop=True,
    header_kib=NODE_HEADER_KIB,
    source="measured: 94 KiB per session, 102 with its stream; the CPU of its calls as in typescript-v2, dearer by the "
    "ratio of the eras in python-v2, not measured",
)
TYPESCRIPT_V2 = RuntimeProfile(
    name="typescript-v2",
    baseline_mib=73,
    session_kib=_by_era(50, 0, 144, 144),
    call_cpu_milliseconds=_by_era(1.05, 2.6, 2.3, 2.3),
    keepalive_seconds=_keepalives("legacy-stateless", "legacy-stateful"),
    base_cpu_millicores=LOOP_BASE_CPU_MILLICORES,
    heap_flag=True,
    one_loop=True,
    header_kib=NODE_HEADER_KIB,
    source="measured: 50 KiB per listen stream, 955 modern calls a second; its sessions as in typescript-v1 with such "
    "a stream, not measured",
)
NODE = RuntimeProfile(name="node", baseline_mib=80, heap_flag=True, header_kib=NODE_HEADER_KIB, source=_GUIDE)
OTHER = RuntimeProfile(name="other", baseline_mib=80, known=False, source=_GUIDE)

RUNTIMES: Mapping[str, RuntimeProfile] = MappingProxyType(
    {profile.name: profile for profile in (PYTHON_V1, PYTHON_V2, FASTMCP, TYPESCRIPT_V1, TYPESCRIPT_V2, NODE, OTHER)}
)
"""Every profile by its name."""


def runtime(name: str) -> RuntimeProfile:
    """The profile called ``name``; KeyError that lists the names for an unknown one."""
    try:
        return RUNTIMES[name]
    except KeyError:
        raise KeyError(f"unknown runtime '{name}'; known are {', '.join(RUNTIMES)}") from None


def keepalive_seconds(profile: RuntimeProfile, eras: Collection[str]) -> int | None:
    """How often a server of that runtime sends a comment while a call works: the rarest of its eras, 0 where one of
    them sends nothing. ``None`` for a runtime that nobody looked at."""
    if not profile.keepalive_seconds:
        return None
    sent = [profile.keepalive_seconds.get(era, 0) for era in eras]
    return 0 if 0 in sent else max(sent, default=0)
