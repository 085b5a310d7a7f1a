"""What a program may say to McpLoadTest."""

from typing import Annotated

from pydantic import Field

from ..kubernetes.keys import AcceptKeys, Egress
from ..settings.fields import EraName, Filled, Label, Namespace, Port, Url
from ..settings.keys.load_test import LoadTestKeys, LoadTestPatchKeys, PlannedTool, ScenarioName
from ..settings.keys.place import EnvironmentKeys, PodPolicyKeys

Number = Annotated[int, Field(ge=1, le=1_000_000)]


class LoadTestComponentKeys(LoadTestPatchKeys, AcceptKeys, EnvironmentKeys, PodPolicyKeys, LoadTestKeys):
    """Arguments of McpLoadTest."""

    namespace: Namespace
    """Namespace of the TestRun and its runners."""
    server_name: Label
    """Name of the server, for the names of the objects and of the result."""
    url: Url
    """Where the server speaks MCP, as its clients reach it: the test goes through the whole way."""
    scenario: ScenarioName
    """What is played: 'peak' and 'soak' (80 %) hold the load, 'spike' doubles it, 'scale-in' lets it fall and watches
    pods go, 'steps' looks for the knee. Each change is a new TestRun, which begins at once."""
    sessions: Number
    """Sessions at 100 percent: those of the planned peak; of 'steps' those that the pods hold."""
    tools: Annotated[list[PlannedTool], Field(min_length=1)]
    """The tools that sessions call."""
    region: Label | None = None
    """Name of the region, which `production` names. Derived: the server's name."""
    stack: Filled | None = None
    """Name of the stack, for the result. Left out: the result is known by region and server."""
    era_percent: dict[EraName, Annotated[float, Field(ge=0, le=100)]] = {"modern": 100}
    """Part of the sessions by protocol era, in percent. The default has no handshake and no session to close."""
    pods: Number = 2
    """Pods that serve them, for the sessions of a pod in the result: two is the least number in production."""
    sessions_per_pod: Number = 50
    """Sessions that one pod is planned for, as in the sizing guide."""
    think_seconds: Annotated[float, Field(ge=0, le=86_400)] = 10
    """Mean pause of a session between two calls, in seconds, as in the plan."""
    session_seconds: Annotated[float, Field(gt=0, le=86_400_000)] = 1200
    """Mean length of a session, in seconds, as in the plan."""
    timeout_seconds: Annotated[float, Field(gt=0, le=86_400)] = 75
    """After so many seconds a request has failed: the slowest tool and the margin of a route."""
    drain_seconds: Annotated[float, Field(ge=0, le=86_400)] = 0
    """Until an autoscaler has removed the pods that a fall of the load leaves without work, in seconds ('scale-in').
    Left out: the least, 15 minutes."""
    sse_path: Filled = "/sse"
    """Path of the event stream of an HTTP+SSE server; that of the SDKs."""
    allow_to: list[Egress] = []
    """Where the runners may connect to besides the server: resolvers, where the namespace does not open them."""
    server_port: Port | None = None
    """Port of the server's pods, where `url` is that of its Service: the runners may then connect to these pods alone.
    Left out: to the port of the URL, at any address."""
