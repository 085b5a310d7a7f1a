"""What a program may say to McpAutoscaling."""

from typing import Annotated, Literal

from pydantic import Field

from ..inputs.served import ServedKeys
from ..kubernetes.keys import AcceptKeys, AwaitSeconds
from ..server.spec import CONTAINER, WorkloadKind
from ..settings.amounts import Amount, ContainerResource
from ..settings.fields import Count, Duration, Label, Name, Namespace
from ..settings.keys.edge import ControllerKeys
from ..settings.keys.patches import AutoscalingPatchKeys
from ..settings.keys.place import ClusterKeys
from ..settings.keys.scaling import AutoscalerKeys, SessionKeys

Autoscaler = Literal["auto", "hpa", "keda"]

TOLD_BY_SERVER = (
    "namespace",
    "target",
    "target_kind",
    "eras",
    "min_replicas",
    "requests",
    "drain_seconds",
    "production",
)
"""Arguments that follow from ``server=``."""


class AutoscalingKeys(
    AutoscalingPatchKeys, AcceptKeys, ClusterKeys, ControllerKeys, SessionKeys, AutoscalerKeys, ServedKeys
):
    """Arguments of McpAutoscaling."""

    namespace: Namespace
    """Namespace of the workload."""
    target: Name
    """Name of the Deployment, the StatefulSet or the Rollout; the autoscaler gets the same name."""
    target_kind: WorkloadKind = "Deployment"
    """Kind of the target."""
    max_replicas: Count
    """Greatest number of pods. Count connections and quota for it."""
    min_replicas: Count = 2
    """Least number of pods."""
    kind: Autoscaler = "auto"
    """'hpa', 'keda', or 'auto': KEDA for sessions, for a metric from Prometheus and for schedules."""
    container: Label = CONTAINER
    """Container whose CPU and memory count, so that a sidecar cannot disturb."""
    cpu_percent: Annotated[int, Field(ge=1, le=100_000)] = 80
    """CPU at which pods are added, in percent of the request (above 100 is allowed); 80 leaves a fifth for the time
    that a new pod takes to start."""
    memory_percent: Annotated[int, Field(ge=1, le=1000)] | None = None
    """Memory at which pods are added, in percent of the request. Left out: off, since processes do not give it back."""
    python: bool = False
    """Whether the server is a Python process, for which scaling on memory is refused."""
    requests: dict[ContainerResource, Amount] | None = None
    """Requests of the container, to refuse a utilisation target without them. Left out: not checked."""
    sessions_per_pod: Annotated[int, Field(ge=1, le=100_000)] = 50
    """Sessions that one pod holds (KEDA)."""
    route_name: Name | None = None
    """HTTPRoute of the server, which the dialect 'envoy' counts at. Derived: the target's name."""
    drain_seconds: Duration | None = None
    """Grace period of the pods, in seconds; with sessions no pod goes before the last one has ended. Left out: not
    more than a minute."""
    hashed_affinity: bool = False
    """Whether the edge finds a client's pod by a hash, such as of its address. Another number of pods then ends
    sessions, so that pods come in fewer and larger steps. A stack knows it of its edge."""
    peak_replicas: Count | None = None
    """Pods of the planned peak. With 'hashed_affinity' and sessions as many come at once as soon as the least number of
    pods is half full, so that few sessions are open when most pods come (KEDA). Left out: pods come as sessions do."""
    await_ready: bool = True
    """Whether to wait for KEDA's Ready condition."""
    await_timeout_seconds: AwaitSeconds = 300
    """How long to wait for it, in seconds."""
    production: bool = True
    """Whether fewer than two pods are refused."""
