"""Arguments of McpMonitoring.

Generated from the declarations of the keys: `python -m tools.argument_types --write`.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypedDict

import pulumi

from .shared import PatchArgs

if TYPE_CHECKING:
    MonitoringMonitor = Literal["none", "pod-monitor", "service-monitor"]
    MonitoringTargetKind = Literal["Deployment", "StatefulSet", "Rollout"]
    MonitoringDialect = Literal["reference", "opentelemetry", "community", "toolhive", "envoy"]
    MonitoringAutoscaler = Literal["none", "hpa", "keda"]
    MonitoringEras = Literal["modern", "legacy-stateless", "legacy-stateful", "sse"]
    MonitoringScheme = Literal["http", "https"]
    MonitoringRules = Literal["none", "prometheus-rule", "config-map"]
    MonitoringExporters = Literal[
        "kube-state-metrics",
        "cadvisor",
        "keda",
        "external-secrets",
        "cert-manager",
        "argo-rollouts",
        "pgbouncer",
        "postgres",
        "probe",
    ]
    Quantity = str | float
else:
    MonitoringMonitor = str
    MonitoringTargetKind = str
    MonitoringDialect = str
    MonitoringAutoscaler = str
    MonitoringEras = str
    MonitoringScheme = str
    MonitoringRules = str
    MonitoringExporters = str
    Quantity = Any


class ScrapeTokenArgs(TypedDict):
    """A bearer token that Prometheus sends to the metrics port."""

    secret: pulumi.Input[str]
    """Secret of the server's namespace that holds it; the platform makes it."""
    key: NotRequired[str]
    """Key of the token. Default: 'token'."""


class ScrapeAuthorityArgs(TypedDict):
    """The authority that signed the certificate of the metrics port: a key of a ConfigMap or a Secret."""

    config_map: NotRequired[pulumi.Input[str]]
    """ConfigMap of the server's namespace with the certificate. Default: none."""
    secret: NotRequired[pulumi.Input[str]]
    """Secret of the server's namespace with the certificate, such as that of cert-manager. Default: none."""
    key: NotRequired[str]
    """Key of the certificate (PEM). Default: 'ca.crt'."""


class McpMonitoringArgs(TypedDict):
    """Arguments of McpMonitoring."""

    namespace: pulumi.Input[str]
    """Namespace of the server."""
    server_name: str
    """Name of the server: of its workload, its Service and its pods."""
    monitor: NotRequired[MonitoringMonitor]
    """Object that has the Prometheus operator scrape the pods: 'pod-monitor', 'service-monitor' (targets come from the
    Service), or 'none', which every cluster takes: others are refused where the operator's definitions are not
    installed. Prefer 'pod-monitor': a pod is read from its start to the end of its drain, ready or not. Default:
    'pod-monitor'."""
    region: NotRequired[str]
    """Region, which the probe and the rules name their series by. Left out: rules tell no regions apart."""
    port_name: NotRequired[str]
    """Name of the container's port with the metrics: 'http' is the server's own, 'metrics' one beside it. Default:
    'http'."""
    target_kind: NotRequired[MonitoringTargetKind]
    """Kind of the workload. Default: 'Deployment'."""
    idle_colour: NotRequired[bool]
    """Whether clients reach another colour of the server and not this one. Default: false."""
    other_colour: NotRequired[str]
    """Name of the server's other colour, whether it runs or not: a switch from it to this one counts as a release. Left
    out: the server has one colour."""
    dialect: NotRequired[MonitoringDialect]
    """Whose names the metrics have: the example server's, the ASGI instrumentation of OpenTelemetry, the community's,
    ToolHive's, or Envoy Gateway's. Default: 'reference'."""
    sessions_metric: NotRequired[str]
    """Prometheus gauge of open sessions or streams per pod, in the dialect 'reference' (KEDA). Default:
    'mcp_active_sse_connections'."""
    autoscaler: NotRequired[MonitoringAutoscaler]
    """Who changes the number of pods: a HorizontalPodAutoscaler, KEDA, or nobody. Default: 'none'."""
    hpa_name: NotRequired[str]
    """Name of the HorizontalPodAutoscaler. Derived: the server's, with 'keda-hpa-' before it where KEDA makes it."""
    follows_metric: NotRequired[bool]
    """Whether the autoscaler asks Prometheus for sessions, streams or calls. Default: false."""
    min_replicas: NotRequired[int]
    """Least number of pods. Left out: no line of it in the dashboards."""
    max_replicas: NotRequired[int]
    """Greatest number of pods. Left out: no line of it in the dashboards."""
    planned_sessions: NotRequired[int]
    """Sessions that the region is sized for. Left out: no line of it in the dashboards."""
    cpu_limit: NotRequired[Quantity]
    """CPU limit of the server's container, such as '2500m'. Left out: no line of it in the dashboards."""
    memory_limit: NotRequired[str]
    """Memory limit of the server's container, such as '256Mi'. Left out: no alert about memory."""
    sessions_per_pod: NotRequired[int]
    """Sessions that one pod bears at most. Left out: no alert about them."""
    filled_sessions: NotRequired[float]
    """Sessions that the autoscaler lets a pod have before it adds one, its tolerance included. The alert begins above
    them. Left out: above nine tenths of sessions_per_pod."""
    objective_milliseconds: NotRequired[float]
    """Latency that 95 % of the exchanges stay below, in milliseconds; it stands in for loaded_p95_milliseconds.
    Default: 1000."""
    probe_timeout_seconds: NotRequired[float]
    """How long the probe lets a round take, in seconds; a latency above it is no slow round but a failed one. Default:
    10.0."""
    probe_interval_seconds: NotRequired[float]
    """From one round of the probe to its next, in seconds: alerts of the probe hold for rounds, and not for seconds.
    Default: 60.0."""
    probed: NotRequired[bool]
    """Whether the rounds of the probe are of this server: of two colours clients reach one alone. Default: true."""
    probed_name: NotRequired[str]
    """What the probe calls the server, in its label server; of a colour the name without it. Left out: the server's
    name."""
    pooler_name: NotRequired[str]
    """Name of the PgBouncer in front of the database. Left out: none."""
    pooler_exporter: NotRequired[bool]
    """Whether an exporter stands beside each PgBouncer, a container of its pod that requests 10m and 32Mi. Alerts and
    panels on waiting clients and on connections read it. Off, since it is of use only where something scrapes it: with
    a monitor its PodMonitor or ServiceMonitor is made too. Default: false."""
    database_name: NotRequired[str]
    """Name of the database. Left out: connections are counted over all, or not without a pooler."""
    connection_budget: NotRequired[int]
    """Connections to the database that the region may open. Left out: no alert about them."""
    external_secret: NotRequired[str]
    """Name of the ExternalSecret of the server. Left out: none."""
    certificate: NotRequired[str]
    """Name of the Certificate of cert-manager. Left out: none."""
    certificate_namespace: NotRequired[str]
    """Namespace of the Certificate: that of a Gateway of one's own, where that asks for it. Left out: the server's."""
    quota: NotRequired[bool]
    """Whether the namespace has a ResourceQuota. Default: false."""
    eras: NotRequired[list[MonitoringEras]]
    """Protocol eras that the server serves on its URL. All regions behind one host must serve the same. Default:
    modern."""
    labels: NotRequired[Mapping[str, str]]
    """Labels of the monitor and of the rules, which the Prometheus object selects them by, such as {release:
    kube-prometheus-stack}. Without those an object is valid and never read. Default: none."""
    scrape_seconds: NotRequired[int]
    """How often the metrics are read, in seconds. 15, as often as an autoscaler asks: it acts on no older figure. More
    than 120 would leave gaps, as Prometheus forgets a sample after 300 s. Default: 15."""
    path: NotRequired[str]
    """Path of the metrics. Default: '/metrics'."""
    scheme: NotRequired[MonitoringScheme]
    """'http' or 'https' of the metrics port. Derived: 'https' where it is the server's own port and the server serves
    TLS."""
    authority: NotRequired[ScrapeAuthorityArgs]
    """Who signed the certificate of an 'https' port; it has to be valid for the Service's name. Left out: it is not
    verified, as the kubelet does not for its probes, since pods have seldom a certificate that everybody trusts."""
    token: NotRequired[ScrapeTokenArgs]
    """Bearer token that the metrics port asks for. Left out: none is sent."""
    rules: NotRequired[MonitoringRules]
    """Recording and alert rules: 'prometheus-rule' for the Prometheus operator, 'config-map' with a plain rule file for
    a Prometheus without it, or 'none', which every cluster takes. Default: 'none'."""
    exporters: NotRequired[list[MonitoringExporters]]
    """Whose metrics are in Prometheus besides the server's own. Rules and panels read no others: an alert on a metric
    that nobody emits is silent for ever. The default is what kube-prometheus-stack brings. Default: kube-state-metrics,
    cadvisor."""
    loaded_p95_milliseconds: NotRequired[float]
    """95th percentile of an exchange under the planned load, in milliseconds, from a load test; an alert tells when it
    is doubled. Left out: the objective of the workload, and the alert says so."""
    availability_percent: NotRequired[float]
    """Share of the exchanges from outside that succeed, in percent of 30 days. 99.5, which leaves 3.6 hours: with one
    look a minute a single failed one would already break 99.9 for an hour. Default: 99.5."""
    runbook_url: NotRequired[str]
    """Address of the folder with the runbook pages, without the name of one. Left out: their path in this project."""
    dashboards: NotRequired[bool]
    """Whether Grafana dashboards are made, as a ConfigMap that the sidecar of Grafana's chart loads. Off, as most
    clusters have no such sidecar. Default: false."""
    dashboard_labels: NotRequired[Mapping[str, str]]
    """Labels by which the sidecar finds the ConfigMap. The default is that of Grafana's chart. Default:
    grafana_dashboard 1."""
    accept: NotRequired[Mapping[str, str]]
    """Codes or names of warnings that are accepted, each with its reason. Default: none."""
    patches: NotRequired[list[PatchArgs]]
    """Patches of the monitor and of what else the monitoring makes, for what has no key. Default: none."""


HELP = """The keys, as a mapping or as keywords. 'Output' says that a value may come later.

namespace: str or Output, required
    Namespace of the server.

server_name: str, required
    Name of the server: of its workload, its Service and its pods.

monitor: 'none' | 'pod-monitor' | 'service-monitor'
    Object that has the Prometheus operator scrape the pods: 'pod-monitor', 'service-monitor'
    (targets come from the Service), or 'none', which every cluster takes: others are refused where
    the operator's definitions are not installed. Prefer 'pod-monitor': a pod is read from its start
    to the end of its drain, ready or not. Default: 'pod-monitor'.

region: str
    Region, which the probe and the rules name their series by. Left out: rules tell no regions
    apart.

port_name: str
    Name of the container's port with the metrics: 'http' is the server's own, 'metrics' one beside
    it. Default: 'http'.

target_kind: 'Deployment' | 'StatefulSet' | 'Rollout'
    Kind of the workload. Default: 'Deployment'.

idle_colour: bool
    Whether clients reach another colour of the server and not this one. Default: false.

other_colour: str
    Name of the server's other colour, whether it runs or not: a switch from it to this one counts
    as a release. Left out: the server has one colour.

dialect: 'reference' | 'opentelemetry' | 'community' | 'toolhive' | 'envoy'
    Whose names the metrics have: the example server's, the ASGI instrumentation of OpenTelemetry,
    the community's, ToolHive's, or Envoy Gateway's. Default: 'reference'.

sessions_metric: str
    Prometheus gauge of open sessions or streams per pod, in the dialect 'reference' (KEDA).
    Default: 'mcp_active_sse_connections'.

autoscaler: 'none' | 'hpa' | 'keda'
    Who changes the number of pods: a HorizontalPodAutoscaler, KEDA, or nobody. Default: 'none'.

hpa_name: str
    Name of the HorizontalPodAutoscaler. Derived: the server's, with 'keda-hpa-' before it where
    KEDA makes it.

follows_metric: bool
    Whether the autoscaler asks Prometheus for sessions, streams or calls. Default: false.

min_replicas: int
    Least number of pods. Left out: no line of it in the dashboards.

max_replicas: int
    Greatest number of pods. Left out: no line of it in the dashboards.

planned_sessions: int
    Sessions that the region is sized for. Left out: no line of it in the dashboards.

cpu_limit: str
    CPU limit of the server's container, such as '2500m'. Left out: no line of it in the dashboards.

memory_limit: str
    Memory limit of the server's container, such as '256Mi'. Left out: no alert about memory.

sessions_per_pod: int
    Sessions that one pod bears at most. Left out: no alert about them.

filled_sessions: float
    Sessions that the autoscaler lets a pod have before it adds one, its tolerance included. The
    alert begins above them. Left out: above nine tenths of sessions_per_pod.

objective_milliseconds: float
    Latency that 95 % of the exchanges stay below, in milliseconds; it stands in for
    loaded_p95_milliseconds. Default: 1000.

probe_timeout_seconds: float
    How long the probe lets a round take, in seconds; a latency above it is no slow round but a
    failed one. Default: 10.0.

probe_interval_seconds: float
    From one round of the probe to its next, in seconds: alerts of the probe hold for rounds, and
    not for seconds. Default: 60.0.

probed: bool
    Whether the rounds of the probe are of this server: of two colours clients reach one alone.
    Default: true.

probed_name: str
    What the probe calls the server, in its label server; of a colour the name without it. Left out:
    the server's name.

pooler_name: str
    Name of the PgBouncer in front of the database. Left out: none.

pooler_exporter: bool
    Whether an exporter stands beside each PgBouncer, a container of its pod that requests 10m and
    32Mi. Alerts and panels on waiting clients and on connections read it. Off, since it is of use
    only where something scrapes it: with a monitor its PodMonitor or ServiceMonitor is made too.
    Default: false.

database_name: str
    Name of the database. Left out: connections are counted over all, or not without a pooler.

connection_budget: int
    Connections to the database that the region may open. Left out: no alert about them.

external_secret: str
    Name of the ExternalSecret of the server. Left out: none.

certificate: str
    Name of the Certificate of cert-manager. Left out: none.

certificate_namespace: str
    Namespace of the Certificate: that of a Gateway of one's own, where that asks for it. Left out:
    the server's.

quota: bool
    Whether the namespace has a ResourceQuota. Default: false.

eras: list of 'modern' | 'legacy-stateless' | 'legacy-stateful' | 'sse'
    Protocol eras that the server serves on its URL. All regions behind one host must serve the
    same. Default: modern.

labels: mapping of str to str
    Labels of the monitor and of the rules, which the Prometheus object selects them by, such as
    {release: kube-prometheus-stack}. Without those an object is valid and never read. Default:
    none.

scrape_seconds: int
    How often the metrics are read, in seconds. 15, as often as an autoscaler asks: it acts on no
    older figure. More than 120 would leave gaps, as Prometheus forgets a sample after 300 s.
    Default: 15.

path: str
    Path of the metrics. Default: '/metrics'.

scheme: 'http' | 'https'
    'http' or 'https' of the metrics port. Derived: 'https' where it is the server's own port and
    the server serves TLS.

authority: group
    Who signed the certificate of an 'https' port; it has to be valid for the Service's name. Left
    out: it is not verified, as the kubelet does not for its probes, since pods have seldom a
    certificate that everybody trusts.

authority.config_map: str or Output
    ConfigMap of the server's namespace with the certificate. Default: none.

authority.secret: str or Output
    Secret of the server's namespace with the certificate, such as that of cert-manager. Default:
    none.

authority.key: str
    Key of the certificate (PEM). Default: 'ca.crt'.

token: group
    Bearer token that the metrics port asks for. Left out: none is sent.

token.secret: str or Output, required
    Secret of the server's namespace that holds it; the platform makes it.

token.key: str
    Key of the token. Default: 'token'.

rules: 'none' | 'prometheus-rule' | 'config-map'
    Recording and alert rules: 'prometheus-rule' for the Prometheus operator, 'config-map' with a
    plain rule file for a Prometheus without it, or 'none', which every cluster takes. Default:
    'none'.

exporters: list of 'kube-state-metrics' | 'cadvisor' | 'keda' | 'external-secrets' | 'cert-manager'
    | 'argo-rollouts' | 'pgbouncer' | 'postgres' | 'probe'
    Whose metrics are in Prometheus besides the server's own. Rules and panels read no others: an
    alert on a metric that nobody emits is silent for ever. The default is what
    kube-prometheus-stack brings. Default: kube-state-metrics, cadvisor.

loaded_p95_milliseconds: float
    95th percentile of an exchange under the planned load, in milliseconds, from a load test; an
    alert tells when it is doubled. Left out: the objective of the workload, and the alert says so.

availability_percent: float
    Share of the exchanges from outside that succeed, in percent of 30 days. 99.5, which leaves 3.6
    hours: with one look a minute a single failed one would already break 99.9 for an hour. Default:
    99.5.

runbook_url: str
    Address of the folder with the runbook pages, without the name of one. Left out: their path in
    this project.

dashboards: bool
    Whether Grafana dashboards are made, as a ConfigMap that the sidecar of Grafana's chart loads.
    Off, as most clusters have no such sidecar. Default: false.

dashboard_labels: mapping of str to str
    Labels by which the sidecar finds the ConfigMap. The default is that of Grafana's chart.
    Default: grafana_dashboard 1.

accept: mapping of str to str
    Codes or names of warnings that are accepted, each with its reason. Default: none.

patches: list of group
    Patches of the monitor and of what else the monitoring makes, for what has no key. Default:
    none.

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
