"""Arguments of McpIngress.

Generated from the declarations of the keys: `python -m tools.argument_types --write`.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, NotRequired, TypedDict

import pulumi

from .shared import PatchArgs

if TYPE_CHECKING:
    RoutedPathMatch = Literal["exact", "prefix"]
    IngressEras = Literal["modern", "legacy-stateless", "legacy-stateful", "sse"]
    IngressImplementation = Literal[
        "envoy-gateway",
        "istio",
        "cilium",
        "kgateway",
        "nginx-gateway-fabric",
        "traefik",
        "gke",
        "alb",
        "nginx",
        "haproxy",
        "openshift",
        "other",
    ]
    IngressKind = Literal["gateway", "ingress", "route", "none"]
    IngressAffinity = Literal["auto", "none", "source-ip", "cookie", "session-hash", "gateway"]
else:
    RoutedPathMatch = str
    IngressEras = str
    IngressImplementation = str
    IngressKind = str
    IngressAffinity = str


class BackendTlsArgs(TypedDict):
    """What the edge needs to know of the certificate that the pods show it (serves_tls)."""

    hostname: str
    """Name in the certificate of the pods."""
    ca_config_map: NotRequired[str]
    """ConfigMap with the authority as 'ca.crt' (kind 'gateway'). Left out: those of the system."""
    ca_secret: NotRequired[str]
    """Secret with the authority, as the controller reads it (kind 'ingress'). Default: none."""


class RoutedPathArgs(TypedDict):
    """A further path of the server."""

    path: str
    """The path, such as '/authorize'."""
    match: NotRequired[RoutedPathMatch]
    """'exact' routes the path alone, 'prefix' what is below it too. Default: 'exact'."""


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
    """Name of the HTTPRoute, the Ingress or the Route. Derived: the component's name."""
    max_replicas: NotRequired[int]
    """Greatest number of pods; more than one needs affinity for sessions. Default: 2."""
    gateway_name: NotRequired[pulumi.Input[str]]
    """Name of the Gateway. Default: 'public'."""
    gateway_namespace: NotRequired[str]
    """Namespace of the Gateway. Default: 'gateway-system'."""
    gateway_section: NotRequired[str]
    """Listener of the Gateway. Left out: all listeners, since a Gateway of one's own may call them anything."""
    client_namespace: NotRequired[pulumi.Input[str]]
    """Namespace of the edge's proxies, which a certificate solver is opened to. Derived: where the implementation runs
    them."""
    health_path: NotRequired[str]
    """GET route that a load balancer checks pods by, where it does so itself: the readiness route. Left out: it only
    opens the port."""
    serves_tls: NotRequired[bool]
    """Whether the pods speak TLS themselves at port: probes and Service then do too. Default: false."""
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
    """Path of the MCP endpoint. It is routed exactly, with a slash behind it and without, since some servers redirect
    one to the other; no probe may use it. Default: '/mcp'."""
    max_tool_seconds: NotRequired[int]
    """Duration of the slowest tool call, in seconds. The drain waits for it; no route may be shorter. Default: 60."""
    sse_paths: NotRequired[list[str]]
    """Paths of an HTTP+SSE server, routed by prefix; used only if 'sse' is among the eras. Default: /sse, /messages."""
    keepalive_seconds: NotRequired[int]
    """How often the server sends a comment on an open stream, in seconds; 0 if it sends nothing until done. Default:
    15."""
    authorization: NotRequired[bool]
    """Whether the server is an OAuth resource server; its metadata path is then routed too. Default: false."""
    idle_connection_seconds: NotRequired[int]
    """How long the server keeps an idle connection open, in seconds. A proxy that keeps it longer sends calls into a
    closed one. Derived: 5, as uvicorn and Node do; longer than the proxy where runtime reads it from the
    environment."""
    implementation: NotRequired[IngressImplementation]
    """What stands behind the edge. It decides what is emitted beside the route, the pre-stop sleep, and where the
    proxies are; 'envoy-gateway' emits the metrics that the dialect 'envoy' counts. Derived: 'gke' where client_cidrs
    has Google's ranges, else 'other' for kind 'gateway'; by the IngressClass, else 'nginx', for kind 'ingress'."""
    kind: NotRequired[IngressKind]
    """'gateway' emits an HTTPRoute, 'ingress' an Ingress, 'route' an OpenShift Route; 'none' emits nothing: the server
    is for other workloads of the cluster. Default: 'gateway'."""
    hosts: NotRequired[list[pulumi.Input[str]]]
    """Further host names of the same server. Default: none."""
    paths: NotRequired[list[RoutedPathArgs]]
    """Further paths of the same server, besides the MCP path, streams and metadata. Default: none."""
    oauth_proxy: NotRequired[bool]
    """Whether the server is an OAuth proxy, as FastMCP's is: '/authorize', '/token', '/register', '/revoke',
    '/consent', '/auth/callback' and the metadata of both specifications are routed too. Default: false."""
    ingress_class: NotRequired[pulumi.Input[str]]
    """Name of the IngressClass (kind 'ingress'). Derived: that of the implementation, else 'nginx'."""
    tls_secret: NotRequired[pulumi.Input[str]]
    """Secret with the certificate (kind 'ingress'). Derived: the name of the Ingress with '-tls'; OpenShift and load
    balancers use their own certificate."""
    cluster_issuer: NotRequired[pulumi.Input[str]]
    """cert-manager ClusterIssuer that fills the certificate's Secret (kind 'ingress'). Default: none."""
    backend_tls: NotRequired[BackendTlsArgs]
    """How the edge checks the pods, where they speak TLS. Default: none."""
    affinity: NotRequired[IngressAffinity]
    """How a client stays on its pod. 'auto' is none for eras without sessions and source-ip for others; 'gateway' says
    that an MCP-aware gateway does it, and emits nothing. Default: 'auto'."""
    request_timeout_seconds: NotRequired[int]
    """Request timeout of the route in seconds; 0 switches it off, which streams need. Default: 0."""
    idle_timeout_seconds: NotRequired[int]
    """How long a stream may be silent, in seconds. Derived: from the keep-alive period, or from the slowest tool."""
    annotations: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Further annotations of the HTTPRoute, the Ingress or the Route; they replace those of the implementation.
    Default: none."""
    client_cidrs: NotRequired[list[str]]
    """Address ranges of proxies that are no pods, such as a cloud load balancer's. Default: none."""
    accept: NotRequired[Mapping[str, str]]
    """Codes or names of warnings that are accepted, each with its reason. Default: none."""
    patches: NotRequired[list[PatchArgs]]
    """Patches of the HTTPRoute, the Ingress or the Routes and of the policies beside them, for what has no key.
    Default: none."""


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
    """Name of the HTTPRoute, the Ingress or the Route. Derived: the component's name."""
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
    """Namespace of the edge's proxies, which a certificate solver is opened to. Derived: where the implementation runs
    them."""
    health_path: NotRequired[str]
    """GET route that a load balancer checks pods by, where it does so itself: the readiness route. Left out: it only
    opens the port. The server tells it; what is given besides must be the same."""
    serves_tls: NotRequired[bool]
    """Whether the pods speak TLS themselves at port: probes and Service then do too. The server tells it; what is given
    besides must be the same."""
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
    """Path of the MCP endpoint. It is routed exactly, with a slash behind it and without, since some servers redirect
    one to the other; no probe may use it. The server tells it; what is given besides must be the same."""
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
    idle_connection_seconds: NotRequired[int]
    """How long the server keeps an idle connection open, in seconds. A proxy that keeps it longer sends calls into a
    closed one. Derived: 5, as uvicorn and Node do; longer than the proxy where runtime reads it from the
    environment."""
    implementation: NotRequired[IngressImplementation]
    """What stands behind the edge. It decides what is emitted beside the route, the pre-stop sleep, and where the
    proxies are; 'envoy-gateway' emits the metrics that the dialect 'envoy' counts. Derived: 'gke' where client_cidrs
    has Google's ranges, else 'other' for kind 'gateway'; by the IngressClass, else 'nginx', for kind 'ingress'."""
    kind: NotRequired[IngressKind]
    """'gateway' emits an HTTPRoute, 'ingress' an Ingress, 'route' an OpenShift Route; 'none' emits nothing: the server
    is for other workloads of the cluster. Default: 'gateway'."""
    hosts: NotRequired[list[pulumi.Input[str]]]
    """Further host names of the same server. Default: none."""
    paths: NotRequired[list[RoutedPathArgs]]
    """Further paths of the same server, besides the MCP path, streams and metadata. Default: none."""
    oauth_proxy: NotRequired[bool]
    """Whether the server is an OAuth proxy, as FastMCP's is: '/authorize', '/token', '/register', '/revoke',
    '/consent', '/auth/callback' and the metadata of both specifications are routed too. Default: false."""
    ingress_class: NotRequired[pulumi.Input[str]]
    """Name of the IngressClass (kind 'ingress'). Derived: that of the implementation, else 'nginx'."""
    tls_secret: NotRequired[pulumi.Input[str]]
    """Secret with the certificate (kind 'ingress'). Derived: the name of the Ingress with '-tls'; OpenShift and load
    balancers use their own certificate."""
    cluster_issuer: NotRequired[pulumi.Input[str]]
    """cert-manager ClusterIssuer that fills the certificate's Secret (kind 'ingress'). Default: none."""
    backend_tls: NotRequired[BackendTlsArgs]
    """How the edge checks the pods, where they speak TLS. Default: none."""
    affinity: NotRequired[IngressAffinity]
    """How a client stays on its pod. 'auto' is none for eras without sessions and source-ip for others; 'gateway' says
    that an MCP-aware gateway does it, and emits nothing. Default: 'auto'."""
    request_timeout_seconds: NotRequired[int]
    """Request timeout of the route in seconds; 0 switches it off, which streams need. Default: 0."""
    idle_timeout_seconds: NotRequired[int]
    """How long a stream may be silent, in seconds. Derived: from the keep-alive period, or from the slowest tool."""
    annotations: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Further annotations of the HTTPRoute, the Ingress or the Route; they replace those of the implementation.
    Default: none."""
    client_cidrs: NotRequired[list[str]]
    """Address ranges of proxies that are no pods, such as a cloud load balancer's. Default: none."""
    accept: NotRequired[Mapping[str, str]]
    """Codes or names of warnings that are accepted, each with its reason. Default: none."""
    patches: NotRequired[list[PatchArgs]]
    """Patches of the HTTPRoute, the Ingress or the Routes and of the policies beside them, for what has no key.
    Default: none."""


HELP = """The keys, as a mapping or as keywords. 'Output' says that a value may come later.

namespace: str or Output, required
    Namespace of the route; the Service's.

host: str or Output, required
    Public host name, the same in every region: tokens are bound to it. A route may also serve a
    wildcard, '*.example.com'.

service_name: str or Output, required
    Service that answers.

route_name: str
    Name of the HTTPRoute, the Ingress or the Route. Derived: the component's name.

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
    Namespace of the edge's proxies, which a certificate solver is opened to. Derived: where the
    implementation runs them.

health_path: str
    GET route that a load balancer checks pods by, where it does so itself: the readiness route.
    Left out: it only opens the port.

serves_tls: bool
    Whether the pods speak TLS themselves at port: probes and Service then do too. Default: false.

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
    Path of the MCP endpoint. It is routed exactly, with a slash behind it and without, since some
    servers redirect one to the other; no probe may use it. Default: '/mcp'.

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

idle_connection_seconds: int
    How long the server keeps an idle connection open, in seconds. A proxy that keeps it longer
    sends calls into a closed one. Derived: 5, as uvicorn and Node do; longer than the proxy where
    runtime reads it from the environment.

implementation: 'envoy-gateway' | 'istio' | 'cilium' | 'kgateway' | 'nginx-gateway-fabric' |
    'traefik' | 'gke' | 'alb' | 'nginx' | 'haproxy' | 'openshift' | 'other'
    What stands behind the edge. It decides what is emitted beside the route, the pre-stop sleep,
    and where the proxies are; 'envoy-gateway' emits the metrics that the dialect 'envoy' counts.
    Derived: 'gke' where client_cidrs has Google's ranges, else 'other' for kind 'gateway'; by the
    IngressClass, else 'nginx', for kind 'ingress'.

kind: 'gateway' | 'ingress' | 'route' | 'none'
    'gateway' emits an HTTPRoute, 'ingress' an Ingress, 'route' an OpenShift Route; 'none' emits
    nothing: the server is for other workloads of the cluster. Default: 'gateway'.

hosts: list of str or Output
    Further host names of the same server. Default: none.

paths: list of group
    Further paths of the same server, besides the MCP path, streams and metadata. Default: none.

paths[].path: str, required
    The path, such as '/authorize'.

paths[].match: 'exact' | 'prefix'
    'exact' routes the path alone, 'prefix' what is below it too. Default: 'exact'.

oauth_proxy: bool
    Whether the server is an OAuth proxy, as FastMCP's is: '/authorize', '/token', '/register',
    '/revoke', '/consent', '/auth/callback' and the metadata of both specifications are routed too.
    Default: false.

ingress_class: str or Output
    Name of the IngressClass (kind 'ingress'). Derived: that of the implementation, else 'nginx'.

tls_secret: str or Output
    Secret with the certificate (kind 'ingress'). Derived: the name of the Ingress with '-tls';
    OpenShift and load balancers use their own certificate.

cluster_issuer: str or Output
    cert-manager ClusterIssuer that fills the certificate's Secret (kind 'ingress'). Default: none.

backend_tls: group
    How the edge checks the pods, where they speak TLS. Default: none.

backend_tls.hostname: str, required
    Name in the certificate of the pods.

backend_tls.ca_config_map: str
    ConfigMap with the authority as 'ca.crt' (kind 'gateway'). Left out: those of the system.

backend_tls.ca_secret: str
    Secret with the authority, as the controller reads it (kind 'ingress'). Default: none.

affinity: 'auto' | 'none' | 'source-ip' | 'cookie' | 'session-hash' | 'gateway'
    How a client stays on its pod. 'auto' is none for eras without sessions and source-ip for
    others; 'gateway' says that an MCP-aware gateway does it, and emits nothing. Default: 'auto'.

request_timeout_seconds: int
    Request timeout of the route in seconds; 0 switches it off, which streams need. Default: 0.

idle_timeout_seconds: int
    How long a stream may be silent, in seconds. Derived: from the keep-alive period, or from the
    slowest tool.

annotations: mapping of str to str or Output
    Further annotations of the HTTPRoute, the Ingress or the Route; they replace those of the
    implementation. Default: none.

client_cidrs: list of str
    Address ranges of proxies that are no pods, such as a cloud load balancer's. Default: none.

accept: mapping of str to str
    Codes or names of warnings that are accepted, each with its reason. Default: none.

patches: list of group
    Patches of the HTTPRoute, the Ingress or the Routes and of the policies beside them, for what
    has no key. Default: none.

patches[].kind: str, required
    Kind of the object, such as 'Deployment' or 'Service'; 'Pod' is the template of its pods.

patches[].name: str
    Name of the object. Left out: all objects of the kind that the component makes.

patches[].patch: mapping of str to anything, required
    What is changed, in the fields of Kubernetes: a strategic merge patch for its own kinds (lists
    are merged by the keys of its API; `$patch` and its other directives are understood), a JSON
    merge patch for custom resources.
"""
"""What help() shows of the constructor."""
