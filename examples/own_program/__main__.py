"""An MCP server in a program of your own: three components that take each other, and no settings."""

import pulumi
import pulumi_kubernetes as k8s

from pulumi_kubernetes_mcp import McpAutoscaling, McpIngress, McpService

GATEWAY_NAMESPACE = "gateway-system"
# The Gateway is in one namespace, the proxies that Envoy Gateway runs for it in another.
PROXY_NAMESPACE = "envoy-gateway-system"

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
    image=pulumi.Output.concat(config.require("image"), ":", config.require("tag")),
    namespace=namespace,
    health_path="/healthz",
    resources={
        "requests": {"cpu": "500m", "memory": "256Mi", "ephemeral-storage": "64Mi"},
        "limits": {"cpu": "1", "memory": "512Mi", "ephemeral-storage": "256Mi"},
    },
    allow_from=[{"port": 8000, "namespace": PROXY_NAMESPACE}],
)
# What the server says once (its name and namespace, its eras, path, minimum and drain) follows from it here.
scaler = McpAutoscaling("search", server=server, max_replicas=8)
route = McpIngress(
    "search",
    server=server,
    autoscaling=scaler,
    host=config.require("host"),
    gateway_namespace=GATEWAY_NAMESPACE,
    implementation="envoy-gateway",
)

pulumi.export("url", route.url)
pulumi.export("namespace", namespace)
