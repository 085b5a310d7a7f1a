"""From settings and a plan to the arguments of each component. Pure: a value moves here and is not decided here."""

from __future__ import annotations

from functools import partial
from math import ceil
from typing import TYPE_CHECKING, Any, TypeVar

import pulumi

from . import database_env
from .autoscaling.args import chosen_kind, followed
from .autoscaling.keys import AutoscalingKeys
from .chaos_runner import spec as chaos_specs
from .chaos_runner.keys import ChaosComponentKeys
from .colours import PREVIEW_ENDING, Colour, Preview, possible_names, preview
from .edge.keys import IngressKeys
from .eras import IDLE_CONNECTION_SECONDS, Era
from .inputs.outputs import mapped, plain
from .inputs.served import ServedKeys
from .keys import passed
from .kubernetes import mesh
from .kubernetes import quantities as units
from .kubernetes.keys import Egress, IngressFrom, Resources, SecretEnv
from .kubernetes.network import store_openings
from .load_test.keys import LoadTestComponentKeys
from .monitoring.keys import MonitoringKeys
from .monitoring.objects import is_anything
from .namespace import spec as namespace_specs
from .namespace.keys import NamespaceKeys, Quota
from .plan_inputs import rollout
from .planning import Figure
from .platforms import PLATFORMS
from .pooler import exporter as pooler_exporter
from .pooler import spec as pooler_specs
from .pooler.keys import PgBouncerKeys
from .probe_runner import spec as probe_specs
from .probe_runner.keys import ProbeKeys
from .secrets.keys import RemoteKey, SecretsKeys
from .server.keys import ServiceKeys
from .server_plan import ServerPlan, figure, resources
from .settings.fields import Group
from .settings.probe_file import WatchedEndpoint

if TYPE_CHECKING:
    from .region_plan import RegionPlan
    from .region_shared import Shared, SharedPooler, SharedSecret
    from .settings.keys import secrets as shared
    from .settings.keys.certificates import CertificateAuthority
    from .settings.models import Settings

T = TypeVar("T", bound=Group)
E = TypeVar("E", bound=ServedKeys)

LEAST_ROLLOUT_SECONDS = 600
"""A rollout pulls images and waits for its slowest pod, however short the waits for single objects are."""
PROBE_ENDING = "-probe"
"""What the name of the exporter has besides that of the server."""
ALLOWED_HOSTS_VARIABLE = "MCP_ALLOWED_HOSTS"
"""The names that a server which checks the Host header lets in, beside its loopback addresses."""
ALLOWED_ORIGINS_VARIABLE = "MCP_ALLOWED_ORIGINS"
"""The origins of web pages that a server which checks the Origin header lets in, as the edge does."""
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
        allow_from=[
            *_servers_of(pooler, plan),
            *_scrapers(pooler, plan),
            *_kubelets(plan.first, pooler_specs.PORT),
        ],
        allow_to=dns_openings(plan.settings),
        cluster_user_id=by_cluster(plan.settings),
        await_timeout_seconds=max(LEAST_ROLLOUT_SECONDS, plan.settings.awaits.timeout_seconds),
    )


def probe_args(plan: RegionPlan, namespace: pulumi.Input[str]) -> ProbeKeys:
    """The exporter that watches what the stack names, and the public addresses of the stack's own servers."""
    settings = plan.settings
    given = settings.probe
    if given is None:
        raise ValueError("the stack has no probe")
    return _made(
        ProbeKeys,
        settings,
        namespace=namespace,
        probe_name=probe_name(plan),
        watcher=settings.region.name,
        endpoints=[*given.endpoints, *(own_endpoints(plan) if given.own else ())],
        allow_from=[
            IngressFrom(port=probe_specs.PORT, namespace=settings.monitoring.namespace),
            *_kubelets(plan.first, probe_specs.PORT),
        ],
        allow_to=dns_openings(settings),
        cluster_user_id=by_cluster(settings),
        await_timeout_seconds=max(LEAST_ROLLOUT_SECONDS, settings.awaits.timeout_seconds),
    )


def probe_name(plan: RegionPlan) -> str:
    """Name of the exporter: after the stack's own server, as the pooler is called."""
    return f"{plan.stack.shared_name}{PROBE_ENDING}"


def own_endpoints(plan: RegionPlan) -> list[WatchedEndpoint]:
    """The public addresses of the region's own servers; further hosts of an edge are counted, and not called after."""
    found = []
    for server in plan.servers:
        edge, keys = server.settings.edge, server.settings.server
        eras = [era.value for era in server.era_profile.eras]
        path, spoken = keys.path, [era for era in eras if era != Era.SSE]
        if not spoken:
            path, spoken = (keys.sse_paths or [keys.path])[0], eras
        hosts = () if server.internal else (edge.host, *edge.hosts)
        for number, host in enumerate(hosts, start=1):
            found.append(
                WatchedEndpoint(
                    name=server.name if number == 1 else f"{server.name}/{number}",
                    url=mapped(host, partial(_address, path=path)),
                    server=server.name,
                    region=server.settings.region.name,
                    eras=spoken,
                    checks=["authorization"] if keys.authorization else [],
                )
            )
    return found


def _address(host: str, path: str) -> str:
    return f"https://{host}{path}"


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
    return _served(
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


def known_autoscaling_args(server: ServerPlan, colour: Colour | None = None) -> AutoscalingKeys:
    """The same with names that are known now, for whoever reads them instead of making objects."""
    return autoscaling_args(server, server.namespace, (colour or server.active).server_name)


def _target_per_pod(server: ServerPlan, follow: str) -> Figure | None:
    """How much of what is followed leaves the planned headroom free in a pod; ``None`` for CPU."""
    held = server.plan.capacity
    targets = {"sessions": held.sessions_target, "streams": held.sessions_target, "in-flight": held.calls_target}
    return targets.get(follow)


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
    return _served(
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
        await_timeout_seconds=settings.awaits.timeout_seconds,
        canary_service=None if share is None else idle_service,
        canary_percent=None if idle_service is None else share,
    )


def preview_args(
    server: ServerPlan, namespace: pulumi.Input[str], service_name: pulumi.Input[str], colour: Colour
) -> IngressKeys:
    """The route to the idle colour, by a host of its own or by a header at the public one; else as the public route."""
    args, way = ingress_args(server, namespace, service_name), preview(server.settings) or Preview()
    # The listener is told once, with the public route.
    changed: dict[str, Any] = {"route_name": f"{server.name}{PREVIEW_ENDING}", "max_headers": None}
    if way.host is not None:
        # A certificate that cert-manager makes is that of one host.
        own = args.cluster_issuer is not None
        changed |= {"host": way.host, "hosts": [], **({"tls_secret": None} if own else {})}
    elif way.header is not None:
        # The public route publishes the name already.
        changed |= {"match_headers": {way.header: colour.name}, "dns": None}
    return args.model_copy(update=changed)


def monitoring_args(
    server: ServerPlan,
    namespace: pulumi.Input[str],
    shared: Shared | None = None,
    colour: Colour | None = None,
) -> MonitoringKeys:
    """The monitoring: how the server's metrics are read, and what is known of it that rules hold them against.

    :param shared: what the servers of the region share, which is watched once, with the first server that uses it.
    :param colour: which of its colours; what is shared is watched with the active one, which is the default.
    """
    settings, monitoring, colour = server.settings, server.settings.monitoring, colour or server.active
    own_port = monitoring.port in (None, settings.server.port)
    limits = resources(server)["limits"]
    scaler = known_autoscaling_args(server, colour) if server.autoscaled else None
    kind = "none" if scaler is None else chosen_kind(scaler)
    follows = kind == "keda" and scaler is not None and scaler.query is None and followed(scaler) != "cpu"
    return _served(
        MonitoringKeys,
        server,
        namespace=namespace,
        server_name=colour.server_name,
        region=settings.region.name,
        port_name=None if own_port else "metrics",
        scheme=monitoring.scheme or ("https" if own_port and settings.server.serves_tls else None),
        target_kind="StatefulSet" if settings.server.stateful else None,
        autoscaler=kind,
        hpa_name=settings.scaling.hpa_name if kind == "keda" else None,
        follows_metric=follows or None,
        min_replicas=server.replicas,
        max_replicas=server.max_replicas,
        planned_sessions=figure(server.plan.load.planned_sessions) if server.era_profile.sessions else None,
        cpu_limit=limits.get("cpu"),
        memory_limit=limits.get("memory"),
        sessions_per_pod=figure(server.plan.capacity.sessions_per_pod_limit) if server.era_profile.sessions else None,
        objective_milliseconds=settings.workload.wait_p95_milliseconds,
        loaded_p95_milliseconds=server.loaded_p95_milliseconds,
        **(_watched_together(server, shared) if colour.active else {}),
    )


def _watched_together(server: ServerPlan, shared: Shared | None) -> dict[str, Any]:
    """What a server shares with others, if it is the first of them."""
    settings, database = server.settings, server.settings.database
    edge = settings.edge
    # cert-manager calls the Certificate of an Ingress after its Secret.
    certificate = f"{server.name}-tls" if edge.tls_secret is None else plain(edge.tls_secret)
    found: dict[str, Any] = {
        "certificate": certificate if edge.kind == "ingress" and edge.cluster_issuer is not None else None,
        "external_secret": server.secret_name if settings.secrets.source == "external" else None,
        "pooler_name": server.pooler_name if server.pooled else None,
        "database_name": plain(database.name) if database is not None and database.networked else None,
        "quota": settings.region.has("quota") or None,
    }
    if shared is None:
        return found
    secret = shared.secret_of(server.name)
    if secret is not None and secret.servers[0] != server.name:
        found["external_secret"] = None
    for one in shared.databases:
        if server.name not in one.servers:
            continue
        found["connection_budget"] = one.budget
        pooler = next((pooler for pooler in one.poolers if server.name in pooler.servers), None)
        if (one.servers if pooler is None else pooler.servers)[0] != server.name:
            found |= {"connection_budget": None, "pooler_name": None, "database_name": None}
        elif pooler is not None:
            found |= {"connection_budget": pooler.budget, "pooler_name": pooler.name}
    return found


def is_monitored(server: ServerPlan) -> bool:
    """Whether the monitoring of a server makes anything."""
    return is_anything(server.settings.monitoring)


def is_load_tested(server: ServerPlan) -> bool:
    """Whether a TestRun is made."""
    return server.settings.load_test is not None and server.settings.load_test.scenario is not None


def load_test_args(server: ServerPlan, namespace: pulumi.Input[str]) -> LoadTestComponentKeys:
    """A load test of a server: its public address, its load, its tools, its objective."""
    # What it reads of the autoscaler comes from here.
    from .load_test import of_stack

    settings, workload = server.settings, server.settings.workload
    name = "peak" if settings.load_test is None else settings.load_test.scenario or "peak"
    sessions, pods = of_stack.level(server, name)
    return _made(
        LoadTestComponentKeys,
        settings,
        namespace=namespace,
        server_name=server.name,
        scenario=name,
        url=of_stack.public_url(server),
        region=settings.region.name,
        sessions=sessions,
        pods=pods,
        sessions_per_pod=figure(server.plan.capacity.sessions_per_pod),
        tools=of_stack.planned_tools(server),
        era_percent=of_stack.eras(server),
        session_seconds=workload.session_minutes * 60,
        timeout_seconds=of_stack.timeout_seconds(server),
        drain_seconds=of_stack.drain_seconds(server),
        sse_path=settings.server.sse_paths[0],
        server_port=settings.server.port if server.internal else None,
        allow_to=dns_openings(settings),
    )


def chaos_args(server: ServerPlan, namespace: pulumi.Input[str]) -> ChaosComponentKeys:
    """An experiment with the pods of a server, whose clients call through its public address."""
    from .load_test import of_stack

    settings = server.settings
    return _made(
        ChaosComponentKeys,
        settings,
        namespace=namespace,
        server_name=server.name,
        url=of_stack.public_url(server),
        region=settings.region.name,
        server_port=settings.server.port if server.internal else None,
        cluster_user_id=by_cluster(settings),
        allow_to=dns_openings(settings),
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
    cors = server.settings.edge.cors
    if cors is not None:
        own = [mapped(name, lambda host: f"https://{host}") for name in _hosts(server)]
        derived[ALLOWED_ORIGINS_VARIABLE] = _listed([*cors.origins, *own])
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
    return _listed(_hosts(server) or [f"{server.name}.{server.namespace}.svc"])


def _hosts(server: ServerPlan) -> list[pulumi.Input[str]]:
    """The public names; none where there is no edge."""
    edge = server.settings.edge
    if edge.host is None:
        return []
    preview = server.settings.server.rollout.blue_green.preview_host if server.blue_green else None
    return [edge.host, *edge.hosts, *([] if preview is None else [preview])]


def _listed(words: list[pulumi.Input[str]]) -> pulumi.Input[str]:
    """Words with commas between them, once all of them are known."""
    known = [word for word in words if isinstance(word, str)]
    return ",".join(known) if len(known) == len(words) else pulumi.Output.all(*words).apply(",".join)


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
    if server.internal and is_load_tested(server):
        result.append(IngressFrom(port=server_keys.port, pod_labels={"app": "k6"}))
    if server.internal and server.settings.chaos is not None:
        caller = chaos_specs.name_of(server.name)
        result.append(IngressFrom(port=server_keys.port, workload=caller, component=chaos_specs.COMPONENT))
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
