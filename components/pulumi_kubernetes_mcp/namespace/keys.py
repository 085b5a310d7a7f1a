"""What a program may say to McpNamespace."""

from typing import Annotated

from pydantic import Field

from ..kubernetes.keys import AcceptKeys
from ..settings.amounts import Amount, Memory
from ..settings.fields import Group, LabelValue, Text, same
from ..settings.keys.patches import NamespacePatchKeys
from ..settings.keys.place import EnvironmentKeys, NamespaceModeKeys, OperatorKeys, PlatformKeys, ResolverKeys
from ..settings.names import ResourceName


class Quota(Group):
    """What all pods of the namespace may request together."""

    cpu: Amount
    """Sum of CPU requests, such as '40'. Plain, because it is checked against the plan at preview."""
    memory: Amount
    """Sum of memory requests, such as '64Gi'."""
    pods: Annotated[int, Field(ge=1, le=1_000_000_000)]
    """Number of pods."""
    extended_resources: dict[ResourceName, Annotated[int, Field(ge=0, le=1_000_000_000)]] = {}
    """Extended resources by name, such as nvidia.com/gpu: 8. What is not named is not limited."""
    hugepages2_mi: Memory | None = None
    """Memory in huge pages of 2 MiB, such as '1Gi'. Left out: not limited."""
    hugepages1_gi: Memory | None = None
    """Memory in huge pages of 1 GiB, such as '8Gi'. Left out: not limited."""


class NamespaceKeys(NamespacePatchKeys, AcceptKeys, OperatorKeys, NamespaceModeKeys, ResolverKeys, PlatformKeys):
    """Arguments of McpNamespace."""

    namespace: Text | None = None
    """Name of the namespace, a DNS label. Derived: the name of the component."""
    environment: LabelValue = same(EnvironmentKeys, "environment")
    """Environment for the label 'kubernetes-mcp/environment'; any word, since nothing else follows from it here."""
    quota: Quota | None = None
    """Limit on the sum of requests; room for the greatest number of pods and a rollout's surge."""
