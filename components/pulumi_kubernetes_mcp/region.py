"""McpRegion: a whole region from an image, a load and what the database allows."""

import pulumi

from . import region_plan as stack
from . import wiring
from .autoscaling.component import McpAutoscaling
from .edge.component import McpIngress
from .inputs.outputs import report_findings
from .namespace.component import McpNamespace
from .pooler.component import McpPgBouncer
from .region_args.region import McpRegionArgs
from .secrets.component import McpSecrets
from .server.component import McpService
from .server_plan import ServerPlan, figure
from .settings.arguments import settings_from_arguments


class McpRegion(pulumi.ComponentResource):
    """One region: namespace, secrets, pooler, server, autoscaler and route, sized from the load."""

    url: pulumi.Output[str]
    """Public URL of the MCP endpoint."""
    namespace: pulumi.Output[str]
    """Namespace of everything."""
    service_name: pulumi.Output[str]
    """Name of the Service."""
    min_replicas: pulumi.Output[int]
    """Least number of pods."""
    max_replicas: pulumi.Output[int]
    """Greatest number of pods."""
    planned_sessions: pulumi.Output[int]
    """Sessions that the region is sized for: the peak with its headroom."""

    def __init__(self, name: str, args: McpRegionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        inspection = stack.inspect(settings_from_arguments(args, where=f'McpRegion "{name}"'))
        report_findings(list(inspection.findings), f'McpRegion "{name}" cannot work:', {})
        super().__init__("kubernetes-mcp:index:McpRegion", name, None, opts)
        server, child = inspection.design, pulumi.ResourceOptions(parent=self)
        said = {finding.code: "said by the region" for finding in inspection.findings}
        accepted = {**said, **{item.code: item.reason for item in server.settings.accept}}

        namespace = McpNamespace(f"{name}-namespace", wiring.namespace_args(server), child).namespace
        secret_name = self._secrets(name, server, namespace, child)
        pooler_host = self._pooler(name, server, namespace, secret_name, child)
        service = McpService(
            f"{name}-service",
            {**wiring.service_args(server, namespace, secret_name, pooler_host), "accept": accepted},
            child,
        )
        if server.autoscaled:
            McpAutoscaling(
                f"{name}-autoscaling",
                {**wiring.autoscaling_args(server, namespace, service.deployment_name), "accept": accepted},
                child,
            )
        ingress = McpIngress(
            f"{name}-ingress",
            {**wiring.ingress_args(server, namespace, service.service_name), "accept": accepted},
            child,
        )
        self.url = ingress.url
        self.namespace = namespace
        self.service_name = service.service_name
        self.min_replicas = pulumi.Output.from_input(server.replicas)
        self.max_replicas = pulumi.Output.from_input(server.max_replicas)
        self.planned_sessions = pulumi.Output.from_input(figure(server.plan.load.planned_sessions))
        self.register_outputs(
            {
                "url": self.url,
                "namespace": self.namespace,
                "serviceName": self.service_name,
                "minReplicas": self.min_replicas,
                "maxReplicas": self.max_replicas,
                "plannedSessions": self.planned_sessions,
            }
        )

    def _secrets(
        self, name: str, server: ServerPlan, namespace: pulumi.Output[str], child: pulumi.ResourceOptions
    ) -> pulumi.Output[str] | None:
        if server.settings.secrets.source == "none":
            return None
        return McpSecrets(f"{name}-secrets", wiring.secrets_args(server, namespace), child).secret_name

    def _pooler(
        self,
        name: str,
        server: ServerPlan,
        namespace: pulumi.Output[str],
        secret_name: pulumi.Output[str] | None,
        child: pulumi.ResourceOptions,
    ) -> pulumi.Output[str] | None:
        if not server.pooled or secret_name is None:
            return None
        return McpPgBouncer(f"{name}-pooler", wiring.pooler_args(server, namespace, secret_name), child).host
