"""Who connects to whom, and whose kubelets probe: the openings of the network policies, and who chooses the user."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..chaos_runner import spec as chaos_specs
from ..kubernetes import mesh
from ..kubernetes.keys import Egress, IngressFrom
from ..kubernetes.network import store_openings
from ..namespace import spec as namespace_specs
from ..platforms import PLATFORMS
from ..pooler import spec as pooler_specs
from ..server_plan import ServerPlan

if TYPE_CHECKING:
    from ..settings.models import Settings


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
    if server.called_inside and server.load_tested:
        result.append(IngressFrom(port=server_keys.port, pod_labels={"app": "k6"}))
    if server.called_inside and server.settings.chaos is not None:
        caller = chaos_specs.name_of(server.name)
        result.append(IngressFrom(port=server_keys.port, workload=caller, component=chaos_specs.COMPONENT))
    result += [
        IngressFrom.model_construct(**{**dict(one), "port": one.port or server_keys.port})
        for one in server_keys.ingress
    ]
    return [*result, *kubelets(server, server_keys.port)]


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
    if database.in_pod and not given and not (database.namespace or database.pod_labels):
        return others
    ways = store_openings(database.port, database.namespace, database.pod_labels, database.cidrs, given=given)
    return [*ways, *others]


def kubelets(server: ServerPlan, port: int) -> list[IngressFrom]:
    """The nodes, for network plugins that filter probes too."""
    region = server.settings.region
    # The agent of a sidecar answers for the container.
    probed = mesh.AGENT_PORT if region.mesh == mesh.SIDECAR else port
    return [IngressFrom(port=probed, cidrs=region.node_cidrs)] if region.node_cidrs else []
