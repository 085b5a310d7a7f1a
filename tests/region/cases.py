"""McpRegion in the tests that look at every component: what it makes, and ways to use it."""

from __future__ import annotations

from tests.components.case import Case
from tests.components.regions import REGIONS

CHILDREN = {
    "extra-<object>": "kubernetes:core/v1:ConfigMap",
    "<server>-autoscaling": "kubernetes-mcp:index:McpAutoscaling",
    "<server>-ingress": "kubernetes-mcp:index:McpIngress",
    "<server>-preview": "kubernetes-mcp:index:McpIngress",
    "<server>-monitoring": "kubernetes-mcp:index:McpMonitoring",
    "<server>-chaos": "kubernetes-mcp:index:McpChaos",
    "<server>-load-test": "kubernetes-mcp:index:McpLoadTest",
    "namespace": "kubernetes-mcp:index:McpNamespace",
    "pooler": "kubernetes-mcp:index:McpPgBouncer",
    "probe": "kubernetes-mcp:index:McpProbe",
    "secrets": "kubernetes-mcp:index:McpSecrets",
    "<server>-service": "kubernetes-mcp:index:McpService",
}
"""Children by what their names have behind the component's: a change needs an alias and a line in CHANGELOG.md."""

CASES = (*(Case("McpRegion", variant, args) for variant, args in REGIONS.items()),)
