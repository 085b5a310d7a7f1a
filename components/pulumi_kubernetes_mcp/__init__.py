"""Pulumi components that run Model Context Protocol servers on Kubernetes.

Importing this package is cheap: a component and the Kubernetes SDK are loaded when the component is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .autoscaling.component import McpAutoscaling
    from .edge.component import McpIngress
    from .inputs.checked import ArgumentsError
    from .inputs.outputs import FindingsError
    from .namespace.component import McpNamespace
    from .pooler.component import McpPgBouncer
    from .region import McpRegion
    from .secrets.component import McpSecrets
    from .server.component import McpService
    from .settings.problems import SettingsError
    from .types.autoscaling import McpAutoscalingArgs, McpAutoscalingServerArgs
    from .types.edge import McpIngressArgs, McpIngressServerArgs
    from .types.namespace import McpNamespaceArgs
    from .types.pooler import McpPgBouncerArgs
    from .types.region import McpRegionArgs, McpRegionServerArgs
    from .types.secrets import McpSecretsArgs
    from .types.server import McpServiceArgs

_HOMES = {
    "ArgumentsError": "inputs.checked",
    "FindingsError": "inputs.outputs",
    "McpAutoscaling": "autoscaling.component",
    "McpAutoscalingArgs": "types.autoscaling",
    "McpAutoscalingServerArgs": "types.autoscaling",
    "McpIngress": "edge.component",
    "McpIngressArgs": "types.edge",
    "McpIngressServerArgs": "types.edge",
    "McpNamespace": "namespace.component",
    "McpNamespaceArgs": "types.namespace",
    "McpPgBouncer": "pooler.component",
    "McpPgBouncerArgs": "types.pooler",
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
    "McpIngress",
    "McpIngressArgs",
    "McpIngressServerArgs",
    "McpNamespace",
    "McpNamespaceArgs",
    "McpPgBouncer",
    "McpPgBouncerArgs",
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
