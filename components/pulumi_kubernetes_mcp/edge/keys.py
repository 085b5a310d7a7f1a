"""What a program may say to McpIngress."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from ..inputs.served import ServedKeys
from ..kubernetes.keys import AcceptKeys, AwaitSeconds
from ..settings.fields import Count, Label, Name, Namespace, ObjectName, ProbedPath, RouteHost, same
from ..settings.keys.edge import ClientKeys, ControllerKeys, GatewayReference, HostKeys, RouteKeys
from ..settings.keys.patches import EdgePatchKeys
from ..settings.keys.place import PodPolicyKeys
from ..settings.keys.pod import ProbeKeys
from ..settings.keys.server import ContainerKeys, EndpointKeys, StreamKeys
from ..settings.models.rollout import HeaderName
from ..settings.problems import Problem

HeaderValue = Annotated[str, Field(pattern=r"^[!-~]([\t !-~]*[!-~])?$", max_length=4096)]
TOLD_BY_SERVER = (
    *("namespace", "service_name", "eras", "path", "max_tool_seconds", "health_path", "serves_tls"),
    "max_replicas",
)
"""Arguments that follow from ``server=``, the last one from a server of a fixed number or from ``autoscaling=``."""


class IngressKeys(
    EdgePatchKeys,
    AcceptKeys,
    PodPolicyKeys,
    ClientKeys,
    RouteKeys,
    ControllerKeys,
    StreamKeys,
    EndpointKeys,
    ServedKeys,
):
    """Arguments of McpIngress."""

    namespace: Namespace
    """Namespace of the route; the Service's."""
    host: RouteHost = same(HostKeys, "host")
    """Public host name, the same in every region: tokens are bound to it. A route may also serve a wildcard,
    '*.example.com'."""
    service_name: Name
    """Service that answers."""
    route_name: ObjectName | None = None
    """Name of the HTTPRoute, the Ingress or the Route. Derived: the component's name."""
    max_replicas: Count = 2
    """Greatest number of pods; more than one needs affinity for sessions."""
    gateway_name: Name = same(GatewayReference, "name")
    gateway_namespace: Label = same(GatewayReference, "namespace")
    gateway_section: Label | None = same(GatewayReference, "section", default=None)
    """Listener of the Gateway. Left out: all listeners, since a Gateway of one's own may call them anything."""
    gateway_class: ObjectName | None = same(GatewayReference, "class_name")
    gateway_listener_set: bool = same(GatewayReference, "listener_set")
    client_namespace: Namespace | None = None
    """Namespace of the edge's proxies, which a certificate solver is opened to. Derived: where the implementation runs
    them."""
    health_path: ProbedPath | None = same(ContainerKeys, "health_path")
    """GET route that a load balancer checks pods by, where it does so itself: the readiness route. Left out: it only
    opens the port."""
    serves_tls: bool = same(ProbeKeys, "serves_tls")
    parallel_requests: Annotated[int, Field(ge=1, le=2**32 - 1)] = 1024
    """Calls and open streams of all pods at the maximum, which the proxies of 'envoy-gateway' and 'kgateway' are told
    to bear; 1024 is Envoy's own."""
    match_headers: dict[HeaderName, HeaderValue] = {}
    """Headers that a request must have, with their values (kind 'gateway'): such a route wins over one of the same
    paths without them."""
    canary_service: Name | None = None
    """Another Service that a share of the requests goes to (kind 'gateway')."""
    canary_percent: Annotated[int, Field(ge=1, le=99)] | None = None
    """That share, in percent."""
    leaving_service: Name | None = None
    """Another Service whose pods only the sessions that they hold still reach (affinity 'envelope'): the colour that
    was left."""
    await_ready: bool = False
    """Whether to wait for an accepted HTTPRoute or an Ingress with an address; not every controller reports it."""
    await_timeout_seconds: AwaitSeconds = 300
    """How long to wait for it, in seconds."""

    def contradictions(self) -> Iterator[Problem]:
        """What is wrong between keys that are right by themselves."""
        if self.kind == "none":
            yield Problem(
                "kind", "There is no way in to make.", "Leave McpIngress out: McpService has the Service of the server."
            )
        if (self.canary_service is None) != (self.canary_percent is None):
            yield Problem(
                "canary_percent",
                "A share goes to a Service: canary_service and canary_percent belong together.",
                "Give both, or neither.",
            )
        if self.leaving_service is not None and self.canary_service is not None:
            yield Problem(
                "leaving_service",
                "A share of the requests goes to a Service, and another one gets none but its sessions.",
                "Give leaving_service, or canary_service and canary_percent.",
            )
        for key in ("match_headers", "canary_service", "leaving_service"):
            if getattr(self, key) and self.kind != "gateway":
                yield Problem(
                    key, f"The kind '{self.kind}' has no such thing.", "Set kind to 'gateway', or leave it out."
                )
