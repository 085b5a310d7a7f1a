"""From an object as a value to a resource of the engine."""

from collections.abc import Callable, Mapping
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from ..rules.environment import CLEAR_SECRET
from .made import Made


def classes() -> Mapping[str, Any]:
    """``apps/v1 Deployment`` and so on to the class of the resource, for every kind that a component makes."""
    return {
        "v1 ConfigMap": k8s.core.v1.ConfigMap,
        "v1 LimitRange": k8s.core.v1.LimitRange,
        "v1 Namespace": k8s.core.v1.Namespace,
        "v1 PersistentVolumeClaim": k8s.core.v1.PersistentVolumeClaim,
        "v1 ResourceQuota": k8s.core.v1.ResourceQuota,
        "v1 Secret": k8s.core.v1.Secret,
        "v1 Service": k8s.core.v1.Service,
        "v1 ServiceAccount": k8s.core.v1.ServiceAccount,
        "apps/v1 Deployment": k8s.apps.v1.Deployment,
        "apps/v1 StatefulSet": k8s.apps.v1.StatefulSet,
        "autoscaling/v2 HorizontalPodAutoscaler": k8s.autoscaling.v2.HorizontalPodAutoscaler,
        "networking.k8s.io/v1 Ingress": k8s.networking.v1.Ingress,
        "networking.k8s.io/v1 NetworkPolicy": k8s.networking.v1.NetworkPolicy,
        "policy/v1 PodDisruptionBudget": k8s.policy.v1.PodDisruptionBudget,
        "rbac.authorization.k8s.io/v1 ClusterRole": k8s.rbac.v1.ClusterRole,
        "rbac.authorization.k8s.io/v1 ClusterRoleBinding": k8s.rbac.v1.ClusterRoleBinding,
        "rbac.authorization.k8s.io/v1 Role": k8s.rbac.v1.Role,
        "rbac.authorization.k8s.io/v1 RoleBinding": k8s.rbac.v1.RoleBinding,
    }


def register(name: str, made: Made, opts: pulumi.ResourceOptions) -> Any:
    """The resource of an object; a custom one for a kind that Kubernetes itself does not have."""
    known = classes().get(f"{made.api_version} {made.kind}")
    if known is not None:
        return known(name, **made.arguments, opts=opts)
    return k8s.apiextensions.CustomResource(
        name, api_version=made.api_version, kind=made.kind, **made.arguments, opts=opts
    )


def cleared(value: Any, clear: Callable[..., Any], path: str) -> Any:
    """A patch whose Outputs are known to be no secrets when they are known: what it says stands in clear.

    :param clear: :func:`~..inputs.outputs.clear` with the heading of the component.
    """
    if isinstance(value, Mapping):
        return {key: cleared(item, clear, f"{path}.{key}") for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [cleared(item, clear, f"{path}[{index}]") for index, item in enumerate(value)]
    if not isinstance(value, pulumi.Output):
        return value
    secret = CLEAR_SECRET.at(
        path,
        "It is a secret Output, and would stand in clear in an object.",
        "Keep the value in a Secret, and refer to its key. If it is no secret: pulumi.Output.unsecret(value).",
    )
    return clear(value, lambda _: [], [secret])
