"""Arguments of McpService: what a caller may say, the defaults put in, the rules applied."""

from collections.abc import Iterator, Mapping
from typing import NotRequired, TypedDict

import pulumi

from .. import eras as protocol
from ..inputs.checked import repeated
from ..inputs.outputs import plain
from ..kubernetes.args import EgressArgs, IngressFromArgs, ResourcesArgs, SecretEnvArgs
from ..kubernetes.network import origin_problems
from ..rules import scaling, workload
from ..rules.model import Finding
from . import spec as specs

DEFAULT_REQUESTS = {"cpu": "500m", "memory": "192Mi", "ephemeral-storage": "64Mi"}
"""Half a core; memory for about fifty light sessions. A plan knows better: see McpRegion."""
DEFAULT_LIMITS = {"cpu": "1", "memory": "256Mi", "ephemeral-storage": "256Mi"}


class McpServiceArgs(TypedDict):
    """Arguments of McpService."""

    image: pulumi.Input[str]
    """Container image with a fixed tag or a digest; 'latest' and no tag are refused."""
    namespace: pulumi.Input[str]
    """Namespace of all objects."""
    server_name: NotRequired[str]
    """Name of the Deployment, the Service and the ServiceAccount, a DNS label. Default: the component's name."""
    eras: NotRequired[list[str]]
    """Protocol eras that the server serves: modern, legacy-stateless, legacy-stateful, sse. Default: modern."""
    port: NotRequired[int]
    """Port that the server listens on. Default: 8000, as the Python SDK."""
    metrics_port: NotRequired[int]
    """Port of the metrics. Default: the port of the server."""
    path: NotRequired[str]
    """Path of the MCP endpoint; no probe may use it. Default: /mcp."""
    health_path: NotRequired[str]
    """GET route for readiness: 200 when the server can serve, 503 while it drains. Default: the port is tested."""
    liveness_path: NotRequired[str]
    """GET route for liveness, another than for readiness. Default: the port is tested."""
    max_tool_seconds: NotRequired[int]
    """Duration of the slowest tool call in seconds; the drain waits for it. Default: 60."""
    min_replicas: NotRequired[int]
    """Number of pods to start with. Default: 2, the least that survives the loss of one."""
    autoscaled: NotRequired[bool]
    """Whether an autoscaler owns the count, which is then never touched again. Default: true."""
    production: NotRequired[bool]
    """Whether fewer than two pods are refused. Default: true."""
    resources: NotRequired[ResourcesArgs]
    """Requests and limits. Default: 500m and 192Mi, limits 1 and 256Mi; a plan gives better ones."""
    env: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Environment variables in clear; never a secret. Default: none."""
    secret_name: NotRequired[pulumi.Input[str]]
    """Secret that secret_env refers to. Default: none."""
    secret_env: NotRequired[list[SecretEnvArgs]]
    """Environment variables from keys of that Secret. Default: none."""
    secret_version: NotRequired[pulumi.Input[str]]
    """Any text; a change restarts the pods, which read their environment only at their start. Default: none."""
    pre_stop_seconds: NotRequired[int]
    """Pre-stop sleep in seconds. Default: 10, and for legacy eras the slowest tool besides."""
    graceful_timeout_seconds: NotRequired[int]
    """Time after SIGTERM in which the server finishes calls. Default: the slowest tool for modern, else 5."""
    grace_period_seconds: NotRequired[int]
    """terminationGracePeriodSeconds. Default: pre-stop, graceful timeout and 5 s margin, at least 30."""
    min_available: NotRequired[int]
    """minAvailable of the disruption budget. Default: one less than min_replicas; for sessions one pod at a time."""
    writable_paths: NotRequired[list[str]]
    """Directories that the server writes to. Default: /tmp."""
    user_id: NotRequired[int]
    """Numeric user and group. Default: 10001, so that it owns nothing on a node after an escape."""
    command: NotRequired[list[str]]
    """Command instead of the image's entry point. Default: the image's."""
    args: NotRequired[list[str]]
    """Arguments instead of the image's. Default: the image's."""
    service_account_annotations: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Annotations of the ServiceAccount, for workload identity. Default: none."""
    allow_from: NotRequired[list[IngressFromArgs]]
    """Who may connect to the pods. Default: nobody."""
    allow_to: NotRequired[list[EgressArgs]]
    """Where the pods may connect to. Default: nowhere."""
    await_timeout_seconds: NotRequired[int]
    """How long to wait for ready pods, in seconds. Default: 600, a rollout of slow drains."""
    accept: NotRequired[Mapping[str, str]]
    """Codes or names of warnings that are accepted, each with its reason. Default: none."""


def contradictions(args: McpServiceArgs) -> Iterator[str]:
    """What is wrong between keys that are right by themselves."""
    secret = [item["variable"] for item in args.get("secret_env", [])]
    if secret and "secret_name" not in args:
        yield "secret_name: It is missing, and secret_env refers to keys of that Secret."
    for variable in repeated([*args.get("env", {}), *secret]):
        yield f"secret_env: The variable '{variable}' is given twice, in env or here."
    yield from origin_problems(args.get("allow_from", []))
    for path in repeated(args.get("writable_paths", [])):
        yield f"writable_paths: '{path}' is given twice."


def server_spec(name: str, args: McpServiceArgs) -> specs.ServerSpec:
    """The arguments with every default put in. Raises ValueError for an unknown era."""
    derived = protocol.derive(
        protocol.parse_eras(args.get("eras", ["modern"])),
        max_tool_seconds=int(args.get("max_tool_seconds", 60)),
    )
    resources = args.get("resources", {})
    port = int(args.get("port", 8000))
    replicas = int(args.get("min_replicas", 2))
    pre_stop = int(args.get("pre_stop_seconds", derived.pre_stop_seconds))
    graceful = int(args.get("graceful_timeout_seconds", derived.graceful_timeout_seconds))
    return specs.ServerSpec(
        name=args.get("server_name", name),
        image=args["image"],
        port=port,
        metrics_port=int(args.get("metrics_port", port)),
        health_path=args.get("health_path"),
        liveness_path=args.get("liveness_path"),
        replicas=replicas,
        sessions=derived.sessions,
        pre_stop_seconds=pre_stop,
        grace_period_seconds=int(args.get("grace_period_seconds", grace_period(pre_stop, graceful))),
        requests=resources.get("requests", DEFAULT_REQUESTS),
        limits=resources.get("limits", DEFAULT_LIMITS),
        env=args.get("env", {}),
        secret_name=args.get("secret_name"),
        secret_env=[(item["variable"], item["key"]) for item in args.get("secret_env", [])],
        secret_version=args.get("secret_version"),
        writable_paths=args.get("writable_paths", ["/tmp"]),
        user_id=int(args.get("user_id", 10001)),
        command=args.get("command"),
        args=args.get("args"),
        min_available=int(args.get("min_available", max(1, replicas - 1))),
    )


def grace_period(pre_stop: int, graceful: int) -> int:
    """The grace period that fits the pre-stop sleep and the graceful timeout in force, in seconds."""
    return max(protocol.MINIMUM_GRACE_SECONDS, pre_stop + graceful + protocol.TERMINATION_MARGIN_SECONDS)


def service_findings(server: specs.ServerSpec, args: McpServiceArgs) -> list[Finding]:
    """Every rule that the arguments of one service can break."""
    eras = protocol.parse_eras(args.get("eras", ["modern"]))
    max_tool = int(args.get("max_tool_seconds", 60))
    derived = protocol.derive(eras, max_tool_seconds=max_tool)
    image = plain(server.image)
    found = [] if image is None else workload.image_findings(image, path="image")
    found += workload.name_findings(server.name, path="server_name")
    found += workload.port_findings(server.port, path="port")
    found += workload.env_findings(
        {key: text for key, value in server.env.items() if (text := plain(value))}, path="env"
    )
    found += workload.resource_findings(requests=server.requests, limits=server.limits, path="resources")
    found += workload.memory_declared_findings(requests=server.requests, limits=server.limits, path="resources")
    found += workload.probe_findings(
        health_path=server.health_path,
        liveness_path=server.liveness_path,
        mcp_path=args.get("path", "/mcp"),
        path=lambda key: key,
    )
    found += workload.drain_findings(
        pre_stop=server.pre_stop_seconds,
        graceful=int(args.get("graceful_timeout_seconds", derived.graceful_timeout_seconds)),
        grace=server.grace_period_seconds,
        max_tool_seconds=max_tool,
        legacy=not protocol.LEGACY_ERAS.isdisjoint(eras),
        modern=protocol.Era.MODERN in eras,
        pre_stop_path="pre_stop_seconds",
        graceful_path="graceful_timeout_seconds",
        grace_path="grace_period_seconds",
    )
    if server.replicas > 1:
        found += scaling.disruption_findings(
            min_available=server.min_available, min_replicas=server.replicas, path="min_available"
        )
    found += scaling.replica_findings(
        minimum=server.replicas,
        maximum=server.replicas,
        production=args.get("production", True),
        min_path="min_replicas",
        max_path="min_replicas",
    )
    return found
