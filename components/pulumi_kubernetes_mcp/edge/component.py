"""McpIngress: the way in for clients, safe for streams."""

import pulumi
import pulumi_kubernetes as k8s

from ..inputs.checked import checked
from ..inputs.outputs import after, announce_wait, awaited, report_findings
from ..kubernetes import objects as common
from ..kubernetes.network import solver_policy
from . import spec as specs
from .args import ACCEPTED_ROUTE, McpIngressArgs, edge_spec, ingress_findings


class McpIngress(pulumi.ComponentResource):
    """An HTTPRoute (with a BackendTrafficPolicy for Envoy Gateway) or an Ingress."""

    url: pulumi.Output[str]
    """Public URL of the MCP endpoint."""
    route_name: pulumi.Output[str]
    """Name of the HTTPRoute or Ingress."""

    def __init__(self, name: str, args: McpIngressArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = checked(McpIngressArgs, args, f'McpIngress "{name}"')
        report_findings(ingress_findings(args), f'McpIngress "{name}" cannot work:', args.get("accept", {}))
        super().__init__("kubernetes-mcp:index:McpIngress", name, None, opts)
        edge = edge_spec(name, args)
        route_name = args.get("route_name", name)
        if args.get("await_ready", False):
            announce_wait(
                f"the route of {name} to be accepted",
                args.get("await_timeout_seconds", 300),
                needs="a controller that reports it",
                key="await_ready: false (mcp:awaits.edge: false in a stack file)",
            )
        created: pulumi.CustomResource
        if args.get("kind", "gateway") == "gateway":
            created = self._route(name, route_name, edge, args)
        else:
            created = self._ingress(name, route_name, edge, args)
        self.route_name = after(created, route_name)
        self.url = pulumi.Output.format("https://{0}{1}", edge.host, edge.path)
        self.register_outputs({"url": self.url, "routeName": self.route_name})

    def _route(
        self, name: str, route_name: str, edge: specs.EdgeSpec, args: McpIngressArgs
    ) -> k8s.apiextensions.CustomResource:
        wait = {"pulumi.com/waitFor": ACCEPTED_ROUTE} if args.get("await_ready", False) else {}
        labels = common.labels(route_name, "edge")
        route = k8s.apiextensions.CustomResource(
            f"{name}-route",
            api_version="gateway.networking.k8s.io/v1",
            kind="HTTPRoute",
            metadata=common.metadata(route_name, args["namespace"], labels, {**wait, **args.get("annotations", {})}),
            spec=specs.http_route(edge),
            opts=awaited(self, args.get("await_timeout_seconds", 300)),
        )
        if edge.implementation == "envoy-gateway":
            k8s.apiextensions.CustomResource(
                f"{name}-traffic",
                api_version="gateway.envoyproxy.io/v1alpha1",
                kind="BackendTrafficPolicy",
                metadata=common.metadata(route_name, args["namespace"], labels),
                spec=specs.backend_traffic_policy(edge, route_name),
                opts=pulumi.ResourceOptions(parent=self, depends_on=[route]),
            )
        return route

    def _ingress(
        self, name: str, route_name: str, edge: specs.EdgeSpec, args: McpIngressArgs
    ) -> k8s.networking.v1.Ingress:
        if edge.cluster_issuer is not None:
            k8s.networking.v1.NetworkPolicy(
                f"{name}-solver",
                metadata=common.metadata(f"{route_name}-solver", args["namespace"], common.labels(route_name, "edge")),
                spec=solver_policy(args.get("client_namespace", "ingress-nginx")),
                opts=pulumi.ResourceOptions(parent=self),
            )
        skip = {} if args.get("await_ready", False) else common.SKIP_AWAIT
        return k8s.networking.v1.Ingress(
            f"{name}-ingress",
            metadata=common.metadata(
                route_name,
                args["namespace"],
                common.labels(route_name, "edge"),
                {**skip, **specs.ingress_annotations(edge), **args.get("annotations", {})},
            ),
            spec=specs.ingress(edge),
            opts=awaited(self, args.get("await_timeout_seconds", 300)),
        )
