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
from .annotations import annotations_of, openshift_ingress
from .args import ACCEPTED_ROUTE, ADMITTED_ROUTE, edge_spec, ingress_findings, solver_namespace
from .keys import IngressKeys
from .policies import POLICIES
from .told import told


class McpIngress(pulumi.ComponentResource):
    """An HTTPRoute, an Ingress or an OpenShift Route, with the policies that its implementation needs for streams."""

    url: pulumi.Output[str]
    """Public URL of the MCP endpoint."""
    route_name: pulumi.Output[str]
    """Name of the HTTPRoute, the Ingress or the first Route."""

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
        if keys.await_ready:
            announce_wait(
                f"the route of {name} to be accepted",
                keys.await_timeout_seconds,
                needs="a controller that reports it",
                key="await_ready: false (mcp:awaits.edge: false in a stack file)",
            )
        created: pulumi.CustomResource
        if keys.kind == "gateway":
            created = self._route(name, edge, keys)
        elif keys.kind == "route":
            created = self._openshift_routes(name, edge, keys)
        else:
            created = self._ingress(name, edge, keys)
        self.route_name = after(created, edge.route_name)
        self.url = pulumi.Output.format("https://{0}{1}", keys.host, edge.path)
        self.register_outputs({"url": self.url, "routeName": self.route_name})

    __init__.__doc__ = HELP

    def _route(self, name: str, edge: specs.EdgeSpec, keys: IngressKeys) -> k8s.apiextensions.CustomResource:
        wait = {"pulumi.com/waitFor": ACCEPTED_ROUTE} if keys.await_ready else {}
        labels = common.labels(edge.route_name, "edge")
        route = k8s.apiextensions.CustomResource(
            f"{name}-route",
            api_version="gateway.networking.k8s.io/v1",
            kind="HTTPRoute",
            metadata=common.metadata(edge.route_name, keys.namespace, labels, {**wait, **keys.annotations}),
            spec=specs.http_route(edge),
            opts=awaited(self, keys.await_timeout_seconds),
        )
        beside = pulumi.ResourceOptions(parent=self, depends_on=[route])
        for kind in edge.row.policies:
            policy = POLICIES[kind]
            k8s.apiextensions.CustomResource(
                f"{name}-{policy.suffix}",
                api_version=policy.api_version,
                kind=kind,
                metadata=common.metadata(edge.route_name, keys.namespace, labels),
                spec=policy.spec(edge),
                opts=beside,
            )
        if edge.certificate is not None:
            k8s.apiextensions.CustomResource(
                f"{name}-tls",
                api_version="gateway.networking.k8s.io/v1",
                kind="BackendTLSPolicy",
                metadata=common.metadata(edge.route_name, keys.namespace, labels),
                spec=specs.backend_tls_policy(edge, edge.certificate),
                opts=beside,
            )
        return route

    def _openshift_routes(self, name: str, edge: specs.EdgeSpec, keys: IngressKeys) -> k8s.apiextensions.CustomResource:
        wait = {"pulumi.com/waitFor": ADMITTED_ROUTE} if keys.await_ready else {}
        notes = {**wait, **annotations_of(edge, keys.max_tool_seconds), **keys.annotations}
        made = []
        for suffix, spec in specs.openshift_routes(edge).items():
            end = f"-{suffix}" if suffix else ""
            route = k8s.apiextensions.CustomResource(
                f"{name}-openshift{end}",
                api_version="route.openshift.io/v1",
                kind="Route",
                metadata=common.metadata(
                    f"{edge.route_name}{end}", keys.namespace, common.labels(edge.route_name, "edge"), notes
                ),
                spec=spec,
                opts=awaited(self, keys.await_timeout_seconds),
            )
            made.append(route)
        return made[0]

    def _ingress(self, name: str, edge: specs.EdgeSpec, keys: IngressKeys) -> k8s.networking.v1.Ingress:
        labels = common.labels(edge.route_name, "edge")
        proxies = solver_namespace(keys)
        if edge.cluster_issuer is not None and proxies is not None:
            k8s.networking.v1.NetworkPolicy(
                f"{name}-solver",
                metadata=common.metadata(f"{edge.route_name}-solver", keys.namespace, labels),
                spec=solver_policy(proxies),
                opts=pulumi.ResourceOptions(parent=self),
            )
        skip = {} if keys.await_ready else common.SKIP_AWAIT
        openshift = openshift_ingress(edge) if edge.row.name == "openshift" else {}
        notes = {**skip, **annotations_of(edge, keys.max_tool_seconds), **openshift, **keys.annotations}
        return k8s.networking.v1.Ingress(
            f"{name}-ingress",
            metadata=common.metadata(edge.route_name, keys.namespace, labels, notes),
            spec=specs.ingress(edge),
            opts=awaited(self, keys.await_timeout_seconds),
        )
