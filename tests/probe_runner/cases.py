"""McpProbe in the tests that look at every component: what it makes, and ways to use it."""

from __future__ import annotations

from tests.components.case import SHARED_PEERS, SHARED_PLACE, Case
from tests.components.regions import PROBED

CHILDREN = {
    "account": "kubernetes:core/v1:ServiceAccount",
    "config": "kubernetes:core/v1:ConfigMap",
    "deployment": "kubernetes:apps/v1:Deployment",
    "from-<name>": "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    "monitor": "kubernetes:monitoring.coreos.com/v1:ServiceMonitor",
    "network": "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    "service": "kubernetes:core/v1:Service",
}
"""Children by what their names have behind the component's: a change needs an alias and a line in CHANGELOG.md."""

CASES = (
    Case(
        "McpProbe",
        "minimal",
        {
            "namespace": "qq-orders",
            "image": "registry.example/qq-probe:1.0.0",
            "watcher": "east",
            "endpoints": [{"name": "orders", "url": "https://qq.example.com/mcp"}],
        },
    ),
    Case(
        "McpProbe",
        "full",
        {
            "namespace": "qq-orders",
            "image": "registry.example/qq-probe:1.0.0",
            "watcher": "east",
            "probe_name": "orders-probe",
            "endpoints": PROBED,
            "interval_seconds": 30,
            "timeout_seconds": 5,
            "secret_name": "qq-tokens",
            "schema_config_map": "qq-schemas",
            "service_monitor": True,
            "monitor_labels": {"release": "prometheus"},
            "image_pull_policy": "IfNotPresent",
            "platform": "eks",
            "mesh": "istio-sidecar",
            "pod_policies": True,
            "allow_from": [
                {"port": 9810, "namespace": "qq-monitoring", "name": "prometheus"},
                {"port": 9810, "protocol": "TCP", "cidrs": ["172.16.0.0/12"], "except_cidrs": ["172.16.1.0/24"]},
                {"port": 9810, "workload": "qq-jobs", "component": "job"},
                {"port": 9810, "namespace": "qq-agents", "pod_labels": {"app": "planner"}},
            ],
            "allow_to": SHARED_PEERS["allow_to"],
            "await_timeout_seconds": 300,
            **SHARED_PLACE,
            "accept": {},
        },
        ("probe_name",),
    ),
)
