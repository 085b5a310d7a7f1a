"""Arguments of McpIngress.

Generated from the declarations of the keys: `python -m tools.argument_types --write`.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, NotRequired, TypedDict

import pulumi

from .shared import PatchArgs

if TYPE_CHECKING:
    RateLimitUnit = Literal["second", "minute", "hour"]
    RateLimitBy = Literal["address", "route"]
    RateLimitCounted = Literal["proxy", "together"]
    ExternalAuthorizationProtocol = Literal["http", "grpc"]
    GeolocationContinent = Literal["AF", "AN", "AS", "EU", "NA", "OC", "SA"]
    DnsRouting = Literal["simple", "weighted", "latency", "failover", "geolocation"]
    DnsFailover = Literal["primary", "secondary"]
    DnsForm = Literal["annotations", "endpoint"]
    RoutedPathMatch = Literal["exact", "prefix"]
    IngressEras = Literal["modern", "legacy-stateless", "legacy-stateful", "sse"]
    IngressImplementation = Literal[
        "envoy-gateway",
        "istio",
        "cilium",
        "kgateway",
        "agentgateway",
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
    IngressAffinity = Literal[
        "auto",
        "none",
        "source-ip",
        "cookie",
        "envelope",
        "agentgateway",
        "session-hash",
        "gateway",
    ]
else:
    RateLimitUnit = str
    RateLimitBy = str
    RateLimitCounted = str
    ExternalAuthorizationProtocol = str
    GeolocationContinent = str
    DnsRouting = str
    DnsFailover = str
    DnsForm = str
    RoutedPathMatch = str
    IngressEras = str
    IngressImplementation = str
    IngressKind = str
    IngressAffinity = str


class RateLimitArgs(TypedDict):
    """Requests that pass in a unit of time; what is more is refused with 429 (by 'nginx' with 503, unless its ConfigMap
    says otherwise)."""

    requests: int
    """Requests that pass in one unit."""
    unit: NotRequired[RateLimitUnit]
    """What requests is counted in. Default: 'minute'."""
    by: NotRequired[RateLimitBy]
    """'address' counts each client address by itself, 'route' all clients together. Behind another proxy an address is
    its own, unless the edge is told whom to trust. Default: 'address'."""
    methods: NotRequired[list[str]]
    """MCP methods that count, together. The edge reads them in the header 'Mcp-Method', which the modern era alone
    sends. Left out: every request. Default: none."""
    counted: NotRequired[RateLimitCounted]
    """'proxy' lets each proxy of the edge count by itself, so that as many times the requests pass; 'together' counts
    in one place, which Envoy Gateway needs a Redis for (`rateLimit` in its configuration). Default: 'proxy'."""


class ClientAddressArgs(TypedDict):
    """How the edge learns the address of a client that comes through other proxies: a load balancer, a CDN. Rate
    limits, affinity and logs count the address of the last of them otherwise. The whole listener has it, with every
    route that attaches to it."""

    trusted_hops: NotRequired[int]
    """Proxies in front of the edge that add to 'X-Forwarded-For' whom they were called by; the client is that many
    addresses from its end. Whoever reaches the edge past them says of himself what he likes. Default: none."""
    trusted_cidrs: NotRequired[list[str]]
    """Address ranges of these proxies, in place of their number ('envoy-gateway'): the client is the last address in
    'X-Forwarded-For' that is none of theirs. Who comes from elsewhere is believed nothing. Default: none."""
    proxy_protocol: NotRequired[bool]
    """Whether the load balancer says the client's address before the first byte of a connection, by the PROXY protocol.
    A connection without it is closed. Default: false."""


class ExternalAuthorizationArgs(TypedDict):
    """A service that is asked about each request before it goes on to the server. What it refuses, and what it does not
    answer, does not go on. It is not asked about what clients read and call before they have a token: the metadata of
    the authorization, and the paths of an OAuth proxy."""

    service: NotRequired[pulumi.Input[str]]
    """Service that is asked. Required, except with 'istio', whose mesh knows it as a provider. Default: none."""
    namespace: NotRequired[str]
    """Its namespace, which has to allow it by a ReferenceGrant (kind 'gateway'). Derived: the server's."""
    port: NotRequired[int]
    """Port of the Service. Default: 8080."""
    protocol: NotRequired[ExternalAuthorizationProtocol]
    """'http' answers 200 for what may pass; 'grpc' is Envoy's `envoy.service.auth.v3.Authorization`. Default:
    'http'."""
    path: NotRequired[str]
    """Path that it is asked at (protocol 'http'); 'kgateway' puts the request's own path behind it. Left out: the path
    of the request ('nginx': '/')."""
    headers: NotRequired[list[str]]
    """Further request headers that it sees. Those of MCP's eras are seen already, 'Authorization' and 'Mcp-Method'
    among them; with 'nginx' all of them are. Default: none."""
    passed: NotRequired[list[str]]
    """Headers of its answer that go on to the server, in the place of what the client sent under these names. One that
    it leaves out is passed as the client sent it: let it answer each of them, if only with nothing. Default: none."""
    timeout_seconds: NotRequired[int]
    """How long it may take, in seconds; every call waits for it. 'nginx' and 'istio' have their own. Default: 5."""
    provider: NotRequired[str]
    """Name of the extension provider in the mesh's configuration (implementation 'istio'). Default: none."""


class CorsArgs(TypedDict):
    """Which web pages may call the server from a browser; other clients send no Origin, and are asked nothing."""

    origins: NotRequired[list[str]]
    """Origins of web pages that may call, such as 'https://app.example.com'; 'https://*.example.com' is each name
    below, '*' every page. Those of host and hosts may in any case. The server is told all of them in
    'MCP_ALLOWED_ORIGINS'. Left out: no page of another site. Default: none."""
    refuse_others: NotRequired[bool]
    """Whether a request of another Origin is answered with 403 at the edge, as the protocol asks of every server.
    Derived: true where the implementation can ('envoy-gateway') and '*' is not among the origins; otherwise the server
    has to."""
    credentials: NotRequired[bool]
    """Whether a browser may send cookies and certificates. A bearer token needs it not: the page sends that itself.
    Default: false."""
    headers: NotRequired[list[str]]
    """Further request headers that a page may send, such as 'Mcp-Param-Region'. Those of MCP's eras, 'Authorization'
    and 'Content-Type' are allowed already. Default: none."""
    exposed: NotRequired[list[str]]
    """Further response headers that a page may read. 'Mcp-Session-Id' of legacy eras, 'WWW-Authenticate' and
    'Retry-After' are readable already. Default: none."""
    max_age_seconds: NotRequired[int]
    """How long a browser keeps the answer of a preflight, in seconds. 7200 is the longest that Chromium keeps one.
    Default: 7200."""


class GeolocationArgs(TypedDict):
    """Where the clients are that a record answers (Route 53)."""

    continent: NotRequired[GeolocationContinent]
    """Continent, by Route 53's code. Default: none."""
    country: NotRequired[str]
    """Country, by its code of ISO 3166-1 with two letters; '*' answers everybody whom no other record does. Default:
    none."""
    subdivision: NotRequired[str]
    """State of the United States or province of Canada, beside country. Default: none."""


class DnsArgs(TypedDict):
    """How external-dns publishes the hosts in this region. The routing policies are Route 53's; the other providers of
    external-dns have none, and route by their own traffic managers."""

    routing: NotRequired[DnsRouting]
    """How the name is answered where several regions have it. 'simple' is one region alone; the others are records side
    by side, each with its own set_identifier, and exactly one policy for all of them. Default: 'simple'."""
    set_identifier: NotRequired[str]
    """What tells the record of this region from those of the others. Derived: the name of the region."""
    weight: NotRequired[int]
    """Share of the answers that name this region, against the sum of all weights (routing 'weighted'). Default:
    none."""
    aws_region: NotRequired[str]
    """AWS region that Route 53 measures the latency to, such as 'us-east-1' (routing 'latency'). Default: none."""
    failover: NotRequired[DnsFailover]
    """Whether this region answers, or only while the primary one is unhealthy (routing 'failover'). Default: none."""
    geolocation: NotRequired[GeolocationArgs]
    """Whose questions this region answers (routing 'geolocation'). Default: none."""
    drained: NotRequired[bool]
    """Whether no new client is sent here: the weight is 0 then, and with another routing the record is withdrawn, which
    external-dns does with '--policy=sync'. Default: false."""
    health_check_id: NotRequired[pulumi.Input[str]]
    """Health check of Route 53 that takes the record out while it fails. It has to exist: external-dns makes none.
    Default: none."""
    ttl_seconds: NotRequired[int]
    """How long resolvers keep an answer, in seconds, and so how long clients go on coming after a change. 60 is the
    usual value of records with health checks; an alias to a load balancer has its own. Default: 60."""
    form: NotRequired[DnsForm]
    """'annotations' are read from the route by the sources 'gateway-httproute' and 'ingress'; 'endpoint' is a
    DNSEndpoint, which the source 'crd' reads. Default: 'annotations'."""
    targets: NotRequired[list[str]]
    """Names or addresses of the load balancer. Required for form 'endpoint'; otherwise read from the Gateway's or the
    Ingress' status. Default: none."""
    annotation_prefixes: NotRequired[list[str]]
    """Prefixes of the annotations. external-dns reads the first since 0.22 and the second before; with one alone, an
    upgrade deletes the records. Default: external-dns.kubernetes.io/, external-dns.alpha.kubernetes.io/."""


class BackendTlsArgs(TypedDict):
    """What the edge needs to know of the certificate that the pods show it (serves_tls)."""

    hostname: NotRequired[str]
    """Name in the certificate of the pods. Required for kind 'gateway' and for 'traefik'; 'nginx' asks for a
    certificate of this name. 'haproxy', 'alb' and 'openshift' check no name that they can be told. Default: none."""
    ca_config_map: NotRequired[pulumi.Input[str]]
    """ConfigMap with the authority as 'ca.crt' (kind 'gateway'). Left out: those of the system."""
    ca_secret: NotRequired[pulumi.Input[str]]
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
    gateway_class: NotRequired[str]
    """GatewayClass of a Gateway of one's own, which the stack makes under this name in this namespace, with one
    listener, tls_secret there and cluster_issuer. Left out: the Gateway is there."""
    gateway_listener_set: NotRequired[bool]
    """Whether the stack adds a listener of its own to the Gateway, with its host, tls_secret and cluster_issuer: a
    ListenerSet, which Gateway API 1.5 has and the Gateway has to allow (`allowedListeners`). Default: false."""
    client_namespace: NotRequired[pulumi.Input[str]]
    """Namespace of the edge's proxies, which a certificate solver is opened to. Derived: where the implementation runs
    them."""
    health_path: NotRequired[str]
    """GET route that a load balancer checks pods by, where it does so itself: the readiness route. Left out: it only
    opens the port."""
    serves_tls: NotRequired[bool]
    """Whether the pods speak TLS themselves at port: probes and Service then do too. Default: false."""
    parallel_requests: NotRequired[int]
    """Calls and open streams of all pods at the maximum, which the proxies of 'envoy-gateway' and 'kgateway' are told
    to bear; 1024 is Envoy's own. Default: 1024."""
    match_headers: NotRequired[Mapping[str, str]]
    """Headers that a request must have, with their values (kind 'gateway'): such a route wins over one of the same
    paths without them. Default: none."""
    canary_service: NotRequired[pulumi.Input[str]]
    """Another Service that a share of the requests goes to (kind 'gateway'). Default: none."""
    canary_percent: NotRequired[int]
    """That share, in percent. Default: none."""
    leaving_service: NotRequired[pulumi.Input[str]]
    """Another Service whose pods only the sessions that they hold still reach (affinity 'envelope'): the colour that
    was left. Default: none."""
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
    """How often the server sends a comment on an open call, in seconds; 0 if it sends nothing until the result.
    Derived: 15 where runtime was seen to send one in every era of the list, else 0: a proxy that waits for the slowest
    tool cuts nobody."""
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
    """Secret with the certificate (kind 'ingress', or a Gateway or a listener of one's own). Derived: the name of the
    route with '-tls'; OpenShift and load balancers use their own certificate."""
    cluster_issuer: NotRequired[pulumi.Input[str]]
    """cert-manager ClusterIssuer that fills the certificate's Secret (kind 'ingress'; by DNS-01 also a Gateway or a
    listener of one's own, which speaks HTTPS alone). Default: none."""
    backend_tls: NotRequired[BackendTlsArgs]
    """How the edge checks the pods, where they speak TLS. Default: none."""
    affinity: NotRequired[IngressAffinity]
    """How a client stays on its pod. 'auto' is none for eras without sessions and source-ip for others, behind
    'agentgateway' its own; 'agentgateway' leads to a backend that speaks MCP and puts the pod into the session id;
    'envelope' wraps the address of the pod around the session id, and loses no session for any client or number of pods
    (implementation 'envoy-gateway', where the platform lets its proxies be patched); 'gateway' says that an MCP-aware
    gateway does it, and emits nothing. Default: 'auto'."""
    request_timeout_seconds: NotRequired[int]
    """Request timeout of the route in seconds; 0 switches it off, which streams need. Default: 0."""
    idle_timeout_seconds: NotRequired[int]
    """How long a stream may be silent, in seconds. Derived: from the keep-alive period, or from the slowest tool."""
    dns: NotRequired[DnsArgs]
    """How external-dns publishes the hosts in this region; left out, nothing is said to it. Default: none."""
    cors: NotRequired[CorsArgs]
    """Which web pages may call the server from a browser. Left out: the edge says nothing of it, and the server answers
    for itself."""
    external_authorization: NotRequired[ExternalAuthorizationArgs]
    """A service of one's own that is asked about each request. Left out: the server alone decides."""
    client_address: NotRequired[ClientAddressArgs]
    """How the edge learns the address of a client behind a load balancer or a CDN. Left out: the address that connects
    to it is the client."""
    max_headers: NotRequired[str]
    """Largest headers of a request, all together, such as '16Ki'; the edge refuses larger ones with 431. The whole
    listener has it. Left out: what the controller has, 60 KiB with Envoy and four buffers of 8 KiB with nginx."""
    max_body: NotRequired[str]
    """Largest body of a request, such as '4Mi'; the edge refuses a larger one with 413. Derived: '4Mi' where the
    controller has a limit in any case (the nginx family, 1 MiB), as the SDKs have; otherwise the server refuses."""
    rate_limits: NotRequired[list[RateLimitArgs]]
    """How many requests pass. Where several fit a request, the strictest holds. Default: none."""
    annotations: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Further annotations of the HTTPRoute, the Ingress or the Route; they replace those of the implementation.
    Default: none."""
    client_cidrs: NotRequired[list[str]]
    """Address ranges of proxies that are no pods, such as a cloud load balancer's. Default: none."""
    pod_policies: NotRequired[bool]
    """Whether NetworkPolicies close the pods but for what they need. With false none of ours is made for them: for a
    platform that keeps policies of its own in the namespace, or lets nobody else make any. What is said of who may
    connect to whom opens nothing then. Default: true."""
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
    gateway_class: NotRequired[str]
    """GatewayClass of a Gateway of one's own, which the stack makes under this name in this namespace, with one
    listener, tls_secret there and cluster_issuer. Left out: the Gateway is there."""
    gateway_listener_set: NotRequired[bool]
    """Whether the stack adds a listener of its own to the Gateway, with its host, tls_secret and cluster_issuer: a
    ListenerSet, which Gateway API 1.5 has and the Gateway has to allow (`allowedListeners`). Default: false."""
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
    """Calls and open streams of all pods at the maximum, which the proxies of 'envoy-gateway' and 'kgateway' are told
    to bear; 1024 is Envoy's own. Default: 1024."""
    match_headers: NotRequired[Mapping[str, str]]
    """Headers that a request must have, with their values (kind 'gateway'): such a route wins over one of the same
    paths without them. Default: none."""
    canary_service: NotRequired[pulumi.Input[str]]
    """Another Service that a share of the requests goes to (kind 'gateway'). Default: none."""
    canary_percent: NotRequired[int]
    """That share, in percent. Default: none."""
    leaving_service: NotRequired[pulumi.Input[str]]
    """Another Service whose pods only the sessions that they hold still reach (affinity 'envelope'): the colour that
    was left. Default: none."""
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
    """How often the server sends a comment on an open call, in seconds; 0 if it sends nothing until the result.
    Derived: 15 where runtime was seen to send one in every era of the list, else 0: a proxy that waits for the slowest
    tool cuts nobody."""
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
    """Secret with the certificate (kind 'ingress', or a Gateway or a listener of one's own). Derived: the name of the
    route with '-tls'; OpenShift and load balancers use their own certificate."""
    cluster_issuer: NotRequired[pulumi.Input[str]]
    """cert-manager ClusterIssuer that fills the certificate's Secret (kind 'ingress'; by DNS-01 also a Gateway or a
    listener of one's own, which speaks HTTPS alone). Default: none."""
    backend_tls: NotRequired[BackendTlsArgs]
    """How the edge checks the pods, where they speak TLS. Default: none."""
    affinity: NotRequired[IngressAffinity]
    """How a client stays on its pod. 'auto' is none for eras without sessions and source-ip for others, behind
    'agentgateway' its own; 'agentgateway' leads to a backend that speaks MCP and puts the pod into the session id;
    'envelope' wraps the address of the pod around the session id, and loses no session for any client or number of pods
    (implementation 'envoy-gateway', where the platform lets its proxies be patched); 'gateway' says that an MCP-aware
    gateway does it, and emits nothing. Default: 'auto'."""
    request_timeout_seconds: NotRequired[int]
    """Request timeout of the route in seconds; 0 switches it off, which streams need. Default: 0."""
    idle_timeout_seconds: NotRequired[int]
    """How long a stream may be silent, in seconds. Derived: from the keep-alive period, or from the slowest tool."""
    dns: NotRequired[DnsArgs]
    """How external-dns publishes the hosts in this region; left out, nothing is said to it. Default: none."""
    cors: NotRequired[CorsArgs]
    """Which web pages may call the server from a browser. Left out: the edge says nothing of it, and the server answers
    for itself."""
    external_authorization: NotRequired[ExternalAuthorizationArgs]
    """A service of one's own that is asked about each request. Left out: the server alone decides."""
    client_address: NotRequired[ClientAddressArgs]
    """How the edge learns the address of a client behind a load balancer or a CDN. Left out: the address that connects
    to it is the client."""
    max_headers: NotRequired[str]
    """Largest headers of a request, all together, such as '16Ki'; the edge refuses larger ones with 431. The whole
    listener has it. Left out: what the controller has, 60 KiB with Envoy and four buffers of 8 KiB with nginx."""
    max_body: NotRequired[str]
    """Largest body of a request, such as '4Mi'; the edge refuses a larger one with 413. Derived: '4Mi' where the
    controller has a limit in any case (the nginx family, 1 MiB), as the SDKs have; otherwise the server refuses."""
    rate_limits: NotRequired[list[RateLimitArgs]]
    """How many requests pass. Where several fit a request, the strictest holds. Default: none."""
    annotations: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Further annotations of the HTTPRoute, the Ingress or the Route; they replace those of the implementation.
    Default: none."""
    client_cidrs: NotRequired[list[str]]
    """Address ranges of proxies that are no pods, such as a cloud load balancer's. Default: none."""
    pod_policies: NotRequired[bool]
    """Whether NetworkPolicies close the pods but for what they need. With false none of ours is made for them: for a
    platform that keeps policies of its own in the namespace, or lets nobody else make any. What is said of who may
    connect to whom opens nothing then. Default: true."""
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

gateway_class: str
    GatewayClass of a Gateway of one's own, which the stack makes under this name in this namespace,
    with one listener, tls_secret there and cluster_issuer. Left out: the Gateway is there.

gateway_listener_set: bool
    Whether the stack adds a listener of its own to the Gateway, with its host, tls_secret and
    cluster_issuer: a ListenerSet, which Gateway API 1.5 has and the Gateway has to allow
    (`allowedListeners`). Default: false.

client_namespace: str or Output
    Namespace of the edge's proxies, which a certificate solver is opened to. Derived: where the
    implementation runs them.

health_path: str
    GET route that a load balancer checks pods by, where it does so itself: the readiness route.
    Left out: it only opens the port.

serves_tls: bool
    Whether the pods speak TLS themselves at port: probes and Service then do too. Default: false.

parallel_requests: int
    Calls and open streams of all pods at the maximum, which the proxies of 'envoy-gateway' and
    'kgateway' are told to bear; 1024 is Envoy's own. Default: 1024.

match_headers: mapping of str to str
    Headers that a request must have, with their values (kind 'gateway'): such a route wins over one
    of the same paths without them. Default: none.

canary_service: str or Output
    Another Service that a share of the requests goes to (kind 'gateway'). Default: none.

canary_percent: int
    That share, in percent. Default: none.

leaving_service: str or Output
    Another Service whose pods only the sessions that they hold still reach (affinity 'envelope'):
    the colour that was left. Default: none.

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
    How often the server sends a comment on an open call, in seconds; 0 if it sends nothing until
    the result. Derived: 15 where runtime was seen to send one in every era of the list, else 0: a
    proxy that waits for the slowest tool cuts nobody.

authorization: bool
    Whether the server is an OAuth resource server; its metadata path is then routed too. Default:
    false.

idle_connection_seconds: int
    How long the server keeps an idle connection open, in seconds. A proxy that keeps it longer
    sends calls into a closed one. Derived: 5, as uvicorn and Node do; longer than the proxy where
    runtime reads it from the environment.

implementation: 'envoy-gateway' | 'istio' | 'cilium' | 'kgateway' | 'agentgateway' |
    'nginx-gateway-fabric' | 'traefik' | 'gke' | 'alb' | 'nginx' | 'haproxy' | 'openshift' | 'other'
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
    Secret with the certificate (kind 'ingress', or a Gateway or a listener of one's own). Derived:
    the name of the route with '-tls'; OpenShift and load balancers use their own certificate.

cluster_issuer: str or Output
    cert-manager ClusterIssuer that fills the certificate's Secret (kind 'ingress'; by DNS-01 also a
    Gateway or a listener of one's own, which speaks HTTPS alone). Default: none.

backend_tls: group
    How the edge checks the pods, where they speak TLS. Default: none.

backend_tls.hostname: str
    Name in the certificate of the pods. Required for kind 'gateway' and for 'traefik'; 'nginx' asks
    for a certificate of this name. 'haproxy', 'alb' and 'openshift' check no name that they can be
    told. Default: none.

backend_tls.ca_config_map: str or Output
    ConfigMap with the authority as 'ca.crt' (kind 'gateway'). Left out: those of the system.

backend_tls.ca_secret: str or Output
    Secret with the authority, as the controller reads it (kind 'ingress'). Default: none.

affinity: 'auto' | 'none' | 'source-ip' | 'cookie' | 'envelope' | 'agentgateway' | 'session-hash' |
    'gateway'
    How a client stays on its pod. 'auto' is none for eras without sessions and source-ip for
    others, behind 'agentgateway' its own; 'agentgateway' leads to a backend that speaks MCP and
    puts the pod into the session id; 'envelope' wraps the address of the pod around the session id,
    and loses no session for any client or number of pods (implementation 'envoy-gateway', where the
    platform lets its proxies be patched); 'gateway' says that an MCP-aware gateway does it, and
    emits nothing. Default: 'auto'.

request_timeout_seconds: int
    Request timeout of the route in seconds; 0 switches it off, which streams need. Default: 0.

idle_timeout_seconds: int
    How long a stream may be silent, in seconds. Derived: from the keep-alive period, or from the
    slowest tool.

dns: group
    How external-dns publishes the hosts in this region; left out, nothing is said to it. Default:
    none.

dns.routing: 'simple' | 'weighted' | 'latency' | 'failover' | 'geolocation'
    How the name is answered where several regions have it. 'simple' is one region alone; the others
    are records side by side, each with its own set_identifier, and exactly one policy for all of
    them. Default: 'simple'.

dns.set_identifier: str
    What tells the record of this region from those of the others. Derived: the name of the region.

dns.weight: int
    Share of the answers that name this region, against the sum of all weights (routing 'weighted').
    Default: none.

dns.aws_region: str
    AWS region that Route 53 measures the latency to, such as 'us-east-1' (routing 'latency').
    Default: none.

dns.failover: 'primary' | 'secondary'
    Whether this region answers, or only while the primary one is unhealthy (routing 'failover').
    Default: none.

dns.geolocation: group
    Whose questions this region answers (routing 'geolocation'). Default: none.

dns.geolocation.continent: 'AF' | 'AN' | 'AS' | 'EU' | 'NA' | 'OC' | 'SA'
    Continent, by Route 53's code. Default: none.

dns.geolocation.country: str
    Country, by its code of ISO 3166-1 with two letters; '*' answers everybody whom no other record
    does. Default: none.

dns.geolocation.subdivision: str
    State of the United States or province of Canada, beside country. Default: none.

dns.drained: bool
    Whether no new client is sent here: the weight is 0 then, and with another routing the record is
    withdrawn, which external-dns does with '--policy=sync'. Default: false.

dns.health_check_id: str or Output
    Health check of Route 53 that takes the record out while it fails. It has to exist: external-dns
    makes none. Default: none.

dns.ttl_seconds: int
    How long resolvers keep an answer, in seconds, and so how long clients go on coming after a
    change. 60 is the usual value of records with health checks; an alias to a load balancer has its
    own. Default: 60.

dns.form: 'annotations' | 'endpoint'
    'annotations' are read from the route by the sources 'gateway-httproute' and 'ingress';
    'endpoint' is a DNSEndpoint, which the source 'crd' reads. Default: 'annotations'.

dns.targets: list of str
    Names or addresses of the load balancer. Required for form 'endpoint'; otherwise read from the
    Gateway's or the Ingress' status. Default: none.

dns.annotation_prefixes: list of str
    Prefixes of the annotations. external-dns reads the first since 0.22 and the second before; with
    one alone, an upgrade deletes the records. Default: external-dns.kubernetes.io/,
    external-dns.alpha.kubernetes.io/.

cors: group
    Which web pages may call the server from a browser. Left out: the edge says nothing of it, and
    the server answers for itself.

cors.origins: list of str
    Origins of web pages that may call, such as 'https://app.example.com'; 'https://*.example.com'
    is each name below, '*' every page. Those of host and hosts may in any case. The server is told
    all of them in 'MCP_ALLOWED_ORIGINS'. Left out: no page of another site. Default: none.

cors.refuse_others: bool
    Whether a request of another Origin is answered with 403 at the edge, as the protocol asks of
    every server. Derived: true where the implementation can ('envoy-gateway') and '*' is not among
    the origins; otherwise the server has to.

cors.credentials: bool
    Whether a browser may send cookies and certificates. A bearer token needs it not: the page sends
    that itself. Default: false.

cors.headers: list of str
    Further request headers that a page may send, such as 'Mcp-Param-Region'. Those of MCP's eras,
    'Authorization' and 'Content-Type' are allowed already. Default: none.

cors.exposed: list of str
    Further response headers that a page may read. 'Mcp-Session-Id' of legacy eras,
    'WWW-Authenticate' and 'Retry-After' are readable already. Default: none.

cors.max_age_seconds: int
    How long a browser keeps the answer of a preflight, in seconds. 7200 is the longest that
    Chromium keeps one. Default: 7200.

external_authorization: group
    A service of one's own that is asked about each request. Left out: the server alone decides.

external_authorization.service: str or Output
    Service that is asked. Required, except with 'istio', whose mesh knows it as a provider.
    Default: none.

external_authorization.namespace: str
    Its namespace, which has to allow it by a ReferenceGrant (kind 'gateway'). Derived: the
    server's.

external_authorization.port: int
    Port of the Service. Default: 8080.

external_authorization.protocol: 'http' | 'grpc'
    'http' answers 200 for what may pass; 'grpc' is Envoy's `envoy.service.auth.v3.Authorization`.
    Default: 'http'.

external_authorization.path: str
    Path that it is asked at (protocol 'http'); 'kgateway' puts the request's own path behind it.
    Left out: the path of the request ('nginx': '/').

external_authorization.headers: list of str
    Further request headers that it sees. Those of MCP's eras are seen already, 'Authorization' and
    'Mcp-Method' among them; with 'nginx' all of them are. Default: none.

external_authorization.passed: list of str
    Headers of its answer that go on to the server, in the place of what the client sent under these
    names. One that it leaves out is passed as the client sent it: let it answer each of them, if
    only with nothing. Default: none.

external_authorization.timeout_seconds: int
    How long it may take, in seconds; every call waits for it. 'nginx' and 'istio' have their own.
    Default: 5.

external_authorization.provider: str
    Name of the extension provider in the mesh's configuration (implementation 'istio'). Default:
    none.

client_address: group
    How the edge learns the address of a client behind a load balancer or a CDN. Left out: the
    address that connects to it is the client.

client_address.trusted_hops: int
    Proxies in front of the edge that add to 'X-Forwarded-For' whom they were called by; the client
    is that many addresses from its end. Whoever reaches the edge past them says of himself what he
    likes. Default: none.

client_address.trusted_cidrs: list of str
    Address ranges of these proxies, in place of their number ('envoy-gateway'): the client is the
    last address in 'X-Forwarded-For' that is none of theirs. Who comes from elsewhere is believed
    nothing. Default: none.

client_address.proxy_protocol: bool
    Whether the load balancer says the client's address before the first byte of a connection, by
    the PROXY protocol. A connection without it is closed. Default: false.

max_headers: str
    Largest headers of a request, all together, such as '16Ki'; the edge refuses larger ones with
    431. The whole listener has it. Left out: what the controller has, 60 KiB with Envoy and four
    buffers of 8 KiB with nginx.

max_body: str
    Largest body of a request, such as '4Mi'; the edge refuses a larger one with 413. Derived: '4Mi'
    where the controller has a limit in any case (the nginx family, 1 MiB), as the SDKs have;
    otherwise the server refuses.

rate_limits: list of group
    How many requests pass. Where several fit a request, the strictest holds. Default: none.

rate_limits[].requests: int, required
    Requests that pass in one unit.

rate_limits[].unit: 'second' | 'minute' | 'hour'
    What requests is counted in. Default: 'minute'.

rate_limits[].by: 'address' | 'route'
    'address' counts each client address by itself, 'route' all clients together. Behind another
    proxy an address is its own, unless the edge is told whom to trust. Default: 'address'.

rate_limits[].methods: list of str
    MCP methods that count, together. The edge reads them in the header 'Mcp-Method', which the
    modern era alone sends. Left out: every request. Default: none.

rate_limits[].counted: 'proxy' | 'together'
    'proxy' lets each proxy of the edge count by itself, so that as many times the requests pass;
    'together' counts in one place, which Envoy Gateway needs a Redis for (`rateLimit` in its
    configuration). Default: 'proxy'.

annotations: mapping of str to str or Output
    Further annotations of the HTTPRoute, the Ingress or the Route; they replace those of the
    implementation. Default: none.

client_cidrs: list of str
    Address ranges of proxies that are no pods, such as a cloud load balancer's. Default: none.

pod_policies: bool
    Whether NetworkPolicies close the pods but for what they need. With false none of ours is made
    for them: for a platform that keeps policies of its own in the namespace, or lets nobody else
    make any. What is said of who may connect to whom opens nothing then. Default: true.

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
