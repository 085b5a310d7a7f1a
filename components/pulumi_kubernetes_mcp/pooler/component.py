"""McpPgBouncer: a transaction-mode connection pooler that keeps within a connection budget."""

from collections.abc import Mapping
from dataclasses import replace

import pulumi
import pulumi_kubernetes as k8s

from ..inputs.checked import checked
from ..inputs.outputs import after, awaited, mapped, report_findings, validate_input
from ..kubernetes import network
from ..kubernetes import objects as common
from ..rules import workload
from . import spec as specs
from .args import McpPgBouncerArgs, contradictions, database_cidrs, pooler_findings, pooler_spec


class McpPgBouncer(pulumi.ComponentResource):
    """PgBouncer: Deployment, Service, ConfigMap, ServiceAccount, PodDisruptionBudget and NetworkPolicy."""

    host: pulumi.Output[str]
    """Host that pods connect to, the Service; known once the pooler is ready, so that nobody connects before."""
    port: pulumi.Output[int]
    """Port that pods connect to."""

    def __init__(self, name: str, args: McpPgBouncerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = checked(McpPgBouncerArgs, args, f'McpPgBouncer "{name}"', contradictions)
        heading = f'McpPgBouncer "{name}" cannot work:'
        pooler = pooler_spec(name, args)
        report_findings(pooler_findings(pooler, args), heading, args.get("accept", {}))
        super().__init__("kubernetes-mcp:index:McpPgBouncer", name, None, opts)
        pooler = replace(
            pooler,
            image=validate_input(pooler.image, lambda known: workload.image_findings(known, path="image"), heading),
        )
        labels = common.labels(pooler.name, specs.COMPONENT)
        versioned = common.versioned(labels, mapped(pooler.image, common.image_version))
        child = pulumi.ResourceOptions(parent=self)

        def object_metadata(annotations: Mapping[str, str] | None = None) -> common.Spec:
            return common.metadata(pooler.name, args["namespace"], labels, annotations)

        account = k8s.core.v1.ServiceAccount(
            f"{name}-account", metadata=object_metadata(), automount_service_account_token=False, opts=child
        )
        openings = [
            k8s.networking.v1.NetworkPolicy(
                f"{name}-from-{suffix}",
                metadata=common.metadata(f"{pooler.name}-from-{suffix}", args["namespace"], labels),
                spec=network.opening_policy(pooler.match, origins),
                opts=child,
            )
            for suffix, origins in network.named_origins(args.get("allow_from", [])).items()
        ]
        k8s.networking.v1.NetworkPolicy(
            f"{name}-network",
            metadata=object_metadata(),
            spec=network.network_policy(
                pooler.match,
                args.get("allow_from", []),
                [{"port": int(args.get("database_port", 5432)), "cidrs": database_cidrs(args)}],
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
        settings = configuration(args)
        config = k8s.core.v1.ConfigMap(
            f"{name}-config",
            metadata=common.metadata(
                mapped(settings, lambda text: specs.config_map_name(pooler.name, text)), args["namespace"], labels
            ),
            immutable=True,
            data={specs.CONFIG_FILE: settings},
            opts=child,
        )
        deployment = k8s.apps.v1.Deployment(
            f"{name}-deployment",
            metadata=common.metadata(pooler.name, args["namespace"], versioned),
            spec=specs.deployment(pooler, versioned, config.metadata.name),
            opts=awaited(self, args.get("await_timeout_seconds", 600), depends_on=[account]),
        )
        k8s.core.v1.Service(
            f"{name}-service", metadata=object_metadata(common.SKIP_AWAIT), spec=specs.service(pooler), opts=child
        )
        self.host = after([deployment, *openings], pooler.name)
        self.port = pulumi.Output.from_input(specs.PORT)
        self.register_outputs({"host": self.host, "port": self.port})


def configuration(args: McpPgBouncerArgs) -> pulumi.Input[str]:
    """pgbouncer.ini, once the host of the database is known."""

    def written(host: str) -> str:
        return specs.pgbouncer_ini(
            database_host=host,
            database_port=int(args.get("database_port", 5432)),
            database_name=args.get("database_name", "postgres"),
            pool_size=int(args["pool_size"]),
            reserve_pool_size=int(args.get("reserve_pool_size", 0)),
            max_client_conn=int(args["max_client_conn"]),
            server_tls_mode=args.get("server_tls_mode", "require"),
        )

    return mapped(args["database_host"], written)
