"""The objects of a way in, each by the suffix of its resource."""

from collections.abc import Mapping
from dataclasses import replace

from ..kubernetes import objects as common
from ..kubernetes.made import Made, kept
from ..kubernetes.network import solver_policy
from . import access, authorization, backends, dns, envelope
from . import spec as specs
from .access import security_policies
from .annotations import Annotations, annotations_of, openshift_ingress
from .args import ACCEPTED_ROUTE, ADMITTED_ROUTE, solver_namespace
from .keys import IngressKeys
from .listener import beside_gateway, listener_objects, listener_set, own_gateway
from .policies import POLICIES, asking_policy

ROUTE, INGRESS, OPENSHIFT, SOLVER = "route", "ingress", "openshift", "solver"
GATEWAY = "gateway.networking.k8s.io/v1"
ISTIO = "security.istio.io/v1"
DECIDED: Mapping[str, str] = {
    "HTTPRoute:spec.hostnames": "host",
    "HTTPRoute:metadata.annotations": "annotations",
    "Ingress:spec.tls": "tls_secret",
    "Ingress:spec.ingressClassName": "ingress_class",
    "Ingress:metadata.annotations": "annotations",
    "Route:spec.host": "host",
    "Route:spec.tls.termination": "serves_tls",
    "Route:metadata.annotations": "annotations",
    "BackendTrafficPolicy:spec.timeout.http.requestTimeout": "request_timeout_seconds",
    "BackendTrafficPolicy:spec.timeout.http.streamIdleTimeout": "idle_timeout_seconds",
    "BackendTrafficPolicy:spec.timeout.http.connectionIdleTimeout": "idle_connection_seconds",
    "BackendTrafficPolicy:spec.loadBalancer": "affinity",
    "DestinationRule:spec.trafficPolicy.loadBalancer": "affinity",
    "DestinationRule:spec.trafficPolicy.connectionPool.http.idleTimeout": "idle_connection_seconds",
    "TrafficPolicy:spec.timeouts.streamIdle": "idle_timeout_seconds",
    "BackendConfigPolicy:spec.loadBalancer": "affinity",
    "BackendConfigPolicy:spec.commonHttpProtocolOptions.idleTimeout": "idle_connection_seconds",
    "UpstreamSettingsPolicy:spec.loadBalancingMethod": "affinity",
    "UpstreamSettingsPolicy:spec.keepAlive.timeout": "idle_connection_seconds",
    "HealthCheckPolicy:spec.default.config": "health_path",
    "GCPBackendPolicy:spec.default.timeoutSec": "request_timeout_seconds",
    "GCPBackendPolicy:spec.default.sessionAffinity": "affinity",
    "BackendTLSPolicy:spec.validation": "backend_tls",
    "TraefikService:spec.weighted": "affinity",
    "AgentgatewayBackend:spec.mcp.sessionRouting": "affinity",
    "ServersTransport:spec.serverName": "backend_tls",
    "ServersTransport:spec.rootCAs": "backend_tls",
    "BackendTrafficPolicy:spec.requestBuffer": "max_body",
    "BackendTrafficPolicy:spec.rateLimit": "rate_limits",
    "SecurityPolicy:spec.cors": "cors",
    "SecurityPolicy:spec.authorization": "cors",
    "SecurityPolicy:spec.extAuth": "external_authorization",
    "TrafficPolicy:spec.extAuth": "external_authorization",
    "GatewayExtension:spec.extAuth": "external_authorization",
    "AuthorizationPolicy:spec.provider": "external_authorization",
    "ListenerPolicy:spec.default.httpSettings.maxRequestHeadersKb": "max_headers",
    "ListenerPolicy:spec.default.httpSettings.xffNumTrustedHops": "client_address",
    "ListenerPolicy:spec.default.proxyProtocol": "client_address",
    "Gateway:spec.gatewayClassName": "gateway_class",
    "Gateway:spec.listeners": "gateway_class",
    "ListenerSet:spec.listeners": "gateway_listener_set",
    "ClientTrafficPolicy:spec.clientIPDetection": "client_address",
    "ClientTrafficPolicy:spec.proxyProtocol": "client_address",
}
"""What the rules about streams, sessions and certificates count with: it is said by its key, and by no patch."""


def edge_objects(edge: specs.EdgeSpec, keys: IngressKeys) -> dict[str, Made]:
    """Everything that McpIngress registers, before patches; the way in itself is of the kind that the keys name."""
    if keys.kind == "gateway":
        made = _gateway(edge, keys)
    else:
        made = _openshift(edge, keys) if keys.kind == "route" else _ingress(edge, keys)
    return kept({**made, **_published(edge, keys)}, policies=keys.pod_policies)


def ways(objects: Mapping[str, Made]) -> list[str]:
    """The suffixes of the ways in themselves; the others stand beside them."""
    return [suffix for suffix, made in objects.items() if made.kind in ("HTTPRoute", "Ingress", "Route")]


def derived_annotations(edge: specs.EdgeSpec, keys: IngressKeys) -> Annotations:
    """The annotations of the way in that follow from everything else; those of a caller replace them."""
    if keys.kind == "gateway":
        return {common.WAIT_FOR: ACCEPTED_ROUTE} if keys.await_ready else {}
    own = annotations_of(edge, keys.max_tool_seconds)
    if keys.kind == "route":
        return {**({common.WAIT_FOR: ADMITTED_ROUTE} if keys.await_ready else {}), **own}
    skip = {} if keys.await_ready else common.SKIP_AWAIT
    return {**skip, **own, **(openshift_ingress(edge) if edge.row.name == "openshift" else {})}


def _annotations(edge: specs.EdgeSpec, keys: IngressKeys) -> Annotations:
    # Of a Gateway API route external-dns reads the targets at the Gateway.
    published = {} if keys.dns is None else dns.route_annotations(keys.dns, targets=keys.kind != "gateway")
    return {**derived_annotations(edge, keys), **published, **keys.annotations}


def _published(edge: specs.EdgeSpec, keys: IngressKeys) -> dict[str, Made]:
    """The records as an object of their own."""
    told = keys.dns
    if told is None or told.form != "endpoint" or dns.withdrawn(told):
        return {}
    return {"dns": _made(dns.API_VERSION, "DNSEndpoint", edge, keys, dns.dns_endpoint(told, edge.hosts))}


def _gateway(edge: specs.EdgeSpec, keys: IngressKeys) -> dict[str, Made]:
    own = backends.own_backend(edge)
    result = {
        ROUTE: _made(
            GATEWAY,
            "HTTPRoute",
            edge,
            keys,
            specs.http_route(edge, own, backends.aware_backend(edge)),
            _annotations(edge, keys),
        )
    }
    if edge.gateway_class is not None:
        result["gateway"] = own_gateway(edge)
    if edge.listener_set:
        result["listeners"] = listener_set(edge)
    for kind in edge.row.policies:
        policy = POLICIES[kind]
        result[policy.suffix] = _made(policy.api_version, kind, edge, keys, policy.spec(edge))
    if edge.affinity == envelope.AFFINITY in edge.row.affinities and edge.gateway_section is not None:
        result[envelope.AFFINITY] = envelope.envelope_policy(edge, await_ready=keys.await_ready)
        if edge.leaving_service is not None:
            result[envelope.LEAVING] = envelope.leaving_policy(edge)
    for suffix, spec in security_policies(edge).items():
        end = suffix.removeprefix("access")
        result[suffix] = _made(access.API_VERSION, "SecurityPolicy", edge, keys, spec, end=end)
    result |= _asking(edge, keys)
    result |= listener_objects(edge, await_ready=keys.await_ready)
    if edge.certificate is not None and own is None:
        spec = specs.backend_tls_policy(edge, edge.certificate)
        result["tls"] = _made(GATEWAY, "BackendTLSPolicy", edge, keys, spec)
    return {**result, **_led_to(edge, keys)}


def _asking(edge: specs.EdgeSpec, keys: IngressKeys) -> dict[str, Made]:
    """What asks a service, where that is an object of its own."""
    asked, name = edge.asked, edge.row.name
    if asked is None:
        return {}
    if name == "istio":
        spec = authorization.istio_policy(asked, gateway=edge.gateway_name, hosts=edge.hosts, public=edge.public)
        return {"authorization": beside_gateway(edge, ISTIO, "AuthorizationPolicy", "authorization", spec)}
    if name != "kgateway":
        return {}
    extension = authorization.gateway_extension(asked)
    made = {"extension": _made(POLICIES["TrafficPolicy"].api_version, "GatewayExtension", edge, keys, extension)}
    if edge.parted:
        api_version = POLICIES["TrafficPolicy"].api_version
        made["asking"] = _made(api_version, "TrafficPolicy", edge, keys, asking_policy(edge), end="-asking")
    return made


def _openshift(edge: specs.EdgeSpec, keys: IngressKeys) -> dict[str, Made]:
    notes = _annotations(edge, keys)
    result = {}
    for suffix, spec in specs.openshift_routes(edge).items():
        end = f"-{suffix}" if suffix else ""
        result[f"{OPENSHIFT}{end}"] = _made("route.openshift.io/v1", "Route", edge, keys, spec, notes, end)
    return result


def _ingress(edge: specs.EdgeSpec, keys: IngressKeys) -> dict[str, Made]:
    result, proxies = {}, solver_namespace(keys)
    if edge.cluster_issuer is not None and proxies is not None:
        policy = solver_policy(proxies)
        result[SOLVER] = _made("networking.k8s.io/v1", "NetworkPolicy", edge, keys, policy, end="-solver")
    notes, api_version, leads = _annotations(edge, keys), "networking.k8s.io/v1", backends.service_name(edge)
    result[INGRESS] = _made(api_version, "Ingress", edge, keys, specs.ingress(edge, leads, edge.guarded), notes)
    if edge.parted:
        # Annotations hold for all paths of an Ingress.
        # The records are said in both, since external-dns reads both; the certificate is asked for in the first.
        opened = replace(edge, asked=None, cluster_issuer=None)
        spec, notes = specs.ingress(opened, leads, edge.public), _annotations(opened, keys)
        result["open"] = _made(api_version, "Ingress", edge, keys, spec, notes, "-open")
    return {**result, **_led_to(edge, keys)}


def _led_to(edge: specs.EdgeSpec, keys: IngressKeys) -> dict[str, Made]:
    """What the way in leads to, where the server's Service will not do."""
    return {
        one.suffix: _made(one.api_version, one.kind, edge, keys, one.spec, one.annotations, one.end)
        for one in backends.beside(edge)
    }


def _made(
    api_version: str,
    kind: str,
    edge: specs.EdgeSpec,
    keys: IngressKeys,
    spec: common.Spec,
    annotations: common.Spec | None = None,
    end: str = "",
) -> Made:
    labels = common.labels(edge.route_name, "edge")
    metadata = common.metadata(f"{edge.route_name}{end}", keys.namespace, labels, annotations)
    return Made(api_version, kind, {"metadata": metadata, "spec": spec})
