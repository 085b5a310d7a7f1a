"""Arguments of McpRegion: what a stack file says, as types. Kept equal to settings/models by a test."""

from collections.abc import Mapping
from typing import NotRequired, TypedDict

import pulumi

from .load import RegionDatabaseArgs, RegionPricesArgs, RegionStateStoreArgs, RegionWorkloadArgs
from .scaling import RegionScalingArgs


class RegionQuotaArgs(TypedDict):
    """A limit on the namespace that the platform imposes. Left out, the quota is derived from the maximum."""

    cpu: str
    """Sum of CPU requests that the namespace may hold, such as '40'."""
    memory: str
    """Sum of memory requests that the namespace may hold, such as '64Gi'."""
    pods: int
    """Number of pods that the namespace may hold."""


class RegionPlaceArgs(TypedDict):
    """Where this stack runs."""

    name: str
    """Name of the region, a DNS label such as 'us-east'."""
    environment: NotRequired[str]
    """Environment. 'production', the default, is the strictest: at least two replicas, errors where others warn."""
    namespace: NotRequired[str]
    """Namespace that the stack creates. Derived from the environment and the region, such as 'mcp-prod-us-east', so
    that no two stacks meet in one namespace even where regions share a cluster."""
    zones: NotRequired[int]
    """Number of availability zones that the cluster's nodes are spread over."""
    kubernetes_version: NotRequired[str]
    """Version of the cluster, such as '1.36' in quotes, for what older ones do not have. Left out: not known."""
    operators: NotRequired[list[str]]
    """Groups (as the cluster's identity provider names them) that may read the namespace and delete pods."""
    node_cidrs: NotRequired[list[str]]
    """Address ranges of the nodes, for network plugins that filter kubelet probes too; most exempt them."""
    quota: NotRequired[RegionQuotaArgs]
    """Limit that the platform imposes on the namespace. Left out, it is derived from the maximum plus surge."""


class RegionResourceListArgs(TypedDict):
    """One side of a container's resources. What is left out is not declared."""

    cpu: NotRequired[str]
    """CPU, such as '500m'."""
    memory: NotRequired[str]
    """Memory with its unit, such as '256Mi'."""
    ephemeral_storage: NotRequired[str]
    """Local disk with its unit, such as '64Mi'."""


class RegionResourcesArgs(TypedDict):
    """A container's resources, instead of the planned ones."""

    requests: NotRequired[RegionResourceListArgs]
    """What the scheduler reserves. Given, it replaces all planned requests."""
    limits: NotRequired[RegionResourceListArgs]
    """What the kernel enforces. Given, it replaces all planned limits."""


class RegionEgressArgs(TypedDict):
    """A destination besides the database."""

    port: int
    """TCP port."""
    cidrs: list[str]
    """Address ranges, such as 0.0.0.0/0 for an API on the internet."""


class RegionServerArgs(TypedDict):
    """The MCP server: what runs, and what it promises."""

    image: pulumi.Input[str]
    """Container image with a fixed tag or a digest; 'latest' and no tag are refused."""
    name: NotRequired[str]
    """Name of the Deployment, the Service and everything that belongs to them."""
    port: NotRequired[int]
    """Port that the server listens on."""
    path: NotRequired[str]
    """Path of the MCP endpoint, without a trailing slash."""
    sse_paths: NotRequired[list[str]]
    """Paths of an HTTP+SSE server, routed by prefix; used only if 'sse' is among the eras."""
    health_path: NotRequired[str]
    """GET route that answers 200 when the server can serve and 503 while it drains; the readiness probe.
    The SDKs ship none: without it the probes only test that the port is open."""
    liveness_path: NotRequired[str]
    """GET route that answers 200 as long as the process answers at all; never the readiness route, which says
    503 while draining. Without it liveness tests that the port is open."""
    eras: NotRequired[list[str]]
    """Protocol eras that the server serves on its URL. All regions behind one host must serve the same."""
    runtime: NotRequired[str]
    """SDK or runtime, which selects measured memory constants and the drain and heap settings it understands."""
    profile: NotRequired[str]
    """File with what was measured of this server, which 'mcp-stack measure' writes; it replaces the constants of the
    runtime. Its path begins at the directory of Pulumi.yaml and stays below it, such as 'profiles/orders.yaml'."""
    max_tool_seconds: NotRequired[int]
    """Duration of the slowest tool call, in seconds. The drain waits for it; no route may be shorter."""
    keepalive_seconds: NotRequired[int]
    """How often the server sends a comment on an open stream, in seconds; 0 if it sends nothing until done."""
    authorization: NotRequired[bool]
    """Whether the server is an OAuth resource server; its metadata path is then routed too."""
    env: NotRequired[Mapping[str, str]]
    """Environment variables in clear. Never a secret: secrets come by reference, see mcp:secrets."""
    egress: NotRequired[list[RegionEgressArgs]]
    """Destinations that the server connects to besides DNS and the database: identity provider, APIs, collectors.
    Everything else is closed."""
    command: NotRequired[list[str]]
    """Command instead of the image's entry point."""
    args: NotRequired[list[str]]
    """Arguments instead of the image's."""
    writable_paths: NotRequired[list[str]]
    """Directories the server writes to; each is an emptyDir, since the root file system is read-only."""
    user_id: NotRequired[int]
    """Numeric user and group of the process. Above 10000, so that it owns nothing on a node after an escape."""
    service_account_annotations: NotRequired[Mapping[str, str]]
    """Annotations of the ServiceAccount, for workload identity."""
    resources: NotRequired[RegionResourcesArgs]
    """Resources instead of the planned ones."""
    pre_stop_seconds: NotRequired[int]
    """Pre-stop sleep instead of the one that follows from the eras, in seconds."""
    graceful_timeout_seconds: NotRequired[int]
    """Time to finish calls after SIGTERM instead of the one that follows from the eras, in seconds."""
    grace_period_seconds: NotRequired[int]
    """terminationGracePeriodSeconds instead of the sum of the parts, in seconds."""


class RegionGatewayArgs(TypedDict):
    """The Gateway that the route attaches to; the platform team owns it."""

    name: NotRequired[str]
    """Name of the Gateway."""
    namespace: NotRequired[str]
    """Namespace of the Gateway."""
    section: NotRequired[str]
    """Listener of the Gateway; null attaches to all."""


class RegionEdgeArgs(TypedDict):
    """How clients reach the server."""

    host: pulumi.Input[str]
    """Public host name. The same in every region: tokens are bound to it."""
    kind: NotRequired[str]
    """'gateway' emits an HTTPRoute, 'ingress' an Ingress."""
    implementation: NotRequired[str]
    """Controller behind it. 'envoy-gateway' adds a BackendTrafficPolicy to the HTTPRoute, 'nginx' the annotations of
    that family to the Ingress. Derived: other for 'gateway', nginx for 'ingress'."""
    gateway: NotRequired[RegionGatewayArgs]
    """The Gateway to attach to (kind 'gateway')."""
    ingress_class: NotRequired[str]
    """Name of the IngressClass (kind 'ingress')."""
    client_namespace: NotRequired[str]
    """Namespace of the proxies that connect to the pods. Derived: 'envoy-gateway-system' for Envoy Gateway, else the
    Gateway's namespace; 'ingress-nginx' for an Ingress."""
    client_cidrs: NotRequired[list[str]]
    """Address ranges of proxies that are no pods, such as a cloud load balancer's."""
    tls_secret: NotRequired[str]
    """Secret with the certificate (kind 'ingress'). Derived: the server's name with '-tls'."""
    cluster_issuer: NotRequired[str]
    """cert-manager ClusterIssuer that fills the certificate's Secret (kind 'ingress')."""
    affinity: NotRequired[str]
    """How a client stays on its pod. 'auto' is none for eras without sessions and source-ip for others;
    'gateway' says that an MCP-aware gateway does it, and emits nothing."""
    request_timeout_seconds: NotRequired[int]
    """Request timeout of the route in seconds; 0 switches it off, which streams need."""
    idle_timeout_seconds: NotRequired[int]
    """How long a stream may be silent. Derived from the keep-alive period, or from the slowest tool."""
    annotations: NotRequired[Mapping[str, str]]
    """Further annotations of the HTTPRoute or the Ingress."""


class RegionRemoteKeyArgs(TypedDict):
    """Where one key of the Secret is kept in the external store."""

    key: str
    """Name of the entry in the store."""
    property: NotRequired[str]
    """Property of the entry, where the entry is an object."""


class RegionSecretStoreArgs(TypedDict):
    """The store of the External Secrets Operator; the platform team owns it."""

    name: str
    """Name of the store."""
    kind: NotRequired[str]
    """Kind of the store."""


class RegionSecretsArgs(TypedDict):
    """Where the server's secrets come from; their values never stand in a stack file in clear."""

    source: NotRequired[str]
    """'existing' names a Secret, 'external' fills one through the External Secrets Operator, 'config' from
    the encrypted values of this file ('pulumi config set --secret --path')."""
    name: NotRequired[str]
    """Name of the Secret. Derived: the server's name with '-secrets'."""
    env: NotRequired[Mapping[str, str]]
    """Environment variable of the server to key of the Secret."""
    store: NotRequired[RegionSecretStoreArgs]
    """Store to read from (source 'external')."""
    remote: NotRequired[Mapping[str, RegionRemoteKeyArgs]]
    """Key of the Secret to its place in the store (source 'external')."""
    refresh_interval: NotRequired[str]
    """How often the store is read, such as '1h' (source 'external')."""
    values: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Key to encrypted value (source 'config')."""
    version: NotRequired[str]
    """Any text; changing it restarts the pods, which read their environment only when they start."""


class RegionMonitoringArgs(TypedDict):
    """Who may scrape the server."""

    namespace: NotRequired[str]
    """Namespace of Prometheus; the only one that may connect to the metrics port."""
    port: NotRequired[int]
    """Port of the server's metrics. Derived: the server's port."""


class RegionAcceptanceArgs(TypedDict):
    """A warning that this stack lives with."""

    code: str
    """Code of the warning, such as 'MCP309'."""
    reason: str
    """Why it is acceptable here, for the next reader."""


class RegionAwaitArgs(TypedDict):
    """What a deployment waits for before it counts as done."""

    custom_resources: NotRequired[bool]
    """Wait until ExternalSecret and ScaledObject report Ready; off only where their controllers do not run."""
    edge: NotRequired[bool]
    """Wait until the Gateway accepts the HTTPRoute, or the Ingress has an address; not every controller says so."""
    timeout_seconds: NotRequired[int]
    """How long to wait for any one object, in seconds."""


class McpRegionArgs(TypedDict):
    """One region stack: the keys of the namespace 'mcp' in a stack file."""

    region: RegionPlaceArgs
    """Where this stack runs."""
    server: RegionServerArgs
    """The MCP server: what runs, and what it promises."""
    workload: RegionWorkloadArgs
    """The load to plan for."""
    edge: RegionEdgeArgs
    """How clients reach the server."""
    database: NotRequired[RegionDatabaseArgs]
    """The database that the tools use, and what it allows. Left out: no database, no egress to one."""
    state_store: NotRequired[RegionStateStoreArgs]
    """The Redis or Valkey that the server uses, and what it allows. Left out: none."""
    prices: NotRequired[RegionPricesArgs]
    """Prices, for the cost of the plan. Left out: no cost is shown."""
    scaling: NotRequired[RegionScalingArgs]
    """How many pods, and what moves the number."""
    secrets: NotRequired[RegionSecretsArgs]
    """Where the server's secrets come from."""
    monitoring: NotRequired[RegionMonitoringArgs]
    """Who may scrape the server."""
    awaits: NotRequired[RegionAwaitArgs]
    """What a deployment waits for."""
    accept: NotRequired[list[RegionAcceptanceArgs]]
    """Warnings that this stack lives with, each with its reason."""
