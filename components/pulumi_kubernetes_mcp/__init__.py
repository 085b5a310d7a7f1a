"""Pulumi components that run Model Context Protocol servers on Kubernetes.

Importing this package is cheap: a component and the Kubernetes SDK are loaded when the component is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .arguments.autoscaling.keys import McpAutoscalingArgs
    from .arguments.checked import ArgumentsError
    from .arguments.ingress import McpIngressArgs
    from .arguments.namespace import McpNamespaceArgs
    from .arguments.pooler import McpPgBouncerArgs
    from .arguments.region import McpRegionArgs
    from .arguments.secrets import McpSecretsArgs
    from .arguments.service import McpServiceArgs
    from .autoscaling import McpAutoscaling
    from .ingress import McpIngress
    from .inputs import FindingsError
    from .namespace import McpNamespace
    from .pooler import McpPgBouncer
    from .region import McpRegion
    from .secrets import McpSecrets
    from .service import McpService
    from .settings.problems import SettingsError

_HOMES = {
    "ArgumentsError": "arguments.checked",
    "FindingsError": "inputs",
    "McpAutoscaling": "autoscaling",
    "McpAutoscalingArgs": "arguments.autoscaling.keys",
    "McpIngress": "ingress",
    "McpIngressArgs": "arguments.ingress",
    "McpNamespace": "namespace",
    "McpNamespaceArgs": "arguments.namespace",
    "McpPgBouncer": "pooler",
    "McpPgBouncerArgs": "arguments.pooler",
    "McpRegion": "region",
    "McpRegionArgs": "arguments.region",
    "McpSecrets": "secrets",
    "McpSecretsArgs": "arguments.secrets",
    "McpService": "service",
    "McpServiceArgs": "arguments.service",
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
