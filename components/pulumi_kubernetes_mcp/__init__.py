"""Pulumi components that run Model Context Protocol servers on Kubernetes.

Importing this package is cheap: a component and the Kubernetes SDK are loaded when the component is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .autoscaling.args.keys import McpAutoscalingArgs
    from .autoscaling.component import McpAutoscaling
    from .edge.args import McpIngressArgs
    from .edge.component import McpIngress
    from .inputs.checked import ArgumentsError
    from .inputs.outputs import FindingsError
    from .namespace.args import McpNamespaceArgs
    from .namespace.component import McpNamespace
    from .pooler.args import McpPgBouncerArgs
    from .pooler.component import McpPgBouncer
    from .region import McpRegion
    from .secrets.args import McpSecretsArgs
    from .secrets.component import McpSecrets
    from .server.args import McpServiceArgs
    from .server.component import McpService
    from .settings.problems import SettingsError
    from .types.region import McpRegionArgs

_HOMES = {
    "ArgumentsError": "inputs.checked",
    "FindingsError": "inputs.outputs",
    "McpAutoscaling": "autoscaling.component",
    "McpAutoscalingArgs": "autoscaling.args.keys",
    "McpIngress": "edge.component",
    "McpIngressArgs": "edge.args",
    "McpNamespace": "namespace.component",
    "McpNamespaceArgs": "namespace.args",
    "McpPgBouncer": "pooler.component",
    "McpPgBouncerArgs": "pooler.args",
    "McpRegion": "region",
    "McpRegionArgs": "types.region",
    "McpSecrets": "secrets.component",
    "McpSecretsArgs": "secrets.args",
    "McpService": "server.component",
    "McpServiceArgs": "server.args",
    "SettingsError": "settings.problems",
}

__all__ = [
    "ArgumentsError",
    "FindingsError",
    "McpAutoscaling",
    "McpAutoscalingArgs",
    "McpIngress",
    "McpIngressArgs",
    "McpNamespace",
    "McpNamespaceArgs",
    "McpPgBouncer",
    "McpPgBouncerArgs",
    "McpRegion",
    "McpRegionArgs",
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
