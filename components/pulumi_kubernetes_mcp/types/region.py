"""Arguments of McpRegion: what a stack file says, as types.

Generated from the declarations of the keys: `python -m tools.argument_types --write`.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypedDict

import pulumi

if TYPE_CHECKING:
    WatchedEndpointEras = Literal["modern", "legacy-stateless", "legacy-stateful", "sse"]
    WatchedEndpointChecks = Literal["authorization", "host", "origin"]
    ChaosExperiment = Literal["kill-pod", "kill-zone", "stop-database", "stop-state-store", "drop-network"]
    SecretStoreKind = Literal["SecretStore", "ClusterSecretStore"]
    ScalingRulesSelect = Literal["max", "min", "disabled"]
    ScalingMetricType = Literal["resource", "container-resource", "pods", "object", "external"]
    PrometheusAuthenticationModes = Literal["bearer", "basic", "tls"]
    PrometheusAuthenticationExistingKind = Literal["TriggerAuthentication", "ClusterTriggerAuthentication"]
    RateLimitUnit = Literal["second", "minute", "hour"]
    RateLimitBy = Literal["address", "route"]
    RateLimitCounted = Literal["proxy", "together"]
    ExternalAuthorizationProtocol = Literal["http", "grpc"]
    GeolocationContinent = Literal["AF", "AN", "AS", "EU", "NA", "OC", "SA"]
    DnsRouting = Literal["simple", "weighted", "latency", "failover", "geolocation"]
    DnsFailover = Literal["primary", "secondary"]
    DnsForm = Literal["annotations", "endpoint"]
    RoutedPathMatch = Literal["exact", "prefix"]
    EgressProtocol = Literal["TCP", "UDP"]
    IngressProtocol = Literal["TCP", "UDP"]
    RoleKind = Literal["Role", "ClusterRole"]
    EnvSourceResource = Literal[
        "limits.cpu",
        "limits.memory",
        "limits.ephemeral-storage",
        "requests.cpu",
        "requests.memory",
        "requests.ephemeral-storage",
    ]
    ExtraContainerImagePullPolicy = Literal["Always", "IfNotPresent", "Never"]
    SidecarImagePullPolicy = Literal["Always", "IfNotPresent", "Never"]
    ClaimAccessMode = Literal["ReadWriteOnce", "ReadWriteOncePod", "ReadWriteMany", "ReadOnlyMany"]
    WritablePathMedium = Literal["Disk", "Memory"]
    BlueGreenActive = Literal["blue", "green"]
    BlueGreenGreenEras = Literal["modern", "legacy-stateless", "legacy-stateful", "sse"]
    RolloutStrategy = Literal["RollingUpdate", "Recreate", "BlueGreen"]
    RolloutPodManagement = Literal["Parallel", "OrderedReady"]
    ProbesScheme = Literal["HTTP", "HTTPS"]
    TolerationOperator = Literal["Exists", "Equal"]
    TolerationEffect = Literal["NoSchedule", "PreferNoSchedule", "NoExecute"]
    LoadTestScenario = Literal["peak", "soak", "spike", "scale-in", "steps"]
    MonitoringMonitor = Literal["none", "pod-monitor", "service-monitor"]
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
    SecretsSource = Literal["none", "existing", "external", "config"]
    ScalingAutoscaler = Literal["auto", "hpa", "keda", "none"]
    ScalingFollow = Literal["cpu", "sessions", "streams", "in-flight"]
    ScalingDialect = Literal["reference", "opentelemetry", "community", "toolhive", "envoy"]
    DatabaseKind = Literal["postgres", "mysql", "mongodb", "sqlserver", "redis", "sqlite", "duckdb", "single-writer"]
    DatabasePooler = Literal["none", "pgbouncer"]
    DatabaseTlsMode = Literal["disable", "prefer", "require", "verify-ca", "verify-full"]
    DatabasePreset = Literal["libpq", "url", "prisma", "sqlalchemy", "django", "spring", "generic", "none"]
    EdgeImplementation = Literal[
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
    EdgeKind = Literal["gateway", "ingress", "route", "none"]
    EdgeAffinity = Literal["auto", "none", "source-ip", "cookie", "envelope", "agentgateway", "session-hash", "gateway"]
    ServerRuntime = Literal["python-v1", "python-v2", "fastmcp", "typescript-v1", "typescript-v2", "node", "other"]
    ServerImagePullPolicy = Literal["Always", "IfNotPresent", "Never"]
    ServerArchitecture = Literal["any", "amd64", "arm64"]
    ServerDnsPolicy = Literal["ClusterFirst", "Default", "ClusterFirstWithHostNet", "None"]
    ServerIpFamilyPolicy = Literal["SingleStack", "PreferDualStack", "RequireDualStack"]
    ServerIpFamilies = Literal["IPv4", "IPv6"]
    ServerEras = Literal["modern", "legacy-stateless", "legacy-stateful", "sse"]
    ServerWorkloadIdentity = Literal["none", "gke", "irsa", "eks-pod-identity", "azure"]
    PlaceEnvironment = Literal["production", "staging", "development"]
    PlacePlatform = Literal["generic", "gke", "gke-autopilot", "eks", "aks", "openshift", "kind", "k3s"]
    PlaceNamespaceObjects = Literal["policies", "limits", "quota"]
    PlaceMesh = Literal["none", "istio-ambient", "istio-sidecar"]
    Quantity = str | float
else:
    WatchedEndpointEras = str
    WatchedEndpointChecks = str
    ChaosExperiment = str
    SecretStoreKind = str
    ScalingRulesSelect = str
    ScalingMetricType = str
    PrometheusAuthenticationModes = str
    PrometheusAuthenticationExistingKind = str
    RateLimitUnit = str
    RateLimitBy = str
    RateLimitCounted = str
    ExternalAuthorizationProtocol = str
    GeolocationContinent = str
    DnsRouting = str
    DnsFailover = str
    DnsForm = str
    RoutedPathMatch = str
    EgressProtocol = str
    IngressProtocol = str
    RoleKind = str
    EnvSourceResource = str
    ExtraContainerImagePullPolicy = str
    SidecarImagePullPolicy = str
    ClaimAccessMode = str
    WritablePathMedium = str
    BlueGreenActive = str
    BlueGreenGreenEras = str
    RolloutStrategy = str
    RolloutPodManagement = str
    ProbesScheme = str
    TolerationOperator = str
    TolerationEffect = str
    LoadTestScenario = str
    MonitoringMonitor = str
    MonitoringScheme = str
    MonitoringRules = str
    MonitoringExporters = str
    SecretsSource = str
    ScalingAutoscaler = str
    ScalingFollow = str
    ScalingDialect = str
    DatabaseKind = str
    DatabasePooler = str
    DatabaseTlsMode = str
    DatabasePreset = str
    EdgeImplementation = str
    EdgeKind = str
    EdgeAffinity = str
    ServerRuntime = str
    ServerImagePullPolicy = str
    ServerArchitecture = str
    ServerDnsPolicy = str
    ServerIpFamilyPolicy = str
    ServerIpFamilies = str
    ServerEras = str
    ServerWorkloadIdentity = str
    PlaceEnvironment = str
    PlacePlatform = str
    PlaceNamespaceObjects = str
    PlaceMesh = str
    Quantity = Any


class RegionAcceptanceArgs(TypedDict):
    """A warning that this stack lives with."""

    code: str
    """Code of the warning, such as 'MCP309', or its name, such as 'unknown-controller'."""
    reason: str
    """Why it is acceptable here, for the next reader."""


class RegionAwaitArgs(TypedDict):
    """What a deployment waits for before it counts as done."""

    custom_resources: NotRequired[bool]
    """Wait until ExternalSecret and ScaledObject report Ready; off only where their controllers do not run. Default:
    true."""
    edge: NotRequired[bool]
    """Wait until the Gateway accepts the HTTPRoute, or the Ingress has an address; not every controller says so.
    Default: false."""
    timeout_seconds: NotRequired[int]
    """How long to wait for one object, in seconds; pods of the server have what their rollout may take, 600 at least.
    Derived: 300, and 600 for the rollout of a pooler or of the probe, which pulls images."""


class RegionSecretHeaderArgs(TypedDict):
    """A header whose value is in a file that a Secret is mounted as."""

    name: str
    """Name of the header."""
    file: str
    """File below /etc/mcp-probe/secrets, called after the key of the Secret; read anew in each round."""


class RegionProbeToolArgs(TypedDict):
    """A tool that only reads, to be called in each round."""

    name: str
    """Name of the tool."""
    arguments: NotRequired[Mapping[str, Any]]
    """What it is called with. Left out: nothing."""


class RegionWatchedEndpointArgs(TypedDict):
    """One address that is watched from the cluster, and what is expected of it."""

    url: pulumi.Input[str]
    """Where clients reach it, with scheme and path."""
    name: str
    """What it is called in metrics; unique in an exporter."""
    headers: NotRequired[list[RegionSecretHeaderArgs]]
    """Headers with secret values, such as a token. Default: none."""
    server: NotRequired[str]
    """Which server answers there. Left out: the name."""
    region: NotRequired[str]
    """In which region it is; left out for an address of all regions, whose label is empty. Default: none."""
    eras: NotRequired[list[WatchedEndpointEras]]
    """Eras that must be served; each is spoken in each round. Left out: the first that is found. Default: none."""
    protocol_version: NotRequired[str]
    """Protocol version that must be agreed on. Left out: any that exists."""
    schema_file: NotRequired[str]
    """File with the tools that are expected, as `mcp-stack probe --save-schema` writes it; relative to the file that
    names it. Default: none."""
    strict_schema: NotRequired[bool]
    """Whether any difference of the tools is a failure, and not only one that breaks clients. Default: false."""
    tool: NotRequired[RegionProbeToolArgs]
    """Tool that is called in each round. Default: none."""
    checks: NotRequired[list[WatchedEndpointChecks]]
    """What is looked at besides, with a request each. Default: none."""
    affinity: NotRequired[int]
    """Further requests over connections of their own that must find the session and the same tools. Default: 0."""
    timeout_seconds: NotRequired[float]
    """How long a round may take, in seconds. Left out: that of the exporter."""
    slow_seconds: NotRequired[float]
    """A round that takes longer has failed, in seconds; twice the loaded P95 is usual. Left out: none is slow."""
    max_bytes: NotRequired[int]
    """Bytes that are read of one answer. Default: 4194304."""
    cookies: NotRequired[bool]
    """Whether cookies are sent back, as clients in Python do and those in TypeScript do not. Default: false."""


class RegionProbeArgs(TypedDict):
    """An exporter in the cluster that watches public addresses as clients see them."""

    image: pulumi.Input[str]
    """Image with the command mcp-stack and the extra 'probe', with a fixed tag or a digest; images/probe/Dockerfile
    builds one."""
    own: NotRequired[bool]
    """Whether the addresses of this stack's own servers are watched too, each host of their edges. Default: true."""
    endpoints: NotRequired[list[RegionWatchedEndpointArgs]]
    """What is watched, such as the public addresses of the other regions. Default: none."""
    interval_seconds: NotRequired[float]
    """From one round of an endpoint to its next, in seconds. A minute, as the guides ask; alerts of the probe wait for
    rounds of it. Default: 60."""
    timeout_seconds: NotRequired[float]
    """How long a round may take, in seconds. Default: 10."""
    secret_name: NotRequired[pulumi.Input[str]]
    """Secret of the namespace with tokens: each key is a file below /etc/mcp-probe/secrets, which headers name.
    Default: none."""
    schema_config_map: NotRequired[pulumi.Input[str]]
    """ConfigMap of the namespace with expected tools: each key is a file below /etc/mcp-probe/schemas. Default:
    none."""
    service_monitor: NotRequired[bool]
    """Whether a ServiceMonitor is made, for the operator of Prometheus; off, because not every cluster has it. Default:
    false."""
    monitor_labels: NotRequired[Mapping[str, str]]
    """Labels of the ServiceMonitor: those that the Prometheus object selects by, such as release: NAME. Default:
    none."""


class RegionChaosArgs(TypedDict):
    """A fault that is tried in the cluster while clients call."""

    experiment: ChaosExperiment
    """What is done: 'kill-pod' and 'kill-zone' end pods without a drain, 'stop-database' and 'stop-state-store' scale
    workload to 0 for a while, 'drop-network' drops the packets of a pod where the network plugin has rules that deny
    (Cilium, Calico)."""
    image: pulumi.Input[str]
    """Image with the command mcp-stack, the extra 'probe' and kubectl, with a fixed tag or a digest;
    images/chaos/Dockerfile builds one."""
    schedule: NotRequired[str]
    """Five-field cron expression in UTC, in quotes; days of the week are 0 (Sunday) to 6. Left out: it waits for
    'kubectl create job --from=cronjob/NAME'."""
    production: NotRequired[str]
    """Name of the region, said once more: an experiment takes calls and sessions from the users there. Required in
    production. Default: none."""
    workload: NotRequired[str]
    """What 'stop-database' and 'stop-state-store' scale to 0 and back: 'deployment/NAME' or 'statefulset/NAME' of the
    namespace. Default: none."""
    tool: NotRequired[str]
    """Tool that the clients call, which must do no harm. Left out: they list the tools."""
    tool_arguments: NotRequired[Mapping[str, Any]]
    """Its arguments, in clear. '{call}' in a text stands for words that no other call has. Default: none."""
    hold_seconds: NotRequired[float]
    """How long the fault lasts, in seconds: as long as most restarts take. A kill does not last. Default: 10."""
    recover_seconds: NotRequired[float]
    """How long all clients may take to call again, in seconds. Default: 30."""
    calls_lost: NotRequired[int]
    """Calls of clients without a session that may fail. Derived of the experiment."""
    sessions_lost: NotRequired[int]
    """Sessions of each era that may be lost. Derived of the pods that it is done to."""
    token_secret: NotRequired[pulumi.Input[str]]
    """Secret of the namespace with a bearer token for the server. Left out: calls have none."""
    token_key: NotRequired[str]
    """Key of the token in that Secret. Default: 'token'."""


class RegionScrapeTokenArgs(TypedDict):
    """A bearer token that Prometheus sends to the metrics port."""

    secret: pulumi.Input[str]
    """Secret of the server's namespace that holds it; the platform makes it."""
    key: NotRequired[str]
    """Key of the token. Default: 'token'."""


class RegionScrapeAuthorityArgs(TypedDict):
    """The authority that signed the certificate of the metrics port: a key of a ConfigMap or a Secret."""

    config_map: NotRequired[pulumi.Input[str]]
    """ConfigMap of the server's namespace with the certificate. Default: none."""
    secret: NotRequired[pulumi.Input[str]]
    """Secret of the server's namespace with the certificate, such as that of cert-manager. Default: none."""
    key: NotRequired[str]
    """Key of the certificate (PEM). Default: 'ca.crt'."""


class RegionRemoteKeyArgs(TypedDict):
    """Where one key of the Secret is kept in the external store."""

    key: pulumi.Input[str]
    """Name of the entry in the store."""
    property: NotRequired[pulumi.Input[str]]
    """Property of the entry, where the entry is an object. Left out: the whole entry."""


class RegionSecretStoreArgs(TypedDict):
    """The store of the External Secrets Operator; the platform team owns it."""

    name: pulumi.Input[str]
    """Name of the store."""
    kind: NotRequired[SecretStoreKind]
    """Kind of the store. Default: 'ClusterSecretStore'."""


class RegionScalingRulesArgs(TypedDict):
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


class RegionScheduleArgs(TypedDict):
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


class RegionDescribedObjectArgs(TypedDict):
    """The object that an 'object' metric describes."""

    api_version: str
    """API version of the object, such as 'gateway.networking.k8s.io/v1'."""
    kind: str
    """Kind of the object, such as 'HTTPRoute'."""
    name: str
    """Name of the object, in the namespace of the workload."""


class RegionScalingMetricArgs(TypedDict):
    """A further metric of a HorizontalPodAutoscaler. The greatest of all proposals wins."""

    type: ScalingMetricType
    """Where it comes from: 'resource' and 'container-resource' from the metrics server, 'pods' and 'object' from the
    custom metrics API, 'external' from the external one."""
    name: str
    """'cpu' or 'memory' for the two resources, otherwise the name that the metrics API serves."""
    container: NotRequired[str]
    """Container of a 'container-resource'. Left out: the container of the server."""
    selector: NotRequired[Mapping[str, str]]
    """Labels that pick the series of a 'pods', 'object' or 'external' metric. Default: none."""
    described_object: NotRequired[RegionDescribedObjectArgs]
    """The object of an 'object' metric. Default: none."""
    utilization: NotRequired[int]
    """Target in percent of the request, for the two resources. Default: none."""
    average_value: NotRequired[Quantity]
    """Target for each pod, a quantity such as 50 or '500m'; the only one of 'pods'. Default: none."""
    value: NotRequired[Quantity]
    """Target of the metric as it is, for 'object' and 'external'. It multiplies with the pods that are ready, so that a
    slow start under load slows growth: prefer average_value. Default: none."""


class RegionPrometheusAuthenticationArgs(TypedDict):
    """How KEDA proves itself to Prometheus: keys of a Secret, or a TriggerAuthentication that exists."""

    modes: list[PrometheusAuthenticationModes]
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
    existing_kind: NotRequired[PrometheusAuthenticationExistingKind]
    """Kind of the one that exists. Default: 'TriggerAuthentication'."""


class RegionPricesArgs(TypedDict):
    """What the cluster's owner pays for requests; the plan then says what it costs. No price is built in."""

    core_per_hour: float
    """Price of one CPU core for an hour."""
    gib_per_hour: float
    """Price of one GiB of memory for an hour."""
    currency: NotRequired[str]
    """Currency of the prices, for the eye. Default: 'USD'."""


class RegionStateStoreArgs(TypedDict):
    """The Redis or Valkey that the server uses, and what it allows. The plan holds the pods against it; the stack does
    not make it. Its address ranges, or its namespace and labels, open the way to it; so does mcp:server.egress."""

    port: NotRequired[int]
    """Port of the store. Default: 6379."""
    cidrs: NotRequired[list[str]]
    """Address ranges that the store is reached at, where it runs outside of the cluster. Default: none."""
    namespace: NotRequired[str]
    """Namespace of the store's pods, where it runs in the cluster. Left out: none is opened."""
    pod_labels: NotRequired[Mapping[str, str]]
    """Labels of the store's pods, in namespace or, without one, in that of the server. Left out: all pods there."""
    max_clients: NotRequired[int]
    """maxclients of the store. 10000 is the stock value of Redis and Valkey; managed sizes allow other numbers.
    Default: 10000."""
    reserved_clients: NotRequired[int]
    """Clients that are kept for replicas of the store, exporters and people. Default: 10."""
    connections_per_pod: NotRequired[int]
    """Connections that one pod opens: its pool, and one per subscription. Default: 10."""
    share_percent: NotRequired[float]
    """Part of maxclients that this service may use, in percent. Default: 50."""
    shared_by_regions: NotRequired[int]
    """Number of region stacks that use this store at the same time. Default: 1."""


class RegionVariableNamesArgs(TypedDict):
    """Names of the variables that a server reads, each over that of the preset. What a preset does not name, and nobody
    names here, is not emitted."""

    host: NotRequired[str]
    """Host of the database, or of the pooler. Default: none."""
    port: NotRequired[str]
    """Its port. Default: none."""
    name: NotRequired[str]
    """Name of the database. Default: none."""
    user: NotRequired[str]
    """The user, from user_key of the Secret. Default: none."""
    password: NotRequired[str]
    """The password, from password_key of the Secret. Default: none."""
    url: NotRequired[str]
    """The whole URL, from url_key of the Secret. Default: none."""
    jdbc_url: NotRequired[str]
    """A JDBC URL without user and password. Default: none."""
    tls: NotRequired[str]
    """What is checked of the certificate, in the word that the driver of the runtime reads. Default: none."""
    ca: NotRequired[str]
    """Path of the file with the authority's certificate. Default: none."""
    options: NotRequired[str]
    """Parameters of each connection in libpq's form, '-c statement_timeout=10000'. Beside a pooler they are in its
    configuration instead. Default: none."""
    pool_size: NotRequired[str]
    """Connections of one process. Default: none."""
    pool_min_idle: NotRequired[str]
    """Connections that a process keeps open at least. Default: none."""
    pool_idle_seconds: NotRequired[str]
    """After how many seconds an idle connection beyond that is closed. Default: none."""
    pool_idle_milliseconds: NotRequired[str]
    """The same in milliseconds. Default: none."""
    pool_acquire_seconds: NotRequired[str]
    """How many seconds a call waits for a connection. Default: none."""
    pool_acquire_milliseconds: NotRequired[str]
    """The same in milliseconds. Default: none."""
    statement_seconds: NotRequired[str]
    """How many seconds a statement may take. Default: none."""
    statement_milliseconds: NotRequired[str]
    """The same in milliseconds. Default: none."""


class RegionCertificateAuthorityArgs(TypedDict):
    """Where the certificate of an authority comes from: a ConfigMap or a Secret of the namespace, or the image."""

    config_map: NotRequired[pulumi.Input[str]]
    """ConfigMap with the certificate, as trust-manager or the platform keeps it in the namespace. Default: none."""
    secret: NotRequired[pulumi.Input[str]]
    """Secret with the certificate, such as that of cert-manager. Default: none."""
    key: NotRequired[str]
    """Key of the certificate (PEM) in the ConfigMap or the Secret. Default: 'ca.crt'."""
    file: NotRequired[str]
    """File in the image, instead of both. Default: none."""


class RegionGatewayArgs(TypedDict):
    """The Gateway that the route attaches to. It is there, and the platform team owns it, unless class_name is
    given."""

    name: NotRequired[pulumi.Input[str]]
    """Name of the Gateway. Default: 'public'."""
    namespace: NotRequired[str]
    """Namespace of the Gateway. Default: 'gateway-system'."""
    section: NotRequired[str]
    """Listener of the Gateway; null attaches to all. Default: 'https'."""
    class_name: NotRequired[str]
    """GatewayClass of a Gateway of one's own, which the stack makes under this name in this namespace, with one
    listener, tls_secret there and cluster_issuer. Left out: the Gateway is there."""
    listener_set: NotRequired[bool]
    """Whether the stack adds a listener of its own to the Gateway, with its host, tls_secret and cluster_issuer: a
    ListenerSet, which Gateway API 1.5 has and the Gateway has to allow (`allowedListeners`). Default: false."""


class RegionRateLimitArgs(TypedDict):
    """Requests that pass in a unit of time; what is more is refused with 429 (by 'nginx' with 503, unless its ConfigMap
    says otherwise)."""

    requests: int
    """Requests that pass in one unit."""
    unit: NotRequired[RateLimitUnit]
    """What requests is counted in. Default: 'minute'."""
    by: NotRequired[RateLimitBy]
    """'address' counts each client address by itself, 'route' all clients together. Behind another proxy an address is
    its own, unless the edge is told whom to trust. Default: 'address'."""
    methods: NotRequired[list[str]]
    """MCP methods that count, together. The edge reads them in the header 'Mcp-Method', which the modern era alone
    sends. Left out: every request. Default: none."""
    counted: NotRequired[RateLimitCounted]
    """'proxy' lets each proxy of the edge count by itself, so that as many times the requests pass; 'together' counts
    in one place, which Envoy Gateway needs a Redis for (`rateLimit` in its configuration). Default: 'proxy'."""


class RegionClientAddressArgs(TypedDict):
    """How the edge learns the address of a client that comes through other proxies: a load balancer, a CDN. Rate
    limits, affinity and logs count the address of the last of them otherwise. The whole listener has it, with every
    route that attaches to it."""

    trusted_hops: NotRequired[int]
    """Proxies in front of the edge that add to 'X-Forwarded-For' whom they were called by; the client is that many
    addresses from its end. Whoever reaches the edge past them says of himself what he likes. Default: none."""
    trusted_cidrs: NotRequired[list[str]]
    """Address ranges of these proxies, in place of their number ('envoy-gateway'): the client is the last address in
    'X-Forwarded-For' that is none of theirs. Who comes from elsewhere is believed nothing. Default: none."""
    proxy_protocol: NotRequired[bool]
    """Whether the load balancer says the client's address before the first byte of a connection, by the PROXY protocol.
    A connection without it is closed. Default: false."""


class RegionExternalAuthorizationArgs(TypedDict):
    """A service that is asked about each request before it goes on to the server. What it refuses, and what it does not
    answer, does not go on. It is not asked about what clients read and call before they have a token: the metadata of
    the authorization, and the paths of an OAuth proxy."""

    service: NotRequired[pulumi.Input[str]]
    """Service that is asked. Required, except with 'istio', whose mesh knows it as a provider. Default: none."""
    namespace: NotRequired[str]
    """Its namespace, which has to allow it by a ReferenceGrant (kind 'gateway'). Derived: the server's."""
    port: NotRequired[int]
    """Port of the Service. Default: 8080."""
    protocol: NotRequired[ExternalAuthorizationProtocol]
    """'http' answers 200 for what may pass; 'grpc' is Envoy's `envoy.service.auth.v3.Authorization`. Default:
    'http'."""
    path: NotRequired[str]
    """Path that it is asked at (protocol 'http'); 'kgateway' puts the request's own path behind it. Left out: the path
    of the request ('nginx': '/')."""
    headers: NotRequired[list[str]]
    """Further request headers that it sees. Those of MCP's eras are seen already, 'Authorization' and 'Mcp-Method'
    among them; with 'nginx' all of them are. Default: none."""
    passed: NotRequired[list[str]]
    """Headers of its answer that go on to the server, in the place of what the client sent under these names. One that
    it leaves out is passed as the client sent it: let it answer each of them, if only with nothing. Default: none."""
    timeout_seconds: NotRequired[int]
    """How long it may take, in seconds; every call waits for it. 'nginx' and 'istio' have their own. Default: 5."""
    provider: NotRequired[str]
    """Name of the extension provider in the mesh's configuration (implementation 'istio'). Default: none."""


class RegionCorsArgs(TypedDict):
    """Which web pages may call the server from a browser; other clients send no Origin, and are asked nothing."""

    origins: NotRequired[list[str]]
    """Origins of web pages that may call, such as 'https://app.example.com'; 'https://*.example.com' is each name
    below, '*' every page. Those of host and hosts may in any case. The server is told all of them in
    'MCP_ALLOWED_ORIGINS'. Left out: no page of another site. Default: none."""
    refuse_others: NotRequired[bool]
    """Whether a request of another Origin is answered with 403 at the edge, as the protocol asks of every server.
    Derived: true where the implementation can ('envoy-gateway') and '*' is not among the origins; otherwise the server
    has to."""
    credentials: NotRequired[bool]
    """Whether a browser may send cookies and certificates. A bearer token needs it not: the page sends that itself.
    Default: false."""
    headers: NotRequired[list[str]]
    """Further request headers that a page may send, such as 'Mcp-Param-Region'. Those of MCP's eras, 'Authorization'
    and 'Content-Type' are allowed already. Default: none."""
    exposed: NotRequired[list[str]]
    """Further response headers that a page may read. 'Mcp-Session-Id' of legacy eras, 'WWW-Authenticate' and
    'Retry-After' are readable already. Default: none."""
    max_age_seconds: NotRequired[int]
    """How long a browser keeps the answer of a preflight, in seconds. 7200 is the longest that Chromium keeps one.
    Default: 7200."""


class RegionGeolocationArgs(TypedDict):
    """Where the clients are that a record answers (Route 53)."""

    continent: NotRequired[GeolocationContinent]
    """Continent, by Route 53's code. Default: none."""
    country: NotRequired[str]
    """Country, by its code of ISO 3166-1 with two letters; '*' answers everybody whom no other record does. Default:
    none."""
    subdivision: NotRequired[str]
    """State of the United States or province of Canada, beside country. Default: none."""


class RegionDnsArgs(TypedDict):
    """How external-dns publishes the hosts in this region. The routing policies are Route 53's; the other providers of
    external-dns have none, and route by their own traffic managers."""

    routing: NotRequired[DnsRouting]
    """How the name is answered where several regions have it. 'simple' is one region alone; the others are records side
    by side, each with its own set_identifier, and exactly one policy for all of them. Default: 'simple'."""
    set_identifier: NotRequired[str]
    """What tells the record of this region from those of the others. Derived: the name of the region."""
    weight: NotRequired[int]
    """Share of the answers that name this region, against the sum of all weights (routing 'weighted'). Default:
    none."""
    aws_region: NotRequired[str]
    """AWS region that Route 53 measures the latency to, such as 'us-east-1' (routing 'latency'). Default: none."""
    failover: NotRequired[DnsFailover]
    """Whether this region answers, or only while the primary one is unhealthy (routing 'failover'). Default: none."""
    geolocation: NotRequired[RegionGeolocationArgs]
    """Whose questions this region answers (routing 'geolocation'). Default: none."""
    drained: NotRequired[bool]
    """Whether no new client is sent here: the weight is 0 then, and with another routing the record is withdrawn, which
    external-dns does with '--policy=sync'. Default: false."""
    health_check_id: NotRequired[pulumi.Input[str]]
    """Health check of Route 53 that takes the record out while it fails. It has to exist: external-dns makes none.
    Default: none."""
    ttl_seconds: NotRequired[int]
    """How long resolvers keep an answer, in seconds, and so how long clients go on coming after a change. 60 is the
    usual value of records with health checks; an alias to a load balancer has its own. Default: 60."""
    form: NotRequired[DnsForm]
    """'annotations' are read from the route by the sources 'gateway-httproute' and 'ingress'; 'endpoint' is a
    DNSEndpoint, which the source 'crd' reads. Default: 'annotations'."""
    targets: NotRequired[list[str]]
    """Names or addresses of the load balancer. Required for form 'endpoint'; otherwise read from the Gateway's or the
    Ingress' status. Default: none."""
    annotation_prefixes: NotRequired[list[str]]
    """Prefixes of the annotations. external-dns reads the first since 0.22 and the second before; with one alone, an
    upgrade deletes the records. Default: external-dns.kubernetes.io/, external-dns.alpha.kubernetes.io/."""


class RegionBackendTlsArgs(TypedDict):
    """What the edge needs to know of the certificate that the pods show it (serves_tls)."""

    hostname: NotRequired[str]
    """Name in the certificate of the pods. Required for kind 'gateway' and for 'traefik'; 'nginx' asks for a
    certificate of this name. 'haproxy', 'alb' and 'openshift' check no name that they can be told. Default: none."""
    ca_config_map: NotRequired[pulumi.Input[str]]
    """ConfigMap with the authority as 'ca.crt' (kind 'gateway'). Left out: those of the system."""
    ca_secret: NotRequired[pulumi.Input[str]]
    """Secret with the authority, as the controller reads it (kind 'ingress'). Default: none."""


class RegionRoutedPathArgs(TypedDict):
    """A further path of the server."""

    path: str
    """The path, such as '/authorize'."""
    match: NotRequired[RoutedPathMatch]
    """'exact' routes the path alone, 'prefix' what is below it too. Default: 'exact'."""


class RegionToolArgs(TypedDict):
    """One tool, and what a call of it costs. What a measured profile says of a tool of that name stands in for what is
    left out here."""

    name: str
    """Name of the tool."""
    share_percent: float
    """Its part of all calls, in percent; the shares of all tools add up to 100."""
    duration_milliseconds: NotRequired[float]
    """Mean duration of a call without waiting, in milliseconds. Required unless the profile has it. Default: none."""
    p95_milliseconds: NotRequired[float]
    """95th percentile of the duration. Derived: of an exponential, three times the mean; heavier tails wait longer."""
    cpu_milliseconds: NotRequired[float]
    """CPU of a call, in milliseconds, without the protocol's. Derived: 20."""
    response_kib: NotRequired[float]
    """Size of the answer, in KiB. Derived: 16."""
    queries: NotRequired[float]
    """Database queries of a call. Default: 1."""
    query_milliseconds: NotRequired[float]
    """Mean time that a query holds a connection, in milliseconds. Derived: that of mcp:database."""


class RegionWorkloadArgs(TypedDict):
    """The load to plan for. Give daily_users, or what was measured: sessions_by_hour or peak_sessions. Of several that
    are given peak_sessions counts before sessions_by_hour, and that before daily_users; beside peak_sessions the hours
    say only how the day runs."""

    daily_users: NotRequired[float]
    """Users on a working day. Default: none."""
    sessions_per_user: NotRequired[float]
    """Sessions per user and day. Default: 3."""
    session_p95_minutes: NotRequired[float]
    """95th percentile of a session's length, in minutes. Derived: of an exponential, three times the mean."""
    peak_factor: NotRequired[float]
    """Load of the busiest hour over the mean of the day. Default: 3."""
    headroom_percent: NotRequired[float]
    """Reserve above the peak, in percent. Default: 30."""
    peak_sessions: NotRequired[float]
    """Measured sessions at the peak, instead of the estimate from users. Default: none."""
    sessions_by_hour: NotRequired[list[float]]
    """Measured sessions that begin in each hour of the day: 24 numbers, from midnight on. Default: none."""
    era_percent: NotRequired[Mapping[str, float]]
    """Part of the sessions by protocol era that the server serves, in percent, adding up to 100; an era that is left
    out has none. Derived: all are of the era that costs most among those the server serves. Default: none."""
    sessions_per_pod: NotRequired[int]
    """Sessions that one pod is sized for. Default: 50."""
    tools: NotRequired[list[RegionToolArgs]]
    """The tools that are called. Calls in flight, CPU, responses and connections then follow from them. Default:
    none."""
    think_seconds: NotRequired[float]
    """Mean pause of a session between the end of a call and its next, in seconds: the model and the person think. Used
    with tools. Default: 10."""
    concurrent_calls: NotRequired[int]
    """Tool calls in flight in one pod at that many sessions, at its busiest: 99 % of the time at most that many.
    Derived from the tools; 40 % of the sessions without."""
    heavy_calls: NotRequired[int]
    """Calls of the heaviest tool in flight in one pod at the same time, at its busiest. Derived from the tools; 20 % of
    the sessions without."""
    heavy_call_cpu_milliseconds: NotRequired[float]
    """CPU that one call of the heaviest tool takes per second of wall time, in milliseconds. Derived from the tools;
    200 without."""
    response_kib: NotRequired[float]
    """Size of one response in flight, in KiB. Derived from the tools; 16 without."""
    session_mib: NotRequired[float]
    """Memory that the server's own objects take per session, in MiB. Derived: 1, or 0 with a profile, whose sessions
    were measured with them."""
    workers: NotRequired[int]
    """Processes or worker threads that run calls in one pod. Derived: the number of processes that command, args or env
    say; else 1 for the SDKs of Python and TypeScript, whose own code uses one core however many the limit allows;
    otherwise as many as the limit has cores."""
    call_slots: NotRequired[int]
    """Calls that a pod runs at the same time, where the server limits them (a thread pool, a semaphore); more wait.
    Default: none."""
    wait_p95_milliseconds: NotRequired[float]
    """The objective: 95 % of the calls wait at most this long in a pod, in milliseconds. Default: 1000."""
    session_minutes: NotRequired[float]
    """Mean length of a session, in minutes; scale-in waits for it. Default: 20."""


class RegionResourceListArgs(TypedDict):
    """One side of a container's resources. What is left out is not declared."""

    cpu: NotRequired[Quantity]
    """CPU, such as '500m'. Default: none."""
    memory: NotRequired[str]
    """Memory with its unit, such as '256Mi'. Default: none."""
    ephemeral_storage: NotRequired[str]
    """Local disk with its unit, such as '64Mi'. Default: none."""
    hugepages2_mi: NotRequired[str]
    """Memory in huge pages of 2 MiB with its unit, such as '64Mi': whole pages, and as much in the limits. Default:
    none."""
    hugepages1_gi: NotRequired[str]
    """Memory in huge pages of 1 GiB with its unit, such as '2Gi': whole pages, and as much in the limits. Default:
    none."""


class RegionResourcesArgs(TypedDict):
    """A container's resources, instead of the planned ones."""

    requests: NotRequired[RegionResourceListArgs]
    """What the scheduler reserves, instead of what is planned; what is left out is planned. Default: none."""
    limits: NotRequired[RegionResourceListArgs]
    """What the kernel enforces. Given, it replaces all planned limits. Default: none."""


class RegionEgressArgs(TypedDict):
    """A destination besides the database."""

    port: int
    """Port that is open."""
    cidrs: NotRequired[list[str]]
    """Address ranges of the other side, where it is no pod: several network plugins, Cilium among them, never match
    pods by their addresses. Default: none."""
    protocol: NotRequired[EgressProtocol]
    """Protocol of the port. Default: 'TCP'."""
    except_cidrs: NotRequired[list[str]]
    """Parts of cidrs that stay closed, such as the private ranges and the metadata address. Default: none."""
    namespace: NotRequired[str]
    """Namespace of the pods on the other side; all of them without pod_labels. Default: none."""
    pod_labels: NotRequired[Mapping[str, str]]
    """Labels of the pods on the other side, in namespace; without one in the namespace of the server. Default: none."""
    internet: NotRequired[bool]
    """All public addresses, instead of ranges or besides: everything but private and shared ranges and link-local
    addresses, among which is the metadata address of the clouds. Default: false."""


class RegionIngressArgs(TypedDict):
    """An origin besides the edge and the monitoring."""

    port: NotRequired[int]
    """Port of the pods. Derived: the server's."""
    cidrs: NotRequired[list[str]]
    """Address ranges of the other side, where it is no pod: several network plugins, Cilium among them, never match
    pods by their addresses. Default: none."""
    protocol: NotRequired[IngressProtocol]
    """Protocol of the port. Default: 'TCP'."""
    except_cidrs: NotRequired[list[str]]
    """Parts of cidrs that stay closed, such as the private ranges and the metadata address. Default: none."""
    namespace: NotRequired[str]
    """Namespace of the pods on the other side; all of them without pod_labels. Default: none."""
    pod_labels: NotRequired[Mapping[str, str]]
    """Labels of the pods on the other side, in namespace; without one in the namespace of the server. Default: none."""


class RegionRoleArgs(TypedDict):
    """A role that exists, which the server gets."""

    name: pulumi.Input[str]
    """Name of the role, such as 'view'."""
    kind: NotRequired[RoleKind]
    """Kind of the role. Default: 'ClusterRole'."""
    whole_cluster: NotRequired[bool]
    """Whether it holds in all namespaces, which only a ClusterRole can; otherwise in that of the server. Default:
    false."""


class RegionAccessRuleArgs(TypedDict):
    """Something that the server may do with some resources."""

    resources: list[str]
    """Resources in the plural, such as 'pods' or 'pods/log'."""
    verbs: list[str]
    """What it may do, such as get, list and watch."""
    api_groups: NotRequired[list[str]]
    """Groups of the API, such as 'apps'; the empty one has pods, Services and ConfigMaps. Default: none."""
    resource_names: NotRequired[list[str]]
    """Names of the objects. Left out: all of them. Default: none."""


class RegionKubernetesApiArgs(TypedDict):
    """What the server may do in the cluster that it runs in: it gets an API token, and the least rights for it."""

    rules: NotRequired[list[RegionAccessRuleArgs]]
    """Rights in the server's namespace, as a Role. Default: none."""
    cluster_rules: NotRequired[list[RegionAccessRuleArgs]]
    """Rights in the whole cluster, as a ClusterRole; who deploys the stack must have them too. Default: none."""
    roles: NotRequired[list[RegionRoleArgs]]
    """Roles that exist, which the server gets. Default: none."""


class RegionMountArgs(TypedDict):
    """A directory of the server that another container of the pod has too."""

    volume: str
    """One of the paths of writable_paths or volumes: where the server has it."""
    path: NotRequired[str]
    """Where this container has it. Derived: at the same path."""
    sub_path: NotRequired[str]
    """Path in it instead of its root. Default: none."""
    writable: NotRequired[bool]
    """Whether this container may write to it. Default: false."""


class RegionQuantitiesArgs(TypedDict):
    """One side of the resources of a container beside the server's."""

    cpu: Quantity
    """CPU, such as '50m'."""
    memory: str
    """Memory with its unit, such as '64Mi'."""
    ephemeral_storage: NotRequired[str]
    """Local disk with its unit. Default: '64Mi'."""


class RegionReadinessSidecarArgs(TypedDict):
    """A sidecar that asks the server on localhost as a client does; the pod gets requests after a good round only."""

    image: pulumi.Input[str]
    """Image with the command mcp-stack and the extra 'probe', with a fixed tag or a digest; images/probe/Dockerfile
    builds one."""
    port: NotRequired[int]
    """Port that it answers the kubelet on. Default: 9810."""
    interval_seconds: NotRequired[int]
    """From round to round, in seconds. 10 is the readiness probe's own; with sessions each round opens one, and ends
    it. Default: 10."""
    timeout_seconds: NotRequired[int]
    """How long a round may take, in seconds. Default: 5."""
    requests: NotRequired[RegionQuantitiesArgs]
    """What the scheduler reserves. Default: that of its keys."""
    limits: NotRequired[RegionQuantitiesArgs]
    """What the kernel enforces. Default: that of its keys."""


class RegionKeyArgs(TypedDict):
    """One key of a ConfigMap or a Secret."""

    name: pulumi.Input[str]
    """Name of the object, which exists."""
    key: str
    """The key."""
    optional: NotRequired[bool]
    """Whether the container starts without it. Default: false."""


class RegionEnvSourceArgs(TypedDict):
    """Where the value of a variable comes from."""

    field: NotRequired[str]
    """Field of the pod, such as 'metadata.name', 'status.podIP' or "metadata.labels['x']". Default: none."""
    resource: NotRequired[EnvSourceResource]
    """Request or limit of the container: whole cores rounded up, and bytes. Default: none."""
    config_map: NotRequired[RegionKeyArgs]
    """Key of a ConfigMap. Default: none."""
    secret: NotRequired[RegionKeyArgs]
    """Key of a Secret other than that of mcp:secrets. Default: none."""


class RegionEnvFromArgs(TypedDict):
    """All keys of a ConfigMap or a Secret as variables."""

    config_map: NotRequired[pulumi.Input[str]]
    """Name of a ConfigMap that exists. Default: none."""
    secret: NotRequired[pulumi.Input[str]]
    """Name of a Secret that exists. Default: none."""
    prefix: NotRequired[str]
    """What each name begins with. Left out: nothing."""
    optional: NotRequired[bool]
    """Whether the container starts without the object. Default: false."""


class RegionExtraContainerArgs(TypedDict):
    """A container beside the server's, as restricted as it. Its requests count in the plan and the quota."""

    name: str
    """Name of the container, a DNS label, not 'server'."""
    image: pulumi.Input[str]
    """Image with a fixed tag or a digest."""
    image_pull_policy: NotRequired[ExtraContainerImagePullPolicy]
    """When the image is pulled. Left out: as that of the server."""
    command: NotRequired[list[str]]
    """Command instead of the image's entry point. Default: none."""
    args: NotRequired[list[str]]
    """Arguments instead of the image's. Default: none."""
    env: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Environment variables in clear; never a secret. Default: none."""
    env_from: NotRequired[list[RegionEnvFromArgs]]
    """ConfigMaps and Secrets whose keys are variables. Default: none."""
    env_value_from: NotRequired[Mapping[str, RegionEnvSourceArgs]]
    """Variables from a field of the pod, a request or limit, or one key of a ConfigMap or Secret. Default: none."""
    requests: NotRequired[RegionQuantitiesArgs]
    """What the scheduler reserves. Default: that of its keys."""
    limits: NotRequired[RegionQuantitiesArgs]
    """What the kernel enforces. Default: that of its keys."""
    mounts: NotRequired[list[RegionMountArgs]]
    """Directories that it shares with the server. Default: none."""


class RegionSidecarArgs(TypedDict):
    """A container that runs beside the server: it starts before it, and ends after it."""

    name: str
    """Name of the container, a DNS label, not 'server'."""
    image: pulumi.Input[str]
    """Image with a fixed tag or a digest."""
    port: NotRequired[int]
    """Port that it listens on, which its probe opens. Left out: it counts as started at once."""
    health_path: NotRequired[str]
    """GET route at port that answers 200 when it is ready. Left out: the port is opened."""
    image_pull_policy: NotRequired[SidecarImagePullPolicy]
    """When the image is pulled. Left out: as that of the server."""
    command: NotRequired[list[str]]
    """Command instead of the image's entry point. Default: none."""
    args: NotRequired[list[str]]
    """Arguments instead of the image's. Default: none."""
    env: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Environment variables in clear; never a secret. Default: none."""
    env_from: NotRequired[list[RegionEnvFromArgs]]
    """ConfigMaps and Secrets whose keys are variables. Default: none."""
    env_value_from: NotRequired[Mapping[str, RegionEnvSourceArgs]]
    """Variables from a field of the pod, a request or limit, or one key of a ConfigMap or Secret. Default: none."""
    requests: NotRequired[RegionQuantitiesArgs]
    """What the scheduler reserves. Default: that of its keys."""
    limits: NotRequired[RegionQuantitiesArgs]
    """What the kernel enforces. Default: that of its keys."""
    mounts: NotRequired[list[RegionMountArgs]]
    """Directories that it shares with the server. Default: none."""


class RegionClaimArgs(TypedDict):
    """A disk that outlives the pod: a claim that exists, or one that is made."""

    name: NotRequired[pulumi.Input[str]]
    """Name of a PersistentVolumeClaim of the namespace that exists. Default: none."""
    size: NotRequired[str]
    """Size of a claim that is made, such as '10Gi'. It is kept when the stack is destroyed. Default: none."""
    storage_class_name: NotRequired[pulumi.Input[str]]
    """StorageClass of the claim that is made. Left out: the default of the cluster."""
    access_mode: NotRequired[ClaimAccessMode]
    """How many may mount the claim that is made. 'ReadWriteOnce': pods of one node. Default: 'ReadWriteOnce'."""
    per_pod: NotRequired[bool]
    """Whether each pod has a claim of its own, of this size: the workload is then a StatefulSet, whose pods keep their
    claims when they are replaced. Claims of pods that scaled down are kept. Default: false."""


class RegionCsiVolumeArgs(TypedDict):
    """A volume that a CSI driver makes for the pod, such as of a store of secrets."""

    driver: pulumi.Input[str]
    """Name of the driver, such as 'secrets-store.csi.k8s.io'."""
    attributes: NotRequired[Mapping[str, pulumi.Input[str]]]
    """What the driver is told, such as secretProviderClass. Default: none."""
    node_publish_secret: NotRequired[pulumi.Input[str]]
    """Secret that the driver needs. Left out: none."""


class RegionAccountTokenArgs(TypedDict):
    """A token of the ServiceAccount, which the kubelet renews."""

    path: str
    """Path of its file."""
    audience: NotRequired[str]
    """Who the token is for. Left out: the API server."""
    expiration_seconds: NotRequired[int]
    """Lifetime in seconds. Default: 3600."""


class RegionKeyFilesArgs(TypedDict):
    """Keys of a ConfigMap or a Secret as files."""

    name: pulumi.Input[str]
    """Name of the object, which exists."""
    items: NotRequired[Mapping[str, str]]
    """Key to the path of its file. Left out: every key under its own name. Default: none."""
    mode: NotRequired[str]
    """Permissions of the files in octal, in quotes. Left out: '0644'."""
    optional: NotRequired[bool]
    """Whether the pod starts without the object. Default: false."""


class RegionProjectedSourceArgs(TypedDict):
    """One source of a projected volume."""

    config_map: NotRequired[RegionKeyFilesArgs]
    """Keys of a ConfigMap. Default: none."""
    secret: NotRequired[RegionKeyFilesArgs]
    """Keys of a Secret. Default: none."""
    service_account_token: NotRequired[RegionAccountTokenArgs]
    """A token. Default: none."""
    fields: NotRequired[Mapping[str, str]]
    """Path of a file to the field of the pod in it, such as labels: metadata.labels. Default: none."""


class RegionVolumeArgs(TypedDict):
    """Files that are mounted into the container."""

    path: str
    """Where they are mounted."""
    config_map: NotRequired[RegionKeyFilesArgs]
    """Keys of a ConfigMap. Default: none."""
    secret: NotRequired[RegionKeyFilesArgs]
    """Keys of a Secret. Default: none."""
    projected: NotRequired[list[RegionProjectedSourceArgs]]
    """Several sources in one directory. Default: none."""
    csi: NotRequired[RegionCsiVolumeArgs]
    """A volume of a CSI driver. Default: none."""
    claim: NotRequired[RegionClaimArgs]
    """A disk that outlives the pod. Default: none."""
    sub_path: NotRequired[str]
    """Path in the volume instead of its root. Files of a ConfigMap or Secret are then not renewed in a running pod.
    Default: none."""
    writable: NotRequired[bool]
    """Whether the server may write. Derived: to a claim, and to nothing else."""


class RegionWritablePathArgs(TypedDict):
    """A directory that the server writes to, which is gone with the pod. A path alone has the defaults."""

    path: str
    """The directory."""
    size: NotRequired[str]
    """Size limit; a pod that writes more is evicted. All of them count against the limit of ephemeral storage, or of
    memory. A browser needs gibibytes. Default: '64Mi'."""
    medium: NotRequired[WritablePathMedium]
    """'Memory' counts against the memory limit. Derived: 'Memory' for /dev/shm, else 'Disk'."""


if TYPE_CHECKING:
    RegionWritablePathOrPath = str | RegionWritablePathArgs
else:
    RegionWritablePathOrPath = Any


class RegionBlueGreenArgs(TypedDict):
    """The two colours of a server: which one clients reach, what the other one runs, and how it is looked at first."""

    active: NotRequired[BlueGreenActive]
    """The colour that clients reach. Changing it is the switch, and changing it back the rollback: the route names the
    other Service, and no pod is touched. Default: 'blue'."""
    green_image: NotRequired[pulumi.Input[str]]
    """Image of green. `mcp:server.image` is that of blue, whose objects have the server's own name: what runs already
    is blue. Left out: there is no green."""
    green_eras: NotRequired[list[BlueGreenGreenEras]]
    """Eras that green's image speaks. Left out: those of the server. Others are refused: one host name has one list of
    eras."""
    retired: NotRequired[str]
    """Image that no idle colour runs any more: the idle colour that has it is taken down. A new image for the idle
    colour brings it back by itself. Left out: the idle colour keeps its minimum, for its sessions and for the way
    back."""
    preview_host: NotRequired[pulumi.Input[str]]
    """Host name that leads to the idle colour. Left out: the header does, where the edge can."""
    preview_header: NotRequired[str]
    """Header that leads to the idle colour at the public host, with the colour as its value. Derived: 'X-Mcp-Colour'
    with kind 'gateway' and without a host of its own; a route of another kind matches no header."""
    canary_percent: NotRequired[int]
    """Share of the requests that goes to the idle colour, in percent, as a weight of the HTTPRoute. Left out: none.
    Weights fall anew at each request, so that one client meets both colours."""
    keep_sessions: NotRequired[bool]
    """Whether sessions go on in the colour that was left, until they end or it is retired (affinity 'envelope'): its
    pods stay in the route as pods that end are, reached by the sessions that they hold and by nobody else. Default:
    false."""
    same_tools: NotRequired[bool]
    """Whether both colours list the same tools with the same schemas, as 'mcp-stack probe --schema' compares. Without
    it no share of the requests goes to the idle colour. Default: false."""


class RegionArgoRolloutsArgs(TypedDict):
    """A release by Argo Rollouts: all new pods beside the old ones, then one switch of the Service."""

    preview_host: NotRequired[pulumi.Input[str]]
    """Host name that leads to the new pods before clients are led to them. Left out: the header 'X-Mcp-Colour: preview'
    does with kind 'gateway' at a Gateway's own listener, and no route does with another kind or a ListenerSet."""
    auto_promotion: NotRequired[bool]
    """Whether clients are led to the new pods as soon as all of them are ready and the analysis has passed. Without it
    a release stands still there until somebody promotes it (`kubectl argo rollouts promote`). Default: false."""
    analysis_templates: NotRequired[list[str]]
    """AnalysisTemplates of the namespace that have to succeed at the new pods before any client is led to them. Each is
    given the argument `preview-service`, the name of the Service of the new pods. Default: none."""
    scale_down_delay_seconds: NotRequired[int]
    """How long the old pods run on after the switch, in seconds: for the calls that are in flight, and for a way back
    without a new start. Derived: the time until every proxy has heard of the switch and the slowest call, 30 at
    least."""


class RegionRolloutArgs(TypedDict):
    """How new pods take the place of old ones."""

    strategy: NotRequired[RolloutStrategy]
    """'Recreate' ends all old pods before the first new one, which is an outage. 'BlueGreen' runs the new image beside
    the old one, as a colour of its own that clients reach after a switch; pods of one colour are replaced as with
    'RollingUpdate'. Derived: 'RollingUpdate', and 'Recreate' for a database with one writer."""
    argo_rollouts: NotRequired[RegionArgoRolloutsArgs]
    """A Rollout of Argo Rollouts in place of the Deployment, with its strategy blueGreen; `{}` is enough. The cluster
    needs its controller. Left out: a Deployment."""
    blue_green: NotRequired[RegionBlueGreenArgs]
    """The two colours (strategy 'BlueGreen'). Default: that of its keys."""
    max_surge: NotRequired[str]
    """Pods above the number, or percent of it, such as '25%', and more than 100 % too. Derived: 25 %. Quota and
    connections count them."""
    max_unavailable: NotRequired[str]
    """Pods below the number, or percent of it, at most 100. Derived: 0."""
    min_ready_seconds: NotRequired[int]
    """How long a new pod has to be ready before it counts and an old one goes, in seconds. Derived: the time until
    every proxy sends to it (edge.propagation_seconds), so that calls do not all go to the pods that are left; 0 with
    'Recreate'."""
    pod_management: NotRequired[RolloutPodManagement]
    """How a StatefulSet, which a claim per pod makes, starts and ends its pods when their number changes: all at once,
    or one after the other, each waiting for the one before. Derived: 'Parallel', since an autoscaler adds several at
    once. A rollout replaces one pod at a time in any case."""


class RegionProbeTimingArgs(TypedDict):
    """How often a probe asks, and for how long it is patient. What is left out has the default of that probe."""

    period_seconds: NotRequired[int]
    """Seconds between two questions. Derived: start-up 2, readiness 10, liveness 30."""
    timeout_seconds: NotRequired[int]
    """Seconds until a question without an answer has failed. Derived: start-up 2, readiness 3, liveness 5."""
    failure_threshold: NotRequired[int]
    """Failures in a row that count. Derived: 3; at the start-up as many as fit into startup_seconds."""
    command: NotRequired[list[str]]
    """Command in the container that asks instead of a GET: 0 is well. A process each time, so ask seldom. Default:
    none."""


class RegionProbesArgs(TypedDict):
    """How the kubelet asks, where the defaults do not fit."""

    scheme: NotRequired[ProbesScheme]
    """Scheme of the routes. Derived: HTTPS with serves_tls, else HTTP. The kubelet checks no certificate."""
    host: NotRequired[pulumi.Input[str]]
    """Host header. Derived: 'localhost' with the port, which the SDKs take; a server that knows its public name only
    answers that with 403 or 421, and wants the name here."""
    startup: NotRequired[RegionProbeTimingArgs]
    """Until the first success, which the other two wait for. Default: that of its keys."""
    readiness: NotRequired[RegionProbeTimingArgs]
    """Whether the pod gets requests. Default: that of its keys."""
    liveness: NotRequired[RegionProbeTimingArgs]
    """Whether the container is restarted. Default: that of its keys."""


class RegionDnsConfigArgs(TypedDict):
    """How the pods resolve names, besides what dns_policy says."""

    nameservers: NotRequired[list[str]]
    """Addresses of resolvers, behind those of the policy; the kubelet takes three in all, so that two are left beside
    the cluster's DNS. With dns_policy 'None' they are the only ones. Default: none."""
    searches: NotRequired[list[str]]
    """Domains that short names are looked for in. Default: none."""
    options: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Options of the resolver, such as ndots: '2'. An empty value is an option without one. Default: none."""


class RegionHostAliasArgs(TypedDict):
    """Names for an address, in /etc/hosts of the pods."""

    ip: str
    """The address."""
    hostnames: list[str]
    """Its names."""


class RegionTolerationArgs(TypedDict):
    """A taint that the pods bear."""

    key: NotRequired[str]
    """Key of the taint. Left out: every taint, with the operator 'Exists'."""
    operator: NotRequired[TolerationOperator]
    """'Equal' compares the value, 'Exists' only the key. Default: 'Equal'."""
    value: NotRequired[str]
    """Value of the taint. Left out: the empty one, or any with 'Exists'."""
    effect: NotRequired[TolerationEffect]
    """Effect of the taint. Left out: all three."""
    toleration_seconds: NotRequired[int]
    """How long a pod stays after a 'NoExecute' taint, in seconds. Left out: for ever."""


class RegionQuotaArgs(TypedDict):
    """A limit on the namespace that the platform imposes. Left out, the quota is derived from the maximum."""

    cpu: Quantity
    """Sum of CPU requests that the namespace may hold, such as '40'."""
    memory: str
    """Sum of memory requests that the namespace may hold, such as '64Gi'."""
    pods: int
    """Number of pods that the namespace may hold."""
    extended_resources: NotRequired[Mapping[str, int]]
    """Devices by name that the namespace may hold, such as nvidia.com/gpu: 8. What is not named is not limited.
    Default: none."""
    hugepages2_mi: NotRequired[str]
    """Memory in huge pages of 2 MiB that the namespace may hold, such as '1Gi'. Left out: not limited."""
    hugepages1_gi: NotRequired[str]
    """Memory in huge pages of 1 GiB that the namespace may hold, such as '8Gi'. Left out: not limited."""


class RegionPatchArgs(TypedDict):
    """A change of one object, or of all of a kind, that a component makes. It is applied before the rules look."""

    kind: str
    """Kind of the object, such as 'Deployment' or 'Service'; 'Pod' is the template of its pods."""
    patch: Mapping[str, Any]
    """What is changed, in the fields of Kubernetes: a strategic merge patch for its own kinds (lists are merged by the
    keys of its API; `$patch` and its other directives are understood), a JSON merge patch for custom resources."""
    name: NotRequired[str]
    """Name of the object. Left out: all objects of the kind that the component makes."""


class RegionLoadTestArgs(TypedDict):
    """A load test of the server by the k6 operator, and what one found before."""

    scenario: NotRequired[LoadTestScenario]
    """What is played: 'peak' and 'soak' (80 %) hold the load, 'spike' doubles it, 'scale-in' lets it fall and watches
    pods go, 'steps' looks for the knee. Each change is a new TestRun, which begins at once. Left out: no TestRun."""
    result: NotRequired[str]
    """File with what a load test found, which 'mcp-stack loadtest report --write' writes: alerts count from its 95th
    percentile of an exchange, and findings say what it says of the plan. Its path begins at the directory of
    Pulumi.yaml and stays below it, such as 'profiles/orders-load.yaml'. Default: none."""
    first_launch: NotRequired[bool]
    """Whether the soak takes an hour instead of half of one: nobody has seen this server under load yet. Default:
    false."""
    hold_minutes: NotRequired[float]
    """How long the load stands still, in minutes. Derived: peak 10, soak 30, after a spike 8, each of the steps 2, and
    for 'scale-in' until the autoscaler has removed the pods."""
    arguments: NotRequired[Mapping[str, Any]]
    """Tool to the arguments that it is called with: a map, or a list of maps, of which each call takes one by chance.
    They stand in clear, and are called thousands of times: none that does harm. Left out: none. Default: none."""
    p95_milliseconds: NotRequired[float]
    """What 95 % of all calls may take, in milliseconds, as clients see it. Derived of each tool: its own 95th
    percentile, and what a call may wait."""
    failed_percent: NotRequired[float]
    """What may fail of the requests, in percent. A lost request in a hundred is the guides' limit of a test. Default:
    1.0."""
    production: NotRequired[str]
    """Name of the region, said once more: a test takes its capacity from the users there. Required in production.
    Default: none."""
    parallelism: NotRequired[int]
    """Runner pods that share the sessions. Derived: one for each 500 sessions."""
    paused: NotRequired[bool]
    """Whether the runners wait for 'k6 resume' instead of beginning when all are there. Default: false."""
    runner_image: NotRequired[pulumi.Input[str]]
    """Image of k6, with a fixed tag or a digest. The default is the version that the lab plays every scenario with.
    Default: 'grafana/k6:1.8.1'."""
    token_secret: NotRequired[pulumi.Input[str]]
    """Secret of the namespace with a bearer token for the server. Left out: requests have none."""
    token_key: NotRequired[str]
    """Key of the token in that Secret. Default: 'token'."""
    operator_namespace: NotRequired[pulumi.Input[str]]
    """Namespace of the k6 operator, which asks the runners whether they are there; that of its own manifests. Default:
    'k6-operator-system'."""
    runner_node_selector: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Labels that the nodes of the runners must have: beside the server they take the CPU that they measure. Default:
    none."""
    runner_tolerations: NotRequired[list[RegionTolerationArgs]]
    """Taints of nodes that the runners bear. Default: none."""
    patches: NotRequired[list[RegionPatchArgs]]
    """Patches of the TestRun and of what belongs to it, for what has no key. Default: none."""


class RegionMonitoringArgs(TypedDict):
    """Who reads the server's metrics, and how."""

    namespace: NotRequired[pulumi.Input[str]]
    """Namespace of Prometheus; the only one that may connect to the metrics port. Default: 'monitoring'."""
    port: NotRequired[int]
    """Port of the server's metrics. Derived: the server's port."""
    monitor: NotRequired[MonitoringMonitor]
    """Object that has the Prometheus operator scrape the pods: 'pod-monitor', 'service-monitor' (targets come from the
    Service), or 'none', which every cluster takes: others are refused where the operator's definitions are not
    installed. Prefer 'pod-monitor': a pod is read from its start to the end of its drain, ready or not. Default:
    'none'."""
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
    authority: NotRequired[RegionScrapeAuthorityArgs]
    """Who signed the certificate of an 'https' port; it has to be valid for the Service's name. Left out: it is not
    verified, as the kubelet does not for its probes, since pods have seldom a certificate that everybody trusts."""
    token: NotRequired[RegionScrapeTokenArgs]
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
    patches: NotRequired[list[RegionPatchArgs]]
    """Patches of the monitor and of what else the monitoring makes, for what has no key. Default: none."""


class RegionSecretsArgs(TypedDict):
    """Where the server's secrets come from; their values never stand in a stack file in clear."""

    source: NotRequired[SecretsSource]
    """'existing' names a Secret, 'external' fills one through the External Secrets Operator, 'config' from the
    encrypted values of this file ('pulumi config set --secret --path'). Default: 'none'."""
    name: NotRequired[str]
    """Name of the Secret. Derived: the server's name with '-secrets'."""
    env: NotRequired[Mapping[str, str]]
    """Environment variable of the server to key of the Secret. Default: none."""
    store: NotRequired[RegionSecretStoreArgs]
    """Store to read from (source 'external'). Default: none."""
    remote: NotRequired[Mapping[str, RegionRemoteKeyArgs]]
    """Key of the Secret to its place in the store (source 'external'). Default: none."""
    refresh_interval: NotRequired[str]
    """How often the store is read, such as '1h' (source 'external'). Default: '1h'."""
    values: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Key to encrypted value (source 'config'). Default: none."""
    version: NotRequired[pulumi.Input[str]]
    """Any text; changing it restarts the pods, which read their environment only when they start. Default: none."""
    patches: NotRequired[list[RegionPatchArgs]]
    """Patches of the ExternalSecret or the Secret, such as of its type or its labels. Values of a Secret are refused: a
    patch stands in clear. Default: none."""


class RegionScalingArgs(TypedDict):
    """How many pods, and what moves the number."""

    autoscaler: NotRequired[ScalingAutoscaler]
    """'auto' is KEDA for eras with sessions, for a metric from Prometheus and for schedules, and the
    HorizontalPodAutoscaler for others. Default: 'auto'."""
    min_replicas: NotRequired[int]
    """Least number of pods. Derived from the plan; never below 2 in production."""
    max_replicas: NotRequired[int]
    """Greatest number of pods. Derived from the plan: three times the steady state, and the burst must fit."""
    colours: NotRequired[int]
    """Colours of this server that run at the same time: 2 where a blue-green switch doubles the pods while it lasts.
    Quota, database connections and the state store's clients are then counted for both. Default: 1."""
    replicas: NotRequired[int]
    """Fixed number of pods, only with autoscaler 'none'. Default: none."""
    cpu_percent_of_limit: NotRequired[float]
    """CPU at which pods are added, in percent of the limit; converted to the share of the request. Default: 60."""
    memory_percent_of_request: NotRequired[float]
    """Memory at which pods are added, in percent of the request. Left out: off, since processes do not give memory
    back."""
    follow: NotRequired[ScalingFollow]
    """What grows with the load: 'cpu', or in Prometheus (KEDA) 'sessions', 'streams' or 'in-flight' calls. CPU always
    counts besides. Derived: sessions for eras with sessions, cpu for others."""
    target_per_pod: NotRequired[float]
    """How much of it one pod takes (KEDA). Derived: by the plan the sessions that a pod holds, or its calls in flight
    on the mean, with the headroom free (full, where a hash finds the pods and those of the planned peak come at once);
    without a plan sessions_per_pod, or 10 calls, since a pod answers more of them at a time only more slowly."""
    dialect: NotRequired[ScalingDialect]
    """Whose names the metrics have: the example server's, the ASGI instrumentation of OpenTelemetry, the community's,
    ToolHive's, or Envoy Gateway's. Default: 'reference'."""
    query: NotRequired[pulumi.Input[str]]
    """PromQL instead of that of follow and dialect: one series, the total of all pods (KEDA). Default: none."""
    sessions_metric: NotRequired[str]
    """Prometheus gauge of open sessions or streams per pod, in the dialect 'reference' (KEDA). Default:
    'mcp_active_sse_connections'."""
    prometheus_address: NotRequired[pulumi.Input[str]]
    """URL of Prometheus, such as 'http://prometheus-operated.monitoring:9090' (KEDA). Default: none."""
    authentication: NotRequired[RegionPrometheusAuthenticationArgs]
    """How KEDA proves itself to Prometheus. Left out: not at all."""
    metrics: NotRequired[list[RegionScalingMetricArgs]]
    """Further metrics of a HorizontalPodAutoscaler, from the custom and the external metrics API. Default: none."""
    schedules: NotRequired[list[RegionScheduleArgs]]
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
    scale_up: NotRequired[RegionScalingRulesArgs]
    """How fast pods are added. Derived."""
    scale_down: NotRequired[RegionScalingRulesArgs]
    """How fast pods are taken. Derived."""
    scale_down_window_seconds: NotRequired[int]
    """Stabilisation window of scale-in, in seconds; scale_down.window_seconds says the same. Derived: 300, or the
    length of a session, 600 to 3600."""
    hpa_name: NotRequired[str]
    """Name of the HorizontalPodAutoscaler that KEDA makes, up to 63 characters. Derived: 'keda-hpa-' and the name of
    the Deployment, which leaves 54 for that."""
    take_over: NotRequired[bool]
    """Whether KEDA takes over the HorizontalPodAutoscaler hpa_name, which exists. Default: false."""
    start_replicas: NotRequired[int]
    """Number of pods that a new Deployment begins with: what runs now, where one of another name, namespace or owner
    takes over. It counts at the creation only. Derived: the minimum."""
    min_available: NotRequired[int]
    """minAvailable of the PodDisruptionBudget. Derived: one less than min_replicas; with sessions one pod may go at a
    time."""
    patches: NotRequired[list[RegionPatchArgs]]
    """Patches of the autoscaler and of what belongs to it, for what has no key. Default: none."""


class RegionDatabaseArgs(TypedDict):
    """The database that the tools use, and what it allows."""

    kind: NotRequired[DatabaseKind]
    """Kind of database. All but PostgreSQL are planned without a pooler. SQLite, DuckDB and whatever else is a file of
    one process ('single-writer') have one writer, so they allow one replica. Default: 'postgres'."""
    max_connections: NotRequired[int]
    """max_connections of the database. 100 is the stock value of PostgreSQL. Of another kind, where this is left out:
    151 (MySQL), 500 (MongoDB), 1000 (SQL Server), 10000 (Redis). Default: 100."""
    reserved_connections: NotRequired[int]
    """superuser_reserved_connections plus what is reserved for maintenance. Default: 3."""
    share_percent: NotRequired[float]
    """Part of max_connections that this service may use, in percent. Default: 50."""
    shared_by_regions: NotRequired[int]
    """Number of region stacks that use this database at the same time. Default: 1."""
    region_share_percent: NotRequired[float]
    """Part of the service's connections that this region may use, in percent, where regions take unequal parts.
    Derived: an equal one, 100 / shared_by_regions."""
    query_milliseconds: NotRequired[float]
    """Mean time that a tool call holds a connection, in milliseconds. Default: 50."""
    pool_size: NotRequired[int]
    """Connections per pod instead of the planned number, of all its processes together. Default: none."""
    pooler: NotRequired[DatabasePooler]
    """'pgbouncer' puts a transaction-mode PgBouncer between the pods and the database. Default: 'none'."""
    pooler_pool_size: NotRequired[int]
    """Database connections per PgBouncer pod instead of the planned number. Default: none."""
    host: NotRequired[pulumi.Input[str]]
    """Host of the database, a name or an address without port and credentials. Default: none."""
    port: NotRequired[int]
    """Port of the database. Of another kind than PostgreSQL its own, where this is left out: 3306 (MySQL), 27017
    (MongoDB), 1433 (SQL Server), 6379 (Redis). Default: 5432."""
    name: NotRequired[str]
    """Name of the database. Of another kind than PostgreSQL none is said where this is left out. Default:
    'postgres'."""
    cidrs: NotRequired[list[str]]
    """Address ranges that the database is reached at; the default are the private ones of RFC 1918. Default:
    10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16."""
    namespace: NotRequired[str]
    """Namespace of the database's pods, where it runs in the cluster: several network plugins never match pods by
    address ranges, and cidrs is then left out unless it is given too. Left out: only address ranges."""
    pod_labels: NotRequired[Mapping[str, str]]
    """Labels of the database's pods. Left out: all pods of that namespace."""
    tls_mode: NotRequired[DatabaseTlsMode]
    """TLS towards the database, in libpq's words; 'require', which encrypts and verifies nothing, because managed
    databases offer it. Of a host in the pod itself (localhost, 127.0.0.1), where a sidecar leads on and encrypts,
    'disable' where this is left out. The server gets the word that its driver reads: to node-postgres require is
    no-verify. Default: 'require'."""
    ca: NotRequired[RegionCertificateAuthorityArgs]
    """The authority that signed the database's certificate, for the modes that verify it; mounted into the server, or
    into the pooler where there is one. Left out: the public ones."""
    parameters: NotRequired[Mapping[str, str]]
    """Parameters of PostgreSQL that hold for every connection, such as search_path or jit. Without a pooler they go to
    the server as options of libpq; with one they are set on each of its connections, since it hands none on. Default:
    none."""
    ignored_parameters: NotRequired[list[str]]
    """Startup parameters of clients that the pooler drops. It refuses all that are neither here nor in
    tracked_parameters, so that none is lost in silence; the default is what JDBC sends and nobody misses. Default:
    extra_float_digits."""
    tracked_parameters: NotRequired[list[str]]
    """Startup parameters that the pooler keeps for each client beside its own (client_encoding, DateStyle, TimeZone and
    others); only those that PostgreSQL reports, as search_path from 18 on. Default: IntervalStyle."""
    user_key: NotRequired[str]
    """Key of the Secret that holds the database user. Default: 'username'."""
    password_key: NotRequired[str]
    """Key of the Secret that holds the password. Default: 'password'."""
    pooler_instances: NotRequired[int]
    """Number of PgBouncer pods; two, so that one may be lost. Default: 2."""
    pooler_image: NotRequired[pulumi.Input[str]]
    """Image of PgBouncer with a fixed tag or a digest; it must read /etc/pgbouncer/pgbouncer.ini. The default is one
    that follows upstream; 1.21 or newer is needed for prepared statements. Default:
    'ghcr.io/cloudnative-pg/pgbouncer:1.25.1'."""
    pooler_exporter: NotRequired[bool]
    """Whether an exporter stands beside each PgBouncer, a container of its pod that requests 10m and 32Mi. Alerts and
    panels on waiting clients and on connections read it. Off, since it is of use only where something scrapes it: with
    a monitor its PodMonitor or ServiceMonitor is made too. Default: false."""
    pooler_exporter_image: NotRequired[pulumi.Input[str]]
    """Image of the exporter with a fixed tag or a digest: prometheus-community/pgbouncer_exporter 0.9 or newer, which
    reads its address from the environment. The default is the kept one; its metrics need PgBouncer 1.8. Default:
    'quay.io/prometheuscommunity/pgbouncer-exporter:v0.12.1'."""
    pooler_patches: NotRequired[list[RegionPatchArgs]]
    """Patches of the pods, the Deployment, the Service and the other objects of the pooler, for what has no key.
    Default: none."""
    url_key: NotRequired[str]
    """Key of the Secret that holds one URL with everything in it. No keys of user and password are read then, and host
    may be left out. Default: none."""
    preset: NotRequired[DatabasePreset]
    """Whose names the variables have: 'libpq' (PGHOST and its like, read by psycopg, asyncpg and node-postgres), 'url'
    (DATABASE_URL; MONGODB_URI, REDIS_URL), 'prisma', 'sqlalchemy', 'django', 'spring', 'generic' (DB_HOST and its
    like), or 'none'. Derived: url with a url_key; without one libpq for PostgreSQL, else generic."""
    variables: NotRequired[RegionVariableNamesArgs]
    """Names that differ from those of the preset. Default: that of its keys."""
    pool_min_idle: NotRequired[int]
    """Connections that a process keeps open at least, never more than its pool; two, so that a call after a pause does
    not wait for TLS and sign-in. Default: 2."""
    pool_idle_seconds: NotRequired[int]
    """After how many seconds an idle connection beyond that is closed. Default: 30."""
    pool_acquire_seconds: NotRequired[int]
    """How many seconds a call waits for a connection before it fails: longer means that the pool is too small. Default:
    2."""
    statement_seconds: NotRequired[int]
    """How many seconds a statement may take (statement_timeout of PostgreSQL); 0 is no limit. Derived: what parameters
    says of statement_timeout; else 10, or ten times the slowest mean query where that is more."""


class RegionEdgeArgs(TypedDict):
    """How clients reach the server."""

    host: NotRequired[pulumi.Input[str]]
    """Public host name. The same in every region: tokens are bound to it. Default: none."""
    gateway: NotRequired[RegionGatewayArgs]
    """The Gateway to attach to (kind 'gateway'). Default: that of its keys."""
    client_namespace: NotRequired[str]
    """Namespace of the proxies that connect to the pods. Derived: where the implementation runs them, such as
    'envoy-gateway-system', 'ingress-nginx' or the namespace of the Gateway. With kind 'none' that of the workloads that
    use the server."""
    implementation: NotRequired[EdgeImplementation]
    """What stands behind the edge. It decides what is emitted beside the route, the pre-stop sleep, and where the
    proxies are; 'envoy-gateway' emits the metrics that the dialect 'envoy' counts. Derived: 'gke' where client_cidrs
    has Google's ranges, else 'other' for kind 'gateway'; by the IngressClass, else 'nginx', for kind 'ingress'."""
    kind: NotRequired[EdgeKind]
    """'gateway' emits an HTTPRoute, 'ingress' an Ingress, 'route' an OpenShift Route; 'none' emits nothing: the server
    is for other workloads of the cluster. Default: 'gateway'."""
    hosts: NotRequired[list[pulumi.Input[str]]]
    """Further host names of the same server. Default: none."""
    paths: NotRequired[list[RegionRoutedPathArgs]]
    """Further paths of the same server, besides the MCP path, streams and metadata. Default: none."""
    oauth_proxy: NotRequired[bool]
    """Whether the server is an OAuth proxy, as FastMCP's is: '/authorize', '/token', '/register', '/revoke',
    '/consent', '/auth/callback' and the metadata of both specifications are routed too. Default: false."""
    ingress_class: NotRequired[pulumi.Input[str]]
    """Name of the IngressClass (kind 'ingress'). Derived: that of the implementation, else 'nginx'."""
    tls_secret: NotRequired[pulumi.Input[str]]
    """Secret with the certificate (kind 'ingress', or a Gateway or a listener of one's own). Derived: the name of the
    route with '-tls'; OpenShift and load balancers use their own certificate."""
    cluster_issuer: NotRequired[pulumi.Input[str]]
    """cert-manager ClusterIssuer that fills the certificate's Secret (kind 'ingress'; by DNS-01 also a Gateway or a
    listener of one's own, which speaks HTTPS alone). Default: none."""
    backend_tls: NotRequired[RegionBackendTlsArgs]
    """How the edge checks the pods, where they speak TLS. Default: none."""
    affinity: NotRequired[EdgeAffinity]
    """How a client stays on its pod. 'auto' is none for eras without sessions and source-ip for others, behind
    'agentgateway' its own; 'agentgateway' leads to a backend that speaks MCP and puts the pod into the session id;
    'envelope' wraps the address of the pod around the session id, and loses no session for any client or number of pods
    (implementation 'envoy-gateway', where the platform lets its proxies be patched); 'gateway' says that an MCP-aware
    gateway does it, and emits nothing. Default: 'auto'."""
    request_timeout_seconds: NotRequired[int]
    """Request timeout of the route in seconds; 0 switches it off, which streams need. Default: 0."""
    idle_timeout_seconds: NotRequired[int]
    """How long a stream may be silent, in seconds. Derived: from the keep-alive period, or from the slowest tool."""
    dns: NotRequired[RegionDnsArgs]
    """How external-dns publishes the hosts in this region; left out, nothing is said to it. Default: none."""
    cors: NotRequired[RegionCorsArgs]
    """Which web pages may call the server from a browser. Left out: the edge says nothing of it, and the server answers
    for itself."""
    external_authorization: NotRequired[RegionExternalAuthorizationArgs]
    """A service of one's own that is asked about each request. Left out: the server alone decides."""
    client_address: NotRequired[RegionClientAddressArgs]
    """How the edge learns the address of a client behind a load balancer or a CDN. Left out: the address that connects
    to it is the client."""
    max_headers: NotRequired[str]
    """Largest headers of a request, all together, such as '16Ki'; the edge refuses larger ones with 431. The whole
    listener has it. Left out: what the controller has, 60 KiB with Envoy and four buffers of 8 KiB with nginx."""
    max_body: NotRequired[str]
    """Largest body of a request, such as '4Mi'; the edge refuses a larger one with 413. Derived: '4Mi' where the
    controller has a limit in any case (the nginx family, 1 MiB), as the SDKs have; otherwise the server refuses."""
    rate_limits: NotRequired[list[RegionRateLimitArgs]]
    """How many requests pass. Where several fit a request, the strictest holds. Default: none."""
    annotations: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Further annotations of the HTTPRoute, the Ingress or the Route; they replace those of the implementation.
    Default: none."""
    client_cidrs: NotRequired[list[str]]
    """Address ranges of proxies that are no pods, such as a cloud load balancer's. Default: none."""
    propagation_seconds: NotRequired[int]
    """Between the deletion of a pod and the last proxy that stops sending to it, in seconds; the pre-stop sleep is at
    least that long. Derived: 10, at least 30 where the proxies are no pods, the deregistration delay of an ALB, up to
    60 where it is derived."""
    patches: NotRequired[list[RegionPatchArgs]]
    """Patches of the HTTPRoute, the Ingress or the Routes and of the policies beside them, for what has no key.
    Default: none."""


class RegionServerArgs(TypedDict):
    """The MCP server: what runs, and what it promises."""

    image: NotRequired[pulumi.Input[str]]
    """Container image with a fixed tag or a digest; 'latest' and no tag are refused."""
    rollout: NotRequired[RegionRolloutArgs]
    """How new pods take the place of old ones. Default: that of its keys."""
    name: NotRequired[str]
    """Name of the Deployment, StatefulSet or Rollout, the Service and everything that belongs to them. Default:
    'mcp-server'."""
    runtime: NotRequired[ServerRuntime]
    """SDK or runtime, which selects measured memory constants and the drain and heap settings it understands. Default:
    'other'."""
    profile: NotRequired[str]
    """File with what was measured of this server, which 'mcp-stack measure' writes; it replaces the constants of the
    runtime. Its path begins at the directory of Pulumi.yaml and stays below it, such as 'profiles/orders.yaml'.
    Default: none."""
    verified: NotRequired[str]
    """File with what was seen of this server, which 'mcp-stack verify' writes; the stack is then told what its settings
    assume and the server does not do. Its path begins at the directory of Pulumi.yaml and stays below it, such as
    'profiles/orders.verified.yaml'. Default: none."""
    env: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Environment variables in clear. Never a secret: secrets come by reference, see mcp:secrets. Default: none."""
    ingress: NotRequired[list[RegionIngressArgs]]
    """Origins that may connect to the server besides the edge and the monitoring, such as other workloads. Default:
    none."""
    egress: NotRequired[list[RegionEgressArgs]]
    """Destinations that the server connects to besides DNS and the database: identity provider, APIs, collectors.
    Everything else is closed. Default: none."""
    resources: NotRequired[RegionResourcesArgs]
    """Resources instead of the planned ones. Default: none."""
    image_pull_secrets: NotRequired[list[pulumi.Input[str]]]
    """Secrets of the namespace with the credentials of the registry; the platform makes them. Default: none."""
    image_pull_policy: NotRequired[ServerImagePullPolicy]
    """When an image is pulled. Derived: of platform; 'Always', where a container starts only with what the registry has
    under the name, for whoever has the credentials, and 'IfNotPresent' on kind and k3s, whose nodes images are loaded
    into. 'Always' needs the registry at each start of a container."""
    node_selector: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Labels that a node must have. Default: none."""
    tolerations: NotRequired[list[RegionTolerationArgs]]
    """Taints of nodes that the pods bear. Default: none."""
    priority_class_name: NotRequired[pulumi.Input[str]]
    """PriorityClass. Left out: that of the cluster's default."""
    architecture: NotRequired[ServerArchitecture]
    """Architecture of the nodes. 'any', the default, needs an image for each that the cluster has; with one of the two
    the pods stay on such nodes. Default: 'any'."""
    runtime_class_name: NotRequired[pulumi.Input[str]]
    """RuntimeClass, such as one of gVisor. Left out: that of the node."""
    extended_resources: NotRequired[Mapping[str, int]]
    """Whole devices of each pod by name, such as nvidia.com/gpu: 1, as request and limit. The quota of the namespace
    counts them too. Default: none."""
    labels: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Labels of the workload, besides those that every object has. Default: none."""
    annotations: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Annotations of the workload, such as for a controller that restarts it. Default: none."""
    pod_labels: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Labels of the pods, such as for a mesh or for workload identity. Changing one restarts the pods. Default:
    none."""
    pod_annotations: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Annotations of the pods. Changing one restarts the pods. Default: none."""
    host_aliases: NotRequired[list[RegionHostAliasArgs]]
    """Names in /etc/hosts of the pods. Default: none."""
    dns_policy: NotRequired[ServerDnsPolicy]
    """How the pods resolve names. Left out: by the cluster's DNS first. 'None' takes dns_config alone."""
    dns_config: NotRequired[RegionDnsConfigArgs]
    """Resolvers, search domains and options. Left out: those of the policy."""
    ip_family_policy: NotRequired[ServerIpFamilyPolicy]
    """Address families of the Service. Left out: one, the cluster's first."""
    ip_families: NotRequired[list[ServerIpFamilies]]
    """The families by name, the first one first. Left out: the cluster's order. Default: none."""
    startup_seconds: NotRequired[int]
    """How long the server may take to start, in seconds; then the kubelet starts it again. Downloads, migrations and
    large models take minutes. Default: 60."""
    serves_tls: NotRequired[bool]
    """Whether the pods speak TLS themselves at port: probes and Service then do too. Default: false."""
    probes: NotRequired[RegionProbesArgs]
    """How the kubelet asks, where the defaults do not fit. Default: that of its keys."""
    cluster_user_id: NotRequired[bool]
    """Whether the cluster chooses user and group, as restricted-v2 of OpenShift does, which refuses fixed ones.
    Default: false."""
    writable_root: NotRequired[bool]
    """Whether the container may write to the root file system of its image. Default: false."""
    writable_paths: NotRequired[list[RegionWritablePathOrPath]]
    """Directories the server writes to; each is an emptyDir, since the root file system is read-only. A path alone has
    64Mi, {path, size, medium} says more. HOME is the first of them unless it is given. Default: /tmp."""
    volumes: NotRequired[list[RegionVolumeArgs]]
    """ConfigMaps, Secrets, projected and CSI volumes and claims that are mounted. Default: none."""
    env_from: NotRequired[list[RegionEnvFromArgs]]
    """ConfigMaps and Secrets whose keys are variables. A variable that is given by name outweighs them. Default:
    none."""
    env_value_from: NotRequired[Mapping[str, RegionEnvSourceArgs]]
    """Variables from a field of the pod, a request or limit, or one key of a ConfigMap or Secret. Default: none."""
    sidecars: NotRequired[list[RegionSidecarArgs]]
    """Containers that run beside the server, such as a proxy of a database: init containers that are restarted, as
    Kubernetes has them from 1.29 on. They start in their order before the init containers and the server, and get
    SIGTERM in the opposite order when the server has ended, so that its last calls still have them. Default: none."""
    init_containers: NotRequired[list[RegionExtraContainerArgs]]
    """Containers that end before the server starts, one after the other, such as a migration. Default: none."""
    readiness_sidecar: NotRequired[RegionReadinessSidecarArgs]
    """For a server without a health route: readiness by the exchange of its era, `server/discover` where it speaks
    'modern', asked by a sidecar with the probe's image. It starts last, and its requests count in the plan and the
    quota. Default: none."""
    kubernetes_api: NotRequired[RegionKubernetesApiArgs]
    """API token and rights of a server that talks to Kubernetes itself. Left out: no token in the pod. The way to the
    API server is an opening of its own."""
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
    user_id: NotRequired[int]
    """Numeric user and group of the process. Above 10000, so that it owns nothing on a node after an escape. Default:
    10001."""
    service_account_annotations: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Annotations of the ServiceAccount, for workload identity. Default: none."""
    eras: NotRequired[list[ServerEras]]
    """Protocol eras that the server serves on its URL. All regions behind one host must serve the same. Default:
    modern."""
    path: NotRequired[str]
    """Path of the MCP endpoint. It is routed exactly, with a slash behind it and without, since some servers redirect
    one to the other; no probe may use it. Default: '/mcp'."""
    max_tool_seconds: NotRequired[int]
    """Duration of the slowest tool call, in seconds. The drain waits for it; no route may be shorter. Default: 60."""
    sse_paths: NotRequired[list[str]]
    """Paths of an HTTP+SSE server, routed by prefix; used only if 'sse' is among the eras. Default: /sse, /messages."""
    keepalive_seconds: NotRequired[int]
    """How often the server sends a comment on an open call, in seconds; 0 if it sends nothing until the result.
    Derived: 15 where runtime was seen to send one in every era of the list, else 0: a proxy that waits for the slowest
    tool cuts nobody."""
    authorization: NotRequired[bool]
    """Whether the server is an OAuth resource server; its metadata path is then routed too. Default: false."""
    idle_connection_seconds: NotRequired[int]
    """How long the server keeps an idle connection open, in seconds. A proxy that keeps it longer sends calls into a
    closed one. Derived: 5, as uvicorn and Node do; longer than the proxy where runtime reads it from the
    environment."""
    pre_stop_seconds: NotRequired[int]
    """Pre-stop sleep, in seconds. Derived: 10, and for legacy eras the slowest tool besides, since SIGTERM cuts it."""
    graceful_timeout_seconds: NotRequired[int]
    """Time to finish calls after SIGTERM, in seconds. Derived: the slowest tool for the era 'modern', else 5."""
    grace_period_seconds: NotRequired[int]
    """terminationGracePeriodSeconds, in seconds. Derived: pre-stop sleep, graceful timeout and 5 s margin, at least
    30."""
    workload_identity: NotRequired[ServerWorkloadIdentity]
    """Kind of workload identity, with the label and the opening that it needs: 'gke', 'irsa' and 'eks-pod-identity' of
    AWS, 'azure'. 'none' adds neither. Derived: from the annotation of the ServiceAccount; 'eks-pod-identity' has none,
    and is said."""
    patches: NotRequired[list[RegionPatchArgs]]
    """Patches of the pods, the Deployment, the Service and the other objects of the server, for what has no key.
    Default: none."""


class RegionResolverArgs(TypedDict):
    """Where pods ask for names, by UDP and TCP."""

    namespace: NotRequired[str]
    """Namespace of the resolver's pods. Default: none."""
    pod_labels: NotRequired[Mapping[str, str]]
    """Their labels. Left out: all pods of namespace. Default: none."""
    cidrs: NotRequired[list[str]]
    """Addresses of resolvers that are no pods, such as those on the node. Default: none."""
    port: NotRequired[int]
    """Port that they listen on, behind the address of the Service. Default: 53."""


class RegionPlaceArgs(TypedDict):
    """Where this stack runs."""

    name: str
    """Name of the region, a DNS label such as 'us-east'."""
    namespace: NotRequired[str]
    """Namespace that the stack creates. Derived from the environment and the region, such as 'mcp-prod-us-east', so
    that no two stacks meet in one namespace even where regions share a cluster."""
    zones: NotRequired[int]
    """Number of availability zones that the cluster's nodes are spread over. Default: 3."""
    node_cidrs: NotRequired[list[str]]
    """Address ranges of the nodes, for network plugins that filter kubelet probes too; most exempt them. Default:
    none."""
    quota: NotRequired[RegionQuotaArgs]
    """Limit that the platform imposes on the namespace. Left out, it is derived from the maximum plus surge."""
    environment: NotRequired[PlaceEnvironment]
    """Environment. 'production', the default, is the strictest: at least two replicas, errors where others warn.
    Default: 'production'."""
    kubernetes_version: NotRequired[str]
    """Version of the cluster, such as '1.36' in quotes, for what older ones do not have. Left out: not known."""
    platform: NotRequired[PlacePlatform]
    """Kind of cluster, for what differs there: resolvers, workload identity, when images are pulled. 'generic', the
    default, has the resolvers of most clusters. Default: 'generic'."""
    resolvers: NotRequired[list[RegionResolverArgs]]
    """Resolvers that pods may ask, instead of those of the platform. Derived: of platform; CoreDNS in kube-system and
    NodeLocal DNSCache at 169.254.20.10 for most."""
    create_namespace: NotRequired[bool]
    """Whether the namespace is made. With false it exists, and belongs to the platform: nothing of it is changed. Do
    not switch it off for a namespace that the stack has made: that deletes it. Default: true."""
    namespace_objects: NotRequired[list[PlaceNamespaceObjects]]
    """What is put into the namespace: 'policies' closes it for all pods but for DNS, 'limits' are defaults for
    containers that name none, 'quota' is the ResourceQuota. Derived: all in a namespace that is made, none in one that
    exists; a server closes its own pods all the same, unless pod_policies is false."""
    pod_policies: NotRequired[bool]
    """Whether NetworkPolicies close the pods but for what they need. With false none of ours is made for them: for a
    platform that keeps policies of its own in the namespace, or lets nobody else make any. What is said of who may
    connect to whom opens nothing then. Default: true."""
    mesh: NotRequired[PlaceMesh]
    """Service mesh that the pods are in. 'istio-ambient' opens its tunnel, port 15008, wherever pods may connect, and
    the address that it lets probes of the kubelet come from; 'istio-sidecar' opens the way to istiod and counts the
    proxy of each pod in the quota. Both put the label on the pods that takes them in. Default: 'none'."""
    operators: NotRequired[list[str]]
    """Groups (as the cluster's identity provider names them) that may read the namespace and delete pods. Default:
    none."""
    patches: NotRequired[list[RegionPatchArgs]]
    """Patches of the namespace and of what is in it for all: quota, limits, policies, roles. Default: none."""


class McpRegionServerArgs(TypedDict):
    """One of several servers of a region: its own groups, merged over those of the region."""

    server: NotRequired[RegionServerArgs]
    """The MCP server: what runs, and what it promises."""
    workload: NotRequired[RegionWorkloadArgs]
    """The load to plan for."""
    edge: NotRequired[RegionEdgeArgs]
    """How clients reach the server."""
    database: NotRequired[RegionDatabaseArgs]
    """The database that the tools use, and what it allows. Left out: no database, no egress to one."""
    state_store: NotRequired[RegionStateStoreArgs]
    """The Redis or Valkey that the server uses, and what it allows. Left out: none."""
    scaling: NotRequired[RegionScalingArgs]
    """How many pods, and what moves the number. Default: that of its keys."""
    secrets: NotRequired[RegionSecretsArgs]
    """Where the server's secrets come from. Default: that of its keys."""
    monitoring: NotRequired[RegionMonitoringArgs]
    """Who reads the server's metrics, and how. Default: that of its keys."""
    accept: NotRequired[list[RegionAcceptanceArgs]]
    """Warnings that this stack lives with, each with its reason. Default: none."""


class McpRegionArgs(TypedDict):
    """One region stack: the keys of the namespace 'mcp' in a stack file."""

    region: RegionPlaceArgs
    """Where this stack runs."""
    server: NotRequired[RegionServerArgs]
    """The MCP server: what runs, and what it promises."""
    workload: NotRequired[RegionWorkloadArgs]
    """The load to plan for."""
    edge: NotRequired[RegionEdgeArgs]
    """How clients reach the server."""
    database: NotRequired[RegionDatabaseArgs]
    """The database that the tools use, and what it allows. Left out: no database, no egress to one."""
    state_store: NotRequired[RegionStateStoreArgs]
    """The Redis or Valkey that the server uses, and what it allows. Left out: none."""
    prices: NotRequired[RegionPricesArgs]
    """Prices, for the cost of the plan. Left out: no cost is shown."""
    scaling: NotRequired[RegionScalingArgs]
    """How many pods, and what moves the number. Default: that of its keys."""
    secrets: NotRequired[RegionSecretsArgs]
    """Where the server's secrets come from. Default: that of its keys."""
    monitoring: NotRequired[RegionMonitoringArgs]
    """Who reads the server's metrics, and how. Default: that of its keys."""
    load_test: NotRequired[RegionLoadTestArgs]
    """A load test of the server. Left out: none."""
    chaos: NotRequired[RegionChaosArgs]
    """A fault that is tried in the cluster while clients call. Left out: none."""
    probe: NotRequired[RegionProbeArgs]
    """An exporter in the cluster that watches public addresses as clients see them. Left out: none."""
    awaits: NotRequired[RegionAwaitArgs]
    """What a deployment waits for. Default: that of its keys."""
    extra_objects: NotRequired[list[Mapping[str, Any]]]
    """Further objects beside those of the region, each as in a manifest: they are checked against the API of
    Kubernetes, placed in the namespace, labelled, and made after it. Values of Secrets are refused. Default: none."""
    accept: NotRequired[list[RegionAcceptanceArgs]]
    """Warnings that this stack lives with, each with its reason. Default: none."""
    servers: NotRequired[Mapping[str, McpRegionServerArgs]]
    """Name of each of several servers to its own groups, over those beside. Left out: one server."""


HELP = """The keys, as a mapping or as keywords. 'Output' says that a value may come later. What the plan
needs has to be known.

region: group, required
    Where this stack runs.

region.environment: 'production' | 'staging' | 'development'
    Environment. 'production', the default, is the strictest: at least two replicas, errors where
    others warn. Default: 'production'.

region.kubernetes_version: str
    Version of the cluster, such as '1.36' in quotes, for what older ones do not have. Left out: not
    known.

region.platform: 'generic' | 'gke' | 'gke-autopilot' | 'eks' | 'aks' | 'openshift' | 'kind' | 'k3s'
    Kind of cluster, for what differs there: resolvers, workload identity, when images are pulled.
    'generic', the default, has the resolvers of most clusters. Default: 'generic'.

region.resolvers: list of group
    Resolvers that pods may ask, instead of those of the platform. Derived: of platform; CoreDNS in
    kube-system and NodeLocal DNSCache at 169.254.20.10 for most.

region.resolvers[].namespace: str
    Namespace of the resolver's pods. Default: none.

region.resolvers[].pod_labels: mapping of str to str
    Their labels. Left out: all pods of namespace. Default: none.

region.resolvers[].cidrs: list of str
    Addresses of resolvers that are no pods, such as those on the node. Default: none.

region.resolvers[].port: int
    Port that they listen on, behind the address of the Service. Default: 53.

region.create_namespace: bool
    Whether the namespace is made. With false it exists, and belongs to the platform: nothing of it
    is changed. Do not switch it off for a namespace that the stack has made: that deletes it.
    Default: true.

region.namespace_objects: list of 'policies' | 'limits' | 'quota'
    What is put into the namespace: 'policies' closes it for all pods but for DNS, 'limits' are
    defaults for containers that name none, 'quota' is the ResourceQuota. Derived: all in a
    namespace that is made, none in one that exists; a server closes its own pods all the same,
    unless pod_policies is false.

region.pod_policies: bool
    Whether NetworkPolicies close the pods but for what they need. With false none of ours is made
    for them: for a platform that keeps policies of its own in the namespace, or lets nobody else
    make any. What is said of who may connect to whom opens nothing then. Default: true.

region.mesh: 'none' | 'istio-ambient' | 'istio-sidecar'
    Service mesh that the pods are in. 'istio-ambient' opens its tunnel, port 15008, wherever pods
    may connect, and the address that it lets probes of the kubelet come from; 'istio-sidecar' opens
    the way to istiod and counts the proxy of each pod in the quota. Both put the label on the pods
    that takes them in. Default: 'none'.

region.operators: list of str
    Groups (as the cluster's identity provider names them) that may read the namespace and delete
    pods. Default: none.

region.patches: list of group
    Patches of the namespace and of what is in it for all: quota, limits, policies, roles. Default:
    none.

region.patches[].kind: str, required
    Kind of the object, such as 'Deployment' or 'Service'; 'Pod' is the template of its pods.

region.patches[].name: str
    Name of the object. Left out: all objects of the kind that the component makes.

region.patches[].patch: mapping of str to anything, required
    What is changed, in the fields of Kubernetes: a strategic merge patch for its own kinds (lists
    are merged by the keys of its API; `$patch` and its other directives are understood), a JSON
    merge patch for custom resources.

region.name: str, required
    Name of the region, a DNS label such as 'us-east'.

region.namespace: str
    Namespace that the stack creates. Derived from the environment and the region, such as
    'mcp-prod-us-east', so that no two stacks meet in one namespace even where regions share a
    cluster.

region.zones: int
    Number of availability zones that the cluster's nodes are spread over. Default: 3.

region.node_cidrs: list of str
    Address ranges of the nodes, for network plugins that filter kubelet probes too; most exempt
    them. Default: none.

region.quota: group
    Limit that the platform imposes on the namespace. Left out, it is derived from the maximum plus
    surge.

region.quota.cpu: str, required
    Sum of CPU requests that the namespace may hold, such as '40'.

region.quota.memory: str, required
    Sum of memory requests that the namespace may hold, such as '64Gi'.

region.quota.pods: int, required
    Number of pods that the namespace may hold.

region.quota.extended_resources: mapping of str to int
    Devices by name that the namespace may hold, such as nvidia.com/gpu: 8. What is not named is not
    limited. Default: none.

region.quota.hugepages2_mi: str
    Memory in huge pages of 2 MiB that the namespace may hold, such as '1Gi'. Left out: not limited.

region.quota.hugepages1_gi: str
    Memory in huge pages of 1 GiB that the namespace may hold, such as '8Gi'. Left out: not limited.

server: group, required
    The MCP server: what runs, and what it promises.

server.image_pull_secrets: list of str or Output
    Secrets of the namespace with the credentials of the registry; the platform makes them. Default:
    none.

server.image_pull_policy: 'Always' | 'IfNotPresent' | 'Never'
    When an image is pulled. Derived: of platform; 'Always', where a container starts only with what
    the registry has under the name, for whoever has the credentials, and 'IfNotPresent' on kind and
    k3s, whose nodes images are loaded into. 'Always' needs the registry at each start of a
    container.

server.node_selector: mapping of str to str or Output
    Labels that a node must have. Default: none.

server.tolerations: list of group
    Taints of nodes that the pods bear. Default: none.

server.tolerations[].key: str
    Key of the taint. Left out: every taint, with the operator 'Exists'.

server.tolerations[].operator: 'Exists' | 'Equal'
    'Equal' compares the value, 'Exists' only the key. Default: 'Equal'.

server.tolerations[].value: str
    Value of the taint. Left out: the empty one, or any with 'Exists'.

server.tolerations[].effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute'
    Effect of the taint. Left out: all three.

server.tolerations[].toleration_seconds: int
    How long a pod stays after a 'NoExecute' taint, in seconds. Left out: for ever.

server.priority_class_name: str or Output
    PriorityClass. Left out: that of the cluster's default.

server.architecture: 'any' | 'amd64' | 'arm64'
    Architecture of the nodes. 'any', the default, needs an image for each that the cluster has;
    with one of the two the pods stay on such nodes. Default: 'any'.

server.runtime_class_name: str or Output
    RuntimeClass, such as one of gVisor. Left out: that of the node.

server.extended_resources: mapping of str to int
    Whole devices of each pod by name, such as nvidia.com/gpu: 1, as request and limit. The quota of
    the namespace counts them too. Default: none.

server.labels: mapping of str to str or Output
    Labels of the workload, besides those that every object has. Default: none.

server.annotations: mapping of str to str or Output
    Annotations of the workload, such as for a controller that restarts it. Default: none.

server.pod_labels: mapping of str to str or Output
    Labels of the pods, such as for a mesh or for workload identity. Changing one restarts the pods.
    Default: none.

server.pod_annotations: mapping of str to str or Output
    Annotations of the pods. Changing one restarts the pods. Default: none.

server.host_aliases: list of group
    Names in /etc/hosts of the pods. Default: none.

server.host_aliases[].ip: str, required
    The address.

server.host_aliases[].hostnames: list of str, required
    Its names.

server.dns_policy: 'ClusterFirst' | 'Default' | 'ClusterFirstWithHostNet' | 'None'
    How the pods resolve names. Left out: by the cluster's DNS first. 'None' takes dns_config alone.

server.dns_config: group
    Resolvers, search domains and options. Left out: those of the policy.

server.dns_config.nameservers: list of str
    Addresses of resolvers, behind those of the policy; the kubelet takes three in all, so that two
    are left beside the cluster's DNS. With dns_policy 'None' they are the only ones. Default: none.

server.dns_config.searches: list of str
    Domains that short names are looked for in. Default: none.

server.dns_config.options: mapping of str to str or Output
    Options of the resolver, such as ndots: '2'. An empty value is an option without one. Default:
    none.

server.ip_family_policy: 'SingleStack' | 'PreferDualStack' | 'RequireDualStack'
    Address families of the Service. Left out: one, the cluster's first.

server.ip_families: list of 'IPv4' | 'IPv6'
    The families by name, the first one first. Left out: the cluster's order. Default: none.

server.startup_seconds: int
    How long the server may take to start, in seconds; then the kubelet starts it again. Downloads,
    migrations and large models take minutes. Default: 60.

server.serves_tls: bool
    Whether the pods speak TLS themselves at port: probes and Service then do too. Default: false.

server.probes: group
    How the kubelet asks, where the defaults do not fit. Default: that of its keys.

server.probes.scheme: 'HTTP' | 'HTTPS'
    Scheme of the routes. Derived: HTTPS with serves_tls, else HTTP. The kubelet checks no
    certificate.

server.probes.host: str or Output
    Host header. Derived: 'localhost' with the port, which the SDKs take; a server that knows its
    public name only answers that with 403 or 421, and wants the name here.

server.probes.startup: group
    Until the first success, which the other two wait for. Default: that of its keys.

server.probes.startup.period_seconds: int
    Seconds between two questions. Derived: start-up 2, readiness 10, liveness 30.

server.probes.startup.timeout_seconds: int
    Seconds until a question without an answer has failed. Derived: start-up 2, readiness 3,
    liveness 5.

server.probes.startup.failure_threshold: int
    Failures in a row that count. Derived: 3; at the start-up as many as fit into startup_seconds.

server.probes.startup.command: list of str
    Command in the container that asks instead of a GET: 0 is well. A process each time, so ask
    seldom. Default: none.

server.probes.readiness: group
    Whether the pod gets requests. Default: that of its keys.

server.probes.readiness.period_seconds: int
    Seconds between two questions. Derived: start-up 2, readiness 10, liveness 30.

server.probes.readiness.timeout_seconds: int
    Seconds until a question without an answer has failed. Derived: start-up 2, readiness 3,
    liveness 5.

server.probes.readiness.failure_threshold: int
    Failures in a row that count. Derived: 3; at the start-up as many as fit into startup_seconds.

server.probes.readiness.command: list of str
    Command in the container that asks instead of a GET: 0 is well. A process each time, so ask
    seldom. Default: none.

server.probes.liveness: group
    Whether the container is restarted. Default: that of its keys.

server.probes.liveness.period_seconds: int
    Seconds between two questions. Derived: start-up 2, readiness 10, liveness 30.

server.probes.liveness.timeout_seconds: int
    Seconds until a question without an answer has failed. Derived: start-up 2, readiness 3,
    liveness 5.

server.probes.liveness.failure_threshold: int
    Failures in a row that count. Derived: 3; at the start-up as many as fit into startup_seconds.

server.probes.liveness.command: list of str
    Command in the container that asks instead of a GET: 0 is well. A process each time, so ask
    seldom. Default: none.

server.cluster_user_id: bool
    Whether the cluster chooses user and group, as restricted-v2 of OpenShift does, which refuses
    fixed ones. Default: false.

server.rollout: group
    How new pods take the place of old ones. Default: that of its keys.

server.rollout.strategy: 'RollingUpdate' | 'Recreate' | 'BlueGreen'
    'Recreate' ends all old pods before the first new one, which is an outage. 'BlueGreen' runs the
    new image beside the old one, as a colour of its own that clients reach after a switch; pods of
    one colour are replaced as with 'RollingUpdate'. Derived: 'RollingUpdate', and 'Recreate' for a
    database with one writer.

server.rollout.max_surge: str
    Pods above the number, or percent of it, such as '25%', and more than 100 % too. Derived: 25 %.
    Quota and connections count them.

server.rollout.max_unavailable: str
    Pods below the number, or percent of it, at most 100. Derived: 0.

server.rollout.min_ready_seconds: int
    How long a new pod has to be ready before it counts and an old one goes, in seconds. Derived:
    the time until every proxy sends to it (edge.propagation_seconds), so that calls do not all go
    to the pods that are left; 0 with 'Recreate'.

server.rollout.pod_management: 'Parallel' | 'OrderedReady'
    How a StatefulSet, which a claim per pod makes, starts and ends its pods when their number
    changes: all at once, or one after the other, each waiting for the one before. Derived:
    'Parallel', since an autoscaler adds several at once. A rollout replaces one pod at a time in
    any case.

server.rollout.argo_rollouts: group
    A Rollout of Argo Rollouts in place of the Deployment, with its strategy blueGreen; `{}` is
    enough. The cluster needs its controller. Left out: a Deployment.

server.rollout.argo_rollouts.auto_promotion: bool
    Whether clients are led to the new pods as soon as all of them are ready and the analysis has
    passed. Without it a release stands still there until somebody promotes it (`kubectl argo
    rollouts promote`). Default: false.

server.rollout.argo_rollouts.analysis_templates: list of str
    AnalysisTemplates of the namespace that have to succeed at the new pods before any client is led
    to them. Each is given the argument `preview-service`, the name of the Service of the new pods.
    Default: none.

server.rollout.argo_rollouts.scale_down_delay_seconds: int
    How long the old pods run on after the switch, in seconds: for the calls that are in flight, and
    for a way back without a new start. Derived: the time until every proxy has heard of the switch
    and the slowest call, 30 at least.

server.rollout.argo_rollouts.preview_host: str or Output
    Host name that leads to the new pods before clients are led to them. Left out: the header
    'X-Mcp-Colour: preview' does with kind 'gateway' at a Gateway's own listener, and no route does
    with another kind or a ListenerSet.

server.rollout.blue_green: group
    The two colours (strategy 'BlueGreen'). Default: that of its keys.

server.rollout.blue_green.active: 'blue' | 'green'
    The colour that clients reach. Changing it is the switch, and changing it back the rollback: the
    route names the other Service, and no pod is touched. Default: 'blue'.

server.rollout.blue_green.green_image: str or Output
    Image of green. `mcp:server.image` is that of blue, whose objects have the server's own name:
    what runs already is blue. Left out: there is no green.

server.rollout.blue_green.green_eras: list of 'modern' | 'legacy-stateless' | 'legacy-stateful' |
    'sse'
    Eras that green's image speaks. Left out: those of the server. Others are refused: one host name
    has one list of eras.

server.rollout.blue_green.retired: str
    Image that no idle colour runs any more: the idle colour that has it is taken down. A new image
    for the idle colour brings it back by itself. Left out: the idle colour keeps its minimum, for
    its sessions and for the way back.

server.rollout.blue_green.preview_host: str or Output
    Host name that leads to the idle colour. Left out: the header does, where the edge can.

server.rollout.blue_green.preview_header: str
    Header that leads to the idle colour at the public host, with the colour as its value. Derived:
    'X-Mcp-Colour' with kind 'gateway' and without a host of its own; a route of another kind
    matches no header.

server.rollout.blue_green.canary_percent: int
    Share of the requests that goes to the idle colour, in percent, as a weight of the HTTPRoute.
    Left out: none. Weights fall anew at each request, so that one client meets both colours.

server.rollout.blue_green.keep_sessions: bool
    Whether sessions go on in the colour that was left, until they end or it is retired (affinity
    'envelope'): its pods stay in the route as pods that end are, reached by the sessions that they
    hold and by nobody else. Default: false.

server.rollout.blue_green.same_tools: bool
    Whether both colours list the same tools with the same schemas, as 'mcp-stack probe --schema'
    compares. Without it no share of the requests goes to the idle colour. Default: false.

server.writable_root: bool
    Whether the container may write to the root file system of its image. Default: false.

server.writable_paths: list of group
    Directories the server writes to; each is an emptyDir, since the root file system is read-only.
    A path alone has 64Mi, {path, size, medium} says more. HOME is the first of them unless it is
    given. Default: /tmp.

server.writable_paths[].path: str, required
    The directory.

server.writable_paths[].size: str
    Size limit; a pod that writes more is evicted. All of them count against the limit of ephemeral
    storage, or of memory. A browser needs gibibytes. Default: '64Mi'.

server.writable_paths[].medium: 'Disk' | 'Memory'
    'Memory' counts against the memory limit. Derived: 'Memory' for /dev/shm, else 'Disk'.

server.volumes: list of group
    ConfigMaps, Secrets, projected and CSI volumes and claims that are mounted. Default: none.

server.volumes[].path: str, required
    Where they are mounted.

server.volumes[].config_map: group
    Keys of a ConfigMap. Default: none.

server.volumes[].config_map.name: str or Output, required
    Name of the object, which exists.

server.volumes[].config_map.items: mapping of str to str
    Key to the path of its file. Left out: every key under its own name. Default: none.

server.volumes[].config_map.mode: str
    Permissions of the files in octal, in quotes. Left out: '0644'.

server.volumes[].config_map.optional: bool
    Whether the pod starts without the object. Default: false.

server.volumes[].secret: group
    Keys of a Secret. Default: none.

server.volumes[].secret.name: str or Output, required
    Name of the object, which exists.

server.volumes[].secret.items: mapping of str to str
    Key to the path of its file. Left out: every key under its own name. Default: none.

server.volumes[].secret.mode: str
    Permissions of the files in octal, in quotes. Left out: '0644'.

server.volumes[].secret.optional: bool
    Whether the pod starts without the object. Default: false.

server.volumes[].projected: list of group
    Several sources in one directory. Default: none.

server.volumes[].projected[].config_map: group
    Keys of a ConfigMap. Default: none.

server.volumes[].projected[].config_map.name: str or Output, required
    Name of the object, which exists.

server.volumes[].projected[].config_map.items: mapping of str to str
    Key to the path of its file. Left out: every key under its own name. Default: none.

server.volumes[].projected[].config_map.mode: str
    Permissions of the files in octal, in quotes. Left out: '0644'.

server.volumes[].projected[].config_map.optional: bool
    Whether the pod starts without the object. Default: false.

server.volumes[].projected[].secret: group
    Keys of a Secret. Default: none.

server.volumes[].projected[].secret.name: str or Output, required
    Name of the object, which exists.

server.volumes[].projected[].secret.items: mapping of str to str
    Key to the path of its file. Left out: every key under its own name. Default: none.

server.volumes[].projected[].secret.mode: str
    Permissions of the files in octal, in quotes. Left out: '0644'.

server.volumes[].projected[].secret.optional: bool
    Whether the pod starts without the object. Default: false.

server.volumes[].projected[].service_account_token: group
    A token. Default: none.

server.volumes[].projected[].service_account_token.path: str, required
    Path of its file.

server.volumes[].projected[].service_account_token.audience: str
    Who the token is for. Left out: the API server.

server.volumes[].projected[].service_account_token.expiration_seconds: int
    Lifetime in seconds. Default: 3600.

server.volumes[].projected[].fields: mapping of str to str
    Path of a file to the field of the pod in it, such as labels: metadata.labels. Default: none.

server.volumes[].csi: group
    A volume of a CSI driver. Default: none.

server.volumes[].csi.driver: str or Output, required
    Name of the driver, such as 'secrets-store.csi.k8s.io'.

server.volumes[].csi.attributes: mapping of str to str or Output
    What the driver is told, such as secretProviderClass. Default: none.

server.volumes[].csi.node_publish_secret: str or Output
    Secret that the driver needs. Left out: none.

server.volumes[].claim: group
    A disk that outlives the pod. Default: none.

server.volumes[].claim.name: str or Output
    Name of a PersistentVolumeClaim of the namespace that exists. Default: none.

server.volumes[].claim.size: str
    Size of a claim that is made, such as '10Gi'. It is kept when the stack is destroyed. Default:
    none.

server.volumes[].claim.storage_class_name: str or Output
    StorageClass of the claim that is made. Left out: the default of the cluster.

server.volumes[].claim.access_mode: 'ReadWriteOnce' | 'ReadWriteOncePod' | 'ReadWriteMany' |
    'ReadOnlyMany'
    How many may mount the claim that is made. 'ReadWriteOnce': pods of one node. Default:
    'ReadWriteOnce'.

server.volumes[].claim.per_pod: bool
    Whether each pod has a claim of its own, of this size: the workload is then a StatefulSet, whose
    pods keep their claims when they are replaced. Claims of pods that scaled down are kept.
    Default: false.

server.volumes[].sub_path: str
    Path in the volume instead of its root. Files of a ConfigMap or Secret are then not renewed in a
    running pod. Default: none.

server.volumes[].writable: bool
    Whether the server may write. Derived: to a claim, and to nothing else.

server.env_from: list of group
    ConfigMaps and Secrets whose keys are variables. A variable that is given by name outweighs
    them. Default: none.

server.env_from[].config_map: str or Output
    Name of a ConfigMap that exists. Default: none.

server.env_from[].secret: str or Output
    Name of a Secret that exists. Default: none.

server.env_from[].prefix: str
    What each name begins with. Left out: nothing.

server.env_from[].optional: bool
    Whether the container starts without the object. Default: false.

server.env_value_from: mapping of str to group
    Variables from a field of the pod, a request or limit, or one key of a ConfigMap or Secret.
    Default: none.

server.env_value_from{}.field: str
    Field of the pod, such as 'metadata.name', 'status.podIP' or "metadata.labels['x']". Default:
    none.

server.env_value_from{}.resource: 'limits.cpu' | 'limits.memory' | 'limits.ephemeral-storage' |
    'requests.cpu' | 'requests.memory' | 'requests.ephemeral-storage'
    Request or limit of the container: whole cores rounded up, and bytes. Default: none.

server.env_value_from{}.config_map: group
    Key of a ConfigMap. Default: none.

server.env_value_from{}.config_map.name: str or Output, required
    Name of the object, which exists.

server.env_value_from{}.config_map.key: str, required
    The key.

server.env_value_from{}.config_map.optional: bool
    Whether the container starts without it. Default: false.

server.env_value_from{}.secret: group
    Key of a Secret other than that of mcp:secrets. Default: none.

server.env_value_from{}.secret.name: str or Output, required
    Name of the object, which exists.

server.env_value_from{}.secret.key: str, required
    The key.

server.env_value_from{}.secret.optional: bool
    Whether the container starts without it. Default: false.

server.sidecars: list of group
    Containers that run beside the server, such as a proxy of a database: init containers that are
    restarted, as Kubernetes has them from 1.29 on. They start in their order before the init
    containers and the server, and get SIGTERM in the opposite order when the server has ended, so
    that its last calls still have them. Default: none.

server.sidecars[].name: str, required
    Name of the container, a DNS label, not 'server'.

server.sidecars[].image: str or Output, required
    Image with a fixed tag or a digest.

server.sidecars[].image_pull_policy: 'Always' | 'IfNotPresent' | 'Never'
    When the image is pulled. Left out: as that of the server.

server.sidecars[].command: list of str
    Command instead of the image's entry point. Default: none.

server.sidecars[].args: list of str
    Arguments instead of the image's. Default: none.

server.sidecars[].env: mapping of str to str or Output
    Environment variables in clear; never a secret. Default: none.

server.sidecars[].env_from: list of group
    ConfigMaps and Secrets whose keys are variables. Default: none.

server.sidecars[].env_from[].config_map: str or Output
    Name of a ConfigMap that exists. Default: none.

server.sidecars[].env_from[].secret: str or Output
    Name of a Secret that exists. Default: none.

server.sidecars[].env_from[].prefix: str
    What each name begins with. Left out: nothing.

server.sidecars[].env_from[].optional: bool
    Whether the container starts without the object. Default: false.

server.sidecars[].env_value_from: mapping of str to group
    Variables from a field of the pod, a request or limit, or one key of a ConfigMap or Secret.
    Default: none.

server.sidecars[].env_value_from{}.field: str
    Field of the pod, such as 'metadata.name', 'status.podIP' or "metadata.labels['x']". Default:
    none.

server.sidecars[].env_value_from{}.resource: 'limits.cpu' | 'limits.memory' |
    'limits.ephemeral-storage' | 'requests.cpu' | 'requests.memory' | 'requests.ephemeral-storage'
    Request or limit of the container: whole cores rounded up, and bytes. Default: none.

server.sidecars[].env_value_from{}.config_map: group
    Key of a ConfigMap. Default: none.

server.sidecars[].env_value_from{}.config_map.name: str or Output, required
    Name of the object, which exists.

server.sidecars[].env_value_from{}.config_map.key: str, required
    The key.

server.sidecars[].env_value_from{}.config_map.optional: bool
    Whether the container starts without it. Default: false.

server.sidecars[].env_value_from{}.secret: group
    Key of a Secret other than that of mcp:secrets. Default: none.

server.sidecars[].env_value_from{}.secret.name: str or Output, required
    Name of the object, which exists.

server.sidecars[].env_value_from{}.secret.key: str, required
    The key.

server.sidecars[].env_value_from{}.secret.optional: bool
    Whether the container starts without it. Default: false.

server.sidecars[].requests: group
    What the scheduler reserves. Default: that of its keys.

server.sidecars[].requests.cpu: str, required
    CPU, such as '50m'.

server.sidecars[].requests.memory: str, required
    Memory with its unit, such as '64Mi'.

server.sidecars[].requests.ephemeral_storage: str
    Local disk with its unit. Default: '64Mi'.

server.sidecars[].limits: group
    What the kernel enforces. Default: that of its keys.

server.sidecars[].limits.cpu: str, required
    CPU, such as '50m'.

server.sidecars[].limits.memory: str, required
    Memory with its unit, such as '64Mi'.

server.sidecars[].limits.ephemeral_storage: str
    Local disk with its unit. Default: '64Mi'.

server.sidecars[].mounts: list of group
    Directories that it shares with the server. Default: none.

server.sidecars[].mounts[].volume: str, required
    One of the paths of writable_paths or volumes: where the server has it.

server.sidecars[].mounts[].path: str
    Where this container has it. Derived: at the same path.

server.sidecars[].mounts[].sub_path: str
    Path in it instead of its root. Default: none.

server.sidecars[].mounts[].writable: bool
    Whether this container may write to it. Default: false.

server.sidecars[].port: int
    Port that it listens on, which its probe opens. Left out: it counts as started at once.

server.sidecars[].health_path: str
    GET route at port that answers 200 when it is ready. Left out: the port is opened.

server.init_containers: list of group
    Containers that end before the server starts, one after the other, such as a migration. Default:
    none.

server.init_containers[].name: str, required
    Name of the container, a DNS label, not 'server'.

server.init_containers[].image: str or Output, required
    Image with a fixed tag or a digest.

server.init_containers[].image_pull_policy: 'Always' | 'IfNotPresent' | 'Never'
    When the image is pulled. Left out: as that of the server.

server.init_containers[].command: list of str
    Command instead of the image's entry point. Default: none.

server.init_containers[].args: list of str
    Arguments instead of the image's. Default: none.

server.init_containers[].env: mapping of str to str or Output
    Environment variables in clear; never a secret. Default: none.

server.init_containers[].env_from: list of group
    ConfigMaps and Secrets whose keys are variables. Default: none.

server.init_containers[].env_from[].config_map: str or Output
    Name of a ConfigMap that exists. Default: none.

server.init_containers[].env_from[].secret: str or Output
    Name of a Secret that exists. Default: none.

server.init_containers[].env_from[].prefix: str
    What each name begins with. Left out: nothing.

server.init_containers[].env_from[].optional: bool
    Whether the container starts without the object. Default: false.

server.init_containers[].env_value_from: mapping of str to group
    Variables from a field of the pod, a request or limit, or one key of a ConfigMap or Secret.
    Default: none.

server.init_containers[].env_value_from{}.field: str
    Field of the pod, such as 'metadata.name', 'status.podIP' or "metadata.labels['x']". Default:
    none.

server.init_containers[].env_value_from{}.resource: 'limits.cpu' | 'limits.memory' |
    'limits.ephemeral-storage' | 'requests.cpu' | 'requests.memory' | 'requests.ephemeral-storage'
    Request or limit of the container: whole cores rounded up, and bytes. Default: none.

server.init_containers[].env_value_from{}.config_map: group
    Key of a ConfigMap. Default: none.

server.init_containers[].env_value_from{}.config_map.name: str or Output, required
    Name of the object, which exists.

server.init_containers[].env_value_from{}.config_map.key: str, required
    The key.

server.init_containers[].env_value_from{}.config_map.optional: bool
    Whether the container starts without it. Default: false.

server.init_containers[].env_value_from{}.secret: group
    Key of a Secret other than that of mcp:secrets. Default: none.

server.init_containers[].env_value_from{}.secret.name: str or Output, required
    Name of the object, which exists.

server.init_containers[].env_value_from{}.secret.key: str, required
    The key.

server.init_containers[].env_value_from{}.secret.optional: bool
    Whether the container starts without it. Default: false.

server.init_containers[].requests: group
    What the scheduler reserves. Default: that of its keys.

server.init_containers[].requests.cpu: str, required
    CPU, such as '50m'.

server.init_containers[].requests.memory: str, required
    Memory with its unit, such as '64Mi'.

server.init_containers[].requests.ephemeral_storage: str
    Local disk with its unit. Default: '64Mi'.

server.init_containers[].limits: group
    What the kernel enforces. Default: that of its keys.

server.init_containers[].limits.cpu: str, required
    CPU, such as '50m'.

server.init_containers[].limits.memory: str, required
    Memory with its unit, such as '64Mi'.

server.init_containers[].limits.ephemeral_storage: str
    Local disk with its unit. Default: '64Mi'.

server.init_containers[].mounts: list of group
    Directories that it shares with the server. Default: none.

server.init_containers[].mounts[].volume: str, required
    One of the paths of writable_paths or volumes: where the server has it.

server.init_containers[].mounts[].path: str
    Where this container has it. Derived: at the same path.

server.init_containers[].mounts[].sub_path: str
    Path in it instead of its root. Default: none.

server.init_containers[].mounts[].writable: bool
    Whether this container may write to it. Default: false.

server.readiness_sidecar: group
    For a server without a health route: readiness by the exchange of its era, `server/discover`
    where it speaks 'modern', asked by a sidecar with the probe's image. It starts last, and its
    requests count in the plan and the quota. Default: none.

server.readiness_sidecar.image: str or Output, required
    Image with the command mcp-stack and the extra 'probe', with a fixed tag or a digest;
    images/probe/Dockerfile builds one.

server.readiness_sidecar.port: int
    Port that it answers the kubelet on. Default: 9810.

server.readiness_sidecar.interval_seconds: int
    From round to round, in seconds. 10 is the readiness probe's own; with sessions each round opens
    one, and ends it. Default: 10.

server.readiness_sidecar.timeout_seconds: int
    How long a round may take, in seconds. Default: 5.

server.readiness_sidecar.requests: group
    What the scheduler reserves. Default: that of its keys.

server.readiness_sidecar.requests.cpu: str, required
    CPU, such as '50m'.

server.readiness_sidecar.requests.memory: str, required
    Memory with its unit, such as '64Mi'.

server.readiness_sidecar.requests.ephemeral_storage: str
    Local disk with its unit. Default: '64Mi'.

server.readiness_sidecar.limits: group
    What the kernel enforces. Default: that of its keys.

server.readiness_sidecar.limits.cpu: str, required
    CPU, such as '50m'.

server.readiness_sidecar.limits.memory: str, required
    Memory with its unit, such as '64Mi'.

server.readiness_sidecar.limits.ephemeral_storage: str
    Local disk with its unit. Default: '64Mi'.

server.kubernetes_api: group
    API token and rights of a server that talks to Kubernetes itself. Left out: no token in the pod.
    The way to the API server is an opening of its own.

server.kubernetes_api.rules: list of group
    Rights in the server's namespace, as a Role. Default: none.

server.kubernetes_api.rules[].api_groups: list of str
    Groups of the API, such as 'apps'; the empty one has pods, Services and ConfigMaps. Default:
    none.

server.kubernetes_api.rules[].resources: list of str, required
    Resources in the plural, such as 'pods' or 'pods/log'.

server.kubernetes_api.rules[].verbs: list of str, required
    What it may do, such as get, list and watch.

server.kubernetes_api.rules[].resource_names: list of str
    Names of the objects. Left out: all of them. Default: none.

server.kubernetes_api.cluster_rules: list of group
    Rights in the whole cluster, as a ClusterRole; who deploys the stack must have them too.
    Default: none.

server.kubernetes_api.cluster_rules[].api_groups: list of str
    Groups of the API, such as 'apps'; the empty one has pods, Services and ConfigMaps. Default:
    none.

server.kubernetes_api.cluster_rules[].resources: list of str, required
    Resources in the plural, such as 'pods' or 'pods/log'.

server.kubernetes_api.cluster_rules[].verbs: list of str, required
    What it may do, such as get, list and watch.

server.kubernetes_api.cluster_rules[].resource_names: list of str
    Names of the objects. Left out: all of them. Default: none.

server.kubernetes_api.roles: list of group
    Roles that exist, which the server gets. Default: none.

server.kubernetes_api.roles[].name: str or Output, required
    Name of the role, such as 'view'.

server.kubernetes_api.roles[].kind: 'Role' | 'ClusterRole'
    Kind of the role. Default: 'ClusterRole'.

server.kubernetes_api.roles[].whole_cluster: bool
    Whether it holds in all namespaces, which only a ClusterRole can; otherwise in that of the
    server. Default: false.

server.image: str or Output, required
    Container image with a fixed tag or a digest; 'latest' and no tag are refused.

server.port: int
    Port that the server listens on; 8000 is that of the Python SDK. Default: 8000.

server.health_path: str
    GET route that answers 200 when the server can serve and 503 while it drains; the readiness
    probe. The SDKs ship none: without it the probes only test that the port is open. Default: none.

server.liveness_path: str
    GET route that answers 200 as long as the process answers at all; never the readiness route,
    which says 503 while draining. Without it liveness tests that the port is open. Default: none.

server.command: list of str
    Command instead of the image's entry point. Default: none.

server.args: list of str
    Arguments instead of the image's. Default: none.

server.user_id: int
    Numeric user and group of the process. Above 10000, so that it owns nothing on a node after an
    escape. Default: 10001.

server.service_account_annotations: mapping of str to str or Output
    Annotations of the ServiceAccount, for workload identity. Default: none.

server.eras: list of 'modern' | 'legacy-stateless' | 'legacy-stateful' | 'sse'
    Protocol eras that the server serves on its URL. All regions behind one host must serve the
    same. Default: modern.

server.path: str
    Path of the MCP endpoint. It is routed exactly, with a slash behind it and without, since some
    servers redirect one to the other; no probe may use it. Default: '/mcp'.

server.max_tool_seconds: int
    Duration of the slowest tool call, in seconds. The drain waits for it; no route may be shorter.
    Default: 60.

server.sse_paths: list of str
    Paths of an HTTP+SSE server, routed by prefix; used only if 'sse' is among the eras. Default:
    /sse, /messages.

server.keepalive_seconds: int
    How often the server sends a comment on an open call, in seconds; 0 if it sends nothing until
    the result. Derived: 15 where runtime was seen to send one in every era of the list, else 0: a
    proxy that waits for the slowest tool cuts nobody.

server.authorization: bool
    Whether the server is an OAuth resource server; its metadata path is then routed too. Default:
    false.

server.idle_connection_seconds: int
    How long the server keeps an idle connection open, in seconds. A proxy that keeps it longer
    sends calls into a closed one. Derived: 5, as uvicorn and Node do; longer than the proxy where
    runtime reads it from the environment.

server.pre_stop_seconds: int
    Pre-stop sleep, in seconds. Derived: 10, and for legacy eras the slowest tool besides, since
    SIGTERM cuts it.

server.graceful_timeout_seconds: int
    Time to finish calls after SIGTERM, in seconds. Derived: the slowest tool for the era 'modern',
    else 5.

server.grace_period_seconds: int
    terminationGracePeriodSeconds, in seconds. Derived: pre-stop sleep, graceful timeout and 5 s
    margin, at least 30.

server.workload_identity: 'none' | 'gke' | 'irsa' | 'eks-pod-identity' | 'azure'
    Kind of workload identity, with the label and the opening that it needs: 'gke', 'irsa' and
    'eks-pod-identity' of AWS, 'azure'. 'none' adds neither. Derived: from the annotation of the
    ServiceAccount; 'eks-pod-identity' has none, and is said.

server.patches: list of group
    Patches of the pods, the Deployment, the Service and the other objects of the server, for what
    has no key. Default: none.

server.patches[].kind: str, required
    Kind of the object, such as 'Deployment' or 'Service'; 'Pod' is the template of its pods.

server.patches[].name: str
    Name of the object. Left out: all objects of the kind that the component makes.

server.patches[].patch: mapping of str to anything, required
    What is changed, in the fields of Kubernetes: a strategic merge patch for its own kinds (lists
    are merged by the keys of its API; `$patch` and its other directives are understood), a JSON
    merge patch for custom resources.

server.name: str
    Name of the Deployment, StatefulSet or Rollout, the Service and everything that belongs to them.
    Default: 'mcp-server'.

server.runtime: 'python-v1' | 'python-v2' | 'fastmcp' | 'typescript-v1' | 'typescript-v2' | 'node' |
    'other'
    SDK or runtime, which selects measured memory constants and the drain and heap settings it
    understands. Default: 'other'.

server.profile: str
    File with what was measured of this server, which 'mcp-stack measure' writes; it replaces the
    constants of the runtime. Its path begins at the directory of Pulumi.yaml and stays below it,
    such as 'profiles/orders.yaml'. Default: none.

server.verified: str
    File with what was seen of this server, which 'mcp-stack verify' writes; the stack is then told
    what its settings assume and the server does not do. Its path begins at the directory of
    Pulumi.yaml and stays below it, such as 'profiles/orders.verified.yaml'. Default: none.

server.env: mapping of str to str or Output
    Environment variables in clear. Never a secret: secrets come by reference, see mcp:secrets.
    Default: none.

server.ingress: list of group
    Origins that may connect to the server besides the edge and the monitoring, such as other
    workloads. Default: none.

server.ingress[].port: int
    Port of the pods. Derived: the server's.

server.ingress[].protocol: 'TCP' | 'UDP'
    Protocol of the port. Default: 'TCP'.

server.ingress[].cidrs: list of str
    Address ranges of the other side, where it is no pod: several network plugins, Cilium among
    them, never match pods by their addresses. Default: none.

server.ingress[].except_cidrs: list of str
    Parts of cidrs that stay closed, such as the private ranges and the metadata address. Default:
    none.

server.ingress[].namespace: str
    Namespace of the pods on the other side; all of them without pod_labels. Default: none.

server.ingress[].pod_labels: mapping of str to str
    Labels of the pods on the other side, in namespace; without one in the namespace of the server.
    Default: none.

server.egress: list of group
    Destinations that the server connects to besides DNS and the database: identity provider, APIs,
    collectors. Everything else is closed. Default: none.

server.egress[].port: int, required
    Port that is open.

server.egress[].protocol: 'TCP' | 'UDP'
    Protocol of the port. Default: 'TCP'.

server.egress[].cidrs: list of str
    Address ranges of the other side, where it is no pod: several network plugins, Cilium among
    them, never match pods by their addresses. Default: none.

server.egress[].except_cidrs: list of str
    Parts of cidrs that stay closed, such as the private ranges and the metadata address. Default:
    none.

server.egress[].namespace: str
    Namespace of the pods on the other side; all of them without pod_labels. Default: none.

server.egress[].pod_labels: mapping of str to str
    Labels of the pods on the other side, in namespace; without one in the namespace of the server.
    Default: none.

server.egress[].internet: bool
    All public addresses, instead of ranges or besides: everything but private and shared ranges and
    link-local addresses, among which is the metadata address of the clouds. Default: false.

server.resources: group
    Resources instead of the planned ones. Default: none.

server.resources.requests: group
    What the scheduler reserves, instead of what is planned; what is left out is planned. Default:
    none.

server.resources.requests.cpu: str
    CPU, such as '500m'. Default: none.

server.resources.requests.memory: str
    Memory with its unit, such as '256Mi'. Default: none.

server.resources.requests.ephemeral_storage: str
    Local disk with its unit, such as '64Mi'. Default: none.

server.resources.requests.hugepages2_mi: str
    Memory in huge pages of 2 MiB with its unit, such as '64Mi': whole pages, and as much in the
    limits. Default: none.

server.resources.requests.hugepages1_gi: str
    Memory in huge pages of 1 GiB with its unit, such as '2Gi': whole pages, and as much in the
    limits. Default: none.

server.resources.limits: group
    What the kernel enforces. Given, it replaces all planned limits. Default: none.

server.resources.limits.cpu: str
    CPU, such as '500m'. Default: none.

server.resources.limits.memory: str
    Memory with its unit, such as '256Mi'. Default: none.

server.resources.limits.ephemeral_storage: str
    Local disk with its unit, such as '64Mi'. Default: none.

server.resources.limits.hugepages2_mi: str
    Memory in huge pages of 2 MiB with its unit, such as '64Mi': whole pages, and as much in the
    limits. Default: none.

server.resources.limits.hugepages1_gi: str
    Memory in huge pages of 1 GiB with its unit, such as '2Gi': whole pages, and as much in the
    limits. Default: none.

workload: group, required
    The load to plan for.

workload.session_minutes: float
    Mean length of a session, in minutes; scale-in waits for it. Default: 20.

workload.daily_users: float
    Users on a working day. Default: none.

workload.sessions_per_user: float
    Sessions per user and day. Default: 3.

workload.session_p95_minutes: float
    95th percentile of a session's length, in minutes. Derived: of an exponential, three times the
    mean.

workload.peak_factor: float
    Load of the busiest hour over the mean of the day. Default: 3.

workload.headroom_percent: float
    Reserve above the peak, in percent. Default: 30.

workload.peak_sessions: float
    Measured sessions at the peak, instead of the estimate from users. Default: none.

workload.sessions_by_hour: list of float
    Measured sessions that begin in each hour of the day: 24 numbers, from midnight on. Default:
    none.

workload.era_percent: mapping of str to float
    Part of the sessions by protocol era that the server serves, in percent, adding up to 100; an
    era that is left out has none. Derived: all are of the era that costs most among those the
    server serves. Default: none.

workload.sessions_per_pod: int
    Sessions that one pod is sized for. Default: 50.

workload.tools: list of group
    The tools that are called. Calls in flight, CPU, responses and connections then follow from
    them. Default: none.

workload.tools[].name: str, required
    Name of the tool.

workload.tools[].share_percent: float, required
    Its part of all calls, in percent; the shares of all tools add up to 100.

workload.tools[].duration_milliseconds: float
    Mean duration of a call without waiting, in milliseconds. Required unless the profile has it.
    Default: none.

workload.tools[].p95_milliseconds: float
    95th percentile of the duration. Derived: of an exponential, three times the mean; heavier tails
    wait longer.

workload.tools[].cpu_milliseconds: float
    CPU of a call, in milliseconds, without the protocol's. Derived: 20.

workload.tools[].response_kib: float
    Size of the answer, in KiB. Derived: 16.

workload.tools[].queries: float
    Database queries of a call. Default: 1.

workload.tools[].query_milliseconds: float
    Mean time that a query holds a connection, in milliseconds. Derived: that of mcp:database.

workload.think_seconds: float
    Mean pause of a session between the end of a call and its next, in seconds: the model and the
    person think. Used with tools. Default: 10.

workload.concurrent_calls: int
    Tool calls in flight in one pod at that many sessions, at its busiest: 99 % of the time at most
    that many. Derived from the tools; 40 % of the sessions without.

workload.heavy_calls: int
    Calls of the heaviest tool in flight in one pod at the same time, at its busiest. Derived from
    the tools; 20 % of the sessions without.

workload.heavy_call_cpu_milliseconds: float
    CPU that one call of the heaviest tool takes per second of wall time, in milliseconds. Derived
    from the tools; 200 without.

workload.response_kib: float
    Size of one response in flight, in KiB. Derived from the tools; 16 without.

workload.session_mib: float
    Memory that the server's own objects take per session, in MiB. Derived: 1, or 0 with a profile,
    whose sessions were measured with them.

workload.workers: int
    Processes or worker threads that run calls in one pod. Derived: the number of processes that
    command, args or env say; else 1 for the SDKs of Python and TypeScript, whose own code uses one
    core however many the limit allows; otherwise as many as the limit has cores.

workload.call_slots: int
    Calls that a pod runs at the same time, where the server limits them (a thread pool, a
    semaphore); more wait. Default: none.

workload.wait_p95_milliseconds: float
    The objective: 95 % of the calls wait at most this long in a pod, in milliseconds. Default:
    1000.

edge: group, required
    How clients reach the server.

edge.implementation: 'envoy-gateway' | 'istio' | 'cilium' | 'kgateway' | 'agentgateway' |
    'nginx-gateway-fabric' | 'traefik' | 'gke' | 'alb' | 'nginx' | 'haproxy' | 'openshift' | 'other'
    What stands behind the edge. It decides what is emitted beside the route, the pre-stop sleep,
    and where the proxies are; 'envoy-gateway' emits the metrics that the dialect 'envoy' counts.
    Derived: 'gke' where client_cidrs has Google's ranges, else 'other' for kind 'gateway'; by the
    IngressClass, else 'nginx', for kind 'ingress'.

edge.kind: 'gateway' | 'ingress' | 'route' | 'none'
    'gateway' emits an HTTPRoute, 'ingress' an Ingress, 'route' an OpenShift Route; 'none' emits
    nothing: the server is for other workloads of the cluster. Default: 'gateway'.

edge.hosts: list of str or Output
    Further host names of the same server. Default: none.

edge.paths: list of group
    Further paths of the same server, besides the MCP path, streams and metadata. Default: none.

edge.paths[].path: str, required
    The path, such as '/authorize'.

edge.paths[].match: 'exact' | 'prefix'
    'exact' routes the path alone, 'prefix' what is below it too. Default: 'exact'.

edge.oauth_proxy: bool
    Whether the server is an OAuth proxy, as FastMCP's is: '/authorize', '/token', '/register',
    '/revoke', '/consent', '/auth/callback' and the metadata of both specifications are routed too.
    Default: false.

edge.ingress_class: str or Output
    Name of the IngressClass (kind 'ingress'). Derived: that of the implementation, else 'nginx'.

edge.tls_secret: str or Output
    Secret with the certificate (kind 'ingress', or a Gateway or a listener of one's own). Derived:
    the name of the route with '-tls'; OpenShift and load balancers use their own certificate.

edge.cluster_issuer: str or Output
    cert-manager ClusterIssuer that fills the certificate's Secret (kind 'ingress'; by DNS-01 also a
    Gateway or a listener of one's own, which speaks HTTPS alone). Default: none.

edge.backend_tls: group
    How the edge checks the pods, where they speak TLS. Default: none.

edge.backend_tls.hostname: str
    Name in the certificate of the pods. Required for kind 'gateway' and for 'traefik'; 'nginx' asks
    for a certificate of this name. 'haproxy', 'alb' and 'openshift' check no name that they can be
    told. Default: none.

edge.backend_tls.ca_config_map: str or Output
    ConfigMap with the authority as 'ca.crt' (kind 'gateway'). Left out: those of the system.

edge.backend_tls.ca_secret: str or Output
    Secret with the authority, as the controller reads it (kind 'ingress'). Default: none.

edge.affinity: 'auto' | 'none' | 'source-ip' | 'cookie' | 'envelope' | 'agentgateway' |
    'session-hash' | 'gateway'
    How a client stays on its pod. 'auto' is none for eras without sessions and source-ip for
    others, behind 'agentgateway' its own; 'agentgateway' leads to a backend that speaks MCP and
    puts the pod into the session id; 'envelope' wraps the address of the pod around the session id,
    and loses no session for any client or number of pods (implementation 'envoy-gateway', where the
    platform lets its proxies be patched); 'gateway' says that an MCP-aware gateway does it, and
    emits nothing. Default: 'auto'.

edge.request_timeout_seconds: int
    Request timeout of the route in seconds; 0 switches it off, which streams need. Default: 0.

edge.idle_timeout_seconds: int
    How long a stream may be silent, in seconds. Derived: from the keep-alive period, or from the
    slowest tool.

edge.dns: group
    How external-dns publishes the hosts in this region; left out, nothing is said to it. Default:
    none.

edge.dns.routing: 'simple' | 'weighted' | 'latency' | 'failover' | 'geolocation'
    How the name is answered where several regions have it. 'simple' is one region alone; the others
    are records side by side, each with its own set_identifier, and exactly one policy for all of
    them. Default: 'simple'.

edge.dns.set_identifier: str
    What tells the record of this region from those of the others. Derived: the name of the region.

edge.dns.weight: int
    Share of the answers that name this region, against the sum of all weights (routing 'weighted').
    Default: none.

edge.dns.aws_region: str
    AWS region that Route 53 measures the latency to, such as 'us-east-1' (routing 'latency').
    Default: none.

edge.dns.failover: 'primary' | 'secondary'
    Whether this region answers, or only while the primary one is unhealthy (routing 'failover').
    Default: none.

edge.dns.geolocation: group
    Whose questions this region answers (routing 'geolocation'). Default: none.

edge.dns.geolocation.continent: 'AF' | 'AN' | 'AS' | 'EU' | 'NA' | 'OC' | 'SA'
    Continent, by Route 53's code. Default: none.

edge.dns.geolocation.country: str
    Country, by its code of ISO 3166-1 with two letters; '*' answers everybody whom no other record
    does. Default: none.

edge.dns.geolocation.subdivision: str
    State of the United States or province of Canada, beside country. Default: none.

edge.dns.drained: bool
    Whether no new client is sent here: the weight is 0 then, and with another routing the record is
    withdrawn, which external-dns does with '--policy=sync'. Default: false.

edge.dns.health_check_id: str or Output
    Health check of Route 53 that takes the record out while it fails. It has to exist: external-dns
    makes none. Default: none.

edge.dns.ttl_seconds: int
    How long resolvers keep an answer, in seconds, and so how long clients go on coming after a
    change. 60 is the usual value of records with health checks; an alias to a load balancer has its
    own. Default: 60.

edge.dns.form: 'annotations' | 'endpoint'
    'annotations' are read from the route by the sources 'gateway-httproute' and 'ingress';
    'endpoint' is a DNSEndpoint, which the source 'crd' reads. Default: 'annotations'.

edge.dns.targets: list of str
    Names or addresses of the load balancer. Required for form 'endpoint'; otherwise read from the
    Gateway's or the Ingress' status. Default: none.

edge.dns.annotation_prefixes: list of str
    Prefixes of the annotations. external-dns reads the first since 0.22 and the second before; with
    one alone, an upgrade deletes the records. Default: external-dns.kubernetes.io/,
    external-dns.alpha.kubernetes.io/.

edge.cors: group
    Which web pages may call the server from a browser. Left out: the edge says nothing of it, and
    the server answers for itself.

edge.cors.origins: list of str
    Origins of web pages that may call, such as 'https://app.example.com'; 'https://*.example.com'
    is each name below, '*' every page. Those of host and hosts may in any case. The server is told
    all of them in 'MCP_ALLOWED_ORIGINS'. Left out: no page of another site. Default: none.

edge.cors.refuse_others: bool
    Whether a request of another Origin is answered with 403 at the edge, as the protocol asks of
    every server. Derived: true where the implementation can ('envoy-gateway') and '*' is not among
    the origins; otherwise the server has to.

edge.cors.credentials: bool
    Whether a browser may send cookies and certificates. A bearer token needs it not: the page sends
    that itself. Default: false.

edge.cors.headers: list of str
    Further request headers that a page may send, such as 'Mcp-Param-Region'. Those of MCP's eras,
    'Authorization' and 'Content-Type' are allowed already. Default: none.

edge.cors.exposed: list of str
    Further response headers that a page may read. 'Mcp-Session-Id' of legacy eras,
    'WWW-Authenticate' and 'Retry-After' are readable already. Default: none.

edge.cors.max_age_seconds: int
    How long a browser keeps the answer of a preflight, in seconds. 7200 is the longest that
    Chromium keeps one. Default: 7200.

edge.external_authorization: group
    A service of one's own that is asked about each request. Left out: the server alone decides.

edge.external_authorization.service: str or Output
    Service that is asked. Required, except with 'istio', whose mesh knows it as a provider.
    Default: none.

edge.external_authorization.namespace: str
    Its namespace, which has to allow it by a ReferenceGrant (kind 'gateway'). Derived: the
    server's.

edge.external_authorization.port: int
    Port of the Service. Default: 8080.

edge.external_authorization.protocol: 'http' | 'grpc'
    'http' answers 200 for what may pass; 'grpc' is Envoy's `envoy.service.auth.v3.Authorization`.
    Default: 'http'.

edge.external_authorization.path: str
    Path that it is asked at (protocol 'http'); 'kgateway' puts the request's own path behind it.
    Left out: the path of the request ('nginx': '/').

edge.external_authorization.headers: list of str
    Further request headers that it sees. Those of MCP's eras are seen already, 'Authorization' and
    'Mcp-Method' among them; with 'nginx' all of them are. Default: none.

edge.external_authorization.passed: list of str
    Headers of its answer that go on to the server, in the place of what the client sent under these
    names. One that it leaves out is passed as the client sent it: let it answer each of them, if
    only with nothing. Default: none.

edge.external_authorization.timeout_seconds: int
    How long it may take, in seconds; every call waits for it. 'nginx' and 'istio' have their own.
    Default: 5.

edge.external_authorization.provider: str
    Name of the extension provider in the mesh's configuration (implementation 'istio'). Default:
    none.

edge.client_address: group
    How the edge learns the address of a client behind a load balancer or a CDN. Left out: the
    address that connects to it is the client.

edge.client_address.trusted_hops: int
    Proxies in front of the edge that add to 'X-Forwarded-For' whom they were called by; the client
    is that many addresses from its end. Whoever reaches the edge past them says of himself what he
    likes. Default: none.

edge.client_address.trusted_cidrs: list of str
    Address ranges of these proxies, in place of their number ('envoy-gateway'): the client is the
    last address in 'X-Forwarded-For' that is none of theirs. Who comes from elsewhere is believed
    nothing. Default: none.

edge.client_address.proxy_protocol: bool
    Whether the load balancer says the client's address before the first byte of a connection, by
    the PROXY protocol. A connection without it is closed. Default: false.

edge.max_headers: str
    Largest headers of a request, all together, such as '16Ki'; the edge refuses larger ones with
    431. The whole listener has it. Left out: what the controller has, 60 KiB with Envoy and four
    buffers of 8 KiB with nginx.

edge.max_body: str
    Largest body of a request, such as '4Mi'; the edge refuses a larger one with 413. Derived: '4Mi'
    where the controller has a limit in any case (the nginx family, 1 MiB), as the SDKs have;
    otherwise the server refuses.

edge.rate_limits: list of group
    How many requests pass. Where several fit a request, the strictest holds. Default: none.

edge.rate_limits[].requests: int, required
    Requests that pass in one unit.

edge.rate_limits[].unit: 'second' | 'minute' | 'hour'
    What requests is counted in. Default: 'minute'.

edge.rate_limits[].by: 'address' | 'route'
    'address' counts each client address by itself, 'route' all clients together. Behind another
    proxy an address is its own, unless the edge is told whom to trust. Default: 'address'.

edge.rate_limits[].methods: list of str
    MCP methods that count, together. The edge reads them in the header 'Mcp-Method', which the
    modern era alone sends. Left out: every request. Default: none.

edge.rate_limits[].counted: 'proxy' | 'together'
    'proxy' lets each proxy of the edge count by itself, so that as many times the requests pass;
    'together' counts in one place, which Envoy Gateway needs a Redis for (`rateLimit` in its
    configuration). Default: 'proxy'.

edge.annotations: mapping of str to str or Output
    Further annotations of the HTTPRoute, the Ingress or the Route; they replace those of the
    implementation. Default: none.

edge.client_cidrs: list of str
    Address ranges of proxies that are no pods, such as a cloud load balancer's. Default: none.

edge.propagation_seconds: int
    Between the deletion of a pod and the last proxy that stops sending to it, in seconds; the
    pre-stop sleep is at least that long. Derived: 10, at least 30 where the proxies are no pods,
    the deregistration delay of an ALB, up to 60 where it is derived.

edge.patches: list of group
    Patches of the HTTPRoute, the Ingress or the Routes and of the policies beside them, for what
    has no key. Default: none.

edge.patches[].kind: str, required
    Kind of the object, such as 'Deployment' or 'Service'; 'Pod' is the template of its pods.

edge.patches[].name: str
    Name of the object. Left out: all objects of the kind that the component makes.

edge.patches[].patch: mapping of str to anything, required
    What is changed, in the fields of Kubernetes: a strategic merge patch for its own kinds (lists
    are merged by the keys of its API; `$patch` and its other directives are understood), a JSON
    merge patch for custom resources.

edge.host: str or Output
    Public host name. The same in every region: tokens are bound to it. Default: none.

edge.gateway: group
    The Gateway to attach to (kind 'gateway'). Default: that of its keys.

edge.gateway.name: str or Output
    Name of the Gateway. Default: 'public'.

edge.gateway.namespace: str
    Namespace of the Gateway. Default: 'gateway-system'.

edge.gateway.section: str
    Listener of the Gateway; null attaches to all. Default: 'https'.

edge.gateway.class_name: str
    GatewayClass of a Gateway of one's own, which the stack makes under this name in this namespace,
    with one listener, tls_secret there and cluster_issuer. Left out: the Gateway is there.

edge.gateway.listener_set: bool
    Whether the stack adds a listener of its own to the Gateway, with its host, tls_secret and
    cluster_issuer: a ListenerSet, which Gateway API 1.5 has and the Gateway has to allow
    (`allowedListeners`). Default: false.

edge.client_namespace: str
    Namespace of the proxies that connect to the pods. Derived: where the implementation runs them,
    such as 'envoy-gateway-system', 'ingress-nginx' or the namespace of the Gateway. With kind
    'none' that of the workloads that use the server.

database: group
    The database that the tools use, and what it allows. Left out: no database, no egress to one.

database.host: str or Output
    Host of the database, a name or an address without port and credentials. Default: none.

database.port: int
    Port of the database. Of another kind than PostgreSQL its own, where this is left out: 3306
    (MySQL), 27017 (MongoDB), 1433 (SQL Server), 6379 (Redis). Default: 5432.

database.name: str
    Name of the database. Of another kind than PostgreSQL none is said where this is left out.
    Default: 'postgres'.

database.cidrs: list of str
    Address ranges that the database is reached at; the default are the private ones of RFC 1918.
    Default: 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16.

database.namespace: str
    Namespace of the database's pods, where it runs in the cluster: several network plugins never
    match pods by address ranges, and cidrs is then left out unless it is given too. Left out: only
    address ranges.

database.pod_labels: mapping of str to str
    Labels of the database's pods. Left out: all pods of that namespace.

database.tls_mode: 'disable' | 'prefer' | 'require' | 'verify-ca' | 'verify-full'
    TLS towards the database, in libpq's words; 'require', which encrypts and verifies nothing,
    because managed databases offer it. Of a host in the pod itself (localhost, 127.0.0.1), where a
    sidecar leads on and encrypts, 'disable' where this is left out. The server gets the word that
    its driver reads: to node-postgres require is no-verify. Default: 'require'.

database.ca: group
    The authority that signed the database's certificate, for the modes that verify it; mounted into
    the server, or into the pooler where there is one. Left out: the public ones.

database.ca.config_map: str or Output
    ConfigMap with the certificate, as trust-manager or the platform keeps it in the namespace.
    Default: none.

database.ca.secret: str or Output
    Secret with the certificate, such as that of cert-manager. Default: none.

database.ca.key: str
    Key of the certificate (PEM) in the ConfigMap or the Secret. Default: 'ca.crt'.

database.ca.file: str
    File in the image, instead of both. Default: none.

database.parameters: mapping of str to str
    Parameters of PostgreSQL that hold for every connection, such as search_path or jit. Without a
    pooler they go to the server as options of libpq; with one they are set on each of its
    connections, since it hands none on. Default: none.

database.ignored_parameters: list of str
    Startup parameters of clients that the pooler drops. It refuses all that are neither here nor in
    tracked_parameters, so that none is lost in silence; the default is what JDBC sends and nobody
    misses. Default: extra_float_digits.

database.tracked_parameters: list of str
    Startup parameters that the pooler keeps for each client beside its own (client_encoding,
    DateStyle, TimeZone and others); only those that PostgreSQL reports, as search_path from 18 on.
    Default: IntervalStyle.

database.user_key: str
    Key of the Secret that holds the database user. Default: 'username'.

database.password_key: str
    Key of the Secret that holds the password. Default: 'password'.

database.pooler_instances: int
    Number of PgBouncer pods; two, so that one may be lost. Default: 2.

database.pooler_image: str or Output
    Image of PgBouncer with a fixed tag or a digest; it must read /etc/pgbouncer/pgbouncer.ini. The
    default is one that follows upstream; 1.21 or newer is needed for prepared statements. Default:
    'ghcr.io/cloudnative-pg/pgbouncer:1.25.1'.

database.pooler_exporter: bool
    Whether an exporter stands beside each PgBouncer, a container of its pod that requests 10m and
    32Mi. Alerts and panels on waiting clients and on connections read it. Off, since it is of use
    only where something scrapes it: with a monitor its PodMonitor or ServiceMonitor is made too.
    Default: false.

database.pooler_exporter_image: str or Output
    Image of the exporter with a fixed tag or a digest: prometheus-community/pgbouncer_exporter 0.9
    or newer, which reads its address from the environment. The default is the kept one; its metrics
    need PgBouncer 1.8. Default: 'quay.io/prometheuscommunity/pgbouncer-exporter:v0.12.1'.

database.pooler_patches: list of group
    Patches of the pods, the Deployment, the Service and the other objects of the pooler, for what
    has no key. Default: none.

database.pooler_patches[].kind: str, required
    Kind of the object, such as 'Deployment' or 'Service'; 'Pod' is the template of its pods.

database.pooler_patches[].name: str
    Name of the object. Left out: all objects of the kind that the component makes.

database.pooler_patches[].patch: mapping of str to anything, required
    What is changed, in the fields of Kubernetes: a strategic merge patch for its own kinds (lists
    are merged by the keys of its API; `$patch` and its other directives are understood), a JSON
    merge patch for custom resources.

database.url_key: str
    Key of the Secret that holds one URL with everything in it. No keys of user and password are
    read then, and host may be left out. Default: none.

database.preset: 'libpq' | 'url' | 'prisma' | 'sqlalchemy' | 'django' | 'spring' | 'generic' |
    'none'
    Whose names the variables have: 'libpq' (PGHOST and its like, read by psycopg, asyncpg and
    node-postgres), 'url' (DATABASE_URL; MONGODB_URI, REDIS_URL), 'prisma', 'sqlalchemy', 'django',
    'spring', 'generic' (DB_HOST and its like), or 'none'. Derived: url with a url_key; without one
    libpq for PostgreSQL, else generic.

database.variables: group
    Names that differ from those of the preset. Default: that of its keys.

database.variables.host: str
    Host of the database, or of the pooler. Default: none.

database.variables.port: str
    Its port. Default: none.

database.variables.name: str
    Name of the database. Default: none.

database.variables.user: str
    The user, from user_key of the Secret. Default: none.

database.variables.password: str
    The password, from password_key of the Secret. Default: none.

database.variables.url: str
    The whole URL, from url_key of the Secret. Default: none.

database.variables.jdbc_url: str
    A JDBC URL without user and password. Default: none.

database.variables.tls: str
    What is checked of the certificate, in the word that the driver of the runtime reads. Default:
    none.

database.variables.ca: str
    Path of the file with the authority's certificate. Default: none.

database.variables.options: str
    Parameters of each connection in libpq's form, '-c statement_timeout=10000'. Beside a pooler
    they are in its configuration instead. Default: none.

database.variables.pool_size: str
    Connections of one process. Default: none.

database.variables.pool_min_idle: str
    Connections that a process keeps open at least. Default: none.

database.variables.pool_idle_seconds: str
    After how many seconds an idle connection beyond that is closed. Default: none.

database.variables.pool_idle_milliseconds: str
    The same in milliseconds. Default: none.

database.variables.pool_acquire_seconds: str
    How many seconds a call waits for a connection. Default: none.

database.variables.pool_acquire_milliseconds: str
    The same in milliseconds. Default: none.

database.variables.statement_seconds: str
    How many seconds a statement may take. Default: none.

database.variables.statement_milliseconds: str
    The same in milliseconds. Default: none.

database.pool_min_idle: int
    Connections that a process keeps open at least, never more than its pool; two, so that a call
    after a pause does not wait for TLS and sign-in. Default: 2.

database.pool_idle_seconds: int
    After how many seconds an idle connection beyond that is closed. Default: 30.

database.pool_acquire_seconds: int
    How many seconds a call waits for a connection before it fails: longer means that the pool is
    too small. Default: 2.

database.statement_seconds: int
    How many seconds a statement may take (statement_timeout of PostgreSQL); 0 is no limit. Derived:
    what parameters says of statement_timeout; else 10, or ten times the slowest mean query where
    that is more.

database.kind: 'postgres' | 'mysql' | 'mongodb' | 'sqlserver' | 'redis' | 'sqlite' | 'duckdb' |
    'single-writer'
    Kind of database. All but PostgreSQL are planned without a pooler. SQLite, DuckDB and whatever
    else is a file of one process ('single-writer') have one writer, so they allow one replica.
    Default: 'postgres'.

database.max_connections: int
    max_connections of the database. 100 is the stock value of PostgreSQL. Of another kind, where
    this is left out: 151 (MySQL), 500 (MongoDB), 1000 (SQL Server), 10000 (Redis). Default: 100.

database.reserved_connections: int
    superuser_reserved_connections plus what is reserved for maintenance. Default: 3.

database.share_percent: float
    Part of max_connections that this service may use, in percent. Default: 50.

database.shared_by_regions: int
    Number of region stacks that use this database at the same time. Default: 1.

database.region_share_percent: float
    Part of the service's connections that this region may use, in percent, where regions take
    unequal parts. Derived: an equal one, 100 / shared_by_regions.

database.query_milliseconds: float
    Mean time that a tool call holds a connection, in milliseconds. Default: 50.

database.pool_size: int
    Connections per pod instead of the planned number, of all its processes together. Default: none.

database.pooler: 'none' | 'pgbouncer'
    'pgbouncer' puts a transaction-mode PgBouncer between the pods and the database. Default:
    'none'.

database.pooler_pool_size: int
    Database connections per PgBouncer pod instead of the planned number. Default: none.

state_store: group
    The Redis or Valkey that the server uses, and what it allows. Left out: none.

state_store.port: int
    Port of the store. Default: 6379.

state_store.cidrs: list of str
    Address ranges that the store is reached at, where it runs outside of the cluster. Default:
    none.

state_store.namespace: str
    Namespace of the store's pods, where it runs in the cluster. Left out: none is opened.

state_store.pod_labels: mapping of str to str
    Labels of the store's pods, in namespace or, without one, in that of the server. Left out: all
    pods there.

state_store.max_clients: int
    maxclients of the store. 10000 is the stock value of Redis and Valkey; managed sizes allow other
    numbers. Default: 10000.

state_store.reserved_clients: int
    Clients that are kept for replicas of the store, exporters and people. Default: 10.

state_store.connections_per_pod: int
    Connections that one pod opens: its pool, and one per subscription. Default: 10.

state_store.share_percent: float
    Part of maxclients that this service may use, in percent. Default: 50.

state_store.shared_by_regions: int
    Number of region stacks that use this store at the same time. Default: 1.

prices: group
    Prices, for the cost of the plan. Left out: no cost is shown.

prices.core_per_hour: float, required
    Price of one CPU core for an hour.

prices.gib_per_hour: float, required
    Price of one GiB of memory for an hour.

prices.currency: str
    Currency of the prices, for the eye. Default: 'USD'.

scaling: group
    How many pods, and what moves the number. Default: that of its keys.

scaling.follow: 'cpu' | 'sessions' | 'streams' | 'in-flight'
    What grows with the load: 'cpu', or in Prometheus (KEDA) 'sessions', 'streams' or 'in-flight'
    calls. CPU always counts besides. Derived: sessions for eras with sessions, cpu for others.

scaling.target_per_pod: float
    How much of it one pod takes (KEDA). Derived: by the plan the sessions that a pod holds, or its
    calls in flight on the mean, with the headroom free (full, where a hash finds the pods and those
    of the planned peak come at once); without a plan sessions_per_pod, or 10 calls, since a pod
    answers more of them at a time only more slowly.

scaling.dialect: 'reference' | 'opentelemetry' | 'community' | 'toolhive' | 'envoy'
    Whose names the metrics have: the example server's, the ASGI instrumentation of OpenTelemetry,
    the community's, ToolHive's, or Envoy Gateway's. Default: 'reference'.

scaling.query: str or Output
    PromQL instead of that of follow and dialect: one series, the total of all pods (KEDA). Default:
    none.

scaling.sessions_metric: str
    Prometheus gauge of open sessions or streams per pod, in the dialect 'reference' (KEDA).
    Default: 'mcp_active_sse_connections'.

scaling.prometheus_address: str or Output
    URL of Prometheus, such as 'http://prometheus-operated.monitoring:9090' (KEDA). Default: none.

scaling.authentication: group
    How KEDA proves itself to Prometheus. Left out: not at all.

scaling.authentication.modes: list of 'bearer' | 'basic' | 'tls', required
    'bearer' or 'basic', and 'tls' beside either or alone.

scaling.authentication.secret_name: str or Output
    Secret in the namespace of the workload, to whose keys a TriggerAuthentication refers; the
    platform makes it. Default: none.

scaling.authentication.token_key: str
    Key of the bearer token. Default: 'token'.

scaling.authentication.username_key: str
    Key of the user name for 'basic'. Default: 'username'.

scaling.authentication.password_key: str
    Key of the password for 'basic'. Default: 'password'.

scaling.authentication.cert_key: str
    Key of the client certificate for 'tls'; the default is that of Secrets of cert-manager.
    Default: 'tls.crt'.

scaling.authentication.private_key: str
    Key of its private key. Default: 'tls.key'.

scaling.authentication.ca_key: str
    Key of the authority that signed the certificate of Prometheus. Left out: those of KEDA's image.

scaling.authentication.existing_name: str or Output
    Name of a TriggerAuthentication that exists, instead of secret_name. Default: none.

scaling.authentication.existing_kind: 'TriggerAuthentication' | 'ClusterTriggerAuthentication'
    Kind of the one that exists. Default: 'TriggerAuthentication'.

scaling.metrics: list of group
    Further metrics of a HorizontalPodAutoscaler, from the custom and the external metrics API.
    Default: none.

scaling.metrics[].type: 'resource' | 'container-resource' | 'pods' | 'object' | 'external', required
    Where it comes from: 'resource' and 'container-resource' from the metrics server, 'pods' and
    'object' from the custom metrics API, 'external' from the external one.

scaling.metrics[].name: str, required
    'cpu' or 'memory' for the two resources, otherwise the name that the metrics API serves.

scaling.metrics[].container: str
    Container of a 'container-resource'. Left out: the container of the server.

scaling.metrics[].selector: mapping of str to str
    Labels that pick the series of a 'pods', 'object' or 'external' metric. Default: none.

scaling.metrics[].described_object: group
    The object of an 'object' metric. Default: none.

scaling.metrics[].described_object.api_version: str, required
    API version of the object, such as 'gateway.networking.k8s.io/v1'.

scaling.metrics[].described_object.kind: str, required
    Kind of the object, such as 'HTTPRoute'.

scaling.metrics[].described_object.name: str, required
    Name of the object, in the namespace of the workload.

scaling.metrics[].utilization: int
    Target in percent of the request, for the two resources. Default: none.

scaling.metrics[].average_value: str
    Target for each pod, a quantity such as 50 or '500m'; the only one of 'pods'. Default: none.

scaling.metrics[].value: str
    Target of the metric as it is, for 'object' and 'external'. It multiplies with the pods that are
    ready, so that a slow start under load slows growth: prefer average_value. Default: none.

scaling.schedules: list of group
    Floors under the number of pods at known hours (KEDA). Default: none.

scaling.schedules[].name: str, required
    Name of the trigger, not that of another one.

scaling.schedules[].replicas: int, required
    Least number of pods in the window, from 1 to max_replicas. The greatest of all triggers wins,
    so a schedule can raise the number and never cap it.

scaling.schedules[].time_zone: str, required
    IANA name of the time zone, such as 'Europe/Berlin'. Windows follow its clock through daylight
    saving.

scaling.schedules[].start: str
    Five-field cron expression that opens the window, in quotes; days of the week are 0 (Sunday) to
    6. Default: none.

scaling.schedules[].end: str
    Five-field cron expression that closes it, in quotes. Default: none.

scaling.schedules[].days: list of str
    'daily', 'weekdays', 'weekends', 'mon' to 'sun', or dates 'MM-DD', which come back every year.
    Default: none.

scaling.schedules[].from_time: str
    When the window opens on each of these days, 'HH:MM' in quotes. Default: none.

scaling.schedules[].to_time: str
    When it closes, 'HH:MM' in quotes, up to '24:00'; on the next day if it is earlier than
    from_time. Default: none.

scaling.schedules[].ramp_minutes: int
    How much earlier the window opens, so that the pods serve at from_time. Derived: as long as
    scale_up takes from min_replicas to replicas, and 2 minutes for pods to start.

scaling.fallback_replicas: int
    Pods that run at least while the metric is missing; a greater present number is kept (KEDA).
    Derived: min_replicas, since the present number was right a minute ago.

scaling.fallback_failures: int
    Failed reads in a row that are borne, one every 15 s; the next one is answered with the fallback
    (KEDA). With 3 the fourth failure counts, about a minute after the last answer. Default: 3.

scaling.polling_seconds: int
    How often KEDA polls by itself, in seconds, which scales only to and from no pod at all (KEDA).
    From a minimum of 1 on the controller asks every 15 s whatever this says, and KEDA warns about
    it. Left out: KEDA's own 30.

scaling.scale_up: group
    How fast pods are added. Derived.

scaling.scale_up.window_seconds: int
    Stabilisation window in seconds, 0 to 3600: the most cautious of the proposals in it counts.
    Derived: 0 up, so that nobody waits; down 300, with sessions their length from 600 to 3600.

scaling.scale_up.pods: int
    Pods in each period. Derived: up a ninth of max_replicas, at least 4, so that a doubled load is
    there in three minutes; down a thirtieth, with sessions 1, since each pod that goes ends its
    sessions.

scaling.scale_up.percent: int
    Percent of the pods in each period, besides pods. Left out: none.

scaling.scale_up.period_seconds: int
    Length of a period in seconds, 1 to 1800. Derived: 60; down with sessions their length, or less
    so that a third of max_replicas can go within a day, and never less than the grace period.

scaling.scale_up.select: 'max' | 'min' | 'disabled'
    Which of pods and percent counts: 'max', 'min', or 'disabled', which forbids this direction.
    Left out: max.

scaling.scale_up.tolerance: float
    Share of the target within which nothing moves, such as 0.05; Kubernetes 1.35 or newer. Left
    out: the cluster's, a tenth.

scaling.scale_down: group
    How fast pods are taken. Derived.

scaling.scale_down.window_seconds: int
    Stabilisation window in seconds, 0 to 3600: the most cautious of the proposals in it counts.
    Derived: 0 up, so that nobody waits; down 300, with sessions their length from 600 to 3600.

scaling.scale_down.pods: int
    Pods in each period. Derived: up a ninth of max_replicas, at least 4, so that a doubled load is
    there in three minutes; down a thirtieth, with sessions 1, since each pod that goes ends its
    sessions.

scaling.scale_down.percent: int
    Percent of the pods in each period, besides pods. Left out: none.

scaling.scale_down.period_seconds: int
    Length of a period in seconds, 1 to 1800. Derived: 60; down with sessions their length, or less
    so that a third of max_replicas can go within a day, and never less than the grace period.

scaling.scale_down.select: 'max' | 'min' | 'disabled'
    Which of pods and percent counts: 'max', 'min', or 'disabled', which forbids this direction.
    Left out: max.

scaling.scale_down.tolerance: float
    Share of the target within which nothing moves, such as 0.05; Kubernetes 1.35 or newer. Left
    out: the cluster's, a tenth.

scaling.scale_down_window_seconds: int
    Stabilisation window of scale-in, in seconds; scale_down.window_seconds says the same. Derived:
    300, or the length of a session, 600 to 3600.

scaling.hpa_name: str
    Name of the HorizontalPodAutoscaler that KEDA makes, up to 63 characters. Derived: 'keda-hpa-'
    and the name of the Deployment, which leaves 54 for that.

scaling.take_over: bool
    Whether KEDA takes over the HorizontalPodAutoscaler hpa_name, which exists. Default: false.

scaling.start_replicas: int
    Number of pods that a new Deployment begins with: what runs now, where one of another name,
    namespace or owner takes over. It counts at the creation only. Derived: the minimum.

scaling.min_available: int
    minAvailable of the PodDisruptionBudget. Derived: one less than min_replicas; with sessions one
    pod may go at a time.

scaling.patches: list of group
    Patches of the autoscaler and of what belongs to it, for what has no key. Default: none.

scaling.patches[].kind: str, required
    Kind of the object, such as 'Deployment' or 'Service'; 'Pod' is the template of its pods.

scaling.patches[].name: str
    Name of the object. Left out: all objects of the kind that the component makes.

scaling.patches[].patch: mapping of str to anything, required
    What is changed, in the fields of Kubernetes: a strategic merge patch for its own kinds (lists
    are merged by the keys of its API; `$patch` and its other directives are understood), a JSON
    merge patch for custom resources.

scaling.autoscaler: 'auto' | 'hpa' | 'keda' | 'none'
    'auto' is KEDA for eras with sessions, for a metric from Prometheus and for schedules, and the
    HorizontalPodAutoscaler for others. Default: 'auto'.

scaling.min_replicas: int
    Least number of pods. Derived from the plan; never below 2 in production.

scaling.max_replicas: int
    Greatest number of pods. Derived from the plan: three times the steady state, and the burst must
    fit.

scaling.colours: int
    Colours of this server that run at the same time: 2 where a blue-green switch doubles the pods
    while it lasts. Quota, database connections and the state store's clients are then counted for
    both. Default: 1.

scaling.replicas: int
    Fixed number of pods, only with autoscaler 'none'. Default: none.

scaling.cpu_percent_of_limit: float
    CPU at which pods are added, in percent of the limit; converted to the share of the request.
    Default: 60.

scaling.memory_percent_of_request: float
    Memory at which pods are added, in percent of the request. Left out: off, since processes do not
    give memory back.

secrets: group
    Where the server's secrets come from. Default: that of its keys.

secrets.refresh_interval: str
    How often the store is read, such as '1h' (source 'external'). Default: '1h'.

secrets.values: mapping of str to str or Output
    Key to encrypted value (source 'config'). Default: none.

secrets.version: str or Output
    Any text; changing it restarts the pods, which read their environment only when they start.
    Default: none.

secrets.patches: list of group
    Patches of the ExternalSecret or the Secret, such as of its type or its labels. Values of a
    Secret are refused: a patch stands in clear. Default: none.

secrets.patches[].kind: str, required
    Kind of the object, such as 'Deployment' or 'Service'; 'Pod' is the template of its pods.

secrets.patches[].name: str
    Name of the object. Left out: all objects of the kind that the component makes.

secrets.patches[].patch: mapping of str to anything, required
    What is changed, in the fields of Kubernetes: a strategic merge patch for its own kinds (lists
    are merged by the keys of its API; `$patch` and its other directives are understood), a JSON
    merge patch for custom resources.

secrets.source: 'none' | 'existing' | 'external' | 'config'
    'existing' names a Secret, 'external' fills one through the External Secrets Operator, 'config'
    from the encrypted values of this file ('pulumi config set --secret --path'). Default: 'none'.

secrets.name: str
    Name of the Secret. Derived: the server's name with '-secrets'.

secrets.env: mapping of str to str
    Environment variable of the server to key of the Secret. Default: none.

secrets.store: group
    Store to read from (source 'external'). Default: none.

secrets.store.name: str or Output, required
    Name of the store.

secrets.store.kind: 'SecretStore' | 'ClusterSecretStore'
    Kind of the store. Default: 'ClusterSecretStore'.

secrets.remote: mapping of str to group
    Key of the Secret to its place in the store (source 'external'). Default: none.

secrets.remote{}.key: str or Output, required
    Name of the entry in the store.

secrets.remote{}.property: str or Output
    Property of the entry, where the entry is an object. Left out: the whole entry.

monitoring: group
    Who reads the server's metrics, and how. Default: that of its keys.

monitoring.monitor: 'none' | 'pod-monitor' | 'service-monitor'
    Object that has the Prometheus operator scrape the pods: 'pod-monitor', 'service-monitor'
    (targets come from the Service), or 'none', which every cluster takes: others are refused where
    the operator's definitions are not installed. Prefer 'pod-monitor': a pod is read from its start
    to the end of its drain, ready or not. Default: 'none'.

monitoring.labels: mapping of str to str
    Labels of the monitor and of the rules, which the Prometheus object selects them by, such as
    {release: kube-prometheus-stack}. Without those an object is valid and never read. Default:
    none.

monitoring.scrape_seconds: int
    How often the metrics are read, in seconds. 15, as often as an autoscaler asks: it acts on no
    older figure. More than 120 would leave gaps, as Prometheus forgets a sample after 300 s.
    Default: 15.

monitoring.path: str
    Path of the metrics. Default: '/metrics'.

monitoring.scheme: 'http' | 'https'
    'http' or 'https' of the metrics port. Derived: 'https' where it is the server's own port and
    the server serves TLS.

monitoring.authority: group
    Who signed the certificate of an 'https' port; it has to be valid for the Service's name. Left
    out: it is not verified, as the kubelet does not for its probes, since pods have seldom a
    certificate that everybody trusts.

monitoring.authority.config_map: str or Output
    ConfigMap of the server's namespace with the certificate. Default: none.

monitoring.authority.secret: str or Output
    Secret of the server's namespace with the certificate, such as that of cert-manager. Default:
    none.

monitoring.authority.key: str
    Key of the certificate (PEM). Default: 'ca.crt'.

monitoring.token: group
    Bearer token that the metrics port asks for. Left out: none is sent.

monitoring.token.secret: str or Output, required
    Secret of the server's namespace that holds it; the platform makes it.

monitoring.token.key: str
    Key of the token. Default: 'token'.

monitoring.rules: 'none' | 'prometheus-rule' | 'config-map'
    Recording and alert rules: 'prometheus-rule' for the Prometheus operator, 'config-map' with a
    plain rule file for a Prometheus without it, or 'none', which every cluster takes. Default:
    'none'.

monitoring.exporters: list of 'kube-state-metrics' | 'cadvisor' | 'keda' | 'external-secrets' |
    'cert-manager' | 'argo-rollouts' | 'pgbouncer' | 'postgres' | 'probe'
    Whose metrics are in Prometheus besides the server's own. Rules and panels read no others: an
    alert on a metric that nobody emits is silent for ever. The default is what
    kube-prometheus-stack brings. Default: kube-state-metrics, cadvisor.

monitoring.loaded_p95_milliseconds: float
    95th percentile of an exchange under the planned load, in milliseconds, from a load test; an
    alert tells when it is doubled. Left out: the objective of the workload, and the alert says so.

monitoring.availability_percent: float
    Share of the exchanges from outside that succeed, in percent of 30 days. 99.5, which leaves 3.6
    hours: with one look a minute a single failed one would already break 99.9 for an hour. Default:
    99.5.

monitoring.runbook_url: str
    Address of the folder with the runbook pages, without the name of one. Left out: their path in
    this project.

monitoring.dashboards: bool
    Whether Grafana dashboards are made, as a ConfigMap that the sidecar of Grafana's chart loads.
    Off, as most clusters have no such sidecar. Default: false.

monitoring.dashboard_labels: mapping of str to str
    Labels by which the sidecar finds the ConfigMap. The default is that of Grafana's chart.
    Default: grafana_dashboard 1.

monitoring.patches: list of group
    Patches of the monitor and of what else the monitoring makes, for what has no key. Default:
    none.

monitoring.patches[].kind: str, required
    Kind of the object, such as 'Deployment' or 'Service'; 'Pod' is the template of its pods.

monitoring.patches[].name: str
    Name of the object. Left out: all objects of the kind that the component makes.

monitoring.patches[].patch: mapping of str to anything, required
    What is changed, in the fields of Kubernetes: a strategic merge patch for its own kinds (lists
    are merged by the keys of its API; `$patch` and its other directives are understood), a JSON
    merge patch for custom resources.

monitoring.namespace: str or Output
    Namespace of Prometheus; the only one that may connect to the metrics port. Default:
    'monitoring'.

monitoring.port: int
    Port of the server's metrics. Derived: the server's port.

load_test: group
    A load test of the server. Left out: none.

load_test.first_launch: bool
    Whether the soak takes an hour instead of half of one: nobody has seen this server under load
    yet. Default: false.

load_test.hold_minutes: float
    How long the load stands still, in minutes. Derived: peak 10, soak 30, after a spike 8, each of
    the steps 2, and for 'scale-in' until the autoscaler has removed the pods.

load_test.arguments: mapping of str to anything
    Tool to the arguments that it is called with: a map, or a list of maps, of which each call takes
    one by chance. They stand in clear, and are called thousands of times: none that does harm. Left
    out: none. Default: none.

load_test.p95_milliseconds: float
    What 95 % of all calls may take, in milliseconds, as clients see it. Derived of each tool: its
    own 95th percentile, and what a call may wait.

load_test.failed_percent: float
    What may fail of the requests, in percent. A lost request in a hundred is the guides' limit of a
    test. Default: 1.0.

load_test.production: str
    Name of the region, said once more: a test takes its capacity from the users there. Required in
    production. Default: none.

load_test.parallelism: int
    Runner pods that share the sessions. Derived: one for each 500 sessions.

load_test.paused: bool
    Whether the runners wait for 'k6 resume' instead of beginning when all are there. Default:
    false.

load_test.runner_image: str or Output
    Image of k6, with a fixed tag or a digest. The default is the version that the lab plays every
    scenario with. Default: 'grafana/k6:1.8.1'.

load_test.token_secret: str or Output
    Secret of the namespace with a bearer token for the server. Left out: requests have none.

load_test.token_key: str
    Key of the token in that Secret. Default: 'token'.

load_test.operator_namespace: str or Output
    Namespace of the k6 operator, which asks the runners whether they are there; that of its own
    manifests. Default: 'k6-operator-system'.

load_test.runner_node_selector: mapping of str to str or Output
    Labels that the nodes of the runners must have: beside the server they take the CPU that they
    measure. Default: none.

load_test.runner_tolerations: list of group
    Taints of nodes that the runners bear. Default: none.

load_test.runner_tolerations[].key: str
    Key of the taint. Left out: every taint, with the operator 'Exists'.

load_test.runner_tolerations[].operator: 'Exists' | 'Equal'
    'Equal' compares the value, 'Exists' only the key. Default: 'Equal'.

load_test.runner_tolerations[].value: str
    Value of the taint. Left out: the empty one, or any with 'Exists'.

load_test.runner_tolerations[].effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute'
    Effect of the taint. Left out: all three.

load_test.runner_tolerations[].toleration_seconds: int
    How long a pod stays after a 'NoExecute' taint, in seconds. Left out: for ever.

load_test.patches: list of group
    Patches of the TestRun and of what belongs to it, for what has no key. Default: none.

load_test.patches[].kind: str, required
    Kind of the object, such as 'Deployment' or 'Service'; 'Pod' is the template of its pods.

load_test.patches[].name: str
    Name of the object. Left out: all objects of the kind that the component makes.

load_test.patches[].patch: mapping of str to anything, required
    What is changed, in the fields of Kubernetes: a strategic merge patch for its own kinds (lists
    are merged by the keys of its API; `$patch` and its other directives are understood), a JSON
    merge patch for custom resources.

load_test.scenario: 'peak' | 'soak' | 'spike' | 'scale-in' | 'steps'
    What is played: 'peak' and 'soak' (80 %) hold the load, 'spike' doubles it, 'scale-in' lets it
    fall and watches pods go, 'steps' looks for the knee. Each change is a new TestRun, which begins
    at once. Left out: no TestRun.

load_test.result: str
    File with what a load test found, which 'mcp-stack loadtest report --write' writes: alerts count
    from its 95th percentile of an exchange, and findings say what it says of the plan. Its path
    begins at the directory of Pulumi.yaml and stays below it, such as 'profiles/orders-load.yaml'.
    Default: none.

chaos: group
    A fault that is tried in the cluster while clients call. Left out: none.

chaos.experiment: 'kill-pod' | 'kill-zone' | 'stop-database' | 'stop-state-store' | 'drop-network',
    required
    What is done: 'kill-pod' and 'kill-zone' end pods without a drain, 'stop-database' and
    'stop-state-store' scale workload to 0 for a while, 'drop-network' drops the packets of a pod
    where the network plugin has rules that deny (Cilium, Calico).

chaos.image: str or Output, required
    Image with the command mcp-stack, the extra 'probe' and kubectl, with a fixed tag or a digest;
    images/chaos/Dockerfile builds one.

chaos.schedule: str
    Five-field cron expression in UTC, in quotes; days of the week are 0 (Sunday) to 6. Left out: it
    waits for 'kubectl create job --from=cronjob/NAME'.

chaos.production: str
    Name of the region, said once more: an experiment takes calls and sessions from the users there.
    Required in production. Default: none.

chaos.workload: str
    What 'stop-database' and 'stop-state-store' scale to 0 and back: 'deployment/NAME' or
    'statefulset/NAME' of the namespace. Default: none.

chaos.tool: str
    Tool that the clients call, which must do no harm. Left out: they list the tools.

chaos.tool_arguments: mapping of str to anything
    Its arguments, in clear. '{call}' in a text stands for words that no other call has. Default:
    none.

chaos.hold_seconds: float
    How long the fault lasts, in seconds: as long as most restarts take. A kill does not last.
    Default: 10.

chaos.recover_seconds: float
    How long all clients may take to call again, in seconds. Default: 30.

chaos.calls_lost: int
    Calls of clients without a session that may fail. Derived of the experiment.

chaos.sessions_lost: int
    Sessions of each era that may be lost. Derived of the pods that it is done to.

chaos.token_secret: str or Output
    Secret of the namespace with a bearer token for the server. Left out: calls have none.

chaos.token_key: str
    Key of the token in that Secret. Default: 'token'.

probe: group
    An exporter in the cluster that watches public addresses as clients see them. Left out: none.

probe.image: str or Output, required
    Image with the command mcp-stack and the extra 'probe', with a fixed tag or a digest;
    images/probe/Dockerfile builds one.

probe.endpoints: list of group
    What is watched, such as the public addresses of the other regions. Default: none.

probe.endpoints[].name: str, required
    What it is called in metrics; unique in an exporter.

probe.endpoints[].server: str
    Which server answers there. Left out: the name.

probe.endpoints[].region: str
    In which region it is; left out for an address of all regions, whose label is empty. Default:
    none.

probe.endpoints[].eras: list of 'modern' | 'legacy-stateless' | 'legacy-stateful' | 'sse'
    Eras that must be served; each is spoken in each round. Left out: the first that is found.
    Default: none.

probe.endpoints[].protocol_version: str
    Protocol version that must be agreed on. Left out: any that exists.

probe.endpoints[].schema_file: str
    File with the tools that are expected, as `mcp-stack probe --save-schema` writes it; relative to
    the file that names it. Default: none.

probe.endpoints[].strict_schema: bool
    Whether any difference of the tools is a failure, and not only one that breaks clients. Default:
    false.

probe.endpoints[].tool: group
    Tool that is called in each round. Default: none.

probe.endpoints[].tool.name: str, required
    Name of the tool.

probe.endpoints[].tool.arguments: mapping of str to anything
    What it is called with. Left out: nothing.

probe.endpoints[].checks: list of 'authorization' | 'host' | 'origin'
    What is looked at besides, with a request each. Default: none.

probe.endpoints[].affinity: int
    Further requests over connections of their own that must find the session and the same tools.
    Default: 0.

probe.endpoints[].timeout_seconds: float
    How long a round may take, in seconds. Left out: that of the exporter.

probe.endpoints[].slow_seconds: float
    A round that takes longer has failed, in seconds; twice the loaded P95 is usual. Left out: none
    is slow.

probe.endpoints[].max_bytes: int
    Bytes that are read of one answer. Default: 4194304.

probe.endpoints[].cookies: bool
    Whether cookies are sent back, as clients in Python do and those in TypeScript do not. Default:
    false.

probe.endpoints[].url: str or Output, required
    Where clients reach it, with scheme and path.

probe.endpoints[].headers: list of group
    Headers with secret values, such as a token. Default: none.

probe.endpoints[].headers[].name: str, required
    Name of the header.

probe.endpoints[].headers[].file: str, required
    File below /etc/mcp-probe/secrets, called after the key of the Secret; read anew in each round.

probe.interval_seconds: float
    From one round of an endpoint to its next, in seconds. A minute, as the guides ask; alerts of
    the probe wait for rounds of it. Default: 60.

probe.timeout_seconds: float
    How long a round may take, in seconds. Default: 10.

probe.secret_name: str or Output
    Secret of the namespace with tokens: each key is a file below /etc/mcp-probe/secrets, which
    headers name. Default: none.

probe.schema_config_map: str or Output
    ConfigMap of the namespace with expected tools: each key is a file below /etc/mcp-probe/schemas.
    Default: none.

probe.service_monitor: bool
    Whether a ServiceMonitor is made, for the operator of Prometheus; off, because not every cluster
    has it. Default: false.

probe.monitor_labels: mapping of str to str
    Labels of the ServiceMonitor: those that the Prometheus object selects by, such as release:
    NAME. Default: none.

probe.own: bool
    Whether the addresses of this stack's own servers are watched too, each host of their edges.
    Default: true.

awaits: group
    What a deployment waits for. Default: that of its keys.

awaits.custom_resources: bool
    Wait until ExternalSecret and ScaledObject report Ready; off only where their controllers do not
    run. Default: true.

awaits.edge: bool
    Wait until the Gateway accepts the HTTPRoute, or the Ingress has an address; not every
    controller says so. Default: false.

awaits.timeout_seconds: int
    How long to wait for one object, in seconds; pods of the server have what their rollout may
    take, 600 at least. Derived: 300, and 600 for the rollout of a pooler or of the probe, which
    pulls images.

extra_objects: list of mapping of str to anything
    Further objects beside those of the region, each as in a manifest: they are checked against the
    API of Kubernetes, placed in the namespace, labelled, and made after it. Values of Secrets are
    refused. Default: none.

accept: list of group
    Warnings that this stack lives with, each with its reason. Default: none.

accept[].code: str, required
    Code of the warning, such as 'MCP309', or its name, such as 'unknown-controller'.

accept[].reason: str, required
    Why it is acceptable here, for the next reader.
"""
"""What help() shows of the constructor."""
