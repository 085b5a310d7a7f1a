"""Keys of the MCP server: what runs, what it promises, and how it ends."""

from typing import Annotated, Literal

from pydantic import Field

from ..fields import (
    AnnotationKey,
    AnyText,
    Count,
    Duration,
    EraName,
    Filled,
    Group,
    Image,
    Port,
    ProbedPath,
    RoutePath,
    Seconds,
    UrlPath,
)
from .access import AccessKeys
from .containers import ContainersKeys
from .files import FileKeys, claims_per_pod
from .pod import WorkloadKeys


class EraKeys(Group):
    """What everything about a server follows from."""

    eras: Annotated[list[EraName], Field(min_length=1)] = ["modern"]
    """Protocol eras that the server serves on its URL. All regions behind one host must serve the same."""


class EndpointKeys(Group):
    """Where the server answers, and how long it may take."""

    path: RoutePath = "/mcp"
    """Path of the MCP endpoint. It is routed exactly, with a slash behind it and without, since some servers redirect
    one to the other; no probe may use it."""
    max_tool_seconds: Seconds = 60
    """Duration of the slowest tool call, in seconds. The drain waits for it; no route may be shorter."""


class StreamKeys(Group):
    """What the way to the server must know of its streams."""

    sse_paths: Annotated[list[UrlPath], Field(min_length=1)] = ["/sse", "/messages"]
    """Paths of an HTTP+SSE server, routed by prefix; used only if 'sse' is among the eras."""
    keepalive_seconds: Annotated[int, Field(ge=0, le=3600)] | None = None
    """How often the server sends a comment on an open call, in seconds; 0 if it sends nothing until the result.
    Derived: 15 where `runtime` was seen to send one in every era of the list, else 0: a proxy that waits for the
    slowest tool cuts nobody."""
    authorization: bool = False
    """Whether the server is an OAuth resource server; its metadata path is then routed too."""
    idle_connection_seconds: Seconds | None = None
    """How long the server keeps an idle connection open, in seconds. A proxy that keeps it longer sends calls into a
    closed one. Derived: 5, as uvicorn and Node do; longer than the proxy where `runtime` reads it from the
    environment."""


class PodKeys(AccessKeys, ContainersKeys, FileKeys, WorkloadKeys):
    """What goes to the pods of a server, and to the workload that makes them, as it is given."""

    @property
    def stateful(self) -> bool:
        """Whether the workload is a StatefulSet: each of its pods has a claim of its own."""
        return claims_per_pod(self.volumes)

    @property
    def workload(self) -> Literal["Deployment", "StatefulSet", "Rollout"]:
        """Kind of the object that makes the pods. A rule refuses a Rollout whose pods have claims of their own."""
        if self.stateful:
            return "StatefulSet"
        return "Deployment" if self.rollout.argo_rollouts is None else "Rollout"

    def misfit(self) -> tuple[str, str] | None:
        """What the keys of the rollout say that this kind of workload does not have, and what to do; ``None`` if all
        of it fits."""
        given = self.rollout
        if not self.stateful and given.pod_management is not None:
            return (
                "pod_management orders the pods of a StatefulSet, and no claim is one of each pod",
                "leave it out, or set per_pod at a claim of the volumes",
            )
        if self.stateful and (given.strategy is not None or given.max_surge is not None or given.max_unavailable):
            return (
                "a StatefulSet, which a claim per pod makes, ends a pod before its successor starts, one at a time",
                "leave strategy, max_surge and max_unavailable of the rollout out",
            )
        return None


class ContainerKeys(PodKeys):
    """The container of the server, and its pods."""

    image: Image
    """Container image with a fixed tag or a digest; 'latest' and no tag are refused."""
    port: Port = 8000
    """Port that the server listens on; 8000 is that of the Python SDK."""
    health_path: ProbedPath | None = None
    """GET route that answers 200 when the server can serve and 503 while it drains; the readiness probe.
    The SDKs ship none: without it the probes only test that the port is open."""
    liveness_path: ProbedPath | None = None
    """GET route that answers 200 as long as the process answers at all; never the readiness route, which says
    503 while draining. Without it liveness tests that the port is open."""
    command: Annotated[list[Filled], Field(min_length=1)] | None = None
    """Command instead of the image's entry point."""
    args: list[Filled] | None = None
    """Arguments instead of the image's."""
    user_id: Annotated[int, Field(ge=1, le=2**31 - 1)] = 10001
    """Numeric user and group of the process. Above 10000, so that it owns nothing on a node after an escape."""
    service_account_annotations: dict[AnnotationKey, AnyText] = {}
    """Annotations of the ServiceAccount, for workload identity."""


class DrainKeys(Group):
    """How the server ends, where that does not follow from its eras."""

    pre_stop_seconds: Duration | None = None
    """Pre-stop sleep, in seconds. Derived: 10, and for legacy eras the slowest tool besides, since SIGTERM cuts it."""
    graceful_timeout_seconds: Duration | None = None
    """Time to finish calls after SIGTERM, in seconds. Derived: the slowest tool for the era 'modern', else 5."""
    grace_period_seconds: Duration | None = None
    """terminationGracePeriodSeconds, in seconds. Derived: pre-stop sleep, graceful timeout and 5 s margin, at least
    30."""


class StartKeys(Group):
    """With how many pods a Deployment begins, where an autoscaler owns the number afterwards."""

    start_replicas: Annotated[int, Field(ge=1, le=100_000)] | None = None
    """Number of pods that a new Deployment begins with: what runs now, where one of another name, namespace or owner
    takes over. It counts at the creation only. Derived: the minimum."""


class DisruptionKeys(Group):
    """What an eviction must leave."""

    min_available: Count | None = None
    """minAvailable of the PodDisruptionBudget. Derived: one less than `min_replicas`; with sessions one pod may go at
    a time."""
