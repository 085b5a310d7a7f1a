"""What was measured of a running server: the file that ``mcp-stack measure`` writes and a stack file names."""

from typing import Annotated, Literal

from pydantic import Field

from .fields import EraName, Group, Runtime

FORMAT_VERSION: Literal[1] = 1
Amount = Annotated[float, Field(ge=0, le=1e9)]


class Measured(Group):
    """A measured number and how far it may be off."""

    value: Amount
    """The estimate."""
    error: Amount = 0
    """Half-width of its 95 % confidence interval, in the same unit; 0 where there is none."""


class MeasuredProcess(Group):
    """The process with no client."""

    baseline_mib: Measured
    """Resident memory after the warm-up with no session open, in MiB; the registered tools are part of it."""
    baseline_descriptors: Amount | None = None
    """Open file descriptors with no session open."""
    idle_cpu_millicores: Amount = 0
    """CPU that the process takes with no session open, in millicores."""
    processes: Annotated[int, Field(ge=1, le=10_000)] = 1
    """Processes that were counted together: the server and its children."""


class MeasuredLatency(Group):
    """How long calls took, in milliseconds, as a client sees it."""

    mean: Amount
    """Mean."""
    p50: Amount
    """Median."""
    p95: Amount
    """95th percentile."""
    p99: Amount
    """99th percentile."""


class MeasuredEra(Group):
    """What one protocol era costs."""

    session_kib: Measured | None = None
    """Memory that one open session takes, with the stream that its client opens, in KiB. For the era 'modern' this is
    one open `subscriptions/listen` stream, 0 if the server has none."""
    stream_kib: Measured | None = None
    """The part of it that is the open stream, in KiB; measured where a session can be had without one."""
    session_descriptors: Amount | None = None
    """File descriptors that one such session takes."""
    sessions: Annotated[int, Field(ge=0)] = 0
    """Greatest number of sessions that were open at the same time."""
    call_cpu_milliseconds: Measured | None = None
    """CPU of one protocol round without a tool's work ('tools/list') on a server in use, in milliseconds."""
    call_cpu_at_millicores: Amount | None = None
    """CPU that the server used while that was measured, in millicores: half a core is meant. Left out where it was
    measured with all callers busy instead."""
    calls_per_second: Amount | None = None
    """Such rounds per second that the server answered with all callers busy; client and server shared the machine."""
    callers: Annotated[int, Field(ge=0)] = 0
    """Callers that were busy at the same time."""
    latency_milliseconds: MeasuredLatency | None = None
    """Duration of such a round."""


class MeasuredTool(Group):
    """What one call of a tool costs."""

    name: Annotated[str, Field(min_length=1)]
    """Name of the tool."""
    era: EraName
    """Era that it was called in."""
    calls: Annotated[int, Field(ge=1)]
    """Number of calls."""
    latency_milliseconds: MeasuredLatency
    """Duration of a call, alone in the server: waiting excluded."""
    cpu_milliseconds: Measured | None = None
    """CPU of a call on a server in use, the protocol included, in milliseconds."""
    cpu_at_millicores: Amount | None = None
    """CPU that the server used while that was measured, in millicores: half a core is meant. Left out where calls were
    measured one by one, which cost up to three times as much."""
    response_kib: Amount
    """Size of the answer, in KiB."""
    in_flight_kib: Amount | None = None
    """What each further call in flight added to the peak of the memory, in KiB: its state, and the answer on its way
    in all its forms. Memory that was free before hides a part."""


class Profile(Group):
    """The measured costs of one server."""

    version: Literal[1] = FORMAT_VERSION
    """Version of this format."""
    server: str
    """Name and version that the server gives of itself."""
    runtime: Runtime = "other"
    """Runtime that was named when it was measured."""
    measured_at: str
    """When, in ISO 8601, UTC."""
    source: Literal["process", "metrics", "none"]
    """Where memory and descriptors were read: the process itself, its '/metrics', or nowhere."""
    process: MeasuredProcess | None = None
    """The process with no client; left out where nothing could be read."""
    eras: dict[EraName, MeasuredEra]
    """What each era costs that the server speaks."""
    tools: list[MeasuredTool] = []
    """What each tool costs that was named."""
    notes: list[str] = []
    """What a reader must know: what was not measured, and why."""
