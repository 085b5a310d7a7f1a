"""Keys of the place where a server runs."""

from typing import Literal

from ..fields import Filled, Group, Version

Environment = Literal["production", "staging", "development"]


class EnvironmentKeys(Group):
    """What a namespace is for."""

    environment: Environment = "production"
    """Environment. 'production', the default, is the strictest: at least two replicas, errors where others warn."""


class OperatorKeys(Group):
    """Who is on call."""

    operators: list[Filled] = []
    """Groups (as the cluster's identity provider names them) that may read the namespace and delete pods."""


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
