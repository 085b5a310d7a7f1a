"""Keys of what the server may do in the cluster that it runs in."""

from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ...kubernetes.api import own_resources
from ..fields import Filled, Group, Name
from ..names import ApiGroup, ApiResource, ApiVerb


class AccessRule(Group):
    """Something that the server may do with some resources."""

    api_groups: Annotated[list[ApiGroup], Field(min_length=1)] = [""]
    """Groups of the API, such as 'apps'; the empty one has pods, Services and ConfigMaps."""
    resources: Annotated[list[ApiResource], Field(min_length=1)]
    """Resources in the plural, such as 'pods' or 'pods/log'."""
    verbs: Annotated[list[ApiVerb], Field(min_length=1)]
    """What it may do, such as get, list and watch."""
    resource_names: list[Filled] = []
    """Names of the objects. Left out: all of them."""

    @model_validator(mode="after")
    def _grants_something(self) -> Self:
        if wrong := _elsewhere(self.api_groups, self.resources):
            raise ValueError(wrong)
        unnamed = sorted({"create", "deletecollection"}.intersection(self.verbs))
        # Beside a verb that names its object `create` is right: to apply or to put an object makes it, by its name.
        if self.resource_names and set(unnamed) == set(self.verbs) and any("/" not in one for one in self.resources):
            raise ValueError(
                f"{' and '.join(unnamed)} and `resource_names` stand together, and such a request names no object: no "
                "request is allowed by it; make a rule of its own without names"
            )
        return self


def _elsewhere(groups: Sequence[str], resources: Sequence[str]) -> str | None:
    """Why a rule grants nothing: a resource of Kubernetes' own that none of its groups has, and which group does."""
    own = own_resources()
    if "*" in groups or not set(groups) <= {one for several in own.values() for one in several}:
        return None
    for resource in resources:
        known = own.get(resource.partition("/")[0], frozenset())
        if known and known.isdisjoint(groups):
            group = sorted(known)[0]
            return (
                f"no group of it has '{resource}', which is in '{group}': name that group, in a rule of its own if the "
                "others need another"
            )
    return None


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
                "`whole_cluster` out"
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
