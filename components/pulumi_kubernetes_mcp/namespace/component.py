"""McpNamespace: a namespace that is closed by default."""

from typing import Any, Unpack, overload

import pulumi

from ..inputs.checked import NOT_GIVEN, called, checked
from ..inputs.heading import heading_of
from ..inputs.outputs import report_findings, validate_input
from ..kubernetes.registering import KubernetesObject, cleared_patches
from ..rules.workload import name_findings
from ..types.namespace import HELP, McpNamespaceArgs
from . import objects as made
from .args import namespace_findings, patched_objects
from .keys import NamespaceKeys


class McpNamespace(pulumi.ComponentResource):
    """A namespace under the Pod Security Standard "restricted", with a default-deny NetworkPolicy that leaves
    only DNS open, a LimitRange, and on request a ResourceQuota and a Role for the people on call; or one that exists,
    in which only what is asked for is made."""

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
        where = called("McpNamespace", name)
        keys = checked(NamespaceKeys, where, args, keywords, namespace_findings)
        heading = heading_of(keys, where)
        wanted = validate_input(keys.namespace or name, lambda known: name_findings(known, path="namespace"), heading)
        report_findings(namespace_findings(keys), heading, keys.accept)
        super().__init__("kubernetes-mcp:index:McpNamespace", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        keys = cleared_patches(keys, heading, namespace_findings)
        self.namespace = pulumi.Output.from_input(wanted)
        if keys.create_namespace:
            first = patched_objects(name, keys, wanted, wanted)[0].pop(made.NAMESPACE)
            self.namespace = KubernetesObject(f"{name}-{made.NAMESPACE}", first, child).object_name
        for suffix, one in patched_objects(name, keys, wanted, self.namespace)[0].items():
            if suffix != made.NAMESPACE:
                KubernetesObject(f"{name}-{suffix}", one, child)
        self.register_outputs({"namespace": self.namespace})

    __init__.__doc__ = HELP
