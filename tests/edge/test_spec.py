"""Routes, by hand."""

from __future__ import annotations

from dataclasses import replace

from pulumi_kubernetes_mcp.edge import spec as specs

EDGE = specs.EdgeSpec(
    host="mcp.example.com",
    path="/mcp",
    prefixes=[],
    authorization=False,
    service_name="orders",
    implementation="envoy-gateway",
    affinity="none",
    request_timeout_seconds=0,
    idle_timeout_seconds=60,
    gateway_name="public",
    gateway_namespace="gateway-system",
    gateway_section=None,
    ingress_class="nginx",
    tls_secret="orders-tls",
    cluster_issuer=None,
    parallel_requests=10,
)
FAMILY = "nginx.ingress.kubernetes.io/"


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
    edge = replace(EDGE, prefixes=["/sse", "/messages"], authorization=True)
    assert [
        (match["path"]["type"], match["path"]["value"]) for match in specs.http_route(edge)["rules"][0]["matches"]
    ] == [
        ("Exact", "/mcp"),
        ("PathPrefix", "/sse"),
        ("PathPrefix", "/messages"),
        ("PathPrefix", "/.well-known/oauth-protected-resource"),
    ]
    assert [(one["pathType"], one["path"]) for one in specs.ingress(edge)["rules"][0]["http"]["paths"]] == [
        ("Exact", "/mcp"),
        ("Prefix", "/sse"),
        ("Prefix", "/messages"),
        ("Prefix", "/.well-known/oauth-protected-resource"),
    ]
    nginx = specs.ingress(replace(edge, implementation="nginx"))["rules"][0]["http"]["paths"]
    assert [one["pathType"] for one in nginx] == ["Exact", "Prefix", "Prefix", "ImplementationSpecific"]


def test_the_traffic_policy_repeats_connects_and_no_calls() -> None:
    assert specs.backend_traffic_policy(EDGE, "orders") == {
        "targetRefs": [{"group": "gateway.networking.k8s.io", "kind": "HTTPRoute", "name": "orders"}],
        "loadBalancer": {"type": "LeastRequest"},
        "timeout": {"http": {"requestTimeout": "0s", "streamIdleTimeout": "60s"}},
        "retry": {"numRetries": 2, "retryOn": {"triggers": ["connect-failure"]}},
        "circuitBreaker": {"maxConnections": 1024, "maxPendingRequests": 1024, "maxParallelRequests": 1024},
    }


def test_the_circuit_breakers_bear_every_stream() -> None:
    many = specs.backend_traffic_policy(replace(EDGE, parallel_requests=1500), "r")["circuitBreaker"]
    assert many == {"maxConnections": 1500, "maxPendingRequests": 1500, "maxParallelRequests": 1500}


def test_affinity_of_envoy() -> None:
    def balancer(affinity: str) -> object:
        return specs.backend_traffic_policy(replace(EDGE, affinity=affinity), "r")["loadBalancer"]

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
    edge = replace(EDGE, implementation="nginx")
    assert specs.ingress_annotations(edge) == {
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
    long = specs.ingress_annotations(replace(edge, idle_timeout_seconds=7200))
    assert long[f"{FAMILY}proxy-read-timeout"] == "7200"


def test_affinity_of_nginx() -> None:
    edge = replace(EDGE, implementation="nginx", affinity="source-ip")
    assert specs.ingress_annotations(edge)[f"{FAMILY}upstream-hash-by"] == "$binary_remote_addr"
    cookie = specs.ingress_annotations(replace(edge, affinity="cookie"))
    assert cookie[f"{FAMILY}affinity-mode"] == "persistent"
    assert cookie[f"{FAMILY}session-cookie-secure"] == "true"
    assert f"{FAMILY}upstream-hash-by" not in cookie


def test_another_controller_gets_no_annotations_of_nginx() -> None:
    assert specs.ingress_annotations(replace(EDGE, implementation="other", affinity="source-ip")) == {}
    assert specs.ingress_annotations(replace(EDGE, cluster_issuer="acme")) == {"cert-manager.io/cluster-issuer": "acme"}
