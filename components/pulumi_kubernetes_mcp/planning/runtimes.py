"""What a process of each runtime takes before the server's own objects: constants, measured where possible.

Measured values are the resident memory of one process with one trivial tool, at 0 and at 1000 sessions; the
constants per session are the slope between them. 'node' and 'other' hold the constants of the original sizing
guide, which puts everything per session into one number (``Workload.session_mib``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, kw_only=True)
class RuntimeProfile:
    """Memory constants of a runtime, and which of its switches a deployment may use."""

    name: str
    baseline_mib: float
    """Resident memory of an idle process, in MiB."""
    registry_mib: float = 30
    """Memory of the registered tools and their schemas, in MiB; 30 is the guide's allowance."""
    protocol_session_kib: float
    """What the SDK holds per session, in KiB, without its stream."""
    stream_kib: float
    """What the open stream of a session adds, in KiB; every legacy client opens one at once."""
    heap_flag: bool
    """Whether the heap is bounded by ``--max-old-space-size`` (V8)."""
    drains_by_env: bool
    """Whether ``UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN`` is understood. It works when the container starts through
    the uvicorn command line, and has no effect when the program runs the server itself."""
    python: bool
    """Whether it is Python, whose resident memory does not fall after sessions close."""
    source: str

    @property
    def session_kib(self) -> float:
        """What one session with its open stream takes in the SDK, in KiB."""
        return self.protocol_session_kib + self.stream_kib


_GUIDE = "sizing guide: 80 MiB process, 30 MiB tool registry, everything per session in session_mib"


def _python(name: str, baseline: float, session: float, stream: float, source: str) -> RuntimeProfile:
    return RuntimeProfile(
        name=name,
        baseline_mib=baseline,
        protocol_session_kib=session,
        stream_kib=stream,
        heap_flag=False,
        drains_by_env=True,
        python=True,
        source=source,
    )


def _v8(name: str, baseline: float, session: float, stream: float, source: str) -> RuntimeProfile:
    return RuntimeProfile(
        name=name,
        baseline_mib=baseline,
        protocol_session_kib=session,
        stream_kib=stream,
        heap_flag=True,
        drains_by_env=False,
        python=False,
        source=source,
    )


PYTHON_V1 = _python("python-v1", 53, 67, 57, "measured: 67 KiB per session, 124 with its stream, 106 over HTTP+SSE")
PYTHON_V2 = _python("python-v2", 69, 41, 65, "measured: 41 KiB per session, 98 with its stream, 106 over HTTP+SSE")
FASTMCP = _python(
    "fastmcp", 82, 45, 65, "measured: 45 KiB per session; its stream as in python-v2, whose transport it uses"
)
TYPESCRIPT_V1 = _v8("typescript-v1", 76, 94, 8, "measured: 94 KiB per session, 102 with its stream")
TYPESCRIPT_V2 = _v8(
    "typescript-v2",
    73,
    94,
    50,
    "measured: 50 KiB per listen stream; its sessions as in typescript-v1, not measured",
)
NODE = _v8("node", 80, 0, 0, _GUIDE)
OTHER = RuntimeProfile(
    name="other",
    baseline_mib=80,
    protocol_session_kib=0,
    stream_kib=0,
    heap_flag=False,
    drains_by_env=False,
    python=False,
    source=_GUIDE,
)

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
