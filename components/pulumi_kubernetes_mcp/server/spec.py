"""The workload of an MCP server: Deployment, Service, ServiceAccount, disruption budget, network policy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import pulumi

from ..kubernetes import containers, placement, variables, volumes
from ..kubernetes import quantities as units
from ..kubernetes.objects import (
    LIVENESS_PROBE,
    READINESS_PROBE,
    REVISION,
    STARTUP_PROBE,
    Spec,
    apart,
    container_security,
    pod_security,
    selector,
    spread,
    template_metadata,
    without_empty,
)
from ..platforms import PullPolicy
from ..settings.keys.certificates import CertificateAuthority
from ..settings.keys.server import PodKeys
from . import readiness

WorkloadKind = Literal["Deployment", "StatefulSet", "Rollout"]
CONTAINER = "server"
LONGEST_STATEFUL_NAME = 52
"""Characters of a StatefulSet's name: a label of its pods is the name with 11 more, and has 63 at most
(kubernetes/kubernetes#64023)."""
COMPONENT = "server"
SERVICE_PORT = 80
FORCE = {"pulumi.com/patchForce": "true"}
"""Where no autoscaler owns the count it is ours, also if an autoscaler that is gone wrote it last."""
MAX_SURGE = "25%"
PROGRESS_SECONDS = 540
"""What a rollout has besides the start of a pod before it counts as stuck: scheduling, pulling, a node more."""
ROLLOUT = "Rollout"
REVISION_OF: Mapping[str, str] = {ROLLOUT: "rollouts-pod-template-hash"}
"""Kind of the workload to the label of its revisions, where that is not the Deployment's."""
AFFINITY_SECONDS = 10_800
"""How long a Service keeps a client on its pod, in seconds: the default of Kubernetes."""


@dataclass(frozen=True, kw_only=True)
class ServerSpec:
    """A server, settled: what its pods are made from, and what its autoscaler and its route take from it. Times are
    seconds."""

    name: str
    namespace: pulumi.Input[str]
    eras: Sequence[str]
    """Protocol eras by name, in the order in which they came."""
    path: str
    max_tool_seconds: int
    autoscaled: bool
    """Whether an autoscaler owns the number of pods."""
    production: bool
    image: pulumi.Input[str]
    pull_policy: PullPolicy
    port: int
    metrics_port: int
    health_path: str | None
    liveness_path: str | None
    replicas: int
    """Least number of pods."""
    start_replicas: int
    """Number of pods that a new Deployment begins with."""
    sessions: bool
    pre_stop_seconds: int
    grace_period_seconds: int
    min_ready_seconds: int
    """How long a new pod is ready before an old one goes."""
    requests: Mapping[str, str]
    limits: Mapping[str, str]
    env: Mapping[str, pulumi.Input[str]]
    secret_name: pulumi.Input[str] | None
    secret_env: Sequence[tuple[str, str]]
    secret_version: pulumi.Input[str] | None
    database_ca: CertificateAuthority | None
    user_id: int | None
    """User and group; ``None`` leaves both to the cluster."""
    command: Sequence[str] | None
    args: Sequence[str] | None
    min_available: int
    pod_labels: Mapping[str, str] = field(default_factory=dict)
    """Labels that only the pods have, such as those of a mesh or of workload identity."""
    pod_annotations: Mapping[str, str] = field(default_factory=dict)
    pod: PodKeys = field(default_factory=PodKeys)
    """What goes to the pods and their workload as it was given."""
    session_affinity: bool = False
    """Whether the Service keeps a client on its pod."""
    scale_down_delay_seconds: int = 0
    """How long the pods that clients have left run on, in seconds (Rollout)."""

    @property
    def workload(self) -> WorkloadKind:
        """Kind of the object that makes the pods."""
        return self.pod.workload

    @property
    def port_names(self) -> dict[int, str]:
        """The container's ports by number."""
        return {self.metrics_port: "metrics", self.port: "http"}

    @property
    def match(self) -> dict[str, pulumi.Input[str]]:
        """The labels that select the pods."""
        return selector(self.name, COMPONENT)


def _listened_on(server: ServerSpec) -> list[int]:
    """The ports of all containers of the pod."""
    return [*server.port_names, *(one.port for one in server.pod.sidecars if one.port is not None)]


def deployment(server: ServerSpec, labels: Spec) -> Spec:
    """The spec of the Deployment: new pods before old ones go, and a drain that fits the protocol era.

    :param labels: those of the object, which its pods have too.
    """
    keys = server.pod
    return {
        "replicas": server.start_replicas,
        "revisionHistoryLimit": 5,
        # The API server stores no 0, which would be a difference at each refresh.
        **({"minReadySeconds": server.min_ready_seconds} if server.min_ready_seconds else {}),
        "progressDeadlineSeconds": progress_seconds(keys, server.min_ready_seconds),
        "selector": {"matchLabels": server.match},
        "strategy": placement.strategy(keys.rollout, max_surge=MAX_SURGE),
        "template": {
            "metadata": template_metadata(
                {**keys.pod_labels, **server.pod_labels, **labels},
                server.secret_version,
                {**keys.pod_annotations, **server.pod_annotations},
            ),
            "spec": pod(server),
        },
    }


def progress_seconds(keys: PodKeys, min_ready_seconds: int) -> int:
    """How long a rollout may stand still before it has failed, in seconds; 600 is the default of Kubernetes."""
    return max(600, keys.startup_seconds + min_ready_seconds + PROGRESS_SECONDS)


def stateful_set(server: ServerSpec, labels: Spec) -> Spec:
    """The spec of a StatefulSet: each pod has claims of its own, and ends before its successor starts. Its pods are
    those of a Deployment, with the same drain.

    :param labels: those of the object, which its pods have too.
    """
    spec = deployment(server, labels)
    same = ("replicas", "revisionHistoryLimit", "minReadySeconds", "selector", "template")
    return {
        **{key: spec[key] for key in same if key in spec},
        "serviceName": headless_name(server),
        "podManagementPolicy": server.pod.rollout.pod_management or "Parallel",
        "updateStrategy": {"type": "RollingUpdate"},
        "volumeClaimTemplates": volumes.claim_templates(server.pod.volumes),
        "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
    }


def headless_name(server: ServerSpec) -> str:
    """Name of the Service that gives each pod of a StatefulSet a name of its own."""
    return f"{server.name}-pods"


def headless_service(server: ServerSpec) -> Spec:
    """The spec of that Service: names alone, for which a pod need not be ready."""
    ports = service(server)["ports"]
    return {"clusterIP": "None", "publishNotReadyAddresses": True, "selector": server.match, "ports": ports}


def pod(server: ServerSpec) -> Spec:
    """The pod: one container, no API token, spread over zones and nodes."""
    return without_empty(
        {
            "serviceAccountName": server.name,
            "automountServiceAccountToken": server.pod.kubernetes_api is not None,
            "enableServiceLinks": False,
            "securityContext": pod_security(server.user_id, _listened_on(server)),
            "terminationGracePeriodSeconds": server.grace_period_seconds,
            "topologySpreadConstraints": spread(server.match, REVISION_OF.get(server.workload, REVISION)),
            "affinity": placement.affinity(server.pod, apart(server.match)),
            **placement.placement(server.pod),
            **placement.hardware(server.pod),
            **placement.resolution(server.pod),
            "initContainers": [
                *containers.init_containers(
                    server.pod.sidecars,
                    server.pod.init_containers,
                    user_id=server.user_id,
                    pull_policy=server.pull_policy,
                    writable=server.pod.writable_paths,
                    volumes=server.pod.volumes,
                ),
                *readiness.readiness_sidecars(server),
            ],
            "containers": [container(server)],
            "volumes": [
                *volumes.pod_volumes(server.name, server.pod.writable_paths, server.pod.volumes),
                *volumes.authority_volumes(server.database_ca),
            ],
        }
    )


def container(server: ServerSpec) -> Spec:
    """The server's container."""
    result: Spec = {
        "name": CONTAINER,
        "image": server.image,
        "imagePullPolicy": server.pull_policy,
        "ports": _ports(server),
        "env": variables.environment(
            server.env, server.secret_name, server.secret_env, server.pod.env_value_from, CONTAINER
        ),
        "envFrom": variables.env_from(server.pod.env_from),
        "resources": resources(server.requests, server.limits, server.pod.extended_resources),
        "securityContext": container_security(server.user_id, writable_root=server.pod.writable_root),
        **_probes(server),
        "lifecycle": _hook(server.pre_stop_seconds),
        "volumeMounts": [
            *volumes.mounts(server.pod.writable_paths, server.pod.volumes),
            *volumes.authority_mounts(server.database_ca),
        ],
    }
    if server.command is not None:
        result["command"] = list(server.command)
    if server.args is not None:
        result["args"] = list(server.args)
    return without_empty(result)


def _hook(seconds: int) -> Spec:
    """The sleep before SIGTERM; none for no seconds, which Kubernetes before 1.33 refuses."""
    return {"preStop": {"sleep": {"seconds": seconds}}} if seconds else {}


def resources(requests: Mapping[str, str], limits: Mapping[str, str], devices: Mapping[str, int] | None = None) -> Spec:
    """Requests and limits in canonical form; an empty side is left out.

    :param devices: extended resources, of which no more is given than is asked for: both sides name them.
    """
    whole = {name: units.format_count(number) for name, number in sorted((devices or {}).items())}
    sides = {"requests": {**_canonical(requests), **whole}, "limits": {**_canonical(limits), **whole}}
    return {side: quantities for side, quantities in sides.items() if quantities}


def service(server: ServerSpec) -> Spec:
    """The spec of the Service: one port by name; affinity is the edge's, where there is one."""
    affinity: Spec = {}
    if server.session_affinity:
        affinity = {
            "sessionAffinity": "ClientIP",
            "sessionAffinityConfig": {"clientIP": {"timeoutSeconds": AFFINITY_SECONDS}},
        }
    return {
        **affinity,
        "type": "ClusterIP",
        **placement.families(server.pod),
        "selector": server.match,
        "ports": [
            {
                "name": "http",
                "port": SERVICE_PORT,
                "targetPort": "http",
                "protocol": "TCP",
                "appProtocol": "https" if server.pod.serves_tls else "http",
            }
        ],
    }


def _ports(server: ServerSpec) -> list[Spec]:
    ports: list[Spec] = [{"name": "http", "containerPort": server.port, "protocol": "TCP"}]
    if server.metrics_port != server.port:
        ports.append({"name": "metrics", "containerPort": server.metrics_port, "protocol": "TCP"})
    return ports


def _probes(server: ServerSpec) -> Spec:
    given, seconds = server.pod.probes, server.pod.startup_seconds
    start = placement.startup(STARTUP_PROBE, given.startup, seconds)
    begins = given.startup
    if begins.command is None:
        # A server that is asked by a command is asked so from the beginning.
        begins = begins.model_copy(update={"command": given.readiness.command})
    return {
        "startupProbe": placement.probe(_check(server, server.health_path), start, begins),
        "readinessProbe": placement.probe(_check(server, server.health_path), READINESS_PROBE, given.readiness),
        "livenessProbe": placement.probe(_check(server, server.liveness_path), LIVENESS_PROBE, given.liveness),
    }


def _check(server: ServerSpec, path: str | None) -> Spec:
    """A probe by GET, or by opening the port. The SDKs refuse a foreign Host header, so it names localhost."""
    if path is None:
        return {"tcpSocket": {"port": "http"}}
    given = server.pod.probes
    host = {"name": "Host", "value": given.host or f"localhost:{server.port}"}
    scheme = given.scheme or ("HTTPS" if server.pod.serves_tls else "HTTP")
    return {"httpGet": {"path": path, "port": "http", "scheme": scheme, "httpHeaders": [host]}}


def _canonical(quantities: Mapping[str, str]) -> Spec:
    return {
        key: units.canonical_cpu(value) if key == "cpu" else units.canonical_memory(value)
        for key, value in sorted(quantities.items())
    }
