"""McpPgBouncer in the tests that look at every component: what it makes, and ways to use it."""

from __future__ import annotations

from tests.components.case import SHARED_PEERS, SHARED_PLACE, Case

CHILDREN = {
    "account": "kubernetes:core/v1:ServiceAccount",
    "config": "kubernetes:core/v1:ConfigMap",
    "deployment": "kubernetes:apps/v1:Deployment",
    "disruption": "kubernetes:policy/v1:PodDisruptionBudget",
    "from-<name>": "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    "network": "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    "service": "kubernetes:core/v1:Service",
}
"""Children by what their names have behind the component's: a change needs an alias and a line in CHANGELOG.md."""

CASES = (
    Case(
        "McpPgBouncer",
        "minimal",
        {
            "namespace": "qq-orders",
            "database_host": "qq.db.example.com",
            "secret_name": "qq-secret",
            "pool_size": 20,
            "max_client_conn": 400,
        },
    ),
    Case(
        "McpPgBouncer",
        "full",
        {
            "namespace": "qq-orders",
            "database_host": "qq.db.example.com",
            "secret_name": "qq-secret",
            "pool_size": 20,
            "max_client_conn": 400,
            "pooler_name": "orders-pooler",
            "patches": [
                {"kind": "Pod", "patch": {"spec": {"schedulerName": "bin-packing"}}},
                {"kind": "Service", "name": "orders-pooler", "patch": {"metadata": {"labels": {"team": "orders"}}}},
            ],
            "database_port": 6543,
            "database_name": "orders",
            "user_key": "user",
            "password_key": "pass",
            "secret_version": "qq-3",
            "instances": 3,
            "reserve_pool_size": 4,
            "budget": 200,
            "client_connections": 800,
            "server_tls_mode": "verify-full",
            "image": "registry.example/qq-pgbouncer:1.25.1",
            "exporter": True,
            "exporter_image": "registry.example/qq-exporter:0.12.1",
            "image_pull_policy": "IfNotPresent",
            "platform": "eks",
            "database_ca": {"config_map": "orders-authority", "key": "root.crt"},
            "parameters": {"search_path": "orders"},
            "ignored_parameters": ["extra_float_digits", "jit"],
            "tracked_parameters": ["IntervalStyle"],
            "mesh": "istio-sidecar",
            "pod_policies": True,
            "allow_to": SHARED_PEERS["allow_to"],
            "allow_from": [
                {"port": 6432, "protocol": "TCP", "cidrs": ["172.16.0.0/12"], "except_cidrs": ["172.16.1.0/24"]},
                {"port": 6432, "workload": "qq-server"},
                {"port": 6432, "namespace": "qq-tools", "name": "tools"},
                {"port": 6432, "cidrs": ["10.0.0.0/8"]},
                {"port": 6432, "namespace": "qq-agents", "pod_labels": {"app": "planner"}},
                {"port": 6432, "workload": "qq-jobs", "component": "job"},
            ],
            "database_cidrs": ["10.30.0.0/16"],
            "await_timeout_seconds": 300,
            **SHARED_PLACE,
            "accept": {},
        },
        ("pooler_name",),
    ),
    *(
        Case(
            "McpPgBouncer",
            source,
            {
                "namespace": "qq-orders",
                "database_host": "qq.orders-db.svc",
                "database_namespace": "orders-db",
                "database_pod_labels": {"app": "postgres"},
                "server_tls_mode": "verify-ca",
                "database_ca": {source: place},
                "secret_name": "qq-secret",
                "pool_size": 20,
                "max_client_conn": 400,
            },
        )
        for source, place in (("secret", "orders-authority"), ("file", "/etc/pki/orders.crt"))
    ),
)
