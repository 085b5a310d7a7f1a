"""Whether the database and the state store bear the greatest number of pods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic.alias_generators import to_camel

from ... import database_env, plan_inputs
from ...colours import counted
from ...inputs.outputs import plain
from ...kubernetes.network import in_cluster
from ...planning import SINGLE_WRITERS
from ...planning.connections import budget_words, ceiling_words
from ...server_plan import ServerPlan, figure
from .. import database, network, store
from ..model import Finding
from ..workload import writer_findings

if TYPE_CHECKING:
    from ...settings.models import DatabaseSettings


def database_findings(server: ServerPlan) -> list[Finding]:
    """Whether the database bears the greatest number of pods."""
    given, plan = server.settings.database, server.plan
    if given is None:
        return []
    found = database.single_writer_findings(
        kind=given.kind,
        max_replicas=server.max_replicas,
        colours=counted(server.settings),
        surge=figure(plan.replicas.surge_pods),
        path=maximum_key(server),
        rollout_path="mcp:server.rollout",
    )
    started = plan_inputs.declared_processes(server.settings)
    stated = server.settings.workload.workers is not None
    found += database.single_process_findings(
        kind=given.kind,
        processes=server.inputs.workload.workers or 1,
        path="mcp:workload.workers" if stated or started is None else f"mcp:server.{started.key}",
    )
    found += writer_findings(
        single_writer=given.kind in SINGLE_WRITERS,
        durable=any(one.claim is not None and one.can_be_written for one in server.settings.server.volumes),
        path="mcp:server.volumes" if server.settings.server.volumes else "mcp:database.kind",
    )
    host = None if server.pooled or given.host is None else plain(given.host)
    found += [] if host is None else database_host_findings(server, host)
    found += _way_findings(server, given)
    if server.inputs.database is None or server.inputs.database.single_writer:
        return found
    preset = database_env.preset_of(given)
    found += database.url_findings(
        preset=preset,
        url_alone=preset in database_env.BY_URL_ALONE,
        url_key=given.url_key is not None,
        secret=server.settings.secrets.source != "none",
        pooler=server.pooler_name if server.pooled else None,
        path="mcp:database",
        others=_given_urls(server, given),
    )
    names = database_env.told_names(given)
    found += database.name_findings(
        {to_camel(what): name for what, name in names.items()},
        given={to_camel(what) for what in given.variables.model_fields_set},
        path="mcp:database",
    )
    found += database.reserve_findings(
        max_connections=given.max_connections,
        reserved=given.reserved_connections,
        path="mcp:database.reservedConnections",
    )
    remedies = [str(remedy) for remedy in plan.remedies]
    over = database.budget_findings(
        kind=given.kind,
        pool_size=figure(plan.pool.pool_size),
        max_replicas=server.max_replicas,
        colours=counted(server.settings),
        budget=figure(plan.connections.connection_budget),
        description=budget_words(server.inputs.database),
        pooler=given.pooler,
        remedies=remedies,
        path="mcp:database",
        poolable=server.inputs.database.poolable,
    )
    if server.pooled:
        return found + _pooler_findings(server)
    if not over:
        over = database.rollout_findings(
            connections=figure(plan.connections.connections_with_surge),
            pool_size=figure(plan.pool.pool_size),
            pods=server.max_replicas * counted(server.settings),
            surge=figure(plan.replicas.surge_pods),
            ceiling=figure(plan.connections.connection_ceiling),
            max_connections=given.max_connections,
            reserved=given.reserved_connections,
            division=ceiling_words(server.inputs.database),
            remedies=remedies,
            path="mcp:database",
            poolable=server.inputs.database.poolable,
        )
    return found + over


def _given_urls(server: ServerPlan, given: DatabaseSettings) -> dict[str, str]:
    """The variables with a URL of the database that the stack itself gives, and that may lead past a pooler."""
    keys = server.settings.server
    found = {f"mcp:secrets.env.{name}": name for name in server.settings.secrets.env}
    found |= {
        f"mcp:server.envValueFrom.{name}": name for name, one in keys.env_value_from.items() if one.secret is not None
    }
    host = None if given.host is None else plain(given.host)
    in_clear = {name: plain(text) for name, text in keys.env.items()}
    found |= {f"mcp:server.env.{name}": name for name, text in in_clear.items() if host and text and host in text}
    return {place: name for place, name in found.items() if database_env.is_url(name, given)}


def _way_findings(server: ServerPlan, given: DatabaseSettings) -> list[Finding]:
    """Whether the address of a database is among what is opened."""
    host = None if given.host is None else plain(given.host)
    if host is None or not given.networked or given.in_pod or in_cluster(given.namespace, given.pod_labels):
        return []
    others = [] if server.pooled else [one for one in server.settings.server.egress if one.port == given.port]
    if any(one.internet for one in others):
        return []
    opened = [*given.cidrs, *(one for way in others for one in way.cidrs or ())]
    said = "cidrs" in given.model_fields_set or bool(others)
    return database.reach_findings(host=host, opened=opened, pooled=server.pooled, path="mcp:database", said=said)


def database_host_findings(server: ServerPlan, host: str) -> list[Finding]:
    """Whether the way of the server to a database that is a Service of the cluster is open."""
    given = server.settings.database
    if given is None:
        return []
    return network.host_findings(
        host,
        by_pods=in_cluster(given.namespace, given.pod_labels),
        namespace_key="namespace",
        labels_key="podLabels",
        path="mcp:database.host",
        home=server.namespace,
        opened=given.namespace or server.namespace,
    )


def _pooler_findings(server: ServerPlan) -> list[Finding]:
    given, plan = server.settings.database, server.plan
    if given is None:
        return []
    found = database.single_pooler_findings(
        instances=given.pooler_instances, production=server.production, path="mcp:database.poolerInstances"
    )
    return found + database.pooler_findings(
        server_connections=figure(plan.connections.pooler_server_connections),
        budget=figure(plan.connections.connection_budget),
        client_connections=figure(plan.connections.pooler_client_connections),
        max_client_conn_total=figure(plan.connections.pooler_max_client_conn) * max(1, given.pooler_instances - 1),
        path="mcp:database.poolerPoolSize",
        description="" if server.inputs.database is None else budget_words(server.inputs.database),
    )


def store_findings(server: ServerPlan) -> list[Finding]:
    """Whether the state store bears the greatest number of pods."""
    given, clients = server.settings.state_store, server.plan.clients
    if given is None or clients is None:
        return []
    opened = bool(given.cidrs) or in_cluster(given.namespace, given.pod_labels)
    way = store.egress_findings(destinations=len(server.settings.server.egress) + opened, path="mcp:server.egress")
    found = store.reserve_findings(
        max_clients=given.max_clients, reserved=given.reserved_clients, path="mcp:stateStore.reservedClients"
    )
    if found:
        return way + found
    return way + store.client_findings(
        per_pod=given.connections_per_pod,
        maximum=figure(server.plan.replicas.max_replicas),
        surge=figure(server.plan.replicas.surge_pods),
        colours=counted(server.settings),
        budget=figure(clients.client_budget),
        ceiling=figure(clients.client_ceiling),
        max_clients=given.max_clients,
        reserved=given.reserved_clients,
        share_percent=given.share_percent,
        regions=given.shared_by_regions,
        least_pods=max(figure(server.plan.replicas.steady_replicas), server.replicas if server.autoscaled else 1),
        maximum_path=maximum_key(server),
        path="mcp:stateStore",
    )


def maximum_key(server: ServerPlan) -> str:
    """The key that sets the greatest number of pods."""
    return "mcp:scaling.maxReplicas" if server.autoscaled else "mcp:scaling.replicas"
