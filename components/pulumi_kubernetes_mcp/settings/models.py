"""Everything a stack may say, one class per key of the stack file. The docstring under a key is its help."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from .fields import Address, Cidr, Count, Cpu, Group, Host, Label, Memory, Port, Seconds, Text, UrlPath

EraName = Literal["modern", "legacy-stateless", "legacy-stateful", "sse"]
Runtime = Literal["python-v1", "python-v2", "fastmcp", "typescript-v1", "typescript-v2", "node", "other"]
Environment = Literal["production", "staging", "development"]
Positive = Annotated[float, Field(gt=0, le=1e9)]
Filled = Annotated[str, Field(min_length=1)]
Percent = Annotated[float, Field(gt=0, le=100)]


class Quota(Group):
    """A limit on the namespace that the platform imposes. Left out, the quota is derived from the maximum."""

    cpu: Cpu
    """Sum of CPU requests that the namespace may hold, such as '40'."""
    memory: Memory
    """Sum of memory requests that the namespace may hold, such as '64Gi'."""
    pods: Annotated[int, Field(ge=1)]
    """Number of pods that the namespace may hold."""


class RegionSettings(Group):
    """Where this stack runs."""

    name: Label
    """Name of the region, a DNS label such as 'us-east'."""
    environment: Environment = "production"
    """Environment. 'production', the default, is the strictest: at least two replicas, errors where others warn."""
    namespace: Label | None = None
    """Namespace that the stack creates. Derived from the environment and the region, such as 'mcp-prod-us-east', so
    that no two stacks meet in one namespace even where regions share a cluster."""
    zones: Annotated[int, Field(ge=1, le=10)] = 3
    """Number of availability zones that the cluster's nodes are spread over."""
    operators: list[Filled] = []
    """Groups (as the cluster's identity provider names them) that may read the namespace and delete pods."""
    node_cidrs: list[Cidr] = []
    """Address ranges of the nodes, for network plugins that filter kubelet probes too; most exempt them."""
    quota: Quota | None = None
    """Limit that the platform imposes on the namespace. Left out, it is derived from the maximum plus surge."""


class ResourceList(Group):
    """One side of a container's resources. What is left out is not declared."""

    cpu: Cpu | None = None
    """CPU, such as '500m'."""
    memory: Memory | None = None
    """Memory with its unit, such as '256Mi'."""
    ephemeral_storage: Memory | None = None
    """Local disk with its unit, such as '64Mi'."""


class Resources(Group):
    """A container's resources, instead of the planned ones."""

    requests: ResourceList | None = None
    """What the scheduler reserves. Given, it replaces all planned requests."""
    limits: ResourceList | None = None
    """What the kernel enforces. Given, it replaces all planned limits."""


class Egress(Group):
    """A destination besides the database."""

    port: Port
    """TCP port."""
    cidrs: Annotated[list[Cidr], Field(min_length=1)]
    """Address ranges, such as 0.0.0.0/0 for an API on the internet."""


class ServerSettings(Group):
    """The MCP server: what runs, and what it promises."""

    image: Text
    """Container image with a fixed tag or a digest; 'latest' and no tag are refused."""
    name: Label = "mcp-server"
    """Name of the Deployment, the Service and everything that belongs to them."""
    port: Port = 8000
    """Port that the server listens on."""
    path: UrlPath = "/mcp"
    """Path of the MCP endpoint, without a trailing slash."""
    sse_paths: Annotated[list[UrlPath], Field(min_length=1)] = ["/sse", "/messages"]
    """Paths of an HTTP+SSE server, routed by prefix; used only if 'sse' is among the eras."""
    health_path: UrlPath | None = None
    """GET route that answers 200 when the server can serve and 503 while it drains; the readiness probe.
    The SDKs ship none: without it the probes only test that the port is open."""
    liveness_path: UrlPath | None = None
    """GET route that answers 200 as long as the process answers at all; never the readiness route, which says
    503 while draining. Without it liveness tests that the port is open."""
    eras: Annotated[list[EraName], Field(min_length=1)] = ["modern"]
    """Protocol eras that the server serves on its URL. All regions behind one host must serve the same."""
    runtime: Runtime = "other"
    """SDK or runtime, which selects measured memory constants and the drain and heap settings it understands."""
    max_tool_seconds: Seconds = 60
    """Duration of the slowest tool call, in seconds. The drain waits for it; no route may be shorter."""
    keepalive_seconds: Annotated[int, Field(ge=0, le=3600)] = 15
    """How often the server sends a comment on an open stream, in seconds; 0 if it sends nothing until done."""
    authorization: bool = False
    """Whether the server is an OAuth resource server; its metadata path is then routed too."""
    env: dict[str, str] = {}
    """Environment variables in clear. Never a secret: secrets come by reference, see mcp:secrets."""
    egress: list[Egress] = []
    """Destinations that the server connects to besides DNS and the database: identity provider, APIs, collectors.
    Everything else is closed."""
    command: Annotated[list[Filled], Field(min_length=1)] | None = None
    """Command instead of the image's entry point."""
    args: list[Filled] | None = None
    """Arguments instead of the image's."""
    writable_paths: list[Annotated[str, Field(pattern=r"^/[^\s:]*$")]] = ["/tmp"]
    """Directories the server writes to; each is an emptyDir, since the root file system is read-only."""
    user_id: Annotated[int, Field(ge=1, le=2**31 - 1)] = 10001
    """Numeric user and group of the process. Above 10000, so that it owns nothing on a node after an escape."""
    service_account_annotations: dict[str, str] = {}
    """Annotations of the ServiceAccount, for workload identity."""
    resources: Resources | None = None
    """Resources instead of the planned ones."""
    pre_stop_seconds: Annotated[int, Field(ge=0, le=86_400)] | None = None
    """Pre-stop sleep instead of the one that follows from the eras, in seconds."""
    graceful_timeout_seconds: Annotated[int, Field(ge=0, le=86_400)] | None = None
    """Time to finish calls after SIGTERM instead of the one that follows from the eras, in seconds."""
    grace_period_seconds: Annotated[int, Field(ge=0, le=86_400)] | None = None
    """terminationGracePeriodSeconds instead of the sum of the parts, in seconds."""


class WorkloadSettings(Group):
    """The load to plan for. Give dailyUsers, or peakSessions where it was measured."""

    daily_users: Annotated[float, Field(gt=0, le=1e9)] | None = None
    """Users on a working day."""
    sessions_per_user: Positive = 3
    """Sessions per user and day."""
    session_minutes: Annotated[float, Field(gt=0, le=1440)] = 20
    """Mean length of a session, in minutes."""
    peak_factor: Annotated[float, Field(ge=1, le=1000)] = 3
    """Load of the busiest hour over the mean of the day."""
    headroom_percent: Annotated[float, Field(ge=0, le=1000)] = 30
    """Reserve above the peak, in percent."""
    peak_sessions: Positive | None = None
    """Measured sessions at the peak, instead of the estimate from users."""
    sessions_per_pod: Annotated[int, Field(ge=1, le=100_000)] = 50
    """Sessions that one pod is sized for."""
    concurrent_calls: Annotated[int, Field(ge=1, le=100_000)] = 20
    """Tool calls in flight in one pod at that many sessions."""
    heavy_calls: Annotated[int, Field(ge=0, le=100_000)] = 10
    """Calls of the heaviest tool in flight in one pod at the same time."""
    heavy_call_cpu_milliseconds: Annotated[float, Field(ge=0, le=1e6)] = 200
    """CPU that one call of the heaviest tool takes per second of wall time, in milliseconds."""
    response_kib: Annotated[float, Field(ge=0, le=1e6)] = 16
    """Size of one response in flight, in KiB."""
    session_mib: Annotated[float, Field(ge=0, le=1e5)] = 1
    """Memory that the server's own objects take per session, in MiB."""

    @model_validator(mode="after")
    def _has_a_load(self) -> Self:
        if self.daily_users is None and self.peak_sessions is None:
            raise ValueError("no load is given: give dailyUsers, or peakSessions where the peak was measured")
        return self


class DatabaseSettings(Group):
    """The database that the tools use, and what it allows."""

    kind: Literal["postgres", "sqlite"] = "postgres"
    """Kind of database. SQLite has one writer, so it allows one replica."""
    host: Address | None = None
    """Host of the database, a name or an address without port and credentials."""
    port: Port = 5432
    """Port of the database."""
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_$.-]{0,62}$")] = "postgres"
    """Name of the database."""
    max_connections: Annotated[int, Field(ge=1, le=1_000_000)] = 100
    """max_connections of the database. 100 is the stock value of PostgreSQL."""
    reserved_connections: Count = 3
    """superuser_reserved_connections plus what is reserved for maintenance."""
    share_percent: Percent = 50
    """Part of max_connections that this service may use, in percent."""
    shared_by_regions: Annotated[int, Field(ge=1, le=100)] = 1
    """Number of region stacks that use this database at the same time."""
    query_milliseconds: Annotated[float, Field(gt=0, le=3_600_000)] = 50
    """Mean time that a tool call holds a connection, in milliseconds."""
    pool_size: Annotated[int, Field(ge=1, le=100_000)] | None = None
    """Connections per pod instead of the planned number."""
    cidrs: Annotated[list[Cidr], Field(min_length=1)] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]
    """Address ranges that the database is reached at."""
    pooler: Literal["none", "pgbouncer"] = "none"
    """'pgbouncer' puts a transaction-mode PgBouncer between the pods and the database."""
    pooler_instances: Annotated[int, Field(ge=1, le=50)] = 2
    """Number of PgBouncer pods."""
    pooler_pool_size: Annotated[int, Field(ge=1, le=100_000)] | None = None
    """Database connections per PgBouncer pod instead of the planned number."""
    pooler_image: str = "ghcr.io/cloudnative-pg/pgbouncer:1.25.1"
    """Image of PgBouncer; it must read /etc/pgbouncer/pgbouncer.ini."""
    tls_mode: Literal["disable", "prefer", "require", "verify-full"] = "require"
    """TLS towards the database, in libpq's words (PGSSLMODE); 'require' because managed databases offer it."""
    user_key: str = "username"
    """Key of the Secret of mcp:secrets that holds the database user."""
    password_key: str = "password"
    """Key of the Secret of mcp:secrets that holds the password."""

    @model_validator(mode="after")
    def _is_reachable(self) -> Self:
        if self.kind == "postgres" and self.host is None:
            raise ValueError("no host is given: give host, the name or address of the database")
        if self.kind == "sqlite" and self.pooler != "none":
            raise ValueError("a pooler is asked for, and SQLite has no connections to pool: set pooler to 'none'")
        return self


class GatewayReference(Group):
    """The Gateway that the route attaches to; the platform team owns it."""

    name: Label = "public"
    """Name of the Gateway."""
    namespace: Label = "gateway-system"
    """Namespace of the Gateway."""
    section: Label | None = "https"
    """Listener of the Gateway; null attaches to all."""


class EdgeSettings(Group):
    """How clients reach the server."""

    host: Host
    """Public host name. The same in every region: tokens are bound to it."""
    kind: Literal["gateway", "ingress"] = "gateway"
    """'gateway' emits an HTTPRoute, 'ingress' an Ingress."""
    implementation: Literal["envoy-gateway", "nginx", "other"] | None = None
    """Controller behind it. 'envoy-gateway' adds a BackendTrafficPolicy to the HTTPRoute, 'nginx' the annotations of
    that family to the Ingress. Derived: other for 'gateway', nginx for 'ingress'."""
    gateway: GatewayReference = GatewayReference()
    """The Gateway to attach to (kind 'gateway')."""
    ingress_class: str = "nginx"
    """Name of the IngressClass (kind 'ingress')."""
    client_namespace: Label | None = None
    """Namespace of the proxies that connect to the pods. Derived: 'envoy-gateway-system' for Envoy Gateway, else the
    Gateway's namespace; 'ingress-nginx' for an Ingress."""
    client_cidrs: list[Cidr] = []
    """Address ranges of proxies that are no pods, such as a cloud load balancer's."""
    tls_secret: Label | None = None
    """Secret with the certificate (kind 'ingress'). Derived: the server's name with '-tls'."""
    cluster_issuer: str | None = None
    """cert-manager ClusterIssuer that fills the certificate's Secret (kind 'ingress')."""
    affinity: Literal["auto", "none", "source-ip", "cookie", "session-hash", "gateway"] = "auto"
    """How a client stays on its pod. 'auto' is none for eras without sessions and source-ip for others;
    'gateway' says that an MCP-aware gateway does it, and emits nothing."""
    request_timeout_seconds: Annotated[int, Field(ge=0, le=86_400)] = 0
    """Request timeout of the route in seconds; 0 switches it off, which streams need."""
    idle_timeout_seconds: Seconds | None = None
    """How long a stream may be silent. Derived from the keep-alive period, or from the slowest tool."""
    annotations: dict[str, str] = {}
    """Further annotations of the HTTPRoute or the Ingress."""


class ScalingSettings(Group):
    """How many pods, and what moves the number."""

    autoscaler: Literal["auto", "hpa", "keda", "none"] = "auto"
    """'auto' is KEDA for eras with sessions and the HorizontalPodAutoscaler for others."""
    min_replicas: Count | None = None
    """Least number of pods. Derived from the plan; never below 2 in production."""
    max_replicas: Annotated[int, Field(ge=1, le=100_000)] | None = None
    """Greatest number of pods. Derived from the plan: three times the steady state, and the burst must fit."""
    replicas: Count | None = None
    """Fixed number of pods, only with autoscaler 'none'."""
    cpu_percent_of_limit: Percent = 60
    """CPU at which pods are added, in percent of the limit; converted to the share of the request."""
    memory_percent_of_request: Annotated[float, Field(ge=1, le=1000)] | None = None
    """Memory at which pods are added, in percent of the request. Off: processes do not give memory back."""
    sessions_metric: Annotated[str, Field(pattern=r"^[a-zA-Z_:][a-zA-Z0-9_:]*$")] = "mcp_active_sse_connections"
    """Prometheus gauge of open sessions or streams per pod (autoscaler 'keda')."""
    prometheus_address: Annotated[str, Field(pattern=r"^https?://[^\s@]+$")] | None = None
    """URL of Prometheus, such as 'http://prometheus-operated.monitoring:9090' (autoscaler 'keda')."""
    scale_down_window_seconds: Annotated[int, Field(ge=0, le=3600)] | None = None
    """Stabilisation window of scale-in, in seconds. Derived: 300, or the length of a session, 600 to 3600."""
    min_available: Count | None = None
    """minAvailable of the PodDisruptionBudget. Derived: one less than minReplicas."""


class RemoteKey(Group):
    """Where one key of the Secret is kept in the external store."""

    key: str
    """Name of the entry in the store."""
    property: str | None = None
    """Property of the entry, where the entry is an object."""


class SecretStoreReference(Group):
    """The store of the External Secrets Operator; the platform team owns it."""

    name: str
    """Name of the store."""
    kind: Literal["SecretStore", "ClusterSecretStore"] = "ClusterSecretStore"
    """Kind of the store."""


class SecretsSettings(Group):
    """Where the server's secrets come from; their values never stand in a stack file in clear."""

    source: Literal["none", "existing", "external", "config"] = "none"
    """'existing' names a Secret, 'external' fills one through the External Secrets Operator, 'config' from
    the encrypted values of this file ('pulumi config set --secret --path')."""
    name: Label | None = None
    """Name of the Secret. Derived: the server's name with '-secrets'."""
    env: dict[str, str] = {}
    """Environment variable of the server to key of the Secret."""
    store: SecretStoreReference | None = None
    """Store to read from (source 'external')."""
    remote: dict[str, RemoteKey] = {}
    """Key of the Secret to its place in the store (source 'external')."""
    refresh_interval: Annotated[str, Field(pattern=r"^(0|\d+(s|m|h))$")] = "1h"
    """How often the store is read, such as '1h' (source 'external')."""
    values: dict[str, Text] = {}
    """Key to encrypted value (source 'config')."""
    version: str | None = None
    """Any text; changing it restarts the pods, which read their environment only when they start."""

    @model_validator(mode="after")
    def _is_named_by_one(self) -> Self:
        if self.source == "config" and self.name is not None:
            raise ValueError(
                "a name is given with source 'config': leave name out, the engine names the Secret anew with every "
                "change, which restarts the pods"
            )
        return self


class MonitoringSettings(Group):
    """Who may scrape the server."""

    namespace: Label = "monitoring"
    """Namespace of Prometheus; the only one that may connect to the metrics port."""
    port: Port | None = None
    """Port of the server's metrics. Derived: the server's port."""


class Acceptance(Group):
    """A warning that this stack lives with."""

    code: Annotated[str, Field(pattern=r"^MCP\d{3}$")]
    """Code of the warning, such as 'MCP309'."""
    reason: Annotated[str, Field(min_length=10)]
    """Why it is acceptable here, for the next reader."""


class AwaitSettings(Group):
    """What a deployment waits for before it counts as done."""

    custom_resources: bool = True
    """Wait until ExternalSecret and ScaledObject report Ready; off only where their controllers do not run."""
    edge: bool = False
    """Wait until the Gateway accepts the HTTPRoute, or the Ingress has an address; not every controller says so."""
    timeout_seconds: Annotated[int, Field(ge=10, le=3600)] = 300
    """How long to wait for any one object, in seconds."""


class Settings(Group):
    """One region stack: the keys of the namespace 'mcp' in a stack file."""

    region: RegionSettings
    """Where this stack runs."""
    server: ServerSettings
    """The MCP server: what runs, and what it promises."""
    workload: WorkloadSettings
    """The load to plan for."""
    edge: EdgeSettings
    """How clients reach the server."""
    database: DatabaseSettings | None = None
    """The database that the tools use, and what it allows. Left out: no database, no egress to one."""
    scaling: ScalingSettings = ScalingSettings()
    """How many pods, and what moves the number."""
    secrets: SecretsSettings = SecretsSettings()
    """Where the server's secrets come from."""
    monitoring: MonitoringSettings = MonitoringSettings()
    """Who may scrape the server."""
    awaits: AwaitSettings = AwaitSettings()
    """What a deployment waits for."""
    accept: list[Acceptance] = []
    """Warnings that this stack lives with, each with its reason."""
