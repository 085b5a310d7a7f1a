"""McpAutoscaling: the one autoscaler of a workload, on what really grows with its load."""

import pulumi
import pulumi_kubernetes as k8s

from .arguments.autoscaling import McpAutoscalingArgs, autoscaler_spec, autoscaling_findings, chosen_kind
from .arguments.checked import checked
from .inputs import awaited, once, settle
from .specs import autoscaling as specs
from .specs import common


class McpAutoscaling(pulumi.ComponentResource):
    """A HorizontalPodAutoscaler for servers without sessions, a KEDA ScaledObject for servers with them."""

    kind: pulumi.Output[str]
    """'hpa' or 'keda'."""
    autoscaler_name: pulumi.Output[str]
    """Name of the object."""

    def __init__(self, name: str, args: McpAutoscalingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = checked(McpAutoscalingArgs, args, f'McpAutoscaling "{name}"')
        kind = chosen_kind(args)
        settle(autoscaling_findings(args), f'McpAutoscaling "{name}" cannot work:', args.get("accept", {}))
        super().__init__("kubernetes-mcp:index:McpAutoscaling", name, None, opts)
        autoscaler = autoscaler_spec(args)
        labels = common.labels(args["target"], "autoscaler")
        if kind == "keda":
            created: pulumi.CustomResource = k8s.apiextensions.CustomResource(
                f"{name}-scaledobject",
                api_version="keda.sh/v1alpha1",
                kind="ScaledObject",
                metadata=common.metadata(
                    args["target"],
                    args["namespace"],
                    labels,
                    common.ready_annotations(args.get("await_ready", True)),
                ),
                spec=specs.scaled_object(autoscaler),
                opts=awaited(self, args.get("await_timeout_seconds", 300)),
            )
        else:
            created = k8s.autoscaling.v2.HorizontalPodAutoscaler(
                f"{name}-hpa",
                metadata=common.metadata(args["target"], args["namespace"], labels, specs.NOT_KEDAS),
                spec=specs.horizontal_pod_autoscaler(autoscaler),
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.kind = pulumi.Output.from_input(kind)
        self.autoscaler_name = once(created, args["target"])
        self.register_outputs({"kind": self.kind, "autoscalerName": self.autoscaler_name})
