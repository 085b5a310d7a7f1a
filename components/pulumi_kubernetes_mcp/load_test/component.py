"""McpLoadTest: a load test of a server, as a TestRun of the k6 operator."""

from typing import Any, Unpack, overload

import pulumi

from ..inputs.checked import NOT_GIVEN, called, checked
from ..inputs.heading import heading_of
from ..inputs.outputs import after, report_findings, validate_input
from ..kubernetes.registering import KubernetesObject, cleared_patches, named_by_content
from ..rules import workload
from ..types.load_test import HELP, McpLoadTestArgs
from . import objects as made
from .args import load_test_findings, patched_objects
from .keys import LoadTestComponentKeys


class McpLoadTest(pulumi.ComponentResource):
    """A load test: the script as a ConfigMap, the TestRun, and a NetworkPolicy of its runners."""

    test_run_name: pulumi.Output[str]
    """Name of the TestRun; its runners are pods with the label 'k6_cr' of that name, whose logs hold the result."""

    @overload
    def __init__(self, name: str, args: McpLoadTestArgs, opts: pulumi.ResourceOptions | None = None) -> None: ...
    @overload
    def __init__(
        self, name: str, *, opts: pulumi.ResourceOptions | None = None, **keys: Unpack[McpLoadTestArgs]
    ) -> None: ...
    def __init__(
        self,
        name: str,
        args: McpLoadTestArgs = NOT_GIVEN,
        opts: pulumi.ResourceOptions | None = None,
        **keywords: Any,
    ) -> None:
        where = called("McpLoadTest", name)
        keys = checked(LoadTestComponentKeys, where, args, keywords, load_test_findings)
        heading = heading_of(keys, where)
        report_findings(load_test_findings(keys), heading, keys.accept)
        super().__init__("kubernetes-mcp:index:McpLoadTest", name, None, opts)
        image = validate_input(
            keys.runner_image, lambda known: workload.image_findings(known, path="runner_image"), heading
        )
        keys = keys.model_copy(update={"runner_image": image})
        keys = cleared_patches(keys, heading, lambda changed: load_test_findings(changed, heading.enforced))
        resources: dict[str, Any] = {}
        for suffix, one in patched_objects(keys)[0].items():
            # The operator reads the script when it sees the TestRun, and the runners ask for names at once.
            opts = pulumi.ResourceOptions(parent=self, depends_on=list(resources.values()) or None)
            register = KubernetesObject if suffix == made.NETWORK else named_by_content
            resources[suffix] = register(f"{name}-{suffix}", one, opts)
        self.test_run_name = after(resources[made.RUN], resources[made.CONFIG].object_name)
        self.register_outputs({"testRunName": self.test_run_name})

    __init__.__doc__ = HELP
