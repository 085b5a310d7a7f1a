"""The MCP server of a stack: what runs, and what it promises."""

from typing import Annotated

from pydantic import Field

from ..fields import Cidr, Cpu, EraName, Filled, Group, Label, Memory, Port, Runtime, Seconds, Text, UrlPath
from ..profile_file import MeasuredProfile


class ResourceList(Group):
    """One side of a container's resources. What is left out is not declared."""

    cpu: Cpu | None = None
    """CPU, such as '500m'."""
    memory: Memory | None = None
    """Memory with its unit, such as '256Mi'."""
    ephemeral_storage: Memory | None = None
    """Local disk with its unit, such as '64Mi'."""


class Resources(Group):
    """A container's resources, instead of the planned ones."""

    requests: ResourceList | None = None
    """What the scheduler reserves. Given, it replaces all planned requests."""
    limits: ResourceList | None = None
    """What the kernel enforces. Given, it replaces all planned limits."""


class Egress(Group):
    """A destination besides the database."""

    port: Port
    """TCP port."""
    cidrs: Annotated[list[Cidr], Field(min_length=1)]
    """Address ranges, such as 0.0.0.0/0 for an API on the internet."""


class ServerSettings(Group):
    """The MCP server: what runs, and what it promises."""

    image: Text
    """Container image with a fixed tag or a digest; 'latest' and no tag are refused."""
    name: Label = "mcp-server"
    """Name of the Deployment, the Service and everything that belongs to them."""
    port: Port = 8000
    """Port that the server listens on."""
    path: UrlPath = "/mcp"
    """Path of the MCP endpoint, without a trailing slash."""
    sse_paths: Annotated[list[UrlPath], Field(min_length=1)] = ["/sse", "/messages"]
    """Paths of an HTTP+SSE server, routed by prefix; used only if 'sse' is among the eras."""
    health_path: UrlPath | None = None
    """GET route that answers 200 when the server can serve and 503 while it drains; the readiness probe.
    The SDKs ship none: without it the probes only test that the port is open."""
    liveness_path: UrlPath | None = None
    """GET route that answers 200 as long as the process answers at all; never the readiness route, which says
    503 while draining. Without it liveness tests that the port is open."""
    eras: Annotated[list[EraName], Field(min_length=1)] = ["modern"]
    """Protocol eras that the server serves on its URL. All regions behind one host must serve the same."""
    runtime: Runtime = "other"
    """SDK or runtime, which selects measured memory constants and the drain and heap settings it understands."""
    profile: MeasuredProfile | None = None
    """File with what was measured of this server, which 'mcp-stack measure' writes; it replaces the constants of the
    runtime. Its path begins at the directory of Pulumi.yaml and stays below it, such as 'profiles/orders.yaml'."""
    max_tool_seconds: Seconds = 60
    """Duration of the slowest tool call, in seconds. The drain waits for it; no route may be shorter."""
    keepalive_seconds: Annotated[int, Field(ge=0, le=3600)] = 15
    """How often the server sends a comment on an open stream, in seconds; 0 if it sends nothing until done."""
    authorization: bool = False
    """Whether the server is an OAuth resource server; its metadata path is then routed too."""
    env: dict[str, str] = {}
    """Environment variables in clear. Never a secret: secrets come by reference, see mcp:secrets."""
    egress: list[Egress] = []
    """Destinations that the server connects to besides DNS and the database: identity provider, APIs, collectors.
    Everything else is closed."""
    command: Annotated[list[Filled], Field(min_length=1)] | None = None
    """Command instead of the image's entry point."""
    args: list[Filled] | None = None
    """Arguments instead of the image's."""
    writable_paths: list[Annotated[str, Field(pattern=r"^/[^\s:]*$")]] = ["/tmp"]
    """Directories the server writes to; each is an emptyDir, since the root file system is read-only."""
    user_id: Annotated[int, Field(ge=1, le=2**31 - 1)] = 10001
    """Numeric user and group of the process. Above 10000, so that it owns nothing on a node after an escape."""
    service_account_annotations: dict[str, str] = {}
    """Annotations of the ServiceAccount, for workload identity."""
    resources: Resources | None = None
    """Resources instead of the planned ones."""
    pre_stop_seconds: Annotated[int, Field(ge=0, le=86_400)] | None = None
    """Pre-stop sleep instead of the one that follows from the eras, in seconds."""
    graceful_timeout_seconds: Annotated[int, Field(ge=0, le=86_400)] | None = None
    """Time to finish calls after SIGTERM instead of the one that follows from the eras, in seconds."""
    grace_period_seconds: Annotated[int, Field(ge=0, le=86_400)] | None = None
    """terminationGracePeriodSeconds instead of the sum of the parts, in seconds."""
