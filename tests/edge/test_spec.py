"""Routes, by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pulumi_kubernetes_mcp.edge import policies
from pulumi_kubernetes_mcp.edge import spec as specs
from pulumi_kubernetes_mcp.edge.annotations import annotations_of
from pulumi_kubernetes_mcp.edge.implementations import IMPLEMENTATIONS
from pulumi_kubernetes_mcp.edge.paths import Match, routed

EDGE = specs.EdgeSpec(
    row=IMPLEMENTATIONS["envoy-gateway"],
    route_name="orders",
    namespace="shop",
    hosts=["mcp.example.com"],
    path="/mcp",
    matches=[Match("Exact", "/mcp")],
    service_name="orders",
    affinity="none",
    request_timeout_seconds=0,
    idle_timeout_seconds=60,
    idle_connection_seconds=5,
    gateway_name="public",
    gateway_namespace="gateway-system",
    gateway_section=None,
    ingress_class="nginx",
    tls_secret="orders-tls",
    cluster_issuer=None,
    parallel_requests=10,
)
NGINX = replace(EDGE, row=IMPLEMENTATIONS["nginx"])
FAMILY = "nginx.ingress.kubernetes.io/"


def other(name: str, **changes: Any) -> specs.EdgeSpec:
    """The same edge behind another implementation."""
    return replace(EDGE, row=IMPLEMENTATIONS[name], **changes)


def test_the_route_has_no_request_timeout_and_one_exact_path() -> None:
    """Without the field an implementation puts its own there: 15 s in Envoy, which cuts every stream."""
    assert specs.http_route(EDGE) == {
        "parentRefs": [
            {
                "group": "gateway.networking.k8s.io",
                "kind": "Gateway",
                "name": "public",
                "namespace": "gateway-system",
            }
        ],
        "hostnames": ["mcp.example.com"],
        "rules": [
            {
                "matches": [{"path": {"type": "Exact", "value": "/mcp"}}],
                "backendRefs": [{"group": "", "kind": "Service", "name": "orders", "port": 80, "weight": 1}],
                "timeouts": {"request": "0s"},
            }
        ],
    }
    assert specs.http_route(replace(EDGE, gateway_section="https"))["parentRefs"][0]["sectionName"] == "https"


def test_everything_that_the_server_answers_is_routed() -> None:
    matches = routed("/mcp", prefixes=["/sse", "/messages"], authorization=True)
    edge = replace(EDGE, matches=matches)
    expected = [
        ("Exact", "/mcp"),
        ("Exact", "/mcp/"),
        ("PathPrefix", "/sse"),
        ("PathPrefix", "/messages"),
        ("PathPrefix", "/.well-known/oauth-protected-resource"),
        ("PathPrefix", "/.well-known/oauth-protected-resource/mcp"),
    ]
    assert [
        (match["path"]["type"], match["path"]["value"]) for match in specs.http_route(edge)["rules"][0]["matches"]
    ] == expected
    assert [(one["pathType"], one["path"]) for one in specs.ingress(edge)["rules"][0]["http"]["paths"]] == [
        (kind.removeprefix("Path"), path) for kind, path in expected
    ]
    nginx = specs.ingress(replace(edge, row=IMPLEMENTATIONS["nginx"]))["rules"][0]["http"]["paths"]
    assert [one["pathType"] for one in nginx] == ["Exact"] * 2 + ["Prefix"] * 2 + ["ImplementationSpecific"] * 2


PASSIVE = {
    "splitExternalLocalOriginErrors": True,
    "consecutiveLocalOriginFailures": 2,
    "interval": "1s",
    "baseEjectionTime": "10s",
    "maxEjectionPercent": 50,
}


def test_the_traffic_policy_repeats_connects_and_no_calls() -> None:
    assert policies.backend_traffic_policy(EDGE) == {
        "targetRefs": [{"group": "gateway.networking.k8s.io", "kind": "HTTPRoute", "name": "orders"}],
        "loadBalancer": {"type": "LeastRequest"},
        "timeout": {"http": {"requestTimeout": "0s", "streamIdleTimeout": "60s", "connectionIdleTimeout": "4s"}},
        "retry": {"numRetries": 2, "retryOn": {"triggers": ["connect-failure"]}},
        "circuitBreaker": {
            "maxConnections": 1024,
            "maxPendingRequests": 1024,
            "maxParallelRequests": 1024,
            "maxParallelRetries": 1024,
        },
        "healthCheck": {"passive": {**PASSIVE, "consecutive5XxErrors": 0}},
    }


def test_istio_leaves_out_a_pod_that_cannot_be_connected_to() -> None:
    policy = policies.destination_rule(EDGE)["trafficPolicy"]
    assert policy["outlierDetection"] == {**PASSIVE, "consecutive5xxErrors": 0}


def test_kgateway_repeats_connects_and_leaves_out_a_pod_that_cannot_be_connected_to() -> None:
    assert policies.traffic_policy(EDGE)["retry"] == {"retryOn": ["connect-failure"], "attempts": 2}
    failures = PASSIVE["consecutiveLocalOriginFailures"]
    shared = {key: value for key, value in PASSIVE.items() if key != "consecutiveLocalOriginFailures"}
    assert policies.backend_config_policy(EDGE)["outlierDetection"] == {
        **shared,
        "consecutiveLocalOriginFailure": failures,
        "consecutive5xx": 0,
    }


@pytest.mark.parametrize(("parallel", "told"), [(1, 1024), (1500, 1500), (2**32 - 1, 2**31 - 1)])
def test_the_circuit_breakers_bear_every_stream(parallel: int, told: int) -> None:
    edge = replace(EDGE, parallel_requests=parallel)
    assert set(policies.backend_traffic_policy(edge)["circuitBreaker"].values()) == {max(1024, parallel)}
    assert policies.backend_config_policy(edge)["circuitBreakers"] == dict.fromkeys(
        ("maxConnections", "maxPendingRequests", "maxRequests", "maxRetries"), told
    )


@pytest.mark.parametrize(
    ("silence", "told"), [(60, None), (61, "61s"), (9999, "9999s"), (10_000, "167m"), (86_415, "1441m")]
)
def test_nginx_gateway_fabric_is_told_of_a_silence_that_nginx_ends(silence: int, told: str | None) -> None:
    timeout = policies.proxy_settings_policy(replace(EDGE, idle_timeout_seconds=silence)).get("timeout")
    assert timeout == (None if told is None else {"read": told, "send": told})


def test_affinity_of_envoy() -> None:
    def balancer(affinity: str) -> object:
        return policies.backend_traffic_policy(replace(EDGE, affinity=affinity))["loadBalancer"]

    assert balancer("source-ip") == {"type": "ConsistentHash", "consistentHash": {"type": "SourceIP"}}
    assert balancer("cookie") == {
        "type": "ConsistentHash",
        "consistentHash": {
            "type": "Cookie",
            "cookie": {"name": "mcp-session", "ttl": "3600s", "attributes": {"SameSite": "None", "Secure": "true"}},
        },
    }
    assert balancer("gateway") == {"type": "LeastRequest"}


def test_the_ingress_has_tls() -> None:
    assert specs.ingress(EDGE) == {
        "ingressClassName": "nginx",
        "tls": [{"hosts": ["mcp.example.com"], "secretName": "orders-tls"}],
        "rules": [
            {
                "host": "mcp.example.com",
                "http": {
                    "paths": [
                        {
                            "path": "/mcp",
                            "pathType": "Exact",
                            "backend": {"service": {"name": "orders", "port": {"name": "http"}}},
                        }
                    ]
                },
            }
        ],
    }


def test_nginx_neither_buffers_nor_cuts() -> None:
    assert annotations_of(NGINX, 60) == {
        f"{FAMILY}{key}": value
        for key, value in {
            "proxy-buffering": "off",
            "proxy-request-buffering": "off",
            "proxy-read-timeout": "3600",
            "proxy-send-timeout": "3600",
            "proxy-body-size": "4m",
            "proxy-http-version": "1.1",
            "ssl-redirect": "true",
        }.items()
    }
    long = annotations_of(replace(NGINX, idle_timeout_seconds=7200), 60)
    assert long[f"{FAMILY}proxy-read-timeout"] == "7200"


def test_affinity_of_nginx() -> None:
    edge = replace(NGINX, affinity="source-ip")
    assert annotations_of(edge, 60)[f"{FAMILY}upstream-hash-by"] == "$binary_remote_addr"
    cookie = annotations_of(replace(edge, affinity="cookie"), 60)
    assert cookie[f"{FAMILY}affinity-mode"] == "persistent"
    assert cookie[f"{FAMILY}session-cookie-name"] == "mcp-session"
    assert cookie[f"{FAMILY}session-cookie-max-age"] == "3600"
    assert cookie[f"{FAMILY}session-cookie-samesite"] == "None"
    assert cookie[f"{FAMILY}session-cookie-secure"] == "true"
    assert f"{FAMILY}upstream-hash-by" not in cookie


def test_another_controller_gets_no_annotations_of_nginx() -> None:
    assert annotations_of(other("other", affinity="source-ip"), 60) == {}
    assert annotations_of(replace(EDGE, cluster_issuer="acme"), 60) == {"cert-manager.io/cluster-issuer": "acme"}


def test_a_plan_of_istio_is_made_where_no_program_runs() -> None:
    """After a program has run there is no event loop, which every Output needs."""
    edge = other("istio")
    assert policies.destination_rule(edge)["host"] == f"{edge.service_name}.{edge.namespace}.svc.cluster.local"
