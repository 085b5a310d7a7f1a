"""Keys of the place where a server runs."""

from typing import Literal, Self

from pydantic import model_validator

from ...platforms import PlatformName
from ..fields import Cidr, Filled, Group, Label, Port, Version
from .network import PodLabels

Environment = Literal["production", "staging", "development"]


class EnvironmentKeys(Group):
    """What a namespace is for."""

    environment: Environment = "production"
    """Environment. 'production', the default, is the strictest: at least two replicas, errors where others warn."""


class OperatorKeys(Group):
    """Who is on call."""

    operators: list[Filled] = []
    """Groups (as the cluster's identity provider names them) that may read the namespace and delete pods."""


class PlatformKeys(Group):
    """The kind of cluster."""

    platform: PlatformName = "generic"
    """Kind of cluster, for what differs there: resolvers, workload identity, when images are pulled. 'generic', the
    default, has the resolvers of most clusters."""


class Resolver(Group):
    """Where pods ask for names, by UDP and TCP."""

    namespace: Label | None = None
    """Namespace of the resolver's pods."""
    pod_labels: PodLabels = {}
    """Their labels. Left out: all pods of `namespace`."""
    cidrs: list[Cidr] = []
    """Addresses of resolvers that are no pods, such as those on the node."""
    port: Port = 53
    """Port that they listen on, behind the address of the Service."""

    @model_validator(mode="after")
    def _names_somebody(self) -> Self:
        if self.namespace is None and not self.cidrs:
            raise ValueError("it names nobody: give the `namespace` of the resolver's pods, or cidrs")
        return self


class ResolverKeys(Group):
    """Name resolution."""

    resolvers: list[Resolver] | None = None
    """Resolvers that pods may ask, instead of those of the platform. Derived: of `platform`; CoreDNS in kube-system and
    NodeLocal DNSCache at 169.254.20.10 for most."""


NamespaceObject = Literal["policies", "limits", "quota"]


class NamespaceModeKeys(Group):
    """Whose the namespace is."""

    create_namespace: bool = True
    """Whether the namespace is made. With false it exists, and belongs to the platform: nothing of it is changed.
    Do not switch it off for a namespace that the stack has made: that deletes it."""
    namespace_objects: list[NamespaceObject] | None = None
    """What is put into the namespace: 'policies' closes it for all pods but for DNS, 'limits' are defaults for
    containers that name none, 'quota' is the ResourceQuota. Derived: all in a namespace that is made, none in one that
    exists; a server closes its own pods all the same, unless pod_policies is false."""

    def has(self, what: str) -> bool:
        """Whether the namespace gets some of these objects."""
        return self.create_namespace if self.namespace_objects is None else what in self.namespace_objects


class PodPolicyKeys(Group):
    """Whose the network policies of the pods are."""

    pod_policies: bool = True
    """Whether NetworkPolicies close the pods but for what they need. With false none of ours is made for them: for a
    platform that keeps policies of its own in the namespace, or lets nobody else make any. What is said of who may
    connect to whom opens nothing then."""


Mesh = Literal["none", "istio-ambient", "istio-sidecar"]


class MeshKeys(Group):
    """The service mesh around the pods."""

    mesh: Mesh = "none"
    """Service mesh that the pods are in. 'istio-ambient' opens its tunnel, port 15008, wherever pods may connect, and
    the address that it lets probes of the kubelet come from; 'istio-sidecar' opens the way to istiod and counts the
    proxy of each pod in the quota. Both put the label on the pods that takes them in."""


class ClusterKeys(Group):
    """The cluster."""

    kubernetes_version: Version | None = None
    """Version of the cluster, such as '1.36' in quotes, for what older ones do not have. Left out: not known."""
