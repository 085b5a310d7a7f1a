"""Pulumi components that run Model Context Protocol servers on Kubernetes.

Importing this package is cheap: a component and the Kubernetes SDK are loaded when the component is first used.
Generated from the slices: `python -m tools.argument_types --write`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .autoscaling.component import McpAutoscaling
    from .chaos_runner.component import McpChaos
    from .edge.component import McpIngress
    from .inputs.checked import ArgumentsError
    from .inputs.outputs import FindingsError
    from .load_test.component import McpLoadTest
    from .monitoring.component import McpMonitoring
    from .namespace.component import McpNamespace
    from .pooler.component import McpPgBouncer
    from .probe_runner.component import McpProbe
    from .region import McpRegion
    from .secrets.component import McpSecrets
    from .server.component import McpService
    from .settings.problems import SettingsError
    from .types.autoscaling import McpAutoscalingArgs, McpAutoscalingServerArgs
    from .types.chaos_runner import McpChaosArgs
    from .types.edge import McpIngressArgs, McpIngressServerArgs
    from .types.load_test import McpLoadTestArgs
    from .types.monitoring import McpMonitoringArgs
    from .types.namespace import McpNamespaceArgs
    from .types.pooler import McpPgBouncerArgs
    from .types.probe_runner import McpProbeArgs
    from .types.region import McpRegionArgs, McpRegionServerArgs
    from .types.secrets import McpSecretsArgs
    from .types.server import McpServiceArgs

_HOMES = {
    "ArgumentsError": "inputs.checked",
    "FindingsError": "inputs.outputs",
    "McpAutoscaling": "autoscaling.component",
    "McpAutoscalingArgs": "types.autoscaling",
    "McpAutoscalingServerArgs": "types.autoscaling",
    "McpChaos": "chaos_runner.component",
    "McpChaosArgs": "types.chaos_runner",
    "McpIngress": "edge.component",
    "McpIngressArgs": "types.edge",
    "McpIngressServerArgs": "types.edge",
    "McpLoadTest": "load_test.component",
    "McpLoadTestArgs": "types.load_test",
    "McpMonitoring": "monitoring.component",
    "McpMonitoringArgs": "types.monitoring",
    "McpNamespace": "namespace.component",
    "McpNamespaceArgs": "types.namespace",
    "McpPgBouncer": "pooler.component",
    "McpPgBouncerArgs": "types.pooler",
    "McpProbe": "probe_runner.component",
    "McpProbeArgs": "types.probe_runner",
    "McpRegion": "region",
    "McpRegionArgs": "types.region",
    "McpRegionServerArgs": "types.region",
    "McpSecrets": "secrets.component",
    "McpSecretsArgs": "types.secrets",
    "McpService": "server.component",
    "McpServiceArgs": "types.server",
    "SettingsError": "settings.problems",
}

__all__ = [
    "ArgumentsError",
    "FindingsError",
    "McpAutoscaling",
    "McpAutoscalingArgs",
    "McpAutoscalingServerArgs",
    "McpChaos",
    "McpChaosArgs",
    "McpIngress",
    "McpIngressArgs",
    "McpIngressServerArgs",
    "McpLoadTest",
    "McpLoadTestArgs",
    "McpMonitoring",
    "McpMonitoringArgs",
    "McpNamespace",
    "McpNamespaceArgs",
    "McpPgBouncer",
    "McpPgBouncerArgs",
    "McpProbe",
    "McpProbeArgs",
    "McpRegion",
    "McpRegionArgs",
    "McpRegionServerArgs",
    "McpSecrets",
    "McpSecretsArgs",
    "McpService",
    "McpServiceArgs",
    "SettingsError",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)


def __dir__() -> list[str]:
    return __all__
