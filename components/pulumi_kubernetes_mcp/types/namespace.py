"""Arguments of McpNamespace.

Generated from the declarations of the keys: `python -m tools.argument_types --write`.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypedDict

import pulumi

from .shared import PatchArgs

if TYPE_CHECKING:
    NamespacePlatform = Literal["generic", "gke", "gke-autopilot", "eks", "aks", "openshift", "kind", "k3s"]
    NamespaceNamespaceObjects = Literal["policies", "limits", "quota"]
    Quantity = str | float
else:
    NamespacePlatform = str
    NamespaceNamespaceObjects = str
    Quantity = Any


class QuotaArgs(TypedDict):
    """What all pods of the namespace may request together."""

    cpu: Quantity
    """Sum of CPU requests, such as '40'. Plain, because it is checked against the plan at preview."""
    memory: Quantity
    """Sum of memory requests, such as '64Gi'."""
    pods: int
    """Number of pods."""
    extended_resources: NotRequired[Mapping[str, int]]
    """Extended resources by name, such as nvidia.com/gpu: 8. What is not named is not limited. Default: none."""
    hugepages2_mi: NotRequired[str]
    """Memory in huge pages of 2 MiB, such as '1Gi'. Left out: not limited."""
    hugepages1_gi: NotRequired[str]
    """Memory in huge pages of 1 GiB, such as '8Gi'. Left out: not limited."""


class ResolverArgs(TypedDict):
    """Where pods ask for names, by UDP and TCP."""

    namespace: NotRequired[str]
    """Namespace of the resolver's pods. Default: none."""
    pod_labels: NotRequired[Mapping[str, str]]
    """Their labels. Left out: all pods of namespace. Default: none."""
    cidrs: NotRequired[list[str]]
    """Addresses of resolvers that are no pods, such as those on the node. Default: none."""
    port: NotRequired[int]
    """Port that they listen on, behind the address of the Service. Default: 53."""


class McpNamespaceArgs(TypedDict):
    """Arguments of McpNamespace."""

    namespace: NotRequired[pulumi.Input[str]]
    """Name of the namespace, a DNS label. Derived: the name of the component."""
    environment: NotRequired[str]
    """Environment for the label 'kubernetes-mcp/environment'; any word, since nothing else follows from it here.
    Default: 'production'."""
    quota: NotRequired[QuotaArgs]
    """Limit on the sum of requests; room for the greatest number of pods and a rollout's surge. Default: none."""
    platform: NotRequired[NamespacePlatform]
    """Kind of cluster, for what differs there: resolvers, workload identity, when images are pulled. 'generic', the
    default, has the resolvers of most clusters. Default: 'generic'."""
    resolvers: NotRequired[list[ResolverArgs]]
    """Resolvers that pods may ask, instead of those of the platform. Derived: of platform; CoreDNS in kube-system and
    NodeLocal DNSCache at 169.254.20.10 for most."""
    create_namespace: NotRequired[bool]
    """Whether the namespace is made. With false it exists, and belongs to the platform: nothing of it is changed. Do
    not switch it off for a namespace that the stack has made: that deletes it. Default: true."""
    namespace_objects: NotRequired[list[NamespaceNamespaceObjects]]
    """What is put into the namespace: 'policies' closes it for all pods but for DNS, 'limits' are defaults for
    containers that name none, 'quota' is the ResourceQuota. Derived: all in a namespace that is made, none in one that
    exists; a server closes its own pods all the same, unless pod_policies is false."""
    operators: NotRequired[list[str]]
    """Groups (as the cluster's identity provider names them) that may read the namespace and delete pods. Default:
    none."""
    accept: NotRequired[Mapping[str, str]]
    """Codes or names of warnings that are accepted, each with its reason. Default: none."""
    patches: NotRequired[list[PatchArgs]]
    """Patches of the namespace and of what is in it for all: quota, limits, policies, roles. Default: none."""


HELP = """The keys, as a mapping or as keywords. 'Output' says that a value may come later.

namespace: str or Output
    Name of the namespace, a DNS label. Derived: the name of the component.

environment: str
    Environment for the label 'kubernetes-mcp/environment'; any word, since nothing else follows
    from it here. Default: 'production'.

quota: group
    Limit on the sum of requests; room for the greatest number of pods and a rollout's surge.
    Default: none.

quota.cpu: str, required
    Sum of CPU requests, such as '40'. Plain, because it is checked against the plan at preview.

quota.memory: str, required
    Sum of memory requests, such as '64Gi'.

quota.pods: int, required
    Number of pods.

quota.extended_resources: mapping of str to int
    Extended resources by name, such as nvidia.com/gpu: 8. What is not named is not limited.
    Default: none.

quota.hugepages2_mi: str
    Memory in huge pages of 2 MiB, such as '1Gi'. Left out: not limited.

quota.hugepages1_gi: str
    Memory in huge pages of 1 GiB, such as '8Gi'. Left out: not limited.

platform: 'generic' | 'gke' | 'gke-autopilot' | 'eks' | 'aks' | 'openshift' | 'kind' | 'k3s'
    Kind of cluster, for what differs there: resolvers, workload identity, when images are pulled.
    'generic', the default, has the resolvers of most clusters. Default: 'generic'.

resolvers: list of group
    Resolvers that pods may ask, instead of those of the platform. Derived: of platform; CoreDNS in
    kube-system and NodeLocal DNSCache at 169.254.20.10 for most.

resolvers[].namespace: str
    Namespace of the resolver's pods. Default: none.

resolvers[].pod_labels: mapping of str to str
    Their labels. Left out: all pods of namespace. Default: none.

resolvers[].cidrs: list of str
    Addresses of resolvers that are no pods, such as those on the node. Default: none.

resolvers[].port: int
    Port that they listen on, behind the address of the Service. Default: 53.

create_namespace: bool
    Whether the namespace is made. With false it exists, and belongs to the platform: nothing of it
    is changed. Do not switch it off for a namespace that the stack has made: that deletes it.
    Default: true.

namespace_objects: list of 'policies' | 'limits' | 'quota'
    What is put into the namespace: 'policies' closes it for all pods but for DNS, 'limits' are
    defaults for containers that name none, 'quota' is the ResourceQuota. Derived: all in a
    namespace that is made, none in one that exists; a server closes its own pods all the same,
    unless pod_policies is false.

operators: list of str
    Groups (as the cluster's identity provider names them) that may read the namespace and delete
    pods. Default: none.

accept: mapping of str to str
    Codes or names of warnings that are accepted, each with its reason. Default: none.

patches: list of group
    Patches of the namespace and of what is in it for all: quota, limits, policies, roles. Default:
    none.

patches[].kind: str, required
    Kind of the object, such as 'Deployment' or 'Service'; 'Pod' is the template of its pods.

patches[].name: str
    Name of the object. Left out: all objects of the kind that the component makes.

patches[].patch: mapping of str to anything, required
    What is changed, in the fields of Kubernetes: a strategic merge patch for its own kinds (lists
    are merged by the keys of its API; `$patch` and its other directives are understood), a JSON
    merge patch for custom resources.
"""
"""What help() shows of the constructor."""
