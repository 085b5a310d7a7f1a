"""McpNamespace: a namespace that is closed by default."""

from typing import Any, Unpack, overload

import pulumi
import pulumi_kubernetes as k8s

from ..inputs.checked import NOT_GIVEN, checked
from ..inputs.outputs import report_findings, validate_input
from ..kubernetes import objects as common
from ..rules.workload import name_findings
from ..types.namespace import McpNamespaceArgs
from . import spec as specs
from .args import namespace_findings
from .keys import NamespaceKeys


class McpNamespace(pulumi.ComponentResource):
    """A namespace under the Pod Security Standard "restricted", with a default-deny NetworkPolicy that leaves
    only DNS open, a LimitRange, and on request a ResourceQuota and a Role for the people on call."""

    namespace: pulumi.Output[str]
    """Name of the namespace; take this rather than the argument, so that others wait for it."""

    @overload
    def __init__(self, name: str, args: McpNamespaceArgs, opts: pulumi.ResourceOptions | None = None) -> None: ...
    @overload
    def __init__(
        self, name: str, *, opts: pulumi.ResourceOptions | None = None, **keys: Unpack[McpNamespaceArgs]
    ) -> None: ...
    def __init__(
        self,
        name: str,
        args: McpNamespaceArgs = NOT_GIVEN,
        opts: pulumi.ResourceOptions | None = None,
        **keywords: Any,
    ) -> None:
        keys = checked(NamespaceKeys, f'McpNamespace "{name}"', args, keywords)
        heading = f'McpNamespace "{name}" cannot work:'
        wanted = validate_input(keys.namespace or name, lambda known: name_findings(known, path="namespace"), heading)
        report_findings(namespace_findings(keys), heading, keys.accept)
        super().__init__("kubernetes-mcp:index:McpNamespace", name, None, opts)
        labels = common.labels(name, "namespace")
        child = pulumi.ResourceOptions(parent=self)

        self.namespace = k8s.core.v1.Namespace(
            f"{name}-namespace",
            metadata=common.metadata(wanted, None, {**labels, **specs.namespace_labels(keys.environment)}),
            opts=child,
        ).metadata.name

        def inside(object_name: str) -> common.Spec:
            return common.metadata(object_name, self.namespace, labels)

        k8s.networking.v1.NetworkPolicy(
            f"{name}-default-deny", metadata=inside("default-deny"), spec=specs.default_deny(), opts=child
        )
        k8s.networking.v1.NetworkPolicy(
            f"{name}-allow-dns", metadata=inside("allow-dns"), spec=specs.allow_dns(), opts=child
        )
        k8s.core.v1.LimitRange(f"{name}-limits", metadata=inside("defaults"), spec=specs.limit_range(), opts=child)
        if keys.quota is not None:
            k8s.core.v1.ResourceQuota(
                f"{name}-quota", metadata=inside("capacity"), spec=specs.quota(**keys.quota.model_dump()), opts=child
            )
        if keys.operators:
            k8s.rbac.v1.Role(f"{name}-operator", metadata=inside("operator"), rules=specs.operator_rules(), opts=child)
            k8s.rbac.v1.RoleBinding(
                f"{name}-operators",
                metadata=inside("operators"),
                role_ref=specs.operator_role(),
                subjects=specs.group_subjects(keys.operators),
                opts=child,
            )
        self.register_outputs({"namespace": self.namespace})
