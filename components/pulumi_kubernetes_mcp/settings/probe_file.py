"""What an exporter of the probe watches: the file of ``mcp-stack probe --serve``, and the endpoints of a stack."""

from typing import Annotated, Literal

from pydantic import Field

from .fields import EraName, Filled, Group, Text
from .keys.patches import Document

LEAST_TIMEOUT, MOST_TIMEOUT = 0.5, 120.0
"""Seconds of a round: below, a busy network fails it; above, no client waits."""
LEAST_INTERVAL, MOST_INTERVAL = 5.0, 3600.0
LEAST_BYTES, MOST_BYTES = 1024, 64 * 1024 * 1024
DEFAULT_BYTES = 4 * 1024 * 1024
MOST_AFFINITY = 20
"""More requests over new connections are a load test."""
MOST_ENDPOINTS = 2000
"""Of one exporter: 1,000 a minute are measured, and twice as many at half the pace."""

Word = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\s\x00-\x1f\x7f]+$")]
"""A value of a label: whoever reads a graph has to tell two of them apart."""


class ProbeHeader(Group):
    """A header whose value is a secret, and where it is kept."""

    name: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")]
    """Name of the header."""
    variable: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")] | None = None
    """Environment variable that holds the value."""
    file: Filled | None = None
    """File that holds the value, read anew in each round. One of the two is given."""


class ProbeTool(Group):
    """A tool that only reads, to be called in each round."""

    name: Filled
    """Name of the tool."""
    arguments: Document | None = None
    """What it is called with. Left out: nothing."""


class SecretHeader(Group):
    """A header whose value is in a file that a Secret is mounted as."""

    name: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")]
    """Name of the header."""
    file: Filled
    """File below /etc/mcp-probe/secrets, called after the key of the Secret; read anew in each round."""


class ProbeExpectation(Group):
    """What is expected of one address, and how it is called."""

    name: Word
    """What it is called in metrics; unique in an exporter."""
    server: Word | None = None
    """Which server answers there. Left out: the name."""
    region: Word | None = None
    """In which region it is; left out for an address of all regions, whose label is empty."""
    eras: list[EraName] = []
    """Eras that must be served; each is spoken in each round. Left out: the first that is found."""
    protocol_version: Filled | None = None
    """Protocol version that must be agreed on. Left out: any that exists."""
    schema_file: Filled | None = None
    """File with the tools that are expected, as `mcp-stack probe --save-schema` writes it; relative to the file that
    names it."""
    strict_schema: bool = False
    """Whether any difference of the tools is a failure, and not only one that breaks clients."""
    tool: ProbeTool | None = None
    """Tool that is called in each round."""
    checks: list[Literal["authorization", "host", "origin"]] = []
    """What is looked at besides, with a request each."""
    affinity: Annotated[int, Field(ge=0, le=MOST_AFFINITY)] = 0
    """Further requests over connections of their own that must find the session and the same tools."""
    timeout_seconds: Annotated[float, Field(ge=LEAST_TIMEOUT, le=MOST_TIMEOUT)] | None = None
    """How long a round may take, in seconds. Left out: that of the exporter."""
    slow_seconds: Annotated[float, Field(gt=0, le=MOST_TIMEOUT)] | None = None
    """A round that takes longer has failed, in seconds; twice the loaded P95 is usual. Left out: none is slow."""
    max_bytes: Annotated[int, Field(ge=LEAST_BYTES, le=MOST_BYTES)] = DEFAULT_BYTES
    """Bytes that are read of one answer."""
    cookies: bool = False
    """Whether cookies are sent back, as clients in Python do and those in TypeScript do not."""


class ProbeEndpoint(ProbeExpectation):
    """One address that the file of an exporter names, and what is expected of it."""

    url: Filled
    """Where clients reach it, with scheme and path."""
    headers: list[ProbeHeader] = []
    """Headers with secret values, such as a token."""


class WatchedEndpoint(ProbeExpectation):
    """One address that is watched from the cluster, and what is expected of it."""

    url: Text
    """Where clients reach it, with scheme and path."""
    headers: list[SecretHeader] = []
    """Headers with secret values, such as a token."""


class ProbeFile(Group):
    """The file of an exporter."""

    watcher: Word
    """Where the exporter runs, such as a region, for the label of this name."""
    interval_seconds: Annotated[float, Field(ge=LEAST_INTERVAL, le=MOST_INTERVAL)] = 60
    """From one round of an endpoint to its next, in seconds. A minute, as the alert rules expect."""
    timeout_seconds: Annotated[float, Field(ge=LEAST_TIMEOUT, le=MOST_TIMEOUT)] = 10
    """How long a round may take, in seconds."""
    ca_file: Filled | None = None
    """File of an authority that is trusted besides those of the machine."""
    endpoints: Annotated[list[ProbeEndpoint], Field(min_length=1, max_length=MOST_ENDPOINTS)]
    """What is watched."""
