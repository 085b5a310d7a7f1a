"""Arguments of McpRegion that its autoscaler is made from. Kept equal to settings/models by a test."""

from collections.abc import Mapping
from typing import NotRequired, TypedDict

import pulumi


class RegionScheduleArgs(TypedDict):
    """A floor under the number of pods in windows that come back, in words or in cron expressions (KEDA)."""

    name: str
    """Name of the trigger, not that of another one."""
    replicas: int
    """Least number of pods in the window, from 1 to maxReplicas. The greatest of all triggers wins, so a schedule can
    raise the number and never cap it."""
    time_zone: str
    """IANA name of the time zone, such as 'Europe/Berlin'. Windows follow its clock through daylight saving."""
    start: NotRequired[str]
    """Five-field cron expression that opens the window, in quotes; days of the week are 0 (Sunday) to 6."""
    end: NotRequired[str]
    """Five-field cron expression that closes it, in quotes."""
    days: NotRequired[list[str]]
    """'daily', 'weekdays', 'weekends', 'mon' to 'sun', or dates 'MM-DD', which come back every year."""
    from_time: NotRequired[str]
    """When the window opens on each of these days, 'HH:MM' in quotes."""
    to_time: NotRequired[str]
    """When it closes, 'HH:MM' in quotes, up to '24:00'; on the next day if it is earlier than fromTime."""
    ramp_minutes: NotRequired[int]
    """How much earlier the window opens, so that the pods serve at fromTime. Derived: as long as scaleUp takes from
    minReplicas to replicas, and 2 minutes for pods to start."""


class RegionPrometheusAuthenticationArgs(TypedDict):
    """How KEDA proves itself to Prometheus: keys of a Secret, or a TriggerAuthentication that exists."""

    modes: list[str]
    """'bearer' or 'basic', and 'tls' beside either or alone."""
    secret_name: NotRequired[pulumi.Input[str]]
    """Secret in the namespace of the stack, to whose keys a TriggerAuthentication refers; the platform makes it."""
    token_key: NotRequired[str]
    """Key of the bearer token."""
    username_key: NotRequired[str]
    """Key of the user name for 'basic'."""
    password_key: NotRequired[str]
    """Key of the password for 'basic'."""
    cert_key: NotRequired[str]
    """Key of the client certificate for 'tls'; the default is that of Secrets of cert-manager."""
    private_key: NotRequired[str]
    """Key of its private key."""
    ca_key: NotRequired[str]
    """Key of the authority that signed the certificate of Prometheus. Left out: those of KEDA's image."""
    existing_name: NotRequired[pulumi.Input[str]]
    """Name of a TriggerAuthentication that exists, instead of secretName."""
    existing_kind: NotRequired[str]
    """Kind of the one that exists."""


class RegionScalingRulesArgs(TypedDict):
    """How fast the number of pods may move in one direction. What is left out is derived from eras and sessions."""

    window_seconds: NotRequired[int]
    """Stabilisation window in seconds, 0 to 3600: the most cautious of the proposals in it counts. Derived: 0 up, so
    that nobody waits; down 300, with sessions their length from 600 to 3600."""
    pods: NotRequired[int]
    """Pods in each period. Derived: up a ninth of maxReplicas, at least 4, so that a doubled load is there in three
    minutes; down a thirtieth, with sessions 1, since each pod that goes ends its sessions."""
    percent: NotRequired[int]
    """Percent of the pods in each period, besides pods. Left out: none."""
    period_seconds: NotRequired[int]
    """Length of a period in seconds, 1 to 1800. Derived: 60; down with sessions their length, or
    less so that a third of maxReplicas can go within a day, and never less than the grace period."""
    select: NotRequired[str]
    """Which of pods and percent counts: 'max', 'min', or 'disabled', which forbids this direction. Left out: max."""
    tolerance: NotRequired[float]
    """Share of the target within which nothing moves, such as 0.05; Kubernetes 1.35 or newer. Left out: the cluster's,
    a tenth."""


class RegionDescribedObjectArgs(TypedDict):
    """The object that an 'object' metric describes."""

    api_version: str
    """API version of the object, such as 'gateway.networking.k8s.io/v1'."""
    kind: str
    """Kind of the object, such as 'HTTPRoute'."""
    name: str
    """Name of the object, in the namespace of the stack."""


class RegionScalingMetricArgs(TypedDict):
    """A further metric of a HorizontalPodAutoscaler. The greatest of all proposals wins."""

    type: str
    """Where it comes from: 'resource' and 'container-resource' from the metrics server, 'pods' and 'object' from the
    custom metrics API, 'external' from the external one."""
    name: str
    """'cpu' or 'memory' for the two resources, otherwise the name that the metrics API serves."""
    container: NotRequired[str]
    """Container of a 'container-resource'. Left out: the container of the server."""
    selector: NotRequired[Mapping[str, str]]
    """Labels that pick the series of a 'pods', 'object' or 'external' metric."""
    described_object: NotRequired[RegionDescribedObjectArgs]
    """The object of an 'object' metric."""
    utilization: NotRequired[int]
    """Target in percent of the request, for the two resources."""
    average_value: NotRequired[str]
    """Target for each pod, a quantity such as '50' or '500m'; the only one of 'pods'."""
    value: NotRequired[str]
    """Target of the metric as it is, for 'object' and 'external'. It multiplies with the pods that are ready, so that a
    slow start under load slows growth: prefer averageValue."""


class RegionScalingArgs(TypedDict):
    """How many pods, and what moves the number."""

    autoscaler: NotRequired[str]
    """'auto' is KEDA for eras with sessions, for a metric from Prometheus and for schedules, and the
    HorizontalPodAutoscaler for others."""
    min_replicas: NotRequired[int]
    """Least number of pods. Derived from the plan; never below 2 in production."""
    max_replicas: NotRequired[int]
    """Greatest number of pods. Derived from the plan: three times the steady state, and the burst must fit."""
    colours: NotRequired[int]
    """Colours of this server that run at the same time: 2 where a blue-green switch doubles the pods while it lasts.
    Quota, database connections and the state store's clients are then counted for both."""
    replicas: NotRequired[int]
    """Fixed number of pods, only with autoscaler 'none'."""
    cpu_percent_of_limit: NotRequired[float]
    """CPU at which pods are added, in percent of the limit; converted to the share of the request."""
    memory_percent_of_request: NotRequired[float]
    """Memory at which pods are added, in percent of the request. Off: processes do not give memory back."""
    follow: NotRequired[str]
    """What grows with the load: 'cpu', or in Prometheus (KEDA) 'sessions', 'streams' or 'in-flight' calls. CPU always
    counts besides. Derived: sessions for eras with sessions, cpu for others."""
    target_per_pod: NotRequired[float]
    """How much of it one pod takes (KEDA). Derived: the sessions that a pod holds by the plan, or its calls in flight
    on the mean, with the headroom free."""
    dialect: NotRequired[str]
    """Whose names the metrics have: the example server's, the ASGI instrumentation of OpenTelemetry, the community's,
    ToolHive's, or Envoy Gateway's."""
    query: NotRequired[pulumi.Input[str]]
    """PromQL instead of that of follow and dialect: one series, the total of all pods (KEDA)."""
    sessions_metric: NotRequired[str]
    """Prometheus gauge of open sessions or streams per pod, in the dialect 'reference' (KEDA)."""
    prometheus_address: NotRequired[pulumi.Input[str]]
    """URL of Prometheus, such as 'http://prometheus-operated.monitoring:9090' (KEDA)."""
    authentication: NotRequired[RegionPrometheusAuthenticationArgs]
    """How KEDA proves itself to Prometheus. Left out: not at all."""
    metrics: NotRequired[list[RegionScalingMetricArgs]]
    """Further metrics of a HorizontalPodAutoscaler, from the custom and the external metrics API."""
    schedules: NotRequired[list[RegionScheduleArgs]]
    """Floors under the number of pods at known hours (KEDA)."""
    fallback_replicas: NotRequired[int]
    """Pods that run at least while the metric is missing; a greater present number is kept (KEDA). Derived: the
    minimum, since the present number was right a minute ago."""
    fallback_failures: NotRequired[int]
    """Failed reads in a row that are borne, one every 15 s; the next one is answered with the fallback (KEDA). Left
    out: 3, so the fourth failure counts, about a minute after the last answer."""
    polling_seconds: NotRequired[int]
    """How often KEDA polls by itself, in seconds, which scales only to and from no pod at all (KEDA). From a minimum of
    1 on the controller asks every 15 s whatever this says. Left out: KEDA's own 30."""
    scale_up: NotRequired[RegionScalingRulesArgs]
    """How fast pods are added. Derived."""
    scale_down: NotRequired[RegionScalingRulesArgs]
    """How fast pods are taken. Derived."""
    scale_down_window_seconds: NotRequired[int]
    """Stabilisation window of scale-in, in seconds; scaleDown.windowSeconds says the same. Derived: 300, or the length
    of a session, 600 to 3600."""
    min_available: NotRequired[int]
    """minAvailable of the PodDisruptionBudget. Derived: one less than minReplicas."""
    hpa_name: NotRequired[str]
    """Name of the HorizontalPodAutoscaler that KEDA makes, up to 63 characters. Derived: 'keda-hpa-' and the server's
    name, which leaves 54 for that."""
    take_over: NotRequired[bool]
    """Whether KEDA takes over the HorizontalPodAutoscaler hpaName, which exists."""
