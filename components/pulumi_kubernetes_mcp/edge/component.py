"""McpIngress: the way in for clients, safe for streams."""

from typing import Any, Unpack, overload

import pulumi
import pulumi_kubernetes as k8s

from ..autoscaling.component import McpAutoscaling
from ..inputs.checked import NOT_GIVEN
from ..inputs.outputs import after, announce_wait, awaited, report_findings
from ..inputs.told import agreed
from ..kubernetes import objects as common
from ..kubernetes.network import solver_policy
from ..server.component import McpService
from ..types.edge import HELP, McpIngressArgs, McpIngressServerArgs
from . import spec as specs
from .args import ACCEPTED_ROUTE, edge_spec, ingress_findings
from .keys import IngressKeys
from .told import told


class McpIngress(pulumi.ComponentResource):
    """An HTTPRoute (with a BackendTrafficPolicy for Envoy Gateway) or an Ingress."""

    url: pulumi.Output[str]
    """Public URL of the MCP endpoint."""
    route_name: pulumi.Output[str]
    """Name of the HTTPRoute or Ingress."""

    @overload
    def __init__(self, name: str, args: McpIngressArgs, opts: pulumi.ResourceOptions | None = None) -> None: ...
    @overload
    def __init__(
        self, name: str, *, opts: pulumi.ResourceOptions | None = None, **keys: Unpack[McpIngressArgs]
    ) -> None: ...
    @overload
    def __init__(
        self,
        name: str,
        args: McpIngressServerArgs,
        opts: pulumi.ResourceOptions | None = None,
        *,
        server: McpService,
        autoscaling: McpAutoscaling | None = None,
    ) -> None: ...
    @overload
    def __init__(
        self,
        name: str,
        *,
        server: McpService,
        autoscaling: McpAutoscaling | None = None,
        opts: pulumi.ResourceOptions | None = None,
        **keys: Unpack[McpIngressServerArgs],
    ) -> None: ...
    def __init__(  # type: ignore[misc]  # With a server the arguments that it tells may be left out.
        self,
        name: str,
        args: McpIngressArgs = NOT_GIVEN,
        opts: pulumi.ResourceOptions | None = None,
        *,
        server: McpService | None = None,
        autoscaling: McpAutoscaling | None = None,
        **keywords: Any,
    ) -> None:
        given = agreed(IngressKeys, f'McpIngress "{name}"', args, keywords, told(server, autoscaling))
        heading = f'McpIngress "{name}" cannot work:'
        report_findings([*given.findings, *ingress_findings(given.keys)], heading, given.keys.accept)
        super().__init__("kubernetes-mcp:index:McpIngress", name, None, opts)
        keys = given.registered(heading)
        edge = edge_spec(name, keys)
        route_name = keys.route_name or name
        if keys.await_ready:
            announce_wait(
                f"the route of {name} to be accepted",
                keys.await_timeout_seconds,
                needs="a controller that reports it",
                key="await_ready: false (mcp:awaits.edge: false in a stack file)",
            )
        created: pulumi.CustomResource
        if keys.kind == "gateway":
            created = self._route(name, route_name, edge, keys)
        else:
            created = self._ingress(name, route_name, edge, keys)
        self.route_name = after(created, route_name)
        self.url = pulumi.Output.format("https://{0}{1}", edge.host, edge.path)
        self.register_outputs({"url": self.url, "routeName": self.route_name})

    __init__.__doc__ = HELP

    def _route(
        self, name: str, route_name: str, edge: specs.EdgeSpec, keys: IngressKeys
    ) -> k8s.apiextensions.CustomResource:
        wait = {"pulumi.com/waitFor": ACCEPTED_ROUTE} if keys.await_ready else {}
        labels = common.labels(route_name, "edge")
        route = k8s.apiextensions.CustomResource(
            f"{name}-route",
            api_version="gateway.networking.k8s.io/v1",
            kind="HTTPRoute",
            metadata=common.metadata(route_name, keys.namespace, labels, {**wait, **keys.annotations}),
            spec=specs.http_route(edge),
            opts=awaited(self, keys.await_timeout_seconds),
        )
        if edge.implementation == "envoy-gateway":
            k8s.apiextensions.CustomResource(
                f"{name}-traffic",
                api_version="gateway.envoyproxy.io/v1alpha1",
                kind="BackendTrafficPolicy",
                metadata=common.metadata(route_name, keys.namespace, labels),
                spec=specs.backend_traffic_policy(edge, route_name),
                opts=pulumi.ResourceOptions(parent=self, depends_on=[route]),
            )
        return route

    def _ingress(
        self, name: str, route_name: str, edge: specs.EdgeSpec, keys: IngressKeys
    ) -> k8s.networking.v1.Ingress:
        if edge.cluster_issuer is not None:
            k8s.networking.v1.NetworkPolicy(
                f"{name}-solver",
                metadata=common.metadata(f"{route_name}-solver", keys.namespace, common.labels(route_name, "edge")),
                spec=solver_policy(keys.client_namespace),
                opts=pulumi.ResourceOptions(parent=self),
            )
        skip = {} if keys.await_ready else common.SKIP_AWAIT
        return k8s.networking.v1.Ingress(
            f"{name}-ingress",
            metadata=common.metadata(
                route_name,
                keys.namespace,
                common.labels(route_name, "edge"),
                {**skip, **specs.ingress_annotations(edge), **keys.annotations},
            ),
            spec=specs.ingress(edge),
            opts=awaited(self, keys.await_timeout_seconds),
        )
