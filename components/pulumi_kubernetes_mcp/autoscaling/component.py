"""McpAutoscaling: the one autoscaler of a workload, on what really grows with its load."""

from typing import Any, Unpack, overload

import pulumi

from ..inputs.checked import NOT_GIVEN, called
from ..inputs.heading import heading_of
from ..inputs.outputs import after, announce_wait, awaited, report_findings, validate_input
from ..inputs.told import agreed
from ..kubernetes.patches import patched
from ..kubernetes.registering import KubernetesObject, cleared_patches
from ..rules.model import Finding
from ..server.component import McpService
from ..types.autoscaling import HELP, McpAutoscalingArgs, McpAutoscalingServerArgs
from . import objects as made
from . import spec as specs
from .args import autoscaler_spec, autoscaling_findings, chosen_kind, query_findings
from .args.told import server_findings, told
from .keys import AutoscalingKeys


class McpAutoscaling(pulumi.ComponentResource):
    """A HorizontalPodAutoscaler for servers without sessions, a KEDA ScaledObject for servers with them."""

    kind: pulumi.Output[str]
    """'hpa' or 'keda'."""
    autoscaler_name: pulumi.Output[str]
    """Name of the object."""

    @property
    def spec(self) -> specs.AutoscalerSpec:
        """The autoscaler, settled, as others take it from here: ``McpIngress("web", autoscaling=scaler, ...)``."""
        return self._spec

    @property
    def shown(self) -> str:
        """What messages call it: class and name."""
        return f'McpAutoscaling "{self.pulumi_resource_name}"'

    @overload
    def __init__(self, name: str, args: McpAutoscalingArgs, opts: pulumi.ResourceOptions | None = None) -> None: ...
    @overload
    def __init__(
        self, name: str, *, opts: pulumi.ResourceOptions | None = None, **keys: Unpack[McpAutoscalingArgs]
    ) -> None: ...
    @overload
    def __init__(
        self,
        name: str,
        args: McpAutoscalingServerArgs,
        opts: pulumi.ResourceOptions | None = None,
        *,
        server: McpService,
    ) -> None: ...
    @overload
    def __init__(
        self,
        name: str,
        *,
        server: McpService,
        opts: pulumi.ResourceOptions | None = None,
        **keys: Unpack[McpAutoscalingServerArgs],
    ) -> None: ...
    def __init__(  # type: ignore[misc]  # With a server the arguments that it tells may be left out.
        self,
        name: str,
        args: McpAutoscalingArgs = NOT_GIVEN,
        opts: pulumi.ResourceOptions | None = None,
        *,
        server: McpService | None = None,
        **keywords: Any,
    ) -> None:
        where = called("McpAutoscaling", name)

        def judge(keys: AutoscalingKeys) -> list[Finding]:
            return [*server_findings(server), *autoscaling_findings(keys)]

        given = agreed(AutoscalingKeys, where, args, keywords, told(where, server), judge)
        keys = given.keys
        heading = heading_of(keys, where)
        kind = chosen_kind(keys)
        report_findings([*given.findings, *judge(keys)], heading, keys.accept)
        super().__init__("kubernetes-mcp:index:McpAutoscaling", name, None, opts)
        keys = given.registered(heading)
        if keys.query is not None:
            keys = keys.model_copy(update={"query": validate_input(keys.query, query_findings, heading)})
        autoscaler = autoscaler_spec(keys)
        self._spec = autoscaler
        keys = cleared_patches(keys, heading, autoscaling_findings)
        objects, _ = patched(made.autoscaling_objects(autoscaler, keys), keys.patches, decided=made.DECIDED)
        if kind == "keda" and keys.await_ready:
            announce_wait(
                f"the condition Ready of the ScaledObject of {name}",
                keys.await_timeout_seconds,
                needs="KEDA",
                key="await_ready: false (mcp:awaits.customResources: false in a stack file)",
            )
        resources: dict[str, Any] = {}
        for suffix, one in objects.items():
            opts = pulumi.ResourceOptions(parent=self)
            if suffix == made.SCALED_OBJECT:
                opts = awaited(self, keys.await_timeout_seconds, depends_on=list(resources.values()) or None)
            resources[suffix] = KubernetesObject(f"{name}-{suffix}", one, opts)
        created = resources[made.HPA if kind == "hpa" else made.SCALED_OBJECT]
        self.kind = pulumi.Output.from_input(kind)
        self.autoscaler_name = after(created, keys.target)
        self.register_outputs({"kind": self.kind, "autoscalerName": self.autoscaler_name})

    __init__.__doc__ = HELP
