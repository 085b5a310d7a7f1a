"""From settings and a plan to the arguments of each component. Pure: a value moves here and is not decided here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pulumi
from pydantic import BaseModel

from .autoscaling.args import McpAutoscalingArgs, chosen_kind, followed
from .edge.args import McpIngressArgs
from .kubernetes import quantities as units
from .kubernetes.args import EgressArgs, IngressFromArgs
from .namespace.args import McpNamespaceArgs, QuotaArgs
from .planning import Figure
from .pooler import spec as pooler_specs
from .pooler.args import McpPgBouncerArgs
from .secrets.args import McpSecretsArgs, RemoteKeyArgs
from .server.args import McpServiceArgs, grace_period
from .server_plan import ServerPlan, figure, resources

if TYPE_CHECKING:
    from .region_plan import RegionPlan
    from .region_shared import SharedPooler, SharedSecret

INGRESS_NAMESPACE = "ingress-nginx"
GRACEFUL_TIMEOUT_VARIABLE = "UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN"
POOLER_TLS_MODE = "disable"
"""The pooler offers no TLS to pods, which reach it inside the namespace only. Not every driver falls back by itself:
node-postgres takes 'prefer' for 'require'."""
ENVOY_NAMESPACE = "envoy-gateway-system"
"""Where Envoy Gateway runs its proxies, unless it was told to use the namespace of each Gateway."""
AUTOSCALING_AS_SAID = (
    "follow",
    "target_per_pod",
    "query",
    "prometheus_address",
    "authentication",
    "metrics",
    "schedules",
    "fallback_replicas",
    "fallback_failures",
    "polling_seconds",
    "scale_up",
    "scale_down",
    "scale_down_window_seconds",
    "hpa_name",
    "take_over",
)
"""Keys of mcp:scaling that are arguments of McpAutoscaling under the same name, where they are given."""


def namespace_args(plan: RegionPlan) -> McpNamespaceArgs:
    """A namespace with room for the greatest number of pods of all servers and a rollout."""
    region = plan.settings.region
    args: McpNamespaceArgs = {
        "namespace": plan.first.namespace,
        "environment": region.environment,
        "quota": quota(plan),
    }
    if region.operators:
        args["operators"] = region.operators
    return args


def secrets_args(secret: SharedSecret, plan: RegionPlan, namespace: pulumi.Input[str]) -> McpSecretsArgs:
    """Where a Secret comes from."""
    secrets, awaits = secret.settings, plan.settings.awaits
    args: McpSecretsArgs = {
        "namespace": namespace,
        "source": secrets.source,
        "await_ready": awaits.custom_resources,
        "await_timeout_seconds": awaits.timeout_seconds,
    }
    if secrets.source != "config" or secrets.name is not None:
        args["secret_name"] = secret.name
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


def pooler_args(
    pooler: SharedPooler, plan: RegionPlan, namespace: pulumi.Input[str], secret_name: pulumi.Input[str]
) -> McpPgBouncerArgs:
    """A pooler that keeps within its part of the connection budget."""
    database, figures = pooler.database, pooler.figures
    if database.host is None:
        raise ValueError("a pooler needs a database with a host")
    args: McpPgBouncerArgs = {
        "namespace": namespace,
        "pooler_name": pooler.name,
        "database_host": database.host,
        "database_port": database.port,
        "database_name": database.name,
        "database_cidrs": database.cidrs,
        "secret_name": secret_name,
        "user_key": database.user_key,
        "password_key": database.password_key,
        "instances": database.pooler_instances,
        "pool_size": figure(figures.pool_size),
        "reserve_pool_size": figure(figures.reserve),
        "max_client_conn": figure(figures.max_client_conn),
        "budget": pooler.budget,
        "client_connections": figure(figures.client_connections),
        "server_tls_mode": database.tls_mode,
        "image": database.pooler_image,
        "allow_from": [*_servers_of(pooler), *_kubelets(plan.first, pooler_specs.PORT)],
        "await_timeout_seconds": max(600, plan.settings.awaits.timeout_seconds),
    }
    version = plan.server(pooler.servers[0]).settings.secrets.version
    if version is not None:
        args["secret_version"] = version
    return args


def _servers_of(pooler: SharedPooler) -> list[IngressFromArgs]:
    return [{"port": pooler_specs.PORT, "workload": name, "component": "server"} for name in pooler.servers]


def service_args(
    server: ServerPlan,
    namespace: pulumi.Input[str],
    secret_name: pulumi.Input[str] | None,
    pooler_host: pulumi.Input[str] | None,
) -> McpServiceArgs:
    """The server: planned resources, the drain of its eras, and only the connections it needs."""
    server_keys, scaling = server.settings.server, server.settings.scaling
    args: McpServiceArgs = {
        "image": server_keys.image,
        "namespace": namespace,
        "server_name": server_keys.name,
        "eras": list(server_keys.eras),
        "port": server_keys.port,
        "metrics_port": server.settings.monitoring.port or server_keys.port,
        "path": server_keys.path,
        "max_tool_seconds": server_keys.max_tool_seconds,
        "min_replicas": server.replicas,
        "autoscaled": server.autoscaled,
        "production": server.production,
        "resources": resources(server),
        "env": environment(server, pooler_host),
        "pre_stop_seconds": server.pre_stop_seconds,
        "graceful_timeout_seconds": server.graceful_timeout_seconds,
        "writable_paths": server_keys.writable_paths,
        "user_id": server_keys.user_id,
        "service_account_annotations": server_keys.service_account_annotations,
        "allow_from": origins(server),
        "allow_to": destinations(server),
        "await_timeout_seconds": max(600, server.settings.awaits.timeout_seconds),
    }
    if server_keys.health_path is not None:
        args["health_path"] = server_keys.health_path
    if server_keys.liveness_path is not None:
        args["liveness_path"] = server_keys.liveness_path
    if server_keys.grace_period_seconds is not None:
        args["grace_period_seconds"] = server_keys.grace_period_seconds
    if scaling.min_available is not None:
        args["min_available"] = scaling.min_available
    if server_keys.command is not None:
        args["command"] = server_keys.command
    if server_keys.args is not None:
        args["args"] = server_keys.args
    if secret_name is not None:
        args["secret_name"] = secret_name
        args["secret_env"] = [
            {"variable": variable, "key": key} for variable, key in sorted(secret_environment(server).items())
        ]
        if server.settings.secrets.version is not None:
            args["secret_version"] = server.settings.secrets.version
    return args


def autoscaling_args(server: ServerPlan, namespace: pulumi.Input[str], target: pulumi.Input[str]) -> McpAutoscalingArgs:
    """The autoscaler, on the metric that the eras need."""
    scaling, awaits = server.settings.scaling, server.settings.awaits
    args: McpAutoscalingArgs = {
        "namespace": namespace,
        "target": target,
        "kind": scaling.autoscaler,
        "eras": list(server.settings.server.eras),
        "min_replicas": server.replicas,
        "max_replicas": server.max_replicas,
        "cpu_percent": round(server.plan.cpu.cpu_target_percent_of_request.value),
        "python": server.runtime.python,
        "requests": resources(server).get("requests", {}),
        "sessions_per_pod": figure(server.plan.capacity.sessions_per_pod),
        "sessions_metric": scaling.sessions_metric,
        "session_minutes": server.settings.workload.session_minutes,
        "drain_seconds": grace_period_seconds(server),
        "await_ready": awaits.custom_resources,
        "await_timeout_seconds": awaits.timeout_seconds,
        "production": server.production,
    }
    if scaling.memory_percent_of_request is not None:
        args["memory_percent"] = round(scaling.memory_percent_of_request)
    if scaling.dialect != "reference":
        args["dialect"] = scaling.dialect
    if server.settings.region.kubernetes_version is not None:
        args["kubernetes_version"] = server.settings.region.kubernetes_version
    if server.settings.edge.implementation is not None:
        args["implementation"] = server.settings.edge.implementation
    as_said = {name: value for name, value in _said(scaling).items() if name in AUTOSCALING_AS_SAID}
    args = cast(McpAutoscalingArgs, {**args, **as_said})
    per_pod = _target_per_pod(server, followed(args))
    if per_pod is not None and "target_per_pod" not in args and chosen_kind(args) == "keda":
        args["target_per_pod"] = float(per_pod.value)
    return args


def known_autoscaling_args(server: ServerPlan) -> McpAutoscalingArgs:
    """The same with names that are known now, for whoever reads them instead of making objects."""
    return autoscaling_args(server, server.namespace, server.settings.server.name)


def _target_per_pod(server: ServerPlan, follow: str) -> Figure | None:
    """How much of what is followed leaves the planned headroom free in a pod; ``None`` for CPU."""
    held = server.plan.capacity
    targets = {"sessions": held.sessions_target, "streams": held.sessions_target, "in-flight": held.calls_target}
    return targets.get(follow)


def grace_period_seconds(server: ServerPlan) -> int:
    """The terminationGracePeriodSeconds of the server in force."""
    given = server.settings.server.grace_period_seconds
    return grace_period(server.pre_stop_seconds, server.graceful_timeout_seconds) if given is None else given


def ingress_args(server: ServerPlan, namespace: pulumi.Input[str], service_name: pulumi.Input[str]) -> McpIngressArgs:
    """The route, with timeouts that outlive the slowest tool."""
    server_keys, edge, awaits = server.settings.server, server.settings.edge, server.settings.awaits
    args: McpIngressArgs = {
        "namespace": namespace,
        "host": edge.host,
        "service_name": service_name,
        "route_name": server_keys.name,
        "kind": edge.kind,
        "path": server_keys.path,
        "sse_paths": list(server_keys.sse_paths),
        "eras": list(server_keys.eras),
        "max_replicas": server.max_replicas,
        "max_tool_seconds": server_keys.max_tool_seconds,
        "keepalive_seconds": server_keys.keepalive_seconds,
        "authorization": server_keys.authorization,
        "affinity": edge.affinity,
        "request_timeout_seconds": edge.request_timeout_seconds,
        "gateway_name": edge.gateway.name,
        "gateway_namespace": edge.gateway.namespace,
        "ingress_class": edge.ingress_class,
        "annotations": edge.annotations,
        "client_namespace": client_namespace(server),
        "parallel_requests": server.max_replicas
        * (server.settings.workload.sessions_per_pod + server.plan.calls.busiest),
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


def environment(server: ServerPlan, pooler_host: pulumi.Input[str] | None) -> dict[str, pulumi.Input[str]]:
    """The server's environment in clear: what is derived, unless the Secret gives it, and what the settings give."""
    secret = secret_environment(server) if server.settings.secrets.source != "none" else {}
    derived = derived_environment(server, pooler_host)
    return {**{name: value for name, value in derived.items() if name not in secret}, **server.settings.server.env}


def derived_environment(server: ServerPlan, pooler_host: pulumi.Input[str] | None) -> dict[str, pulumi.Input[str]]:
    """What the runtime and libpq understand, from the plan and from what is built."""
    derived: dict[str, pulumi.Input[str]] = {}
    if server.runtime.drains_by_env:
        derived[GRACEFUL_TIMEOUT_VARIABLE] = str(server.graceful_timeout_seconds)
    if server.plan.memory.node_heap_mib is not None:
        derived["NODE_OPTIONS"] = f"--max-old-space-size={server.plan.memory.node_heap_mib.value:.0f}"
    database = server.settings.database
    if database is not None and database.host is not None:
        derived["PGHOST"] = database.host if pooler_host is None else pooler_host
        derived["PGPORT"] = str(database.port if pooler_host is None else pooler_specs.PORT)
        derived["PGDATABASE"] = database.name
        derived["PGSSLMODE"] = database.tls_mode if pooler_host is None else POOLER_TLS_MODE
        if pooler_host is None and database.tls_mode == "verify-full":
            derived["PGSSLROOTCERT"] = "system"
        if server.plan.pool.pool_size is not None:
            derived["DATABASE_POOL_SIZE"] = f"{server.plan.pool.pool_size.value:.0f}"
    return derived


def secret_environment(server: ServerPlan) -> dict[str, str]:
    """Environment variables from keys of the Secret; the database's user and password besides the given ones, unless
    the settings give those in clear."""
    database = server.settings.database
    derived = {}
    if database is not None and database.host is not None:
        derived = {"PGUSER": database.user_key, "PGPASSWORD": database.password_key}
    in_clear = server.settings.server.env
    kept = {variable: key for variable, key in derived.items() if variable not in in_clear}
    return {**kept, **server.settings.secrets.env}


def origins(server: ServerPlan) -> list[IngressFromArgs]:
    """Who may connect to the server: the proxies, Prometheus, and kubelets where the plugin filters them.

    The proxies have an opening of their own, by the name of their namespace: with another edge both are open until the
    old route is gone.
    """
    server_keys, monitoring = server.settings.server, server.settings.monitoring
    proxies = client_namespace(server)
    result: list[IngressFromArgs] = [
        {"port": server_keys.port, "namespace": proxies, "name": proxies},
        {"port": monitoring.port or server_keys.port, "namespace": monitoring.namespace},
    ]
    if server.settings.edge.client_cidrs:
        result.append({"port": server_keys.port, "cidrs": server.settings.edge.client_cidrs, "name": proxies})
    return [*result, *_kubelets(server, server_keys.port)]


def destinations(server: ServerPlan) -> list[EgressArgs]:
    """Where the server may connect to: the pooler or the database, and what the settings name."""
    database = server.settings.database
    others: list[EgressArgs] = [{"port": one.port, "cidrs": one.cidrs} for one in server.settings.server.egress]
    if database is None or database.host is None:
        return others
    if server.pooled:
        return [{"port": pooler_specs.PORT, "workload": server.pooler_name, "component": "pooler"}, *others]
    return [{"port": database.port, "cidrs": database.cidrs}, *others]


def client_namespace(server: ServerPlan) -> str:
    """Namespace of the proxies that connect to the pods."""
    edge = server.settings.edge
    if edge.client_namespace is not None:
        return edge.client_namespace
    if edge.kind == "ingress":
        return INGRESS_NAMESPACE
    return ENVOY_NAMESPACE if edge.implementation == "envoy-gateway" else edge.gateway.namespace


def quota(plan: RegionPlan) -> QuotaArgs:
    """The quota that the platform imposes, or what the greatest number of pods of all servers and a rollout need."""
    given = plan.settings.region.quota
    if given is not None:
        return {"cpu": given.cpu, "memory": given.memory, "pods": given.pods}
    need = plan.shared.need_draining
    return {
        "cpu": units.format_cpu(need.cpu_millicores),
        "memory": units.format_memory(need.memory_bytes),
        "pods": need.pods,
    }


def _kubelets(server: ServerPlan, port: int) -> list[IngressFromArgs]:
    """The nodes, for network plugins that filter probes too."""
    nodes = server.settings.region.node_cidrs
    return [{"port": port, "cidrs": nodes}] if nodes else []


def _said(value: Any) -> Any:
    """What a group says, under the names that the arguments have too. What is left out or null is not in it."""
    if isinstance(value, list):
        return [_said(item) for item in value]
    if not isinstance(value, BaseModel):
        return value
    given = {name: getattr(value, name) for name in type(value).model_fields if name in value.model_fields_set}
    return {name: _said(inner) for name, inner in given.items() if inner is not None}


def _remote_key(secret_key: str, key: str, prop: str | None) -> RemoteKeyArgs:
    args: RemoteKeyArgs = {"secret_key": secret_key, "remote_key": key}
    if prop is not None:
        args["remote_property"] = prop
    return args
