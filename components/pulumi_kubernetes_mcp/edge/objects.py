"""The objects of a way in, each by the suffix of its resource."""

from collections.abc import Mapping

from ..kubernetes import objects as common
from ..kubernetes.made import Made
from ..kubernetes.network import solver_policy
from . import spec as specs
from .annotations import Annotations, annotations_of, openshift_ingress
from .args import ACCEPTED_ROUTE, ADMITTED_ROUTE, solver_namespace
from .keys import IngressKeys
from .policies import POLICIES

ROUTE, INGRESS, OPENSHIFT, SOLVER = "route", "ingress", "openshift", "solver"
GATEWAY = "gateway.networking.k8s.io/v1"
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
}
"""What the rules about streams, sessions and certificates count with: it is said by its key, and by no patch."""


def edge_objects(edge: specs.EdgeSpec, keys: IngressKeys) -> dict[str, Made]:
    """Everything that McpIngress registers, before patches; the way in itself is of the kind that the keys name."""
    if keys.kind == "gateway":
        return _gateway(edge, keys)
    return _openshift(edge, keys) if keys.kind == "route" else _ingress(edge, keys)


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
    return {**derived_annotations(edge, keys), **keys.annotations}


def _gateway(edge: specs.EdgeSpec, keys: IngressKeys) -> dict[str, Made]:
    result = {ROUTE: _made(GATEWAY, "HTTPRoute", edge, keys, specs.http_route(edge), _annotations(edge, keys))}
    for kind in edge.row.policies:
        policy = POLICIES[kind]
        result[policy.suffix] = _made(policy.api_version, kind, edge, keys, policy.spec(edge))
    if edge.certificate is not None:
        spec = specs.backend_tls_policy(edge, edge.certificate)
        result["tls"] = _made(GATEWAY, "BackendTLSPolicy", edge, keys, spec)
    return result


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
    notes = _annotations(edge, keys)
    result[INGRESS] = _made("networking.k8s.io/v1", "Ingress", edge, keys, specs.ingress(edge), notes)
    return result


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
