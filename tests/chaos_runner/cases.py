"""McpChaos in the tests that look at every component: what it makes, and ways to use it."""

from __future__ import annotations

from tests.components.case import SHARED_PEERS, SHARED_PLACE, Case

CHILDREN = {
    "account": "kubernetes:core/v1:ServiceAccount",
    "cronjob": "kubernetes:batch/v1:CronJob",
    "network": "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    "rights": "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
    "role": "kubernetes:rbac.authorization.k8s.io/v1:Role",
}
"""Children by what their names have behind the component's: a change needs an alias and a line in CHANGELOG.md."""

CASES = (
    Case(
        "McpChaos",
        "minimal",
        {
            "namespace": "qq-orders",
            "server_name": "orders",
            "url": "https://qq.example.com/mcp",
            "experiment": "kill-pod",
            "image": "registry.example/qq-chaos:1.0.0",
            "environment": "staging",
        },
        ("server_name",),
    ),
    Case(
        "McpChaos",
        "full",
        {
            "namespace": "qq-orders",
            "server_name": "orders",
            "url": "http://qq.svc/mcp",
            "experiment": "stop-database",
            "image": "registry.example/qq-chaos:1.0.0",
            "environment": "production",
            "production": "us-east",
            "region": "us-east",
            "schedule": "0 3 * * 1",
            "workload": "statefulset/postgres",
            "tool": "search",
            "tool_arguments": {"query": "{call}"},
            "hold_seconds": 20.0,
            "recover_seconds": 60.0,
            "calls_lost": 3,
            "sessions_lost": 2,
            "token_secret": "qq-token",
            "token_key": "bearer",
            "server_port": 3000,
            "image_pull_policy": "IfNotPresent",
            "platform": "eks",
            "mesh": "istio-sidecar",
            "pod_policies": True,
            "allow_to": SHARED_PEERS["allow_to"],
            **SHARED_PLACE,
            "accept": {},
        },
        ("server_name",),
    ),
)
