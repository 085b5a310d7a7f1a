"""The objects beside a route, by kind: what an implementation wants to be told in its own words.

One thing is the same in all of them. A connect that failed never reached the server, so repeating it is safe; a tool
call is never repeated. A stream is a request for as long as it is open, and may be silent for as long as the server is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pulumi

from ..kubernetes.objects import Spec, selector, text
from ..server.spec import COMPONENT
from .annotations import COOKIE_NAME, COOKIE_SECONDS
from .authorization import ASKED
from .implementations import MOST_DEREGISTRATION_SECONDS
from .limits import body_size, envoy_buffer, envoy_rates
from .spec import EdgeSpec, route_reference

CONNECT_RETRIES = 2
LEAST_PARALLEL_REQUESTS = 1024
"""Envoy Gateway's own default for connections, pending and parallel requests of each proxy."""
MOST_INT32 = 2**31 - 1
"""The largest number that kgateway takes."""
NGINX_SILENCE_SECONDS = 60
"""nginx's own proxy_read_timeout and proxy_send_timeout."""
MOST_FABRIC_NUMBER = 9999
"""The largest number in a time of NGINX Gateway Fabric (apis/v1alpha1/shared_types.go, Duration)."""
DAY_SECONDS = 86_400
"""For how long a load balancer that bounds whole responses lets a stream be open, where no request timeout is
wanted."""
FAILURES_UNTIL_EJECTED = 2
"""One broken connection is chance; with two, no call of the modern era was lost while one of three pods was dead."""
EJECTION_INTERVAL_SECONDS = 1
EJECTION_SECONDS = 10
"""Shorter than a readiness probe takes to say the same; Envoy multiplies it each time."""
MOST_EJECTED_PERCENT = 50
"""Half of the pods at most: a fault of the network between is none of the pods."""
CHECK_INTERVAL_SECONDS = 10
DRAINING_SECONDS = MOST_DEREGISTRATION_SECONDS
"""The most that a deregistered endpoint may finish its calls in; the pod ends before, by its own grace period."""


@dataclass(frozen=True)
class Policy:
    """One kind of object beside a route."""

    suffix: str
    """End of the name of its resource."""
    api_version: str
    spec: Callable[[EdgeSpec], Spec]


def backend_traffic_policy(edge: EdgeSpec) -> Spec:
    """Envoy Gateway: least request, long silences, retries of failed connects.

    The circuit breakers must bear every session and call at the maximum.
    """
    return {
        "targetRefs": [route_reference(edge)],
        "loadBalancer": _envoy_balancer(edge.affinity),
        "timeout": {
            "http": {
                "requestTimeout": f"{edge.request_timeout_seconds}s",
                "streamIdleTimeout": f"{edge.idle_timeout_seconds}s",
                "connectionIdleTimeout": f"{edge.proxy_idle_seconds}s",
            }
        },
        "retry": {"numRetries": CONNECT_RETRIES, "retryOn": {"triggers": ["connect-failure"]}},
        "circuitBreaker": {
            limit: max(LEAST_PARALLEL_REQUESTS, edge.parallel_requests)
            for limit in ("maxConnections", "maxPendingRequests", "maxParallelRequests", "maxParallelRetries")
        },
        "healthCheck": {"passive": {**_passive_check(), "consecutive5XxErrors": 0}},
        **envoy_buffer(edge.max_body),
        **envoy_rates(edge.rate_limits),
    }


def _passive_check() -> Spec:
    """A pod that cannot be connected to gets no call for a while, and the retry finds another one.

    Only connects that fail and connections that break count. A 503 with Retry-After is how a full or draining pod
    says so, and a pod that is taken away for it loses the sessions that it holds.
    """
    return {
        "splitExternalLocalOriginErrors": True,
        "consecutiveLocalOriginFailures": FAILURES_UNTIL_EJECTED,
        "interval": f"{EJECTION_INTERVAL_SECONDS}s",
        "baseEjectionTime": f"{EJECTION_SECONDS}s",
        "maxEjectionPercent": MOST_EJECTED_PERCENT,
    }


def _full_name(service: pulumi.Input[str], namespace: pulumi.Input[str]) -> pulumi.Input[str]:
    """The name of a Service in its cluster."""
    return text(service, ".", namespace, ".svc.cluster.local")


def destination_rule(edge: EdgeSpec) -> Spec:
    """Istio: how its gateways use the Service, and when they leave out a pod. The name is the full one, since they run
    in another namespace."""
    balancers: Mapping[str, Spec] = {
        "source-ip": {"consistentHash": {"useSourceIp": True}},
        "cookie": {"consistentHash": {"httpCookie": {"name": COOKIE_NAME, "ttl": f"{COOKIE_SECONDS}s"}}},
    }
    return {
        "host": _full_name(edge.service_name, edge.namespace),
        "trafficPolicy": {
            "loadBalancer": balancers.get(edge.affinity, {"simple": "LEAST_REQUEST"}),
            "connectionPool": {"http": {"idleTimeout": f"{edge.proxy_idle_seconds}s"}},
            "outlierDetection": {**_passive_check(), "consecutive5xxErrors": 0},
        },
    }


def cilium_network_policy(edge: EdgeSpec) -> Spec:
    """Cilium: its Envoy is the entity 'ingress', which no other policy can name."""
    return {
        "endpointSelector": {"matchLabels": selector(edge.service_name, COMPONENT)},
        "ingress": [{"fromEntities": ["ingress"]}],
    }


def traffic_policy(edge: EdgeSpec) -> Spec:
    """kgateway: how long a stream may be silent, retries of failed connects, and whether a service is asked where that
    is so of every path."""
    asked = {} if edge.asked is None or edge.parted else _asked_by_kgateway(edge)
    return {
        "targetRefs": [route_reference(edge)],
        "timeouts": {"streamIdle": f"{edge.idle_timeout_seconds}s"},
        "retry": {"retryOn": ["connect-failure"], "attempts": CONNECT_RETRIES},
        **asked,
    }


def asking_policy(edge: EdgeSpec) -> Spec:
    """kgateway: the same for the rule alone that a service is asked about."""
    return {**traffic_policy(edge), "targetRefs": [route_reference(edge, ASKED)], **_asked_by_kgateway(edge)}


def _asked_by_kgateway(edge: EdgeSpec) -> Spec:
    return {"extAuth": {"extensionRef": {"name": edge.route_name}}}


def backend_config_policy(edge: EdgeSpec) -> Spec:
    """kgateway: how its proxies use the Service, how much at once, and when they leave out a pod.

    Without circuit breakers of their own they are Envoy's: 1024 requests at once, each stream for as long as it is
    open, and three retries.
    """
    most = min(MOST_INT32, max(LEAST_PARALLEL_REQUESTS, edge.parallel_requests))
    cookie = {"name": COOKIE_NAME, "ttl": f"{COOKIE_SECONDS}s", "secure": True, "sameSite": "None"}
    balancers: Mapping[str, Spec] = {
        "source-ip": {"ringHash": {"hashPolicies": [{"sourceIP": {}}]}},
        "cookie": {"ringHash": {"hashPolicies": [{"cookie": cookie}]}},
    }
    return {
        "targetRefs": [_service_reference(edge)],
        "commonHttpProtocolOptions": {"idleTimeout": f"{edge.proxy_idle_seconds}s"},
        "loadBalancer": balancers.get(edge.affinity, {"leastRequest": {"choiceCount": 2}}),
        "circuitBreakers": dict.fromkeys(("maxConnections", "maxPendingRequests", "maxRequests", "maxRetries"), most),
        "outlierDetection": {**_kgateway_check(), "consecutive5xx": 0},
    }


def _kgateway_check() -> Spec:
    """The same check in the words of kgateway, whose number of failures is called in the singular."""
    return {
        "consecutiveLocalOriginFailure" if key == "consecutiveLocalOriginFailures" else key: value
        for key, value in _passive_check().items()
    }


def proxy_settings_policy(edge: EdgeSpec) -> Spec:
    """NGINX Gateway Fabric: events at once, and a silence that nginx would end by itself.

    What nginx bears by itself is left out: older versions do not know the field, and are refused the object with it.
    """
    silence = fabric_time(edge.idle_timeout_seconds)
    longer = edge.idle_timeout_seconds > NGINX_SILENCE_SECONDS
    timeout = {"timeout": {"read": silence, "send": silence}} if longer else {}
    return {"targetRefs": [route_reference(edge)], "buffering": {"disable": True}, **timeout}


def fabric_time(seconds: int) -> str:
    """A time as NGINX Gateway Fabric takes it, of four digits at most: whole seconds, or minutes, rounded up."""
    return f"{seconds}s" if seconds <= MOST_FABRIC_NUMBER else f"{-(-seconds // 60)}m"


def client_settings_policy(edge: EdgeSpec) -> Spec:
    """NGINX Gateway Fabric: bodies as large as the server takes; nginx refuses more than 1 MiB otherwise."""
    return {"targetRef": route_reference(edge), "body": {"maxSize": body_size(edge.max_body)}}


def upstream_settings_policy(edge: EdgeSpec) -> Spec:
    """NGINX Gateway Fabric: how it uses the Service."""
    spec: Spec = {
        "targetRefs": [_service_reference(edge)],
        "keepAlive": {"timeout": f"{min(MOST_FABRIC_NUMBER, edge.proxy_idle_seconds)}s"},
        "loadBalancingMethod": "ip_hash" if edge.affinity == "source-ip" else "least_conn",
    }
    return spec


def health_check_policy(edge: EdgeSpec) -> Spec:
    """GKE: the check of the load balancer asks what the readiness probe asks; otherwise it asks '/' and sees a 404."""
    serving = {"portSpecification": "USE_SERVING_PORT"}
    if edge.health_path is None:
        config: Spec = {"type": "TCP", "tcpHealthCheck": serving}
    else:
        kind = "HTTPS" if edge.tls else "HTTP"
        asked = {**serving, "requestPath": edge.health_path, "host": edge.hosts[0]}
        config = {"type": kind, f"{kind.lower()}HealthCheck": asked}
    return {
        "targetRef": _service_reference(edge),
        "default": {"checkIntervalSec": CHECK_INTERVAL_SECONDS, "config": config},
    }


def gcp_backend_policy(edge: EdgeSpec) -> Spec:
    """GKE: a whole response may take ``timeoutSec``, and a pod that goes may finish its calls."""
    default: Spec = {
        "timeoutSec": edge.request_timeout_seconds or DAY_SECONDS,
        "connectionDraining": {"drainingTimeoutSec": DRAINING_SECONDS},
    }
    affinities: Mapping[str, Spec] = {
        "source-ip": {"type": "CLIENT_IP"},
        "cookie": {"type": "GENERATED_COOKIE", "cookieTtlSec": COOKIE_SECONDS},
    }
    if edge.affinity in affinities:
        default["sessionAffinity"] = affinities[edge.affinity]
    return {"targetRef": _service_reference(edge), "default": default}


POLICIES: Mapping[str, Policy] = MappingProxyType(
    {
        "BackendTrafficPolicy": Policy("traffic", "gateway.envoyproxy.io/v1alpha1", backend_traffic_policy),
        "DestinationRule": Policy("destination", "networking.istio.io/v1", destination_rule),
        "CiliumNetworkPolicy": Policy("entity", "cilium.io/v2", cilium_network_policy),
        "TrafficPolicy": Policy("timeouts", "gateway.kgateway.dev/v1alpha1", traffic_policy),
        "BackendConfigPolicy": Policy("backend-config", "gateway.kgateway.dev/v1alpha1", backend_config_policy),
        "ProxySettingsPolicy": Policy("buffering", "gateway.nginx.org/v1alpha1", proxy_settings_policy),
        "ClientSettingsPolicy": Policy("bodies", "gateway.nginx.org/v1alpha1", client_settings_policy),
        "UpstreamSettingsPolicy": Policy("upstream", "gateway.nginx.org/v1alpha1", upstream_settings_policy),
        "HealthCheckPolicy": Policy("health", "networking.gke.io/v1", health_check_policy),
        "GCPBackendPolicy": Policy("backend-policy", "networking.gke.io/v1", gcp_backend_policy),
    }
)
"""Kind of object to what it is made from."""


def _service_reference(edge: EdgeSpec) -> Spec:
    return {"group": "", "kind": "Service", "name": edge.service_name}


def _envoy_balancer(affinity: str) -> Spec:
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
