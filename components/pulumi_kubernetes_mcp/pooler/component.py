"""McpPgBouncer: a transaction-mode connection pooler that keeps within a connection budget."""

from dataclasses import replace
from typing import Any, Unpack, overload

import pulumi

from ..inputs.checked import NOT_GIVEN, called, checked
from ..inputs.heading import heading_of
from ..inputs.outputs import after, awaited, report_findings, validate_input, warned
from ..kubernetes.registering import KubernetesObject, cleared_patches, named_by_content
from ..rules import workload
from ..types.pooler import HELP, McpPgBouncerArgs
from . import objects as made
from . import spec as specs
from .args import host_findings, patched_objects, pooler_findings, pooler_spec
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
        where = called("McpPgBouncer", name)
        keys = checked(
            PgBouncerKeys, where, args, keywords, lambda rest: pooler_findings(pooler_spec(name, rest), rest)
        )
        heading = heading_of(keys, where)
        pooler = pooler_spec(name, keys)
        report_findings(pooler_findings(pooler, keys), heading, keys.accept)
        super().__init__("kubernetes-mcp:index:McpPgBouncer", name, None, opts)
        host = warned(keys.database_host, lambda known: host_findings(known, keys), heading, keys.accept)
        keys = keys.model_copy(update={"database_host": host})
        pooler = replace(
            pooler,
            image=validate_input(pooler.image, lambda known: workload.image_findings(known, path="image"), heading),
            exporter_image=None
            if pooler.exporter_image is None
            else validate_input(
                pooler.exporter_image, lambda known: workload.image_findings(known, path="exporter_image"), heading
            ),
        )
        keys = cleared_patches(keys, heading, lambda changed: pooler_findings(pooler, changed, heading.enforced))
        opened, resources = list(made.openings(keys)), dict[str, Any]()
        first = patched_objects(pooler, keys)[0][made.CONFIG]
        config = named_by_content(f"{name}-{made.CONFIG}", first, pulumi.ResourceOptions(parent=self))
        for suffix, one in patched_objects(pooler, keys, config.object_name)[0].items():
            opts = pulumi.ResourceOptions(parent=self)
            if suffix == made.CONFIG:
                continue
            if suffix == made.NETWORK:
                opts.depends_on = [resources[opening] for opening in opened]
            elif suffix == made.DEPLOYMENT:
                opts = awaited(self, keys.await_timeout_seconds, depends_on=[resources[made.ACCOUNT]])
            resources[suffix] = KubernetesObject(f"{name}-{suffix}", one, opts)
        deployment, openings = resources[made.DEPLOYMENT], [resources[opening] for opening in opened]
        self.host = after([deployment, *openings], pooler.name)
        self.port = pulumi.Output.from_input(specs.PORT)
        self.register_outputs({"host": self.host, "port": self.port})

    __init__.__doc__ = HELP
