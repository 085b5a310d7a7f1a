"""The stack program: configuration to settings, settings to a plan, the plan to a region and stack outputs."""

import pulumi

from .region import McpRegion
from .region_plan import PLANNED, load, plan_region
from .settings import Sources, project_directory, read_pulumi_config, read_sources
from .target import KEYS, Target, target_of


def run() -> McpRegion:
    """Deploy what the stack's configuration says. Registers nothing if anything in it is wrong.

    :raises SettingsError: with every mistake of the configuration.
    :raises FindingsError: with everything that is written correctly and cannot work.
    """
    where = f"Stack {pulumi.get_stack()}"
    # Without the rehearsal, which only warns: 'mcp-stack check' and 'make preview' play it.
    directory = project_directory()
    sources = read_sources(directory, pulumi.get_stack()) if directory.is_absolute() else Sources()
    settings = load(read_pulumi_config(sources), where=where, directory=directory, sources=sources)
    planned = PLANNED.get()
    plan = (planned and planned.readable(settings)) or plan_region(settings, rehearse=False, target=_target())
    plan.raise_errors(where)
    region = McpRegion.planned("mcp", plan)
    pulumi.export("url", region.url)
    pulumi.export("namespace", region.namespace)
    pulumi.export("service", region.service_name)
    pulumi.export("minReplicas", region.min_replicas)
    pulumi.export("maxReplicas", region.max_replicas)
    pulumi.export("plannedSessions", region.planned_sessions)
    if plan.stack.many:
        pulumi.export("urls", region.urls)
        pulumi.export("services", region.service_names)
    return region


def _target() -> Target:
    """Which cluster the configuration says that this stack is for; Pulumi has read the environments of ESC by now."""
    given = pulumi.Config("kubernetes")
    return target_of({key: given.get(key.partition(":")[2]) for key in KEYS})
