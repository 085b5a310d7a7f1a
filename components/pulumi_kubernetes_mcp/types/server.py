"""Arguments of McpService.

Generated from the declarations of the keys: `python -m tools.argument_types --write`.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, NotRequired, TypedDict

import pulumi

from .shared import IngressFromArgs, PatchArgs

if TYPE_CHECKING:
    EgressProtocol = Literal["TCP", "UDP"]
    ServiceEras = Literal["modern", "legacy-stateless", "legacy-stateful", "sse"]
    ServiceMesh = Literal["none", "istio-ambient", "istio-sidecar"]
else:
    EgressProtocol = str
    ServiceEras = str
    ServiceMesh = str


class EgressArgs(TypedDict):
    """One destination that pods may connect to."""

    port: int
    """Port that is open."""
    workload: NotRequired[pulumi.Input[str]]
    """Name of a workload of the same namespace, instead of address ranges. Default: none."""
    component: NotRequired[str]
    """Component label of that workload. Default: 'pooler'."""
    protocol: NotRequired[EgressProtocol]
    """Protocol of the port. Default: 'TCP'."""
    cidrs: NotRequired[list[str]]
    """Address ranges of the other side, where it is no pod: several network plugins, Cilium among them, never match
    pods by their addresses. Default: none."""
    except_cidrs: NotRequired[list[str]]
    """Parts of cidrs that stay closed, such as the private ranges and the metadata address. Default: none."""
    namespace: NotRequired[str]
    """Namespace of the pods on the other side; all of them without pod_labels. Default: none."""
    pod_labels: NotRequired[Mapping[str, str]]
    """Labels of the pods on the other side, in namespace; without one in the namespace of the server. Default: none."""
    internet: NotRequired[bool]
    """All public addresses, instead of ranges or besides: everything but private and shared ranges and link-local
    addresses, among which is the metadata address of the clouds. Default: false."""


class SecretEnvArgs(TypedDict):
    """One environment variable that is read from a Secret."""

    variable: str
    """Name of the environment variable."""
    key: str
    """Key of the Secret."""


class ResourcesArgs(TypedDict):
    """Resources of a container, as Kubernetes writes them."""

    requests: NotRequired[Mapping[str, str]]
    """What the scheduler reserves: 'cpu', 'memory', 'ephemeral-storage' to a quantity. The default is half a core, and
    memory for about fifty light sessions; a plan knows better, see McpRegion. Default: cpu 500m, memory 192Mi,
    ephemeral-storage 64Mi."""
    limits: NotRequired[Mapping[str, str]]
    """What the kernel enforces, in the same form. Default: cpu 1, memory 256Mi, ephemeral-storage 256Mi."""


class McpServiceArgs(TypedDict):
    """Arguments of McpService."""

    namespace: pulumi.Input[str]
    """Namespace of all objects."""
    image: pulumi.Input[str]
    """Container image with a fixed tag or a digest; 'latest' and no tag are refused."""
    server_name: NotRequired[str]
    """Name of the Deployment, the Service and the ServiceAccount, a DNS label. Derived: the component's name."""
    metrics_port: NotRequired[int]
    """Port of the metrics. Derived: the port of the server."""
    min_replicas: NotRequired[int]
    """Number of pods to start with; two are the least that survives the loss of one. Default: 2."""
    autoscaled: NotRequired[bool]
    """Whether an autoscaler owns the count, which is then never touched again. Default: true."""
    production: NotRequired[bool]
    """Whether fewer than two pods are refused. Default: true."""
    resources: NotRequired[ResourcesArgs]
    """Requests and limits; a plan gives better ones. Default: that of its keys."""
    env: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Environment variables in clear; never a secret. Default: none."""
    secret_name: NotRequired[pulumi.Input[str]]
    """Secret that secret_env refers to. Default: none."""
    secret_env: NotRequired[list[SecretEnvArgs]]
    """Environment variables from keys of that Secret. Default: none."""
    secret_version: NotRequired[pulumi.Input[str]]
    """Any text; changing it restarts the pods, which read their environment only when they start. Default: none."""
    allow_from: NotRequired[list[IngressFromArgs]]
    """Who may connect to the pods. Nobody by default. Default: none."""
    allow_to: NotRequired[list[EgressArgs]]
    """Where the pods may connect to. Nowhere by default. Default: none."""
    await_timeout_seconds: NotRequired[int]
    """How long to wait for ready pods, in seconds; a rollout of slow drains takes minutes. Default: 600."""
    port: NotRequired[int]
    """Port that the server listens on; 8000 is that of the Python SDK. Default: 8000."""
    health_path: NotRequired[str]
    """GET route that answers 200 when the server can serve and 503 while it drains; the readiness probe. The SDKs ship
    none: without it the probes only test that the port is open. Default: none."""
    liveness_path: NotRequired[str]
    """GET route that answers 200 as long as the process answers at all; never the readiness route, which says 503 while
    draining. Without it liveness tests that the port is open. Default: none."""
    command: NotRequired[list[str]]
    """Command instead of the image's entry point. Default: none."""
    args: NotRequired[list[str]]
    """Arguments instead of the image's. Default: none."""
    writable_paths: NotRequired[list[str]]
    """Directories the server writes to; each is an emptyDir, since the root file system is read-only. Default: /tmp."""
    user_id: NotRequired[int]
    """Numeric user and group of the process. Above 10000, so that it owns nothing on a node after an escape. Default:
    10001."""
    service_account_annotations: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Annotations of the ServiceAccount, for workload identity. Default: none."""
    eras: NotRequired[list[ServiceEras]]
    """Protocol eras that the server serves on its URL. All regions behind one host must serve the same. Default:
    modern."""
    path: NotRequired[str]
    """Path of the MCP endpoint, without a trailing slash. It is routed exactly, and no probe may use it. Default:
    '/mcp'."""
    max_tool_seconds: NotRequired[int]
    """Duration of the slowest tool call, in seconds. The drain waits for it; no route may be shorter. Default: 60."""
    pre_stop_seconds: NotRequired[int]
    """Pre-stop sleep, in seconds. Derived: 10, and for legacy eras the slowest tool besides, since SIGTERM cuts it."""
    graceful_timeout_seconds: NotRequired[int]
    """Time to finish calls after SIGTERM, in seconds. Derived: the slowest tool for the era 'modern', else 5."""
    grace_period_seconds: NotRequired[int]
    """terminationGracePeriodSeconds, in seconds. Derived: pre-stop sleep, graceful timeout and 5 s margin, at least
    30."""
    start_replicas: NotRequired[int]
    """Number of pods that a new Deployment begins with: what runs now, where one of another name, namespace or owner
    takes over. It counts at the creation only. Derived: the minimum."""
    min_available: NotRequired[int]
    """minAvailable of the PodDisruptionBudget. Derived: one less than min_replicas; with sessions one pod may go at a
    time."""
    mesh: NotRequired[ServiceMesh]
    """Service mesh that the pods are in. 'istio-ambient' opens its tunnel, port 15008, wherever pods may connect, and
    the address that it lets probes of the kubelet come from; 'istio-sidecar' opens the way to istiod and counts the
    proxy of each pod in the quota. Both put the label on the pods that takes them in. Default: 'none'."""
    accept: NotRequired[Mapping[str, str]]
    """Codes or names of warnings that are accepted, each with its reason. Default: none."""
    patches: NotRequired[list[PatchArgs]]
    """Patches of the pods, the Deployment, the Service and the other objects of the server, for what has no key.
    Default: none."""
