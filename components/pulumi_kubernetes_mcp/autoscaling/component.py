"""McpAutoscaling: the one autoscaler of a workload, on what really grows with its load."""

import pulumi
import pulumi_kubernetes as k8s

from ..inputs.checked import checked
from ..inputs.outputs import after, announce_wait, awaited, report_findings, validate_input
from ..kubernetes import objects as common
from . import spec as specs
from .args import McpAutoscalingArgs, autoscaler_spec, autoscaling_findings, chosen_kind, query_findings


class McpAutoscaling(pulumi.ComponentResource):
    """A HorizontalPodAutoscaler for servers without sessions, a KEDA ScaledObject for servers with them."""

    kind: pulumi.Output[str]
    """'hpa' or 'keda'."""
    autoscaler_name: pulumi.Output[str]
    """Name of the object."""

    def __init__(self, name: str, args: McpAutoscalingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = checked(McpAutoscalingArgs, args, f'McpAutoscaling "{name}"')
        kind, heading = chosen_kind(args), f'McpAutoscaling "{name}" cannot work:'
        report_findings(autoscaling_findings(args), heading, args.get("accept", {}))
        super().__init__("kubernetes-mcp:index:McpAutoscaling", name, None, opts)
        if "query" in args:
            args["query"] = validate_input(args["query"], query_findings, heading)
        autoscaler = autoscaler_spec(args)
        labels = common.labels(args["target"], "autoscaler")
        if kind == "keda":
            annotations = common.ready_annotations(args.get("await_ready", True))
            if args.get("await_ready", True):
                announce_wait(
                    f"the condition Ready of the ScaledObject of {name}",
                    args.get("await_timeout_seconds", 300),
                    needs="KEDA",
                    key="await_ready: false (mcp:awaits.customResources: false in a stack file)",
                )
            created: pulumi.CustomResource = k8s.apiextensions.CustomResource(
                f"{name}-scaledobject",
                api_version="keda.sh/v1alpha1",
                kind="ScaledObject",
                metadata=common.metadata(
                    args["target"],
                    args["namespace"],
                    labels,
                    {**annotations, **(specs.TAKE_OVER if autoscaler.take_over else {})},
                ),
                spec=specs.scaled_object(autoscaler),
                opts=awaited(
                    self,
                    args.get("await_timeout_seconds", 300),
                    depends_on=self._authentication(name, args, autoscaler, labels),
                ),
            )
        else:
            created = k8s.autoscaling.v2.HorizontalPodAutoscaler(
                f"{name}-hpa",
                metadata=common.metadata(args["target"], args["namespace"], labels, specs.NOT_KEDAS),
                spec=specs.horizontal_pod_autoscaler(autoscaler),
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.kind = pulumi.Output.from_input(kind)
        self.autoscaler_name = after(created, args["target"])
        self.register_outputs({"kind": self.kind, "autoscalerName": self.autoscaler_name})

    def _authentication(
        self, name: str, args: McpAutoscalingArgs, autoscaler: specs.AutoscalerSpec, labels: common.Spec
    ) -> list[pulumi.Resource] | None:
        """The TriggerAuthentication, where the credentials are keys of a Secret."""
        credentials = autoscaler.authentication
        if credentials is None or credentials.secret_name is None or autoscaler.source is None:
            return None
        return [
            k8s.apiextensions.CustomResource(
                f"{name}-authentication",
                api_version="keda.sh/v1alpha1",
                kind="TriggerAuthentication",
                metadata=common.metadata(args["target"], args["namespace"], labels),
                spec=specs.trigger_authentication(credentials),
                opts=pulumi.ResourceOptions(parent=self),
            )
        ]
