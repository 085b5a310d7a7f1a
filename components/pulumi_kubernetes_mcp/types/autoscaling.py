"""Arguments of McpAutoscaling.

Generated from the declarations of the keys: `python -m tools.argument_types --write`.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypedDict

import pulumi

from .shared import PatchArgs

if TYPE_CHECKING:
    ScalingRulesSelect = Literal["max", "min", "disabled"]
    MetricType = Literal["resource", "container-resource", "pods", "object", "external"]
    AuthenticationModes = Literal["bearer", "basic", "tls"]
    AuthenticationExistingKind = Literal["TriggerAuthentication", "ClusterTriggerAuthentication"]
    AutoscalingTargetKind = Literal["Deployment", "StatefulSet", "Rollout"]
    AutoscalingKind = Literal["auto", "hpa", "keda"]
    AutoscalingEras = Literal["modern", "legacy-stateless", "legacy-stateful", "sse"]
    AutoscalingFollow = Literal["cpu", "sessions", "streams", "in-flight"]
    AutoscalingDialect = Literal["reference", "opentelemetry", "community", "toolhive", "envoy"]
    AutoscalingImplementation = Literal[
        "envoy-gateway",
        "istio",
        "cilium",
        "kgateway",
        "agentgateway",
        "nginx-gateway-fabric",
        "traefik",
        "gke",
        "alb",
        "nginx",
        "haproxy",
        "openshift",
        "other",
    ]
    Quantity = str | float
else:
    ScalingRulesSelect = str
    MetricType = str
    AuthenticationModes = str
    AuthenticationExistingKind = str
    AutoscalingTargetKind = str
    AutoscalingKind = str
    AutoscalingEras = str
    AutoscalingFollow = str
    AutoscalingDialect = str
    AutoscalingImplementation = str
    Quantity = Any


class ScalingRulesArgs(TypedDict):
    """How fast the number of pods may move in one direction. What is left out is derived from eras and sessions."""

    window_seconds: NotRequired[int]
    """Stabilisation window in seconds, 0 to 3600: the most cautious of the proposals in it counts. Derived: 0 up, so
    that nobody waits; down 300, with sessions their length from 600 to 3600."""
    pods: NotRequired[int]
    """Pods in each period. Derived: up a ninth of max_replicas, at least 4, so that a doubled load is there in three
    minutes; down a thirtieth, with sessions 1, since each pod that goes ends its sessions."""
    percent: NotRequired[int]
    """Percent of the pods in each period, besides pods. Left out: none."""
    period_seconds: NotRequired[int]
    """Length of a period in seconds, 1 to 1800. Derived: 60; down with sessions their length, or less so that a third
    of max_replicas can go within a day, and never less than the grace period."""
    select: NotRequired[ScalingRulesSelect]
    """Which of pods and percent counts: 'max', 'min', or 'disabled', which forbids this direction. Left out: max."""
    tolerance: NotRequired[float]
    """Share of the target within which nothing moves, such as 0.05; Kubernetes 1.35 or newer. Left out: the cluster's,
    a tenth."""


class ScheduleArgs(TypedDict):
    """A floor under the number of pods in windows that come back, in words or in cron expressions (KEDA)."""

    name: str
    """Name of the trigger, not that of another one."""
    replicas: int
    """Least number of pods in the window, from 1 to max_replicas. The greatest of all triggers wins, so a schedule can
    raise the number and never cap it."""
    time_zone: str
    """IANA name of the time zone, such as 'Europe/Berlin'. Windows follow its clock through daylight saving."""
    start: NotRequired[str]
    """Five-field cron expression that opens the window, in quotes; days of the week are 0 (Sunday) to 6. Default:
    none."""
    end: NotRequired[str]
    """Five-field cron expression that closes it, in quotes. Default: none."""
    days: NotRequired[list[str]]
    """'daily', 'weekdays', 'weekends', 'mon' to 'sun', or dates 'MM-DD', which come back every year. Default: none."""
    from_time: NotRequired[str]
    """When the window opens on each of these days, 'HH:MM' in quotes. Default: none."""
    to_time: NotRequired[str]
    """When it closes, 'HH:MM' in quotes, up to '24:00'; on the next day if it is earlier than from_time. Default:
    none."""
    ramp_minutes: NotRequired[int]
    """How much earlier the window opens, so that the pods serve at from_time. Derived: as long as scale_up takes from
    min_replicas to replicas, and 2 minutes for pods to start."""


class DescribedObjectArgs(TypedDict):
    """The object that an 'object' metric describes."""

    api_version: str
    """API version of the object, such as 'gateway.networking.k8s.io/v1'."""
    kind: str
    """Kind of the object, such as 'HTTPRoute'."""
    name: str
    """Name of the object, in the namespace of the workload."""


class MetricArgs(TypedDict):
    """A further metric of a HorizontalPodAutoscaler. The greatest of all proposals wins."""

    type: MetricType
    """Where it comes from: 'resource' and 'container-resource' from the metrics server, 'pods' and 'object' from the
    custom metrics API, 'external' from the external one."""
    name: str
    """'cpu' or 'memory' for the two resources, otherwise the name that the metrics API serves."""
    container: NotRequired[str]
    """Container of a 'container-resource'. Left out: the container of the server."""
    selector: NotRequired[Mapping[str, str]]
    """Labels that pick the series of a 'pods', 'object' or 'external' metric. Default: none."""
    described_object: NotRequired[DescribedObjectArgs]
    """The object of an 'object' metric. Default: none."""
    utilization: NotRequired[int]
    """Target in percent of the request, for the two resources. Default: none."""
    average_value: NotRequired[Quantity]
    """Target for each pod, a quantity such as 50 or '500m'; the only one of 'pods'. Default: none."""
    value: NotRequired[Quantity]
    """Target of the metric as it is, for 'object' and 'external'. It multiplies with the pods that are ready, so that a
    slow start under load slows growth: prefer average_value. Default: none."""


class AuthenticationArgs(TypedDict):
    """How KEDA proves itself to Prometheus: keys of a Secret, or a TriggerAuthentication that exists."""

    modes: list[AuthenticationModes]
    """'bearer' or 'basic', and 'tls' beside either or alone."""
    secret_name: NotRequired[pulumi.Input[str]]
    """Secret in the namespace of the workload, to whose keys a TriggerAuthentication refers; the platform makes it.
    Default: none."""
    token_key: NotRequired[str]
    """Key of the bearer token. Default: 'token'."""
    username_key: NotRequired[str]
    """Key of the user name for 'basic'. Default: 'username'."""
    password_key: NotRequired[str]
    """Key of the password for 'basic'. Default: 'password'."""
    cert_key: NotRequired[str]
    """Key of the client certificate for 'tls'; the default is that of Secrets of cert-manager. Default: 'tls.crt'."""
    private_key: NotRequired[str]
    """Key of its private key. Default: 'tls.key'."""
    ca_key: NotRequired[str]
    """Key of the authority that signed the certificate of Prometheus. Left out: those of KEDA's image."""
    existing_name: NotRequired[pulumi.Input[str]]
    """Name of a TriggerAuthentication that exists, instead of secret_name. Default: none."""
    existing_kind: NotRequired[AuthenticationExistingKind]
    """Kind of the one that exists. Default: 'TriggerAuthentication'."""


class McpAutoscalingArgs(TypedDict):
    """Arguments of McpAutoscaling."""

    namespace: pulumi.Input[str]
    """Namespace of the workload."""
    target: pulumi.Input[str]
    """Name of the Deployment, the StatefulSet or the Rollout; the autoscaler gets the same name."""
    max_replicas: int
    """Greatest number of pods. Count connections and quota for it."""
    target_kind: NotRequired[AutoscalingTargetKind]
    """Kind of the target. Default: 'Deployment'."""
    min_replicas: NotRequired[int]
    """Least number of pods. Default: 2."""
    kind: NotRequired[AutoscalingKind]
    """'hpa', 'keda', or 'auto': KEDA for sessions, for a metric from Prometheus and for schedules. Default: 'auto'."""
    container: NotRequired[str]
    """Container whose CPU and memory count, so that a sidecar cannot disturb. Default: 'server'."""
    cpu_percent: NotRequired[int]
    """CPU at which pods are added, in percent of the request (above 100 is allowed); 80 leaves a fifth for the time
    that a new pod takes to start. Default: 80."""
    memory_percent: NotRequired[int]
    """Memory at which pods are added, in percent of the request. Left out: off, since processes do not give it back."""
    python: NotRequired[bool]
    """Whether the server is a Python process, for which scaling on memory is refused. Default: false."""
    requests: NotRequired[Mapping[str, Quantity]]
    """Requests of the container, to refuse a utilisation target without them. Left out: not checked."""
    sessions_per_pod: NotRequired[int]
    """Sessions that one pod holds (KEDA). Default: 50."""
    route_name: NotRequired[pulumi.Input[str]]
    """HTTPRoute of the server, which the dialect 'envoy' counts at. Derived: the target's name."""
    drain_seconds: NotRequired[int]
    """Grace period of the pods, in seconds; with sessions no pod goes before the last one has ended. Left out: not more
    than a minute."""
    hashed_affinity: NotRequired[bool]
    """Whether the edge finds a client's pod by a hash, such as of its address. Another number of pods then ends
    sessions, so that pods come in fewer and larger steps. A stack knows it of its edge. Default: false."""
    peak_replicas: NotRequired[int]
    """Pods of the planned peak. With 'hashed_affinity' and sessions as many come at once as soon as the least number of
    pods is half full, so that few sessions are open when most pods come (KEDA). Left out: pods come as sessions do."""
    await_ready: NotRequired[bool]
    """Whether to wait for KEDA's Ready condition. Default: true."""
    await_timeout_seconds: NotRequired[int]
    """How long to wait for it, in seconds. Default: 300."""
    production: NotRequired[bool]
    """Whether fewer than two pods are refused. Default: true."""
    eras: NotRequired[list[AutoscalingEras]]
    """Protocol eras that the server serves on its URL. All regions behind one host must serve the same. Default:
    modern."""
    follow: NotRequired[AutoscalingFollow]
    """What grows with the load: 'cpu', or in Prometheus (KEDA) 'sessions', 'streams' or 'in-flight' calls. CPU always
    counts besides. Derived: sessions for eras with sessions, cpu for others."""
    target_per_pod: NotRequired[float]
    """How much of it one pod takes (KEDA). Derived: by the plan the sessions that a pod holds, or its calls in flight
    on the mean, with the headroom free (full, where a hash finds the pods and those of the planned peak come at once);
    without a plan sessions_per_pod, or 10 calls, since a pod answers more of them at a time only more slowly."""
    dialect: NotRequired[AutoscalingDialect]
    """Whose names the metrics have: the example server's, the ASGI instrumentation of OpenTelemetry, the community's,
    ToolHive's, or Envoy Gateway's. Default: 'reference'."""
    query: NotRequired[pulumi.Input[str]]
    """PromQL instead of that of follow and dialect: one series, the total of all pods (KEDA). Default: none."""
    sessions_metric: NotRequired[str]
    """Prometheus gauge of open sessions or streams per pod, in the dialect 'reference' (KEDA). Default:
    'mcp_active_sse_connections'."""
    prometheus_address: NotRequired[pulumi.Input[str]]
    """URL of Prometheus, such as 'http://prometheus-operated.monitoring:9090' (KEDA). Default: none."""
    authentication: NotRequired[AuthenticationArgs]
    """How KEDA proves itself to Prometheus. Left out: not at all."""
    metrics: NotRequired[list[MetricArgs]]
    """Further metrics of a HorizontalPodAutoscaler, from the custom and the external metrics API. Default: none."""
    schedules: NotRequired[list[ScheduleArgs]]
    """Floors under the number of pods at known hours (KEDA). Default: none."""
    fallback_replicas: NotRequired[int]
    """Pods that run at least while the metric is missing; a greater present number is kept (KEDA). Derived:
    min_replicas, since the present number was right a minute ago."""
    fallback_failures: NotRequired[int]
    """Failed reads in a row that are borne, one every 15 s; the next one is answered with the fallback (KEDA). With 3
    the fourth failure counts, about a minute after the last answer. Default: 3."""
    polling_seconds: NotRequired[int]
    """How often KEDA polls by itself, in seconds, which scales only to and from no pod at all (KEDA). From a minimum of
    1 on the controller asks every 15 s whatever this says, and KEDA warns about it. Left out: KEDA's own 30."""
    scale_up: NotRequired[ScalingRulesArgs]
    """How fast pods are added. Derived."""
    scale_down: NotRequired[ScalingRulesArgs]
    """How fast pods are taken. Derived."""
    scale_down_window_seconds: NotRequired[int]
    """Stabilisation window of scale-in, in seconds; scale_down.window_seconds says the same. Derived: 300, or the
    length of a session, 600 to 3600."""
    hpa_name: NotRequired[str]
    """Name of the HorizontalPodAutoscaler that KEDA makes, up to 63 characters. Derived: 'keda-hpa-' and the name of
    the Deployment, which leaves 54 for that."""
    take_over: NotRequired[bool]
    """Whether KEDA takes over the HorizontalPodAutoscaler hpa_name, which exists. Default: false."""
    session_minutes: NotRequired[float]
    """Mean length of a session, in minutes; scale-in waits for it. Default: 20."""
    implementation: NotRequired[AutoscalingImplementation]
    """What stands behind the edge. It decides what is emitted beside the route, the pre-stop sleep, and where the
    proxies are; 'envoy-gateway' emits the metrics that the dialect 'envoy' counts. Derived: 'gke' where client_cidrs
    has Google's ranges, else 'other' for kind 'gateway'; by the IngressClass, else 'nginx', for kind 'ingress'."""
    kubernetes_version: NotRequired[str]
    """Version of the cluster, such as '1.36' in quotes, for what older ones do not have. Left out: not known."""
    accept: NotRequired[Mapping[str, str]]
    """Codes or names of warnings that are accepted, each with its reason. Default: none."""
    patches: NotRequired[list[PatchArgs]]
    """Patches of the autoscaler and of what belongs to it, for what has no key. Default: none."""


class McpAutoscalingServerArgs(TypedDict):
    """Arguments of McpAutoscaling. They go with a server that tells the rest."""

    namespace: NotRequired[pulumi.Input[str]]
    """Namespace of the workload. The server tells it; what is given besides must be the same."""
    target: NotRequired[pulumi.Input[str]]
    """Name of the Deployment, the StatefulSet or the Rollout; the autoscaler gets the same name. The server tells it;
    what is given besides must be the same."""
    max_replicas: int
    """Greatest number of pods. Count connections and quota for it."""
    target_kind: NotRequired[AutoscalingTargetKind]
    """Kind of the target. The server tells it; what is given besides must be the same."""
    min_replicas: NotRequired[int]
    """Least number of pods. The server tells it; what is given besides must be the same."""
    kind: NotRequired[AutoscalingKind]
    """'hpa', 'keda', or 'auto': KEDA for sessions, for a metric from Prometheus and for schedules. Default: 'auto'."""
    container: NotRequired[str]
    """Container whose CPU and memory count, so that a sidecar cannot disturb. Default: 'server'."""
    cpu_percent: NotRequired[int]
    """CPU at which pods are added, in percent of the request (above 100 is allowed); 80 leaves a fifth for the time
    that a new pod takes to start. Default: 80."""
    memory_percent: NotRequired[int]
    """Memory at which pods are added, in percent of the request. Left out: off, since processes do not give it back."""
    python: NotRequired[bool]
    """Whether the server is a Python process, for which scaling on memory is refused. Default: false."""
    requests: NotRequired[Mapping[str, Quantity]]
    """Requests of the container, to refuse a utilisation target without them. Left out: not checked. The server tells
    it; what is given besides must be the same."""
    sessions_per_pod: NotRequired[int]
    """Sessions that one pod holds (KEDA). Default: 50."""
    route_name: NotRequired[pulumi.Input[str]]
    """HTTPRoute of the server, which the dialect 'envoy' counts at. Derived: the target's name."""
    drain_seconds: NotRequired[int]
    """Grace period of the pods, in seconds; with sessions no pod goes before the last one has ended. Left out: not more
    than a minute. The server tells it; what is given besides must be the same."""
    hashed_affinity: NotRequired[bool]
    """Whether the edge finds a client's pod by a hash, such as of its address. Another number of pods then ends
    sessions, so that pods come in fewer and larger steps. A stack knows it of its edge. Default: false."""
    peak_replicas: NotRequired[int]
    """Pods of the planned peak. With 'hashed_affinity' and sessions as many come at once as soon as the least number of
    pods is half full, so that few sessions are open when most pods come (KEDA). Left out: pods come as sessions do."""
    await_ready: NotRequired[bool]
    """Whether to wait for KEDA's Ready condition. Default: true."""
    await_timeout_seconds: NotRequired[int]
    """How long to wait for it, in seconds. Default: 300."""
    production: NotRequired[bool]
    """Whether fewer than two pods are refused. The server tells it; what is given besides must be the same."""
    eras: NotRequired[list[AutoscalingEras]]
    """Protocol eras that the server serves on its URL. All regions behind one host must serve the same. The server
    tells it; what is given besides must be the same."""
    follow: NotRequired[AutoscalingFollow]
    """What grows with the load: 'cpu', or in Prometheus (KEDA) 'sessions', 'streams' or 'in-flight' calls. CPU always
    counts besides. Derived: sessions for eras with sessions, cpu for others."""
    target_per_pod: NotRequired[float]
    """How much of it one pod takes (KEDA). Derived: by the plan the sessions that a pod holds, or its calls in flight
    on the mean, with the headroom free (full, where a hash finds the pods and those of the planned peak come at once);
    without a plan sessions_per_pod, or 10 calls, since a pod answers more of them at a time only more slowly."""
    dialect: NotRequired[AutoscalingDialect]
    """Whose names the metrics have: the example server's, the ASGI instrumentation of OpenTelemetry, the community's,
    ToolHive's, or Envoy Gateway's. Default: 'reference'."""
    query: NotRequired[pulumi.Input[str]]
    """PromQL instead of that of follow and dialect: one series, the total of all pods (KEDA). Default: none."""
    sessions_metric: NotRequired[str]
    """Prometheus gauge of open sessions or streams per pod, in the dialect 'reference' (KEDA). Default:
    'mcp_active_sse_connections'."""
    prometheus_address: NotRequired[pulumi.Input[str]]
    """URL of Prometheus, such as 'http://prometheus-operated.monitoring:9090' (KEDA). Default: none."""
    authentication: NotRequired[AuthenticationArgs]
    """How KEDA proves itself to Prometheus. Left out: not at all."""
    metrics: NotRequired[list[MetricArgs]]
    """Further metrics of a HorizontalPodAutoscaler, from the custom and the external metrics API. Default: none."""
    schedules: NotRequired[list[ScheduleArgs]]
    """Floors under the number of pods at known hours (KEDA). Default: none."""
    fallback_replicas: NotRequired[int]
    """Pods that run at least while the metric is missing; a greater present number is kept (KEDA). Derived:
    min_replicas, since the present number was right a minute ago."""
    fallback_failures: NotRequired[int]
    """Failed reads in a row that are borne, one every 15 s; the next one is answered with the fallback (KEDA). With 3
    the fourth failure counts, about a minute after the last answer. Default: 3."""
    polling_seconds: NotRequired[int]
    """How often KEDA polls by itself, in seconds, which scales only to and from no pod at all (KEDA). From a minimum of
    1 on the controller asks every 15 s whatever this says, and KEDA warns about it. Left out: KEDA's own 30."""
    scale_up: NotRequired[ScalingRulesArgs]
    """How fast pods are added. Derived."""
    scale_down: NotRequired[ScalingRulesArgs]
    """How fast pods are taken. Derived."""
    scale_down_window_seconds: NotRequired[int]
    """Stabilisation window of scale-in, in seconds; scale_down.window_seconds says the same. Derived: 300, or the
    length of a session, 600 to 3600."""
    hpa_name: NotRequired[str]
    """Name of the HorizontalPodAutoscaler that KEDA makes, up to 63 characters. Derived: 'keda-hpa-' and the name of
    the Deployment, which leaves 54 for that."""
    take_over: NotRequired[bool]
    """Whether KEDA takes over the HorizontalPodAutoscaler hpa_name, which exists. Default: false."""
    session_minutes: NotRequired[float]
    """Mean length of a session, in minutes; scale-in waits for it. Default: 20."""
    implementation: NotRequired[AutoscalingImplementation]
    """What stands behind the edge. It decides what is emitted beside the route, the pre-stop sleep, and where the
    proxies are; 'envoy-gateway' emits the metrics that the dialect 'envoy' counts. Derived: 'gke' where client_cidrs
    has Google's ranges, else 'other' for kind 'gateway'; by the IngressClass, else 'nginx', for kind 'ingress'."""
    kubernetes_version: NotRequired[str]
    """Version of the cluster, such as '1.36' in quotes, for what older ones do not have. Left out: not known."""
    accept: NotRequired[Mapping[str, str]]
    """Codes or names of warnings that are accepted, each with its reason. Default: none."""
    patches: NotRequired[list[PatchArgs]]
    """Patches of the autoscaler and of what belongs to it, for what has no key. Default: none."""


HELP = """The keys, as a mapping or as keywords. 'Output' says that a value may come later.

namespace: str or Output, required
    Namespace of the workload.

target: str or Output, required
    Name of the Deployment, the StatefulSet or the Rollout; the autoscaler gets the same name.

max_replicas: int, required
    Greatest number of pods. Count connections and quota for it.

target_kind: 'Deployment' | 'StatefulSet' | 'Rollout'
    Kind of the target. Default: 'Deployment'.

min_replicas: int
    Least number of pods. Default: 2.

kind: 'auto' | 'hpa' | 'keda'
    'hpa', 'keda', or 'auto': KEDA for sessions, for a metric from Prometheus and for schedules.
    Default: 'auto'.

container: str
    Container whose CPU and memory count, so that a sidecar cannot disturb. Default: 'server'.

cpu_percent: int
    CPU at which pods are added, in percent of the request (above 100 is allowed); 80 leaves a fifth
    for the time that a new pod takes to start. Default: 80.

memory_percent: int
    Memory at which pods are added, in percent of the request. Left out: off, since processes do not
    give it back.

python: bool
    Whether the server is a Python process, for which scaling on memory is refused. Default: false.

requests: mapping of str to str
    Requests of the container, to refuse a utilisation target without them. Left out: not checked.

sessions_per_pod: int
    Sessions that one pod holds (KEDA). Default: 50.

route_name: str or Output
    HTTPRoute of the server, which the dialect 'envoy' counts at. Derived: the target's name.

drain_seconds: int
    Grace period of the pods, in seconds; with sessions no pod goes before the last one has ended.
    Left out: not more than a minute.

hashed_affinity: bool
    Whether the edge finds a client's pod by a hash, such as of its address. Another number of pods
    then ends sessions, so that pods come in fewer and larger steps. A stack knows it of its edge.
    Default: false.

peak_replicas: int
    Pods of the planned peak. With 'hashed_affinity' and sessions as many come at once as soon as
    the least number of pods is half full, so that few sessions are open when most pods come (KEDA).
    Left out: pods come as sessions do.

await_ready: bool
    Whether to wait for KEDA's Ready condition. Default: true.

await_timeout_seconds: int
    How long to wait for it, in seconds. Default: 300.

production: bool
    Whether fewer than two pods are refused. Default: true.

eras: list of 'modern' | 'legacy-stateless' | 'legacy-stateful' | 'sse'
    Protocol eras that the server serves on its URL. All regions behind one host must serve the
    same. Default: modern.

follow: 'cpu' | 'sessions' | 'streams' | 'in-flight'
    What grows with the load: 'cpu', or in Prometheus (KEDA) 'sessions', 'streams' or 'in-flight'
    calls. CPU always counts besides. Derived: sessions for eras with sessions, cpu for others.

target_per_pod: float
    How much of it one pod takes (KEDA). Derived: by the plan the sessions that a pod holds, or its
    calls in flight on the mean, with the headroom free (full, where a hash finds the pods and those
    of the planned peak come at once); without a plan sessions_per_pod, or 10 calls, since a pod
    answers more of them at a time only more slowly.

dialect: 'reference' | 'opentelemetry' | 'community' | 'toolhive' | 'envoy'
    Whose names the metrics have: the example server's, the ASGI instrumentation of OpenTelemetry,
    the community's, ToolHive's, or Envoy Gateway's. Default: 'reference'.

query: str or Output
    PromQL instead of that of follow and dialect: one series, the total of all pods (KEDA). Default:
    none.

sessions_metric: str
    Prometheus gauge of open sessions or streams per pod, in the dialect 'reference' (KEDA).
    Default: 'mcp_active_sse_connections'.

prometheus_address: str or Output
    URL of Prometheus, such as 'http://prometheus-operated.monitoring:9090' (KEDA). Default: none.

authentication: group
    How KEDA proves itself to Prometheus. Left out: not at all.

authentication.modes: list of 'bearer' | 'basic' | 'tls', required
    'bearer' or 'basic', and 'tls' beside either or alone.

authentication.secret_name: str or Output
    Secret in the namespace of the workload, to whose keys a TriggerAuthentication refers; the
    platform makes it. Default: none.

authentication.token_key: str
    Key of the bearer token. Default: 'token'.

authentication.username_key: str
    Key of the user name for 'basic'. Default: 'username'.

authentication.password_key: str
    Key of the password for 'basic'. Default: 'password'.

authentication.cert_key: str
    Key of the client certificate for 'tls'; the default is that of Secrets of cert-manager.
    Default: 'tls.crt'.

authentication.private_key: str
    Key of its private key. Default: 'tls.key'.

authentication.ca_key: str
    Key of the authority that signed the certificate of Prometheus. Left out: those of KEDA's image.

authentication.existing_name: str or Output
    Name of a TriggerAuthentication that exists, instead of secret_name. Default: none.

authentication.existing_kind: 'TriggerAuthentication' | 'ClusterTriggerAuthentication'
    Kind of the one that exists. Default: 'TriggerAuthentication'.

metrics: list of group
    Further metrics of a HorizontalPodAutoscaler, from the custom and the external metrics API.
    Default: none.

metrics[].type: 'resource' | 'container-resource' | 'pods' | 'object' | 'external', required
    Where it comes from: 'resource' and 'container-resource' from the metrics server, 'pods' and
    'object' from the custom metrics API, 'external' from the external one.

metrics[].name: str, required
    'cpu' or 'memory' for the two resources, otherwise the name that the metrics API serves.

metrics[].container: str
    Container of a 'container-resource'. Left out: the container of the server.

metrics[].selector: mapping of str to str
    Labels that pick the series of a 'pods', 'object' or 'external' metric. Default: none.

metrics[].described_object: group
    The object of an 'object' metric. Default: none.

metrics[].described_object.api_version: str, required
    API version of the object, such as 'gateway.networking.k8s.io/v1'.

metrics[].described_object.kind: str, required
    Kind of the object, such as 'HTTPRoute'.

metrics[].described_object.name: str, required
    Name of the object, in the namespace of the workload.

metrics[].utilization: int
    Target in percent of the request, for the two resources. Default: none.

metrics[].average_value: str
    Target for each pod, a quantity such as 50 or '500m'; the only one of 'pods'. Default: none.

metrics[].value: str
    Target of the metric as it is, for 'object' and 'external'. It multiplies with the pods that are
    ready, so that a slow start under load slows growth: prefer average_value. Default: none.

schedules: list of group
    Floors under the number of pods at known hours (KEDA). Default: none.

schedules[].name: str, required
    Name of the trigger, not that of another one.

schedules[].replicas: int, required
    Least number of pods in the window, from 1 to max_replicas. The greatest of all triggers wins,
    so a schedule can raise the number and never cap it.

schedules[].time_zone: str, required
    IANA name of the time zone, such as 'Europe/Berlin'. Windows follow its clock through daylight
    saving.

schedules[].start: str
    Five-field cron expression that opens the window, in quotes; days of the week are 0 (Sunday) to
    6. Default: none.

schedules[].end: str
    Five-field cron expression that closes it, in quotes. Default: none.

schedules[].days: list of str
    'daily', 'weekdays', 'weekends', 'mon' to 'sun', or dates 'MM-DD', which come back every year.
    Default: none.

schedules[].from_time: str
    When the window opens on each of these days, 'HH:MM' in quotes. Default: none.

schedules[].to_time: str
    When it closes, 'HH:MM' in quotes, up to '24:00'; on the next day if it is earlier than
    from_time. Default: none.

schedules[].ramp_minutes: int
    How much earlier the window opens, so that the pods serve at from_time. Derived: as long as
    scale_up takes from min_replicas to replicas, and 2 minutes for pods to start.

fallback_replicas: int
    Pods that run at least while the metric is missing; a greater present number is kept (KEDA).
    Derived: min_replicas, since the present number was right a minute ago.

fallback_failures: int
    Failed reads in a row that are borne, one every 15 s; the next one is answered with the fallback
    (KEDA). With 3 the fourth failure counts, about a minute after the last answer. Default: 3.

polling_seconds: int
    How often KEDA polls by itself, in seconds, which scales only to and from no pod at all (KEDA).
    From a minimum of 1 on the controller asks every 15 s whatever this says, and KEDA warns about
    it. Left out: KEDA's own 30.

scale_up: group
    How fast pods are added. Derived.

scale_up.window_seconds: int
    Stabilisation window in seconds, 0 to 3600: the most cautious of the proposals in it counts.
    Derived: 0 up, so that nobody waits; down 300, with sessions their length from 600 to 3600.

scale_up.pods: int
    Pods in each period. Derived: up a ninth of max_replicas, at least 4, so that a doubled load is
    there in three minutes; down a thirtieth, with sessions 1, since each pod that goes ends its
    sessions.

scale_up.percent: int
    Percent of the pods in each period, besides pods. Left out: none.

scale_up.period_seconds: int
    Length of a period in seconds, 1 to 1800. Derived: 60; down with sessions their length, or less
    so that a third of max_replicas can go within a day, and never less than the grace period.

scale_up.select: 'max' | 'min' | 'disabled'
    Which of pods and percent counts: 'max', 'min', or 'disabled', which forbids this direction.
    Left out: max.

scale_up.tolerance: float
    Share of the target within which nothing moves, such as 0.05; Kubernetes 1.35 or newer. Left
    out: the cluster's, a tenth.

scale_down: group
    How fast pods are taken. Derived.

scale_down.window_seconds: int
    Stabilisation window in seconds, 0 to 3600: the most cautious of the proposals in it counts.
    Derived: 0 up, so that nobody waits; down 300, with sessions their length from 600 to 3600.

scale_down.pods: int
    Pods in each period. Derived: up a ninth of max_replicas, at least 4, so that a doubled load is
    there in three minutes; down a thirtieth, with sessions 1, since each pod that goes ends its
    sessions.

scale_down.percent: int
    Percent of the pods in each period, besides pods. Left out: none.

scale_down.period_seconds: int
    Length of a period in seconds, 1 to 1800. Derived: 60; down with sessions their length, or less
    so that a third of max_replicas can go within a day, and never less than the grace period.

scale_down.select: 'max' | 'min' | 'disabled'
    Which of pods and percent counts: 'max', 'min', or 'disabled', which forbids this direction.
    Left out: max.

scale_down.tolerance: float
    Share of the target within which nothing moves, such as 0.05; Kubernetes 1.35 or newer. Left
    out: the cluster's, a tenth.

scale_down_window_seconds: int
    Stabilisation window of scale-in, in seconds; scale_down.window_seconds says the same. Derived:
    300, or the length of a session, 600 to 3600.

hpa_name: str
    Name of the HorizontalPodAutoscaler that KEDA makes, up to 63 characters. Derived: 'keda-hpa-'
    and the name of the Deployment, which leaves 54 for that.

take_over: bool
    Whether KEDA takes over the HorizontalPodAutoscaler hpa_name, which exists. Default: false.

session_minutes: float
    Mean length of a session, in minutes; scale-in waits for it. Default: 20.

implementation: 'envoy-gateway' | 'istio' | 'cilium' | 'kgateway' | 'agentgateway' |
    'nginx-gateway-fabric' | 'traefik' | 'gke' | 'alb' | 'nginx' | 'haproxy' | 'openshift' | 'other'
    What stands behind the edge. It decides what is emitted beside the route, the pre-stop sleep,
    and where the proxies are; 'envoy-gateway' emits the metrics that the dialect 'envoy' counts.
    Derived: 'gke' where client_cidrs has Google's ranges, else 'other' for kind 'gateway'; by the
    IngressClass, else 'nginx', for kind 'ingress'.

kubernetes_version: str
    Version of the cluster, such as '1.36' in quotes, for what older ones do not have. Left out: not
    known.

accept: mapping of str to str
    Codes or names of warnings that are accepted, each with its reason. Default: none.

patches: list of group
    Patches of the autoscaler and of what belongs to it, for what has no key. Default: none.

patches[].kind: str, required
    Kind of the object, such as 'Deployment' or 'Service'; 'Pod' is the template of its pods.

patches[].name: str
    Name of the object. Left out: all objects of the kind that the component makes.

patches[].patch: mapping of str to anything, required
    What is changed, in the fields of Kubernetes: a strategic merge patch for its own kinds (lists
    are merged by the keys of its API; `$patch` and its other directives are understood), a JSON
    merge patch for custom resources.
"""
"""What help() shows of the constructor."""
