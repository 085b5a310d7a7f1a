"""McpChaos: a fault that is tried in the cluster while clients of each era call."""

from typing import Any, Unpack, overload

import pulumi

from ..inputs.checked import NOT_GIVEN, called, checked
from ..inputs.heading import heading_of
from ..inputs.outputs import after, report_findings, validate_input
from ..kubernetes.registering import KubernetesObject
from ..rules import workload
from ..types.chaos_runner import HELP, McpChaosArgs
from . import objects as made
from . import spec as specs
from .args import chaos_findings
from .keys import ChaosComponentKeys


class McpChaos(pulumi.ComponentResource):
    """An experiment: a CronJob that waits or has its hours, what its pod may do, and where it may connect to."""

    cron_job_name: pulumi.Output[str]
    """Name of the CronJob, for 'kubectl create job --from=cronjob/NAME'."""

    @overload
    def __init__(self, name: str, args: McpChaosArgs, opts: pulumi.ResourceOptions | None = None) -> None: ...
    @overload
    def __init__(
        self, name: str, *, opts: pulumi.ResourceOptions | None = None, **keys: Unpack[McpChaosArgs]
    ) -> None: ...
    def __init__(
        self,
        name: str,
        args: McpChaosArgs = NOT_GIVEN,
        opts: pulumi.ResourceOptions | None = None,
        **keywords: Any,
    ) -> None:
        where = called("McpChaos", name)
        keys = checked(ChaosComponentKeys, where, args, keywords, chaos_findings)
        heading = heading_of(keys, where)
        report_findings(chaos_findings(keys), heading, keys.accept)
        super().__init__("kubernetes-mcp:index:McpChaos", name, None, opts)
        image = validate_input(keys.image, lambda known: workload.image_findings(known, path="image"), heading)
        keys = keys.model_copy(update={"image": image})
        resources: dict[str, Any] = {}
        for suffix, one in made.chaos_objects(keys).items():
            # A pod of the CronJob needs all of the others when it begins.
            before = list(resources.values()) if suffix == made.JOB else None
            opts = pulumi.ResourceOptions(parent=self, depends_on=before)
            resources[suffix] = KubernetesObject(f"{name}-{suffix}", one, opts)
        self.cron_job_name = after([resources[made.JOB]], specs.name_of(keys.server_name))
        self.register_outputs({"cronJobName": self.cron_job_name})

    __init__.__doc__ = HELP
