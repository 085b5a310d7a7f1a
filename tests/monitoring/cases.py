"""McpMonitoring in the tests that look at every component: what it makes, and ways to use it."""

from __future__ import annotations

from tests.components.case import Case

CHILDREN = {
    "dashboards": "kubernetes:core/v1:ConfigMap",
    "rule-file": "kubernetes:core/v1:ConfigMap",
    "rules": "kubernetes:monitoring.coreos.com/v1:PrometheusRule",
    "pod-monitor": "kubernetes:monitoring.coreos.com/v1:PodMonitor",
    "service-monitor": "kubernetes:monitoring.coreos.com/v1:ServiceMonitor",
    "pooler-pod-monitor": "kubernetes:monitoring.coreos.com/v1:PodMonitor",
    "pooler-service-monitor": "kubernetes:monitoring.coreos.com/v1:ServiceMonitor",
}
"""Children by what their names have behind the component's: a change needs an alias and a line in CHANGELOG.md."""

CASES = (
    Case("McpMonitoring", "minimal", {"namespace": "qq-orders", "server_name": "orders"}, ("server_name",)),
    Case(
        "McpMonitoring",
        "full",
        {
            "namespace": "qq-orders",
            "server_name": "orders",
            "region": "us-east",
            "eras": ["modern", "legacy-stateful"],
            "monitor": "service-monitor",
            "port_name": "metrics",
            "labels": {"release": "prometheus"},
            "scrape_seconds": 30,
            "path": "/internal/metrics",
            "scheme": "https",
            "authority": {"secret": "orders-tls"},
            "token": {"secret": "orders-metrics", "key": "bearer"},
            "rules": "prometheus-rule",
            "exporters": [
                "kube-state-metrics",
                "cadvisor",
                "keda",
                "external-secrets",
                "cert-manager",
                "pgbouncer",
                "probe",
            ],
            "loaded_p95_milliseconds": 400.0,
            "probe_timeout_seconds": 20.0,
            "availability_percent": 99.0,
            "runbook_url": "https://runbooks.example.com/mcp/",
            "target_kind": "StatefulSet",
            "dialect": "reference",
            "sessions_metric": "orders_sessions",
            "autoscaler": "keda",
            "hpa_name": "orders",
            "follows_metric": True,
            "memory_limit": "512Mi",
            "sessions_per_pod": 40,
            "objective_milliseconds": 500.0,
            "dashboards": True,
            "dashboard_labels": {"dashboards": "mcp"},
            "min_replicas": 2,
            "max_replicas": 9,
            "planned_sessions": 120,
            "cpu_limit": "2500m",
            "pooler_name": "orders-pooler",
            "pooler_exporter": True,
            "database_name": "orders",
            "connection_budget": 210,
            "external_secret": "orders-secrets",
            "certificate": "orders-tls",
            "certificate_namespace": "edge",
            "quota": True,
            "patches": [
                {"kind": "ServiceMonitor", "name": "orders", "patch": {"metadata": {"annotations": {"team": "orders"}}}}
            ],
            "accept": {},
        },
        ("server_name", "pooler_name"),
    ),
    Case(
        "McpMonitoring",
        "pooled",
        {
            "namespace": "qq-orders",
            "server_name": "orders",
            "rules": "prometheus-rule",
            "pooler_name": "orders-pooler",
            "pooler_exporter": True,
            "accept": {},
        },
        ("server_name", "pooler_name"),
    ),
    Case(
        "McpMonitoring",
        "files",
        {
            "namespace": "qq-orders",
            "server_name": "orders",
            "monitor": "none",
            "rules": "config-map",
            "authority": {"config_map": "authorities", "key": "ca.crt"},
            "database_name": "orders",
            "connection_budget": 210,
            "exporters": ["kube-state-metrics", "cadvisor", "postgres"],
            "accept": {"MCP621": "The platform's own job reads the pods."},
        },
        ("server_name",),
    ),
)
