"""Keys that several components share. Quantities, ports and counts are plain values: the preview has to add them up.
What only names something (image, host, Secret, namespace) may be an Output."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from ..settings.fields import Cidr, DataKey, EnvName, Filled, Group, Label, LabelValue, Namespace, Port, RuleCode

AwaitSeconds = Annotated[int, Field(ge=1, le=86_400)]
"""How long the engine waits for an object at most, in seconds."""


class AcceptKeys(Group):
    """What a program lives with."""

    accept: dict[RuleCode, str] = {}
    """Codes or names of warnings that are accepted, each with its reason."""


class Resources(Group):
    """Resources of a container, as Kubernetes writes them."""

    requests: dict[str, Filled] = {"cpu": "500m", "memory": "192Mi", "ephemeral-storage": "64Mi"}
    """What the scheduler reserves: 'cpu', 'memory', 'ephemeral-storage' to a quantity. The default is half a core, and
    memory for about fifty light sessions; a plan knows better, see McpRegion."""
    limits: dict[str, Filled] = {"cpu": "1", "memory": "256Mi", "ephemeral-storage": "256Mi"}
    """What the kernel enforces, in the same form."""


class SecretEnv(Group):
    """One environment variable that is read from a Secret."""

    variable: EnvName
    """Name of the environment variable."""
    key: DataKey
    """Key of the Secret."""


class Egress(Group):
    """One destination that pods may connect to."""

    port: Port
    """TCP port."""
    cidrs: list[Cidr] | None = None
    """Address ranges of the destination."""
    workload: Namespace | None = None
    """Name of a workload of the same namespace, instead of address ranges."""
    component: LabelValue = "pooler"
    """Component label of that workload."""

    @model_validator(mode="after")
    def _names_one_peer(self) -> Self:
        _exactly_one(self, "cidrs", "workload")
        return self


class IngressFrom(Group):
    """One origin that may connect to the pods."""

    port: Port
    """TCP port of the pods."""
    namespace: Namespace | None = None
    """Namespace whose pods may connect."""
    cidrs: list[Cidr] | None = None
    """Address ranges that may connect, instead of a namespace."""
    workload: Namespace | None = None
    """Name of a workload of the same namespace that may connect, instead of a namespace."""
    component: LabelValue = "server"
    """Component label of that workload."""
    name: Label | None = None
    """End of the name of a NetworkPolicy of its own, a DNS label; origins of one name share it. What changes its name
    is open before the old one closes. Left out: a rule of the workload's own NetworkPolicy."""

    @model_validator(mode="after")
    def _names_one_peer(self) -> Self:
        _exactly_one(self, "namespace", "cidrs", "workload")
        return self


def _exactly_one(group: Group, *names: str) -> None:
    given = [name for name in names if getattr(group, name) is not None]
    if len(given) != 1:
        listed = ", ".join(names)
        wrong = f"it has {' and '.join(given)}" if given else f"it has none of {listed}"
        raise ValueError(f"{wrong}: give exactly one of {listed}")
