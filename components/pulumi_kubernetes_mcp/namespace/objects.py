"""The objects of a namespace, each by the suffix of its resource."""

from collections.abc import Mapping

import pulumi

from ..kubernetes import objects as common
from ..kubernetes.made import Made
from . import spec as specs
from .keys import NamespaceKeys

NAMESPACE = "namespace"
POLICY = ("networking.k8s.io/v1", "NetworkPolicy")
ENFORCE = "pod-security.kubernetes.io/enforce"
DECIDED: Mapping[str, str] = {"ResourceQuota:spec.hard": "quota"}
"""What the rules count with: it is said by its key, and by no patch."""


def namespace_objects(
    name: str, keys: NamespaceKeys, wanted: pulumi.Input[str], inside: pulumi.Input[str]
) -> dict[str, Made]:
    """Everything that McpNamespace registers, before patches.

    :param wanted: the name of the namespace.
    :param inside: the same, as those know it that are made after the namespace.
    """
    labels = common.labels(name, "namespace")

    def made(api_version: str, kind: str, called: str, **body: common.Spec) -> Made:
        return Made(api_version, kind, {"metadata": common.metadata(called, inside, labels), **body})

    levels = specs.namespace_labels(keys.environment)
    result = {}
    if keys.create_namespace:
        result[NAMESPACE] = Made("v1", "Namespace", {"metadata": common.metadata(wanted, None, {**labels, **levels})})
    if keys.has("policies"):
        dns = specs.allow_dns(keys.resolvers, keys.platform)
        result["default-deny"] = made(*POLICY, "default-deny", spec=specs.default_deny())
        result["allow-dns"] = made(*POLICY, "allow-dns", spec=dns)
    if keys.has("limits"):
        result["limits"] = made("v1", "LimitRange", "defaults", spec=specs.limit_range())
    if keys.quota is not None and keys.has("quota"):
        result["quota"] = made("v1", "ResourceQuota", "capacity", spec=specs.quota(keys.quota))
    if keys.operators:
        rbac = "rbac.authorization.k8s.io/v1"
        result["operator"] = made(rbac, "Role", "operator", rules=specs.operator_rules())
        result["operators"] = made(
            rbac,
            "RoleBinding",
            "operators",
            roleRef=specs.operator_role(),
            subjects=specs.group_subjects(keys.operators),
        )
    return result
