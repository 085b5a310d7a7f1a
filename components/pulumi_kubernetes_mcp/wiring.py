"""From settings and a plan to the arguments of each component. Pure: a value moves here and is not decided here."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

import pulumi

from . import planning, protocol, units
from .arguments.autoscaling import McpAutoscalingArgs
from .arguments.ingress import McpIngressArgs
from .arguments.namespace import McpNamespaceArgs, QuotaArgs
from .arguments.pooler import McpPgBouncerArgs
from .arguments.secrets import McpSecretsArgs, RemoteKeyArgs
from .arguments.service import McpServiceArgs
from .arguments.shared import EgressArgs, IngressFromArgs, ResourcesArgs
from .specs import namespace as namespace_specs
from .specs import pooler as pooler_specs

if TYPE_CHECKING:
    from .settings.models import Quota, ResourceList, Settings

NAMESPACES = {"production": "mcp-prod", "staging": "mcp-staging", "development": "mcp-dev"}
INGRESS_NAMESPACE = "ingress-nginx"
GRACEFUL_TIMEOUT_VARIABLE = "UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN"
POOLER_TLS_MODE = "disable"
"""The pooler offers no TLS to pods, which reach it inside the namespace only. Not every driver falls back by itself:
node-postgres takes 'prefer' for 'require'."""
ENVOY_NAMESPACE = "envoy-gateway-system"
"""Where Envoy Gateway runs its proxies, unless it was told to use the namespace of each Gateway."""
EPHEMERAL_REQUEST = "64Mi"
EPHEMERAL_LIMIT = "256Mi"


@dataclass(frozen=True, kw_only=True)
class Design:
    """What has been decided about one region: the settings, what follows from the eras, and the plan."""

    settings: "Settings"
    follows: protocol.Consequences
    runtime: planning.RuntimeProfile
    plan: planning.Plan

    @property
    def namespace(self) -> str:
        """Name of the namespace."""
        region = self.settings.region
        return region.namespace or f"{NAMESPACES[region.environment]}-{region.name}"

    @property
    def production(self) -> bool:
        """Whether the strictest rules apply."""
        return self.settings.region.environment == "production"

    @property
    def autoscaled(self) -> bool:
        """Whether an autoscaler owns the number of pods."""
        return self.settings.scaling.autoscaler != "none"

    @property
    def replicas(self) -> int:
        """Number of pods to start with."""
        fixed = self.settings.scaling.replicas
        return int(self.plan.min_replicas.value) if self.autoscaled or fixed is None else fixed

    @property
    def max_replicas(self) -> int:
        """Greatest number of pods."""
        return int(self.plan.max_replicas.value) if self.autoscaled else self.replicas

    @property
    def pooled(self) -> bool:
        """Whether a PgBouncer stands between the pods and the database."""
        return self.settings.database is not None and self.settings.database.pooler == "pgbouncer"

    @property
    def pooler_name(self) -> str:
        """Name of the pooler's objects."""
        return f"{self.settings.server.name}-pooler"

    @property
    def secret_name(self) -> str:
        """Name of the server's Secret."""
        return self.settings.secrets.name or f"{self.settings.server.name}-secrets"

    @property
    def pre_stop_seconds(self) -> int:
        """Pre-stop sleep in force, in seconds."""
        return _given(self.settings.server.pre_stop_seconds, self.follows.pre_stop_seconds)

    @property
    def graceful_timeout_seconds(self) -> int:
        """Time to finish calls after SIGTERM in force, in seconds."""
        return _given(self.settings.server.graceful_timeout_seconds, self.follows.graceful_timeout_seconds)


def design(settings: "Settings") -> Design:
    """Derive and plan: everything that is decided before any object is described."""
    server, workload = settings.server, settings.workload
    follows = protocol.derive(
        protocol.parse_eras(server.eras),
        max_tool_seconds=server.max_tool_seconds,
        keepalive_seconds=server.keepalive_seconds,
        session_minutes=workload.session_minutes,
        authorization=server.authorization,
        path=server.path,
    )
    runtime = planning.RUNTIMES[server.runtime]
    plan = planning.plan(planning.Workload(**workload.model_dump()), _database(settings), _bounds(settings), runtime)
    return Design(settings=settings, follows=follows, runtime=runtime, plan=plan)


def namespace_args(this: Design) -> McpNamespaceArgs:
    """A namespace with room for the greatest number of pods and a rollout."""
    region = this.settings.region
    args: McpNamespaceArgs = {
        "namespace": this.namespace,
        "environment": region.environment,
        "quota": quota(this),
    }
    if region.operators:
        args["operators"] = region.operators
    return args


def secrets_args(this: Design, namespace: pulumi.Input[str]) -> McpSecretsArgs:
    """Where the Secret of the server comes from."""
    secrets, awaits = this.settings.secrets, this.settings.awaits
    args: McpSecretsArgs = {
        "namespace": namespace,
        "source": secrets.source,
        "await_ready": awaits.custom_resources,
        "await_timeout_seconds": awaits.timeout_seconds,
    }
    if secrets.source != "config" or secrets.name is not None:
        args["secret_name"] = this.secret_name
    if secrets.source == "external":
        args["refresh_interval"] = secrets.refresh_interval
        args["remote"] = [
            _remote_key(key, remote.key, remote.property) for key, remote in sorted(secrets.remote.items())
        ]
        if secrets.store is not None:
            args["store_name"] = secrets.store.name
            args["store_kind"] = secrets.store.kind
    if secrets.source == "config":
        args["values"] = secrets.values
    return args


def pooler_args(this: Design, namespace: pulumi.Input[str], secret_name: pulumi.Input[str]) -> McpPgBouncerArgs:
    """A pooler that keeps within the connection budget of the plan. Only where ``pooled`` says so."""
    database, plan = this.settings.database, this.plan
    if database is None or database.host is None or not this.pooled:
        raise ValueError("a pooler needs a database that asks for one")
    args: McpPgBouncerArgs = {
        "namespace": namespace,
        "pooler_name": this.pooler_name,
        "database_host": database.host,
        "database_port": database.port,
        "database_name": database.name,
        "database_cidrs": database.cidrs,
        "secret_name": secret_name,
        "user_key": database.user_key,
        "password_key": database.password_key,
        "instances": database.pooler_instances,
        "pool_size": figure(plan.pooler_pool_size),
        "reserve_pool_size": figure(plan.pooler_reserve),
        "max_client_conn": figure(plan.pooler_max_client_conn),
        "budget": figure(plan.connection_budget),
        "client_connections": figure(plan.pooler_client_connections),
        "server_tls_mode": database.tls_mode,
        "image": database.pooler_image,
        "allow_from": [
            {"port": pooler_specs.PORT, "workload": this.settings.server.name, "component": "server"},
            *_kubelets(this, pooler_specs.PORT),
        ],
        "await_timeout_seconds": max(600, this.settings.awaits.timeout_seconds),
    }
    if this.settings.secrets.version is not None:
        args["secret_version"] = this.settings.secrets.version
    return args


def service_args(
    this: Design,
    namespace: pulumi.Input[str],
    secret_name: pulumi.Input[str] | None,
    pooler_host: pulumi.Input[str] | None,
) -> McpServiceArgs:
    """The server: planned resources, the drain of its eras, and only the connections it needs."""
    server, scaling = this.settings.server, this.settings.scaling
    args: McpServiceArgs = {
        "image": server.image,
        "namespace": namespace,
        "server_name": server.name,
        "eras": list(server.eras),
        "port": server.port,
        "metrics_port": this.settings.monitoring.port or server.port,
        "path": server.path,
        "max_tool_seconds": server.max_tool_seconds,
        "min_replicas": this.replicas,
        "autoscaled": this.autoscaled,
        "production": this.production,
        "resources": resources(this),
        "env": environment(this, pooler_host),
        "pre_stop_seconds": this.pre_stop_seconds,
        "graceful_timeout_seconds": this.graceful_timeout_seconds,
        "writable_paths": server.writable_paths,
        "user_id": server.user_id,
        "service_account_annotations": server.service_account_annotations,
        "allow_from": origins(this),
        "allow_to": destinations(this),
        "await_timeout_seconds": max(600, this.settings.awaits.timeout_seconds),
    }
    if server.health_path is not None:
        args["health_path"] = server.health_path
    if server.liveness_path is not None:
        args["liveness_path"] = server.liveness_path
    if server.grace_period_seconds is not None:
        args["grace_period_seconds"] = server.grace_period_seconds
    if scaling.min_available is not None:
        args["min_available"] = scaling.min_available
    if server.command is not None:
        args["command"] = server.command
    if server.args is not None:
        args["args"] = server.args
    if secret_name is not None:
        args["secret_name"] = secret_name
        args["secret_env"] = [
            {"variable": variable, "key": key} for variable, key in sorted(secret_environment(this).items())
        ]
        if this.settings.secrets.version is not None:
            args["secret_version"] = this.settings.secrets.version
    return args


def autoscaling_args(this: Design, namespace: pulumi.Input[str], target: pulumi.Input[str]) -> McpAutoscalingArgs:
    """The autoscaler, on the metric that the eras need."""
    scaling, awaits = this.settings.scaling, this.settings.awaits
    args: McpAutoscalingArgs = {
        "namespace": namespace,
        "target": target,
        "kind": scaling.autoscaler,
        "eras": list(this.settings.server.eras),
        "min_replicas": this.replicas,
        "max_replicas": this.max_replicas,
        "cpu_percent": round(this.plan.cpu_target_percent_of_request.value),
        "python": this.runtime.python,
        "requests": resources(this).get("requests", {}),
        "sessions_per_pod": figure(this.plan.sessions_per_pod),
        "sessions_metric": scaling.sessions_metric,
        "session_minutes": this.settings.workload.session_minutes,
        "await_ready": awaits.custom_resources,
        "await_timeout_seconds": awaits.timeout_seconds,
        "production": this.production,
    }
    if scaling.memory_percent_of_request is not None:
        args["memory_percent"] = round(scaling.memory_percent_of_request)
    if scaling.prometheus_address is not None:
        args["prometheus_address"] = scaling.prometheus_address
    if scaling.scale_down_window_seconds is not None:
        args["scale_down_window_seconds"] = scaling.scale_down_window_seconds
    return args


def ingress_args(this: Design, namespace: pulumi.Input[str], service_name: pulumi.Input[str]) -> McpIngressArgs:
    """The route, with timeouts that outlive the slowest tool."""
    server, edge, awaits = this.settings.server, this.settings.edge, this.settings.awaits
    args: McpIngressArgs = {
        "namespace": namespace,
        "host": edge.host,
        "service_name": service_name,
        "route_name": server.name,
        "kind": edge.kind,
        "path": server.path,
        "sse_paths": list(server.sse_paths),
        "eras": list(server.eras),
        "max_replicas": this.max_replicas,
        "max_tool_seconds": server.max_tool_seconds,
        "keepalive_seconds": server.keepalive_seconds,
        "authorization": server.authorization,
        "affinity": edge.affinity,
        "request_timeout_seconds": edge.request_timeout_seconds,
        "gateway_name": edge.gateway.name,
        "gateway_namespace": edge.gateway.namespace,
        "ingress_class": edge.ingress_class,
        "annotations": edge.annotations,
        "client_namespace": client_namespace(this),
        "parallel_requests": this.max_replicas
        * (this.settings.workload.sessions_per_pod + this.settings.workload.concurrent_calls),
        "await_ready": awaits.edge,
        "await_timeout_seconds": awaits.timeout_seconds,
    }
    if edge.implementation is not None:
        args["implementation"] = edge.implementation
    if edge.idle_timeout_seconds is not None:
        args["idle_timeout_seconds"] = edge.idle_timeout_seconds
    if edge.gateway.section is not None:
        args["gateway_section"] = edge.gateway.section
    if edge.tls_secret is not None:
        args["tls_secret"] = edge.tls_secret
    if edge.cluster_issuer is not None:
        args["cluster_issuer"] = edge.cluster_issuer
    return args


def resources(this: Design) -> ResourcesArgs:
    """The planned requests and limits, each side replaced where the settings give one."""
    plan = this.plan
    requests: Mapping[str, str] = {
        "cpu": units.format_cpu(int(plan.cpu_request_millicores.value)),
        "memory": _mebibytes(plan.memory_request_mib.value),
        "ephemeral-storage": EPHEMERAL_REQUEST,
    }
    limits: Mapping[str, str] = {
        "cpu": units.format_cpu(int(plan.cpu_limit_millicores.value)),
        "memory": _mebibytes(plan.memory_limit_mib.value),
        "ephemeral-storage": EPHEMERAL_LIMIT,
    }
    given = this.settings.server.resources
    if given is not None and given.requests is not None:
        requests = _quantities(given.requests)
    if given is not None and given.limits is not None:
        limits = _quantities(given.limits)
    return {"requests": requests, "limits": limits}


def environment(this: Design, pooler_host: pulumi.Input[str] | None) -> dict[str, pulumi.Input[str]]:
    """The server's environment in clear: what is derived, unless the Secret gives it, and what the settings give."""
    secret = secret_environment(this) if this.settings.secrets.source != "none" else {}
    derived = derived_environment(this, pooler_host)
    return {**{name: value for name, value in derived.items() if name not in secret}, **this.settings.server.env}


def derived_environment(this: Design, pooler_host: pulumi.Input[str] | None) -> dict[str, pulumi.Input[str]]:
    """What the runtime and libpq understand, from the plan and from what is built."""
    derived: dict[str, pulumi.Input[str]] = {}
    if this.runtime.drains_by_env:
        derived[GRACEFUL_TIMEOUT_VARIABLE] = str(this.graceful_timeout_seconds)
    if this.plan.node_heap_mib is not None:
        derived["NODE_OPTIONS"] = f"--max-old-space-size={this.plan.node_heap_mib.value:.0f}"
    database = this.settings.database
    if database is not None and database.host is not None:
        derived["PGHOST"] = database.host if pooler_host is None else pooler_host
        derived["PGPORT"] = str(database.port if pooler_host is None else pooler_specs.PORT)
        derived["PGDATABASE"] = database.name
        derived["PGSSLMODE"] = database.tls_mode if pooler_host is None else POOLER_TLS_MODE
        if pooler_host is None and database.tls_mode == "verify-full":
            derived["PGSSLROOTCERT"] = "system"
        if this.plan.pool_size is not None:
            derived["DATABASE_POOL_SIZE"] = f"{this.plan.pool_size.value:.0f}"
    return derived


def secret_environment(this: Design) -> dict[str, str]:
    """Environment variables from keys of the Secret; the database's user and password besides the given ones, unless
    the settings give those in clear."""
    database = this.settings.database
    derived = {}
    if database is not None and database.host is not None:
        derived = {"PGUSER": database.user_key, "PGPASSWORD": database.password_key}
    in_clear = this.settings.server.env
    kept = {variable: key for variable, key in derived.items() if variable not in in_clear}
    return {**kept, **this.settings.secrets.env}


def origins(this: Design) -> list[IngressFromArgs]:
    """Who may connect to the server: the proxies, Prometheus, and kubelets where the plugin filters them."""
    server, monitoring = this.settings.server, this.settings.monitoring
    result: list[IngressFromArgs] = [
        {"port": server.port, "namespace": client_namespace(this)},
        {"port": monitoring.port or server.port, "namespace": monitoring.namespace},
    ]
    if this.settings.edge.client_cidrs:
        result.append({"port": server.port, "cidrs": this.settings.edge.client_cidrs})
    return [*result, *_kubelets(this, server.port)]


def destinations(this: Design) -> list[EgressArgs]:
    """Where the server may connect to: the pooler or the database, and what the settings name."""
    database = this.settings.database
    others: list[EgressArgs] = [{"port": one.port, "cidrs": one.cidrs} for one in this.settings.server.egress]
    if database is None or database.host is None:
        return others
    if this.pooled:
        return [{"port": pooler_specs.PORT, "workload": this.pooler_name, "component": "pooler"}, *others]
    return [{"port": database.port, "cidrs": database.cidrs}, *others]


def client_namespace(this: Design) -> str:
    """Namespace of the proxies that connect to the pods."""
    edge = this.settings.edge
    if edge.client_namespace is not None:
        return edge.client_namespace
    if edge.kind == "ingress":
        return INGRESS_NAMESPACE
    return ENVOY_NAMESPACE if edge.implementation == "envoy-gateway" else edge.gateway.namespace


def quota(this: Design) -> QuotaArgs:
    """The quota that the platform imposes, or what the greatest number of pods and a rollout need."""
    given = this.settings.region.quota
    if given is not None:
        return {"cpu": given.cpu, "memory": given.memory, "pods": given.pods}
    need = needed(this, draining=True)
    return {
        "cpu": units.format_cpu(need.cpu_millicores),
        "memory": units.format_memory(need.memory_bytes),
        "pods": need.pods,
    }


@dataclass(frozen=True, kw_only=True)
class Need:
    """What the pods of a region request at most: the maximum, a rollout's surge, and the pooler in both generations of
    its rollout."""

    pods: int
    cpu_millicores: int
    memory_bytes: int


def needed(this: Design, *, draining: bool = False) -> Need:
    """The greatest sum of requests that the region can reach: the maximum and a rollout's surge.

    ``draining`` counts the old pods too that still end while new ones serve: a quota without room for them makes
    each step of a rollout wait for the drain of the one before.
    """
    generations = 2 if draining else 1
    servers = generations * this.max_replicas + int(this.plan.surge_pods.value)
    poolers = 2 * this.settings.database.pooler_instances if this.pooled and this.settings.database else 0
    solvers = 1 if this.settings.edge.cluster_issuer is not None else 0
    each = resources(this).get("requests", {})
    per_pooler = pooler_specs.REQUESTS
    return Need(
        pods=servers + poolers + solvers,
        cpu_millicores=servers * units.parse_cpu(each.get("cpu", "0")) + poolers * units.parse_cpu(per_pooler["cpu"]),
        memory_bytes=servers * units.parse_memory(each.get("memory", "0Mi"))
        + poolers * units.parse_memory(per_pooler["memory"])
        + solvers * units.parse_memory(namespace_specs.DEFAULT_REQUESTS["memory"]),
    )


def quota_amounts(quota: "Quota") -> Need:
    """A quota of the settings in numbers."""
    return Need(
        pods=quota.pods,
        cpu_millicores=units.parse_cpu(quota.cpu),
        memory_bytes=units.parse_memory(quota.memory),
    )


def _kubelets(this: Design, port: int) -> list[IngressFromArgs]:
    """The nodes, for network plugins that filter probes too."""
    nodes = this.settings.region.node_cidrs
    return [{"port": port, "cidrs": nodes}] if nodes else []


def _database(settings: "Settings") -> planning.Database | None:
    given = settings.database
    if given is None:
        return None
    return planning.Database(
        kind=given.kind,
        max_connections=given.max_connections,
        reserved_connections=given.reserved_connections,
        share_percent=given.share_percent,
        shared_by_regions=given.shared_by_regions,
        query_milliseconds=given.query_milliseconds,
        pool_size=given.pool_size,
        pooler=given.pooler,
        pooler_instances=given.pooler_instances,
        pooler_pool_size=given.pooler_pool_size,
    )


def _bounds(settings: "Settings") -> planning.Bounds:
    region, scaling, quota_given = settings.region, settings.scaling, settings.region.quota
    given = settings.server.resources
    requests = given.requests if given else None
    limits = given.limits if given else None
    fixed = scaling.replicas if scaling.autoscaler == "none" else None
    return planning.Bounds(
        min_replicas=scaling.min_replicas if fixed is None else fixed,
        max_replicas=scaling.max_replicas if fixed is None else max(1, fixed),
        production=region.environment == "production",
        zones=region.zones,
        cpu_percent_of_limit=scaling.cpu_percent_of_limit,
        quota_pods=quota_given.pods if quota_given else None,
        quota_cpu_millicores=quota_amounts(quota_given).cpu_millicores if quota_given else None,
        quota_memory_bytes=quota_amounts(quota_given).memory_bytes if quota_given else None,
        cpu_request_millicores=units.parse_cpu(requests.cpu) if requests and requests.cpu else None,
        cpu_limit_millicores=units.parse_cpu(limits.cpu) if limits and limits.cpu else None,
        memory_request_bytes=units.parse_memory(requests.memory) if requests and requests.memory else None,
        memory_limit_bytes=units.parse_memory(limits.memory) if limits and limits.memory else None,
    )


def _quantities(given: "ResourceList") -> dict[str, str]:
    named = {"cpu": given.cpu, "memory": given.memory, "ephemeral-storage": given.ephemeral_storage}
    return {key: value for key, value in named.items() if value is not None}


def _mebibytes(size: float) -> str:
    return units.format_memory(ceil(size) * units.MIB)


def _remote_key(secret_key: str, key: str, prop: str | None) -> RemoteKeyArgs:
    args: RemoteKeyArgs = {"secret_key": secret_key, "remote_key": key}
    if prop is not None:
        args["remote_property"] = prop
    return args


def figure(value: planning.Figure | None) -> int:
    """A figure as a whole number; 0 where it does not apply."""
    return 0 if value is None else int(value.value)


def _given(wish: int | None, derived: int) -> int:
    return derived if wish is None else wish
