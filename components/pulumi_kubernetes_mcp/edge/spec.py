"""The way in: an HTTPRoute or an Ingress that neither cuts streams nor buffers them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from ..eras import PROTECTED_RESOURCE_PATH
from ..kubernetes.objects import Spec
from ..server.spec import SERVICE_PORT

BODY_SIZE = "4m"
"""The Python SDK refuses bodies above 4 MiB; the edge must not be stricter, so that one hop answers 413."""
STREAM_SECONDS = 3600
"""Read and send timeout of the nginx family, in seconds: longer than any silence of a stream."""
COOKIE_NAME = "mcp-session"
COOKIE_SECONDS = 3600
CONNECT_RETRIES = 2
LEAST_PARALLEL_REQUESTS = 1024
"""Envoy Gateway's own default for connections, pending and parallel requests of each proxy."""


@dataclass(frozen=True, kw_only=True)
class EdgeSpec:
    """Everything a route is made from, settled. Times are seconds."""

    host: pulumi.Input[str]
    path: str
    prefixes: Sequence[str]
    authorization: bool
    service_name: pulumi.Input[str]
    implementation: str
    affinity: str
    request_timeout_seconds: int
    idle_timeout_seconds: int
    gateway_name: pulumi.Input[str]
    gateway_namespace: str
    gateway_section: str | None
    ingress_class: pulumi.Input[str]
    tls_secret: pulumi.Input[str]
    cluster_issuer: pulumi.Input[str] | None
    parallel_requests: int


def http_route(edge: EdgeSpec) -> Spec:
    """The spec of an HTTPRoute. Only what the server answers is routed: the exact path, streams, metadata."""
    parent: Spec = {
        "group": "gateway.networking.k8s.io",
        "kind": "Gateway",
        "name": edge.gateway_name,
        "namespace": edge.gateway_namespace,
    }
    if edge.gateway_section is not None:
        parent["sectionName"] = edge.gateway_section
    backend = {"group": "", "kind": "Service", "name": edge.service_name, "port": SERVICE_PORT, "weight": 1}
    return {
        "parentRefs": [parent],
        "hostnames": [edge.host],
        "rules": [
            {
                "matches": _matches(edge),
                "backendRefs": [backend],
                "timeouts": {"request": f"{edge.request_timeout_seconds}s"},
            }
        ],
    }


def backend_traffic_policy(edge: EdgeSpec, route_name: str) -> Spec:
    """The spec of Envoy Gateway's BackendTrafficPolicy: least request, long silences, retries of failed connects.

    A connect that failed never reached the server, so retrying it is safe; a tool call is never repeated. A stream is
    a request for as long as it is open, so the circuit breakers must bear every session and call at the maximum.
    """
    return {
        "targetRefs": [{"group": "gateway.networking.k8s.io", "kind": "HTTPRoute", "name": route_name}],
        "loadBalancer": _load_balancer(edge.affinity),
        "timeout": {
            "http": {
                "requestTimeout": f"{edge.request_timeout_seconds}s",
                "streamIdleTimeout": f"{edge.idle_timeout_seconds}s",
            }
        },
        "retry": {"numRetries": CONNECT_RETRIES, "retryOn": {"triggers": ["connect-failure"]}},
        "circuitBreaker": {
            limit: max(LEAST_PARALLEL_REQUESTS, edge.parallel_requests)
            for limit in ("maxConnections", "maxPendingRequests", "maxParallelRequests")
        },
    }


def ingress(edge: EdgeSpec) -> Spec:
    """The spec of an Ingress with TLS."""
    backend = {"service": {"name": edge.service_name, "port": {"name": "http"}}}
    paths = [
        {"path": path["value"], "pathType": _ingress_type(path, edge.implementation), "backend": backend}
        for path in (match["path"] for match in _matches(edge))
    ]
    return {
        "ingressClassName": edge.ingress_class,
        "tls": [{"hosts": [edge.host], "secretName": edge.tls_secret}],
        "rules": [{"host": edge.host, "http": {"paths": paths}}],
    }


def ingress_annotations(edge: EdgeSpec) -> dict[str, pulumi.Input[str]]:
    """Annotations of the nginx family (ingress-nginx, its forks, Traefik's provider); none for another one."""
    issuer = {} if edge.cluster_issuer is None else {"cert-manager.io/cluster-issuer": edge.cluster_issuer}
    if edge.implementation != "nginx":
        return issuer
    timeout = max(STREAM_SECONDS, edge.idle_timeout_seconds, edge.request_timeout_seconds)
    return {
        **issuer,
        **_nginx(
            {
                "proxy-buffering": "off",
                "proxy-request-buffering": "off",
                "proxy-read-timeout": str(timeout),
                "proxy-send-timeout": str(timeout),
                "proxy-body-size": BODY_SIZE,
                "proxy-http-version": "1.1",
                "ssl-redirect": "true",
                **_nginx_affinity(edge.affinity),
            }
        ),
    }


def _matches(edge: EdgeSpec) -> list[Spec]:
    matches: list[Spec] = [{"path": {"type": "Exact", "value": edge.path}}]
    matches += [{"path": {"type": "PathPrefix", "value": prefix}} for prefix in edge.prefixes]
    if edge.authorization:
        matches.append({"path": {"type": "PathPrefix", "value": PROTECTED_RESOURCE_PATH}})
    return matches


def _ingress_type(path: Mapping[str, str], implementation: str) -> str:
    """The nginx family refuses a dot under the types Exact and Prefix (since 1.12), as in '/.well-known'."""
    if implementation == "nginx" and "." in path["value"]:
        return "ImplementationSpecific"
    return "Prefix" if path["type"] == "PathPrefix" else path["type"]


def _load_balancer(affinity: str) -> Spec:
    if affinity == "source-ip":
        return {"type": "ConsistentHash", "consistentHash": {"type": "SourceIP"}}
    if affinity == "cookie":
        cookie = {
            "name": COOKIE_NAME,
            "ttl": f"{COOKIE_SECONDS}s",
            "attributes": {"SameSite": "None", "Secure": "true"},
        }
        return {"type": "ConsistentHash", "consistentHash": {"type": "Cookie", "cookie": cookie}}
    return {"type": "LeastRequest"}


def _nginx_affinity(affinity: str) -> Mapping[str, str]:
    if affinity == "source-ip":
        return {"upstream-hash-by": "$binary_remote_addr"}
    if affinity == "cookie":
        return {
            "affinity": "cookie",
            "affinity-mode": "persistent",
            "session-cookie-name": COOKIE_NAME,
            "session-cookie-max-age": str(COOKIE_SECONDS),
            "session-cookie-samesite": "None",
            "session-cookie-secure": "true",
        }
    return {}


def _nginx(values: Mapping[str, str]) -> dict[str, str]:
    return {f"nginx.ingress.kubernetes.io/{key}": value for key, value in values.items()}
