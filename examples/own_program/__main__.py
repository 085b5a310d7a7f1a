"""An MCP server in a program of your own: three components, no settings, Outputs for what comes from elsewhere."""

import pulumi
import pulumi_kubernetes as k8s

from pulumi_kubernetes_mcp import McpAutoscaling, McpIngress, McpService

GATEWAY_NAMESPACE = "gateway-system"
MIN_REPLICAS, MAX_REPLICAS = 2, 8
REQUESTS = {"cpu": "500m", "memory": "256Mi", "ephemeral-storage": "64Mi"}
LIMITS = {"cpu": "1", "memory": "512Mi", "ephemeral-storage": "256Mi"}

config = pulumi.Config()

# The namespace is this program's own. Each stack has another one; a name from the engine would be forgotten with an
# interrupted first update, and the namespace left behind.
namespace = k8s.core.v1.Namespace(
    "shop",
    metadata={
        "name": f"shop-{pulumi.get_stack()}",
        "labels": {"pod-security.kubernetes.io/enforce": "restricted"},
    },
).metadata.name

server = McpService(
    "search",
    {
        "image": pulumi.Output.concat(config.require("image"), ":", config.require("tag")),
        "namespace": namespace,
        "health_path": "/healthz",
        "min_replicas": MIN_REPLICAS,
        "resources": {"requests": REQUESTS, "limits": LIMITS},
        "allow_from": [{"port": 8000, "namespace": GATEWAY_NAMESPACE}],
    },
)
McpAutoscaling(
    "search",
    {
        "namespace": namespace,
        "target": server.deployment_name,
        "min_replicas": MIN_REPLICAS,
        "max_replicas": MAX_REPLICAS,
        "requests": REQUESTS,
    },
)
route = McpIngress(
    "search",
    {
        "namespace": namespace,
        "host": config.require("host"),
        "service_name": server.service_name,
        "max_replicas": MAX_REPLICAS,
        "gateway_namespace": GATEWAY_NAMESPACE,
        "implementation": "envoy-gateway",
    },
)

pulumi.export("url", route.url)
pulumi.export("namespace", namespace)
