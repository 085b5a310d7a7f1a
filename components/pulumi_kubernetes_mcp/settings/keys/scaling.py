"""Keys of the autoscaler: what it follows, how fast it moves, and at which hours.

Ranges are wide where a rule has more to say: what is near a number that Kubernetes refuses reaches the rule.
"""

from typing import Annotated, Literal

from pydantic import Field

from ..amounts import Amount
from ..fields import (
    ApiVersion,
    Count,
    Duration,
    Filled,
    Group,
    Kind,
    Label,
    ObjectName,
    PathSegment,
    Text,
    Url,
)

Follow = Literal["cpu", "sessions", "streams", "in-flight"]
Dialect = Literal["reference", "opentelemetry", "community", "toolhive", "envoy"]
MetricType = Literal["resource", "container-resource", "pods", "object", "external"]
Selection = Literal["max", "min", "disabled"]
AuthenticationMode = Literal["bearer", "basic", "tls"]
AuthenticationKind = Literal["TriggerAuthentication", "ClusterTriggerAuthentication"]


class Schedule(Group):
    """A floor under the number of pods in windows that come back, in words or in cron expressions (KEDA)."""

    name: Filled
    """Name of the trigger, not that of another one."""
    replicas: Count
    """Least number of pods in the window, from 1 to `max_replicas`. The greatest of all triggers wins, so a schedule
    can raise the number and never cap it."""
    time_zone: Filled
    """IANA name of the time zone, such as 'Europe/Berlin'. Windows follow its clock through daylight saving."""
    start: Filled | None = None
    """Five-field cron expression that opens the window, in quotes; days of the week are 0 (Sunday) to 6."""
    end: Filled | None = None
    """Five-field cron expression that closes it, in quotes."""
    days: list[Filled] = []
    """'daily', 'weekdays', 'weekends', 'mon' to 'sun', or dates 'MM-DD', which come back every year."""
    from_time: Filled | None = None
    """When the window opens on each of these days, 'HH:MM' in quotes."""
    to_time: Filled | None = None
    """When it closes, 'HH:MM' in quotes, up to '24:00'; on the next day if it is earlier than `from_time`."""
    ramp_minutes: Annotated[int, Field(ge=0, le=1440)] | None = None
    """How much earlier the window opens, so that the pods serve at `from_time`. Derived: as long as `scale_up` takes
    from `min_replicas` to `replicas`, and 2 minutes for pods to start."""


class PrometheusAuthentication(Group):
    """How KEDA proves itself to Prometheus: keys of a Secret, or a TriggerAuthentication that exists."""

    modes: list[AuthenticationMode]
    """'bearer' or 'basic', and 'tls' beside either or alone."""
    secret_name: Text | None = None
    """Secret in the namespace of the workload, to whose keys a TriggerAuthentication refers; the platform makes it."""
    token_key: Filled = "token"
    """Key of the bearer token."""
    username_key: Filled = "username"
    """Key of the user name for 'basic'."""
    password_key: Filled = "password"
    """Key of the password for 'basic'."""
    cert_key: Filled = "tls.crt"
    """Key of the client certificate for 'tls'; the default is that of Secrets of cert-manager."""
    private_key: Filled = "tls.key"
    """Key of its private key."""
    ca_key: Filled | None = None
    """Key of the authority that signed the certificate of Prometheus. Left out: those of KEDA's image."""
    existing_name: Text | None = None
    """Name of a TriggerAuthentication that exists, instead of `secret_name`."""
    existing_kind: AuthenticationKind = "TriggerAuthentication"
    """Kind of the one that exists."""


class ScalingRules(Group):
    """How fast the number of pods may move in one direction. What is left out is derived from eras and sessions."""

    window_seconds: Duration | None = None
    """Stabilisation window in seconds, 0 to 3600: the most cautious of the proposals in it counts. Derived: 0 up, so
    that nobody waits; down 300, with sessions their length from 600 to 3600."""
    pods: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    """Pods in each period. Derived: up a ninth of `max_replicas`, at least 4, so that a doubled load is there in three
    minutes; down a thirtieth, with sessions 1, since each pod that goes ends its sessions."""
    percent: Count | None = None
    """Percent of the pods in each period, besides `pods`. Left out: none."""
    period_seconds: Duration | None = None
    """Length of a period in seconds, 1 to 1800. Derived: 60; down with sessions their length, or
    less so that a third of `max_replicas` can go within a day, and never less than the grace period."""
    select: Selection | None = None
    """Which of `pods` and `percent` counts: 'max', 'min', or 'disabled', which forbids this direction. Left out:
    max."""
    tolerance: Annotated[float, Field(ge=-1, le=1000)] | None = None
    """Share of the target within which nothing moves, such as 0.05; Kubernetes 1.35 or newer. Left out: the cluster's,
    a tenth."""


class DescribedObject(Group):
    """The object that an 'object' metric describes."""

    api_version: ApiVersion
    """API version of the object, such as 'gateway.networking.k8s.io/v1'."""
    kind: Kind
    """Kind of the object, such as 'HTTPRoute'."""
    name: PathSegment
    """Name of the object, in the namespace of the workload."""


class ScalingMetric(Group):
    """A further metric of a HorizontalPodAutoscaler. The greatest of all proposals wins."""

    type: MetricType
    """Where it comes from: 'resource' and 'container-resource' from the metrics server, 'pods' and 'object' from the
    custom metrics API, 'external' from the external one."""
    name: Filled
    """'cpu' or 'memory' for the two resources, otherwise the name that the metrics API serves."""
    container: Label | None = None
    """Container of a 'container-resource'. Left out: the container of the server."""
    selector: dict[str, str] = {}
    """Labels that pick the series of a 'pods', 'object' or 'external' metric."""
    described_object: DescribedObject | None = None
    """The object of an 'object' metric."""
    utilization: Count | None = None
    """Target in percent of the request, for the two resources."""
    average_value: Amount | None = None
    """Target for each pod, a quantity such as 50 or '500m'; the only one of 'pods'."""
    value: Amount | None = None
    """Target of the metric as it is, for 'object' and 'external'. It multiplies with the pods that are ready, so that a
    slow start under load slows growth: prefer `average_value`."""


class SessionKeys(Group):
    """How long a session lasts."""

    session_minutes: Annotated[float, Field(ge=0.001, le=1440)] = 20
    """Mean length of a session, in minutes; scale-in waits for it."""


class AutoscalerKeys(Group):
    """What a stack says about its autoscaler and the autoscaler takes as it is said."""

    follow: Follow | None = None
    """What grows with the load: 'cpu', or in Prometheus (KEDA) 'sessions', 'streams' or 'in-flight' calls. CPU always
    counts besides. Derived: sessions for eras with sessions, cpu for others."""
    target_per_pod: Annotated[float, Field(ge=-1, le=1_000_000)] | None = None
    """How much of it one pod takes (KEDA). Derived: by the plan the sessions that a pod holds, or its calls in flight
    on the mean, with the headroom free (full, where a hash finds the pods and those of the planned peak come at once);
    without a plan `sessions_per_pod`, or 10 calls, since a pod answers more of them at a time only more slowly."""
    dialect: Dialect = "reference"
    """Whose names the metrics have: the example server's, the ASGI instrumentation of OpenTelemetry, the community's,
    ToolHive's, or Envoy Gateway's."""
    query: Text | None = None
    """PromQL instead of that of `follow` and `dialect`: one series, the total of all pods (KEDA)."""
    sessions_metric: Annotated[str, Field(pattern=r"^[a-zA-Z_:][a-zA-Z0-9_:]*$")] = "mcp_active_sse_connections"
    """Prometheus gauge of open sessions or streams per pod, in the dialect 'reference' (KEDA)."""
    prometheus_address: Url | None = None
    """URL of Prometheus, such as 'http://prometheus-operated.monitoring:9090' (KEDA)."""
    authentication: PrometheusAuthentication | None = None
    """How KEDA proves itself to Prometheus. Left out: not at all."""
    metrics: list[ScalingMetric] = []
    """Further metrics of a HorizontalPodAutoscaler, from the custom and the external metrics API."""
    schedules: list[Schedule] = []
    """Floors under the number of pods at known hours (KEDA)."""
    fallback_replicas: Count | None = None
    """Pods that run at least while the metric is missing; a greater present number is kept (KEDA). Derived:
    `min_replicas`, since the present number was right a minute ago."""
    fallback_failures: Annotated[int, Field(ge=-1, le=1000)] = 3
    """Failed reads in a row that are borne, one every 15 s; the next one is answered with the fallback (KEDA). With 3
    the fourth failure counts, about a minute after the last answer."""
    polling_seconds: Duration | None = None
    """How often KEDA polls by itself, in seconds, which scales only to and from no pod at all (KEDA). From a minimum of
    1 on the controller asks every 15 s whatever this says, and KEDA warns about it. Left out: KEDA's own 30."""
    scale_up: ScalingRules | None = None
    """How fast pods are added. Derived."""
    scale_down: ScalingRules | None = None
    """How fast pods are taken. Derived."""
    scale_down_window_seconds: Annotated[int, Field(ge=0, le=3600)] | None = None
    """Stabilisation window of scale-in, in seconds; `scale_down.window_seconds` says the same. Derived: 300, or the
    length of a session, 600 to 3600."""
    hpa_name: ObjectName | None = None
    """Name of the HorizontalPodAutoscaler that KEDA makes, up to 63 characters. Derived: 'keda-hpa-' and the name of
    the Deployment, which leaves 54 for that."""
    take_over: bool = False
    """Whether KEDA takes over the HorizontalPodAutoscaler `hpa_name`, which exists."""
