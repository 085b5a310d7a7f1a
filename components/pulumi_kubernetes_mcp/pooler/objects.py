"""The objects of a pooler, each by the suffix of its resource."""

from collections.abc import Mapping

import pulumi

from ..inputs.outputs import mapped
from ..kubernetes import mesh, network, volumes
from ..kubernetes import objects as common
from ..kubernetes.keys import Egress, IngressFrom
from ..kubernetes.made import Made, kept
from . import exporter
from . import spec as specs
from .keys import PgBouncerKeys

ACCOUNT, NETWORK, DISRUPTION = "account", "network", "disruption"
CONFIG, DEPLOYMENT, SERVICE = "config", "deployment", "service"
POLICY = ("networking.k8s.io/v1", "NetworkPolicy")
DECIDED: Mapping[str, str] = {
    "Deployment:spec.replicas": "instances",
    f"Deployment:spec.template.spec.containers[{specs.CONTAINER}].image": "image",
    f"Deployment:spec.template.spec.containers[{exporter.CONTAINER}].image": "exporter_image",
    "ConfigMap:data": "pool_size",
}
"""What the plan counts with: it is said by its key, and by no patch. What its containers request is counted as it is
patched."""


def pooler_objects(
    pooler: specs.PoolerSpec, keys: PgBouncerKeys, config_name: pulumi.Input[str] | None = None
) -> dict[str, Made]:
    """Everything that McpPgBouncer registers, before patches.

    :param config_name: the name of the ConfigMap, as those know it that are made after it. Default: as it is wanted.
    """
    labels = common.labels(pooler.name, specs.COMPONENT)
    versioned = common.versioned(labels, mapped(pooler.image, common.image_version))

    def metadata(name: pulumi.Input[str], annotations: Mapping[str, str] | None = None) -> common.Spec:
        return common.metadata(name, keys.namespace, labels, annotations)

    ambient = keys.mesh == mesh.AMBIENT
    settings = configuration(keys)
    wanted = mapped(settings, lambda text: specs.config_map_name(pooler.name, text))
    result = {
        ACCOUNT: Made(
            "v1", "ServiceAccount", {"metadata": metadata(pooler.name), "automountServiceAccountToken": False}
        )
    }
    for suffix, named in openings(keys).items():
        spec = network.opening_policy(pooler.match, named, ambient=ambient)
        result[suffix] = Made(*POLICY, {"metadata": metadata(f"{pooler.name}-{suffix}"), "spec": spec})
    ways = [*destinations(keys), *keys.allow_to, *mesh.destinations(keys.mesh)]
    closed = network.network_policy(pooler.match, _origins(keys), ways, ambient=ambient)
    result[NETWORK] = Made(*POLICY, {"metadata": metadata(pooler.name), "spec": closed})
    if pooler.instances > 1:
        budget = common.disruption_budget(pooler.match, min_available=pooler.instances - 1, max_unavailable=None)
        result[DISRUPTION] = Made(
            "policy/v1", "PodDisruptionBudget", {"metadata": metadata(pooler.name), "spec": budget}
        )
    result[CONFIG] = Made(
        "v1", "ConfigMap", {"metadata": metadata(wanted), "immutable": True, "data": {specs.CONFIG_FILE: settings}}
    )
    result[DEPLOYMENT] = Made(
        "apps/v1",
        "Deployment",
        {
            "metadata": common.metadata(pooler.name, keys.namespace, versioned),
            "spec": specs.deployment(pooler, versioned, wanted if config_name is None else config_name),
        },
    )
    result[SERVICE] = Made(
        "v1", "Service", {"metadata": metadata(pooler.name, common.SKIP_AWAIT), "spec": specs.service(pooler)}
    )
    return kept(result, policies=keys.pod_policies)


def openings(keys: PgBouncerKeys) -> dict[str, list[IngressFrom]]:
    """The origins that have a policy of their own, by the suffix of its resource."""
    if not keys.pod_policies:
        return {}
    return {f"from-{name}": named for name, named in network.named_origins(_origins(keys)).items()}


def _origins(keys: PgBouncerKeys) -> list[IngressFrom]:
    """Whom the pooler takes connections from: those that are named, and what a mesh needs."""
    return [*keys.allow_from, *mesh.origins(keys.mesh, specs.PORT)]


def destinations(keys: PgBouncerKeys) -> list[Egress]:
    """The ways to the database: its pods where it runs in the cluster, and its addresses."""
    return network.store_openings(
        keys.database_port,
        keys.database_namespace,
        keys.database_pod_labels,
        keys.database_cidrs,
        given="database_cidrs" in keys.model_fields_set,
    )


def configuration(keys: PgBouncerKeys) -> pulumi.Input[str]:
    """pgbouncer.ini, once the host of the database is known."""

    def written(host: str) -> str:
        return specs.pgbouncer_ini(
            database_host=host,
            database_port=keys.database_port,
            database_name=keys.database_name,
            pool_size=keys.pool_size,
            reserve_pool_size=keys.reserve_pool_size,
            max_client_conn=keys.max_client_conn,
            server_tls_mode=keys.server_tls_mode,
            server_ca_file=volumes.authority_file(keys.database_ca),
            parameters=keys.parameters,
            ignored_parameters=keys.ignored_parameters,
            tracked_parameters=keys.tracked_parameters,
            exported=keys.exporter,
        )

    return mapped(keys.database_host, written)
