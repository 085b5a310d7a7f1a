"""The arguments of what carries a server: namespace, Secret, pooler, workload, autoscaler, route."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pulumi

from .. import database_env
from ..autoscaling.args import chosen_kind, followed
from ..autoscaling.keys import AutoscalingKeys
from ..colours import PREVIEW_ENDING, Colour, Preview, possible_names, preview
from ..edge.keys import IngressKeys
from ..kubernetes import quantities as units
from ..kubernetes.keys import IngressFrom, Resources, SecretEnv
from ..namespace.keys import NamespaceKeys, Quota
from ..plan_inputs import rollout
from ..pooler import exporter as pooler_exporter
from ..pooler import spec as pooler_specs
from ..pooler.keys import PgBouncerKeys
from ..secrets.keys import RemoteKey, SecretsKeys
from ..server.keys import ServiceKeys
from ..server_plan import ServerPlan, figure, resources
from ..settings.models.place import LEAST_ROLLOUT_SECONDS
from .environment import environment, secret_environment
from .made import made, served
from .network import by_cluster, destinations, dns_openings, kubelets, origins
from .targets import hashed_targets, target_per_pod

if TYPE_CHECKING:
    from ..region_plan import RegionPlan
    from ..region_shared import SharedPooler, SharedSecret
    from ..settings.keys import secrets as shared
    from ..settings.keys.certificates import CertificateAuthority


def namespace_args(plan: RegionPlan) -> NamespaceKeys:
    """A namespace with room for the greatest number of pods of all servers and a rollout."""
    return made(NamespaceKeys, plan.settings, namespace=plan.first.namespace, quota=quota(plan))


def quota(plan: RegionPlan) -> Quota:
    """The quota that the platform imposes, or what the greatest number of pods of all servers and a rollout need."""
    given = plan.settings.region.quota
    if given is not None:
        return Quota.model_construct(**dict(given))
    need = plan.shared.need_draining
    small, large = (need.devices.get(name) for name in units.HUGE_PAGES)
    return Quota.model_construct(
        cpu=units.format_cpu(need.cpu_millicores),
        memory=units.format_memory(need.memory_bytes),
        pods=need.pods,
        extended_resources={name: one for name, one in need.devices.items() if name not in units.HUGE_PAGES},
        hugepages2_mi=None if small is None else units.format_memory(small),
        hugepages1_gi=None if large is None else units.format_memory(large),
    )


def secrets_args(secret: SharedSecret, plan: RegionPlan, namespace: pulumi.Input[str]) -> SecretsKeys:
    """Where a Secret comes from; only what its source reads."""
    secrets, awaits = secret.settings, plan.settings.awaits
    external, config = secrets.source == "external", secrets.source == "config"
    read = secrets if external else secrets.model_copy(update={"store": None})
    return made(
        SecretsKeys,
        plan.settings.model_copy(update={"secrets": read}),
        namespace=namespace,
        source=secrets.source,
        secret_name=None if config and secrets.name is None else secret.name,
        remote=[_remote_key(key, remote) for key, remote in sorted(secrets.remote.items())] if external else None,
        values=secrets.values if config else None,
        refresh_interval=secrets.refresh_interval if external else None,
        await_ready=awaits.custom_resources,
        await_timeout_seconds=awaits.object_seconds,
    )


def _remote_key(secret_key: str, remote: shared.RemoteKey) -> RemoteKey:
    return RemoteKey(secret_key=secret_key, remote_key=remote.key, remote_property=remote.property)


def pooler_args(
    pooler: SharedPooler, plan: RegionPlan, namespace: pulumi.Input[str], secret_name: pulumi.Input[str]
) -> PgBouncerKeys:
    """A pooler that keeps within its part of the connection budget."""
    figures = pooler.figures
    return made(
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
        allow_from=[
            *_servers_of(pooler, plan),
            *_scrapers(pooler, plan),
            *kubelets(plan.first, pooler_specs.PORT),
        ],
        allow_to=dns_openings(plan.settings),
        cluster_user_id=by_cluster(plan.settings),
        await_timeout_seconds=plan.settings.awaits.rollout_seconds,
    )


def _servers_of(pooler: SharedPooler, plan: RegionPlan) -> list[IngressFrom]:
    """The workloads that connect through a pooler, both colours of each: it is open before a new one starts."""
    names = [name for server in pooler.servers for name in possible_names(plan.server(server).settings)]
    return [IngressFrom(port=pooler_specs.PORT, workload=name) for name in names]


def _scrapers(pooler: SharedPooler, plan: RegionPlan) -> list[IngressFrom]:
    """Prometheus, where the pooler has an exporter."""
    namespace = plan.settings.monitoring.namespace
    return [IngressFrom(port=pooler_exporter.PORT, namespace=namespace)] if pooler.database.pooler_exporter else []


def service_args(
    server: ServerPlan,
    namespace: pulumi.Input[str],
    secret_name: pulumi.Input[str] | None,
    pooler_host: pulumi.Input[str] | None,
    colour: Colour | None = None,
) -> ServiceKeys:
    """The server: planned resources, the drain of its eras, and only the connections it needs.

    :param colour: which of its colours. Default: the active one.
    """
    settings, colour = server.settings, colour or server.active
    secret_env = None
    if secret_name is not None:
        secret_env = [
            SecretEnv(variable=variable, key=key) for variable, key in sorted(secret_environment(server).items())
        ]
    return served(
        ServiceKeys,
        server,
        namespace=namespace,
        server_name=colour.server_name,
        image=colour.image,
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
            LEAST_ROLLOUT_SECONDS, settings.awaits.object_seconds, 4 * settings.server.startup_seconds
        ),
    )


def _authority(server: ServerPlan) -> CertificateAuthority | None:
    """The authority of the database that the pods themselves connect to."""
    database = server.settings.database
    return None if server.pooled or database is None or not database.networked else database.ca


def autoscaling_args(server: ServerPlan, namespace: pulumi.Input[str], target: pulumi.Input[str]) -> AutoscalingKeys:
    """The autoscaler, on the metric that the eras need."""
    settings, memory = server.settings, server.settings.scaling.memory_percent_of_request
    keys = served(
        AutoscalingKeys,
        server,
        namespace=namespace,
        target=target,
        target_kind=settings.server.workload,
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
        await_timeout_seconds=settings.awaits.object_seconds,
        production=server.production,
    )
    per_pod = target_per_pod(server, followed(keys))
    if per_pod is None or chosen_kind(keys) != "keda":
        return keys
    held = float(per_pod.value)
    if keys.hashed_affinity:
        return keys.model_copy(update=hashed_targets(server, keys, held))
    return keys if keys.target_per_pod is not None else keys.model_copy(update={"target_per_pod": held})


def known_autoscaling_args(server: ServerPlan, colour: Colour | None = None) -> AutoscalingKeys:
    """The same with names that are known now, for whoever reads them instead of making objects."""
    return autoscaling_args(server, server.namespace, (colour or server.active).server_name)


def ingress_args(
    server: ServerPlan,
    namespace: pulumi.Input[str],
    service_name: pulumi.Input[str],
    idle_service: pulumi.Input[str] | None = None,
) -> IngressKeys:
    """The route, with timeouts that outlive the slowest tool.

    :param service_name: the Service of the active colour; ``idle_service`` that of the idle one, if it runs.
    """
    settings, share = server.settings, server.settings.server.rollout.blue_green.canary_percent
    args = served(
        IngressKeys,
        server,
        namespace=namespace,
        service_name=service_name,
        route_name=settings.server.name,
        max_replicas=server.max_replicas,
        keepalive_seconds=server.keepalive_seconds,
        dns=server.dns,
        client_namespace=server.client_namespace,
        idle_connection_seconds=server.idle_connection_seconds,
        parallel_requests=server.max_replicas * (settings.workload.sessions_per_pod + server.plan.calls.busiest),
        await_ready=settings.awaits.edge,
        await_timeout_seconds=settings.awaits.object_seconds,
        leaving_service=idle_service if server.keeps_sessions else None,
        canary_service=None if share is None else idle_service,
        canary_percent=None if idle_service is None else share,
    )
    return args if server.tells_listener else args.model_copy(update={"client_address": None})


def preview_args(server: ServerPlan, namespace: pulumi.Input[str], service_name: pulumi.Input[str]) -> IngressKeys:
    """The route to the idle colour, or to the new pods of Argo Rollouts, by a host of its own or by a header at the
    public one; else as the public route.

    :param service_name: the Service of those pods.
    """
    args, way = ingress_args(server, namespace, service_name), preview(server.settings) or Preview()
    # The listener is told once, with the public route, and made with it; one beside a Gateway is the preview's own.
    changed: dict[str, Any] = {
        "route_name": f"{server.name}{PREVIEW_ENDING}",
        "max_headers": None,
        "gateway_class": None,
        "client_address": None,
    }
    if args.kind == "gateway" and args.gateway_listener_set and args.implementation == "envoy-gateway":
        changed["client_address"] = args.client_address
    if args.kind == "gateway" and args.gateway_class is not None:
        changed |= {"tls_secret": None, "cluster_issuer": None}
    if way.host is not None:
        # A certificate that cert-manager makes is that of one host.
        own = args.cluster_issuer is not None
        changed |= {"host": way.host, "hosts": [], **({"tls_secret": None} if own else {})}
    elif way.header is not None:
        # The public route publishes the name already.
        changed |= {"match_headers": {way.header: way.value}, "dns": None}
    return args.model_copy(update=changed)
