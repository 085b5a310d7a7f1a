"""McpLoadTest in the tests that look at every component: what it makes, and ways to use it."""

from __future__ import annotations

from tests.components.case import Case

CHILDREN = {
    "network": "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    "script": "kubernetes:core/v1:ConfigMap",
    "testrun": "kubernetes:k6.io/v1alpha1:TestRun",
}
"""Children by what their names have behind the component's: a change needs an alias and a line in CHANGELOG.md."""

CASES = (
    Case(
        "McpLoadTest",
        "minimal",
        {
            "namespace": "qq-orders",
            "server_name": "orders",
            "url": "https://qq.example.com/mcp",
            "scenario": "peak",
            "sessions": 100,
            "environment": "staging",
            "tools": [{"name": "search", "share_percent": 100.0}],
        },
        ("server_name",),
    ),
    Case(
        "McpLoadTest",
        "full",
        {
            "namespace": "qq-orders",
            "server_name": "orders",
            "url": "http://qq.svc/mcp",
            "scenario": "soak",
            "sessions": 1200,
            "tools": [
                {"name": "search", "share_percent": 75.0, "duration_milliseconds": 200.0, "limit_milliseconds": 900.0},
                {"name": "read", "share_percent": 25.0, "duration_milliseconds": 20.0},
            ],
            "environment": "production",
            "production": "us-east",
            "region": "us-east",
            "stack": "live",
            "first_launch": True,
            "hold_minutes": 45.0,
            "arguments": {"search": [{"query": "a"}, {"query": "b"}], "read": {"id": 17}},
            "p95_milliseconds": 800.0,
            "failed_percent": 0.5,
            "parallelism": 4,
            "paused": True,
            "runner_image": "registry.example/qq:1.8.1",
            "token_secret": "qq-token",
            "token_key": "bearer",
            "operator_namespace": "qq-k6",
            "runner_node_selector": {"pool": "load"},
            "runner_tolerations": [
                {"operator": "Exists"},
                {"key": "load", "value": "now", "effect": "NoExecute", "toleration_seconds": 5},
            ],
            "patches": [
                {"kind": "TestRun", "patch": {"spec": {"separate": True}}},
                {
                    "kind": "NetworkPolicy",
                    "name": "k6-orders",
                    "patch": {"metadata": {"annotations": {"a": "b"}}},
                },
            ],
            "era_percent": {"modern": 70.0, "legacy-stateful": 30.0},
            "pods": 6,
            "sessions_per_pod": 200,
            "think_seconds": 5.0,
            "session_seconds": 600.0,
            "timeout_seconds": 30.0,
            "drain_seconds": 1800.0,
            "sse_path": "/events",
            "allow_to": [
                {"port": 53, "protocol": "UDP", "cidrs": ["10.0.0.0/8"], "except_cidrs": ["10.1.0.0/16"]},
                {"port": 53, "namespace": "dns", "pod_labels": {"app": "dns"}},
                {"port": 6432, "workload": "pooler", "component": "pooler"},
                {"port": 443, "internet": True},
            ],
            "server_port": 3000,
            "accept": {},
            "pod_policies": True,
        },
        ("server_name",),
    ),
)
