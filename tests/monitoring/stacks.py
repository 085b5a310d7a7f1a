"""Stacks whose rules are tested: together they have everything that an alert could watch."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from typing import Any

from pulumi_kubernetes_mcp import wiring
from pulumi_kubernetes_mcp.monitoring.alerts.model import Watched
from pulumi_kubernetes_mcp.monitoring.args import watched
from pulumi_kubernetes_mcp.region_plan import RegionPlan, plan_region
from pulumi_kubernetes_mcp.settings.servers import load_stack

ALL = ["kube-state-metrics", "cadvisor", "keda", "external-secrets", "cert-manager", "probe"]
POOLED: dict[str, Any] = {
    "mcp:region": {"name": "us-east", "namespace": "shop"},
    "mcp:server": {
        "image": "registry.example/orders:1.2.0",
        "name": "orders",
        "eras": ["legacy-stateful"],
        "healthPath": "/healthz",
        "runtime": "node",
        "resources": {"limits": {"cpu": "2", "memory": "1000Mi"}},
    },
    "mcp:workload": {"dailyUsers": 500, "sessionsPerPod": 50},
    "mcp:edge": {
        "kind": "ingress",
        "host": "mcp.example.com",
        "implementation": "nginx",
        "clusterIssuer": "letsencrypt",
        "affinity": "source-ip",
    },
    "mcp:scaling": {"prometheusAddress": "http://prometheus.monitoring:9090", "minReplicas": 2, "maxReplicas": 8},
    "mcp:database": {
        "host": "db.example.com",
        "name": "shop",
        "maxConnections": 420,
        "pooler": "pgbouncer",
        "poolerExporter": True,
    },
    "mcp:secrets": {
        "source": "external",
        "store": {"name": "platform"},
        "remote": {"username": {"key": "orders"}, "password": {"key": "orders"}},
    },
    "mcp:monitoring": {
        "monitor": "pod-monitor",
        "rules": "prometheus-rule",
        "exporters": ALL,
        "loadedP95Milliseconds": 400,
        "runbookUrl": "https://runbooks.example.com/mcp/",
    },
}
"""Sessions of the handshake era, scaled by KEDA, with a pooler, a store of Secrets and cert-manager."""

DIRECT: dict[str, Any] = {
    "mcp:region": {"name": "eu-west", "namespace": "shop-eu"},
    "mcp:server": {
        "image": "registry.example/orders:1.2.0",
        "name": "orders",
        "healthPath": "/healthz",
        "volumes": [{"path": "/data", "claim": {"size": "1Gi", "perPod": True}}],
    },
    "mcp:workload": {"dailyUsers": 500},
    "mcp:edge": {"host": "mcp.example.com", "implementation": "envoy-gateway"},
    "mcp:scaling": {"minReplicas": 2, "maxReplicas": 4, "dialect": "opentelemetry"},
    "mcp:database": {"host": "db.example.com", "name": "shop", "maxConnections": 420},
    "mcp:secrets": {"source": "existing", "name": "orders"},
    "mcp:monitoring": {
        "monitor": "service-monitor",
        "rules": "config-map",
        "exporters": ["kube-state-metrics", "cadvisor", "postgres"],
    },
}
"""Requests alone, scaled on CPU, in a StatefulSet, with connections of its own and OpenTelemetry's names."""

REVISED: dict[str, Any] = {
    "mcp:region": {"name": "us-west", "namespace": "shop-west"},
    "mcp:server": {
        "image": "registry.example/orders:1.2.0",
        "name": "orders",
        "healthPath": "/healthz",
        "rollout": {"argoRollouts": {}},
    },
    "mcp:workload": {"dailyUsers": 500},
    "mcp:edge": {"host": "mcp.example.com", "implementation": "envoy-gateway"},
    "mcp:scaling": {"minReplicas": 2, "maxReplicas": 4},
    "mcp:monitoring": {
        "monitor": "pod-monitor",
        "rules": "prometheus-rule",
        "exporters": ["kube-state-metrics", "argo-rollouts", "probe"],
    },
}
"""Requests alone, in a Rollout of Argo Rollouts."""


COLOURED: dict[str, Any] = {
    "mcp:region": {"name": "us-south", "namespace": "shop-south"},
    "mcp:server": {
        "image": "registry.example/orders:1.2.0",
        "name": "orders",
        "healthPath": "/healthz",
        "rollout": {"strategy": "BlueGreen", "blueGreen": {"greenImage": "registry.example/orders:1.3.0"}},
    },
    "mcp:workload": {"dailyUsers": 500},
    "mcp:edge": {"host": "mcp.example.com", "implementation": "envoy-gateway"},
    "mcp:scaling": {"minReplicas": 2, "maxReplicas": 4},
    "mcp:monitoring": {
        "monitor": "pod-monitor",
        "rules": "prometheus-rule",
        "exporters": ["kube-state-metrics"],
    },
}
"""Requests alone, with green as the colour that clients do not reach yet."""


@cache
def pooled() -> RegionPlan:
    """The plan of the first."""
    return plan_region(load_stack(POOLED, where="stack"), rehearse=False)


@cache
def direct() -> RegionPlan:
    """The plan of the second."""
    return plan_region(load_stack(DIRECT, where="stack"), rehearse=False)


@cache
def stateful() -> RegionPlan:
    """The second with the probe from outside."""
    values = deepcopy(DIRECT)
    values["mcp:monitoring"]["exporters"].append("probe")
    return plan_region(load_stack(values, where="stack"), rehearse=False)


@cache
def revised() -> RegionPlan:
    """The plan of the third."""
    return plan_region(load_stack(REVISED, where="stack"), rehearse=False)


@cache
def coloured() -> RegionPlan:
    """The plan of the fourth."""
    return plan_region(load_stack(COLOURED, where="stack"), rehearse=False)


@cache
def switched() -> RegionPlan:
    """The fourth after its switch, with the probe from outside."""
    values = deepcopy(COLOURED)
    values["mcp:server"]["rollout"]["blueGreen"] |= {"active": "green", "retired": values["mcp:server"]["image"]}
    values["mcp:monitoring"]["exporters"].append("probe")
    return plan_region(load_stack(values, where="stack"), rehearse=False)


def watched_in(plan: RegionPlan) -> Watched:
    """What the rules of its first server know; of two colours those of the idle one."""
    args = wiring.monitoring_args(plan.first, plan.first.namespace, plan.shared, plan.first.idle)
    return watched(args, plan.first.namespace)
