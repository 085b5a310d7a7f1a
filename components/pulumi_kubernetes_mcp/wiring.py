"""From settings and a plan to the arguments of each component. Pure: a value moves here and is not decided here."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any, TypeVar

import pulumi

from . import database_env
from .autoscaling.args import chosen_kind, followed
from .autoscaling.keys import AutoscalingKeys
from .edge.keys import IngressKeys
from .eras import IDLE_CONNECTION_SECONDS
from .inputs.served import ServedKeys
from .keys import passed
from .kubernetes import mesh
from .kubernetes import quantities as units
from .kubernetes.keys import Egress, IngressFrom, Resources, SecretEnv
from .kubernetes.network import store_openings
from .namespace import spec as namespace_specs
from .namespace.keys import NamespaceKeys, Quota
from .plan_inputs import rollout
from .planning import Figure
from .platforms import PLATFORMS
from .pooler import spec as pooler_specs
from .pooler.keys import PgBouncerKeys
from .secrets.keys import RemoteKey, SecretsKeys
from .server.keys import ServiceKeys
from .server_plan import ServerPlan, figure, resources
from .settings.fields import Group

if TYPE_CHECKING:
    from .region_plan import RegionPlan
    from .region_shared import SharedPooler, SharedSecret
    from .settings.keys import secrets as shared
    from .settings.keys.certificates import CertificateAuthority
    from .settings.models import Settings

T = TypeVar("T", bound=Group)
E = TypeVar("E", bound=ServedKeys)

LEAST_ROLLOUT_SECONDS = 600
"""A rollout pulls images and waits for its slowest pod, however short the waits for single objects are."""
ALLOWED_HOSTS_VARIABLE = "MCP_ALLOWED_HOSTS"
"""The names that a server which checks the Host header lets in, beside its loopback addresses."""
GRACEFUL_TIMEOUT_VARIABLE = "UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN"
IDLE_CONNECTION_VARIABLE = "UVICORN_TIMEOUT_KEEP_ALIVE"


def namespace_args(plan: RegionPlan) -> NamespaceKeys:
    """A namespace with room for the greatest number of pods of all servers and a rollout."""
    return _made(NamespaceKeys, plan.settings, namespace=plan.first.namespace, quota=quota(plan))


def secrets_args(secret: SharedSecret, plan: RegionPlan, namespace: pulumi.Input[str]) -> SecretsKeys:
    """Where a Secret comes from; only what its source reads."""
    secrets, awaits = secret.settings, plan.settings.awaits
    external, config = secrets.source == "external", secrets.source == "config"
    read = secrets if external else secrets.model_copy(update={"store": None})
    return _made(
        SecretsKeys,
        plan.settings.model_copy(update={"secrets": read}),
        namespace=namespace,
        source=secrets.source,
        secret_name=None if config and secrets.name is None else secret.name,
        remote=[_remote_key(key, remote) for key, remote in sorted(secrets.remote.items())] if external else None,
        values=secrets.values if config else None,
        refresh_interval=secrets.refresh_interval if external else None,
        await_ready=awaits.custom_resources,
        await_timeout_seconds=awaits.timeout_seconds,
    )


def pooler_args(
    pooler: SharedPooler, plan: RegionPlan, namespace: pulumi.Input[str], secret_name: pulumi.Input[str]
) -> PgBouncerKeys:
    """A pooler that keeps within its part of the connection budget."""
    figures = pooler.figures
    return _made(
        PgBouncerKeys,
        plan.server(pooler.servers[0]).settings.model_copy(update={"database": pooler.database}),
        namespace=namespace,
        pooler_name=pooler.name,
        secret_name=secret_name,
        pool_size=figure(figures.pool_size),
        reserve_pool_size=figure(figures.reserve),
        max_client_conn=figure(figures.max_client_conn),
        parameters=database_env.parameters(pooler.database, plan.server(pooler.servers[0]).settings.workload),
        budget=pooler.budget,
        client_connections=figure(figures.client_connections),
        allow_from=[*_servers_of(pooler), *_kubelets(plan.first, pooler_specs.PORT)],
        allow_to=dns_openings(plan.settings),
        cluster_user_id=by_cluster(plan.settings),
        await_timeout_seconds=max(LEAST_ROLLOUT_SECONDS, plan.settings.awaits.timeout_seconds),
    )


def by_cluster(settings: Settings) -> bool | None:
    """Whether the cluster chooses the user, because the stack says so or its platform does; ``None`` where not."""
    server = settings.server
    said = "cluster_user_id" in server.model_fields_set or "user_id" in server.model_fields_set
    if said:
        return server.cluster_user_id or None
    return PLATFORMS[settings.region.platform].cluster_user_ids or None


def dns_openings(settings: Settings) -> list[Egress]:
    """The resolvers, where no policy of the namespace opens them to its pods."""
    region = settings.region
    return [] if region.has("policies") else namespace_specs.dns_openings(region.resolvers, region.platform)


def _servers_of(pooler: SharedPooler) -> list[IngressFrom]:
    return [IngressFrom(port=pooler_specs.PORT, workload=name) for name in pooler.servers]


def service_args(
    server: ServerPlan,
    namespace: pulumi.Input[str],
    secret_name: pulumi.Input[str] | None,
    pooler_host: pulumi.Input[str] | None,
) -> ServiceKeys:
    """The server: planned resources, the drain of its eras, and only the connections it needs."""
    settings = server.settings
    secret_env = None
    if secret_name is not None:
        secret_env = [
            SecretEnv(variable=variable, key=key) for variable, key in sorted(secret_environment(server).items())
        ]
    return _served(
        ServiceKeys,
        server,
        namespace=namespace,
        server_name=settings.server.name,
        metrics_port=settings.monitoring.port or settings.server.port,
        min_replicas=server.replicas,
        start_replicas=settings.scaling.start_replicas if server.autoscaled else None,
        autoscaled=server.autoscaled,
        production=server.production,
        resources=Resources(**resources(server)),
        env=environment(server, pooler_host),
        # What a StatefulSet has instead of a surge follows from its claims.
        rollout=settings.server.rollout if settings.server.stateful else rollout(settings),
        propagation_seconds=server.propagation_seconds,
        session_affinity=server.keeps_clients,
        secret_name=secret_name,
        secret_env=secret_env,
        secret_version=None if secret_name is None else settings.secrets.version,
        database_ca=_authority(server),
        allow_from=origins(server),
        allow_to=[*destinations(server), *dns_openings(settings)],
        cluster_user_id=by_cluster(settings),
        await_timeout_seconds=max(
            LEAST_ROLLOUT_SECONDS, settings.awaits.timeout_seconds, 4 * settings.server.startup_seconds
        ),
    )


def _authority(server: ServerPlan) -> CertificateAuthority | None:
    """The authority of the database that the pods themselves connect to."""
    database = server.settings.database
    return None if server.pooled or database is None or not database.networked else database.ca


def autoscaling_args(server: ServerPlan, namespace: pulumi.Input[str], target: pulumi.Input[str]) -> AutoscalingKeys:
    """The autoscaler, on the metric that the eras need."""
    settings, memory = server.settings, server.settings.scaling.memory_percent_of_request
    keys = _served(
        AutoscalingKeys,
        server,
        namespace=namespace,
        target=target,
        target_kind="StatefulSet" if settings.server.stateful else None,
        kind=settings.scaling.autoscaler,
        min_replicas=server.replicas,
        max_replicas=server.max_replicas,
        cpu_percent=round(server.plan.cpu.cpu_target_percent_of_request.value),
        memory_percent=None if memory is None else round(memory),
        python=server.runtime.python,
        requests=resources(server)["requests"],
        sessions_per_pod=figure(server.plan.capacity.sessions_per_pod),
        drain_seconds=server.grace_period_seconds,
        hashed_affinity=server.hash is not None,
        await_ready=settings.awaits.custom_resources,
        await_timeout_seconds=settings.awaits.timeout_seconds,
        production=server.production,
    )
    per_pod = _target_per_pod(server, followed(keys))
    if per_pod is None or keys.target_per_pod is not None or chosen_kind(keys) != "keda":
        return keys
    held = float(per_pod.value)
    most = ceil(float(server.plan.load.peak_sessions.value) / held)
    return keys.model_copy(update={"target_per_pod": held, "peak_replicas": most if keys.hashed_affinity else None})


def known_autoscaling_args(server: ServerPlan) -> AutoscalingKeys:
    """The same with names that are known now, for whoever reads them instead of making objects."""
    return autoscaling_args(server, server.namespace, server.settings.server.name)


def _target_per_pod(server: ServerPlan, follow: str) -> Figure | None:
    """How much of what is followed leaves the planned headroom free in a pod; ``None`` for CPU."""
    held = server.plan.capacity
    targets = {"sessions": held.sessions_target, "streams": held.sessions_target, "in-flight": held.calls_target}
    return targets.get(follow)


def ingress_args(server: ServerPlan, namespace: pulumi.Input[str], service_name: pulumi.Input[str]) -> IngressKeys:
    """The route, with timeouts that outlive the slowest tool."""
    settings = server.settings
    return _served(
        IngressKeys,
        server,
        namespace=namespace,
        service_name=service_name,
        route_name=settings.server.name,
        max_replicas=server.max_replicas,
        client_namespace=server.client_namespace,
        idle_connection_seconds=server.idle_connection_seconds,
        parallel_requests=server.max_replicas * (settings.workload.sessions_per_pod + server.plan.calls.busiest),
        await_ready=settings.awaits.edge,
        await_timeout_seconds=settings.awaits.timeout_seconds,
    )


def environment(server: ServerPlan, pooler_host: pulumi.Input[str] | None) -> dict[str, pulumi.Input[str]]:
    """The server's environment in clear: what is derived, unless the Secret gives it, and what the settings give."""
    given = server.settings.server.env_value_from
    secret = secret_environment(server) if server.settings.secrets.source != "none" else {}
    derived = derived_environment(server, pooler_host)
    kept = {name: value for name, value in derived.items() if name not in secret and name not in given}
    return {**kept, **server.settings.server.env}


def derived_environment(server: ServerPlan, pooler_host: pulumi.Input[str] | None) -> dict[str, pulumi.Input[str]]:
    """What the runtime and libpq understand, from the plan and from what is built."""
    derived: dict[str, pulumi.Input[str]] = {ALLOWED_HOSTS_VARIABLE: _allowed_hosts(server)}
    if server.runtime.drains_by_env:
        derived[GRACEFUL_TIMEOUT_VARIABLE] = str(server.graceful_timeout_seconds)
        if server.idle_connection_seconds != IDLE_CONNECTION_SECONDS:
            derived[IDLE_CONNECTION_VARIABLE] = str(server.idle_connection_seconds)
    if server.plan.memory.node_heap_mib is not None:
        derived["NODE_OPTIONS"] = f"--max-old-space-size={server.plan.memory.node_heap_mib.value:.0f}"
    database = server.settings.database
    if database is not None and database.networked:
        derived |= database_env.clear_variables(
            database,
            server.settings.workload,
            runtime=server.settings.server.runtime,
            pool_size=server.plan.pool.of_process,
            pooler=None if pooler_host is None else (pooler_host, pooler_specs.PORT),
        )
    return derived


def _allowed_hosts(server: ServerPlan) -> pulumi.Input[str]:
    """Every name that clients reach the server by, with commas between them."""
    edge = server.settings.edge
    if edge.host is None:
        return f"{server.name}.{server.namespace}.svc"
    names: list[pulumi.Input[str]] = [edge.host, *edge.hosts]
    known = [name for name in names if isinstance(name, str)]
    return ",".join(known) if len(known) == len(names) else pulumi.Output.all(*names).apply(",".join)


def secret_environment(server: ServerPlan) -> dict[str, str]:
    """Environment variables from keys of the Secret; the database's user and password besides the given ones, unless
    the settings give those in clear."""
    database = server.settings.database
    derived = database_env.secret_variables(database) if database is not None and database.networked else {}
    given = {*server.settings.server.env, *server.settings.server.env_value_from}
    kept = {variable: key for variable, key in derived.items() if variable not in given}
    return {**kept, **server.settings.secrets.env}


def origins(server: ServerPlan) -> list[IngressFrom]:
    """Who may connect to the server: the proxies, Prometheus, and kubelets where the plugin filters them.

    The proxies have an opening of their own, by the name of their namespace: with another edge both are open until the
    old route is gone.
    """
    server_keys, monitoring = server.settings.server, server.settings.monitoring
    proxies, cidrs = server.client_namespace, server.client_cidrs
    name = proxies or server.implementation.name
    result = [IngressFrom(port=monitoring.port or server_keys.port, namespace=monitoring.namespace)]
    if proxies is not None:
        result.insert(0, IngressFrom(port=server_keys.port, namespace=proxies, name=name))
    if cidrs:
        result.append(IngressFrom(port=server_keys.port, cidrs=cidrs, name=name))
    result += [
        IngressFrom.model_construct(**{**dict(one), "port": one.port or server_keys.port})
        for one in server_keys.ingress
    ]
    return [*result, *_kubelets(server, server_keys.port)]


def destinations(server: ServerPlan) -> list[Egress]:
    """Where the server may connect to: the pooler or the database, the state store, and what the settings name."""
    database, store = server.settings.database, server.settings.state_store
    others = [Egress.model_construct(**dict(one)) for one in server.settings.server.egress]
    if store is not None:
        others = [*store_openings(store.port, store.namespace, store.pod_labels, store.cidrs), *others]
    if database is None or not database.networked:
        return others
    if server.pooled:
        # A name that is too long is refused where the pooler is named, in words.
        return [Egress.model_construct(port=pooler_specs.PORT, workload=server.pooler_name), *others]
    given = "cidrs" in database.model_fields_set
    ways = store_openings(database.port, database.namespace, database.pod_labels, database.cidrs, given=given)
    return [*ways, *others]


def quota(plan: RegionPlan) -> Quota:
    """The quota that the platform imposes, or what the greatest number of pods of all servers and a rollout need."""
    given = plan.settings.region.quota
    if given is not None:
        return Quota(cpu=given.cpu, memory=given.memory, pods=given.pods, extended_resources=given.extended_resources)
    need = plan.shared.need_draining
    return Quota.model_construct(
        cpu=units.format_cpu(need.cpu_millicores),
        memory=units.format_memory(need.memory_bytes),
        pods=need.pods,
        extended_resources=dict(need.devices),
    )


def _kubelets(server: ServerPlan, port: int) -> list[IngressFrom]:
    """The nodes, for network plugins that filter probes too."""
    region = server.settings.region
    # The agent of a sidecar answers for the container.
    probed = mesh.AGENT_PORT if region.mesh == mesh.SIDECAR else port
    return [IngressFrom(port=probed, cidrs=region.node_cidrs)] if region.node_cidrs else []


def _remote_key(secret_key: str, remote: shared.RemoteKey) -> RemoteKey:
    return RemoteKey(secret_key=secret_key, remote_key=remote.key, remote_property=remote.property)


def _served(group: type[E], server: ServerPlan, **decided: Any) -> E:
    """The arguments of a component that serves eras, with what was derived from these."""
    return _made(group, server.settings, **decided).with_profile(server.era_profile)


def _made(group: type[T], settings: Settings, **decided: Any) -> T:
    """The arguments of a component: what the stack says as it is, and what was decided. ``None`` leaves a key out.

    Nothing is checked again: what a stack says was, and what a plan needs may be more than anybody may ask for, which
    the rules refuse in words of their own.
    """
    values = {**passed(group, settings), **decided}
    return group.model_construct(**{key: value for key, value in values.items() if value is not None})
