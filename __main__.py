"""The stack program: settings, region, exports. Everything else is in components/."""

import sys
from pathlib import Path

import pulumi

sys.path.insert(0, str(Path(__file__).resolve().parent / "components"))

from pulumi_kubernetes_mcp import McpRegion  # noqa: E402 - the path above makes `pulumi install` enough
from pulumi_kubernetes_mcp.settings import arguments_from_settings, load_settings, read_pulumi_config  # noqa: E402
from pulumi_kubernetes_mcp.stack import inspect  # noqa: E402

stack = f"Stack {pulumi.get_stack()}"
settings = load_settings(read_pulumi_config(), where=stack)
inspect(settings).raise_errors(stack)
region = McpRegion("mcp", arguments_from_settings(settings))

pulumi.export("url", region.url)
pulumi.export("namespace", region.namespace)
pulumi.export("service", region.service_name)
pulumi.export("minReplicas", region.min_replicas)
pulumi.export("maxReplicas", region.max_replicas)
pulumi.export("plannedSessions", region.planned_sessions)
