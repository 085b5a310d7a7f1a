"""Arguments of McpIngress.

Generated from the declarations of the keys: `python -m tools.argument_types --write`.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, NotRequired, TypedDict

import pulumi

if TYPE_CHECKING:
    IngressEras = Literal["modern", "legacy-stateless", "legacy-stateful", "sse"]
    IngressImplementation = Literal["envoy-gateway", "nginx", "other"]
    IngressKind = Literal["gateway", "ingress"]
    IngressAffinity = Literal["auto", "none", "source-ip", "cookie", "session-hash", "gateway"]
else:
    IngressEras = str
    IngressImplementation = str
    IngressKind = str
    IngressAffinity = str


class McpIngressArgs(TypedDict):
    """Arguments of McpIngress."""

    namespace: pulumi.Input[str]
    """Namespace of the route; the Service's."""
    host: pulumi.Input[str]
    """Public host name, the same in every region: tokens are bound to it. A route may also serve a wildcard,
    '*.example.com'."""
    service_name: pulumi.Input[str]
    """Service that answers."""
    route_name: NotRequired[str]
    """Name of the HTTPRoute or Ingress. Derived: the component's name."""
    max_replicas: NotRequired[int]
    """Greatest number of pods; more than one needs affinity for sessions. Default: 2."""
    gateway_name: NotRequired[pulumi.Input[str]]
    """Name of the Gateway. Default: 'public'."""
    gateway_namespace: NotRequired[str]
    """Namespace of the Gateway. Default: 'gateway-system'."""
    gateway_section: NotRequired[str]
    """Listener of the Gateway. Left out: all listeners, since a Gateway of one's own may call them anything."""
    client_namespace: NotRequired[pulumi.Input[str]]
    """Namespace of the edge's proxies, which a certificate solver is opened to. Default: 'ingress-nginx'."""
    parallel_requests: NotRequired[int]
    """Calls and open streams of all pods at the maximum (implementation 'envoy-gateway'); 1024 is Envoy Gateway's.
    Default: 1024."""
    await_ready: NotRequired[bool]
    """Whether to wait for an accepted HTTPRoute or an Ingress with an address; not every controller reports it.
    Default: false."""
    await_timeout_seconds: NotRequired[int]
    """How long to wait for it, in seconds. Default: 300."""
    eras: NotRequired[list[IngressEras]]
    """Protocol eras that the server serves on its URL. All regions behind one host must serve the same. Default:
    modern."""
    path: NotRequired[str]
    """Path of the MCP endpoint, without a trailing slash. It is routed exactly, and no probe may use it. Default:
    '/mcp'."""
    max_tool_seconds: NotRequired[int]
    """Duration of the slowest tool call, in seconds. The drain waits for it; no route may be shorter. Default: 60."""
    sse_paths: NotRequired[list[str]]
    """Paths of an HTTP+SSE server, routed by prefix; used only if 'sse' is among the eras. Default: /sse, /messages."""
    keepalive_seconds: NotRequired[int]
    """How often the server sends a comment on an open stream, in seconds; 0 if it sends nothing until done. Default:
    15."""
    authorization: NotRequired[bool]
    """Whether the server is an OAuth resource server; its metadata path is then routed too. Default: false."""
    implementation: NotRequired[IngressImplementation]
    """Controller of the edge. 'envoy-gateway' adds a BackendTrafficPolicy to the HTTPRoute, and emits the metrics that
    the dialect 'envoy' counts; 'nginx' adds the annotations of that family to the Ingress. Derived: other for kind
    'gateway', nginx for kind 'ingress'."""
    kind: NotRequired[IngressKind]
    """'gateway' emits an HTTPRoute, 'ingress' an Ingress. Default: 'gateway'."""
    ingress_class: NotRequired[pulumi.Input[str]]
    """Name of the IngressClass (kind 'ingress'). Default: 'nginx'."""
    tls_secret: NotRequired[pulumi.Input[str]]
    """Secret with the certificate (kind 'ingress'). Derived: the name of the Ingress with '-tls'."""
    cluster_issuer: NotRequired[pulumi.Input[str]]
    """cert-manager ClusterIssuer that fills the certificate's Secret (kind 'ingress'). Default: none."""
    affinity: NotRequired[IngressAffinity]
    """How a client stays on its pod. 'auto' is none for eras without sessions and source-ip for others; 'gateway' says
    that an MCP-aware gateway does it, and emits nothing. Default: 'auto'."""
    request_timeout_seconds: NotRequired[int]
    """Request timeout of the route in seconds; 0 switches it off, which streams need. Default: 0."""
    idle_timeout_seconds: NotRequired[int]
    """How long a stream may be silent, in seconds. Derived: from the keep-alive period, or from the slowest tool."""
    annotations: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Further annotations of the HTTPRoute or the Ingress. Default: none."""
    accept: NotRequired[Mapping[str, str]]
    """Codes or names of warnings that are accepted, each with its reason. Default: none."""


class McpIngressServerArgs(TypedDict):
    """Arguments of McpIngress. They go with a server that tells the rest."""

    namespace: NotRequired[pulumi.Input[str]]
    """Namespace of the route; the Service's. The server tells it; what is given besides must be the same."""
    host: pulumi.Input[str]
    """Public host name, the same in every region: tokens are bound to it. A route may also serve a wildcard,
    '*.example.com'."""
    service_name: NotRequired[pulumi.Input[str]]
    """Service that answers. The server tells it; what is given besides must be the same."""
    route_name: NotRequired[str]
    """Name of the HTTPRoute or Ingress. Derived: the component's name."""
    max_replicas: NotRequired[int]
    """Greatest number of pods; more than one needs affinity for sessions. The server tells it; what is given besides
    must be the same."""
    gateway_name: NotRequired[pulumi.Input[str]]
    """Name of the Gateway. Default: 'public'."""
    gateway_namespace: NotRequired[str]
    """Namespace of the Gateway. Default: 'gateway-system'."""
    gateway_section: NotRequired[str]
    """Listener of the Gateway. Left out: all listeners, since a Gateway of one's own may call them anything."""
    client_namespace: NotRequired[pulumi.Input[str]]
    """Namespace of the edge's proxies, which a certificate solver is opened to. Default: 'ingress-nginx'."""
    parallel_requests: NotRequired[int]
    """Calls and open streams of all pods at the maximum (implementation 'envoy-gateway'); 1024 is Envoy Gateway's.
    Default: 1024."""
    await_ready: NotRequired[bool]
    """Whether to wait for an accepted HTTPRoute or an Ingress with an address; not every controller reports it.
    Default: false."""
    await_timeout_seconds: NotRequired[int]
    """How long to wait for it, in seconds. Default: 300."""
    eras: NotRequired[list[IngressEras]]
    """Protocol eras that the server serves on its URL. All regions behind one host must serve the same. The server
    tells it; what is given besides must be the same."""
    path: NotRequired[str]
    """Path of the MCP endpoint, without a trailing slash. It is routed exactly, and no probe may use it. The server
    tells it; what is given besides must be the same."""
    max_tool_seconds: NotRequired[int]
    """Duration of the slowest tool call, in seconds. The drain waits for it; no route may be shorter. The server tells
    it; what is given besides must be the same."""
    sse_paths: NotRequired[list[str]]
    """Paths of an HTTP+SSE server, routed by prefix; used only if 'sse' is among the eras. Default: /sse, /messages."""
    keepalive_seconds: NotRequired[int]
    """How often the server sends a comment on an open stream, in seconds; 0 if it sends nothing until done. Default:
    15."""
    authorization: NotRequired[bool]
    """Whether the server is an OAuth resource server; its metadata path is then routed too. Default: false."""
    implementation: NotRequired[IngressImplementation]
    """Controller of the edge. 'envoy-gateway' adds a BackendTrafficPolicy to the HTTPRoute, and emits the metrics that
    the dialect 'envoy' counts; 'nginx' adds the annotations of that family to the Ingress. Derived: other for kind
    'gateway', nginx for kind 'ingress'."""
    kind: NotRequired[IngressKind]
    """'gateway' emits an HTTPRoute, 'ingress' an Ingress. Default: 'gateway'."""
    ingress_class: NotRequired[pulumi.Input[str]]
    """Name of the IngressClass (kind 'ingress'). Default: 'nginx'."""
    tls_secret: NotRequired[pulumi.Input[str]]
    """Secret with the certificate (kind 'ingress'). Derived: the name of the Ingress with '-tls'."""
    cluster_issuer: NotRequired[pulumi.Input[str]]
    """cert-manager ClusterIssuer that fills the certificate's Secret (kind 'ingress'). Default: none."""
    affinity: NotRequired[IngressAffinity]
    """How a client stays on its pod. 'auto' is none for eras without sessions and source-ip for others; 'gateway' says
    that an MCP-aware gateway does it, and emits nothing. Default: 'auto'."""
    request_timeout_seconds: NotRequired[int]
    """Request timeout of the route in seconds; 0 switches it off, which streams need. Default: 0."""
    idle_timeout_seconds: NotRequired[int]
    """How long a stream may be silent, in seconds. Derived: from the keep-alive period, or from the slowest tool."""
    annotations: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Further annotations of the HTTPRoute or the Ingress. Default: none."""
    accept: NotRequired[Mapping[str, str]]
    """Codes or names of warnings that are accepted, each with its reason. Default: none."""


HELP = """The keys, as a mapping or as keywords. 'Output' says that a value may come later.

namespace: str or Output, required
    Namespace of the route; the Service's.

host: str or Output, required
    Public host name, the same in every region: tokens are bound to it. A route may also serve a
    wildcard, '*.example.com'.

service_name: str or Output, required
    Service that answers.

route_name: str
    Name of the HTTPRoute or Ingress. Derived: the component's name.

max_replicas: int
    Greatest number of pods; more than one needs affinity for sessions. Default: 2.

gateway_name: str or Output
    Name of the Gateway. Default: 'public'.

gateway_namespace: str
    Namespace of the Gateway. Default: 'gateway-system'.

gateway_section: str
    Listener of the Gateway. Left out: all listeners, since a Gateway of one's own may call them
    anything.

client_namespace: str or Output
    Namespace of the edge's proxies, which a certificate solver is opened to. Default:
    'ingress-nginx'.

parallel_requests: int
    Calls and open streams of all pods at the maximum (implementation 'envoy-gateway'); 1024 is
    Envoy Gateway's. Default: 1024.

await_ready: bool
    Whether to wait for an accepted HTTPRoute or an Ingress with an address; not every controller
    reports it. Default: false.

await_timeout_seconds: int
    How long to wait for it, in seconds. Default: 300.

eras: list of 'modern' | 'legacy-stateless' | 'legacy-stateful' | 'sse'
    Protocol eras that the server serves on its URL. All regions behind one host must serve the
    same. Default: modern.

path: str
    Path of the MCP endpoint, without a trailing slash. It is routed exactly, and no probe may use
    it. Default: '/mcp'.

max_tool_seconds: int
    Duration of the slowest tool call, in seconds. The drain waits for it; no route may be shorter.
    Default: 60.

sse_paths: list of str
    Paths of an HTTP+SSE server, routed by prefix; used only if 'sse' is among the eras. Default:
    /sse, /messages.

keepalive_seconds: int
    How often the server sends a comment on an open stream, in seconds; 0 if it sends nothing until
    done. Default: 15.

authorization: bool
    Whether the server is an OAuth resource server; its metadata path is then routed too. Default:
    false.

implementation: 'envoy-gateway' | 'nginx' | 'other'
    Controller of the edge. 'envoy-gateway' adds a BackendTrafficPolicy to the HTTPRoute, and emits
    the metrics that the dialect 'envoy' counts; 'nginx' adds the annotations of that family to the
    Ingress. Derived: other for kind 'gateway', nginx for kind 'ingress'.

kind: 'gateway' | 'ingress'
    'gateway' emits an HTTPRoute, 'ingress' an Ingress. Default: 'gateway'.

ingress_class: str or Output
    Name of the IngressClass (kind 'ingress'). Default: 'nginx'.

tls_secret: str or Output
    Secret with the certificate (kind 'ingress'). Derived: the name of the Ingress with '-tls'.

cluster_issuer: str or Output
    cert-manager ClusterIssuer that fills the certificate's Secret (kind 'ingress'). Default: none.

affinity: 'auto' | 'none' | 'source-ip' | 'cookie' | 'session-hash' | 'gateway'
    How a client stays on its pod. 'auto' is none for eras without sessions and source-ip for
    others; 'gateway' says that an MCP-aware gateway does it, and emits nothing. Default: 'auto'.

request_timeout_seconds: int
    Request timeout of the route in seconds; 0 switches it off, which streams need. Default: 0.

idle_timeout_seconds: int
    How long a stream may be silent, in seconds. Derived: from the keep-alive period, or from the
    slowest tool.

annotations: mapping of str to str or Output
    Further annotations of the HTTPRoute or the Ingress. Default: none.

accept: mapping of str to str
    Codes or names of warnings that are accepted, each with its reason. Default: none.
"""
"""What help() shows of the constructor."""
