"""Arguments of McpAutoscaling: what a caller may say, the defaults put in, the rules applied."""

from collections.abc import Mapping
from typing import NotRequired, TypedDict

import pulumi

from .. import protocol
from ..findings import scaling
from ..findings.model import Finding
from ..inputs import plain
from ..specs import autoscaling as specs

DEFAULT_CPU_PERCENT = 80
"""Share of the CPU request; leaves a fifth for the time that a new pod takes to start."""
DEFAULT_SESSIONS_PER_POD = 50


class McpAutoscalingArgs(TypedDict):
    """Arguments of McpAutoscaling."""

    namespace: pulumi.Input[str]
    """Namespace of the workload."""
    target: pulumi.Input[str]
    """Name of the Deployment; the autoscaler gets the same name."""
    max_replicas: int
    """Greatest number of pods. Count connections and quota for it."""
    min_replicas: NotRequired[int]
    """Least number of pods. Default: 2."""
    eras: NotRequired[list[str]]
    """Protocol eras of the server; sessions select KEDA. Default: modern."""
    kind: NotRequired[str]
    """'hpa', 'keda', or 'auto' by era. Default: auto."""
    cpu_percent: NotRequired[int]
    """CPU at which pods are added, in percent of the request (above 100 is allowed). Default: 80."""
    memory_percent: NotRequired[int]
    """Memory at which pods are added, in percent of the request. Default: off, processes do not give it back."""
    python: NotRequired[bool]
    """Whether the server is a Python process, for which scaling on memory is refused. Default: false."""
    requests: NotRequired[Mapping[str, str]]
    """Requests of the container, to refuse a utilisation target without them. Default: not checked."""
    sessions_per_pod: NotRequired[int]
    """Sessions that one pod holds (KEDA). Default: 50."""
    sessions_metric: NotRequired[str]
    """Prometheus gauge of open sessions or streams per pod (KEDA). Default: mcp_active_sse_connections."""
    prometheus_address: NotRequired[pulumi.Input[str]]
    """URL of Prometheus (KEDA). Default: none, which KEDA refuses."""
    session_minutes: NotRequired[float]
    """Usual length of a session in minutes; scale-in waits for it. Default: 20."""
    scale_down_window_seconds: NotRequired[int]
    """Stabilisation window of scale-in, in seconds. Default: 300, for sessions their length, 600 to 3600."""
    await_ready: NotRequired[bool]
    """Whether to wait for KEDA's Ready condition. Default: true."""
    await_timeout_seconds: NotRequired[int]
    """How long to wait for it, in seconds. Default: 300."""
    production: NotRequired[bool]
    """Whether fewer than two pods are refused. Default: true."""
    accept: NotRequired[Mapping[str, str]]
    """Codes of warnings that are accepted, each with its reason. Default: none."""


def chosen_kind(args: McpAutoscalingArgs) -> str:
    """'hpa' or 'keda': the wish of the caller, or what the eras need."""
    wish = args.get("kind", "auto")
    if wish != "auto":
        return wish
    return "keda" if derived(args).scaling_metric is protocol.ScalingMetric.SESSIONS else "hpa"


def derived(args: McpAutoscalingArgs) -> protocol.Consequences:
    """What follows from the eras of the arguments."""
    return protocol.derive(
        protocol.parse_eras(args.get("eras", ["modern"])),
        max_tool_seconds=0,
        session_minutes=args.get("session_minutes", 20),
    )


def autoscaler_spec(args: McpAutoscalingArgs) -> specs.AutoscalerSpec:
    """The arguments with every default put in."""
    follows = derived(args)
    memory = args.get("memory_percent")
    return specs.AutoscalerSpec(
        target=args["target"],
        namespace=args["namespace"],
        min_replicas=int(args.get("min_replicas", 2)),
        max_replicas=int(args["max_replicas"]),
        cpu_percent=int(args.get("cpu_percent", DEFAULT_CPU_PERCENT)),
        memory_percent=None if memory is None else int(memory),
        sessions_per_pod=int(args.get("sessions_per_pod", DEFAULT_SESSIONS_PER_POD)),
        sessions_metric=args.get("sessions_metric", "mcp_active_sse_connections"),
        prometheus_address=args.get("prometheus_address"),
        scale_down_window_seconds=int(args.get("scale_down_window_seconds", follows.scale_down_window_seconds)),
        scale_down_pods_per_minute=follows.scale_down_pods_per_minute,
    )


def autoscaling_findings(args: McpAutoscalingArgs) -> list[Finding]:
    """Every rule that the arguments of one autoscaler can break."""
    kind, follows, autoscaler = chosen_kind(args), derived(args), autoscaler_spec(args)
    address = autoscaler.prometheus_address
    found = scaling.replica_findings(
        minimum=autoscaler.min_replicas,
        maximum=autoscaler.max_replicas,
        production=args.get("production", True),
        min_path="min_replicas",
        max_path="max_replicas",
    )
    found += scaling.session_metric_findings(
        sessions=follows.sessions,
        autoscaler=kind,
        prometheus_address=None if address is None else plain(address) or "known later",
        autoscaler_path="kind",
        address_path="prometheus_address",
    )
    found += scaling.memory_metric_findings(
        memory_percent=autoscaler.memory_percent, python=args.get("python", False), path="memory_percent"
    )
    found += scaling.scale_down_findings(
        window=autoscaler.scale_down_window_seconds,
        derived=follows.scale_down_window_seconds,
        sessions=follows.sessions,
        path="scale_down_window_seconds",
    )
    if "requests" in args:
        found += scaling.utilisation_findings(
            cpu_request=args["requests"].get("cpu"),
            memory_request=args["requests"].get("memory"),
            uses_cpu=autoscaler.cpu_percent is not None,
            uses_memory=autoscaler.memory_percent is not None,
            path="requests",
        )
    target = plain(args["target"])
    if kind == "keda" and target is not None:
        found += scaling.scaled_object_name_findings(target, path="target")
    return found
