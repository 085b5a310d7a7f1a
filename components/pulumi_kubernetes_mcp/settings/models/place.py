"""Where a stack runs, who may look at it, and what is accepted of it."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from ..amounts import Cpu, Memory
from ..fields import Cidr, Count, Group, Label, Namespace, Port, RuleCode
from ..keys.monitoring import AlertKeys, MonitoringPatchKeys, ScrapeKeys
from ..keys.patches import NamespacePatchKeys
from ..keys.place import (
    ClusterKeys,
    EnvironmentKeys,
    MeshKeys,
    NamespaceModeKeys,
    OperatorKeys,
    PlatformKeys,
    PodPolicyKeys,
    ResolverKeys,
)
from ..names import ResourceName


class Quota(Group):
    """A limit on the namespace that the platform imposes. Left out, the quota is derived from the maximum."""

    cpu: Cpu
    """Sum of CPU requests that the namespace may hold, such as '40'."""
    memory: Memory
    """Sum of memory requests that the namespace may hold, such as '64Gi'."""
    pods: Annotated[int, Field(ge=1, le=1_000_000_000)]
    """Number of pods that the namespace may hold."""
    extended_resources: dict[ResourceName, Count] = {}
    """Devices by name that the namespace may hold, such as nvidia.com/gpu: 8. What is not named is not limited."""
    hugepages2_mi: Memory | None = None
    """Memory in huge pages of 2 MiB that the namespace may hold, such as '1Gi'. Left out: not limited."""
    hugepages1_gi: Memory | None = None
    """Memory in huge pages of 1 GiB that the namespace may hold, such as '8Gi'. Left out: not limited."""


class RegionSettings(
    NamespacePatchKeys,
    OperatorKeys,
    MeshKeys,
    PodPolicyKeys,
    NamespaceModeKeys,
    ResolverKeys,
    PlatformKeys,
    ClusterKeys,
    EnvironmentKeys,
):
    """Where this stack runs."""

    name: Label
    """Name of the region, a DNS label such as 'us-east'."""
    namespace: Label | None = None
    """Namespace that the stack creates. Derived from the environment and the region, such as 'mcp-prod-us-east', so
    that no two stacks meet in one namespace even where regions share a cluster."""
    zones: Annotated[int, Field(ge=1, le=10)] = 3
    """Number of availability zones that the cluster's nodes are spread over."""
    node_cidrs: list[Cidr] = []
    """Address ranges of the nodes, for network plugins that filter kubelet probes too; most exempt them."""
    quota: Quota | None = None
    """Limit that the platform imposes on the namespace. Left out, it is derived from the maximum plus surge."""

    @model_validator(mode="after")
    def _opens_what_it_closes(self) -> Self:
        if not self.pod_policies and self.has("policies"):
            raise ValueError(
                "`pod_policies` is false, and `namespace_objects` with 'policies' closes the namespace for all pods, "
                "so that nobody could connect: give `namespace_objects` without 'policies'"
            )
        return self


class MonitoringSettings(MonitoringPatchKeys, AlertKeys, ScrapeKeys):
    """Who reads the server's metrics, and how."""

    namespace: Namespace = "monitoring"
    """Namespace of Prometheus; the only one that may connect to the metrics port."""
    port: Port | None = None
    """Port of the server's metrics. Derived: the server's port."""


class Acceptance(Group):
    """A warning that this stack lives with."""

    code: RuleCode
    """Code of the warning, such as 'MCP309', or its name, such as 'unknown-controller'."""
    reason: Annotated[str, Field(min_length=10)]
    """Why it is acceptable here, for the next reader."""


OBJECT_SECONDS = 300
"""A controller that runs answers in seconds, one that starts with the cluster in minutes."""
LEAST_ROLLOUT_SECONDS = 600
"""A rollout pulls images and waits for its slowest pod; as long as Kubernetes gives one by itself."""


class AwaitSettings(Group):
    """What a deployment waits for before it counts as done."""

    custom_resources: bool = True
    """Wait until ExternalSecret and ScaledObject report Ready; off only where their controllers do not run."""
    edge: bool = False
    """Wait until the Gateway accepts the HTTPRoute, or the Ingress has an address; not every controller says so."""
    timeout_seconds: Annotated[int, Field(ge=10, le=3600)] | None = None
    """How long to wait for one object, in seconds; pods of the server have what their rollout may take, 600 at least.
    Derived: 300, and 600 for the rollout of a pooler or of the probe, which pulls images."""

    @property
    def object_seconds(self) -> int:
        """How long to wait for a custom resource or for a route."""
        return OBJECT_SECONDS if self.timeout_seconds is None else self.timeout_seconds

    @property
    def rollout_seconds(self) -> int:
        """How long to wait for the pods of a pooler or of the probe."""
        return LEAST_ROLLOUT_SECONDS if self.timeout_seconds is None else self.timeout_seconds
