"""Keys of what the server may do in the cluster that it runs in."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ..fields import Filled, Group, Name


class AccessRule(Group):
    """Something that the server may do with some resources."""

    api_groups: Annotated[list[str], Field(min_length=1)] = [""]
    """Groups of the API, such as 'apps'; the empty one has pods, Services and ConfigMaps."""
    resources: Annotated[list[Filled], Field(min_length=1)]
    """Resources in the plural, such as 'pods' or 'pods/log'."""
    verbs: Annotated[list[Filled], Field(min_length=1)]
    """What it may do, such as get, list and watch."""
    resource_names: list[Filled] = []
    """Names of the objects. Left out: all of them."""


class RoleReference(Group):
    """A role that exists, which the server gets."""

    name: Name
    """Name of the role, such as 'view'."""
    kind: Literal["Role", "ClusterRole"] = "ClusterRole"
    """Kind of the role."""
    whole_cluster: bool = False
    """Whether it holds in all namespaces, which only a ClusterRole can; otherwise in that of the server."""

    @model_validator(mode="after")
    def _reaches_as_far_as_it_says(self) -> Self:
        if self.whole_cluster and self.kind == "Role":
            raise ValueError(
                "a Role is of one namespace, and this one is to hold in all: name a ClusterRole, or leave "
                "whole_cluster out"
            )
        return self


class KubernetesApi(Group):
    """What the server may do in the cluster that it runs in: it gets an API token, and the least rights for it."""

    rules: list[AccessRule] = []
    """Rights in the server's namespace, as a Role."""
    cluster_rules: list[AccessRule] = []
    """Rights in the whole cluster, as a ClusterRole; who deploys the stack must have them too."""
    roles: list[RoleReference] = []
    """Roles that exist, which the server gets."""


class AccessKeys(Group):
    """What the server may do in the cluster that it runs in."""

    kubernetes_api: KubernetesApi | None = None
    """API token and rights of a server that talks to Kubernetes itself. Left out: no token in the pod. The way to the
    API server is an opening of its own."""
