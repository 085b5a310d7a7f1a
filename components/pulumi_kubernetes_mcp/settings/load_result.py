"""What a load test found of a server: the file that ``mcp-stack loadtest report --write`` writes and a stack names."""

from typing import Annotated, Literal

from pydantic import Field

from .fields import Group

FORMAT_VERSION: Literal[1] = 1
Amount = Annotated[float, Field(ge=0, le=1e9)]
Count = Annotated[int, Field(ge=0, le=1_000_000_000)]


class LoadedLatency(Group):
    """How long exchanges took under load, as clients see them."""

    unit: Literal["milliseconds"]
    """Unit of the numbers."""
    p50: Amount
    """Median."""
    p95: Annotated[float, Field(gt=0, le=1e9)]
    """95th percentile."""
    p99: Amount
    """99th percentile."""


class FoundKnee(Group):
    """Where more sessions stop being served as the first ones were."""

    sessions_per_pod: Annotated[int, Field(ge=1, le=1_000_000)]
    """Sessions of one pod at the last step in front of it."""
    reached: bool
    """Whether a step lies behind it; else it is further up than the test went."""


class FoundTrend(Group):
    """The server's memory under a load that stands still."""

    growing: bool
    """Whether it grows for a reason other than chance."""
    mib_per_hour: Annotated[float, Field(ge=-1e9, le=1e9)]
    """How fast, in MiB per hour."""
    hours: Amount
    """How long it was watched after the warm-up, in hours."""


class LoadResult(Group):
    """What a load test found."""

    version: Literal[1] = FORMAT_VERSION
    """Version of this format."""
    stack: Annotated[str, Field(min_length=1)]
    """Stack that the test was made from."""
    region: Annotated[str, Field(min_length=1)]
    """Region of it."""
    server: Annotated[str, Field(min_length=1)]
    """Name of its server."""
    scenario: Annotated[str, Field(min_length=1)]
    """What was played."""
    measured_at: Annotated[str, Field(min_length=1)]
    """When, in ISO 8601, UTC."""
    sessions: Count
    """Sessions that were open."""
    pods: Annotated[int, Field(ge=1, le=1_000_000)]
    """Pods that served them."""
    calls_per_second: Amount
    """Calls that were answered in a second."""
    failed_percent: Annotated[float, Field(ge=0, le=100)]
    """Requests that failed, in percent."""
    scale: Annotated[float, Field(gt=0, le=1)] = 1
    """How much shorter than the scenario it was."""
    latency: LoadedLatency
    """How long tool calls took."""
    exchange: LoadedLatency
    """How long a handshake and the list of tools took together: what the probe measures, and its alerts count from."""
    knee: FoundKnee | None = None
    """The knee, where steps were played."""
    memory: FoundTrend | None = None
    """The trend of the memory, where it was read."""
    notes: list[str] = []
    """What a reader must know."""
