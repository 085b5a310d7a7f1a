"""McpAutoscaling in the tests that look at every component: what it makes, and ways to use it."""

from __future__ import annotations

from tests.components.case import Case

CHILDREN = {
    "authentication": "kubernetes:keda.sh/v1alpha1:TriggerAuthentication",
    "hpa": "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
    "scaledobject": "kubernetes:keda.sh/v1alpha1:ScaledObject",
}
"""Children by what their names have behind the component's: a change needs an alias and a line in CHANGELOG.md."""

CASES = (
    Case(
        "McpAutoscaling", "minimal", {"namespace": "qq-orders", "target": "qq-server", "max_replicas": 6}, ("target",)
    ),
    Case(
        "McpAutoscaling",
        "full",
        {
            "namespace": "qq-orders",
            "target": "qq-server",
            "target_kind": "StatefulSet",
            "max_replicas": 12,
            "min_replicas": 3,
            "eras": ["modern", "legacy-stateful"],
            "kind": "keda",
            "patches": [
                {
                    "kind": "ScaledObject",
                    "name": "qq-server",
                    "patch": {"metadata": {"annotations": {"team": "orders"}}},
                }
            ],
            "cpu_percent": 150,
            "memory_percent": 90,
            "python": False,
            "requests": {"cpu": "1", "memory": "192Mi"},
            "sessions_per_pod": 40,
            "sessions_metric": "mcp_sessions",
            "prometheus_address": "https://qq-prometheus:9090",
            "session_minutes": 30.0,
            "scale_down_window_seconds": 1800,
            "await_ready": True,
            "await_timeout_seconds": 120,
            "production": True,
            "follow": "sessions",
            "target_per_pod": 38.5,
            "container": "server",
            "authentication": {
                "modes": ["bearer", "tls"],
                "secret_name": "qq-prometheus",
                "token_key": "bearer",
                "cert_key": "client.crt",
                "private_key": "client.key",
                "ca_key": "ca.crt",
            },
            "schedules": [
                {
                    "name": "office",
                    "replicas": 6,
                    "time_zone": "Europe/Berlin",
                    "days": ["weekdays"],
                    "from_time": "08:00",
                    "to_time": "18:00",
                    "ramp_minutes": 10,
                },
                {
                    "name": "sunday",
                    "replicas": 4,
                    "time_zone": "America/New_York",
                    "start": "0 18 * * 0",
                    "end": "30 22 * * 0",
                },
            ],
            "fallback_replicas": 5,
            "fallback_failures": 2,
            "polling_seconds": 60,
            "drain_seconds": 130,
            "hashed_affinity": True,
            "peak_replicas": 9,
            "scale_up": {
                "window_seconds": 15,
                "pods": 6,
                "percent": 50,
                "period_seconds": 60,
                "select": "max",
                "tolerance": 0.05,
            },
            "scale_down": {"window_seconds": 1800, "pods": 1, "period_seconds": 300, "select": "min"},
            "kubernetes_version": "1.36",
            "hpa_name": "orders",
            "take_over": True,
            "accept": {
                "MCP212": "The heap of this server is bounded.",
                "MCP249": "The status of many ScaledObjects is refreshed seldom.",
            },
        },
        ("target",),
    ),
    Case(
        "McpAutoscaling",
        "gateway",
        {
            "namespace": "qq-orders",
            "target": "qq-server",
            "max_replicas": 12,
            "eras": ["legacy-stateful"],
            "follow": "streams",
            "dialect": "envoy",
            "route_name": "qq-route",
            "implementation": "envoy-gateway",
            "prometheus_address": "https://qq-prometheus:9090",
            "authentication": {
                "modes": ["bearer"],
                "existing_name": "qq-prometheus",
                "existing_kind": "ClusterTriggerAuthentication",
            },
            "accept": {"MCP220": "Calls are few beside the streams."},
        },
        ("target",),
    ),
    Case(
        "McpAutoscaling",
        "query",
        {
            "namespace": "qq-orders",
            "target": "qq-server",
            "max_replicas": 12,
            "follow": "in-flight",
            "query": 'sum(mcp_calls{app="qq-server"})',
            "prometheus_address": "https://qq-prometheus:9090",
            "authentication": {
                "modes": ["basic"],
                "secret_name": "qq-prometheus",
                "username_key": "user",
                "password_key": "pass",
            },
        },
        ("target",),
    ),
    Case(
        "McpAutoscaling",
        "hpa",
        {
            "namespace": "qq-orders",
            "target": "qq-server",
            "max_replicas": 12,
            "kind": "hpa",
            "patches": [
                {"kind": "HorizontalPodAutoscaler", "patch": {"metadata": {"annotations": {"team": "orders"}}}}
            ],
            "requests": {"cpu": "1", "memory": "192Mi"},
            "metrics": [
                {"type": "resource", "name": "memory", "average_value": "150Mi"},
                {"type": "container-resource", "name": "cpu", "container": "proxy", "utilization": 70},
                {"type": "pods", "name": "calls", "selector": {"tool": "query"}, "average_value": "10"},
                {
                    "type": "object",
                    "name": "requests-per-second",
                    "described_object": {
                        "api_version": "gateway.networking.k8s.io/v1",
                        "kind": "HTTPRoute",
                        "name": "orders",
                    },
                    "value": "2k",
                },
                {"type": "external", "name": "queue", "selector": {"queue": "orders"}, "average_value": "30"},
            ],
        },
        ("target",),
    ),
)
