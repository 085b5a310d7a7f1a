"""The stack program: configuration to settings, settings to a region, the region to stack outputs."""

import pulumi

from .region import McpRegion
from .region_plan import inspect, load
from .settings import arguments_from_settings, read_pulumi_config


def run() -> McpRegion:
    """Deploy what the stack's configuration says. Registers nothing if anything in it is wrong.

    :raises SettingsError: with every mistake of the configuration.
    :raises FindingsError: with everything that is written correctly and cannot work.
    """
    stack = f"Stack {pulumi.get_stack()}"
    settings = load(read_pulumi_config(), where=stack)
    # Errors stop everything before anything is registered; warnings are the region's to say.
    inspect(settings, rehearse=False).raise_errors(stack)
    region = McpRegion("mcp", arguments_from_settings(settings))
    pulumi.export("url", region.url)
    pulumi.export("namespace", region.namespace)
    pulumi.export("service", region.service_name)
    pulumi.export("minReplicas", region.min_replicas)
    pulumi.export("maxReplicas", region.max_replicas)
    pulumi.export("plannedSessions", region.planned_sessions)
    return region
