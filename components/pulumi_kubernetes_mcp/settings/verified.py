"""What was seen of a running server: the file that ``mcp-stack verify`` writes and a stack file names."""

from typing import Annotated, Literal

from pydantic import Field

from .fields import EraName, Group

FORMAT_VERSION: Literal[1] = 1
Amount = Annotated[float, Field(ge=0, le=1e9)]
Status = Annotated[int, Field(ge=0, le=999)]
Outcome = Literal["pass", "fail", "not-verified"]
Late = Literal["refused", "unavailable", "unavailable-without-retry-after", "served"]
Metric = Literal["moves", "still", "stuck", "present", "absent"]


class VerifiedCheck(Group):
    """One line of the contract."""

    check: Annotated[str, Field(min_length=1, max_length=64)]
    """Its name, as docs/contract.md has it."""
    outcome: Outcome
    """Whether the server keeps it, or why nobody knows."""
    seen: Annotated[str, Field(max_length=1000)]
    """What was seen."""


class VerifiedDrain(Group):
    """What became of a call that was in flight when SIGTERM came."""

    handled: bool
    """Whether the process has a handler for SIGTERM: as process 1 of a container it ignores the signal without one."""
    held_seconds: Amount
    """How long after SIGTERM the call needed, in seconds."""
    graceful_timeout_seconds: Amount
    """UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN that the process was started with, as a stack sets it, in seconds."""
    finished: bool
    """Whether the call was answered."""
    granted_seconds: Amount
    """How long it was let live after SIGTERM, in seconds: to its answer, or to its cut."""
    legacy_granted_seconds: Amount | None = None
    """The same of a call in a legacy era; left out where the server speaks none, or cut it when its answer began."""
    legacy_finished: bool | None = None
    """Whether that call was answered."""
    exit_seconds: Amount | None = None
    """From SIGTERM to the end of the process, in seconds; left out if it had to be killed."""
    new_requests: Late
    """What new requests met after SIGTERM."""


class VerifiedHosts(Group):
    """HTTP statuses by the Host header that was sent."""

    name: str | None = None
    """The public name, from --host."""
    public: Status | None = None
    """MCP endpoint, asked by that name."""
    probe: Status | None = None
    """Readiness route, asked as the probes of a stack do: localhost and the port."""
    pod: Status | None = None
    """Readiness route, asked by an address, as a probe without a Host header does."""
    foreign: Status | None = None
    """MCP endpoint, asked by a name that is nobody's."""
    origin: Status | None = None
    """MCP endpoint, asked from a web page of another origin."""


class VerifiedSessions(Group):
    """Sessions, and what ends them."""

    cap: Annotated[int, Field(ge=0)] | None = None
    """Sessions after which the next one was refused; left out if none was refused."""
    opened: Annotated[int, Field(ge=0)] = 0
    """Sessions that were opened to find out."""
    cap_status: Status | None = None
    """HTTP status of the refusal."""
    retry_after: bool | None = None
    """Whether the refusal said when to come back."""
    ended_by_delete: bool | None = None
    """Whether a session is gone after DELETE."""
    ended_with_stream: bool | None = None
    """Whether a session of HTTP+SSE is gone with the stream that it consists of."""
    probe_kib: Amount | None = None
    """Memory that one GET of the readiness route leaves behind, in KiB."""
    probes_leave_sessions: bool | None = None
    """Whether probes leave sessions behind."""


class VerifiedState(Group):
    """Whether any process can answer any call."""

    kept_in: Literal["nowhere", "memory", "disk"] | None = None
    """Where the server keeps what other processes do not see; left out where nobody knows."""
    calls: Annotated[int, Field(ge=0)] = 0
    """Calls of the sequence that was spread over three processes."""
    differing: list[str] = []
    """Calls that were answered otherwise than by one process."""
    files: list[str] = []
    """Files that changed during the calls."""


class VerifiedAuthorization(Group):
    """Whether the server asks for a token, and says where to get one."""

    required: bool
    """Whether a request without a token is refused with 401."""
    metadata: bool
    """Whether it publishes the metadata of a protected resource."""
    named: bool
    """Whether the 401 says where that is."""


class Verified(Group):
    """What was seen of one server, held against the contract."""

    version: Literal[1] = FORMAT_VERSION
    """Version of this format."""
    server: str
    """Name and version that the server gives of itself."""
    verified_at: str
    """When, in ISO 8601, UTC."""
    command: str | None = None
    """What started it; left out where it ran already."""
    image: str | None = None
    """Image that it is of, from --image."""
    eras: list[EraName]
    """Protocol eras that it speaks."""
    start_seconds: Amount | None = None
    """From the start of the process to the first answer, in seconds."""
    memory_mib: Amount | None = None
    """Resident memory then, in MiB."""
    listens_on: list[str] = []
    """Addresses that it listens on at its port."""
    routes: dict[str, Status] = {}
    """HTTP status of each route that was asked with GET; 0 where no answer came."""
    metrics: dict[str, Metric] = {}
    """Gauges that a dialect of autoscaling names: whether what is opened moved them (`moves`), moved them for good
    (`stuck`) or not at all (`still`); `present` where nothing could be opened, `absent` where they are not there."""
    hosts: VerifiedHosts = VerifiedHosts()
    """What the Host and Origin checks let through."""
    sessions: VerifiedSessions = VerifiedSessions()
    """Sessions, and what ends them."""
    authorization: VerifiedAuthorization | None = None
    """Tokens."""
    drain: VerifiedDrain | None = None
    """What SIGTERM does; left out where the server was not started for it."""
    state: VerifiedState = VerifiedState()
    """Whether any process can answer any call."""
    checks: list[VerifiedCheck] = []
    """Every line of the contract."""
