"""McpPgBouncer: a transaction-mode connection pooler that keeps within a connection budget."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Unpack, overload

import pulumi
import pulumi_kubernetes as k8s

from ..inputs.checked import NOT_GIVEN, checked
from ..inputs.outputs import after, awaited, mapped, report_findings, validate_input
from ..kubernetes import mesh, network, trust
from ..kubernetes import objects as common
from ..kubernetes.keys import Egress
from ..rules import workload
from ..types.pooler import HELP, McpPgBouncerArgs
from . import spec as specs
from .args import pooler_findings, pooler_spec
from .keys import PgBouncerKeys


class McpPgBouncer(pulumi.ComponentResource):
    """PgBouncer: Deployment, Service, ConfigMap, ServiceAccount, PodDisruptionBudget and NetworkPolicy."""

    host: pulumi.Output[str]
    """Host that pods connect to, the Service; known once the pooler is ready, so that nobody connects before."""
    port: pulumi.Output[int]
    """Port that pods connect to."""

    @overload
    def __init__(self, name: str, args: McpPgBouncerArgs, opts: pulumi.ResourceOptions | None = None) -> None: ...
    @overload
    def __init__(
        self, name: str, *, opts: pulumi.ResourceOptions | None = None, **keys: Unpack[McpPgBouncerArgs]
    ) -> None: ...
    def __init__(
        self,
        name: str,
        args: McpPgBouncerArgs = NOT_GIVEN,
        opts: pulumi.ResourceOptions | None = None,
        **keywords: Any,
    ) -> None:
        keys = checked(PgBouncerKeys, f'McpPgBouncer "{name}"', args, keywords)
        heading = f'McpPgBouncer "{name}" cannot work:'
        pooler = pooler_spec(name, keys)
        report_findings(pooler_findings(pooler, keys), heading, keys.accept)
        super().__init__("kubernetes-mcp:index:McpPgBouncer", name, None, opts)
        pooler = replace(
            pooler,
            image=validate_input(pooler.image, lambda known: workload.image_findings(known, path="image"), heading),
        )
        labels = common.labels(pooler.name, specs.COMPONENT)
        versioned = common.versioned(labels, mapped(pooler.image, common.image_version))
        child = pulumi.ResourceOptions(parent=self)

        def object_metadata(annotations: Mapping[str, str] | None = None) -> common.Spec:
            return common.metadata(pooler.name, keys.namespace, labels, annotations)

        account = k8s.core.v1.ServiceAccount(
            f"{name}-account", metadata=object_metadata(), automount_service_account_token=False, opts=child
        )
        ambient = keys.mesh == mesh.AMBIENT
        origins = [*keys.allow_from, *mesh.origins(keys.mesh, specs.PORT)]
        openings = [
            k8s.networking.v1.NetworkPolicy(
                f"{name}-from-{suffix}",
                metadata=common.metadata(f"{pooler.name}-from-{suffix}", keys.namespace, labels),
                spec=network.opening_policy(pooler.match, named, ambient=ambient),
                opts=child,
            )
            for suffix, named in network.named_origins(origins).items()
        ]
        k8s.networking.v1.NetworkPolicy(
            f"{name}-network",
            metadata=object_metadata(),
            spec=network.network_policy(
                pooler.match,
                origins,
                [*destinations(keys), *keys.allow_to, *mesh.destinations(keys.mesh)],
                ambient=ambient,
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=openings),
        )
        if pooler.instances > 1:
            k8s.policy.v1.PodDisruptionBudget(
                f"{name}-disruption",
                metadata=object_metadata(),
                spec=common.disruption_budget(pooler.match, min_available=pooler.instances - 1, max_unavailable=None),
                opts=child,
            )
        settings = configuration(keys)
        config = k8s.core.v1.ConfigMap(
            f"{name}-config",
            metadata=common.metadata(
                mapped(settings, lambda text: specs.config_map_name(pooler.name, text)), keys.namespace, labels
            ),
            immutable=True,
            data={specs.CONFIG_FILE: settings},
            opts=child,
        )
        deployment = k8s.apps.v1.Deployment(
            f"{name}-deployment",
            metadata=common.metadata(pooler.name, keys.namespace, versioned),
            spec=specs.deployment(pooler, versioned, config.metadata.name),
            opts=awaited(self, keys.await_timeout_seconds, depends_on=[account]),
        )
        k8s.core.v1.Service(
            f"{name}-service", metadata=object_metadata(common.SKIP_AWAIT), spec=specs.service(pooler), opts=child
        )
        self.host = after([deployment, *openings], pooler.name)
        self.port = pulumi.Output.from_input(specs.PORT)
        self.register_outputs({"host": self.host, "port": self.port})

    __init__.__doc__ = HELP


def destinations(keys: PgBouncerKeys) -> list[Egress]:
    """The ways to the database: its pods where it runs in the cluster, and its addresses."""
    in_cluster = keys.database_namespace is not None or bool(keys.database_pod_labels)
    cidrs = [] if in_cluster and "database_cidrs" not in keys.model_fields_set else keys.database_cidrs
    return network.store_openings(keys.database_port, keys.database_namespace, keys.database_pod_labels, cidrs)


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
            server_ca_file=trust.path(keys.database_ca),
            parameters=keys.parameters,
            ignored_parameters=keys.ignored_parameters,
            tracked_parameters=keys.tracked_parameters,
        )

    return mapped(keys.database_host, written)
