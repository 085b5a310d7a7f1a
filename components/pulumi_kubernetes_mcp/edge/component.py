"""McpIngress: the way in for clients, safe for streams."""

from collections.abc import Mapping
from typing import Any, Unpack, overload

import pulumi

from ..autoscaling.component import McpAutoscaling
from ..inputs.checked import NOT_GIVEN, called
from ..inputs.heading import heading_of
from ..inputs.outputs import after, announce_wait, awaited, report_findings
from ..inputs.told import agreed
from ..kubernetes.made import Made
from ..kubernetes.registering import KubernetesObject, cleared_patches
from ..server.component import McpService
from ..types.edge import HELP, McpIngressArgs, McpIngressServerArgs
from .args import edge_spec
from .checks import ingress_findings, patched_objects
from .keys import IngressKeys
from .objects import ways
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
        where = called("McpIngress", name)
        given = agreed(IngressKeys, where, args, keywords, told(where, server, autoscaling), ingress_findings)
        heading = heading_of(given.keys, where)
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
        keys = cleared_patches(keys, heading, ingress_findings)
        objects, _ = patched_objects(edge, keys)
        created = self._register(name, objects, keys)
        self.route_name = after(created, edge.route_name)
        self.url = pulumi.Output.format("https://{0}{1}", keys.host, edge.path)
        self.register_outputs({"url": self.url, "routeName": self.route_name})

    __init__.__doc__ = HELP

    def _register(self, name: str, objects: Mapping[str, Made], keys: IngressKeys) -> Any:
        """Register everything; what stands beside an HTTPRoute comes after it. The first way in is returned."""
        first, *others = ways(objects)
        created = {
            suffix: KubernetesObject(f"{name}-{suffix}", objects[suffix], awaited(self, keys.await_timeout_seconds))
            for suffix in (first, *others)
        }
        after_it = [created[first]] if objects[first].kind == "HTTPRoute" else None
        for suffix, one in objects.items():
            if suffix not in created:
                KubernetesObject(f"{name}-{suffix}", one, pulumi.ResourceOptions(parent=self, depends_on=after_it))
        return created[first]
