"""Keys that several components share. Quantities, ports and counts are plain values: the preview has to add them up.
What only names something (image, host, Secret, namespace) may be an Output."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from ..settings.amounts import Amount, ContainerResource
from ..settings.fields import DataKey, EnvName, Group, Label, LabelValue, Namespace, RuleCode
from ..settings.keys.network import EgressKeys, Opening

AwaitSeconds = Annotated[int, Field(ge=1, le=86_400)]
"""How long the engine waits for an object at most, in seconds."""


class AcceptKeys(Group):
    """What a program lives with."""

    accept: dict[RuleCode, str] = {}
    """Codes or names of warnings that are accepted, each with its reason."""


class Resources(Group):
    """Resources of a container, as Kubernetes writes them."""

    requests: dict[ContainerResource, Amount] = {"cpu": "500m", "memory": "192Mi", "ephemeral-storage": "64Mi"}
    """What the scheduler reserves: 'cpu', 'memory', 'ephemeral-storage', 'hugepages-2Mi', 'hugepages-1Gi' to a
    quantity; a number of 'cpu' is one of cores. The default is half a core, and memory for about fifty light sessions;
    a plan knows better, see McpRegion."""
    limits: dict[ContainerResource, Amount] = {"cpu": "1", "memory": "256Mi", "ephemeral-storage": "256Mi"}
    """What the kernel enforces, in the same form."""


class SecretEnv(Group):
    """One environment variable that is read from a Secret."""

    variable: EnvName
    """Name of the environment variable."""
    key: DataKey
    """Key of the Secret."""


class Egress(EgressKeys):
    """One destination that pods may connect to."""

    workload: Namespace | None = None
    """Name of a workload of the same namespace, instead of address ranges."""
    component: LabelValue = "pooler"
    """Component label of that workload."""

    def peers(self) -> Sequence[str]:
        """The keys that say what is on the other side; exactly one may be given."""
        return (*super().peers(), "workload")


class IngressFrom(Opening):
    """One origin that may connect to the pods."""

    namespace: Namespace | None = None  # type: ignore[assignment]  # A program may not know it yet.
    """Namespace whose pods may connect; all of them without `pod_labels`."""
    workload: Namespace | None = None
    """Name of a workload of the same namespace that may connect, instead of a namespace."""
    component: LabelValue = "server"
    """Component label of that workload."""
    name: Label | None = None
    """End of the name of a NetworkPolicy of its own, a DNS label; origins of one name share it. What changes its name
    is open before the old one closes. Left out: a rule of the workload's own NetworkPolicy."""

    def peers(self) -> Sequence[str]:
        """The keys that say what is on the other side; exactly one may be given."""
        return (*super().peers(), "workload")
