"""Arguments of McpIngress: what a caller may say, the defaults put in, the rules applied."""

from collections.abc import Mapping
from typing import NotRequired, TypedDict

import pulumi

from .. import eras as protocol
from ..rules import edge as rules
from ..rules.model import Finding
from . import spec as specs

ACCEPTED_ROUTE = 'jsonpath={.status.parents[0].conditions[?(@.type=="Accepted")].status}=True'
"""An HTTPRoute reports per Gateway; the first one is the only one that this component attaches to."""


class McpIngressArgs(TypedDict):
    """Arguments of McpIngress."""

    namespace: pulumi.Input[str]
    """Namespace of the route; the Service's."""
    host: pulumi.Input[str]
    """Public host name, the same in every region."""
    service_name: pulumi.Input[str]
    """Service that answers."""
    route_name: NotRequired[str]
    """Name of the HTTPRoute or Ingress. Default: the component's name."""
    kind: NotRequired[str]
    """'gateway' for an HTTPRoute, 'ingress' for an Ingress. Default: gateway."""
    implementation: NotRequired[str]
    """Controller: 'envoy-gateway' adds a BackendTrafficPolicy, 'nginx' its annotations. Default: nginx for
    an Ingress, other for a Gateway."""
    path: NotRequired[str]
    """Path of the MCP endpoint, matched exactly. Default: /mcp."""
    sse_paths: NotRequired[list[str]]
    """Paths of an HTTP+SSE server, matched by prefix. Default: /sse and /messages for the era 'sse'."""
    eras: NotRequired[list[str]]
    """Protocol eras of the server. Default: modern."""
    max_replicas: NotRequired[int]
    """Greatest number of pods; more than one needs affinity for sessions. Default: 2."""
    max_tool_seconds: NotRequired[int]
    """Duration of the slowest tool call in seconds; no timeout may be shorter. Default: 60."""
    keepalive_seconds: NotRequired[int]
    """Interval of the server's keep-alive comments in seconds, 0 for none. Default: 15."""
    authorization: NotRequired[bool]
    """Whether to route the OAuth protected-resource metadata. Default: false."""
    affinity: NotRequired[str]
    """'auto', 'none', 'source-ip', 'cookie', 'gateway'. Default: auto, which is source-ip for sessions."""
    request_timeout_seconds: NotRequired[int]
    """Request timeout of the route in seconds. Default: 0, off, as streams need."""
    idle_timeout_seconds: NotRequired[int]
    """How long a stream may be silent, in seconds. Default: from the keep-alive, or from the slowest tool."""
    gateway_name: NotRequired[str]
    """Name of the Gateway. Default: public."""
    gateway_namespace: NotRequired[str]
    """Namespace of the Gateway. Default: gateway-system."""
    gateway_section: NotRequired[str]
    """Listener of the Gateway. Default: all listeners."""
    ingress_class: NotRequired[str]
    """IngressClass. Default: nginx."""
    tls_secret: NotRequired[str]
    """Secret with the certificate of an Ingress. Default: the route's name with '-tls'."""
    cluster_issuer: NotRequired[str]
    """cert-manager ClusterIssuer of an Ingress. Default: none."""
    client_namespace: NotRequired[pulumi.Input[str]]
    """Namespace of the edge's proxies, which a certificate solver is opened to. Default: ingress-nginx."""
    parallel_requests: NotRequired[int]
    """Calls and open streams of all pods at the maximum (implementation 'envoy-gateway'). Default: 1024, as Envoy
    Gateway's."""
    annotations: NotRequired[Mapping[str, str]]
    """Further annotations of the route. Default: none."""
    await_ready: NotRequired[bool]
    """Whether to wait for an accepted HTTPRoute or an Ingress with an address. Default: false, since not
    every controller reports it."""
    await_timeout_seconds: NotRequired[int]
    """How long to wait for it, in seconds. Default: 300."""
    accept: NotRequired[Mapping[str, str]]
    """Codes or names of warnings that are accepted, each with its reason. Default: none."""


def derived(args: McpIngressArgs) -> protocol.EraProfile:
    """What follows from the eras of the arguments."""
    return protocol.derive(
        protocol.parse_eras(args.get("eras", ["modern"])),
        max_tool_seconds=int(args.get("max_tool_seconds", 60)),
        keepalive_seconds=int(args.get("keepalive_seconds", 15)),
        authorization=args.get("authorization", False),
        path=args.get("path", "/mcp"),
    )


def chosen_affinity(args: McpIngressArgs) -> str:
    """The affinity in force: the caller's, or what the eras need."""
    requested = args.get("affinity", "auto")
    if requested != "auto":
        return requested
    return "source-ip" if derived(args).needs_affinity and int(args.get("max_replicas", 2)) > 1 else "none"


def edge_spec(name: str, args: McpIngressArgs) -> specs.EdgeSpec:
    """The arguments with every default put in."""
    era_profile = derived(args)
    kind = args.get("kind", "gateway")
    return specs.EdgeSpec(
        host=args["host"],
        path=args.get("path", "/mcp"),
        prefixes=args.get("sse_paths", ["/sse", "/messages"]) if protocol.Era.SSE in era_profile.eras else [],
        authorization=args.get("authorization", False),
        service_name=args["service_name"],
        implementation=args.get("implementation", "nginx" if kind == "ingress" else "other"),
        affinity=chosen_affinity(args),
        request_timeout_seconds=int(args.get("request_timeout_seconds", era_profile.route_timeout_seconds)),
        idle_timeout_seconds=int(args.get("idle_timeout_seconds", era_profile.stream_idle_timeout_seconds)),
        gateway_name=args.get("gateway_name", "public"),
        gateway_namespace=args.get("gateway_namespace", "gateway-system"),
        gateway_section=args.get("gateway_section"),
        ingress_class=args.get("ingress_class", "nginx"),
        tls_secret=args.get("tls_secret", f"{args.get('route_name', name)}-tls"),
        cluster_issuer=args.get("cluster_issuer"),
        parallel_requests=int(args.get("parallel_requests", specs.LEAST_PARALLEL_REQUESTS)),
    )


def ingress_findings(args: McpIngressArgs) -> list[Finding]:
    """Every rule that the arguments of one route can break."""
    era_profile, edge = derived(args), edge_spec("", args)
    found = rules.era_findings([era.value for era in era_profile.eras], path="eras")
    found += rules.affinity_findings(
        affinity=edge.affinity,
        sessions=era_profile.sessions,
        sse=protocol.Era.SSE in era_profile.eras,
        max_replicas=int(args.get("max_replicas", 2)),
        path="affinity",
    )
    found += rules.timeout_findings(
        request_timeout=edge.request_timeout_seconds,
        idle_timeout=edge.idle_timeout_seconds,
        max_tool_seconds=int(args.get("max_tool_seconds", 60)),
        keepalive_seconds=int(args.get("keepalive_seconds", 15)) or None,
        request_path="request_timeout_seconds",
        idle_path="idle_timeout_seconds",
        sse=protocol.Era.SSE in era_profile.eras,
    )
    found += rules.implementation_findings(
        kind=args.get("kind", "gateway"),
        implementation=edge.implementation,
        affinity=edge.affinity,
        needs_affinity=era_profile.needs_affinity and int(args.get("max_replicas", 2)) > 1,
        keepalive_seconds=int(args.get("keepalive_seconds", 15)),
        path="implementation",
    )
    return found
