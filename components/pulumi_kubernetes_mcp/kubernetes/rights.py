"""Roles of a server in the cluster, and who has them: from keys to parts of RBAC objects. Pure."""

import pulumi

from ..settings.keys.access import AccessRule, RoleReference
from .objects import Spec, text, without_empty

GROUP = "rbac.authorization.k8s.io"


def rule(one: AccessRule) -> Spec:
    """A rule as the API has it."""
    return without_empty(
        {
            "apiGroups": list(one.api_groups),
            "resources": list(one.resources),
            "resourceNames": list(one.resource_names),
            "verbs": list(one.verbs),
        }
    )


def binding(kind: str, role: pulumi.Input[str], account: pulumi.Input[str], namespace: pulumi.Input[str]) -> Spec:
    """The part of a binding that gives a role to a ServiceAccount."""
    return {
        "roleRef": {"apiGroup": GROUP, "kind": kind, "name": role},
        "subjects": [{"kind": "ServiceAccount", "name": account, "namespace": namespace}],
    }


def cluster_name(namespace: pulumi.Input[str], server: str) -> pulumi.Input[str]:
    """Name of an object of the whole cluster, where servers of other namespaces have theirs."""
    return text(namespace, "-", server)


def is_cluster_wide(one: RoleReference) -> bool:
    """Whether a role holds in the whole cluster."""
    return one.whole_cluster and one.kind == "ClusterRole"
