"""Argument types that several components share. Quantities, ports and counts are plain values: the preview has
to add them up. What only names something (image, host, Secret, namespace) may be an Output."""

from collections.abc import Mapping
from typing import NotRequired, TypedDict

import pulumi


class ResourcesArgs(TypedDict):
    """Resources of a container, as Kubernetes writes them."""

    requests: NotRequired[Mapping[str, str]]
    """What the scheduler reserves: 'cpu', 'memory', 'ephemeral-storage' to a quantity."""
    limits: NotRequired[Mapping[str, str]]
    """What the kernel enforces, in the same form."""


class SecretEnvArgs(TypedDict):
    """One environment variable that is read from a Secret."""

    variable: str
    """Name of the environment variable."""
    key: str
    """Key of the Secret."""


class EgressArgs(TypedDict):
    """One destination that pods may connect to."""

    port: int
    """TCP port."""
    cidrs: NotRequired[list[str]]
    """Address ranges of the destination."""
    workload: NotRequired[pulumi.Input[str]]
    """Name of a workload of the same namespace, instead of address ranges."""
    component: NotRequired[str]
    """Component label of that workload. Default: pooler."""


class IngressFromArgs(TypedDict):
    """One origin that may connect to the pods."""

    port: int
    """TCP port of the pods."""
    namespace: NotRequired[pulumi.Input[str]]
    """Namespace whose pods may connect."""
    cidrs: NotRequired[list[str]]
    """Address ranges that may connect, instead of a namespace."""
    workload: NotRequired[pulumi.Input[str]]
    """Name of a workload of the same namespace that may connect, instead of a namespace."""
    component: NotRequired[str]
    """Component label of that workload. Default: server."""
    name: NotRequired[str]
    """End of the name of a NetworkPolicy of its own, a DNS label; origins of one name share it. What changes its name
    is open before the old one closes. Default: a rule of the workload's own NetworkPolicy."""
