"""What an implementation can be told beyond routes and timeouts: a row for each ability, with its source.

An implementation that is not named cannot, or nobody has read here how: its key is then refused, and not left without
effect.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, kw_only=True)
class Way:
    """How an implementation is told."""

    by: str
    """Object, field or annotation."""
    source: str


_FILTER = "Gateway API v1.6 HTTPRoute, filter CORS (Standard since 1.5)"
_EG = "envoyproxy/gateway v1.9 api/v1alpha1"

CORS: Mapping[str, Way] = MappingProxyType(
    {
        "envoy-gateway": Way(by="SecurityPolicy", source=f"{_EG} cors_types.go"),
        "istio": Way(by="HTTPRoute", source=f"{_FILTER}; istio/istio pilot: HTTPRouteFilterCORS is a CorsPolicy"),
        "kgateway": Way(by="HTTPRoute", source=f"{_FILTER}; kgateway-dev/kgateway: HTTPRouteFilterCORS is built in"),
        "nginx": Way(
            by="annotations", source="kubernetes/ingress-nginx annotations: enable-cors, cors-*; credentials are on"
        ),
    }
)
"""Answers the preflight of a browser and names the origins in answers."""

ORIGIN: Mapping[str, Way] = MappingProxyType(
    {"envoy-gateway": Way(by="SecurityPolicy", source=f"{_EG} authorization_types.go: headers and CEL")}
)
"""Refuses a request of an Origin that is not listed with 403."""

BODY: Mapping[str, Way] = MappingProxyType(
    {
        "envoy-gateway": Way(by="BackendTrafficPolicy", source=f"{_EG} requestBuffer: requests alone are buffered"),
        "nginx-gateway-fabric": Way(by="ClientSettingsPolicy", source="nginx/nginx-gateway-fabric: body.maxSize"),
        "nginx": Way(by="annotations", source="kubernetes/ingress-nginx annotations: proxy-body-size"),
    }
)
"""Refuses a body above a size with 413."""

RATE: Mapping[str, Way] = MappingProxyType(
    {
        "envoy-gateway": Way(by="BackendTrafficPolicy", source=f"{_EG} ratelimit_types.go"),
        "nginx": Way(by="annotations", source="kubernetes/ingress-nginx annotations: limit-rps, limit-rpm"),
        "haproxy": Way(
            by="annotations",
            source="haproxytech/kubernetes-ingress documentation/annotations.md: rate-limit-requests, -period",
        ),
    }
)
"""Refuses requests above a number in a time."""

NO_RATE: Mapping[str, str] = MappingProxyType(
    {
        "nginx-gateway-fabric": "its RateLimitPolicy (since 2.4) is not made here",
        "kgateway": "the rateLimit of its TrafficPolicy is not made here",
        "istio": "it is an EnvoyFilter of the platform",
        "traefik": "its RateLimit is a Middleware of the platform",
        "openshift": "its annotations rate-limit-connections are not made here, and limit by address alone",
        "gke": "it is a security policy of Cloud Armor, which a GCPBackendPolicy can name",
        "alb": "it is a rule of AWS WAF",
        "agentgateway": "its rateLimit is in an AgentgatewayPolicy, which is not made here",
        "cilium": "it is a CiliumEnvoyConfig of the platform",
    }
)
"""Where others have it."""

AUTHORIZATION: Mapping[str, Way] = MappingProxyType(
    {
        "envoy-gateway": Way(by="SecurityPolicy", source=f"{_EG} ext_auth_types.go; failOpen is false"),
        "istio": Way(
            by="AuthorizationPolicy",
            source="istio/api security/v1 AuthorizationPolicy: action CUSTOM, whose provider is in the mesh's "
            "configuration",
        ),
        "kgateway": Way(
            by="GatewayExtension",
            source="kgateway-dev/kgateway api/v1alpha1 ext_auth_types.go, gateway_extensions_types.go; failOpen is "
            "false",
        ),
        "nginx": Way(
            by="annotations",
            source="kubernetes/ingress-nginx annotations: auth-url, auth-response-headers; nginx auth_request: what is "
            "neither 2xx, 401 nor 403 is 500",
        ),
    }
)
"""Asks a service before a request goes on, and lets nothing pass that it does not answer."""

NO_AUTHORIZATION: Mapping[str, str] = MappingProxyType(
    {
        "nginx-gateway-fabric": "its ExternalAuth filter is in the experimental channel of the Gateway API",
        "cilium": "its Envoy is told so by a CiliumEnvoyConfig of the platform alone",
        "traefik": "its ForwardAuth is a Middleware of the platform",
        "gke": "it is told so by an authorization extension of the load balancer",
        "agentgateway": "its extAuth is in an AgentgatewayPolicy, which is not made here",
        "alb": "a load balancer asks an identity provider and no service",
        "haproxy": "its annotations know basic authentication alone",
        "openshift": "its router asks nobody",
        "other": "there is no portable field in the standard channel of the Gateway API",
    }
)
"""Why the others do not."""

HEADERS: Mapping[str, Way] = MappingProxyType(
    {
        "envoy-gateway": Way(
            by="EnvoyPatchPolicy", source=f"{_EG} has no field; HttpConnectionManager.max_request_headers_kb"
        ),
        "kgateway": Way(
            by="ListenerPolicy",
            source="kgateway-dev/kgateway api/v1alpha1 listener_policy_types.go: httpSettings.maxRequestHeadersKb",
        ),
    }
)
"""Refuses headers above a size with 431."""

CLIENT_ADDRESS: Mapping[str, Way] = MappingProxyType(
    {
        "envoy-gateway": Way(
            by="ClientTrafficPolicy",
            source=f"{_EG} clienttrafficpolicy_types.go: clientIPDetection.xForwardedFor, proxyProtocol; "
            "internal/gatewayapi/clienttrafficpolicy.go: of two at one listener the newer is Conflicted",
        ),
        "kgateway": Way(
            by="ListenerPolicy",
            source="kgateway-dev/kgateway api/v1alpha1 listener_policy_types.go: httpSettings.xffNumTrustedHops, "
            "proxyProtocol",
        ),
    }
)
"""Finds the address of a client behind other proxies."""

NO_CLIENT_ADDRESS: Mapping[str, str] = MappingProxyType(
    {
        "nginx": "Set use-forwarded-headers and proxy-real-ip-cidr, or use-proxy-protocol, in the ConfigMap of the "
        "controller.",
        "nginx-gateway-fabric": "Set rewriteClientIP in the NginxProxy that the GatewayClass or the Gateway names.",
        "istio": "Set gatewayTopology (numTrustedProxies, proxyProtocol) in the annotation 'proxy.istio.io/config' of "
        "the proxies' pods, or in the mesh's configuration.",
        "agentgateway": "Set proxyProtocol of the frontend in an AgentgatewayPolicy of the Gateway, where its version "
        "has it.",
        "cilium": "Set the Helm values gatewayAPI.xffNumTrustedHops or gatewayAPI.enableProxyProtocol.",
        "traefik": "Set forwardedHeaders.trustedIPs or proxyProtocol.trustedIPs of its entry point.",
        "haproxy": "Set proxy-protocol in the ConfigMap of the controller. The annotation 'src-ip-header' of an "
        "Ingress believes that header of everybody.",
        "openshift": "Set the protocol PROXY in endpointPublishingStrategy of the IngressController.",
        "gke": "The load balancer itself is the edge, and sees who connects to it.",
        "alb": "The load balancer itself is the edge, and sees who connects to it.",
        "other": "Say it in the configuration of the controller; there is no portable field.",
    }
)
"""Where the others have it."""

NO_HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "nginx": "it is large-client-header-buffers in the ConfigMap of the controller",
        "nginx-gateway-fabric": "it is a snippet of the platform",
        "istio": "it is an EnvoyFilter of the platform",
        "agentgateway": "it is frontend.http of an AgentgatewayPolicy of the platform, and for HTTP/1.1 a number of "
        "headers",
        "cilium": "it is a CiliumEnvoyConfig of the platform",
        "traefik": "it is maxHeaderBytes in the static configuration of its entry point",
        "haproxy": "it is tune.bufsize in the global section",
        "openshift": "it is tuningOptions.headerBufferBytes of the IngressController",
        "gke": "it is fixed, about 64 KiB",
        "alb": "it is fixed, 64 KiB together and 16 KiB each",
        "other": "there is no portable field",
    }
)
"""Where the others have it."""

LISTENER_SET: Mapping[str, Way] = MappingProxyType(
    {
        "envoy-gateway": Way(by="ListenerSet", source=f"{_EG}: since 1.8; targets of ClientTrafficPolicy since 1.9"),
        "istio": Way(by="ListenerSet", source="istio/istio release 1.30, #61689; before it read XListenerSet alone"),
        "kgateway": Way(by="ListenerSet", source="kgateway-dev/kgateway #11255; kgateway.dev, listeners"),
        "nginx-gateway-fabric": Way(
            by="ListenerSet", source="nginx/nginx-gateway-fabric #5138; its docs, ListenerSet API"
        ),
        "cilium": Way(by="ListenerSet", source="cilium/cilium #46303"),
        "other": Way(by="ListenerSet", source="Gateway API v1.5, Standard"),
    }
)
"""Takes listeners that stand beside a Gateway."""

NO_LISTENER_SET: Mapping[str, str] = MappingProxyType(
    {
        "traefik": "it reads no ListenerSet (traefik/traefik #12909)",
        "agentgateway": "it is not known here to read a ListenerSet",
        "gke": "its definitions of the Gateway API have no ListenerSet",
    }
)
"""Why the others of the kind do not."""

NO_OWN_GATEWAY: Mapping[str, str] = MappingProxyType(
    {"traefik": "a listener has to have the port of one of its entry points, which its installation says"}
)
"""Why a Gateway that is made here would not be served."""
